//! Organizations and members, as they are printed.

use jiff::Timestamp;
use perennial_core::context::App;
use perennial_core::organizations::find_organization;
use perennial_domain::{Customer, Member};
use serde::Serialize;

use super::OfProject;
use crate::failure::Failure;
use crate::output::{self, Row};
use crate::projects;

/// An organization.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct OrganizationRow {
    id: String,
    name: String,
    status: &'static str,
    stripe_customer: Option<String>,
    created_at: Timestamp,
}

impl From<Customer> for OrganizationRow {
    fn from(organization: Customer) -> Self {
        Self {
            id: organization.external_id.unwrap_or_default(),
            name: organization.full_name.unwrap_or_default(),
            status: organization.status.as_str(),
            stripe_customer: organization.stripe_customer_id,
            created_at: organization.created_at,
        }
    }
}

impl Row for OrganizationRow {
    const HEADINGS: &'static [&'static str] = &["id", "name", "status", "created"];

    fn cells(&self) -> Vec<String> {
        vec![self.id.clone(), self.name.clone(), self.status.to_owned(), self.created_at.to_string()]
    }
}

/// A member.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct MemberRow {
    id: String,
    email: String,
    name: String,
    role: &'static str,
    is_active: bool,
    created_at: Timestamp,
}

impl From<Member> for MemberRow {
    fn from(member: Member) -> Self {
        Self {
            id: member.external_id,
            email: member.email.as_str().to_owned(),
            name: member.full_name,
            role: member.role.as_str(),
            is_active: member.is_active,
            created_at: member.created_at,
        }
    }
}

impl Row for MemberRow {
    const HEADINGS: &'static [&'static str] = &["id", "e-mail", "name", "role", "may log in"];

    fn cells(&self) -> Vec<String> {
        let is_active = if self.is_active { "yes" } else { "no" };
        vec![
            self.id.clone(),
            self.email.clone(),
            self.name.clone(),
            self.role.to_owned(),
            is_active.to_owned(),
        ]
    }
}

/// Prints the newest organizations.
pub(super) async fn organizations(
    app: &App,
    of: OfProject,
    limit: u32,
    as_json: bool,
) -> Result<(), Failure> {
    let project = projects::chosen(app, of.project.as_deref()).await?.id;
    let found = app.read(move |_, tx| tx.customers(project).newest_with_external_id(limit)).await?;
    output::rows(&found.into_iter().map(OrganizationRow::from).collect::<Vec<_>>(), as_json)
}

/// Prints an organization's members.
pub(super) async fn members(app: &App, of: OfProject, id: String, as_json: bool) -> Result<(), Failure> {
    let project = projects::chosen(app, of.project.as_deref()).await?.id;
    let wanted = id.clone();
    let found = app.read(move |_, tx| {
        let organization = find_organization(tx, project, &wanted)?;
        organization.map(|organization| tx.members(project).of_organization(organization.id)).transpose()
    });
    let members = found.await?.ok_or_else(|| super::unknown_organization(&id))?;
    output::rows(&members.into_iter().map(MemberRow::from).collect::<Vec<_>>(), as_json)
}
