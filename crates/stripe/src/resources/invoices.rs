//! Invoices: <https://docs.stripe.com/api/invoices>.

mod object;

use jiff::Timestamp;
use perennial_core::ports::{BilledInvoice, InvoiceStatus, PaymentsError, RefusalKind};

pub(crate) use self::object::{InvoiceObject, SubscriptionOfInvoice};
use super::pages;
use super::shapes::Identified;
use crate::call::Call;
use crate::client::Client;
use crate::form::Form;

/// What is true of an invoice now.
pub(crate) async fn retrieve(client: &Client, id: &str) -> Result<BilledInvoice, PaymentsError> {
    let call = Call::get("/v1/invoices/{id}").on(id).with(Form::new().expanding(&["payments"]));
    client.send::<InvoiceObject>(&call).await?.into_port()
}

/// The invoices of a subscription since a time, oldest first. All of them can be read or none counts: a payment that is
/// left out would be a payment that nobody sees.
pub(crate) async fn list(
    client: &Client,
    subscription_id: &str,
    created_since: Option<Timestamp>,
) -> Result<Vec<BilledInvoice>, PaymentsError> {
    let form = Form::new()
        .with("subscription", subscription_id)
        .with_some("created[gte]", created_since.map(Timestamp::as_second))
        .expanding(&["data.payments"]);
    let newest_first = pages::all_of::<InvoiceObject>(client, "/v1/invoices", form).await?;
    newest_first.into_iter().rev().map(InvoiceObject::into_port).collect()
}

/// The invoice that charged an item of a subscription first, if it was added to one that ran.
pub(crate) async fn first_of_item(
    client: &Client,
    subscription_id: &str,
    item_id: &str,
) -> Result<Option<BilledInvoice>, PaymentsError> {
    let form = Form::new().with("subscription", subscription_id).expanding(&["data.payments"]);
    for invoice in pages::all_of::<InvoiceObject>(client, "/v1/invoices", form).await?.into_iter().rev() {
        if invoice.is_for_a_change() && invoice.charges_item(item_id) {
            return invoice.into_port().map(Some);
        }
    }
    Ok(None)
}

/// The invoice that a change of a subscription waits for. Not simply its latest one: a renewal may have come since.
pub(crate) async fn open_for_change(
    client: &Client,
    subscription_id: &str,
) -> Result<Option<String>, PaymentsError> {
    let form = Form::new().with("subscription", subscription_id).with("status", "open");
    for invoice in pages::all_of::<InvoiceObject>(client, "/v1/invoices", form).await? {
        if invoice.is_for_a_change() {
            return Ok(Some(invoice.id().to_owned()));
        }
    }
    Ok(None)
}

/// Charges an open invoice to a card, while the customer is there. The key is the invoice's and the card's: pressed
/// twice it is one charge, and another card is another one.
pub(crate) async fn pay(client: &Client, id: &str, payment_method_id: &str) -> Result<(), PaymentsError> {
    let form = Form::new().with("payment_method", payment_method_id).with("off_session", false);
    let key = format!("{id}/pay/{payment_method_id}");
    match client.send::<Identified>(&Call::post("/v1/invoices/{id}/pay").on(id).with(form).once(key)).await {
        Ok(_) => Ok(()),
        Err(PaymentsError::Refused(refusal)) if refusal.kind == RefusalKind::Invalid => {
            // Stripe's own retry may have been quicker.
            if retrieve(client, id).await?.is_paid() { Ok(()) } else { Err(PaymentsError::Refused(refusal)) }
        }
        Err(error) => Err(error),
    }
}

/// Has Stripe go on with an invoice by itself, or not
/// (<https://docs.stripe.com/invoicing/integration/automatic-advancement-collection>). Without an idempotency key: it sets a
/// fact. What is over has nothing to go on with.
pub(crate) async fn advance(client: &Client, id: &str, by_itself: bool) -> Result<(), PaymentsError> {
    let form = Form::new().with("auto_advance", by_itself);
    match client.send::<Identified>(&Call::post("/v1/invoices/{id}").on(id).with(form)).await {
        Err(PaymentsError::Refused(refusal)) if refusal.kind == RefusalKind::Invalid => {
            if retrieve(client, id).await?.is_final() { Ok(()) } else { Err(PaymentsError::Refused(refusal)) }
        }
        answer => answer.map(drop),
    }
}

/// Opens a draft for payment, and leaves it to us to charge it. Without an idempotency key: what is open says so.
pub(crate) async fn finalize(client: &Client, id: &str) -> Result<(), PaymentsError> {
    match send_finalize(client, id).await {
        Err(PaymentsError::Refused(refusal)) if refusal.kind == RefusalKind::Invalid => {
            let is_draft = retrieve(client, id).await?.status == InvoiceStatus::Draft;
            if is_draft { Err(PaymentsError::Refused(refusal)) } else { Ok(()) }
        }
        answer => answer.map(drop),
    }
}

async fn send_finalize(client: &Client, id: &str) -> Result<InvoiceObject, PaymentsError> {
    let form = Form::new().with("auto_advance", false);
    client.send(&Call::post("/v1/invoices/{id}/finalize").on(id).with(form)).await
}

/// Sees to it that an invoice can never be paid. The draft of a subscription can be neither voided nor deleted
/// (<https://docs.stripe.com/api/invoices/delete>): it is finalized first, without being charged.
///
/// Without idempotency keys: both set a fact, and a no that was said while a payment was under way would be replayed for a
/// day after it has failed.
pub(crate) async fn void(client: &Client, id: &str) -> Result<(), PaymentsError> {
    let refused = match send_void(client, id).await {
        Err(PaymentsError::Refused(refusal)) if refusal.kind == RefusalKind::Invalid => refusal,
        answer => return answer,
    };
    match retrieve(client, id).await?.status {
        InvoiceStatus::Paid | InvoiceStatus::Void => Ok(()),
        // With nothing due it is paid by that.
        InvoiceStatus::Draft => match send_finalize(client, id).await?.into_port()?.status {
            InvoiceStatus::Paid => Ok(()),
            _ => send_void(client, id).await,
        },
        InvoiceStatus::Open | InvoiceStatus::Uncollectible => Err(PaymentsError::Refused(refused)),
    }
}

async fn send_void(client: &Client, id: &str) -> Result<(), PaymentsError> {
    client.send::<Identified>(&Call::post("/v1/invoices/{id}/void").on(id)).await.map(drop)
}
