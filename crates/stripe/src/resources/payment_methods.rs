//! Cards that Stripe keeps: <https://docs.stripe.com/api/payment_methods>.

use perennial_core::ports::{KeptCard, KeptCards, PaymentsError};
use perennial_domain::{Card, CardBrand, PaymentMethodKind};
use serde::Deserialize;

use super::pages;
use super::shapes::{Identified, Link, nonsense, time};
use crate::call::Call;
use crate::client::Client;
use crate::form::Form;

/// All cards of a customer, and the one that pays by default.
pub(crate) async fn of_customer(client: &Client, customer_id: &str) -> Result<KeptCards, PaymentsError> {
    let form = Form::new().with("customer", customer_id).with("type", "card");
    let found = pages::all(client, "/v1/payment_methods", form).await?;
    let read = |item| {
        let method: PaymentMethodObject =
            serde_json::from_value(item).map_err(|error| nonsense(error.to_string()))?;
        method.into_port()
    };
    let cards = found.into_iter().map(read).collect::<Result<Vec<_>, _>>()?;
    let default = if cards.is_empty() { None } else { default_of(client, customer_id).await? };
    Ok(KeptCards { cards, default })
}

/// The customer's own default, or else that of the newest subscription that has one: Checkout sets no other.
async fn default_of(client: &Client, customer_id: &str) -> Result<Option<String>, PaymentsError> {
    let customer: CustomerObject = client.send(&Call::get("/v1/customers/{id}").on(customer_id)).await?;
    let chosen = customer.invoice_settings.and_then(|settings| settings.default_payment_method);
    if let Some(chosen) = chosen {
        return Ok(Some(chosen.into_id()));
    }
    let form = Form::new().with("customer", customer_id);
    let subscriptions = pages::all(client, "/v1/subscriptions", form).await?;
    let default = |item| serde_json::from_value::<Payer>(item).ok()?.default_payment_method;
    Ok(subscriptions.into_iter().find_map(default).map(Link::into_id))
}

/// Makes a card the customer's default one.
///
/// Without an idempotency key: the update sets a fact, and a key that came back within a day (this card, another one,
/// this card again) would replay the first answer and change nothing.
pub(crate) async fn make_default(
    client: &Client,
    customer_id: &str,
    payment_method_id: &str,
) -> Result<(), PaymentsError> {
    let form = Form::new().with("invoice_settings[default_payment_method]", payment_method_id);
    client.send::<Identified>(&Call::post("/v1/customers/{id}").on(customer_id).with(form)).await.map(drop)
}

/// Makes a card the one that pays for a subscription. Without a key, for the same reason.
pub(crate) async fn make_default_of_subscription(
    client: &Client,
    subscription_id: &str,
    payment_method_id: &str,
) -> Result<(), PaymentsError> {
    let form = Form::new().with("default_payment_method", payment_method_id);
    let call = Call::post("/v1/subscriptions/{id}").on(subscription_id).with(form);
    client.send::<Identified>(&call).await.map(drop)
}

#[derive(Debug, Deserialize)]
struct CustomerObject {
    invoice_settings: Option<Payer>,
}

/// Whoever has a card of its own choice: a customer's invoice settings, or a subscription.
#[derive(Debug, Deserialize)]
struct Payer {
    default_payment_method: Option<Link<Identified>>,
}

/// The fields that matter here. What could charge a card is not among them, and never is at Stripe.
#[derive(Debug, Deserialize)]
struct PaymentMethodObject {
    id: String,
    created: i64,
    card: Option<CardObject>,
}

#[derive(Debug, Deserialize)]
struct CardObject {
    brand: Option<String>,
    last4: Option<String>,
    exp_month: u32,
    exp_year: u32,
    wallet: Option<WalletObject>,
}

#[derive(Debug, Deserialize)]
struct WalletObject {
    #[serde(rename = "type")]
    kind: String,
}

impl PaymentMethodObject {
    fn into_port(self) -> Result<KeptCard, PaymentsError> {
        let card = self.card.ok_or_else(|| nonsense(format!("{} is no card", self.id)))?;
        Ok(KeptCard {
            created_at: time(self.created)?,
            card: Card {
                stripe_payment_method_id: self.id,
                kind: kind(card.wallet.as_ref().map(|wallet| wallet.kind.as_str())),
                brand: card.brand.as_deref().and_then(CardBrand::parse).unwrap_or(CardBrand::Unknown),
                last4: card.last4.unwrap_or_default(),
                exp_month: card.exp_month,
                exp_year: card.exp_year,
            },
        })
    }
}

fn kind(wallet: Option<&str>) -> PaymentMethodKind {
    match wallet {
        Some("apple_pay") => PaymentMethodKind::ApplePay,
        Some("google_pay") => PaymentMethodKind::GooglePay,
        _ => PaymentMethodKind::Card,
    }
}
