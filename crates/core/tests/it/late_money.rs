//! Money that comes when nobody waits for it any more: it is delivered to nobody who is gone, and goes back.

use perennial_core::customers::delete;
use perennial_domain::{Checkout, CheckoutState, PaymentState};
use perennial_testkit::Merchant;

/// A checkout that our books have given up, while Stripe's page can still be paid.
async fn given_up(merchant: &Merchant, email: &str) -> Checkout {
    let customer = merchant.customer(email).await;
    let checkout = merchant.open(customer.id, "line").await;
    merchant.give_up(&checkout, CheckoutState::Expired).await;
    checkout
}

async fn assert_given_back(merchant: &Merchant, checkout: &Checkout) {
    assert_eq!(merchant.reload(checkout).await.state, CheckoutState::Superseded);
    let [payment] = merchant.payments(checkout).await.try_into().unwrap();
    assert_eq!(payment.state, PaymentState::Refunded);
    assert!(merchant.subscriptions().await.is_empty());
    let running = merchant.stripe().get("/v1/subscriptions").await.expect(200);
    assert_eq!(running["data"], serde_json::json!([]), "nothing is charged again");
}

#[tokio::test]
async fn what_a_deleted_customer_pays_late_goes_back() {
    let merchant = Merchant::new().await;
    let checkout = given_up(&merchant, "ada@example.com").await;
    delete(merchant.app(), merchant.project(), checkout.customer_id).await.unwrap();

    merchant.pay(&checkout).await;
    merchant.hear_from_stripe().await;

    assert_given_back(&merchant, &checkout).await;
}

#[tokio::test]
async fn what_a_blocked_customer_pays_late_goes_back() {
    let merchant = Merchant::new().await;
    let checkout = given_up(&merchant, "ada@example.com").await;
    merchant.block(checkout.customer_id).await;

    merchant.pay(&checkout).await;
    merchant.hear_from_stripe().await;

    assert_given_back(&merchant, &checkout).await;
}
