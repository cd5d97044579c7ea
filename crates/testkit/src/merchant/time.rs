//! Time that passes for the merchant and their Stripe alike.

use jiff::SignedDuration;
use perennial_core::subscriptions::{sweep_subscription_changes, turn_due_subscriptions};

use super::Merchant;

/// So many days of 24 hours.
pub fn days(count: i64) -> SignedDuration {
    SignedDuration::from_hours(24 * count)
}

impl Merchant {
    /// Time passes, and nothing is heard of it yet.
    pub async fn let_pass(&self, time: SignedDuration) {
        self.test.clock().advance(time);
        self.sandbox.tick().await.expect("the sandbox works");
    }

    /// Time passes, and what Stripe says of it arrives.
    pub async fn pass(&self, time: SignedDuration) {
        self.let_pass(time).await;
        self.hear_from_stripe().await;
    }

    /// Time passes, and what Stripe says of it is lost.
    pub async fn pass_unheard(&self, time: SignedDuration) {
        self.let_pass(time).await;
        drop(self.webhooks().await);
    }

    /// Time passes as where everything runs: what Stripe says arrives, and what our own clock has to do is done.
    pub async fn live(&self, time: SignedDuration) {
        self.pass(time).await;
        turn_due_subscriptions(self.app()).await.expect("the database works");
        sweep_subscription_changes(self.app()).await.expect("the database works");
        self.work().await;
        self.hear_from_stripe().await;
    }
}
