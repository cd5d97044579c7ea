//! Times in filters (contract §7.1). They are compared by the millisecond, because that is what was shown.

use jiff::{SignedDuration, Timestamp};

use crate::dates;
use crate::query::{Condition, Operator};
use crate::refusal::Refusal;

/// The names of both times.
pub(crate) const TIMES: [&str; 4] = ["created_at", "created", "updated_at", "updated"];

/// From when on, and until before when.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct TimeRange {
    pub(crate) from: Option<Timestamp>,
    pub(crate) until: Option<Timestamp>,
}

impl TimeRange {
    /// The times that a condition means.
    pub(crate) fn read(condition: &Condition) -> Result<Self, Refusal> {
        let [value] = condition.values.as_slice() else { return Err(condition.wrong("is one date")) };
        let at = dates::read(value);
        let at = at.ok_or_else(|| condition.wrong("is a date such as 2031-03-05T08:00:00Z"))?;
        let start = dates::millisecond(at);
        let next = start.checked_add(SignedDuration::from_millis(1)).unwrap_or(Timestamp::MAX);
        let (from, until) = match condition.operator {
            Operator::Equal => (Some(start), Some(next)),
            Operator::Less => (None, Some(start)),
            Operator::LessOrEqual => (None, Some(next)),
            Operator::Greater => (Some(next), None),
            Operator::GreaterOrEqual => (Some(start), None),
            Operator::Contains => return Err(condition.wrong("cannot be compared by contains")),
        };
        Ok(Self { from, until })
    }

    pub(crate) fn contains(&self, at: Timestamp) -> bool {
        self.from.is_none_or(|from| from <= at) && self.until.is_none_or(|until| at < until)
    }
}
