//! Who does what on which day. All of it follows from numbers: the same simulation is the same history.

use std::collections::BTreeMap;

/// What a subscriber does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Deed {
    /// Buys their plan, for the first time or again.
    Buy,
    /// Another year with a purchase begins, and with it what happens in that year. Purchases are counted from one.
    Year { purchase: u32 },
    /// Cancels, with the end of the period.
    Cancel { purchase: u32, changes_mind: bool },
    /// Takes the cancellation back.
    Resume,
    /// Takes the larger plan, or the smaller one again.
    ChangePlan { purchase: u32 },
    /// The card stops working before the next renewal.
    BreakCard { purchase: u32, recovers: bool },
    /// Another card is there.
    MendCard,
}

/// The deeds to come, by day and subscriber.
#[derive(Debug, Default)]
pub(super) struct Diary {
    days: BTreeMap<i64, Vec<(usize, Deed)>>,
}

impl Diary {
    pub(super) fn note(&mut self, day: i64, subscriber: usize, deed: Deed) {
        self.days.entry(day).or_default().push((subscriber, deed));
    }

    /// What is to be done by that day, in its order.
    pub(super) fn take_until(&mut self, day: i64) -> Vec<(usize, Deed)> {
        let later = self.days.split_off(&(day + 1));
        std::mem::replace(&mut self.days, later).into_values().flatten().collect()
    }
}

/// Numbers that look like chance and are always the same (Steele, Lea and Flood: "Fast splittable pseudorandom number
/// generators", 2014).
#[derive(Debug)]
pub(super) struct Chance(u64);

impl Chance {
    /// What chance has in store for a purchase of a subscriber in a year.
    pub(super) fn of(subscriber: usize, purchase: u32, day: i64) -> Self {
        Self((subscriber as u64) << 32 ^ u64::from(purchase) << 20 ^ day.unsigned_abs())
    }

    /// A number below `limit`.
    pub(super) fn below(&mut self, limit: u32) -> u32 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^= mixed >> 31;
        u32::try_from(mixed % u64::from(limit)).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_hands_out_what_was_noted_until_then() {
        let mut diary = Diary::default();
        diary.note(3, 1, Deed::Buy);
        diary.note(1, 2, Deed::Resume);
        diary.note(4, 1, Deed::MendCard);
        assert_eq!(diary.take_until(3), [(2, Deed::Resume), (1, Deed::Buy)]);
        assert_eq!(diary.take_until(3), []);
        assert_eq!(diary.take_until(9), [(1, Deed::MendCard)]);
    }

    #[test]
    fn chance_is_fair_and_always_the_same() {
        let heads = |seed| (0..10_000).filter(|_| Chance::of(seed, 1, 0).below(100) < 3).count();
        assert_eq!(heads(7), heads(7));
        let hits = (0..10_000).filter(|seed| Chance::of(*seed, 1, 0).below(100) < 3).count();
        assert!((200..400).contains(&hits), "{hits}");
    }
}
