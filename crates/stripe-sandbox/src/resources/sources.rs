//! Cards in their older form, as sources of a customer: <https://docs.stripe.com/api/cards>. Each stands for a payment
//! method, which is what pays.

use serde_json::{Value, json};

use super::{customers, deleted, payment_methods, tokens};
use crate::fields::{Fields, copy_given};
use crate::http::error::ApiError;
use crate::http::routes::{Request, Routes};
use crate::store::{Select, Tx};
use crate::{events, ids, metadata};

const CHANGEABLE: [&str; 9] = [
    "address_city",
    "address_country",
    "address_line1",
    "address_line2",
    "address_state",
    "address_zip",
    "exp_month",
    "exp_year",
    "name",
];

pub(crate) fn routes(routes: Routes) -> Routes {
    routes
        .post("/v1/customers/{id}/sources", create)
        .get("/v1/customers/{id}/sources", list)
        .get("/v1/customers/{id}/sources/{source}", retrieve)
        .post("/v1/customers/{id}/sources/{source}", update)
        .delete("/v1/customers/{id}/sources/{source}", delete)
}

fn create(tx: &Tx<'_>, request: &Request) -> Result<Value, ApiError> {
    let customer = tx.get("customer", request.id(), "id")?;
    let parameters = &request.parameters;
    let token = parameters.text("source").ok_or_else(|| ApiError::missing("source"))?;
    let mut method = payment_methods::add(tx, &tokens::card_of(tx, token)?, &json!({}))?;
    payment_methods::attach(tx, &mut method, customer.id())?;
    let mut card = method.copy("card");
    let kept =
        ["brand", "country", "exp_month", "exp_year", "fingerprint", "funding", "last4", "regulated_status"];
    if let Some(members) = card.as_object_mut() {
        members.retain(|name, _| kept.contains(&name.as_str()));
    }
    for name in CHANGEABLE.iter().filter(|name| !name.starts_with("exp_")) {
        card.put(name, Value::Null);
    }
    card.merge(json!({
        "id": ids::new_id("card"),
        "object": "card",
        "address_line1_check": null,
        "address_zip_check": null,
        "allow_redisplay": "unspecified",
        "customer": customer.id(),
        "cvc_check": "pass",
        "dynamic_last4": null,
        "metadata": metadata::initial(parameters)?,
        "tokenization_method": null,
        "_payment_method": method.id(),
    }));
    tx.insert(&card)?;
    if customer.field("default_source").is_none() {
        make_default(tx, &customer, &card, &method)?;
    }
    events::emit(tx, "customer.source.created", &card)?;
    Ok(card)
}

fn make_default(tx: &Tx<'_>, before: &Value, card: &Value, method: &Value) -> Result<(), ApiError> {
    let mut customer = before.clone();
    customer.put("default_source", card.id());
    tx.save(&customer)?;
    if customer.field("invoice_settings.default_payment_method").is_some() {
        return events::emit_change(tx, "customer.updated", before, &customer);
    }
    customers::make_default(tx, &customer, method.id())
}

fn find(tx: &Tx<'_>, request: &Request) -> Result<Value, ApiError> {
    let id = request.ids.get(1).map_or("", String::as_str);
    let card = tx.get("card", id, "id")?;
    if card.text("customer") == Some(request.id()) {
        return Ok(card);
    }
    Err(ApiError::no_such("source", id, "id"))
}

fn retrieve(tx: &Tx<'_>, request: &Request) -> Result<Value, ApiError> {
    find(tx, request)
}

fn update(tx: &Tx<'_>, request: &Request) -> Result<Value, ApiError> {
    let before = find(tx, request)?;
    let mut card = before.clone();
    copy_given(&mut card, &request.parameters, &CHANGEABLE);
    metadata::merge(&mut card, &request.parameters)?;
    tx.save(&card)?;
    events::emit_change(tx, "customer.source.updated", &before, &card)?;
    Ok(card)
}

fn delete(tx: &Tx<'_>, request: &Request) -> Result<Value, ApiError> {
    let card = find(tx, request)?;
    let method = tx.linked("payment_method", card.text("_payment_method").unwrap_or_default())?;
    if method.field("customer").is_some() {
        payment_methods::take_off(tx, &method)?;
    }
    let mut customer = tx.linked_copy("customer", request.id())?;
    if customer.text("default_source") == Some(card.id()) {
        customer.put("default_source", Value::Null);
        tx.save(&customer)?;
    }
    tx.remove(card.id())?;
    events::emit(tx, "customer.source.deleted", &card)?;
    Ok(deleted(&card))
}

fn list(tx: &Tx<'_>, request: &Request) -> Result<Value, ApiError> {
    tx.get("customer", request.id(), "id")?;
    let select = Select::of("card").with("customer", request.id().to_owned());
    select.page(tx, &request.parameters, &request.path)
}
