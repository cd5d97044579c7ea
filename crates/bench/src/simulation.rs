//! Years of subscribers in one process: they buy, renew, change their plans, cancel, change their minds and lose their cards, and
//! at the end
//! the books here and at Stripe are compared payment by payment.
//!
//! Stripe is the sandbox, reached without sockets; both sides keep their rows in files. One webhook in a thousand is
//! lost, so that the sweeps have something to find. No receipts are mailed, as where Stripe sends its own, and Stripe
//! keeps only the events that somebody asked for.

mod diary;
mod ledger;
mod people;
mod stripe;

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use futures::stream::{self, StreamExt as _, TryStreamExt as _};
use jiff::SignedDuration;
use perennial_core::projects::{ProjectPatch, update_project};
use perennial_core::tasks::{Task, enqueue};
use perennial_core::webhooks::Intake;
use perennial_domain::MailSettings;
use perennial_testkit::{Merchant, MerchantOptions};
use stripe_sandbox::Storage;
use tokio::task::JoinSet;

use crate::failure::Failure;
use crate::machine;
use diary::{Deed, Diary};
use ledger::Ledger;
use people::{Subscriber, TERMS};
use stripe::Stripe;

/// What a merchant has to hear of for renewals, ends, purchases and refunds.
const EVENTS: [&str; 6] = [
    "checkout.session.completed",
    "checkout.session.expired",
    "customer.subscription.deleted",
    "customer.subscription.updated",
    "invoice.paid",
    "refund.created",
];
/// Tasks and deliveries under way at once: enough for a commit to be shared.
const AT_ONCE: usize = 128;
/// How long Stripe may be alone before somebody looks what it has done.
const GLANCE: Duration = Duration::from_millis(5);
/// Of so many webhooks, one is lost.
const ONE_LOST_OF: u64 = 1_000;
const CATALOG: &str = include_str!("simulation/catalog.toml");

/// How much to simulate.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Extent {
    pub(crate) subscribers: usize,
    pub(crate) days: i64,
}

/// What came of it.
#[derive(Debug)]
pub(crate) struct Outcome {
    pub(crate) ledger: Ledger,
    /// Webhooks that Stripe has sent, those included that were lost.
    pub(crate) webhooks: u64,
    pub(crate) purchases: u64,
    pub(crate) changes: u64,
    pub(crate) took: Duration,
    /// Where the time went.
    spent: Spent,
}

/// Where the time goes.
#[derive(Debug, Default)]
struct Spent {
    people: Duration,
    sandbox: Duration,
    intake: Duration,
    work: Duration,
}

/// Simulates, prints what came of it, and fails where the books differ.
pub(crate) fn print(extent: Extent) -> Result<(), Failure> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    let busy_before = machine::busy("self")?;
    let folder = tempfile::TempDir::new()?;
    let outcome = runtime.block_on(run(extent, Storage::File(folder.path().join("stripe.db"))))?;
    let busy = machine::busy("self")?.saturating_sub(busy_before);
    for row in rows(&outcome, busy, machine::peak_memory_bytes()?) {
        println!("{row}");
    }
    let Outcome { ledger, webhooks, purchases, changes, spent, .. } = outcome;
    println!();
    println!("- {} subscribers over {} simulated days, of a hundred:", extent.subscribers, extent.days);
    println!("  {}.", TERMS.map(|(plan, share)| format!("{share} {plan}")).join(", "));
    println!(
        "- {purchases} purchases, {changes} changes of plan, {webhooks} webhooks, of which {} were lost.",
        webhooks / ONE_LOST_OF
    );
    println!(
        "- The books agree: {} payments of {} cents, {} cents given back, {} live billed subscriptions.",
        ledger.payments, ledger.paid_minor, ledger.refunded_minor, ledger.live
    );
    println!(
        "- Spent on customers {:.1?}, webhook intake {:.1?}, tasks {:.1?}; beside them on Stripe's clock {:.1?}.",
        spent.people, spent.intake, spent.work, spent.sandbox
    );
    for line in machine::describe()? {
        println!("- {line}");
    }
    Ok(())
}

/// The lines of the table. The goals are those of the full extent, 10 000 subscribers over 10 years.
fn rows(outcome: &Outcome, busy: Duration, peak_memory_bytes: u64) -> Vec<String> {
    let payments = u32::try_from(outcome.ledger.payments).unwrap_or(u32::MAX).max(1);
    let seconds = outcome.took.as_secs_f64();
    vec![
        "| | measured | goal | of a core |\n|---|--:|--:|--:|".to_owned(),
        format!("| simulation: all years | **{seconds:.0} s** | < 600 s | {:.0} s |", busy.as_secs_f64()),
        format!(
            "| simulation: payments | **{:.0} /s** |  | {} µs |",
            f64::from(payments) / seconds,
            (busy / payments).as_micros()
        ),
        format!(
            "| simulation: memory at the most | **{} MiB** | < 300 MB | |",
            peak_memory_bytes.div_ceil(1 << 20)
        ),
    ]
}

/// Has the merchant mail a receipt for each payment, or leave that to Stripe.
pub(crate) async fn mail_receipts(merchant: &Merchant, receipts: bool) -> Result<(), Failure> {
    let project = merchant.project();
    let patch = ProjectPatch {
        mails: Some(MailSettings { receipts, ..MailSettings::default() }),
        ..ProjectPatch::default()
    };
    merchant.app().write(move |cx, tx| update_project(cx, tx, project, &patch)).await?;
    Ok(())
}

/// Simulates, and compares the books.
async fn run(extent: Extent, stripes_storage: Storage) -> Result<Outcome, Failure> {
    let begun = Instant::now();
    let mut history = History::begin(stripes_storage, extent).await?;
    for day in 0..extent.days {
        history.live_through(day).await?;
    }
    history.settle().await?;
    let ledger = ledger::compare(&history.merchant, &history.stripe).await?;
    Ok(Outcome {
        ledger,
        webhooks: history.sent,
        purchases: history.subscribers.iter().flatten().map(Subscriber::purchases).sum(),
        changes: history.subscribers.iter().flatten().map(Subscriber::changes).sum(),
        took: begun.elapsed(),
        spent: history.spent,
    })
}

/// The years as they pass.
struct History {
    merchant: Merchant,
    stripe: Stripe,
    intake: Arc<Intake>,
    diary: Diary,
    /// By number; nobody is there before their first purchase.
    subscribers: Vec<Option<Subscriber>>,
    /// Webhooks that Stripe has sent.
    sent: u64,
    spent: Spent,
}

impl History {
    async fn begin(storage: Storage, extent: Extent) -> Result<Self, Failure> {
        let merchant = Merchant::with(MerchantOptions {
            storage,
            enabled_events: EVENTS.map(str::to_owned).to_vec(),
            keep_unheard_events: false,
            catalog: CATALOG,
            tasks_at_once: AT_ONCE,
            ..MerchantOptions::default()
        })
        .await;
        mail_receipts(&merchant, false).await?;
        let mut diary = Diary::default();
        people::enter_all(&mut diary, extent);
        Ok(Self {
            stripe: Stripe::of(&merchant.sandbox),
            intake: Arc::new(Intake::open(merchant.app().clone(), Duration::from_mins(1))),
            subscribers: (0..extent.subscribers).map(|_| None).collect(),
            merchant,
            diary,
            sent: 0,
            spent: Spent::default(),
        })
    }

    async fn live_through(&mut self, day: i64) -> Result<(), Failure> {
        self.merchant.test.clock().advance(SignedDuration::from_hours(24));
        self.hear_while_stripe_works().await?;
        self.sweep().await?;
        let begun = Instant::now();
        self.do_deeds(day).await?;
        self.spent.people += begun.elapsed();
        self.hear().await
    }

    /// Stripe does on one core what is due by its clock, and what it has done already is worked on here by the other.
    async fn hear_while_stripe_works(&mut self) -> Result<(), Failure> {
        let sandbox = self.merchant.sandbox.clone();
        let mut stripe = tokio::task::spawn_blocking(move || {
            let begun = Instant::now();
            sandbox.tick().map(|()| begun.elapsed())
        });
        loop {
            let Ok(done) = tokio::time::timeout(GLANCE, &mut stripe).await else {
                self.hear().await?;
                continue;
            };
            self.spent.sandbox += done??;
            return self.hear().await;
        }
    }

    /// Everybody does what they do on that day, one deed after the other, at the same time as the others.
    async fn do_deeds(&mut self, day: i64) -> Result<(), Failure> {
        let mut deeds = BTreeMap::<usize, Vec<Deed>>::new();
        for (number, deed) in self.diary.take_until(day) {
            deeds.entry(number).or_default().push(deed);
        }
        let known = deeds.into_iter().map(|(number, deeds)| (number, self.subscribers[number].take(), deeds));
        let known = known.collect::<Vec<_>>();
        let (merchant, stripe) = (&self.merchant, &self.stripe);
        let done = stream::iter(known)
            .map(async |(number, known, deeds)| {
                let mut subscriber = match known {
                    Some(subscriber) => subscriber,
                    None => Subscriber::enter(merchant, number).await,
                };
                let mut next = Vec::new();
                for deed in deeds {
                    next.extend(subscriber.act(deed, merchant, stripe, day).await?);
                }
                Ok::<_, Failure>((number, subscriber, next))
            })
            .buffered(AT_ONCE)
            .try_collect::<Vec<_>>()
            .await?;
        for (number, subscriber, next) in done {
            for (day, deed) in next {
                self.diary.note(day, number, deed);
            }
            self.subscribers[number] = Some(subscriber);
        }
        Ok(())
    }

    /// Every webhook that is due arrives, but for the few that are lost, and is worked on.
    async fn hear(&mut self) -> Result<(), Failure> {
        let begun = Instant::now();
        while self.merchant.sandbox.deliver_due().await? > 0 {
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
        }
        self.spent.intake += begun.elapsed();
        let begun = Instant::now();
        self.merchant.work().await;
        self.spent.work += begun.elapsed();
        Ok(())
    }

    /// What repeats by itself on a server.
    async fn sweep(&mut self) -> Result<(), Failure> {
        let begun = Instant::now();
        self.merchant
            .app()
            .write(|cx, tx| Task::SWEEPS.iter().try_for_each(|sweep| enqueue(cx, tx, sweep)))
            .await?;
        self.merchant.work().await;
        self.spent.work += begun.elapsed();
        Ok(())
    }

    /// Some days in which nothing new happens, so that the sweeps find what was lost on the last ones.
    async fn settle(&mut self) -> Result<(), Failure> {
        for _ in 0..3 {
            self.merchant.test.clock().advance(SignedDuration::from_hours(6));
            self.hear().await?;
            self.sweep().await?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn the_books_agree_after_more_than_a_year_of_every_term() {
        // A year, and the seventh of the time in which they come: so everybody renews who pays by the year.
        let extent = Extent { subscribers: 30, days: 430 };
        let outcome = run(extent, Storage::Memory).await.unwrap();
        assert!(outcome.ledger.payments > 100, "{outcome:?}");
        assert!(outcome.ledger.live > 15, "{outcome:?}");
        assert!(outcome.purchases >= 30, "{outcome:?}");
        // One takes the larger plan, and the smaller one again.
        assert!(outcome.changes > 1, "{outcome:?}");
    }
}
