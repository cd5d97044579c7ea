//! Stripe's resources, one file each. A function here answers one call of the API.

mod balance;
pub(crate) mod billing_portal;
mod billing_portal_configurations;
mod charges;
mod checkout_sessions;
mod coupons;
mod credit_notes;
mod customer_balance;
mod customer_discounts;
pub(crate) mod customers;
mod disputes;
mod events;
mod invoice_items;
mod invoice_payments;
pub(crate) mod invoice_previews;
mod invoices;
mod payment_intents;
pub(crate) mod payment_methods;
mod payment_pages;
mod plans;
pub(crate) mod prices;
pub(crate) mod products;
mod promotion_codes;
mod quotes;
mod refunds;
mod search;
mod setup_intents;
mod sources;
mod subscription_items;
mod subscription_phases;
mod subscription_schedules;
pub(crate) mod subscription_update;
pub(crate) mod subscriptions;
mod tax_rates;
mod test_clocks;
mod tokens;
pub(crate) mod webhook_endpoints;

use serde_json::{Value, json};

use crate::fields::{Fields, list_of};
use crate::http::error::ApiError;
use crate::http::routes::Routes;
use crate::store::page_limit;

/// Every call that the sandbox answers.
pub(crate) fn routes() -> Routes {
    let tables = [
        balance::routes,
        billing_portal::routes,
        billing_portal_configurations::routes,
        charges::routes,
        checkout_sessions::routes,
        coupons::routes,
        credit_notes::routes,
        customer_balance::routes,
        customer_discounts::routes,
        customers::routes,
        disputes::routes,
        events::routes,
        invoice_items::routes,
        invoice_payments::routes,
        invoice_previews::routes,
        invoices::routes,
        payment_intents::routes,
        payment_methods::routes,
        payment_pages::routes,
        plans::routes,
        prices::routes,
        products::routes,
        promotion_codes::routes,
        quotes::routes,
        refunds::routes,
        setup_intents::routes,
        sources::routes,
        subscription_items::routes,
        subscription_schedules::routes,
        subscriptions::routes,
        tax_rates::routes,
        test_clocks::routes,
        tokens::routes,
        webhook_endpoints::routes,
    ];
    tables.into_iter().fold(Routes::default(), |routes, add| add(routes))
}

/// What Stripe answers about an object that was just deleted.
fn deleted(object: &Value) -> Value {
    json!({ "id": object.id(), "object": object.kind(), "deleted": true })
}

/// A list whose elements are part of another object, with Stripe's cursors over their ids.
fn page_of(elements: &[Value], parameters: &Value, url: &str) -> Result<Value, ApiError> {
    let limit = usize::try_from(page_limit(parameters)?).unwrap_or(usize::MAX);
    let position = |cursor: &str| elements.iter().position(|element| element.id() == cursor);
    let after = parameters.text("starting_after").and_then(position).map_or(0, |index| index + 1);
    let before = parameters.text("ending_before").and_then(position);
    let window = match before {
        Some(end) => &elements[end.saturating_sub(limit)..end],
        None => &elements[after..elements.len().min(after.saturating_add(limit))],
    };
    let has_more = match before {
        Some(end) => end > limit,
        None => after + window.len() < elements.len(),
    };
    Ok(list_of(window.to_vec(), has_more, url))
}
