//! Who is told what happens, what each is signed for with, and who of us sends to each just now.

use jiff::{SignedDuration, Timestamp};
use perennial_domain::{
    DisabledBecause, Id, ProjectId, WebhookAudience, WebhookEndpoint, WebhookEndpointId, WebhookFlavour,
    WebhookSecretId,
};
use url::Url;

use super::WebhookEndpoints;
use super::filter::Filter;
use super::page::{PageError, PageRequest, Slice, page};
use super::table::{Table, expect_one};
use super::values::{Json, json};
use super::webhook_askers::MAY_HEAR;
use crate::{Columns, FromRow, StoreError, ToValue, Tx, Value, params};

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

/// The right to send to an endpoint, for as long as it is renewed in time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct EndpointClaim {
    /// Whose.
    pub project_id: ProjectId,
    /// Which.
    pub endpoint_id: WebhookEndpointId,
    /// Tells this claim from every earlier and later one.
    number: i64,
}

/// Which endpoints are wanted to be sent to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Claimable {
    /// So many at the most.
    pub limit: u32,
    /// Those that failed last, or those that did not; both when there is none.
    pub failing: Option<bool>,
    /// None of these projects'.
    pub except: Vec<ProjectId>,
}

impl Claimable {
    /// So many, of whatever kind.
    pub const fn any(limit: u32) -> Self {
        Self { limit, failing: None, except: Vec::new() }
    }

    /// As a condition, whose parameters begin after `bound` others.
    fn condition(&self, bound: usize) -> String {
        let health = match self.failing {
            None => "",
            Some(true) => " AND failures > 0",
            Some(false) => " AND failures = 0",
        };
        let others = (1..=self.except.len()).map(|place| format!(" AND project_id <> ${}", bound + place));
        others.fold(health.to_owned(), |text, other| text + &other)
    }
}

impl Tx<'_> {
    /// Takes endpoints (of all projects) with something to send, those first that have rested longest. Nobody else gets them
    /// before the lease is over, which is counted by the database's clock. It goes from one endpoint for which something waits
    /// to the next, and so looks at none that is idle.
    pub fn claim_webhook_endpoints(
        &mut self,
        now: Timestamp,
        lease: SignedDuration,
        wanted: &Claimable,
    ) -> Result<Vec<EndpointClaim>, StoreError> {
        let (database_now, lease_us) = (self.engine().now_us(), lease_us(lease));
        let mut values = params![now, lease_us, wanted.limit].to_vec();
        let condition = wanted.condition(values.len());
        values.extend(wanted.except.iter().map(|project| project as &dyn ToValue));
        let sql = format!(
            "WITH RECURSIVE hoping (hoping_id) AS (\
                 SELECT (SELECT endpoint_id FROM webhook_deliveries WHERE state = 'waiting' \
                         ORDER BY endpoint_id LIMIT 1) \
                 UNION ALL \
                 SELECT (SELECT endpoint_id FROM webhook_deliveries WHERE state = 'waiting' \
                         AND endpoint_id > hoping_id ORDER BY endpoint_id LIMIT 1) \
                 FROM hoping WHERE hoping_id IS NOT NULL), \
             due AS MATERIALIZED (\
                 SELECT project_id AS due_project, id AS due_id FROM webhook_endpoints \
                 WHERE id IN (SELECT hoping_id FROM hoping WHERE hoping_id IS NOT NULL) \
                 AND deleted_at IS NULL AND disabled_at IS NULL AND resting_until <= $1 \
                 AND claimed_until <= {database_now}{condition} AND EXISTS (\
                     SELECT 1 FROM webhook_deliveries \
                     WHERE webhook_deliveries.project_id = webhook_endpoints.project_id \
                     AND endpoint_id = webhook_endpoints.id AND state = 'waiting' AND next_at <= $1) \
                 ORDER BY resting_until, id LIMIT $3 FOR UPDATE SKIP LOCKED) \
             UPDATE webhook_endpoints SET claimed_until = {database_now} + $2, claims = claims + 1 \
             FROM due WHERE project_id = due_project AND id = due_id RETURNING project_id, id, claims"
        );
        self.list(&sql, &values)
    }
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

    /// Goes on having an endpoint, for another lease. Changes nothing if somebody else has it by now.
    pub fn renew(&mut self, claim: EndpointClaim, lease: SignedDuration) -> Result<bool, StoreError> {
        let sql = format!(
            "UPDATE webhook_endpoints SET claimed_until = {} + $4 \
             WHERE project_id = $1 AND id = $2 AND claims = $3",
            self.tx.engine().now_us()
        );
        let values = params![self.project, claim.endpoint_id, claim.number, lease_us(lease)];
        Ok(self.tx.execute(&sql, values)? == 1)
    }

    /// Lets go of an endpoint: others may send to it from `at` on. Changes nothing if somebody else has it by now.
    pub fn release(&mut self, claim: EndpointClaim, at: Timestamp) -> Result<bool, StoreError> {
        let touched = self.tx.execute(
            "UPDATE webhook_endpoints SET resting_until = $4, claimed_until = 0 \
             WHERE project_id = $1 AND id = $2 AND claims = $3",
            params![self.project, claim.endpoint_id, claim.number, at],
        )?;
        Ok(touched == 1)
    }

    /// Has the claim on an endpoint be over, as if whoever has it had not been heard of for a lease: the operator's last resort,
    /// and how tests let the database's time pass.
    pub fn end_claim(&mut self, id: WebhookEndpointId) -> Result<(), StoreError> {
        let sql = "UPDATE webhook_endpoints SET claimed_until = 0 WHERE project_id = $1 AND id = $2";
        expect_one(self.tx.execute(sql, params![self.project, id])?)
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

/// As the statements add it to the database's time, in microseconds.
fn lease_us(lease: SignedDuration) -> i64 {
    i64::try_from(lease.as_micros()).unwrap_or(i64::MAX)
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

impl FromRow for EndpointClaim {
    fn from_row(row: &mut Columns<'_>) -> Result<Self, StoreError> {
        Ok(Self { project_id: row.take()?, endpoint_id: row.take()?, number: row.take()? })
    }
}
