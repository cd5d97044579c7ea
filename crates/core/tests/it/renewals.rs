//! Renewals, whatever becomes of the events that tell of them.

use jiff::{SignedDuration, Timestamp};
use perennial_core::subscriptions::{
    cancel_subscription, sweep_renewals, sync_subscription, turn_due_subscriptions,
};
use perennial_domain::{Cancellation, CancellationCause, Payment, SubscriptionState};
use perennial_testkit::{Caller, Merchant, days};
use stripe_sandbox::webhooks::WebhookDelivery;
use stripe_sandbox::{Dunning, LastResort};

/// A merchant with one paid monthly subscription, about which everything has been heard.
async fn subscribed(dunning: Dunning) -> Merchant {
    let merchant = Merchant::with_dunning(dunning).await;
    merchant.sell("line").await;
    merchant
}

async fn stripe_id(merchant: &Merchant) -> String {
    merchant.only_subscription().await.stripe_subscription_id.unwrap()
}

/// Those that arrived.
async fn payments(merchant: &Merchant) -> Vec<Payment> {
    let (project, id) = (merchant.project(), merchant.only_subscription().await.id);
    let all = merchant.test.write(move |_, tx| tx.payments(project).of_subscription(id)).await;
    all.into_iter().filter(Payment::has_arrived).collect()
}

fn is_about(delivery: &WebhookDelivery, event_type: &str) -> bool {
    delivery.body.contains(&format!("\"type\":\"{event_type}\""))
}

async fn assert_renewed_once(merchant: &Merchant) {
    let renewed = merchant.only_subscription().await;
    assert_eq!((renewed.state, renewed.current_period.unwrap().number), (SubscriptionState::Active, 2));
    assert_eq!(payments(merchant).await.len(), 2);
}

#[tokio::test]
async fn a_renewal_whose_events_were_lost_is_found_by_the_sweep() {
    let merchant = subscribed(Dunning::default()).await;
    merchant.pass_unheard(days(32)).await;

    assert_eq!(sweep_renewals(merchant.app()).await.unwrap(), 1);

    assert_renewed_once(&merchant).await;
    assert_eq!(sweep_renewals(merchant.app()).await.unwrap(), 0);
}

#[tokio::test]
async fn one_in_arrears_is_asked_for_twice_a_day_and_not_in_every_sweep() {
    let merchant = subscribed(Dunning::default()).await;
    stop_the_card(&merchant).await;
    merchant.let_pass(days(32)).await;
    assert_eq!(sweep_renewals(merchant.app()).await.unwrap(), 1);
    assert_eq!(merchant.only_subscription().await.state, SubscriptionState::PastDue);
    assert_eq!(sweep_renewals(merchant.app()).await.unwrap(), 0);
    merchant.test.clock().advance(SignedDuration::from_hours(13));
    assert_eq!(sweep_renewals(merchant.app()).await.unwrap(), 1);
}

#[tokio::test]
async fn a_renewal_may_be_told_three_times_and_backwards() {
    let merchant = subscribed(Dunning::default()).await;
    merchant.let_pass(days(32)).await;
    let mut deliveries = merchant.webhooks().await;
    deliveries.reverse();
    for _ in 0..3 {
        for delivery in &deliveries {
            merchant.receive(delivery).await.unwrap();
            merchant.work().await;
        }
    }
    assert_renewed_once(&merchant).await;
}

#[tokio::test]
async fn the_subscriptions_event_may_come_before_that_of_its_invoice() {
    let merchant = subscribed(Dunning::default()).await;
    merchant.let_pass(days(32)).await;
    let (early, late): (Vec<_>, Vec<_>) = merchant
        .webhooks()
        .await
        .into_iter()
        .partition(|delivery| is_about(delivery, "customer.subscription.updated"));
    assert!(!early.is_empty() && late.iter().any(|delivery| is_about(delivery, "invoice.paid")));
    for delivery in early.iter().chain(&late) {
        merchant.receive(delivery).await.unwrap();
        merchant.work().await;
    }
    assert_renewed_once(&merchant).await;
}

/// Stripe goes on with the next period while the invoice of the last one is still open; it is paid long after.
#[tokio::test]
async fn an_old_invoice_that_is_paid_late_is_a_payment_like_any_other() {
    let goes_on = Dunning { retry_days: vec![1], last_resort: LastResort::LeavePastDue };
    let merchant = subscribed(goes_on).await;
    stop_the_card(&merchant).await;
    merchant.let_pass(days(32)).await;
    merchant.hear_from_stripe().await;
    let open = newest_invoice(&merchant).await;
    assert_eq!(open["status"], "open");
    merchant.use_card("pm_card_visa").await;
    for _ in 0..4 {
        merchant.let_pass(days(31)).await;
        merchant.hear_from_stripe().await;
    }
    assert_eq!(payments(&merchant).await.len(), 5);

    let path = format!("/v1/invoices/{}/pay", open["id"].as_str().unwrap());
    stripe(&merchant).post_form(&path, "").await.expect(200);
    merchant.hear_from_stripe().await;

    let paid = payments(&merchant).await;
    assert_eq!(paid.len(), 6);
    assert!(paid.iter().any(|payment| payment.stripe_reference == open["id"].as_str().unwrap()));
}

#[tokio::test]
async fn years_of_renewals_are_not_read_again_for_each_one() {
    let merchant = subscribed(Dunning::default()).await;
    for _ in 0..24 {
        merchant.let_pass(days(31)).await;
        merchant.hear_from_stripe().await;
    }
    let id = stripe_id(&merchant).await;
    let (project, owned) = (merchant.project(), id.clone());
    let mark = merchant.test.write(move |_, tx| tx.billing_marks(project).settled_until(&owned)).await;
    let mark: Timestamp = mark.unwrap();
    assert!(mark > merchant.app().now() - SignedDuration::from_hours(24 * 32));
    let payments = merchant.app().payments(project).await.unwrap();
    assert_eq!(payments.invoices(&id, Some(mark)).await.unwrap().len(), 1);
    sync_subscription(merchant.app(), project, &id).await.unwrap();
}

/// The customer cancels after Stripe has charged the next period and before we hear of it.
#[tokio::test]
async fn a_cancellation_ends_with_the_period_that_stripe_was_paid_for() {
    let merchant = subscribed(Dunning::default()).await;
    merchant.let_pass(days(32)).await;
    let id = merchant.only_subscription().await.id;
    let reason = Cancellation::because(CancellationCause::CancellationRequested);

    cancel_subscription(merchant.app(), merchant.project(), id, reason).await.unwrap();
    turn_due_subscriptions(merchant.app()).await.unwrap();

    let cancelled = merchant.only_subscription().await;
    assert!(cancelled.is_live() && cancelled.ended_at > Some(merchant.app().now()), "{cancelled:?}");
    merchant.hear_from_stripe().await;
    let heard = merchant.only_subscription().await;
    assert_eq!((heard.ended_at, heard.current_period.unwrap().end), (cancelled.ended_at, cancelled.ended_at));
}

fn stripe(merchant: &Merchant) -> Caller {
    Caller::new(merchant.sandbox.router(), "sk_test_merchant")
}

async fn newest_invoice(merchant: &Merchant) -> serde_json::Value {
    stripe(merchant).get("/v1/invoices?limit=1").await.expect(200)["data"][0].clone()
}

async fn stop_the_card(merchant: &Merchant) {
    merchant.use_card("pm_card_chargeCustomerFail").await;
}
