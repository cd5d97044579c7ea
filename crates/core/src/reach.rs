//! Which errors are about a merchant's whole Stripe account, and which about one thing that was asked of it.
//!
//! The one rule for all who work through lists: an account that cannot be reached is left alone until the next time, so
//! that everybody else need not wait for it, and nothing of its own is given up. Whatever else went wrong is that one
//! row's affair, and holds up no other.

use std::collections::HashSet;

use perennial_domain::ProjectId;

use crate::cards::CardError;
use crate::checkout::{RefundError, SettleError, StartCheckoutError};
use crate::customers::{StripeCustomerError, TellStripeError};
use crate::mails::SendMailError;
use crate::ports::{MailerError, PaymentsError, RefusalKind};
use crate::subscriptions::{
    CancelError, CarryOutError, EndAddonError, RefundSubscriptionError, StopBillingError, SyncError,
    WithdrawError,
};

/// An error that may say that a merchant's Stripe account, or the mail server, cannot be reached.
pub trait OutOfReach {
    /// Whether anything else that is asked of the account now would end in the same way.
    fn is_out_of_reach(&self) -> bool;
}

impl OutOfReach for PaymentsError {
    /// No answer, or a key that was revoked: the operator will give us another one.
    fn is_out_of_reach(&self) -> bool {
        match self {
            Self::NoAnswer(_) => true,
            Self::Refused(refusal) => refusal.kind == RefusalKind::Credentials,
            Self::Nonsense(_) => false,
        }
    }
}

impl OutOfReach for SettleError {
    fn is_out_of_reach(&self) -> bool {
        match self {
            Self::Account(_) => true,
            Self::Payments(error) => error.is_out_of_reach(),
            Self::UnknownCheckout(_) | Self::Deliver { .. } | Self::Checkout(_) | Self::Store(_) => false,
        }
    }
}

impl OutOfReach for SyncError {
    fn is_out_of_reach(&self) -> bool {
        match self {
            Self::Account(_) => true,
            Self::Payments(error) => error.is_out_of_reach(),
            Self::Settle(error) => error.is_out_of_reach(),
            Self::Transition(_) | Self::Overtaken | Self::Store(_) => false,
        }
    }
}

impl OutOfReach for StartCheckoutError {
    fn is_out_of_reach(&self) -> bool {
        match self {
            Self::Account(_) => true,
            Self::Payments(error) => error.is_out_of_reach(),
            Self::Settle(error) => error.is_out_of_reach(),
            _ => false,
        }
    }
}

impl OutOfReach for CarryOutError {
    fn is_out_of_reach(&self) -> bool {
        match self {
            Self::Account(_) => true,
            Self::Payments(error) => error.is_out_of_reach(),
            Self::Sync(error) => error.is_out_of_reach(),
            Self::Unknown(_) | Self::Store(_) => false,
        }
    }
}

impl OutOfReach for CardError {
    fn is_out_of_reach(&self) -> bool {
        match self {
            Self::Account(_) => true,
            Self::Payments(error) | Self::Customer(StripeCustomerError::Payments(error)) => {
                error.is_out_of_reach()
            }
            Self::Sync(error) => error.is_out_of_reach(),
            Self::Nobody | Self::Customer(_) | Self::Store(_) => false,
        }
    }
}

impl OutOfReach for TellStripeError {
    fn is_out_of_reach(&self) -> bool {
        match self {
            Self::Account(_) => true,
            Self::Payments(error) => error.is_out_of_reach(),
            Self::Store(_) => false,
        }
    }
}

impl OutOfReach for RefundError {
    fn is_out_of_reach(&self) -> bool {
        match self {
            Self::Account(_) => true,
            Self::Payments(error) => error.is_out_of_reach(),
            Self::Sync(error) => error.is_out_of_reach(),
            Self::UnknownCheckout(_) | Self::NoPaymentIntent(_) | Self::Store(_) => false,
        }
    }
}

impl OutOfReach for RefundSubscriptionError {
    fn is_out_of_reach(&self) -> bool {
        match self {
            Self::Sync(error) => error.is_out_of_reach(),
            Self::Unnamed(_) => false,
        }
    }
}

impl OutOfReach for StopBillingError {
    fn is_out_of_reach(&self) -> bool {
        match self {
            Self::Sync(error) => error.is_out_of_reach(),
            Self::UnknownSubscription(_) => false,
        }
    }
}

impl OutOfReach for EndAddonError {
    fn is_out_of_reach(&self) -> bool {
        match self {
            Self::Account(_) => true,
            Self::Payments(error) => error.is_out_of_reach(),
            Self::Unknown(_) | Self::NotActive | Self::Store(_) => false,
        }
    }
}

impl OutOfReach for WithdrawError {
    fn is_out_of_reach(&self) -> bool {
        match self {
            Self::Account(_) => true,
            Self::Payments(error) => error.is_out_of_reach(),
            Self::Sync(error) => error.is_out_of_reach(),
            Self::Store(_) => false,
        }
    }
}

impl OutOfReach for CancelError {
    fn is_out_of_reach(&self) -> bool {
        match self {
            Self::Account(_) => true,
            Self::Withdraw(error) => error.is_out_of_reach(),
            Self::Payments(error) => error.is_out_of_reach(),
            Self::Sync(error) => error.is_out_of_reach(),
            Self::Unknown(_)
            | Self::Ended
            | Self::NotRecurring
            | Self::ChangeUnderWay(_)
            | Self::Transition(_)
            | Self::Store(_) => false,
        }
    }
}

impl OutOfReach for SendMailError {
    fn is_out_of_reach(&self) -> bool {
        match self {
            Self::Mailer(MailerError::NoAnswer(_)) => true,
            Self::Mailer(MailerError::NotNow(_) | MailerError::Refused(_))
            | Self::Compose(_)
            | Self::Store(_) => false,
        }
    }
}

/// Whose Stripe account could not be reached so far, in one pass through a list.
#[derive(Default)]
pub(crate) struct Reach(HashSet<ProjectId>);

impl Reach {
    /// Whether it makes sense to ask the account of this project.
    pub(crate) fn may_ask(&self, project: ProjectId) -> bool {
        !self.0.contains(&project)
    }

    /// Notes what came of asking it, and hands that on.
    pub(crate) fn learn<T, E: OutOfReach>(
        &mut self,
        project: ProjectId,
        result: Result<T, E>,
    ) -> Result<T, E> {
        if result.as_ref().is_err_and(OutOfReach::is_out_of_reach) {
            self.0.insert(project);
        }
        result
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::context::AccountError;
    use crate::ports::Refusal;

    fn refused(kind: RefusalKind) -> PaymentsError {
        let message = "no".to_owned();
        PaymentsError::Refused(Refusal { kind, code: None, decline_code: None, message })
    }

    #[test]
    fn silence_and_a_revoked_key_are_about_the_account_and_a_refusal_is_not() {
        assert!(PaymentsError::NoAnswer("cut".into()).is_out_of_reach());
        assert!(refused(RefusalKind::Credentials).is_out_of_reach());
        for kind in [RefusalKind::NotFound, RefusalKind::Card, RefusalKind::Discount, RefusalKind::Invalid] {
            assert!(!refused(kind).is_out_of_reach(), "{kind:?}");
        }
    }

    #[test]
    fn one_rows_refusal_keeps_nobody_from_asking_for_the_others() {
        let project = perennial_domain::Id::from_uuid(uuid::Uuid::from_u128(1));
        let mut reach = Reach::default();
        let refusal = CarryOutError::Sync(SyncError::Payments(refused(RefusalKind::NotFound)));
        reach.learn(project, Err::<(), _>(refusal)).unwrap_err();
        assert!(reach.may_ask(project));
        let revoked = StartCheckoutError::Settle(Box::new(AccountError::NotConnected.into()));
        reach.learn(project, Err::<(), _>(revoked)).unwrap_err();
        assert!(!reach.may_ask(project));
    }
}
