//! Prices: <https://docs.stripe.com/api/prices>.

use perennial_core::ports::{PaymentsError, PriceDraft};
use perennial_domain::Term;

use super::shapes::{Identified, currency_code};
use crate::call::Call;
use crate::client::Client;
use crate::form::Form;

/// Makes the Stripe Price of a price; answers its id. A price never changes, so its id alone makes the key.
pub(crate) async fn create(client: &Client, price: &PriceDraft) -> Result<String, PaymentsError> {
    let form = Form::new()
        .with("product", &price.stripe_product_id)
        .with("currency", currency_code(price.amount.currency))
        .with("unit_amount", price.amount.amount_minor)
        .with("metadata[perennial_price]", price.id);
    let form = match price.term {
        Term::Recurring(span) => {
            form.with("recurring[interval]", span.unit).with("recurring[interval_count]", span.count)
        }
        // Stripe does not know that what was paid once ends; we do.
        Term::Fixed(_) | Term::Lifetime => form,
    };
    let call = Call::post("/v1/prices").with(form).once(format!("{}/create", price.id));
    let made: Identified = client.send(&call).await?;
    Ok(made.id)
}

/// Takes a price off sale. It says what shall be, so it may be said twice without a key.
pub(crate) async fn archive(client: &Client, id: &str) -> Result<(), PaymentsError> {
    let call = Call::post("/v1/prices/{id}").on(id).with(Form::new().with("active", false));
    let _archived: Identified = client.send(&call).await?;
    Ok(())
}
