//! What the hosted payment page can do with a Checkout Session: show it, pay it, pass the 3-D Secure challenge.
//!
//! The page itself, its forms and its words live in `pages`; nothing here knows HTML.

mod challenge;
pub(crate) mod complete;
pub(crate) mod order;
pub(crate) mod pay;
pub(crate) mod promotion;
mod show;
pub(crate) mod terms;
mod view;

pub use view::{
    ChallengeOutcome, ChallengeView, CheckoutLine, CheckoutMode, CheckoutState, CheckoutView, Discount,
    DiscountDuration, Interval, PayInput, PayOutcome, PromotionOutcome, SavedCard, UiMode,
};

use std::time::Duration;

use crate::http::error::ApiError;
use crate::sandbox::Sandbox;

/// How long the payment page waits for the seller's webhook endpoint, as Stripe's does:
/// <https://docs.stripe.com/checkout/fulfillment>.
const WAIT_FOR_SELLER: Duration = Duration::from_secs(10);

/// An unknown id is `Ok(None)` throughout.
impl Sandbox {
    /// A Checkout Session as its page shows it.
    pub async fn checkout_view(&self, session_id: &str) -> Result<Option<CheckoutView>, ApiError> {
        self.read(|tx| {
            tx.find_kind("checkout.session", session_id)?.map(|session| show::view(tx, &session)).transpose()
        })
        .await
    }

    /// Pays a Checkout Session, or sets it up. A refused card is an outcome and leaves the session open.
    pub async fn pay(&self, session_id: &str, input: PayInput) -> Result<Option<PayOutcome>, ApiError> {
        let paid = self.write(|tx| pay::with_input(tx, session_id, &input)).await;
        let outcome = paid.or_else(|error| pay::mistake(&error).map(Some).ok_or(error))?;
        if let Some(PayOutcome::Paid { .. }) = outcome {
            self.deliver_before_redirect().await;
        }
        Ok(outcome)
    }

    /// Applies a promotion code to a Checkout Session; an empty code removes the one applied.
    pub async fn apply_promotion_code(
        &self,
        session_id: &str,
        code: &str,
    ) -> Result<Option<PromotionOutcome>, ApiError> {
        self.write(|tx| promotion::apply(tx, session_id, code)).await
    }

    /// A 3-D Secure challenge as its page shows it.
    pub async fn challenge_view(&self, intent_id: &str) -> Result<Option<ChallengeView>, ApiError> {
        self.read(|tx| challenge::view(tx, intent_id)).await
    }

    /// Answers a 3-D Secure challenge in the customer's stead.
    pub async fn complete_challenge(
        &self,
        intent_id: &str,
        approve: bool,
    ) -> Result<Option<ChallengeOutcome>, ApiError> {
        let outcome = self.write(|tx| challenge::answer(tx, intent_id, approve)).await?;
        if approve && matches!(outcome, Some(ChallengeOutcome::Continue { .. })) {
            self.deliver_before_redirect().await;
        }
        Ok(outcome)
    }

    /// Stripe's page waits for `checkout.session.completed` to be acknowledged before it redirects, but not for long.
    async fn deliver_before_redirect(&self) {
        if !self.options().deliver_before_redirect {
            return;
        }
        match tokio::time::timeout(WAIT_FOR_SELLER, self.deliver_due()).await {
            Ok(Ok(_)) => {}
            Ok(Err(error)) => {
                tracing::error!(error = &error as &dyn std::error::Error, "webhooks could not be delivered");
            }
            Err(_) => {
                tracing::warn!("the seller did not acknowledge the webhooks in time; the customer goes on");
            }
        }
    }
}
