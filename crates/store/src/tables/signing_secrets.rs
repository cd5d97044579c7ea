//! What a project's own access tokens are signed with, sealed.

use jiff::Timestamp;
use perennial_domain::TokenId;

use super::SigningSecrets;
use crate::{Columns, FromRow, StoreError, params};

/// A sealed secret, and its name in the tokens that it signs.
#[derive(Clone, Debug)]
pub struct SigningSecretRow {
    /// Its name.
    pub id: TokenId,
    /// The secret, sealed with the operator's master key.
    pub secret_sealed: Vec<u8>,
}

impl SigningSecrets<'_> {
    /// Adds a secret, in force from now on.
    pub fn insert(&mut self, secret: &SigningSecretRow, now: Timestamp) -> Result<(), StoreError> {
        self.tx.execute(
            "INSERT INTO signing_secrets (project_id, id, secret_sealed, created_at) VALUES ($1, $2, $3, $4)",
            params![self.project, secret.id, secret.secret_sealed, now],
        )?;
        Ok(())
    }

    /// The secrets that are in force, the one without an end first: it is the one that signs.
    pub fn active(&mut self, now: Timestamp) -> Result<Vec<SigningSecretRow>, StoreError> {
        self.tx.list(
            "SELECT id, secret_sealed FROM signing_secrets \
             WHERE project_id = $1 AND (expires_at IS NULL OR expires_at > $2) \
             ORDER BY CASE WHEN expires_at IS NULL THEN 0 ELSE 1 END, created_at DESC, id DESC",
            params![self.project, now],
        )
    }

    /// Has every secret but this one stop being in force then. Those that end sooner already are left alone.
    pub fn expire_others(&mut self, id: TokenId, at: Timestamp) -> Result<(), StoreError> {
        self.tx.execute(
            "UPDATE signing_secrets SET expires_at = $3 \
             WHERE project_id = $1 AND id <> $2 AND (expires_at IS NULL OR expires_at > $3)",
            params![self.project, id, at],
        )?;
        Ok(())
    }
}

impl FromRow for SigningSecretRow {
    fn from_row(row: &mut Columns<'_>) -> Result<Self, StoreError> {
        Ok(Self { id: row.take()?, secret_sealed: row.take()? })
    }
}
