//! Who works for a business: members, one of whom owns it.

use perennial_domain::{CustomerId, Email, Member, MemberRole, ProjectId};
use perennial_store::{StoreError, Tx};

use super::businesses::SaveBusinessError;
use super::uids::uid_or_fresh;
use crate::context::Cx;
use crate::customers::check_full_name;

/// What is known of somebody who works for a business.
#[derive(Clone, Debug)]
pub struct NewStaff {
    /// Their uid; a fresh one when absent.
    pub uid: Option<String>,
    /// Unique among the project's members.
    pub email: Email,
    /// As the person writes it.
    pub full_name: String,
}

/// Adds somebody to the staff of a business.
pub fn add_staff(
    cx: &Cx,
    tx: &mut Tx<'_>,
    project: ProjectId,
    business_uid: &str,
    new: &NewStaff,
) -> Result<Member, SaveBusinessError> {
    let business = tx.businesses(project).view_by_uid(business_uid)?;
    let unknown = || SaveBusinessError::UnknownBusiness(business_uid.to_owned());
    let business = business.ok_or_else(unknown)?.business;
    insert_staff(cx, tx, project, business.customer_id, new, MemberRole::Billing)
}

/// Who works for a business, the first one first.
pub fn list_staff(
    tx: &mut Tx<'_>,
    project: ProjectId,
    business: CustomerId,
) -> Result<Vec<Member>, StoreError> {
    tx.members(project).of_organization(business)
}

/// Somebody who works there already, or somebody new.
pub(super) fn staff_of(
    cx: &Cx,
    tx: &mut Tx<'_>,
    project: ProjectId,
    business: CustomerId,
    new: &NewStaff,
    role: MemberRole,
) -> Result<Member, SaveBusinessError> {
    if let Some(uid) = &new.uid {
        let known = tx.members(project).find_with_organization(uid)?;
        let known = known.map(|(member, _)| member);
        if let Some(member) = known.filter(|member| member.customer_id == Some(business)) {
            return Ok(member);
        }
    }
    insert_staff(cx, tx, project, business, new, role)
}

fn insert_staff(
    cx: &Cx,
    tx: &mut Tx<'_>,
    project_id: ProjectId,
    business: CustomerId,
    new: &NewStaff,
    role: MemberRole,
) -> Result<Member, SaveBusinessError> {
    let member = Member {
        id: cx.id(),
        project_id,
        external_id: uid_or_fresh(new.uid.as_deref())?,
        customer_id: Some(business),
        email: new.email.clone(),
        full_name: check_full_name(&new.full_name)?,
        role,
        is_active: true,
        created_at: cx.now(),
    };
    match tx.members(project_id).insert(&member) {
        Err(error) if error.is_conflict("members_external_id_key") => {
            Err(SaveBusinessError::StaffExists(member.external_id))
        }
        Err(error) if error.is_conflict("members_email_key") => Err(SaveBusinessError::EmailTaken),
        inserted => Ok(inserted.map(|()| member)?),
    }
}
