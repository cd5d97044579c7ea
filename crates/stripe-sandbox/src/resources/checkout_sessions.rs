//! Checkout Sessions: <https://docs.stripe.com/api/checkout/sessions>.

use serde_json::{Value, json};

use super::page_of;
use crate::billing::{discounts, setups};
use crate::checkout::{complete, order, promotion, terms};
use crate::fields::{Fields, copy_given};
use crate::http::error::ApiError;
use crate::http::routes::{Request, Routes};
use crate::store::{Select, Tx};
use crate::{blank, ids, metadata};

/// Members that the session shows as they were given.
const SHOWN_AS_GIVEN: [&str; 14] = [
    "allow_promotion_codes",
    "billing_address_collection",
    "cancel_url",
    "client_reference_id",
    "consent_collection",
    "customer_email",
    "locale",
    "payment_method_collection",
    "payment_method_types",
    "redirect_on_completion",
    "return_url",
    "submit_type",
    "success_url",
    "saved_payment_method_options",
];

pub(crate) fn routes(routes: Routes) -> Routes {
    routes
        .post("/v1/checkout/sessions", create)
        .get("/v1/checkout/sessions", list)
        .get("/v1/checkout/sessions/{id}", retrieve)
        .post("/v1/checkout/sessions/{id}", update)
        .post("/v1/checkout/sessions/{id}/expire", expire)
        .get("/v1/checkout/sessions/{id}/line_items", list_lines)
}

fn create(tx: &Tx<'_>, request: &Request) -> Result<Value, ApiError> {
    let parameters = &request.parameters;
    let mode = parameters.text("mode").ok_or_else(|| ApiError::missing("mode"))?;
    let ui_mode = terms::ui_mode(parameters);
    terms::check(tx, parameters, mode, ui_mode)?;
    let lines = order::read_lines(tx, parameters, mode)?;
    let mut session = new(tx, parameters, mode, ui_mode, terms::expires_at(tx, parameters)?)?;
    let currency = lines.first().map_or_else(|| parameters.copy("currency"), |line| line.copy("currency"));
    session.put("currency", currency);
    session.put("_line_items", lines);
    tx.insert(&session)?;
    if mode == "setup" {
        let intent = setup_intent(tx, &session, parameters)?;
        session.put("setup_intent", intent.id());
        session.put("_intent", intent.id());
    } else {
        let redeemables = discounts::read(tx, parameters)?;
        // The sum before the discount is what a code may ask for.
        order::apply_redeemable(tx, &mut session, None)?;
        if let Some(redeemable) = redeemables.first() {
            promotion::check_restrictions(tx, &session, redeemable)?
                .map_err(|message| ApiError::invalid("discounts[0][promotion_code]", message))?;
            order::apply_redeemable(tx, &mut session, Some(redeemable))?;
        }
    }
    tx.save(&session)?;
    Ok(session)
}

fn new(
    tx: &Tx<'_>,
    parameters: &Value,
    mode: &str,
    ui_mode: &str,
    expires_at: i64,
) -> Result<Value, ApiError> {
    let id = format!("cs_test_{}", ids::letters(58));
    let url = (ui_mode == "hosted").then(|| format!("{}/c/pay/{id}", tx.context().base_url));
    let client_secret = (ui_mode != "hosted").then(|| format!("{id}_secret_{}", ids::letters(40)));
    let creation = match mode {
        "payment" if parameters.field("customer").is_none() => {
            parameters.text("customer_creation").or(Some("if_required"))
        }
        "subscription" if parameters.field("customer").is_none() => Some("always"),
        _ => None,
    };
    let mut session = blank::CHECKOUT_SESSION.copy()?;
    session.merge(json!({
        "id": id,
        "client_secret": client_secret,
        "created": tx.now(),
        "customer": parameters.copy("customer"),
        "customer_creation": creation,
        "expires_at": expires_at,
        "metadata": metadata::initial(parameters)?,
        "mode": mode,
        "payment_method_collection": if mode == "subscription" { "always" } else { "if_required" },
        "payment_status": if mode == "setup" { "no_payment_required" } else { "unpaid" },
        "ui_mode": ui_mode,
        "url": url,
        "_due_at": expires_at,
        "_payment_intent_data": parameters.copy("payment_intent_data"),
        "_subscription_data": parameters.copy("subscription_data"),
    }));
    copy_given(&mut session, parameters, &SHOWN_AS_GIVEN);
    if mode == "payment" {
        let enabled = parameters.flag("invoice_creation.enabled");
        let creation = json!({ "enabled": enabled, "invoice_data": invoice_data(parameters) });
        session.put("invoice_creation", creation);
        if enabled && session.field("customer").is_none() {
            session.put("customer_creation", "always");
        }
    }
    Ok(session)
}

/// The details of the invoice that a payment makes, when it makes one.
fn invoice_data(parameters: &Value) -> Value {
    let mut data = json!({
        "account_tax_ids": null,
        "custom_fields": null,
        "description": null,
        "footer": null,
        "issuer": null,
        "metadata": {},
        "rendering_options": null,
    });
    data.merge(parameters.copy("invoice_creation.invoice_data"));
    data
}

fn setup_intent(tx: &Tx<'_>, session: &Value, parameters: &Value) -> Result<Value, ApiError> {
    let data = parameters.copy("setup_intent_data");
    setups::open(
        tx,
        json!({
            "customer": session.copy("customer"),
            "description": data.copy("description"),
            "metadata": metadata::initial(&data)?,
            "_checkout_session": session.id(),
        }),
    )
}

fn retrieve(tx: &Tx<'_>, request: &Request) -> Result<Value, ApiError> {
    tx.get("checkout.session", request.id(), "id")
}

fn update(tx: &Tx<'_>, request: &Request) -> Result<Value, ApiError> {
    let mut session = tx.get("checkout.session", request.id(), "id")?;
    metadata::merge(&mut session, &request.parameters)?;
    tx.save(&session)?;
    Ok(session)
}

fn expire(tx: &Tx<'_>, request: &Request) -> Result<Value, ApiError> {
    let session = tx.get("checkout.session", request.id(), "id")?;
    if session.text("status") == Some("open") {
        return complete::expire(tx, session);
    }
    let status = session.text("status").unwrap_or_default();
    let message = format!("Only open sessions can be expired; the status of this one is {status}.");
    Err(ApiError::request(message))
}

fn list(tx: &Tx<'_>, request: &Request) -> Result<Value, ApiError> {
    let parameters = &request.parameters;
    let mut select = Select::of("checkout.session")
        .with_parameters(parameters, &["customer", "payment_intent", "status", "subscription"])
        .with_range(parameters, "created");
    if let Some(email) = parameters.owned("customer_details.email") {
        select = select.with("customer_details.email", email);
    }
    select.page(tx, parameters, &request.path)
}

fn list_lines(tx: &Tx<'_>, request: &Request) -> Result<Value, ApiError> {
    let session = tx.get("checkout.session", request.id(), "id")?;
    page_of(session.elements("_line_items"), &request.parameters, &request.path)
}
