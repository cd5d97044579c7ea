//! The portal's first page, or the flow that the session was made for.

use axum::http::StatusCode;
use axum::response::Response;
use serde_json::Value;

use super::super::response::page;
use super::details::Details;
use super::pages::{FormPage, Frame, HomePage};
use super::{Visit, cards, invoices, subscriptions};
use crate::ApiError;
use crate::fields::Fields;
use crate::store::{Select, Tx};

/// What the session shows first.
pub(super) fn shown(
    tx: &Tx<'_>,
    visit: &Visit,
    status: StatusCode,
    problem: Option<String>,
) -> Result<Response, ApiError> {
    let frame = Frame::of(visit, problem);
    let leads_to = visit.leads_to();
    let subject = visit.flow().and_then(|flow| visit.session.owned(&format!("flow.{flow}.subscription")));
    Ok(match (visit.flow(), subject) {
        (Some("payment_method_update"), _) => page(status, &FormPage { frame, details: None }, leads_to),
        (Some("customer_update"), _) => {
            page(status, &FormPage { frame, details: Some(Details::of(visit)) }, leads_to)
        }
        (Some("subscription_cancel"), Some(id)) => {
            page(status, &subscriptions::cancel_page(tx, visit, frame, &id)?, leads_to)
        }
        (Some("subscription_update"), Some(id)) => {
            page(status, &subscriptions::change_page(tx, visit, frame, &id)?, leads_to)
        }
        (Some(_), Some(id)) => {
            page(status, &subscriptions::confirm_page(tx, visit, frame, &id, None, None)?, leads_to)
        }
        _ => page(status, &home(tx, visit, frame)?, leads_to),
    })
}

fn home(tx: &Tx<'_>, visit: &Visit, frame: Frame) -> Result<HomePage, ApiError> {
    let of_customer = Select::of("subscription").with("customer", visit.customer.id().to_owned());
    let mut rows = Vec::new();
    for found in of_customer.all(tx)? {
        if !matches!(found.text("status"), Some("canceled" | "incomplete_expired")) {
            rows.push(subscriptions::row(tx, visit, &found)?);
        }
    }
    let cards = visit.offers("payment_method_update").then(|| cards::rows(tx, visit)).transpose()?;
    let invoices = visit.offers("invoice_history").then(|| invoices::rows(tx, visit)).transpose()?;
    Ok(HomePage {
        frame,
        subscriptions: rows,
        cards,
        details: visit.offers("customer_update").then(|| Details::of(visit)),
        invoices,
    })
}

/// A customer's objects of a kind, newest first.
pub(super) fn newest(tx: &Tx<'_>, visit: &Visit, kind: &str, count: i64) -> Result<Vec<Value>, ApiError> {
    Select::of(kind).with("customer", visit.customer.id().to_owned()).newest(tx, count)
}
