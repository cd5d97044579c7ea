//! `perennial business app …`: the apps that work for businesses, and their secrets.

use clap::{Subcommand, ValueEnum};
use jiff::SignedDuration;
use perennial_core::business::{NewApp, create_app, list_apps, rotate_app_secret};
use perennial_core::context::App;
use perennial_domain::{AppKind, BusinessApp, Id};
use secrecy::{ExposeSecret, SecretString};
use serde::Serialize;
use serde_json::json;

use super::{ListArguments, OfProject};
use crate::failure::Failure;
use crate::output::{self, Row};
use crate::projects;

/// What to do with apps.
#[derive(Debug, Subcommand)]
pub(crate) enum AppCommand {
    /// Makes an app and prints its id and its secret, this once, as JSON
    Add {
        #[command(flatten)]
        of: OfProject,
        /// What the catalogue calls it
        code_name: String,
        /// What people call it
        #[arg(long)]
        name: String,
        /// What it is there for
        #[arg(long, value_enum, default_value_t = Kind::Paid)]
        kind: Kind,
    },
    /// Makes a new secret and prints it, this once, as JSON; the old one works beside it for a while
    Rotate {
        #[command(flatten)]
        of: OfProject,
        /// What the catalogue calls the app
        code_name: String,
        /// How long the old secret goes on working, such as 24h; 0s ends it at once
        #[arg(long, value_name = "TIME", default_value = "24h")]
        overlap: SignedDuration,
    },
    /// Lists the apps
    List(ListArguments),
}

/// What an app is there for.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub(crate) enum Kind {
    /// Sold to businesses
    Paid,
    /// Moves the money
    Billing,
}

/// An app, as it is printed: its secret is known to nobody.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct AppRow {
    id: String,
    code_name: String,
    name: String,
    kind: AppKind,
}

impl From<BusinessApp> for AppRow {
    fn from(app: BusinessApp) -> Self {
        Self { id: app.id.uuid().to_string(), code_name: app.code_name, name: app.name, kind: app.kind }
    }
}

impl Row for AppRow {
    const HEADINGS: &'static [&'static str] = &["id", "code name", "name", "kind"];

    fn cells(&self) -> Vec<String> {
        vec![self.id.clone(), self.code_name.clone(), self.name.clone(), self.kind.to_string()]
    }
}

/// Does it.
pub(super) async fn run(app: &App, command: AppCommand) -> Result<(), Failure> {
    match command {
        AppCommand::Add { of, code_name, name, kind } => {
            let project = projects::chosen(app, of.project.as_deref()).await?.id;
            let kind = match kind {
                Kind::Paid => AppKind::Paid,
                Kind::Billing => AppKind::Billing,
            };
            let new = NewApp { code_name, name, kind };
            let (made, secret) = app.write(move |cx, tx| create_app(cx, tx, project, &new)).await?;
            print_secret(&made, &secret)
        }
        AppCommand::Rotate { of, code_name, overlap } => {
            let project = projects::chosen(app, of.project.as_deref()).await?.id;
            let rotated =
                app.write(move |cx, tx| rotate_app_secret(cx, tx, project, &code_name, overlap)).await?;
            print_secret(&rotated.0, &rotated.1)
        }
        AppCommand::List(ListArguments { of, json }) => {
            let project = projects::chosen(app, of.project.as_deref()).await?.id;
            let found = app.read(move |_, tx| list_apps(tx, project)).await?;
            output::rows(&found.into_iter().map(AppRow::from).collect::<Vec<_>>(), json)
        }
    }
}

fn print_secret(made: &BusinessApp, secret: &SecretString) -> Result<(), Failure> {
    output::json(&json!({ "serviceId": made.id.uuid(), "serviceSecret": secret.expose_secret() }))
}
