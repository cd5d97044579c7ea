//! How an organization stands: its one subscription of the product line, in the contract's words (§8.2).
//!
//! The contract infers this from payments (§9.4). Here the subscription itself is read, which knows more; a test over
//! random histories shows that both agree.

use jiff::{SignedDuration, Timestamp};
use perennial_domain::{CustomerId, OrganizationSettings, Price, Product, ProjectId, Subscription};
use perennial_store::tables::SubscriptionStanding;
use perennial_store::{StoreError, Tx};

use crate::context::Cx;

/// What an organization is told of its subscription.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StandingStatus {
    /// It may be used.
    Active,
    /// Somebody ended it.
    Cancelled,
    /// What was paid is over, and so is the grace for a late renewal.
    Expired,
}

/// A subscription, and how it stands.
#[derive(Clone, Debug)]
pub struct Standing {
    /// The subscription.
    pub subscription: Subscription,
    /// What it is.
    pub product: Product,
    /// What it costs.
    pub price: Price,
    /// How it stands.
    pub status: StandingStatus,
    /// When the term that is paid began.
    pub from: Timestamp,
    /// When it is over; `None` for good.
    pub to: Option<Timestamp>,
    /// Whether it will be paid again. Not where a plan for nothing waits for the end of what is paid (contract §9.2).
    pub auto_renew: bool,
}

/// How the organization stands, if it ever bought anything of the product line: by its live subscription, else by its
/// latest.
pub fn standing(
    cx: &Cx,
    tx: &mut Tx<'_>,
    project: ProjectId,
    organization: CustomerId,
    settings: &OrganizationSettings,
) -> Result<Option<Standing>, StoreError> {
    let latest = tx.subscriptions(project).standing_in_group(organization, &settings.product_line)?;
    let Some(SubscriptionStanding { subscription, product, price, becomes_free }) = latest else {
        return Ok(None);
    };
    let grace = SignedDuration::from_hours(i64::from(settings.renewal_grace_hours));
    let (status, to) = judge(&subscription, grace, cx.now());
    let period = subscription.current_period;
    let is_going_on = status == StandingStatus::Active && subscription.canceled_at.is_none();
    Ok(Some(Standing {
        status,
        from: period.map_or(subscription.created_at, |period| period.start),
        to,
        auto_renew: is_going_on && subscription.term.renews() && !becomes_free,
        subscription,
        product,
        price,
    }))
}

fn judge(
    subscription: &Subscription,
    grace: SignedDuration,
    now: Timestamp,
) -> (StandingStatus, Option<Timestamp>) {
    if !subscription.is_live() {
        return (StandingStatus::Cancelled, subscription.ended_at);
    }
    let paid_until = subscription.current_period.and_then(|period| period.end);
    // The end that was decided, which the job that ends it may be late for. A period that is owed is not waited for.
    if let (Some(_), Some(end)) = (subscription.canceled_at, subscription.ended_at) {
        let end = paid_until.filter(|_| subscription.is_in_arrears()).map_or(end, |paid| paid.min(end));
        let status = if now < end { StandingStatus::Active } else { StandingStatus::Cancelled };
        return (status, Some(end));
    }
    match paid_until {
        Some(end) if end.saturating_add(grace).is_ok_and(|end| end <= now) => {
            (StandingStatus::Expired, paid_until)
        }
        _ => (StandingStatus::Active, paid_until),
    }
}
