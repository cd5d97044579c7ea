//! How the end of a subscription is decided, taken back, and comes.

use jiff::Timestamp;

use super::{Subscription, SubscriptionState, TransitionError};
use crate::{Cancellation, CancellationCause};

impl Subscription {
    /// Whether its end can be decided: it renews, and no end is decided yet.
    pub fn can_cancel(&self) -> bool {
        self.is_live() && self.term.renews() && self.canceled_at.is_none()
    }

    /// Whether a decided end can still be taken back.
    pub fn can_resume(&self, now: Timestamp) -> bool {
        self.is_had_at(now) && self.canceled_at.is_some() && self.ended_at.is_some()
    }

    /// It will end at `at`; until then nothing changes. The first decision's time and reason are kept.
    pub fn schedule_end(
        &mut self,
        at: Timestamp,
        cancellation: Cancellation,
        now: Timestamp,
    ) -> Result<(), TransitionError> {
        if !self.is_live() {
            return Err(TransitionError::Ended);
        }
        self.canceled_at.get_or_insert(now);
        self.cancellation.get_or_insert(cancellation);
        self.ended_at = Some(at);
        Ok(())
    }

    /// The scheduled end is taken back.
    pub fn resume(&mut self) -> Result<(), TransitionError> {
        if !self.is_live() {
            return Err(TransitionError::Ended);
        }
        if self.canceled_at.take().is_some() {
            self.ended_at = None;
            self.cancellation = None;
        }
        Ok(())
    }

    /// It is over. A subscription that ended before keeps its first end and cause.
    pub fn end(&mut self, at: Timestamp, cause: CancellationCause) {
        if self.is_live() {
            self.state = SubscriptionState::Ended;
            self.arrears = None;
            self.ended_at = Some(at);
            self.cancellation.get_or_insert(Cancellation::because(cause));
        }
    }

    /// The earliest end the customer can choose: of the minimum periods, thereafter of the current one.
    pub fn earliest_end_at(&self) -> Option<Timestamp> {
        let (anchor, current) = (self.anchor_at?, self.current_period?);
        if current.number >= self.minimum_periods {
            return current.end;
        }
        self.term.period(anchor, self.minimum_periods).ok()?.end
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::{at, monthly, subscription};
    use super::*;

    #[test]
    fn minimum_periods_bind_until_they_are_over() {
        let mut subscription = subscription(monthly(), 3);
        assert_eq!(subscription.earliest_end_at(), None);
        subscription.begin(at("2027-01-31T00:00:00Z"), None).unwrap();
        assert_eq!(subscription.earliest_end_at(), Some(at("2027-04-30T00:00:00Z")));
    }

    #[test]
    fn a_scheduled_end_can_be_taken_back_until_it_came() {
        let mut subscription = subscription(monthly(), 1);
        let now = at("2027-02-01T00:00:00Z");
        let cancellation = Cancellation::because(CancellationCause::CancellationRequested);
        subscription.schedule_end(at("2027-02-28T00:00:00Z"), cancellation.clone(), now).unwrap();
        assert!(subscription.is_live());
        subscription.resume().unwrap();
        assert_eq!((subscription.canceled_at, subscription.ended_at), (None, None));

        subscription.end(now, CancellationCause::SubscriptionEnded);
        subscription.end(at("2028-01-01T00:00:00Z"), CancellationCause::PaymentFailed);
        assert_eq!(subscription.ended_at, Some(now));
        assert_eq!(subscription.resume(), Err(TransitionError::Ended));
        assert_eq!(subscription.schedule_end(now, cancellation, now), Err(TransitionError::Ended));
    }
}
