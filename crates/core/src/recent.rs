//! Answers that may be a little late: kept in memory for a moment, so that hot paths ask the database seldom.

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::{PoisonError, RwLock};
use std::time::{Duration, Instant};

/// Entries that are kept at the most. When they are reached, all are forgotten: simpler than choosing, and rare.
const MAX_ENTRIES: usize = 10_000;

/// Values that are trusted until they reach a certain age.
///
/// The age is measured on the machine's monotonic clock and not on the application's, which tests and the demo move:
/// it says how late a change made elsewhere may be seen, and decides nothing else.
#[derive(Debug)]
pub struct Recent<K, V> {
    max_age: Duration,
    entries: RwLock<HashMap<K, (Instant, V)>>,
}

impl<K: Eq + Hash, V: Clone> Recent<K, V> {
    /// Trusts values up to this age. With zero nothing is kept.
    pub fn up_to(max_age: Duration) -> Self {
        Self { max_age, entries: RwLock::default() }
    }

    /// The value, if it is recent enough.
    pub fn get(&self, key: &K) -> Option<V> {
        let entries = self.entries.read().unwrap_or_else(PoisonError::into_inner);
        let (since, value) = entries.get(key)?;
        (since.elapsed() < self.max_age).then(|| value.clone())
    }

    /// Keeps a value that was read just now.
    pub fn put(&self, key: K, value: V) {
        if self.max_age.is_zero() {
            return;
        }
        let mut entries = self.entries.write().unwrap_or_else(PoisonError::into_inner);
        if entries.len() >= MAX_ENTRIES {
            entries.clear();
        }
        entries.insert(key, (Instant::now(), value));
    }

    /// Keeps the value no longer.
    pub fn forget(&self, key: &K) {
        self.entries.write().unwrap_or_else(PoisonError::into_inner).remove(key);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_is_kept_until_its_age() {
        let recent = Recent::up_to(Duration::from_hours(1));
        recent.put("plan", 1);
        assert_eq!(recent.get(&"plan"), Some(1));
        assert_eq!(recent.get(&"addon"), None);
        recent.forget(&"plan");
        assert_eq!(recent.get(&"plan"), None);
    }

    #[test]
    fn with_no_age_nothing_is_kept() {
        let recent = Recent::up_to(Duration::ZERO);
        recent.put("plan", 1);
        assert_eq!(recent.get(&"plan"), None);
    }

    #[test]
    fn it_never_grows_without_end() {
        let recent = Recent::up_to(Duration::from_hours(1));
        for key in 0..=MAX_ENTRIES {
            recent.put(key, ());
        }
        assert_eq!(recent.get(&0), None);
        assert_eq!(recent.get(&MAX_ENTRIES), Some(()));
    }
}
