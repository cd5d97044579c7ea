//! A customer's balance: below zero it pays for coming invoices, above zero it is added to them:
//! <https://docs.stripe.com/billing/customer/balance>.

use serde_json::{Value, json};

use crate::fields::Fields;
use crate::http::error::ApiError;
use crate::ids;
use crate::store::Tx;

/// A movement on a customer's balance.
pub(crate) struct Movement<'m> {
    /// Minor units; below zero in the customer's favour.
    pub(crate) amount: i64,
    pub(crate) currency: &'m str,
    /// Stripe's `type`, such as `applied_to_invoice`.
    pub(crate) kind: &'static str,
    /// Members that differ from the usual.
    pub(crate) more: Value,
}

/// Moves a customer's balance and answers the transaction that says so. The customer is saved.
pub(crate) fn move_by(tx: &Tx<'_>, customer: &mut Value, movement: Movement<'_>) -> Result<Value, ApiError> {
    let balance = customer.amount("balance") + movement.amount;
    customer.put("balance", balance);
    if customer.field("currency").is_none() {
        customer.put("currency", movement.currency);
    }
    tx.save(customer)?;
    let mut transaction = json!({
        "id": ids::new_id("cbtxn"),
        "object": "customer_balance_transaction",
        "amount": movement.amount,
        "checkout_session": null,
        "created": tx.now(),
        "credit_note": null,
        "currency": movement.currency,
        "customer": customer.id(),
        "customer_account": null,
        "description": null,
        "ending_balance": balance,
        "invoice": null,
        "livemode": false,
        "metadata": {},
        "type": movement.kind,
    });
    transaction.merge(movement.more);
    tx.insert(&transaction)?;
    Ok(transaction)
}

/// Lets the balance pay for an invoice that is being finalized, or grow by what the invoice gives back.
pub(super) fn apply_to(tx: &Tx<'_>, customer: &mut Value, invoice: &mut Value) -> Result<(), ApiError> {
    let start = customer.amount("balance");
    // What the balance cannot cover is due; what the invoice gives back stays on the balance.
    let end = (start + invoice.amount("total")).min(0);
    invoice.put("starting_balance", start);
    invoice.put("ending_balance", end);
    if end == start {
        return Ok(());
    }
    let currency = invoice.owned("currency").unwrap_or_default();
    let movement = Movement {
        amount: end - start,
        currency: &currency,
        kind: "applied_to_invoice",
        more: json!({ "invoice": invoice.id() }),
    };
    move_by(tx, customer, movement).map(|_| ())
}

/// Gives back what the balance paid for an invoice that is voided, or asks it for again.
pub(super) fn give_back(tx: &Tx<'_>, invoice: &Value) -> Result<(), ApiError> {
    let taken = invoice.amount("ending_balance") - invoice.amount("starting_balance");
    // A draft has a starting balance too, but nothing was taken of it yet.
    if taken == 0 || invoice.field("ending_balance").is_none() {
        return Ok(());
    }
    let mut customer = tx.linked_copy("customer", invoice.text("customer").unwrap_or_default())?;
    let currency = invoice.owned("currency").unwrap_or_default();
    let movement = Movement {
        amount: -taken,
        currency: &currency,
        kind: "unapplied_from_invoice",
        more: json!({ "invoice": invoice.id() }),
    };
    move_by(tx, &mut customer, movement).map(|_| ())
}
