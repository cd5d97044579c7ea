//! The steps of a subscription whose renewal is not paid.

use jiff::Timestamp;

use super::{Subscription, SubscriptionState, TransitionError};
use crate::{Arrears, ArrearsAccess, ArrearsEnd, ArrearsPolicy};

impl Subscription {
    /// A renewal was not paid. Arrears that have begun go on as they are.
    pub fn fall_behind(&mut self, policy: &ArrearsPolicy, now: Timestamp) -> Result<(), TransitionError> {
        match self.state {
            SubscriptionState::Active => {
                let restricted_at = (policy.access == ArrearsAccess::Restrict).then_some(now);
                let until = Some(policy.deadline(now));
                self.arrears = Some(Arrears { since: now, until, restricted_at });
                self.state = match policy.access {
                    ArrearsAccess::Keep => SubscriptionState::PastDue,
                    ArrearsAccess::Restrict => SubscriptionState::Restricted,
                };
                Ok(())
            }
            SubscriptionState::Pending
            | SubscriptionState::PastDue
            | SubscriptionState::Restricted
            | SubscriptionState::Paused => Ok(()),
            SubscriptionState::Ended => Err(TransitionError::Ended),
        }
    }

    /// Everything that was open is paid after all. Period, anchor and everything else are as they were.
    pub fn catch_up(&mut self) {
        if self.is_in_arrears() {
            self.state = SubscriptionState::Active;
            self.arrears = None;
        }
    }

    /// Nobody waits for the money any more: it may not be used until the renewal is paid. Answers whether the policy
    /// ends it instead; then nothing is changed here.
    pub fn give_up_waiting(&mut self, policy: &ArrearsPolicy, now: Timestamp) -> bool {
        if policy.after == ArrearsEnd::End {
            return true;
        }
        // What waits for its activation would be none the wiser once it is paid, and what is paused owes nothing.
        if self.state == SubscriptionState::Active || self.is_in_arrears() {
            let since = self.arrears.map_or(now, |arrears| arrears.since);
            let restricted_at = self.arrears.and_then(|arrears| arrears.restricted_at).or(Some(now));
            self.arrears = Some(Arrears { since, until: None, restricted_at });
            self.state = SubscriptionState::Restricted;
        }
        false
    }

    /// Whether nobody waits for its renewal any more: it may not be used, and nothing more is charged, until it is paid.
    pub fn is_given_up(&self) -> bool {
        self.state == SubscriptionState::Restricted
            && self.arrears.is_some_and(|arrears| arrears.until.is_none())
    }

    /// Whether a renewal is not paid.
    pub fn is_in_arrears(&self) -> bool {
        matches!(self.state, SubscriptionState::PastDue | SubscriptionState::Restricted)
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::{active, at, monthly, subscription};
    use super::*;

    #[test]
    fn arrears_count_from_their_first_day_and_leave_nothing_behind() {
        let mut subscription = active();
        let before = subscription.clone();
        let policy = ArrearsPolicy { days: 3, ..ArrearsPolicy::default() };
        for day in ["2027-02-28T00:00:00Z", "2027-03-01T00:00:00Z"] {
            subscription.fall_behind(&policy, at(day)).unwrap();
        }
        let arrears = subscription.arrears.unwrap();
        assert_eq!(arrears.since, at("2027-02-28T00:00:00Z"));
        assert_eq!(arrears.until, Some(at("2027-03-03T00:00:00Z")));
        subscription.catch_up();
        assert_eq!(format!("{subscription:?}"), format!("{before:?}"));
    }

    #[test]
    fn the_policy_decides_who_may_use_what_is_not_paid() {
        let policy = ArrearsPolicy { access: ArrearsAccess::Restrict, ..ArrearsPolicy::default() };
        let mut subscription = active();
        subscription.fall_behind(&policy, at("2027-02-28T00:00:00Z")).unwrap();
        assert_eq!(subscription.state, SubscriptionState::Restricted);
        assert!(subscription.give_up_waiting(&policy, at("2027-03-14T00:00:00Z")));

        let lenient = ArrearsPolicy { after: ArrearsEnd::Restrict, ..ArrearsPolicy::default() };
        let mut subscription = active();
        subscription.fall_behind(&lenient, at("2027-02-28T00:00:00Z")).unwrap();
        assert_eq!((subscription.state, subscription.is_given_up()), (SubscriptionState::PastDue, false));
        assert!(!subscription.give_up_waiting(&lenient, at("2027-03-14T00:00:00Z")));
        assert!(subscription.is_given_up());
        let arrears = subscription.arrears.unwrap();
        assert_eq!((arrears.until, arrears.restricted_at), (None, Some(at("2027-03-14T00:00:00Z"))));
    }

    #[test]
    fn what_waits_for_its_activation_still_waits_for_it_when_nobody_pays() {
        let lenient = ArrearsPolicy { after: ArrearsEnd::Restrict, ..ArrearsPolicy::default() };
        let mut subscription = subscription(monthly(), 1);
        assert!(!subscription.give_up_waiting(&lenient, at("2027-03-14T00:00:00Z")));
        assert_eq!((subscription.state, subscription.arrears), (SubscriptionState::Pending, None));
    }
}
