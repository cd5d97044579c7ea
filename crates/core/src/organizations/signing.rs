//! What a project's own access tokens are signed with: a secret of its own, sealed at rest, made when it is first needed.

use jiff::SignedDuration;
use perennial_domain::{ProjectId, TokenId};
use perennial_store::StoreError;
use perennial_store::tables::SigningSecretRow;
use secrecy::{ExposeSecret, SecretString};

use crate::context::App;
use crate::secrets::{VaultError, fresh_secret};

/// As many bits as the signature has (RFC 7518 §3.2), at almost six to a character.
const CHARACTERS: usize = 48;
/// The same for a secret that somebody else made, of whatever bytes. With fewer, whoever holds one token could find it by
/// trying, and sign tokens of any member.
const FEWEST_BYTES: usize = 32;

/// A secret that is in force.
#[derive(Clone, Debug)]
pub struct SigningSecret {
    /// Its name in the tokens that it signs.
    pub id: TokenId,
    /// The secret.
    pub secret: SecretString,
}

/// Why there is none.
#[derive(Debug, thiserror::Error)]
pub enum SigningError {
    /// It cannot be sealed or opened.
    #[error(transparent)]
    Vault(#[from] VaultError),
    /// The database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Why it is not replaced.
#[derive(Debug, thiserror::Error)]
pub enum ReplaceSecretError {
    /// It could be guessed.
    #[error("a signing secret has {FEWEST_BYTES} bytes or more (RFC 7518 §3.2)")]
    TooShort,
    /// It cannot be kept.
    #[error(transparent)]
    Signing(#[from] SigningError),
}

/// The secrets in force, the one that signs first.
pub async fn signing_secrets(app: &App, project: ProjectId) -> Result<Vec<SigningSecret>, SigningError> {
    let mut rows = app.read(move |cx, tx| tx.signing_secrets(project).active(cx.now())).await?;
    if rows.is_empty() {
        let sealed = app.vault().seal(&fresh_secret("", CHARACTERS))?;
        let made = app.write(move |cx, tx| {
            // Two nodes may need the first one at once.
            tx.projects().lock(project)?;
            if tx.signing_secrets(project).active(cx.now())?.is_empty() {
                let row = SigningSecretRow { id: cx.id(), secret_sealed: sealed.clone() };
                tx.signing_secrets(project).insert(&row, cx.now())?;
            }
            tx.signing_secrets(project).active(cx.now())
        });
        rows = made.await?;
    }
    let open = |row: SigningSecretRow| {
        Ok(SigningSecret { id: row.id, secret: app.vault().open(&row.secret_sealed)? })
    };
    rows.into_iter().map(open).collect()
}

/// Signs with this secret, or a fresh one, from now on; what the others signed is taken for as long as `overlap`.
pub async fn replace_signing_secret(
    app: &App,
    project: ProjectId,
    secret: Option<SecretString>,
    overlap: SignedDuration,
) -> Result<TokenId, ReplaceSecretError> {
    let secret = secret.unwrap_or_else(|| fresh_secret("", CHARACTERS));
    if secret.expose_secret().len() < FEWEST_BYTES {
        return Err(ReplaceSecretError::TooShort);
    }
    let sealed = app.vault().seal(&secret).map_err(SigningError::from)?;
    let replaced = app.write(move |cx, tx| {
        tx.projects().lock(project)?;
        let row = SigningSecretRow { id: cx.id(), secret_sealed: sealed.clone() };
        tx.signing_secrets(project).insert(&row, cx.now())?;
        tx.signing_secrets(project).expire_others(row.id, cx.now() + overlap)?;
        Ok::<_, StoreError>(row.id)
    });
    Ok(replaced.await.map_err(SigningError::from)?)
}
