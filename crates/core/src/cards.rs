//! The cards that pay: keeping our picture of them, taking another one, and paying with it what is owed.

mod confirm;
mod facts;
mod open_page;
mod owed;
mod payer;
mod setup;
mod sweep;
mod sync;

use perennial_store::StoreError;

use crate::context::AccountError;
use crate::customers::StripeCustomerError;
use crate::ports::PaymentsError;
use crate::subscriptions::SyncError;

pub use confirm::{ConfirmError, Confirmation, confirm_payment, settle_confirmation};
pub use facts::{CardPageRequest, find_card, page_of_cards};
pub use open_page::{OpenPage, OpenedPage, open_card_page};
pub use owed::{PaidOff, is_more_owed, pay_open_invoices, sum_of_debts};
pub use payer::{card_of_customer, card_of_subscription};
pub(crate) use payer::{payer_beside, payer_of_subscription};
pub use setup::{CardSettlement, KeptCard, settle_card_page};
pub use sweep::sweep_card_pages;
pub use sync::{sync_cards, sync_cards_of};

/// Why a card is not kept, or not used. Try again: every step can be run twice.
#[derive(Debug, thiserror::Error)]
pub enum CardError {
    /// There is no such customer or visit any more.
    #[error("there is nobody whose card it could be")]
    Nobody,
    /// The customer is not known to Stripe, and cannot be made known.
    #[error(transparent)]
    Customer(#[from] StripeCustomerError),
    /// What the card was to pay for could not be brought up to date.
    #[error(transparent)]
    Sync(#[from] SyncError),
    /// Stripe cannot be asked.
    #[error(transparent)]
    Account(#[from] AccountError),
    /// Stripe refused, or did not answer.
    #[error(transparent)]
    Payments(#[from] PaymentsError),
    /// The database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}
