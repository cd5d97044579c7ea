//! `perennial organization …`: organizations, the people who act for them, and what their tokens are signed with.

mod lists;
mod set_member;

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};
use jiff::SignedDuration;
use perennial_core::context::App;
use perennial_core::organizations::{
    NewMember, NewOrganization, ReplaceSecretError, create_member, create_organization, find_member,
    find_organization, replace_signing_secret, set_active, set_password,
};
use perennial_domain::{CustomerId, Email, Member, MemberRole, ProjectId};

use crate::failure::{Explain, Failure};
use crate::{output, projects, secret_input};

/// What a password comes from, if not from a file.
const PASSWORD_VARIABLE: &str = "PERENNIAL_MEMBER_PASSWORD";
/// What a signing secret comes from, if not from a file.
const SECRET_VARIABLE: &str = "PERENNIAL_SIGNING_SECRET";
/// Access tokens live for an hour: after it nobody holds one of before.
const OVERLAP: SignedDuration = SignedDuration::from_hours(1);

/// What to do with organizations.
#[derive(Debug, Subcommand)]
pub(crate) enum OrganizationCommand {
    /// Makes an organization and prints its id
    Create {
        #[command(flatten)]
        of: OfProject,
        /// What it is called
        #[arg(long)]
        name: String,
        /// Its id in your own system; one of ours unless given
        #[arg(long)]
        id: Option<String>,
    },
    /// Lists organizations, the latest first
    List {
        #[command(flatten)]
        of: OfProject,
        /// At the most so many
        #[arg(long, default_value_t = 50)]
        limit: u32,
        /// Prints JSON
        #[arg(long)]
        json: bool,
    },
    /// Lists an organization's members
    Members {
        #[command(flatten)]
        of: OfProject,
        /// The organization's id
        organization: String,
        /// Prints JSON
        #[arg(long)]
        json: bool,
    },
    /// Makes a member and prints their id
    AddMember(MemberArguments),
    /// Changes a member; whoever leaves an organization or may do less has to log in again
    SetMember(set_member::Arguments),
    /// Gives a member a password, from `PERENNIAL_MEMBER_PASSWORD` or a file, and ends their log-ins
    Password {
        #[command(flatten)]
        of: OfProject,
        /// The member's id
        member: String,
        /// A file that holds the password; - is standard input
        #[arg(long, value_name = "FILE")]
        file: Option<PathBuf>,
    },
    /// Keeps a member out, and ends their log-ins
    Block {
        #[command(flatten)]
        of: OfProject,
        /// The member's id
        member: String,
    },
    /// Lets a member in again
    Unblock {
        #[command(flatten)]
        of: OfProject,
        /// The member's id
        member: String,
    },
    /// Signs access tokens with another secret from now on: a fresh one, or yours, so that your own system can sign too
    SigningSecret {
        #[command(flatten)]
        of: OfProject,
        /// Takes the secret from `PERENNIAL_SIGNING_SECRET` or --file
        #[arg(long)]
        own: bool,
        /// A file that holds the secret; - is standard input
        #[arg(long, value_name = "FILE", requires = "own")]
        file: Option<PathBuf>,
    },
}

/// Whose.
#[derive(Debug, Args)]
pub(crate) struct OfProject {
    /// The project; may be left out when there is only one
    #[arg(long, value_name = "SLUG")]
    project: Option<String>,
}

/// A new member.
#[derive(Debug, Args)]
pub(crate) struct MemberArguments {
    #[command(flatten)]
    of: OfProject,
    /// The organization's id; somebody without one can log in, and nothing else
    #[arg(long, value_name = "ID")]
    organization: Option<String>,
    /// Their address, unique among the project's members
    #[arg(long)]
    email: String,
    /// As they write it
    #[arg(long)]
    name: String,
    /// What they may do
    #[arg(long, value_enum, default_value_t = Role::User)]
    role: Role,
    /// Their id in your own system, which access tokens name; one of ours unless given
    #[arg(long)]
    id: Option<String>,
}

/// What a member may do.
#[derive(Clone, Copy, Debug, ValueEnum)]
enum Role {
    User,
    Billing,
    Workspaces,
    Administrator,
    Owner,
}

impl From<Role> for MemberRole {
    fn from(role: Role) -> Self {
        match role {
            Role::User => Self::User,
            Role::Billing => Self::Billing,
            Role::Workspaces => Self::Workspaces,
            Role::Administrator => Self::Administrator,
            Role::Owner => Self::Owner,
        }
    }
}

/// Does it.
pub(crate) async fn run(app: &App, command: OrganizationCommand) -> Result<(), Failure> {
    match command {
        OrganizationCommand::Create { of, name, id } => create(app, of, name, id).await,
        OrganizationCommand::List { of, limit, json } => lists::organizations(app, of, limit, json).await,
        OrganizationCommand::Members { of, organization, json } => {
            lists::members(app, of, organization, json).await
        }
        OrganizationCommand::AddMember(arguments) => add_member(app, arguments).await,
        OrganizationCommand::SetMember(arguments) => set_member::run(app, arguments).await,
        OrganizationCommand::Password { of, member, file } => {
            let password = secret_input::read(PASSWORD_VARIABLE, file.as_deref())?;
            let (project, member) = found_member(app, of, member).await?;
            Ok(set_password(app, project, member.id, password).await?)
        }
        OrganizationCommand::Block { of, member } => activate(app, of, member, false).await,
        OrganizationCommand::Unblock { of, member } => activate(app, of, member, true).await,
        OrganizationCommand::SigningSecret { of, own, file } => {
            let project = projects::chosen(app, of.project.as_deref()).await?.id;
            let read = || secret_input::read(SECRET_VARIABLE, file.as_deref());
            let secret = own.then(read).transpose()?;
            replace_signing_secret(app, project, secret, OVERLAP).await.map_err(unfit_secret)?;
            output::say("changed; what was signed with the secret of before is taken for another hour");
            Ok(())
        }
    }
}

async fn create(app: &App, of: OfProject, name: String, id: Option<String>) -> Result<(), Failure> {
    let project = projects::chosen(app, of.project.as_deref()).await?.id;
    let new = NewOrganization { external_id: id, name };
    let made = app.write(move |cx, tx| create_organization(cx, tx, project, &new)).await?;
    output::data(made.external_id.unwrap_or_default())
}

async fn add_member(app: &App, arguments: MemberArguments) -> Result<(), Failure> {
    let project = projects::chosen(app, arguments.of.project.as_deref()).await?.id;
    let organization = match arguments.organization {
        None => None,
        Some(id) => Some(found_organization(app, project, id).await?),
    };
    let new = NewMember {
        external_id: arguments.id,
        organization,
        email: Email::parse(&arguments.email).or_fail("--email")?,
        full_name: arguments.name,
        role: arguments.role.into(),
    };
    let made = app.write(move |cx, tx| create_member(cx, tx, project, &new)).await?;
    output::data(made.external_id)?;
    output::say("hint: `organization password` gives them one");
    Ok(())
}

async fn activate(app: &App, of: OfProject, member: String, is_active: bool) -> Result<(), Failure> {
    let (project, member) = found_member(app, of, member).await?;
    Ok(app.write(move |cx, tx| set_active(cx, tx, project, member.id, is_active)).await?)
}

fn unfit_secret(error: ReplaceSecretError) -> Failure {
    match error {
        ReplaceSecretError::TooShort => {
            Failure::new(error.to_string()).hint("`openssl rand -base64 48` makes one that nobody guesses")
        }
        ReplaceSecretError::Signing(error) => error.into(),
    }
}

async fn found_organization(app: &App, project: ProjectId, id: String) -> Result<CustomerId, Failure> {
    let wanted = id.clone();
    let found = app.read(move |_, tx| find_organization(tx, project, &wanted)).await?;
    Ok(found.ok_or_else(|| unknown_organization(&id))?.id)
}

fn unknown_organization(id: &str) -> Failure {
    Failure::new(format!("there is no organization {id}")).hint("`organization list` shows them")
}

async fn found_member(app: &App, of: OfProject, id: String) -> Result<(ProjectId, Member), Failure> {
    let project = projects::chosen(app, of.project.as_deref()).await?.id;
    let wanted = id.clone();
    let found = app.read(move |_, tx| find_member(tx, project, &wanted)).await?;
    let unknown = || {
        let failure = Failure::new(format!("there is no member {id}"));
        failure.hint("`organization members` shows those of an organization")
    };
    let (member, _) = found.ok_or_else(unknown)?;
    Ok((project, member))
}
