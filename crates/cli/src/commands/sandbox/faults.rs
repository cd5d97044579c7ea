//! `perennial sandbox faults …`: lets things go wrong in a sandbox that runs.

use clap::{Args, Subcommand};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use stripe_sandbox::faults::{
    FaultPlan, RemoteError, RemoteFaults, RequestFault, RequestRule, WebhookFault, WebhookRule,
};

use super::DEFAULT_LISTEN;
use crate::failure::Failure;
use crate::output::{self, Row};

/// Which sandbox, and what to do with its faults.
#[derive(Debug, Args)]
pub(crate) struct FaultsArguments {
    /// Where the sandbox is
    #[arg(long, global = true, value_name = "URL", default_value_t = format!("http://{DEFAULT_LISTEN}"))]
    at: String,
    #[command(subcommand)]
    command: FaultsCommand,
}

/// What to do with faults.
#[derive(Debug, Subcommand)]
enum FaultsCommand {
    /// Lists what goes wrong from now on; of several that fit, the first one counts
    List {
        /// Prints JSON
        #[arg(long)]
        json: bool,
    },
    /// Lets something go wrong, before what was set earlier
    #[command(subcommand)]
    Set(SetCommand),
    /// Ends all faults
    Clear,
}

/// What goes wrong.
#[derive(Debug, Subcommand)]
enum SetCommand {
    /// A request to the API
    Request {
        /// The call as Stripe's reference writes it, such as `POST /v1/subscriptions/{id}`; `*` for every call
        call: String,
        /// `delay`, `too_many_requests`, `server_error` or `lose_answer`
        #[arg(value_parser = word::<RequestFault>)]
        fault: RequestFault,
        /// So many times; without it, until it is cleared
        #[arg(long)]
        times: Option<u32>,
        /// How many milliseconds later it is answered
        #[arg(long, default_value_t = 0)]
        delay_ms: u64,
    },
    /// The delivery of a webhook
    Webhook {
        /// The type of the event, such as `invoice.paid`; `invoice.*` for a family, `*` for all
        event: String,
        /// `drop`, `repeat` or `reorder`
        #[arg(value_parser = word::<WebhookFault>)]
        fault: WebhookFault,
        /// So many times; without it, until it is cleared
        #[arg(long)]
        times: Option<u32>,
    },
}

/// Reads a fault by the word that the sandbox has for it.
fn word<T: DeserializeOwned>(text: &str) -> Result<T, serde_json::Error> {
    serde_json::from_value(Value::from(text))
}

/// A fault, as it is printed.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct FaultRow {
    kind: &'static str,
    target: String,
    fault: Value,
    delay_ms: u64,
    times: Option<u32>,
}

impl Row for FaultRow {
    const HEADINGS: &'static [&'static str] = &["kind", "target", "fault", "delay", "times"];

    fn cells(&self) -> Vec<String> {
        vec![
            self.kind.to_owned(),
            self.target.clone(),
            self.fault.as_str().unwrap_or_default().to_owned(),
            format!("{} ms", self.delay_ms),
            self.times.map_or_else(|| "until cleared".to_owned(), |times| times.to_string()),
        ]
    }
}

/// Does it.
pub(super) async fn run(arguments: FaultsArguments) -> Result<(), Failure> {
    let faults = RemoteFaults::at(&arguments.at)?;
    match arguments.command {
        FaultsCommand::List { json } => {
            let plan = faults.plan().await.map_err(explained)?;
            output::rows(&rows(plan)?, json)
        }
        FaultsCommand::Set(command) => {
            let plan = with(faults.plan().await.map_err(explained)?, command);
            faults.set(&plan).await.map_err(explained)?;
            output::say("it goes wrong from now on; `sandbox faults clear` ends it");
            Ok(())
        }
        FaultsCommand::Clear => {
            faults.clear().await.map_err(explained)?;
            output::say("nothing goes wrong any more");
            Ok(())
        }
    }
}

/// The plan with one more rule, which goes before the others.
fn with(mut plan: FaultPlan, command: SetCommand) -> FaultPlan {
    match command {
        SetCommand::Request { call, fault, times, delay_ms } => {
            plan.requests.insert(0, RequestRule { call, fault, delay_ms, times });
        }
        SetCommand::Webhook { event, fault, times } => {
            plan.webhooks.insert(0, WebhookRule { event, fault, times });
        }
    }
    plan
}

fn rows(plan: FaultPlan) -> Result<Vec<FaultRow>, serde_json::Error> {
    let mut rows = Vec::new();
    for RequestRule { call, fault, delay_ms, times } in plan.requests {
        let fault = serde_json::to_value(fault)?;
        rows.push(FaultRow { kind: "request", target: call, fault, delay_ms, times });
    }
    for WebhookRule { event, fault, times } in plan.webhooks {
        let fault = serde_json::to_value(fault)?;
        rows.push(FaultRow { kind: "webhook", target: event, fault, delay_ms: 0, times });
    }
    Ok(rows)
}

fn explained(error: RemoteError) -> Failure {
    Failure::from(error).hint("start one with `perennial sandbox`, or name it with --at")
}
