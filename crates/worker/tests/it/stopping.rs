//! What a worker waits for: all that was begun when it is told to stop, and nothing when there is something else to do.

use std::time::Duration;

use perennial_core::store::{JobState, StoreError};
use perennial_core::tasks::{Task, enqueue};
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

#[tokio::test]
async fn a_slow_task_holds_up_no_other() {
    let merchant = Merchant::new().await;
    let project = merchant.project();
    let slow = Task::SyncRefund { project, payment_intent: "pi_1".to_owned() };
    merchant.test.write(move |cx, tx| enqueue(cx, tx, &slow)).await;
    merchant
        .test
        .write(move |cx, tx| {
            let mut others = (0..3).map(|_| Task::RefundCheckout { project, checkout: cx.id() });
            others.try_for_each(|other| enqueue(cx, tx, &other))
        })
        .await;
    let held = merchant.line.hold("GET /v1/");
    let options = WorkerOptions { concurrency: 2, ..WorkerOptions::default() };
    let worker = Worker::new(merchant.app().clone(), options);
    let draining = tokio::spawn(async move { worker.drain().await });

    timeout(PATIENCE, held.arrived()).await.unwrap();
    let others = async {
        // There is no such checkout: each of them fails as soon as it is begun.
        while merchant.test.write(|_, tx| tx.jobs().list(JobState::Failed, 10)).await.len() < 3 {
            tokio::task::yield_now().await;
        }
    };
    timeout(PATIENCE, others).await.expect("the others go on");
    assert!(!draining.is_finished(), "it left a task behind");
    held.release();
    assert_eq!(timeout(PATIENCE, draining).await.unwrap().unwrap().unwrap(), 4);
}

#[tokio::test]
async fn a_drain_that_fails_leaves_no_task_behind() {
    let merchant = Merchant::new().await;
    let project = merchant.project();
    let slow = Task::SyncRefund { project, payment_intent: "pi_1".to_owned() };
    merchant
        .test
        .write(move |cx, tx| {
            enqueue(cx, tx, &slow)?;
            enqueue(cx, tx, &Task::SWEEPS[0])?;
            // What is done cannot be taken off the queue.
            tx.execute("CREATE TABLE keepers (job UUID REFERENCES jobs (id))", &[])?;
            tx.execute("INSERT INTO keepers SELECT id FROM jobs", &[])
        })
        .await;
    let held = merchant.line.hold("GET /v1/");
    let options = WorkerOptions { concurrency: 2, ..WorkerOptions::default() };
    let worker = Worker::new(merchant.app().clone(), options);
    let draining = tokio::spawn(async move { worker.drain().await });

    timeout(PATIENCE, held.arrived()).await.unwrap();
    for _ in 0..100 {
        tokio::task::yield_now().await;
    }
    assert!(!draining.is_finished(), "it left a task behind");
    held.release();
    let failed = timeout(PATIENCE, draining).await.unwrap().unwrap().unwrap_err();
    assert!(matches!(failed, StoreError::MissingReference(_)), "{failed}");
    // What became of the slow one is noted.
    let left = merchant.test.write(|_, tx| tx.jobs().list(JobState::Leased, 10)).await;
    assert_eq!(left.iter().map(|job| job.kind.as_str()).collect::<Vec<_>>(), [Task::SWEEPS[0].kind()]);
}
