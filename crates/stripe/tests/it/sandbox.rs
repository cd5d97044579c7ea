//! Whole histories through the port, against the sandbox.

use std::sync::atomic::Ordering;

use jiff::Timestamp;
use perennial_core::ports::{
    BillingReason, BillingStatus, CheckoutLine, CheckoutSessionStatus, EventReader, EventSubject,
    OpenCheckout, PaymentsError, ProductDraft, RefundOf, RefusalKind,
};
use perennial_domain::{Rebate, Term};
use perennial_stripe::StripeEventReader;
use stripe_sandbox::checkout::PayOutcome;
use stripe_sandbox::webhooks::WebhookDelivery;

use crate::merchant::{DAY, Merchant, NOON, SECRET, euro, monthly};
use crate::script::id;

#[tokio::test]
async fn a_paid_checkout_brings_its_subscription_and_its_invoice() {
    let merchant = Merchant::new();
    let session = merchant.subscribed().await;
    assert_eq!((session.status, session.is_paid), (CheckoutSessionStatus::Complete, true));
    assert_eq!((session.checkout_id, session.total), (Some(id(7)), Some(euro(1450))));

    let subscription = session.subscription.unwrap();
    assert_eq!((subscription.status, subscription.checkout_id), (BillingStatus::Active, Some(id(7))));
    assert_eq!(subscription.current_period_start.as_second(), NOON);
    assert_eq!(subscription.current_period_end.as_second(), NOON + 31 * DAY);

    let invoice = session.invoice.unwrap();
    assert!(invoice.is_paid() && !invoice.is_failing());
    assert_eq!((invoice.total, invoice.paid), (euro(1450), euro(1450)));
    assert_eq!(invoice.reason, BillingReason::SubscriptionCreate);
    assert_eq!(invoice.stripe_subscription_id.as_ref(), Some(&subscription.id));
    assert_eq!(invoice.period, Some((subscription.current_period_start, subscription.current_period_end)));
    assert!(invoice.payment_intent_id.is_some() && invoice.paid_at.is_some());

    let again = merchant.account.invoice(&invoice.id).await.unwrap();
    assert_eq!((again.id, again.payment_intent_id), (invoice.id, invoice.payment_intent_id));
}

#[tokio::test]
async fn a_single_payment_brings_an_invoice_and_no_subscription() {
    let merchant = Merchant::new();
    let session = merchant.open(Term::Lifetime).await;
    merchant.pay(&session, "4242424242424242").await;
    let session = merchant.account.checkout(&session.id).await.unwrap();
    assert!(session.is_paid && session.subscription.is_none());
    let invoice = session.invoice.unwrap();
    assert!(invoice.is_paid() && invoice.stripe_subscription_id.is_none() && invoice.period.is_none());
    assert_eq!(invoice.payment_intent_id, session.payment_intent_id);
}

#[tokio::test]
async fn one_checkout_is_one_session_however_often_it_is_opened() {
    let merchant = Merchant::new();
    let request = merchant.request(id(7), monthly()).await;
    let first = merchant.account.open_checkout(&request).await.unwrap();
    let second = merchant.account.open_checkout(&request).await.unwrap();
    assert_eq!((first.status, first.is_paid), (CheckoutSessionStatus::Open, false));
    assert_eq!((&first.id, &first.url), (&second.id, &second.url));

    let other_words = OpenCheckout { locale: "fr".to_owned(), ..request };
    let error = merchant.account.open_checkout(&other_words).await.unwrap_err();
    let PaymentsError::Refused(refusal) = error else { panic!("{error}") };
    assert_eq!((refusal.kind, refusal.code.as_deref()), (RefusalKind::Invalid, Some("idempotency_error")));
}

#[tokio::test]
async fn a_declined_card_leaves_the_checkout_open() {
    let merchant = Merchant::new();
    let session = merchant.open(monthly()).await;
    let outcome = merchant.pay(&session, "4000000000009995").await;
    assert!(matches!(outcome, PayOutcome::Declined { .. }), "{outcome:?}");
    let session = merchant.account.checkout(&session.id).await.unwrap();
    assert_eq!((session.status, session.is_paid), (CheckoutSessionStatus::Open, false));
    assert!(session.subscription.is_none());
}

#[tokio::test]
async fn an_expired_checkout_cannot_be_paid_and_a_paid_one_cannot_be_expired() {
    let merchant = Merchant::new();
    let session = merchant.open(monthly()).await;
    for _ in 0..2 {
        let expired = merchant.account.expire_checkout(&session.id).await.unwrap();
        assert_eq!(
            expired.status,
            CheckoutSessionStatus::Expired,
            "asking again after a lost answer is no refusal"
        );
    }
    assert!(matches!(merchant.pay(&session, "4242424242424242").await, PayOutcome::Closed { .. }));

    let merchant = Merchant::new();
    let paid = merchant.subscribed().await;
    let error = merchant.account.expire_checkout(&paid.id).await.unwrap_err();
    let PaymentsError::Refused(refusal) = error else { panic!("{error}") };
    assert_eq!(refusal.kind, RefusalKind::Invalid);
}

#[tokio::test]
async fn a_sweep_finds_what_was_paid_since() {
    let merchant = Merchant::new();
    let paid = merchant.subscribed().await;
    let since = |seconds: i64| merchant.account.finished_checkouts(Timestamp::from_second(seconds).unwrap());
    let found = since(NOON - DAY).await.unwrap();
    assert_eq!(found.len(), 1);
    assert_eq!((&found[0].id, found[0].is_paid, found[0].checkout_id), (&paid.id, true, Some(id(7))));
    assert!(found[0].subscription.is_some() && found[0].invoice.is_some());
    assert!(since(NOON + 1).await.unwrap().is_empty());
}

#[tokio::test]
async fn a_renewal_adds_a_paid_invoice_and_moves_the_period() {
    let merchant = Merchant::new();
    let subscription = merchant.subscribed().await.subscription.unwrap();
    merchant.clock.fetch_add(32 * DAY, Ordering::SeqCst);
    merchant.sandbox.tick().await.unwrap();

    let renewed = merchant.account.subscription(&subscription.id).await.unwrap();
    assert_eq!(renewed.current_period_start, subscription.current_period_end);
    let invoices = merchant.account.invoices(&subscription.id, None).await.unwrap();
    let reasons = invoices.iter().map(|invoice| invoice.reason).collect::<Vec<_>>();
    assert_eq!(reasons, [BillingReason::SubscriptionCreate, BillingReason::SubscriptionCycle]);
    assert_eq!(invoices[1].period, Some((renewed.current_period_start, renewed.current_period_end)));
}

#[tokio::test]
async fn money_goes_back_once_and_a_subscription_ends_once() {
    let merchant = Merchant::new();
    let session = merchant.subscribed().await;
    let intent = session.invoice.unwrap().payment_intent_id.unwrap();
    assert_eq!(merchant.account.money_back(&intent).await.unwrap().refunded_minor, 0);
    merchant.account.refund(&intent, RefundOf::Checkout(id(7))).await.unwrap();
    merchant.account.refund(&intent, RefundOf::Checkout(id(7))).await.unwrap();
    // Another reason to give the same money back, such as a second job: nothing is left to give.
    merchant.account.refund(&intent, RefundOf::Checkout(id(8))).await.unwrap();
    assert_eq!(merchant.account.money_back(&intent).await.unwrap().refunded_minor, 1450);

    let subscription = session.subscription.unwrap();
    for _ in 0..2 {
        let ended = merchant.account.cancel_subscription(&subscription.id).await.unwrap();
        assert_eq!(ended.status, BillingStatus::Canceled);
        assert_eq!(ended.ended_at.map(Timestamp::as_second), Some(NOON));
    }
    let unknown = merchant.account.cancel_subscription("sub_unknown").await.unwrap_err();
    assert!(matches!(unknown, PaymentsError::Refused(refusal) if refusal.kind == RefusalKind::NotFound));
}

#[tokio::test]
async fn a_code_takes_its_discount_off_the_checkout() {
    let merchant = Merchant::new();
    merchant.in_the_dashboard("/v1/coupons", "id=welcome&percent_off=20&duration=once").await;
    merchant
        .in_the_dashboard(
            "/v1/promotion_codes",
            "promotion[type]=coupon&promotion[coupon]=welcome&code=WELCOME",
        )
        .await;
    assert_eq!(merchant.account.find_discount("NOPE").await.unwrap(), None);
    let discount = merchant.account.find_discount("WELCOME").await.unwrap().unwrap();
    assert_eq!(discount.rebate, Rebate::Share(2_000));

    let request = OpenCheckout {
        stripe_promotion_code_id: Some(discount.stripe_promotion_code_id.clone()),
        ..merchant.request(id(7), monthly()).await
    };
    let session = merchant.account.open_checkout(&request).await.unwrap();
    assert_eq!(session.total, Some(euro(1160)));
    assert_eq!(discount.rebate.of(euro(1450)), Some(euro(290)), "what we announce is what Stripe takes off");
}

#[tokio::test]
async fn a_product_is_one_product_through_all_its_changes() {
    let merchant = Merchant::new();
    let first = merchant.account.put_product(&Merchant::product("Phone S")).await.unwrap();
    // The answer got lost, and the catalogue changed meanwhile.
    let second = merchant.account.put_product(&Merchant::product("Phone M")).await.unwrap();
    assert_eq!(first, second);
    let known = |name: &str| ProductDraft {
        stripe_product_id: Some(first.clone()),
        image: None,
        ..Merchant::product(name)
    };
    merchant.account.put_product(&known("Phone L")).await.unwrap();
    merchant.account.put_product(&known("Phone S")).await.unwrap();
    let session = merchant.open(monthly()).await;
    let view = merchant.sandbox.checkout_view(&session.id).await.unwrap().unwrap();
    assert_eq!(view.lines[0].name, "Phone S");
}

#[tokio::test]
async fn an_archived_or_unknown_price_is_refused_at_the_checkout() {
    let merchant = Merchant::new();
    let request = merchant.request(id(7), monthly()).await;
    let unknown = OpenCheckout {
        id: id(8),
        lines: vec![CheckoutLine { stripe_price_id: "price_unknown".to_owned() }],
        ..request.clone()
    };
    let error = merchant.account.open_checkout(&unknown).await.unwrap_err();
    assert!(
        matches!(&error, PaymentsError::Refused(refusal) if refusal.kind == RefusalKind::NotFound),
        "{error}"
    );

    merchant.account.archive_price(&request.lines[0].stripe_price_id).await.unwrap();
    let error = merchant.account.open_checkout(&request).await.unwrap_err();
    assert!(
        matches!(&error, PaymentsError::Refused(refusal) if refusal.kind == RefusalKind::Invalid),
        "{error}"
    );
}

#[tokio::test]
async fn the_sandboxs_webhooks_are_verified_and_understood() {
    let merchant = Merchant::new();
    let session = merchant.subscribed().await;
    let subscription = session.subscription.unwrap();
    let intent = session.invoice.unwrap().payment_intent_id.unwrap();
    merchant.account.refund(&intent, RefundOf::Checkout(id(7))).await.unwrap();
    merchant.account.cancel_subscription(&subscription.id).await.unwrap();
    while merchant.sandbox.deliver_due().await.unwrap() > 0 {}

    let now = Timestamp::from_second(NOON).unwrap();
    let read = |delivery: &WebhookDelivery| {
        StripeEventReader.read(delivery.body.as_bytes(), &delivery.signature, &[SECRET.into()], now).unwrap()
    };
    let events = merchant.delivered.0.lock().unwrap().iter().map(read).collect::<Vec<_>>();
    let subject =
        |event_type: &str| &events.iter().find(|event| event.event_type == event_type).unwrap().subject;
    assert_eq!(*subject("checkout.session.completed"), EventSubject::Checkout(session.id));
    assert_eq!(*subject("invoice.paid"), EventSubject::Subscription(subscription.id.clone()));
    assert_eq!(*subject("customer.subscription.deleted"), EventSubject::Subscription(subscription.id));
    assert_eq!(*subject("charge.refunded"), EventSubject::PaymentIntent(intent));
    assert_eq!(*subject("product.created"), EventSubject::Other);
}
