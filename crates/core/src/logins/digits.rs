//! The digits of a code: made when they are sent, kept as a keyed hash, compared in constant time.

use perennial_domain::LoginCode;
use perennial_store::{StoreError, Tx};
use rand::RngExt;
use secrecy::{ExposeSecret, SecretString};

use crate::context::Cx;
use crate::secrets::{SecretHash, Vault, equal};

/// Makes the digits of a code, in place of others that it may have had.
pub(crate) fn make_code(
    vault: &Vault,
    cx: &Cx,
    tx: &mut Tx<'_>,
    code: &LoginCode,
) -> Result<SecretString, StoreError> {
    let digits = SecretString::from(format!("{:06}", rand::rng().random_range(0..1_000_000)));
    let hash = keyed_hash(vault, code, digits.expose_secret());
    tx.logins(code.project_id).make_code(code.id, &hash, cx.now())?;
    Ok(digits)
}

/// Whether these are the digits of a code. One that was not sent yet has none.
pub(super) fn is_code(
    vault: &Vault,
    tx: &mut Tx<'_>,
    code: &LoginCode,
    entered: &str,
) -> Result<bool, StoreError> {
    let hash = keyed_hash(vault, code, entered);
    let kept = tx.logins(code.project_id).code_hash(code.id)?.unwrap_or_default();
    Ok(equal(&kept, &hash))
}

/// Six digits are guessed in a moment by whoever has a plain hash of them: this one needs the master key too. The code's id
/// is in it, so that equal digits look different.
fn keyed_hash(vault: &Vault, code: &LoginCode, digits: &str) -> SecretHash {
    vault.keyed_hash(&format!("login code {} {digits}", code.id))
}
