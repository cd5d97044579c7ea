//! Members: people who act for a customer that is no person, an organization or a business.

use jiff::Timestamp;

use crate::text_enum::text_enum;
use crate::{CustomerId, Email, MemberId, ProjectId};

text_enum! {
    /// What a member may do (contracts/organizations-api.md §2.1).
    pub enum MemberRole {
        /// Uses the product.
        User = "user",
        /// Manages billing and subscriptions.
        Billing = "billing",
        /// Manages workspaces.
        Workspaces = "workspaces",
        /// Manages everything.
        Administrator = "administrator",
        /// Owns the organization, or the business.
        Owner = "owner",
    }
}

impl MemberRole {
    /// Whether buying and cancelling are theirs, where an operator asks for a role at all: everybody's but a plain
    /// user's.
    pub const fn may_bill(self) -> bool {
        !matches!(self, Self::User)
    }
}

/// A person who acts for an organization, or works for a business. That is the customer: it pays, and the subscriptions
/// are its own.
#[derive(Clone, Debug)]
pub struct Member {
    /// Our id.
    pub id: MemberId,
    /// Whose project.
    pub project_id: ProjectId,
    /// The id in the operator's own system, which access tokens name.
    pub external_id: String,
    /// The organization or business they belong to: one at the most.
    pub customer_id: Option<CustomerId>,
    /// Unique among the project's members, without regard to case.
    pub email: Email,
    /// As the person writes it.
    pub full_name: String,
    /// What they may do.
    pub role: MemberRole,
    /// Whether they may log in.
    pub is_active: bool,
    /// When they became one.
    pub created_at: Timestamp,
}

impl Member {
    /// Who answers for an organization, of its members from the first one on: an owner or, where there is none, somebody who
    /// manages everything, or its bills. Who may not log in does not count.
    pub fn head_of(members: Vec<Self>) -> Option<Self> {
        const FIRST_TO_LAST: [MemberRole; 3] =
            [MemberRole::Owner, MemberRole::Administrator, MemberRole::Billing];
        let rank = |member: &Self| FIRST_TO_LAST.iter().position(|role| *role == member.role);
        let ranked = members.into_iter().filter(|member| member.is_active);
        let ranked = ranked.filter_map(|member| rank(&member).map(|rank| (rank, member)));
        ranked.min_by_key(|(rank, _)| *rank).map(|(_, member)| member)
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;
    use crate::Id;

    fn member(name: &str, role: MemberRole, is_active: bool) -> Member {
        Member {
            id: MemberId::from_uuid(Uuid::from_u128(1)),
            project_id: ProjectId::from_uuid(Uuid::from_u128(1)),
            external_id: name.to_owned(),
            customer_id: None,
            email: Email::parse(&format!("{name}@example.com")).unwrap(),
            full_name: name.to_owned(),
            role,
            is_active,
            created_at: Timestamp::UNIX_EPOCH,
        }
    }

    #[test]
    fn the_first_owner_who_may_log_in_answers_for_an_organization() {
        use MemberRole::{Administrator, Billing, Owner, User, Workspaces};
        let mut members = vec![
            member("ada", User, true),
            member("bea", Workspaces, true),
            member("cleo", Billing, true),
            member("dora", Administrator, true),
            member("eve", Owner, false),
            member("fay", Owner, true),
            member("gus", Owner, true),
        ];
        for head in ["fay", "gus", "dora", "cleo"] {
            assert_eq!(Member::head_of(members.clone()).unwrap().external_id, head);
            members.retain(|member| member.external_id != head);
        }
        assert!(Member::head_of(members).is_none());
    }
}
