//! Changes of a subscription's plan (contract §2.6).

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::client::Client;
use crate::creation::Creation;
use crate::error::Error;
use crate::ids::{PlanId, SimId, SubscriptionChangeId, SubscriptionId, UserId};
use crate::open_enum::open_enum;
use crate::page::{List, Page, Paging};
use crate::request::Call;
use crate::resources::plans::Plan;

/// Calls about changes of plan.
#[derive(Debug, Clone, Copy)]
pub struct SubscriptionChanges<'a> {
    pub(crate) client: &'a Client,
}

impl SubscriptionChanges<'_> {
    /// All of them, or those that `filter` names.
    pub async fn list(&self, filter: &SubscriptionChangeFilter) -> Result<Page<SubscriptionChange>, Error> {
        List::new("/subscriptionChanges")
            .filter("status", &filter.status)
            .filter("subscription", filter.subscription.as_ref())
            .filter("user", filter.user.as_ref())
            .page(self.client, &filter.paging)
            .await
    }

    /// Changes a plan. A card that is declined is no error: the change that is answered has failed.
    /// One whose bank asks the customer stays `Initiated`, and its payment waits for a
    /// [`ConfirmPayment`](crate::Intent::ConfirmPayment) session.
    pub fn create(&self, change: &NewSubscriptionChange) -> Creation<'_, SubscriptionChange> {
        Creation::new(self.client, Call::create("/subscriptionChanges".to_owned(), change))
    }

    /// One of them.
    pub async fn get(&self, change: &SubscriptionChangeId) -> Result<SubscriptionChange, Error> {
        self.client.send(&Call::get(format!("/subscriptionChanges/{change}"))).await
    }

    /// Takes a change back that has not come true, and answers it.
    pub async fn delete(&self, change: &SubscriptionChangeId) -> Result<SubscriptionChange, Error> {
        self.client.send(&Call::delete(format!("/subscriptionChanges/{change}"))).await
    }
}

/// Which to list. The default is all.
#[derive(Debug, Clone, Default)]
pub struct SubscriptionChangeFilter {
    /// Only those in one of these states; empty means all.
    pub status: Vec<SubscriptionChangeStatus>,
    /// Only this subscription's.
    pub subscription: Option<SubscriptionId>,
    /// Only this user's.
    pub user: Option<UserId>,
    /// Which part of the list.
    pub paging: Paging,
}

/// Another plan for a subscription.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct NewSubscriptionChange {
    /// What is changed.
    pub subscription: SubscriptionId,
    /// The plan that it shall be.
    pub plan: PlanId,
    /// When; the server waits for the renewal unless it is told otherwise.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub when: Option<ChangeTime>,
}

/// A change of a subscription's plan.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct SubscriptionChange {
    /// Its id.
    pub id: SubscriptionChangeId,
    /// What is changed.
    pub subscription: Option<SubscriptionId>,
    /// The plan that it will be, or is.
    pub plan: Option<Plan>,
    /// What was asked for.
    pub requested_change: RequestedChange,
    /// How far it has come.
    pub status: SubscriptionChangeStatus,
    /// Why it failed, such as `insufficient_funds`.
    pub failure_code: Option<String>,
    /// When it will take effect, if it waits for that.
    pub scheduled_at: Option<Timestamp>,
    /// When it took effect.
    pub applied_at: Option<Timestamp>,
    /// When it was asked for.
    pub created_at: Timestamp,
}

/// What was asked for.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct RequestedChange {
    /// Another plan.
    pub plan: Option<PlanId>,
    /// Another SIM.
    pub sim: Option<SimId>,
    /// When.
    pub when: ChangeTime,
}

open_enum! {
    /// When a change takes effect.
    ChangeTime {
        /// As soon as it is paid.
        Now = "now",
        /// When the next period begins.
        Renewal = "renewal",
    }
}

open_enum! {
    /// How far a change has come.
    SubscriptionChangeStatus {
        /// Waiting for the renewal.
        Pending = "pending",
        /// Waiting for its payment.
        Initiated = "initiated",
        Applied = "applied",
        /// It was not paid; nothing was changed.
        Failed = "failed",
        /// Taken back, or replaced by another change.
        Deleted = "deleted",
    }
}
