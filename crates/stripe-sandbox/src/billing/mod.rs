//! What moves between resources: money, periods, discounts.
//!
//! A subscription makes invoices, an invoice makes a payment intent, an intent makes charges. The resources call down
//! this chain; [`succeeded`] carries a success back up.

pub(crate) mod balance;
pub(crate) mod change;
pub(crate) mod charges;
pub(crate) mod clocks;
pub(crate) mod collection;
pub(crate) mod cycle;
pub(crate) mod debits;
pub(crate) mod discounts;
pub(crate) mod disputes;
pub(crate) mod dunning;
mod extras;
pub(crate) mod invoice;
pub(crate) mod lines;
pub(crate) mod payments;
pub(crate) mod pending;
pub(crate) mod period;
pub(crate) mod proration;
pub(crate) mod renewals;
pub(crate) mod schedules;
pub(crate) mod setups;
pub(crate) mod subscribe;
pub(crate) mod subscription;
pub(crate) mod taxes;

use serde_json::Value;

use crate::checkout;
use crate::fields::Fields;
use crate::http::error::ApiError;
use crate::store::Tx;

/// Tells whatever waited for an intent (payment or setup) that it has succeeded.
pub(crate) fn succeeded(tx: &Tx<'_>, intent: &Value) -> Result<(), ApiError> {
    if let Some(session) = intent.text("_checkout_session") {
        let session = tx.linked_copy("checkout.session", session)?;
        return checkout::complete::after_intent(tx, session, intent);
    }
    if let Some(invoice) = intent.text("_invoice") {
        let mut invoice = tx.linked_copy("invoice", invoice)?;
        return collection::mark_paid(tx, &mut invoice, Some(intent));
    }
    Ok(())
}

/// Tells whatever waited for an intent that was processing that it has failed.
pub(crate) fn bounced(tx: &Tx<'_>, intent: &Value) -> Result<(), ApiError> {
    if let Some(invoice) = intent.text("_invoice") {
        let mut invoice = tx.linked_copy("invoice", invoice)?;
        dunning::debit_bounced(tx, &mut invoice)?;
    }
    if let Some(session) = intent.text("_checkout_session") {
        let session = tx.linked("checkout.session", session)?;
        return checkout::complete::after_bounce(tx, &session);
    }
    Ok(())
}
