//! Ids for new rows.

use std::sync::Mutex;

use jiff::Timestamp;
use uuid::{ContextV7, Uuid};

/// Makes ids, in an order of its own: each node has one, so that the clock of another node, or of another application in
/// this process, says nothing about the times in its ids.
#[derive(Debug, Default)]
pub struct FreshIds {
    /// Counts within a millisecond (RFC 9562 §6.2, method 1): whoever is second there gets the greater id.
    order: Mutex<ContextV7>,
}

impl FreshIds {
    /// An order in which nothing was made yet.
    pub const fn new() -> Self {
        Self { order: Mutex::new(ContextV7::new()) }
    }

    /// A `UUIDv7` of this time. Rows that are written in one instant sort as they were written; a time before that of the id
    /// before counts as that one's.
    pub fn at(&self, now: Timestamp) -> Uuid {
        let seconds = u64::try_from(now.as_second()).unwrap_or_default();
        let nanoseconds = u32::try_from(now.subsec_nanosecond()).unwrap_or_default();
        Uuid::new_v7(uuid::Timestamp::from_unix(&self.order, seconds, nanoseconds))
    }
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
        let (ids, now) = (FreshIds::new(), "2027-03-01T12:00:00Z".parse().unwrap());
        let made: Vec<Uuid> = (0..10_000).map(|_| ids.at(now)).collect();
        assert!(made.is_sorted_by(|before, after| before < after));
    }

    #[test]
    fn threads_share_the_order() {
        let (ids, now) = (FreshIds::new(), "2027-03-01T12:00:00Z".parse().unwrap());
        let before = ids.at(now);
        let elsewhere = std::thread::scope(|threads| threads.spawn(|| ids.at(now)).join().unwrap());
        assert!(before < elsewhere && elsewhere < ids.at(now));
    }

    #[test]
    fn a_clock_that_is_ahead_elsewhere_makes_no_id_here_late() {
        let [now, ahead] = ["2027-03-01T12:00:00Z", "2027-04-01T12:00:00Z"].map(|time| time.parse().unwrap());
        let (here, elsewhere) = (FreshIds::new(), FreshIds::new());
        elsewhere.at(ahead);
        assert!(here.at(now) < first_id_of(ahead));
    }

    #[test]
    fn a_time_cuts_between_what_is_older_and_what_is_not() {
        let [before, at] =
            ["2027-03-01T12:00:00Z", "2027-03-01T12:00:00.001Z"].map(|time| time.parse().unwrap());
        let id = Uuid::new_v7(uuid::Timestamp::from_unix(uuid::NoContext, 1_803_902_400, 0));
        assert!(first_id_of(before) < id && id < first_id_of(at));
    }
}
