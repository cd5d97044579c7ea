//! `expand[]`: replaces ids in an answer by the objects they name: <https://docs.stripe.com/expand>.

use serde_json::{Value, json};

use crate::fields::{Fields, list_of};
use crate::http::error::ApiError;
use crate::present;
use crate::store::{Select, Tx};

const MAX_DEPTH: usize = 4;

/// Expands every path that the request asked for.
pub(crate) fn expand(tx: &Tx<'_>, answer: &mut Value, parameters: &Value) -> Result<(), ApiError> {
    for path in parameters.elements("expand").iter().filter_map(Value::as_str) {
        let steps: Vec<&str> = path.split('.').collect();
        if steps.len() > MAX_DEPTH + usize::from(steps.first() == Some(&"data")) {
            let message = format!("You cannot expand more than {MAX_DEPTH} levels of a property ({path}).");
            return Err(ApiError::invalid("expand", message));
        }
        walk(tx, answer, &steps, path)?;
    }
    Ok(())
}

fn walk(tx: &Tx<'_>, value: &mut Value, steps: &[&str], path: &str) -> Result<(), ApiError> {
    if let Value::Array(elements) = value {
        return elements.iter_mut().try_for_each(|element| arrive(tx, element, steps, path));
    }
    let Some((step, rest)) = steps.split_first() else { return Ok(()) };
    // These hold texts that may look like ids.
    if matches!(*step, "id" | "metadata") {
        return Err(not_expandable(path));
    }
    if value.get(*step).is_none() {
        match included_list(tx, value, step)? {
            // What a coupon has not is absent, also for who asks for it.
            Some(Value::Null) if value.kind() == "coupon" => return Ok(()),
            Some(included) => value.put(step, included),
            None => return Err(not_expandable(path)),
        }
    }
    match &mut value[*step] {
        Value::Null => Ok(()),
        Value::String(id) => {
            let object = tx.find(id)?.ok_or_else(|| not_expandable(path))?;
            value[*step] = present::shown(tx, object)?;
            walk_on(tx, &mut value[*step], rest, path)
        }
        found => walk_on(tx, found, rest, path),
    }
}

/// Goes on below an object or list that is there.
fn walk_on(tx: &Tx<'_>, value: &mut Value, rest: &[&str], path: &str) -> Result<(), ApiError> {
    match value {
        Value::Array(elements) => elements.iter_mut().try_for_each(|element| arrive(tx, element, rest, path)),
        Value::Object(_) if !rest.is_empty() => walk(tx, value, rest, path),
        Value::Object(_) => Ok(()),
        _ => Err(not_expandable(path)),
    }
}

/// An element of an array: an id to replace, or an object to go on in.
fn arrive(tx: &Tx<'_>, element: &mut Value, rest: &[&str], path: &str) -> Result<(), ApiError> {
    if let Some(id) = element.as_str() {
        let object = tx.find(id)?.ok_or_else(|| not_expandable(path))?;
        *element = present::shown(tx, object)?;
    }
    if rest.is_empty() { Ok(()) } else { walk(tx, element, rest, path) }
}

/// What Stripe includes only when asked: mostly lists.
fn included_list(tx: &Tx<'_>, object: &Value, step: &str) -> Result<Option<Value>, ApiError> {
    let id = object.id();
    let (select, url) = match (object.kind(), step) {
        ("invoice", "confirmation_secret") => return confirmation_secret(tx, id).map(Some),
        ("coupon", "applies_to") => return Ok(Some(tx.linked("coupon", id)?.copy("applies_to"))),
        ("checkout.session", "line_items") => {
            let stored = tx.linked("checkout.session", id)?;
            let url = format!("/v1/checkout/sessions/{id}/line_items");
            return Ok(Some(list(tx, stored.elements("_line_items").to_vec(), &url)?));
        }
        ("invoice", "payments") => (
            Select::of("invoice_payment").with("invoice", id.to_owned()),
            format!("/v1/invoice_payments?invoice={id}"),
        ),
        ("charge", "refunds") => {
            (Select::of("refund").with("charge", id.to_owned()), format!("/v1/charges/{id}/refunds"))
        }
        ("customer", "subscriptions") => (
            Select::of("subscription")
                .with("customer", id.to_owned())
                .without("status", "canceled".to_owned()),
            format!("/v1/customers/{id}/subscriptions"),
        ),
        ("customer", "sources" | "tax_ids") => {
            let url = format!("/v1/customers/{id}/{step}");
            return Ok(Some(list_of(Vec::new(), false, &url)));
        }
        _ => return Ok(None),
    };
    let mut objects = select.all(tx)?;
    objects.reverse();
    Ok(Some(list(tx, objects, &url)?))
}

/// What a browser needs to pay an invoice.
fn confirmation_secret(tx: &Tx<'_>, invoice: &str) -> Result<Value, ApiError> {
    let invoice = tx.linked("invoice", invoice)?;
    let Some(intent) = invoice.text("_payment_intent") else { return Ok(Value::Null) };
    let intent = tx.linked("payment_intent", intent)?;
    Ok(json!({ "client_secret": intent.copy("client_secret"), "type": "payment_intent" }))
}

fn list(tx: &Tx<'_>, objects: Vec<Value>, url: &str) -> Result<Value, ApiError> {
    let data: Vec<Value> =
        objects.into_iter().map(|object| present::shown(tx, object)).collect::<Result<_, _>>()?;
    Ok(list_of(data, false, url))
}

fn not_expandable(path: &str) -> ApiError {
    ApiError::invalid("expand", format!("This property cannot be expanded ({path})."))
}
