//! Webhooks as they arrive and are worked on, each at the same time as what else goes on.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use perennial_core::tasks::{Task, enqueue};
use perennial_core::webhooks::Intake;
use perennial_testkit::Merchant;
use tokio::sync::watch;
use tokio::task::JoinSet;

use crate::failure::Failure;

/// How long nobody looks where there was nothing to do.
const GLANCE: Duration = Duration::from_millis(1);
/// Of so many webhooks, one is lost.
pub(super) const ONE_LOST_OF: u64 = 1_000;

/// Who listens to Stripe.
pub(super) struct Hearing {
    ear: Arc<Ear>,
    taking_in: Duration,
    working: Duration,
}

impl Hearing {
    pub(super) fn of(merchant: Arc<Merchant>) -> Self {
        Self { ear: Arc::new(Ear::of(merchant)), taking_in: Duration::ZERO, working: Duration::ZERO }
    }

    /// Webhooks that Stripe has sent.
    pub(super) fn sent(&self) -> u64 {
        self.ear.sent.load(Ordering::Relaxed)
    }

    /// How long webhooks were on their way into the inbox.
    pub(super) const fn taking_in(&self) -> Duration {
        self.taking_in
    }

    /// How long tasks were under way.
    pub(super) const fn working(&self) -> Duration {
        self.working
    }

    /// Hears what Stripe has to tell for as long as something else goes on, and until it has no more to tell. What was heard
    /// is worked on meanwhile.
    pub(super) async fn hear_while<T>(
        &mut self,
        other: impl Future<Output = Result<T, Failure>>,
    ) -> Result<T, Failure> {
        let (silent, silence) = watch::channel(false);
        let (heard, hearing_over) = watch::channel(false);
        let ear = Arc::clone(&self.ear);
        let listening = tokio::spawn(again_until(silence, move || Arc::clone(&ear).take_in()));
        let ear = Arc::clone(&self.ear);
        let working = tokio::spawn(again_until(hearing_over, move || Arc::clone(&ear).work()));
        let done = other.await;
        silent.send_replace(true);
        self.taking_in += listening.await??;
        heard.send_replace(true);
        self.working += working.await??;
        self.hear().await?;
        done
    }

    /// Hears what Stripe has to tell now, and works on what was heard, until there is no more of either.
    pub(super) async fn hear(&mut self) -> Result<(), Failure> {
        loop {
            let begun = Instant::now();
            let heard = Arc::clone(&self.ear).take_in().await?;
            self.taking_in += begun.elapsed();
            if heard == 0 && self.work().await? == 0 {
                return Ok(());
            }
        }
    }

    async fn work(&mut self) -> Result<usize, Failure> {
        let begun = Instant::now();
        let done = Arc::clone(&self.ear).work().await?;
        self.working += begun.elapsed();
        Ok(done)
    }
}

/// Queues what repeats by itself on a server.
pub(super) async fn sweep(merchant: &Merchant) -> Result<(), Failure> {
    let queued =
        merchant.app().write(|cx, tx| Task::SWEEPS.iter().try_for_each(|sweep| enqueue(cx, tx, sweep))).await;
    Ok(queued?)
}

/// The way from Stripe to the merchant's books.
struct Ear {
    merchant: Arc<Merchant>,
    intake: Arc<Intake>,
    sent: AtomicU64,
}

impl Ear {
    fn of(merchant: Arc<Merchant>) -> Self {
        let intake = Arc::new(Intake::open(merchant.app().clone(), Duration::from_mins(1)));
        Self { merchant, intake, sent: AtomicU64::new(0) }
    }

    /// Every webhook that is due arrives, but for the few that are lost. Answers how many were sent.
    async fn take_in(self: Arc<Self>) -> Result<usize, Failure> {
        self.merchant.sandbox.deliver_due().await?;
        let deliveries = self.merchant.postbox.take();
        let sent = deliveries.len();
        let mut arriving = JoinSet::new();
        for delivery in deliveries {
            let number = self.sent.fetch_add(1, Ordering::Relaxed) + 1;
            if !number.is_multiple_of(ONE_LOST_OF) {
                let intake = Arc::clone(&self.intake);
                arriving.spawn(async move {
                    intake.receive("p", &delivery.signature, delivery.body.as_bytes()).await
                });
            }
        }
        while let Some(arrived) = arriving.join_next().await {
            arrived??;
        }
        Ok(sent)
    }

    /// Works on every task that is due. Answers how many there were.
    async fn work(self: Arc<Self>) -> Result<usize, Failure> {
        Ok(self.merchant.work().await)
    }
}

/// Does something again and again, with a glance in between where there was nothing to do, until something else is over and
/// nothing is left. Answers how long there was something to do.
async fn again_until<D: Future<Output = Result<usize, Failure>>>(
    mut over: watch::Receiver<bool>,
    once: impl Fn() -> D,
) -> Result<Duration, Failure> {
    let mut busy = Duration::ZERO;
    loop {
        // Asked before: what came until then is found.
        let is_over = *over.borrow();
        let begun = Instant::now();
        match once().await? {
            0 if is_over => return Ok(busy),
            0 => drop(tokio::time::timeout(GLANCE, over.wait_for(|over| *over)).await),
            _ => busy += begun.elapsed(),
        }
    }
}
