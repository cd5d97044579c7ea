//! Every sweep goes on after a row that cannot be finished: what is wrong with one customer holds up no other. The broken
//! row is always the one that comes first.

use jiff::SignedDuration;
use perennial_core::cards::sweep_card_pages;
use perennial_core::checkout::sweep_checkouts;
use perennial_core::subscriptions::{
    change_plan, sweep_renewals, sweep_subscription_changes, turn_due_subscriptions,
};
use perennial_core::tasks::{Task, enqueue};
use perennial_domain::{
    AddonState, ArrearsPolicy, ChangeTime, Checkout, CheckoutState, ConnectSessionId, Goods, PaymentState,
    PriceId, Subscription, SubscriptionChange, SubscriptionState,
};
use perennial_testkit::{Dunning, LastResort, LineState, Merchant, days};

use crate::card_pages::{open_session, wanted_page};

const EMAILS: [&str; 2] = ["ada@example.com", "bea@example.com"];

/// Two customers who pay for a line.
async fn two_subscribers() -> (Merchant, [Subscription; 2]) {
    two_subscribers_of(Merchant::new().await).await
}

async fn two_subscribers_of(merchant: Merchant) -> (Merchant, [Subscription; 2]) {
    for email in EMAILS {
        let customer = merchant.customer(email).await;
        let checkout = merchant.open(customer.id, "line").await;
        merchant.pay(&checkout).await;
        merchant.hear_from_stripe().await;
        // Whoever came first is first everywhere.
        merchant.test.clock().advance(SignedDuration::from_mins(1));
    }
    let [second, first] = merchant.subscriptions().await.try_into().unwrap();
    (merchant, [first, second])
}

/// As after a change of accounts: Stripe knows nothing of what bills it.
async fn lose_at_stripe(merchant: &Merchant, subscription: &Subscription) {
    let (project, id) = (merchant.project(), subscription.id);
    merchant
        .test
        .write(move |_, tx| {
            let mut lost = tx.subscriptions(project).lock(id)?.unwrap();
            lost.stripe_subscription_id = Some("sub_gone".to_owned());
            tx.subscriptions(project).update(&lost)
        })
        .await;
}

async fn reload(merchant: &Merchant, subscription: &Subscription) -> Subscription {
    let (project, id) = (merchant.project(), subscription.id);
    merchant.test.write(move |_, tx| tx.subscriptions(project).find(id)).await.unwrap()
}

#[tokio::test]
async fn checkouts_that_are_paid_are_settled_beside_one_that_cannot_be_delivered() {
    let merchant = Merchant::new().await;
    let mut checkouts: Vec<Checkout> = Vec::new();
    for email in EMAILS {
        let customer = merchant.customer(email).await;
        let checkout = merchant.open(customer.id, "line").await;
        merchant.pay(&checkout).await;
        checkouts.push(checkout);
    }
    let (project, paid) = (merchant.project(), checkouts[0].clone());
    merchant
        .test
        .write(move |cx, tx| {
            let mut broken = paid.clone();
            if let Goods::Subscription(order) = &mut broken.order.goods {
                order.plan.price_id = cx.id::<PriceId>();
            }
            let order = serde_json::to_string(&broken.order).unwrap();
            tx.execute(
                "UPDATE checkouts SET order_lines = $3 WHERE project_id = $1 AND id = $2",
                perennial_store::params![project, broken.id, order],
            )
        })
        .await;
    drop(merchant.webhooks().await);
    merchant.test.clock().advance(SignedDuration::from_mins(1));
    sweep_checkouts(merchant.app()).await.unwrap();
    assert_eq!(merchant.reload(&checkouts[0]).await.state, CheckoutState::Open);
    assert_eq!(merchant.reload(&checkouts[1]).await.state, CheckoutState::Settled);
}

#[tokio::test]
async fn pages_whose_time_is_over_are_closed_beside_one_that_is_gone() {
    let merchant = Merchant::new().await;
    let mut checkouts: Vec<Checkout> = Vec::new();
    for email in EMAILS {
        let customer = merchant.customer(email).await;
        checkouts.push(merchant.open(customer.id, "line").await);
    }
    let (project, mut gone) = (merchant.project(), checkouts[0].clone());
    gone.stripe_session_id = Some("cs_gone".to_owned());
    merchant.test.write(move |_, tx| tx.checkouts(project).update(&gone)).await;
    merchant.pass_unheard(days(2)).await;
    sweep_checkouts(merchant.app()).await.unwrap();
    for checkout in &checkouts {
        assert_eq!(merchant.reload(checkout).await.state, CheckoutState::Expired);
    }
}

#[tokio::test]
async fn renewals_are_found_beside_one_of_which_stripe_knows_nothing() {
    let (merchant, [first, second]) = two_subscribers().await;
    lose_at_stripe(&merchant, &first).await;
    merchant.pass_unheard(days(32)).await;
    assert_eq!(sweep_renewals(merchant.app()).await.unwrap(), 1);
    assert_eq!(reload(&merchant, &second).await.current_period.unwrap().number, 2);
    assert_eq!(reload(&merchant, &first).await.current_period.unwrap().number, 1);
}

#[tokio::test]
async fn ends_come_beside_one_whose_subscription_is_gone() {
    let (merchant, [first, second]) = two_subscribers().await;
    let project = merchant.project();
    for subscription in [&first, &second] {
        let id = subscription.id;
        merchant
            .test
            .write(move |cx, tx| {
                let mut ending = tx.subscriptions(project).lock(id)?.unwrap();
                let end = cx.now() + SignedDuration::from_hours(1);
                let cancellation = perennial_domain::Cancellation::because(
                    perennial_domain::CancellationCause::CancellationRequested,
                );
                ending.schedule_end(end, cancellation, cx.now()).unwrap();
                tx.subscriptions(project).update(&ending)
            })
            .await;
    }
    lose_at_stripe(&merchant, &first).await;
    let path = format!("/v1/subscriptions/{}", second.stripe_subscription_id.as_deref().unwrap());
    let end = (merchant.app().now() + SignedDuration::from_hours(1)).as_second();
    merchant.stripe().post_form(&path, &format!("cancel_at={end}")).await.expect(200);
    merchant.test.clock().advance(SignedDuration::from_hours(2));
    assert_eq!(turn_due_subscriptions(merchant.app()).await.unwrap(), 2);
    for subscription in [&first, &second] {
        assert_eq!(reload(&merchant, subscription).await.state, SubscriptionState::Ended);
    }
}

async fn change_later(merchant: &Merchant, subscription: &Subscription) {
    let command = merchant.change_to(subscription.id, "line-large", Some(ChangeTime::Renewal)).await;
    change_plan(merchant.app(), command).await.unwrap_err();
}

async fn latest_change(merchant: &Merchant, subscription: &Subscription) -> SubscriptionChange {
    let (project, id) = (merchant.project(), subscription.id);
    merchant.test.write(move |_, tx| tx.subscription_changes(project).latest_of(id)).await.unwrap()
}

#[tokio::test]
async fn changes_are_arranged_beside_one_whose_subscription_is_gone() {
    let (merchant, [first, second]) = two_subscribers().await;
    merchant.line.set(LineState::Cut);
    for subscription in [&first, &second] {
        change_later(&merchant, subscription).await;
        merchant.test.clock().advance(SignedDuration::from_mins(1));
    }
    merchant.line.set(LineState::Open);
    lose_at_stripe(&merchant, &first).await;
    merchant.test.clock().advance(SignedDuration::from_mins(2));
    sweep_subscription_changes(merchant.app()).await.unwrap();
    assert!(latest_change(&merchant, &second).await.arranged_at.is_some());
    assert!(latest_change(&merchant, &first).await.arranged_at.is_none());
}

/// A page for a card on which its customer gave one.
async fn card_given(merchant: &Merchant, subscription: &Subscription) -> ConnectSessionId {
    let page = wanted_page(merchant, subscription.customer_id).await;
    let session = open_session(merchant, &page).await;
    merchant.pay_page(&session, "4000056655665556").await;
    page.visit
}

#[tokio::test]
async fn cards_are_kept_beside_one_that_cannot_pay_for_what_is_gone() {
    let (merchant, [first, second]) = two_subscribers().await;
    let broken = card_given(&merchant, &first).await;
    let whole = card_given(&merchant, &second).await;
    lose_at_stripe(&merchant, &first).await;
    drop(merchant.webhooks().await);
    merchant.test.clock().advance(SignedDuration::from_mins(2));
    sweep_card_pages(merchant.app()).await.unwrap();
    let project = merchant.project();
    let is_settled = async |visit| {
        let session = merchant.test.write(move |_, tx| tx.connect_sessions(project).find(visit)).await;
        session.unwrap().progress.card_page.unwrap().is_settled
    };
    assert!(is_settled(whole).await);
    assert!(!is_settled(broken).await);
}

#[tokio::test]
async fn refunds_are_made_beside_one_that_nobody_can_name() {
    let (merchant, [first, second]) = two_subscribers().await;
    let project = merchant.project();
    let (unnamed, named) = (first.id, second.id);
    merchant
        .test
        .write(move |cx, tx| {
            let mut payment = tx.payments(project).of_subscription(unnamed)?.remove(0);
            payment.stripe_payment_intent_id = None;
            tx.payments(project).update(&payment)?;
            enqueue(cx, tx, &Task::RefundSubscription { project, subscription: unnamed })?;
            enqueue(cx, tx, &Task::RefundSubscription { project, subscription: named })
        })
        .await;
    merchant.work().await;
    let state = async |id| {
        let paid = merchant.test.write(move |_, tx| tx.payments(project).of_subscription(id)).await;
        paid[0].state
    };
    assert_eq!(state(named).await, PaymentState::Refunded);
    assert_eq!(state(unnamed).await, PaymentState::Succeeded);
}

#[tokio::test]
async fn addons_end_beside_one_that_nobody_can_read() {
    let (merchant, subscribers) = two_subscribers().await;
    let project = merchant.project();
    for subscription in &subscribers {
        merchant.keep_card(subscription.customer_id, "pm_card_visa").await;
        let order = merchant.order_on(subscription.id, &["extra-data"]).await;
        let customer = subscription.customer_id;
        let command = perennial_core::checkout::ChargeCheckout {
            project,
            customer,
            connect_session: None,
            order,
            request: None,
        };
        perennial_core::checkout::charge_checkout(merchant.app(), command).await.unwrap();
        merchant.test.clock().advance(SignedDuration::from_mins(1));
    }
    let [broken, whole] = subscribers.map(|subscription| subscription.id);
    merchant
        .test
        .write(move |_, tx| {
            tx.execute(
                "UPDATE subscription_addons SET term = $3 WHERE project_id = $1 AND subscription_id = $2",
                perennial_store::params![project, broken, "{}"],
            )
        })
        .await;
    merchant.test.clock().advance(SignedDuration::from_hours(24 * 30 + 1));
    turn_due_subscriptions(merchant.app()).await.unwrap();
    let addons =
        merchant.test.write(move |_, tx| tx.subscription_addons(project).of_subscription(whole)).await;
    assert_eq!(addons[0].state, AddonState::Ended);
}

#[tokio::test]
async fn arrears_end_beside_one_whose_subscription_is_gone() {
    let dunning = Dunning { retry_days: vec![1], last_resort: LastResort::LeavePastDue };
    let (merchant, [first, second]) = two_subscribers_of(Merchant::with_dunning(dunning).await).await;
    let project = merchant.project();
    for subscription in [&first, &second] {
        let id = subscription.id;
        merchant
            .test
            .write(move |cx, tx| {
                let mut late = tx.subscriptions(project).lock(id)?.unwrap();
                late.fall_behind(&ArrearsPolicy::default(), cx.now()).unwrap();
                tx.subscriptions(project).update(&late)
            })
            .await;
        merchant.test.clock().advance(SignedDuration::from_mins(1));
    }
    lose_at_stripe(&merchant, &first).await;
    merchant.test.clock().advance(SignedDuration::from_hours(24 * 15));
    turn_due_subscriptions(merchant.app()).await.unwrap();
    assert_eq!(reload(&merchant, &first).await.state, SubscriptionState::Ended, "it is our own decision");
    assert_eq!(reload(&merchant, &second).await.state, SubscriptionState::Active, "Stripe has the money");
}
