//! Webhooks as they arrive and are worked on, each at the same time as what else goes on.

use std::sync::Arc;
use std::time::{Duration, Instant};

use perennial_core::tasks::{Task, enqueue};
use perennial_core::webhooks::Intake;
use perennial_testkit::Merchant;
use tokio::sync::Notify;
use tokio::task::JoinSet;

use crate::failure::Failure;

/// How long Stripe may be alone before somebody looks what it has done.
const GLANCE: Duration = Duration::from_millis(1);
/// Of so many webhooks, one is lost.
pub(super) const ONE_LOST_OF: u64 = 1_000;

/// Who listens to Stripe.
pub(super) struct Hearing {
    merchant: Arc<Merchant>,
    intake: Arc<Intake>,
    sent: u64,
    taking_in: Duration,
    working: Duration,
}

impl Hearing {
    pub(super) fn of(merchant: Arc<Merchant>) -> Self {
        let intake = Arc::new(Intake::open(merchant.app().clone(), Duration::from_mins(1)));
        Self { merchant, intake, sent: 0, taking_in: Duration::ZERO, working: Duration::ZERO }
    }

    /// Webhooks that Stripe has sent.
    pub(super) const fn sent(&self) -> u64 {
        self.sent
    }

    /// How long webhooks were on their way into the inbox.
    pub(super) const fn taking_in(&self) -> Duration {
        self.taking_in
    }

    /// How long tasks were under way.
    pub(super) const fn working(&self) -> Duration {
        self.working
    }

    /// Hears what Stripe has to tell for as long as something else goes on, and until it has no more to tell.
    pub(super) async fn hear_while<T>(
        &mut self,
        other: impl Future<Output = Result<T, Failure>>,
    ) -> Result<T, Failure> {
        let over = Notify::new();
        let other = async {
            let done = other.await;
            over.notify_one();
            done
        };
        let hearing = async {
            loop {
                self.hear().await?;
                if tokio::time::timeout(GLANCE, over.notified()).await.is_ok() {
                    return self.hear().await;
                }
            }
        };
        let (done, heard) = tokio::join!(other, hearing);
        heard?;
        done
    }

    /// Hears what Stripe has to tell now, and works on what was heard before meanwhile, until there is no more of either.
    pub(super) async fn hear(&mut self) -> Result<(), Failure> {
        let merchant = Arc::clone(&self.merchant);
        loop {
            let (heard, (done, took)) = tokio::join!(self.take_in(), work(&merchant));
            self.working += took;
            if heard? == 0 && done == 0 {
                return Ok(());
            }
        }
    }

    /// What repeats by itself on a server.
    pub(super) async fn sweep(&mut self) -> Result<(), Failure> {
        let app = self.merchant.app();
        app.write(|cx, tx| Task::SWEEPS.iter().try_for_each(|sweep| enqueue(cx, tx, sweep))).await?;
        let (_, took) = work(&self.merchant).await;
        self.working += took;
        Ok(())
    }

    /// Every webhook that is due arrives, but for the few that are lost. Answers how many were sent.
    async fn take_in(&mut self) -> Result<u64, Failure> {
        let (begun, sent_before) = (Instant::now(), self.sent);
        self.merchant.sandbox.deliver_due().await?;
        let mut arriving = JoinSet::new();
        for delivery in self.merchant.postbox.take() {
            self.sent += 1;
            if !self.sent.is_multiple_of(ONE_LOST_OF) {
                let intake = Arc::clone(&self.intake);
                arriving.spawn(async move {
                    intake.receive("p", &delivery.signature, delivery.body.as_bytes()).await
                });
            }
        }
        while let Some(arrived) = arriving.join_next().await {
            arrived??;
        }
        self.taking_in += begun.elapsed();
        Ok(self.sent - sent_before)
    }
}

/// Works on every task that is due. Answers how many there were, and how long that took.
async fn work(merchant: &Merchant) -> (usize, Duration) {
    let begun = Instant::now();
    let done = merchant.work().await;
    (done, begun.elapsed())
}
