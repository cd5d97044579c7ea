//! `perennial organization set-member`: what becomes of a member.

use clap::{ArgGroup, Args};
use perennial_core::change::Change;
use perennial_core::context::App;
use perennial_core::organizations::{MemberPatch, change_member};
use perennial_domain::Email;

use super::{OfProject, Role, found_member, found_organization};
use crate::failure::{Explain, Failure};

/// Which member, and what becomes of them.
#[derive(Debug, Args)]
#[command(group = ArgGroup::new("changes").required(true).multiple(true))]
pub(crate) struct Arguments {
    #[command(flatten)]
    of: OfProject,
    /// The member's id
    member: String,
    /// What they may do from now on
    #[arg(long, value_enum, group = "changes")]
    role: Option<Role>,
    /// The id of the organization they act for from now on
    #[arg(long, value_name = "ID", group = "changes", conflicts_with = "no_organization")]
    organization: Option<String>,
    /// Takes them out of their organization
    #[arg(long, group = "changes")]
    no_organization: bool,
    /// Their new address, unique among the project's members
    #[arg(long, group = "changes")]
    email: Option<String>,
}

/// Does it.
pub(crate) async fn run(app: &App, arguments: Arguments) -> Result<(), Failure> {
    let (project, member) = found_member(app, arguments.of, arguments.member).await?;
    let organization = match arguments.organization {
        Some(id) => Change::To(Some(found_organization(app, project, id).await?)),
        None if arguments.no_organization => Change::To(None),
        None => Change::Keep,
    };
    let email = arguments.email.as_deref().map(Email::parse).transpose().or_fail("--email")?;
    let patch = MemberPatch { role: arguments.role.map(Into::into), organization, email };
    Ok(app.write(move |cx, tx| change_member(cx, tx, project, member.id, &patch)).await?)
}
