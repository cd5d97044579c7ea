//! Prices: <https://docs.stripe.com/api/prices>.

use perennial_core::ports::{PaymentsError, PriceDraft, StripePrice};
use perennial_domain::{Currency, Span, Term, TermUnit};
use serde::Deserialize;

use super::shapes::{Identified, Link, currency_code, nonsense};
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

/// What is true of a price now, and of its product.
pub(crate) async fn retrieve(client: &Client, id: &str) -> Result<StripePrice, PaymentsError> {
    let call = Call::get("/v1/prices/{id}").on(id).with(Form::new().expanding(&["product"]));
    client.send::<PriceObject>(&call).await?.into_port()
}

/// Takes a price off sale. It says what shall be, so it may be said twice without a key.
pub(crate) async fn archive(client: &Client, id: &str) -> Result<(), PaymentsError> {
    let call = Call::post("/v1/prices/{id}").on(id).with(Form::new().with("active", false));
    let _archived: Identified = client.send(&call).await?;
    Ok(())
}

/// The fields that matter here.
#[derive(Debug, Deserialize)]
struct PriceObject {
    active: bool,
    currency: String,
    unit_amount: Option<i64>,
    recurring: Option<Recurring>,
    product: Link<ProductObject>,
}

#[derive(Debug, Deserialize)]
struct Recurring {
    interval: String,
    interval_count: u16,
}

/// A product; one that was deleted has nothing left but its id.
#[derive(Debug, Deserialize)]
struct ProductObject {
    id: String,
    #[serde(default)]
    active: bool,
}

impl PriceObject {
    fn into_port(self) -> Result<StripePrice, PaymentsError> {
        let product = self.product.expanded("product")?;
        let interval = self.recurring.map(|recurring| {
            let unit = TermUnit::parse(&recurring.interval);
            let unit = unit.ok_or_else(|| nonsense(format!("{:?} is no interval", recurring.interval)))?;
            Ok::<_, PaymentsError>(Span { unit, count: recurring.interval_count })
        });
        Ok(StripePrice {
            is_active: self.active,
            stripe_product_id: product.id,
            product_is_active: product.active,
            interval: interval.transpose()?,
            amount_minor: self.unit_amount,
            currency: Currency::from_code(&self.currency.to_ascii_uppercase()).ok(),
        })
    }
}
