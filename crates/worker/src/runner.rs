//! The loop of a worker node. Any number of them share one database.

use std::future::Future;
use std::time::Duration;

use jiff::SignedDuration;
use perennial_core::context::App;
use perennial_core::store::{Job, StoreError, backoff};
use perennial_core::tasks::Task;
use tokio::task::{JoinError, JoinSet};

use crate::run::{TaskError, run};
use crate::sweeps::enqueue_sweeps;

/// How a worker works.
#[derive(Clone, Debug)]
pub struct WorkerOptions {
    /// Which node this is, for people who read the queue.
    pub name: String,
    /// How many tasks at once.
    pub concurrency: usize,
    /// How long a task may take before others may take it over.
    pub lease: SignedDuration,
    /// How often an idle worker looks.
    pub poll: Duration,
    /// How often the sweeps are queued.
    pub sweep_every: Duration,
}

impl Default for WorkerOptions {
    fn default() -> Self {
        Self {
            name: format!("worker-{}", std::process::id()),
            concurrency: 8,
            lease: SignedDuration::from_mins(2),
            poll: Duration::from_millis(200),
            sweep_every: Duration::from_secs(15),
        }
    }
}

/// Runs tasks until it is told to stop.
#[derive(Clone)]
pub struct Worker {
    app: App,
    options: WorkerOptions,
}

impl Worker {
    /// A worker for this application.
    pub fn new(app: App, options: WorkerOptions) -> Self {
        Self { app, options }
    }

    /// Works until `shutdown` is done, then finishes what it has begun.
    pub async fn run(&self, shutdown: impl Future<Output = ()>) {
        let mut running = JoinSet::new();
        let mut looking = tokio::time::interval(self.options.poll);
        let mut sweeping = tokio::time::interval(self.options.sweep_every);
        let mut shutdown = std::pin::pin!(shutdown);
        loop {
            tokio::select! {
                () = &mut shutdown => break,
                _ = sweeping.tick() => {
                    if let Err(error) = enqueue_sweeps(&self.app).await {
                        tracing::warn!(%error, "the sweeps could not be queued");
                    }
                }
                _ = looking.tick() => self.fill(&mut running).await,
                Some(first) = running.join_next() => {
                    self.note_finished(first, &mut running).await;
                    self.fill(&mut running).await;
                }
            }
        }
        self.finish(running).await;
    }

    /// Runs everything that is due now until nothing is left, as many tasks at once as it may: for tests and for
    /// simulated time. After an error nothing runs any more; what could not be noted is found when its lease ends.
    pub async fn drain(&self) -> Result<usize, StoreError> {
        let mut running = JoinSet::new();
        let done = self.work_through(&mut running).await;
        self.finish(running).await;
        done
    }

    async fn work_through(&self, running: &mut JoinSet<Finished>) -> Result<usize, StoreError> {
        let mut done = 0;
        loop {
            for job in self.claim(self.free(running)).await? {
                self.begin(job, running);
            }
            let Some(first) = running.join_next().await else { return Ok(done) };
            let finished = with_others(first, running);
            done += finished.len();
            self.note(finished).await?;
        }
    }

    /// Queues every sweep, and runs everything that is due: for the demo, when its clock has moved.
    pub async fn catch_up(&self) -> Result<usize, StoreError> {
        enqueue_sweeps(&self.app).await?;
        self.drain().await
    }

    /// Nothing that has begun is left behind: its caller may close the database next, or move the clock.
    async fn finish(&self, mut running: JoinSet<Finished>) {
        while let Some(first) = running.join_next().await {
            self.note_finished(first, &mut running).await;
        }
    }

    async fn fill(&self, running: &mut JoinSet<Finished>) {
        let free = self.free(running);
        if free == 0 {
            return;
        }
        let jobs = self.claim(free).await.unwrap_or_else(|error| {
            tracing::warn!(%error, "no tasks could be claimed");
            Vec::new()
        });
        for job in jobs {
            self.begin(job, running);
        }
    }

    /// How many tasks there is room for.
    fn free(&self, running: &JoinSet<Finished>) -> u32 {
        u32::try_from(self.options.concurrency.saturating_sub(running.len())).unwrap_or(u32::MAX)
    }

    fn begin(&self, job: Job, running: &mut JoinSet<Finished>) {
        let worker = self.clone();
        running.spawn(async move { worker.work(job).await });
    }

    async fn claim(&self, limit: u32) -> Result<Vec<Job>, StoreError> {
        let (lease, name) = (self.options.lease, self.options.name.clone());
        self.app.write(move |cx, tx| tx.jobs().claim(Task::KINDS, limit, cx.now(), lease, &name)).await
    }

    async fn work(&self, job: Job) -> Finished {
        let result = match Task::from_payload(&job.payload) {
            Ok(task) => self.attempt(task).await,
            Err(error) => Err(TaskError::GiveUp(format!("the payload cannot be read: {error}"))),
        };
        Finished { job, result }
    }

    /// Runs a task by itself: a panic in it ends neither this worker nor the task's later attempts.
    async fn attempt(&self, task: Task) -> Result<(), TaskError> {
        let app = self.app.clone();
        match tokio::spawn(async move { run(&app, &task).await }).await {
            Ok(result) => result,
            Err(broken) => Err(TaskError::Retry(broken.to_string())),
        }
    }

    /// Notes what became of a task, and of those that have finished since.
    async fn note_finished(&self, first: Result<Finished, JoinError>, running: &mut JoinSet<Finished>) {
        if let Err(error) = self.note(with_others(first, running)).await {
            tracing::warn!(%error, "the results of tasks could not be noted, their leases will end");
        }
    }

    async fn note(&self, finished: Vec<Finished>) -> Result<(), StoreError> {
        let mut done = Vec::new();
        let mut failed = Vec::new();
        for Finished { job, result } in finished {
            match result {
                Ok(()) => done.push(job),
                Err(error) => {
                    tracing::warn!(job.id = %job.id, job.attempts, %error, "the task {} failed", job.kind);
                    failed.push((job, error, rand::random::<f64>()));
                }
            }
        }
        let noted = self.app.write(move |cx, tx| {
            for (job, error, random) in &failed {
                match error {
                    TaskError::Retry(error) => {
                        tx.jobs().retry(job, error, cx.now() + backoff(job.attempts, *random))?
                    }
                    TaskError::Wait(error) => {
                        tx.jobs().put_off(job, error, cx.now() + backoff(job.attempts, *random))?
                    }
                    TaskError::GiveUp(error) => tx.jobs().fail(job, error)?,
                };
            }
            tx.jobs().complete_all(&done)
        });
        noted.await
    }
}

/// A task that has run, and what came of it.
struct Finished {
    job: Job,
    result: Result<(), TaskError>,
}

/// A task that has finished, and those that have since: a commit costs the same for one as for twenty.
fn with_others(first: Result<Finished, JoinError>, running: &mut JoinSet<Finished>) -> Vec<Finished> {
    let others = std::iter::from_fn(|| running.try_join_next());
    std::iter::once(first).chain(others).filter_map(not_lost).collect()
}

/// What a task panics with is caught where it runs: only a fault of the worker's own loses one.
fn not_lost(joined: Result<Finished, JoinError>) -> Option<Finished> {
    joined
        .inspect_err(|error| tracing::error!(%error, "a task was lost, it is run again when its lease ends"))
        .ok()
}
