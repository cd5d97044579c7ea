//! Working on jobs: taking those that are due, and saying what came of them.

use jiff::{SignedDuration, Timestamp};
use uuid::Uuid;

use super::{COLUMNS, Job, Jobs};
use crate::{StoreError, ToValue, params};

/// How many jobs one statement ends: each number is a statement of its own, which connections keep.
const COMPLETED_AT_ONCE: usize = 16;

impl Jobs<'_> {
    /// Takes up to `limit` due jobs of these kinds (of every kind when none is named) for the length of
    /// `lease`, the longest due first. Workers that claim at the same time get different jobs.
    ///
    /// A job whose worker died in its last attempt is given up here instead.
    pub fn claim(
        &mut self,
        kinds: &[&str],
        limit: u32,
        now: Timestamp,
        lease: SignedDuration,
        worker: &str,
    ) -> Result<Vec<Job>, StoreError> {
        let until = now.checked_add(lease).unwrap_or(Timestamp::MAX);
        let mut params: Vec<&dyn ToValue> = vec![&now, &limit, &until, &worker];
        params.extend(kinds.iter().map(|kind| kind as &dyn ToValue));
        let mut claimed: Vec<Job> = self.tx.list(&claim_statement(kinds.len()), &params)?;
        // The order of RETURNING is nobody's promise.
        claimed.sort_by_key(|job| (job.run_at, job.id));
        let (exhausted, live): (Vec<_>, Vec<_>) =
            claimed.into_iter().partition(|job| job.attempts > job.max_attempts);
        for job in exhausted {
            self.fail(&job, "the worker was lost in the last attempt")?;
        }
        Ok(live)
    }

    /// The job is done: deletes it, or has it wait again if it was asked for meanwhile.
    /// `false` if its lease was lost; then nothing changes.
    pub fn complete(&mut self, job: &Job) -> Result<bool, StoreError> {
        let deleted = self.tx.execute(
            "DELETE FROM jobs WHERE id = $1 AND leases = $2 AND state = 'leased' AND again_at IS NULL",
            params![job.id, job.lease],
        )?;
        if deleted > 0 {
            return Ok(true);
        }
        self.changed(
            "UPDATE jobs SET state = 'waiting', run_at = again_at, due_at = again_at, again_at = NULL, \
                 attempts = 0, last_error = NULL, leased_by = NULL \
             WHERE id = $1 AND leases = $2 AND state = 'leased' AND again_at IS NOT NULL",
            params![job.id, job.lease],
        )
    }

    /// The same for jobs that were done at about the same time, with few statements. One whose lease was lost is left to
    /// whoever has it now.
    pub fn complete_all(&mut self, jobs: &[Job]) -> Result<(), StoreError> {
        for jobs in jobs.chunks(COMPLETED_AT_ONCE) {
            if let [job] = jobs {
                self.complete(job)?;
                continue;
            }
            let params = jobs.iter().flat_map(|job| [&job.id as &dyn ToValue, &job.lease]);
            let deleted: Vec<Uuid> =
                self.tx.list(&complete_statement(jobs.len()), &params.collect::<Vec<_>>())?;
            for job in jobs.iter().filter(|job| !deleted.contains(&job.id)) {
                self.complete(job)?;
            }
        }
        Ok(())
    }

    /// The attempt failed: the job is due again at `run_at`, or given up if this was its last attempt.
    /// `false` if its lease was lost; then nothing changes.
    pub fn retry(&mut self, job: &Job, error: &str, run_at: Timestamp) -> Result<bool, StoreError> {
        if job.attempts >= job.max_attempts {
            return self.fail(job, error);
        }
        self.changed(
            "UPDATE jobs SET state = 'waiting', due_at = $3, again_at = NULL, last_error = $4, leased_by = NULL \
             WHERE id = $1 AND leases = $2 AND state = 'leased'",
            params![job.id, job.lease, run_at, error],
        )
    }

    /// The attempt could not even be made: the job is due again at `run_at`, and may be begun once more than before.
    /// `false` if its lease was lost; then nothing changes.
    pub fn put_off(&mut self, job: &Job, error: &str, run_at: Timestamp) -> Result<bool, StoreError> {
        self.changed(
            "UPDATE jobs SET state = 'waiting', due_at = $3, again_at = NULL, last_error = $4, leased_by = NULL, \
                 max_attempts = max_attempts + 1 \
             WHERE id = $1 AND leases = $2 AND state = 'leased'",
            params![job.id, job.lease, run_at, error],
        )
    }

    /// Gives the job up, for an operator to see; but if it was asked for again meanwhile, that later wish
    /// gets its attempts. `false` if its lease was lost; then nothing changes.
    pub fn fail(&mut self, job: &Job, error: &str) -> Result<bool, StoreError> {
        self.changed(
            "UPDATE jobs SET state = CASE WHEN again_at IS NULL THEN 'failed' ELSE 'waiting' END, \
                 attempts = CASE WHEN again_at IS NULL THEN attempts ELSE 0 END, \
                 due_at = COALESCE(again_at, due_at), again_at = NULL, last_error = $3, leased_by = NULL \
             WHERE id = $1 AND leases = $2 AND state = 'leased'",
            params![job.id, job.lease, error],
        )
    }
}

/// The jobs are chosen first and by themselves, or PostgreSQL's planner could lock more than it returns.
fn claim_statement(kinds: usize) -> String {
    let placeholders: Vec<String> = (0..kinds).map(|index| format!("${}", index + 5)).collect();
    let of_kinds = match kinds {
        0 => String::new(),
        _ => format!("AND kind IN ({}) ", placeholders.join(", ")),
    };
    format!(
        "WITH due AS MATERIALIZED (\
             SELECT id AS due_id FROM jobs WHERE state <> 'failed' AND due_at <= $1 {of_kinds}\
             ORDER BY due_at, id LIMIT $2 FOR UPDATE SKIP LOCKED) \
         UPDATE jobs SET state = 'leased', due_at = $3, leased_by = $4, attempts = attempts + 1, leases = leases + 1 \
         FROM due WHERE id = due_id RETURNING {COLUMNS}"
    )
}

/// Leaves out, besides jobs that were asked for again, those that somebody else writes at this moment: two that wait for
/// each other's rows would wait in a circle.
fn complete_statement(jobs: usize) -> String {
    let is_one = |number: usize| format!("(id = ${} AND leases = ${})", number * 2 + 1, number * 2 + 2);
    let is_any = (0..jobs).map(is_one).collect::<Vec<_>>().join(" OR ");
    format!(
        "WITH done AS MATERIALIZED (\
             SELECT id AS done_id FROM jobs WHERE state = 'leased' AND again_at IS NULL AND ({is_any}) \
             FOR UPDATE SKIP LOCKED) \
         DELETE FROM jobs WHERE id IN (SELECT done_id FROM done) RETURNING id"
    )
}

/// How long to wait after a failed attempt: five seconds after the first, twice as long after each further
/// one, an hour at the most. `random`, from 0 to 1, takes up to half of it off, so that jobs that failed
/// together do not come back together.
pub fn backoff(attempts: u32, random: f64) -> SignedDuration {
    const FIRST: SignedDuration = SignedDuration::from_secs(5);
    const LONGEST: SignedDuration = SignedDuration::from_hours(1);
    let doublings = attempts.saturating_sub(1).min(16);
    let full = FIRST.saturating_mul(1 << doublings).min(LONGEST);
    full.mul_f64(1.0 - random.clamp(0.0, 1.0) / 2.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_double_up_to_an_hour() {
        let seconds = |attempts| backoff(attempts, 0.0).as_secs();
        assert_eq!([1, 2, 3, 4].map(seconds), [5, 10, 20, 40]);
        assert_eq!([11, 100, u32::MAX].map(seconds), [3600, 3600, 3600]);
    }

    #[test]
    fn chance_takes_off_up_to_half() {
        assert_eq!(backoff(2, 1.0), SignedDuration::from_secs(5));
        assert_eq!(backoff(2, 0.5), SignedDuration::from_millis(7500));
    }
}
