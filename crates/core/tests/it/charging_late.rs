//! Charges of a saved card that Stripe makes, or loses, after everybody has stopped waiting for them.

use jiff::SignedDuration;
use perennial_core::checkout::{ChargedCheckout, StartCheckoutError, sweep_checkouts};
use perennial_core::subscriptions::sweep_renewals;
use perennial_domain::{AddonState, CheckoutState, CustomerId, SubscriptionAddon, SubscriptionState};
use perennial_testkit::{LineState, Merchant};

use crate::charging::{WORKS, cardholder, charge, charge_until, paid_at_stripe, renewing_on, subscriber};

/// A charge of this plan that Stripe makes only once it is told to.
async fn charge_late(merchant: &Merchant, customer: CustomerId, plan: &'static str) {
    let order = merchant.order(plan).await;
    // The preview is answered in time.
    let preview = "POST /v1/invoices/create_preview";
    let charged = charge_until(merchant, customer, order, preview, LineState::Late).await;
    assert!(matches!(charged, Err(StartCheckoutError::Payments(_))), "{charged:?}");
    merchant.line.set(LineState::Open);
}

async fn sweep_after(merchant: &Merchant, minutes: i64) {
    merchant.test.clock().advance(SignedDuration::from_mins(minutes));
    sweep_checkouts(merchant.app()).await.unwrap();
}

#[tokio::test]
async fn nothing_else_is_bought_as_long_as_stripe_may_be_charging() {
    let merchant = Merchant::new().await;
    let customer = cardholder(&merchant, WORKS).await;
    charge_late(&merchant, customer, "line").await;
    let other = merchant.order("line-large").await;
    let charged = charge(&merchant, customer, other.clone()).await;
    assert!(matches!(charged, Err(StartCheckoutError::Confirming(_))), "{charged:?}");
    assert_eq!(paid_at_stripe(&merchant).await, (0, 0));

    merchant.test.clock().advance(SignedDuration::from_mins(5));
    let charged = charge(&merchant, customer, other).await;
    assert!(matches!(charged, Ok(ChargedCheckout::Paid { .. })), "{charged:?}");
}

#[tokio::test]
async fn a_charge_that_comes_after_another_plan_was_bought_goes_back_and_ends() {
    let merchant = Merchant::new().await;
    let customer = cardholder(&merchant, WORKS).await;
    charge_late(&merchant, customer, "line").await;
    sweep_after(&merchant, 6).await;
    let other = merchant.order("line-large").await;
    assert!(matches!(charge(&merchant, customer, other).await, Ok(ChargedCheckout::Paid { .. })));
    let kept = merchant.only_subscription().await;
    merchant.hear_from_stripe().await;

    merchant.line.arrive_late().await;
    merchant.hear_from_stripe().await;
    assert_eq!(merchant.only_subscription().await.id, kept.id);
    let refunds = merchant.stripe().get("/v1/refunds").await.expect(200);
    assert_eq!(refunds["data"][0]["amount"], 1450, "{refunds}");
    let running = merchant.stripe().get("/v1/subscriptions").await.expect(200);
    let running = running["data"].as_array().unwrap().iter().map(|running| running["id"].as_str().unwrap());
    assert_eq!(running.collect::<Vec<_>>(), [kept.stripe_subscription_id.as_deref().unwrap()]);
}

#[tokio::test]
async fn a_charge_that_comes_after_it_was_given_up_is_delivered() {
    let merchant = Merchant::new().await;
    let customer = cardholder(&merchant, WORKS).await;
    charge_late(&merchant, customer, "line").await;
    sweep_after(&merchant, 6).await;
    assert!(merchant.subscriptions().await.is_empty());

    merchant.line.arrive_late().await;
    merchant.hear_from_stripe().await;
    assert_eq!(merchant.only_subscription().await.state, SubscriptionState::Active);
    assert_eq!(paid_at_stripe(&merchant).await, (1450, 1));
}

#[tokio::test]
async fn a_charge_that_waits_for_an_invoice_stripe_does_not_know_keeps_nobody_from_buying() {
    let merchant = Merchant::new().await;
    let (customer, subscription) = subscriber(&merchant, WORKS).await;
    let order = renewing_on(&merchant, &subscription).await;
    merchant.line.set(LineState::Cut);
    assert!(charge(&merchant, customer, order).await.is_err());
    merchant.line.set(LineState::Open);
    // As after a change of accounts, while its customer was at the bank.
    let project = merchant.project();
    let waiting = merchant
        .test
        .write(move |cx, tx| {
            let mut waiting = tx.checkouts(project).lock_undecided_of(customer)?.unwrap();
            waiting.await_invoice("in_gone", cx.now() + SignedDuration::from_hours(1));
            tx.checkouts(project).update(&waiting)?;
            Ok(waiting)
        })
        .await;
    let other = merchant.order("prepaid").await;
    let charged = charge(&merchant, customer, other).await;
    assert!(matches!(charged, Ok(ChargedCheckout::Paid { .. })), "{charged:?}");
    assert_eq!(merchant.reload(&waiting).await.state, CheckoutState::Expired);
}

async fn addons(merchant: &Merchant) -> Vec<SubscriptionAddon> {
    let (project, id) = (merchant.project(), merchant.only_subscription().await.id);
    merchant.test.write(move |_, tx| tx.subscription_addons(project).of_subscription(id)).await
}

#[tokio::test]
async fn a_renewing_addon_that_stripe_makes_after_its_charge_was_given_up_is_had() {
    let merchant = Merchant::new().await;
    let (customer, subscription) = subscriber(&merchant, WORKS).await;
    let order = renewing_on(&merchant, &subscription).await;
    let due = order.due_now.amount_minor;
    merchant.line.set(LineState::Late);
    assert!(charge(&merchant, customer, order).await.is_err());
    merchant.line.set(LineState::Open);
    sweep_after(&merchant, 6).await;
    assert!(addons(&merchant).await.is_empty());

    merchant.line.arrive_late().await;
    for _ in 0..2 {
        merchant.hear_from_stripe().await;
    }
    let [addon] = addons(&merchant).await.try_into().unwrap();
    assert_eq!(addon.state, AddonState::Active);
    let checkout = addon.checkout_id.unwrap();
    let project = merchant.project();
    let paid = merchant.test.write(move |_, tx| tx.payments(project).of_checkout(checkout)).await;
    assert_eq!(paid.iter().map(|payment| payment.amount.amount_minor).collect::<Vec<_>>(), [due]);
}

#[tokio::test]
async fn without_its_events_such_an_addon_is_had_at_the_renewal_at_the_latest() {
    let merchant = Merchant::new().await;
    let (customer, subscription) = subscriber(&merchant, WORKS).await;
    let order = renewing_on(&merchant, &subscription).await;
    merchant.line.set(LineState::Late);
    assert!(charge(&merchant, customer, order).await.is_err());
    merchant.line.set(LineState::Open);
    sweep_after(&merchant, 6).await;
    merchant.line.arrive_late().await;
    drop(merchant.webhooks().await);

    merchant.test.clock().advance(SignedDuration::from_hours(24 * 32));
    merchant.sandbox.tick().await.unwrap();
    drop(merchant.webhooks().await);
    sweep_renewals(merchant.app()).await.unwrap();
    merchant.work().await;
    let [addon] = addons(&merchant).await.try_into().unwrap();
    assert_eq!(addon.state, AddonState::Active);
}
