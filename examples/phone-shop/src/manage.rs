//! The buttons beside what a customer has. Each opens a session with its own intent; what may be
//! bought, changed or cancelled, and at which price, is decided and confirmed on the hosted pages.

use axum::Form;
use axum::extract::State;
use axum::response::Redirect;
use perennial_client::{AddonId, CheckoutAddon, Intent, SubscriptionId};
use serde::Deserialize;

use crate::customer::Customer;
use crate::problem::Problem;
use crate::{Shop, visits};

#[derive(Deserialize)]
pub(crate) struct Managed {
    subscription: SubscriptionId,
}

#[derive(Deserialize)]
pub(crate) struct AddonPurchase {
    subscription: SubscriptionId,
    addon: AddonId,
}

// The ids come from a form, so a customer could send somebody else's. The API refuses a session for
// one user about another user's subscription; the shop need not check it again.

pub(crate) async fn buy_addon(
    State(shop): State<Shop>,
    customer: Customer,
    Form(purchase): Form<AddonPurchase>,
) -> Result<Redirect, Problem> {
    let AddonPurchase { subscription, addon } = purchase;
    let intent = Intent::CheckoutAddon(CheckoutAddon { subscription, addons: vec![addon] });
    visits::send(&shop, &customer, intent).await
}

pub(crate) async fn change(
    State(shop): State<Shop>,
    customer: Customer,
    Form(managed): Form<Managed>,
) -> Result<Redirect, Problem> {
    visits::send(&shop, &customer, Intent::ChangeSubscription(managed.subscription)).await
}

pub(crate) async fn cancel(
    State(shop): State<Shop>,
    customer: Customer,
    Form(managed): Form<Managed>,
) -> Result<Redirect, Problem> {
    visits::send(&shop, &customer, Intent::CancelSubscription(managed.subscription)).await
}

/// Takes a cancellation back, for as long as the plan runs.
pub(crate) async fn resume(
    State(shop): State<Shop>,
    customer: Customer,
    Form(managed): Form<Managed>,
) -> Result<Redirect, Problem> {
    visits::send(&shop, &customer, Intent::ResumeSubscription(managed.subscription)).await
}

/// Everything about one plan, with what can be done about it.
pub(crate) async fn view(
    State(shop): State<Shop>,
    customer: Customer,
    Form(managed): Form<Managed>,
) -> Result<Redirect, Problem> {
    visits::send(&shop, &customer, Intent::ViewSubscription(managed.subscription)).await
}

/// The card is the customer's, not a plan's: one pays for all of them.
pub(crate) async fn change_card(State(shop): State<Shop>, customer: Customer) -> Result<Redirect, Problem> {
    visits::send(&shop, &customer, Intent::UpdatePaymentMethod).await
}
