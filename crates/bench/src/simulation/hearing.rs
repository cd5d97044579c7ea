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
    inbound: Arc<Inbound>,
    telling: Duration,
    taking_in: Duration,
    working: Duration,
}

impl Hearing {
    pub(super) fn of(merchant: Arc<Merchant>) -> Self {
        Self {
            inbound: Arc::new(Inbound::of(merchant)),
            telling: Duration::ZERO,
            taking_in: Duration::ZERO,
            working: Duration::ZERO,
        }
    }

    /// Webhooks that Stripe has sent.
    pub(super) fn sent(&self) -> u64 {
        self.inbound.sent.load(Ordering::Relaxed)
    }

    /// How long Stripe made webhooks and sent them.
    pub(super) const fn telling(&self) -> Duration {
        self.telling
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
    /// is worked on meanwhile. The first error ends all of it.
    pub(super) async fn hear_while<T>(
        &mut self,
        other: impl Future<Output = Result<T, Failure>>,
    ) -> Result<T, Failure> {
        let (other_goes_on, until_other) = watch::channel(());
        let mut loops = JoinSet::new();
        let until_told = self.spawn(&mut loops, Part::Tell, until_other);
        let until_heard = self.spawn(&mut loops, Part::TakeIn, until_told);
        self.spawn(&mut loops, Part::Work, until_heard);
        let other = async move {
            let done = other.await;
            drop(other_goes_on);
            done
        };
        let hearing = async {
            while let Some(over) = loops.join_next().await.transpose()? {
                match over? {
                    (Part::Tell, busy) => self.telling += busy,
                    (Part::TakeIn, busy) => self.taking_in += busy,
                    (Part::Work, busy) => self.working += busy,
                }
            }
            Ok(())
        };
        let (done, ()) = tokio::try_join!(other, hearing)?;
        self.hear().await?;
        Ok(done)
    }

    /// Begins a part of hearing, on a task of its own, that goes on until the one is over which it depends on. Answers when it
    /// is over itself.
    fn spawn(
        &self,
        loops: &mut JoinSet<Result<(Part, Duration), Failure>>,
        part: Part,
        before: watch::Receiver<()>,
    ) -> watch::Receiver<()> {
        let (goes_on, over) = watch::channel(());
        let inbound = Arc::clone(&self.inbound);
        loops.spawn(async move {
            let busy = again_until_over(before, || Arc::clone(&inbound).once(part)).await?;
            drop(goes_on);
            Ok((part, busy))
        });
        over
    }

    /// Hears what Stripe has to tell now, and works on what was heard, until there is no more of either.
    pub(super) async fn hear(&mut self) -> Result<(), Failure> {
        loop {
            let told = timed(&mut self.telling, self.inbound.have_told()).await?;
            let heard = timed(&mut self.taking_in, self.inbound.take_in()).await?;
            let done = timed(&mut self.working, self.inbound.work()).await?;
            if told + heard + done == 0 {
                return Ok(());
            }
        }
    }
}

/// Queues what repeats by itself on a server.
pub(super) async fn sweep(merchant: &Merchant) -> Result<(), Failure> {
    let queued =
        merchant.app().write(|cx, tx| Task::SWEEPS.iter().try_for_each(|sweep| enqueue(cx, tx, sweep))).await;
    Ok(queued?)
}

/// What hearing consists of: each part works on what the one before has brought.
#[derive(Clone, Copy)]
enum Part {
    Tell,
    TakeIn,
    Work,
}

/// The way from Stripe to the merchant's books.
struct Inbound {
    merchant: Arc<Merchant>,
    intake: Arc<Intake>,
    sent: AtomicU64,
}

impl Inbound {
    fn of(merchant: Arc<Merchant>) -> Self {
        let intake = Arc::new(Intake::open(merchant.app().clone(), Duration::from_mins(1)));
        Self { merchant, intake, sent: AtomicU64::new(0) }
    }

    async fn once(self: Arc<Self>, part: Part) -> Result<usize, Failure> {
        match part {
            Part::Tell => self.have_told().await,
            Part::TakeIn => self.take_in().await,
            Part::Work => self.work().await,
        }
    }

    /// Stripe sends every webhook that is due. Answers how many there were.
    async fn have_told(&self) -> Result<usize, Failure> {
        Ok(self.merchant.sandbox.deliver_due().await?)
    }

    /// Every webhook that was sent arrives, but for the few that are lost. Answers how many there were.
    async fn take_in(&self) -> Result<usize, Failure> {
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
    async fn work(&self) -> Result<usize, Failure> {
        Ok(self.merchant.work().await)
    }
}

/// Does something again and again, with a glance in between where there was nothing to do, until something else is over (its
/// end of the channel is gone) and nothing is left. Answers how long there was something to do.
async fn again_until_over<D: Future<Output = Result<usize, Failure>>>(
    mut other: watch::Receiver<()>,
    once: impl Fn() -> D,
) -> Result<Duration, Failure> {
    let mut busy = Duration::ZERO;
    loop {
        // Asked before: what came until then is found.
        let is_over = other.has_changed().is_err();
        match timed(&mut busy, once()).await? {
            0 if is_over => return Ok(busy),
            0 => drop(tokio::time::timeout(GLANCE, other.changed()).await),
            _ => {}
        }
    }
}

/// Does something, and adds how long it took where there was something to do.
async fn timed(
    busy: &mut Duration,
    work: impl Future<Output = Result<usize, Failure>>,
) -> Result<usize, Failure> {
    let begun = Instant::now();
    let done = work.await?;
    if done > 0 {
        *busy += begun.elapsed();
    }
    Ok(done)
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use super::*;
    use crate::failure::failure;

    #[tokio::test]
    async fn what_the_other_did_last_is_found() {
        let (other, until_other) = watch::channel(());
        let (other, left, looks) = (Cell::new(Some(other)), Cell::new(0), Cell::new(0));
        let once = || {
            looks.set(looks.get() + 1);
            let found = left.take();
            // It is over while somebody looks, and after they did.
            if let Some(other) = other.take() {
                left.set(1);
                drop(other);
            }
            std::future::ready(Ok(found))
        };
        again_until_over(until_other, once).await.unwrap();
        assert_eq!((left.get(), looks.get()), (0, 3));
    }

    #[tokio::test]
    async fn what_fails_ends_it_at_once() {
        let (_other, until_other) = watch::channel(());
        let failed = again_until_over(until_other, || std::future::ready(Err(failure("no disk")))).await;
        assert_eq!(failed.unwrap_err().to_string(), "no disk");
    }
}
