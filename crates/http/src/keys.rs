//! API keys: who calls, and for which project.

use std::sync::Arc;
use std::time::Duration;

use aide::OperationInput;
use aide::generate::GenContext;
use aide::openapi::Operation;
use axum::extract::{FromRequestParts, Path};
use http::HeaderMap;
use http::header::AUTHORIZATION;
use http::request::Parts;
use perennial_core::api_keys::{self, KnownKey};
use perennial_core::context::App;
use perennial_core::recent::Recent;
use perennial_core::secrets::{self, SecretHash};
use perennial_core::store::StoreError;
use perennial_domain::{ApiKeyId, ProjectId};
use schemars::JsonSchema;

use crate::{ApiError, ErrorKind};

/// Looks keys up by their hash, and remembers them for a moment.
///
/// Only keys that exist are remembered: whoever guesses fills no memory.
pub(crate) struct KeyRing {
    app: App,
    recent: Recent<SecretHash, Arc<KnownKey>>,
}

impl KeyRing {
    /// A revoked key may work on for as long as `max_age`; an expired one stops on time.
    pub(crate) fn new(app: App, max_age: Duration) -> Self {
        Self { app, recent: Recent::up_to(max_age) }
    }

    /// The key that these headers carry, or 401.
    pub(crate) async fn authenticate(&self, headers: &HeaderMap) -> Result<Arc<KnownKey>, ApiError> {
        let refused = || ApiError::new(ErrorKind::Unauthenticated, "A valid API key is needed.");
        let secret = bearer_token(headers)
            .ok_or_else(|| refused().hinting("Send the header `Authorization: Bearer <API key>`."))?;
        let known = self.find(secrets::hash(secret)).await?.ok_or_else(refused)?;
        if known.key.is_valid_at(self.app.now()) { Ok(known) } else { Err(refused()) }
    }

    async fn find(&self, hash: SecretHash) -> Result<Option<Arc<KnownKey>>, StoreError> {
        if let Some(known) = self.recent.get(&hash) {
            return Ok(Some(known));
        }
        let found = self.app.read_once(move |_, tx| api_keys::find(tx, &hash)).await?.map(Arc::new);
        if let Some(known) = &found {
            self.recent.put(hash, Arc::clone(known));
        }
        Ok(found)
    }
}

fn bearer_token(headers: &HeaderMap) -> Option<&str> {
    let mut values = headers.get_all(AUTHORIZATION).iter();
    let (scheme, token) = values.next()?.to_str().ok()?.split_once(' ')?;
    let is_alone = values.next().is_none();
    (is_alone && scheme.eq_ignore_ascii_case("Bearer") && !token.is_empty()).then(|| token.trim())
}

/// The caller, proven by a key of the project in the path. The door's [guard](crate::Guard) has put it there.
#[derive(Clone, Debug)]
pub struct ProjectKey(pub(crate) Arc<KnownKey>);

impl ProjectKey {
    /// The project that the key opens.
    pub fn project(&self) -> ProjectId {
        self.0.key.project_id
    }

    /// The key.
    pub fn id(&self) -> ApiKeyId {
        self.0.key.id
    }
}

impl<S: Sync> FromRequestParts<S> for ProjectKey {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, ApiError> {
        let key = parts.extensions.get::<Self>().cloned();
        key.ok_or_else(|| ApiError::internal("a route that needs a key stands outside of the guard"))
    }
}

#[derive(JsonSchema)]
#[expect(dead_code, reason = "only its schema is used")]
struct ProjectPath {
    /// The project that the key belongs to.
    #[schemars(regex(pattern = "^[a-z0-9-]{1,40}$"))]
    project: String,
}

/// Documents the `{project}` that all paths begin with.
impl OperationInput for ProjectKey {
    fn operation_input(context: &mut GenContext, operation: &mut Operation) {
        Path::<ProjectPath>::operation_input(context, operation);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use http::HeaderValue;

    fn token(values: &[&'static str]) -> Option<String> {
        let mut headers = HeaderMap::new();
        for value in values {
            headers.append(AUTHORIZATION, HeaderValue::from_static(value));
        }
        bearer_token(&headers).map(str::to_owned)
    }

    #[test]
    fn a_token_follows_the_word_bearer() {
        assert_eq!(token(&["Bearer pk_1"]).as_deref(), Some("pk_1"));
        assert_eq!(token(&["bearer pk_1"]).as_deref(), Some("pk_1"));
        for values in
            [&[][..], &["pk_1"], &["Basic pk_1"], &["Bearer"], &["Bearer "], &["Bearer a", "Bearer b"]]
        {
            assert_eq!(token(values), None, "{values:?}");
        }
    }
}
