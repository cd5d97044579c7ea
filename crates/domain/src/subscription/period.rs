//! Which period runs, and until when it is paid.
//!
//! The row knows the last period that was paid for. Between its end and the next payment another one runs: for the hour in
//! which Stripe drafts the renewal, or for weeks, while nobody pays.

use jiff::Timestamp;

use super::Subscription;
use crate::Period;

impl Subscription {
    /// The period that holds `now`: the paid one, or the one after it that the calendar counts from the anchor. What does
    /// not renew has its one period for good.
    pub fn period_at(&self, now: Timestamp) -> Option<Period> {
        let mut period = self.current_period?;
        while self.term.renews() && period.end.is_some_and(|end| end <= now) {
            period = self.term.period(self.anchor_at?, period.number + 1).ok()?;
        }
        Some(period)
    }

    /// Whether its paid period is over and another one runs: the next payment did not come yet, or nobody has heard of it.
    pub fn awaits_renewal(&self, now: Timestamp) -> bool {
        let paid_until = self.current_period.and_then(|period| period.end);
        self.is_live() && self.term.renews() && paid_until.is_some_and(|paid_until| paid_until <= now)
    }

    /// Until when the period lasts that holds `now`, paid or not. Of what renews that is never in the past.
    pub fn runs_until(&self, now: Timestamp) -> Option<Timestamp> {
        self.period_at(now)?.end
    }

    /// When it is charged next, if it goes on. A period that has begun, and of which nobody knows yet whether it is paid, is
    /// charged within the hour (<https://docs.stripe.com/billing/invoices/subscription>): that is now.
    pub fn charged_next_at(&self, now: Timestamp) -> Option<Timestamp> {
        if self.awaits_renewal(now) && !self.is_in_arrears() {
            return Some(now);
        }
        self.runs_until(now).filter(|_| self.term.renews())
    }

    /// When it ends if somebody cancels it now: once the running period and those that the customer is bound for are over.
    /// Without a period nothing is used up, so that is now.
    pub fn scheduled_end(&self, now: Timestamp) -> Timestamp {
        self.runs_until(now).max(self.earliest_end_at()).unwrap_or(now)
    }

    /// Whether nothing that is paid is left to be used up and the customer is not bound: a renewal is not paid, and who
    /// cancels now does not pay it any more.
    pub fn has_nothing_left(&self, now: Timestamp) -> bool {
        self.is_in_arrears()
            && self.awaits_renewal(now)
            && self.earliest_end_at().is_none_or(|earliest| earliest <= now)
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::{active, at, monthly, subscription};
    use crate::{ArrearsPolicy, Span, Term, TermUnit};

    #[test]
    fn the_period_that_nobody_has_paid_yet_is_counted_from_the_anchor() {
        let subscription = active();
        let paid = subscription.period_at(at("2027-02-27T23:59:59Z")).unwrap();
        assert_eq!((paid.number, paid.end), (1, Some(at("2027-02-28T00:00:00Z"))));
        let unpaid = subscription.period_at(at("2027-02-28T00:00:00Z")).unwrap();
        assert_eq!((unpaid.number, unpaid.end), (2, Some(at("2027-03-31T00:00:00Z"))));
        let later = subscription.period_at(at("2027-04-15T00:00:00Z")).unwrap();
        assert_eq!((later.number, later.end), (3, Some(at("2027-04-30T00:00:00Z"))));
    }

    #[test]
    fn what_is_charged_next_never_lies_in_the_past() {
        let (renewal, now) = (at("2027-02-28T00:00:00Z"), at("2027-02-28T00:30:00Z"));
        let mut subscription = active();
        assert_eq!(subscription.charged_next_at(at("2027-02-10T00:00:00Z")), Some(renewal));
        assert_eq!(subscription.charged_next_at(now), Some(now), "the renewal is drafted");
        assert_eq!(subscription.runs_until(now), Some(at("2027-03-31T00:00:00Z")));
        subscription.fall_behind(&ArrearsPolicy::default(), renewal).unwrap();
        assert_eq!(
            subscription.charged_next_at(now),
            Some(at("2027-03-31T00:00:00Z")),
            "beside what is owed"
        );
    }

    #[test]
    fn what_ends_by_itself_has_one_period() {
        let mut subscription = subscription(Term::Fixed(Span { unit: TermUnit::Day, count: 30 }), 1);
        subscription.begin(at("2027-01-31T00:00:00Z"), None).unwrap();
        let period = subscription.period_at(at("2028-01-01T00:00:00Z")).unwrap();
        assert_eq!(period.end, Some(at("2027-03-02T00:00:00Z")));
        assert!(!subscription.awaits_renewal(at("2028-01-01T00:00:00Z")));
        assert_eq!(subscription.charged_next_at(at("2027-02-01T00:00:00Z")), None);
    }

    #[test]
    fn an_end_never_lies_behind_the_moment_it_is_asked_for() {
        let subscription = active();
        assert_eq!(subscription.scheduled_end(at("2027-02-10T00:00:00Z")), at("2027-02-28T00:00:00Z"));
        assert_eq!(subscription.scheduled_end(at("2027-02-28T00:30:00Z")), at("2027-03-31T00:00:00Z"));
    }

    #[test]
    fn who_owes_the_running_period_has_nothing_left_unless_they_are_bound() {
        let (renewal, now) = (at("2027-02-28T00:00:00Z"), at("2027-03-02T00:00:00Z"));
        let mut free_to_go = active();
        assert!(!free_to_go.has_nothing_left(now), "it may be paid within the hour");
        free_to_go.fall_behind(&ArrearsPolicy::default(), renewal).unwrap();
        assert!(free_to_go.has_nothing_left(now));

        let mut bound = subscription(monthly(), 3);
        bound.begin(at("2027-01-31T00:00:00Z"), None).unwrap();
        bound.activate(at("2027-01-31T00:00:00Z")).unwrap();
        bound.fall_behind(&ArrearsPolicy::default(), renewal).unwrap();
        assert!(!bound.has_nothing_left(now));
        assert_eq!(bound.scheduled_end(now), at("2027-04-30T00:00:00Z"));
    }
}
