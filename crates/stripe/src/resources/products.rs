//! Products: <https://docs.stripe.com/api/products>.

use perennial_core::ports::{PaymentsError, ProductDraft};

use super::shapes::Identified;
use crate::call::Call;
use crate::client::Client;
use crate::form::Form;

/// Makes or updates the Stripe Product of a product; answers its id.
///
/// A new one gets our id as its Stripe id, so it is made once even if the answer was lost and the key is long
/// forgotten: what is there already is updated.
pub(crate) async fn put(client: &Client, product: &ProductDraft) -> Result<String, PaymentsError> {
    if let Some(stripe_id) = &product.stripe_product_id {
        return update(client, stripe_id, product).await;
    }
    let stripe_id = product.id.to_string();
    match create(client, &stripe_id, product).await {
        Err(PaymentsError::Refused(refusal))
            if refusal.code.as_deref() == Some("resource_already_exists") =>
        {
            update(client, &stripe_id, product).await
        }
        created => created,
    }
}

async fn create(client: &Client, stripe_id: &str, product: &ProductDraft) -> Result<String, PaymentsError> {
    let form = facts(Form::new().with("id", stripe_id), product)
        .with_some("description", product.description.as_deref())
        .with_some("images[0]", product.image.as_deref());
    let call = Call::post("/v1/products").with(form).once_as_is(&format!("{}/product", product.id));
    let made: Identified = client.send(&call).await?;
    Ok(made.id)
}

/// Sets every fact anew, so it needs no key; under one, going back to an earlier state within a day would be taken
/// for the earlier request and change nothing.
async fn update(client: &Client, stripe_id: &str, product: &ProductDraft) -> Result<String, PaymentsError> {
    let form =
        facts(Form::new(), product).with("description", product.description.as_deref().unwrap_or_default());
    // An empty value clears the list; an empty first image would be refused.
    let form = match &product.image {
        Some(image) => form.with("images[0]", image),
        None => form.with("images", ""),
    };
    let updated: Identified = client.send(&Call::post("/v1/products/{id}").on(stripe_id).with(form)).await?;
    Ok(updated.id)
}

fn facts(form: Form, product: &ProductDraft) -> Form {
    form.with("name", &product.name)
        .with("active", product.is_active)
        .with("metadata[perennial_product]", product.id)
}
