//! The invoice object, as either API version shows it.

use jiff::Timestamp;
use perennial_core::ports::{BilledInvoice, BillingReason, InvoiceStatus, PaymentsError};
use perennial_domain::Money;
use serde::Deserialize;

use crate::resources::pages::Listed;
use crate::resources::shapes::{Identified, Link, Listing, money, nonsense, optional_time, time};

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
    lines: Listing<Line>,
    /// Since 2025-03-31, when it is asked for.
    payments: Option<Listing<InvoicePayment>>,
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
    pub(in crate::resources) fn id(&self) -> &str {
        &self.id
    }

    /// Whether it is for a change of a subscription that ran.
    pub(in crate::resources) fn is_for_a_change(&self) -> bool {
        reason(self.billing_reason.as_deref()) == BillingReason::SubscriptionUpdate
    }

    /// Whether it charges this item of the subscription.
    pub(super) fn charges_item(&self, item_id: &str) -> bool {
        self.lines.data.iter().any(|line| line.is_for(item_id))
    }

    /// What it asks for: its total, less what the customer's balance pays.
    pub(in crate::resources) fn due(&self) -> Result<Money, PaymentsError> {
        money(self.amount_due, &self.currency)
    }

    /// In the port's words.
    pub(crate) fn into_port(self) -> Result<BilledInvoice, PaymentsError> {
        let period =
            self.lines.data.iter().filter_map(Line::subscribed_period).max_by_key(|period| period.end);
        let subscription = SubscriptionOfInvoice { parent: self.parent, subscription: self.subscription };
        let nested_intent = self.payments.and_then(settling_intent);
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

/// The payment intent that paid, or else the one that is meant to.
fn settling_intent(payments: Listing<InvoicePayment>) -> Option<String> {
    let (paid, others): (Vec<_>, Vec<_>) =
        payments.data.into_iter().partition(|payment| payment.status.as_deref() == Some("paid"));
    let mut in_order = paid.into_iter().chain(others);
    in_order.find_map(|payment| payment.payment?.payment_intent).map(Link::into_id)
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
