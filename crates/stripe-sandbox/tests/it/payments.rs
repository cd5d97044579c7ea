//! Payment intents, setup intents and refunds, with each of the cards.

use axum::http::StatusCode;
use serde_json::Value;
use stripe_sandbox::checkout::ChallengeOutcome;

use crate::support::{Answer, Stripe};

async fn pay(stripe: &Stripe, method: &str, more: &str) -> Answer {
    let form = format!("amount=1450&currency=eur&confirm=true&payment_method={method}{more}");
    stripe.post("/v1/payment_intents", &form).await
}

#[tokio::test]
async fn every_refused_card_answers_with_stripes_own_codes() {
    let stripe = Stripe::new();
    let cards = [
        ("pm_card_chargeDeclined", "card_declined", "generic_decline"),
        ("pm_card_visa_chargeDeclinedInsufficientFunds", "card_declined", "insufficient_funds"),
        ("pm_card_visa_chargeDeclinedLostCard", "card_declined", "lost_card"),
        ("pm_card_visa_chargeDeclinedStolenCard", "card_declined", "stolen_card"),
        ("pm_card_chargeDeclinedExpiredCard", "expired_card", "expired_card"),
        ("pm_card_chargeDeclinedIncorrectCvc", "incorrect_cvc", "incorrect_cvc"),
        ("pm_card_chargeDeclinedProcessingError", "processing_error", "processing_error"),
    ];
    for (method, code, decline_code) in cards {
        let answer = pay(&stripe, method, "").await;
        assert_eq!(answer.status, StatusCode::PAYMENT_REQUIRED, "{method}");
        assert_eq!(answer.text("/error/type"), "card_error");
        assert_eq!((answer.text("/error/code"), answer.text("/error/decline_code")), (code, decline_code));
        assert_eq!(answer.text("/error/payment_intent/status"), "requires_payment_method");
        let kept =
            stripe.get(&format!("/v1/payment_intents/{}", answer.text("/error/payment_intent/id"))).await;
        assert_eq!(kept.text("/last_payment_error/code"), code);
    }
    let failed = stripe.get("/v1/events?type=charge.failed").await;
    assert_eq!(failed.body["data"].as_array().unwrap().len(), cards.len());
}

#[tokio::test]
async fn brands_are_told_apart() {
    let stripe = Stripe::new();
    for (method, brand, last4) in [
        ("pm_card_visa", "visa", "4242"),
        ("pm_card_mastercard", "mastercard", "4444"),
        ("pm_card_amex", "amex", "0005"),
        ("pm_card_discover", "discover", "1117"),
    ] {
        let paid = pay(&stripe, method, "&expand[]=latest_charge").await;
        assert_eq!(paid.text("/status"), "succeeded");
        assert_eq!(paid.text("/latest_charge/payment_method_details/card/brand"), brand);
        assert_eq!(paid.text("/latest_charge/payment_method_details/card/last4"), last4);
    }
}

#[tokio::test]
async fn a_challenge_leads_out_and_back() {
    let stripe = Stripe::new();
    let intent =
        pay(&stripe, "pm_card_authenticationRequired", "&return_url=https://shop.test/back?a=1").await;
    assert_eq!(intent.text("/status"), "requires_action");
    let url = intent.text("/next_action/redirect_to_url/url");
    assert_eq!(url, format!("http://sandbox.test/3ds/{}", intent.id()));
    let answered = stripe.sandbox.complete_challenge(&intent.id(), true).await.unwrap().unwrap();
    let ChallengeOutcome::Continue { redirect: Some(redirect) } = answered else { panic!("{answered:?}") };
    assert!(redirect.starts_with("https://shop.test/back?a=1&payment_intent=pi_"), "{redirect}");
    assert!(redirect.ends_with("redirect_status=succeeded"), "{redirect}");
    let paid = stripe.get(&format!("/v1/payment_intents/{}", intent.id())).await;
    assert_eq!((paid.text("/status"), &paid.body["next_action"]), ("succeeded", &Value::Null));
    let again = stripe.sandbox.complete_challenge(&intent.id(), true).await.unwrap().unwrap();
    assert!(matches!(again, ChallengeOutcome::Settled { .. }), "{again:?}");
}

#[tokio::test]
async fn a_bank_that_wants_to_ask_refuses_a_customer_who_is_away() {
    let stripe = Stripe::new();
    let customer = stripe.make("/v1/customers", "name=Ada").await.id();
    let form =
        format!("confirm=true&payment_method=pm_card_authenticationRequiredOnSetup&customer={customer}");
    let setup = stripe.make("/v1/setup_intents", &form).await;
    let method = setup.text("/payment_method").to_owned();
    let away = format!("&off_session=true&customer={customer}");
    assert_eq!(setup.text("/status"), "requires_action");
    let refused = pay(&stripe, "pm_card_authenticationRequired", &away).await;
    assert_eq!(refused.text("/error/code"), "authentication_required");
    stripe.sandbox.complete_challenge(&setup.id(), true).await.unwrap();
    let paid = pay(&stripe, &method, &away).await;
    assert_eq!(paid.text("/status"), "succeeded");
}

#[tokio::test]
async fn money_can_be_held_and_captured_in_part() {
    let stripe = Stripe::new();
    let held = pay(&stripe, "pm_card_visa", "&capture_method=manual").await;
    assert_eq!((held.text("/status"), &held.body["amount_capturable"]), ("requires_capture", &1450.into()));
    let path = format!("/v1/payment_intents/{}/capture", held.id());
    assert_eq!(stripe.post(&path, "amount_to_capture=1451").await.status, StatusCode::BAD_REQUEST);
    let captured = stripe.make(&path, "amount_to_capture=1000").await;
    assert_eq!((captured.text("/status"), &captured.body["amount_received"]), ("succeeded", &1000.into()));
}

#[tokio::test]
async fn refunds_add_up_to_the_charge_and_no_further() {
    let stripe = Stripe::new();
    let intent = pay(&stripe, "pm_card_visa", "").await;
    let part = stripe.make("/v1/refunds", &format!("payment_intent={}&amount=450", intent.id())).await;
    assert_eq!(part.text("/status"), "succeeded");
    let charge = format!("/v1/charges/{}", part.text("/charge"));
    let shown = stripe.get(&format!("{charge}?expand[]=refunds")).await;
    assert_eq!((&shown.body["amount_refunded"], &shown.body["refunded"]), (&450.into(), &false.into()));
    assert_eq!(shown.body["refunds"]["data"].as_array().unwrap().len(), 1);
    let too_much = stripe.post("/v1/refunds", &format!("payment_intent={}&amount=1001", intent.id())).await;
    assert_eq!(too_much.status, StatusCode::BAD_REQUEST);
    stripe.make("/v1/refunds", &format!("payment_intent={}", intent.id())).await;
    assert_eq!(stripe.get(&charge).await.body["refunded"], true);
    let again = stripe.post("/v1/refunds", &format!("payment_intent={}", intent.id())).await;
    assert_eq!(again.text("/error/code"), "charge_already_refunded");
    assert_eq!(stripe.get("/v1/balance").await.body["available"][0]["amount"], 0);
}

#[tokio::test]
async fn a_card_that_cannot_be_charged_later_can_still_be_saved() {
    let stripe = Stripe::new();
    let customer = stripe.make("/v1/customers", "name=Ada").await.id();
    let saved = stripe
        .make("/v1/payment_methods/pm_card_chargeCustomerFail/attach", &format!("customer={customer}"))
        .await;
    let refused = pay(&stripe, &saved.id(), &format!("&customer={customer}")).await;
    assert_eq!(refused.text("/error/code"), "card_declined");
    let form = format!("customer={customer}");
    let never = stripe.post("/v1/payment_methods/pm_card_chargeDeclined/attach", &form).await;
    assert_eq!(never.status, StatusCode::PAYMENT_REQUIRED);
    let detached = stripe.make(&format!("/v1/payment_methods/{}/detach", saved.id()), "").await;
    assert_eq!(detached.body["customer"], Value::Null);
}

#[tokio::test]
async fn a_token_made_from_a_number_works_once() {
    let stripe = Stripe::new();
    let card = "card[number]=5555555555554444&card[exp_month]=3&card[exp_year]=2031&card[cvc]=123";
    let token = stripe.make("/v1/tokens", card).await.id();
    let form = format!("type=card&card[token]={token}");
    let method = stripe.make("/v1/payment_methods", &form).await;
    assert_eq!((method.text("/card/brand"), &method.body["card"]["exp_year"]), ("mastercard", &2031.into()));
    assert_eq!(stripe.post("/v1/payment_methods", &form).await.text("/error/code"), "token_already_used");
}
