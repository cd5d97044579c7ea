//! Tasks that fail, for now or for good.

use std::sync::Arc;

use perennial_core::ports::{FixedClock, PaymentGateway, Payments, StripeCredentials};
use perennial_core::projects::connect_stripe;
use perennial_core::store::{Job, JobState};
use perennial_core::tasks::{Task, enqueue};
use perennial_testkit::{LineState, Merchant, SilentStripe, TestApp};
use perennial_worker::{Worker, WorkerOptions};
use secrecy::SecretString;

async fn jobs(test: &TestApp, state: JobState) -> Vec<Job> {
    test.write(move |_, tx| tx.jobs().list(state, 10)).await
}

async fn only_job(test: &TestApp, state: JobState) -> Job {
    let [job] = jobs(test, state).await.try_into().unwrap();
    job
}

async fn drain(test: &TestApp) -> usize {
    Worker::new(test.app().clone(), WorkerOptions { concurrency: 1, ..WorkerOptions::default() })
        .drain()
        .await
        .unwrap()
}

#[tokio::test]
async fn a_task_that_gives_up_is_seen_as_failed() {
    let test = TestApp::new().await;
    let project = test.project().id;
    test.write(move |cx, tx| enqueue(cx, tx, &Task::RefundCheckout { project, checkout: cx.id() })).await;

    assert_eq!(drain(&test).await, 1);

    let job = only_job(&test, JobState::Failed).await;
    assert_eq!((job.kind.as_str(), job.attempts), ("refund_checkout", 1));
    assert!(job.last_error.unwrap().contains("there is no checkout"));
    assert!(jobs(&test, JobState::Waiting).await.is_empty());
}

#[tokio::test]
async fn a_payload_of_another_version_is_seen_as_failed() {
    let test = TestApp::new().await;
    test.write(|cx, tx| {
        let job = perennial_store::NewJob {
            kind: Task::SweepCheckouts.kind(),
            payload: serde_json::json!({ "task": "of_tomorrow" }),
            run_at: cx.now(),
            dedupe_key: None,
            max_attempts: 3,
        };
        tx.jobs().enqueue(&job, cx.now())
    })
    .await;

    drain(&test).await;

    let error = only_job(&test, JobState::Failed).await.last_error.unwrap();
    assert!(error.starts_with("the payload cannot be read"), "{error}");
}

#[tokio::test]
async fn a_task_that_failed_waits_with_its_payload() {
    let merchant = Merchant::new().await;
    let task = Task::SyncRefund { project: merchant.project(), payment_intent: "pi_1".to_owned() };
    let queued = task.clone();
    merchant.test.write(move |cx, tx| enqueue(cx, tx, &queued)).await;
    merchant.line.set(LineState::Cut);

    assert_eq!(merchant.work().await, 1);

    let job = only_job(&merchant.test, JobState::Waiting).await;
    assert_eq!(Task::from_payload(&job.payload).unwrap(), task);
    assert_eq!(job.attempts, 1);
    assert!(job.last_error.unwrap().contains("did not answer"));
    assert_eq!(merchant.work().await, 0, "it waits for its pause to be over");
}

/// A Stripe whose adapter has a bug.
struct Broken;

impl PaymentGateway for Broken {
    fn account(&self, _: &StripeCredentials) -> Arc<dyn Payments> {
        panic!("a bug in the adapter")
    }
}

#[tokio::test]
async fn a_panicking_task_does_not_end_the_worker() {
    let clock = Arc::new(FixedClock::at("2031-03-04T05:06:07Z".parse().unwrap()));
    let test = TestApp::with_stripe(clock, Arc::new(Broken), Arc::new(SilentStripe)).await;
    let project = test.project().id;
    let credentials = StripeCredentials {
        secret_key: SecretString::from("sk_test_merchant"),
        api_base: "http://stripe.test".to_owned(),
    };
    connect_stripe(test.app(), project, &credentials).await.unwrap();
    test.write(move |cx, tx| {
        enqueue(cx, tx, &Task::SyncRefund { project, payment_intent: "pi_1".to_owned() })?;
        enqueue(cx, tx, &Task::SweepIdempotencyKeys)
    })
    .await;

    assert_eq!(drain(&test).await, 2);

    let job = only_job(&test, JobState::Waiting).await;
    assert_eq!(job.kind, "sync_refund");
    assert!(job.last_error.unwrap().contains("panicked"));
}
