//! `perennial doctor` beside a Stripe that sells something else than we show.

use serde_json::Value;

use crate::http::{get, post_form};
use crate::program::Place;
use crate::sandbox;

const KEY: &str = "sk_test_doctor";
const CATALOG: &str = "[[product]]\nkey = 'harbor'\nkind = 'plan'\nname = 'Harbor'\n\
    [[product.price]]\nkey = 'monthly'\namount = 2400\ncurrency = 'EUR'\nevery = '1 month'\n";

/// What the doctor says of the prices.
fn prices_by_the_doctor(place: &Place) -> Value {
    let findings: Value = serde_json::from_str(&place.run(&["doctor", "--json"]).stdout).unwrap();
    let about_prices = |finding: &&Value| finding["what"] == "heron: prices at Stripe";
    findings.as_array().unwrap().iter().find(about_prices).unwrap().clone()
}

#[test]
fn a_price_that_stripe_sells_no_more_is_named_with_its_code() {
    let place = Place::new();
    place.write("perennial.toml", "[secrets]\nmaster_key_file = 'master.key'\n[log]\nlevel = 'off'\n");
    place.write("master.key", "MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=");
    place.write("stripe.key", KEY);
    place.write("catalog.toml", CATALOG);
    let (stripe, at) = sandbox::start(&place);
    place.run(&["migrate"]).data();
    place.run(&["project", "create", "heron", "--name", "Heron"]).data();
    let account = ["--secret-key-file", "stripe.key", "--api-base", &at];
    place.run(&[&["project", "stripe", "heron"], &account[..]].concat()).data();
    place.run(&["catalog", "apply", "catalog.toml"]).data();
    assert_eq!(prices_by_the_doctor(&place)["detail"], "1 agree");

    let prices: Value = serde_json::from_str(&get(&at, "/v1/prices", KEY)).unwrap();
    let price = prices["data"][0]["id"].as_str().unwrap();
    post_form(&at, &format!("/v1/prices/{price}"), KEY, "active=false");
    let finding = prices_by_the_doctor(&place);
    let detail = finding["detail"].as_str().unwrap();
    assert!(detail.starts_with("harbor/monthly: STRIPE_PRICE_INACTIVE ("), "{finding}");
    assert_eq!(finding["is_well"], false);
    stripe.terminate();
}
