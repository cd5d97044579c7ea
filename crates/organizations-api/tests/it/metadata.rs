//! What Stripe keeps of a purchase so that renewals can be traced (contract §9.9): on the session, and on what it makes.

use serde_json::{Value, json};

use crate::house::{House, Tenant};

async fn at_stripe(house: &House, path: &str) -> Value {
    house.merchant.stripe().get(path).await.expect(200)
}

/// Buys and pays; answers the id of the pending payment and Stripe's session.
async fn bought(house: &House, tenant: &Tenant, plan: &str, rhythm: &str) -> (Value, Value) {
    let session = tenant.buy(house, plan, rhythm).await.expect(200)["sessionId"].clone();
    let pending = tenant.api.get("/subscriptions/pending-payment").await.expect(200);
    house.merchant.pay_session(session.as_str().unwrap()).await;
    house.merchant.hear_from_stripe().await;
    let path = format!("/v1/checkout/sessions/{}", session.as_str().unwrap());
    (pending["data"].clone(), at_stripe(house, &path).await)
}

#[track_caller]
fn assert_traces(period: &str, tenant: &Tenant, pending: &Value, rhythm: &str, kept: &Value) {
    for (name, value) in [
        ("orgId", json!(tenant.organization.external_id)),
        ("userId", json!(tenant.member.external_id)),
        ("subscriptionId", pending["subscription"]["id"].clone()),
        ("subscriptionPeriodId", json!(period)),
        ("paymentId", pending["id"].clone()),
        ("periodType", json!(rhythm)),
    ] {
        assert_eq!(kept["metadata"][name], value, "{name}");
    }
}

#[tokio::test]
async fn a_renewing_purchase_is_traced_by_its_session_and_its_subscription() {
    let house = House::with(|settings| settings.allow_subscription_change = true).await;
    let tenant = house.tenant("harbour").await;
    let (pending, session) = bought(&house, &tenant, "Harbor", "MONTHLY").await;
    let path = format!("/v1/subscriptions/{}", session["subscription"].as_str().unwrap());
    let subscription = at_stripe(&house, &path).await;
    let period = house.period("Harbor", "MONTHLY").await;
    for kept in [&session, &subscription] {
        assert_traces(&period, &tenant, &pending, "MONTHLY", kept);
        assert_eq!(kept["metadata"]["previousStripeSubscriptionId"], Value::Null);
    }

    let (_, change) = bought(&house, &tenant, "Fleet", "MONTHLY").await;
    let path = format!("/v1/subscriptions/{}", change["subscription"].as_str().unwrap());
    for kept in [&change, &at_stripe(&house, &path).await] {
        assert_eq!(kept["metadata"]["previousStripeSubscriptionId"], subscription["id"]);
    }
}

#[tokio::test]
async fn a_lifetime_is_traced_by_its_session_and_its_payment_intent() {
    let house = House::open().await;
    let tenant = house.tenant("harbour").await;
    let (pending, session) = bought(&house, &tenant, "Harbor", "ALL_TIME").await;
    let path = format!("/v1/payment_intents/{}", session["payment_intent"].as_str().unwrap());
    let period = house.period("Harbor", "ALL_TIME").await;
    for kept in [&session, &at_stripe(&house, &path).await] {
        assert_traces(&period, &tenant, &pending, "ALL_TIME", kept);
    }
}
