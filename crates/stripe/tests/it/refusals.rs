//! What a no means, and what is no answer of Stripe's at all.

use std::sync::Arc;

use jiff::Timestamp;
use perennial_core::ports::{
    BillingStatus, PaymentGateway, PaymentsError, RefundOf, Refusal, RefusalKind, StripeCredentials,
};
use perennial_stripe::StripeGateway;
use serde_json::{Value, json};

use crate::script::{Script, id, ok, status};

async fn refusal(code: u16, error: &Value) -> Refusal {
    let script = Script::of([status(code, &[], &json!({ "error": error }).to_string())]);
    match script.account().invoice("in_1").await {
        Err(PaymentsError::Refused(refusal)) => refusal,
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn a_declined_card_keeps_both_codes() {
    let declined = json!({
        "type": "card_error", "code": "card_declined", "decline_code": "insufficient_funds", "message": "No funds."
    });
    assert_eq!(
        refusal(402, &declined).await,
        Refusal {
            kind: RefusalKind::Card,
            code: Some("card_declined".to_owned()),
            decline_code: Some("insufficient_funds".to_owned()),
            message: "No funds.".to_owned(),
        }
    );
}

#[tokio::test]
async fn refusals_are_told_apart_by_what_they_are_about() {
    let invalid = |code: &str| json!({ "type": "invalid_request_error", "code": code, "message": "" });
    assert_eq!(refusal(404, &invalid("resource_missing")).await.kind, RefusalKind::NotFound);
    assert_eq!(refusal(400, &invalid("resource_missing")).await.kind, RefusalKind::NotFound);
    assert_eq!(refusal(400, &invalid("parameter_unknown")).await.kind, RefusalKind::Invalid);
    assert_eq!(
        refusal(401, &json!({ "type": "invalid_request_error" })).await.kind,
        RefusalKind::Credentials
    );
    assert_eq!(
        refusal(403, &json!({ "type": "invalid_request_error" })).await.kind,
        RefusalKind::Credentials
    );
    let reused =
        refusal(400, &json!({ "type": "idempotency_error", "message": "Keys for idempotent…" })).await;
    assert_eq!((reused.kind, reused.code.as_deref()), (RefusalKind::Invalid, Some("idempotency_error")));
}

#[tokio::test]
async fn a_discount_is_refused_by_its_parameter_or_where_none_is_named_by_the_sentence() {
    let about = async |param: Option<&str>, message: &str| {
        let error = json!({ "type": "invalid_request_error", "param": param, "message": message });
        refusal(400, &error).await.kind
    };
    let first_only = "This promotion code cannot be redeemed because the customer has paid before.";
    assert_eq!(about(Some("discounts[0][promotion_code]"), "No such code.").await, RefusalKind::Discount);
    assert_eq!(about(None, first_only).await, RefusalKind::Discount);
    assert_eq!(about(Some("line_items[0][price]"), "No coupon helps: inactive.").await, RefusalKind::Invalid);
    assert_eq!(about(None, "Your account cannot make charges.").await, RefusalKind::Invalid);
    let restricted = json!({
        "type": "invalid_request_error",
        "message": "The provided key does not have the required permissions: enable rak_coupon_read."
    });
    assert_eq!(refusal(403, &restricted).await.kind, RefusalKind::Credentials);
}

#[tokio::test]
async fn what_is_not_stripes_api_is_nonsense() {
    let nonsense = [
        status(200, &[], "<html>Welcome to the hotel's network</html>"),
        status(200, &[], "{}"),
        status(200, &[], r#"{"id":"in_1","created":"yesterday","currency":"usd","total":1}"#),
        status(200, &[], r#"{"id":"in_1","created":1,"currency":"xqq","total":1}"#),
        status(200, &[], r#"{"id":"in_1","created":9223372036854775807,"currency":"usd","total":1}"#),
        status(302, &[("location", "http://elsewhere.test")], ""),
        status(404, &[], "<html>nginx</html>"),
        status(400, &[], "{}"),
    ];
    for step in nonsense {
        let script = Script::of([step]);
        let answer = script.account().invoice("in_1").await;
        assert!(matches!(answer, Err(PaymentsError::Nonsense(_))), "{answer:?}");
        assert_eq!(script.sent().len(), 1, "nonsense is not asked for again");
    }
}

/// What comes of asking with these credentials, when nobody is to be asked.
async fn unsent(secret_key: &str, api_base: &str) -> PaymentsError {
    let credentials = StripeCredentials { secret_key: secret_key.into(), api_base: api_base.to_owned() };
    let script = Script::of([]);
    let error =
        StripeGateway::new(Arc::new(script.clone())).account(&credentials).invoice("in_1").await.unwrap_err();
    assert!(script.sent().is_empty());
    error
}

#[tokio::test]
async fn a_secret_key_with_a_line_break_never_leaves_and_is_never_shown() {
    let error = unsent("sk_live_x\r\nHost: evil", "http://stripe.test").await;
    assert!(!format!("{error} {error:?}").contains("sk_live"));
    assert!(matches!(error, PaymentsError::Refused(Refusal { kind: RefusalKind::Credentials, .. })));
}

#[tokio::test]
async fn an_address_that_is_no_url_is_no_answer() {
    let error = unsent("sk_test", "no url").await;
    assert!(matches!(error, PaymentsError::NoAnswer(_)), "{error}");
}

#[tokio::test]
async fn ending_a_subscription_that_is_over_is_no_refusal() {
    let gone = || status(404, &[], r#"{"error":{"type":"invalid_request_error","code":"resource_missing"}}"#);
    let subscription = |state: &str| {
        ok(
            &json!({ "id": "sub_1", "status": state, "current_period_start": 1, "current_period_end": 2, "ended_at": 2 }),
        )
    };
    let script = Script::of([gone(), subscription("canceled")]);
    let ended = script.account().cancel_subscription("sub_1").await.unwrap();
    assert_eq!((ended.status, ended.ended_at), (BillingStatus::Canceled, Timestamp::from_second(2).ok()));

    let script = Script::of([gone(), subscription("active")]);
    assert!(matches!(script.account().cancel_subscription("sub_1").await, Err(PaymentsError::Refused(_))));

    let script = Script::of([gone(), gone()]);
    assert!(matches!(script.account().cancel_subscription("sub_1").await, Err(PaymentsError::Refused(_))));
}

#[tokio::test]
async fn money_that_is_back_already_is_refunded() {
    let again =
        status(400, &[], r#"{"error":{"type":"invalid_request_error","code":"charge_already_refunded"}}"#);
    assert!(Script::of([again]).account().refund("pi_1", RefundOf::Checkout(id(1))).await.is_ok());
    let failed =
        ok(&json!({ "id": "re_1", "status": "failed", "failure_reason": "expired_or_canceled_card" }));
    let error = Script::of([failed]).account().refund("pi_1", RefundOf::Checkout(id(1))).await.unwrap_err();
    let PaymentsError::Refused(refusal) = error else { panic!("{error}") };
    assert_eq!(refusal.code.as_deref(), Some("expired_or_canceled_card"));
}
