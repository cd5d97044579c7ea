//! Secrets: made from the system's randomness, kept as hashes, or sealed where they must be read back.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use chacha20poly1305::aead::{Aead, KeyInit};
use chacha20poly1305::{Key, XChaCha20Poly1305, XNonce};
use hmac::{Hmac, KeyInit as _, Mac};
use rand::RngExt;
use secrecy::{ExposeSecret, SecretString};
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

/// What is kept of a secret that never has to be read back.
pub type SecretHash = [u8; 32];

const ALPHABET: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

/// A fresh secret of base62 characters, each worth almost six bits.
pub fn fresh_secret(prefix: &str, characters: usize) -> SecretString {
    let mut random = rand::rng();
    let body = (0..characters).map(|_| char::from(ALPHABET[random.random_range(0..ALPHABET.len())]));
    SecretString::from(prefix.chars().chain(body).collect::<String>())
}

/// The hash that is kept. Fast on purpose: what is hashed has far too many bits to be guessed.
pub fn hash(secret: &str) -> SecretHash {
    Sha256::digest(secret.as_bytes()).into()
}

/// Compares without telling by its duration how much agreed.
pub fn equal(left: &[u8], right: &[u8]) -> bool {
    left.ct_eq(right).into()
}

/// Seals secrets at rest with the operator's master key (XChaCha20-Poly1305, a fresh nonce each).
pub struct Vault {
    cipher: XChaCha20Poly1305,
    /// With a key derived from the master key, so that no key serves two purposes.
    keyed: Hmac<Sha256>,
}

/// The sealed text cannot be read, or the master key is no key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum VaultError {
    /// 32 bytes in base64 are expected.
    #[error("the master key is not 32 bytes in base64")]
    NotAKey,
    /// Sealed with another key, or damaged.
    #[error("a secret in the database was sealed with another master key")]
    WrongKey,
}

const NONCE_LENGTH: usize = 24;

impl Vault {
    /// A vault with this master key: 32 bytes in base64.
    pub fn new(master_key: &SecretString) -> Result<Self, VaultError> {
        let key = BASE64.decode(master_key.expose_secret().trim()).map_err(|_| VaultError::NotAKey)?;
        let key: [u8; 32] = key.try_into().map_err(|_| VaultError::NotAKey)?;
        let hash_key = Sha256::new().chain_update(b"perennial keyed hashes").chain_update(key).finalize();
        let keyed = Hmac::new_from_slice(&hash_key).map_err(|_| VaultError::NotAKey)?;
        Ok(Self { cipher: XChaCha20Poly1305::new(&Key::from(key)), keyed })
    }

    /// The hash of something that could be guessed without the master key: HMAC-SHA-256 (RFC 2104).
    pub fn keyed_hash(&self, text: &str) -> SecretHash {
        let mut mac = self.keyed.clone();
        mac.update(text.as_bytes());
        mac.finalize().into_bytes().into()
    }

    /// A fresh master key.
    pub fn fresh_master_key() -> SecretString {
        SecretString::from(BASE64.encode(rand::rng().random::<[u8; 32]>()))
    }

    /// Seals a secret.
    pub fn seal(&self, secret: &SecretString) -> Result<Vec<u8>, VaultError> {
        let nonce = rand::rng().random::<[u8; NONCE_LENGTH]>();
        let sealed = self.cipher.encrypt(&XNonce::from(nonce), secret.expose_secret().as_bytes());
        Ok([&nonce[..], &sealed.map_err(|_| VaultError::WrongKey)?].concat())
    }

    /// Reads a sealed secret back.
    pub fn open(&self, sealed: &[u8]) -> Result<SecretString, VaultError> {
        let (nonce, sealed) = sealed.split_first_chunk::<NONCE_LENGTH>().ok_or(VaultError::WrongKey)?;
        let opened = self.cipher.decrypt(&XNonce::from(*nonce), sealed).map_err(|_| VaultError::WrongKey)?;
        String::from_utf8(opened).map(SecretString::from).map_err(|_| VaultError::WrongKey)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_one_key_sealed_no_other_opens() {
        let vault = Vault::new(&Vault::fresh_master_key()).unwrap();
        let sealed = vault.seal(&SecretString::from("sk_test_1")).unwrap();
        assert_eq!(vault.open(&sealed).unwrap().expose_secret(), "sk_test_1");
        assert!(!sealed.windows(9).any(|window| window == b"sk_test_1"));

        let other = Vault::new(&Vault::fresh_master_key()).unwrap();
        assert_eq!(other.open(&sealed).unwrap_err(), VaultError::WrongKey);
        assert_eq!(vault.open(&sealed[..10]).unwrap_err(), VaultError::WrongKey);
    }

    #[test]
    fn a_keyed_hash_is_another_one_with_another_key() {
        let key = Vault::fresh_master_key();
        let [first, again] = [Vault::new(&key).unwrap(), Vault::new(&key).unwrap()];
        let other = Vault::new(&Vault::fresh_master_key()).unwrap();
        assert_eq!(first.keyed_hash("048291"), again.keyed_hash("048291"));
        assert_ne!(first.keyed_hash("048291"), other.keyed_hash("048291"));
    }

    #[test]
    fn fresh_secrets_have_their_length_and_differ() {
        let [first, second] = [fresh_secret("pk_", 40), fresh_secret("pk_", 40)];
        assert_eq!(first.expose_secret().len(), 43);
        assert_ne!(first.expose_secret(), second.expose_secret());
    }
}
