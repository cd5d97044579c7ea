//! `perennial webhook …`: who is told what happens. What Stripe tells us is `event`.

mod deliveries;
mod rows;

use clap::{Args, Subcommand, ValueEnum};
use jiff::{SignedDuration, Timestamp};
use perennial_core::change::Change;
use perennial_core::context::{App, Cx};
use perennial_core::ports::ReceiverReply;
use perennial_core::store::{StoreError, Tx};
use perennial_core::webhooks_out::{self, EndpointPatch, NewEndpoint, NewEndpointError, UpdateEndpointError};
use perennial_domain::{
    EventId, ProjectId, WebhookAudience, WebhookEndpoint, WebhookEndpointId, WebhookFlavour,
};
use secrecy::ExposeSecret;

use self::rows::EndpointRow;
use crate::failure::Failure;
use crate::output;
use crate::projects;

/// What to do with webhooks.
#[derive(Debug, Subcommand)]
pub(crate) enum WebhookCommand {
    /// Adds a receiver and prints its secret, this once
    Add(AddArguments),
    /// Changes where a receiver listens, what it hears, or what is noted of it
    Update(UpdateArguments),
    /// Lists the receivers
    List {
        #[command(flatten)]
        project: ProjectArgument,
        /// Prints JSON
        #[arg(long)]
        json: bool,
    },
    /// Sends nothing to a receiver from now on; what happens waits for it
    Disable(Receiver),
    /// Sends to a receiver again, beginning with what has waited
    Enable(Receiver),
    /// Takes a receiver away, with what waits for it
    Remove(Receiver),
    /// Makes a new secret and prints it; the old one signs beside it for a while
    Rotate {
        #[command(flatten)]
        receiver: Receiver,
        /// How long the old secret goes on signing, such as 24h; 0s ends it at once
        #[arg(long, value_name = "TIME", default_value = "24h")]
        overlap: SignedDuration,
    },
    /// Lists what was sent, the latest first
    Deliveries(deliveries::DeliveriesArguments),
    /// Sends once more, delivered or not
    Replay(ReplayArguments),
    /// Sends a receiver something that did not happen, and shows what it answers
    Test(Receiver),
}

/// The project.
#[derive(Debug, Args)]
pub(crate) struct ProjectArgument {
    /// The project; may be left out when there is only one
    #[arg(long, value_name = "SLUG")]
    project: Option<String>,
}

/// One receiver.
#[derive(Debug, Args)]
pub(crate) struct Receiver {
    /// The receiver's id, whe_…
    id: WebhookEndpointId,
    #[command(flatten)]
    project: ProjectArgument,
}

/// A new receiver.
#[derive(Debug, Args)]
pub(crate) struct AddArguments {
    /// Where it listens
    url: String,
    #[command(flatten)]
    project: ProjectArgument,
    /// What it hears: a type such as subscription.created, a family such as subscription.*, or all unless given
    #[arg(long = "event", value_name = "TYPE", default_value = "*")]
    events: Vec<String>,
    /// In whose words it is told
    #[arg(long, default_value = "projects")]
    flavour: FlavourArgument,
    /// What to note of it
    #[arg(long, value_name = "TEXT")]
    description: Option<String>,
}

/// What to change about a receiver.
#[derive(Debug, Args)]
pub(crate) struct UpdateArguments {
    #[command(flatten)]
    receiver: Receiver,
    #[command(flatten)]
    change: EndpointChange,
}

/// At least one of these.
#[derive(Debug, Args)]
#[group(required = true, multiple = true)]
struct EndpointChange {
    /// Where it listens from now on; what waits for it goes there
    #[arg(long)]
    url: Option<String>,
    /// All that it hears from now on, as with `add`
    #[arg(long = "event", value_name = "TYPE")]
    events: Vec<String>,
    /// What to note of it
    #[arg(long, value_name = "TEXT")]
    description: Option<String>,
}

/// In whose words a receiver is told.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub(crate) enum FlavourArgument {
    /// The Projects API's, signed as Standard Webhooks are
    Projects,
    /// The Business API's
    Business,
}

impl From<FlavourArgument> for WebhookFlavour {
    fn from(argument: FlavourArgument) -> Self {
        match argument {
            FlavourArgument::Projects => Self::Projects,
            FlavourArgument::Business => Self::Business,
        }
    }
}

/// What to send once more.
#[derive(Debug, Args)]
pub(crate) struct ReplayArguments {
    #[command(flatten)]
    receiver: Receiver,
    #[command(flatten)]
    what: WhatToReplay,
}

/// One of these.
#[derive(Debug, Args)]
#[group(required = true, multiple = false)]
struct WhatToReplay {
    /// One event, evt_…
    #[arg(long, value_name = "ID")]
    event: Option<EventId>,
    /// All that happened since then, such as 2031-03-04T05:06:07Z
    #[arg(long, value_name = "TIME")]
    since: Option<Timestamp>,
    /// All that was given up
    #[arg(long)]
    failed: bool,
}

impl WhatToReplay {
    const fn chosen(&self) -> webhooks_out::Replay {
        match (self.event, self.since) {
            (Some(event), _) => webhooks_out::Replay::Event(event),
            (None, Some(since)) => webhooks_out::Replay::Since(since),
            (None, None) => webhooks_out::Replay::Failed,
        }
    }
}

/// Does it.
pub(crate) async fn run(app: &App, command: WebhookCommand) -> Result<(), Failure> {
    match command {
        WebhookCommand::Add(arguments) => add(app, arguments).await,
        WebhookCommand::Update(arguments) => update(app, arguments).await,
        WebhookCommand::List { project, json } => {
            let project = project.chosen(app).await?;
            let found = app.read(move |_, tx| tx.webhook_endpoints(project).all()).await?;
            output::rows(&found.into_iter().map(EndpointRow::from).collect::<Vec<_>>(), json)
        }
        WebhookCommand::Disable(receiver) => {
            change(app, &receiver, webhooks_out::disable).await?;
            output::say("nothing is sent to it any more, and what happens waits for it");
            Ok(())
        }
        WebhookCommand::Enable(receiver) => {
            change(app, &receiver, webhooks_out::enable).await?;
            output::say("what has waited for it is sent now");
            Ok(())
        }
        WebhookCommand::Remove(receiver) => remove(app, &receiver).await,
        WebhookCommand::Rotate { receiver, overlap } => rotate(app, &receiver, overlap).await,
        WebhookCommand::Deliveries(arguments) => deliveries::run(app, arguments).await,
        WebhookCommand::Replay(arguments) => replay(app, &arguments).await,
        WebhookCommand::Test(receiver) => test(app, &receiver).await,
    }
}

async fn add(app: &App, arguments: AddArguments) -> Result<(), Failure> {
    let wanted = NewEndpoint {
        project: arguments.project.chosen(app).await?,
        url: arguments.url,
        flavour: arguments.flavour.into(),
        events: arguments.events,
        audience: WebhookAudience::default(),
        description: arguments.description,
    };
    let (endpoint, secret) = webhooks_out::add_endpoint(app, wanted).await.map_err(refused)?;
    output::say(format_args!("made {}; its secret is shown this once", endpoint.id));
    output::data(secret.expose_secret())
}

async fn update(app: &App, UpdateArguments { receiver, change }: UpdateArguments) -> Result<(), Failure> {
    let (project, id) = (receiver.project.chosen(app).await?, receiver.id);
    let patch = EndpointPatch {
        url: change.url,
        events: (!change.events.is_empty()).then_some(change.events),
        description: change.description.map_or(Change::Keep, |text| Change::To(Some(text))),
        enabled: None,
    };
    let updated =
        webhooks_out::update_endpoint(app, project, id, patch).await.map_err(|error| match error {
            UpdateEndpointError::Unknown(id) => unknown(id),
            UpdateEndpointError::Refused(error) => refused(error),
        })?;
    output::say(format_args!("{} hears {} at {}", updated.id, updated.events.join(", "), updated.url));
    Ok(())
}

/// Why a receiver cannot be like that, and what could be done.
fn refused(error: NewEndpointError) -> Failure {
    let is_private = matches!(error, NewEndpointError::Target(webhooks_out::TargetError::Private));
    let failure = Failure::from(error);
    if is_private { failure.hint("webhooks.allow_private in the configuration allows it") } else { failure }
}

/// A switch of a receiver that answers it, if there is one.
type Switch =
    fn(&Cx, &mut Tx<'_>, ProjectId, WebhookEndpointId) -> Result<Option<WebhookEndpoint>, StoreError>;

async fn change(app: &App, receiver: &Receiver, change: Switch) -> Result<(), Failure> {
    let (project, id) = (receiver.project.chosen(app).await?, receiver.id);
    let changed = app.write(move |cx, tx| change(cx, tx, project, id)).await?;
    changed.map(drop).ok_or_else(|| unknown(id))
}

async fn remove(app: &App, receiver: &Receiver) -> Result<(), Failure> {
    let (project, id) = (receiver.project.chosen(app).await?, receiver.id);
    if !app.write(move |cx, tx| webhooks_out::remove_endpoint(cx, tx, project, id)).await? {
        return Err(unknown(id));
    }
    output::say(format_args!("{id} is gone"));
    Ok(())
}

async fn rotate(app: &App, receiver: &Receiver, overlap: SignedDuration) -> Result<(), Failure> {
    let project = receiver.project.chosen(app).await?;
    let secret = webhooks_out::rotate_secret(app, project, receiver.id, overlap).await?;
    output::say("the new secret is shown this once");
    output::data(secret.expose_secret())
}

async fn replay(app: &App, arguments: &ReplayArguments) -> Result<(), Failure> {
    let (receiver, what) = (&arguments.receiver, arguments.what.chosen());
    let (project, id) = (receiver.project.chosen(app).await?, receiver.id);
    let count = app
        .write(move |cx, tx| {
            let found = tx.webhook_endpoints(project).find(id)?;
            found.map(|_| webhooks_out::replay(cx, tx, project, id, what)).transpose()
        })
        .await?
        .ok_or_else(|| unknown(id))?;
    output::say(format_args!("{count} to be sent again"));
    Ok(())
}

async fn test(app: &App, receiver: &Receiver) -> Result<(), Failure> {
    let project = receiver.project.chosen(app).await?;
    let ReceiverReply { status, body } = webhooks_out::send_test(app, project, receiver.id).await?;
    output::say(format_args!("it answers {status}"));
    output::data(body)
}

impl ProjectArgument {
    async fn chosen(&self, app: &App) -> Result<ProjectId, Failure> {
        Ok(projects::chosen(app, self.project.as_deref()).await?.id)
    }
}

fn unknown(id: WebhookEndpointId) -> Failure {
    Failure::new(format!("there is no webhook {id}")).hint("`webhook list` shows them")
}
