//! A merchant whose customer has a line for nothing, and may come to pay for it.

use jiff::SignedDuration;
use perennial_core::checkout::{Started, withdraw_checkout};
use perennial_domain::Subscription;

use crate::{Merchant, MerchantOptions};

/// The merchant's catalogue, and `line-free`.
const CATALOG: &str = concat!(include_str!("merchant.toml"), "\n", include_str!("free_line.toml"));

impl Merchant {
    /// A merchant who sells the plan `line-free`, too, without customers.
    pub async fn with_line_for_nothing() -> Self {
        Self::with(MerchantOptions { catalog: CATALOG, ..MerchantOptions::default() }).await
    }

    /// A merchant whose one customer has had `line-free` for ten days. Stripe knows nothing of them.
    pub async fn with_free_line() -> (Self, Subscription) {
        let merchant = Self::with_line_for_nothing().await;
        let customer = merchant.customer("ada@example.com").await;
        let started = merchant.start(customer.id, "line-free").await.expect("it is on sale");
        assert!(matches!(started, Started::Done { .. }), "it costs something: {started:?}");
        merchant.work().await;
        merchant.test.clock().advance(SignedDuration::from_hours(24 * 10));
        let subscription = merchant.only_subscription().await;
        (merchant, subscription)
    }

    /// The same, and Stripe keeps this test card of theirs (<https://docs.stripe.com/testing>).
    pub async fn with_free_line_and_card(card: &str) -> (Self, Subscription) {
        let (merchant, subscription) = Self::with_free_line().await;
        // Whoever has begun to pay once is known at Stripe.
        let checkout = merchant.open(subscription.customer_id, "notebook-lifetime").await;
        let withdrawn = withdraw_checkout(merchant.app(), merchant.project(), checkout.id).await;
        withdrawn.expect("it is open");
        merchant.keep_card(subscription.customer_id, card).await;
        (merchant, subscription)
    }
}
