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
    /// It may be used from now on; its first period begins.
    pub fn activate(&mut self, now: Timestamp) -> Result<(), TransitionError> {
        match self.state {
            AddonState::Pending => {
                let period = self.term.period(now, 1)?;
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
