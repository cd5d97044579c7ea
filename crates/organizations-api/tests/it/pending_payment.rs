//! `GET` and `DELETE /subscriptions/pending-payment`.

use jiff::SignedDuration;
use perennial_domain::{AmountUnits, PriceStatus};
use perennial_testkit::LineState;
use serde_json::{Value, json};

use crate::house::{House, code};

const PATH: &str = "/subscriptions/pending-payment";

#[tokio::test]
async fn the_one_open_payment_says_what_it_is_for_and_where_it_is_paid() {
    let house = House::open().await;
    let tenant = house.tenant("harbour").await;
    assert_eq!(code(tenant.api.get(PATH).await, 404), "NO_PENDING_PAYMENT");
    let bought = tenant.buy(&house, "Harbor", "MONTHLY").await.expect(200);
    let pending = tenant.api.get(PATH).await.expect(200)["data"].clone();
    assert!(pending["id"].as_str().unwrap().starts_with("pay_"));
    assert_eq!(pending["stripePaymentId"], bought["sessionId"]);
    assert_eq!(pending["checkoutUrl"], bought["checkoutUrl"]);
    assert_eq!((&pending["amount"], &pending["currency"]), (&json!(2400), &json!("usd")));
    assert_eq!((&pending["status"], &pending["sessionStatus"]), (&json!("PENDING"), &json!("open")));
    assert_eq!(pending["createdAt"], "2031-03-04T05:06:07Z");
    assert_eq!(
        (&pending["subscription"]["name"], &pending["subscription"]["description"]),
        (&json!("Harbor"), &json!("For small crews"))
    );
    let period = house.period("Harbor", "MONTHLY").await;
    assert_eq!(
        pending["subscriptionPeriod"],
        json!({ "id": period, "periodType": "MONTHLY", "price": 2400 })
    );
    let listed = tenant.api.get("/subscriptions/payments").await.expect(200);
    assert_eq!(listed["data"][0]["id"], pending["id"], "one id in every state");
}

#[tokio::test]
async fn major_units_are_there_for_clients_that_were_written_to_them() {
    let house = House::with(|settings| settings.pending_payment_units = AmountUnits::Major).await;
    let tenant = house.tenant("harbour").await;
    tenant.buy(&house, "Harbor", "MONTHLY").await.expect(200);
    let pending = tenant.api.get(PATH).await.expect(200)["data"].clone();
    assert_eq!((&pending["amount"], &pending["subscriptionPeriod"]["price"]), (&json!(24.0), &json!(24.0)));
}

#[tokio::test]
async fn what_is_withdrawn_cannot_be_paid_and_stays_cancelled() {
    let house = House::open().await;
    let tenant = house.tenant("harbour").await;
    let bought = tenant.buy(&house, "Harbor", "MONTHLY").await.expect(200);
    house.merchant.test.clock().advance(SignedDuration::from_secs(90));
    let withdrawn = tenant.api.delete(PATH).await.expect(200);
    assert_eq!(withdrawn["message"], "Pending payment cancelled");
    assert_eq!(withdrawn["data"]["stripePaymentId"], bought["sessionId"]);
    assert_eq!(withdrawn["data"]["cancelledAt"], "2031-03-04T05:07:37Z");
    assert_eq!(code(tenant.api.get(PATH).await, 404), "NO_PENDING_PAYMENT");
    assert_eq!(code(tenant.api.delete(PATH).await, 404), "NO_PENDING_PAYMENT");
    // Stripe's event says that the session expired; that it was withdrawn came first.
    house.merchant.hear_from_stripe().await;
    assert_eq!(tenant.payments().await, [("CANCELLED".to_owned(), 2400)]);
}

#[tokio::test]
async fn what_was_paid_just_now_is_not_withdrawn() {
    let house = House::open().await;
    let tenant = house.tenant("harbour").await;
    let bought = tenant.buy(&house, "Harbor", "MONTHLY").await.expect(200);
    house.merchant.pay_session(bought["sessionId"].as_str().unwrap()).await;
    assert_eq!(code(tenant.api.delete(PATH).await, 404), "NO_PENDING_PAYMENT");
    assert_eq!(tenant.my().await["status"], "ACTIVE", "it was completed instead");
}

#[tokio::test]
async fn a_session_that_ran_out_is_moved_to_expired_first() {
    let house = House::open().await;
    let tenant = house.tenant("harbour").await;
    tenant.buy(&house, "Harbor", "MONTHLY").await.expect(200);
    house.merchant.test.clock().advance(SignedDuration::from_hours(25));
    house.merchant.sandbox.tick().await.unwrap();
    assert_eq!(code(tenant.api.get(PATH).await, 404), "NO_PENDING_PAYMENT");
    assert_eq!(tenant.payments().await, [("EXPIRED".to_owned(), 2400)]);
    tenant.buy(&house, "Harbor", "MONTHLY").await.expect(200);
}

#[tokio::test]
async fn a_period_that_is_not_sold_any_more_is_not_found() {
    let house = House::open().await;
    let tenant = house.tenant("harbour").await;
    tenant.buy(&house, "Harbor", "MONTHLY").await.expect(200);
    let project = house.merchant.project();
    house
        .merchant
        .test
        .write(move |_, tx| {
            let product = tx.products(project).find_by_reference("harbor")?.unwrap();
            tx.prices(project).of_product(product.id)?.into_iter().try_for_each(|mut price| {
                price.status = PriceStatus::Archived;
                tx.prices(project).update(&price)
            })
        })
        .await;
    assert_eq!(code(tenant.api.get(PATH).await, 404), "SUBSCRIPTION_PERIOD_NOT_FOUND");
}

#[tokio::test]
async fn while_stripe_is_away_the_row_is_told_and_nothing_is_withdrawn() {
    let house = House::with(|settings| settings.debug = true).await;
    let tenant = house.tenant("harbour").await;
    tenant.buy(&house, "Harbor", "MONTHLY").await.expect(200);
    house.merchant.line.set(LineState::Cut);
    let pending = tenant.api.get(PATH).await.expect(200);
    assert_eq!(
        (&pending["data"]["status"], &pending["data"]["sessionStatus"]),
        (&json!("PENDING"), &Value::Null)
    );
    let refused = tenant.api.delete(PATH).await;
    assert_eq!(refused.body["debug_info"]["error_type"], "INTERNAL_ERROR");
    assert_eq!(code(refused, 500), "INTERNAL_ERROR");
    house.merchant.line.set(LineState::Open);
    tenant.api.delete(PATH).await.expect(200);
}

#[tokio::test]
async fn a_cause_is_told_to_developers_alone() {
    let house = House::open().await;
    let tenant = house.tenant("harbour").await;
    let refused = tenant.api.get(PATH).await;
    assert_eq!(refused.body["debug_info"], Value::Null);
}
