//! Customers: <https://docs.stripe.com/api/customers>.

use perennial_core::ports::{CustomerContact, CustomerDraft, PaymentsError, RefusalKind};
use serde::Deserialize;

use super::shapes::Identified;
use crate::call::Call;
use crate::client::Client;
use crate::form::Form;

/// Makes the Stripe Customer of one of our customers; answers its id.
///
/// A customer who corrects their address after an attempt that came to nothing gets another Stripe Customer at worst,
/// and the first stays empty.
pub(crate) async fn create(client: &Client, customer: &CustomerDraft) -> Result<String, PaymentsError> {
    let form = Form::new()
        .with_some("email", customer.email.as_deref())
        .with_some("name", customer.name.as_deref())
        .with("preferred_locales[0]", &customer.locale)
        .with("metadata[perennial_customer]", customer.id)
        .with_some("metadata[orgId]", customer.organization.as_deref())
        .with_some("metadata[perennial_replaces]", customer.replaces.as_deref());
    let call = Call::post("/v1/customers").with(form).once_as_is(&format!("{}/customer", customer.id));
    let made: Identified = client.send(&call).await?;
    Ok(made.id)
}

/// Overwrites how a customer is reached and called. It needs no key: whatever is told last is what is true.
pub(crate) async fn update(
    client: &Client,
    id: &str,
    contact: &CustomerContact,
) -> Result<(), PaymentsError> {
    let form =
        Form::new().with_some("email", contact.email.as_deref()).with_some("name", contact.name.as_deref());
    let _: Identified = client.send(&Call::post("/v1/customers/{id}").on(id).with(form)).await?;
    Ok(())
}

/// Whether a customer is there. Of one that was deleted Stripe says so (<https://docs.stripe.com/api/customers/delete>).
pub(crate) async fn exists(client: &Client, id: &str) -> Result<bool, PaymentsError> {
    match client.send::<CustomerObject>(&Call::get("/v1/customers/{id}").on(id)).await {
        Ok(customer) => Ok(!customer.deleted),
        Err(PaymentsError::Refused(refusal)) if refusal.kind == RefusalKind::NotFound => Ok(false),
        Err(error) => Err(error),
    }
}

#[derive(Debug, Deserialize)]
struct CustomerObject {
    #[serde(default)]
    deleted: bool,
}
