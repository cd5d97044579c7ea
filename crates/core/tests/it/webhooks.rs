//! What arrives at the webhook endpoint, and what does not get in.

use std::sync::Arc;
use std::time::Duration;

use jiff::SignedDuration;
use perennial_core::ports::RejectedEvent;
use perennial_core::projects::{add_webhook_secret, end_other_webhook_secrets};
use perennial_core::webhooks::{Intake, ReceiveError, forget_old_payloads, retry_event, sweep_stripe_events};
use perennial_store::tables::{StripeEventRow, StripeEventState};
use perennial_store::{JobState, StoreError, Tx};
use perennial_testkit::{LineState, Merchant};
use secrecy::SecretString;
use stripe_sandbox::webhooks::signature_header;

const SECRET: &str = "whsec_of_this_file";

/// A merchant whose events are signed with [`SECRET`].
async fn with_a_secret() -> Merchant {
    let merchant = Merchant::new().await;
    add_webhook_secret(merchant.app(), merchant.project(), &SecretString::from(SECRET)).await.unwrap();
    merchant
}

/// An event about a subscription that nobody knows.
fn event(merchant: &Merchant, id: &str) -> (String, String) {
    let body = format!(
        r#"{{"id":"{id}","object":"event","type":"customer.subscription.updated","created":1,
            "data":{{"object":{{"id":"sub_{id}","object":"subscription"}}}}}}"#
    );
    let signature = signature_header(SECRET, merchant.app().now().as_second(), &body);
    (signature, body)
}

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
    let intake = Intake::open(merchant.app().clone(), Duration::ZERO);
    let body = delivery.body.as_bytes();

    let tampered = delivery.body.replace("evt_", "evt_x");
    let refused = intake.receive("p", &delivery.signature, tampered.as_bytes()).await;
    assert!(matches!(refused, Err(ReceiveError::Rejected(RejectedEvent::Forged))), "{refused:?}");
    let refused = intake.receive("p", "", body).await;
    assert!(matches!(refused, Err(ReceiveError::Rejected(RejectedEvent::Unreadable))), "{refused:?}");
    let refused = intake.receive("nobody", &delivery.signature, body).await;
    assert!(matches!(refused, Err(ReceiveError::UnknownProject)), "{refused:?}");
    merchant.test.clock().advance(SignedDuration::from_secs(301));
    let refused = intake.receive("p", &delivery.signature, body).await;
    assert!(matches!(refused, Err(ReceiveError::Rejected(RejectedEvent::Stale))), "{refused:?}");

    assert!(events(&merchant, StripeEventState::Waiting).await.is_empty());
}

#[tokio::test]
async fn of_many_events_that_come_together_each_is_kept_once() {
    let merchant = with_a_secret().await;
    let intake = Arc::new(Intake::open(merchant.app().clone(), Duration::from_hours(1)));
    let receiving = (0..100).map(|number| {
        let ((signature, body), intake) = (event(&merchant, &format!("evt_{}", number % 80)), intake.clone());
        tokio::spawn(async move { intake.receive("p", &signature, body.as_bytes()).await })
    });
    for received in receiving.collect::<Vec<_>>() {
        received.await.unwrap().unwrap();
    }
    assert_eq!(events(&merchant, StripeEventState::Waiting).await.len(), 80);
    let queued = merchant.test.write(|_, tx| tx.jobs().list(JobState::Waiting, 200)).await;
    assert_eq!(queued.iter().filter(|job| job.kind == "apply_stripe_events").count(), 80);
}

#[tokio::test]
async fn an_event_that_the_database_refuses_keeps_no_other_one_out() {
    let merchant = with_a_secret().await;
    let intake = Arc::new(Intake::open(merchant.app().clone(), Duration::from_hours(1)));
    // No database of ours holds the character NUL.
    let receiving = ["evt_1", "evt_2", r"evt_\u0000", "evt_3", "evt_4"].map(|id| {
        let ((signature, body), intake) = (event(&merchant, id), intake.clone());
        tokio::spawn(async move { intake.receive("p", &signature, body.as_bytes()).await })
    });
    let mut refused = 0;
    for received in receiving {
        match received.await.unwrap() {
            Ok(()) => {}
            Err(ReceiveError::Store(StoreError::WrongShape { .. })) => refused += 1,
            Err(error) => panic!("{error}"),
        }
    }
    assert_eq!((refused, events(&merchant, StripeEventState::Waiting).await.len()), (1, 4));
}

#[tokio::test]
async fn a_retired_secret_is_remembered_for_no_longer_than_it_may_be() {
    let merchant = with_a_secret().await;
    let successor = SecretString::from("whsec_successor");
    let (signature, body) = event(&merchant, "evt_1");
    let forgetful = Intake::open(merchant.app().clone(), Duration::ZERO);
    let trusting = Intake::open(merchant.app().clone(), Duration::from_hours(1));
    for intake in [&forgetful, &trusting] {
        intake.receive("p", &signature, body.as_bytes()).await.unwrap();
    }

    add_webhook_secret(merchant.app(), merchant.project(), &successor).await.unwrap();
    end_other_webhook_secrets(merchant.app(), merchant.project(), &successor).await.unwrap();

    assert!(trusting.receive("p", &signature, body.as_bytes()).await.is_ok());
    let refused = forgetful.receive("p", &signature, body.as_bytes()).await;
    assert!(matches!(refused, Err(ReceiveError::Rejected(RejectedEvent::Forged))), "{refused:?}");
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

#[tokio::test]
async fn what_an_event_said_is_forgotten_after_90_days_and_the_event_is_still_known() {
    let merchant = with_a_paid_checkout().await;
    let deliveries = merchant.webhooks().await;
    for delivery in &deliveries {
        merchant.receive(delivery).await.unwrap();
    }
    merchant.work().await;
    let kept = events(&merchant, StripeEventState::Done).await.len();
    let pass = |days: i64| merchant.test.clock().advance(SignedDuration::from_hours(24 * days));

    pass(89);
    assert_eq!(forget_old_payloads(merchant.app()).await.unwrap(), 0);
    pass(2);
    assert_eq!(forget_old_payloads(merchant.app()).await.unwrap(), u64::try_from(kept).unwrap());

    let old = events(&merchant, StripeEventState::Done).await;
    assert_eq!(old.len(), kept);
    let project = merchant.project();
    for event in old {
        let said = move |_: &_, tx: &mut Tx<'_>| tx.stripe_events(project).payload(&event.stripe_event_id);
        assert_eq!(merchant.test.write(said).await, None);
    }
    assert_eq!(forget_old_payloads(merchant.app()).await.unwrap(), 0);
}
