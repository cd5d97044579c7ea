//! A charge that comes again: a new subscription, or more on one that runs.

use perennial_core::ports::{
    BilledInvoice, Charge, ChargeOutcome, Charged, Extension, InvoicePreview, PaymentsError,
};
use perennial_domain::Money;
use serde::Deserialize;
use serde_json::Value;

use super::{Both, Total, agreed, find, said_by_bank};
use crate::call::Call;
use crate::client::Client;
use crate::form::Form;
use crate::resources::invoice_previews;
use crate::resources::invoices::{self, InvoiceObject};
use crate::resources::shapes::{
    BILLING_MODE, CHECKOUT_KEY, Identified, Link, Listing, Metadata, checkout_id,
};
use crate::resources::subscriptions::SubscriptionObject;

const SUBSCRIPTION: &str = "/v1/subscriptions/{id}";
/// The invoice of a new or changed subscription with its payment.
const WITH_INVOICE: [&str; 1] = ["latest_invoice.payments"];

/// A new subscription, whose first period is paid at once, if it comes to the charge's sum.
pub(super) async fn begin(
    client: &Client,
    charge: &Charge,
    stripe_prices: &[String],
    extras: &[String],
) -> Result<ChargeOutcome, PaymentsError> {
    let total = preview_first(client, charge, stripe_prices, extras).await;
    if !total.as_ref().is_ok_and(|total| *total == charge.total) {
        // Prices and discounts may have changed since this was charged, and its answer was lost.
        return match find_begun(client, charge).await? {
            Some(charged) => Ok(ChargeOutcome::Paid(Box::new(charged))),
            None => total.map(ChargeOutcome::Differs),
        };
    }
    let form = Form::new()
        .with("customer", &charge.stripe_customer_id)
        .with("default_payment_method", &charge.stripe_payment_method_id)
        .with("billing_mode[type]", BILLING_MODE)
        .with("payment_behavior", "error_if_incomplete")
        .with("off_session", true)
        .with(format!("metadata[{CHECKOUT_KEY}]"), charge.id)
        .with_some("discounts[0][promotion_code]", charge.stripe_promotion_code_id.as_deref());
    let form = with_prices(with_prices(form, "items", stripe_prices), "add_invoice_items", extras)
        .expanding(&WITH_INVOICE);
    let call = Call::post("/v1/subscriptions").with(form).once(format!("{}/charge", charge.id));
    match client.send::<Billed>(&call).await {
        Ok(billed) => Ok(ChargeOutcome::Paid(Box::new(billed.began()?))),
        Err(error) => said_by_bank(error),
    }
}

/// More on a subscription that runs, for the rest of its period.
pub(super) async fn extend(
    client: &Client,
    charge: &Charge,
    extension: &Extension,
) -> Result<ChargeOutcome, PaymentsError> {
    let form = Form::new()
        .with("proration_behavior", "always_invoice")
        .with("proration_date", extension.prorated_at.as_second());
    let form = with_prices(form, "items", &extension.stripe_prices);
    let form = with_prices(form, "add_invoice_items", &extension.extras);
    let form = if charge.customer_is_there {
        form.with("payment_behavior", "pending_if_incomplete")
    } else {
        at_once(form, charge, extension)
    };
    let call = Call::post(SUBSCRIPTION)
        .on(&extension.stripe_subscription_id)
        .with(form.expanding(&WITH_INVOICE))
        .once(format!("{}/charge", charge.id));
    match client.send::<Billed>(&call).await {
        Ok(billed) => grew(client, charge, extension, billed).await,
        Err(error) => said_by_bank(error),
    }
}

/// Made with the money or not at all. What waits for its money may carry none of this
/// (<https://docs.stripe.com/billing/subscriptions/pending-updates-reference>).
fn at_once(form: Form, charge: &Charge, extension: &Extension) -> Form {
    let form = form.with("payment_behavior", "error_if_incomplete").with("off_session", true);
    let indices = 0..extension.stripe_prices.len();
    indices
        .fold(form, |form, index| form.with(format!("items[{index}][metadata][{CHECKOUT_KEY}]"), charge.id))
}

fn with_prices(form: Form, name: &str, stripe_prices: &[String]) -> Form {
    let numbered = stripe_prices.iter().enumerate();
    numbered.fold(form, |form, (index, price)| form.with(format!("{name}[{index}][price]"), price))
}

/// What the first period of a new subscription would be charged now, to the cent.
async fn preview_first(
    client: &Client,
    charge: &Charge,
    stripe_prices: &[String],
    extras: &[String],
) -> Result<Money, PaymentsError> {
    let form = Form::new()
        .with("customer", &charge.stripe_customer_id)
        .with("subscription_details[billing_mode][type]", BILLING_MODE)
        .with_some("discounts[0][promotion_code]", charge.stripe_promotion_code_id.as_deref());
    let form = with_prices(form, "subscription_details[items]", stripe_prices);
    let form = with_prices(form, "invoice_items", extras);
    let total: Total = client.send(&Call::post("/v1/invoices/create_preview").with(form)).await?;
    total.money()
}

/// The subscription that a charge began, if it did.
pub(super) async fn find_begun(client: &Client, charge: &Charge) -> Result<Option<Charged>, PaymentsError> {
    let all = Form::new().with("status", "all");
    match find(client, "/v1/subscriptions", charge, all).await? {
        Some(id) => retrieve(client, &id).await?.began().map(Some),
        None => Ok(None),
    }
}

/// A subscription that a charge added to; `None` where it did not. What waits for its money is dropped.
pub(super) async fn extended(
    client: &Client,
    charge: &Charge,
    extension: &Extension,
) -> Result<Option<Charged>, PaymentsError> {
    let Both(_, found) = retrieve(client, &extension.stripe_subscription_id).await?;
    if !found.waits_for(extension) {
        return added(client, charge, extension, found).await;
    }
    if let Some(invoice_id) = invoices::open_for_change(client, &found.id).await? {
        invoices::void(client, &invoice_id).await?;
    }
    // It may have been paid a moment before.
    let Both(_, found) = retrieve(client, &extension.stripe_subscription_id).await?;
    added(client, charge, extension, found).await
}

async fn added(
    client: &Client,
    charge: &Charge,
    extension: &Extension,
    found: More,
) -> Result<Option<Charged>, PaymentsError> {
    let is_ours = |item: &Item| item.came_by(charge, extension);
    let Some(item) = found.items.data.into_iter().find(is_ours) else { return Ok(None) };
    // Not the latest invoice: another change, or a renewal, may have come since.
    let invoice = invoices::first_of_item(client, &found.id, &item.id).await?;
    match keep_if_agreed(client, charge, extension, found.id, invoice).await? {
        ChargeOutcome::Paid(charged) => Ok(Some(*charged)),
        _ => Ok(None),
    }
}

/// As a charge that added to it just now: its latest invoice is the charge's, where anything was due. Or as one that waits
/// to, unless that asks for more than was agreed.
async fn grew(
    client: &Client,
    charge: &Charge,
    extension: &Extension,
    Both(subscription, more): Billed,
) -> Result<ChargeOutcome, PaymentsError> {
    let latest = more.latest_invoice.map(|link| link.expanded("latest invoice")).transpose()?;
    if let Some(stripe_invoice_id) = subscription.into_port()?.awaited_invoice_id {
        let asked = latest.filter(|invoice| invoice.id() == stripe_invoice_id);
        let due = asked.map(|invoice| invoice.due()).transpose()?;
        return match due.filter(|due| agreed::is_exceeded(charge, *due)) {
            Some(due) => {
                invoices::void(client, &stripe_invoice_id).await?;
                Ok(ChargeOutcome::Differs(due))
            }
            None => Ok(ChargeOutcome::Waiting { stripe_invoice_id }),
        };
    }
    let invoice = latest.filter(InvoiceObject::is_for_a_change).map(InvoiceObject::into_port).transpose()?;
    keep_if_agreed(client, charge, extension, more.id, invoice).await
}

/// What was paid for with more than was agreed is taken back.
async fn keep_if_agreed(
    client: &Client,
    charge: &Charge,
    extension: &Extension,
    id: String,
    invoice: Option<BilledInvoice>,
) -> Result<ChargeOutcome, PaymentsError> {
    match invoice {
        Some(invoice) if agreed::is_exceeded(charge, invoice.paid) => {
            agreed::take_back(client, charge, extension, &invoice).await?;
            Ok(ChargeOutcome::Differs(invoice.paid))
        }
        invoice => Ok(ChargeOutcome::Paid(Box::new(Charged { id, subscription: None, invoice }))),
    }
}

/// What an extension would be charged now, line by line.
pub(crate) async fn preview(client: &Client, extension: &Extension) -> Result<InvoicePreview, PaymentsError> {
    let form = Form::new()
        .with("subscription", &extension.stripe_subscription_id)
        .with("subscription_details[proration_behavior]", "always_invoice")
        .with("subscription_details[proration_date]", extension.prorated_at.as_second());
    let form = with_prices(form, "subscription_details[items]", &extension.stripe_prices);
    invoice_previews::of(client, with_prices(form, "invoice_items", &extension.extras)).await
}

/// Takes a price off a running subscription. What is paid stays paid.
pub(crate) async fn drop_price(
    client: &Client,
    stripe_subscription_id: &str,
    stripe_price_id: &str,
) -> Result<(), PaymentsError> {
    let found = retrieve(client, stripe_subscription_id).await?;
    let is_sold = |item: &Item| item.price.as_ref().is_some_and(|price| price.names(stripe_price_id));
    let Some(item) = found.1.items.data.into_iter().find(is_sold) else { return Ok(()) };
    let form = Form::new().with("proration_behavior", "none");
    let call = Call::delete("/v1/subscription_items/{id}").on(&item.id).with(form);
    client.send::<Value>(&call).await.map(drop)
}

async fn retrieve(client: &Client, id: &str) -> Result<Billed, PaymentsError> {
    client.send(&Call::get(SUBSCRIPTION).on(id).with(Form::new().expanding(&WITH_INVOICE))).await
}

/// A subscription with what it is made of and its latest invoice.
type Billed = Both<SubscriptionObject, More>;

#[derive(Debug, Deserialize)]
struct More {
    id: String,
    #[serde(default)]
    items: Listing<Item>,
    latest_invoice: Option<Link<InvoiceObject>>,
    pending_update: Option<PendingUpdate>,
}

/// <https://docs.stripe.com/api/subscriptions/object#subscription_object-pending_update>
#[derive(Debug, Deserialize)]
struct PendingUpdate {
    subscription_items: Option<Vec<Item>>,
}

impl More {
    /// Whether it waits for the money of an extension.
    fn waits_for(&self, extension: &Extension) -> bool {
        let pending = self.pending_update.as_ref().and_then(|update| update.subscription_items.as_deref());
        let is_there = |item: &Item| self.items.data.iter().any(|known| known.id == item.id);
        let mut pending = pending.unwrap_or_default().iter();
        pending.any(|item| !is_there(item) && item.is_sold_by(extension))
    }
}

#[derive(Debug, Deserialize)]
struct Item {
    id: String,
    price: Option<Link<Identified>>,
    metadata: Option<Metadata>,
    #[serde(default)]
    created: i64,
}

impl Item {
    fn is_sold_by(&self, extension: &Extension) -> bool {
        let price = self.price.as_ref().map(Link::id);
        price.is_some_and(|price| extension.stripe_prices.iter().any(|sold| sold == price))
    }

    /// Whether a charge added it. What waited for its money could not name the charge: but a subscription has each price
    /// once, and nobody buys one that it has.
    fn came_by(&self, charge: &Charge, extension: &Extension) -> bool {
        let names = checkout_id(self.metadata.as_ref());
        let is_unnamed = charge.customer_is_there && names.is_none();
        let is_since = extension.prorated_at.as_second() <= self.created;
        names == Some(charge.id) || (is_unnamed && is_since && self.is_sold_by(extension))
    }
}

impl Billed {
    /// As a charge that began it.
    fn began(self) -> Result<Charged, PaymentsError> {
        let Self(subscription, more) = self;
        let invoice = more.latest_invoice.map(|link| link.expanded("latest invoice")?.into_port());
        Ok(Charged {
            id: more.id,
            subscription: Some(subscription.into_port()?),
            invoice: invoice.transpose()?,
        })
    }
}
