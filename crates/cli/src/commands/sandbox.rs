//! `perennial sandbox`: the Stripe sandbox alone, for apps and tests of any kind, and what can be done with one that runs.

mod dunning;
mod faults;

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::str::FromStr;
use std::sync::Arc;

use clap::{Args, Subcommand};
pub(crate) use dunning::DunningArguments;
use faults::FaultsArguments;
use perennial_core::ports::ShiftedClock;
use stripe_sandbox::{Sandbox, SandboxOptions, Storage};

use crate::config::LogConfig;
use crate::failure::Failure;
use crate::shutdown::Shutdown;
use crate::time_machine::{self, TimeMachine};
use crate::{logging, output, serving};

/// Where Stripe's own `stripe-mock` listens, so that tools find it.
pub(crate) const DEFAULT_LISTEN: SocketAddr = SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), 12111);

/// Whether to run a sandbox, or what to do with one that runs.
#[derive(Debug, Args)]
#[command(args_conflicts_with_subcommands = true)]
pub(crate) struct SandboxArguments {
    #[command(subcommand)]
    command: Option<SandboxCommand>,
    #[command(flatten)]
    serve: ServeArguments,
}

/// What to do with a sandbox that runs.
#[derive(Debug, Subcommand)]
enum SandboxCommand {
    /// Lets things go wrong
    Faults(FaultsArguments),
}

/// How the sandbox runs.
#[derive(Debug, Args)]
struct ServeArguments {
    /// The address and port to listen on
    #[arg(long, value_name = "ADDRESS", default_value_t = DEFAULT_LISTEN)]
    listen: SocketAddr,
    /// Where it keeps its objects: a file, or `memory`
    #[arg(long, value_name = "FILE", default_value = "memory")]
    data: Data,
    #[command(flatten)]
    dunning: DunningArguments,
    /// What is logged
    #[arg(long, env = "PERENNIAL_LOG_LEVEL", default_value = "info")]
    log_level: String,
}

#[derive(Clone, Debug)]
struct Data(Storage);

impl FromStr for Data {
    type Err = std::convert::Infallible;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Ok(Self(match text {
            "memory" => Storage::Memory,
            file => Storage::File(PathBuf::from(file)),
        }))
    }
}

/// Does it.
pub(crate) async fn run(arguments: SandboxArguments) -> Result<(), Failure> {
    match arguments.command {
        Some(SandboxCommand::Faults(command)) => faults::run(command).await,
        None => serve(arguments.serve).await,
    }
}

/// Serves until it is told to stop.
async fn serve(arguments: ServeArguments) -> Result<(), Failure> {
    logging::start(&LogConfig { level: arguments.log_level, ..LogConfig::default() })?;
    let listener = serving::listen(arguments.listen, "--listen").await?;
    let base_url = format!("http://{}", listener.local_addr()?);
    let clock = Arc::new(ShiftedClock::default());
    let options = SandboxOptions {
        storage: arguments.data.0,
        base_url: base_url.clone(),
        clock: time_machine::seconds(&clock),
        dunning: arguments.dunning.into(),
        ..SandboxOptions::default()
    };
    let sandbox = Sandbox::open(options)?;
    let mut router = sandbox.router();
    if listener.local_addr()?.ip().is_loopback() {
        router = router.merge(TimeMachine::new(clock, sandbox.clone(), Box::new(|_| {})).router());
    }
    let shutdown = Shutdown::on_signal()?;
    output::say(format_args!("the Stripe sandbox listens at {base_url}, any sk_test_ key opens it"));
    tokio::join!(
        serving::serve(listener, router, shutdown.clone()),
        sandbox.run_deliveries(shutdown.requested()),
    );
    Ok(())
}
