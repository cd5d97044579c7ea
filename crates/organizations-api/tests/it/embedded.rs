//! Checkout embedded in a page of the operator's (contract §9.8).

use perennial_domain::CheckoutUi;
use serde_json::{Value, json};

use crate::house::House;

#[tokio::test]
async fn an_embedded_session_has_a_client_secret_and_no_page() {
    let house = House::with(|settings| settings.checkout_ui = CheckoutUi::Embedded).await;
    let tenant = house.tenant("harbour").await;
    let bought = tenant.buy(&house, "Harbor", "MONTHLY").await.expect(200);
    assert_eq!((&bought["checkoutUrl"], &bought["redirectUrl"]), (&Value::Null, &Value::Null));
    assert_eq!(bought["isFreeSubscription"], false);
    let session = bought["sessionId"].as_str().unwrap();
    assert!(bought["clientSecret"].as_str().unwrap().starts_with(session));

    let view = house.merchant.stripe().get(&format!("/v1/checkout/sessions/{session}")).await.expect(200);
    assert_eq!(view["ui_mode"], "embedded");
    assert_eq!(view["redirect_on_completion"], "if_required");
    assert_eq!(
        view["return_url"],
        "https://app.example/subscription/return?session_id={CHECKOUT_SESSION_ID}"
    );
    assert_eq!(view["success_url"], Value::Null);

    let again = tenant.buy(&house, "Harbor", "MONTHLY").await.expect(200);
    assert_eq!(again, bought, "the same session, by the same secret");
    let pending = tenant.api.get("/subscriptions/pending-payment").await.expect(200);
    assert_eq!(
        (&pending["data"]["checkoutUrl"], &pending["data"]["sessionStatus"]),
        (&Value::Null, &json!("open"))
    );
}

#[tokio::test]
async fn paying_inside_the_page_is_paying() {
    let house = House::with(|settings| settings.checkout_ui = CheckoutUi::Embedded).await;
    let tenant = house.tenant("harbour").await;
    let bought = tenant.buy(&house, "Harbor", "MONTHLY").await.expect(200);
    let session = bought["sessionId"].as_str().unwrap();
    house.merchant.pay_session(session).await;
    let status = tenant.api.get(&format!("/subscriptions/checkout-session/{session}")).await.expect(200);
    assert_eq!((&status["status"], &status["payment_status"]), (&json!("complete"), &json!("paid")));
    assert_eq!(tenant.my().await["status"], "ACTIVE");
}

#[tokio::test]
async fn a_call_may_ask_for_the_other_place_and_gets_a_session_of_its_own() {
    let house = House::open().await;
    let tenant = house.tenant("harbour").await;
    let hosted = tenant.buy(&house, "Harbor", "MONTHLY").await.expect(200);
    house.merchant.test.clock().advance(jiff::SignedDuration::from_secs(1));
    let period = house.period("Harbor", "MONTHLY").await;
    let body = json!({ "subscriptionPeriodId": period, "uiMode": "embedded" });
    let embedded = tenant.api.post("/subscriptions/buy", body).await.expect(200);
    assert_ne!(embedded["sessionId"], hosted["sessionId"]);
    assert!(embedded["clientSecret"].is_string());
    assert_eq!(tenant.payments().await.len(), 2);
    assert_eq!(tenant.payments().await[1].0, "CANCELLED", "one can be paid at a time");
}
