//! When a subscription is over: an end that has come counts, even if no job has noticed it yet.

use jiff::Timestamp;

use super::{Subscription, SubscriptionState};

impl SubscriptionState {
    /// Whether what is in this state, and ends then, is over at this time.
    pub fn is_over(self, ended_at: Option<Timestamp>, now: Timestamp) -> bool {
        self == Self::Ended || ended_at.is_some_and(|ended_at| ended_at <= now)
    }
}

impl Subscription {
    /// Since when it is over, if it is by this time.
    pub fn over_since(&self, now: Timestamp) -> Option<Timestamp> {
        self.ended_at.filter(|_| self.state.is_over(self.ended_at, now))
    }

    /// Whether it is had at this time: it is over neither by its row nor by the clock.
    pub fn is_had_at(&self, now: Timestamp) -> bool {
        !self.state.is_over(self.ended_at, now)
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::{active, at};
    use crate::{Cancellation, CancellationCause};

    #[test]
    fn an_end_that_nobody_has_noticed_counts() {
        let mut subscription = active();
        let (before, end) = (at("2027-02-27T23:59:59Z"), at("2027-02-28T00:00:00Z"));
        let cancellation = Cancellation::because(CancellationCause::CancellationRequested);
        subscription.schedule_end(end, cancellation, before).unwrap();
        assert!(subscription.is_had_at(before) && subscription.can_resume(before));
        assert_eq!(subscription.over_since(before), None);
        assert!(subscription.is_live() && !subscription.is_had_at(end) && !subscription.can_resume(end));
        assert_eq!(subscription.over_since(end), Some(end));
    }
}
