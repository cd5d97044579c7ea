//! Charges whose answer was lost, as Stripe shows them later.

use jiff::Timestamp;
use perennial_core::ports::{Charge, ChargeGoods, Extension, PaymentsError};
use perennial_domain::{Currency, Money};
use serde_json::{Value, json};

use crate::script::{Script, id, ok, status};

fn charge() -> Charge {
    Charge {
        id: id(1),
        stripe_customer_id: "cus_1".to_owned(),
        stripe_payment_method_id: "sub_1".to_owned(),
        goods: ChargeGoods::Extend(Extension {
            stripe_subscription_id: "sub_1".to_owned(),
            stripe_prices: vec!["price_roaming".to_owned()],
            extras: Vec::new(),
            prorated_at: Timestamp::UNIX_EPOCH,
        }),
        stripe_promotion_code_id: None,
        total: Money::new(200, Currency::from_code("EUR").unwrap()),
        customer_is_there: true,
    }
}

fn item(id: &str, price: &str) -> Value {
    json!({
        "id": id, "price": { "id": price }, "created": 0,
        "current_period_start": 0, "current_period_end": 2_678_400,
    })
}

fn invoice(id: &str, reason: &str) -> Value {
    json!({ "id": id, "created": 0, "currency": "eur", "status": "open", "total": 1, "billing_reason": reason })
}

/// The subscription, whose renewal is its latest invoice.
fn subscription(pending_update: &Value) -> Value {
    json!({
        "id": "sub_1", "status": "past_due", "items": { "data": [item("si_plan", "price_line")] },
        "latest_invoice": invoice("in_renewal", "subscription_cycle"), "pending_update": pending_update,
    })
}

#[tokio::test]
async fn a_renewal_that_came_before_a_lost_answer_is_looked_for_is_left_alone() {
    let waits = json!({ "subscription_items": [item("si_roaming", "price_roaming")] });
    let open = [invoice("in_renewal", "subscription_cycle"), invoice("in_roaming", "subscription_update")];
    let script = Script::of([
        ok(&subscription(&waits)),
        ok(&json!({ "data": open, "has_more": false })),
        ok(&json!({ "id": "in_roaming" })),
        ok(&subscription(&Value::Null)),
    ]);
    assert!(script.account().finish_charge(&charge()).await.unwrap().is_none());
    let sent = script.sent();
    let changed = sent.iter().map(|sent| sent.call.as_str()).filter(|call| call.starts_with("POST"));
    assert_eq!(changed.collect::<Vec<_>>(), ["POST /v1/invoices/in_roaming/void"]);
}

#[tokio::test]
async fn a_no_to_voiding_is_asked_again_and_not_remembered() {
    let busy = || {
        status(400, &[], r#"{"error":{"type":"invalid_request_error","message":"a payment is under way"}}"#)
    };
    let script =
        Script::of([busy(), ok(&invoice("in_1", "subscription_update")), ok(&json!({ "id": "in_1" }))]);
    let account = script.account();
    assert!(matches!(account.void_invoice("in_1").await, Err(PaymentsError::Refused(_))));
    account.void_invoice("in_1").await.unwrap();
    assert!(script.sent().iter().all(|sent| sent.idempotency_key.is_none()));
}

#[tokio::test]
async fn a_draft_is_finalized_without_a_charge_and_voided() {
    let refused =
        status(400, &[], r#"{"error":{"type":"invalid_request_error","code":"invoice_not_editable"}}"#);
    let draft = json!({
        "id": "in_1", "created": 0, "currency": "eur", "status": "draft", "total": 1,
        "billing_reason": "subscription_cycle",
    });
    let opened = ok(&invoice("in_1", "subscription_cycle"));
    let script = Script::of([refused, ok(&draft), opened, ok(&json!({ "id": "in_1" }))]);
    script.account().void_invoice("in_1").await.unwrap();
    let sent = script.sent();
    let calls = sent.iter().map(|sent| sent.call.as_str());
    let void = "POST /v1/invoices/in_1/void";
    let expected = [void, "GET /v1/invoices/in_1", "POST /v1/invoices/in_1/finalize", void];
    assert_eq!(calls.collect::<Vec<_>>(), expected);
    assert_eq!(sent[2].value("auto_advance"), Some("false"));
}
