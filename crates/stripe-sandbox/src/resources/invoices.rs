//! Invoices: <https://docs.stripe.com/api/invoices>.

use serde_json::{Value, json};

use super::{deleted, page_of};
use crate::billing::invoice::{self, Draft};
use crate::billing::payments::{self, Attempt, Presence};
use crate::billing::{collection, discounts, lines, subscription, taxes};
use crate::fields::{Fields, copy_given};
use crate::http::error::ApiError;
use crate::http::routes::{Request, Routes};
use crate::store::{Select, Tx};
use crate::{events, metadata};

const CHANGEABLE: [&str; 7] = [
    "auto_advance",
    "collection_method",
    "default_payment_method",
    "description",
    "due_date",
    "footer",
    "statement_descriptor",
];

pub(crate) fn routes(routes: Routes) -> Routes {
    routes
        .post("/v1/invoices", create)
        .get("/v1/invoices", list)
        .get("/v1/invoices/{id}", retrieve)
        .post("/v1/invoices/{id}", update)
        .delete("/v1/invoices/{id}", delete)
        .get("/v1/invoices/{id}/lines", list_lines)
        .post("/v1/invoices/{id}/finalize", finalize)
        .post("/v1/invoices/{id}/pay", pay)
        .post("/v1/invoices/{id}/send", send)
        .post("/v1/invoices/{id}/void", void)
        .post("/v1/invoices/{id}/mark_uncollectible", mark_uncollectible)
}

fn create(tx: &Tx<'_>, request: &Request) -> Result<Value, ApiError> {
    let parameters = &request.parameters;
    let id = parameters.text("customer").ok_or_else(|| ApiError::missing("customer"))?;
    let customer = tx.get("customer", id, "customer")?;
    let waiting = if parameters.text("pending_invoice_items_behavior") == Some("exclude") {
        Vec::new()
    } else {
        Select::of("invoiceitem").with("customer", id.to_owned()).with("_waiting", 1).all(tx)?
    };
    let holder = discounts::Holder { customer: Some(id), ..discounts::Holder::default() };
    let redeemables = discounts::read(tx, parameters)?;
    let discounts: Result<Vec<_>, _> =
        redeemables.iter().map(|redeemable| discounts::redeem(tx, redeemable, holder)).collect();
    let mut discounts = discounts?;
    // Without a word about discounts, the customer's own counts.
    if parameters.get("discounts").is_none() {
        discounts.extend(discounts::of_customer(tx, &customer)?);
    }
    let mut more = json!({ "metadata": metadata::initial(parameters)? });
    copy_given(&mut more, parameters, &CHANGEABLE);
    put_due_date(tx, &mut more, parameters);
    more.put("default_tax_rates", taxes::read(tx, parameters, "default_tax_rates")?);
    let currency =
        parameters.owned("currency").or_else(|| waiting.first().and_then(|item| item.owned("currency")));
    let invoice = invoice::draft(
        tx,
        Draft {
            customer: &customer,
            subscription: None,
            reason: "manual",
            currency: currency.unwrap_or_else(|| "usd".to_owned()),
            lines: waiting.iter().map(|item| lines::of_invoice_item(tx, item)).collect(),
            discounts,
            more,
        },
    )?;
    invoice::take_items(tx, waiting, &invoice)?;
    Ok(invoice)
}

fn retrieve(tx: &Tx<'_>, request: &Request) -> Result<Value, ApiError> {
    tx.get("invoice", request.id(), "id")
}

fn update(tx: &Tx<'_>, request: &Request) -> Result<Value, ApiError> {
    let before = tx.get("invoice", request.id(), "id")?;
    let mut invoice = before.clone();
    copy_given(&mut invoice, &request.parameters, &CHANGEABLE);
    if invoice.flag("auto_advance") != before.flag("auto_advance") {
        collection::follow_auto_advance(tx, &mut invoice);
    }
    put_due_date(tx, &mut invoice, &request.parameters);
    metadata::merge(&mut invoice, &request.parameters)?;
    if request.parameters.get("default_tax_rates").is_some() {
        expect_status(&before, &["draft"])?;
        invoice.put("default_tax_rates", taxes::read(tx, &request.parameters, "default_tax_rates")?);
        let lines = invoice.elements("lines.data").to_vec();
        invoice::set_lines(tx, &mut invoice, lines)?;
    }
    tx.save(&invoice)?;
    events::emit_change(tx, "invoice.updated", &before, &invoice)?;
    Ok(invoice)
}

/// The day on which an invoice that is sent is due, where it is given as a number of days from now.
fn put_due_date(tx: &Tx<'_>, invoice: &mut Value, parameters: &Value) {
    if let Some(days) = parameters.integer("days_until_due") {
        invoice.put("due_date", tx.now() + days * 86_400);
    }
}

fn delete(tx: &Tx<'_>, request: &Request) -> Result<Value, ApiError> {
    let invoice = tx.get("invoice", request.id(), "id")?;
    expect_status(&invoice, &["draft"])?;
    // As at Stripe: what a subscription has made is finalized and voided instead.
    if invoice.text("parent.subscription_details.subscription").is_some() {
        return Err(ApiError::request("An invoice that a subscription made cannot be deleted."));
    }
    tx.remove(invoice.id())?;
    events::emit(tx, "invoice.deleted", &invoice)?;
    Ok(deleted(&invoice))
}

fn finalize(tx: &Tx<'_>, request: &Request) -> Result<Value, ApiError> {
    let mut invoice = tx.get("invoice", request.id(), "id")?;
    expect_status(&invoice, &["draft"])?;
    copy_given(&mut invoice, &request.parameters, &["auto_advance"]);
    invoice::finalize(tx, &mut invoice, None)?;
    Ok(invoice)
}

/// Pays an invoice; a draft is finalized first.
fn pay(tx: &Tx<'_>, request: &Request) -> Result<Value, ApiError> {
    let parameters = &request.parameters;
    let mut invoice = tx.get("invoice", request.id(), "id")?;
    if invoice.text("status") == Some("paid") {
        return Err(ApiError::request("The invoice is paid already.").with_code("invoice_already_paid"));
    }
    expect_status(&invoice, &["draft", "open", "uncollectible"])?;
    if invoice.text("status") == Some("draft") {
        invoice::finalize(tx, &mut invoice, None)?;
    }
    if invoice.text("status") == Some("paid") {
        return Ok(invoice);
    }
    if parameters.flag("paid_out_of_band") {
        invoice.put("paid_out_of_band", true);
        collection::mark_paid(tx, &mut invoice, None)?;
        return Ok(invoice);
    }
    // Stripe takes the customer to be away unless told otherwise.
    let here = parameters.field("off_session") == Some(&json!(false));
    let presence = if here { Presence::OnSession } else { Presence::OffSession };
    match collection::pay(tx, &mut invoice, parameters.text("payment_method"), presence)? {
        Attempt::Succeeded | Attempt::Processing => Ok(invoice),
        Attempt::Declined(refusal) => {
            let intent = tx.linked("payment_intent", invoice.text("_payment_intent").unwrap_or_default())?;
            Err(payments::declined_error(&refusal, &intent))
        }
        Attempt::Challenged => {
            let message = "The payment needs an action of the customer before it can go on.";
            Err(ApiError::card("invoice_payment_intent_requires_action", None, message))
        }
    }
}

/// Sends nothing: the sandbox has no mail. The invoice is finalized, as by Stripe.
fn send(tx: &Tx<'_>, request: &Request) -> Result<Value, ApiError> {
    let mut invoice = tx.get("invoice", request.id(), "id")?;
    expect_status(&invoice, &["draft", "open"])?;
    if invoice.text("status") == Some("draft") {
        invoice::finalize(tx, &mut invoice, None)?;
    }
    events::emit(tx, "invoice.sent", &invoice)?;
    Ok(invoice)
}

fn void(tx: &Tx<'_>, request: &Request) -> Result<Value, ApiError> {
    let mut invoice = tx.get("invoice", request.id(), "id")?;
    expect_status(&invoice, &["open", "uncollectible"])?;
    collection::give_up(tx, &mut invoice, "void")?;
    subscription::invoice_given_up(tx, &invoice)?;
    Ok(invoice)
}

fn mark_uncollectible(tx: &Tx<'_>, request: &Request) -> Result<Value, ApiError> {
    let mut invoice = tx.get("invoice", request.id(), "id")?;
    expect_status(&invoice, &["open"])?;
    collection::give_up(tx, &mut invoice, "uncollectible")?;
    subscription::invoice_given_up(tx, &invoice)?;
    Ok(invoice)
}

fn expect_status(invoice: &Value, expected: &[&str]) -> Result<(), ApiError> {
    let status = invoice.text("status").unwrap_or_default();
    if expected.contains(&status) {
        return Ok(());
    }
    let message = format!("This is not possible while the invoice's status is {status}.");
    Err(ApiError::request(message).with_code("invoice_not_editable"))
}

fn list(tx: &Tx<'_>, request: &Request) -> Result<Value, ApiError> {
    let parameters = &request.parameters;
    let mut select = Select::of("invoice")
        .with_parameters(parameters, &["customer", "status", "collection_method"])
        .with_range(parameters, "created")
        .with_range(parameters, "due_date");
    if let Some(subscription) = parameters.owned("subscription") {
        select = select.with("parent.subscription_details.subscription", subscription);
    }
    select.page(tx, parameters, &request.path)
}

fn list_lines(tx: &Tx<'_>, request: &Request) -> Result<Value, ApiError> {
    let invoice = tx.get("invoice", request.id(), "id")?;
    page_of(invoice.elements("lines.data"), &request.parameters, &request.path)
}
