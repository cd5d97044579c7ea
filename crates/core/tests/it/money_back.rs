//! Refunds, and subscriptions that nobody pays or nobody can use.

use jiff::SignedDuration;
use perennial_core::subscriptions::{cancel_subscription, sync_subscription};
use perennial_domain::{
    Cancellation, CancellationCause, Checkout, Goods, Iccid, Order, PaymentState, Sim, SimChoice,
    Subscription, SubscriptionOrder, SubscriptionState,
};
use perennial_testkit::{Caller, Merchant, rows};
use serde_json::Value;
use stripe_sandbox::{Dunning, LastResort};

async fn paid_line(merchant: &Merchant) -> Checkout {
    let customer = merchant.customer("ada@example.com").await;
    let checkout = merchant.open(customer.id, "line").await;
    merchant.pay(&checkout).await;
    checkout
}

async fn only_subscription(merchant: &Merchant) -> Subscription {
    let [subscription] = merchant.subscriptions().await.try_into().unwrap();
    subscription
}

/// Stripe, as the merchant's own dashboard uses it.
fn stripe(merchant: &Merchant) -> Caller {
    Caller::new(merchant.sandbox.router(), "sk_test_merchant")
}

async fn at_stripe(merchant: &Merchant, path: &str) -> Value {
    stripe(merchant).get(path).await.expect(200)
}

async fn change_at_stripe(merchant: &Merchant, path: &str, form: &str) -> Value {
    stripe(merchant).post_form(path, form).await.expect(200)
}

async fn refund_at_stripe(merchant: &Merchant) {
    let charges = at_stripe(merchant, "/v1/charges").await;
    let charge = charges["data"][0]["id"].as_str().unwrap();
    change_at_stripe(merchant, "/v1/refunds", &format!("charge={charge}&amount=450")).await;
}

#[tokio::test]
async fn a_refund_may_overtake_its_payment() {
    let merchant = Merchant::new().await;
    let checkout = paid_line(&merchant).await;
    refund_at_stripe(&merchant).await;
    let (refunds, others): (Vec<_>, Vec<_>) = merchant
        .webhooks()
        .await
        .into_iter()
        .partition(|delivery| delivery.body.contains("\"charge.refunded\""));
    assert!(!refunds.is_empty());
    for delivery in &refunds {
        merchant.receive(delivery).await.unwrap();
        merchant.work().await;
    }
    assert!(merchant.payments(&checkout).await.is_empty());

    for delivery in others.iter().filter(|delivery| delivery.body.contains("\"checkout.session.completed\""))
    {
        merchant.receive(delivery).await.unwrap();
    }
    merchant.work().await;

    let [payment] = merchant.payments(&checkout).await.try_into().unwrap();
    assert_eq!((payment.refunded_minor, payment.state), (450, PaymentState::Succeeded));
}

#[tokio::test]
async fn a_refund_that_stripe_took_back_is_taken_back_here() {
    let merchant = Merchant::new().await;
    let checkout = paid_line(&merchant).await;
    refund_at_stripe(&merchant).await;
    merchant.hear_from_stripe().await;
    let [mut payment] = merchant.payments(&checkout).await.try_into().unwrap();
    assert_eq!(payment.refunded_minor, 450);
    // As if more had been given back, which failed afterwards.
    payment.refunded_minor = payment.amount.amount_minor;
    payment.state = PaymentState::Refunded;
    let (project, intent) = (merchant.project(), payment.stripe_payment_intent_id.clone().unwrap());
    merchant.test.write(move |_, tx| tx.payments(project).update(&payment)).await;

    perennial_core::subscriptions::sync_refund(merchant.app(), project, &intent).await.unwrap();

    let [payment] = merchant.payments(&checkout).await.try_into().unwrap();
    assert_eq!((payment.refunded_minor, payment.state), (450, PaymentState::Succeeded));
}

#[tokio::test]
async fn a_subscription_that_stays_unpaid_ends_here_and_at_stripe() {
    let dunning = Dunning { retry_days: vec![2], last_resort: LastResort::MarkUnpaid };
    let merchant = Merchant::with_dunning(dunning).await;
    paid_line(&merchant).await;
    merchant.hear_from_stripe().await;
    let subscription = only_subscription(&merchant).await;
    let stripe_id = subscription.stripe_subscription_id.unwrap();
    merchant.use_card("pm_card_chargeCustomerFail").await;

    for days in [31, 3] {
        merchant.test.clock().advance(SignedDuration::from_hours(24 * days));
        merchant.sandbox.tick().await.unwrap();
        merchant.hear_from_stripe().await;
    }

    let ended = only_subscription(&merchant).await;
    assert_eq!(ended.state, SubscriptionState::Ended);
    assert_eq!(ended.cancellation.unwrap().cause, CancellationCause::PaymentFailed);
    let there = at_stripe(&merchant, &format!("/v1/subscriptions/{stripe_id}")).await;
    assert_eq!(there["status"], "canceled");
}

#[tokio::test]
async fn what_can_never_be_activated_ends_and_its_money_goes_back() {
    let merchant = Merchant::new().await;
    let (ada, bea) = (merchant.customer("ada@example.com").await, merchant.customer("bea@example.com").await);
    let iccid = Iccid::with_check_digit("8931", 4217);
    let (project, owned) = (merchant.project(), iccid.clone());
    merchant
        .test
        .write(move |cx, tx| {
            let sim = Sim { customer_id: Some(ada.id), iccid: owned.clone(), ..rows::esim(cx, project, 1) };
            tx.sims(project).insert(&sim)
        })
        .await;
    let order = merchant.order("line").await;
    let Goods::Subscription(goods) = order.goods else { panic!("it is a plan") };
    let goods = SubscriptionOrder { sim: SimChoice::Own(iccid.to_string()), ..goods };
    let order = Order { goods: Goods::Subscription(goods), ..order };
    let checkout = merchant.open_order(ada.id, order).await;
    // Somebody else has it before it is paid.
    let taken = iccid.clone();
    merchant
        .test
        .write(move |_, tx| {
            let sim = tx.sims(project).find_by_iccid(&taken)?.expect("it is there");
            tx.sims(project).update(&Sim { customer_id: Some(bea.id), ..sim })
        })
        .await;
    merchant.pay(&checkout).await;
    merchant.hear_from_stripe().await;
    merchant.hear_from_stripe().await;

    let subscription = only_subscription(&merchant).await;
    assert_eq!((subscription.state, subscription.activated_at), (SubscriptionState::Ended, None));
    let [payment] = merchant.payments(&checkout).await.try_into().unwrap();
    assert_eq!((payment.state, payment.refunded_minor), (PaymentState::Refunded, 1450));
    let there = at_stripe(&merchant, "/v1/subscriptions?status=canceled").await;
    assert_eq!(there["data"].as_array().unwrap().len(), 1);
    let sim = merchant.test.write(move |_, tx| tx.sims(project).find_by_iccid(&iccid)).await.unwrap();
    assert_eq!(sim.customer_id, Some(bea.id));
}

#[tokio::test]
async fn an_older_picture_does_not_take_a_cancellation_back() {
    let merchant = Merchant::new().await;
    paid_line(&merchant).await;
    merchant.hear_from_stripe().await;
    let subscription = only_subscription(&merchant).await;
    let (app, project) = (merchant.app(), merchant.project());
    let stripe_id = subscription.stripe_subscription_id.clone().unwrap();

    // Stripe has said that nothing is cancelled; then the customer cancels; then that answer is applied.
    let held = merchant.line.hold("GET /v1/invoices");
    let cancel = async {
        held.arrived().await;
        let reason = Cancellation::because(CancellationCause::CancellationRequested);
        cancel_subscription(app, project, subscription.id, reason).await.unwrap();
        held.release();
    };
    let (synced, ()) = tokio::join!(sync_subscription(app, project, &stripe_id), cancel);
    synced.unwrap();

    let cancelled = only_subscription(&merchant).await;
    assert!(cancelled.canceled_at.is_some());
    assert_eq!(cancelled.ended_at, subscription.current_period.unwrap().end);
}
