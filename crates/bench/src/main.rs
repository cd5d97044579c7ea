//! Measures the release build of `perennial`, and prints what it does beside what this machine could do at the most.
//!
//! `cargo run --release -p perennial-bench` builds the server, starts it as it is shipped in a folder of its own, on
//! SQLite and on a PostgreSQL of its own, and asks it over loopback. Nothing here fails because something is slow.

#![expect(clippy::print_stdout, clippy::print_stderr, reason = "the table is what this program is for")]

mod businesses;
mod failure;
mod inside;
mod installation;
mod limits;
mod load;
mod machine;
mod measure;
mod organizations;
mod postgres;
mod requests;
mod seed;
mod simulation;
mod table;

use std::path::PathBuf;
use std::process::Command;
use std::time::Duration;

use clap::{Parser, Subcommand};

use crate::failure::{Failure, failure};
use crate::measure::{Effort, Engine};
use crate::postgres::Cluster;

/// The server's own: what happens inside of this process is measured with it too.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Measures Perennial on this machine
#[derive(Parser)]
struct Arguments {
    /// The server to measure; built from this workspace unless given
    #[arg(long, value_name = "FILE")]
    program: Option<PathBuf>,
    /// One database alone
    #[arg(long)]
    only: Option<Engine>,
    /// How often each figure is taken; the median counts
    #[arg(long, default_value_t = 3)]
    rounds: usize,
    /// How long each time
    #[arg(long, default_value_t = 3)]
    seconds: u64,
    /// Only rates with this text in their name, such as `connectSessions`
    #[arg(long, value_name = "TEXT")]
    row: Option<String>,
    /// Simulate years of subscribers in this process instead, and compare the books at the end
    #[arg(long)]
    simulate: bool,
    /// Measure what happens inside of one process instead: the sandbox's creation, the work on webhooks, and purchases
    #[arg(long, conflicts_with = "simulate")]
    inside: bool,
    /// How many subscribers to simulate
    #[arg(long, default_value_t = 10_000, requires = "simulate")]
    subscribers: usize,
    /// How many years of them
    #[arg(long, default_value_t = 10, requires = "simulate")]
    years: i64,
    #[command(subcommand)]
    part: Option<Part>,
}

/// What this program starts itself again for.
#[derive(Subcommand)]
enum Part {
    #[command(hide = true)]
    BareRoute { answer_bytes: usize },
    #[command(hide = true)]
    WebhookWork,
}

fn main() -> Result<(), Failure> {
    let arguments = Arguments::parse();
    perennial_testkit::wait_for_disk();
    match arguments.part {
        Some(Part::BareRoute { answer_bytes }) => {
            let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
            runtime.block_on(limits::route::serve(answer_bytes))
        }
        Some(Part::WebhookWork) => {
            let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
            runtime.block_on(inside::print_work())
        }
        None if arguments.inside => inside::print(arguments.only),
        None if arguments.simulate => {
            let Arguments { subscribers, years, .. } = arguments;
            simulation::print(simulation::Extent { subscribers, days: years * 365 })
        }
        None => print_table(&arguments),
    }
}

fn print_table(arguments: &Arguments) -> Result<(), Failure> {
    let program = match &arguments.program {
        Some(program) => program.canonicalize()?,
        None => build()?,
    };
    let effort = Effort {
        rounds: arguments.rounds,
        duration: Duration::from_secs(arguments.seconds),
        row: arguments.row.clone().unwrap_or_default(),
    };
    let load_before = machine::load_average();
    let mut rows = Vec::new();
    let engines = [Engine::Sqlite, Engine::Postgres];
    for engine in engines.into_iter().filter(|engine| arguments.only.is_none_or(|only| only == *engine)) {
        let cluster = if engine == Engine::Postgres { Some(Cluster::start()?) } else { None };
        rows.extend(measure::all(&program, engine, cluster.as_ref().map(Cluster::url), &effort)?);
    }
    println!("{}", table::HEAD);
    for row in &rows {
        println!("{row}");
    }
    println!();
    for line in machine::describe()? {
        println!("- {line}");
    }
    println!("- PostgreSQL: {}.", postgres::SETTINGS);
    println!(
        "- Medians of {} rounds of {} s. Load averages before the run: {load_before}.",
        arguments.rounds, arguments.seconds
    );
    Ok(())
}

/// Builds the server in the profile that is shipped.
fn build() -> Result<PathBuf, Failure> {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let manifest = concat!(env!("CARGO_MANIFEST_DIR"), "/../../Cargo.toml");
    let mut command = Command::new(cargo);
    command.args(["build", "--release", "--package", "perennial", "--manifest-path", manifest]);
    if !command.status()?.success() {
        return Err(failure("the server does not build"));
    }
    // This program lies in a profile's folder, beside that of the release.
    let program = std::env::current_exe()?.join("../../release/perennial");
    program.canonicalize().map_err(|error| failure(format!("{}: {error}", program.display())))
}
