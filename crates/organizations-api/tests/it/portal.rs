//! `POST /subscriptions/portal`.

use perennial_domain::{Customer, CustomerStatus};
use perennial_testkit::LineState;
use serde_json::{Value, json};

use crate::house::{House, code};

#[tokio::test]
async fn an_organization_that_is_gone_has_no_portal() {
    let house = House::open().await;
    let tenant = house.tenant("harbour").await;
    let (project, gone) = (house.merchant.project(), tenant.organization.clone());
    let gone = Customer { status: CustomerStatus::Deleted, ..gone };
    house.merchant.test.write(move |_, tx| tx.customers(project).update(&gone)).await;
    assert_eq!(code(tenant.api.post("/subscriptions/portal", Value::Null).await, 404), "ORG_NOT_FOUND");
    let customers = house.merchant.stripe().get("/v1/customers").await.expect(200);
    assert_eq!(customers["data"], json!([]), "nobody is made at Stripe for it");
}

#[tokio::test]
async fn who_was_deleted_at_stripe_gets_another_customer_there() {
    let house = House::open().await;
    let tenant = house.tenant("harbour").await;
    tenant.subscribe(&house, "Harbor", "MONTHLY").await;
    let stripe = house.merchant.stripe();
    for what in ["portal", "buy"] {
        let customers = stripe.get("/v1/customers").await.expect(200);
        let path = format!("/v1/customers/{}", customers["data"][0]["id"].as_str().unwrap());
        stripe.delete(&path).await.expect(200);
        house.merchant.hear_from_stripe().await;
        assert_eq!(tenant.my().await["status"], "CANCELLED", "Stripe bills it no more");
        let answer = match what {
            "buy" => tenant.buy(&house, "Fleet", "MONTHLY").await,
            _ => tenant.api.post("/subscriptions/portal", Value::Null).await,
        };
        answer.expect(200);
    }
    tenant.subscribe(&house, "Fleet", "MONTHLY").await;
    assert_eq!(tenant.my().await["status"], "ACTIVE");
}

#[tokio::test]
async fn who_never_bought_gets_a_customer_at_stripe_and_the_portal() {
    let house = House::open().await;
    let tenant = house.tenant("harbour").await;
    let answer = tenant.api.post("/subscriptions/portal", Value::Null).await.expect(200);
    assert!(answer["url"].as_str().unwrap().starts_with("http://stripe.test/p/session/"));
    let again = tenant.api.post("/subscriptions/portal", Value::Null).await.expect(200);
    assert_ne!(answer["url"], again["url"], "each click is a visit of its own");
    assert_eq!(house.merchant.line.count("POST /v1/customers"), 1);
    tenant.subscribe(&house, "Harbor", "MONTHLY").await;
    assert_eq!(house.merchant.line.count("POST /v1/customers"), 1, "buying uses the same customer");
}

#[tokio::test]
async fn while_stripe_is_away_there_is_no_portal() {
    let house = House::open().await;
    let tenant = house.tenant("harbour").await;
    house.merchant.line.set(LineState::Cut);
    assert_eq!(code(tenant.api.post("/subscriptions/portal", Value::Null).await, 500), "INTERNAL_ERROR");
}
