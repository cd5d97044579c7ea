//! Settings that differ from the contract's own, as front ends see them.

use jiff::SignedDuration;

use crate::house::House;

#[tokio::test]
async fn the_grace_of_a_late_renewal_is_as_long_as_the_operator_wants() {
    let house = House::with(|settings| settings.renewal_grace_hours = 72).await;
    let tenant = house.tenant("harbour").await;
    tenant.subscribe(&house, "Harbor", "MONTHLY").await;
    // Stripe's events are lost: the renewal is not known here.
    house.merchant.test.clock().advance(SignedDuration::from_hours(24 * 31 + 71));
    assert_eq!(tenant.my().await["status"], "ACTIVE");
    house.merchant.test.clock().advance(SignedDuration::from_hours(2));
    assert_eq!(tenant.my().await["status"], "EXPIRED");
}

#[tokio::test]
async fn stripe_sends_payers_back_to_the_paths_of_the_operator() {
    let house = House::with(|settings| {
        settings.return_path = "/billing?tab=plan".to_owned();
        settings.cancel_path = "/pricing".to_owned();
    })
    .await;
    let tenant = house.tenant("harbour").await;
    let bought = tenant.buy(&house, "Harbor", "MONTHLY").await.expect(200);
    let path = format!("/v1/checkout/sessions/{}", bought["sessionId"].as_str().unwrap());
    let session = house.merchant.stripe().get(&path).await.expect(200);
    assert_eq!(
        session["success_url"],
        "https://app.example/billing?tab=plan&session_id={CHECKOUT_SESSION_ID}"
    );
    assert_eq!(session["cancel_url"], "https://app.example/pricing");
}
