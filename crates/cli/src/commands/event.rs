//! `perennial event …`: the inbox of what Stripe told.

use clap::{Subcommand, ValueEnum};
use jiff::Timestamp;
use perennial_core::context::App;
use perennial_core::webhooks::retry_event;
use perennial_store::StoreError;
use perennial_store::tables::{StripeEventRow, StripeEventState};
use serde::Serialize;

use crate::failure::Failure;
use crate::output::{self, Row};
use crate::projects;

/// What to do with events.
#[derive(Debug, Subcommand)]
pub(crate) enum EventCommand {
    /// Lists events, the latest first
    List {
        /// The project; may be left out when there is only one
        #[arg(long, value_name = "SLUG")]
        project: Option<String>,
        /// Only those in this state
        #[arg(long)]
        state: Option<StateArgument>,
        /// At the most so many
        #[arg(long, default_value_t = 50)]
        limit: u32,
        /// Prints JSON
        #[arg(long)]
        json: bool,
    },
    /// Shows an event with its payload, as JSON
    Show {
        /// Stripe's id of it, evt_…
        id: String,
        /// The project; may be left out when there is only one
        #[arg(long, value_name = "SLUG")]
        project: Option<String>,
    },
    /// Takes a parked event up again
    Retry {
        /// Stripe's id of it, evt_…
        id: String,
        /// The project; may be left out when there is only one
        #[arg(long, value_name = "SLUG")]
        project: Option<String>,
    },
}

/// What became of an event.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub(crate) enum StateArgument {
    /// Still to be worked on
    Waiting,
    /// Failed too often
    Parked,
    /// Worked on, or of no meaning here
    Done,
}

impl From<StateArgument> for StripeEventState {
    fn from(state: StateArgument) -> Self {
        match state {
            StateArgument::Waiting => Self::Waiting,
            StateArgument::Parked => Self::Parked,
            StateArgument::Done => Self::Done,
        }
    }
}

/// An event, as it is printed.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct InboxRow {
    id: String,
    #[serde(rename = "type")]
    event_type: String,
    subject: String,
    state: &'static str,
    attempts: u32,
    last_error: Option<String>,
    happened_at: Timestamp,
    received_at: Timestamp,
    settled_at: Option<Timestamp>,
    #[serde(skip_serializing_if = "Option::is_none")]
    payload: Option<serde_json::Value>,
}

impl From<StripeEventRow> for InboxRow {
    fn from(row: StripeEventRow) -> Self {
        Self {
            id: row.stripe_event_id,
            event_type: row.event_type,
            subject: row.subject,
            state: row.state.as_str(),
            attempts: row.attempts,
            last_error: row.last_error,
            happened_at: row.happened_at,
            received_at: row.received_at,
            settled_at: row.settled_at,
            payload: None,
        }
    }
}

impl Row for InboxRow {
    const HEADINGS: &'static [&'static str] = &["id", "type", "subject", "state", "received", "error"];

    fn cells(&self) -> Vec<String> {
        vec![
            self.id.clone(),
            self.event_type.clone(),
            self.subject.clone(),
            self.state.to_owned(),
            self.received_at.to_string(),
            self.last_error.clone().unwrap_or_default(),
        ]
    }
}

/// Does it.
pub(crate) async fn run(app: &App, command: EventCommand) -> Result<(), Failure> {
    match command {
        EventCommand::List { project, state, limit, json } => {
            let project = projects::chosen(app, project.as_deref()).await?.id;
            let states = state.map(StripeEventState::from).into_iter().collect::<Vec<_>>();
            let events = app.read(move |_, tx| tx.stripe_events(project).list(&states, limit)).await?;
            output::rows(&events.into_iter().map(InboxRow::from).collect::<Vec<_>>(), json)
        }
        EventCommand::Show { id, project } => show(app, id, project.as_deref()).await,
        EventCommand::Retry { id, project } => retry(app, id, project.as_deref()).await,
    }
}

async fn show(app: &App, id: String, project: Option<&str>) -> Result<(), Failure> {
    let project = projects::chosen(app, project).await?.id;
    let wanted = id.clone();
    let (found, payload) = app
        .read(move |_, tx| {
            let mut events = tx.stripe_events(project);
            Ok::<_, StoreError>((events.find(&wanted)?, events.payload(&wanted)?))
        })
        .await?;
    let row = found.ok_or_else(|| unknown(&id))?;
    let payload = payload.map(|payload| serde_json::from_str(&payload)).transpose()?;
    output::json(&InboxRow { payload, ..InboxRow::from(row) })
}

async fn retry(app: &App, id: String, project: Option<&str>) -> Result<(), Failure> {
    let project = projects::chosen(app, project).await?.id;
    if !retry_event(app, project, &id).await? {
        return Err(unknown(&id));
    }
    output::say(format_args!("{id} is worked on again as soon as a worker is free"));
    Ok(())
}

fn unknown(id: &str) -> Failure {
    Failure::new(format!("there is no event {id}")).hint("`event list` shows the latest")
}
