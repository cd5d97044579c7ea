//! What happens inside of one process: how fast the sandbox makes objects, how fast webhooks are worked on once they are
//! kept and how fast ours reach others, and what a purchase and a change of plan take beside Stripe.

mod buying;
mod changing;
mod creation;
mod sending;
mod work;

use std::process::Command;
use std::time::{Duration, Instant};

use crate::failure::{Failure, failure};
use crate::machine;
use crate::measure::Engine;
use crate::postgres::{self, Cluster};

/// Prints what is measured on the database that the environment names.
pub(crate) async fn print_work() -> Result<(), Failure> {
    work::print().await?;
    sending::print().await?;
    buying::print().await?;
    changing::print().await
}

/// What testkit's applications keep their rows in, and the server that it is to be in.
const ENGINE_VARIABLE: &str = "PERENNIAL_TEST_ENGINE";
const POSTGRES_VARIABLE: &str = "PERENNIAL_TEST_POSTGRES_URL";

/// So much was done in so long, and kept a core busy for so long.
#[derive(Clone, Copy, Debug)]
struct Done {
    count: u32,
    took: Duration,
    busy: Duration,
}

/// Measures `work`, which answers how much it did.
async fn timed(work: impl Future<Output = Result<u32, Failure>>) -> Result<Done, Failure> {
    let (busy_before, begun) = (machine::busy("self")?, Instant::now());
    let count = work.await?.max(1);
    Ok(Done { count, took: begun.elapsed(), busy: machine::busy("self")?.saturating_sub(busy_before) })
}

impl Done {
    /// A line of the table.
    fn row(self, name: &str, goal: &str) -> String {
        let per_second = f64::from(self.count) / self.took.as_secs_f64();
        let busy = (self.busy / self.count).as_micros();
        format!("| {name} | **{per_second:.0} /s** | {goal} | {busy} µs |")
    }
}

/// Prints the table. Each database has a process of its own, as testkit asks the environment for it.
pub(crate) fn print(only: Option<Engine>) -> Result<(), Failure> {
    println!("| | measured | goal | of a core |\n|---|--:|--:|--:|");
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    for row in runtime.block_on(creation::measure())? {
        println!("{row}");
    }
    for engine in [Engine::Sqlite, Engine::Postgres] {
        if only.is_none_or(|only| only == engine) {
            work_on(engine)?;
        }
    }
    println!();
    for line in machine::describe()? {
        println!("- {line}");
    }
    println!("- PostgreSQL: {}. Load averages: {}.", postgres::SETTINGS, machine::load_average());
    Ok(())
}

fn work_on(engine: Engine) -> Result<(), Failure> {
    let cluster = if engine == Engine::Postgres { Some(Cluster::start()?) } else { None };
    let mut command = Command::new(std::env::current_exe()?);
    command.arg("webhook-work").env_remove(ENGINE_VARIABLE);
    if let Some(cluster) = &cluster {
        command.env(ENGINE_VARIABLE, "postgres").env(POSTGRES_VARIABLE, cluster.url());
    }
    if command.status()?.success() {
        Ok(())
    } else {
        Err(failure("what happens inside could not be measured"))
    }
}
