//! Sessions of the billing portal: <https://docs.stripe.com/api/customer_portal/sessions>. There is one configuration, the
//! default one, and it cannot be changed; its page is in `pages::portal`.

use serde_json::{Value, json};

use crate::fields::Fields;
use crate::http::error::ApiError;
use crate::http::routes::{Request, Routes};
use crate::store::{Select, Tx};
use crate::{events, ids};

const CONFIGURATION: &str = "billing_portal.configuration";
const SESSION: &str = "billing_portal.session";

pub(crate) fn routes(routes: Routes) -> Routes {
    routes
        .post("/v1/billing_portal/sessions", create)
        .get("/v1/billing_portal/configurations", list_configurations)
        .get("/v1/billing_portal/configurations/{id}", retrieve_configuration)
}

fn create(tx: &Tx<'_>, request: &Request) -> Result<Value, ApiError> {
    let parameters = &request.parameters;
    let id = parameters.text("customer").ok_or_else(|| ApiError::missing("customer"))?;
    let customer = tx.get("customer", id, "customer")?;
    let configuration = match parameters.text("configuration") {
        Some(id) => tx.get(CONFIGURATION, id, "configuration")?,
        None => default_configuration(tx)?,
    };
    let session = ids::new_id("bps");
    let session = json!({
        "id": session,
        "object": SESSION,
        "after_expiration": null,
        "configuration": configuration.id(),
        "created": tx.now(),
        "customer": customer.id(),
        "customer_account": null,
        "flow": null,
        "livemode": false,
        "locale": parameters.copy("locale"),
        "on_behalf_of": null,
        "return_url": parameters.copy("return_url"),
        "url": format!("{}/p/session/{session}", tx.context().base_url),
    });
    tx.insert(&session)?;
    events::emit(tx, "billing_portal.session.created", &session)?;
    Ok(session)
}

/// The one configuration; it is made when it is first needed.
fn default_configuration(tx: &Tx<'_>) -> Result<Value, ApiError> {
    if let Some(found) = Select::of(CONFIGURATION).first(tx)? {
        return Ok(found);
    }
    let configuration = json!({
        "id": ids::new_id("bpc"),
        "object": CONFIGURATION,
        "active": true,
        "application": null,
        "business_profile": { "headline": null, "privacy_policy_url": null, "terms_of_service_url": null },
        "created": tx.owners_now(),
        "default_return_url": null,
        "features": {
            "customer_update": { "allowed_updates": [], "enabled": false },
            "invoice_history": { "enabled": true },
            "payment_method_update": { "enabled": true, "payment_method_configuration": null },
            "subscription_cancel": {
                "cancellation_reason": { "enabled": false, "feedback_options": [], "options": [] },
                "enabled": true,
                "mode": "at_period_end",
                "proration_behavior": "none",
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
        "is_default": true,
        "livemode": false,
        "login_page": { "enabled": false, "url": null },
        "metadata": {},
        "name": null,
        "updated": tx.owners_now(),
    });
    tx.insert(&configuration)?;
    events::emit(tx, "billing_portal.configuration.created", &configuration)?;
    Ok(configuration)
}

fn retrieve_configuration(tx: &Tx<'_>, request: &Request) -> Result<Value, ApiError> {
    tx.get(CONFIGURATION, request.id(), "id")
}

fn list_configurations(tx: &Tx<'_>, request: &Request) -> Result<Value, ApiError> {
    default_configuration(tx)?;
    Select::of(CONFIGURATION).page(tx, &request.parameters, &request.path)
}
