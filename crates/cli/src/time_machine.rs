//! Moving the clock of the demo, or of a sandbox alone: forward only, and with everything that happens on the way.
//!
//! One clock tells the server, the sandbox and the background work their time. A journey stops wherever something is due,
//! and lets it be heard of and worked on before it goes on: a jump over years ends like the years themselves.

pub(crate) mod control;

use std::sync::{Arc, OnceLock};
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use perennial_core::context::App;
use perennial_core::ports::{Clock, ShiftedClock};
use perennial_core::store::{JobState, StoreError};
use perennial_worker::{Worker, WorkerOptions};
use stripe_sandbox::{ApiError, Sandbox};

/// Without anything due, a journey stops every day, because the server has a calendar of its own …
const SHORTEST_STRIDE: SignedDuration = SignedDuration::from_hours(24);
/// … but not more often than this: a journey over a century should end today.
const MOST_STRIDES: i32 = 400;
/// Webhooks make work, and work makes webhooks. More rounds than this are a circle.
const MOST_ROUNDS: u32 = 50;
/// How often to look whether other workers are done, and how long.
const GLANCE: Duration = Duration::from_millis(10);
const MOST_GLANCES: u32 = 500;

/// Why a journey ended before its end.
#[derive(Debug, thiserror::Error)]
pub(crate) enum TravelError {
    /// What has happened cannot be taken back.
    #[error("the clock shows {now} and only goes forward, not to {to}")]
    Backwards {
        /// What it shows.
        now: Timestamp,
        /// What it was asked to show.
        to: Timestamp,
    },
    /// The sandbox failed on the way.
    #[error("the sandbox failed on the way")]
    Sandbox(#[from] ApiError),
    /// The server's database failed on the way.
    #[error("the server failed on the way")]
    Store(#[from] StoreError),
}

/// Called with how far ahead the clock is, whenever it has moved.
type Remember = Box<dyn Fn(SignedDuration) + Send + Sync>;

/// A clock that can be moved, and those who live by it.
pub(crate) struct TimeMachine {
    clock: Arc<ShiftedClock>,
    sandbox: Sandbox,
    /// The server beside the sandbox, once it is there.
    worker: OnceLock<(App, Worker)>,
    remember: Remember,
    travelling: tokio::sync::Mutex<()>,
}

/// The sandbox's way to read the time.
pub(crate) fn seconds(clock: &Arc<ShiftedClock>) -> stripe_sandbox::Clock {
    let clock = Arc::clone(clock);
    Arc::new(move || clock.now().as_second())
}

impl TimeMachine {
    /// A machine for a sandbox that lives by this clock.
    pub(crate) fn new(clock: Arc<ShiftedClock>, sandbox: Sandbox, remember: Remember) -> Arc<Self> {
        let travelling = tokio::sync::Mutex::new(());
        Arc::new(Self { clock, sandbox, worker: OnceLock::new(), remember, travelling })
    }

    /// Takes a server along, which lives by the same clock.
    pub(crate) fn take_along(&self, app: &App) {
        let options = WorkerOptions { name: "time-machine".to_owned(), ..WorkerOptions::default() };
        // A second server would be a mistake of ours; the first one stays.
        let _ = self.worker.set((app.clone(), Worker::new(app.clone(), options)));
    }

    /// The time now.
    pub(crate) fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// Goes to this time, and answers when everything due until then has happened.
    pub(crate) async fn travel_to(&self, target: Timestamp) -> Result<Timestamp, TravelError> {
        let _alone = self.travelling.lock().await;
        let began = self.now();
        if target < began {
            return Err(TravelError::Backwards { now: began, to: target });
        }
        let stride = SHORTEST_STRIDE.max(target.duration_since(began) / MOST_STRIDES);
        loop {
            let next = self.now().saturating_add(stride).map_or(target, |next| next.min(target));
            let due = self.sandbox.next_due_at(next.as_second()).await?;
            let due = due.and_then(|due| Timestamp::from_second(due).ok());
            self.clock.reach(due.unwrap_or(next));
            (self.remember)(self.clock.ahead());
            self.let_it_happen().await?;
            if self.now() >= target && self.sandbox.next_due_at(target.as_second()).await?.is_none() {
                return Ok(self.now());
            }
        }
    }

    /// What is due happens, is told, and is worked on, until all is quiet.
    async fn let_it_happen(&self) -> Result<(), TravelError> {
        self.sandbox.tick().await?;
        for round in 0..MOST_ROUNDS {
            let mut told = 0;
            loop {
                match self.sandbox.deliver_due().await? {
                    0 => break,
                    delivered => told += delivered,
                }
            }
            let Some((app, worker)) = self.worker.get() else { return Ok(()) };
            let done = if round == 0 { worker.catch_up().await? } else { worker.drain().await? };
            wait_for_others(app).await?;
            if round > 0 && told == 0 && done == 0 {
                break;
            }
        }
        Ok(())
    }
}

/// The demo's own worker may hold tasks that this one then does not find.
async fn wait_for_others(app: &App) -> Result<(), StoreError> {
    for _ in 0..MOST_GLANCES {
        let held = app.read(|_, tx| tx.jobs().list(JobState::Leased, 1)).await?;
        if held.is_empty() {
            break;
        }
        tokio::time::sleep(GLANCE).await;
    }
    Ok(())
}
