//! Use cases, one file each, and the ports they need.

pub mod actor;
pub mod addresses;
pub mod api_keys;
mod batches;
pub mod business;
pub mod cards;
pub mod catalog;
pub mod change;
pub mod checkout;
pub mod connect_sessions;
pub mod context;
pub mod customers;
pub mod devices;
pub mod events;
pub mod fitness;
pub mod idempotency;
pub mod logins;
pub mod mails;
pub mod offers;
pub mod order_facts;
pub mod organizations;
pub mod payment_facts;
pub mod ports;
pub mod projects;
pub mod reach;
pub mod recent;
pub mod report;
pub mod secrets;
pub mod shelves;
pub mod sims;
pub mod subscription_facts;
pub mod subscriptions;
pub mod tasks;
mod test_sims;
pub mod visits;
pub mod webhooks;
pub mod webhooks_out;

/// What the signatures of use cases hold of the database: its errors, transactions and views. Its rows are asked by use
/// cases alone.
pub mod store {
    pub use perennial_store::{Job, JobState, SchemaState, StoreError, Tx, backoff};

    /// Views, filters and pages.
    pub mod tables {
        pub use perennial_store::tables::{
            BusinessFilter, BusinessHolding, BusinessOffer, BusinessSort, BusinessSubscription, BusinessView,
            CheckoutFilter, DeliveryRow, DeviceFilter, DeviceView, EndpointClaim, EventRow, HeldSubscription,
            ListedBusiness, PageError, PageRequest, PageStart, PaymentFilter, PaymentMethodFilter,
            PaymentView, RowStart, SimFilter, Slice, SortField, SubscriptionAddonFilter,
            SubscriptionAddonView, SubscriptionChangeFilter, SubscriptionChangeView, SubscriptionFilter,
            SubscriptionView, page_of,
        };
    }
}
