//! Who is told what happens, and what each is signed for with.

use jiff::Timestamp;
use perennial_domain::{
    DisabledBecause, Id, WebhookAudience, WebhookEndpoint, WebhookEndpointId, WebhookFlavour, WebhookSecretId,
};
use url::Url;

use super::WebhookEndpoints;
use super::filter::Filter;
use super::page::{PageError, PageRequest, Slice, page};
use super::table::{Table, expect_one};
use super::values::{Json, json};
use super::webhook_askers::MAY_HEAR;
use crate::{Columns, FromRow, StoreError, Value, params};

const ENDPOINTS: Table = Table::new(
    "webhook_endpoints",
    "id, project_id, url, flavour, events, audience, description, disabled_at, disabled_reason, failing_since, \
     failures, created_at, deleted_at, failed_at",
);

/// A sealed secret of an endpoint.
#[derive(Clone, Debug)]
pub struct WebhookSecretRow {
    /// Our id.
    pub id: WebhookSecretId,
    /// Whose.
    pub endpoint_id: WebhookEndpointId,
    /// The secret, sealed with the operator's master key.
    pub secret_sealed: Vec<u8>,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it stops signing.
    pub expires_at: Option<Timestamp>,
}

impl WebhookEndpoints<'_> {
    /// Adds an endpoint; [`StoreError::Conflict`] with `webhook_endpoints_url_key` if its receiver is there already.
    pub fn insert(&mut self, endpoint: &WebhookEndpoint) -> Result<(), StoreError> {
        let (disabled_at, reason) = endpoint.disabled.unzip();
        let sql = ENDPOINTS.insert_with("resting_until");
        self.tx.execute(
            &sql,
            params![
                endpoint.id,
                self.project,
                endpoint.url.as_str(),
                endpoint.flavour,
                json(&endpoint.events)?,
                json(&endpoint.audience)?,
                endpoint.description,
                disabled_at,
                reason,
                endpoint.failing_since,
                endpoint.failures,
                endpoint.created_at,
                endpoint.deleted_at,
                endpoint.failed_at,
                endpoint.created_at,
            ],
        )?;
        Ok(())
    }

    /// Writes what may change about an endpoint; [`StoreError::Conflict`] with `webhook_endpoints_url_key` if another one is
    /// there already.
    pub fn update(&mut self, endpoint: &WebhookEndpoint) -> Result<(), StoreError> {
        let (disabled_at, reason) = endpoint.disabled.unzip();
        let touched = self.tx.execute(
            "UPDATE webhook_endpoints SET url = $3, events = $4, description = $5, disabled_at = $6, \
                 disabled_reason = $7, failing_since = $8, failures = $9, deleted_at = $10, failed_at = $11 \
             WHERE project_id = $1 AND id = $2",
            params![
                self.project,
                endpoint.id,
                endpoint.url.as_str(),
                json(&endpoint.events)?,
                endpoint.description,
                disabled_at,
                reason,
                endpoint.failing_since,
                endpoint.failures,
                endpoint.deleted_at,
                endpoint.failed_at,
            ],
        )?;
        expect_one(touched)
    }

    /// The endpoint with this id, unless it was taken away. Nobody else changes it before this transaction ends.
    pub fn lock(&mut self, id: WebhookEndpointId) -> Result<Option<WebhookEndpoint>, StoreError> {
        self.tx.optional(
            &ENDPOINTS.select("id = $2 AND deleted_at IS NULL FOR UPDATE"),
            params![self.project, id],
        )
    }

    /// The endpoint with this id, unless it was taken away.
    pub fn find(&mut self, id: WebhookEndpointId) -> Result<Option<WebhookEndpoint>, StoreError> {
        self.tx.optional(&ENDPOINTS.select("id = $2 AND deleted_at IS NULL"), params![self.project, id])
    }

    /// All that were not taken away, oldest first.
    pub fn all(&mut self) -> Result<Vec<WebhookEndpoint>, StoreError> {
        self.tx.list(&ENDPOINTS.select("deleted_at IS NULL ORDER BY id"), params![self.project])
    }

    /// Whether anybody is told in these words.
    pub fn any_of(&mut self, flavour: WebhookFlavour) -> Result<bool, StoreError> {
        let found: Option<WebhookEndpointId> = self.tx.optional(
            "SELECT id FROM webhook_endpoints WHERE project_id = $1 AND flavour = $2 AND deleted_at IS NULL \
             LIMIT 1",
            params![self.project, flavour],
        )?;
        Ok(found.is_some())
    }

    /// Those that are told in these words, oldest first, and made for exactly this audience.
    pub fn of_audience(
        &mut self,
        flavour: WebhookFlavour,
        audience: &WebhookAudience,
    ) -> Result<Vec<WebhookEndpoint>, StoreError> {
        let sql = ENDPOINTS.select("flavour = $2 AND audience = $3 AND deleted_at IS NULL ORDER BY id");
        self.tx.list(&sql, params![self.project, flavour, json(audience)?])
    }

    /// Those that are told in these words, made for one of these audiences, and may hear at this time.
    pub fn hearing(
        &mut self,
        flavour: WebhookFlavour,
        audiences: &[WebhookAudience],
        now: Timestamp,
    ) -> Result<Vec<WebhookEndpoint>, StoreError> {
        let audiences = audiences.iter().map(json).collect::<Result<Vec<_>, _>>()?;
        let filter = Filter::of_project(&ENDPOINTS, &self.project)
            .equals("flavour", Some(&flavour))
            .one_of("audience", &audiences)
            .where_null("deleted_at")
            .meets(MAY_HEAR, &now);
        let sql = format!("{} WHERE {}", ENDPOINTS.select_all(), filter.text());
        let mut found: Vec<WebhookEndpoint> = self.tx.list(&sql, &filter.values_and(&[]))?;
        // Asked for in this order, SQLite would go through all endpoints of the project in it.
        found.sort_by_key(|endpoint| endpoint.id.uuid());
        Ok(found)
    }

    /// One page of those that were not taken away.
    pub fn page(&mut self, request: PageRequest) -> Result<Slice<WebhookEndpoint>, PageError> {
        let filter = Filter::of_project(&ENDPOINTS, &self.project).where_null("deleted_at");
        page(&mut self.tx, &filter, request)
    }

    /// Adds a secret.
    pub fn add_secret(&mut self, secret: &WebhookSecretRow) -> Result<(), StoreError> {
        self.tx.execute(
            "INSERT INTO webhook_secrets (project_id, id, endpoint_id, secret_sealed, created_at, expires_at) \
             VALUES ($1, $2, $3, $4, $5, $6)",
            params![
                self.project,
                secret.id,
                secret.endpoint_id,
                secret.secret_sealed,
                secret.created_at,
                secret.expires_at,
            ],
        )?;
        Ok(())
    }

    /// The secrets of an endpoint that sign now, the newest first.
    pub fn secrets(
        &mut self,
        endpoint: WebhookEndpointId,
        now: Timestamp,
    ) -> Result<Vec<WebhookSecretRow>, StoreError> {
        self.tx.list(
            "SELECT id, endpoint_id, secret_sealed, created_at, expires_at FROM webhook_secrets \
             WHERE project_id = $1 AND endpoint_id = $2 AND (expires_at IS NULL OR expires_at > $3) \
             ORDER BY created_at DESC, id DESC",
            params![self.project, endpoint, now],
        )
    }

    /// Has every secret of an endpoint stop signing then. Those that end sooner already are left alone.
    pub fn expire_secrets(&mut self, endpoint: WebhookEndpointId, at: Timestamp) -> Result<(), StoreError> {
        self.tx.execute(
            "UPDATE webhook_secrets SET expires_at = $3 \
             WHERE project_id = $1 AND endpoint_id = $2 AND (expires_at IS NULL OR expires_at > $3)",
            params![self.project, endpoint, at],
        )?;
        Ok(())
    }
}

impl FromRow for WebhookEndpoint {
    fn from_row(row: &mut Columns<'_>) -> Result<Self, StoreError> {
        Ok(Self {
            id: row.take()?,
            project_id: row.take()?,
            url: take_url(row)?,
            flavour: row.take::<WebhookFlavour>()?,
            events: row.take::<Json<_>>()?.0,
            audience: row.take::<Json<_>>()?.0,
            description: row.take()?,
            disabled: take_disabled(row)?,
            failing_since: row.take()?,
            failures: row.take()?,
            created_at: row.take()?,
            deleted_at: row.take()?,
            failed_at: row.take()?,
        })
    }
}

fn take_url(row: &mut Columns<'_>) -> Result<Url, StoreError> {
    let text: String = row.take()?;
    Url::parse(&text).map_err(|_| StoreError::wrong_shape("a URL", &Value::Text(text.into())))
}

fn take_disabled(row: &mut Columns<'_>) -> Result<Option<(Timestamp, DisabledBecause)>, StoreError> {
    let (at, reason): (Option<Timestamp>, Option<DisabledBecause>) = (row.take()?, row.take()?);
    Ok(at.zip(reason))
}

impl FromRow for WebhookSecretRow {
    fn from_row(row: &mut Columns<'_>) -> Result<Self, StoreError> {
        Ok(Self {
            id: row.take()?,
            endpoint_id: row.take()?,
            secret_sealed: row.take()?,
            created_at: row.take()?,
            expires_at: row.take()?,
        })
    }
}
