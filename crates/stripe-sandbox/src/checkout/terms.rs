//! What a Checkout Session may ask for, and which of its parameters go together.

use serde_json::Value;

use crate::billing::subscription;
use crate::fields::Fields;
use crate::http::error::ApiError;
use crate::store::Tx;

const SHORTEST_SECONDS: i64 = 30 * 60;
const LONGEST_SECONDS: i64 = 24 * 60 * 60;

/// Refuses parameters that contradict each other or the mode.
pub(crate) fn check(tx: &Tx<'_>, parameters: &Value, mode: &str, ui_mode: &str) -> Result<(), ApiError> {
    check_urls(parameters, ui_mode)?;
    check_customer(tx, parameters)?;
    check_mode(parameters, mode)?;
    check_methods(parameters)?;
    check_discounts(parameters)?;
    let data = parameters.copy("subscription_data");
    subscription::trial_end(tx, &data, "subscription_data").map(|_| ())
}

/// The ways to show the page under the words of older and newer API versions, in the older ones.
pub(crate) fn ui_mode(parameters: &Value) -> &'static str {
    match parameters.text("ui_mode") {
        Some("embedded" | "embedded_page") => "embedded",
        Some("custom" | "elements") => "custom",
        Some("form") => "form",
        _ => "hosted",
    }
}

fn check_urls(parameters: &Value, ui_mode: &str) -> Result<(), ApiError> {
    for name in ["success_url", "cancel_url", "return_url"] {
        let Some(url) = parameters.text(name) else { continue };
        if !(url.starts_with("https://") || url.starts_with("http://")) {
            let message = "The URL must begin with http:// or https://.";
            return Err(ApiError::invalid(name, message).with_code("url_invalid"));
        }
    }
    if ui_mode == "hosted" { check_hosted_urls(parameters) } else { check_embedded_urls(parameters) }
}

fn check_hosted_urls(parameters: &Value) -> Result<(), ApiError> {
    if parameters.field("return_url").is_some() {
        return Err(ApiError::invalid("return_url", "`return_url` is for sessions that are embedded."));
    }
    if parameters.field("success_url").is_none() {
        return Err(ApiError::missing("success_url"));
    }
    Ok(())
}

fn check_embedded_urls(parameters: &Value) -> Result<(), ApiError> {
    for name in ["success_url", "cancel_url"] {
        if parameters.field(name).is_some() {
            return Err(ApiError::invalid(name, format!("`{name}` is for sessions on the hosted page.")));
        }
    }
    let redirects = parameters.text("redirect_on_completion") != Some("never");
    if redirects && parameters.field("return_url").is_none() {
        return Err(ApiError::missing("return_url"));
    }
    Ok(())
}
fn check_customer(tx: &Tx<'_>, parameters: &Value) -> Result<(), ApiError> {
    if let Some(id) = parameters.text("customer") {
        tx.get("customer", id, "customer")?;
        for name in ["customer_email", "customer_creation"] {
            if parameters.field(name).is_some() {
                return Err(ApiError::invalid(
                    name,
                    format!("Give either `customer` or `{name}`, not both."),
                ));
            }
        }
    }
    Ok(())
}

/// Some parameters belong to some modes.
fn check_mode(parameters: &Value, mode: &str) -> Result<(), ApiError> {
    if mode != "setup" && parameters.elements("line_items").is_empty() {
        return Err(ApiError::missing("line_items"));
    }
    let belongs = [
        ("subscription_data", "subscription"),
        ("payment_method_collection", "subscription"),
        ("payment_intent_data", "payment"),
        ("invoice_creation", "payment"),
        ("setup_intent_data", "setup"),
    ];
    for (name, only) in belongs {
        if parameters.field(name).is_some() && mode != only {
            return Err(ApiError::invalid(name, format!("You can not pass `{name}` in `{mode}` mode.")));
        }
    }
    Ok(())
}

/// Of the ways to pay that are asked for, the sandbox must serve one.
fn check_methods(parameters: &Value) -> Result<(), ApiError> {
    let types = parameters.elements("payment_method_types");
    if types.is_empty() || types.iter().any(|kind| matches!(kind.as_str(), Some("card" | "sepa_debit"))) {
        return Ok(());
    }
    let message = "The sandbox serves the payment methods card and sepa_debit only.";
    Err(ApiError::invalid("payment_method_types", message).with_code("sandbox_unserved"))
}

fn check_discounts(parameters: &Value) -> Result<(), ApiError> {
    if parameters.flag("allow_promotion_codes") && parameters.field("discounts").is_some() {
        let message = "Give either `discounts` or `allow_promotion_codes`, not both.";
        return Err(ApiError::invalid("allow_promotion_codes", message));
    }
    if parameters.elements("discounts").len() > 1 {
        return Err(ApiError::invalid("discounts", "A Checkout Session takes one discount."));
    }
    Ok(())
}

/// When the session expires: as asked for, or after a day, which is the longest.
pub(crate) fn expires_at(tx: &Tx<'_>, parameters: &Value) -> Result<i64, ApiError> {
    let Some(at) = parameters.integer("expires_at") else { return Ok(tx.now() + LONGEST_SECONDS) };
    // A little leeway for the time that the request took: it can make the time too short, and never too long.
    if (SHORTEST_SECONDS - 60..=LONGEST_SECONDS).contains(&(at - tx.now())) {
        return Ok(at);
    }
    Err(ApiError::invalid("expires_at", "A session must expire between 30 minutes and 24 hours from now."))
}
