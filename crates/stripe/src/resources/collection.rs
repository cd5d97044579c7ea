//! Pausing what a subscription is charged: <https://docs.stripe.com/billing/subscriptions/pause>.
//!
//! Our own pause is marked in the subscription's metadata, by the same update: so a pause of the merchant's is never taken for
//! ours, whatever our rows say; where ours was ended by somebody else, the mark is taken off before the next. Without idempotency keys: both updates set a fact, and a key that came back within a day
//! (paused, resumed, paused again) would replay the first answer and change nothing.

use perennial_core::ports::{Collection, PaymentsError};

use super::shapes::Identified;
use super::subscriptions::{ONE, retrieve_object};
use crate::call::Call;
use crate::client::Client;
use crate::form::Form;

/// The metadata key of a pause that is ours.
pub(super) const PAUSED_KEY: &str = "perennial_held";

/// Keeps the invoices of a subscription as drafts, unless it is paused already.
pub(crate) async fn pause(client: &Client, id: &str) -> Result<(), PaymentsError> {
    match retrieve_object(client, id).await?.collection() {
        Collection::Runs | Collection::ResumedElsewhere => {}
        Collection::PausedByUs | Collection::PausedByMerchant => return Ok(()),
    }
    let form = Form::new()
        .with("pause_collection[behavior]", "keep_as_draft")
        .with(format!("metadata[{PAUSED_KEY}]"), true);
    update(client, id, form).await
}

/// Charges what falls due from now on, if it was us who paused that. Where it runs already only our mark goes: the merchant may
/// pause it at this very moment.
pub(crate) async fn resume(client: &Client, id: &str) -> Result<(), PaymentsError> {
    let unmarked = Form::new().with(format!("metadata[{PAUSED_KEY}]"), "");
    let form = match retrieve_object(client, id).await?.collection() {
        Collection::PausedByUs => unmarked.with("pause_collection", ""),
        Collection::ResumedElsewhere => unmarked,
        Collection::Runs | Collection::PausedByMerchant => return Ok(()),
    };
    update(client, id, form).await
}

async fn update(client: &Client, id: &str, form: Form) -> Result<(), PaymentsError> {
    client.send::<Identified>(&Call::post(ONE).on(id).with(form)).await.map(drop)
}
