//! Checkouts: one attempt to pay for something, from the order to what it became.
//!
//! reserve (one transaction) → ask Stripe, with a key made from our id → record (one transaction). Each step can be
//! run again after a crash at any point.

mod addons;
mod charge;
mod deliver;
mod let_go;
mod lock;
mod order;
mod place;
mod receipt;
mod refund;
mod reserve;
mod session;
mod settle;
mod start;
mod sweep;
mod withdraw;

pub use addons::{AddonOrderError, PlacedAddons, ProratedAddons, QuotedAddons, place_addons, quote_addons};
pub(crate) use charge::wake_waiting_charge;
pub use charge::{ChargeCheckout, ChargedCheckout, charge_checkout, charged_before, checkout_of_request};
pub use deliver::DeliverError;
pub use let_go::let_go;
pub use order::{OrderError, OrderRequest, PlacedOrder, discount_for, place_order};
pub(crate) use order::{addon_fits, renewal};
pub use place::ClientSecret;
pub use refund::{RefundError, refund_superseded};
pub use settle::{SettleError, Settlement, settle_checkout, settle_stripe_session};
pub use start::{StartCheckout, StartCheckoutError, Started, start_checkout, start_embedded_checkout};
pub use sweep::{SweepError, sweep_checkouts};
pub use withdraw::withdraw_checkout;
