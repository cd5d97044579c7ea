//! Why a form is not shown, or does nothing.

use perennial_domain::Money;
use perennial_store::StoreError;

use crate::business::{GrantError, OfferError, SetStateError};
use crate::cards::{CardError, ConfirmError};
use crate::checkout::{SettleError, StartCheckoutError};
use crate::context::AccountError;
use crate::ports::PaymentsError;
use crate::subscriptions::{CancelError, CarryOutError, ChangePlanError, ChoiceError};

/// Why a form is not shown, or does nothing (contract §9.3).
#[derive(Debug, thiserror::Error)]
pub enum FormError {
    /// The business has nothing of this kind, or not any more.
    #[error("the business holds no such subscription")]
    NotHeld,
    /// There is no such offer, or not any more.
    #[error("there is no such offer on sale")]
    NotOnSale,
    /// What is named has several prices, and none of them is the one that the business pays now.
    #[error("the offer has several prices; name one of them")]
    SeveralPrices,
    /// It is the plan that the business has.
    #[error("the business has this plan already")]
    SamePlan,
    /// It is a plan of another product.
    #[error("only plans of one product can be changed for each other")]
    OtherProduct,
    /// The business has what excludes it.
    #[error("the business has this already")]
    AlreadyHeld,
    /// The cart is empty, too full, of several currencies, or holds twice what can be had once.
    #[error("the cart cannot be bought as it is")]
    Cart,
    /// A renewal waits for its money.
    #[error("a renewal of the subscription is not paid")]
    PaymentOpen,
    /// It does not renew, or comes along with something else.
    #[error("the subscription cannot be cancelled by itself")]
    CannotCancel,
    /// It would come to another sum than was shown: show it again. Nothing was charged.
    #[error("it would be charged with {now} now")]
    PriceChanged {
        /// What it would come to now.
        now: Money,
    },
    /// Somebody else is changing the same thing. Nothing was charged for this form.
    #[error("another change or payment is under way")]
    UnderWay,
    /// The form was sent before.
    #[error("the form was sent before")]
    SentBefore,
    /// Stripe refused, or did not answer, before anything was asked of it.
    #[error("Stripe cannot be asked")]
    Unavailable(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// It is asked for, and what came of it is not known yet. Asking again, or a sweep, finds out.
    #[error("what came of the payment is not known yet")]
    Unsettled(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// Something is not as it can be.
    #[error("the form cannot be served")]
    Broken(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// The database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl From<OfferError> for FormError {
    fn from(error: OfferError) -> Self {
        match error {
            OfferError::Unknown => Self::NotOnSale,
            OfferError::SeveralPrices => Self::SeveralPrices,
            OfferError::Store(error) => Self::Store(error),
        }
    }
}

impl From<GrantError> for FormError {
    fn from(error: GrantError) -> Self {
        match error {
            GrantError::NotActive(_) | GrantError::Gone(_) => Self::NotHeld,
            GrantError::AlreadyHeld(_) => Self::AlreadyHeld,
            GrantError::ChangeUnderWay(_) => Self::UnderWay,
            GrantError::Store(error) => Self::Store(error),
            GrantError::Transition(_) => Self::Broken(error.into()),
        }
    }
}

impl From<ChoiceError> for FormError {
    fn from(error: ChoiceError) -> Self {
        match error {
            ChoiceError::Store(error) => Self::Store(error),
            _ => Self::UnderWay,
        }
    }
}

impl From<ChangePlanError> for FormError {
    fn from(error: ChangePlanError) -> Self {
        match error {
            ChangePlanError::Choice(error) => error.into(),
            ChangePlanError::NotAsShown { due } => Self::PriceChanged { now: due },
            ChangePlanError::Store(error) => Self::Store(error),
            ChangePlanError::Account(_) | ChangePlanError::Payments(_) => Self::Unavailable(error.into()),
            ChangePlanError::CarryOut(error) => error.into(),
            _ => Self::UnderWay,
        }
    }
}

impl From<CarryOutError> for FormError {
    fn from(error: CarryOutError) -> Self {
        match error {
            CarryOutError::Store(error) => Self::Store(error),
            CarryOutError::Unknown(_) => Self::Broken(error.into()),
            CarryOutError::Account(_) | CarryOutError::Payments(_) | CarryOutError::Sync(_) => {
                Self::Unsettled(error.into())
            }
        }
    }
}

impl From<ConfirmError> for FormError {
    fn from(error: ConfirmError) -> Self {
        match error {
            ConfirmError::Store(error) => Self::Store(error),
            error => Self::Unsettled(error.into()),
        }
    }
}

impl From<CardError> for FormError {
    fn from(error: CardError) -> Self {
        match error {
            CardError::Store(error) => Self::Store(error),
            error => Self::Unsettled(error.into()),
        }
    }
}

impl From<SettleError> for FormError {
    fn from(error: SettleError) -> Self {
        match error {
            SettleError::Store(error) => Self::Store(error),
            SettleError::Account(_) | SettleError::Payments(_) => Self::Unsettled(error.into()),
            error => Self::Broken(error.into()),
        }
    }
}

impl From<StartCheckoutError> for FormError {
    fn from(error: StartCheckoutError) -> Self {
        match error {
            StartCheckoutError::UnknownCustomer(_) | StartCheckoutError::SubscriptionEnded(_) => {
                Self::NotHeld
            }
            StartCheckoutError::AlreadySubscribed(_) => Self::AlreadyHeld,
            StartCheckoutError::Confirming(_) | StartCheckoutError::Contended => Self::UnderWay,
            StartCheckoutError::Store(error) => Self::Store(error),
            StartCheckoutError::Payments(PaymentsError::NoAnswer(_) | PaymentsError::Nonsense(_))
            | StartCheckoutError::Settle(_) => Self::Unsettled(error.into()),
            StartCheckoutError::Account(_) | StartCheckoutError::Payments(_) => {
                Self::Unavailable(error.into())
            }
            error => Self::Broken(error.into()),
        }
    }
}

impl From<AccountError> for FormError {
    fn from(error: AccountError) -> Self {
        match error {
            AccountError::Store(error) => Self::Store(error),
            error => Self::Unavailable(error.into()),
        }
    }
}

impl From<SetStateError> for FormError {
    fn from(error: SetStateError) -> Self {
        match error {
            SetStateError::Unknown(_)
            | SetStateError::Expired
            | SetStateError::Cancel(CancelError::Ended) => Self::NotHeld,
            SetStateError::Bundled(_)
            | SetStateError::Suspended
            | SetStateError::NoCycle
            | SetStateError::InThePast
            | SetStateError::DateRefused(_)
            | SetStateError::Cancel(CancelError::NotRecurring) => Self::CannotCancel,
            SetStateError::Cancel(CancelError::ChangeUnderWay(_)) => Self::UnderWay,
            SetStateError::Cancel(CancelError::Store(error)) => Self::Store(error),
            SetStateError::Cancel(error) => Self::Unavailable(error.into()),
        }
    }
}
