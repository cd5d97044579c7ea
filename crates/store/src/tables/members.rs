//! People who act for organizations and businesses, whose id the column `organization_id` holds. The hash of a password is read by itself, so that nothing carries it along.

use perennial_domain::{Customer, CustomerId, Member, MemberId};

use super::Members;
use super::customers::CUSTOMERS;
use super::table::{Joined, Table, expect_one};
use crate::{Columns, FromRow, StoreError, params};

const MEMBERS: Table = Table::new(
    "members",
    "id, project_id, external_id, organization_id, email, full_name, role, is_active, created_at",
);

impl Members<'_> {
    /// Adds a member without a password. Conflicts: `members_external_id_key`, `members_email_key`.
    pub fn insert(&mut self, member: &Member) -> Result<(), StoreError> {
        let email_key = member.email.key();
        let values = params![
            member.id,
            self.project,
            member.external_id,
            member.customer_id,
            member.email,
            member.full_name,
            member.role,
            member.is_active,
            member.created_at,
            email_key,
        ];
        self.tx.execute(&MEMBERS.insert_with("email_key"), values)?;
        Ok(())
    }

    /// Writes everything but the ids and the time of creation. Conflicts: `members_email_key`.
    pub fn update(&mut self, member: &Member) -> Result<(), StoreError> {
        let touched = self.tx.execute(
            "UPDATE members SET organization_id = $3, email = $4, email_key = $5, full_name = $6, role = $7, \
             is_active = $8 WHERE project_id = $1 AND id = $2",
            params![
                self.project,
                member.id,
                member.customer_id,
                member.email,
                member.email.key(),
                member.full_name,
                member.role,
                member.is_active,
            ],
        )?;
        expect_one(touched)
    }

    /// The member with this id.
    pub fn find(&mut self, id: MemberId) -> Result<Option<Member>, StoreError> {
        self.tx.optional(&MEMBERS.select("id = $2"), params![self.project, id])
    }

    /// The member with this id, whom nobody else changes until the transaction ends.
    pub fn lock(&mut self, id: MemberId) -> Result<Option<Member>, StoreError> {
        self.tx.optional(&MEMBERS.select("id = $2 FOR UPDATE"), params![self.project, id])
    }

    /// The member with this [`Email::key`](perennial_domain::Email::key).
    pub fn find_by_email(&mut self, key: &str) -> Result<Option<Member>, StoreError> {
        self.tx.optional(&MEMBERS.select("email_key = $2"), params![self.project, key])
    }

    /// The member whom the operator's own system calls so, and their organization.
    pub fn find_with_organization(
        &mut self,
        external_id: &str,
    ) -> Result<Option<(Member, Option<Customer>)>, StoreError> {
        let joined = Joined {
            columns: format!("{}, {}", MEMBERS.qualified(), CUSTOMERS.joined()),
            joins: "LEFT JOIN customers ON customers.project_id = members.project_id \
                    AND customers.id = members.organization_id",
        };
        let sql = MEMBERS.select_joined("members", &joined);
        let sql = format!("{sql} WHERE members.project_id = $1 AND members.external_id = $2");
        let found = self.tx.optional::<MemberAndOrganization>(&sql, params![self.project, external_id])?;
        Ok(found.map(|MemberAndOrganization(member, organization)| (member, organization)))
    }

    /// An organization's members, the first one first.
    pub fn of_organization(&mut self, organization: CustomerId) -> Result<Vec<Member>, StoreError> {
        let sql = MEMBERS.select("organization_id = $2 ORDER BY created_at, id");
        self.tx.list(&sql, params![self.project, organization])
    }

    /// The hash of a member's password, once they have one.
    pub fn password_hash(&mut self, id: MemberId) -> Result<Option<String>, StoreError> {
        self.tx.one(
            "SELECT password_hash FROM members WHERE project_id = $1 AND id = $2",
            params![self.project, id],
        )
    }

    /// Keeps the hash of a member's password.
    pub fn set_password_hash(&mut self, id: MemberId, password_hash: &str) -> Result<(), StoreError> {
        let touched = self.tx.execute(
            "UPDATE members SET password_hash = $3 WHERE project_id = $1 AND id = $2",
            params![self.project, id, password_hash],
        )?;
        expect_one(touched)
    }
}

struct MemberAndOrganization(Member, Option<Customer>);

impl FromRow for MemberAndOrganization {
    fn from_row(row: &mut Columns<'_>) -> Result<Self, StoreError> {
        Ok(Self(Member::from_row(row)?, CUSTOMERS.take_joined(row)?))
    }
}

impl FromRow for Member {
    fn from_row(row: &mut Columns<'_>) -> Result<Self, StoreError> {
        Ok(Self {
            id: row.take()?,
            project_id: row.take()?,
            external_id: row.take()?,
            customer_id: row.take()?,
            email: row.take()?,
            full_name: row.take()?,
            role: row.take()?,
            is_active: row.take()?,
            created_at: row.take()?,
        })
    }
}
