//! How often Stripe is asked about what nobody told us of.

use jiff::SignedDuration;
use perennial_core::checkout::sweep_checkouts;
use perennial_testkit::Merchant;

/// How many checkouts the next sweep would ask about one by one.
async fn due(merchant: &Merchant) -> usize {
    merchant.test.write(|cx, tx| tx.overdue_checkouts(cx.now(), cx.now(), 10)).await.len()
}

#[tokio::test]
async fn a_debit_whose_bank_takes_days_is_asked_about_ever_less_often() {
    let merchant = Merchant::new().await;
    let customer = merchant.customer("ada@example.com").await;
    let checkout = merchant.open(customer.id, "line").await;
    let (project, id, expires_at) = (merchant.project(), checkout.id, checkout.expires_at);
    merchant
        .test
        .write(move |_, tx| {
            let mut checkout = tx.checkouts(project).lock(id)?.unwrap();
            checkout.confirm();
            tx.checkouts(project).update(&checkout)
        })
        .await;
    let clock = merchant.test.clock();
    clock.advance(expires_at.duration_since(merchant.app().now()) + SignedDuration::from_mins(15));

    for pause in [15, 30, 60] {
        assert_eq!(due(&merchant).await, 1);
        sweep_checkouts(merchant.app()).await.unwrap();
        clock.advance(SignedDuration::from_mins(pause) - SignedDuration::from_secs(1));
        assert_eq!(due(&merchant).await, 0, "asked about again after {pause} minutes");
        clock.advance(SignedDuration::from_secs(1));
    }
}
