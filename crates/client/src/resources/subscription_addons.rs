//! The add-ons that subscriptions have (contract §2.8).

use jiff::Timestamp;
use serde::Deserialize;

use crate::client::Client;
use crate::error::Error;
use crate::ids::{AddonId, SubscriptionAddonId, SubscriptionId, UserId};
use crate::open_enum::open_enum;
use crate::page::{List, Page, Paging};
use crate::request::Call;
use crate::resources::addons::Addon;
use crate::scalars::Period;

/// Calls about the add-ons that subscriptions have.
#[derive(Debug, Clone, Copy)]
pub struct SubscriptionAddons<'a> {
    pub(crate) client: &'a Client,
}

impl SubscriptionAddons<'_> {
    /// All of them, or those that `filter` names.
    pub async fn list(&self, filter: &SubscriptionAddonFilter) -> Result<Page<SubscriptionAddon>, Error> {
        List::new("/subscriptionAddons")
            .filter("addon", filter.addon.as_ref())
            .filter("status", &filter.status)
            .filter("subscription", filter.subscription.as_ref())
            .filter("user", filter.user.as_ref())
            .page(self.client, &filter.paging)
            .await
    }

    /// One of them.
    pub async fn get(&self, addon: &SubscriptionAddonId) -> Result<SubscriptionAddon, Error> {
        self.client.send(&Call::get(format!("/subscriptionAddons/{addon}"))).await
    }
}

/// Which to list. The default is all.
#[derive(Debug, Clone, Default)]
pub struct SubscriptionAddonFilter {
    /// Only those of this add-on in the catalogue.
    pub addon: Option<AddonId>,
    /// Only those in one of these states; empty means all.
    pub status: Vec<SubscriptionAddonStatus>,
    /// Only this subscription's.
    pub subscription: Option<SubscriptionId>,
    /// Only this user's.
    pub user: Option<UserId>,
    /// Which part of the list.
    pub paging: Paging,
}

/// An add-on that a subscription has.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct SubscriptionAddon {
    /// Its id.
    pub id: SubscriptionAddonId,
    /// What was bought.
    pub addon: Addon,
    /// The subscription that has it.
    pub subscription: SubscriptionId,
    /// Whose it is.
    pub user: UserId,
    /// Where it is in its life.
    pub status: SubscriptionAddonStatus,
    /// The period that runs.
    pub current_period: Option<Period>,
    /// When it became active.
    pub activated_at: Option<Timestamp>,
    /// When its end was asked for.
    pub canceled_at: Option<Timestamp>,
    /// When it ends or ended.
    pub ended_at: Option<Timestamp>,
    /// When it was bought.
    pub created_at: Timestamp,
}

open_enum! {
    /// Where an add-on is in its life.
    SubscriptionAddonStatus {
        Pending = "pending",
        /// Waiting for its payment.
        Initiated = "initiated",
        Active = "active",
        Ended = "ended",
    }
}
