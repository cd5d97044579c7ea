//! Stripe is away for longer than anybody has patience: nothing that is owed to a customer is given up.

use jiff::SignedDuration;
use perennial_core::checkout::settle_checkout;
use perennial_core::store::JobState;
use perennial_domain::{Checkout, CheckoutState, PaymentState};
use perennial_testkit::{LineState, Merchant};

/// A checkout that our books had given up, and that was paid when its plan had been bought by another one.
async fn paid_too_late(merchant: &Merchant) -> Checkout {
    let customer = merchant.customer("ada@example.com").await;
    let late = merchant.open(customer.id, "line").await;
    let (project, id) = (merchant.project(), late.id);
    merchant
        .test
        .write(move |cx, tx| {
            let mut checkout = tx.checkouts(project).lock(id)?.unwrap();
            checkout.close(CheckoutState::Abandoned, cx.now()).unwrap();
            tx.checkouts(project).update(&checkout)
        })
        .await;
    let first = merchant.open(customer.id, "line").await;
    for checkout in [&first, &late] {
        merchant.pay(checkout).await;
        settle_checkout(merchant.app(), project, checkout.id).await.unwrap();
    }
    late
}

#[tokio::test]
async fn a_refund_outlives_a_stripe_that_is_away_over_a_weekend() {
    let merchant = Merchant::new().await;
    let checkout = paid_too_late(&merchant).await;
    merchant.line.set(LineState::Cut);
    for _ in 0..60 {
        merchant.work().await;
        merchant.test.clock().advance(SignedDuration::from_hours(1));
    }
    let given_up = merchant.test.write(|_, tx| tx.jobs().list(JobState::Failed, 10)).await;
    assert!(given_up.is_empty(), "{given_up:?}");
    merchant.line.set(LineState::Open);

    merchant.work().await;

    let [payment] = merchant.payments(&checkout).await.try_into().unwrap();
    assert_eq!(payment.state, PaymentState::Refunded);
}
