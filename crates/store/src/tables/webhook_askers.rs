//! With which tokens a receiver was asked for. It hears as long as one of them works: through a webhook nobody sees more than by
//! asking.

use jiff::Timestamp;
use perennial_domain::{BusinessTokenId, WebhookAsker, WebhookAudience, WebhookEndpointId, WebhookFlavour};

use super::WebhookEndpoints;
use super::values::json;
use crate::{StoreError, params};

/// Whether an endpoint may hear at the time that `?` stands for: it is the operator's, or one of the tokens with which it was asked
/// for works then, as `find_caller` of the core has it. What an app's own token asked for outlives the token's hour.
pub(super) const MAY_HEAR: &str = "(\
    NOT EXISTS (\
        SELECT 1 FROM webhook_askers WHERE webhook_askers.project_id = webhook_endpoints.project_id \
        AND endpoint_id = webhook_endpoints.id) \
    OR EXISTS (\
        SELECT 1 FROM webhook_askers \
        LEFT JOIN business_tokens ON business_tokens.project_id = webhook_askers.project_id \
            AND business_tokens.id = token_id \
        LEFT JOIN customers ON customers.project_id = webhook_askers.project_id \
            AND customers.id = business_tokens.customer_id \
        LEFT JOIN members ON members.project_id = webhook_askers.project_id \
            AND members.id = business_tokens.member_id \
        WHERE webhook_askers.project_id = webhook_endpoints.project_id AND endpoint_id = webhook_endpoints.id \
        AND revoked_at IS NULL \
        AND (webhook_askers.app_id IS NOT NULL \
            OR business_tokens.id IS NOT NULL AND (expires_at IS NULL OR expires_at > ?)) \
        AND (customers.id IS NULL OR customers.status = 'active') \
        AND (members.id IS NULL OR members.is_active)))";

impl WebhookEndpoints<'_> {
    /// Notes with which token an endpoint is asked for; answers whether that was not known. An app's latest token stands for
    /// those before.
    pub fn add_asker(&mut self, id: WebhookEndpointId, asker: WebhookAsker) -> Result<bool, StoreError> {
        let replaced = self.tx.execute(
            "DELETE FROM webhook_askers WHERE project_id = $1 AND endpoint_id = $2 \
             AND (token_id = $3 OR app_id = $4)",
            params![self.project, id, asker.token_id, asker.app_id],
        )?;
        self.tx.execute(
            "INSERT INTO webhook_askers (project_id, endpoint_id, token_id, app_id) VALUES ($1, $2, $3, $4)",
            params![self.project, id, asker.token_id, asker.app_id],
        )?;
        Ok(replaced == 0)
    }

    /// Whether an endpoint was asked for with a token; else it is the operator's.
    pub fn has_askers(&mut self, id: WebhookEndpointId) -> Result<bool, StoreError> {
        let found: Option<WebhookEndpointId> = self.tx.optional(
            "SELECT endpoint_id FROM webhook_askers WHERE project_id = $1 AND endpoint_id = $2 LIMIT 1",
            params![self.project, id],
        )?;
        Ok(found.is_some())
    }

    /// Whether an endpoint may hear at this time.
    pub fn may_hear(&mut self, id: WebhookEndpointId, now: Timestamp) -> Result<bool, StoreError> {
        let sql = format!(
            "SELECT id FROM webhook_endpoints WHERE project_id = $1 AND id = $2 AND {}",
            MAY_HEAR.replace('?', "$3")
        );
        let found: Option<WebhookEndpointId> = self.tx.optional(&sql, params![self.project, id, now])?;
        Ok(found.is_some())
    }

    /// Those for one audience, told in these words, that were asked for with tokens none of which will ever work again.
    pub fn orphans_of_audience(
        &mut self,
        flavour: WebhookFlavour,
        audience: &WebhookAudience,
        now: Timestamp,
    ) -> Result<Vec<WebhookEndpointId>, StoreError> {
        self.tx.list(
            &orphans("flavour = $3 AND audience = $4"),
            params![self.project, now, flavour, json(audience)?],
        )
    }

    /// The same, of those that were asked for with this token.
    pub fn orphans_of_token(
        &mut self,
        token: BusinessTokenId,
        now: Timestamp,
    ) -> Result<Vec<WebhookEndpointId>, StoreError> {
        let asked_for = "webhook_endpoints.id IN (\
            SELECT endpoint_id FROM webhook_askers WHERE project_id = $1 AND token_id = $3)";
        self.tx.list(&orphans(asked_for), params![self.project, now, token])
    }
}

/// Selects the ids of endpoints, in a part of a project's, that no token will ever ask for again.
fn orphans(part: &str) -> String {
    format!(
        "SELECT webhook_endpoints.id FROM webhook_endpoints \
             JOIN webhook_askers AS asked ON asked.project_id = webhook_endpoints.project_id \
             AND asked.endpoint_id = webhook_endpoints.id \
             LEFT JOIN business_tokens AS token ON token.project_id = asked.project_id \
             AND token.id = asked.token_id \
             WHERE webhook_endpoints.project_id = $1 AND deleted_at IS NULL AND {part} \
             GROUP BY webhook_endpoints.id \
             HAVING MAX(CASE WHEN token.revoked_at IS NULL AND (asked.app_id IS NOT NULL \
                 OR token.id IS NOT NULL AND (token.expires_at IS NULL OR token.expires_at > $2)) \
                 THEN 1 ELSE 0 END) = 0"
    )
}
