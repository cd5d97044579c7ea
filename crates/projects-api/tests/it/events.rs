//! contracts/projects-api.md §2.17: events, as they are sent and as they are read back.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use jiff::SignedDuration;
use perennial_core::catalog::{apply_catalog, parse_catalog};
use perennial_core::ports::FixedClock;
use perennial_core::webhooks_out::{NewEndpoint, add_endpoint};
use perennial_domain::{WebhookAudience, WebhookFlavour};
use perennial_http::ApiOptions;
use perennial_projects_api::ProjectsTeller;
use perennial_testkit::{TestApp, send_webhooks_of};
use serde_json::{Value, json};

use crate::door::Door;

async fn open() -> Door {
    Door::before(TestApp::told_by(Arc::new(ProjectsTeller)).await)
}

async fn listen(door: &Door, events: &[&str]) {
    let wanted = NewEndpoint {
        project: door.app.project().id,
        url: "https://receiver.example/hooks".to_owned(),
        flavour: WebhookFlavour::Projects,
        events: events.iter().map(|&event| event.to_owned()).collect(),
        audience: WebhookAudience::default(),
        description: None,
    };
    add_endpoint(door.app.app(), wanted).await.unwrap();
}

async fn ada(door: &Door) -> Value {
    let user = json!({ "email": "ada@example.com", "fullName": "A. Quill" });
    door.api.post("/projects/p/users", user).await.expect(201)
}

#[tokio::test]
async fn an_event_carries_its_resource_as_the_api_shows_it_and_who_did_it() {
    let door = open().await;
    listen(&door, &["*"]).await;
    let user = ada(&door).await;
    door.app.send_webhooks().await;

    let sent = door.app.listener().take().remove(0);
    let mut sent: Value = serde_json::from_str(&sent.body).unwrap();
    assert_eq!(sent["data"].take(), user);
    let actor = sent["actor"].take();
    assert_eq!(actor["type"], "apiKey");
    assert!(actor["apiKey"].as_str().unwrap().starts_with("apk_"));
    let id = sent["id"].as_str().unwrap().to_owned();
    assert_eq!(
        sent,
        json!({
            "object": "event", "id": id, "type": "com.gigs.user.created", "project": "p",
            "source": "https://api.example", "specversion": "1.0", "version": "2026-01-29",
            "time": "2031-03-04T05:06:07Z", "datacontenttype": "application/json",
            "actor": null, "data": null,
        })
    );

    let read = door.api.get(&format!("/projects/p/events/{id}")).await.expect(200);
    assert_eq!((&read["data"], &read["actor"]), (&user, &actor));
}

#[tokio::test]
async fn who_did_it_is_known_of_a_call_that_may_be_made_twice_too() {
    let door = open().await;
    let user = json!({ "email": "ada@example.com" });
    door.api.with("idempotency-key", "once").post("/projects/p/users", user).await.expect(201);
    let listed = door.api.get("/projects/p/events").await.expect(200);
    assert_eq!(listed["items"][0]["actor"]["type"], "apiKey");
}

#[tokio::test]
async fn an_update_tells_what_was_before_at_the_top() {
    let door = open().await;
    let user = ada(&door).await;
    let path = format!("/projects/p/users/{}", user["id"].as_str().unwrap());
    door.api.patch(&path, json!({ "fullName": "Ada Quill" })).await.expect(200);
    let listed = door.api.get("/projects/p/events?limit=1").await.expect(200);
    let event = &listed["items"][0];
    assert_eq!(event["type"], "com.gigs.user.updated");
    assert_eq!(event["data"]["fullName"], "Ada Quill");
    assert_eq!(event["previousData"], json!({ "fullName": "A. Quill" }));
}

#[tokio::test]
async fn events_are_listed_by_type_and_caught_up_with_from_the_last_one_known() {
    let door = open().await;
    let user = ada(&door).await;
    let path = format!("/projects/p/users/{}", user["id"].as_str().unwrap());
    for name in ["B", "C"] {
        door.api.patch(&path, json!({ "fullName": name })).await.expect(200);
    }
    let of_type = async |query: &str| {
        let listed = door.api.get(&format!("/projects/p/events{query}")).await.expect(200);
        listed["items"].as_array().unwrap().clone()
    };
    assert_eq!(of_type("?type=com.gigs.user.updated").await.len(), 2);
    assert_eq!(of_type("?type=user.created,user.deleted").await.len(), 1);
    assert_eq!(of_type("").await.len(), 3);
    let known = of_type("?type=user.created").await[0]["id"].as_str().unwrap().to_owned();
    let newer = of_type(&format!("?before={known}")).await;
    let names = newer.iter().map(|event| event["data"]["fullName"].clone()).collect::<Vec<_>>();
    assert_eq!(names, ["C", "B"]);
    door.api.get("/projects/p/events?kind=user").await.expect_error(422);
    door.api.get("/projects/p/events/evt_0000000000000000000000").await.expect_error(404);
}

#[tokio::test]
async fn what_was_told_of_a_user_is_forgotten_with_them() {
    let door = open().await;
    let user = ada(&door).await;
    door.api.delete(&format!("/projects/p/users/{}", user["id"].as_str().unwrap())).await.expect(200);
    let listed = door.api.get("/projects/p/events").await.expect(200);
    assert_eq!(listed["items"][0]["type"], "com.gigs.user.deleted");
    assert_eq!(listed["items"][1]["data"], json!({ "object": "user", "id": user["id"] }));
    assert!(!listed.to_string().contains("Quill"));
}

#[tokio::test]
async fn another_projects_events_are_not_there() {
    let door = open().await;
    ada(&door).await;
    let listed = door.api.get("/projects/p/events").await.expect(200);
    let id = listed["items"][0]["id"].as_str().unwrap();
    let (_, key) = door.app.other_project("q").await;
    let other = door.with_key(secrecy::ExposeSecret::expose_secret(&key));
    other.get(&format!("/projects/q/events/{id}")).await.expect_error(404);
    assert_eq!(other.get("/projects/q/events").await.expect(200)["items"], json!([]));
}

#[tokio::test]
async fn a_catalogue_that_is_applied_is_told_product_by_product() {
    let door = open().await;
    let file = parse_catalog(include_str!("../../../../examples/catalog.toml")).unwrap();
    // Stripe does not answer here, and hears of it when the file is applied again.
    let _ = apply_catalog(door.app.app(), door.app.project().id, file).await;
    let listed = door.api.get("/projects/p/events?limit=200").await.expect(200);
    let events = listed["items"].as_array().unwrap();
    let of_type = |name: &str| events.iter().filter(|event| event["type"] == name).collect::<Vec<_>>();
    for kind in ["plan", "addon"] {
        let created = of_type(&format!("com.gigs.{kind}.created"));
        assert!(!created.is_empty(), "{kind}");
        assert_eq!(created.len(), of_type(&format!("com.gigs.{kind}.published")).len());
        // Of software plans, which this door has no words for, only the id is told.
        let shown = created.iter().map(|event| &event["data"]).filter(|data| data["object"] == kind);
        for shown in shown {
            let path = format!("/projects/p/{kind}s/{}", shown["id"].as_str().unwrap());
            assert_eq!(shown, &door.api.get(&path).await.expect(200));
        }
    }
}

/// Two nodes with clocks of their own write what happens to one user in turns, while both send.
#[tokio::test]
async fn what_two_nodes_write_of_one_user_comes_in_the_order_in_which_it_happened() {
    const UPDATES: usize = 24;
    let here = Door::before(TestApp::on_postgres(Arc::new(ProjectsTeller)).await);
    listen(&here, &["user.*"]).await;
    let ahead = Arc::new(FixedClock::at(here.app.app().now() + SignedDuration::from_secs(30)));
    let there = here.app.another_node(ahead).await;
    let routes = perennial_projects_api::router(there.clone(), &ApiOptions::default());
    let api_there = here.app.caller(perennial_http::server(routes));

    let user = ada(&here).await;
    let path = format!("/projects/p/users/{}", user["id"].as_str().unwrap());
    let is_written = Arc::new(AtomicBool::new(false));
    let senders = [here.app.app().clone(), there].map(|node| {
        let is_written = Arc::clone(&is_written);
        tokio::spawn(async move {
            while !is_written.load(Ordering::Relaxed) {
                send_webhooks_of(&node).await;
            }
        })
    });
    let mut expected = vec!["A. Quill".to_owned()];
    for turn in 0..UPDATES {
        let name = format!("Ada {turn}");
        let api = if turn % 3 == 0 { &here.api } else { &api_there };
        api.patch(&path, json!({ "fullName": name })).await.expect(200);
        expected.push(name);
    }
    is_written.store(true, Ordering::Relaxed);
    for sender in senders {
        sender.await.unwrap();
    }
    here.app.clock().advance(SignedDuration::from_mins(5));
    here.app.send_webhooks().await;

    // At least once: what comes again is known by its id.
    let mut known = BTreeSet::new();
    let sent =
        here.app.listener().take().into_iter().map(|sent| serde_json::from_str::<Value>(&sent.body).unwrap());
    let sent = sent.filter(|event| known.insert(event["id"].to_string()));
    let names = sent.map(|event| event["data"]["fullName"].as_str().unwrap().to_owned()).collect::<Vec<_>>();
    assert_eq!(names, expected);
    let listed = here.api.get("/projects/p/events?limit=200").await.expect(200);
    let told = listed["items"]
        .as_array()
        .unwrap()
        .iter()
        .rev()
        .filter(|event| event["type"] != "com.gigs.project.updated");
    let told = told.map(|event| event["data"]["fullName"].as_str().unwrap().to_owned()).collect::<Vec<_>>();
    assert_eq!(told, expected);
}
