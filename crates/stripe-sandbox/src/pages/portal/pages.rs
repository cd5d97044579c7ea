//! The portal's pages as data.

use askama::Template;
use axum::http::StatusCode;
use axum::response::Response;

use super::super::response::page;
use super::Visit;
use super::details::Details;
use crate::fields::Fields;

/// What every page of the portal shows around its own.
pub(super) struct Frame {
    merchant: String,
    return_url: Option<String>,
    /// The path of the session's first page, under which its forms post.
    address: String,
    problem: Option<String>,
    /// Whether the page stands for a flow and has no first page behind it.
    in_flow: bool,
    headline: Option<String>,
}

impl Frame {
    pub(super) fn of(visit: &Visit, problem: Option<String>) -> Self {
        Self {
            merchant: visit.merchant.clone(),
            return_url: visit.session.owned("return_url"),
            address: visit.address(),
            problem,
            in_flow: visit.flow().is_some(),
            headline: visit.configuration.owned("business_profile.headline"),
        }
    }
}

/// Everything that the portal offers.
#[derive(Template)]
#[template(path = "portal/portal.html")]
pub(super) struct HomePage {
    pub(super) frame: Frame,
    pub(super) subscriptions: Vec<SubscriptionRow>,
    pub(super) cards: Option<Vec<CardRow>>,
    pub(super) details: Option<Details>,
    pub(super) invoices: Option<Vec<InvoiceRow>>,
}

/// A subscription and what can be done with it.
pub(super) struct SubscriptionRow {
    pub(super) id: String,
    pub(super) summary: String,
    /// Until when it runs, or from when on it goes on.
    pub(super) until: String,
    pub(super) ending: bool,
    pub(super) cancelable: bool,
    pub(super) changeable: bool,
}

/// A saved card.
pub(super) struct CardRow {
    pub(super) id: String,
    pub(super) label: String,
    pub(super) is_default: bool,
}

/// An invoice in a list.
pub(super) struct InvoiceRow {
    pub(super) id: String,
    pub(super) number: String,
    pub(super) amount: String,
    pub(super) status: String,
    pub(super) date: String,
    pub(super) payable: bool,
}

/// A flow of one form: another card, or other details.
#[derive(Template)]
#[template(path = "portal/form.html")]
pub(super) struct FormPage {
    pub(super) frame: Frame,
    pub(super) details: Option<Details>,
}

/// Whether a subscription shall really end.
#[derive(Template)]
#[template(path = "portal/cancel.html")]
pub(super) struct CancelPage {
    pub(super) frame: Frame,
    pub(super) subscription: SubscriptionRow,
    pub(super) consequence: String,
    /// The reasons to choose from, when the portal asks for one: what is sent, and what is shown.
    pub(super) reasons: Vec<(String, String)>,
}

/// What a subscription can change to.
#[derive(Template)]
#[template(path = "portal/change.html")]
pub(super) struct ChangePage {
    pub(super) frame: Frame,
    pub(super) subscription: SubscriptionRow,
    pub(super) choices: Vec<Choice>,
}

/// A price to change to.
pub(super) struct Choice {
    pub(super) price: String,
    pub(super) label: String,
    /// The quantity there is, when it may be changed, too.
    pub(super) quantity: Option<i64>,
}

/// What a change costs, before it is made.
#[derive(Template)]
#[template(path = "portal/confirm.html")]
pub(super) struct ConfirmPage {
    pub(super) frame: Frame,
    pub(super) subscription: SubscriptionRow,
    pub(super) changes: Vec<String>,
    pub(super) price: Option<String>,
    pub(super) quantity: Option<i64>,
    pub(super) lines: Vec<(String, String)>,
    pub(super) due_label: String,
    pub(super) due: String,
}

/// An invoice for printing.
#[derive(Template)]
#[template(path = "portal/invoice.html")]
pub(super) struct InvoicePage {
    pub(super) frame: Frame,
    pub(super) billed_to: Vec<String>,
    pub(super) invoice: InvoiceRow,
    pub(super) lines: Vec<(String, String)>,
    pub(super) totals: Vec<(String, String)>,
}

/// The end of a flow.
#[derive(Template)]
#[template(path = "portal/done.html")]
pub(super) struct DonePage {
    frame: Frame,
    message: String,
}

impl DonePage {
    pub(super) fn of(visit: &Visit) -> Self {
        let message = visit.session.owned("flow.after_completion.hosted_confirmation.custom_message");
        let message = message.unwrap_or_else(|| format!("{} has been told.", visit.merchant));
        Self { frame: Frame::of(visit, None), message }
    }

    pub(super) fn answer(&self) -> Response {
        page(StatusCode::OK, self, None)
    }
}
