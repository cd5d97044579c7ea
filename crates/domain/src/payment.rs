//! Payments: money that moved, or should have.

use jiff::Timestamp;

use crate::text_enum::text_enum;
use crate::{CheckoutId, CustomerId, Money, PaymentId, ProjectId, SubscriptionId};

text_enum! {
    /// What became of the money (contracts/projects-api.md §2.14).
    pub enum PaymentState {
        /// On its way.
        Pending = "pending",
        /// Here.
        Succeeded = "succeeded",
        /// Did not come. Stripe tries again where [`Attempts::next_at`] says when, and has given up where it does not.
        Failed = "failed",
        /// Here, and given back.
        Refunded = "refunded",
        /// Here, and taken back by the customer's bank.
        Disputed = "disputed",
        /// The customer's bank wants to ask the customer first.
        RequiresConfirmation = "requiresConfirmation",
        /// Did not come, and will not without another card.
        RequiresPaymentMethod = "requiresPaymentMethod",
    }
}

text_enum! {
    /// What it was for.
    pub enum PaymentReason {
        /// The first charge of a subscription.
        SubscriptionCreation = "subscriptionCreation",
        /// A later one.
        SubscriptionRenewal = "subscriptionRenewal",
        /// Anything else.
        Other = "other",
    }
}

text_enum! {
    /// How a dispute ended.
    pub enum DisputeOutcome {
        /// The customer keeps the money.
        Lost = "lost",
        /// The money came back.
        Won = "won",
    }
}

/// How a dispute stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DisputeStanding {
    /// The bank has taken the money back, and decides later.
    Open,
    /// The money came back.
    Won,
    /// The customer keeps it.
    Lost,
}

/// Why an attempt failed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PaymentFailure {
    /// Stripe's `decline_code`, else its `code`.
    pub code: String,
    /// Stripe's words, for operators.
    pub message: String,
}

/// What was tried to get the money.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Attempts {
    /// What was charged last: Stripe's name for it, `pm_…`.
    pub payment_method: Option<String>,
    /// How many failed.
    pub failed: u32,
    /// Why the last one did.
    pub failure: Option<PaymentFailure>,
    /// When the last one was.
    pub last_at: Option<Timestamp>,
    /// When Stripe tries again by itself.
    pub next_at: Option<Timestamp>,
}

/// What the customer's bank said when it took the money back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ClosedDispute {
    /// When we heard of it.
    pub at: Timestamp,
    /// For whom.
    pub outcome: DisputeOutcome,
}

/// Money that moved, or should have. One row for each payment at Stripe.
#[derive(Clone, Debug)]
pub struct Payment {
    /// Our id.
    pub id: PaymentId,
    /// Whose project.
    pub project_id: ProjectId,
    /// Who paid.
    pub customer_id: CustomerId,
    /// For which subscription.
    pub subscription_id: Option<SubscriptionId>,
    /// Through which checkout.
    pub checkout_id: Option<CheckoutId>,
    /// How much.
    pub amount: Money,
    /// How much of it was given back, in minor units.
    pub refunded_minor: i64,
    /// When we last heard that some was given back.
    pub refunded_at: Option<Timestamp>,
    /// What became of it.
    pub state: PaymentState,
    /// What for.
    pub reason: PaymentReason,
    /// Stripe's name for it: the invoice where there is one, else the payment intent. Unique in the project.
    pub stripe_reference: String,
    /// The payment intent, by which a refund is asked for.
    pub stripe_payment_intent_id: Option<String>,
    /// What was tried.
    pub attempts: Attempts,
    /// How a dispute ended, if one did.
    pub dispute: Option<ClosedDispute>,
    /// When it arrived.
    pub paid_at: Option<Timestamp>,
    /// When we heard of it.
    pub created_at: Timestamp,
}

impl Payment {
    /// Whether the money never came, and may still come.
    pub fn is_open(&self) -> bool {
        match self.state {
            PaymentState::Pending
            | PaymentState::RequiresConfirmation
            | PaymentState::RequiresPaymentMethod => true,
            PaymentState::Failed => self.attempts.next_at.is_some(),
            PaymentState::Succeeded | PaymentState::Refunded | PaymentState::Disputed => false,
        }
    }

    /// Whether the money came, whatever happened to it since.
    pub fn has_arrived(&self) -> bool {
        matches!(self.state, PaymentState::Succeeded | PaymentState::Refunded | PaymentState::Disputed)
    }

    /// The money did not come yet. What is known of money that came stays as it is: an older picture of Stripe's takes
    /// nothing back.
    pub fn wait(&mut self, state: PaymentState, amount: Money, attempts: Attempts) {
        if !self.has_arrived() {
            self.state = state;
            self.amount = amount;
            self.attempts = attempts;
        }
    }

    /// The money came; answers whether that is news.
    pub fn arrive(&mut self, amount: Money, at: Timestamp) -> bool {
        if self.has_arrived() {
            return false;
        }
        self.state = PaymentState::Succeeded;
        self.amount = amount;
        self.paid_at = Some(at);
        self.attempts.failure = None;
        self.attempts.next_at = None;
        true
    }

    /// Takes over what went back of money that had arrived: refunds in minor units, and a dispute.
    pub fn go_back(&mut self, refunded_minor: i64, dispute: Option<DisputeStanding>, now: Timestamp) {
        if refunded_minor > self.refunded_minor {
            self.refunded_at = Some(now);
        }
        self.refunded_minor = refunded_minor;
        let outcome = match dispute {
            Some(DisputeStanding::Won) => Some(DisputeOutcome::Won),
            Some(DisputeStanding::Lost) => Some(DisputeOutcome::Lost),
            Some(DisputeStanding::Open) | None => None,
        };
        self.dispute = outcome.map(|outcome| match self.dispute {
            Some(known) if known.outcome == outcome => known,
            _ => ClosedDispute { at: now, outcome },
        });
        self.state = match dispute {
            Some(DisputeStanding::Open | DisputeStanding::Lost) => PaymentState::Disputed,
            _ if refunded_minor >= self.amount.amount_minor => PaymentState::Refunded,
            _ => PaymentState::Succeeded,
        };
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Currency, Id};
    use uuid::Uuid;

    fn failed() -> Payment {
        let id = Uuid::from_u128(1);
        Payment {
            id: PaymentId::from_uuid(id),
            project_id: ProjectId::from_uuid(id),
            customer_id: CustomerId::from_uuid(id),
            subscription_id: None,
            checkout_id: None,
            amount: euros(1450),
            refunded_minor: 0,
            refunded_at: None,
            state: PaymentState::Failed,
            reason: PaymentReason::SubscriptionRenewal,
            stripe_reference: "in_1".to_owned(),
            stripe_payment_intent_id: None,
            attempts: Attempts { failed: 1, next_at: Some(noon()), ..Attempts::default() },
            dispute: None,
            paid_at: None,
            created_at: noon(),
        }
    }

    fn euros(cents: i64) -> Money {
        Money::new(cents, Currency::from_code("EUR").unwrap())
    }

    fn noon() -> Timestamp {
        "2031-03-04T12:00:00Z".parse().unwrap()
    }

    #[test]
    fn money_arrives_once_and_is_not_taken_back_by_an_older_picture() {
        let mut payment = failed();
        assert!(payment.is_open());
        assert!(payment.arrive(euros(1400), noon()));
        assert!(!payment.arrive(euros(1450), noon()));
        payment.wait(PaymentState::Failed, euros(1450), Attempts::default());
        assert_eq!((payment.state, payment.amount), (PaymentState::Succeeded, euros(1400)));
        assert_eq!(payment.attempts.failed, 1);
        assert!(!payment.is_open());
    }

    #[test]
    fn a_dispute_that_is_won_leaves_the_money_here() {
        let mut payment = failed();
        payment.arrive(euros(1450), noon());
        payment.go_back(0, Some(DisputeStanding::Open), noon());
        assert_eq!((payment.state, payment.dispute), (PaymentState::Disputed, None));
        let later = "2031-05-04T12:00:00Z".parse().unwrap();
        for now in [noon(), later] {
            payment.go_back(0, Some(DisputeStanding::Won), now);
        }
        let won = ClosedDispute { at: noon(), outcome: DisputeOutcome::Won };
        assert_eq!((payment.state, payment.dispute), (PaymentState::Succeeded, Some(won)));
        payment.go_back(1450, Some(DisputeStanding::Won), later);
        assert_eq!((payment.state, payment.refunded_at), (PaymentState::Refunded, Some(later)));
    }

    #[test]
    fn what_stripe_has_given_up_is_open_no_more() {
        let mut payment = failed();
        payment.wait(PaymentState::Failed, euros(1450), Attempts { failed: 4, ..Attempts::default() });
        assert!(!payment.is_open() && !payment.has_arrived());
    }
}
