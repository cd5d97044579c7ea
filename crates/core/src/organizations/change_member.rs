//! Changing a member: what they may do, whom they act for, and where they are written to. The operator does it, by command.

use perennial_domain::{CustomerId, Email, Member, MemberId, MemberRole, ProjectId};
use perennial_store::Tx;

use super::members::{SaveMemberError, require_organization};
use crate::change::Change;
use crate::context::Cx;

/// What becomes of a member. What is not named stays.
#[derive(Clone, Debug, Default)]
pub struct MemberPatch {
    /// What they may do.
    pub role: Option<MemberRole>,
    /// Whom they act for, if for anybody.
    pub organization: Change<Option<CustomerId>>,
    /// Their address, unique among the project's members.
    pub email: Option<Email>,
}

/// Changes a member. It holds from their next request on, for the door reads who they are each time (contract §2). Whoever
/// leaves an organization or may do less than before has to log in again, too.
pub fn change_member(
    cx: &Cx,
    tx: &mut Tx<'_>,
    project: ProjectId,
    id: MemberId,
    patch: &MemberPatch,
) -> Result<(), SaveMemberError> {
    let before = tx.members(project).lock(id)?.ok_or(SaveMemberError::Unknown)?;
    if let Some(customer) = before.customer_id
        && tx.businesses(project).find(customer)?.is_some()
    {
        return Err(SaveMemberError::WorksForBusiness);
    }
    if let Some(organization) = patch.organization.named() {
        require_organization(tx, project, *organization)?;
    }
    let after = Member {
        role: patch.role.unwrap_or(before.role),
        customer_id: patch.organization.wanted().copied().unwrap_or(before.customer_id),
        email: patch.email.clone().unwrap_or_else(|| before.email.clone()),
        ..before.clone()
    };
    tx.members(project).update(&after)?;
    if is_narrower(&before, &after) {
        tx.refresh_tokens(project).revoke_all_of(id, cx.now())?;
    }
    Ok(())
}

/// Whether something is taken away. Roles are in the contract's order, §2.1.
fn is_narrower(before: &Member, after: &Member) -> bool {
    let leaves = before.customer_id.is_some() && after.customer_id != before.customer_id;
    leaves || after.role < before.role
}
