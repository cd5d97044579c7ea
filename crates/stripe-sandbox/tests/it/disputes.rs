//! Disputes: raised by their cards, answered or not, and what they move.

use axum::http::StatusCode;
use serde_json::Value;

use crate::support::{Answer, DAY, Stripe};

/// A payment with this card, and its dispute.
async fn disputed(stripe: &Stripe, card: &str) -> (Answer, Answer) {
    let form = format!("amount=1450&currency=eur&confirm=true&payment_method={card}&expand[]=latest_charge");
    let paid = stripe.make("/v1/payment_intents", &form).await;
    assert_eq!(paid.text("/status"), "succeeded");
    let listed = stripe.get(&format!("/v1/disputes?payment_intent={}", paid.id())).await;
    let dispute = stripe.get(&path(listed.text("/data/0/id"))).await;
    (stripe.get(&format!("/v1/charges/{}", paid.text("/latest_charge/id"))).await, dispute)
}

fn path(dispute: &str) -> String {
    format!("/v1/disputes/{dispute}")
}

async fn dispute_events(stripe: &Stripe) -> Vec<String> {
    let mut types = stripe.event_types().await;
    types.retain(|event| event.starts_with("charge.dispute."));
    types.iter().map(|event| event.trim_start_matches("charge.dispute.").to_owned()).collect()
}

/// What is on the merchant's balance.
async fn balance(stripe: &Stripe) -> i64 {
    stripe.get("/v1/balance").await.body["available"][0]["amount"].as_i64().unwrap()
}

#[tokio::test]
async fn a_chargeback_takes_the_money_at_once_and_bars_a_refund() {
    let stripe = Stripe::new();
    let (charge, dispute) = disputed(&stripe, "pm_card_createDispute").await;
    assert_eq!((dispute.text("/status"), dispute.text("/reason")), ("needs_response", "fraudulent"));
    assert_eq!((&charge.body["disputed"], dispute.text("/charge")), (&Value::from(true), &*charge.id()));
    assert_eq!(dispute.body["balance_transactions"][0]["amount"], -1450);
    assert_eq!(balance(&stripe).await, 0);
    assert_eq!(dispute_events(&stripe).await, ["created", "funds_withdrawn"]);

    let refused = stripe.post("/v1/refunds", &format!("charge={}", charge.id())).await;
    assert_eq!((refused.status, refused.text("/error/code")), (StatusCode::BAD_REQUEST, "charge_disputed"));
}

#[tokio::test]
async fn evidence_decides_and_what_is_won_comes_back() {
    for (word, status, sum) in [("winning_evidence", "won", 1450), ("losing_evidence", "lost", 0)] {
        let stripe = Stripe::new();
        let (_, dispute) = disputed(&stripe, "pm_card_createDisputeProductNotReceived").await;
        assert_eq!(dispute.text("/reason"), "product_not_received");
        let path = path(&dispute.id());
        let staged = stripe.make(&path, "evidence[customer_name]=Ada&submit=false").await;
        assert_eq!(staged.text("/status"), "needs_response");
        assert_eq!(staged.body["evidence_details"]["submission_count"], 0);
        let decided = stripe.make(&path, &format!("evidence[uncategorized_text]={word}")).await;
        assert_eq!(
            (decided.text("/status"), decided.text("/evidence/customer_name")),
            (status, "Ada"),
            "{word}"
        );
        assert_eq!(balance(&stripe).await, sum);
        let more = stripe.post(&path, "evidence[customer_name]=Bea").await;
        assert_eq!(more.status, StatusCode::BAD_REQUEST);
    }
}

#[tokio::test]
async fn evidence_that_is_no_test_word_is_under_review_and_does_not_lapse() {
    let stripe = Stripe::new();
    let (_, dispute) = disputed(&stripe, "pm_card_createDispute").await;
    stripe.make(&path(&dispute.id()), "evidence[product_description]=A+phone+plan").await;
    stripe.advance(30 * DAY).await;
    assert_eq!(stripe.get(&path(&dispute.id())).await.text("/status"), "under_review");
}

#[tokio::test]
async fn a_dispute_that_is_conceded_or_left_alone_is_lost() {
    for conceded in [true, false] {
        let stripe = Stripe::new();
        let (_, dispute) = disputed(&stripe, "pm_card_createDispute").await;
        let path = path(&dispute.id());
        if conceded {
            stripe.make(&format!("{path}/close"), "").await;
        } else {
            stripe.advance(7 * DAY).await;
        }
        let lost = stripe.get(&path).await;
        assert_eq!(lost.text("/status"), "lost");
        assert_eq!(lost.body["evidence_details"]["past_due"], !conceded);
        assert_eq!(dispute_events(&stripe).await, ["created", "funds_withdrawn", "updated", "closed"]);
        let again = stripe.post(&format!("{path}/close"), "").await;
        assert_eq!(again.status, StatusCode::BAD_REQUEST);
    }
}

#[tokio::test]
async fn an_inquiry_moves_no_money_until_it_is_escalated() {
    let stripe = Stripe::new();
    let (charge, inquiry) = disputed(&stripe, "pm_card_createDisputeInquiry").await;
    assert_eq!(inquiry.text("/status"), "warning_needs_response");
    assert_eq!((balance(&stripe).await, dispute_events(&stripe).await), (1450, vec!["created".to_owned()]));
    stripe.make("/v1/refunds", &format!("charge={}&amount=450", charge.id())).await;

    let form = "evidence[uncategorized_text]=escalate_inquiry_evidence";
    let escalated = stripe.make(&path(&inquiry.id()), form).await;
    assert_eq!(escalated.text("/status"), "needs_response");
    assert_eq!(escalated.text("/payment_method_details/card/case_type"), "chargeback");
    assert_eq!(dispute_events(&stripe).await, ["created", "updated", "funds_withdrawn"]);
}

#[tokio::test]
async fn an_inquiry_that_comes_to_nothing_is_closed() {
    let stripe = Stripe::new();
    let (_, inquiry) = disputed(&stripe, "pm_card_createDisputeInquiry").await;
    stripe.advance(120 * DAY).await;
    assert_eq!(stripe.get(&path(&inquiry.id())).await.text("/status"), "warning_closed");
    assert_eq!(balance(&stripe).await, 1450);
}
