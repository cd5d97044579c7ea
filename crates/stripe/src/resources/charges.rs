//! Charging a saved card: <https://docs.stripe.com/payments/save-during-payment> for the customer who is away.
//!
//! A charge that does not go through leaves nothing behind: a subscription is not made or changed
//! (`payment_behavior=error_if_incomplete`), and an invoice is voided. Only more on a subscription, bought by a customer who
//! is there, waits for their bank (`pending_if_incomplete`).

mod agreed;
mod once;
mod subscribed;

use perennial_core::ports::{
    Charge, ChargeGoods, ChargeOutcome, Charged, PaymentsError, Refusal, RefusalKind,
};
use perennial_domain::Money;
use serde::de::{DeserializeOwned, Error};
use serde::{Deserialize, Deserializer};
use serde_json::Value;

pub(crate) use self::subscribed::{drop_price, preview};
use super::pages;
use super::shapes::{Metadata, checkout_id, money};
use crate::client::Client;
use crate::form::Form;

/// Takes the money, or leaves nothing. Asked again it is the same question, step by step.
pub(crate) async fn take(client: &Client, charge: &Charge) -> Result<ChargeOutcome, PaymentsError> {
    match &charge.goods {
        ChargeGoods::Once { stripe_prices } => once::take(client, charge, stripe_prices).await,
        ChargeGoods::Subscribe { stripe_prices, extras } => {
            subscribed::begin(client, charge, stripe_prices, extras).await
        }
        ChargeGoods::Extend(extension) => subscribed::extend(client, charge, extension).await,
    }
}

/// What became of a charge whose answer was lost. What was not paid is taken away.
pub(crate) async fn finish(client: &Client, charge: &Charge) -> Result<Option<Charged>, PaymentsError> {
    match &charge.goods {
        ChargeGoods::Once { .. } => match find(client, "/v1/invoices", charge, Form::new()).await? {
            Some(invoice_id) => once::discard_unless_paid(client, &invoice_id).await,
            None => Ok(None),
        },
        ChargeGoods::Subscribe { .. } => subscribed::find_begun(client, charge).await,
        ChargeGoods::Extend(extension) => subscribed::extended(client, charge, extension).await,
    }
}

/// A bank's no is an answer. By these codes it asks for its customer
/// (<https://docs.stripe.com/error-codes>, <https://docs.stripe.com/declines/codes>).
fn said_by_bank(error: PaymentsError) -> Result<ChargeOutcome, PaymentsError> {
    const ASKING: [&str; 3] = [
        "authentication_required",
        "invoice_payment_intent_requires_action",
        "subscription_payment_intent_requires_action",
    ];
    let asks = |refusal: &Refusal| {
        let words = [refusal.code.as_deref(), refusal.decline_code.as_deref()];
        words.into_iter().flatten().any(|word| ASKING.contains(&word))
    };
    match error {
        PaymentsError::Refused(refusal) if asks(&refusal) => Ok(ChargeOutcome::NeedsConfirmation(refusal)),
        PaymentsError::Refused(refusal) if refusal.kind == RefusalKind::Card => {
            Ok(ChargeOutcome::Declined(refusal))
        }
        error => Err(error),
    }
}

/// The customer's object that names the checkout.
async fn find(
    client: &Client,
    template: &'static str,
    charge: &Charge,
    form: Form,
) -> Result<Option<String>, PaymentsError> {
    let items = pages::all(client, template, form.with("customer", &charge.stripe_customer_id)).await?;
    let named = items.into_iter().filter_map(|item| serde_json::from_value::<Named>(item).ok());
    let mut ours = named.filter(|named| checkout_id(named.metadata.as_ref()) == Some(charge.id));
    Ok(ours.next().map(|named| named.id))
}

#[derive(Debug, Deserialize)]
struct Named {
    id: String,
    metadata: Option<Metadata>,
}

#[derive(Debug, Deserialize)]
struct Total {
    total: i64,
    currency: String,
}

impl Total {
    fn money(&self) -> Result<Money, PaymentsError> {
        money(self.total, &self.currency)
    }
}

/// One answer, read as two shapes: each takes the fields that matter to it.
#[derive(Debug)]
struct Both<A, B>(A, B);

impl<'de, A: DeserializeOwned, B: DeserializeOwned> Deserialize<'de> for Both<A, B> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let value = Value::deserialize(deserializer)?;
        let first = serde_json::from_value(value.clone()).map_err(Error::custom)?;
        Ok(Self(first, serde_json::from_value(value).map_err(Error::custom)?))
    }
}
