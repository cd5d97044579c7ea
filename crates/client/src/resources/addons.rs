//! Add-ons: what can be bought on top of a subscription (contract §2.7).
//!
//! This is the catalogue. What a subscription has is in [`SubscriptionAddons`](crate::SubscriptionAddons).

use jiff::Timestamp;
use serde::Deserialize;

use crate::client::Client;
use crate::error::Error;
use crate::ids::{AddonId, PlanId};
use crate::open_enum::open_enum;
use crate::page::{List, Page, Paging};
use crate::request::Call;
use crate::resources::plans::ActivationTrigger;
use crate::scalars::{Allowances, Coverage, Metadata, Price, TimeUnit};

/// Calls about add-ons in the catalogue.
#[derive(Debug, Clone, Copy)]
pub struct Addons<'a> {
    pub(crate) client: &'a Client,
}

impl Addons<'_> {
    /// Add-ons on sale, or those that `filter` names.
    pub async fn list(&self, filter: &AddonFilter) -> Result<Page<Addon>, Error> {
        List::new("/addons")
            .filter("status", &filter.status)
            .filter("provider", filter.provider.as_ref())
            .filter("type", filter.addon_type.as_ref())
            .filter("recurrenceType", filter.recurrence_type.as_ref())
            .filter("plan", filter.plan.as_ref())
            .filter("coverageCountry", filter.coverage_country.as_ref())
            .page(self.client, &filter.paging)
            .await
    }

    /// One add-on, on sale or not.
    pub async fn get(&self, addon: &AddonId) -> Result<Addon, Error> {
        self.client.send(&Call::get(format!("/addons/{addon}"))).await
    }
}

/// Which add-ons to list. The default is those on sale.
#[derive(Debug, Clone, Default)]
pub struct AddonFilter {
    /// Only add-ons in one of these states; empty means those on sale.
    pub status: Vec<AddonStatus>,
    /// Only add-ons on this network.
    pub provider: Option<String>,
    /// Only add-ons of this kind.
    pub addon_type: Option<AddonType>,
    /// Only add-ons that renew, or that do not.
    pub recurrence_type: Option<RecurrenceType>,
    /// Only add-ons that go with this plan.
    pub plan: Option<PlanId>,
    /// Only add-ons that work in this country, ISO 3166-1 alpha-2.
    pub coverage_country: Option<String>,
    /// Which part of the list.
    pub paging: Paging,
}

/// Something that can be bought on top of a subscription.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Addon {
    /// Its id.
    pub id: AddonId,
    /// The operator's labels.
    #[serde(default)]
    pub metadata: Metadata,
    /// Shown to users.
    pub name: String,
    /// Shown to users.
    pub description: Option<String>,
    /// Whether it can be bought.
    pub status: AddonStatus,
    /// What kind it is.
    #[serde(rename = "type")]
    pub addon_type: AddonType,
    /// What it costs: once, or each time it renews.
    pub price: Price,
    /// What it adds.
    pub allowances: Allowances,
    /// The network's opaque id.
    pub provider: String,
    /// The plans it goes with.
    #[serde(default)]
    pub plans: Vec<PlanId>,
    /// Whether it renews.
    pub recurrence_type: RecurrenceType,
    /// How long it lasts; `None` is until the subscription's period ends.
    pub validity: Option<AddonValidity>,
    /// Where it works, if not where the plan does.
    pub coverage: Option<Coverage>,
    /// What makes it active.
    pub activation_trigger: Option<ActivationTrigger>,
    /// When it was made.
    pub created_at: Timestamp,
}

/// How long an add-on lasts.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[non_exhaustive]
pub struct AddonValidity {
    /// What it is counted in.
    pub unit: TimeUnit,
    /// How many units.
    pub value: u32,
}

open_enum! {
    /// Whether an add-on can be bought.
    AddonStatus {
        Draft = "draft",
        Available = "available",
        Archived = "archived",
    }
}

open_enum! {
    /// What kind of add-on it is.
    AddonType {
        /// More of what the plan includes.
        TopUp = "topUp",
        Other = "other",
    }
}

open_enum! {
    /// Whether an add-on renews.
    RecurrenceType {
        OneTime = "oneTime",
        Recurring = "recurring",
    }
}
