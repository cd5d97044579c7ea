//! `perennial demo`: starts, says where it is, stops, and goes on where it was.

use std::net::TcpListener;
use std::os::unix::fs::PermissionsExt;

use serde_json::Value;

use crate::http::{ask as ask_at, get};
use crate::program::{Place, Running};

const ON_ANY_PORTS: [&str; 5] = [
    "demo",
    "--data-dir=data",
    "--listen=127.0.0.1:0",
    "--sandbox-listen=127.0.0.1:0",
    "--shop-listen=127.0.0.1:0",
];
const LAST_WORDS: &str = "goes on from there";

fn start(place: &Place) -> Running {
    place.start(&ON_ANY_PORTS, LAST_WORDS)
}

fn facts(place: &Place) -> Value {
    serde_json::from_slice(&std::fs::read(place.path().join("data/demo.json")).unwrap()).unwrap()
}

/// The body of the answer of one of the demo's addresses.
fn ask(facts: &Value, base: &str, path: &str, key: &str) -> String {
    get(facts[base].as_str().unwrap(), path, facts[key].as_str().unwrap())
}

fn plan_ids(facts: &Value) -> Vec<String> {
    let body = ask(facts, "apiBase", "/projects/demo/plans", "apiKey");
    let list: Value = serde_json::from_str(&body).unwrap();
    let mut ids = list["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|plan| plan["id"].as_str().unwrap().to_owned())
        .collect::<Vec<_>>();
    ids.sort();
    ids
}

#[test]
fn everything_answers_once_it_has_said_so() {
    let place = Place::new();
    let _demo = start(&place);
    let facts = facts(&place);

    let names = facts.as_object().unwrap().keys().map(String::as_str).collect::<Vec<_>>();
    let expected = "apiBase connectBase sandboxBase shopBase project apiKey stripeSecretKey webhookSecret \
                    organizations business";
    assert_eq!(names, expected.split(' ').collect::<Vec<_>>());
    assert_eq!(facts["project"], "demo");
    assert_eq!(plan_ids(&facts).len(), 5);
    assert!(ask(&facts, "shopBase", "/", "apiKey").contains("Tern Talk"));

    let endpoints = ask(&facts, "sandboxBase", "/v1/webhook_endpoints", "stripeSecretKey");
    assert!(endpoints.contains(&format!("{}/webhooks/stripe/demo", facts["apiBase"].as_str().unwrap())));
}

#[test]
fn the_printed_link_leads_to_a_form_for_a_business() {
    let place = Place::new();
    let demo = start(&place);
    let base = facts(&place)["connectBase"].as_str().unwrap().to_owned();
    let words = demo.heard().split_whitespace();
    let link = words.skip_while(|word| *word != "Businesses").nth(1).unwrap();
    let answer = ask_at(&base, link.strip_prefix(&base).unwrap(), "");
    assert!(answer.starts_with("HTTP/1.1 303 "), "{answer}");
    let lead = answer.lines().find_map(|line| line.strip_prefix("location: ")).unwrap();
    assert!(lead.starts_with("/checkout/change-plan?"), "{lead}");
    assert!(get(&base, lead, "").contains("Change to Fieldfare Floor"));
}

#[test]
fn a_business_of_the_demo_holds_what_the_file_says() {
    let place = Place::new();
    let _demo = start(&place);
    let facts = facts(&place);
    let business = &facts["business"];
    let base = business["baseUrl"].as_str().unwrap();
    let list = |token: &Value, query: &str| {
        let path = format!("/business/subscriptionsmng/v1/subscriptions?{query}");
        let body = get(base, &path, token.as_str().unwrap());
        serde_json::from_str::<Value>(&body).unwrap()["data"]["subscriptions"].clone()
    };
    let paying = &business["businesses"][0];
    let query = format!("filter[sku]={}&filter[is_active]=true", paying["currentSku"].as_str().unwrap());
    let held = list(&paying["token"], &query);
    assert_eq!(held[0]["purchase_state"], "purchased");
    assert_eq!(held[0]["business_uid"], paying["businessUid"]);
    let all = list(&business["directoryToken"], "per_page=100");
    assert!(all.as_array().unwrap().len() > held.as_array().unwrap().len());
}

#[test]
fn its_secrets_are_for_its_owner_alone() {
    let place = Place::new();
    let _demo = start(&place);
    for name in ["demo.json", "master.key"] {
        let mode = std::fs::metadata(place.path().join("data").join(name)).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600, "{name}");
    }
}

#[test]
fn it_stops_when_it_is_told_to_and_goes_on_where_it_was() {
    let place = Place::new();
    let demo = start(&place);
    let before = (facts(&place), plan_ids(&facts(&place)));
    let (status, last_words) = demo.terminate();
    assert!(status.success(), "{last_words}");
    assert!(!last_words.contains("WARN") && !last_words.contains("ERROR"), "{last_words}");

    let _demo = start(&place);
    let after = (facts(&place), plan_ids(&facts(&place)));
    for secret in ["apiKey", "stripeSecretKey", "webhookSecret"] {
        assert_eq!(after.0[secret], before.0[secret], "{secret}");
    }
    assert_eq!(after.1, before.1);
}

#[test]
fn a_token_of_the_start_before_works_no_more() {
    let place = Place::new();
    start(&place).terminate();
    let before = facts(&place);
    let _demo = start(&place);
    let after = facts(&place);
    let listed = |token: &Value| {
        let base = after["business"]["baseUrl"].as_str().unwrap();
        ask_at(base, "/business/subscriptionsmng/v1/subscriptions", token.as_str().unwrap())
    };
    assert!(listed(&before["business"]["directoryToken"]).starts_with("HTTP/1.1 401 "));
    assert!(listed(&after["business"]["directoryToken"]).starts_with("HTTP/1.1 200 "));
}

#[test]
fn fresh_begins_anew_and_touches_nothing_of_others() {
    let place = Place::new();
    drop(start(&place));
    let before = facts(&place);
    place.write("data/notes.txt", "mine");

    let arguments = [&ON_ANY_PORTS[..], &["--fresh", "--no-shop"]].concat();
    let _demo = place.start(&arguments, LAST_WORDS);
    let after = facts(&place);
    assert_ne!(after["apiKey"], before["apiKey"]);
    assert_eq!(after["shopBase"], Value::Null, "the shop was left out");
    assert_eq!(std::fs::read_to_string(place.path().join("data/notes.txt")).unwrap(), "mine");
}

#[test]
fn it_is_for_this_machine_alone() {
    let place = Place::new();
    for option in ["--listen", "--sandbox-listen", "--shop-listen"] {
        let ran = place.run(&["demo", "--data-dir=data", option, "0.0.0.0:0"]);
        assert_eq!(ran.code, Some(2));
        assert!(
            ran.stderr.contains(&format!("error: {option}: 0.0.0.0:0 is not a loopback address")),
            "{ran:?}"
        );
    }
    assert!(!place.path().join("data").exists());
}

#[test]
fn a_port_that_is_taken_names_its_option_and_loses_no_data() {
    let place = Place::new();
    place.write("demo.json", "{}");
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let arguments = ["demo", "--fresh", "--data-dir=.", "--listen=127.0.0.1:0", "--sandbox-listen", &address];
    let ran = place.run(&arguments);
    assert_eq!(ran.code, Some(1));
    assert!(ran.stderr.contains("hint: choose another address with --sandbox-listen"), "{ran:?}");
    assert!(place.path().join("demo.json").exists(), "a demo that runs must keep its data");
}

#[test]
fn a_database_of_its_own_goes_with_its_master_key() {
    let place = Place::new();
    let with = |folder: &'static str, more: &[&'static str]| {
        [&ON_ANY_PORTS[..1], &ON_ANY_PORTS[2..], &["--no-shop", "--database-url=sqlite:own.db", folder], more]
            .concat()
    };
    drop(place.start(&with("--data-dir=first", &[]), LAST_WORDS));

    let ran = place.run(&with("--data-dir=second", &[]));
    assert_eq!(ran.code, Some(1));
    assert!(ran.stderr.contains("sealed with another master key"), "{ran:?}");
    let ran = place.run(&with("--data-dir=first", &["--fresh"]));
    assert_eq!(ran.code, Some(2));
    assert!(ran.stderr.contains("--fresh empties no database"), "{ran:?}");
    drop(place.start(&with("--data-dir=first", &[]), LAST_WORDS));
}
