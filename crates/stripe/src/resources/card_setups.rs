//! Checkout Sessions that keep a card and charge nothing: <https://docs.stripe.com/payments/save-and-reuse>.

use jiff::Timestamp;
use perennial_core::ports::{CardSetup, OpenCardSetup, PaymentsError};
use serde::Deserialize;

use super::checkout_sessions::{read_listed, status};
use super::pages;
use super::shapes::{Identified, Link, Metadata};
use crate::call::Call;
use crate::client::Client;
use crate::form::Form;
use crate::locale;

/// The metadata key by which such a session names the visit that asked for it.
const VISIT_KEY: &str = "perennial_visit";

/// Opens a page for a card. The key is the visit's and the attempt's alone: whoever asks twice gets one page.
pub(crate) async fn open(client: &Client, request: &OpenCardSetup) -> Result<CardSetup, PaymentsError> {
    let form = Form::new()
        .with("mode", "setup")
        .with("customer", &request.stripe_customer_id)
        .with("payment_method_types[0]", "card")
        .with(format!("metadata[{VISIT_KEY}]"), request.visit)
        .with("success_url", &request.return_url)
        .with("cancel_url", &request.cancel_url)
        .with("locale", locale::nearest(&request.locale));
    let key = format!("{}/card/{}", request.visit, request.attempt);
    let call = Call::post("/v1/checkout/sessions").with(form).once(key);
    client.send::<SetupObject>(&call).await?.into_port()
}

/// What is true of a page for a card now.
pub(crate) async fn retrieve(client: &Client, id: &str) -> Result<CardSetup, PaymentsError> {
    let form = Form::new().expanding(&["setup_intent"]);
    let call = Call::get("/v1/checkout/sessions/{id}").on(id).with(form);
    client.send::<SetupObject>(&call).await?.into_port()
}

/// Pages that were opened since and on which a card was given. A list cannot be asked for one mode alone: what is not a
/// page for a card, or cannot be read, is left out.
pub(crate) async fn finished(client: &Client, since: Timestamp) -> Result<Vec<CardSetup>, PaymentsError> {
    let form = Form::new()
        .with("status", "complete")
        .with("created[gte]", since.as_second())
        .expanding(&["data.setup_intent"]);
    let items = pages::all(client, "/v1/checkout/sessions", form).await?;
    let setups = items.into_iter().filter(|item| item["mode"] == "setup");
    Ok(setups.filter_map(|item| read_listed(item, SetupObject::into_port)).collect())
}

/// The fields that matter here.
#[derive(Debug, Deserialize)]
struct SetupObject {
    id: String,
    status: Option<String>,
    url: Option<String>,
    customer: Option<Link<Identified>>,
    metadata: Option<Metadata>,
    setup_intent: Option<Link<SetupIntentObject>>,
}

#[derive(Debug, Deserialize)]
struct SetupIntentObject {
    payment_method: Option<Link<Identified>>,
}

impl SetupObject {
    fn into_port(self) -> Result<CardSetup, PaymentsError> {
        let payment_method = match self.setup_intent {
            Some(Link::Object(intent)) => intent.payment_method,
            // Just opened: nobody has given a card yet.
            Some(Link::Id(_)) | None => None,
        };
        Ok(CardSetup {
            visit: self.metadata.and_then(|metadata| metadata.get(VISIT_KEY)?.parse().ok()),
            url: self.url,
            status: status(self.status.as_deref())?,
            stripe_customer_id: self.customer.map(Link::into_id),
            payment_method_id: payment_method.map(Link::into_id),
            id: self.id,
        })
    }
}
