//! The apps that work for businesses, and the hashes of their secrets.

use jiff::Timestamp;
use perennial_domain::{AppId, BusinessApp};

use super::Apps;
use super::table::{Table, expect_one};
use crate::{Columns, FromRow, StoreError, Tx, params};

const APPS: Table = Table::new("apps", "id, project_id, code_name, name, kind, created_at");

impl Tx<'_> {
    /// The app with this id, of whatever project (all projects).
    pub fn find_app(&mut self, id: AppId) -> Result<Option<BusinessApp>, StoreError> {
        self.optional(&format!("{} WHERE id = $1", APPS.select_all()), params![id])
    }
}

impl Apps<'_> {
    /// Adds an app by the hash of its secret. Conflicts: `apps_code_name_key`.
    pub fn insert(&mut self, app: &BusinessApp, secret_hash: &[u8]) -> Result<(), StoreError> {
        let BusinessApp { id, code_name, name, kind, created_at, .. } = app;
        let sql = APPS.insert_with("secret_hash");
        self.tx.execute(&sql, params![id, self.project, code_name, name, kind, created_at, secret_hash])?;
        Ok(())
    }

    /// The app with this id.
    pub fn find(&mut self, id: AppId) -> Result<Option<BusinessApp>, StoreError> {
        self.tx.optional(&APPS.select("id = $2"), params![self.project, id])
    }

    /// The app that the catalogue calls so.
    pub fn find_by_code_name(&mut self, code_name: &str) -> Result<Option<BusinessApp>, StoreError> {
        self.tx.optional(&APPS.select("code_name = $2"), params![self.project, code_name])
    }

    /// All of the project, oldest first.
    pub fn all(&mut self) -> Result<Vec<BusinessApp>, StoreError> {
        let sql = format!("{} WHERE project_id = $1 ORDER BY created_at, id", APPS.select_all());
        self.tx.list(&sql, params![self.project])
    }

    /// The hashes of the secrets that open an app at this time.
    pub fn secret_hashes(&mut self, id: AppId, now: Timestamp) -> Result<Vec<Vec<u8>>, StoreError> {
        self.tx.list(
            "SELECT secret_hash FROM apps WHERE project_id = $1 AND id = $2 UNION ALL \
             SELECT secret_hash FROM old_app_secrets WHERE project_id = $1 AND app_id = $2 AND expires_at > $3",
            params![self.project, id, now],
        )
    }

    /// Gives an app another secret. Those before open it no longer than until then.
    pub fn replace_secret(
        &mut self,
        id: AppId,
        secret_hash: &[u8],
        old_until: Timestamp,
    ) -> Result<(), StoreError> {
        self.tx.execute(
            "UPDATE old_app_secrets SET expires_at = $3 WHERE project_id = $1 AND app_id = $2 AND expires_at > $3",
            params![self.project, id, old_until],
        )?;
        self.tx.execute(
            "INSERT INTO old_app_secrets (project_id, app_id, secret_hash, expires_at) \
             SELECT project_id, id, secret_hash, $3 FROM apps WHERE project_id = $1 AND id = $2 FOR UPDATE",
            params![self.project, id, old_until],
        )?;
        let sql = "UPDATE apps SET secret_hash = $3 WHERE project_id = $1 AND id = $2";
        expect_one(self.tx.execute(sql, params![self.project, id, secret_hash])?)
    }

    /// Takes the hashes of secrets away that open an app no longer.
    pub fn forget_old_secrets(&mut self, id: AppId, now: Timestamp) -> Result<(), StoreError> {
        let sql = "DELETE FROM old_app_secrets WHERE project_id = $1 AND app_id = $2 AND expires_at <= $3";
        self.tx.execute(sql, params![self.project, id, now])?;
        Ok(())
    }
}

impl FromRow for BusinessApp {
    fn from_row(row: &mut Columns<'_>) -> Result<Self, StoreError> {
        Ok(Self {
            id: row.take()?,
            project_id: row.take()?,
            code_name: row.take()?,
            name: row.take()?,
            kind: row.take()?,
            created_at: row.take()?,
        })
    }
}
