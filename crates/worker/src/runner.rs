//! The loop of a worker node. Any number of them share one database.

use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use futures::future::try_join_all;
use jiff::SignedDuration;
use perennial_core::context::App;
use perennial_core::store::{Job, StoreError, backoff};
use perennial_core::tasks::Task;
use tokio::sync::Semaphore;
use tokio::task::JoinSet;

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
        let slots = Arc::new(Semaphore::new(self.options.concurrency));
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
                _ = looking.tick() => self.fill(&slots, &mut running).await,
                Some(_) = running.join_next() => self.fill(&slots, &mut running).await,
            }
        }
        while running.join_next().await.is_some() {}
    }

    /// Runs everything that is due now until nothing is left, as many tasks at once as it may: for tests and for
    /// simulated time.
    pub async fn drain(&self) -> Result<usize, StoreError> {
        let at_once = u32::try_from(self.options.concurrency).unwrap_or(u32::MAX);
        let mut done = 0;
        loop {
            let jobs = self.claim(at_once).await?;
            if jobs.is_empty() {
                return Ok(done);
            }
            try_join_all(jobs.iter().map(|job| self.work(job))).await?;
            done += jobs.len();
        }
    }

    /// Queues every sweep, and runs everything that is due: for the demo, when its clock has moved.
    pub async fn catch_up(&self) -> Result<usize, StoreError> {
        enqueue_sweeps(&self.app).await?;
        self.drain().await
    }

    async fn fill(&self, slots: &Arc<Semaphore>, running: &mut JoinSet<()>) {
        let free = u32::try_from(slots.available_permits()).unwrap_or(u32::MAX);
        if free == 0 {
            return;
        }
        let jobs = self.claim(free).await.unwrap_or_else(|error| {
            tracing::warn!(%error, "no tasks could be claimed");
            Vec::new()
        });
        for job in jobs {
            let Ok(slot) = slots.clone().try_acquire_owned() else { break };
            let worker = self.clone();
            running.spawn(async move {
                if let Err(error) = worker.work(&job).await {
                    tracing::warn!(job.id = %job.id, %error, "the result of task {} could not be noted, its lease will end", job.kind);
                }
                drop(slot);
            });
        }
    }

    async fn claim(&self, limit: u32) -> Result<Vec<Job>, StoreError> {
        let (lease, name) = (self.options.lease, self.options.name.clone());
        self.app.write(move |cx, tx| tx.jobs().claim(Task::KINDS, limit, cx.now(), lease, &name)).await
    }

    async fn work(&self, job: &Job) -> Result<(), StoreError> {
        let result = match Task::from_payload(&job.payload) {
            Ok(task) => self.attempt(task).await,
            Err(error) => Err(TaskError::GiveUp(format!("the payload cannot be read: {error}"))),
        };
        self.note(job.clone(), result).await
    }

    /// Runs a task by itself: a panic in it ends neither this worker nor the task's later attempts.
    async fn attempt(&self, task: Task) -> Result<(), TaskError> {
        let app = self.app.clone();
        match tokio::spawn(async move { run(&app, &task).await }).await {
            Ok(result) => result,
            Err(broken) => Err(TaskError::Retry(broken.to_string())),
        }
    }

    async fn note(&self, job: Job, result: Result<(), TaskError>) -> Result<(), StoreError> {
        if let Err(error) = &result {
            tracing::warn!(job.id = %job.id, job.attempts, %error, "the task {} failed", job.kind);
        }
        let random = rand::random::<f64>();
        let noted = self.app.write(move |cx, tx| match &result {
            Ok(()) => tx.jobs().complete(&job),
            Err(TaskError::Retry(error)) => {
                tx.jobs().retry(&job, error, cx.now() + backoff(job.attempts, random))
            }
            Err(TaskError::GiveUp(error)) => tx.jobs().fail(&job, error),
        });
        noted.await.map(drop)
    }
}
