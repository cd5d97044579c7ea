//! API keys: the hash of each, and whose it is.

use jiff::Timestamp;
use perennial_domain::{ApiKey, ApiKeyId, ProjectId};

use super::table::{Table, expect_one};
use crate::{Columns, FromRow, StoreError, Tx, params};

const API_KEYS: Table = Table::new("api_keys", "id, project_id, label, created_at, expires_at");

/// The keys of all projects: a key is what tells which project a caller means.
pub struct ApiKeys<'t> {
    tx: Tx<'t>,
}

impl Tx<'_> {
    /// The keys of all projects.
    pub fn api_keys(&mut self) -> ApiKeys<'_> {
        ApiKeys { tx: self.reborrow() }
    }
}

impl ApiKeys<'_> {
    /// Adds a key by the hash of its secret.
    pub fn insert(&mut self, key: &ApiKey, hash: &[u8]) -> Result<(), StoreError> {
        self.tx.execute(
            &API_KEYS.insert_with("secret_hash"),
            params![key.id, key.project_id, key.label, key.created_at, key.expires_at, hash],
        )?;
        Ok(())
    }

    /// The key whose secret has this hash, of whatever project (all projects), and the project's slug.
    /// It may have expired.
    pub fn find_by_hash(&mut self, hash: &[u8]) -> Result<Option<(ApiKey, String)>, StoreError> {
        let columns = API_KEYS.qualified();
        let sql = format!(
            "SELECT {columns}, projects.slug FROM api_keys \
             JOIN projects ON projects.id = api_keys.project_id WHERE api_keys.secret_hash = $1"
        );
        let found = self.tx.optional::<KeyAndSlug>(&sql, params![hash])?;
        Ok(found.map(|KeyAndSlug(key, slug)| (key, slug)))
    }

    /// The project's keys, oldest first, expired ones too.
    pub fn list(&mut self, project: ProjectId) -> Result<Vec<ApiKey>, StoreError> {
        let sql = format!("{} WHERE project_id = $1 ORDER BY created_at, id", API_KEYS.select_all());
        self.tx.list(&sql, params![project])
    }

    /// Has a key stop working.
    pub fn set_expiry(&mut self, project: ProjectId, id: ApiKeyId, at: Timestamp) -> Result<(), StoreError> {
        let touched = self.tx.execute(
            "UPDATE api_keys SET expires_at = $3 WHERE project_id = $1 AND id = $2",
            params![project, id, at],
        )?;
        expect_one(touched)
    }
}

struct KeyAndSlug(ApiKey, String);

impl FromRow for KeyAndSlug {
    fn from_row(row: &mut Columns<'_>) -> Result<Self, StoreError> {
        Ok(Self(ApiKey::from_row(row)?, row.take()?))
    }
}

impl FromRow for ApiKey {
    fn from_row(row: &mut Columns<'_>) -> Result<Self, StoreError> {
        Ok(Self {
            id: row.take()?,
            project_id: row.take()?,
            label: row.take()?,
            created_at: row.take()?,
            expires_at: row.take()?,
        })
    }
}
