//! From the stored object to the one the API shows: without the sandbox's own members, with what Stripe always includes.

use serde_json::Value;

use crate::fields::{Fields, list_of};
use crate::http::error::ApiError;
use crate::http::versions;
use crate::resources::prices;
use crate::store::{Select, Tx};

/// The object as the caller of this transaction sees it.
pub(crate) fn shown(tx: &Tx<'_>, object: Value) -> Result<Value, ApiError> {
    shown_as(tx, object, &tx.context().version)
}

/// The object in the shape of an API version.
pub(crate) fn shown_as(tx: &Tx<'_>, object: Value, version: &str) -> Result<Value, ApiError> {
    let mut shown = public(object);
    match shown.kind() {
        "list" | "search_result" => show_elements(tx, &mut shown, "data", version)?,
        "subscription" => {
            show_elements(tx, &mut shown, "pending_update.subscription_items", version)?;
            include_items(tx, &mut shown, version)?;
        }
        "event" => shown.put("pending_webhooks", tx.pending_deliveries(shown.id())?),
        "subscription_item" | "item" => include_price(tx, &mut shown)?,
        "customer" => include_discount(tx, &mut shown, version)?,
        // Told only to who asks (<https://docs.stripe.com/api/coupons/object>, `applies_to`).
        "coupon" => leave_out(&mut shown, "applies_to"),
        _ => {}
    }
    include_tax_rates(tx, &mut shown)?;
    versions::adapt(tx, &mut shown, version)?;
    Ok(shown)
}

/// The elements of the array at a path as the objects they are, if there is one.
fn show_elements(tx: &Tx<'_>, shown: &mut Value, path: &str, version: &str) -> Result<(), ApiError> {
    let Some(elements) = shown.elements_mut(path) else { return Ok(()) };
    elements.iter_mut().try_for_each(|element| {
        *element = shown_as(tx, element.take(), version)?;
        Ok(())
    })
}

/// A subscription is shown with its items.
fn include_items(tx: &Tx<'_>, subscription: &mut Value, version: &str) -> Result<(), ApiError> {
    let items = subscription_items(tx, subscription.id())?.into_iter();
    let data = items.map(|item| shown_as(tx, item, version)).collect::<Result<Vec<_>, _>>()?;
    let (count, url) = (data.len(), format!("/v1/subscription_items?subscription={}", subscription.id()));
    let mut list = list_of(data, false, &url);
    list.put("total_count", count);
    subscription.put("items", list);
    Ok(())
}

/// The object without the sandbox's own members.
pub(crate) fn public(mut object: Value) -> Value {
    if let Some(members) = object.as_object_mut() {
        members.retain(|name, _| !name.starts_with('_'));
    }
    object
}

fn leave_out(shown: &mut Value, name: &str) {
    if let Some(members) = shown.as_object_mut() {
        members.remove(name);
    }
}

/// The items of a subscription, in the order they were added.
pub(crate) fn subscription_items(tx: &Tx<'_>, subscription: &str) -> Result<Vec<Value>, ApiError> {
    Select::of("subscription_item").with("subscription", subscription.to_owned()).all(tx)
}

/// Tax rates are shown in full wherever they are named.
fn include_tax_rates(tx: &Tx<'_>, shown: &mut Value) -> Result<(), ApiError> {
    for name in ["default_tax_rates", "tax_rates"] {
        if shown.elements(name).iter().any(Value::is_string) {
            let ids = shown.elements(name).iter().filter_map(Value::as_str);
            let rates: Result<Vec<_>, _> = ids.map(|id| tx.linked_copy("tax_rate", id)).collect();
            shown.put(name, rates?);
        }
    }
    Ok(())
}

/// A customer's discount is shown in full.
fn include_discount(tx: &Tx<'_>, customer: &mut Value, version: &str) -> Result<(), ApiError> {
    if let Some(id) = customer.owned("discount") {
        customer.put("discount", shown_as(tx, tx.linked_copy("discount", &id)?, version)?);
    }
    Ok(())
}

fn include_price(tx: &Tx<'_>, object: &mut Value) -> Result<(), ApiError> {
    let Some(id) = object.owned("price") else { return Ok(()) };
    let price = tx.linked_copy("price", &id)?;
    if object.kind() == "subscription_item" {
        object.put("plan", prices::as_plan(&price));
    }
    object.put("price", price);
    Ok(())
}
