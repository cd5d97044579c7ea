//! What a business and its staff are called (contract §3).

use rand::RngExt;

use super::businesses::SaveBusinessError;

/// How long a uid is at the most (contract §3).
pub(super) const MAX_CHARACTERS: usize = 16;

/// The uid that was given, if it can be one, or else a fresh one.
pub(super) fn uid_or_fresh(uid: Option<&str>) -> Result<String, SaveBusinessError> {
    let Some(uid) = uid else { return Ok(fresh_uid()) };
    let plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit();
    if (1..=MAX_CHARACTERS).contains(&uid.len()) && uid.bytes().all(plain) {
        Ok(uid.to_owned())
    } else {
        Err(SaveBusinessError::Uid(uid.to_owned()))
    }
}

/// As the contract's examples look (§3).
fn fresh_uid() -> String {
    const ALPHABET: &[u8; 36] = b"0123456789abcdefghijklmnopqrstuvwxyz";
    let mut random = rand::rng();
    let letter = |_| char::from(ALPHABET[random.random_range(0..ALPHABET.len())]);
    (0..MAX_CHARACTERS).map(letter).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_uid_is_short_and_plain() {
        assert!(uid_or_fresh(Some("k3r9t0vv21mmq8ba")).is_ok());
        assert!(uid_or_fresh(Some(&fresh_uid())).is_ok());
        for uid in ["", "K3r9", "a-b", "aaaaaaaaaaaaaaaaa", "ü"] {
            assert!(matches!(uid_or_fresh(Some(uid)), Err(SaveBusinessError::Uid(_))), "{uid:?}");
        }
    }
}
