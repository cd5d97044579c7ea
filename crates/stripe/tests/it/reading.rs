//! What is read: both places of what moved, Stripe's own examples, and nothing where nothing is.

use jiff::Timestamp;
use perennial_core::ports::{
    AttemptState, BilledInvoice, BilledSubscription, BillingReason, CheckoutSession, CheckoutSessionStatus,
    Discount, MoneyBack, PaymentsError,
};
use perennial_domain::{
    CardBrand, CheckoutId, Currency, DiscountDuration, DisputeStanding, Money, PaymentMethodKind, Rebate,
};
use serde_json::{Value, json};

use crate::oracle::object;
use crate::script::{Script, id, ok};

fn at(second: i64) -> Timestamp {
    Timestamp::from_second(second).unwrap()
}

fn euro(amount: i64) -> Money {
    Money::new(amount, Currency::from_code("EUR").unwrap())
}

async fn subscription(body: &Value) -> Result<BilledSubscription, PaymentsError> {
    Script::of([ok(body)]).account().subscription("sub_1").await
}

async fn invoice(body: &Value) -> BilledInvoice {
    Script::of([ok(body)]).account().invoice("in_1").await.unwrap()
}

async fn session(body: &Value) -> Result<CheckoutSession, PaymentsError> {
    Script::of([ok(body)]).account().checkout("cs_1").await
}

#[tokio::test]
async fn a_period_is_read_from_the_items_or_from_the_subscription() {
    let newer = json!({
        "id": "sub_1", "status": "active",
        "items": { "data": [{ "current_period_start": 10, "current_period_end": 20 }] }
    });
    let older = json!({
        "id": "sub_1", "status": "active", "current_period_start": 10, "current_period_end": 20,
        "items": { "data": [{ "id": "si_1" }] }
    });
    for body in [newer, older] {
        let read = subscription(&body).await.unwrap();
        assert_eq!((read.current_period_start, read.current_period_end), (at(10), at(20)));
    }
    let neither = json!({ "id": "sub_1", "status": "active", "items": { "data": [] } });
    assert!(matches!(subscription(&neither).await, Err(PaymentsError::Nonsense(_))));
}

#[tokio::test]
async fn a_scheduled_end_is_read_from_either_field() {
    let with = |cancel_at: Value, at_period_end: bool| {
        json!({
            "id": "sub_1", "status": "active", "current_period_start": 10, "current_period_end": 20,
            "cancel_at": cancel_at, "cancel_at_period_end": at_period_end, "canceled_at": 12
        })
    };
    assert_eq!(subscription(&with(json!(null), false)).await.unwrap().cancel_at, None);
    assert_eq!(subscription(&with(json!(null), true)).await.unwrap().cancel_at, Some(at(20)));
    let on_a_date = subscription(&with(json!(15), false)).await.unwrap();
    assert_eq!((on_a_date.cancel_at, on_a_date.canceled_at), (Some(at(15)), Some(at(12))));
}

#[tokio::test]
async fn a_state_that_stripe_does_not_document_is_nonsense() {
    let body =
        json!({ "id": "sub_1", "status": "dreaming", "current_period_start": 10, "current_period_end": 20 });
    assert!(matches!(subscription(&body).await, Err(PaymentsError::Nonsense(_))));
}

#[tokio::test]
async fn an_invoice_reads_the_same_in_both_shapes() {
    let common = json!({
        "id": "in_1", "created": 5, "currency": "eur", "status": "paid", "attempted": true, "total": 1450,
        "amount_paid": 1450, "billing_reason": "subscription_cycle", "customer": "cus_1",
        "status_transitions": { "paid_at": 6 }
    });
    let mut newer = common.clone();
    newer["parent"] = json!({ "subscription_details": { "subscription": "sub_1" } });
    newer["payments"] = json!({ "data": [
        { "status": "canceled", "payment": { "type": "payment_intent", "payment_intent": "pi_0" } },
        { "status": "paid", "payment": { "type": "payment_intent", "payment_intent": "pi_1" } },
    ] });
    newer["lines"] = json!({ "data": [
        { "period": { "start": 10, "end": 99 }, "parent": { "subscription_item_details": { "proration": true } } },
        { "period": { "start": 10, "end": 20 }, "parent": { "subscription_item_details": { "proration": false } } },
    ] });
    let mut older = common;
    older["subscription"] = json!({ "id": "sub_1", "object": "subscription" });
    older["payment_intent"] = json!("pi_1");
    older["lines"] = json!({ "data": [
        { "type": "invoiceitem", "period": { "start": 1, "end": 99 } },
        { "type": "subscription", "period": { "start": 10, "end": 20 } },
    ] });
    for body in [newer, older] {
        let read = invoice(&body).await;
        assert_eq!(read.stripe_subscription_id.as_deref(), Some("sub_1"));
        assert_eq!(read.stripe_customer_id.as_deref(), Some("cus_1"));
        assert_eq!(read.payment_intent_id.as_deref(), Some("pi_1"));
        assert_eq!(read.period, Some((at(10), at(20))));
        assert_eq!(read.reason, BillingReason::SubscriptionCycle);
        assert_eq!((read.total, read.paid, read.paid_at), (euro(1450), euro(1450), Some(at(6))));
        assert!(read.is_paid() && !read.is_failing());
    }
}

#[tokio::test]
async fn an_open_invoice_is_failing_once_a_charge_was_tried() {
    let open = |attempts: u32| json!({ "id": "in_1", "created": 5, "currency": "eur", "status": "open", "attempt_count": attempts, "next_payment_attempt": 9, "total": 1 });
    assert!(!invoice(&open(0)).await.is_failing());
    let tried = invoice(&open(2)).await;
    assert!(tried.is_failing() && !tried.is_paid());
    assert_eq!((tried.attempts, tried.next_attempt_at), (2, Some(at(9))));
}

#[tokio::test]
async fn a_checkout_brings_its_subscription_and_invoice_in_full() {
    let body = json!({
        "id": "cs_1", "created": 5, "expires_at": 9, "status": "complete", "payment_status": "paid", "amount_total": 1450,
        "currency": "eur", "metadata": { "perennial_checkout": id::<CheckoutId>(7).to_string() },
        "subscription": { "id": "sub_1", "status": "active", "current_period_start": 10, "current_period_end": 20 },
        "invoice": { "id": "in_1", "created": 5, "currency": "eur", "status": "paid", "total": 1450 },
    });
    let read = session(&body).await.unwrap();
    assert_eq!(read.checkout_id, Some(id(7)));
    assert_eq!(
        (read.status, read.is_paid, read.total),
        (CheckoutSessionStatus::Complete, true, Some(euro(1450)))
    );
    assert_eq!(read.subscription.unwrap().id, "sub_1");
    assert_eq!(read.invoice.unwrap().id, "in_1");

    let mut bare = body;
    bare["subscription"] = json!("sub_1");
    assert!(
        matches!(session(&bare).await, Err(PaymentsError::Nonsense(_))),
        "an id alone is not the subscription"
    );
}

#[tokio::test]
async fn a_session_of_another_program_is_none_of_ours() {
    let body = json!({
        "id": "cs_1", "created": 5, "expires_at": 9, "status": "complete", "payment_status": "no_payment_required",
        "client_reference_id": "basket 12", "metadata": { "perennial_checkout": "usr_0000000000000000000001" }
    });
    let read = session(&body).await.unwrap();
    assert_eq!((read.checkout_id, read.is_paid, read.total), (None, true, None));
}

#[tokio::test]
async fn one_unreadable_session_does_not_hide_the_others_from_a_sweep() {
    let good = json!({ "id": "cs_1", "created": 5, "expires_at": 9, "status": "complete", "payment_status": "paid" });
    let odd = json!({ "id": "cs_2", "created": 5, "expires_at": 9, "status": "complete", "payment_status": "in_livestock" });
    let none = ok(&json!({ "data": [], "has_more": false }));
    let script = Script::of([ok(&json!({ "data": [odd, good], "has_more": false })), none]);
    let found = script.account().finished_checkouts(at(0)).await.unwrap();
    assert_eq!(found.into_iter().map(|session| session.id).collect::<Vec<_>>(), ["cs_1"]);
}

#[tokio::test]
async fn invoices_come_oldest_first_and_all_or_none() {
    let paid = |id: &str| json!({ "id": id, "created": 5, "currency": "eur", "status": "paid", "total": 1 });
    let script = Script::of([ok(&json!({ "data": [paid("in_2"), paid("in_1")], "has_more": false }))]);
    let found = script.account().invoices("sub_1", None).await.unwrap();
    assert_eq!(found.into_iter().map(|invoice| invoice.id).collect::<Vec<_>>(), ["in_1", "in_2"]);

    let script = Script::of([ok(&json!({ "data": [paid("in_2"), { "id": "in_1" }], "has_more": false }))]);
    assert!(matches!(script.account().invoices("sub_1", None).await, Err(PaymentsError::Nonsense(_))));
}

async fn discount(code: Value) -> Option<Discount> {
    Script::of([ok(&json!({ "data": [code] }))]).account().find_discount("WELCOME").await.unwrap()
}

#[tokio::test]
async fn a_discount_is_read_from_either_place_of_its_coupon() {
    let share = json!({ "id": "c", "valid": true, "percent_off": 33.33 });
    let expected = Some(Discount {
        stripe_promotion_code_id: "promo_1".to_owned(),
        rebate: Rebate::Share(3333),
        duration: DiscountDuration::Once,
        minimum: None,
        stripe_product_ids: Vec::new(),
    });
    assert_eq!(
        discount(json!({ "id": "promo_1", "active": true, "promotion": { "coupon": share } })).await,
        expected
    );
    assert_eq!(discount(json!({ "id": "promo_1", "active": true, "coupon": share })).await, expected);

    let amount = json!({ "id": "c", "valid": true, "amount_off": 500, "currency": "eur" });
    let found = discount(json!({ "id": "promo_1", "active": true, "coupon": amount })).await.unwrap();
    assert_eq!(found.rebate, Rebate::Amount(euro(500)));

    let some =
        json!({ "id": "c", "valid": true, "percent_off": 5, "applies_to": { "products": ["prod_1"] } });
    let found = discount(json!({ "id": "promo_1", "active": true, "promotion": { "coupon": some } })).await;
    assert_eq!(found.unwrap().stripe_product_ids, ["prod_1"]);
}

#[tokio::test]
async fn a_discount_says_how_long_it_counts_and_for_which_orders() {
    let found = async |duration: Value, restrictions: Value| {
        let mut coupon = json!({ "id": "c", "valid": true, "percent_off": 10.0 });
        for (key, value) in duration.as_object().unwrap() {
            coupon[key] = value.clone();
        }
        let code = json!({ "id": "promo_1", "active": true, "coupon": coupon, "restrictions": restrictions });
        discount(code).await.unwrap()
    };
    let forever = found(json!({ "duration": "forever" }), json!({})).await;
    assert_eq!((forever.duration, forever.minimum), (DiscountDuration::Forever, None));
    let minimum = json!({ "minimum_amount": 2000, "minimum_amount_currency": "eur" });
    let quarter = found(json!({ "duration": "repeating", "duration_in_months": 3 }), minimum).await;
    assert_eq!((quarter.duration, quarter.minimum), (DiscountDuration::Months(3), Some(euro(2000))));
}

#[tokio::test]
async fn a_code_that_is_over_or_reserved_is_no_discount() {
    let coupon = |valid: bool| json!({ "id": "c", "valid": valid, "percent_off": 10.0 });
    assert_eq!(discount(json!({ "id": "promo_1", "active": true, "coupon": coupon(false) })).await, None);
    assert_eq!(discount(json!({ "id": "promo_1", "active": false, "coupon": coupon(true) })).await, None);
    let reserved = json!({ "id": "promo_1", "active": true, "customer": "cus_9", "coupon": coupon(true) });
    assert_eq!(discount(reserved).await, None);
}

async fn money_back(answers: &[serde_json::Value]) -> MoneyBack {
    Script::of(answers.iter().map(ok)).account().money_back("pi_1").await.unwrap()
}

#[tokio::test]
async fn refunds_are_read_from_the_charge_that_took_the_money() {
    let charge = json!({ "id": "ch_1", "created": 5, "amount_refunded": 450 });
    let refunded = json!({ "id": "pi_1", "status": "succeeded", "latest_charge": charge });
    assert_eq!(money_back(&[refunded]).await, MoneyBack { refunded_minor: 450, dispute: None });
    let uncharged = json!({ "id": "pi_1", "status": "canceled", "latest_charge": null });
    assert_eq!(money_back(&[uncharged]).await, MoneyBack { refunded_minor: 0, dispute: None });
}

#[tokio::test]
async fn a_dispute_counts_once_the_bank_has_taken_the_money() {
    let charge = json!({ "id": "ch_1", "created": 5, "amount_refunded": 0, "disputed": true });
    let disputed = json!({ "id": "pi_1", "status": "succeeded", "latest_charge": charge });
    for (status, dispute) in [
        ("needs_response", Some(DisputeStanding::Open)),
        ("under_review", Some(DisputeStanding::Open)),
        ("won", Some(DisputeStanding::Won)),
        ("lost", Some(DisputeStanding::Lost)),
        ("warning_needs_response", None),
    ] {
        let found = json!({ "data": [{ "id": "du_1", "status": status }] });
        assert_eq!(money_back(&[disputed.clone(), found]).await.dispute, dispute, "{status}");
    }
}

#[tokio::test]
async fn an_attempt_tells_what_it_waits_for() {
    let error = |code: &str| json!({ "code": "card_declined", "decline_code": code, "message": "No.", "payment_method": { "id": "pm_1" } });
    let action = json!({ "type": "redirect_to_url", "redirect_to_url": { "url": "https://bank.test/" } });
    let confirm =
        |bank_url: Option<&str>| AttemptState::NeedsConfirmation { bank_url: bank_url.map(str::to_owned) };
    let declined = |code: &str| json!({ "id": "pi_1", "status": "requires_payment_method", "last_payment_error": error(code) });
    let cases = [
        (json!({ "id": "pi_1", "status": "succeeded" }), AttemptState::Succeeded, None),
        (json!({ "id": "pi_1", "status": "processing" }), AttemptState::Processing, None),
        (json!({ "id": "pi_1", "status": "canceled" }), AttemptState::Canceled, None),
        (
            json!({ "id": "pi_1", "status": "requires_action", "next_action": action }),
            confirm(Some("https://bank.test/")),
            None,
        ),
        (declined("insufficient_funds"), AttemptState::NeedsPaymentMethod, Some(false)),
        (declined("stolen_card"), AttemptState::NeedsPaymentMethod, Some(true)),
        (declined("authentication_required"), confirm(None), Some(false)),
    ];
    for (body, state, is_final) in cases {
        let attempt = Script::of([ok(&body)]).account().payment_attempt("pi_1").await.unwrap();
        assert_eq!(attempt.state, state, "{body}");
        assert_eq!(attempt.failure.map(|failure| failure.is_final), is_final, "{body}");
    }
}

#[tokio::test]
async fn cards_are_read_without_anything_that_could_charge_them() {
    let list = json!({ "data": [
        { "id": "pm_2", "created": 6, "card": { "brand": "visa", "last4": "4242", "exp_month": 8, "exp_year": 2034, "wallet": { "type": "apple_pay" } } },
        { "id": "pm_1", "created": 5, "card": { "brand": "cartes_bancaires", "last4": "0001", "exp_month": 9, "exp_year": 2033, "wallet": null } },
    ] });
    let customer = json!({ "id": "cus_1", "invoice_settings": { "default_payment_method": null } });
    let subscriptions = json!({ "data": [
        { "id": "sub_2", "default_payment_method": null },
        { "id": "sub_1", "default_payment_method": "pm_1" },
    ] });
    let kept =
        Script::of([ok(&list), ok(&customer), ok(&subscriptions)]).account().cards("cus_1").await.unwrap();
    let seen = kept.cards.iter().map(|kept| (kept.card.kind, kept.card.brand)).collect::<Vec<_>>();
    assert_eq!(
        seen,
        [(PaymentMethodKind::ApplePay, CardBrand::Visa), (PaymentMethodKind::Card, CardBrand::Unknown)]
    );
    assert_eq!(kept.default.as_deref(), Some("pm_1"));
}

#[tokio::test]
async fn stripes_own_examples_can_be_read() {
    assert_eq!(subscription(&object("subscription")).await.unwrap().id, object("subscription")["id"]);
    assert_eq!(invoice(&object("invoice")).await.total.amount_minor, 1000);
    assert_eq!(session(&object("checkout.session")).await.unwrap().status, CheckoutSessionStatus::Open);
    let mut code = object("promotion_code");
    code["active"] = json!(true);
    code["promotion"]["coupon"] = object("coupon");
    assert!(discount(code).await.is_some());
}
