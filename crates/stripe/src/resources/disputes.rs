//! Disputes: <https://docs.stripe.com/api/disputes>.

use perennial_core::ports::PaymentsError;
use perennial_domain::DisputeStanding;
use serde::Deserialize;

use super::pages;
use super::shapes::nonsense;
use crate::client::Client;
use crate::form::Form;

/// How the latest dispute of a payment stands. An inquiry is none: its money is not taken.
pub(crate) async fn of_payment(
    client: &Client,
    payment_intent_id: &str,
) -> Result<Option<DisputeStanding>, PaymentsError> {
    let form = Form::new().with("payment_intent", payment_intent_id);
    let newest_first = pages::all(client, "/v1/disputes", form).await?;
    let Some(latest) = newest_first.into_iter().next() else { return Ok(None) };
    let dispute: DisputeObject =
        serde_json::from_value(latest).map_err(|error| nonsense(error.to_string()))?;
    dispute.into_port()
}

#[derive(Debug, Deserialize)]
struct DisputeObject {
    status: String,
}

impl DisputeObject {
    fn into_port(self) -> Result<Option<DisputeStanding>, PaymentsError> {
        match self.status.as_str() {
            "won" => Ok(Some(DisputeStanding::Won)),
            "lost" => Ok(Some(DisputeStanding::Lost)),
            // An appeal against what was lost: the bank has the money, and will decide once more.
            "needs_response" | "under_review" | "appeal_needs_response" | "appeal_under_review" => {
                Ok(Some(DisputeStanding::Open))
            }
            "warning_needs_response" | "warning_under_review" | "warning_closed" | "prevented" => Ok(None),
            other => Err(nonsense(format!("{other:?} is no status of a dispute"))),
        }
    }
}
