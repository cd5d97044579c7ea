//! Log-ins: families of tokens, each used once.

use jiff::Timestamp;
use perennial_domain::{MemberId, TokenId};

use super::RefreshTokens;
use super::table::{Table, expect_one};
use crate::{Columns, FromRow, StoreError, params};

const REFRESH_TOKENS: Table = Table::new(
    "refresh_tokens",
    "id, family_id, member_id, secret_hash, created_at, expires_at, used_at, revoked_at",
);

/// One token of a family.
#[derive(Clone, Debug)]
pub struct RefreshTokenRow {
    /// Its id.
    pub id: TokenId,
    /// The log-in that it belongs to: the id of its first token.
    pub family_id: TokenId,
    /// Who logged in.
    pub member_id: MemberId,
    /// The hash of what was given out.
    pub secret_hash: Vec<u8>,
    /// When it was given out.
    pub created_at: Timestamp,
    /// When it stops working by itself.
    pub expires_at: Timestamp,
    /// When it was exchanged for the next one.
    pub used_at: Option<Timestamp>,
    /// When the log-in was ended.
    pub revoked_at: Option<Timestamp>,
}

impl RefreshTokens<'_> {
    /// Adds a token.
    pub fn insert(&mut self, token: &RefreshTokenRow) -> Result<(), StoreError> {
        self.tx.execute(
            "INSERT INTO refresh_tokens (project_id, id, family_id, member_id, secret_hash, created_at, \
             expires_at) VALUES ($1, $2, $3, $4, $5, $6, $7)",
            params![
                self.project,
                token.id,
                token.family_id,
                token.member_id,
                token.secret_hash,
                token.created_at,
                token.expires_at,
            ],
        )?;
        Ok(())
    }

    /// The token with this hash, which nobody else uses until the transaction ends.
    pub fn lock_by_hash(&mut self, secret_hash: &[u8]) -> Result<Option<RefreshTokenRow>, StoreError> {
        let sql = REFRESH_TOKENS.select("secret_hash = $2 FOR UPDATE");
        self.tx.optional(&sql, params![self.project, secret_hash])
    }

    /// Notes that a token was exchanged.
    pub fn note_use(&mut self, id: TokenId, at: Timestamp) -> Result<(), StoreError> {
        let touched = self.tx.execute(
            "UPDATE refresh_tokens SET used_at = $3 WHERE project_id = $1 AND id = $2",
            params![self.project, id, at],
        )?;
        expect_one(touched)
    }

    /// Ends a log-in: none of its tokens works any more.
    pub fn revoke_family(&mut self, family: TokenId, at: Timestamp) -> Result<(), StoreError> {
        self.tx.execute(
            "UPDATE refresh_tokens SET revoked_at = $3 \
             WHERE project_id = $1 AND family_id = $2 AND revoked_at IS NULL",
            params![self.project, family, at],
        )?;
        Ok(())
    }

    /// Ends all log-ins of a member.
    pub fn revoke_all_of(&mut self, member: MemberId, at: Timestamp) -> Result<(), StoreError> {
        self.tx.execute(
            "UPDATE refresh_tokens SET revoked_at = $3 \
             WHERE project_id = $1 AND member_id = $2 AND revoked_at IS NULL",
            params![self.project, member, at],
        )?;
        Ok(())
    }

    /// Forgets a member's tokens that would not work any more.
    pub fn forget_expired(&mut self, member: MemberId, now: Timestamp) -> Result<(), StoreError> {
        self.tx.execute(
            "DELETE FROM refresh_tokens WHERE project_id = $1 AND member_id = $2 AND expires_at <= $3",
            params![self.project, member, now],
        )?;
        Ok(())
    }
}

impl FromRow for RefreshTokenRow {
    fn from_row(row: &mut Columns<'_>) -> Result<Self, StoreError> {
        Ok(Self {
            id: row.take()?,
            family_id: row.take()?,
            member_id: row.take()?,
            secret_hash: row.take()?,
            created_at: row.take()?,
            expires_at: row.take()?,
            used_at: row.take()?,
            revoked_at: row.take()?,
        })
    }
}
