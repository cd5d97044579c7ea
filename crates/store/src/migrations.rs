//! The migrations, in the order in which they are applied.
//!
//! They only ever go forward, and one that has been released is never edited. Old programs meet the new
//! schema while a deploy is under way, so what would break them goes in steps: add, fill, remove later.

/// One change to the schema: a file in `migrations/`, with the words that `sql.rs` replaces per database.
#[derive(Debug, Clone, Copy)]
pub struct Migration {
    /// The file's name without its ending, such as `0002_jobs`.
    pub name: &'static str,
    /// Its text.
    pub sql: &'static str,
}

macro_rules! migration {
    ($name:literal) => {
        Migration { name: $name, sql: include_str!(concat!("../migrations/", $name, ".sql")) }
    };
}

/// Every file of `migrations/`; a test compares the two. A number that is missing was never used.
pub const MIGRATIONS: &[Migration] = &[
    // Each on a line of its own.
    migration!("0001_first_sale"),
    migration!("0002_jobs"),
    migration!("0003_orders"),
    migration!("0004_subscription_changes"),
    migration!("0005_cards_and_arrears"),
    migration!("0006_mails_and_logins"),
    migration!("0007_organizations"),
    migration!("0008_billing_marks"),
    migration!("0009_payment_lists"),
    migration!("0010_devices"),
    migration!("0011_order_lists"),
    migration!("0012_old_payloads"),
    migration!("0013_checkout_request_key"),
    migration!("0014_card_pages"),
    migration!("0015_pictures"),
    migration!("0016_due_changes"),
    migration!("0017_payers_and_reasons"),
    migration!("0018_open_checkouts"),
    migration!("0019_log_in_tries"),
    migration!("0020_webhooks_out"),
    migration!("0022_businesses"),
    migration!("0024_checkout_forms"),
    migration!("0025_events_of_a_subject"),
    migration!("0026_cards_at_stripe"),
    migration!("0027_lighter_inbox"),
    migration!("0030_tokens_of_tokens"),
    migration!("0031_carts"),
    migration!("0032_order_of_events"),
    migration!("0033_form_addresses"),
    migration!("0034_lists_of_businesses"),
    migration!("0036_changes_in_place_of_others"),
    migration!("0038_checkout_pauses"),
    migration!("0039_ends_of_businesses_and_tokens"),
    migration!("0040_app_secrets_and_leases"),
    migration!("0042_receivers_by_audience"),
    migration!("0045_cards_that_paid"),
    migration!("0046_lifetimes_of_checkouts"),
    migration!("0047_forgotten_forms"),
    migration!("0048_payloads_apart"),
    migration!("0049_fewer_pages"),
];
