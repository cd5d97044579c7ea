//! Credit notes: <https://docs.stripe.com/api/credit_notes>. On an open invoice they lower what is due; on a paid one they
//! refund, credit the customer's balance, or note what was given back elsewhere.

use serde_json::{Value, json};

use super::refunds;
use crate::billing::balance::{self, Movement};
use crate::billing::collection;
use crate::fields::{Fields, copy_given};
use crate::http::error::ApiError;
use crate::http::routes::{Request, Routes};
use crate::store::{Select, Tx};
use crate::{events, ids, metadata};

pub(crate) fn routes(routes: Routes) -> Routes {
    routes
        .post("/v1/credit_notes", create)
        .get("/v1/credit_notes", list)
        .get("/v1/credit_notes/{id}", retrieve)
        .post("/v1/credit_notes/{id}", update)
        .post("/v1/credit_notes/{id}/void", void)
}

fn create(tx: &Tx<'_>, request: &Request) -> Result<Value, ApiError> {
    let parameters = &request.parameters;
    let id = parameters.text("invoice").ok_or_else(|| ApiError::missing("invoice"))?;
    let mut invoice = tx.get("invoice", id, "invoice")?;
    let amount = amount_of(parameters)?;
    let mut note = new(tx, parameters, &invoice, amount)?;
    match invoice.text("status") {
        Some("open") => lower(tx, &mut invoice, &mut note, amount)?,
        Some("paid") => give_back(tx, &mut invoice, &mut note, parameters, amount)?,
        _ => {
            let message = "Only open and paid invoices can be credited.";
            return Err(ApiError::invalid("invoice", message).with_code("invoice_not_editable"));
        }
    }
    tx.insert(&note)?;
    events::emit(tx, "credit_note.created", &note)?;
    Ok(note)
}

/// The whole amount: named itself, or the sum of the lines or of the ways it is given back.
fn amount_of(parameters: &Value) -> Result<i64, ApiError> {
    let of_line = |line: &Value| {
        line.integer("amount")
            .unwrap_or_else(|| line.amount("unit_amount") * line.integer("quantity").unwrap_or(1))
    };
    let lines: i64 = parameters.elements("lines").iter().map(of_line).sum();
    let given_back = ways(parameters).iter().sum();
    let amount = parameters.integer("amount").or((lines != 0).then_some(lines)).unwrap_or(given_back);
    if amount > 0 {
        return Ok(amount);
    }
    Err(ApiError::missing("amount"))
}

/// What is refunded, credited, and given back elsewhere.
fn ways(parameters: &Value) -> [i64; 3] {
    ["refund_amount", "credit_amount", "out_of_band_amount"].map(|name| parameters.amount(name))
}

fn new(tx: &Tx<'_>, parameters: &Value, invoice: &Value, amount: i64) -> Result<Value, ApiError> {
    let id = ids::new_id("cn");
    let earlier = Select::of("credit_note").with("invoice", invoice.id().to_owned()).all(tx)?.len();
    let number = format!("{}-CN-{:02}", invoice.text("number").unwrap_or_default(), earlier + 1);
    let line = line(parameters.text("memo").unwrap_or("Credit"), amount);
    Ok(json!({
        "id": id,
        "object": "credit_note",
        "amount": amount,
        "amount_shipping": 0,
        "created": tx.now(),
        "currency": invoice.copy("currency"),
        "customer": invoice.copy("customer"),
        "customer_account": null,
        "customer_balance_transaction": null,
        "discount_amount": 0,
        "discount_amounts": [],
        "effective_at": parameters.integer("effective_at").unwrap_or(tx.now()),
        "invoice": invoice.id(),
        "lines": { "object": "list", "data": [line], "has_more": false, "total_count": 1, "url": format!("/v1/credit_notes/{id}/lines") },
        "livemode": false,
        "memo": parameters.copy("memo"),
        "metadata": metadata::initial(parameters)?,
        "number": number,
        "out_of_band_amount": null,
        "pdf": null,
        "post_payment_amount": 0,
        "pre_payment_amount": 0,
        "pretax_credit_amounts": [],
        "reason": parameters.copy("reason"),
        "refunds": [],
        "shipping_cost": null,
        "status": "issued",
        "subtotal": amount,
        "subtotal_excluding_tax": amount,
        "total": amount,
        "total_excluding_tax": amount,
        "total_taxes": [],
        "type": "pre_payment",
        "voided_at": null,
    }))
}

fn line(description: &str, amount: i64) -> Value {
    json!({
        "id": ids::new_id("cnli"),
        "object": "credit_note_line_item",
        "amount": amount,
        "description": description,
        "discount_amount": 0,
        "discount_amounts": [],
        "livemode": false,
        "metadata": {},
        "pretax_credit_amounts": [],
        "quantity": 1,
        "tax_rates": [],
        "taxes": [],
        "type": "custom_line_item",
        "unit_amount": amount,
        "unit_amount_decimal": amount.to_string(),
    })
}

/// Lowers what an open invoice asks for; when nothing is left it is paid.
fn lower(tx: &Tx<'_>, invoice: &mut Value, note: &mut Value, amount: i64) -> Result<(), ApiError> {
    let left = invoice.amount("amount_remaining") - amount;
    if left < 0 {
        return Err(too_much());
    }
    note.put("pre_payment_amount", amount);
    invoice
        .put("pre_payment_credit_notes_amount", invoice.amount("pre_payment_credit_notes_amount") + amount);
    ask_for(tx, invoice, left)?;
    if left == 0 { collection::mark_paid(tx, invoice, None) } else { Ok(()) }
}

/// Sets what an open invoice, and the intent that pays it, still ask for.
fn ask_for(tx: &Tx<'_>, invoice: &mut Value, left: i64) -> Result<(), ApiError> {
    invoice.put("amount_due", left);
    invoice.put("amount_remaining", left);
    tx.save(invoice)?;
    let mut intent = tx.linked_copy("payment_intent", invoice.text("_payment_intent").unwrap_or_default())?;
    intent.put("amount", left);
    tx.save(&intent)
}

fn give_back(
    tx: &Tx<'_>,
    invoice: &mut Value,
    note: &mut Value,
    parameters: &Value,
    amount: i64,
) -> Result<(), ApiError> {
    let [refund, credit, elsewhere] = ways(parameters);
    if refund + credit + elsewhere != amount {
        let message = "The amounts refunded, credited and given back elsewhere must add up to the amount.";
        return Err(ApiError::invalid("amount", message));
    }
    let credited = invoice.amount("post_payment_credit_notes_amount") + amount;
    if credited > invoice.amount("total") {
        return Err(too_much());
    }
    if refund > 0 {
        let intent = invoice.copy("_payment_intent");
        let made = refunds::insert(tx, &json!({ "payment_intent": intent, "amount": refund }))?;
        note.put("refunds", json!([{ "amount_refunded": refund, "payment_record_refund": null, "refund": made.id(), "type": "refund" }]));
    }
    if credit > 0 {
        let mut customer = tx.linked_copy("customer", invoice.text("customer").unwrap_or_default())?;
        let currency = invoice.owned("currency").unwrap_or_default();
        let more = json!({ "credit_note": note.id(), "invoice": invoice.id() });
        let movement = Movement { amount: -credit, currency: &currency, kind: "credit_note", more };
        let transaction = balance::move_by(tx, &mut customer, movement)?;
        note.put("customer_balance_transaction", transaction.id());
    }
    note.put("out_of_band_amount", parameters.copy("out_of_band_amount"));
    note.put("post_payment_amount", amount);
    note.put("type", "post_payment");
    invoice.put("post_payment_credit_notes_amount", credited);
    tx.save(invoice)
}

fn too_much() -> ApiError {
    ApiError::invalid("amount", "The credit is greater than what is left of the invoice.")
}

fn retrieve(tx: &Tx<'_>, request: &Request) -> Result<Value, ApiError> {
    tx.get("credit_note", request.id(), "id")
}

fn update(tx: &Tx<'_>, request: &Request) -> Result<Value, ApiError> {
    let before = tx.get("credit_note", request.id(), "id")?;
    let mut note = before.clone();
    copy_given(&mut note, &request.parameters, &["memo"]);
    metadata::merge(&mut note, &request.parameters)?;
    tx.save(&note)?;
    events::emit_change(tx, "credit_note.updated", &before, &note)?;
    Ok(note)
}

/// Takes a credit back, which is possible while its invoice is open.
fn void(tx: &Tx<'_>, request: &Request) -> Result<Value, ApiError> {
    let mut note = tx.get("credit_note", request.id(), "id")?;
    let mut invoice = tx.linked_copy("invoice", note.text("invoice").unwrap_or_default())?;
    if note.text("status") != Some("issued") || invoice.text("status") != Some("open") {
        return Err(ApiError::request("A credit note can be voided only while its invoice is open."));
    }
    let amount = note.amount("amount");
    invoice
        .put("pre_payment_credit_notes_amount", invoice.amount("pre_payment_credit_notes_amount") - amount);
    let due = invoice.amount("amount_remaining") + amount;
    ask_for(tx, &mut invoice, due)?;
    note.put("status", "void");
    note.put("voided_at", tx.now());
    tx.save(&note)?;
    events::emit(tx, "credit_note.voided", &note)?;
    Ok(note)
}

fn list(tx: &Tx<'_>, request: &Request) -> Result<Value, ApiError> {
    let parameters = &request.parameters;
    Select::of("credit_note")
        .with_parameters(parameters, &["customer", "invoice"])
        .with_range(parameters, "created")
        .page(tx, parameters, &request.path)
}
