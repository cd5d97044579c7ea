//! The life cycle of a subscription (design.md §6).
//!
//! `pending` → `active` → `past_due` → `ended`, and `paused` beside `active`. Who may not use a subscription while its
//! renewal is not paid is `restricted` instead of `past_due`. A scheduled end is a fact on a live
//! subscription, not a state. Every transition that an event may ask for twice is safe twice.

mod ending;
mod over;
mod period;
mod unpaid;

use jiff::Timestamp;

use crate::text_enum::text_enum;
use crate::{
    AddressId, Arrears, Cancellation, CheckoutId, CustomerId, MemberId, Metadata, Period, Price, PriceId,
    Product, ProductId, ProjectId, SimId, SubscriptionId, Term, TermOutOfRange,
};

text_enum! {
    /// Where a subscription is in its life.
    pub enum SubscriptionState {
        /// Bought; waits for its activation.
        Pending = "pending",
        /// May be used.
        Active = "active",
        /// A renewal failed; may be used for a while, by the project's policy.
        PastDue = "past_due",
        /// A renewal failed; may not be used until it is paid, by the project's policy.
        Restricted = "restricted",
        /// Stopped for a while, nothing is charged.
        Paused = "paused",
        /// Over, for good.
        Ended = "ended",
    }
}

/// A step that the life cycle does not have.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TransitionError {
    /// The subscription is over.
    #[error("the subscription has ended")]
    Ended,
    /// The term cannot be counted.
    #[error(transparent)]
    Term(#[from] TermOutOfRange),
}

/// A customer's right to use a product, and until when.
#[derive(Clone, Debug, PartialEq)]
pub struct Subscription {
    /// Our id.
    pub id: SubscriptionId,
    /// Whose project.
    pub project_id: ProjectId,
    /// Who pays.
    pub customer_id: CustomerId,
    /// What they use.
    pub product_id: ProductId,
    /// What they pay.
    pub price_id: PriceId,
    /// The price's term, as it was bought.
    pub term: Term,
    /// The product's group, as it was bought: at most one live subscription of each per customer.
    pub exclusive_group: Option<String>,
    /// How it was bought.
    pub checkout_id: Option<CheckoutId>,
    /// The subscription in whose place it came. No two live ones come in the place of one.
    pub replaces_id: Option<SubscriptionId>,
    /// The member who bought it; the owner of a business where nobody is named.
    pub buyer_id: Option<MemberId>,
    /// The subscription that it was given along with, and with which it ends.
    pub bundled_from_id: Option<SubscriptionId>,
    /// The Stripe Subscription; recurring and paid ones only.
    pub stripe_subscription_id: Option<String>,
    /// Its SIM, once it has one.
    pub sim_id: Option<SimId>,
    /// Its number, once it has one.
    pub phone_number: Option<String>,
    /// Where it is used or billed.
    pub address_id: Option<AddressId>,
    /// Where it is in its life.
    pub state: SubscriptionState,
    /// When the first period began; all others are counted from here.
    pub anchor_at: Option<Timestamp>,
    /// What the latest payment covers.
    pub current_period: Option<Period>,
    /// For how many periods the customer is bound.
    pub minimum_periods: u32,
    /// When it was activated.
    pub activated_at: Option<Timestamp>,
    /// When someone decided that it ends.
    pub canceled_at: Option<Timestamp>,
    /// When it will end, or ended.
    pub ended_at: Option<Timestamp>,
    /// Why it ends.
    pub cancellation: Option<Cancellation>,
    /// Since when a renewal is not paid; exactly while it is past due or restricted.
    pub arrears: Option<Arrears>,
    /// The operator's strings.
    pub metadata: Metadata,
    /// When it was bought.
    pub created_at: Timestamp,
}

impl Subscription {
    /// What a customer has just got of a product, at one of its prices. It waits for its activation.
    pub fn of(
        id: SubscriptionId,
        customer_id: CustomerId,
        product: &Product,
        price: &Price,
        created_at: Timestamp,
    ) -> Self {
        Self {
            id,
            project_id: product.project_id,
            customer_id,
            product_id: product.id,
            price_id: price.id,
            term: price.term,
            exclusive_group: product.exclusive_group.clone(),
            checkout_id: None,
            replaces_id: None,
            buyer_id: None,
            bundled_from_id: None,
            stripe_subscription_id: None,
            sim_id: None,
            phone_number: None,
            address_id: None,
            state: SubscriptionState::Pending,
            anchor_at: None,
            current_period: None,
            minimum_periods: product.minimum_periods(),
            activated_at: None,
            canceled_at: None,
            ended_at: None,
            cancellation: None,
            arrears: None,
            metadata: Metadata::default(),
            created_at,
        }
    }

    /// Whether its row says that it is not over. Its end may have come all the same: see [`Self::is_had_at`].
    pub fn is_live(&self) -> bool {
        self.state != SubscriptionState::Ended
    }

    /// The network has it: pending becomes active.
    pub fn activate(&mut self, now: Timestamp) -> Result<(), TransitionError> {
        match self.state {
            SubscriptionState::Pending => {
                self.state = SubscriptionState::Active;
                self.activated_at = Some(now);
                Ok(())
            }
            SubscriptionState::Active
            | SubscriptionState::PastDue
            | SubscriptionState::Restricted
            | SubscriptionState::Paused => Ok(()),
            SubscriptionState::Ended => Err(TransitionError::Ended),
        }
    }

    /// The first period begins, once.
    ///
    /// `first_end` is Stripe's own end of it, where Stripe bills: its calendar is the truth for what was charged.
    pub fn begin(&mut self, anchor: Timestamp, first_end: Option<Timestamp>) -> Result<(), TransitionError> {
        if self.anchor_at.is_some() {
            return Ok(());
        }
        let mut period = self.term.period(anchor, 1)?;
        if let Some(end) = first_end.filter(|_| self.term.renews()) {
            period.end = Some(end);
        }
        self.anchor_at = Some(anchor);
        // What is paid once ends by itself, and everyone may know from the start.
        if !self.term.renews() {
            self.ended_at = period.end;
        }
        self.current_period = Some(period);
        Ok(())
    }

    /// Money for the period from `start` to `end` arrived. A period that has begun already changes nothing, and one that
    /// began before an end is noted after it too.
    pub fn renew(&mut self, start: Timestamp, end: Timestamp) -> Result<(), TransitionError> {
        if !self.is_live() && self.ended_at.is_none_or(|ended_at| ended_at <= start) {
            return Err(TransitionError::Ended);
        }
        let number = match self.current_period {
            Some(current) if start <= current.start => return Ok(()),
            Some(current) => current.number + 1,
            None => 1,
        };
        self.anchor_at.get_or_insert(start);
        self.current_period = Some(Period { number, start, end: Some(end) });
        Ok(())
    }

    /// It is turned off for a while; answers whether it was on.
    pub const fn suspend(&mut self) -> Result<bool, TransitionError> {
        match self.state {
            SubscriptionState::Ended => Err(TransitionError::Ended),
            SubscriptionState::Active => {
                self.state = SubscriptionState::Paused;
                Ok(true)
            }
            SubscriptionState::Pending
            | SubscriptionState::PastDue
            | SubscriptionState::Restricted
            | SubscriptionState::Paused => Ok(false),
        }
    }

    /// It is turned on again; answers whether it was off.
    pub const fn unsuspend(&mut self) -> Result<bool, TransitionError> {
        match self.state {
            SubscriptionState::Ended => Err(TransitionError::Ended),
            SubscriptionState::Paused => {
                self.state = SubscriptionState::Active;
                Ok(true)
            }
            SubscriptionState::Pending
            | SubscriptionState::Active
            | SubscriptionState::PastDue
            | SubscriptionState::Restricted => Ok(false),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Id, Span, TermUnit};
    use uuid::Uuid;

    pub(super) fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    pub(super) fn subscription(term: Term, minimum_periods: u32) -> Subscription {
        let id = Uuid::from_u128(1);
        Subscription {
            id: SubscriptionId::from_uuid(id),
            project_id: ProjectId::from_uuid(id),
            customer_id: CustomerId::from_uuid(id),
            product_id: ProductId::from_uuid(id),
            price_id: PriceId::from_uuid(id),
            term,
            exclusive_group: None,
            checkout_id: None,
            replaces_id: None,
            buyer_id: None,
            bundled_from_id: None,
            stripe_subscription_id: None,
            sim_id: None,
            phone_number: None,
            address_id: None,
            state: SubscriptionState::Pending,
            anchor_at: None,
            current_period: None,
            minimum_periods,
            activated_at: None,
            canceled_at: None,
            ended_at: None,
            cancellation: None,
            arrears: None,
            metadata: Metadata::default(),
            created_at: at("2027-01-31T00:00:00Z"),
        }
    }

    pub(super) fn monthly() -> Term {
        Term::Recurring(Span { unit: TermUnit::Month, count: 1 })
    }

    #[test]
    fn activation_and_first_period_happen_once() {
        let mut subscription = subscription(monthly(), 1);
        subscription.begin(at("2027-01-31T00:00:00Z"), None).unwrap();
        subscription.activate(at("2027-01-31T00:00:05Z")).unwrap();
        subscription.begin(at("2027-06-01T00:00:00Z"), None).unwrap();
        subscription.activate(at("2027-06-01T00:00:00Z")).unwrap();
        assert_eq!(subscription.activated_at, Some(at("2027-01-31T00:00:05Z")));
        assert_eq!(subscription.current_period.unwrap().end, Some(at("2027-02-28T00:00:00Z")));
        assert_eq!(subscription.ended_at, None);
    }

    #[test]
    fn a_fixed_term_knows_its_end_from_the_start() {
        let mut subscription = subscription(Term::Fixed(Span { unit: TermUnit::Day, count: 30 }), 1);
        subscription.begin(at("2027-01-31T00:00:00Z"), None).unwrap();
        assert_eq!(subscription.ended_at, Some(at("2027-03-02T00:00:00Z")));
    }

    #[test]
    fn a_renewal_counts_once() {
        let mut subscription = active();
        for _ in 0..2 {
            subscription.renew(at("2027-02-28T00:00:00Z"), at("2027-03-31T00:00:00Z")).unwrap();
        }
        assert_eq!(subscription.current_period.unwrap().number, 2);
        assert_eq!(subscription.state, SubscriptionState::Active);
    }

    pub(super) fn active() -> Subscription {
        let mut subscription = subscription(monthly(), 1);
        subscription.begin(at("2027-01-31T00:00:00Z"), None).unwrap();
        subscription.activate(at("2027-01-31T00:00:00Z")).unwrap();
        subscription
    }
}
