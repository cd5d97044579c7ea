//! Making organizations and the people who act for them. The operator does it, by command; the door only reads.

use perennial_domain::{
    Customer, CustomerId, CustomerStatus, Email, Id, Member, MemberId, MemberRole, Metadata, ProjectId,
};
use perennial_store::{StoreError, Tx};
use secrecy::SecretString;

use super::passwords::{self, PasswordError};
use crate::context::{App, Cx};
use crate::customers::{FactError, check_full_name};
use crate::events::{Happening, record};

/// What is known of an organization.
#[derive(Clone, Debug)]
pub struct NewOrganization {
    /// Its id in the operator's own system; one of ours when absent.
    pub external_id: Option<String>,
    /// What it is called.
    pub name: String,
}

/// What is known of somebody who becomes a member.
#[derive(Clone, Debug)]
pub struct NewMember {
    /// Their id in the operator's own system, which tokens name; one of ours when absent.
    pub external_id: Option<String>,
    /// Whom they act for. Somebody without an organization can log in, and nothing else.
    pub organization: Option<CustomerId>,
    /// Unique among the project's members.
    pub email: Email,
    /// As the person writes it.
    pub full_name: String,
    /// What they may do.
    pub role: MemberRole,
}

/// Why an organization is not made.
#[derive(Debug, thiserror::Error)]
pub enum SaveOrganizationError {
    /// Another one has this id.
    #[error("there is an organization {0} already")]
    Exists(String),
    /// The name cannot be.
    #[error(transparent)]
    Fact(#[from] FactError),
    /// The database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Why a member is not made or changed.
#[derive(Debug, thiserror::Error)]
pub enum SaveMemberError {
    /// No such member.
    #[error("there is no such member")]
    Unknown,
    /// There is no such organization in the project; a business is none.
    #[error("there is no such organization")]
    UnknownOrganization,
    /// They work for a business, which is no organization and may be theirs.
    #[error("the member works for a business")]
    WorksForBusiness,
    /// Another one has this id.
    #[error("there is a member with this id already")]
    IdTaken,
    /// Another one has this address.
    #[error("another member has this e-mail address")]
    EmailTaken,
    /// The name cannot be.
    #[error(transparent)]
    Fact(#[from] FactError),
    /// The password cannot be, or cannot be hashed.
    #[error(transparent)]
    Password(#[from] PasswordError),
    /// The database failed.
    #[error(transparent)]
    Store(StoreError),
}

impl From<StoreError> for SaveMemberError {
    fn from(error: StoreError) -> Self {
        match error {
            error if error.is_conflict("members_email_key") => Self::EmailTaken,
            error if error.is_conflict("members_external_id_key") => Self::IdTaken,
            error => Self::Store(error),
        }
    }
}

/// Makes an organization. It has no address of its own: Stripe writes to whoever buys first.
pub fn create_organization(
    cx: &Cx,
    tx: &mut Tx<'_>,
    project_id: ProjectId,
    new: &NewOrganization,
) -> Result<Customer, SaveOrganizationError> {
    let id: CustomerId = cx.id();
    let external_id = new.external_id.clone().unwrap_or_else(|| id.uuid().to_string());
    let project = tx.projects().find(project_id)?;
    let organization = Customer {
        id,
        project_id,
        external_id: Some(external_id.clone()),
        email: None,
        email_verified: false,
        full_name: Some(check_full_name(&new.name)?),
        birthday: None,
        preferred_locale: project
            .map_or_else(|| "en-US".to_owned(), |project| project.default_locale().to_owned()),
        status: CustomerStatus::Active,
        metadata: Metadata::default(),
        stripe_customer_id: None,
        created_at: cx.now(),
    };
    match tx.customers(project_id).insert(&organization) {
        Err(error) if error.is_conflict("customers_external_id_key") => {
            return Err(SaveOrganizationError::Exists(external_id));
        }
        inserted => inserted?,
    }
    record(cx, tx, project_id, Happening::UserCreated, id)?;
    Ok(organization)
}

/// Makes a member, who cannot log in with a password until one is set.
pub fn create_member(
    cx: &Cx,
    tx: &mut Tx<'_>,
    project_id: ProjectId,
    new: &NewMember,
) -> Result<Member, SaveMemberError> {
    if let Some(organization) = new.organization {
        require_organization(tx, project_id, organization)?;
    }
    let id: MemberId = cx.id();
    let member = Member {
        id,
        project_id,
        external_id: new.external_id.clone().unwrap_or_else(|| id.uuid().to_string()),
        customer_id: new.organization,
        email: new.email.clone(),
        full_name: check_full_name(&new.full_name)?,
        role: new.role,
        is_active: true,
        created_at: cx.now(),
    };
    tx.members(project_id).insert(&member)?;
    Ok(member)
}

/// Refuses a customer of another project, a person, who has no id in the operator's own system, and a business: its staff
/// are made with it.
pub(super) fn require_organization(
    tx: &mut Tx<'_>,
    project: ProjectId,
    id: CustomerId,
) -> Result<(), SaveMemberError> {
    let found = tx.customers(project).find(id)?;
    let is_named = found.is_some_and(|found| found.external_id.is_some());
    if !is_named || tx.businesses(project).find(id)?.is_some() {
        return Err(SaveMemberError::UnknownOrganization);
    }
    Ok(())
}

/// The organization that the operator's own system calls so.
pub fn find_organization(
    tx: &mut Tx<'_>,
    project: ProjectId,
    external_id: &str,
) -> Result<Option<Customer>, StoreError> {
    tx.customers(project).find_by_external_id(external_id)
}

/// The member whom the operator's own system calls so, and their organization.
pub fn find_member(
    tx: &mut Tx<'_>,
    project: ProjectId,
    external_id: &str,
) -> Result<Option<(Member, Option<Customer>)>, StoreError> {
    tx.members(project).find_with_organization(external_id)
}

/// Lets a member in, or keeps them out: then their log-ins end as well.
pub fn set_active(
    cx: &Cx,
    tx: &mut Tx<'_>,
    project: ProjectId,
    id: MemberId,
    is_active: bool,
) -> Result<(), SaveMemberError> {
    let mut member = tx.members(project).lock(id)?.ok_or(SaveMemberError::Unknown)?;
    member.is_active = is_active;
    tx.members(project).update(&member)?;
    if !is_active {
        tx.refresh_tokens(project).revoke_all_of(id, cx.now())?;
    }
    Ok(())
}

/// Gives a member a password, in place of the one before. Whoever was logged in with that has to log in again.
pub async fn set_password(
    app: &App,
    project: ProjectId,
    id: MemberId,
    password: SecretString,
) -> Result<(), SaveMemberError> {
    let password_hash = passwords::hash(password).await?;
    app.write(move |cx, tx| {
        tx.members(project).lock(id)?.ok_or(SaveMemberError::Unknown)?;
        tx.members(project).set_password_hash(id, &password_hash)?;
        tx.refresh_tokens(project).revoke_all_of(id, cx.now())?;
        Ok(())
    })
    .await
}
