//! The tables, one file per aggregate: each statement stands beside the row it fills.
//!
//! `tx.customers(project)` is the customers of one project and of no other: every statement behind such a
//! door begins with the project. The few that span all projects are methods of [`Tx`] itself and say so.
//! What happened stays. Deleted is only what is over and was never more than help on the way: idempotency keys, logins,
//! tries to log in, refresh tokens, webhook deliveries, and reasons for a cancellation that is written down.
//!
//! Not here: rules. A table stores what it is given and lets its constraints answer ([`StoreError`]).
//!
//! [`StoreError`]: crate::StoreError

mod addresses;
mod api_keys;
mod apps;
mod billing_marks;
mod business_holdings;
mod business_listing;
mod business_parts;
mod business_statements;
mod business_tokens;
mod businesses;
mod cancellation_requests;
mod checkout_forms;
mod checkout_views;
mod checkouts;
mod connect_sessions;
mod customers;
mod device_sims;
mod devices;
mod directories;
mod events;
mod filter;
mod idempotency_keys;
mod login_tries;
mod logins;
mod mails;
mod members;
mod page;
mod payment_methods;
mod payment_views;
mod payments;
#[cfg(test)]
mod plan;
mod portings;
mod positions;
mod prices;
mod products;
mod projects;
mod refresh_tokens;
mod signing_secrets;
mod sims;
mod stripe_accounts;
mod stripe_events;
mod subscription_addons;
mod subscription_changes;
mod subscription_standings;
mod subscription_views;
mod subscriptions;
mod table;
mod values;
mod webhook_askers;
mod webhook_claims;
mod webhook_deliveries;
mod webhook_endpoints;
mod webhook_lanes;

use perennial_domain::ProjectId;

use crate::Tx;

pub use api_keys::ApiKeys;
pub use billing_marks::{BilledHere, BillingAnswer, KnownBilling, NotedAnswer};
pub use business_holdings::{BusinessHolding, BusinessOffer, BusinessSubscription, ListedBusiness};
pub use business_listing::{BusinessFilter, BusinessSort, PageStart, RowStart, SortField};
pub use business_tokens::BusinessTokens;
pub use businesses::BusinessView;
pub use checkout_views::{CheckoutFilter, CheckoutView};
pub use connect_sessions::SessionGrounds;
pub use devices::{DeviceFilter, DeviceView};
pub use events::{AppendedEvent, EventFilter, EventRow};
pub use idempotency_keys::Reservation;
pub use logins::{CodeCounts, CodesSince};
pub use page::{PageError, PageRequest, Slice, page_of};
pub use payment_methods::PaymentMethodFilter;
pub use payment_views::{PaymentFilter, PaymentView};
pub use projects::Projects;
pub use refresh_tokens::RefreshTokenRow;
pub use signing_secrets::SigningSecretRow;
pub use sims::SimFilter;
pub use stripe_accounts::StripeAccountRow;
pub use stripe_events::{ReceivedEvent, StripeEventRow, StripeEventState};
pub use subscription_addons::{SubscriptionAddonFilter, SubscriptionAddonView};
pub use subscription_changes::{SubscriptionChangeFilter, SubscriptionChangeView};
pub use subscription_standings::SubscriptionStanding;
pub use subscription_views::{HeldSubscription, SubscriptionView};
pub use subscriptions::SubscriptionFilter;
pub use webhook_claims::{Claimable, EndpointClaim};
pub use webhook_deliveries::{DeliveryFilter, DeliveryRow};
pub use webhook_endpoints::WebhookSecretRow;
pub use webhook_lanes::WaitingMessage;

/// Declares a project's tables: a type that holds the transaction and the project, and the way to it.
macro_rules! project_tables {
    ($($(#[$meta:meta])* $accessor:ident: $table:ident,)+) => {
        $(
            $(#[$meta])*
            pub struct $table<'t> {
                tx: Tx<'t>,
                project: ProjectId,
            }
        )+

        impl Tx<'_> {
            $(
                $(#[$meta])*
                pub fn $accessor(&mut self, project: ProjectId) -> $table<'_> {
                    $table { tx: self.reborrow(), project }
                }
            )+
        }
    };
}

project_tables! {
    /// A project's account at Stripe, and the secrets of its webhooks.
    stripe_accounts: StripeAccounts,
    /// What a project sells.
    products: Products,
    /// What it asks for it.
    prices: Prices,
    /// Who pays.
    customers: Customers,
    /// People who act for organizations and businesses.
    members: Members,
    /// Partners' sets of businesses.
    directories: Directories,
    /// Customers that are businesses.
    businesses: Businesses,
    /// Programs of others that work for them.
    apps: Apps,
    /// Their log-ins.
    refresh_tokens: RefreshTokens,
    /// How often logging in was tried.
    login_tries: LoginTries,
    /// What their access tokens are signed with.
    signing_secrets: SigningSecrets,
    /// Where they live.
    addresses: Addresses,
    /// What they carry.
    devices: Devices,
    /// Which SIM is in which device.
    device_sims: DeviceSims,
    /// SIMs, in use or not.
    sims: Sims,
    /// Numbers on their way from other networks.
    portings: Portings,
    /// Visits to the hosted pages.
    connect_sessions: ConnectSessions,
    /// Attempts to pay.
    checkouts: Checkouts,
    /// Forms on which businesses agreed to buy or to change.
    checkout_forms: CheckoutForms,
    /// Who may use what, and until when.
    subscriptions: Subscriptions,
    /// What was bought on top of subscriptions.
    subscription_addons: SubscriptionAddons,
    /// How far Stripe's bills are known.
    billing_marks: BillingMarks,
    /// Why their ends were asked for.
    cancellation_requests: CancellationRequests,
    /// Other plans that were asked for.
    subscription_changes: SubscriptionChanges,
    /// Money that moved, or should have.
    payments: Payments,
    /// The cards that Stripe keeps.
    payment_methods: PaymentMethods,
    /// What Stripe told, as it told it.
    stripe_events: StripeEvents,
    /// What happened here, in its order; changed only to forget a customer who was deleted.
    events: Events,
    /// Who is told of it.
    webhook_endpoints: WebhookEndpoints,
    /// What each of them is told, and what became of it.
    webhook_deliveries: WebhookDeliveries,
    /// Answers to calls that may be made twice.
    idempotency_keys: IdempotencyKeys,
    /// Mails that became necessary, and what became of them.
    mails: Mails,
    /// Browsers that have to say who they are, and the codes that they asked for.
    logins: Logins,
}
