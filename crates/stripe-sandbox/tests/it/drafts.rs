//! The hour in which a renewal has begun and its invoice is still a draft.

use serde_json::Value;
use stripe_sandbox::SandboxOptions;

use crate::support::{DAY, NOON, Stripe};

const HOUR: i64 = 3_600;

/// A subscription whose renewal has just been drafted; its path.
async fn drafted() -> (Stripe, String) {
    let stripe = Stripe::with(SandboxOptions { renewal_draft_seconds: HOUR, ..SandboxOptions::default() });
    let price = stripe.monthly_price().await;
    let customer = stripe.customer_with("pm_card_visa").await;
    let form = format!("customer={customer}&items[0][price]={price}");
    let path = format!("/v1/subscriptions/{}", stripe.make("/v1/subscriptions", &form).await.id());
    stripe.advance(31 * DAY).await;
    (stripe, path)
}

async fn renewal(stripe: &Stripe, path: &str) -> Value {
    stripe.get(&format!("{path}?expand[]=latest_invoice")).await.body["latest_invoice"].take()
}

#[tokio::test]
async fn a_renewal_is_charged_when_its_draft_has_waited() {
    let (stripe, path) = drafted().await;
    let draft = renewal(&stripe, &path).await;
    assert_eq!((&draft["status"], &draft["auto_advance"]), (&"draft".into(), &true.into()));
    assert_eq!(draft["automatically_finalizes_at"], NOON + 31 * DAY + HOUR);
    let subscription = stripe.get(&path).await;
    assert_eq!(subscription.text("/status"), "active");
    assert_eq!(subscription.body["items"]["data"][0]["current_period_start"], NOON + 31 * DAY);

    stripe.advance(HOUR).await;
    assert_eq!(renewal(&stripe, &path).await["status"], "paid");
}

#[tokio::test]
async fn an_end_within_the_hour_leaves_the_draft_to_be_charged() {
    let (stripe, path) = drafted().await;
    let draft = renewal(&stripe, &path).await;
    stripe.delete(&path).await;
    let invoice = format!("/v1/invoices/{}", draft["id"].as_str().unwrap());
    assert_eq!(stripe.delete(&invoice).await.status, 400, "a subscription made it");
    stripe.advance(HOUR).await;
    assert_eq!(stripe.get(&invoice).await.text("/status"), "paid");
}

#[tokio::test]
async fn a_draft_that_was_finalized_and_voided_is_not_charged() {
    let (stripe, path) = drafted().await;
    let draft = renewal(&stripe, &path).await;
    let invoice = format!("/v1/invoices/{}", draft["id"].as_str().unwrap());
    stripe.make(&format!("{invoice}/finalize"), "auto_advance=false").await;
    stripe.make(&format!("{invoice}/void"), "").await;
    stripe.advance(DAY).await;
    assert_eq!(stripe.get(&invoice).await.text("/status"), "void");
}
