//! Answers that may be a little late: kept in memory for a moment, so that hot paths ask the database seldom.

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::{PoisonError, RwLock};
use std::time::{Duration, Instant};

/// Entries that are kept at the most unless told otherwise. When they are reached, all are forgotten: simpler than choosing,
/// and rare.
const MAX_ENTRIES: usize = 10_000;

/// Values that are trusted until they reach a certain age.
///
/// The age is measured on the machine's monotonic clock and not on the application's, which tests and the demo move:
/// it says how late a change made elsewhere may be seen, and decides nothing else.
#[derive(Debug)]
pub struct Recent<K, V> {
    max_age: Duration,
    most: usize,
    entries: RwLock<Entries<K, V>>,
}

type Entries<K, V> = HashMap<K, (Instant, V)>;

impl<K: Eq + Hash, V: Clone> Recent<K, V> {
    /// Trusts values up to this age. With zero nothing is kept.
    pub fn up_to(max_age: Duration) -> Self {
        Self { max_age, most: MAX_ENTRIES, entries: RwLock::default() }
    }

    /// The same, with no more entries than these: for large values.
    pub fn of_at_most(most: usize, max_age: Duration) -> Self {
        Self { most, ..Self::up_to(max_age) }
    }

    /// The value, if it is recent enough.
    pub fn get(&self, key: &K) -> Option<V> {
        self.recent(&self.entries.read().unwrap_or_else(PoisonError::into_inner), key)
    }

    /// The value, if it is recent enough, and else a fresh one, which is kept: whoever asks at the same time gets the same.
    pub fn get_or_put(&self, key: K, fresh: impl FnOnce() -> V) -> V {
        if let Some(known) = self.get(&key) {
            return known;
        }
        let mut entries = self.entries.write().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = self.recent(&entries, &key) {
            return known;
        }
        let value = fresh();
        self.keep(&mut entries, key, Instant::now(), value.clone());
        value
    }

    /// Keeps a value that was read just now.
    pub fn put(&self, key: K, value: V) {
        self.put_as_of(Instant::now(), key, value);
    }

    /// Keeps a value that may have been true no longer than until `asked_at`, unless a later one is kept already: for what
    /// takes time to read.
    pub fn put_as_of(&self, asked_at: Instant, key: K, value: V) {
        let mut entries = self.entries.write().unwrap_or_else(PoisonError::into_inner);
        if entries.get(&key).is_none_or(|(since, _)| *since <= asked_at) {
            self.keep(&mut entries, key, asked_at, value);
        }
    }

    /// Keeps the value no longer.
    pub fn forget(&self, key: &K) {
        self.entries.write().unwrap_or_else(PoisonError::into_inner).remove(key);
    }

    fn recent(&self, entries: &Entries<K, V>, key: &K) -> Option<V> {
        let (since, value) = entries.get(key)?;
        (since.elapsed() < self.max_age).then(|| value.clone())
    }

    fn keep(&self, entries: &mut Entries<K, V>, key: K, since: Instant, value: V) {
        if self.max_age.is_zero() {
            return;
        }
        if entries.len() >= self.most {
            entries.clear();
        }
        entries.insert(key, (since, value));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_asked_for_earlier_and_came_later_is_not_kept() {
        let recent = Recent::up_to(Duration::from_hours(1));
        let asked_at = Instant::now();
        recent.put("plan", "new");
        recent.put_as_of(asked_at, "plan", "old");
        assert_eq!(recent.get(&"plan"), Some("new"));
        recent.put_as_of(asked_at, "addon", "old");
        assert_eq!(recent.get(&"addon"), Some("old"));
    }

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
        assert_eq!([1, 2].map(|fresh| recent.get_or_put("plan", || fresh)), [1, 2]);
    }

    #[test]
    fn whoever_comes_second_gets_what_the_first_has_put() {
        let recent = Recent::of_at_most(1, Duration::from_hours(1));
        assert_eq!([1, 2].map(|fresh| recent.get_or_put("plan", || fresh)), [1, 1]);
        assert_eq!(recent.get_or_put("addon", || 3), 3);
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
