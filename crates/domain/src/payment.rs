//! Payments: money that moved, or should have.

use jiff::Timestamp;

use crate::text_enum::text_enum;
use crate::{CheckoutId, CustomerId, Money, PaymentId, ProjectId, SubscriptionId};

text_enum! {
    /// What became of the money.
    pub enum PaymentState {
        /// On its way.
        Pending = "pending",
        /// Here.
        Succeeded = "succeeded",
        /// Did not come.
        Failed = "failed",
        /// Here, and given back.
        Refunded = "refunded",
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
    /// What became of it.
    pub state: PaymentState,
    /// What for.
    pub reason: PaymentReason,
    /// Stripe's name for it: the invoice where there is one, else the payment intent. Unique in the project.
    pub stripe_reference: String,
    /// The payment intent, by which a refund is asked for.
    pub stripe_payment_intent_id: Option<String>,
    /// When it arrived.
    pub paid_at: Option<Timestamp>,
    /// When we heard of it.
    pub created_at: Timestamp,
}
