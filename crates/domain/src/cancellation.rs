//! Why a subscription ends.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::SubscriptionId;
use crate::text_enum::text_enum;

text_enum! {
    /// Why a subscription ended or will end.
    pub enum CancellationCause {
        /// Someone asked for it.
        CancellationRequested = "cancellationRequested",
        /// The renewal was never paid.
        PaymentFailed = "paymentFailed",
        /// The customer took the money back through the bank.
        PaymentDisputed = "paymentDisputed",
        /// The number left for another network.
        PhoneNumberPortedOut = "phoneNumberPortedOut",
        /// What was paid for is over.
        SubscriptionEnded = "subscriptionEnded",
        /// The customer was deleted.
        UserDeleted = "userDeleted",
    }
}

text_enum! {
    /// What the customer gave as the reason.
    pub enum UserReason {
        /// The network.
        ConnectivityIssues = "connectivityIssues",
        /// The service.
        CustomerService = "customerService",
        /// Would not say.
        NoDetails = "noDetails",
        /// Something else, with a comment.
        Other = "other",
        /// The price.
        TooExpensive = "tooExpensive",
        /// Not needed any more.
        Unused = "unused",
    }
}

/// Why it ends.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cancellation {
    /// The cause.
    pub cause: CancellationCause,
    /// The customer's reason, if they gave one.
    pub user_reason: Option<UserReason>,
    /// Their words; only with `other`.
    pub user_comment: Option<String>,
}

/// What was said when an end was asked for, as long as that end is not written down.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CancellationRequest {
    /// Of which subscription.
    pub subscription_id: SubscriptionId,
    /// Why.
    pub cancellation: Cancellation,
    /// When.
    pub requested_at: Timestamp,
}

impl Cancellation {
    /// A cause alone.
    pub const fn because(cause: CancellationCause) -> Self {
        Self { cause, user_reason: None, user_comment: None }
    }
}
