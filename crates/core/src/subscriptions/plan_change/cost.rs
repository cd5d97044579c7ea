//! What a change would cost, to the cent: from Stripe's own preview.

use futures::future::try_join_all;
use jiff::Timestamp;
use perennial_domain::Money;

use super::choice::{CurrentPlan, PlanChoice, Way};
use super::start::ChangePlanError;
use crate::context::App;
use crate::ports::{InvoicePreview, Payments, PriceSwap, SwapCharge};

/// What a change would cost.
#[derive(Clone, Debug)]
pub struct PlanCost {
    /// The plan.
    pub choice: PlanChoice,
    /// What is charged now; negative if it is a credit.
    pub due: Money,
    /// Why, where Stripe swaps prices now.
    pub preview: Option<InvoicePreview>,
    /// When the next payment is due, if one is.
    pub next_at: Option<Timestamp>,
}

/// Prices a change, counted from this time on.
pub async fn price_choice(
    app: &App,
    current: &CurrentPlan,
    choice: PlanChoice,
    from: Timestamp,
) -> Result<PlanCost, ChangePlanError> {
    let mut priced = price_choices(app, current, vec![choice], from).await?;
    priced.pop().ok_or(ChangePlanError::Contended)
}

/// Prices several changes at once.
pub async fn price_choices(
    app: &App,
    current: &CurrentPlan,
    choices: Vec<PlanChoice>,
    from: Timestamp,
) -> Result<Vec<PlanCost>, ChangePlanError> {
    if !choices.iter().any(|choice| choice.way == Way::SwapNow) {
        return Ok(choices.into_iter().map(|choice| unmoved(current, choice, from)).collect());
    }
    let payments = app.payments(current.subscription.project_id).await?;
    let payments = payments.as_ref();
    let priced = choices.into_iter().map(|choice| async move {
        match swap_of(current, &choice).filter(|_| choice.way == Way::SwapNow) {
            Some(swap) => {
                let charge = SwapCharge::Difference(from);
                preview(payments, current, choice, &swap, charge, from).await
            }
            None => Ok(unmoved(current, choice, from)),
        }
    });
    try_join_all(priced).await
}

/// Prices a swap that counts at once and is charged so, whatever the usual rule for such a change is.
pub async fn price_swap(
    app: &App,
    current: &CurrentPlan,
    choice: PlanChoice,
    charge: SwapCharge,
) -> Result<PlanCost, ChangePlanError> {
    let payments = app.payments(current.subscription.project_id).await?;
    match swap_of(current, &choice) {
        Some(swap) => preview(payments.as_ref(), current, choice, &swap, charge, app.now()).await,
        None => Err(ChangePlanError::NeedsCheckout),
    }
}

async fn preview(
    payments: &dyn Payments,
    current: &CurrentPlan,
    choice: PlanChoice,
    swap: &PriceSwap,
    charge: SwapCharge,
    now: Timestamp,
) -> Result<PlanCost, ChangePlanError> {
    let preview = payments.preview_swap(swap, charge).await?;
    let next_at = match charge {
        SwapCharge::Difference(_) => current.subscription.current_period.and_then(|period| period.end),
        SwapCharge::NewPeriod => after_first_period(&choice, now),
    };
    Ok(PlanCost { choice, due: preview.due, preview: Some(preview), next_at })
}

/// A change that moves no money now, but for a first payment of a whole period.
fn unmoved(current: &CurrentPlan, choice: PlanChoice, from: Timestamp) -> PlanCost {
    let due = match choice.way {
        Way::Buy => choice.price.amount,
        _ => Money::zero(choice.price.amount.currency),
    };
    let next_at = next_at(current, &choice, from);
    PlanCost { choice, due, preview: None, next_at }
}

/// What is bought begins with a period of its own; everything else goes on in the running one.
fn next_at(current: &CurrentPlan, choice: &PlanChoice, from: Timestamp) -> Option<Timestamp> {
    if choice.price.amount.is_zero() {
        return None;
    }
    if choice.way == Way::Buy {
        return after_first_period(choice, from);
    }
    choice.starts_at.or(current.subscription.current_period.and_then(|period| period.end))
}

fn after_first_period(choice: &PlanChoice, from: Timestamp) -> Option<Timestamp> {
    choice.price.term.span()?.after(from, 1).ok()
}

/// What Stripe is asked to swap.
pub(super) fn swap_of(current: &CurrentPlan, choice: &PlanChoice) -> Option<PriceSwap> {
    Some(PriceSwap {
        stripe_subscription_id: current.subscription.stripe_subscription_id.clone()?,
        from_stripe_price_id: current.price.stripe_price_id.clone()?,
        to_stripe_price_id: choice.price.stripe_price_id.clone()?,
    })
}
