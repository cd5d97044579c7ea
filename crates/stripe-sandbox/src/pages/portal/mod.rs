//! The billing portal: a customer's subscriptions, cards, details and invoices, as far as its configuration offers them.
//! A session that was made for one flow shows that flow first, and leads on when it is done.

pub(super) mod cards;
pub(super) mod details;
mod home;
pub(super) mod invoices;
mod pages;
pub(super) mod subscriptions;

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use jiff::Timestamp;
use serde_json::Value;

use super::response::{failed, not_found, see_other};
use crate::ApiError;
use crate::billing::clocks;
use crate::fields::Fields;
use crate::resources::billing_portal::SESSION;
use crate::sandbox::Sandbox;
use crate::store::Tx;

const UNKNOWN: &str = "This page belongs to no session of the billing portal.";

/// A session of the portal, with whose it is and what it offers.
struct Visit {
    session: Value,
    customer: Value,
    configuration: Value,
    merchant: String,
    base_url: String,
}

impl Visit {
    /// The path of the session's first page.
    fn address(&self) -> String {
        format!("/p/session/{}", self.session.id())
    }

    fn offers(&self, feature: &str) -> bool {
        self.configuration.flag(&format!("features.{feature}.enabled"))
    }

    /// Refuses what the portal does not offer.
    fn expect(&self, feature: &str) -> Result<(), ApiError> {
        if self.offers(feature) {
            return Ok(());
        }
        Err(ApiError::request("This portal does not offer that."))
    }

    /// The flow that the session was made for, until it is done.
    fn flow(&self) -> Option<&str> {
        self.session.text("flow.type").filter(|_| !self.session.flag("_flow_done"))
    }

    /// Where a finished flow leads outside, if it does. Forms need leave to lead there.
    fn leads_to(&self) -> Option<&str> {
        self.session.text("flow.after_completion.redirect.return_url")
    }

    /// Where the customer goes on after what they did; with that, a flow of one of these kinds is done.
    fn go_on(&self, tx: &Tx<'_>, kinds: &[&str]) -> Result<String, ApiError> {
        if !self.flow().is_some_and(|flow| kinds.contains(&flow)) {
            return Ok(self.address());
        }
        let mut session = self.session.clone();
        session.put("_flow_done", true);
        tx.save(&session)?;
        Ok(match (session.text("flow.after_completion.type"), self.leads_to()) {
            (Some("redirect"), Some(address)) => address.to_owned(),
            (Some("hosted_confirmation"), _) => format!("{}/done", self.address()),
            _ => self.address(),
        })
    }

    /// The same address for use outside of the sandbox's own pages.
    fn absolute(&self, address: &str) -> String {
        if address.starts_with('/') { format!("{}{address}", self.base_url) } else { address.to_owned() }
    }
}

/// `GET /p/session/{session}`
pub(super) async fn show(State(sandbox): State<Sandbox>, Path(session): Path<String>) -> Response {
    answer(in_session(&sandbox, &session, |tx, visit| home::shown(tx, visit, StatusCode::OK, None)).await)
}

/// `GET /p/session/{session}/done`
pub(super) async fn done(State(sandbox): State<Sandbox>, Path(session): Path<String>) -> Response {
    answer(in_session(&sandbox, &session, |_, visit| Ok(pages::DonePage::of(visit).answer())).await)
}

/// Does `work` for a session; `None` without such a session.
async fn in_session<T>(
    sandbox: &Sandbox,
    session: &str,
    work: impl FnOnce(&Tx<'_>, &Visit) -> Result<T, ApiError>,
) -> Result<Option<T>, ApiError> {
    sandbox
        .write(|tx| {
            let Some(session) = tx.find_kind(SESSION, session)? else { return Ok(None) };
            let id = session.text("customer").unwrap_or_default();
            let Some(customer) = tx.find_kind("customer", id)? else { return Ok(None) };
            let configuration = session.text("configuration").unwrap_or_default();
            let configuration = tx.linked_copy("billing_portal.configuration", configuration)?;
            let context = tx.context();
            let (merchant, base_url) = (context.merchant_name.clone(), context.base_url.clone());
            let visit = Visit { session, customer, configuration, merchant, base_url };
            clocks::in_time_of(tx, &visit.customer, || work(tx, &visit)).map(Some)
        })
        .await
}

fn answer(response: Result<Option<Response>, ApiError>) -> Response {
    match response {
        Ok(Some(response)) => response,
        Ok(None) => not_found(UNKNOWN),
        // What the page is about is another customer's, gone, or not offered.
        Err(error) if error.status().is_client_error() => not_found(UNKNOWN),
        Err(error) => failed(&error),
    }
}

/// On to where a change leads, or back to the page with what was wrong.
async fn afterwards(sandbox: &Sandbox, session: &str, changed: Result<Option<String>, ApiError>) -> Response {
    match changed {
        Ok(Some(address)) => see_other(&address),
        Ok(None) => not_found(UNKNOWN),
        Err(error) if error.status().is_client_error() => {
            let problem = Some(error.to_string());
            let status = StatusCode::UNPROCESSABLE_ENTITY;
            answer(in_session(sandbox, session, |tx, visit| home::shown(tx, visit, status, problem)).await)
        }
        Err(error) => failed(&error),
    }
}

/// A date such as `1 Mar 2026`, in UTC.
fn day(seconds: i64) -> String {
    let time = Timestamp::from_second(seconds).unwrap_or_default();
    time.strftime("%-d %b %Y").to_string()
}
