//! A charge that comes once: an invoice with its items, <https://docs.stripe.com/api/invoices>.

use perennial_core::ports::{Charge, ChargeOutcome, Charged, PaymentsError};
use serde::Deserialize;
use serde_json::Value;

use super::{Both, Total, said_by_bank};
use crate::call::Call;
use crate::client::Client;
use crate::form::Form;
use crate::resources::invoices::InvoiceObject;
use crate::resources::shapes::{CHECKOUT_KEY, Identified, currency_code};

const INVOICE: &str = "/v1/invoices/{id}";

/// An invoice of its own, paid at once.
pub(super) async fn take(
    client: &Client,
    charge: &Charge,
    stripe_prices: &[String],
) -> Result<ChargeOutcome, PaymentsError> {
    let form = Form::new()
        .with("customer", &charge.stripe_customer_id)
        .with("currency", currency_code(charge.currency()))
        .with("collection_method", "charge_automatically")
        .with("auto_advance", false)
        .with("pending_invoice_items_behavior", "exclude")
        .with("default_payment_method", &charge.stripe_payment_method_id)
        .with(format!("metadata[{CHECKOUT_KEY}]"), charge.id)
        .with_some("discounts[0][promotion_code]", charge.stripe_promotion_code_id.as_deref());
    let call = Call::post("/v1/invoices").with(form).once(format!("{}/charge", charge.id));
    let invoice: Identified = client.send(&call).await?;
    match pay(client, charge, stripe_prices, &invoice.id).await {
        Ok(outcome @ ChargeOutcome::Paid(_)) => Ok(outcome),
        // What cannot be known is left as it is: the same question again finishes it.
        Err(error @ (PaymentsError::NoAnswer(_) | PaymentsError::Nonsense(_))) => Err(error),
        unpaid => match discard_unless_paid(client, &invoice.id).await? {
            Some(charged) => Ok(ChargeOutcome::Paid(Box::new(charged))),
            None => unpaid,
        },
    }
}

async fn pay(
    client: &Client,
    charge: &Charge,
    stripe_prices: &[String],
    invoice_id: &str,
) -> Result<ChargeOutcome, PaymentsError> {
    for (index, price) in stripe_prices.iter().enumerate() {
        let form = Form::new()
            .with("customer", &charge.stripe_customer_id)
            .with("invoice", invoice_id)
            .with("pricing[price]", price);
        let key = format!("{}/charge/line/{index}", charge.id);
        client.send::<Identified>(&Call::post("/v1/invoiceitems").with(form).once(key)).await?;
    }
    let drafted = client.send::<Total>(&Call::get(INVOICE).on(invoice_id)).await?.money()?;
    if drafted != charge.total {
        return Ok(ChargeOutcome::Differs(drafted));
    }
    let form = Form::new()
        .with("payment_method", &charge.stripe_payment_method_id)
        .with("off_session", true)
        .expanding(&["payments"]);
    let call = Call::post("/v1/invoices/{id}/pay")
        .on(invoice_id)
        .with(form)
        .once(format!("{}/charge/pay", charge.id));
    match client.send::<InvoiceObject>(&call).await {
        Ok(invoice) => {
            let charged = Charged {
                id: invoice_id.to_owned(),
                subscription: None,
                invoice: Some(invoice.into_port()?),
            };
            Ok(ChargeOutcome::Paid(Box::new(charged)))
        }
        Err(error) => said_by_bank(error),
    }
}

/// A paid invoice is the charge; any other one is taken away.
pub(super) async fn discard_unless_paid(
    client: &Client,
    invoice_id: &str,
) -> Result<Option<Charged>, PaymentsError> {
    let form = Form::new().expanding(&["payments"]);
    let found: Both<Standing, InvoiceObject> =
        client.send(&Call::get(INVOICE).on(invoice_id).with(form)).await?;
    let Both(standing, invoice) = found;
    let call = match standing.status.as_deref() {
        Some("paid") => {
            let invoice = Some(invoice.into_port()?);
            return Ok(Some(Charged { id: invoice_id.to_owned(), subscription: None, invoice }));
        }
        Some("draft") => Call::delete(INVOICE).on(invoice_id),
        // Without a key: a no that was said while a payment was under way would be replayed after it has failed.
        Some("open" | "uncollectible") => Call::post("/v1/invoices/{id}/void").on(invoice_id),
        _ => return Ok(None),
    };
    client.send::<Value>(&call).await.map(|_| None)
}

#[derive(Debug, Deserialize)]
struct Standing {
    status: Option<String>,
}
