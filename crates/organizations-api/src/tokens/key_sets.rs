//! The public keys of operators' own identity providers: fetched when they are first needed, and again when a token names
//! one that is not among them, because providers rotate (RFC 7517).

use std::collections::HashMap;
use std::error::Error;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::time::{Duration, Instant};

use bytes::Bytes;
use jsonwebtoken::jwk::{AlgorithmParameters, JwkSet, KeyOperations, PublicKeyUse};
use jsonwebtoken::{Algorithm, DecodingKey, Header};
use tokio::sync::Mutex;
use url::Url;

/// So long a set is used without asking whether it still holds: a key that was withdrawn works on for as long.
const MAX_AGE: Duration = Duration::from_mins(10);

/// The keys cannot be had.
#[derive(Debug, thiserror::Error)]
pub enum FetchKeysError {
    /// Nobody answered, or not with a good status.
    #[error("the key set cannot be fetched")]
    Fetch(#[source] Box<dyn Error + Send + Sync>),
    /// What was answered is no key set.
    #[error("the key set cannot be read")]
    Read(#[from] serde_json::Error),
}

/// Fetches key sets.
pub trait KeySource: Send + Sync {
    /// The body behind a URL, if its status is good.
    fn fetch<'a>(
        &'a self,
        url: &'a Url,
    ) -> Pin<Box<dyn Future<Output = Result<Bytes, FetchKeysError>> + Send + 'a>>;
}

/// The sets that were fetched, by where they are from.
pub(crate) struct KeySets {
    source: Arc<dyn KeySource>,
    /// Whoever sends tokens with invented key names makes us ask so often at the most.
    shortest_pause: Duration,
    known: Mutex<HashMap<Url, Fetched>>,
}

struct Fetched {
    keys: JwkSet,
    at: Instant,
}

impl KeySets {
    pub(crate) fn new(source: Arc<dyn KeySource>, shortest_pause: Duration) -> Self {
        Self { source, shortest_pause, known: Mutex::default() }
    }

    /// The key that a token names, if it is in the set and made for what the token says it is signed by.
    ///
    /// The lock is held while a set is fetched: a hundred requests after a rotation then ask the provider once.
    pub(crate) async fn find(
        &self,
        url: &Url,
        header: &Header,
    ) -> Result<Option<DecodingKey>, Arc<FetchKeysError>> {
        let mut known = self.known.lock().await;
        if let Some(set) = known.get(url) {
            let key = key_for(&set.keys, header);
            let age = set.at.elapsed();
            if age < self.shortest_pause || (key.is_some() && age < MAX_AGE) {
                return Ok(key);
            }
        }
        match self.fetch(url).await {
            Ok(keys) => {
                let key = key_for(&keys, header);
                known.insert(url.clone(), Fetched { keys, at: Instant::now() });
                Ok(key)
            }
            // An outage of the provider logs nobody out who holds a token by a key that we know.
            Err(error) => match known.get(url) {
                Some(set) => {
                    tracing::warn!(%error, "a key set could not be fetched again, the one of before is used");
                    Ok(key_for(&set.keys, header))
                }
                None => Err(Arc::new(error)),
            },
        }
    }

    async fn fetch(&self, url: &Url) -> Result<JwkSet, FetchKeysError> {
        Ok(serde_json::from_slice(&self.source.fetch(url).await?)?)
    }
}

/// A token that names no key is proven by the set's only one.
fn key_for(set: &JwkSet, header: &Header) -> Option<DecodingKey> {
    let jwk = match (&header.kid, set.keys.as_slice()) {
        (Some(kid), _) => set.find(kid)?,
        (None, [only]) => only,
        (None, _) => return None,
    };
    let fits = matches!(
        (&jwk.algorithm, header.alg),
        (AlgorithmParameters::RSA(_), Algorithm::RS256)
            | (AlgorithmParameters::EllipticCurve(_), Algorithm::ES256)
    );
    let common = &jwk.common;
    let signs = common.public_key_use.as_ref().is_none_or(|purpose| *purpose == PublicKeyUse::Signature)
        && common.key_operations.as_ref().is_none_or(|may| may.contains(&KeyOperations::Verify));
    if fits && signs { DecodingKey::from_jwk(jwk).ok() } else { None }
}
