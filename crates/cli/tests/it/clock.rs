//! `perennial clock`: shows and moves the time of a sandbox or a demo, and never turns it back.

use jiff::{SignedDuration, Timestamp};
use serde_json::Value;

use crate::http::{ask, get, post_form};
use crate::program::{Place, Ran, Running};

const DEMO: [&str; 5] =
    ["demo", "--data-dir=data", "--listen=127.0.0.1:0", "--sandbox-listen=127.0.0.1:0", "--no-shop"];

fn start_demo(place: &Place) -> Running {
    place.start(&DEMO, "goes on from there")
}

fn shown(ran: &Ran) -> Timestamp {
    ran.data().parse().unwrap()
}

#[test]
fn a_sandbox_alone_lets_a_month_pass_goes_to_a_day_and_never_takes_time_back() {
    let place = Place::new();
    let sandbox = place.start(&["sandbox", "--listen=127.0.0.1:0"], "opens it");
    let base = sandbox.heard().split("listens at ").nth(1).unwrap().split(',').next().unwrap().to_owned();
    let clock = |arguments: &[&str]| place.run(&[&["clock", "--sandbox", &base], arguments].concat());

    let before = shown(&clock(&["now"]));
    let after = shown(&clock(&["advance", "1", "month"]));
    let days = after.duration_since(before).as_hours() / 24;
    assert!((28..=31).contains(&days), "{before} to {after}");
    assert!(shown(&clock(&["now"])) >= after);

    let set = shown(&clock(&["set", "2190-05-01"]));
    let day = "2190-05-01T00:00:00Z".parse::<Timestamp>().unwrap();
    assert!(set >= day && set < day + SignedDuration::from_hours(1), "{set}");
    assert!(shown(&clock(&["now"])) >= set);

    let back = clock(&["set", "2001-01-01"]);
    assert_eq!(back.code, Some(1));
    assert!(back.stderr.contains("only goes forward"), "{back:?}");
    let back = clock(&["advance", "3 days ago"]);
    assert_eq!(back.code, Some(2));
    assert!(shown(&clock(&["now"])) >= after, "the clock was turned back");
}

#[test]
fn what_is_due_on_the_way_has_happened_when_the_command_returns() {
    let place = Place::new();
    let sandbox = place.start(&["sandbox", "--listen=127.0.0.1:0"], "opens it");
    let base = sandbox.heard().split("listens at ").nth(1).unwrap().split(',').next().unwrap().to_owned();
    let post = |path: &str, form: &str| {
        serde_json::from_str::<Value>(&post_form(&base, path, "sk_test_clock", form)).unwrap()
    };
    let customer = post(
        "/v1/customers",
        "payment_method=pm_card_visa&invoice_settings[default_payment_method]=pm_card_visa",
    );
    let price = post(
        "/v1/prices",
        "currency=eur&unit_amount=1450&recurring[interval]=month&product_data[name]=Heron",
    );
    let (customer, price) = (customer["id"].as_str().unwrap(), price["id"].as_str().unwrap());
    post("/v1/subscriptions", &format!("customer={customer}&items[0][price]={price}"));

    place.run(&["clock", "--sandbox", &base, "advance", "3 months 1 day"]).data();

    let invoices = get(&base, &format!("/v1/invoices?customer={customer}"), "sk_test_clock");
    let invoices: Value = serde_json::from_str(&invoices).unwrap();
    let invoices = invoices["data"].as_array().unwrap();
    assert_eq!(invoices.len(), 4, "the first, and one for each month");
    let mut made = invoices.iter().map(|invoice| invoice["created"].as_i64().unwrap()).collect::<Vec<_>>();
    made.dedup();
    assert_eq!(made.len(), 4, "each at its time");
}

#[test]
fn a_demo_goes_on_in_the_time_it_was_left_in() {
    let place = Place::new();
    let demo = start_demo(&place);
    let clock = |arguments: &[&str]| place.run(&[&["clock", "--data-dir=data"], arguments].concat());
    let later = shown(&clock(&["advance", "10 days"]));
    let (status, last_words) = demo.terminate();
    assert!(status.success() && !last_words.contains("ERROR"), "{last_words}");

    let _demo = start_demo(&place);
    let now = shown(&clock(&["now"]));
    assert!(now >= later && now < later + SignedDuration::from_hours(1), "{later}, then {now}");
}

#[test]
fn without_a_demo_it_says_what_to_do() {
    let place = Place::new();
    let ran = place.run(&["clock", "now"]);
    assert_eq!(ran.code, Some(1));
    assert!(ran.stderr.contains("hint: start the demo"), "{ran:?}");
}

#[test]
fn the_demo_shows_its_mailbox_and_says_that_it_is_one() {
    let place = Place::new();
    let demo = start_demo(&place);
    let base = demo.heard().lines().find(|line| line.contains("Mailbox")).unwrap();
    let base = base.split_whitespace().nth(1).unwrap().strip_suffix("/mailbox").unwrap();
    let page = get(base, "/mailbox", "");
    assert!(page.contains("no mail leaves this machine") && page.contains("No mail yet"), "{page}");
    assert!(ask(base, "/mailbox/mal_1", "").starts_with("HTTP/1.1 404 "));
}
