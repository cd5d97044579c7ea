//! Tokens of the third door: the hash of each, and what it is for.

use jiff::Timestamp;
use perennial_domain::{BusinessToken, BusinessTokenId, ProjectId, TokenGrant};

use super::table::{Table, expect_one};
use crate::{Columns, FromRow, StoreError, Tx, params};

const TOKENS: Table = Table::new(
    "business_tokens",
    "id, project_id, directory_id, customer_id, app_id, member_id, hint, label, created_at, expires_at, revoked_at",
);

/// The tokens of all projects: a token is what tells which project a caller means.
pub struct BusinessTokens<'t> {
    tx: Tx<'t>,
}

impl Tx<'_> {
    /// The tokens of the third door, of all projects.
    pub fn business_tokens(&mut self) -> BusinessTokens<'_> {
        BusinessTokens { tx: self.reborrow() }
    }
}

impl BusinessTokens<'_> {
    /// Adds a token by the hash of its secret.
    pub fn insert(&mut self, token: &BusinessToken, secret_hash: &[u8]) -> Result<(), StoreError> {
        let grant = &token.grant;
        let values = params![
            token.id,
            token.project_id,
            grant.directory_id,
            grant.customer_id,
            grant.app_id,
            grant.member_id,
            token.hint,
            token.label,
            token.created_at,
            token.expires_at,
            token.revoked_at,
            secret_hash,
        ];
        self.tx.execute(&TOKENS.insert_with("secret_hash"), values)?;
        Ok(())
    }

    /// The token whose secret has this hash, of whatever project (all projects). It may not work any more.
    pub fn find_by_hash(&mut self, secret_hash: &[u8]) -> Result<Option<BusinessToken>, StoreError> {
        let sql = format!("{} WHERE secret_hash = $1", TOKENS.select_all());
        self.tx.optional(&sql, params![secret_hash])
    }

    /// The project's token with this id.
    pub fn find(
        &mut self,
        project: ProjectId,
        id: BusinessTokenId,
    ) -> Result<Option<BusinessToken>, StoreError> {
        self.tx.optional(&TOKENS.select("id = $2"), params![project, id])
    }

    /// The project's tokens that work at this time, oldest first.
    pub fn valid(&mut self, project: ProjectId, now: Timestamp) -> Result<Vec<BusinessToken>, StoreError> {
        let sql = TOKENS
            .select("revoked_at IS NULL AND (expires_at IS NULL OR expires_at > $2) ORDER BY created_at, id");
        self.tx.list(&sql, params![project, now])
    }

    /// Takes a token back. One that was taken back before stays as it is.
    pub fn revoke(
        &mut self,
        project: ProjectId,
        id: BusinessTokenId,
        at: Timestamp,
    ) -> Result<(), StoreError> {
        let touched = self.tx.execute(
            "UPDATE business_tokens SET revoked_at = COALESCE(revoked_at, $3) WHERE project_id = $1 AND id = $2",
            params![project, id, at],
        )?;
        expect_one(touched)
    }
}

impl FromRow for BusinessToken {
    fn from_row(row: &mut Columns<'_>) -> Result<Self, StoreError> {
        Ok(Self {
            id: row.take()?,
            project_id: row.take()?,
            grant: TokenGrant {
                directory_id: row.take()?,
                customer_id: row.take()?,
                app_id: row.take()?,
                member_id: row.take()?,
            },
            hint: row.take()?,
            label: row.take()?,
            created_at: row.take()?,
            expires_at: row.take()?,
            revoked_at: row.take()?,
        })
    }
}
