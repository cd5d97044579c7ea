//! What was shown and agreed to, and for how long that counts.

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use perennial_domain::Money;

use super::cost::PlanCost;
use super::way::Way;

/// For so long a sum that was shown can be agreed to. Its proration counts from when it was shown.
const SHOWN_FOR: SignedDuration = SignedDuration::from_mins(30);

/// A sum that was shown and agreed to.
#[derive(Clone, Copy, Debug)]
pub struct Agreed {
    /// What is charged now, in minor units.
    pub due_minor: i64,
    /// What every later period costs, in minor units.
    pub next_minor: i64,
    /// From when on it was counted.
    pub prorated_from: Timestamp,
}

/// A change of plan that was shown and agreed to: its sums, and how and when it comes true.
#[derive(Clone, Copy, Debug)]
pub struct AgreedChange {
    /// What it costs.
    pub cost: Agreed,
    /// How it comes true.
    pub way: Way,
    /// The day from which on it counts; `None` is at once.
    pub starts_on: Option<Date>,
    /// What the renewal after it was said to be charged, in minor units; `None` where that was not known.
    pub renewal_minor: Option<i64>,
}

impl AgreedChange {
    /// Whether a change at this cost is the one that was agreed to. A renewal that cannot be told now is no other one.
    pub(super) fn is_still(&self, cost: &PlanCost, now: Timestamp) -> bool {
        let choice = &cost.choice;
        let starts_on = choice.starts_at.map(|time| time.to_zoned(TimeZone::UTC).date());
        let renewal = self.renewal_minor.zip(cost.next_due);
        self.cost.is_still(cost.due, choice.price.amount, now)
            && self.way == choice.way
            && self.starts_on == starts_on
            && renewal.is_none_or(|(agreed, due)| agreed == due.amount_minor)
    }
}

impl Agreed {
    /// From when on the sum is counted once more, to see whether it is still what it was.
    pub fn counted_from(&self, now: Timestamp) -> Timestamp {
        if self.is_fresh(now) { self.prorated_from } else { now }
    }

    /// Whether this is what was agreed to: so much now, and so much in every later period.
    pub fn is_still(&self, due: Money, next: Money, now: Timestamp) -> bool {
        self.is_fresh(now) && due.amount_minor == self.due_minor && next.amount_minor == self.next_minor
    }

    /// What was shown in the future, or long ago, does not count: the moment could be chosen to pay less.
    fn is_fresh(&self, now: Timestamp) -> bool {
        now - SHOWN_FOR <= self.prorated_from && self.prorated_from <= now
    }
}

#[cfg(test)]
mod tests {
    use perennial_domain::Currency;

    use super::*;

    #[test]
    fn what_was_shown_can_be_agreed_to_for_half_an_hour_and_to_the_cent() {
        let euros = |cents| Money::new(cents, Currency::from_code("EUR").unwrap());
        let shown_at: Timestamp = "2031-03-04T05:06:07Z".parse().unwrap();
        let agreed = Agreed { due_minor: 700, next_minor: 2900, prorated_from: shown_at };
        let minutes_later = |minutes| shown_at + SignedDuration::from_mins(minutes);
        let is_still = |due, next, now| agreed.is_still(euros(due), euros(next), now);
        assert!(is_still(700, 2900, shown_at) && is_still(700, 2900, minutes_later(30)));
        assert!(!is_still(701, 2900, shown_at) && !is_still(700, 2800, shown_at));
        for (now, counted_from) in [(30, shown_at), (31, minutes_later(31)), (-1, minutes_later(-1))] {
            assert_eq!(agreed.counted_from(minutes_later(now)), counted_from);
            assert_eq!(is_still(700, 2900, minutes_later(now)), now == 30);
        }
    }
}
