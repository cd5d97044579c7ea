//! Sessions of the billing portal: <https://docs.stripe.com/api/customer_portal/sessions>. Their pages are in
//! `pages::portal`.

use serde_json::{Value, json};

use super::billing_portal_configurations::{self as configurations, CONFIGURATION};
use super::subscription_update;
use crate::fields::Fields;
use crate::http::error::ApiError;
use crate::http::routes::{Request, Routes};
use crate::store::Tx;
use crate::{events, ids};

/// The kind of a session.
pub(crate) const SESSION: &str = "billing_portal.session";

pub(crate) fn routes(routes: Routes) -> Routes {
    routes.post("/v1/billing_portal/sessions", create)
}

fn create(tx: &Tx<'_>, request: &Request) -> Result<Value, ApiError> {
    let parameters = &request.parameters;
    let id = parameters.text("customer").ok_or_else(|| ApiError::missing("customer"))?;
    let customer = tx.get("customer", id, "customer")?;
    let configuration = configuration(tx, parameters)?;
    let return_url = parameters.field("return_url").or(configuration.field("default_return_url")).cloned();
    let session = ids::new_id("bps");
    let session = json!({
        "id": session,
        "object": SESSION,
        "after_expiration": null,
        "configuration": configuration.id(),
        "created": tx.now(),
        "customer": customer.id(),
        "customer_account": null,
        "flow": flow(tx, parameters, &customer, &configuration)?,
        "livemode": false,
        "locale": parameters.copy("locale"),
        "on_behalf_of": null,
        "return_url": return_url,
        "url": format!("{}/p/session/{session}", tx.context().base_url),
    });
    tx.insert(&session)?;
    events::emit(tx, "billing_portal.session.created", &session)?;
    Ok(session)
}

fn configuration(tx: &Tx<'_>, parameters: &Value) -> Result<Value, ApiError> {
    let Some(id) = parameters.text("configuration") else { return configurations::default(tx) };
    let configuration = tx.get(CONFIGURATION, id, "configuration")?;
    if configuration.flag("active") {
        return Ok(configuration);
    }
    Err(ApiError::invalid("configuration", format!("The configuration {id} is inactive.")))
}

/// The one thing that a session is for, when it is for one.
fn flow(tx: &Tx<'_>, parameters: &Value, customer: &Value, configuration: &Value) -> Result<Value, ApiError> {
    let Some(given) = parameters.field("flow_data") else { return Ok(Value::Null) };
    let kind = given.text("type").unwrap_or_default();
    let feature = match kind {
        "subscription_update_confirm" => "subscription_update",
        other => other,
    };
    if !configuration.flag(&format!("features.{feature}.enabled")) {
        let message = format!("The configuration of this portal does not offer {feature}.");
        return Err(ApiError::invalid("flow_data[type]", message));
    }
    if kind.starts_with("subscription_") {
        check_subscription(tx, given, kind, customer)?;
    }
    let mut flow = json!({
        "after_completion": {
            "hosted_confirmation": null,
            "redirect": null,
            "type": given.text("after_completion.type").unwrap_or("portal_homepage"),
        },
        "customer_update": null,
        "subscription_cancel": null,
        "subscription_pause": null,
        "subscription_update": null,
        "subscription_update_confirm": null,
        "type": kind,
    });
    for name in ["hosted_confirmation", "redirect"] {
        flow.put(&format!("after_completion.{name}"), given.copy(&format!("after_completion.{name}")));
    }
    flow.put(kind, details(given, kind));
    Ok(flow)
}

fn details(given: &Value, kind: &str) -> Value {
    match kind {
        "subscription_cancel" => {
            json!({ "retention": null, "subscription": given.copy("subscription_cancel.subscription") })
        }
        "subscription_update_confirm" => json!({
            "discounts": null,
            "items": given.copy("subscription_update_confirm.items"),
            "subscription": given.copy("subscription_update_confirm.subscription"),
        }),
        "customer_update" => json!({}),
        other => given.copy(other),
    }
}

fn check_subscription(tx: &Tx<'_>, given: &Value, kind: &str, customer: &Value) -> Result<(), ApiError> {
    let param = format!("flow_data[{kind}][subscription]");
    let id = given.text(&format!("{kind}.subscription")).ok_or_else(|| ApiError::missing(&param))?;
    let subscription = subscription_update::live(tx, id, &param)?;
    if subscription.text("customer") != Some(customer.id()) {
        return Err(ApiError::no_such("subscription", id, &param));
    }
    if kind == "subscription_cancel" && subscription.field("cancel_at").is_some() {
        return Err(ApiError::invalid(&param, "The subscription is set to be canceled already."));
    }
    Ok(())
}
