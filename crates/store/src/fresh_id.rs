//! Ids for new rows.

use std::sync::Mutex;

use jiff::Timestamp;
use uuid::{ContextV7, Uuid};

/// Counts within a millisecond (RFC 9562 §6.2, method 1). One counter for the whole process: whoever is second there
/// gets the greater id.
static ORDER: Mutex<ContextV7> = Mutex::new(ContextV7::new());

/// A `UUIDv7` of this time. Rows that one process writes in one instant sort as they were written; a time before that
/// of the id before counts as that one's.
pub fn fresh_id(now: Timestamp) -> Uuid {
    let seconds = u64::try_from(now.as_second()).unwrap_or_default();
    let nanoseconds = u32::try_from(now.subsec_nanosecond()).unwrap_or_default();
    Uuid::new_v7(uuid::Timestamp::from_unix(&ORDER, seconds, nanoseconds))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_of_one_instant_sort_as_they_were_made() {
        let now = "2027-03-01T12:00:00Z".parse().unwrap();
        let ids: Vec<Uuid> = (0..10_000).map(|_| fresh_id(now)).collect();
        assert!(ids.is_sorted_by(|before, after| before < after));
    }

    #[test]
    fn threads_share_the_order() {
        let now = "2027-03-01T12:00:00Z".parse().unwrap();
        let before = fresh_id(now);
        let elsewhere = std::thread::spawn(move || fresh_id(now)).join().unwrap();
        assert!(before < elsewhere && elsewhere < fresh_id(now));
    }
}
