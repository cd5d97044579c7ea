//! Our rows follow what Stripe says is true now, and an end that costs somebody money is never decided without asking.

use jiff::SignedDuration;
use perennial_core::cards::pay_open_invoices;
use perennial_core::subscriptions::{
    cancel_for_customer, cancel_subscription, change_plan, end_subscription, sweep_renewals,
    sync_subscription, turn_due_subscriptions,
};
use perennial_domain::{
    Cancellation, CancellationCause, CancellationTime, ChangeTime, Letter, PaymentState, Subscription,
    SubscriptionChange, SubscriptionChangeState, SubscriptionId, SubscriptionState, UserReason,
};
use perennial_store::tables::PageRequest;
use perennial_testkit::{LineState, Merchant, days};
use serde_json::Value;
use stripe_sandbox::{Dunning, LastResort};

/// Can be saved, and is refused when charged.
const EMPTY: &str = "pm_card_chargeCustomerFail";

/// A merchant whose customer bought a line, about which everything has been heard.
async fn subscribed(dunning: Dunning) -> (Merchant, Subscription) {
    let merchant = Merchant::with_dunning(dunning).await;
    let subscription = merchant.sell("line").await;
    (merchant, subscription)
}

async fn current(merchant: &Merchant, id: SubscriptionId) -> Subscription {
    let project = merchant.project();
    merchant.test.write(move |_, tx| tx.subscriptions(project).find(id)).await.unwrap()
}

async fn at_stripe(merchant: &Merchant, subscription: &Subscription, form: &str) -> Value {
    let id = subscription.stripe_subscription_id.as_deref().unwrap();
    merchant.stripe().post_form(&format!("/v1/subscriptions/{id}"), form).await.expect(200)
}

async fn status_at_stripe(merchant: &Merchant, subscription: &Subscription) -> Value {
    let id = subscription.stripe_subscription_id.as_deref().unwrap();
    merchant.stripe().get(&format!("/v1/subscriptions/{id}")).await.expect(200)["status"].clone()
}

async fn pay_with(merchant: &Merchant, subscription: &Subscription, card: &str) -> String {
    let found = at_stripe(merchant, subscription, "metadata[seen]=1").await;
    let form = format!("customer={}", found["customer"].as_str().unwrap());
    let path = format!("/v1/payment_methods/{card}/attach");
    let kept = merchant.stripe().post_form(&path, &form).await.expect(200);
    let card = kept["id"].as_str().unwrap().to_owned();
    at_stripe(merchant, subscription, &format!("default_payment_method={card}")).await;
    card
}

fn requested() -> Cancellation {
    Cancellation::because(CancellationCause::CancellationRequested)
}

#[tokio::test]
async fn a_cancellation_that_was_taken_back_at_stripe_ends_nothing_here() {
    let (merchant, bought) = subscribed(Dunning::default()).await;
    cancel_subscription(merchant.app(), merchant.project(), bought.id, requested()).await.unwrap();
    merchant.hear_from_stripe().await;
    at_stripe(&merchant, &bought, "cancel_at_period_end=false").await;
    merchant.pass_unheard(days(32)).await;

    merchant.line.set(LineState::Cut);
    turn_due_subscriptions(merchant.app()).await.unwrap();
    assert!(current(&merchant, bought.id).await.is_live(), "without an answer it waits");

    merchant.line.set(LineState::Open);
    turn_due_subscriptions(merchant.app()).await.unwrap();
    let going_on = current(&merchant, bought.id).await;
    assert_eq!((going_on.state, going_on.ended_at), (SubscriptionState::Active, None));
    assert_eq!(going_on.current_period.unwrap().number, 2);
    merchant.work().await;
    assert_eq!(status_at_stripe(&merchant, &bought).await, "active");
}

/// As after a restored backup, or a mistake of ours: the row says that it is over.
#[tokio::test]
async fn what_ended_here_and_is_billed_on_is_stopped_and_its_money_goes_back() {
    let (merchant, bought) = subscribed(Dunning::default()).await;
    let (project, id, end) = (merchant.project(), bought.id, bought.current_period.unwrap().end.unwrap());
    merchant
        .test
        .write(move |_, tx| {
            let mut row = tx.subscriptions(project).lock(id)?.expect("it is there");
            row.end(end, CancellationCause::SubscriptionEnded);
            tx.subscriptions(project).update(&row)
        })
        .await;

    merchant.test.clock().advance(SignedDuration::from_hours(24 * 32));
    merchant.sandbox.tick().await.unwrap();
    merchant.hear_from_stripe().await;
    merchant.hear_from_stripe().await;

    assert_eq!(status_at_stripe(&merchant, &bought).await, "canceled");
    let [renewal] = merchant.renewals(id).await.try_into().unwrap();
    assert_eq!(
        (renewal.state, renewal.refunded_minor),
        (PaymentState::Refunded, renewal.amount.amount_minor)
    );
    let first = merchant.test.write(move |_, tx| tx.payments(project).of_subscription(id)).await;
    assert_eq!(first.last().unwrap().state, PaymentState::Succeeded, "what was used stays paid");
}

#[tokio::test]
async fn nobody_owes_anything_for_a_subscription_that_is_over() {
    let patient = Dunning { retry_days: vec![2, 5], last_resort: LastResort::LeavePastDue };
    let (merchant, bought) = subscribed(patient).await;
    pay_with(&merchant, &bought, EMPTY).await;
    merchant.test.clock().advance(SignedDuration::from_hours(24 * 32));
    merchant.sandbox.tick().await.unwrap();
    merchant.hear_from_stripe().await;
    let good = pay_with(&merchant, &bought, "pm_card_visa").await;
    let [owed] = merchant.renewals(bought.id).await.try_into().unwrap();
    assert!(owed.is_open());

    end_subscription(merchant.app(), merchant.project(), bought.id).await.unwrap();

    // Before anything else was worked on.
    let paid =
        pay_open_invoices(merchant.app(), merchant.project(), bought.customer_id, &good).await.unwrap();
    assert!(paid.paid.is_empty() && paid.owed.is_empty(), "{paid:?}");
    drop(merchant.webhooks().await);
    merchant.work().await;
    let [owed] = merchant.renewals(bought.id).await.try_into().unwrap();
    assert!(!owed.is_open() && !owed.has_arrived(), "{owed:?}");
    let open = merchant.stripe().get("/v1/invoices?status=open").await.expect(200);
    assert!(open["data"].as_array().unwrap().is_empty());
}

#[tokio::test]
async fn a_renewal_that_was_paid_while_nobody_listened_is_not_given_up() {
    let patient = Dunning { retry_days: vec![2, 5], last_resort: LastResort::LeavePastDue };
    let (merchant, bought) = subscribed(patient).await;
    pay_with(&merchant, &bought, EMPTY).await;
    merchant.test.clock().advance(SignedDuration::from_hours(24 * 32));
    merchant.sandbox.tick().await.unwrap();
    merchant.hear_from_stripe().await;
    assert_eq!(current(&merchant, bought.id).await.state, SubscriptionState::PastDue);
    pay_with(&merchant, &bought, "pm_card_visa").await;
    merchant.pass_unheard(days(15)).await;

    turn_due_subscriptions(merchant.app()).await.unwrap();

    let paid = current(&merchant, bought.id).await;
    assert_eq!((paid.state, paid.current_period.unwrap().number), (SubscriptionState::Active, 2));
    merchant.work().await;
    assert_eq!(status_at_stripe(&merchant, &bought).await, "active");
}

#[tokio::test]
async fn an_older_picture_of_what_was_unpaid_ends_nothing_that_is_paid_now() {
    let gives_up = Dunning { retry_days: vec![2], last_resort: LastResort::MarkUnpaid };
    let (merchant, bought) = subscribed(gives_up).await;
    pay_with(&merchant, &bought, EMPTY).await;
    merchant.test.clock().advance(SignedDuration::from_hours(24 * 32));
    merchant.sandbox.tick().await.unwrap();
    merchant.hear_from_stripe().await;
    merchant.pass_unheard(days(3)).await;
    assert_eq!(status_at_stripe(&merchant, &bought).await, "unpaid");
    let (app, project) = (merchant.app(), merchant.project());
    let stripe_id = bought.stripe_subscription_id.clone().unwrap();
    let [owed] = merchant.renewals(bought.id).await.try_into().unwrap();

    // One has read `unpaid`; then the customer pays and another reads that; then the first one writes.
    let held = merchant.line.hold("GET /v1/invoices");
    let paid = async {
        held.arrived().await;
        let path = format!("/v1/invoices/{}/pay", owed.stripe_reference);
        merchant.stripe().post_form(&path, "payment_method=pm_card_visa").await.expect(200);
        sync_subscription(app, project, &stripe_id).await.unwrap();
        held.release();
    };
    let (synced, ()) = tokio::join!(sync_subscription(app, project, &stripe_id), paid);
    synced.unwrap();

    assert_eq!(current(&merchant, bought.id).await.state, SubscriptionState::Active);
}

async fn change_at_renewal(merchant: &Merchant, bought: &Subscription) -> SubscriptionChange {
    let command = merchant.change_to(bought.id, "line-large", Some(ChangeTime::Renewal)).await;
    let change = change_plan(merchant.app(), command).await.unwrap();
    assert_eq!(change.state, SubscriptionChangeState::Pending);
    merchant.test.clock().advance(SignedDuration::from_hours(1));
    change
}

#[tokio::test]
async fn a_plan_that_begins_with_a_renewal_is_had_once_that_is_paid() {
    let patient = Dunning { retry_days: vec![2, 5], last_resort: LastResort::LeavePastDue };
    let (merchant, bought) = subscribed(patient).await;
    let change = change_at_renewal(&merchant, &bought).await;
    pay_with(&merchant, &bought, EMPTY).await;
    merchant.test.clock().advance(SignedDuration::from_hours(24 * 32));
    merchant.sandbox.tick().await.unwrap();
    merchant.hear_from_stripe().await;
    let behind = current(&merchant, bought.id).await;
    assert_eq!((behind.state, behind.price_id), (SubscriptionState::PastDue, bought.price_id));
    assert_eq!(behind.current_period, bought.current_period);

    pay_with(&merchant, &bought, "pm_card_visa").await;
    merchant.test.clock().advance(SignedDuration::from_hours(24 * 3));
    merchant.sandbox.tick().await.unwrap();
    merchant.hear_from_stripe().await;
    let changed = current(&merchant, bought.id).await;
    assert_eq!((changed.state, changed.price_id), (SubscriptionState::Active, change.price_id));
    assert_eq!(changed.current_period.unwrap().number, 2);
}

#[tokio::test]
async fn a_change_taken_back_that_stripe_still_knows_does_not_come_true() {
    let (merchant, bought) = subscribed(Dunning::default()).await;
    let change = change_at_renewal(&merchant, &bought).await;
    // As if it was taken back while Stripe was told of it, and whoever told it went down before they knew.
    let project = merchant.project();
    merchant
        .test
        .write(move |_, tx| {
            let mut row = tx.subscription_changes(project).lock(change.id)?.expect("it is there");
            row.delete();
            tx.subscription_changes(project).update(&row)
        })
        .await;

    merchant.hear_from_stripe().await;
    merchant.test.clock().advance(SignedDuration::from_hours(24 * 32));
    merchant.sandbox.tick().await.unwrap();
    merchant.hear_from_stripe().await;

    let renewed = current(&merchant, bought.id).await;
    assert_eq!((renewed.price_id, renewed.current_period.unwrap().number), (bought.price_id, 2));
}

#[tokio::test]
async fn an_end_at_once_keeps_its_reason_though_stripes_event_was_quicker() {
    let (merchant, bought) = subscribed(Dunning::default()).await;
    let mut project = merchant.test.project().clone();
    project.settings.cancellation = CancellationTime::AtOnce;
    let stripe_id = bought.stripe_subscription_id.clone().unwrap();
    let reason = Cancellation { user_reason: Some(UserReason::TooExpensive), ..requested() };

    let held = merchant.line.hold("DELETE /v1/subscriptions");
    let quicker = async {
        held.arrived().await;
        merchant.stripe().delete(&format!("/v1/subscriptions/{stripe_id}")).await.expect(200);
        merchant.hear_from_stripe().await;
        held.release();
    };
    let cancel = cancel_for_customer(merchant.app(), &project, bought.id, reason.clone());
    let (cancelled, ()) = tokio::join!(cancel, quicker);
    cancelled.unwrap();

    let ended = current(&merchant, bought.id).await;
    assert_eq!((ended.state, ended.cancellation), (SubscriptionState::Ended, Some(reason)));
    assert!(ended.canceled_at.is_some());
    let (project, mut confirmed) = (project.id, 0);
    for mail in merchant.test.write(move |_, tx| tx.mails(project).newest(20)).await {
        confirmed += usize::from(matches!(mail.letter, Letter::CancellationConfirmed { .. }));
    }
    assert_eq!(confirmed, 1);
}

#[tokio::test]
async fn a_renewal_that_cannot_be_looked_up_takes_nobody_elses_next_turn() {
    let (merchant, _) = subscribed(Dunning::default()).await;
    merchant.pass_unheard(days(32)).await;
    merchant.line.set(LineState::Cut);
    assert_eq!(sweep_renewals(merchant.app()).await.unwrap(), 0);
    merchant.line.set(LineState::Open);
    assert_eq!(sweep_renewals(merchant.app()).await.unwrap(), 0);
    merchant.test.clock().advance(SignedDuration::from_hours(2));
    assert_eq!(sweep_renewals(merchant.app()).await.unwrap(), 1);
}

#[tokio::test]
async fn an_end_that_is_moved_at_stripe_is_told_to_who_listens() {
    let (merchant, bought) = subscribed(Dunning::default()).await;
    cancel_subscription(merchant.app(), merchant.project(), bought.id, requested()).await.unwrap();
    merchant.hear_from_stripe().await;
    let told = updates(&merchant).await;
    let sooner = merchant.app().now() + SignedDuration::from_hours(24 * 3);
    at_stripe(&merchant, &bought, "cancel_at_period_end=false").await;
    at_stripe(&merchant, &bought, &format!("cancel_at={}", sooner.as_second())).await;
    merchant.hear_from_stripe().await;

    let moved = current(&merchant, bought.id).await.ended_at.unwrap();
    assert_eq!(moved.as_second(), sooner.as_second());
    assert_eq!(updates(&merchant).await, told + 1);
}

async fn updates(merchant: &Merchant) -> usize {
    let project = merchant.project();
    let page = merchant.app().read(move |_, tx| tx.events(project).page(PageRequest::first(100))).await;
    page.unwrap().items.iter().filter(|event| event.event_type == "subscription.updated").count()
}
