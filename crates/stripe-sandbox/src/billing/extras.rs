//! What is charged once beside the items of a subscription, with its next invoice: `add_invoice_items`.

use serde_json::{Value, json};

use super::lines;
use super::subscribe::NewItem;
use crate::fields::Fields;
use crate::http::error::ApiError;
use crate::store::Tx;
use crate::{events, ids};

/// Adds an invoice item that waits for the subscription's next invoice.
pub(super) fn record(tx: &Tx<'_>, subscription: &Value, extra: &NewItem) -> Result<(), ApiError> {
    let line = lines::of_price(tx, &extra.price, extra.quantity)?;
    let amount = line.copy("amount");
    let mut item = json!({
        "id": ids::new_id("ii"),
        "object": "invoiceitem",
        "amount": amount,
        "customer": subscription.copy("customer"),
        "customer_account": null,
        "date": tx.now(),
        "discountable": extra.discountable,
        "discounts": [],
        "invoice": null,
        "livemode": false,
        "metadata": extra.metadata,
        "net_amount": amount,
        "parent": {
            "subscription_details": { "subscription": subscription.id(), "subscription_item": null },
            "type": "subscription_details",
        },
        "proration": false,
        "proration_details": { "discount_amounts": [] },
        "subscription": subscription.id(),
        "tax_rates": extra.tax_rates,
        "test_clock": subscription.copy("test_clock"),
        "_waiting": true,
    });
    for name in ["currency", "description", "period", "pricing", "quantity", "quantity_decimal"] {
        item.put(name, line.copy(name));
    }
    tx.insert(&item)?;
    events::emit(tx, "invoiceitem.created", &item)
}
