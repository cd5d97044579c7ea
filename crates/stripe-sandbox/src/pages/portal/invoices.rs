//! The portal's invoices: a list, a page to print, and paying what is open.

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use serde_json::Value;

use super::super::money::format_amount;
use super::super::response::page;
use super::pages::{Frame, InvoicePage, InvoiceRow};
use super::{Visit, afterwards, answer, day, home, in_session};
use crate::ApiError;
use crate::billing::collection;
use crate::billing::payments::{Attempt, Presence};
use crate::fields::Fields;
use crate::resources::payment_methods;
use crate::sandbox::Sandbox;
use crate::store::Tx;

const INVOICES_SHOWN: i64 = 24;

/// `GET /p/session/{session}/invoices/{invoice}`
pub(in crate::pages) async fn print(
    State(sandbox): State<Sandbox>,
    Path((session, invoice)): Path<(String, String)>,
) -> Response {
    let shown = in_session(&sandbox, &session, |tx, visit| {
        visit.expect("invoice_history")?;
        let invoice = own(tx, visit, &invoice)?;
        Ok(page(StatusCode::OK, &invoice_page(visit, &invoice), None))
    });
    answer(shown.await)
}

/// `POST /p/session/{session}/invoices/{invoice}`: pays what is open with the customer's card.
pub(in crate::pages) async fn pay(
    State(sandbox): State<Sandbox>,
    Path((session, invoice)): Path<(String, String)>,
) -> Response {
    let paid = in_session(&sandbox, &session, |tx, visit| {
        visit.expect("invoice_history")?;
        let mut invoice = own(tx, visit, &invoice)?;
        if invoice.text("status") != Some("open") {
            return Ok(visit.address());
        }
        match collection::pay(tx, &mut invoice, None, Presence::OnSession)? {
            Attempt::Succeeded | Attempt::Processing => Ok(visit.address()),
            Attempt::Declined(refusal) => Err(payment_methods::refusal_error(&refusal)),
            Attempt::Challenged => challenge(tx, visit, &invoice, &visit.address()),
        }
    });
    afterwards(&sandbox, &session, paid.await).await
}

/// The bank's question about an invoice, which leads back to `then`.
pub(super) fn challenge(tx: &Tx<'_>, visit: &Visit, invoice: &Value, then: &str) -> Result<String, ApiError> {
    let mut intent = tx.linked_copy("payment_intent", invoice.text("_payment_intent").unwrap_or_default())?;
    intent.put("_return_url", visit.absolute(then));
    tx.save(&intent)?;
    Ok(format!("/3ds/{}", intent.id()))
}

fn own(tx: &Tx<'_>, visit: &Visit, id: &str) -> Result<Value, ApiError> {
    let invoice = tx.get("invoice", id, "id")?;
    if invoice.text("customer") == Some(visit.customer.id()) {
        return Ok(invoice);
    }
    Err(ApiError::no_such("invoice", id, "id"))
}

pub(super) fn rows(tx: &Tx<'_>, visit: &Visit) -> Result<Vec<InvoiceRow>, ApiError> {
    let mut invoices = home::newest(tx, visit, "invoice", INVOICES_SHOWN)?;
    invoices.retain(|invoice| invoice.text("status") != Some("draft"));
    Ok(invoices.iter().map(row).collect())
}

fn row(invoice: &Value) -> InvoiceRow {
    InvoiceRow {
        id: invoice.id().to_owned(),
        number: invoice.owned("number").unwrap_or_default(),
        amount: format_amount(invoice.amount("total"), invoice.text("currency").unwrap_or_default()),
        status: invoice.owned("status").unwrap_or_default(),
        date: day(invoice.amount("created")),
        payable: invoice.text("status") == Some("open"),
    }
}

/// The lines of an invoice and what each comes to.
pub(super) fn lines(invoice: &Value) -> Vec<(String, String)> {
    let currency = invoice.text("currency").unwrap_or_default();
    let line = |line: &Value| {
        let description = line.text("description").unwrap_or_default();
        let (start, end) = (line.amount("period.start"), line.amount("period.end"));
        let period = if start < end { format!(" ({} – {})", day(start), day(end)) } else { String::new() };
        (format!("{description}{period}"), format_amount(line.amount("amount"), currency))
    };
    invoice.elements("lines.data").iter().map(line).collect()
}

fn invoice_page(visit: &Visit, invoice: &Value) -> InvoicePage {
    let names = ["customer_name", "customer_email", "customer_address.line1", "customer_address.line2"];
    let city = ["customer_address.postal_code", "customer_address.city", "customer_address.country"];
    let mut billed_to: Vec<String> = names.iter().filter_map(|path| invoice.owned(path)).collect();
    let city: Vec<&str> = city.iter().filter_map(|path| invoice.text(path)).collect();
    if !city.is_empty() {
        billed_to.push(city.join(" "));
    }
    InvoicePage {
        frame: Frame::of(visit, None),
        billed_to,
        invoice: row(invoice),
        lines: lines(invoice),
        totals: totals(invoice),
    }
}

fn totals(invoice: &Value) -> Vec<(String, String)> {
    let currency = invoice.text("currency").unwrap_or_default();
    let sum = |path: &str| -> i64 { invoice.elements(path).iter().map(|part| part.amount("amount")).sum() };
    let balance = invoice.amount("amount_due") - invoice.amount("total");
    let rows = [
        ("Subtotal", invoice.amount("subtotal"), true),
        ("Discount", -sum("total_discount_amounts"), false),
        ("Tax", sum("total_taxes"), false),
        ("Total", invoice.amount("total"), true),
        ("From the balance", balance, false),
        ("Paid", invoice.amount("amount_paid"), true),
    ];
    let shown = rows.into_iter().filter(|(_, amount, always)| *always || *amount != 0);
    shown.map(|(label, amount, _)| (label.to_owned(), format_amount(amount, currency))).collect()
}
