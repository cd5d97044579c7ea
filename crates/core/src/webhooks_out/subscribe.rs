//! Wanting to hear of one type of events at an address, and no more of it (contracts/business-api.md §10.1).
//!
//! All that is heard at one address for one audience is one receiver, so that its deliveries keep their order whatever their
//! types.

use perennial_domain::{BusinessTokenId, ProjectId, WebhookAudience, WebhookEndpoint, WebhookFlavour};
use perennial_store::{StoreError, Tx};
use url::Url;

use super::endpoints::{NewEndpointError, filters, insert};
use super::target::{TargetError, check_target};
use crate::context::{App, Cx};
use crate::secrets::VaultError;

/// What somebody wants to hear, where, and whom they may hear of.
#[derive(Clone, Debug)]
pub struct Subscription {
    /// In whose project.
    pub project: ProjectId,
    /// In whose words.
    pub flavour: WebhookFlavour,
    /// Where they listen.
    pub url: String,
    /// What they want to hear, as the flavour spells it when it is told.
    pub event: String,
    /// Whom they may hear of.
    pub audience: WebhookAudience,
    /// With which token they ask. What is heard ends when it is taken back.
    pub token: BusinessTokenId,
}

/// Why a subscription is not kept.
#[derive(Debug, thiserror::Error)]
pub enum SubscribeError {
    /// Nothing can be sent there.
    #[error(transparent)]
    Target(#[from] TargetError),
    /// Not a type of events.
    #[error("{0:?} is no type of events")]
    Filter(String),
    /// So many receivers are there already that every change would be slow to tell.
    #[error("there are too many addresses already")]
    TooMany,
    /// This is heard there already.
    #[error("this event is heard at this address already")]
    Exists,
    /// The secret cannot be sealed.
    #[error(transparent)]
    Vault(#[from] VaultError),
    /// The database failed.
    #[error(transparent)]
    Store(StoreError),
}

impl From<StoreError> for SubscribeError {
    fn from(error: StoreError) -> Self {
        // Two at once for one address: whoever is second finds it taken.
        if error.is_conflict("webhook_endpoints_url_key") { Self::Exists } else { Self::Store(error) }
    }
}

/// So many addresses there are for one audience, and for all of a project's together: each change is told to every one that
/// hears of it, in its own transaction.
const MOST_OF_AUDIENCE: usize = 20;
const MOST_OF_PROJECT: usize = 500;

/// Keeps a subscription, and answers the receiver with all that it hears by now. A new receiver gets a secret, which the
/// operator can replace by one that they know ([`super::rotate_secret`]).
pub async fn subscribe(app: &App, wanted: Subscription) -> Result<WebhookEndpoint, SubscribeError> {
    let url = check_target(&wanted.url, app.settings().private_receivers)?;
    let events =
        filters(wanted.flavour, std::slice::from_ref(&wanted.event)).map_err(|error| match error {
            NewEndpointError::Store(error) => SubscribeError::Store(error),
            _ => SubscribeError::Filter(wanted.event.clone()),
        })?;
    let sealed = app.vault().seal(&super::fresh_signing_secret())?;
    app.write(move |cx, tx| {
        let known = find(tx, wanted.project, wanted.flavour, &url, &wanted.audience)?;
        let Some(mut endpoint) = known else {
            make_sure_of_room(tx, &wanted)?;
            let endpoint = WebhookEndpoint {
                id: cx.id(),
                project_id: wanted.project,
                url: url.clone(),
                flavour: wanted.flavour,
                events: events.clone(),
                audience: wanted.audience.clone(),
                description: None,
                disabled: None,
                failing_since: None,
                failed_at: None,
                failures: 0,
                created_at: cx.now(),
                deleted_at: None,
            };
            insert(cx, tx, &endpoint, sealed.clone())?;
            tx.webhook_endpoints(wanted.project).set_maker(endpoint.id, wanted.token)?;
            return Ok(endpoint);
        };
        if events.iter().all(|event| endpoint.events.contains(event)) {
            return Err(SubscribeError::Exists);
        }
        endpoint.events.extend(events.clone());
        tx.webhook_endpoints(wanted.project).update(&endpoint)?;
        tx.webhook_endpoints(wanted.project).set_maker(endpoint.id, wanted.token)?;
        Ok(endpoint)
    })
    .await
}

fn make_sure_of_room(tx: &mut Tx<'_>, wanted: &Subscription) -> Result<(), SubscribeError> {
    let all = tx.webhook_endpoints(wanted.project).all()?;
    let of_audience = all.iter().filter(|endpoint| endpoint.audience == wanted.audience).count();
    if of_audience >= MOST_OF_AUDIENCE || all.len() >= MOST_OF_PROJECT {
        return Err(SubscribeError::TooMany);
    }
    Ok(())
}

/// Ends what was asked for with tokens that were taken back. What was asked for once more, with another token, stays.
pub(crate) fn end_with_tokens(cx: &Cx, tx: &mut Tx<'_>, project: ProjectId) -> Result<(), StoreError> {
    for endpoint in tx.webhook_endpoints(project).of_revoked_tokens()? {
        super::remove_endpoint(cx, tx, project, endpoint)?;
    }
    Ok(())
}

/// Ends what is heard at an address: one type of events, or everything. Answers whether something was.
pub fn unsubscribe(
    cx: &Cx,
    tx: &mut Tx<'_>,
    project: ProjectId,
    flavour: WebhookFlavour,
    (url, event): (&str, Option<&str>),
    audience: &WebhookAudience,
) -> Result<bool, StoreError> {
    let Ok(url) = check_target(url, true) else { return Ok(false) };
    let Some(mut endpoint) = find(tx, project, flavour, &url, audience)? else { return Ok(false) };
    let heard = endpoint.events.len();
    endpoint.events.retain(|heard| event.is_some_and(|event| heard != event));
    let has_changed = endpoint.events.len() < heard;
    if endpoint.events.is_empty() {
        super::remove_endpoint(cx, tx, project, endpoint.id)?;
    } else if has_changed {
        tx.webhook_endpoints(project).update(&endpoint)?;
    }
    Ok(has_changed)
}

/// The receivers of a flavour that were made for this audience, oldest first.
pub fn list(
    tx: &mut Tx<'_>,
    project: ProjectId,
    flavour: WebhookFlavour,
    audience: &WebhookAudience,
) -> Result<Vec<WebhookEndpoint>, StoreError> {
    let mut endpoints = tx.webhook_endpoints(project).all()?;
    endpoints.retain(|endpoint| endpoint.flavour == flavour && endpoint.audience == *audience);
    Ok(endpoints)
}

fn find(
    tx: &mut Tx<'_>,
    project: ProjectId,
    flavour: WebhookFlavour,
    url: &Url,
    audience: &WebhookAudience,
) -> Result<Option<WebhookEndpoint>, StoreError> {
    let found = list(tx, project, flavour, audience)?.into_iter().find(|endpoint| endpoint.url == *url);
    // Read again under a lock, so that two that add to it at once do not undo each other.
    found.map_or(Ok(None), |endpoint| tx.webhook_endpoints(project).lock(endpoint.id))
}
