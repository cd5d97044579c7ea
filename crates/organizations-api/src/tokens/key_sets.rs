//! The public keys of operators' own identity providers: fetched when they are first needed, and again when a token names
//! one that is not among them, because providers rotate (RFC 7517).

use std::collections::HashMap;
use std::error::Error;
use std::future::Future;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use bytes::Bytes;
use jsonwebtoken::jwk::{AlgorithmParameters, JwkSet, KeyOperations, PublicKeyUse};
use jsonwebtoken::{Algorithm, DecodingKey, Header};
use url::Url;

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

/// The sets that were fetched, by where they are from. One provider that hangs holds up no other, and nobody whose token is
/// signed by a key that is known.
pub(crate) struct KeySets {
    source: Arc<dyn KeySource>,
    /// Whoever sends tokens with invented key names makes us ask so often at the most.
    shortest_pause: Duration,
    /// So long a set is used without asking whether it still holds.
    max_age: Duration,
    known: Mutex<HashMap<Url, Arc<Provider>>>,
}

/// One identity provider, as far as it is known.
#[derive(Default)]
struct Provider {
    seen: Mutex<Seen>,
    /// Held while the set is fetched: a hundred requests after a rotation then ask once.
    asking: tokio::sync::Mutex<()>,
}

#[derive(Default)]
struct Seen {
    /// The latest set that could be read, and when it was asked for.
    keys: Option<(JwkSet, Instant)>,
    /// When it was asked for last, and why that came to nothing, if it did.
    tried: Option<(Instant, Option<Arc<FetchKeysError>>)>,
}

impl Seen {
    /// The answer by what is known, and whether it is good enough to ask nobody.
    fn answer(&self, header: &Header, KeySets { shortest_pause, max_age, .. }: &KeySets) -> (Answer, bool) {
        let key = self.keys.as_ref().and_then(|(keys, _)| key_for(keys, header));
        let is_young = self.keys.as_ref().is_some_and(|(_, at)| at.elapsed() < *max_age);
        let was_just_tried = self.tried.as_ref().is_some_and(|(at, _)| at.elapsed() < *shortest_pause);
        let will_do = was_just_tried || (key.is_some() && is_young);
        match (&self.keys, &self.tried) {
            // An outage of the provider logs nobody out who holds a token by a key that we know.
            (None, Some((_, Some(error)))) => (Err(Arc::clone(error)), will_do),
            _ => (Ok(key), will_do),
        }
    }
}

type Answer = Result<Option<DecodingKey>, Arc<FetchKeysError>>;

impl KeySets {
    pub(crate) fn new(source: Arc<dyn KeySource>, shortest_pause: Duration, max_age: Duration) -> Self {
        Self { source, shortest_pause, max_age, known: Mutex::default() }
    }

    /// The key that a token names, if it is in the set and made for what the token says it is signed by.
    pub(crate) async fn find(&self, url: &Url, header: &Header) -> Answer {
        let began = Instant::now();
        let provider = Arc::clone(held(&self.known).entry(url.clone()).or_default());
        let (known, will_do) = held(&provider.seen).answer(header, self);
        if will_do {
            return known;
        }
        let _asking = match provider.asking.try_lock() {
            Ok(asking) => asking,
            // Somebody asks already whether the set still holds.
            Err(_) if matches!(known, Ok(Some(_))) => return known,
            Err(_) => provider.asking.lock().await,
        };
        let was_asked = held(&provider.seen).tried.as_ref().is_some_and(|(at, _)| began <= *at);
        if !was_asked {
            self.ask(url, &provider).await;
        }
        held(&provider.seen).answer(header, self).0
    }

    /// Fetches a set, and notes what came of it: a provider that is away is not asked by every request.
    async fn ask(&self, url: &Url, provider: &Provider) {
        let fetched = self.fetch(url).await;
        let now = Instant::now();
        let mut seen = held(&provider.seen);
        match fetched {
            Ok(keys) => *seen = Seen { keys: Some((keys, now)), tried: Some((now, None)) },
            Err(error) => {
                if seen.keys.is_some() {
                    tracing::warn!(%error, "a key set could not be fetched again, the one of before is used");
                }
                seen.tried = Some((now, Some(Arc::new(error))));
            }
        }
    }

    async fn fetch(&self, url: &Url) -> Result<JwkSet, FetchKeysError> {
        Ok(serde_json::from_slice(&self.source.fetch(url).await?)?)
    }
}

/// What a lock guards is whole even if somebody panicked while they held it.
fn held<T>(lock: &Mutex<T>) -> MutexGuard<'_, T> {
    lock.lock().unwrap_or_else(PoisonError::into_inner)
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
