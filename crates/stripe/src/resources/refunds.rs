//! Refunds: <https://docs.stripe.com/api/refunds>.

use perennial_core::ports::{PaymentsError, RefundOf, Refusal, RefusalKind};
use serde::Deserialize;

use super::shapes::CHECKOUT_KEY;
use crate::call::Call;
use crate::client::Client;
use crate::form::Form;

/// Gives all the money of a payment back. Money that is back already needs no more giving.
pub(crate) async fn create(
    client: &Client,
    payment_intent_id: &str,
    paid: RefundOf,
) -> Result<(), PaymentsError> {
    let form = Form::new().with("payment_intent", payment_intent_id);
    let (form, key) = match paid {
        RefundOf::Checkout(id) => (form.with(format!("metadata[{CHECKOUT_KEY}]"), id), id.to_string()),
        RefundOf::Payment(id) => (form, id.to_string()),
    };
    let call = Call::post("/v1/refunds").with(form).once(format!("{key}/refund/{payment_intent_id}"));
    match client.send::<RefundObject>(&call).await {
        Ok(refund) => refund.into_outcome(),
        Err(PaymentsError::Refused(refusal))
            if refusal.code.as_deref() == Some("charge_already_refunded") =>
        {
            Ok(())
        }
        Err(error) => Err(error),
    }
}

#[derive(Debug, Deserialize)]
struct RefundObject {
    status: Option<String>,
    failure_reason: Option<String>,
}

impl RefundObject {
    /// A refund on its way counts as made; Stripe tells by an event if it fails later.
    fn into_outcome(self) -> Result<(), PaymentsError> {
        match self.status.as_deref() {
            Some(status @ ("failed" | "canceled")) => Err(PaymentsError::Refused(Refusal {
                kind: RefusalKind::Invalid,
                code: self.failure_reason,
                decline_code: None,
                message: format!("the refund is {status}"),
            })),
            _ => Ok(()),
        }
    }
}
