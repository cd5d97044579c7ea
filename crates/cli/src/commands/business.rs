//! `perennial business …`: businesses, their staff, the directories that they are in, and the apps that work for them.

mod apps;

use clap::{Args, Subcommand};
use jiff::SignedDuration;
use perennial_core::business::forms::{link_secret, sign_link};
use perennial_core::business::{
    NewBusiness, NewDirectory, NewStaff, add_staff, create_business, create_directory, find_business,
    list_businesses, list_directories, list_staff, suspend, unsuspend,
};
use perennial_core::context::App;
use perennial_domain::{Directory, Email, Id, Member, SubscriptionId};
use perennial_store::tables::BusinessView;
use secrecy::ExposeSecret;
use serde::Serialize;
use serde_json::json;
use uuid::Uuid;

use crate::failure::{Explain, Failure};
use crate::output::{self, Row};
use crate::projects;

/// So many are listed at the most.
const MOST_LISTED: u32 = 1_000;

/// What to do with businesses.
#[derive(Debug, Subcommand)]
pub(crate) enum BusinessCommand {
    /// Makes a business with its owner, gives it the project's default subscription, and prints its uid
    Add(AddArguments),
    /// Lists the first thousand businesses
    List(ListArguments),
    /// Shows a business with its staff, as JSON
    Show {
        #[command(flatten)]
        of: OfProject,
        /// The business
        uid: String,
    },
    /// Prints the secret by which your own systems sign links to the checkout forms of a project
    LinkSecret(OfProject),
    /// Signs a link to the checkout forms of a business, and prints its `ct`
    SignLink {
        #[command(flatten)]
        of: OfProject,
        /// The business
        uid: String,
        /// For how many hours it works
        #[arg(long, default_value_t = 24, value_parser = clap::value_parser!(u16).range(1..))]
        hours: u16,
    },
    /// Turns a subscription off for a while; one that Stripe bills is cancelled instead
    Suspend {
        #[command(flatten)]
        of: OfProject,
        /// The subscription's uid
        subscription: Uuid,
    },
    /// Turns a suspended subscription on again
    Unsuspend {
        #[command(flatten)]
        of: OfProject,
        /// The subscription's uid
        subscription: Uuid,
    },
    /// Manages the people who act for businesses
    #[command(subcommand)]
    Staff(StaffCommand),
    /// Manages directories, each a partner's set of businesses
    #[command(subcommand)]
    Directory(DirectoryCommand),
    /// Manages apps
    #[command(subcommand)]
    App(apps::AppCommand),
}

/// What to do with staff.
#[derive(Debug, Subcommand)]
pub(crate) enum StaffCommand {
    /// Adds somebody and prints their uid
    Add {
        #[command(flatten)]
        of: OfProject,
        /// The business
        #[arg(long, value_name = "UID")]
        business: String,
        /// Their uid; a fresh one unless given
        #[arg(long)]
        uid: Option<String>,
        /// Their address, unique among the project's members
        #[arg(long)]
        email: String,
        /// As they write it
        #[arg(long)]
        name: String,
    },
}

/// What to do with directories.
#[derive(Debug, Subcommand)]
pub(crate) enum DirectoryCommand {
    /// Makes a directory and prints its number
    Add {
        #[command(flatten)]
        of: OfProject,
        /// What it is called
        #[arg(long)]
        name: String,
        /// What the API calls it; the next free number unless given
        #[arg(long)]
        number: Option<u32>,
    },
    /// Lists the directories
    List(ListArguments),
}

/// Whose.
#[derive(Debug, Args)]
pub(crate) struct OfProject {
    /// The project; may be left out when there is only one
    #[arg(long, value_name = "SLUG")]
    pub(crate) project: Option<String>,
}

/// A list.
#[derive(Debug, Args)]
pub(crate) struct ListArguments {
    #[command(flatten)]
    of: OfProject,
    /// Prints JSON
    #[arg(long)]
    json: bool,
}

/// A new business.
#[derive(Debug, Args)]
pub(crate) struct AddArguments {
    #[command(flatten)]
    of: OfProject,
    /// What it is called
    #[arg(long)]
    name: String,
    /// Its uid; a fresh one unless given. A customer who is known by it becomes a business
    #[arg(long)]
    uid: Option<String>,
    /// The number of its directory; the project's first one unless given
    #[arg(long, value_name = "NUMBER")]
    directory: Option<u32>,
    /// The owner's uid; a fresh one unless given
    #[arg(long, value_name = "UID")]
    owner_uid: Option<String>,
    /// The owner's address
    #[arg(long, value_name = "ADDRESS")]
    owner_email: String,
    /// The owner's name
    #[arg(long, value_name = "NAME")]
    owner_name: String,
}

/// A business, as it is printed.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct BusinessRow {
    uid: String,
    name: Option<String>,
    directory: u32,
    owner_uid: String,
}

impl From<BusinessView> for BusinessRow {
    fn from(view: BusinessView) -> Self {
        Self { uid: view.uid, name: view.name, directory: view.directory, owner_uid: view.owner_uid }
    }
}

impl Row for BusinessRow {
    const HEADINGS: &'static [&'static str] = &["uid", "name", "directory", "owner"];

    fn cells(&self) -> Vec<String> {
        let name = self.name.clone().unwrap_or_default();
        vec![self.uid.clone(), name, self.directory.to_string(), self.owner_uid.clone()]
    }
}

/// A directory, as it is printed.
#[derive(Debug, Serialize)]
struct DirectoryRow {
    number: u32,
    name: String,
}

impl From<Directory> for DirectoryRow {
    fn from(directory: Directory) -> Self {
        Self { number: directory.number, name: directory.name }
    }
}

impl Row for DirectoryRow {
    const HEADINGS: &'static [&'static str] = &["number", "name"];

    fn cells(&self) -> Vec<String> {
        vec![self.number.to_string(), self.name.clone()]
    }
}

/// Does it.
pub(crate) async fn run(app: &App, command: BusinessCommand) -> Result<(), Failure> {
    match command {
        BusinessCommand::Add(arguments) => add(app, arguments).await,
        BusinessCommand::List(ListArguments { of, json }) => {
            let project = projects::chosen(app, of.project.as_deref()).await?.id;
            let found = app.read(move |_, tx| list_businesses(tx, project, MOST_LISTED)).await?;
            output::rows(&found.into_iter().map(BusinessRow::from).collect::<Vec<_>>(), json)
        }
        BusinessCommand::Show { of, uid } => show(app, of, uid).await,
        BusinessCommand::LinkSecret(of) => {
            let project = projects::chosen(app, of.project.as_deref()).await?.id;
            output::data(link_secret(app, project).expose_secret())
        }
        BusinessCommand::SignLink { of, uid, hours } => sign(app, of, uid, hours).await,
        BusinessCommand::Suspend { of, subscription } => {
            let (project, id) = (projects::chosen(app, of.project.as_deref()).await?.id, subscription);
            let id = SubscriptionId::from_uuid(id);
            Ok(app.write(move |cx, tx| suspend(cx, tx, project, id)).await?)
        }
        BusinessCommand::Unsuspend { of, subscription } => {
            let (project, id) = (projects::chosen(app, of.project.as_deref()).await?.id, subscription);
            let id = SubscriptionId::from_uuid(id);
            Ok(app.write(move |cx, tx| unsuspend(cx, tx, project, id)).await?)
        }
        BusinessCommand::Staff(StaffCommand::Add { of, business, uid, email, name }) => {
            let project = projects::chosen(app, of.project.as_deref()).await?.id;
            let new = NewStaff { uid, email: Email::parse(&email).or_fail("--email")?, full_name: name };
            let made = app.write(move |cx, tx| add_staff(cx, tx, project, &business, &new)).await?;
            output::data(made.external_id)
        }
        BusinessCommand::Directory(command) => directory(app, command).await,
        BusinessCommand::App(command) => apps::run(app, command).await,
    }
}

async fn add(app: &App, arguments: AddArguments) -> Result<(), Failure> {
    let project = projects::chosen(app, arguments.of.project.as_deref()).await?.id;
    let new = NewBusiness {
        uid: arguments.uid,
        name: arguments.name,
        directory: arguments.directory,
        owner: NewStaff {
            uid: arguments.owner_uid,
            email: Email::parse(&arguments.owner_email).or_fail("--owner-email")?,
            full_name: arguments.owner_name,
        },
    };
    let made = app.write(move |cx, tx| create_business(cx, tx, project, &new)).await?;
    output::say("hint: `token create --business` lets it call");
    output::data(made.uid)
}

async fn sign(app: &App, of: OfProject, uid: String, hours: u16) -> Result<(), Failure> {
    let project = projects::chosen(app, of.project.as_deref()).await?.id;
    let wanted = uid.clone();
    let found = app.read(move |_, tx| find_business(tx, project, &wanted)).await?;
    found.ok_or_else(|| Failure::new(format!("there is no business {uid}")))?;
    let expires_at = app.now() + SignedDuration::from_hours(hours.into());
    let signed = sign_link(app, project, &uid, expires_at);
    output::data(signed.ok_or_else(|| Failure::new("the link cannot be signed"))?)
}

async fn show(app: &App, of: OfProject, uid: String) -> Result<(), Failure> {
    let project = projects::chosen(app, of.project.as_deref()).await?.id;
    let wanted = uid.clone();
    let found = app
        .read(move |_, tx| {
            let Some(view) = find_business(tx, project, &wanted)? else { return Ok(None) };
            let staff = list_staff(tx, project, view.business.customer_id)?;
            Ok::<_, perennial_store::StoreError>(Some((view, staff)))
        })
        .await?;
    let (view, staff) = found.ok_or_else(|| Failure::new(format!("there is no business {uid}")))?;
    let person = |member: &Member| {
        json!({ "uid": member.external_id, "name": member.full_name, "email": member.email.as_str(),
                "role": member.role, "active": member.is_active })
    };
    output::json(&json!({
        "business": BusinessRow::from(view),
        "staff": staff.iter().map(person).collect::<Vec<_>>(),
    }))
}

async fn directory(app: &App, command: DirectoryCommand) -> Result<(), Failure> {
    match command {
        DirectoryCommand::Add { of, name, number } => {
            let project = projects::chosen(app, of.project.as_deref()).await?.id;
            let new = NewDirectory { number, name };
            let made = app.write(move |cx, tx| create_directory(cx, tx, project, &new)).await?;
            output::data(made.number)
        }
        DirectoryCommand::List(ListArguments { of, json }) => {
            let project = projects::chosen(app, of.project.as_deref()).await?.id;
            let found = app.read(move |_, tx| list_directories(tx, project)).await?;
            output::rows(&found.into_iter().map(DirectoryRow::from).collect::<Vec<_>>(), json)
        }
    }
}
