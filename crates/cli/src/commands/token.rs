//! `perennial token …`: tokens of the Business API.

use clap::{Args, Subcommand};
use jiff::Timestamp;
use perennial_core::business::{
    NewToken, create_token, find_app, find_business, list_directories, list_staff, list_tokens, revoke_token,
};
use perennial_core::context::App;
use perennial_domain::{BusinessToken, BusinessTokenId, ProjectId, TokenGrant};
use perennial_store::{StoreError, Tx};
use secrecy::ExposeSecret;
use serde::Serialize;

use super::business::OfProject;
use crate::failure::Failure;
use crate::output::{self, Row};
use crate::projects;

/// So many are listed at the most.
const MOST_LISTED: u32 = 1_000;

/// What to do with tokens.
#[derive(Debug, Subcommand)]
pub(crate) enum TokenCommand {
    /// Makes a token and prints it, this once; what is named narrows it, and without a name it sees the whole project
    Create(CreateArguments),
    /// Lists the newest thousand of the tokens that work
    List {
        #[command(flatten)]
        of: OfProject,
        /// Prints JSON
        #[arg(long)]
        json: bool,
    },
    /// Takes a token back, and all that were made with it
    Revoke {
        #[command(flatten)]
        of: OfProject,
        /// The token's id, btk_…
        id: BusinessTokenId,
    },
}

/// A new token.
#[derive(Debug, Args)]
pub(crate) struct CreateArguments {
    #[command(flatten)]
    of: OfProject,
    /// For this business alone
    #[arg(long, value_name = "UID")]
    business: Option<String>,
    /// As this one of its staff; as its owner unless given
    #[arg(long, value_name = "UID", requires = "business")]
    staff: Option<String>,
    /// For the businesses of this directory
    #[arg(long, value_name = "NUMBER")]
    directory: Option<u32>,
    /// For this app
    #[arg(long, value_name = "CODE NAME")]
    app: Option<String>,
    /// What to call it
    #[arg(long, default_value = "")]
    label: String,
}

/// A token, as it is printed: its secret is known to nobody.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct TokenRow {
    id: String,
    begins_with: String,
    label: String,
    created_at: Timestamp,
    expires_at: Option<Timestamp>,
}

impl From<BusinessToken> for TokenRow {
    fn from(token: BusinessToken) -> Self {
        Self {
            id: token.id.to_string(),
            begins_with: token.hint,
            label: token.label,
            created_at: token.created_at,
            expires_at: token.expires_at,
        }
    }
}

impl Row for TokenRow {
    const HEADINGS: &'static [&'static str] = &["id", "begins with", "label", "created", "expires"];

    fn cells(&self) -> Vec<String> {
        let expires_at = self.expires_at.map_or_else(|| "never".to_owned(), |at| at.to_string());
        let created_at = self.created_at.to_string();
        vec![self.id.clone(), self.begins_with.clone(), self.label.clone(), created_at, expires_at]
    }
}

/// Does it.
pub(crate) async fn run(app: &App, command: TokenCommand) -> Result<(), Failure> {
    match command {
        TokenCommand::Create(arguments) => create(app, arguments).await,
        TokenCommand::List { of, json } => {
            let project = projects::chosen(app, of.project.as_deref()).await?.id;
            let found = app.read(move |cx, tx| list_tokens(cx, tx, project, (MOST_LISTED, 0))).await?;
            output::rows(&found.into_iter().map(TokenRow::from).collect::<Vec<_>>(), json)
        }
        TokenCommand::Revoke { of, id } => {
            let project = projects::chosen(app, of.project.as_deref()).await?.id;
            if !app.write(move |cx, tx| revoke_token(cx, tx, project, id)).await? {
                return Err(Failure::new(format!("there is no token {id}")).hint("`token list` shows them"));
            }
            output::say(format_args!("{id} stops working within a second"));
            Ok(())
        }
    }
}

async fn create(app: &App, arguments: CreateArguments) -> Result<(), Failure> {
    let project = projects::chosen(app, arguments.of.project.as_deref()).await?.id;
    let label = arguments.label.clone();
    let grant = app.read(move |_, tx| grant_of(tx, project, &arguments)).await?;
    let new = NewToken { grant, label, expires_at: None };
    let (token, secret) = app.write(move |cx, tx| create_token(cx, tx, project, &new)).await?;
    output::say(format_args!("made {}; its secret is shown this once", token.id));
    output::data(secret.expose_secret())
}

fn grant_of(tx: &mut Tx<'_>, project: ProjectId, arguments: &CreateArguments) -> Result<TokenGrant, Failure> {
    let mut grant = TokenGrant::default();
    if let Some(uid) = &arguments.business {
        let found = find_business(tx, project, uid)?;
        let business = found.ok_or_else(|| Failure::new(format!("there is no business {uid}")))?.business;
        grant.customer_id = Some(business.customer_id);
        grant.member_id = Some(business.owner_id);
        if let Some(staff) = &arguments.staff {
            let members = list_staff(tx, project, business.customer_id)?;
            let member = members.into_iter().find(|member| member.external_id == *staff);
            let none = || Failure::new(format!("nobody of the staff of {uid} is {staff}"));
            grant.member_id = Some(member.ok_or_else(none)?.id);
        }
    }
    if let Some(number) = arguments.directory {
        let found: Result<Vec<_>, StoreError> = list_directories(tx, project);
        let found = found?.into_iter().find(|directory| directory.number == number);
        let none = || Failure::new(format!("there is no directory {number}"));
        grant.directory_id = Some(found.ok_or_else(none)?.id);
    }
    if let Some(code_name) = &arguments.app {
        let found = find_app(tx, project, code_name)?;
        let none = || Failure::new(format!("there is no app {code_name:?}"));
        grant.app_id = Some(found.ok_or_else(none)?.id);
    }
    Ok(grant)
}
