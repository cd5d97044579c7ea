//! Plans: what can be bought as a subscription (contract §2.2).

use jiff::Timestamp;
use serde::Deserialize;

use crate::client::Client;
use crate::error::Error;
use crate::ids::PlanId;
use crate::open_enum::open_enum;
use crate::page::{List, Page, Paging};
use crate::request::Call;
use crate::resources::sims::SimType;
use crate::scalars::{Allowances, Coverage, Metadata, Price, TimeUnit};

/// Calls about plans.
#[derive(Debug, Clone, Copy)]
pub struct Plans<'a> {
    pub(crate) client: &'a Client,
}

impl Plans<'_> {
    /// Plans on sale, or those that `filter` names.
    pub async fn list(&self, filter: &PlanFilter) -> Result<Page<Plan>, Error> {
        List::new("/plans")
            .filter("provider", filter.provider.as_ref())
            .filter("simType", filter.sim_type.as_ref())
            .filter("status", &filter.status)
            .page(self.client, &filter.paging)
            .await
    }

    /// One plan, on sale or not.
    pub async fn get(&self, plan: &PlanId) -> Result<Plan, Error> {
        self.client.send(&Call::get(format!("/plans/{plan}"))).await
    }
}

/// Which plans to list. The default is those on sale.
#[derive(Debug, Clone, Default)]
pub struct PlanFilter {
    /// Only plans on this network.
    pub provider: Option<String>,
    /// Only plans that this kind of SIM can use.
    pub sim_type: Option<SimType>,
    /// Only plans in one of these states; empty means those on sale.
    pub status: Vec<PlanStatus>,
    /// Which part of the list.
    pub paging: Paging,
}

/// Something that can be bought as a subscription.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Plan {
    /// Its id.
    pub id: PlanId,
    /// The operator's labels.
    pub metadata: Metadata,
    /// Shown to users.
    pub name: String,
    /// Shown to users.
    pub description: Option<String>,
    /// A picture's URL.
    pub image: Option<String>,
    /// What a period includes.
    pub allowances: Allowances,
    /// Where it slows down or stops. Some servers leave it out.
    pub limits: Option<Limits>,
    /// Where it works.
    pub coverage: Coverage,
    /// For one period; see `validity`.
    pub price: Price,
    /// The network's opaque id.
    pub provider: String,
    /// What must be known of a buyer.
    pub requirements: Requirements,
    /// The SIMs it can use.
    pub sim_types: Vec<SimType>,
    /// Whether it can be bought.
    pub status: PlanStatus,
    /// How long a period is, and whether another follows.
    pub validity: Validity,
    /// When a subscription becomes active.
    pub activation_trigger: ActivationTrigger,
    /// When the first period starts. A preview: some servers leave it out.
    pub first_period_trigger: Option<PeriodTrigger>,
    /// When it was made.
    pub created_at: Timestamp,
}

/// Limits of a plan; `None` is no limit.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Limits {
    /// Data that may be used in a period, in bytes.
    pub data_bytes: Option<u64>,
    /// The fastest it gets, in bits per second.
    pub bandwidth_bits_per_second: Option<u64>,
    /// Slower after some data.
    pub throttling: Option<Throttling>,
}

/// Slower from a threshold on.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Throttling {
    /// Data at full speed, in bytes.
    pub threshold_bytes: u64,
    /// The speed from there on, in bits per second.
    pub bandwidth_bits_per_second: u64,
}

/// What must be known of a buyer. The hosted pages ask for what is missing.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[non_exhaustive]
pub struct Requirements {
    /// A postal address.
    pub address: Requirement,
    /// The device that will be used.
    pub device: Requirement,
    /// The date of birth. The dot is part of the property's name.
    #[serde(rename = "user.birthday")]
    pub user_birthday: Requirement,
    /// The full name. The dot is part of the property's name.
    #[serde(rename = "user.fullName")]
    pub user_full_name: Requirement,
}

/// A plan's term.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Validity {
    /// Whether it renews by itself.
    #[serde(rename = "type")]
    pub plan_type: PlanType,
    /// What a period is counted in.
    pub unit: TimeUnit,
    /// How many units a period has.
    pub value: u32,
    /// Periods before the first possible end.
    pub minimum_periods: Option<u32>,
}

open_enum! {
    /// Whether a plan can be bought.
    PlanStatus {
        Draft = "draft",
        Pending = "pending",
        /// On sale. Prose that calls a plan "active" means this.
        Available = "available",
        /// Not sold any more; existing subscriptions keep it.
        Archived = "archived",
    }
}

open_enum! {
    /// Whether a plan renews.
    PlanType {
        Recurring = "recurring",
        /// Paid once, and ends.
        OneTime = "oneTime",
    }
}

open_enum! {
    /// What makes a subscription or an add-on active.
    ActivationTrigger {
        Creation = "creation",
        /// Add-ons only.
        NetworkLatch = "networkLatch",
        UsageStarted = "usageStarted",
    }
}

open_enum! {
    /// What starts a subscription's first period.
    PeriodTrigger {
        Creation = "creation",
        Activation = "activation",
    }
}

open_enum! {
    /// Whether a fact must be known.
    Requirement {
        None = "none",
        Present = "present",
        /// Known and checked.
        Verified = "verified",
    }
}
