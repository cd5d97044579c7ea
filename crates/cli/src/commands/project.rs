//! `perennial project …`: makes projects, shows them, and connects them with Stripe.

mod settings;
mod stripe;

use clap::{Args, Subcommand};
use jiff::Timestamp;
use perennial_core::context::App;
use perennial_core::projects::create_project;
use perennial_domain::{Project, ProjectSettings};
use serde::Serialize;

use self::settings::SetArguments;
use self::stripe::{StripeArguments, WebhookSecretArguments};
use crate::failure::Failure;
use crate::output::{self, Row};
use crate::projects;

/// What to do with projects.
#[derive(Debug, Subcommand)]
pub(crate) enum ProjectCommand {
    /// Makes a project
    Create(CreateArguments),
    /// Lists the projects
    List {
        /// Prints JSON
        #[arg(long)]
        json: bool,
    },
    /// Shows a project with its settings, as JSON
    Show {
        /// The project
        slug: String,
    },
    /// Changes a project's name and settings
    Set(Box<SetArguments>),
    /// Connects a project with its Stripe account
    Stripe(StripeArguments),
    /// Adds a secret that Stripe signs webhooks with
    WebhookSecret(WebhookSecretArguments),
}

/// A new project.
#[derive(Debug, Args)]
pub(crate) struct CreateArguments {
    /// What paths call it: a-z, 0-9 and -
    slug: String,
    /// What customers read
    #[arg(long)]
    name: String,
    /// The languages of its customers, the usual one first
    #[arg(long = "locale", value_name = "TAG", default_value = "en-US")]
    locales: Vec<String>,
}

/// A project, as it is printed.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct ProjectRow {
    id: String,
    slug: String,
    name: String,
    locales: Vec<String>,
    settings: ProjectSettings,
    created_at: Timestamp,
}

impl From<Project> for ProjectRow {
    fn from(project: Project) -> Self {
        Self {
            id: project.id.to_string(),
            slug: project.slug,
            name: project.name,
            locales: project.locales,
            settings: project.settings,
            created_at: project.created_at,
        }
    }
}

impl Row for ProjectRow {
    const HEADINGS: &'static [&'static str] = &["slug", "name", "locales", "created"];

    fn cells(&self) -> Vec<String> {
        let created_at = self.created_at.to_string();
        vec![self.slug.clone(), self.name.clone(), self.locales.join(", "), created_at]
    }
}

/// Does it.
pub(crate) async fn run(app: &App, command: ProjectCommand) -> Result<(), Failure> {
    match command {
        ProjectCommand::Create(arguments) => create(app, arguments).await,
        ProjectCommand::List { json } => {
            let rows = projects::all(app).await?.into_iter().map(ProjectRow::from).collect::<Vec<_>>();
            output::rows(&rows, json)
        }
        ProjectCommand::Show { slug } => output::json(&ProjectRow::from(projects::named(app, &slug).await?)),
        ProjectCommand::Set(arguments) => settings::set(app, *arguments).await,
        ProjectCommand::Stripe(arguments) => stripe::connect(app, arguments).await,
        ProjectCommand::WebhookSecret(arguments) => stripe::add_secret(app, arguments).await,
    }
}

async fn create(app: &App, arguments: CreateArguments) -> Result<(), Failure> {
    let CreateArguments { slug, name, locales } = arguments;
    let project = app.write(move |cx, tx| create_project(cx, tx, &slug, &name, &locales)).await?;
    output::data(project.id)?;
    output::say(format_args!(
        "hint: connect its Stripe account with `project stripe {0}`, make a key with `key create --project {0}`",
        project.slug
    ));
    Ok(())
}
