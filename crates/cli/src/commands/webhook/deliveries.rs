//! `perennial webhook deliveries`: what was sent to whom, and what they answered.

use clap::{Args, ValueEnum};
use perennial_core::context::App;
use perennial_domain::{DeliveryState, WebhookEndpointId};
use perennial_store::tables::DeliveryFilter;

use super::ProjectArgument;
use super::rows::SentRow;
use crate::failure::Failure;
use crate::output;

/// Which deliveries to list.
#[derive(Debug, Args)]
pub(crate) struct DeliveriesArguments {
    /// Only those to this receiver, whe_…
    id: Option<WebhookEndpointId>,
    #[command(flatten)]
    project: ProjectArgument,
    /// Only those in this state
    #[arg(long)]
    state: Option<StateArgument>,
    /// At the most so many
    #[arg(long, default_value_t = 50)]
    limit: u32,
    /// Prints JSON, with what was answered
    #[arg(long)]
    json: bool,
}

/// What became of a delivery.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub(crate) enum StateArgument {
    /// Still to be sent, or to be sent again
    Waiting,
    /// The receiver has it
    Delivered,
    /// Tried for days, and given up
    Failed,
}

impl From<StateArgument> for DeliveryState {
    fn from(argument: StateArgument) -> Self {
        match argument {
            StateArgument::Waiting => Self::Waiting,
            StateArgument::Delivered => Self::Delivered,
            StateArgument::Failed => Self::Failed,
        }
    }
}

pub(super) async fn run(app: &App, arguments: DeliveriesArguments) -> Result<(), Failure> {
    let project = arguments.project.chosen(app).await?;
    let filter = DeliveryFilter { endpoint: arguments.id, state: arguments.state.map(Into::into) };
    let limit = arguments.limit;
    let found = app.read(move |_, tx| tx.webhook_deliveries(project).newest(filter, limit)).await?;
    output::rows(&found.into_iter().map(SentRow::from).collect::<Vec<_>>(), arguments.json)
}
