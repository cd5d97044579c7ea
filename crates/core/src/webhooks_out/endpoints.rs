//! Making receivers, and taking them away.

use perennial_domain::{
    ProjectId, WebhookAudience, WebhookEndpoint, WebhookEndpointId, WebhookFlavour, is_event_filter,
    passes_filter,
};
use perennial_store::tables::WebhookSecretRow;
use perennial_store::{StoreError, Tx};
use secrecy::SecretString;
use url::Url;

use super::target::{TargetError, check_target};
use crate::context::{App, Cx};
use crate::events::{Happening, TYPE_PREFIX};
use crate::secrets::VaultError;

/// Receivers of one flavour for one audience, whose events each is told in the events' own transactions.
const MOST_RECEIVERS: usize = 500;
/// Filters of one receiver.
const MOST_FILTERS: usize = 100;
/// In characters.
const LONGEST_DESCRIPTION: usize = 500;

/// A receiver to be made.
#[derive(Clone, Debug)]
pub struct NewEndpoint {
    /// In whose project.
    pub project: ProjectId,
    /// Where it listens.
    pub url: String,
    /// In whose words it is told.
    pub flavour: WebhookFlavour,
    /// What it wants to hear ([`WebhookEndpoint::events`]); the Projects API's types may also carry their prefix.
    pub events: Vec<String>,
    /// Whom it may hear of.
    pub audience: WebhookAudience,
    /// What the operator notes of it.
    pub description: Option<String>,
}

/// Why a receiver is not made.
#[derive(Debug, thiserror::Error)]
pub enum NewEndpointError {
    /// Nothing can be sent there.
    #[error(transparent)]
    Target(#[from] TargetError),
    /// Not a type of events, nor a family of them.
    #[error("{0:?} is no type of events, and no family of them such as subscription.*")]
    Filter(String),
    /// More filters than anybody needs.
    #[error("a receiver has {MOST_FILTERS} filters at the most")]
    TooManyFilters,
    /// A note of no use.
    #[error("a description has 1 to {LONGEST_DESCRIPTION} characters")]
    Description,
    /// It would hear nothing.
    #[error("a receiver hears at least one type of events")]
    NothingToHear,
    /// More receivers than anybody needs.
    #[error("a project has {MOST_RECEIVERS} webhooks at the most")]
    TooMany,
    /// It is there already.
    #[error("this receiver is there already")]
    Exists,
    /// The secret cannot be sealed.
    #[error(transparent)]
    Vault(#[from] VaultError),
    /// The database failed.
    #[error(transparent)]
    Store(StoreError),
}

impl From<StoreError> for NewEndpointError {
    fn from(error: StoreError) -> Self {
        if error.is_conflict("webhook_endpoints_url_key") { Self::Exists } else { Self::Store(error) }
    }
}

/// Makes a receiver. Its secret is told here and never again; a lost one is replaced ([`super::rotate_secret`]).
pub async fn add_endpoint(
    app: &App,
    wanted: NewEndpoint,
) -> Result<(WebhookEndpoint, SecretString), NewEndpointError> {
    let url = check_target(&wanted.url, app.settings().private_receivers)?;
    let events = filters(wanted.flavour, &wanted.events)?;
    let description = wanted.description.as_deref().map(description).transpose()?;
    let secret = super::fresh_signing_secret();
    let sealed = app.vault().seal(&secret)?;
    let endpoint = app
        .write(move |cx, tx| {
            let (project, flavour, audience) = (wanted.project, wanted.flavour, &wanted.audience);
            if tx.webhook_endpoints(project).of_audience(flavour, audience)?.len() >= MOST_RECEIVERS {
                return Err(NewEndpointError::TooMany);
            }
            let endpoint = WebhookEndpoint {
                description: description.clone(),
                ..fresh(cx, project, (flavour, audience), &url, &events)
            };
            insert(cx, tx, &endpoint, sealed.clone())?;
            Ok::<_, NewEndpointError>(endpoint)
        })
        .await?;
    Ok((endpoint, secret))
}

/// Takes a receiver away. What waits for it is not sent. Answers whether there was one.
pub fn remove_endpoint(
    cx: &Cx,
    tx: &mut Tx<'_>,
    project: ProjectId,
    id: WebhookEndpointId,
) -> Result<bool, StoreError> {
    let Some(endpoint) = tx.webhook_endpoints(project).lock(id)? else { return Ok(false) };
    let removed = WebhookEndpoint { deleted_at: Some(cx.now()), ..endpoint };
    tx.webhook_endpoints(project).update(&removed)?;
    tx.webhook_endpoints(project).expire_secrets(id, cx.now())?;
    Ok(true)
}

/// A receiver as it begins.
pub(super) fn fresh(
    cx: &Cx,
    project_id: ProjectId,
    (flavour, audience): (WebhookFlavour, &WebhookAudience),
    url: &Url,
    events: &[String],
) -> WebhookEndpoint {
    WebhookEndpoint {
        id: cx.id(),
        project_id,
        url: url.clone(),
        flavour,
        events: events.to_vec(),
        audience: audience.clone(),
        description: None,
        disabled: None,
        failing_since: None,
        failed_at: None,
        failures: 0,
        created_at: cx.now(),
        deleted_at: None,
    }
}

pub(super) fn insert(
    cx: &Cx,
    tx: &mut Tx<'_>,
    endpoint: &WebhookEndpoint,
    secret_sealed: Vec<u8>,
) -> Result<(), StoreError> {
    let mut endpoints = tx.webhook_endpoints(endpoint.project_id);
    endpoints.insert(endpoint)?;
    endpoints.add_secret(&WebhookSecretRow {
        id: cx.id(),
        endpoint_id: endpoint.id,
        secret_sealed,
        created_at: cx.now(),
        expires_at: None,
    })
}

/// Whether anything of the Projects API's types is ever heard by this filter: a slip of the pen would hear nothing, and say
/// nothing.
fn is_told(filter: &str) -> bool {
    Happening::ALL.iter().any(|what| passes_filter(filter, what.as_str()))
}

/// Checks what is noted of a receiver, and trims it.
pub(super) fn description(text: &str) -> Result<String, NewEndpointError> {
    let trimmed = text.trim();
    let is_fine = (1..=LONGEST_DESCRIPTION).contains(&trimmed.chars().count()) && !trimmed.contains('\0');
    is_fine.then(|| trimmed.to_owned()).ok_or(NewEndpointError::Description)
}

/// Checks what a receiver wants to hear, and spells it as it is kept.
pub(super) fn filters(flavour: WebhookFlavour, wanted: &[String]) -> Result<Vec<String>, NewEndpointError> {
    if wanted.is_empty() {
        return Err(NewEndpointError::NothingToHear);
    }
    if wanted.len() > MOST_FILTERS {
        return Err(NewEndpointError::TooManyFilters);
    }
    let bare = |filter: &String| {
        let bare = match flavour {
            WebhookFlavour::Projects => filter.strip_prefix(TYPE_PREFIX).unwrap_or(filter),
            WebhookFlavour::Business => filter,
        };
        let is_filter = is_event_filter(bare) && (flavour != WebhookFlavour::Projects || is_told(bare));
        is_filter.then(|| bare.to_owned()).ok_or_else(|| NewEndpointError::Filter(filter.clone()))
    };
    let mut filters = wanted.iter().map(bare).collect::<Result<Vec<_>, _>>()?;
    filters.sort();
    filters.dedup();
    Ok(filters)
}
