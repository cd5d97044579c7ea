//! `perennial doctor` beside a Stripe that sells something else than we show.

use serde_json::Value;

use crate::http::{get, post_form};
use crate::program::Place;
use crate::sandbox;

const PRICES: &str = "heron: prices at Stripe";
const KEY: &str = "sk_test_doctor";
const CATALOG: &str = include_str!("doctor.toml");

/// Stripe's id of the price with this amount.
fn stripe_price(at: &str, amount_minor: i64) -> String {
    let prices: Value = serde_json::from_str(&get(at, "/v1/prices", KEY)).unwrap();
    let is_it = |price: &&Value| price["unit_amount"] == amount_minor;
    prices["data"].as_array().unwrap().iter().find(is_it).unwrap()["id"].as_str().unwrap().to_owned()
}

#[test]
fn prices_of_plans_and_addons_that_stripe_sells_no_more_are_named_with_their_codes() {
    let place = Place::with_settings("");
    place.write("stripe.key", KEY);
    place.write("catalog.toml", CATALOG);
    let (stripe, at) = sandbox::start(&place);
    place.run(&["migrate"]).data();
    place.run(&["project", "create", "heron", "--name", "Heron"]).data();
    let account = ["--secret-key-file", "stripe.key", "--api-base", &at];
    place.run(&[&["project", "stripe", "heron"], &account[..]].concat()).data();
    place.run(&["catalog", "apply", "catalog.toml"]).data();
    let (is_well, details) = place.diagnosis(PRICES);
    assert!(is_well, "{details:?}");
    assert_eq!(details, ["4 agree"], "what is free or archived is nothing to Stripe");

    for amount_minor in [2400, 300, 90_000] {
        let path = format!("/v1/prices/{}", stripe_price(&at, amount_minor));
        post_form(&at, &path, KEY, "active=false");
    }
    let (is_well, mut details) = place.diagnosis(PRICES);
    details.sort();
    assert!(!is_well);
    assert_eq!(details.len(), 3, "{details:?}");
    for (detail, price) in details.iter().zip(["fleet/yearly", "harbor/monthly", "seats/monthly"]) {
        assert!(detail.starts_with(&format!("{price}: STRIPE_PRICE_INACTIVE (")), "{detail}");
    }
    stripe.terminate();
}
