//! The two calls of `docs/business.md` do what the page says, word for word but for the host and the ids.

use http::Method;
use serde_json::Value;

use crate::house::{BUSINESS, House};

const PAGE: &str = include_str!("../../../../docs/business.md");

/// A call of the page: method, path and body.
fn call(start: &str) -> (Method, String, String) {
    let text = PAGE.split("```sh\n").find(|block| block.starts_with(start)).unwrap();
    let text = text.split("```").next().unwrap();
    let method = text.split_whitespace().nth(2).unwrap().parse().unwrap();
    let path = text.split_once("https://api.example").unwrap().1.split_whitespace().next().unwrap();
    let body = text.split_once("-d '").unwrap().1.split_once('\'').unwrap().0;
    (method, path.to_owned(), body.to_owned())
}

#[tokio::test]
async fn the_two_calls_of_the_page_change_a_plan() {
    let house = House::open().await;
    let old = house.bought("crew", "free").await;
    let (_, price) = house.price("crew_max", "monthly", "USD").await;

    let (method, path, body) = call("curl -X PUT");
    let named = path.rsplit('/').next().unwrap().to_owned();
    let path = path.replace(&named, old["uid"].as_str().unwrap());
    let expired = house.api.send(method, &path, body).await.expect(200);
    let expired = &expired["data"]["subscription"];
    assert_eq!((&expired["uid"], &expired["is_active"]), (&old["uid"], &Value::Bool(false)));

    let (method, path, body) = call("curl -X POST");
    let named: Value = serde_json::from_str(&body).unwrap();
    assert_eq!(named["business_uid"], BUSINESS);
    let named = named["subscription"]["purchasable_price_uid"].as_str().unwrap();
    let created = house.api.send(method, &path, body.replace(named, &price)).await.expect(201);
    let created = &created["data"]["subscription"];
    assert_eq!((&created["purchase_state"], &created["purchase_price"]), (&"active".into(), &49.into()));
}
