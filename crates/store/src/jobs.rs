//! The job queue: work that is queued in the transaction that makes it necessary and done later.
//!
//! A worker claims due jobs under a lease. A job whose worker dies is due again when its lease ends, so jobs
//! must be safe to run twice; a worker that outlived its lease changes nothing any more. What fails too often
//! stays, visible as failed, until an operator has it tried again. A job that is done is deleted: what it did
//! is recorded where it did it.

mod leases;

use jiff::Timestamp;
use uuid::Uuid;

pub use self::leases::backoff;
use crate::{Columns, FreshIds, FromRow, FromValue, StoreError, ToValue, Tx, Value, params};

/// Jobs that are due at once are worked on as they were queued.
static IDS: FreshIds = FreshIds::new();

/// A job to queue.
#[derive(Debug, Clone)]
pub struct NewJob<'a> {
    /// Which worker function it is for.
    pub kind: &'a str,
    /// Ids, mostly: what it works on may change before it runs.
    pub payload: serde_json::Value,
    /// When to run it.
    pub run_at: Timestamp,
    /// At most one job of a key is alive.
    pub dedupe_key: Option<String>,
    /// How often it may be begun before it counts as failed; at least once.
    pub max_attempts: u32,
}

/// A job in the queue.
#[derive(Debug, Clone)]
pub struct Job {
    /// Its id.
    pub id: Uuid,
    /// Which worker function it is for.
    pub kind: String,
    /// What that function needs to know.
    pub payload: serde_json::Value,
    /// Waiting, being worked on, or given up.
    pub state: JobState,
    /// When it was wanted.
    pub run_at: Timestamp,
    /// How often it has been begun, this time included.
    pub attempts: u32,
    /// How often it may be begun.
    pub max_attempts: u32,
    /// What went wrong the last time.
    pub last_error: Option<String>,
    /// Tells this claim from every earlier and later one.
    lease: i64,
}

/// Where a job stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum JobState {
    /// It runs when its time comes.
    Waiting,
    /// A worker has it, or had it and died.
    Leased,
    /// It was given up and waits for an operator.
    Failed,
}

impl JobState {
    /// The word for it in the database.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Leased => "leased",
            Self::Failed => "failed",
        }
    }
}

impl FromValue for JobState {
    fn from_value(value: Value<'_>) -> Result<Self, StoreError> {
        let Value::Text(word) = &value else { return Err(StoreError::wrong_shape("a job's state", &value)) };
        [Self::Waiting, Self::Leased, Self::Failed]
            .into_iter()
            .find(|state| state.as_str() == word)
            .ok_or_else(|| StoreError::wrong_shape("a job's state", &value))
    }
}

impl FromRow for Job {
    fn from_row(row: &mut Columns<'_>) -> Result<Self, StoreError> {
        Ok(Self {
            id: row.take()?,
            kind: row.take()?,
            payload: row.take()?,
            state: row.take()?,
            run_at: row.take()?,
            attempts: row.take()?,
            max_attempts: row.take()?,
            last_error: row.take()?,
            lease: row.take()?,
        })
    }
}

const COLUMNS: &str = "id, kind, payload, state, run_at, attempts, max_attempts, last_error, leases";

/// The queue within a transaction.
pub struct Jobs<'t> {
    tx: Tx<'t>,
}

impl Tx<'_> {
    /// The job queue.
    pub fn jobs(&mut self) -> Jobs<'_> {
        Jobs { tx: self.reborrow() }
    }
}

impl Jobs<'_> {
    /// Queues a job. `false` means that a job of the same key is alive and does: one that waits is brought
    /// forward if this one is wanted earlier, with all its attempts if it had failed before, and one that runs
    /// now will run once more, since it may have looked before the present change.
    pub fn enqueue(&mut self, job: &NewJob<'_>, now: Timestamp) -> Result<bool, StoreError> {
        let id = IDS.at(now);
        let queued: Uuid = self.tx.one(
            &format!("{} RETURNING id", enqueue_statement(1)),
            params![id, job.kind, job.payload, job.run_at, job.max_attempts, job.dedupe_key],
        )?;
        Ok(queued == id)
    }

    /// Queues each of these jobs as [`Jobs::enqueue`] does, with one statement. Of those with the same key the first
    /// is queued.
    pub fn enqueue_all(&mut self, mut jobs: Vec<NewJob<'_>>, now: Timestamp) -> Result<(), StoreError> {
        // In the order of their keys, so that two that queue at once wait for each other in no circle; and one
        // statement cannot touch a row twice.
        jobs.sort_by(|left, right| left.dedupe_key.cmp(&right.dedupe_key));
        jobs.dedup_by(|later, first| first.dedupe_key.is_some() && later.dedupe_key == first.dedupe_key);
        if jobs.is_empty() {
            return Ok(());
        }
        let ids = jobs.iter().map(|_| IDS.at(now)).collect::<Vec<_>>();
        let values = ids.iter().zip(&jobs).flat_map(|(id, job)| {
            let NewJob { kind, payload, run_at, dedupe_key, max_attempts } = job;
            [id as &dyn ToValue, kind, payload, run_at, max_attempts, dedupe_key]
        });
        self.tx.send(&enqueue_statement(jobs.len()), &values.collect::<Vec<_>>())
    }

    /// Whether a job of this key waits or runs.
    pub fn is_alive(&mut self, dedupe_key: &str) -> Result<bool, StoreError> {
        let found: Option<Uuid> = self.tx.optional(
            "SELECT id FROM jobs WHERE dedupe_key = $1 AND state <> 'failed'",
            params![dedupe_key],
        )?;
        Ok(found.is_some())
    }

    /// The jobs in a state, the longest wanted first.
    pub fn list(&mut self, state: JobState, limit: u32) -> Result<Vec<Job>, StoreError> {
        // The word is part of the text so that the partial indexes can be used.
        let sql = format!(
            "SELECT {COLUMNS} FROM jobs WHERE state = '{}' ORDER BY run_at, id LIMIT $1",
            state.as_str()
        );
        self.tx.list(&sql, params![limit])
    }

    /// Has a failed job tried again from `now` on, with all its attempts. `false` if there is no failed job
    /// of this id; [`StoreError::Conflict`] with `jobs_dedupe_key` if a live one has its key by now.
    pub fn retry_failed(&mut self, id: Uuid, now: Timestamp) -> Result<bool, StoreError> {
        self.changed(
            "UPDATE jobs SET state = 'waiting', due_at = $2, attempts = 0 WHERE id = $1 AND state = 'failed'",
            params![id, now],
        )
    }

    /// When the next job, or the lease of one that is being worked on, is due.
    pub fn next_run_at(&mut self) -> Result<Option<Timestamp>, StoreError> {
        self.tx.one("SELECT MIN(due_at) FROM jobs WHERE state <> 'failed'", params![])
    }

    fn changed(&mut self, sql: &str, params: &[&dyn ToValue]) -> Result<bool, StoreError> {
        Ok(self.tx.execute(sql, params)? > 0)
    }
}

fn enqueue_statement(jobs: usize) -> String {
    let row = |number: usize| {
        let [id, kind, payload, run_at, attempts, key] = [1, 2, 3, 4, 5, 6].map(|place| number * 6 + place);
        format!("(${id}, ${kind}, ${payload}, 'waiting', ${run_at}, ${run_at}, ${attempts}, ${key})")
    };
    let rows = (0..jobs).map(row).collect::<Vec<_>>().join(", ");
    format!(
        "INSERT INTO jobs (id, kind, payload, state, run_at, due_at, max_attempts, dedupe_key) VALUES {rows} \
         ON CONFLICT (dedupe_key) WHERE state <> 'failed' DO UPDATE SET \
             run_at = CASE WHEN jobs.state = 'waiting' AND excluded.run_at < jobs.run_at \
                 THEN excluded.run_at ELSE jobs.run_at END, \
             attempts = CASE WHEN jobs.state = 'waiting' AND excluded.due_at < jobs.due_at \
                 THEN 0 ELSE jobs.attempts END, \
             due_at = CASE WHEN jobs.state = 'waiting' AND excluded.due_at < jobs.due_at \
                 THEN excluded.due_at ELSE jobs.due_at END, \
             again_at = CASE WHEN jobs.state = 'leased' AND (jobs.again_at IS NULL OR excluded.run_at < jobs.again_at) \
                 THEN excluded.run_at ELSE jobs.again_at END"
    )
}
