//! Add-ons that renew and add-ons that do not, bought together: one payment for both, or nothing.

use jiff::SignedDuration;
use perennial_core::cards::pay_open_invoices;
use perennial_core::checkout::{
    ChargeCheckout, ChargedCheckout, QuotedAddons, StartCheckoutError, charge_checkout, place_addons,
    quote_addons, sweep_checkouts,
};
use perennial_core::connect_sessions::{NewSession, Visitor, create};
use perennial_domain::{AddonState, Appearance, ConnectSessionId, Intent, Subscription, SubscriptionAddon};
use perennial_testkit::{LineState, Merchant};

/// A line that is ten days old.
async fn subscribed() -> (Merchant, Subscription) {
    let (merchant, subscription) = Merchant::with_subscriber("line").await;
    merchant.test.clock().advance(SignedDuration::from_hours(24 * 10));
    (merchant, subscription)
}

async fn quote(merchant: &Merchant, subscription: &Subscription) -> QuotedAddons {
    let wanted = [merchant.product("extra-data").await.id, merchant.product("roaming").await.id];
    let (project, customer, id) = (merchant.project(), subscription.customer_id, subscription.id);
    let placed =
        merchant.app().read(move |_, tx| place_addons(tx, project, customer, id, &wanted)).await.unwrap();
    quote_addons(merchant.app(), placed, merchant.app().now()).await.unwrap()
}

fn command(merchant: &Merchant, quoted: &QuotedAddons) -> ChargeCheckout {
    ChargeCheckout {
        project: merchant.project(),
        customer: quoted.placed.subscription.customer_id,
        connect_session: None,
        order: quoted.order(),
        request: None,
    }
}

async fn addons(merchant: &Merchant, subscription: &Subscription) -> Vec<SubscriptionAddon> {
    let (project, id) = (merchant.project(), subscription.id);
    merchant.test.write(move |_, tx| tx.subscription_addons(project).of_subscription(id)).await
}

#[tokio::test]
async fn both_kinds_are_paid_at_once_and_only_one_of_them_again() {
    let (merchant, subscription) = subscribed().await;
    let quoted = quote(&merchant, &subscription).await;
    let due = quoted.due_now.amount_minor;
    assert!((501..800).contains(&due), "the rest of a month of 300, and 500: {due}");
    let paid = charge_checkout(merchant.app(), command(&merchant, &quoted)).await.unwrap();
    assert!(matches!(paid, ChargedCheckout::Paid { .. }), "{paid:?}");
    assert_eq!(merchant.charged().await, [1450, due]);
    let bought = addons(&merchant, &subscription).await;
    assert_eq!(bought.iter().map(|addon| addon.state).collect::<Vec<_>>(), [AddonState::Active; 2]);

    merchant.hear_from_stripe().await;
    merchant.test.clock().advance(SignedDuration::from_hours(24 * 22));
    merchant.sandbox.tick().await.unwrap();
    merchant.hear_from_stripe().await;
    assert_eq!(merchant.charged().await, [1450, due, 1750]);
}

#[tokio::test]
async fn the_payment_names_the_card_that_pays_for_the_subscription() {
    let (merchant, subscription) = subscribed().await;
    let quoted = quote(&merchant, &subscription).await;
    charge_checkout(merchant.app(), command(&merchant, &quoted)).await.unwrap();
    let (project, id) = (merchant.project(), subscription.id);
    let payments = merchant.test.write(move |_, tx| tx.payments(project).of_subscription(id)).await;
    assert_eq!(payments.len(), 2);
    for payment in payments {
        let card = payment.attempts.payment_method.expect("it is known");
        let known =
            merchant.test.write(move |_, tx| tx.payment_methods(project).find_by_stripe_id(&card)).await;
        assert!(known.is_some(), "a card of theirs, and no subscription");
    }
}

#[tokio::test]
async fn a_card_that_declines_brings_neither() {
    let (merchant, subscription) = subscribed().await;
    let card = merchant.keep_card(subscription.customer_id, "pm_card_chargeCustomerFail").await;
    let path = format!("/v1/subscriptions/{}", subscription.stripe_subscription_id.as_deref().unwrap());
    let form = format!("default_payment_method={}", card.card.stripe_payment_method_id);
    merchant.stripe().post_form(&path, &form).await.expect(200);
    let quoted = quote(&merchant, &subscription).await;
    let declined = charge_checkout(merchant.app(), command(&merchant, &quoted)).await.unwrap();
    assert!(matches!(declined, ChargedCheckout::Declined(_)), "{declined:?}");
    merchant.hear_from_stripe().await;
    assert!(addons(&merchant, &subscription).await.is_empty());
    let billed = merchant.stripe().get(&path).await.expect(200);
    assert_eq!(billed["items"]["data"].as_array().unwrap().len(), 1);
    let waiting = merchant.stripe().get("/v1/invoiceitems?pending=true").await.expect(200);
    assert_eq!(waiting["data"].as_array().unwrap().len(), 0);
}

#[tokio::test]
async fn a_lost_answer_is_found_and_paid_for_once() {
    let (merchant, subscription) = subscribed().await;
    let quoted = quote(&merchant, &subscription).await;
    let due = quoted.due_now.amount_minor;
    merchant.line.set(LineState::LosesAnswers);
    assert!(charge_checkout(merchant.app(), command(&merchant, &quoted)).await.is_err());
    merchant.line.set(LineState::Open);
    merchant.test.clock().advance(SignedDuration::from_mins(6));
    sweep_checkouts(merchant.app()).await.unwrap();
    assert_eq!(addons(&merchant, &subscription).await.len(), 2);
    assert_eq!(merchant.charged().await, [1450, due]);
}

/// The subscription has this discount when the add-ons are quoted, and not any more when they are charged.
async fn quoted_with_a_discount_that_ends(merchant: &Merchant, subscription: &Subscription) -> QuotedAddons {
    let stripe = merchant.stripe();
    stripe.post_form("/v1/coupons", "id=half&percent_off=50&duration=forever").await.expect(200);
    let path = format!("/v1/subscriptions/{}", subscription.stripe_subscription_id.as_deref().unwrap());
    stripe.post_form(&path, "discounts[0][coupon]=half").await.expect(200);
    let quoted = quote(merchant, subscription).await;
    stripe.post_form(&path, "discounts=").await.expect(200);
    quoted
}

#[tokio::test]
async fn what_comes_to_more_than_was_agreed_is_taken_back_and_given_back() {
    let (merchant, subscription) = subscribed().await;
    let quoted = quoted_with_a_discount_that_ends(&merchant, &subscription).await;
    let agreed = quoted.due_now.amount_minor;
    let refused = charge_checkout(merchant.app(), command(&merchant, &quoted)).await;
    let Err(StartCheckoutError::PriceChanged { shown, charged: asked }) = refused else {
        panic!("{refused:?}")
    };
    assert_eq!(shown, agreed);
    assert!(asked > agreed, "{asked} is more than {agreed}");
    for _ in 0..2 {
        merchant.hear_from_stripe().await;
    }
    assert!(addons(&merchant, &subscription).await.is_empty());
    let path = format!("/v1/subscriptions/{}", subscription.stripe_subscription_id.as_deref().unwrap());
    let billed = merchant.stripe().get(&path).await.expect(200);
    assert_eq!(billed["items"]["data"].as_array().unwrap().len(), 1);
    let refunds = merchant.stripe().get("/v1/refunds").await.expect(200);
    assert_eq!(refunds["data"][0]["amount"], asked, "{refunds}");
}

#[tokio::test]
async fn it_is_given_back_by_the_sweep_where_the_answer_is_lost() {
    let (merchant, subscription) = subscribed().await;
    let quoted = quoted_with_a_discount_that_ends(&merchant, &subscription).await;
    merchant.line.set(LineState::LosesAnswers);
    assert!(charge_checkout(merchant.app(), command(&merchant, &quoted)).await.is_err());
    merchant.line.set(LineState::Open);
    merchant.test.clock().advance(SignedDuration::from_mins(6));
    sweep_checkouts(merchant.app()).await.unwrap();
    merchant.hear_from_stripe().await;
    assert!(addons(&merchant, &subscription).await.is_empty());
    let refunds = merchant.stripe().get("/v1/refunds").await.expect(200);
    assert_eq!(refunds["data"].as_array().unwrap().len(), 1, "{refunds}");
    assert_eq!(merchant.line.count("POST /v1/refunds"), 1);
}

async fn visit(merchant: &Merchant, subscription: &Subscription) -> ConnectSessionId {
    let addons = vec![merchant.product("roaming").await.id];
    let (project, lifetime) = (merchant.project(), merchant.app().settings().link_lifetime);
    let request = NewSession {
        intent: Intent::CheckoutAddon { subscription: subscription.id, addons },
        callback: None,
        appearance: Appearance::default(),
        visitor: Some(Visitor::Known(subscription.customer_id)),
    };
    let opened = merchant.app().write(move |cx, tx| create(cx, tx, lifetime, project, &request)).await;
    opened.unwrap().session.id
}

#[tokio::test]
async fn another_card_does_not_pay_for_a_cart_that_its_owner_turned_away_from() {
    let (merchant, subscription) = subscribed().await;
    let asks = merchant.keep_card(subscription.customer_id, "pm_card_authenticationRequired").await;
    let path = format!("/v1/subscriptions/{}", subscription.stripe_subscription_id.as_deref().unwrap());
    let form = format!("default_payment_method={}", asks.card.stripe_payment_method_id);
    merchant.stripe().post_form(&path, &form).await.expect(200);
    let quoted = quote(&merchant, &subscription).await;
    let visit = visit(&merchant, &subscription).await;
    let order = ChargeCheckout { connect_session: Some(visit), ..command(&merchant, &quoted) };
    let waits = charge_checkout(merchant.app(), order).await.unwrap();
    assert!(matches!(waits, ChargedCheckout::Waiting { .. }), "{waits:?}");
    merchant.hear_from_stripe().await;

    let good = merchant.keep_card(subscription.customer_id, "pm_card_visa").await;
    let (project, good) = (merchant.project(), good.card.stripe_payment_method_id);
    let paid = pay_open_invoices(merchant.app(), project, subscription.customer_id, &good).await.unwrap();
    assert!(paid.paid.is_empty() && paid.owed.is_empty(), "{paid:?}");
    merchant.hear_from_stripe().await;
    assert!(addons(&merchant, &subscription).await.is_empty());
}
