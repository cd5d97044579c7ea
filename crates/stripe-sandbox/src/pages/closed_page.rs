//! The page of a session that takes no payment: paid, expired, or mounted by the seller's own page.

use askama::Template;

use super::overview::EventRow;
use crate::checkout::{CheckoutMode, CheckoutState, CheckoutView};

/// Says why there is nothing to pay here, and what happened.
#[derive(Template)]
#[template(path = "checkout/closed.html")]
pub(super) struct ClosedPage {
    merchant: String,
    heading: &'static str,
    explanation: String,
    way_on: Option<WayOn>,
    events: Vec<EventRow>,
}

/// Where to go from here.
struct WayOn {
    address: String,
    label: String,
}

impl ClosedPage {
    /// Words a session that is over.
    pub(super) fn over(view: &CheckoutView, events: Vec<EventRow>) -> Self {
        let merchant = &view.merchant_name;
        let back = |address: &Option<String>| {
            let address = address.clone()?;
            Some(WayOn { address, label: format!("Return to {merchant}") })
        };
        let (heading, explanation, way_on) = match (view.state, view.mode) {
            (CheckoutState::Expired, _) => (
                "This session has expired",
                format!("Nothing was charged. Go back to {merchant} and start again."),
                back(&view.cancel_url),
            ),
            (_, CheckoutMode::Setup) => (
                "Your card is saved",
                format!("{merchant} has it. Nothing was charged."),
                back(&view.success_url),
            ),
            (_, CheckoutMode::Payment) => (
                "Paid",
                format!("{merchant} has your payment. It is not taken twice."),
                back(&view.success_url),
            ),
            (_, CheckoutMode::Subscription) => (
                "You are subscribed",
                format!("{merchant} has your order. It is not taken twice."),
                back(&view.success_url),
            ),
        };
        Self { merchant: merchant.clone(), heading, explanation, way_on, events }
    }

    /// Words a session that the seller's page shows.
    pub(super) fn embedded(view: &CheckoutView) -> Self {
        Self {
            merchant: view.merchant_name.clone(),
            heading: "This payment belongs on another page",
            explanation: format!(
                "{} opened it to be embedded in a page of its own. The sandbox does not serve that yet.",
                view.merchant_name
            ),
            way_on: None,
            events: Vec::new(),
        }
    }
}
