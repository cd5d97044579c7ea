//! What becomes of running tasks when the worker is told to stop.

use std::time::Duration;

use perennial_core::store::JobState;
use perennial_testkit::Merchant;
use perennial_worker::{Worker, WorkerOptions};
use tokio::sync::oneshot;
use tokio::time::timeout;

/// Longer than anything here takes.
const PATIENCE: Duration = Duration::from_secs(30);

#[tokio::test]
async fn shutdown_finishes_what_was_begun() {
    let merchant = Merchant::new().await;
    let customer = merchant.customer("ada@example.com").await;
    let checkout = merchant.open(customer.id, "line").await;
    merchant.pay(&checkout).await;
    for delivery in merchant.webhooks().await {
        if delivery.body.contains("\"checkout.session.completed\"") {
            merchant.receive(&delivery).await.unwrap();
        }
    }
    let held = merchant.line.hold("GET /v1/checkout/sessions/");
    let (stop, stopped) = oneshot::channel::<()>();
    let options = WorkerOptions { poll: Duration::from_millis(1), ..WorkerOptions::default() };
    let worker = Worker::new(merchant.app().clone(), options);
    let running = tokio::spawn(async move { worker.run(async { drop(stopped.await) }).await });

    timeout(PATIENCE, held.arrived()).await.unwrap();
    stop.send(()).unwrap();
    for _ in 0..100 {
        tokio::task::yield_now().await;
    }
    assert!(!running.is_finished(), "it left a task behind");
    held.release();
    timeout(PATIENCE, running).await.unwrap().unwrap();

    assert_eq!(merchant.subscriptions().await.len(), 1);
    let left = merchant.test.write(|_, tx| tx.jobs().list(JobState::Leased, 10)).await;
    assert!(left.is_empty(), "{left:?}");
}
