//! A project's account at Stripe. Its secrets come and go sealed; who can open them is not known here.

use std::fmt;

use jiff::Timestamp;

use super::StripeAccounts;
use crate::{Columns, FromRow, StoreError, params};

/// How to reach a project's account.
pub struct StripeAccountRow {
    /// The secret key, sealed with the operator's master key.
    pub secret_key_sealed: Vec<u8>,
    /// Where Stripe's API is: Stripe itself, or a sandbox.
    pub api_base: String,
}

impl fmt::Debug for StripeAccountRow {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("StripeAccountRow").field("api_base", &self.api_base).finish_non_exhaustive()
    }
}

impl StripeAccounts<'_> {
    /// Sets the project's account, in place of the one before.
    pub fn put(
        &mut self,
        secret_key_sealed: &[u8],
        api_base: &str,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        self.tx.execute(
            "INSERT INTO stripe_accounts (project_id, secret_key_sealed, api_base, updated_at) \
             VALUES ($1, $2, $3, $4) ON CONFLICT (project_id) DO UPDATE SET \
             secret_key_sealed = excluded.secret_key_sealed, api_base = excluded.api_base, \
             updated_at = excluded.updated_at",
            params![self.project, secret_key_sealed, api_base, now],
        )?;
        Ok(())
    }

    /// The project's account, once it has one.
    pub fn find(&mut self) -> Result<Option<StripeAccountRow>, StoreError> {
        self.tx.optional(
            "SELECT secret_key_sealed, api_base FROM stripe_accounts WHERE project_id = $1",
            params![self.project],
        )
    }

    /// Adds a secret that webhooks may be signed with. One that is known already becomes valid without end
    /// again; secrets are told apart by their fingerprint, because sealing one twice looks different.
    pub fn add_webhook_secret(
        &mut self,
        fingerprint: &[u8],
        secret_sealed: &[u8],
        now: Timestamp,
    ) -> Result<(), StoreError> {
        self.tx.execute(
            "INSERT INTO stripe_webhook_secrets (project_id, fingerprint, secret_sealed, created_at) \
             VALUES ($1, $2, $3, $4) ON CONFLICT (project_id, fingerprint) DO UPDATE SET \
             secret_sealed = excluded.secret_sealed, expires_at = NULL",
            params![self.project, fingerprint, secret_sealed, now],
        )?;
        Ok(())
    }

    /// The sealed secrets that are valid, the newest first: it is the likeliest to fit.
    pub fn active_webhook_secrets(&mut self, now: Timestamp) -> Result<Vec<Vec<u8>>, StoreError> {
        self.tx.list(
            "SELECT secret_sealed FROM stripe_webhook_secrets \
             WHERE project_id = $1 AND (expires_at IS NULL OR expires_at > $2) \
             ORDER BY created_at DESC, fingerprint",
            params![self.project, now],
        )
    }

    /// Has every secret but this one stop being valid. Those that end sooner already are left alone. Answers how many
    /// it concerned.
    pub fn expire_other_webhook_secrets(
        &mut self,
        fingerprint: &[u8],
        at: Timestamp,
    ) -> Result<u64, StoreError> {
        self.tx.execute(
            "UPDATE stripe_webhook_secrets SET expires_at = $3 \
             WHERE project_id = $1 AND fingerprint <> $2 AND (expires_at IS NULL OR expires_at > $3)",
            params![self.project, fingerprint, at],
        )
    }
}

impl FromRow for StripeAccountRow {
    fn from_row(row: &mut Columns<'_>) -> Result<Self, StoreError> {
        Ok(Self { secret_key_sealed: row.take()?, api_base: row.take()? })
    }
}
