//! Renewals that are owed for more than one period, or by nobody any more.

use perennial_core::cards::pay_open_invoices;
use perennial_domain::{Payment, PaymentState, Subscription, SubscriptionState};
use perennial_testkit::{Merchant, MerchantOptions, days};
use stripe_sandbox::{Dunning, LastResort};

/// Can be saved, and is refused when charged.
const EMPTY: &str = "pm_card_chargeCustomerFail";

/// A customer of the line, paid by the week, whose card has become empty. Stripe tries twice, and then lets it be.
async fn weekly() -> Merchant {
    let catalog = include_str!("../../../testkit/src/merchant.toml").replacen("1 month", "1 week", 1);
    let dunning = Dunning { retry_days: vec![1, 3], last_resort: LastResort::LeavePastDue };
    let options = MerchantOptions { dunning, catalog: catalog.leak(), ..MerchantOptions::default() };
    let merchant = Merchant::with(options).await;
    merchant.sell("line").await;
    merchant.use_card(EMPTY).await;
    merchant
}

async fn open(merchant: &Merchant, subscription: &Subscription) -> Vec<Payment> {
    let (project, customer) = (merchant.project(), subscription.customer_id);
    merchant.test.write(move |_, tx| tx.payments(project).open_of(customer)).await
}

#[tokio::test]
async fn every_week_that_was_used_is_paid_with_another_card() {
    let merchant = weekly().await;
    merchant.live(days(8)).await;
    merchant.live(days(7)).await;
    let behind = merchant.only_subscription().await;
    assert_eq!(behind.state, SubscriptionState::PastDue);
    assert_eq!(open(&merchant, &behind).await.len(), 2, "one for each week");

    let card = merchant.keep_card(behind.customer_id, "pm_card_visa").await.card.stripe_payment_method_id;
    let (project, customer) = (merchant.project(), behind.customer_id);
    let paid_off = pay_open_invoices(merchant.app(), project, customer, &card).await.unwrap();
    assert_eq!((paid_off.paid.len(), paid_off.owed.len()), (2, 0), "{paid_off:?}");
    merchant.hear_from_stripe().await;
    let caught_up = merchant.only_subscription().await;
    assert_eq!((caught_up.state, caught_up.arrears), (SubscriptionState::Active, None));
    assert_eq!(caught_up.current_period.unwrap().number, 3);
    assert_eq!(merchant.charged().await, [1450; 3]);
}

#[tokio::test]
async fn weeks_that_nobody_paid_in_time_end_it_and_are_owed_by_nobody() {
    let merchant = weekly().await;
    merchant.live(days(8)).await;
    merchant.live(days(7)).await;
    merchant.live(days(8)).await;
    let ended = merchant.only_subscription().await;
    assert_eq!(ended.state, SubscriptionState::Ended, "{:?}", ended.arrears);
    assert!(open(&merchant, &ended).await.is_empty());
    let invoices = merchant.stripe().get("/v1/invoices?status=open").await.expect(200);
    assert_eq!(invoices["data"].as_array().unwrap().len(), 0, "{invoices}");
    merchant.live(days(30)).await;
    assert_eq!(merchant.charged().await, [1450], "only what was bought");
}

#[tokio::test]
async fn a_renewal_that_its_merchant_voids_is_owed_by_nobody() {
    let merchant = Merchant::with_dunning(Dunning { retry_days: vec![5], ..Dunning::default() }).await;
    merchant.sell("line").await;
    merchant.use_card(EMPTY).await;
    merchant.live(days(32)).await;
    let behind = merchant.only_subscription().await;
    let [owed] = open(&merchant, &behind).await.try_into().unwrap();
    merchant
        .stripe()
        .post_form(&format!("/v1/invoices/{}/void", owed.stripe_reference), "")
        .await
        .expect(200);
    merchant.hear_from_stripe().await;

    assert!(open(&merchant, &behind).await.is_empty());
    let [renewal] = merchant.renewals(behind.id).await.try_into().unwrap();
    assert_eq!((renewal.state, renewal.attempts.next_at), (PaymentState::Failed, None), "nobody tries again");
}

#[tokio::test]
async fn arrears_that_are_heard_of_late_are_as_old_as_the_first_try() {
    let dunning = Dunning { retry_days: vec![30], last_resort: LastResort::LeavePastDue };
    let merchant = Merchant::with_dunning(dunning).await;
    let renewal_at = merchant.sell("line").await.current_period.unwrap().end.unwrap();
    merchant.use_card(EMPTY).await;
    merchant.let_pass(days(36)).await;
    let heard_at = merchant.app().now();
    merchant.hear_from_stripe().await;
    let arrears = merchant.only_subscription().await.arrears.unwrap();
    assert_eq!(arrears.since, renewal_at);
    assert_eq!(arrears.until, Some(heard_at + days(14)), "who could not be told before has as long to pay");
}
