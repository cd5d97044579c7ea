//! Members: people who act for an organization.

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
        /// Owns the organization.
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

/// A person who acts for an organization. The organization is a customer: it pays, and its subscriptions are its own.
#[derive(Clone, Debug)]
pub struct Member {
    /// Our id.
    pub id: MemberId,
    /// Whose project.
    pub project_id: ProjectId,
    /// The id in the operator's own system, which access tokens name.
    pub external_id: String,
    /// The organization they belong to: one at the most.
    pub organization_id: Option<CustomerId>,
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
