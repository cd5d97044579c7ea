//! Previews of invoices: <https://docs.stripe.com/api/invoices/create_preview>.

use perennial_core::ports::{
    BilledSubscription, InvoicePreview, PaymentsError, PreviewLine, PriceSwap, SwapCharge,
};
use serde::Deserialize;

use super::shapes::{Identified, Link, Listing, money, time};
use super::swaps::{billed_item_of, charged};
use crate::call::Call;
use crate::client::Client;
use crate::form::Form;

/// What a swap of prices would be charged now.
pub(crate) async fn of_swap(
    client: &Client,
    billed: &BilledSubscription,
    swap: &PriceSwap,
    due: SwapCharge,
) -> Result<InvoicePreview, PaymentsError> {
    let form = swapped(billed, swap)?;
    of(client, charged(form, due, |name| format!("subscription_details[{name}]"))).await
}

/// What the next renewal would be charged with another price. A swap without proration has no invoice of its own, so Stripe
/// answers the one after it; one to another rhythm begins with a whole period, which is the same sum.
pub(crate) async fn of_renewal(
    client: &Client,
    billed: &BilledSubscription,
    swap: &PriceSwap,
) -> Result<InvoicePreview, PaymentsError> {
    let form = swapped(billed, swap)?;
    of(client, form.with("subscription_details[proration_behavior]", "none")).await
}

fn swapped(billed: &BilledSubscription, swap: &PriceSwap) -> Result<Form, PaymentsError> {
    let item = billed_item_of(billed, swap)?;
    Ok(Form::new()
        .with("subscription", &swap.stripe_subscription_id)
        .with("subscription_details[items][0][id]", &item.id)
        .with("subscription_details[items][0][price]", &swap.to_stripe_price_id)
        .with("subscription_details[items][0][quantity]", item.quantity))
}

/// What an invoice would be, and why.
pub(super) async fn of(client: &Client, form: Form) -> Result<InvoicePreview, PaymentsError> {
    client.send::<PreviewObject>(&Call::post("/v1/invoices/create_preview").with(form)).await?.into_port()
}

/// The fields that matter here.
#[derive(Debug, Deserialize)]
struct PreviewObject {
    currency: String,
    subtotal: i64,
    total: i64,
    amount_due: i64,
    #[serde(default)]
    total_discount_amounts: Vec<DiscountAmount>,
    #[serde(default)]
    lines: Listing<Line>,
}

#[derive(Debug, Deserialize)]
struct DiscountAmount {
    amount: i64,
}

#[derive(Debug, Deserialize)]
struct Line {
    amount: i64,
    period: LinePeriod,
    /// Since 2025-03-31.
    pricing: Option<Pricing>,
    parent: Option<Parent>,
    /// Until 2025-03-31.
    price: Option<Identified>,
    #[serde(default)]
    proration: bool,
}

#[derive(Debug, Deserialize)]
struct LinePeriod {
    end: i64,
}

#[derive(Debug, Deserialize)]
struct Pricing {
    price_details: Option<PriceDetails>,
}

#[derive(Debug, Deserialize)]
struct PriceDetails {
    price: Option<Link<Identified>>,
}

/// A proration stands below the subscription's item, or below an invoice item.
#[derive(Debug, Deserialize)]
struct Parent {
    subscription_item_details: Option<ParentDetails>,
    invoice_item_details: Option<ParentDetails>,
}

#[derive(Debug, Deserialize)]
struct ParentDetails {
    #[serde(default)]
    proration: bool,
}

impl PreviewObject {
    /// In the port's words. What is less than nothing stays with Stripe as the customer's credit, whatever the balance.
    fn into_port(self) -> Result<InvoicePreview, PaymentsError> {
        let due = if self.total < 0 { self.total } else { self.amount_due };
        let discount_minor = -self.total_discount_amounts.iter().map(|discount| discount.amount).sum::<i64>();
        let lines = self.lines.data.into_iter().map(|line| line.into_port(&self.currency));
        Ok(InvoicePreview {
            due: money(due, &self.currency)?,
            lines: lines.collect::<Result<_, _>>()?,
            discount_minor,
            tax_minor: self.total - self.subtotal - discount_minor,
            balance_minor: due - self.total,
        })
    }
}

impl Line {
    fn into_port(self, currency: &str) -> Result<PreviewLine, PaymentsError> {
        let parent =
            self.parent.and_then(|parent| parent.subscription_item_details.or(parent.invoice_item_details));
        let priced = self.pricing.and_then(|pricing| pricing.price_details?.price).map(Link::into_id);
        Ok(PreviewLine {
            stripe_price_id: priced.or(self.price.map(|price| price.id)),
            amount: money(self.amount, currency)?,
            is_proration: self.proration || parent.is_some_and(|parent| parent.proration),
            until: time(self.period.end)?,
        })
    }
}
