//! Years of subscribers in one process: they buy, renew, change their plans, cancel, change their minds and lose their cards, and
//! at the end the books here and at Stripe are compared payment by payment.
//!
//! Stripe is the sandbox, reached without sockets; both sides keep their rows in files. One webhook in a thousand is
//! lost, so that the sweeps have something to find. No receipts are mailed, as where Stripe sends its own, and Stripe
//! keeps only the events that somebody asked for.

mod crowd;
mod diary;
mod hearing;
mod ledger;
mod people;
mod stripe;

use std::sync::Arc;
use std::time::{Duration, Instant};

use jiff::SignedDuration;
use perennial_core::projects::{ProjectPatch, update_project};
use perennial_domain::MailSettings;
use perennial_testkit::{Merchant, MerchantOptions};
use stripe_sandbox::Storage;
use tokio::sync::watch;

use crate::failure::Failure;
use crate::machine;
use crowd::Crowd;
use hearing::Hearing;
use ledger::Ledger;
use people::TERMS;

/// What a merchant has to hear of for renewals, ends, purchases and refunds.
const EVENTS: [&str; 6] = [
    "checkout.session.completed",
    "checkout.session.expired",
    "customer.subscription.deleted",
    "customer.subscription.updated",
    "invoice.paid",
    "refund.created",
];
/// Tasks, and customers who act, at once: enough for a commit to be shared.
const AT_ONCE: usize = 128;
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

/// Where the time goes, for each of what goes on at the same time, waiting for one another included; the books are compared at
/// the end.
#[derive(Debug)]
struct Spent {
    people: Duration,
    sandbox: Duration,
    telling: Duration,
    intake: Duration,
    work: Duration,
    comparison: Duration,
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
        webhooks / hearing::ONE_LOST_OF
    );
    println!(
        "- The books agree: {} payments of {} cents, {} cents given back, {} live billed subscriptions.",
        ledger.payments, ledger.paid_minor, ledger.refunded_minor, ledger.live
    );
    println!(
        "- Beside one another: Stripe's clock {:.1?}, its webhooks {:.1?}, their intake {:.1?}, tasks {:.1?}, customers {:.1?}.",
        spent.sandbox, spent.telling, spent.intake, spent.work, spent.people
    );
    println!("- Comparing the books {:.1?}.", spent.comparison);
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
    let History { merchant, hearing, crowd, stripes_clock } = history;
    let comparing = Instant::now();
    let middle = merchant.app().now() - SignedDuration::from_hours(12 * extent.days);
    let ledger = ledger::compare(&merchant, crowd.stripe(), middle).await?;
    let (purchases, changes) = crowd.purchases_and_changes();
    Ok(Outcome {
        ledger,
        webhooks: hearing.sent(),
        purchases,
        changes,
        took: begun.elapsed(),
        spent: Spent {
            people: crowd.busy(),
            sandbox: stripes_clock,
            telling: hearing.telling(),
            intake: hearing.taking_in(),
            work: hearing.working(),
            comparison: comparing.elapsed(),
        },
    })
}

/// The years as they pass.
struct History {
    merchant: Arc<Merchant>,
    hearing: Hearing,
    crowd: Crowd,
    stripes_clock: Duration,
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
        let merchant = Arc::new(merchant);
        Ok(Self {
            hearing: Hearing::of(Arc::clone(&merchant)),
            crowd: Crowd::of(Arc::clone(&merchant), extent),
            merchant,
            stripes_clock: Duration::ZERO,
        })
    }

    async fn live_through(&mut self, day: i64) -> Result<(), Failure> {
        self.merchant.test.clock().advance(SignedDuration::from_hours(24));
        let (merchant, crowd) = (&self.merchant, &mut self.crowd);
        let (goes_on, renewed) = watch::channel(());
        let stripe = async {
            let stripes_clock = do_what_is_due(merchant).await?;
            drop(goes_on);
            hearing::sweep(merchant).await?;
            Ok(stripes_clock)
        };
        let today = async { tokio::try_join!(stripe, crowd.live_through(day, &renewed)) };
        let (stripes_clock, ()) = self.hearing.hear_while(today).await?;
        self.stripes_clock += stripes_clock;
        Ok(())
    }

    /// Some hours in which nothing new happens, so that the sweeps find what was lost on the last ones.
    async fn settle(&mut self) -> Result<(), Failure> {
        for _ in 0..3 {
            self.merchant.test.clock().advance(SignedDuration::from_hours(6));
            hearing::sweep(&self.merchant).await?;
            self.hearing.hear().await?;
        }
        Ok(())
    }
}

/// Stripe does on one core what is due by its clock. Answers how long that took.
async fn do_what_is_due(merchant: &Merchant) -> Result<Duration, Failure> {
    let begun = Instant::now();
    merchant.sandbox.tick().await?;
    Ok(begun.elapsed())
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
