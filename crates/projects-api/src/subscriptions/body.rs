//! What a subscription looks like on the wire.

use perennial_core::store::tables::{HeldSubscription, SubscriptionView};
use perennial_domain::{
    AddressId, Cancellation, CancellationCause, SubscriptionId, SubscriptionState, UserReason,
};
use perennial_http::{WireId, WireTime};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::plans::PlanBody;
use crate::portings::PortingBody;
use crate::scalars::{MetadataBody, PeriodBody, all_present};
use crate::sims::SimBody;
use crate::users::UserBody;

/// A user's right to a plan, with the plan, the user and the SIM in full.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "Subscription", transform = all_present)]
pub(crate) struct SubscriptionBody {
    #[schemars(extend("const" = "subscription"))]
    object: &'static str,
    pub(super) id: WireId<SubscriptionId>,
    metadata: MetadataBody,
    status: Status,
    plan: PlanBody,
    user: UserBody,
    /// Null until an automatic eSIM is assigned.
    sim: Option<SimBody>,
    /// E.164.
    phone_number: Option<String>,
    /// Null unless the subscription is active or restricted. As long as its renewal is not paid it is the period that was
    /// paid last, whose end is over then.
    current_period: Option<PeriodBody>,
    /// The current porting.
    porting: Option<PortingBody>,
    /// The latest porting.
    last_porting: Option<PortingBody>,
    activated_at: Option<WireTime>,
    first_usage_at: Option<WireTime>,
    canceled_at: Option<WireTime>,
    /// In the future once canceled, in the past once ended.
    ended_at: Option<WireTime>,
    earliest_end_at: Option<WireTime>,
    cancellation_details: Option<CancellationBody>,
    restricted_at: Option<WireTime>,
    restriction_details: Option<RestrictionBody>,
    /// Null: the project uses payments, not billing.
    billing: Option<BillingBody>,
    user_address: Option<WireId<AddressId>>,
    created_at: WireTime,
}

/// Where a subscription is in its life, in the words of this door.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "SubscriptionStatus")]
pub(super) enum Status {
    Pending,
    /// Never, without the Billing API.
    Initiated,
    Active,
    Restricted,
    Ended,
}

impl Status {
    /// The one place where our states get this door's words. Who is behind with a renewal may use what they have
    /// while the retries run, unless the project restricts them; who paused may not.
    const fn of(state: SubscriptionState) -> Self {
        match state {
            SubscriptionState::Pending => Self::Pending,
            SubscriptionState::Active | SubscriptionState::PastDue => Self::Active,
            SubscriptionState::Restricted | SubscriptionState::Paused => Self::Restricted,
            SubscriptionState::Ended => Self::Ended,
        }
    }

    /// The states that these words stand for; all but `ended` unless any are given (contract §5, row 15).
    pub(super) fn states(wanted: Option<&[Self]>) -> Vec<SubscriptionState> {
        let is_wanted = |state: &&SubscriptionState| match wanted {
            Some(statuses) => statuses.contains(&Self::of(**state)),
            None => **state != SubscriptionState::Ended,
        };
        SubscriptionState::ALL.iter().filter(is_wanted).copied().collect()
    }
}

/// Why it ends.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "CancellationDetails", transform = all_present)]
struct CancellationBody {
    #[schemars(with = "String", extend("enum" = CancellationCause::ALL))]
    cause: CancellationCause,
    #[schemars(with = "Option<String>")]
    user_reason: Option<UserReason>,
    user_comment: Option<String>,
}

impl From<Cancellation> for CancellationBody {
    fn from(cancellation: Cancellation) -> Self {
        Self {
            cause: cancellation.cause,
            user_reason: cancellation.user_reason,
            user_comment: cancellation.user_comment,
        }
    }
}

/// Why it is restricted.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "RestrictionDetails", transform = all_present)]
struct RestrictionBody {
    /// Null: nothing of it may be used.
    restrict_behavior: Option<String>,
    /// Periods go on from where they were.
    #[schemars(extend("const" = "keepPeriodAnchor"))]
    restore_behavior: &'static str,
    #[schemars(extend("const" = "invoiceOverdue"))]
    cause: &'static str,
}

impl RestrictionBody {
    const OVERDUE: Self =
        Self { restrict_behavior: None, restore_behavior: "keepPeriodAnchor", cause: "invoiceOverdue" };
}

/// How it is billed, where a project bills. None does yet.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "SubscriptionBilling")]
struct BillingBody {}

impl From<SubscriptionView> for SubscriptionBody {
    fn from(view: SubscriptionView) -> Self {
        let (held, product, price) = view.into_parts();
        Self::of(held, PlanBody::of(product, &price))
    }
}

impl SubscriptionBody {
    /// Shapes a subscription to a plan.
    pub(super) fn of(held: HeldSubscription, plan: PlanBody) -> Self {
        let subscription = held.subscription;
        let earliest_end_at = subscription.earliest_end_at().map(WireTime);
        let status = Status::of(subscription.state);
        let restricted_at = subscription.arrears.and_then(|arrears| arrears.restricted_at);
        let is_running = matches!(status, Status::Active | Status::Restricted);
        Self {
            object: "subscription",
            id: WireId(subscription.id),
            metadata: MetadataBody(subscription.metadata),
            status,
            plan,
            user: held.customer.into(),
            sim: held.sim.map(SimBody::from),
            phone_number: subscription.phone_number,
            current_period: subscription.current_period.filter(|_| is_running).map(PeriodBody::from),
            porting: held.porting.map(PortingBody::from),
            last_porting: held.last_porting.map(PortingBody::from),
            activated_at: subscription.activated_at.map(WireTime),
            first_usage_at: None,
            canceled_at: subscription.canceled_at.map(WireTime),
            ended_at: subscription.ended_at.map(WireTime),
            earliest_end_at,
            cancellation_details: subscription.cancellation.map(CancellationBody::from),
            restricted_at: restricted_at.map(WireTime),
            restriction_details: restricted_at.map(|_| RestrictionBody::OVERDUE),
            billing: None,
            user_address: subscription.address_id.map(WireId),
            created_at: WireTime(subscription.created_at),
        }
    }
}
