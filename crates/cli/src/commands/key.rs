//! `perennial key …`: API keys.

use clap::{Args, Subcommand};
use jiff::tz::TimeZone;
use jiff::{Span, Timestamp};
use perennial_core::api_keys;
use perennial_core::context::App;
use perennial_domain::{ApiKey, ApiKeyId};
use secrecy::ExposeSecret;
use serde::Serialize;

use crate::failure::Failure;
use crate::output::{self, Row};
use crate::projects;

/// What to do with keys.
#[derive(Debug, Subcommand)]
pub(crate) enum KeyCommand {
    /// Makes a key and prints it, this once
    Create(CreateArguments),
    /// Lists the keys
    List {
        /// The project; may be left out when there is only one
        #[arg(long, value_name = "SLUG")]
        project: Option<String>,
        /// Prints JSON
        #[arg(long)]
        json: bool,
    },
    /// Has a key stop working now
    Expire {
        /// The key's id, apk_…
        id: ApiKeyId,
        /// The project; may be left out when there is only one
        #[arg(long, value_name = "SLUG")]
        project: Option<String>,
    },
}

/// A new key.
#[derive(Debug, Args)]
pub(crate) struct CreateArguments {
    /// The project; may be left out when there is only one
    #[arg(long, value_name = "SLUG")]
    project: Option<String>,
    /// What to call it
    #[arg(long)]
    label: String,
    /// How long it works, such as 90d or 1y; without end unless given
    #[arg(long, value_name = "TIME")]
    expires_in: Option<Span>,
}

/// A key, as it is printed: its secret is known to nobody.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct KeyRow {
    id: String,
    label: String,
    created_at: Timestamp,
    expires_at: Option<Timestamp>,
}

impl From<ApiKey> for KeyRow {
    fn from(key: ApiKey) -> Self {
        let id = key.id.to_string();
        Self { id, label: key.label, created_at: key.created_at, expires_at: key.expires_at }
    }
}

impl Row for KeyRow {
    const HEADINGS: &'static [&'static str] = &["id", "label", "created", "expires"];

    fn cells(&self) -> Vec<String> {
        let expires_at = self.expires_at.map_or_else(|| "never".to_owned(), |at| at.to_string());
        vec![self.id.clone(), self.label.clone(), self.created_at.to_string(), expires_at]
    }
}

/// Does it.
pub(crate) async fn run(app: &App, command: KeyCommand) -> Result<(), Failure> {
    match command {
        KeyCommand::Create(arguments) => create(app, arguments).await,
        KeyCommand::List { project, json } => {
            let project = projects::chosen(app, project.as_deref()).await?.id;
            let keys = app.read(move |_, tx| tx.api_keys().list(project)).await?;
            output::rows(&keys.into_iter().map(KeyRow::from).collect::<Vec<_>>(), json)
        }
        KeyCommand::Expire { id, project } => expire(app, id, project.as_deref()).await,
    }
}

async fn create(app: &App, arguments: CreateArguments) -> Result<(), Failure> {
    let project = projects::chosen(app, arguments.project.as_deref()).await?.id;
    let expires_at = arguments.expires_in.map(|span| after(app.now(), span)).transpose()?;
    let label = arguments.label;
    let (key, secret) =
        app.write(move |cx, tx| api_keys::create(cx, tx, project, &label, expires_at)).await?;
    output::say(format_args!("made {}; its secret is shown this once", key.id));
    output::data(secret.expose_secret())
}

async fn expire(app: &App, id: ApiKeyId, project: Option<&str>) -> Result<(), Failure> {
    let project = projects::chosen(app, project).await?.id;
    if !app.write(move |cx, tx| api_keys::expire(cx, tx, project, id)).await? {
        return Err(Failure::new(format!("there is no key {id}")).hint("`key list` shows them"));
    }
    output::say(format_args!("{id} stops working within a second"));
    Ok(())
}

/// The end of a span that begins now, by the calendar.
fn after(now: Timestamp, span: Span) -> Result<Timestamp, Failure> {
    if !span.is_positive() {
        return Err(Failure::misuse("--expires-in: must lie ahead"));
    }
    let end = now.to_zoned(TimeZone::UTC).checked_add(span);
    Ok(end.map_err(|_| Failure::misuse("--expires-in: the calendar ends before"))?.timestamp())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_may_work_for_days_or_for_a_calendar_year() {
        let now = "2028-02-29T12:00:00Z".parse().unwrap();
        let end = |text: &str| after(now, text.parse().unwrap()).map(|end| end.to_string());
        assert_eq!(end("90d").unwrap(), "2028-05-29T12:00:00Z");
        assert_eq!(end("1y").unwrap(), "2029-02-28T12:00:00Z");
        assert!(end("0d").is_err() && end("-1d").is_err());
    }
}
