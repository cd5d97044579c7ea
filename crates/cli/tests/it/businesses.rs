//! `perennial business …` and `perennial token …`: who is made by a command can call the door.

use serde_json::{Value, json};

use crate::http::ask;
use crate::program::{Place, Ran};

const UID: &str = "k3r9t0vv21mmq8ba";
const LIST: &str = "/business/subscriptionsmng/v1/subscriptions";

fn json_of(ran: &Ran) -> Value {
    serde_json::from_str(ran.data()).unwrap()
}

/// A place with one project and one business.
fn prepared() -> Place {
    let place = Place::with_settings("");
    place.run(&["migrate"]).data();
    place.run(&["project", "create", "heron", "--name", "Heron"]).data();
    let owner = ["--owner-uid", "ada", "--owner-name", "Ada Quill", "--owner-email", "ada@harbour.example"];
    let business = ["business", "add", "--uid", UID, "--name", "Harbour Bakery"];
    assert_eq!(place.run(&[&business[..], &owner[..]].concat()).data(), UID);
    place
}

#[test]
fn a_business_its_staff_and_its_directory_are_made_and_shown() {
    let place = prepared();
    let staff = ["--business", UID, "--uid", "bob", "--email", "bob@harbour.example", "--name", "Bob Reed"];
    assert_eq!(place.run(&[&["business", "staff", "add"], &staff[..]].concat()).data(), "bob");
    let shown = json_of(&place.run(&["business", "show", UID]));
    let expected = json!({ "uid": UID, "name": "Harbour Bakery", "directory": 1, "ownerUid": "ada" });
    assert_eq!(shown["business"], expected);
    let names = shown["staff"].as_array().unwrap().iter().map(|person| person["uid"].as_str().unwrap());
    assert_eq!(names.collect::<Vec<_>>(), ["ada", "bob"]);
    assert_eq!(json_of(&place.run(&["business", "list", "--json"])), json!([expected]));

    let number = place.run(&["business", "directory", "add", "--name", "North"]);
    assert_eq!(number.data(), "2");
    let app = json_of(&place.run(&["business", "app", "add", "till", "--name", "Till"]));
    let listed = json_of(&place.run(&["business", "app", "list", "--json"]));
    assert_eq!((&listed[0]["codeName"], &listed[0]["id"]), (&json!("till"), &app["serviceId"]));
    assert!(listed[0].get("serviceSecret").is_none(), "the secret is shown once");
}

#[test]
fn who_is_no_staff_is_not_sent_to_a_business_from_where_there_is_no_way_back() {
    let place = prepared();
    let bob =
        ["organization", "add-member", "--id", "bob", "--name", "Bob Reed", "--email", "bob@reed.example"];
    let added = place.run(&[&bob[..], &["--organization", UID]].concat());
    place.run(&bob).data();
    let sent = place.run(&["organization", "set-member", "bob", "--organization", UID]);
    for refused in [added, sent] {
        assert_eq!(refused.code, Some(1), "{refused:?}");
        assert!(refused.stderr.contains("there is no such organization"), "{refused:?}");
    }
}

#[test]
fn a_token_calls_until_it_is_taken_back() {
    let place = prepared();
    let made = place.run(&["token", "create", "--business", UID, "--label", "desk"]);
    let secret = made.data();
    assert_eq!(secret.len(), 64);
    let listed = json_of(&place.run(&["token", "list", "--json"]));
    assert_eq!((&listed[0]["label"], &listed[0]["beginsWith"]), (&json!("desk"), &json!(secret[..8])));
    assert!(!listed.to_string().contains(secret));

    let (server, base) = place.serve();
    assert!(ask(&base, LIST, secret).starts_with("HTTP/1.1 200 "));
    server.terminate();
    place.run(&["token", "revoke", listed[0]["id"].as_str().unwrap()]).data();
    assert_eq!(json_of(&place.run(&["token", "list", "--json"])), json!([]));
    let (_server, base) = place.serve();
    assert!(ask(&base, LIST, secret).starts_with("HTTP/1.1 401 "));
}

#[test]
fn the_secret_of_an_app_is_replaced_and_shown_once() {
    let place = prepared();
    let made = json_of(&place.run(&["business", "app", "add", "till", "--name", "Till"]));
    let rotated = json_of(&place.run(&["business", "app", "rotate", "till", "--overlap", "1h"]));
    assert_eq!(rotated["serviceId"], made["serviceId"]);
    assert_ne!(rotated["serviceSecret"], made["serviceSecret"]);
    assert_eq!(rotated["serviceSecret"].as_str().unwrap().len(), 64);
}

#[test]
fn what_cannot_be_is_said_and_changes_nothing() {
    let place = prepared();
    let settings = r#"{"create_before_charge":true}"#;
    for (arguments, complaint) in [
        (&["business", "show", "nobody"][..], "there is no business nobody"),
        (&["token", "create", "--business", "nobody"], "there is no business nobody"),
        (&["token", "create", "--business", UID, "--staff", "eve"], "nobody of the staff of"),
        (&["token", "create", "--directory", "7"], "there is no directory 7"),
        (&["token", "create", "--app", "till"], "there is no app \"till\""),
        (&["business", "app", "rotate", "till"], "there is no app \"till\""),
        (&["project", "set", "heron", "--business", settings], "forms charge first"),
    ] {
        let ran = place.run(arguments);
        assert_eq!(ran.code, Some(1), "{arguments:?}: {ran:?}");
        assert!(ran.stderr.starts_with("error: ") && ran.stderr.contains(complaint), "{ran:?}");
    }
    assert_eq!(json_of(&place.run(&["token", "list", "--json"])), json!([]));
}
