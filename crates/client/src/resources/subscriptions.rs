//! Subscriptions: what was bought (contract §2.5).

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::client::Client;
use crate::error::Error;
use crate::ids::{AddressId, PlanId, PortingId, SimId, SubscriptionId, UserId};
use crate::open_enum::open_enum;
use crate::page::{List, Page, Paging};
use crate::request::Call;
use crate::resources::{plans::Plan, sims::Sim, users::User};
use crate::scalars::{Metadata, MetadataChanges, Period};

/// Calls about subscriptions.
#[derive(Debug, Clone, Copy)]
pub struct Subscriptions<'a> {
    pub(crate) client: &'a Client,
}

impl Subscriptions<'_> {
    /// Subscriptions that have not ended, or those that `filter` names.
    pub async fn list(&self, filter: &SubscriptionFilter) -> Result<Page<Subscription>, Error> {
        List::new("/subscriptions")
            .filter("user", filter.user.as_ref())
            .filter("plan", filter.plan.as_ref())
            .filter("sim", filter.sim.as_ref())
            .filter("status", &filter.status)
            .page(self.client, &filter.paging)
            .await
    }

    /// One subscription.
    pub async fn get(&self, subscription: &SubscriptionId) -> Result<Subscription, Error> {
        self.client.send(&Call::get(format!("/subscriptions/{subscription}"))).await
    }

    /// Changes what `changes` names and nothing else.
    pub async fn update(
        &self,
        subscription: &SubscriptionId,
        changes: &SubscriptionUpdate,
    ) -> Result<Subscription, Error> {
        self.client.send(&Call::patch(format!("/subscriptions/{subscription}"), changes)?).await
    }
}

/// Which subscriptions to list. The default is all that have not ended.
#[derive(Debug, Clone, Default)]
pub struct SubscriptionFilter {
    /// Only this user's.
    pub user: Option<UserId>,
    /// Only those with this plan.
    pub plan: Option<PlanId>,
    /// Only those on this SIM.
    pub sim: Option<SimId>,
    /// Only those in one of these states; empty means all but ended ones.
    pub status: Vec<SubscriptionStatus>,
    /// Which part of the list.
    pub paging: Paging,
}

/// Changes to a subscription.
#[derive(Debug, Clone, Default, Serialize)]
pub struct SubscriptionUpdate {
    /// Labels to set and to delete.
    #[serde(skip_serializing_if = "MetadataChanges::is_empty")]
    pub metadata: MetadataChanges,
}

/// Something that was bought.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Subscription {
    /// Its id.
    pub id: SubscriptionId,
    /// The app's labels.
    pub metadata: Metadata,
    /// Where it is in its life.
    pub status: SubscriptionStatus,
    /// What was bought.
    pub plan: Plan,
    /// Who bought it.
    pub user: User,
    /// The SIM; `None` until one is assigned.
    pub sim: Option<Sim>,
    /// E.164; only plans with voice have one.
    pub phone_number: Option<String>,
    /// The period that runs; only while active.
    pub current_period: Option<Period>,
    /// The number porting under way.
    pub porting: Option<Porting>,
    /// The latest number porting, over or not.
    pub last_porting: Option<Porting>,
    /// The address it is used at, where its plan asks for one.
    pub user_address: Option<AddressId>,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it became active.
    pub activated_at: Option<Timestamp>,
    /// When it was first used.
    pub first_usage_at: Option<Timestamp>,
    /// When its end was asked for. It may run on until `ended_at`.
    pub canceled_at: Option<Timestamp>,
    /// When it ends or ended; `None` while it just renews.
    pub ended_at: Option<Timestamp>,
    /// The soonest it can end, from its plan's minimum term.
    pub earliest_end_at: Option<Timestamp>,
    /// Why it ends or ended.
    pub cancellation_details: Option<CancellationDetails>,
}

impl Subscription {
    /// Whether it runs on only until a known end.
    pub fn is_ending(&self) -> bool {
        self.canceled_at.is_some() && self.status != SubscriptionStatus::Ended
    }
}

/// Why a subscription ends.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct CancellationDetails {
    /// The cause for machines, such as `cancellationRequested` or `paymentFailed`.
    pub cause: Option<String>,
    /// What the user chose as a reason, such as `tooExpensive`.
    pub user_reason: Option<String>,
    /// What the user wrote.
    pub user_comment: Option<String>,
}

/// The state of a number's move from another network (contract §2.11): what an app shows of it.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Porting {
    /// Its id.
    pub id: PortingId,
    /// The number that moves, in E.164.
    pub phone_number: String,
    /// How far it is.
    pub status: PortingStatus,
    /// Why the old network refused, such as `portingAccountPinRequiredOrInvalid`.
    pub declined_code: Option<String>,
    /// The same in words.
    pub declined_message: Option<String>,
}

open_enum! {
    /// Where a subscription is in its life.
    SubscriptionStatus {
        /// Bought, and not yet confirmed by the network.
        Pending = "pending",
        /// Waiting for its first payment.
        Initiated = "initiated",
        Active = "active",
        /// Limited because a payment is overdue.
        Restricted = "restricted",
        Ended = "ended",
    }
}

open_enum! {
    /// How far a number porting is.
    PortingStatus {
        Draft = "draft",
        Initiated = "initiated",
        Pending = "pending",
        /// The user must complete or correct something: open a `completePorting` session.
        InformationRequired = "informationRequired",
        Requested = "requested",
        Declined = "declined",
        Completed = "completed",
        Canceled = "canceled",
        Expired = "expired",
        Failed = "failed",
    }
}
