//! Keys to a project's API.

use jiff::Timestamp;
use perennial_domain::{ApiKey, ApiKeyId, ProjectId};
use perennial_store::{StoreError, Tx};
use secrecy::{ExposeSecret, SecretString};

use crate::context::Cx;
use crate::secrets::{self, SecretHash};

/// A key, and the project that it opens.
#[derive(Clone, Debug)]
pub struct KnownKey {
    /// The key. It may have expired.
    pub key: ApiKey,
    /// The project's name in paths.
    pub project_slug: String,
}

/// Letters that tell a leaked key's finder, and their scanner, what it is.
const PREFIX: &str = "pk_";
const CHARACTERS: usize = 40;

/// The key with this hash, if it is one of ours.
pub fn find(tx: &mut Tx<'_>, hash: &SecretHash) -> Result<Option<KnownKey>, StoreError> {
    let found = tx.api_keys().find_by_hash(hash)?;
    Ok(found.map(|(key, project_slug)| KnownKey { key, project_slug }))
}

/// Makes a key. The secret is answered once and never again.
pub fn create(
    cx: &Cx,
    tx: &mut Tx<'_>,
    project_id: ProjectId,
    label: &str,
    expires_at: Option<Timestamp>,
) -> Result<(ApiKey, SecretString), StoreError> {
    let secret = secrets::fresh_secret(PREFIX, CHARACTERS);
    let key = ApiKey { id: cx.id(), project_id, label: label.to_owned(), created_at: cx.now(), expires_at };
    tx.api_keys().insert(&key, &secrets::hash(secret.expose_secret()))?;
    Ok((key, secret))
}

/// Has a key stop working now; answers whether the project has such a key. One that has expired stays as it is.
pub fn expire(cx: &Cx, tx: &mut Tx<'_>, project: ProjectId, id: ApiKeyId) -> Result<bool, StoreError> {
    let Some(key) = tx.api_keys().list(project)?.into_iter().find(|key| key.id == id) else {
        return Ok(false);
    };
    if key.is_valid_at(cx.now()) {
        tx.api_keys().set_expiry(project, id, cx.now())?;
    }
    Ok(true)
}
