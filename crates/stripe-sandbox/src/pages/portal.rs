//! The billing portal: a customer's subscriptions, card and invoices.

use askama::Template;
use axum::Form;
use axum::extract::rejection::FormRejection;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use jiff::Timestamp;
use serde::Deserialize;
use serde_json::{Value, json};

use super::money::format_amount;
use super::response::{bad_form, failed, not_found, page, see_other};
use crate::ApiError;
use crate::billing::{clocks, subscription};
use crate::fields::Fields;
use crate::resources::{customers, payment_methods, subscription_update};
use crate::sandbox::Sandbox;
use crate::store::{Select, Tx};

const UNKNOWN: &str = "This page belongs to no session of the billing portal.";
const INVOICES_SHOWN: i64 = 24;

#[derive(Template)]
#[template(path = "portal/portal.html")]
struct PortalPage {
    session: String,
    merchant: String,
    return_url: Option<String>,
    problem: Option<String>,
    subscriptions: Vec<SubscriptionRow>,
    card: Option<String>,
    invoices: Vec<InvoiceRow>,
}

struct SubscriptionRow {
    id: String,
    summary: String,
    /// Until when it runs, or from when on it goes on.
    until: String,
    ending: bool,
}

struct InvoiceRow {
    id: String,
    number: String,
    amount: String,
    status: String,
    date: String,
}

/// An invoice for printing.
#[derive(Template)]
#[template(path = "portal/invoice.html")]
struct InvoicePage {
    session: String,
    merchant: String,
    customer: String,
    invoice: InvoiceRow,
    lines: Vec<(String, String)>,
}

/// What a subscription's buttons post.
#[derive(Clone, Copy, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "lowercase")]
pub(super) enum Action {
    /// End it with its period.
    Cancel,
    /// Let it go on after all.
    Resume,
}

/// What a subscription's form posts.
#[derive(Deserialize)]
pub(super) struct ActionForm {
    action: Action,
}

/// What the card's form posts.
#[derive(Deserialize)]
pub(super) struct CardForm {
    #[serde(rename = "card_number")]
    number: String,
    #[serde(rename = "card_expiry")]
    expiry: String,
    #[serde(rename = "card_cvc")]
    security_code: String,
}

/// `GET /p/session/{session}`
pub(super) async fn show(State(sandbox): State<Sandbox>, Path(session): Path<String>) -> Response {
    answer(&sandbox, &session, None)
}

/// `POST /p/session/{session}/subscriptions/{subscription}`
pub(super) async fn change(
    State(sandbox): State<Sandbox>,
    Path((session, subscription)): Path<(String, String)>,
    form: Result<Form<ActionForm>, FormRejection>,
) -> Response {
    let Ok(Form(form)) = form else { return bad_form() };
    let changed = in_session(&sandbox, &session, |tx, customer| {
        let before = subscription_update::live(tx, &subscription, "id")?;
        if before.text("customer") != Some(customer.id()) {
            return Err(ApiError::no_such("subscription", &subscription, "id"));
        }
        let parameters = json!({ "cancel_at_period_end": form.action == Action::Cancel });
        subscription_update::run(tx, &before, &parameters)
    });
    afterwards(&sandbox, &session, changed)
}

/// `POST /p/session/{session}/card`
pub(super) async fn use_card(
    State(sandbox): State<Sandbox>,
    Path(session): Path<String>,
    form: Result<Form<CardForm>, FormRejection>,
) -> Response {
    let Ok(Form(form)) = form else { return bad_form() };
    let (month, year) = form.expiry.split_once('/').unwrap_or_default();
    // What is no number becomes month 0, which is refused as an expiry like any other wrong one.
    let number = |text: &str| text.trim().parse::<i64>().unwrap_or(0);
    let given = json!({
        "type": "card",
        "card": { "number": form.number, "exp_month": number(month), "exp_year": number(year), "cvc": form.security_code },
    });
    let changed = in_session(&sandbox, &session, |tx, customer| {
        let mut method = payment_methods::insert(tx, &given)?;
        payment_methods::attach(tx, &mut method, customer.id())?;
        customers::make_default(tx, customer, method.id())
    });
    afterwards(&sandbox, &session, changed)
}

/// `GET /p/session/{session}/invoices/{invoice}`
pub(super) async fn print(
    State(sandbox): State<Sandbox>,
    Path((session, invoice)): Path<(String, String)>,
) -> Response {
    let found = in_session(&sandbox, &session, |tx, customer| {
        let found = tx.find_kind("invoice", &invoice)?;
        let found = found.filter(|found| found.text("customer") == Some(customer.id()));
        Ok(found.map(|invoice| invoice_page(tx, &session, customer, &invoice)))
    });
    match found {
        Ok(Some(Some(shown))) => page(StatusCode::OK, &shown, None),
        Ok(_) => not_found(UNKNOWN),
        Err(error) => failed(&error),
    }
}

/// Does `work` for the customer of a session; `None` without such a session.
fn in_session<T>(
    sandbox: &Sandbox,
    session: &str,
    work: impl FnOnce(&Tx<'_>, &Value) -> Result<T, ApiError>,
) -> Result<Option<T>, ApiError> {
    sandbox.write(|tx| {
        let Some(session) = tx.find_kind("billing_portal.session", session)? else { return Ok(None) };
        let id = session.text("customer").unwrap_or_default();
        let Some(customer) = tx.find_kind("customer", id)? else { return Ok(None) };
        clocks::in_time_of(tx, &customer, || work(tx, &customer)).map(Some)
    })
}

/// Back to the page after a change, or on it with what was wrong.
fn afterwards<T>(sandbox: &Sandbox, session: &str, changed: Result<Option<T>, ApiError>) -> Response {
    match changed {
        Ok(Some(_)) => see_other(&format!("/p/session/{session}")),
        Ok(None) => not_found(UNKNOWN),
        Err(error) if error.status().is_client_error() => answer(sandbox, session, Some(error.to_string())),
        Err(error) => failed(&error),
    }
}

fn answer(sandbox: &Sandbox, session: &str, problem: Option<String>) -> Response {
    let status = if problem.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    match in_session(sandbox, session, |tx, customer| read(tx, session, customer, problem)) {
        Ok(Some(shown)) => page(status, &shown, None),
        Ok(None) => not_found(UNKNOWN),
        Err(error) => failed(&error),
    }
}

fn read(
    tx: &Tx<'_>,
    session: &str,
    customer: &Value,
    problem: Option<String>,
) -> Result<PortalPage, ApiError> {
    let of_customer = |kind: &str| Select::of(kind).with("customer", customer.id().to_owned());
    let mut subscriptions = Vec::new();
    for found in of_customer("subscription").all(tx)? {
        if !matches!(found.text("status"), Some("canceled" | "incomplete_expired")) {
            subscriptions.push(subscription_row(tx, &found)?);
        }
    }
    let card = customer.text("invoice_settings.default_payment_method");
    let card = card.map(|id| tx.linked("payment_method", id)).transpose()?;
    let invoices = of_customer("invoice").without("status", "draft".to_owned()).newest(tx, INVOICES_SHOWN)?;
    let session_object = tx.linked("billing_portal.session", session)?;
    Ok(PortalPage {
        session: session.to_owned(),
        merchant: tx.context().merchant_name.clone(),
        return_url: session_object.owned("return_url"),
        problem,
        subscriptions,
        card: card.map(|card| {
            format!(
                "{} ending in {}",
                card.text("card.brand").unwrap_or_default(),
                card.text("card.last4").unwrap_or_default()
            )
        }),
        invoices: invoices.iter().map(invoice_row).collect(),
    })
}

fn subscription_row(tx: &Tx<'_>, found: &Value) -> Result<SubscriptionRow, ApiError> {
    let mut names = Vec::new();
    for item in crate::present::subscription_items(tx, found.id())? {
        let price = tx.linked("price", item.text("price").unwrap_or_default())?;
        let product = tx.linked("product", price.text("product").unwrap_or_default())?;
        let amount = format_amount(price.amount("unit_amount"), price.text("currency").unwrap_or_default());
        let interval = price.text("recurring.interval").unwrap_or_default();
        names.push(format!(
            "{} × {}, {amount} a {interval}",
            item.amount("quantity"),
            product.text("name").unwrap_or_default()
        ));
    }
    let end = found.integer("cancel_at");
    let date = day(end.map_or_else(|| subscription::period_end(tx, found), Ok)?);
    Ok(SubscriptionRow {
        id: found.id().to_owned(),
        summary: names.join("; "),
        until: if end.is_some() { format!("Ends on {date}") } else { format!("Renews on {date}") },
        ending: end.is_some(),
    })
}

fn invoice_row(invoice: &Value) -> InvoiceRow {
    InvoiceRow {
        id: invoice.id().to_owned(),
        number: invoice.owned("number").unwrap_or_default(),
        amount: format_amount(invoice.amount("total"), invoice.text("currency").unwrap_or_default()),
        status: invoice.owned("status").unwrap_or_default(),
        date: day(invoice.amount("created")),
    }
}

fn invoice_page(tx: &Tx<'_>, session: &str, customer: &Value, invoice: &Value) -> InvoicePage {
    let currency = invoice.text("currency").unwrap_or_default();
    let line = |line: &Value| {
        (line.owned("description").unwrap_or_default(), format_amount(line.amount("amount"), currency))
    };
    InvoicePage {
        session: session.to_owned(),
        merchant: tx.context().merchant_name.clone(),
        customer: customer.text("name").or(customer.text("email")).unwrap_or_default().to_owned(),
        invoice: invoice_row(invoice),
        lines: invoice.elements("lines.data").iter().map(line).collect(),
    }
}

/// A date such as `1 Mar 2026`, in UTC.
fn day(seconds: i64) -> String {
    let time = Timestamp::from_second(seconds).unwrap_or_default();
    time.strftime("%-d %b %Y").to_string()
}
