//! "Buy now": from a plan on the order page to the hosted checkout.

use axum::Form;
use axum::extract::State;
use axum::response::Redirect;
use perennial_client::{CheckoutNewSubscription, Intent, PlanId};
use serde::Deserialize;

use crate::customer::{Customer, Visitor};
use crate::problem::Problem;
use crate::{Shop, log_in, visits};

#[derive(Deserialize)]
pub(crate) struct Purchase {
    plan: PlanId,
}

pub(crate) async fn submit(
    State(shop): State<Shop>,
    Visitor(customer): Visitor,
    Form(purchase): Form<Purchase>,
) -> Result<Redirect, Problem> {
    match customer {
        Some(customer) => check_out(&shop, &customer, purchase.plan).await,
        None => Ok(log_in::redirect_before_buying(&purchase.plan)),
    }
}

/// Sends the customer to buy `plan`. The SIM, the number and the payment are decided there.
pub(crate) async fn check_out(shop: &Shop, customer: &Customer, plan: PlanId) -> Result<Redirect, Problem> {
    let intent = Intent::CheckoutNewSubscription(CheckoutNewSubscription::of(plan));
    visits::send(shop, customer, intent).await
}
