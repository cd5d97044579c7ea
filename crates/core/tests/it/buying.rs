//! One sale after the other, as it should go.

use jiff::{SignedDuration, ToSpan};
use perennial_core::checkout::{Settlement, StartCheckoutError, Started, settle_checkout};
use perennial_core::fitness::{PortingProblem, SimProblem};
use perennial_core::subscriptions::turn_due_subscriptions;
use perennial_domain::{
    CheckoutState, Goods, PaymentReason, PaymentState, Porting, PortingStatus, SimChoice, SubscriptionState,
};
use perennial_testkit::Merchant;
use stripe_sandbox::checkout::PayOutcome;

#[tokio::test]
async fn a_paid_checkout_becomes_an_active_subscription_and_one_payment() {
    let merchant = Merchant::new().await;
    let customer = merchant.customer("ada@example.com").await;
    let checkout = merchant.open(customer.id, "line").await;
    merchant.pay(&checkout).await;

    let settlement = settle_checkout(merchant.app(), merchant.project(), checkout.id).await.unwrap();

    let [subscription] = merchant.subscriptions().await.try_into().unwrap();
    assert_eq!(settlement, Settlement::Settled(subscription.id));
    assert_eq!(subscription.state, SubscriptionState::Active);
    assert!(subscription.phone_number.is_some() && subscription.sim_id.is_some());
    let period = subscription.current_period.unwrap();
    assert_eq!((period.number, period.start), (1, merchant.app().now()));
    assert_eq!(period.end.unwrap().to_string(), "2031-04-04T05:06:07Z");
    let [payment] = merchant.payments(&checkout).await.try_into().unwrap();
    assert_eq!(payment.amount.to_string(), "14.50 EUR");
    assert_eq!(
        (payment.state, payment.reason),
        (PaymentState::Succeeded, PaymentReason::SubscriptionCreation)
    );
    assert_eq!(payment.subscription_id, Some(subscription.id));
}

#[tokio::test]
async fn a_declined_card_leaves_the_checkout_open_and_charges_nothing() {
    let merchant = Merchant::new().await;
    let customer = merchant.customer("ada@example.com").await;
    let checkout = merchant.open(customer.id, "line").await;

    let outcome = merchant.pay_with(&checkout, "4000000000000002").await;

    assert!(matches!(outcome, PayOutcome::Declined { .. }), "{outcome:?}");
    let settlement = settle_checkout(merchant.app(), merchant.project(), checkout.id).await.unwrap();
    assert_eq!(settlement, Settlement::Open);
    assert!(merchant.subscriptions().await.is_empty() && merchant.payments(&checkout).await.is_empty());
    merchant.pay(&checkout).await;
    settle_checkout(merchant.app(), merchant.project(), checkout.id).await.unwrap();
    assert_eq!(merchant.payments(&checkout).await.len(), 1);
}

#[tokio::test]
async fn a_free_plan_never_sees_stripe() {
    let merchant = Merchant::new().await;
    let customer = merchant.customer("ada@example.com").await;
    let before = merchant.line.count("POST /v1/checkout/sessions");

    let started = merchant.start(customer.id, "notebook-free").await.unwrap();

    let [subscription] = merchant.subscriptions().await.try_into().unwrap();
    assert!(matches!(started, Started::Done { subscription: made, .. } if made == subscription.id));
    assert_eq!(subscription.state, SubscriptionState::Active);
    assert_eq!(merchant.line.count("POST /v1/checkout/sessions"), before);
}

#[tokio::test]
async fn a_fixed_term_is_paid_once_and_ends_by_itself() {
    let merchant = Merchant::new().await;
    let customer = merchant.customer("ada@example.com").await;
    let checkout = merchant.open(customer.id, "prepaid").await;
    merchant.pay(&checkout).await;
    settle_checkout(merchant.app(), merchant.project(), checkout.id).await.unwrap();
    let [subscription] = merchant.subscriptions().await.try_into().unwrap();
    assert_eq!(subscription.ended_at, Some(merchant.app().now() + 720.hours()));
    assert_eq!(subscription.stripe_subscription_id, None);

    merchant.test.clock().advance(SignedDuration::from_hours(720));
    assert_eq!(turn_due_subscriptions(merchant.app()).await.unwrap(), 1);

    let [subscription] = merchant.subscriptions().await.try_into().unwrap();
    assert_eq!(subscription.state, SubscriptionState::Ended);
}

#[tokio::test]
async fn a_lifetime_has_no_end() {
    let merchant = Merchant::new().await;
    let customer = merchant.customer("ada@example.com").await;
    let checkout = merchant.open(customer.id, "notebook-lifetime").await;
    merchant.pay(&checkout).await;
    settle_checkout(merchant.app(), merchant.project(), checkout.id).await.unwrap();

    let [subscription] = merchant.subscriptions().await.try_into().unwrap();
    assert_eq!(subscription.ended_at, None);
    assert_eq!(subscription.current_period.unwrap().end, None);
}

#[tokio::test]
async fn another_order_withdraws_the_one_that_is_open() {
    let merchant = Merchant::new().await;
    let customer = merchant.customer("ada@example.com").await;
    let first = merchant.open(customer.id, "line").await;

    let second = merchant.open(customer.id, "line-large").await;

    assert_ne!(first.id, second.id);
    assert_eq!(merchant.reload(&first).await.state, CheckoutState::Abandoned);
    assert!(matches!(merchant.pay_with(&first, "4242424242424242").await, PayOutcome::Closed { .. }));
}

#[tokio::test]
async fn an_unpaid_checkout_expires_with_its_hour() {
    let merchant = Merchant::new().await;
    let customer = merchant.customer("ada@example.com").await;
    let checkout = merchant.open(customer.id, "line").await;

    merchant.test.clock().advance(SignedDuration::from_mins(61));
    merchant.sandbox.tick().await.unwrap();
    merchant.hear_from_stripe().await;

    assert_eq!(merchant.reload(&checkout).await.state, CheckoutState::Expired);
    assert!(merchant.start(customer.id, "line").await.is_ok());
}

#[tokio::test]
async fn a_renewal_counts_the_period_and_adds_a_payment() {
    let merchant = Merchant::new().await;
    let customer = merchant.customer("ada@example.com").await;
    let checkout = merchant.open(customer.id, "line").await;
    merchant.pay(&checkout).await;
    merchant.hear_from_stripe().await;

    merchant.test.clock().advance(SignedDuration::from_hours(24 * 31));
    merchant.sandbox.tick().await.unwrap();
    merchant.hear_from_stripe().await;

    let [subscription] = merchant.subscriptions().await.try_into().unwrap();
    let period = subscription.current_period.unwrap();
    assert_eq!((period.number, period.end.unwrap().to_string()), (2, "2031-05-04T05:06:07Z".to_owned()));
    let (project, id) = (merchant.project(), subscription.id);
    let payments = merchant.test.write(move |_, tx| tx.payments(project).of_subscription(id)).await;
    let mut reasons = payments.iter().map(|payment| payment.reason).collect::<Vec<_>>();
    reasons.sort();
    assert_eq!(reasons, [PaymentReason::SubscriptionCreation, PaymentReason::SubscriptionRenewal]);
}

#[tokio::test]
async fn a_free_plan_rolls_on_by_the_clock_and_keeps_its_day() {
    let merchant = Merchant::new().await;
    let customer = merchant.customer("ada@example.com").await;
    merchant.start(customer.id, "notebook-free").await.unwrap();

    merchant.test.clock().advance(SignedDuration::from_hours(24 * 100));
    assert_eq!(turn_due_subscriptions(merchant.app()).await.unwrap(), 1);
    assert_eq!(turn_due_subscriptions(merchant.app()).await.unwrap(), 0);

    let [subscription] = merchant.subscriptions().await.try_into().unwrap();
    let period = subscription.current_period.unwrap();
    assert_eq!((period.number, period.end.unwrap().to_string()), (4, "2031-07-04T05:06:07Z".to_owned()));
}

#[tokio::test]
async fn a_sim_that_is_in_use_is_refused_before_money() {
    let (merchant, subscription) = Merchant::with_subscriber("prepaid").await;
    let mut order = merchant.order("prepaid").await;
    let Goods::Subscription(goods) = &mut order.goods else { unreachable!() };
    goods.sim = SimChoice::Known(subscription.sim_id.unwrap());
    let opened = merchant.line.count("POST /v1/checkout/sessions");

    let refused = merchant.start_order(subscription.customer_id, order.clone()).await;

    assert!(matches!(refused, Err(StartCheckoutError::Sim(SimProblem::Used))), "{refused:?}");
    assert_eq!(merchant.line.count("POST /v1/checkout/sessions"), opened);
    // What is replaced leaves its SIM to what comes in its place.
    let Goods::Subscription(goods) = &mut order.goods else { unreachable!() };
    goods.replaces = Some(subscription.id);
    assert!(merchant.start_order(subscription.customer_id, order).await.is_ok());
}

#[tokio::test]
async fn a_number_whose_draft_is_cancelled_while_it_is_paid_gives_way_to_a_fresh_one() {
    let merchant = Merchant::new().await;
    let customer = merchant.customer("ada@example.com").await;
    let (project, customer_id) = (merchant.project(), customer.id);
    let porting = merchant.test.write(move |cx, tx| {
        let porting = Porting {
            id: cx.id(),
            project_id: project,
            customer_id,
            subscription_id: None,
            phone_number: "+31970555010".to_owned(),
            provider: "test".to_owned(),
            account_number: None,
            status: PortingStatus::Draft,
            created_at: cx.now(),
        };
        tx.portings(project).insert(&porting)?;
        Ok(porting)
    });
    let porting = porting.await;
    let mut order = merchant.order("line").await;
    let Goods::Subscription(goods) = &mut order.goods else { unreachable!() };
    goods.porting_id = Some(porting.id);
    let checkout = merchant.open_order(customer_id, order.clone()).await;
    let canceled = Porting { status: PortingStatus::Canceled, ..porting };
    merchant.test.write(move |_, tx| tx.portings(project).update(&canceled)).await;
    merchant.pay(&checkout).await;

    settle_checkout(merchant.app(), project, checkout.id).await.unwrap();

    let subscription = merchant.only_subscription().await;
    assert_ne!(subscription.phone_number.as_deref(), Some("+31970555010"));
    assert!(subscription.phone_number.is_some());
    let id = subscription.id;
    assert!(merchant.test.write(move |_, tx| tx.portings(project).current_of(id)).await.is_none());
    let again = merchant.customer("grace@example.com").await;
    let refused = merchant.start_order(again.id, order).await;
    assert!(matches!(refused, Err(StartCheckoutError::Porting(PortingProblem::Unknown))), "{refused:?}");
}
