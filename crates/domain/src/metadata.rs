//! Metadata: a few strings that an operator keeps on our objects (contracts/projects-api.md §1.8).

use std::collections::BTreeMap;

/// What may be kept, at the most.
const MAX_KEYS: usize = 10;
const MAX_KEY_CHARS: usize = 40;
const MAX_VALUE_CHARS: usize = 255;
/// Keys with this prefix belong to the platform.
const RESERVED_PREFIX: &str = "gigs.com";

/// The stored strings. Always within the limits.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(transparent)]
pub struct Metadata(BTreeMap<String, String>);

/// A change: a string sets its key, `None` removes it, an absent key stays.
pub type MetadataPatch = BTreeMap<String, Option<String>>;

/// Why a change to metadata is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum MetadataError {
    /// More than ten keys would be kept.
    #[error("metadata can hold {MAX_KEYS} keys at the most")]
    TooManyKeys,
    /// A key is empty or longer than 40 characters.
    #[error("a metadata key has 1 to {MAX_KEY_CHARS} characters")]
    KeyLength,
    /// A value is longer than 255 characters.
    #[error("the metadata value of {0:?} has more than {MAX_VALUE_CHARS} characters")]
    ValueLength(String),
    /// The key belongs to the platform.
    #[error("the metadata key {0:?} is reserved")]
    Reserved(String),
    /// The text holds an emoji or a control character.
    #[error("metadata must be plain text without emoji, see the key {0:?}")]
    NotPlain(String),
}

impl Metadata {
    /// The value of a key.
    pub fn get(&self, key: &str) -> Option<&str> {
        self.0.get(key).map(String::as_str)
    }

    /// The keys and values in the order of their keys.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(key, value)| (key.as_str(), value.as_str()))
    }

    /// Applies a change, or refuses it whole.
    pub fn merge(&self, patch: &MetadataPatch) -> Result<Self, MetadataError> {
        let mut merged = self.0.clone();
        for (key, value) in patch {
            check_key(key)?;
            match value {
                Some(value) => {
                    check_value(key, value)?;
                    merged.insert(key.clone(), value.clone());
                }
                None => {
                    merged.remove(key);
                }
            }
        }
        if merged.len() > MAX_KEYS {
            return Err(MetadataError::TooManyKeys);
        }
        Ok(Self(merged))
    }
}

fn check_key(key: &str) -> Result<(), MetadataError> {
    if key.is_empty() || key.chars().count() > MAX_KEY_CHARS {
        return Err(MetadataError::KeyLength);
    }
    if key.starts_with(RESERVED_PREFIX) {
        return Err(MetadataError::Reserved(key.to_owned()));
    }
    check_plain(key, key)
}

fn check_value(key: &str, value: &str) -> Result<(), MetadataError> {
    if value.chars().count() > MAX_VALUE_CHARS {
        return Err(MetadataError::ValueLength(key.to_owned()));
    }
    check_plain(key, value)
}

fn check_plain(key: &str, text: &str) -> Result<(), MetadataError> {
    // The blocks that hold pictographs; a letter of any script stays welcome.
    let is_picture =
        |character: char| matches!(u32::from(character), 0x2600..=0x27BF | 0x1F000..=0x1FAFF | 0xFE0F);
    if text.chars().any(|character| character.is_control() || is_picture(character)) {
        return Err(MetadataError::NotPlain(key.to_owned()));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn patch(pairs: &[(&str, Option<&str>)]) -> MetadataPatch {
        pairs.iter().map(|(key, value)| ((*key).to_owned(), value.map(str::to_owned))).collect()
    }

    #[test]
    fn a_patch_sets_removes_and_leaves_alone() {
        let before = Metadata::default().merge(&patch(&[("a", Some("1")), ("b", Some("2"))])).unwrap();
        let after = before.merge(&patch(&[("a", None), ("c", Some(""))])).unwrap();
        assert_eq!(after.iter().collect::<Vec<_>>(), [("b", "2"), ("c", "")]);
    }

    #[test]
    fn ten_keys_are_the_limit_after_the_merge() {
        let ten = (0..10).map(|number| (format!("key{number}"), Some(String::new()))).collect();
        let full = Metadata::default().merge(&ten).unwrap();
        assert_eq!(full.merge(&patch(&[("more", Some(""))])), Err(MetadataError::TooManyKeys));
        assert!(full.merge(&patch(&[("more", Some("")), ("key0", None)])).is_ok());
    }

    #[test]
    fn keys_and_values_are_plain_and_short() {
        let refused =
            |key: &str, value: &str| Metadata::default().merge(&patch(&[(key, Some(value))])).unwrap_err();
        assert_eq!(refused("", "x"), MetadataError::KeyLength);
        assert_eq!(refused(&"k".repeat(41), "x"), MetadataError::KeyLength);
        assert_eq!(refused("gigs.com/x", "x"), MetadataError::Reserved("gigs.com/x".into()));
        assert_eq!(refused("mood", "🙂"), MetadataError::NotPlain("mood".into()));
        assert_eq!(refused("long", &"ü".repeat(256)), MetadataError::ValueLength("long".into()));
    }
}
