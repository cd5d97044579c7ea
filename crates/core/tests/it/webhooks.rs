//! What arrives at the webhook endpoint, and what does not get in.

use jiff::SignedDuration;
use perennial_core::ports::RejectedEvent;
use perennial_core::webhooks::{ReceiveError, receive, retry_event, sweep_stripe_events};
use perennial_store::tables::{StripeEventRow, StripeEventState};
use perennial_testkit::{LineState, Merchant};

async fn events(merchant: &Merchant, state: StripeEventState) -> Vec<StripeEventRow> {
    let project = merchant.project();
    merchant.test.write(move |_, tx| tx.stripe_events(project).list(&[state], 100)).await
}

async fn with_a_paid_checkout() -> Merchant {
    let merchant = Merchant::new().await;
    merchant.webhooks().await;
    let customer = merchant.customer("ada@example.com").await;
    let checkout = merchant.open(customer.id, "line").await;
    merchant.pay(&checkout).await;
    merchant
}

#[tokio::test]
async fn an_event_is_kept_once_however_often_it_comes() {
    let merchant = with_a_paid_checkout().await;
    let deliveries = merchant.webhooks().await;
    for delivery in deliveries.iter().chain(&deliveries) {
        merchant.receive(delivery).await.unwrap();
    }
    let kept = events(&merchant, StripeEventState::Waiting).await.len()
        + events(&merchant, StripeEventState::Done).await.len();
    assert_eq!(kept, deliveries.len());
}

#[tokio::test]
async fn forged_tampered_and_stale_events_do_not_get_in() {
    let merchant = with_a_paid_checkout().await;
    let delivery = merchant.webhooks().await.swap_remove(0);
    let app = merchant.app();
    let body = delivery.body.as_bytes();

    let tampered = delivery.body.replace("evt_", "evt_x");
    let refused = receive(app, "p", &delivery.signature, tampered.as_bytes()).await;
    assert!(matches!(refused, Err(ReceiveError::Rejected(RejectedEvent::Forged))), "{refused:?}");
    let refused = receive(app, "p", "", body).await;
    assert!(matches!(refused, Err(ReceiveError::Rejected(RejectedEvent::Unreadable))), "{refused:?}");
    let refused = receive(app, "nobody", &delivery.signature, body).await;
    assert!(matches!(refused, Err(ReceiveError::UnknownProject)), "{refused:?}");
    merchant.test.clock().advance(SignedDuration::from_secs(301));
    let refused = receive(app, "p", &delivery.signature, body).await;
    assert!(matches!(refused, Err(ReceiveError::Rejected(RejectedEvent::Stale))), "{refused:?}");

    assert!(events(&merchant, StripeEventState::Waiting).await.is_empty());
}

#[tokio::test]
async fn an_outage_parks_nothing_and_the_events_are_applied_after_it() {
    let merchant = with_a_paid_checkout().await;
    for delivery in merchant.webhooks().await {
        merchant.receive(&delivery).await.unwrap();
    }
    merchant.line.set(LineState::Cut);
    for _ in 0..8 {
        merchant.work().await;
        merchant.test.clock().advance(SignedDuration::from_hours(1));
    }
    assert!(events(&merchant, StripeEventState::Parked).await.is_empty());
    assert!(!events(&merchant, StripeEventState::Waiting).await.is_empty());

    merchant.line.set(LineState::Open);
    merchant.work().await;

    assert!(events(&merchant, StripeEventState::Waiting).await.is_empty());
    assert_eq!(merchant.subscriptions().await.len(), 1);
}

#[tokio::test]
async fn poison_is_parked_and_can_be_retried_by_a_person() {
    let merchant = with_a_paid_checkout().await;
    for delivery in merchant.webhooks().await {
        merchant.receive(&delivery).await.unwrap();
    }
    merchant.line.set(LineState::Nonsense);
    for _ in 0..6 {
        merchant.work().await;
        merchant.test.clock().advance(SignedDuration::from_hours(1));
    }
    let parked = events(&merchant, StripeEventState::Parked).await;
    assert!(!parked.is_empty() && parked.iter().all(|event| event.last_error.is_some()));

    merchant.line.set(LineState::Open);
    for event in &parked {
        assert!(retry_event(merchant.app(), merchant.project(), &event.stripe_event_id).await.unwrap());
    }
    merchant.work().await;

    assert!(events(&merchant, StripeEventState::Parked).await.is_empty());
    assert_eq!(merchant.subscriptions().await.len(), 1);
}

#[tokio::test]
async fn events_whose_task_was_given_up_are_queued_again() {
    let merchant = with_a_paid_checkout().await;
    for delivery in merchant.webhooks().await {
        merchant.receive(&delivery).await.unwrap();
    }
    merchant.line.set(LineState::Cut);
    while merchant.test.write(|_, tx| tx.jobs().next_run_at()).await.is_some() {
        merchant.work().await;
        merchant.test.clock().advance(SignedDuration::from_hours(1));
    }
    assert!(!events(&merchant, StripeEventState::Waiting).await.is_empty());

    merchant.line.set(LineState::Open);
    assert!(sweep_stripe_events(merchant.app()).await.unwrap() > 0);
    merchant.work().await;

    assert!(events(&merchant, StripeEventState::Waiting).await.is_empty());
    assert_eq!(merchant.subscriptions().await.len(), 1);
}
