//! Previews of invoices: <https://docs.stripe.com/api/invoices/create_preview>.
//!
//! A preview is a rehearsal: the change is made, its invoice is drafted, and everything is taken back. So a preview and
//! the update that follows it cannot differ.

use serde_json::{Value, json};

use super::{subscription_update, subscriptions};
use crate::billing::change::{self, Applied};
use crate::billing::invoice::{self, Draft};
use crate::billing::subscribe::{self, NewSubscription};
use crate::billing::{cycle, discounts, lines, pending, subscription, taxes};
use crate::fields::{Fields, copy_given};
use crate::http::error::ApiError;
use crate::http::routes::{Request, Routes};
use crate::ids;
use crate::store::{Select, Tx};

pub(crate) fn routes(routes: Routes) -> Routes {
    routes.post("/v1/invoices/create_preview", create).get("/v1/invoices/upcoming", upcoming)
}

fn create(tx: &Tx<'_>, request: &Request) -> Result<Value, ApiError> {
    let parameters = &request.parameters;
    preview(tx, parameters, &parameters.field("subscription_details").cloned().unwrap_or_else(|| json!({})))
}

/// The older call, whose parameters carry a prefix instead of standing in an object of their own.
fn upcoming(tx: &Tx<'_>, request: &Request) -> Result<Value, ApiError> {
    let mut details = json!({});
    for (name, value) in request.parameters.as_object().into_iter().flatten() {
        if let Some(name) = name.strip_prefix("subscription_") {
            details.put(name, value.clone());
        }
    }
    preview(tx, &request.parameters, &details)
}

/// The invoice that a change of a subscription, a new one, or what waits would make; nothing of it stays.
pub(crate) fn preview(tx: &Tx<'_>, parameters: &Value, details: &Value) -> Result<Value, ApiError> {
    let is_new = parameters.text("subscription").is_none() && details.field("items").is_some();
    if !is_new
        && parameters.text("subscription").is_none()
        && !parameters.elements("invoice_items").is_empty()
    {
        let message = "The sandbox serves invoice_items for subscriptions only.";
        return Err(ApiError::invalid("invoice_items", message).with_code("sandbox_unserved"));
    }
    let mut shown = tx.rehearse(|| {
        if let Some(id) = parameters.text("subscription") {
            return of_subscription(tx, id, parameters, details);
        }
        let id = parameters.text("customer").ok_or_else(|| ApiError::missing("customer"))?;
        let customer = tx.get("customer", id, "customer")?;
        if details.field("items").is_some() {
            return of_new_subscription(tx, customer, parameters, details);
        }
        of_waiting_items(tx, &customer, parameters)
    })?;
    // The draft is gone again, so it gets an id that is nobody's.
    shown.put("id", ids::new_id("upcoming_in"));
    shown.put("number", Value::Null);
    Ok(shown)
}

/// The invoice that a change calls for at once; without one, that of the next period.
fn of_subscription(tx: &Tx<'_>, id: &str, parameters: &Value, details: &Value) -> Result<Value, ApiError> {
    let before = subscription_update::live(tx, id, "subscription")?;
    if parameters.text("customer").is_some_and(|customer| Some(customer) != before.text("customer")) {
        return Err(ApiError::invalid("customer", "The subscription belongs to another customer."));
    }
    let mut asked = details.clone();
    copy_given(&mut asked, parameters, &["discounts", "coupon"]);
    if let Some(extras) = parameters.get("invoice_items") {
        asked.put("add_invoice_items", extras.clone());
    }
    let change = subscription_update::read(tx, &before, &asked)?;
    pending::make_way(tx, &before, &change)?;
    let Applied { mut subscription, invoice } = change::apply(tx, &before, &change)?;
    if let Some(invoice) = invoice {
        return Ok(invoice);
    }
    let end = subscription::period_end(tx, &subscription)?;
    if subscription.integer("cancel_at").is_some_and(|at| at <= end) {
        return nothing_upcoming(tx, &subscription);
    }
    tx.at(end, || cycle::start_period(tx, &mut subscription))
}

/// A subscription that ends is billed only for what still waits.
fn nothing_upcoming(tx: &Tx<'_>, subscription: &Value) -> Result<Value, ApiError> {
    let waiting =
        Select::of("invoiceitem").with("subscription", subscription.id().to_owned()).with("_waiting", 1);
    if waiting.all(tx)?.is_empty() {
        let message = "No upcoming invoices for this customer: the subscription ends with its period.";
        return Err(ApiError::request(message).with_code("invoice_upcoming_none"));
    }
    cycle::draft_of_waiting(tx, subscription)
}

fn of_new_subscription(
    tx: &Tx<'_>,
    customer: Value,
    parameters: &Value,
    details: &Value,
) -> Result<Value, ApiError> {
    let new = NewSubscription {
        items: subscriptions::read_items(tx, details, "items")?,
        extras: subscriptions::read_items(tx, parameters, "invoice_items")?,
        redeemables: discounts::read(tx, parameters)?,
        trial_end: subscription::trial_end(tx, details, "subscription_details")?,
        more: json!({ "default_tax_rates": taxes::read(tx, details, "default_tax_rates")? }),
        customer,
    };
    subscribe::draft_first(tx, &new)
}

fn of_waiting_items(tx: &Tx<'_>, customer: &Value, parameters: &Value) -> Result<Value, ApiError> {
    let waiting =
        Select::of("invoiceitem").with("customer", customer.id().to_owned()).with("_waiting", 1).all(tx)?;
    let Some(first) = waiting.first() else {
        let message = format!("No upcoming invoices for customer {}.", customer.id());
        return Err(ApiError::request(message).with_code("invoice_upcoming_none"));
    };
    let holder = discounts::Holder { customer: Some(customer.id()), ..discounts::Holder::default() };
    let redeemables = discounts::read(tx, parameters)?;
    let discounts: Result<Vec<_>, _> =
        redeemables.iter().map(|redeemable| discounts::redeem(tx, redeemable, holder)).collect();
    let draft = Draft {
        customer,
        subscription: None,
        reason: "upcoming",
        currency: first.owned("currency").unwrap_or_default(),
        lines: waiting.iter().map(|item| lines::of_invoice_item(tx, item)).collect(),
        discounts: discounts?,
        more: json!({}),
    };
    invoice::draft(tx, draft)
}
