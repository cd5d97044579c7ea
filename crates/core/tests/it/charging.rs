//! Paying with a saved card while its customer is away.

use jiff::SignedDuration;
use perennial_core::checkout::{
    ChargeCheckout, ChargedCheckout, StartCheckoutError, charge_checkout, sweep_checkouts,
};
use perennial_core::ports::Extension;
use perennial_core::subscriptions::end_subscription;
use perennial_domain::{
    AddonState, CustomerId, Goods, Order, PaymentState, Subscription, SubscriptionAddon, SubscriptionState,
};
use perennial_testkit::{LineState, Merchant};

pub(crate) const WORKS: &str = "pm_card_visa";
const DECLINES: &str = "pm_card_chargeCustomerFail";
const ASKS: &str = "pm_card_authenticationRequired";

/// A customer whom Stripe knows, with this card and no subscription.
pub(crate) async fn cardholder(merchant: &Merchant, card: &str) -> CustomerId {
    let customer = merchant.customer("ada@example.org").await;
    let checkout = merchant.open(customer.id, "line").await;
    perennial_core::checkout::withdraw_checkout(merchant.app(), merchant.project(), checkout.id)
        .await
        .unwrap();
    merchant.keep_card(customer.id, card).await;
    customer.id
}

/// A customer with a line that Stripe bills to this card.
pub(crate) async fn subscriber(merchant: &Merchant, card: &str) -> (CustomerId, Subscription) {
    let customer = cardholder(merchant, WORKS).await;
    let order = merchant.order("line").await;
    charge(merchant, customer, order).await.unwrap();
    let [subscription] = merchant.subscriptions().await.try_into().unwrap();
    let card = merchant.keep_card(customer, card).await.card.stripe_payment_method_id;
    let path = format!("/v1/subscriptions/{}", subscription.stripe_subscription_id.as_deref().unwrap());
    merchant.stripe().post_form(&path, &format!("default_payment_method={card}")).await.expect(200);
    merchant.hear_from_stripe().await;
    (customer, subscription)
}

pub(crate) async fn charge(
    merchant: &Merchant,
    customer: CustomerId,
    order: Order,
) -> Result<ChargedCheckout, StartCheckoutError> {
    let command =
        ChargeCheckout { project: merchant.project(), customer, connect_session: None, order, request: None };
    charge_checkout(merchant.app(), command).await
}

async fn addons(merchant: &Merchant, subscription: &Subscription) -> Vec<SubscriptionAddon> {
    let (project, id) = (merchant.project(), subscription.id);
    merchant.test.write(move |_, tx| tx.subscription_addons(project).of_subscription(id)).await
}

/// What the customer paid in all, in minor units, and how many payments it was.
pub(crate) async fn paid_at_stripe(merchant: &Merchant) -> (i64, usize) {
    let charges = merchant.stripe().get("/v1/charges?limit=100").await.expect(200);
    let paid = charges["data"].as_array().unwrap().iter().filter(|charge| charge["paid"] == true);
    let amounts = paid.map(|charge| charge["amount"].as_i64().unwrap()).collect::<Vec<_>>();
    (amounts.iter().sum(), amounts.len())
}

/// An order of renewing add-ons, at what Stripe would charge for the rest of the period.
pub(crate) async fn renewing_on(merchant: &Merchant, subscription: &Subscription) -> Order {
    let mut order = merchant.order_on(subscription.id, &["roaming"]).await;
    let now = merchant.app().now();
    let (project, price) = (merchant.project(), order.addons()[0].price_id);
    let price = merchant.test.write(move |_, tx| tx.prices(project).find(price)).await.unwrap();
    let extension = Extension {
        stripe_subscription_id: subscription.stripe_subscription_id.clone().unwrap(),
        stripe_prices: vec![price.stripe_price_id.unwrap()],
        extras: Vec::new(),
        prorated_at: now,
    };
    let payments = merchant.app().payments(project).await.unwrap();
    order.due_now = payments.preview_extension(&extension).await.unwrap().due;
    if let Goods::Addons(addons) = &mut order.goods {
        addons.prorated_at = Some(now);
    }
    order
}

#[tokio::test]
async fn a_saved_card_pays_for_a_plan_and_its_addons_and_renews_it() {
    let merchant = Merchant::new().await;
    let customer = cardholder(&merchant, WORKS).await;
    let order = merchant.order_with("line", &["extra-data", "roaming"]).await;
    let charged = charge(&merchant, customer, order).await.unwrap();
    let ChargedCheckout::Paid { subscription, .. } = charged else { panic!("{charged:?}") };

    let [row] = merchant.subscriptions().await.try_into().unwrap();
    assert_eq!((row.id, row.state), (subscription, SubscriptionState::Active));
    assert_eq!(addons(&merchant, &row).await.len(), 2);
    assert_eq!(paid_at_stripe(&merchant).await, (2250, 1));
    merchant.test.clock().advance(SignedDuration::from_hours(24 * 31 + 2));
    merchant.sandbox.tick().await.unwrap();
    merchant.hear_from_stripe().await;
    assert_eq!(paid_at_stripe(&merchant).await, (2250 + 1750, 2));
}

#[tokio::test]
async fn a_saved_card_never_pays_another_sum_than_was_agreed_to() {
    let merchant = Merchant::new().await;
    let customer = cardholder(&merchant, WORKS).await;
    let mut order = merchant.order_with("line", &["extra-data"]).await;
    order.due_now.amount_minor -= 1;
    let charged = charge(&merchant, customer, order).await;
    assert!(
        matches!(charged, Err(StartCheckoutError::PriceChanged { shown: 1949, charged: 1950 })),
        "{charged:?}"
    );
    assert_eq!(paid_at_stripe(&merchant).await, (0, 0));
    assert!(merchant.subscriptions().await.is_empty());
}

#[tokio::test]
async fn what_is_paid_once_is_one_invoice_and_one_payment() {
    let merchant = Merchant::new().await;
    let customer = cardholder(&merchant, WORKS).await;
    let order = merchant.order("notebook-lifetime").await;
    let charged = charge(&merchant, customer, order).await.unwrap();
    let ChargedCheckout::Paid { checkout, .. } = charged else { panic!("{charged:?}") };
    merchant.hear_from_stripe().await;
    let (project, id) = (merchant.project(), checkout);
    let payments = merchant.test.write(move |_, tx| tx.payments(project).of_checkout(id)).await;
    let [payment] = payments.try_into().unwrap();
    assert_eq!((payment.amount.amount_minor, payment.state), (9900, PaymentState::Succeeded));
    assert!(payment.stripe_payment_intent_id.is_some());
    assert_eq!(paid_at_stripe(&merchant).await, (9900, 1));
}

#[tokio::test]
async fn a_card_that_declines_or_asks_for_its_customer_leaves_nothing() {
    for (card, plan) in [(DECLINES, "line"), (DECLINES, "prepaid"), (ASKS, "line"), (ASKS, "prepaid")] {
        let merchant = Merchant::new().await;
        let customer = cardholder(&merchant, card).await;
        let order = merchant.order(plan).await;
        let charged = charge(&merchant, customer, order).await.unwrap();
        match charged {
            ChargedCheckout::Declined(_) => assert_eq!(card, DECLINES),
            ChargedCheckout::NeedsConfirmation(_) => assert_eq!(card, ASKS),
            other => panic!("{card} {plan}: {other:?}"),
        }
        merchant.hear_from_stripe().await;
        assert!(merchant.subscriptions().await.is_empty());
        let stripe = merchant.stripe();
        let left = stripe.get("/v1/subscriptions").await.expect(200);
        assert_eq!(left["data"].as_array().unwrap().len(), 0, "{card} {plan}");
        for status in ["open", "draft"] {
            let left = stripe.get(&format!("/v1/invoices?status={status}")).await.expect(200);
            assert_eq!(left["data"].as_array().unwrap().len(), 0, "{card} {plan} {status}");
        }
        // Nothing is in the way of another attempt.
        merchant.keep_card(customer, WORKS).await;
        let order = merchant.order(plan).await;
        assert!(matches!(charge(&merchant, customer, order).await, Ok(ChargedCheckout::Paid { .. })));
    }
}

#[tokio::test]
async fn without_a_card_only_what_is_free_can_be_had() {
    let merchant = Merchant::new().await;
    let customer = merchant.customer("ada@example.org").await.id;
    let order = merchant.order("line").await;
    assert_eq!(charge(&merchant, customer, order).await.unwrap(), ChargedCheckout::NoCard);
    let order = merchant.order("notebook-free").await;
    assert!(matches!(charge(&merchant, customer, order).await, Ok(ChargedCheckout::Paid { .. })));
}

/// Charges an order, on a line that loses every answer after that to this request.
async fn charge_and_lose(
    merchant: &Merchant,
    customer: CustomerId,
    order: Order,
    request: &str,
) -> Result<ChargedCheckout, StartCheckoutError> {
    charge_until(merchant, customer, order, request, LineState::LosesAnswers).await
}

/// Charges an order, on a line to which this happens after the answer to this request.
pub(crate) async fn charge_until(
    merchant: &Merchant,
    customer: CustomerId,
    order: Order,
    request: &str,
    then: LineState,
) -> Result<ChargedCheckout, StartCheckoutError> {
    let held = merchant.line.hold(request);
    let charging = charge(merchant, customer, order);
    let cutting = async {
        held.arrived().await;
        merchant.line.set(then);
        held.release();
    };
    tokio::join!(charging, cutting).0
}

async fn is_found_by_the_sweep(merchant: &Merchant, lost: Result<ChargedCheckout, StartCheckoutError>) {
    assert!(matches!(lost, Err(StartCheckoutError::Payments(_))), "{lost:?}");
    merchant.line.set(LineState::Open);
    merchant.test.clock().advance(SignedDuration::from_mins(6));
    sweep_checkouts(merchant.app()).await.unwrap();
    merchant.work().await;
    let [subscription] = merchant.subscriptions().await.try_into().unwrap();
    assert_eq!(subscription.state, SubscriptionState::Active);
    assert_eq!(paid_at_stripe(merchant).await.1, 1);
}

#[tokio::test]
async fn a_subscription_whose_answer_is_lost_is_found_by_the_sweep_and_charged_once() {
    let merchant = Merchant::new().await;
    let customer = cardholder(&merchant, WORKS).await;
    let order = merchant.order("line").await;
    // The preview is answered; the answer to the charge after it is not.
    let lost = charge_and_lose(&merchant, customer, order, "POST /v1/invoices/create_preview").await;
    is_found_by_the_sweep(&merchant, lost).await;
}

#[tokio::test]
async fn an_invoice_whose_answer_is_lost_is_found_by_the_sweep_and_charged_once() {
    let merchant = Merchant::new().await;
    let customer = cardholder(&merchant, WORKS).await;
    let order = merchant.order("notebook-lifetime").await;
    // The look at the draft is answered; the answer to the payment after it is not.
    let lost = charge_and_lose(&merchant, customer, order, "GET /v1/invoices/").await;
    is_found_by_the_sweep(&merchant, lost).await;
}

#[tokio::test]
async fn a_charge_asked_again_after_a_lost_answer_is_the_same_charge() {
    let merchant = Merchant::new().await;
    let customer = cardholder(&merchant, WORKS).await;
    let order = merchant.order("prepaid").await;
    merchant.line.set(LineState::LosesAnswers);
    assert!(charge(&merchant, customer, order.clone()).await.is_err());
    merchant.line.set(LineState::Open);
    assert!(matches!(charge(&merchant, customer, order).await, Ok(ChargedCheckout::Paid { .. })));
    assert_eq!(merchant.subscriptions().await.len(), 1);
    assert_eq!(paid_at_stripe(&merchant).await, (900, 1));
}

#[tokio::test]
async fn a_charge_that_stripe_never_heard_of_is_closed_and_charges_nobody() {
    let merchant = Merchant::new().await;
    let customer = cardholder(&merchant, WORKS).await;
    let order = merchant.order("prepaid").await;
    merchant.line.set(LineState::Cut);
    assert!(charge(&merchant, customer, order.clone()).await.is_err());
    merchant.line.set(LineState::Open);
    merchant.test.clock().advance(SignedDuration::from_mins(6));
    sweep_checkouts(merchant.app()).await.unwrap();
    assert!(merchant.subscriptions().await.is_empty());
    assert_eq!(paid_at_stripe(&merchant).await, (0, 0));
    assert!(matches!(charge(&merchant, customer, order).await, Ok(ChargedCheckout::Paid { .. })));
}

#[tokio::test]
async fn an_addon_whose_answer_is_lost_is_found_with_its_own_invoice() {
    let merchant = Merchant::new().await;
    let (customer, subscription) = subscriber(&merchant, WORKS).await;
    merchant.test.clock().advance(SignedDuration::from_hours(24 * 10));
    let order = renewing_on(&merchant, &subscription).await;
    let due = order.due_now;
    merchant.line.set(LineState::LosesAnswers);
    assert!(charge(&merchant, customer, order).await.is_err());
    merchant.line.set(LineState::Open);
    // Meanwhile the plan is upgraded, which makes a later invoice of the same kind.
    merchant.test.clock().advance(SignedDuration::from_mins(2));
    let large = merchant.order("line-large").await;
    let Goods::Subscription(large) = large.goods else { panic!("it is a plan") };
    let project = merchant.project();
    let price = merchant.test.write(move |_, tx| tx.prices(project).find(large.plan.price_id)).await;
    let path = format!("/v1/subscriptions/{}", subscription.stripe_subscription_id.as_deref().unwrap());
    let billed = merchant.stripe().get(&path).await.expect(200);
    let items = billed["items"]["data"].as_array().unwrap();
    let plan = items.iter().find(|item| item["price"]["unit_amount"] == 1450).unwrap();
    let (item, price) = (plan["id"].as_str().unwrap(), price.unwrap().stripe_price_id.unwrap());
    let form = format!("items[0][id]={item}&items[0][price]={price}&proration_behavior=always_invoice");
    merchant.stripe().post_form(&path, &form).await.expect(200);
    merchant.test.clock().advance(SignedDuration::from_mins(6));
    sweep_checkouts(merchant.app()).await.unwrap();
    let [addon] = addons(&merchant, &subscription).await.try_into().unwrap();
    let checkout = addon.checkout_id.unwrap();
    let payments = merchant.test.write(move |_, tx| tx.payments(project).of_checkout(checkout)).await;
    assert_eq!(payments.iter().map(|payment| payment.amount).collect::<Vec<_>>(), [due]);
}

#[tokio::test]
async fn a_charge_on_what_stripe_does_not_know_any_more_keeps_nobody_from_buying() {
    let merchant = Merchant::new().await;
    let (customer, subscription) = subscriber(&merchant, WORKS).await;
    let order = renewing_on(&merchant, &subscription).await;
    let project = merchant.project();
    let gone = Subscription { stripe_subscription_id: Some("sub_gone".to_owned()), ..subscription };
    merchant.test.write(move |_, tx| tx.subscriptions(project).update(&gone)).await;
    merchant.line.set(LineState::Cut);
    assert!(charge(&merchant, customer, order).await.is_err());
    merchant.line.set(LineState::Open);
    let other = merchant.order("prepaid").await;
    let charged = charge(&merchant, customer, other).await;
    assert!(matches!(charged, Ok(ChargedCheckout::Paid { .. })), "{charged:?}");
}

#[tokio::test]
async fn a_renewing_addon_is_charged_for_the_rest_of_the_period_and_renews() {
    let merchant = Merchant::new().await;
    let (customer, subscription) = subscriber(&merchant, WORKS).await;
    merchant.test.clock().advance(SignedDuration::from_hours(24 * 10));
    let order = renewing_on(&merchant, &subscription).await;
    let due = order.due_now.amount_minor;
    assert!((1..300).contains(&due), "{due}");
    let charged = charge(&merchant, customer, order).await.unwrap();
    assert!(matches!(charged, ChargedCheckout::Paid { .. }), "{charged:?}");
    assert_eq!(paid_at_stripe(&merchant).await, (1450 + due, 2));
    let [addon] = addons(&merchant, &subscription).await.try_into().unwrap();
    assert_eq!((addon.state, addon.ended_at), (AddonState::Active, None));
    assert_eq!(addon.current_period.unwrap().end, subscription.current_period.unwrap().end);
    merchant.hear_from_stripe().await;
    merchant.test.clock().advance(SignedDuration::from_hours(24 * 22));
    merchant.sandbox.tick().await.unwrap();
    merchant.hear_from_stripe().await;
    let [addon] = addons(&merchant, &subscription).await.try_into().unwrap();
    assert_eq!(addon.current_period.unwrap().number, 2);
    assert_eq!(paid_at_stripe(&merchant).await, (1450 + due + 1750, 3));
}

#[tokio::test]
async fn a_renewing_addon_that_is_not_paid_changes_nothing() {
    let merchant = Merchant::new().await;
    let (customer, subscription) = subscriber(&merchant, DECLINES).await;
    let order = renewing_on(&merchant, &subscription).await;
    let charged = charge(&merchant, customer, order).await.unwrap();
    assert!(matches!(charged, ChargedCheckout::Declined(_)), "{charged:?}");
    merchant.hear_from_stripe().await;
    assert!(addons(&merchant, &subscription).await.is_empty());
    let path = format!("/v1/subscriptions/{}", subscription.stripe_subscription_id.as_deref().unwrap());
    let billed = merchant.stripe().get(&path).await.expect(200);
    assert_eq!(billed["items"]["data"].as_array().unwrap().len(), 1);
    assert_eq!(merchant.subscriptions().await[0].state, SubscriptionState::Active);
}

#[tokio::test]
async fn what_was_charged_for_a_subscription_that_ended_meanwhile_goes_back() {
    let merchant = Merchant::new().await;
    let (customer, subscription) = subscriber(&merchant, WORKS).await;
    let order = merchant.order_on(subscription.id, &["extra-data"]).await;
    let held = merchant.line.hold("POST /v1/invoices/");
    let charging = charge(&merchant, customer, order);
    let ending = async {
        held.arrived().await;
        end_subscription(merchant.app(), merchant.project(), subscription.id).await.unwrap();
        held.release();
    };
    let (charged, ()) = tokio::join!(charging, ending);
    assert_eq!(charged.unwrap(), ChargedCheckout::TooLate);
    merchant.work().await;
    let refunds = merchant.stripe().get("/v1/refunds").await.expect(200);
    assert_eq!(refunds["data"][0]["amount"], 500);
}
