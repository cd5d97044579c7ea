//! `perennial job …`: the queue of background work.

use clap::Subcommand;
use jiff::Timestamp;
use perennial_core::context::App;
use perennial_store::{Job, JobState, StoreError};
use serde::Serialize;
use uuid::Uuid;

use crate::failure::Failure;
use crate::output::{self, Row};

/// What to do with jobs.
#[derive(Debug, Subcommand)]
pub(crate) enum JobCommand {
    /// Lists jobs that wait, run or were given up
    List {
        /// Only those that were given up
        #[arg(long)]
        failed: bool,
        /// At the most so many of each state
        #[arg(long, default_value_t = 50)]
        limit: u32,
        /// Prints JSON
        #[arg(long)]
        json: bool,
    },
    /// Has a job that was given up tried again
    Retry {
        /// The job's id
        id: Uuid,
    },
}

/// A job, as it is printed.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct JobRow {
    id: Uuid,
    kind: String,
    state: &'static str,
    payload: serde_json::Value,
    run_at: Timestamp,
    attempts: u32,
    max_attempts: u32,
    last_error: Option<String>,
}

impl From<Job> for JobRow {
    fn from(job: Job) -> Self {
        Self {
            id: job.id,
            kind: job.kind,
            state: job.state.as_str(),
            payload: job.payload,
            run_at: job.run_at,
            attempts: job.attempts,
            max_attempts: job.max_attempts,
            last_error: job.last_error,
        }
    }
}

impl Row for JobRow {
    const HEADINGS: &'static [&'static str] = &["id", "kind", "state", "wanted", "attempts", "error"];

    fn cells(&self) -> Vec<String> {
        vec![
            self.id.to_string(),
            self.kind.clone(),
            self.state.to_owned(),
            self.run_at.to_string(),
            format!("{}/{}", self.attempts, self.max_attempts),
            self.last_error.clone().unwrap_or_default(),
        ]
    }
}

/// Does it.
pub(crate) async fn run(app: &App, command: JobCommand) -> Result<(), Failure> {
    match command {
        JobCommand::List { failed, limit, json } => {
            let states: &[JobState] = if failed {
                &[JobState::Failed]
            } else {
                &[JobState::Failed, JobState::Leased, JobState::Waiting]
            };
            output::rows(&list(app, states, limit).await?, json)
        }
        JobCommand::Retry { id } => retry(app, id).await,
    }
}

async fn list(app: &App, states: &'static [JobState], limit: u32) -> Result<Vec<JobRow>, StoreError> {
    app.read(move |_, tx| {
        let mut rows = Vec::new();
        for state in states {
            rows.extend(tx.jobs().list(*state, limit)?.into_iter().map(JobRow::from));
        }
        Ok(rows)
    })
    .await
}

async fn retry(app: &App, id: Uuid) -> Result<(), Failure> {
    match app.write(move |cx, tx| tx.jobs().retry_failed(id, cx.now())).await {
        Ok(true) => {
            output::say(format_args!("{id} is tried again as soon as a worker is free"));
            Ok(())
        }
        Ok(false) => Err(Failure::new(format!("no job {id} was given up"))
            .hint("`job list --failed` shows those that were")),
        Err(error) if error.is_conflict("jobs_dedupe_key") => {
            Err(Failure::new("the same work is queued again already"))
        }
        Err(error) => Err(error.into()),
    }
}
