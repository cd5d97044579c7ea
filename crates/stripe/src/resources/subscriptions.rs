//! Subscriptions: <https://docs.stripe.com/api/subscriptions>.

use perennial_core::ports::{
    BilledItem, BilledSubscription, BillingEnd, BillingStatus, Collection, PaymentsError, RefusalKind,
};
use serde::Deserialize;
use serde::de::IgnoredAny;

use super::collection::PAUSED_KEY;
use super::shapes::{Identified, Link, Listing, Metadata, checkout_id, nonsense, optional_time, time};
use crate::call::Call;
use crate::client::Client;
use crate::form::Form;

pub(crate) const ONE: &str = "/v1/subscriptions/{id}";

/// What is true of a subscription now.
pub(crate) async fn retrieve(client: &Client, id: &str) -> Result<BilledSubscription, PaymentsError> {
    retrieve_object(client, id).await?.into_port()
}

/// Decides when a subscription ends by itself.
///
/// Without an idempotency key: the update sets a fact, and a key that came back within a day (cancelled, resumed,
/// cancelled again) would replay the first answer and change nothing.
pub(crate) async fn schedule_end(
    client: &Client,
    id: &str,
    end: BillingEnd,
) -> Result<BilledSubscription, PaymentsError> {
    let form = match end {
        BillingEnd::WithPeriod => Form::new().with("cancel_at_period_end", true),
        BillingEnd::At(at) => Form::new().with("cancel_at", at.as_second()),
        // Stripe takes back only the kind of end that is set, and refuses both at once.
        BillingEnd::Never => match retrieve_object(client, id).await? {
            found if found.cancel_at_period_end => Form::new().with("cancel_at_period_end", false),
            found if found.cancel_at.is_some() => Form::new().with("cancel_at", ""),
            found => return found.into_port(),
        },
    };
    client.send::<SubscriptionObject>(&Call::post(ONE).on(id).with(form)).await?.into_port()
}

pub(crate) async fn retrieve_object(client: &Client, id: &str) -> Result<SubscriptionObject, PaymentsError> {
    client.send::<SubscriptionObject>(&Call::get(ONE).on(id)).await
}

/// Ends a subscription now.
///
/// Stripe knows a subscription that is over no more when asked to end it, and answers as if it had never been there.
/// So a refusal is held against what is true: it stands only if the subscription lives on.
pub(crate) async fn cancel(client: &Client, id: &str) -> Result<BilledSubscription, PaymentsError> {
    let refused = match client.send::<SubscriptionObject>(&Call::delete(ONE).on(id)).await {
        Ok(ended) => return ended.into_port(),
        Err(PaymentsError::Refused(refusal)) if refusal.kind != RefusalKind::Credentials => refusal,
        Err(error) => return Err(error),
    };
    let found = retrieve(client, id).await?;
    match found.status {
        BillingStatus::Canceled | BillingStatus::IncompleteExpired => Ok(found),
        _ => Err(PaymentsError::Refused(refused)),
    }
}

/// The fields that matter here.
#[derive(Debug, Deserialize)]
pub(crate) struct SubscriptionObject {
    id: String,
    status: String,
    metadata: Option<Metadata>,
    /// On the subscription itself until 2025-03-31, on its items since. Not flattened, here and there: that would keep all
    /// the other members.
    current_period_start: Option<i64>,
    current_period_end: Option<i64>,
    #[serde(default)]
    items: Listing<Item>,
    schedule: Option<Link<Identified>>,
    pending_update: Option<IgnoredAny>,
    latest_invoice: Option<Link<Identified>>,
    cancel_at: Option<i64>,
    #[serde(default)]
    cancel_at_period_end: bool,
    canceled_at: Option<i64>,
    ended_at: Option<i64>,
    cancellation_details: Option<CancellationDetails>,
    default_payment_method: Option<Link<Identified>>,
    /// In full only where they are asked for.
    #[serde(default)]
    discounts: Vec<Link<AppliedDiscount>>,
    /// Only whether there is any: <https://docs.stripe.com/api/subscriptions/object#subscription_object-pause_collection>.
    pause_collection: Option<IgnoredAny>,
}

/// <https://docs.stripe.com/api/discounts/object>
#[derive(Debug, Deserialize)]
pub(crate) struct AppliedDiscount {
    pub(crate) id: String,
    /// When it counts no more; `None` if it lasts.
    pub(crate) end: Option<i64>,
}

/// <https://docs.stripe.com/api/subscriptions/object#subscription_object-cancellation_details>
#[derive(Debug, Deserialize)]
struct CancellationDetails {
    reason: Option<String>,
}

/// An item; tolerant of one without its price, as older fixtures and expansions have it.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct Item {
    #[serde(default)]
    pub(crate) id: String,
    pub(crate) price: Option<Identified>,
    #[serde(default = "one")]
    pub(crate) quantity: u64,
    current_period_start: Option<i64>,
    current_period_end: Option<i64>,
}

const fn one() -> u64 {
    1
}

impl Item {
    fn bounds(&self) -> Option<(i64, i64)> {
        Some((self.current_period_start?, self.current_period_end?))
    }

    fn into_port(self) -> Option<BilledItem> {
        Some(BilledItem { id: self.id, stripe_price_id: self.price?.id, quantity: self.quantity })
    }
}

impl SubscriptionObject {
    /// Its items.
    pub(crate) fn items(&self) -> &[Item] {
        &self.items.data
    }

    /// When the running period is over. All items that we sell together renew together, so one's period is everyone's.
    pub(crate) fn period_end(&self) -> Result<i64, PaymentsError> {
        Ok(self.bounds()?.1)
    }

    fn bounds(&self) -> Result<(i64, i64), PaymentsError> {
        let bounds = self.items.data.iter().find_map(Item::bounds);
        bounds
            .or_else(|| self.current_period_start.zip(self.current_period_end))
            .ok_or_else(|| nonsense(format!("subscription {} has no period", self.id)))
    }

    /// The schedule that it is on.
    pub(crate) fn into_schedule(self) -> Option<String> {
        self.schedule.map(Link::into_id)
    }

    /// Its own discounts, which were asked for in full. Where it has none, its customer's counts.
    pub(super) fn take_discounts(&mut self) -> Result<Vec<AppliedDiscount>, PaymentsError> {
        std::mem::take(&mut self.discounts).into_iter().map(|link| link.expanded("discount")).collect()
    }

    /// Whether what falls due is charged.
    pub(super) fn collection(&self) -> Collection {
        let is_ours = self.metadata.as_ref().is_some_and(|metadata| metadata.contains_key(PAUSED_KEY));
        match (self.pause_collection.is_some(), is_ours) {
            (false, false) => Collection::Runs,
            (false, true) => Collection::ResumedElsewhere,
            (true, true) => Collection::PausedByUs,
            (true, false) => Collection::PausedByMerchant,
        }
    }

    /// In the port's words.
    pub(crate) fn into_port(self) -> Result<BilledSubscription, PaymentsError> {
        let (start, end) = self.bounds()?;
        let at_period_end = self.cancel_at_period_end.then_some(end);
        let collection = self.collection();
        let reason = self.cancellation_details.and_then(|details| details.reason);
        Ok(BilledSubscription {
            checkout_id: checkout_id(self.metadata.as_ref()),
            status: status(&self.status)?,
            collection,
            has_discounts: !self.discounts.is_empty(),
            has_schedule: self.schedule.is_some(),
            // The update's invoice is the newest one: another update or a renewal ends it.
            awaited_invoice_id: self.pending_update.and(self.latest_invoice).map(Link::into_id),
            items: self.items.data.into_iter().filter_map(Item::into_port).collect(),
            current_period_start: time(start)?,
            current_period_end: time(end)?,
            cancel_at: optional_time(self.cancel_at.or(at_period_end))?,
            canceled_at: optional_time(self.canceled_at)?,
            ended_at: optional_time(self.ended_at)?,
            ended_unpaid: self.ended_at.is_some() && reason.as_deref() == Some("payment_failed"),
            payment_method_id: self.default_payment_method.map(Link::into_id),
            id: self.id,
        })
    }
}

fn status(word: &str) -> Result<BillingStatus, PaymentsError> {
    Ok(match word {
        "incomplete" => BillingStatus::Incomplete,
        "incomplete_expired" => BillingStatus::IncompleteExpired,
        "trialing" => BillingStatus::Trialing,
        "active" => BillingStatus::Active,
        "past_due" => BillingStatus::PastDue,
        "unpaid" => BillingStatus::Unpaid,
        "canceled" => BillingStatus::Canceled,
        "paused" => BillingStatus::Paused,
        other => return Err(nonsense(format!("{other:?} is no status of a subscription"))),
    })
}
