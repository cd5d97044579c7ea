//! The job queue: nothing is lost, nothing is worked on twice at once, nothing is given up in silence.

use std::collections::BTreeSet;

use jiff::{SignedDuration, Timestamp};
use perennial_store::{Job, JobState, MIGRATIONS, Migration, NewJob, Store, StoreError, Tx};
use serde_json::json;
use tokio::task::JoinSet;
use uuid::Uuid;

use crate::support::{TestDatabase, noon, on_both_engines};

on_both_engines! {
    a_job_is_claimed_with_what_it_was_given,
    a_job_of_a_rolled_back_transaction_was_never_queued,
    a_job_waits_for_its_time,
    the_longest_due_come_first_up_to_the_limit,
    a_worker_gets_only_the_kinds_it_asks_for,
    workers_never_share_a_job,
    a_lease_outlives_a_crash,
    a_worker_that_lost_its_lease_changes_nothing,
    one_job_of_a_key_is_alive,
    an_earlier_wish_brings_a_waiting_job_forward,
    a_new_wish_does_not_wait_out_an_old_failure,
    a_key_is_alive_until_its_job_is_done_or_given_up,
    a_job_wanted_again_while_it_runs_runs_once_more,
    jobs_that_are_done_together_end_each_as_if_alone,
    a_failed_job_that_was_wanted_again_gets_new_attempts,
    a_retried_job_waits_and_tells_why,
    a_job_out_of_attempts_is_given_up_visibly,
    a_job_that_was_put_off_keeps_its_attempts,
    a_job_that_keeps_killing_its_worker_is_given_up,
    an_operator_can_have_a_failed_job_tried_again,
    a_failed_job_stays_while_another_of_its_key_is_alive,
    the_next_moment_with_work_is_known,
}

const LEASE: SignedDuration = SignedDuration::from_secs(60);

/// A store with the queue's table alone.
async fn queue(database: &TestDatabase) -> Store {
    let store = database.open().await;
    store.apply(queue_migration()).await.unwrap();
    store
}

fn queue_migration() -> &'static [Migration] {
    let at = MIGRATIONS.iter().position(|migration| migration.name == "0002_jobs").unwrap();
    &MIGRATIONS[at..=at]
}

fn after(seconds: i64) -> Timestamp {
    noon() + SignedDuration::from_secs(seconds)
}

/// A job that is due at noon, has three attempts and no key.
fn plain(kind: &str) -> NewJob<'_> {
    NewJob { kind, payload: json!({}), run_at: noon(), dedupe_key: None, max_attempts: 3 }
}

fn keyed(key: &str) -> NewJob<'static> {
    NewJob { dedupe_key: Some(key.to_owned()), ..plain("keyed") }
}

async fn run<T: Send + 'static>(
    store: &Store,
    work: impl Fn(&mut Tx<'_>) -> Result<T, StoreError> + Send + Sync + 'static,
) -> T {
    store.write(work).await.unwrap()
}

async fn enqueue(store: &Store, job: NewJob<'static>) -> bool {
    run(store, move |tx| tx.jobs().enqueue(&job, noon())).await
}

async fn claim_at(store: &Store, now: Timestamp) -> Vec<Job> {
    run(store, move |tx| tx.jobs().claim(&[], 10, now, LEASE, "worker")).await
}

/// Claims the one job that is due.
async fn claim_one(store: &Store, now: Timestamp) -> Job {
    let mut jobs = claim_at(store, now).await;
    assert_eq!(jobs.len(), 1, "{jobs:?}");
    jobs.remove(0)
}

async fn complete(store: &Store, job: &Job) -> bool {
    let job = job.clone();
    run(store, move |tx| tx.jobs().complete(&job)).await
}

async fn retry(store: &Store, job: &Job, run_at: Timestamp) -> bool {
    let job = job.clone();
    run(store, move |tx| tx.jobs().retry(&job, "no answer", run_at)).await
}

async fn list(store: &Store, state: JobState) -> Vec<Job> {
    store.read(move |tx| tx.jobs().list(state, 10)).await.map_err(|error: StoreError| error).unwrap()
}

async fn a_job_is_claimed_with_what_it_was_given(database: &TestDatabase) {
    let store = queue(database).await;
    assert!(enqueue(&store, NewJob { payload: json!({"checkout": "c1"}), ..plain("settle") }).await);
    let job = claim_one(&store, noon()).await;
    assert_eq!((job.kind.as_str(), &job.payload), ("settle", &json!({"checkout": "c1"})));
    assert_eq!((job.state, job.run_at, job.attempts, job.max_attempts), (JobState::Leased, noon(), 1, 3));
    assert!(complete(&store, &job).await);
    assert!(claim_at(&store, after(3600)).await.is_empty());
}

async fn a_job_of_a_rolled_back_transaction_was_never_queued(database: &TestDatabase) {
    let store = queue(database).await;
    let result: Result<(), StoreError> = store
        .write(|tx| {
            tx.jobs().enqueue(&plain("settle"), noon())?;
            Err(StoreError::Aborted)
        })
        .await;
    assert!(result.is_err());
    assert!(claim_at(&store, noon()).await.is_empty());
}

async fn a_job_waits_for_its_time(database: &TestDatabase) {
    let store = queue(database).await;
    enqueue(&store, NewJob { run_at: after(10), ..plain("later") }).await;
    assert!(claim_at(&store, after(9)).await.is_empty());
    assert_eq!(claim_one(&store, after(10)).await.kind, "later");
}

async fn the_longest_due_come_first_up_to_the_limit(database: &TestDatabase) {
    let store = queue(database).await;
    for (kind, seconds) in [("third", 3), ("first", 1), ("fourth", 4), ("second", 2)] {
        enqueue(&store, NewJob { run_at: after(seconds), ..plain(kind) }).await;
    }
    let claimed = run(&store, |tx| tx.jobs().claim(&[], 3, after(5), LEASE, "worker")).await;
    let kinds: Vec<&str> = claimed.iter().map(|job| job.kind.as_str()).collect();
    assert_eq!(kinds, ["first", "second", "third"]);
}

async fn a_worker_gets_only_the_kinds_it_asks_for(database: &TestDatabase) {
    let store = queue(database).await;
    for kind in ["mail", "settle", "sweep"] {
        enqueue(&store, plain(kind)).await;
    }
    let claimed = run(&store, |tx| tx.jobs().claim(&["sweep", "mail"], 10, noon(), LEASE, "worker")).await;
    let kinds: BTreeSet<&str> = claimed.iter().map(|job| job.kind.as_str()).collect();
    assert_eq!(kinds, BTreeSet::from(["mail", "sweep"]));
}

async fn workers_never_share_a_job(database: &TestDatabase) {
    let store = queue(database).await;
    for _ in 0..60 {
        enqueue(&store, plain("settle")).await;
    }
    let mut workers = JoinSet::new();
    for _ in 0..4 {
        let store = store.clone();
        workers.spawn(async move {
            let mut taken: Vec<Uuid> = Vec::new();
            loop {
                let jobs = run(&store, |tx| tx.jobs().claim(&[], 3, noon(), LEASE, "worker")).await;
                if jobs.is_empty() {
                    return taken;
                }
                taken.extend(jobs.iter().map(|job| job.id));
            }
        });
    }
    let taken = workers.join_all().await.concat();
    assert_eq!(taken.len(), 60);
    assert_eq!(taken.into_iter().collect::<BTreeSet<_>>().len(), 60);
}

async fn a_lease_outlives_a_crash(database: &TestDatabase) {
    let store = queue(database).await;
    enqueue(&store, plain("settle")).await;
    claim_one(&store, noon()).await;
    drop(store);
    let store = database.open().await;
    assert!(claim_at(&store, after(59)).await.is_empty());
    assert_eq!(claim_one(&store, after(60)).await.attempts, 2);
}

async fn a_worker_that_lost_its_lease_changes_nothing(database: &TestDatabase) {
    let store = queue(database).await;
    enqueue(&store, plain("settle")).await;
    let slow = claim_one(&store, noon()).await;
    let holder = claim_one(&store, after(60)).await;
    assert!(!complete(&store, &slow).await);
    assert!(!retry(&store, &slow, noon()).await);
    let failed = slow.clone();
    assert!(!run(&store, move |tx| tx.jobs().fail(&failed, "too late")).await);
    let [job] = &list(&store, JobState::Leased).await[..] else { panic!("the job should still be leased") };
    assert_eq!(job.last_error, None);
    assert!(complete(&store, &holder).await);
}

async fn one_job_of_a_key_is_alive(database: &TestDatabase) {
    let store = queue(database).await;
    assert!(enqueue(&store, keyed("sweep")).await);
    assert!(!enqueue(&store, keyed("sweep")).await);
    assert!(enqueue(&store, keyed("other")).await);
    for job in claim_at(&store, noon()).await {
        complete(&store, &job).await;
    }
    assert!(enqueue(&store, keyed("sweep")).await);
}

async fn an_earlier_wish_brings_a_waiting_job_forward(database: &TestDatabase) {
    let store = queue(database).await;
    enqueue(&store, NewJob { run_at: after(100), ..keyed("sweep") }).await;
    enqueue(&store, NewJob { run_at: after(200), ..keyed("sweep") }).await;
    assert!(claim_at(&store, after(99)).await.is_empty());
    enqueue(&store, NewJob { run_at: after(50), ..keyed("sweep") }).await;
    assert_eq!(claim_one(&store, after(50)).await.run_at, after(50));
}

async fn a_new_wish_does_not_wait_out_an_old_failure(database: &TestDatabase) {
    let store = queue(database).await;
    enqueue(&store, keyed("apply")).await;
    let job = claim_one(&store, noon()).await;
    assert!(retry(&store, &job, after(3600)).await);
    assert!(!enqueue(&store, NewJob { run_at: after(60), ..keyed("apply") }).await);
    assert!(claim_at(&store, after(59)).await.is_empty());
    let again = claim_one(&store, after(60)).await;
    assert_eq!((again.id, again.attempts, again.payload), (job.id, 1, job.payload));
}

async fn a_key_is_alive_until_its_job_is_done_or_given_up(database: &TestDatabase) {
    let store = queue(database).await;
    let is_alive = || run(&store, |tx| tx.jobs().is_alive("apply"));
    assert!(!is_alive().await);
    enqueue(&store, keyed("apply")).await;
    assert!(is_alive().await);
    let job = claim_one(&store, noon()).await;
    assert!(is_alive().await);
    run(&store, move |tx| tx.jobs().fail(&job, "no use")).await;
    assert!(!is_alive().await);
}

async fn jobs_that_are_done_together_end_each_as_if_alone(database: &TestDatabase) {
    let store = queue(database).await;
    for _ in 0..20 {
        enqueue(&store, plain("settle")).await;
    }
    enqueue(&store, keyed("sweep")).await;
    let mut jobs = claim_at(&store, noon()).await;
    jobs.extend(claim_at(&store, noon()).await);
    jobs.extend(claim_at(&store, noon()).await);
    assert_eq!(jobs.len(), 21);
    let slow = jobs[3].clone();
    assert!(retry(&store, &slow, noon()).await);
    let taken_over = claim_one(&store, noon()).await;
    enqueue(&store, keyed("sweep")).await;
    run(&store, move |tx| tx.jobs().complete_all(&jobs)).await;
    assert_eq!(list(&store, JobState::Leased).await.iter().map(|job| job.id).collect::<Vec<_>>(), [slow.id]);
    assert_eq!(claim_one(&store, noon()).await.kind, "keyed");
    assert!(complete(&store, &taken_over).await);
}

async fn a_job_wanted_again_while_it_runs_runs_once_more(database: &TestDatabase) {
    let store = queue(database).await;
    enqueue(&store, keyed("sweep")).await;
    let job = claim_one(&store, noon()).await;
    assert!(!enqueue(&store, NewJob { run_at: after(5), ..keyed("sweep") }).await);
    assert!(complete(&store, &job).await);
    let again = claim_one(&store, after(5)).await;
    assert_eq!((again.id, again.attempts, again.run_at), (job.id, 1, after(5)));
    assert!(complete(&store, &again).await);
    assert!(claim_at(&store, after(3600)).await.is_empty());
}

async fn a_failed_job_that_was_wanted_again_gets_new_attempts(database: &TestDatabase) {
    let store = queue(database).await;
    enqueue(&store, NewJob { max_attempts: 1, ..keyed("sweep") }).await;
    let job = claim_one(&store, noon()).await;
    enqueue(&store, NewJob { run_at: after(5), ..keyed("sweep") }).await;
    assert!(retry(&store, &job, after(9)).await);
    assert!(list(&store, JobState::Failed).await.is_empty());
    assert_eq!(claim_one(&store, after(5)).await.attempts, 1);
}

async fn a_retried_job_waits_and_tells_why(database: &TestDatabase) {
    let store = queue(database).await;
    enqueue(&store, plain("settle")).await;
    let job = claim_one(&store, noon()).await;
    assert!(retry(&store, &job, after(30)).await);
    assert!(claim_at(&store, after(29)).await.is_empty());
    let again = claim_one(&store, after(30)).await;
    assert_eq!((again.attempts, again.last_error.as_deref()), (2, Some("no answer")));
}

async fn a_job_out_of_attempts_is_given_up_visibly(database: &TestDatabase) {
    let store = queue(database).await;
    enqueue(&store, NewJob { max_attempts: 2, ..plain("settle") }).await;
    for _ in 0..2 {
        let job = claim_one(&store, noon()).await;
        assert!(retry(&store, &job, noon()).await);
    }
    assert!(claim_at(&store, after(3600)).await.is_empty());
    let [job] = &list(&store, JobState::Failed).await[..] else {
        panic!("the job should be listed as failed")
    };
    assert_eq!((job.attempts, job.last_error.as_deref()), (2, Some("no answer")));
}

async fn a_job_that_was_put_off_keeps_its_attempts(database: &TestDatabase) {
    let store = queue(database).await;
    enqueue(&store, NewJob { max_attempts: 1, ..plain("settle") }).await;
    for attempts in 1..4 {
        let job = claim_one(&store, after(9)).await;
        assert_eq!(job.attempts, attempts, "pauses go on growing");
        assert!(run(&store, move |tx| tx.jobs().put_off(&job, "nobody there", after(9))).await);
    }
    let job = claim_one(&store, after(9)).await;
    assert!(retry(&store, &job, after(9)).await);
    assert_eq!(list(&store, JobState::Failed).await.len(), 1, "the one attempt that counts failed");
}

async fn a_job_that_keeps_killing_its_worker_is_given_up(database: &TestDatabase) {
    let store = queue(database).await;
    enqueue(&store, NewJob { max_attempts: 2, ..plain("poison") }).await;
    claim_one(&store, noon()).await;
    claim_one(&store, after(60)).await;
    assert!(claim_at(&store, after(120)).await.is_empty());
    assert_eq!(list(&store, JobState::Failed).await.len(), 1);
}

async fn an_operator_can_have_a_failed_job_tried_again(database: &TestDatabase) {
    let store = queue(database).await;
    enqueue(&store, NewJob { max_attempts: 1, ..plain("settle") }).await;
    let slow = claim_one(&store, noon()).await;
    retry(&store, &slow, noon()).await;
    let id = slow.id;
    assert!(run(&store, move |tx| tx.jobs().retry_failed(id, after(7))).await);
    assert!(!run(&store, move |tx| tx.jobs().retry_failed(id, after(7))).await);
    let again = claim_one(&store, after(7)).await;
    assert_eq!(again.attempts, 1);
    // Both claims were a first attempt, and are told apart all the same.
    assert!(!complete(&store, &slow).await);
    assert!(complete(&store, &again).await);
}

async fn a_failed_job_stays_while_another_of_its_key_is_alive(database: &TestDatabase) {
    let store = queue(database).await;
    enqueue(&store, NewJob { max_attempts: 1, ..keyed("sweep") }).await;
    let failed = claim_one(&store, noon()).await;
    retry(&store, &failed, noon()).await;
    assert!(enqueue(&store, keyed("sweep")).await);
    let result: Result<bool, StoreError> =
        store.write(move |tx| tx.jobs().retry_failed(failed.id, noon())).await;
    assert!(result.is_err_and(|error| error.is_conflict("jobs_dedupe_key")));
}

async fn the_next_moment_with_work_is_known(database: &TestDatabase) {
    let store = queue(database).await;
    let next = || async {
        store.read(|tx| tx.jobs().next_run_at()).await.map_err(|error: StoreError| error).unwrap()
    };
    assert_eq!(next().await, None);
    enqueue(&store, plain("settle")).await;
    enqueue(&store, NewJob { run_at: after(600), ..plain("later") }).await;
    assert_eq!(next().await, Some(noon()));
    let job = claim_one(&store, noon()).await;
    assert_eq!(next().await, Some(after(60)));
    complete(&store, &job).await;
    assert_eq!(next().await, Some(after(600)));
}
