//! The lines of an invoice.

use serde_json::{Value, json};

use crate::fields::Fields;
use crate::http::error::ApiError;
use crate::ids;
use crate::resources::prices;
use crate::store::Tx;

/// Where a new line carries the rates of what it stands for, until it is taxed. It saves looking that up again.
pub(super) const OWN_RATES: &str = "_tax_rates";

/// A line for one period of a subscription item.
pub(crate) fn of_item(tx: &Tx<'_>, item: &Value, free: bool) -> Result<Value, ApiError> {
    let price = tx.linked("price", item.text("price").unwrap_or_default())?;
    let quantity = item.integer("quantity").unwrap_or(1);
    let mut line = of_price(tx, &price, quantity)?;
    if free {
        line.put("amount", 0);
        line.put("subtotal", 0);
    }
    line.put("metadata", item.copy("metadata"));
    line.put(OWN_RATES, item.copy("tax_rates"));
    line.put(
        "period",
        json!({ "start": item.copy("current_period_start"), "end": item.copy("current_period_end") }),
    );
    line.put("subscription", item.copy("subscription"));
    line.put(
        "parent",
        json!({
            "invoice_item_details": null,
            "subscription_item_details": {
                "invoice_item": null,
                "proration": false,
                "proration_details": { "credited_items": null },
                "subscription": item.copy("subscription"),
                "subscription_item": item.id(),
            },
            "type": "subscription_item_details",
        }),
    );
    Ok(line)
}

/// A line for something paid once.
pub(crate) fn of_price(tx: &Tx<'_>, price: &Value, quantity: i64) -> Result<Value, ApiError> {
    let product = tx.linked("product", price.text("product").unwrap_or_default())?;
    let description = format!("{quantity} × {}", product.text("name").unwrap_or_default());
    let mut line = new(tx, prices::total(price, quantity)?, price.text("currency").unwrap_or_default());
    line.put("description", description);
    line.put("quantity", quantity);
    line.put("quantity_decimal", quantity.to_string());
    line.put(
        "pricing",
        json!({
            "price_details": { "price": price.id(), "product": product.id() },
            "type": "price_details",
            "unit_amount_decimal": price.copy("unit_amount_decimal"),
        }),
    );
    Ok(line)
}

/// A line for an invoice item that was waiting for an invoice.
pub(crate) fn of_invoice_item(tx: &Tx<'_>, item: &Value) -> Value {
    let mut line = new(tx, item.amount("amount"), item.text("currency").unwrap_or_default());
    for name in
        ["description", "metadata", "period", "pricing", "quantity", "quantity_decimal", "discountable"]
    {
        line.put(name, item.copy(name));
    }
    line.put("subscription", item.copy("subscription"));
    line.put("parent", parent_of_invoice_item(item));
    line.put(OWN_RATES, item.copy("tax_rates"));
    line
}

/// Where a waiting item came from: prorations from an item of a subscription, others from nowhere but themselves.
fn parent_of_invoice_item(item: &Value) -> Value {
    let details = json!({
        "invoice_item": item.id(),
        "proration": item.flag("proration"),
        "proration_details": { "credited_items": null },
        "subscription": item.copy("subscription"),
    });
    if !item.flag("proration") {
        return json!({
            "invoice_item_details": details,
            "subscription_item_details": null,
            "type": "invoice_item_details",
        });
    }
    let mut details = details;
    details.put("subscription_item", item.copy("parent.subscription_details.subscription_item"));
    json!({
        "invoice_item_details": null,
        "subscription_item_details": details,
        "type": "subscription_item_details",
    })
}

fn new(tx: &Tx<'_>, amount: i64, currency: &str) -> Value {
    json!({
        "id": ids::new_id("il"),
        "object": "line_item",
        "amount": amount,
        "currency": currency,
        "description": null,
        "discount_amounts": [],
        "discountable": true,
        "discounts": [],
        "invoice": null,
        "livemode": false,
        "metadata": {},
        "parent": null,
        "period": { "start": tx.now(), "end": tx.now() },
        "pretax_credit_amounts": [],
        "pricing": null,
        "quantity": 1,
        "quantity_decimal": "1",
        "subscription": null,
        "subtotal": amount,
        "taxes": [],
    })
}

/// What discounts look at: the product and the amount of each line that takes them.
pub(crate) fn discountable(lines: &[Value]) -> Vec<(String, i64)> {
    let product = |line: &Value| line.owned("pricing.price_details.product").unwrap_or_default();
    let counts = |line: &&Value| line.flag("discountable");
    lines.iter().filter(counts).map(|line| (product(line), line.amount("amount"))).collect()
}
