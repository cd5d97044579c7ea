//! A month's renewals of a merchant whose webhooks are kept already: how fast they are worked on, Stripe's answers
//! included. Stripe is the sandbox in this process, so its share of the work is in the figure.

use std::time::Duration;

use futures::future::try_join_all;
use jiff::SignedDuration;
use perennial_core::webhooks::Intake;
use perennial_store::{Engine, StoreError, params};
use perennial_testkit::{Merchant, MerchantOptions};

use super::timed;
use crate::failure::Failure;
use crate::simulation::mail_receipts;

/// Subscriptions that renew at once.
const SUBSCRIPTIONS: usize = 1_000;
/// Two events for each renewal.
const EVENTS: [&str; 3] = ["checkout.session.completed", "customer.subscription.updated", "invoice.paid"];
const AT_ONCE: usize = 64;

/// Measures on the database that the environment names, and prints the row.
pub(crate) async fn print() -> Result<(), Failure> {
    let merchant = Merchant::with(MerchantOptions {
        enabled_events: EVENTS.map(str::to_owned).to_vec(),
        keep_unheard_events: false,
        tasks_at_once: AT_ONCE,
        ..MerchantOptions::default()
    })
    .await;
    let intake = Intake::open(merchant.app().clone(), Duration::from_mins(1));
    for number in 0..SUBSCRIPTIONS {
        let customer = merchant.customer(&format!("subscriber.{number}@bench.example")).await;
        merchant.pay(&merchant.open(customer.id, "line").await).await;
    }
    keep_webhooks(&merchant, &intake).await?;
    merchant.work().await;
    let_the_planner_learn(&merchant).await?;
    let engine = std::env::var(super::ENGINE_VARIABLE).unwrap_or_else(|_| "sqlite".to_owned());
    for (receipts, name, goal) in [
        (false, "webhook apply", "≥ 2 000 /s on PostgreSQL"),
        (true, "the same, and a receipt mailed for each two", ""),
    ] {
        mail_receipts(&merchant, receipts).await?;
        merchant.test.clock().advance(SignedDuration::from_hours(24 * 31));
        merchant.sandbox.tick().await?;
        let events = keep_webhooks(&merchant, &intake).await?;
        let done = timed(async {
            merchant.work().await;
            Ok(events)
        });
        println!("{}", done.await?.row(&format!("{name}, {engine}"), goal));
    }
    Ok(())
}

/// Some minutes after its tables were filled, PostgreSQL knows how large they are, and plans by that. What is measured here
/// begins sooner.
async fn let_the_planner_learn(merchant: &Merchant) -> Result<(), Failure> {
    let learn = merchant.app().write(|_, tx| match tx.engine() {
        Engine::Postgres => tx.execute("ANALYZE", params![]).map(drop),
        Engine::Sqlite => Ok::<_, StoreError>(()),
    });
    Ok(learn.await?)
}

/// Takes in what Stripe has to tell; answers how many events.
async fn keep_webhooks(merchant: &Merchant, intake: &Intake) -> Result<u32, Failure> {
    let mut events = 0;
    while merchant.sandbox.deliver_due().await? > 0 {
        let deliveries = merchant.postbox.take();
        let kept = deliveries.iter().map(|it| intake.receive("p", &it.signature, it.body.as_bytes()));
        events += u32::try_from(try_join_all(kept).await?.len())?;
    }
    Ok(events)
}
