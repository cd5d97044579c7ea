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

/// Why a customer's words are not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum CommentError {
    /// They belong to another reason, or to none.
    #[error("a comment is taken with the reason other alone")]
    WithoutOther,
    /// They are too many.
    #[error("a comment has at most {} characters", Cancellation::MAX_COMMENT)]
    TooLong,
}

impl UserReason {
    /// Whether it is explained by a comment (contracts/projects-api.md §2.5).
    pub const fn takes_comment(self) -> bool {
        matches!(self, Self::Other)
    }
}

impl Cancellation {
    /// A comment has no more characters.
    pub const MAX_COMMENT: usize = 500;

    /// A cause alone.
    pub const fn because(cause: CancellationCause) -> Self {
        Self { cause, user_reason: None, user_comment: None }
    }

    /// Somebody asked for it, and may have said why. Words of blanks alone say nothing.
    pub fn requested(reason: Option<UserReason>, comment: Option<&str>) -> Result<Self, CommentError> {
        let comment = comment.map(str::trim).filter(|comment| !comment.is_empty());
        if comment.is_some() && !reason.is_some_and(UserReason::takes_comment) {
            return Err(CommentError::WithoutOther);
        }
        if comment.is_some_and(|comment| comment.chars().count() > Self::MAX_COMMENT) {
            return Err(CommentError::TooLong);
        }
        Ok(Self {
            cause: CancellationCause::CancellationRequested,
            user_reason: reason,
            user_comment: comment.map(str::to_owned),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_comment_belongs_to_the_reason_other_alone_and_is_short() {
        let said = Cancellation::requested(Some(UserReason::Other), Some("  Moving away. ")).unwrap();
        assert_eq!(said.user_comment.as_deref(), Some("Moving away."));
        for reason in [None, Some(UserReason::Unused)] {
            assert_eq!(Cancellation::requested(reason, Some("Moving.")), Err(CommentError::WithoutOther));
            assert_eq!(Cancellation::requested(reason, Some("  ")).unwrap().user_comment, None);
        }
        let long = "é".repeat(Cancellation::MAX_COMMENT + 1);
        assert_eq!(Cancellation::requested(Some(UserReason::Other), Some(&long)), Err(CommentError::TooLong));
    }
}
