//! What an operator does about those who are told what happens here.

use std::io::{Read, Write};
use std::net::TcpListener;
use std::thread;

use serde_json::Value;

use crate::program::{Place, Ran};

const URL: &str = "https://receiver.example/hooks";

fn place(settings: &str) -> Place {
    let place = Place::with_settings(&format!("[log]\nlevel = 'off'\n{settings}"));
    place.run(&["migrate"]).data();
    place.run(&["project", "create", "heron", "--name", "Heron Mobile"]).data();
    place
}

fn json(ran: &Ran) -> Value {
    serde_json::from_str(ran.data()).unwrap()
}

fn only_receiver(place: &Place) -> Value {
    let mut listed = json(&place.run(&["webhook", "list", "--json"]));
    assert_eq!(listed.as_array().unwrap().len(), 1);
    listed[0].take()
}

#[test]
fn a_receiver_is_added_stopped_started_and_taken_away() {
    let place = place("");
    let added = place.run(&["webhook", "add", URL, "--event", "subscription.*", "--event", "user.created"]);
    assert!(added.data().starts_with("whsec_"));
    let receiver = only_receiver(&place);
    assert_eq!((receiver["url"].as_str(), receiver["state"].as_str()), (Some(URL), Some("enabled")));
    assert_eq!(receiver["events"], serde_json::json!(["subscription.*", "user.created"]));

    let id = receiver["id"].as_str().unwrap();
    place.run(&["webhook", "disable", id]).data();
    assert_eq!(only_receiver(&place)["state"], "disabled");
    place.run(&["webhook", "enable", id]).data();
    assert_eq!(only_receiver(&place)["state"], "enabled");
    let elsewhere = "https://elsewhere.example/hooks";
    place.run(&["webhook", "update", id, "--url", elsewhere, "--event", "user.*"]).data();
    let moved = only_receiver(&place);
    assert_eq!((&moved["url"], &moved["events"]), (&elsewhere.into(), &serde_json::json!(["user.*"])));
    assert_ne!(place.run(&["webhook", "update", id]).code, Some(0));
    let rotated = place.run(&["webhook", "rotate", id, "--overlap", "1h"]);
    assert_ne!(rotated.data(), added.data());
    place.run(&["webhook", "replay", id, "--failed"]).data();
    assert_eq!(json(&place.run(&["webhook", "deliveries", id, "--json"])), serde_json::json!([]));
    place.run(&["webhook", "remove", id]).data();
    assert_eq!(json(&place.run(&["webhook", "list", "--json"])), serde_json::json!([]));
}

#[test]
fn a_private_address_is_refused_with_the_setting_that_allows_it() {
    let refused = place("").run(&["webhook", "add", "http://127.0.0.1:9000/"]);
    assert_ne!(refused.code, Some(0));
    assert!(refused.stderr.contains("must be public"), "{}", refused.stderr);
    assert!(refused.stderr.contains("webhooks.allow_private"));
}

#[test]
fn a_test_shows_what_the_receiver_answers() {
    let place = place("[webhooks]\nallow_private = true\n");
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/hooks", listener.local_addr().unwrap());
    let answering = thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        let mut heard = [0; 4096];
        let length = stream.read(&mut heard).unwrap();
        stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 6\r\n\r\nthanks").unwrap();
        String::from_utf8_lossy(&heard[..length]).into_owned()
    });
    place.run(&["webhook", "add", &url]).data();
    let id = only_receiver(&place)["id"].as_str().unwrap().to_owned();
    assert_eq!(place.run(&["webhook", "test", &id]).data(), "thanks");
    let heard = answering.join().unwrap();
    assert!(heard.starts_with("POST /hooks ") && heard.contains("webhook-signature: v1,"), "{heard}");
}
