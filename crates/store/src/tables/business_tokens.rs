//! Tokens of the third door: the hash of each, and what it is for.

use jiff::Timestamp;
use perennial_domain::{BusinessToken, BusinessTokenId, ProjectId, TokenGrant};

use super::filter::Filter;
use super::table::Table;
use crate::{Columns, FromRow, StoreError, Tx, params};

const TOKENS: Table = Table::new(
    "business_tokens",
    "id, project_id, directory_id, customer_id, app_id, member_id, hint, label, made_with_id, created_at, \
     expires_at, revoked_at",
);

/// The tokens of all projects: a token is what tells which project a caller means.
pub struct BusinessTokens<'t> {
    tx: Tx<'t>,
}

/// So many are taken away with one statement.
const TAKEN_AWAY_AT_ONCE: u32 = 1000;

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
            token.made_with_id,
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

    /// The same, which nobody takes back until the transaction ends.
    pub fn lock(
        &mut self,
        project: ProjectId,
        id: BusinessTokenId,
    ) -> Result<Option<BusinessToken>, StoreError> {
        self.tx.optional(&TOKENS.select("id = $2 FOR UPDATE"), params![project, id])
    }

    /// So many of the project's tokens that work at this time and are for all that is given, newest first, after so many
    /// others.
    pub fn valid(
        &mut self,
        project: ProjectId,
        wanted: &TokenGrant,
        now: Timestamp,
        (limit, after): (u32, u32),
    ) -> Result<Vec<BusinessToken>, StoreError> {
        let filter = Filter::of_project(&TOKENS, &project)
            .where_null("revoked_at")
            .equals("customer_id", wanted.customer_id.as_ref())
            .equals("directory_id", wanted.directory_id.as_ref())
            .equals("app_id", wanted.app_id.as_ref())
            .equals("member_id", wanted.member_id.as_ref())
            .meets("(business_tokens.expires_at IS NULL OR business_tokens.expires_at > ?)", &now);
        let [limited, skipped] = filter.next_parameters();
        let sql = format!(
            "{} WHERE {} ORDER BY created_at DESC, id DESC LIMIT {limited} OFFSET {skipped}",
            TOKENS.select_all(),
            filter.text()
        );
        self.tx.list(&sql, &filter.values_and(params![limit, after]))
    }

    /// Takes a token back, and all that were made with it or with those. What was taken back before stays as it is.
    pub fn revoke(
        &mut self,
        project: ProjectId,
        id: BusinessTokenId,
        at: Timestamp,
    ) -> Result<Vec<BusinessTokenId>, StoreError> {
        // Whoever makes a token holds the one that it is made with: what was being made meanwhile is seen the next time.
        let mut revoked = Vec::new();
        loop {
            let more: Vec<BusinessTokenId> = self.tx.list(REVOKE, params![project, id, at])?;
            if more.is_empty() {
                return Ok(revoked);
            }
            revoked.extend(more);
        }
    }
}

/// From a token to those that were made with it: SQLite keeps the order of a cross join, and would else read all tokens that
/// were made with another for each of them.
const REVOKE: &str = "UPDATE business_tokens SET revoked_at = $3 \
     WHERE project_id = $1 AND revoked_at IS NULL AND id IN ( \
         WITH RECURSIVE tree (id) AS ( \
             SELECT id FROM business_tokens WHERE project_id = $1 AND id = $2 \
             UNION ALL \
             SELECT made.id FROM tree CROSS JOIN business_tokens AS made \
             WHERE made.project_id = $1 AND made.made_with_id = tree.id) \
         SELECT id FROM tree) RETURNING id";

impl Tx<'_> {
    /// Takes tokens away (of all projects) that ended by themselves before then, the longest ago first; answers how many. One
    /// that was taken back without an end of its own stays, so that nobody brings it back.
    pub fn delete_ended_business_tokens(&mut self, before: Timestamp) -> Result<u64, StoreError> {
        self.execute(
            "DELETE FROM business_tokens WHERE (project_id, id) IN (\
                 SELECT project_id, id FROM business_tokens \
                 WHERE expires_at IS NOT NULL AND expires_at < $1 ORDER BY expires_at LIMIT $2)",
            params![before, TAKEN_AWAY_AT_ONCE],
        )
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
            made_with_id: row.take()?,
            created_at: row.take()?,
            expires_at: row.take()?,
            revoked_at: row.take()?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tables::plan::plan_of;

    #[tokio::test]
    async fn what_was_made_with_a_token_is_found_without_reading_all() {
        let plan = plan_of(REVOKE.to_owned(), 3).await;
        assert!(plan.contains("business_tokens_made_with (project_id=? AND made_with_id=?)"), "{plan}");
    }
}
