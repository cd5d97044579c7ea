//! Passwords, kept as argon2id hashes with the crate's own parameters (OWASP's second choice: 19 MiB, two passes).
//!
//! Hashing takes some ten milliseconds on purpose, so it runs beside the tasks that answer others.

use argon2::Argon2;
use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher, PasswordVerifier};
use secrecy::{ExposeSecret, SecretString};

const FEWEST_CHARACTERS: usize = 8;
/// Longer ones would only keep the processor busy.
const MOST_BYTES: usize = 1024;

/// Why a password is not kept or cannot be compared.
#[derive(Debug, thiserror::Error)]
pub enum PasswordError {
    /// Too short or too long.
    #[error("a password has {FEWEST_CHARACTERS} characters or more, and up to {MOST_BYTES} bytes")]
    Length,
    /// The hash cannot be made or read.
    #[error("the password cannot be hashed: {0}")]
    Hash(String),
}

/// The hash that is kept.
pub(super) async fn hash(password: SecretString) -> Result<String, PasswordError> {
    let text = password.expose_secret();
    if text.chars().count() < FEWEST_CHARACTERS || text.len() > MOST_BYTES {
        return Err(PasswordError::Length);
    }
    aside(move || {
        let hashed = Argon2::default().hash_password(password.expose_secret().as_bytes());
        hashed.map(|hash| hash.to_string()).map_err(|error| PasswordError::Hash(error.to_string()))
    })
    .await
}

/// Whether this is the password of which the hash was kept.
pub(super) async fn is_right(password: SecretString, kept: String) -> Result<bool, PasswordError> {
    if password.expose_secret().len() > MOST_BYTES {
        return Ok(false);
    }
    aside(move || {
        let kept = PasswordHash::new(&kept).map_err(|error| PasswordError::Hash(error.to_string()))?;
        Ok(Argon2::default().verify_password(password.expose_secret().as_bytes(), &kept).is_ok())
    })
    .await
}

async fn aside<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, PasswordError> + Send + 'static,
) -> Result<T, PasswordError> {
    let done = tokio::task::spawn_blocking(work).await;
    done.map_err(|error| PasswordError::Hash(error.to_string()))?
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn the_hash_knows_its_password_and_no_other() {
        let kept = hash(SecretString::from("correct horse")).await.unwrap();
        assert!(kept.starts_with("$argon2id$"), "{kept}");
        assert!(is_right(SecretString::from("correct horse"), kept.clone()).await.unwrap());
        assert!(!is_right(SecretString::from("Correct horse"), kept).await.unwrap());
    }

    #[tokio::test]
    async fn what_anybody_would_guess_or_nobody_can_type_is_refused() {
        for password in ["short".to_owned(), "x".repeat(MOST_BYTES + 1)] {
            assert!(matches!(hash(SecretString::from(password)).await, Err(PasswordError::Length)));
        }
    }
}
