//! The life cycle of an add-on that was bought on a subscription: `pending` → `active` → `ended`.

use jiff::Timestamp;

use crate::subscription::TransitionError;
use crate::text_enum::text_enum;
use crate::{
    CheckoutId, CustomerId, Period, PriceId, ProductId, ProjectId, SubscriptionAddonId, SubscriptionId, Term,
};

text_enum! {
    /// Where a bought add-on is in its life.
    pub enum AddonState {
        /// Bought; waits for its subscription.
        Pending = "pending",
        /// May be used.
        Active = "active",
        /// Over.
        Ended = "ended",
    }
}

/// An add-on bought on a subscription.
#[derive(Clone, Debug)]
pub struct SubscriptionAddon {
    /// Our id.
    pub id: SubscriptionAddonId,
    /// Whose project.
    pub project_id: ProjectId,
    /// What it sits on.
    pub subscription_id: SubscriptionId,
    /// Who pays.
    pub customer_id: CustomerId,
    /// What was bought.
    pub product_id: ProductId,
    /// At which price.
    pub price_id: PriceId,
    /// The price's term, as it was bought.
    pub term: Term,
    /// How it was bought.
    pub checkout_id: Option<CheckoutId>,
    /// Where it is in its life.
    pub state: AddonState,
    /// What the latest payment covers.
    pub current_period: Option<Period>,
    /// When it could first be used.
    pub activated_at: Option<Timestamp>,
    /// When someone decided that it ends.
    pub canceled_at: Option<Timestamp>,
    /// When it will end, or ended.
    pub ended_at: Option<Timestamp>,
    /// When it was bought.
    pub created_at: Timestamp,
}

impl SubscriptionAddon {
    /// It may be used from now on; its first period begins. `until` is the end of its subscription's current period:
    /// what renews ends and goes on with it, and what names no time of its own ends with it for good
    /// (contracts/projects-api.md §2.7, `validity`).
    pub fn activate(&mut self, now: Timestamp, until: Option<Timestamp>) -> Result<(), TransitionError> {
        match self.state {
            AddonState::Pending => {
                let mut period = self.term.period(now, 1)?;
                if !matches!(self.term, Term::Fixed(_)) && until.is_some() {
                    period.end = until;
                }
                self.state = AddonState::Active;
                self.activated_at = Some(now);
                self.ended_at = if self.term.renews() { None } else { period.end };
                self.current_period = Some(period);
                Ok(())
            }
            AddonState::Active => Ok(()),
            AddonState::Ended => Err(TransitionError::Ended),
        }
    }

    /// Its subscription's next period, from `start` to `end`, is paid or free: a recurring one goes along. A period
    /// that has begun already changes nothing. Answers whether anything changed.
    pub fn renew(&mut self, start: Timestamp, end: Timestamp) -> bool {
        match self.current_period {
            Some(current)
                if self.state == AddonState::Active && self.term.renews() && current.start < start =>
            {
                self.current_period = Some(Period { number: current.number + 1, start, end: Some(end) });
                true
            }
            _ => false,
        }
    }

    /// It is over; a second end changes nothing.
    pub fn end(&mut self, at: Timestamp) {
        if self.state != AddonState::Ended {
            self.state = AddonState::Ended;
            self.ended_at = Some(at);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Id, Span, TermUnit};
    use uuid::Uuid;

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    fn activated(term: Term) -> SubscriptionAddon {
        let id = Uuid::from_u128(1);
        let mut addon = SubscriptionAddon {
            id: SubscriptionAddonId::from_uuid(id),
            project_id: ProjectId::from_uuid(id),
            subscription_id: SubscriptionId::from_uuid(id),
            customer_id: CustomerId::from_uuid(id),
            product_id: ProductId::from_uuid(id),
            price_id: PriceId::from_uuid(id),
            term,
            checkout_id: None,
            state: AddonState::Pending,
            current_period: None,
            activated_at: None,
            canceled_at: None,
            ended_at: None,
            created_at: at("2027-01-20T00:00:00Z"),
        };
        addon.activate(at("2027-01-20T00:00:00Z"), Some(at("2027-01-31T00:00:00Z"))).unwrap();
        addon
    }

    #[test]
    fn an_addon_without_a_time_of_its_own_ends_with_the_period() {
        assert_eq!(activated(Term::Lifetime).ended_at, Some(at("2027-01-31T00:00:00Z")));
    }

    #[test]
    fn an_addon_with_a_time_of_its_own_outlives_the_period() {
        let month = Span { unit: TermUnit::Month, count: 1 };
        assert_eq!(activated(Term::Fixed(month)).ended_at, Some(at("2027-02-20T00:00:00Z")));
    }

    #[test]
    fn a_renewing_addon_joins_the_rhythm_of_its_subscription() {
        let month = Span { unit: TermUnit::Month, count: 1 };
        let mut addon = activated(Term::Recurring(month));
        assert_eq!(addon.current_period.unwrap().end, Some(at("2027-01-31T00:00:00Z")));
        assert!(addon.renew(at("2027-01-31T00:00:00Z"), at("2027-02-28T00:00:00Z")));
        assert_eq!((addon.current_period.unwrap().number, addon.ended_at), (2, None));
    }
}
