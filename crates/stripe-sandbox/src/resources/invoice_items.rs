//! Invoice items, which wait for the customer's next invoice: <https://docs.stripe.com/api/invoiceitems>.

use serde_json::{Value, json};

use super::{deleted, prices};
use crate::billing::{invoice, lines, taxes};
use crate::fields::{Fields, copy_given};
use crate::http::error::ApiError;
use crate::http::routes::{Request, Routes};
use crate::store::{Select, Tx};
use crate::{events, ids, metadata};

pub(crate) fn routes(routes: Routes) -> Routes {
    routes
        .post("/v1/invoiceitems", create)
        .get("/v1/invoiceitems", list)
        .get("/v1/invoiceitems/{id}", retrieve)
        .post("/v1/invoiceitems/{id}", update)
        .delete("/v1/invoiceitems/{id}", delete)
}

fn create(tx: &Tx<'_>, request: &Request) -> Result<Value, ApiError> {
    let parameters = &request.parameters;
    let customer = parameters.text("customer").ok_or_else(|| ApiError::missing("customer"))?;
    tx.get("customer", customer, "customer")?;
    let draft = parameters.text("invoice").map(|id| tx.get("invoice", id, "invoice")).transpose()?;
    if draft.as_ref().is_some_and(|draft| draft.text("status") != Some("draft")) {
        return Err(
            ApiError::invalid("invoice", "Only drafts take further items.").with_code("invoice_not_editable")
        );
    }
    let amount = amounts(tx, parameters)?;
    let mut item = json!({
        "id": ids::new_id("ii"),
        "object": "invoiceitem",
        "amount": amount.total,
        "currency": amount.currency,
        "customer": customer,
        "customer_account": null,
        "date": tx.now(),
        "description": amount.description,
        "discountable": true,
        "discounts": [],
        "invoice": parameters.copy("invoice"),
        "livemode": false,
        "metadata": metadata::initial(parameters)?,
        "net_amount": amount.total,
        "parent": null,
        "period": { "end": tx.now(), "start": tx.now() },
        "pricing": amount.pricing,
        "proration": false,
        "quantity": amount.quantity,
        "quantity_decimal": amount.quantity.to_string(),
        "tax_rates": taxes::read(tx, parameters, "tax_rates")?,
        "test_clock": null,
        "_waiting": draft.is_none(),
    });
    copy_given(&mut item, parameters, &["description", "discountable", "period"]);
    tx.insert(&item)?;
    if let Some(mut draft) = draft {
        let mut all = draft.elements("lines.data").to_vec();
        all.push(lines::of_invoice_item(tx, &item));
        invoice::set_lines(tx, &mut draft, all)?;
        tx.save(&draft)?;
    }
    events::emit(tx, "invoiceitem.created", &item)?;
    Ok(item)
}

/// What an item costs.
struct Amounts {
    total: i64,
    currency: String,
    quantity: i64,
    description: Option<String>,
    pricing: Value,
}

fn amounts(tx: &Tx<'_>, parameters: &Value) -> Result<Amounts, ApiError> {
    let quantity = parameters.integer("quantity").unwrap_or(1);
    if let Some(id) = parameters.text("pricing.price").or(parameters.text("price")) {
        let price = tx.get("price", id, "pricing[price]")?;
        let line = lines::of_price(tx, &price, quantity)?;
        return Ok(Amounts {
            total: line.amount("amount"),
            currency: line.owned("currency").unwrap_or_default(),
            quantity,
            description: line.owned("description"),
            pricing: line.copy("pricing"),
        });
    }
    let of_units =
        parameters.field("unit_amount").map(|_| prices::total(parameters, quantity)).transpose()?;
    let total = parameters.integer("amount").or(of_units).ok_or_else(|| ApiError::missing("amount"))?;
    Ok(Amounts {
        total,
        currency: prices::currency(parameters)?,
        quantity,
        description: parameters.owned("description"),
        pricing: Value::Null,
    })
}

fn retrieve(tx: &Tx<'_>, request: &Request) -> Result<Value, ApiError> {
    tx.get("invoiceitem", request.id(), "id")
}

fn waiting(tx: &Tx<'_>, request: &Request) -> Result<Value, ApiError> {
    let item = tx.get("invoiceitem", request.id(), "id")?;
    if item.flag("_waiting") {
        return Ok(item);
    }
    Err(ApiError::request("The item is on an invoice already.").with_code("invoice_not_editable"))
}

fn update(tx: &Tx<'_>, request: &Request) -> Result<Value, ApiError> {
    let mut item = waiting(tx, request)?;
    copy_given(&mut item, &request.parameters, &["amount", "description", "discountable", "period"]);
    if request.parameters.get("tax_rates").is_some() {
        item.put("tax_rates", taxes::read(tx, &request.parameters, "tax_rates")?);
    }
    metadata::merge(&mut item, &request.parameters)?;
    tx.save(&item)?;
    Ok(item)
}

fn delete(tx: &Tx<'_>, request: &Request) -> Result<Value, ApiError> {
    let item = waiting(tx, request)?;
    tx.remove(item.id())?;
    events::emit(tx, "invoiceitem.deleted", &item)?;
    Ok(deleted(&item))
}

fn list(tx: &Tx<'_>, request: &Request) -> Result<Value, ApiError> {
    let parameters = &request.parameters;
    let mut select = Select::of("invoiceitem")
        .with_parameters(parameters, &["customer", "invoice"])
        .with_range_at(parameters, "created", "date");
    if let Some(pending) = parameters.field("pending").and_then(Value::as_bool) {
        select = select.with("_waiting", i64::from(pending));
    }
    select.page(tx, parameters, &request.path)
}
