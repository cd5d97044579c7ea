//! Invoices: <https://docs.stripe.com/api/invoices>.

use jiff::Timestamp;
use perennial_core::ports::{BilledInvoice, BillingReason, InvoiceStatus, PaymentsError, RefusalKind};
use perennial_domain::Money;
use serde::Deserialize;

use super::pages::{self, Listed};
use super::shapes::{Identified, Link, money, nonsense, optional_time, time};
use crate::call::Call;
use crate::client::Client;
use crate::form::Form;

/// What is true of an invoice now.
pub(crate) async fn retrieve(client: &Client, id: &str) -> Result<BilledInvoice, PaymentsError> {
    let call = Call::get("/v1/invoices/{id}").on(id).with(Form::new().expanding(&["payments"]));
    client.send::<InvoiceObject>(&call).await?.into_port()
}

/// The invoices of a subscription since a time, oldest first. All of them can be read or none counts: a payment that is
/// left out would be a payment that nobody sees.
pub(crate) async fn list(
    client: &Client,
    subscription_id: &str,
    created_since: Option<Timestamp>,
) -> Result<Vec<BilledInvoice>, PaymentsError> {
    let form = Form::new()
        .with("subscription", subscription_id)
        .with_some("created[gte]", created_since.map(Timestamp::as_second))
        .expanding(&["data.payments"]);
    let newest_first = pages::all_of::<InvoiceObject>(client, "/v1/invoices", form).await?;
    newest_first.into_iter().rev().map(InvoiceObject::into_port).collect()
}

/// The invoice that charged an item of a subscription first, if it was added to one that ran.
pub(crate) async fn first_of_item(
    client: &Client,
    subscription_id: &str,
    item_id: &str,
) -> Result<Option<BilledInvoice>, PaymentsError> {
    let form = Form::new().with("subscription", subscription_id).expanding(&["data.payments"]);
    for invoice in pages::all_of::<InvoiceObject>(client, "/v1/invoices", form).await?.into_iter().rev() {
        if invoice.is_for_a_change() && invoice.lines.data.iter().any(|line| line.is_for(item_id)) {
            return invoice.into_port().map(Some);
        }
    }
    Ok(None)
}

/// The invoice that a change of a subscription waits for. Not simply its latest one: a renewal may have come since.
pub(crate) async fn open_for_change(
    client: &Client,
    subscription_id: &str,
) -> Result<Option<String>, PaymentsError> {
    let form = Form::new().with("subscription", subscription_id).with("status", "open");
    for invoice in pages::all_of::<InvoiceObject>(client, "/v1/invoices", form).await? {
        if invoice.is_for_a_change() {
            return Ok(Some(invoice.id));
        }
    }
    Ok(None)
}

/// Charges an open invoice to a card, while the customer is there. The key is the invoice's and the card's: pressed
/// twice it is one charge, and another card is another one.
pub(crate) async fn pay(client: &Client, id: &str, payment_method_id: &str) -> Result<(), PaymentsError> {
    let form = Form::new().with("payment_method", payment_method_id).with("off_session", false);
    let key = format!("{id}/pay/{payment_method_id}");
    match client.send::<Identified>(&Call::post("/v1/invoices/{id}/pay").on(id).with(form).once(key)).await {
        Ok(_) => Ok(()),
        Err(PaymentsError::Refused(refusal)) if refusal.kind == RefusalKind::Invalid => {
            // Stripe's own retry may have been quicker.
            if retrieve(client, id).await?.is_paid() { Ok(()) } else { Err(PaymentsError::Refused(refusal)) }
        }
        Err(error) => Err(error),
    }
}

/// Has Stripe go on with an invoice by itself, or not
/// (<https://docs.stripe.com/invoicing/integration/automatic-advancement-collection>). Without an idempotency key: it sets a
/// fact. What is over has nothing to go on with.
pub(crate) async fn advance(client: &Client, id: &str, by_itself: bool) -> Result<(), PaymentsError> {
    let form = Form::new().with("auto_advance", by_itself);
    match client.send::<Identified>(&Call::post("/v1/invoices/{id}").on(id).with(form)).await {
        Err(PaymentsError::Refused(refusal)) if refusal.kind == RefusalKind::Invalid => {
            if retrieve(client, id).await?.is_final() { Ok(()) } else { Err(PaymentsError::Refused(refusal)) }
        }
        answer => answer.map(drop),
    }
}

/// Opens a draft for payment, and leaves it to us to charge it. Without an idempotency key: what is open says so.
pub(crate) async fn finalize(client: &Client, id: &str) -> Result<(), PaymentsError> {
    match send_finalize(client, id).await {
        Err(PaymentsError::Refused(refusal)) if refusal.kind == RefusalKind::Invalid => {
            let is_draft = retrieve(client, id).await?.status == InvoiceStatus::Draft;
            if is_draft { Err(PaymentsError::Refused(refusal)) } else { Ok(()) }
        }
        answer => answer.map(drop),
    }
}

async fn send_finalize(client: &Client, id: &str) -> Result<InvoiceObject, PaymentsError> {
    let form = Form::new().with("auto_advance", false);
    client.send(&Call::post("/v1/invoices/{id}/finalize").on(id).with(form)).await
}

/// Sees to it that an invoice can never be paid. The draft of a subscription can be neither voided nor deleted
/// (<https://docs.stripe.com/api/invoices/delete>): it is finalized first, without being charged.
///
/// Without idempotency keys: both set a fact, and a no that was said while a payment was under way would be replayed for a
/// day after it has failed.
pub(crate) async fn void(client: &Client, id: &str) -> Result<(), PaymentsError> {
    let refused = match send_void(client, id).await {
        Err(PaymentsError::Refused(refusal)) if refusal.kind == RefusalKind::Invalid => refusal,
        answer => return answer,
    };
    match retrieve(client, id).await?.status {
        InvoiceStatus::Paid | InvoiceStatus::Void => Ok(()),
        // With nothing due it is paid by that.
        InvoiceStatus::Draft => match send_finalize(client, id).await?.into_port()?.status {
            InvoiceStatus::Paid => Ok(()),
            _ => send_void(client, id).await,
        },
        InvoiceStatus::Open | InvoiceStatus::Uncollectible => Err(PaymentsError::Refused(refused)),
    }
}

async fn send_void(client: &Client, id: &str) -> Result<(), PaymentsError> {
    client.send::<Identified>(&Call::post("/v1/invoices/{id}/void").on(id)).await.map(drop)
}

/// The fields that matter here.
#[derive(Debug, Deserialize)]
pub(crate) struct InvoiceObject {
    id: String,
    created: i64,
    currency: String,
    status: Option<String>,
    #[serde(default)]
    auto_advance: bool,
    #[serde(default)]
    attempt_count: u32,
    next_payment_attempt: Option<i64>,
    total: i64,
    #[serde(default)]
    amount_due: i64,
    #[serde(default)]
    amount_paid: i64,
    billing_reason: Option<String>,
    customer: Option<Link<Identified>>,
    // Both of them here and not flattened: that would keep all the other members, of which an invoice has many.
    parent: Option<Parent>,
    subscription: Option<Link<Identified>>,
    #[serde(default)]
    lines: Lines,
    /// Since 2025-03-31, when it is asked for.
    payments: Option<Payments>,
    /// Until 2025-03-31.
    payment_intent: Option<Link<Identified>>,
    status_transitions: Option<StatusTransitions>,
}

/// The subscription that an invoice is for, where either API version has it.
#[derive(Debug, Deserialize)]
pub(crate) struct SubscriptionOfInvoice {
    /// Since 2025-03-31.
    parent: Option<Parent>,
    /// Until 2025-03-31.
    subscription: Option<Link<Identified>>,
}

#[derive(Debug, Deserialize)]
struct Parent {
    subscription_details: Option<SubscriptionDetails>,
}

#[derive(Debug, Deserialize)]
struct SubscriptionDetails {
    subscription: Option<Link<Identified>>,
}

#[derive(Debug, Default, Deserialize)]
struct Lines {
    #[serde(default)]
    data: Vec<Line>,
}

#[derive(Debug, Deserialize)]
struct Line {
    period: Option<LinePeriod>,
    /// Until 2025-03-31: `subscription` or `invoiceitem`.
    #[serde(rename = "type")]
    kind: Option<String>,
    #[serde(default)]
    proration: bool,
    /// Until 2025-03-31.
    subscription_item: Option<String>,
    /// Since 2025-03-31.
    parent: Option<LineParent>,
}

#[derive(Clone, Copy, Debug, Deserialize)]
struct LinePeriod {
    start: i64,
    end: i64,
}

#[derive(Debug, Deserialize)]
struct LineParent {
    subscription_item_details: Option<SubscriptionItemDetails>,
}

#[derive(Debug, Deserialize)]
struct SubscriptionItemDetails {
    #[serde(default)]
    proration: bool,
    subscription_item: Option<String>,
}

#[derive(Debug, Deserialize)]
struct Payments {
    #[serde(default)]
    data: Vec<InvoicePayment>,
}

#[derive(Debug, Deserialize)]
struct InvoicePayment {
    status: Option<String>,
    payment: Option<PaymentOfInvoice>,
}

#[derive(Debug, Deserialize)]
struct PaymentOfInvoice {
    payment_intent: Option<Link<Identified>>,
}

#[derive(Debug, Deserialize)]
struct StatusTransitions {
    paid_at: Option<i64>,
}

impl Listed for InvoiceObject {
    fn id(&self) -> Option<&str> {
        Some(&self.id)
    }
}

impl InvoiceObject {
    pub(super) fn id(&self) -> &str {
        &self.id
    }

    /// Whether it is for a change of a subscription that ran.
    pub(super) fn is_for_a_change(&self) -> bool {
        reason(self.billing_reason.as_deref()) == BillingReason::SubscriptionUpdate
    }

    /// What it asks for: its total, less what the customer's balance pays.
    pub(super) fn due(&self) -> Result<Money, PaymentsError> {
        money(self.amount_due, &self.currency)
    }

    /// In the port's words.
    pub(crate) fn into_port(self) -> Result<BilledInvoice, PaymentsError> {
        let period =
            self.lines.data.iter().filter_map(Line::subscribed_period).max_by_key(|period| period.end);
        let subscription = SubscriptionOfInvoice { parent: self.parent, subscription: self.subscription };
        let nested_intent = self.payments.and_then(Payments::settling_intent);
        Ok(BilledInvoice {
            stripe_subscription_id: subscription.into_id(),
            stripe_customer_id: self.customer.map(Link::into_id),
            reason: reason(self.billing_reason.as_deref()),
            status: status(self.status.as_deref())?,
            attempts: self.attempt_count,
            advances: self.auto_advance,
            next_attempt_at: optional_time(self.next_payment_attempt)?,
            total: money(self.total, &self.currency)?,
            due: money(self.amount_due, &self.currency)?,
            paid: money(self.amount_paid, &self.currency)?,
            period: period.map(LinePeriod::times).transpose()?,
            payment_intent_id: nested_intent.or(self.payment_intent.map(Link::into_id)),
            paid_at: optional_time(self.status_transitions.and_then(|transitions| transitions.paid_at))?,
            created_at: time(self.created)?,
            id: self.id,
        })
    }
}

impl SubscriptionOfInvoice {
    /// The subscription's id.
    pub(crate) fn into_id(self) -> Option<String> {
        let nested = self.parent.and_then(|parent| parent.subscription_details?.subscription);
        nested.or(self.subscription).map(Link::into_id)
    }
}

impl Line {
    /// Whether it charges this item of the subscription.
    fn is_for(&self, item_id: &str) -> bool {
        let details = self.parent.as_ref().and_then(|parent| parent.subscription_item_details.as_ref());
        let nested = details.and_then(|details| details.subscription_item.as_deref());
        nested.or(self.subscription_item.as_deref()) == Some(item_id)
    }

    /// The period, if the line is for a subscription's whole period and not for a change within one.
    fn subscribed_period(&self) -> Option<LinePeriod> {
        let details = self.parent.as_ref().and_then(|parent| parent.subscription_item_details.as_ref());
        let is_whole = match details {
            Some(details) => !details.proration,
            None => self.kind.as_deref() == Some("subscription") && !self.proration,
        };
        self.period.filter(|_| is_whole)
    }
}

impl LinePeriod {
    fn times(self) -> Result<(Timestamp, Timestamp), PaymentsError> {
        Ok((time(self.start)?, time(self.end)?))
    }
}

impl Payments {
    /// The payment intent that paid, or else the one that is meant to.
    fn settling_intent(self) -> Option<String> {
        let (paid, others): (Vec<_>, Vec<_>) =
            self.data.into_iter().partition(|payment| payment.status.as_deref() == Some("paid"));
        let mut in_order = paid.into_iter().chain(others);
        in_order.find_map(|payment| payment.payment?.payment_intent).map(Link::into_id)
    }
}

fn status(word: Option<&str>) -> Result<InvoiceStatus, PaymentsError> {
    match word {
        None | Some("draft") => Ok(InvoiceStatus::Draft),
        Some("open") => Ok(InvoiceStatus::Open),
        Some("paid") => Ok(InvoiceStatus::Paid),
        Some("uncollectible") => Ok(InvoiceStatus::Uncollectible),
        Some("void") => Ok(InvoiceStatus::Void),
        other => Err(nonsense(format!("{other:?} is no status of an invoice"))),
    }
}

fn reason(word: Option<&str>) -> BillingReason {
    match word {
        Some("subscription_create") => BillingReason::SubscriptionCreate,
        Some("subscription_cycle") => BillingReason::SubscriptionCycle,
        Some("subscription_update") => BillingReason::SubscriptionUpdate,
        _ => BillingReason::Other,
    }
}
