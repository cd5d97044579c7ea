//! What deliveries are signed with, and replacing it without losing one.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use jiff::{SignedDuration, Timestamp};
use perennial_domain::{ProjectId, WebhookEndpointId};
use perennial_store::StoreError;
use perennial_store::tables::WebhookSecretRow;
use secrecy::SecretString;

use crate::context::App;
use crate::secrets::VaultError;

/// The bytes of a secret: as many as SHA-256 has.
const SECRET_BYTES: usize = 32;
/// What a secret begins with (Standard Webhooks 1.0, "Signature scheme").
const SECRET_PREFIX: &str = "whsec_";

/// Why a secret is not replaced.
#[derive(Debug, thiserror::Error)]
pub enum RotateError {
    /// No such receiver.
    #[error("there is no webhook {0}")]
    Unknown(WebhookEndpointId),
    /// The secret cannot be sealed.
    #[error(transparent)]
    Vault(#[from] VaultError),
    /// The database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// A fresh secret, as Standard Webhooks spells it.
pub(super) fn fresh_signing_secret() -> SecretString {
    let bytes = rand::random::<[u8; SECRET_BYTES]>();
    SecretString::from(format!("{SECRET_PREFIX}{}", BASE64.encode(bytes)))
}

/// Gives a receiver a new secret, and answers it. Those before go on signing beside it for as long as `overlap`, so that the
/// receiver can be told in the meantime; with none they end at once, for a secret that has leaked.
pub async fn rotate_secret(
    app: &App,
    project: ProjectId,
    endpoint: WebhookEndpointId,
    overlap: SignedDuration,
) -> Result<SecretString, RotateError> {
    let secret = fresh_signing_secret();
    let sealed = app.vault().seal(&secret)?;
    app.write(move |cx, tx| {
        let mut endpoints = tx.webhook_endpoints(project);
        endpoints.lock(endpoint)?.ok_or(RotateError::Unknown(endpoint))?;
        let ends_at = cx.now().checked_add(overlap).unwrap_or(Timestamp::MAX);
        endpoints.expire_secrets(endpoint, ends_at)?;
        Ok::<_, RotateError>(endpoints.add_secret(&WebhookSecretRow {
            id: cx.id(),
            endpoint_id: endpoint,
            secret_sealed: sealed.clone(),
            created_at: cx.now(),
            expires_at: None,
        })?)
    })
    .await?;
    Ok(secret)
}
