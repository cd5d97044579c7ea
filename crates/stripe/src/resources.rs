//! One file per Stripe resource: the calls, the shapes they answer, and the way into the port's words.

pub(crate) mod billing_portal;
pub(crate) mod card_setups;
pub(crate) mod charges;
pub(crate) mod checkout_sessions;
pub(crate) mod collection;
pub(crate) mod customers;
mod disputes;
pub(crate) mod invoice_previews;
pub(crate) mod invoices;
mod pages;
pub(crate) mod payment_intents;
pub(crate) mod payment_methods;
pub(crate) mod prices;
pub(crate) mod products;
pub(crate) mod promotion_codes;
pub(crate) mod refunds;
mod shapes;
pub(crate) mod subscription_schedules;
pub(crate) mod subscriptions;
pub(crate) mod swaps;

pub(crate) use invoices::SubscriptionOfInvoice;
pub(crate) use shapes::{Identified, Link};
