//! The billing portal: <https://docs.stripe.com/api/customer_portal/sessions>.

use perennial_core::ports::{OpenPortal, PaymentsError};
use serde::Deserialize;

use crate::call::Call;
use crate::client::Client;
use crate::form::Form;
use crate::locale;

#[derive(Deserialize)]
struct SessionObject {
    url: String,
}

/// Opens a visit; answers its URL. Without a key: each click is a visit of its own, and one too many harms nobody.
pub(crate) async fn open(client: &Client, visit: &OpenPortal) -> Result<String, PaymentsError> {
    let form = Form::new()
        .with("customer", &visit.stripe_customer_id)
        .with("return_url", &visit.return_url)
        .with("locale", locale::nearest(&visit.locale));
    let opened: SessionObject = client.send(&Call::post("/v1/billing_portal/sessions").with(form)).await?;
    Ok(opened.url)
}
