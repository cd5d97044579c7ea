//! Changing a receiver: where it listens, what it hears, and whether anything is sent to it.

use perennial_domain::{ProjectId, WebhookEndpoint, WebhookEndpointId};
use perennial_store::StoreError;

use super::endpoints::{NewEndpointError, description, filters};
use super::target::check_target;
use super::{disable, enable};
use crate::change::Change;
use crate::context::App;

/// What is to change about a receiver; what is absent stays.
#[derive(Clone, Debug, Default)]
pub struct EndpointPatch {
    /// Where it listens from now on. What waits for it goes there.
    pub url: Option<String>,
    /// All that it wants to hear from now on, as for a new one.
    pub events: Option<Vec<String>>,
    /// What the operator notes of it.
    pub description: Change<Option<String>>,
    /// Whether anything is sent to it ([`enable`], [`disable`]).
    pub enabled: Option<bool>,
}

/// Why a receiver stays as it is.
#[derive(Debug, thiserror::Error)]
pub enum UpdateEndpointError {
    /// No such receiver.
    #[error("there is no webhook {0}")]
    Unknown(WebhookEndpointId),
    /// A new receiver could not be like that either.
    #[error(transparent)]
    Refused(#[from] NewEndpointError),
}

impl From<StoreError> for UpdateEndpointError {
    fn from(error: StoreError) -> Self {
        Self::Refused(error.into())
    }
}

/// Changes a receiver, and answers it. At another address it begins with no failures behind it.
pub async fn update_endpoint(
    app: &App,
    project: ProjectId,
    id: WebhookEndpointId,
    patch: EndpointPatch,
) -> Result<WebhookEndpoint, UpdateEndpointError> {
    let allowed = app.settings().private_receivers;
    let url = patch.url.as_deref().map(|url| check_target(url, allowed)).transpose();
    let url = url.map_err(NewEndpointError::from)?;
    let description = match &patch.description {
        Change::Keep => Change::Keep,
        Change::To(text) => Change::To(text.as_deref().map(description).transpose()?),
    };
    app.write(move |cx, tx| {
        let unknown = || UpdateEndpointError::Unknown(id);
        let is_enabled = tx.webhook_endpoints(project).lock(id)?.ok_or_else(unknown)?.is_enabled();
        let switched = match patch.enabled {
            // What waits is woken only where it slept.
            Some(true) if !is_enabled => enable(cx, tx, project, id)?,
            Some(false) => disable(cx, tx, project, id)?,
            _ => tx.webhook_endpoints(project).find(id)?,
        };
        let mut endpoint = switched.ok_or_else(unknown)?;
        if let Some(events) = &patch.events {
            endpoint.events = filters(endpoint.flavour, events)?;
        }
        if let Change::To(text) = &description {
            endpoint.description.clone_from(text);
        }
        if let Some(url) = url.as_ref().filter(|url| **url != endpoint.url) {
            endpoint.url = url.clone();
            endpoint.recover();
        }
        tx.webhook_endpoints(project).update(&endpoint)?;
        Ok(endpoint)
    })
    .await
}
