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

/// Where the ids of a time begin: those made before it sort before, and no row has it. For cutting old rows off.
pub(crate) fn first_id_of(time: Timestamp) -> Uuid {
    // RFC 9562 §5.7: the first 48 bits are milliseconds.
    let milliseconds = u64::try_from(time.as_millisecond()).unwrap_or_default();
    Uuid::from_u128(u128::from(milliseconds) << 80)
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

    #[test]
    fn a_time_cuts_between_what_is_older_and_what_is_not() {
        let [before, at] =
            ["2027-03-01T12:00:00Z", "2027-03-01T12:00:00.001Z"].map(|time| time.parse().unwrap());
        let id = Uuid::new_v7(uuid::Timestamp::from_unix(uuid::NoContext, 1_803_902_400, 0));
        assert!(first_id_of(before) < id && id < first_id_of(at));
    }
}
