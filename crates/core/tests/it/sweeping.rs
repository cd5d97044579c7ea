//! How often Stripe is asked about what nobody told us of.

use jiff::SignedDuration;
use perennial_core::checkout::{StartCheckout, Started, start_checkout, sweep_checkouts};
use perennial_domain::{CheckoutState, CheckoutTerms};
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

/// Opens a page for as long as we say, or as Stripe does, which nobody pays before it is that old, and answers whether it is
/// settled a minute after it was paid, in the worker's rhythm, without webhook and return.
async fn is_settled_in_time(has_stripes_lifetime: bool, age: SignedDuration) -> bool {
    let merchant = Merchant::new().await;
    let customer = merchant.customer("ada@example.com").await;
    let command = StartCheckout {
        project: merchant.project(),
        customer: customer.id,
        connect_session: None,
        order: merchant.order("line").await,
        terms: CheckoutTerms { has_stripes_lifetime, ..CheckoutTerms::default() },
        locale: "en-US".to_owned(),
        return_url: "https://connect.example/return".to_owned(),
        cancel_url: "https://connect.example/review".to_owned(),
    };
    let Started::Pay { checkout, .. } = start_checkout(merchant.app(), command).await.unwrap() else {
        panic!("it is free")
    };
    let project = merchant.project();
    let checkout = merchant.test.write(move |_, tx| tx.checkouts(project).find(checkout)).await.unwrap();
    let tick = SignedDuration::from_secs(15);
    merchant.let_pass(age - tick).await;
    for _ in 0..2 {
        sweep_checkouts(merchant.app()).await.unwrap();
        merchant.let_pass(tick).await;
    }
    merchant.pay(&checkout).await;
    // The last sweep of the minute begins in time to end with it.
    for _ in 0..3 {
        merchant.let_pass(tick).await;
        sweep_checkouts(merchant.app()).await.unwrap();
    }
    merchant.reload(&checkout).await.state == CheckoutState::Settled
}

#[tokio::test]
async fn a_page_that_is_paid_late_is_settled_within_a_minute() {
    for minutes in [1, 12, 30, 55] {
        let age = SignedDuration::from_mins(minutes);
        assert!(is_settled_in_time(false, age).await, "paid after {minutes} minutes");
    }
}

#[tokio::test]
async fn a_page_that_stays_open_for_a_day_is_settled_within_a_minute_of_its_payment() {
    for hours in [1, 3, 23] {
        let age = SignedDuration::from_hours(hours);
        assert!(is_settled_in_time(true, age).await, "paid after {hours} hours");
    }
}
