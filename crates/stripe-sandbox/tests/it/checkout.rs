//! Checkout Sessions, paid through what the page calls.

use serde_json::Value;
use stripe_sandbox::checkout::{ChallengeOutcome, CheckoutState, PayInput, PayOutcome, PromotionOutcome};

use crate::support::{DAY, NOON, Stripe};

fn card(number: &str) -> PayInput {
    PayInput {
        email: "ada@example.test".to_owned(),
        name: "Ada Lovelace".to_owned(),
        card_number: number.to_owned(),
        exp_month: 12,
        exp_year: 34,
        cvc: "123".to_owned(),
        ..PayInput::default()
    }
}

const VISA: &str = "4242 4242 4242 4242";

async fn subscription_session(stripe: &Stripe, more: &str) -> String {
    let price = stripe.monthly_price().await;
    let form = format!(
        "mode=subscription&line_items[0][price]={price}&line_items[0][quantity]=1\
         &success_url=https://shop.test/done?session={{CHECKOUT_SESSION_ID}}&cancel_url=https://shop.test/back{more}"
    );
    stripe.make("/v1/checkout/sessions", &form).await.id()
}

#[tokio::test]
async fn a_paid_subscription_session_leaves_everything_that_stripe_leaves() {
    let stripe = Stripe::new();
    let id = subscription_session(&stripe, "&subscription_data[metadata][order]=7&metadata[ref]=x").await;

    let outcome = stripe.sandbox.pay(&id, card(VISA)).await.unwrap().unwrap();
    let expected = PayOutcome::Paid { redirect: Some(format!("https://shop.test/done?session={id}")) };
    assert_eq!(outcome, expected);

    let path = format!(
        "/v1/checkout/sessions/{id}?expand[]=subscription.latest_invoice.payments&expand[]=customer&expand[]=line_items"
    );
    let session = stripe.get(&path).await;
    assert_eq!(session.text("/status"), "complete");
    assert_eq!(session.text("/payment_status"), "paid");
    assert_eq!(session.body["url"], Value::Null);
    assert_eq!(session.body["payment_intent"], Value::Null);
    assert_eq!(session.text("/customer/email"), "ada@example.test");
    assert_eq!(session.body["line_items"]["data"][0]["amount_total"], 1450);
    let subscription = &session.body["subscription"];
    assert_eq!(subscription["status"], "active");
    assert_eq!(subscription["metadata"]["order"], "7");
    assert!(subscription["default_payment_method"].is_string());
    assert_eq!(subscription["items"]["data"][0]["price"]["unit_amount"], 1450);
    assert_eq!(subscription["items"]["data"][0]["current_period_end"], NOON + 31 * DAY);
    let invoice = &subscription["latest_invoice"];
    assert_eq!(invoice["status"], "paid");
    assert_eq!(invoice["billing_reason"], "subscription_create");
    assert_eq!(invoice["parent"]["subscription_details"]["subscription"], subscription["id"]);
    let intent = invoice["payments"]["data"][0]["payment"]["payment_intent"].as_str().unwrap();
    let intent = stripe.get(&format!("/v1/payment_intents/{intent}?expand[]=latest_charge")).await;
    assert_eq!(intent.text("/status"), "succeeded");
    assert_eq!(intent.text("/latest_charge/payment_method_details/card/last4"), "4242");
    let types = stripe.event_types().await;
    for expected in ["customer.created", "customer.subscription.created", "charge.succeeded", "invoice.paid"]
    {
        assert_eq!(types.iter().filter(|found| *found == expected).count(), 1, "{expected} in {types:?}");
    }
    assert_eq!(types.last().unwrap(), "checkout.session.completed");
}

#[tokio::test]
async fn a_declined_card_leaves_the_session_open_for_another_one() {
    let stripe = Stripe::new();
    let id = subscription_session(&stripe, "").await;
    let outcome = stripe.sandbox.pay(&id, card("4000000000009995")).await.unwrap().unwrap();
    let PayOutcome::Declined { code, decline_code, .. } = outcome else { panic!("{outcome:?}") };
    assert_eq!((code.as_str(), decline_code.as_deref()), ("card_declined", Some("insufficient_funds")));
    assert_eq!(stripe.get("/v1/subscriptions?status=all").await.body["data"].as_array().unwrap().len(), 0);
    assert_eq!(stripe.get("/v1/customers").await.body["data"].as_array().unwrap().len(), 0);

    let outcome = stripe.sandbox.pay(&id, card(VISA)).await.unwrap().unwrap();
    assert!(matches!(outcome, PayOutcome::Paid { .. }), "{outcome:?}");
    let outcome = stripe.sandbox.pay(&id, card(VISA)).await.unwrap().unwrap();
    assert!(matches!(outcome, PayOutcome::Closed { state: CheckoutState::Complete, .. }), "{outcome:?}");
    assert_eq!(stripe.get("/v1/charges").await.body["data"].as_array().unwrap().len(), 2);
}

#[tokio::test]
async fn a_mistyped_card_is_refused_and_named() {
    let stripe = Stripe::new();
    let id = subscription_session(&stripe, "").await;
    let mistakes = [
        (card("4242424242424241"), "incorrect_number", "number"),
        (PayInput { exp_year: 20, ..card(VISA) }, "invalid_expiry_year", "exp_year"),
        (PayInput { exp_month: 13, ..card(VISA) }, "invalid_expiry_month", "exp_month"),
        (PayInput { cvc: "12".to_owned(), ..card(VISA) }, "invalid_cvc", "cvc"),
        (PayInput { email: "nobody".to_owned(), ..card(VISA) }, "email_invalid", "email"),
    ];
    for (input, expected, about) in mistakes {
        let outcome = stripe.sandbox.pay(&id, input).await.unwrap().unwrap();
        let PayOutcome::Declined { code, param, .. } = outcome else { panic!("{outcome:?}") };
        assert_eq!((code.as_str(), param.as_deref().unwrap_or("")), (expected, about));
    }
    assert!(stripe.get("/v1/payment_methods").await.body["data"].as_array().unwrap().is_empty());
}

#[tokio::test]
async fn a_passed_challenge_completes_the_session_and_a_failed_one_does_not() {
    let stripe = Stripe::new();
    let id = subscription_session(&stripe, "").await;
    for approve in [false, true] {
        let outcome = stripe.sandbox.pay(&id, card("4000002760003184")).await.unwrap().unwrap();
        let PayOutcome::ChallengeRequired { intent_id } = outcome else { panic!("{outcome:?}") };
        let view = stripe.sandbox.challenge_view(&intent_id).await.unwrap().unwrap();
        assert_eq!((view.pending, view.amount, view.last4.as_str()), (true, Some(1450), "3184"));
        let answered = stripe.sandbox.complete_challenge(&intent_id, approve).await.unwrap().unwrap();
        let status = stripe.get(&format!("/v1/checkout/sessions/{id}")).await.text("/status").to_owned();
        if approve {
            assert!(matches!(answered, ChallengeOutcome::Continue { redirect: Some(_) }), "{answered:?}");
            assert_eq!(status, "complete");
        } else {
            assert!(matches!(answered, ChallengeOutcome::Failed { .. }), "{answered:?}");
            assert_eq!(status, "open");
        }
    }
}

#[tokio::test]
async fn a_session_expires_by_the_clock_and_takes_no_money_after() {
    let stripe = Stripe::new();
    let id = subscription_session(&stripe, &format!("&expires_at={}", NOON + 3_600)).await;
    stripe.advance(3_601).await;
    let outcome = stripe.sandbox.pay(&id, card(VISA)).await.unwrap().unwrap();
    assert_eq!(outcome, PayOutcome::Closed { state: CheckoutState::Expired, redirect: None });
    assert_eq!(stripe.event_types().await.last().unwrap(), "checkout.session.expired");
}

#[tokio::test]
async fn a_session_lives_for_a_day_and_not_a_second_longer() {
    const DAY: i64 = 24 * 3_600;
    let stripe = Stripe::new();
    for asked in [String::new(), format!("&expires_at={}", NOON + DAY)] {
        let id = subscription_session(&stripe, &asked).await;
        let session = stripe.get(&format!("/v1/checkout/sessions/{id}")).await;
        assert_eq!(session.body["expires_at"], NOON + DAY, "{asked}");
    }
    let price = stripe.monthly_price().await;
    let form = format!(
        "mode=subscription&line_items[0][price]={price}&line_items[0][quantity]=1&success_url=https://shop.test/done&expires_at={}",
        NOON + DAY + 1
    );
    let refused = stripe.post("/v1/checkout/sessions", &form).await;
    assert_eq!((refused.status.as_u16(), refused.text("/error/param")), (400, "expires_at"));
}

#[tokio::test]
async fn a_promotion_code_lowers_the_first_invoice() {
    let stripe = Stripe::new();
    let coupon = stripe.make("/v1/coupons", "percent_off=20&duration=once&name=Spring").await.id();
    stripe
        .make(
            "/v1/promotion_codes",
            &format!("promotion[type]=coupon&promotion[coupon]={coupon}&code=SPRING20"),
        )
        .await;
    let id = subscription_session(&stripe, "&allow_promotion_codes=true").await;
    let refused = stripe.sandbox.apply_promotion_code(&id, "WINTER").await.unwrap().unwrap();
    assert!(matches!(refused, PromotionOutcome::Refused { .. }));
    assert_eq!(
        stripe.sandbox.apply_promotion_code(&id, "spring20").await.unwrap(),
        Some(PromotionOutcome::Applied)
    );
    let view = stripe.sandbox.checkout_view(&id).await.unwrap().unwrap();
    assert_eq!((view.subtotal, view.discount_total, view.total), (1450, 290, 1160));

    stripe.sandbox.pay(&id, card(VISA)).await.unwrap();
    let invoices = stripe.get("/v1/invoices").await;
    assert_eq!(invoices.body["data"][0]["amount_paid"], 1160);
    stripe.advance(31 * DAY).await;
    let invoices = stripe.get("/v1/invoices").await;
    assert_eq!(invoices.body["data"][0]["amount_paid"], 1450);
    assert_eq!(stripe.get(&format!("/v1/coupons/{coupon}")).await.body["times_redeemed"], 1);
}

#[tokio::test]
async fn a_code_that_asks_for_more_is_refused_as_it_is_given() {
    let stripe = Stripe::new();
    let coupon = stripe.make("/v1/coupons", "percent_off=20&duration=once").await.id();
    let customer = stripe.customer_with("pm_card_visa").await;
    let code = async |name: &str, restriction: &str| {
        stripe.make("/v1/promotion_codes", &format!("coupon={coupon}&code={name}&{restriction}")).await.id()
    };
    let large = "restrictions[minimum_amount]=1451&restrictions[minimum_amount_currency]=eur";
    let enough = "restrictions[minimum_amount]=1450&restrictions[minimum_amount_currency]=eur";
    let (large, enough) = (code("LARGE", large).await, code("ENOUGH", enough).await);
    let first = code("FIRST", "restrictions[first_time_transaction]=true").await;
    let price = stripe.monthly_price().await;
    let open = async |code: &str| {
        let form = format!(
            "mode=subscription&line_items[0][price]={price}&line_items[0][quantity]=1&customer={customer}\
             &success_url=https://example.com/done&discounts[0][promotion_code]={code}"
        );
        stripe.post("/v1/checkout/sessions", &form).await
    };
    let refused = open(&large).await;
    assert_eq!(refused.status.as_u16(), 400);
    assert_eq!(refused.text("/error/param"), "discounts[0][promotion_code]");
    assert_eq!(open(&enough).await.status.as_u16(), 200);
    let opened = open(&first).await;
    assert_eq!((opened.status.as_u16(), opened.body["amount_total"].as_i64()), (200, Some(1160)));
    stripe.sandbox.pay(opened.text("/id"), card(VISA)).await.unwrap();
    assert_eq!(open(&first).await.status.as_u16(), 400, "it was paid for before");
}

#[tokio::test]
async fn a_trial_charges_nothing_until_it_ends() {
    let stripe = Stripe::new();
    let id = subscription_session(&stripe, "&subscription_data[trial_period_days]=7").await;
    stripe.sandbox.pay(&id, card(VISA)).await.unwrap();
    let session = stripe.get(&format!("/v1/checkout/sessions/{id}?expand[]=subscription")).await;
    assert_eq!(session.text("/payment_status"), "no_payment_required");
    assert_eq!(session.text("/subscription/status"), "trialing");
    assert_eq!(stripe.get("/v1/charges").await.body["data"].as_array().unwrap().len(), 0);
    stripe.advance(7 * DAY).await;
    let path = format!("/v1/subscriptions/{}?expand[]=latest_invoice", session.text("/subscription/id"));
    let renewed = stripe.get(&path).await;
    assert_eq!(renewed.text("/status"), "active");
    assert_eq!(renewed.body["latest_invoice"]["amount_paid"], 1450);
}

#[tokio::test]
async fn setup_mode_keeps_a_card_and_charges_nothing() {
    let stripe = Stripe::new();
    let customer = stripe.make("/v1/customers", "email=ada@example.test").await.id();
    let form = format!("mode=setup&currency=eur&customer={customer}&success_url=https://shop.test/done");
    let session = stripe.make("/v1/checkout/sessions", &form).await;
    assert!(session.text("/setup_intent").starts_with("seti_"));
    let outcome = stripe.sandbox.pay(&session.id(), card("4000000000000341")).await.unwrap().unwrap();
    assert!(matches!(outcome, PayOutcome::Paid { .. }), "{outcome:?}");
    let methods = stripe.get(&format!("/v1/customers/{customer}/payment_methods")).await;
    assert_eq!(methods.body["data"][0]["card"]["last4"], "0341");
    let view = stripe.sandbox.checkout_view(&session.id()).await.unwrap().unwrap();
    assert_eq!(
        (view.state, view.email_editable, view.saved_cards.len()),
        (CheckoutState::Complete, false, 0)
    );
}

#[tokio::test]
async fn a_customer_without_an_address_keeps_the_one_that_was_typed_and_is_not_asked_again() {
    let stripe = Stripe::new();
    let customer = stripe.make("/v1/customers", "name=Quills").await.id();
    let form = format!("mode=setup&currency=eur&customer={customer}&success_url=https://shop.test/done");
    let view = async || {
        let session = stripe.make("/v1/checkout/sessions", &form).await.id();
        (stripe.sandbox.checkout_view(&session).await.unwrap().unwrap(), session)
    };
    let (asking, session) = view().await;
    assert_eq!((asking.email, asking.email_editable), (None, true));
    stripe.sandbox.pay(&session, card(VISA)).await.unwrap().unwrap();
    let (known, _) = view().await;
    assert_eq!((known.email.as_deref(), known.email_editable), (Some("ada@example.test"), false));
}

#[tokio::test]
async fn payment_mode_can_make_an_invoice() {
    let stripe = Stripe::new();
    let form = "mode=payment&line_items[0][quantity]=2&line_items[0][price_data][currency]=eur\
                &line_items[0][price_data][unit_amount]=500&line_items[0][price_data][product_data][name]=Sim\
                &invoice_creation[enabled]=true&success_url=https://shop.test/done&payment_intent_data[metadata][a]=b";
    let id = stripe.make("/v1/checkout/sessions", form).await.id();
    stripe.sandbox.pay(&id, card(VISA)).await.unwrap();
    let session =
        stripe.get(&format!("/v1/checkout/sessions/{id}?expand[]=payment_intent&expand[]=invoice")).await;
    assert_eq!(session.body["payment_intent"]["amount_received"], 1000);
    assert_eq!(session.text("/payment_intent/metadata/a"), "b");
    assert_eq!(session.text("/invoice/status"), "paid");
    assert!(session.text("/customer").starts_with("cus_"));
}

#[tokio::test]
async fn a_session_that_makes_no_sense_is_refused() {
    let stripe = Stripe::new();
    let price = stripe.monthly_price().await;
    let done = "success_url=https://shop.test/done";
    let line = format!("line_items[0][price]={price}&line_items[0][quantity]=1");
    let cases = [
        (format!("mode=payment&{line}&{done}"), "line_items[0][price]"),
        (format!("mode=subscription&{line}"), "success_url"),
        (format!("mode=subscription&{done}"), "line_items"),
        (format!("mode=subscription&{line}&{done}&ui_mode=embedded_page"), "success_url"),
        (format!("mode=subscription&{line}&{done}&customer=cus_none"), "customer"),
        (
            format!("mode=subscription&{line}&{done}&payment_intent_data[description]=x"),
            "payment_intent_data",
        ),
        (format!("mode=subscription&{line}&{done}&expires_at={}", NOON + 60), "expires_at"),
        (format!("mode=subscription&{line}&success_url=javascript:alert(1)"), "success_url"),
    ];
    for (form, param) in cases {
        let answer = stripe.post("/v1/checkout/sessions", &form).await;
        assert_eq!((answer.status.as_u16(), answer.text("/error/param")), (400, param), "{form}");
    }
    stripe.make(&format!("/v1/prices/{price}"), "active=false").await;
    let answer = stripe.post("/v1/checkout/sessions", &format!("mode=subscription&{line}&{done}")).await;
    assert_eq!(answer.text("/error/code"), "price_inactive");
}

#[tokio::test]
async fn a_challenge_for_an_older_total_no_longer_counts() {
    let stripe = Stripe::new();
    let coupon = stripe.make("/v1/coupons", "amount_off=450&currency=eur").await.id();
    stripe.make("/v1/promotion_codes", &format!("coupon={coupon}&code=LESS")).await;
    let id = subscription_session(&stripe, "&allow_promotion_codes=true").await;
    let outcome = stripe.sandbox.pay(&id, card("4000002760003184")).await.unwrap().unwrap();
    let PayOutcome::ChallengeRequired { intent_id } = outcome else { panic!("{outcome:?}") };
    stripe.sandbox.apply_promotion_code(&id, "LESS").await.unwrap();
    let answered = stripe.sandbox.complete_challenge(&intent_id, true).await.unwrap().unwrap();
    assert!(matches!(answered, ChallengeOutcome::Settled { .. }), "{answered:?}");
    stripe.sandbox.pay(&id, card(VISA)).await.unwrap();
    assert_eq!(stripe.get("/v1/charges").await.body["data"][0]["amount"], 1000);
}

#[tokio::test]
async fn a_saved_card_pays_again_without_being_typed() {
    let stripe = Stripe::new();
    let customer = stripe.customer_with("pm_card_mastercard").await;
    let id = subscription_session(&stripe, &format!("&customer={customer}")).await;
    let view = stripe.sandbox.checkout_view(&id).await.unwrap().unwrap();
    let saved = view.saved_cards[0].payment_method.clone();
    let input = PayInput { saved_card: Some(saved.clone()), ..PayInput::default() };
    let strangers = stripe.make("/v1/payment_methods", "type=card&card[token]=tok_visa").await.id();
    let refused = PayInput { saved_card: Some(strangers), ..PayInput::default() };
    let refused = stripe.sandbox.pay(&id, refused).await.unwrap().unwrap();
    assert!(matches!(refused, PayOutcome::Declined { .. }), "{refused:?}");
    let paid = stripe.sandbox.pay(&id, input).await.unwrap().unwrap();
    assert!(matches!(paid, PayOutcome::Paid { .. }), "{paid:?}");
    let session = stripe.get(&format!("/v1/checkout/sessions/{id}?expand[]=subscription")).await;
    assert_eq!(session.text("/subscription/default_payment_method"), saved);
    assert_eq!(session.text("/customer"), customer);
}

#[tokio::test]
async fn a_free_order_needs_no_card_when_the_session_says_so() {
    let stripe = Stripe::new();
    let coupon = stripe.make("/v1/coupons", "percent_off=100&duration=forever").await.id();
    let more = format!("&discounts[0][coupon]={coupon}&payment_method_collection=if_required");
    let id = subscription_session(&stripe, &more).await;
    let view = stripe.sandbox.checkout_view(&id).await.unwrap().unwrap();
    assert_eq!((view.total, view.card_required), (0, false));
    let input = PayInput { email: "ada@example.test".to_owned(), ..PayInput::default() };
    let outcome = stripe.sandbox.pay(&id, input).await.unwrap().unwrap();
    assert!(matches!(outcome, PayOutcome::Paid { .. }), "{outcome:?}");
    let session =
        stripe.get(&format!("/v1/checkout/sessions/{id}?expand[]=subscription.latest_invoice")).await;
    assert_eq!(session.text("/subscription/status"), "active");
    assert_eq!(session.text("/subscription/latest_invoice/status"), "paid");
    assert!(stripe.get("/v1/charges").await.body["data"].as_array().unwrap().is_empty());
}
