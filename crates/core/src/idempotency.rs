//! Asked twice with one key, done once (contracts/projects-api.md §1.7).
//!
//! The first successful answer to a key is kept for a day and given again. Answers can hold secrets, such as a
//! connect session's link, so they are sealed like every secret that must be read back.

use jiff::{SignedDuration, Timestamp};
use perennial_domain::ProjectId;
use perennial_store::StoreError;
use perennial_store::tables::Reservation;
use secrecy::SecretString;
use sha2::{Digest, Sha256};

use crate::context::App;
use crate::secrets::{SecretHash, VaultError};

/// How long an answer is kept, and a request that is made again counts as the same.
pub(crate) const KEPT_FOR: SignedDuration = SignedDuration::from_hours(24);

/// A key of one project's client, and what it was sent with.
#[derive(Clone, Debug)]
pub struct IdempotentRequest {
    /// Keys of different projects never meet.
    pub project: ProjectId,
    /// What the client made up, with the client itself where a project has several kinds of them.
    pub key: String,
    /// Of method, path and body: the same key with another request is a mistake.
    pub fingerprint: SecretHash,
}

/// What tells one request from all others of its project: the client's key and all that it was sent with. Only a hash,
/// because nobody has to read it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RequestKey(SecretHash);

impl IdempotentRequest {
    /// By what its consequences are found again.
    pub fn identity(&self) -> RequestKey {
        // The fingerprint has a fixed length, so that nothing of the one can pass for the other.
        RequestKey(Sha256::new().chain_update(self.fingerprint).chain_update(&self.key).finalize().into())
    }
}

impl RequestKey {
    /// For what is no client's request: the hash of whatever tells it from all others.
    pub(crate) const fn from_hash(hash: SecretHash) -> Self {
        Self(hash)
    }

    /// As it is kept.
    pub(crate) const fn bytes(&self) -> &[u8] {
        &self.0
    }
}

/// What is known of a request.
#[derive(Debug)]
pub enum Turn {
    /// It is the first: do it, then [`keep`] or [`forget`].
    First(Taken),
    /// It was done before, and answered this.
    Done(KeptAnswer),
    /// The first one is still being done.
    Running,
    /// The key was used for another request.
    OtherRequest,
}

/// Tells who took a key from whoever took it over, because the first one took too long.
#[derive(Clone, Copy, Debug)]
pub struct Taken(Timestamp);

/// An answer that is given again.
#[derive(Clone, Debug)]
pub struct KeptAnswer {
    /// The HTTP status.
    pub status: u16,
    /// The body.
    pub body: SecretString,
}

/// Why a key cannot be used now.
#[derive(Debug, thiserror::Error)]
pub enum IdempotencyError {
    /// The kept answer cannot be opened.
    #[error("the kept answer to an idempotency key cannot be opened")]
    Vault(#[from] VaultError),
    /// The database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Takes the key for this request, unless it is taken.
pub async fn reserve(app: &App, request: &IdempotentRequest) -> Result<Turn, IdempotencyError> {
    let IdempotentRequest { project, key, fingerprint } = request.clone();
    let (reservation, now) = app
        .write(move |cx, tx| {
            let expires_at = cx.now() + KEPT_FOR;
            let reserved = tx.idempotency_keys(project).reserve(&key, &fingerprint, cx.now(), expires_at)?;
            Ok::<_, StoreError>((reserved, cx.now()))
        })
        .await?;
    Ok(match reservation {
        Reservation::New => Turn::First(Taken(now)),
        Reservation::Running => Turn::Running,
        Reservation::OtherRequest => Turn::OtherRequest,
        Reservation::Done { status, body } => {
            Turn::Done(KeptAnswer { status, body: app.vault().open(&body)? })
        }
    })
}

/// Keeps a successful answer, unless the key has been taken over: then that call's answer counts.
pub async fn keep(
    app: &App,
    request: &IdempotentRequest,
    Taken(at): Taken,
    answer: &KeptAnswer,
) -> Result<(), IdempotencyError> {
    let IdempotentRequest { project, key, .. } = request.clone();
    let (status, sealed) = (answer.status, app.vault().seal(&answer.body)?);
    app.write(move |_, tx| tx.idempotency_keys(project).finish(&key, at, status, &sealed)).await?;
    Ok(())
}

/// Gives the key back after a failure: the request may be tried again with it.
pub async fn forget(app: &App, request: &IdempotentRequest, Taken(at): Taken) -> Result<(), StoreError> {
    let IdempotentRequest { project, key, .. } = request.clone();
    app.write(move |_, tx| tx.idempotency_keys(project).release(&key, at)).await
}

/// Forgets the keys that are too old, with their answers; answers how many.
pub async fn sweep_idempotency_keys(app: &App) -> Result<u64, StoreError> {
    app.write(|cx, tx| tx.sweep_idempotency_keys(cx.now())).await
}
