//! Wanting to hear of one type of events at an address, and no more of it (contracts/business-api.md §10.1).
//!
//! All that is heard at one address for one audience is one receiver, so that its deliveries keep their order whatever their
//! types.

use perennial_domain::{
    BusinessTokenId, ProjectId, WebhookAsker, WebhookAudience, WebhookEndpoint, WebhookEndpointId,
    WebhookFlavour,
};
use perennial_store::{StoreError, Tx};
use url::Url;

use super::endpoints::{NewEndpointError, filters, fresh, insert};
use super::target::{TargetError, check_target};
use crate::context::{App, Cx};
use crate::secrets::VaultError;

/// Receivers for one audience that are asked for with tokens: what concerns them is told to each of them, in the transaction in
/// which it happens.
const MOST_ASKED_FOR: usize = 20;

/// What somebody wants to hear, where, and whom they may hear of.
#[derive(Clone, Debug)]
pub struct EventWish {
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
    /// With which token they ask.
    pub asker: WebhookAsker,
}

/// Why a wish is not kept.
#[derive(Debug, thiserror::Error)]
pub enum SubscribeError {
    /// Nothing can be sent there.
    #[error(transparent)]
    Target(#[from] TargetError),
    /// Not a type of events.
    #[error("{0:?} is no type of events")]
    Filter(String),
    /// So much is told of each change already that it would be slow to tell.
    #[error("events are heard at {MOST_ASKED_FOR} addresses at the most")]
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

/// Keeps a wish, and answers the receiver with all that it hears by now. A new receiver gets a secret, which the operator can
/// replace by one that they know ([`super::rotate_secret`]). It hears as long as one of the tokens works with which it was asked
/// for: whoever asks for it with another token has it go on with that.
pub async fn subscribe(app: &App, wanted: EventWish) -> Result<WebhookEndpoint, SubscribeError> {
    let url = check_target(&wanted.url, app.settings().private_receivers)?;
    let events =
        filters(wanted.flavour, std::slice::from_ref(&wanted.event)).map_err(|error| match error {
            NewEndpointError::Store(error) => SubscribeError::Store(error),
            _ => SubscribeError::Filter(wanted.event.clone()),
        })?;
    let sealed = app.vault().seal(&super::fresh_signing_secret())?;
    let kept = app.write(move |cx, tx| {
        let EventWish { project, flavour, audience, asker, .. } = &wanted;
        // Whatever ended by itself shall take no place.
        let ended = tx.webhook_endpoints(*project).orphans_of_audience(*flavour, audience, cx.now())?;
        remove_all(cx, tx, *project, ended)?;
        let Some(mut endpoint) = find(tx, *project, *flavour, &url, audience)? else {
            if tx.webhook_endpoints(*project).of_audience(*flavour, audience)?.len() >= MOST_ASKED_FOR {
                return Err(SubscribeError::TooMany);
            }
            let endpoint = fresh(cx, *project, (*flavour, audience), &url, &events);
            insert(cx, tx, &endpoint, sealed.clone())?;
            tx.webhook_endpoints(*project).add_asker(endpoint.id, *asker)?;
            return Ok(Some(endpoint));
        };
        let mut endpoints = tx.webhook_endpoints(*project);
        let is_new_asker = endpoints.has_askers(endpoint.id)? && endpoints.add_asker(endpoint.id, *asker)?;
        let new_events = events.iter().filter(|event| !endpoint.events.contains(event));
        let new_events = new_events.cloned().collect::<Vec<_>>();
        if new_events.is_empty() && !is_new_asker {
            // With the latest token of the same app, which is noted all the same.
            return Ok(None);
        }
        endpoint.events.extend(new_events);
        endpoints.update(&endpoint)?;
        Ok(Some(endpoint))
    });
    kept.await?.ok_or(SubscribeError::Exists)
}

/// Takes receivers away that were asked for with this token and with none that works.
pub(crate) fn end_with_token(
    cx: &Cx,
    tx: &mut Tx<'_>,
    project: ProjectId,
    token: BusinessTokenId,
) -> Result<(), StoreError> {
    let ended = tx.webhook_endpoints(project).orphans_of_token(token, cx.now())?;
    remove_all(cx, tx, project, ended)
}

fn remove_all(
    cx: &Cx,
    tx: &mut Tx<'_>,
    project: ProjectId,
    endpoints: Vec<WebhookEndpointId>,
) -> Result<(), StoreError> {
    for endpoint in endpoints {
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
    tx.webhook_endpoints(project).of_audience(flavour, audience)
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
