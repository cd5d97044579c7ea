//! The page of a session that takes no payment: paid, expired, or mounted by the seller's own page.

use askama::Template;

use super::overview::EventRow;
use crate::checkout::{CheckoutMode, CheckoutState, CheckoutView, UiMode};

/// Says why there is nothing to pay here, and what happened.
#[derive(Template)]
#[template(path = "checkout/closed.html")]
pub(super) struct ClosedPage {
    merchant: String,
    heading: &'static str,
    explanation: String,
    way_on: Option<WayOn>,
    events: Vec<EventRow>,
    embedded: bool,
    /// What the page around an embedded session is told once that is complete.
    ending: Option<Ending>,
}

/// The end of an embedded session.
struct Ending {
    /// Where the whole page goes on; empty when it stays.
    redirect: String,
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
        let (heading, explanation, way_on) = words_of(view);
        let embedded = view.ui_mode == UiMode::Embedded;
        let complete = embedded && view.state == CheckoutState::Complete;
        Self {
            merchant: merchant.clone(),
            heading,
            explanation,
            way_on,
            events: if embedded { Vec::new() } else { events },
            embedded,
            ending: complete.then(|| Ending { redirect: view.success_url.clone().unwrap_or_default() }),
        }
    }

    /// Words a session that is shown inside the seller's page, or out of parts there.
    pub(super) fn elsewhere(view: &CheckoutView) -> Self {
        Self {
            merchant: view.merchant_name.clone(),
            heading: "This payment belongs on another page",
            explanation: format!(
                "{} opened it to be shown inside a page of its own. Open it there.",
                view.merchant_name
            ),
            way_on: None,
            events: Vec::new(),
            embedded: false,
            ending: None,
        }
    }
}

/// What came of a session, what that means, and where it goes on.
fn words_of(view: &CheckoutView) -> (&'static str, String, Option<WayOn>) {
    let merchant = &view.merchant_name;
    let back = |address: &Option<String>| {
        let address = address.clone()?;
        Some(WayOn { address, label: format!("Return to {merchant}") })
    };
    match (view.state, view.mode) {
        (CheckoutState::Expired, _) => (
            "This session has expired",
            format!("Nothing was charged. Go back to {merchant} and start again."),
            back(&view.cancel_url),
        ),
        _ if view.unpaid => (
            "Your order is placed",
            format!("Your bank was asked for the money. {merchant} is told as soon as it comes."),
            back(&view.success_url),
        ),
        (_, CheckoutMode::Setup) => (
            "Your card is saved",
            format!("{merchant} has it. Nothing was charged."),
            back(&view.success_url),
        ),
        (_, CheckoutMode::Payment) => {
            ("Paid", format!("{merchant} has your payment. It is not taken twice."), back(&view.success_url))
        }
        (_, CheckoutMode::Subscription) => (
            "You are subscribed",
            format!("{merchant} has your order. It is not taken twice."),
            back(&view.success_url),
        ),
    }
}
