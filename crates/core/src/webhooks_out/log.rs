//! Reading who is told, and what became of it.

use perennial_domain::{DeliveryState, ProjectId, WebhookEndpoint, WebhookEndpointId};
use perennial_store::tables::{DeliveryRow, PageError, PageRequest, Slice};
use perennial_store::{StoreError, Tx};

/// The receiver with this id.
pub fn find(
    tx: &mut Tx<'_>,
    project: ProjectId,
    id: WebhookEndpointId,
) -> Result<Option<WebhookEndpoint>, StoreError> {
    tx.webhook_endpoints(project).find(id)
}

/// A page of the receivers.
pub fn page(
    tx: &mut Tx<'_>,
    project: ProjectId,
    request: PageRequest,
) -> Result<Slice<WebhookEndpoint>, PageError> {
    tx.webhook_endpoints(project).page(request)
}

/// A page of what was sent to a receiver, or is to be; `None` when there is no such receiver.
pub fn page_of_deliveries(
    tx: &mut Tx<'_>,
    project: ProjectId,
    endpoint: WebhookEndpointId,
    state: Option<DeliveryState>,
    request: PageRequest,
) -> Result<Option<Slice<DeliveryRow>>, PageError> {
    if tx.webhook_endpoints(project).find(endpoint)?.is_none() {
        return Ok(None);
    }
    tx.webhook_deliveries(project).page_of(endpoint, state, request).map(Some)
}
