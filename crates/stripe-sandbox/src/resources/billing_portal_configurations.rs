//! Configurations of the billing portal: what its pages offer: <https://docs.stripe.com/api/customer_portal/configurations>.

use serde_json::{Value, json};

use crate::fields::{Fields, copy_given};
use crate::http::error::ApiError;
use crate::http::routes::{Request, Routes};
use crate::store::{Select, Tx};
use crate::{events, ids, metadata};

pub(super) const CONFIGURATION: &str = "billing_portal.configuration";

const CHANGEABLE: [&str; 3] = ["active", "default_return_url", "name"];

pub(crate) fn routes(routes: Routes) -> Routes {
    routes
        .post("/v1/billing_portal/configurations", create)
        .get("/v1/billing_portal/configurations", list)
        .get("/v1/billing_portal/configurations/{id}", retrieve)
        .post("/v1/billing_portal/configurations/{id}", update)
}

fn create(tx: &Tx<'_>, request: &Request) -> Result<Value, ApiError> {
    // The default one is older than any other, whenever it is first needed.
    default(tx)?;
    let parameters = &request.parameters;
    let mut configuration = blank(tx);
    configuration.put("metadata", metadata::initial(parameters)?);
    take(tx, &mut configuration, parameters)?;
    tx.insert(&configuration)?;
    events::emit(tx, "billing_portal.configuration.created", &configuration)?;
    Ok(configuration)
}

fn update(tx: &Tx<'_>, request: &Request) -> Result<Value, ApiError> {
    let before = tx.get(CONFIGURATION, request.id(), "id")?;
    let parameters = &request.parameters;
    if before.flag("is_default") && parameters.field("active") == Some(&json!(false)) {
        return Err(ApiError::invalid("active", "The default configuration cannot be inactive."));
    }
    let mut configuration = before.clone();
    take(tx, &mut configuration, parameters)?;
    metadata::merge(&mut configuration, parameters)?;
    configuration.put("updated", tx.now());
    tx.save(&configuration)?;
    events::emit(tx, "billing_portal.configuration.updated", &configuration)?;
    Ok(configuration)
}

/// Takes over what was given, member by member, so that an update of one feature leaves the others.
fn take(tx: &Tx<'_>, configuration: &mut Value, parameters: &Value) -> Result<(), ApiError> {
    copy_given(configuration, parameters, &CHANGEABLE);
    for name in ["business_profile", "features"] {
        if let Some(given) = parameters.get(name) {
            lay_over(&mut configuration[name], given);
        }
    }
    check_products(tx, configuration)
}

fn lay_over(target: &mut Value, given: &Value) {
    match given {
        Value::Object(members) => {
            for (name, value) in members {
                lay_over(&mut target[name.as_str()], value);
            }
        }
        other => *target = other.clone(),
    }
}

/// Whoever may change to something else must be offered something else.
fn check_products(tx: &Tx<'_>, configuration: &Value) -> Result<(), ApiError> {
    let update = configuration.copy("features.subscription_update");
    let param = "features[subscription_update][products]";
    if update.flag("enabled") && update.elements("products").is_empty() {
        return Err(ApiError::missing(param));
    }
    for offered in update.elements("products") {
        let product = offered.text("product").unwrap_or_default();
        tx.get("product", product, param)?;
        for price in offered.elements("prices").iter().filter_map(Value::as_str) {
            if tx.get("price", price, param)?.text("product") != Some(product) {
                let message = format!("The price {price} belongs to another product.");
                return Err(ApiError::invalid(param, message));
            }
        }
    }
    Ok(())
}

fn retrieve(tx: &Tx<'_>, request: &Request) -> Result<Value, ApiError> {
    tx.get(CONFIGURATION, request.id(), "id")
}

fn list(tx: &Tx<'_>, request: &Request) -> Result<Value, ApiError> {
    default(tx)?;
    let select = Select::of(CONFIGURATION).with_parameters(&request.parameters, &["active", "is_default"]);
    select.page(tx, &request.parameters, &request.path)
}

/// The configuration of sessions that name none; it is made when it is first needed.
pub(super) fn default(tx: &Tx<'_>) -> Result<Value, ApiError> {
    if let Some(found) = Select::of(CONFIGURATION).with("is_default", 1).first(tx)? {
        return Ok(found);
    }
    let mut configuration = blank(tx);
    configuration.put("is_default", true);
    for feature in ["customer_update", "invoice_history", "payment_method_update", "subscription_cancel"] {
        configuration.put(&format!("features.{feature}.enabled"), true);
    }
    let updates = json!(["email", "name", "address", "phone"]);
    configuration.put("features.customer_update.allowed_updates", updates);
    tx.insert(&configuration)?;
    events::emit(tx, "billing_portal.configuration.created", &configuration)?;
    Ok(configuration)
}

/// A configuration that offers nothing.
fn blank(tx: &Tx<'_>) -> Value {
    json!({
        "id": ids::new_id("bpc"),
        "object": CONFIGURATION,
        "active": true,
        "application": null,
        "business_profile": { "headline": null, "privacy_policy_url": null, "terms_of_service_url": null },
        "created": tx.owners_now(),
        "default_return_url": null,
        "features": {
            "customer_update": { "allowed_updates": [], "enabled": false },
            "invoice_history": { "enabled": false },
            "payment_method_update": { "enabled": false, "payment_method_configuration": null },
            "subscription_cancel": {
                "cancellation_reason": { "enabled": false, "feedback_options": [], "options": [] },
                "enabled": false,
                "mode": "at_period_end",
                "proration_behavior": "none",
            },
            "subscription_pause": {
                "duration": { "interval_options": [], "type": "indefinite" },
                "enabled": false,
            },
            "subscription_update": {
                "billing_cycle_anchor": null,
                "default_allowed_updates": [],
                "enabled": false,
                "products": null,
                "proration_behavior": "none",
                "schedule_at_period_end": { "conditions": [] },
                "trial_update_behavior": "end_trial",
            },
        },
        "is_default": false,
        "livemode": false,
        "login_page": { "enabled": false, "url": null },
        "metadata": {},
        "name": null,
        "updated": tx.owners_now(),
    })
}
