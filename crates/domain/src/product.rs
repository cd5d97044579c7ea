//! Products and their prices: the catalogue.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::text_enum::text_enum;
use crate::{
    AddonFacts, BusinessFacts, ChangePolicy, Metadata, Money, PlanFacts, PriceId, ProductId, ProjectId, Term,
};

text_enum! {
    /// Sold alone or on top of a subscription.
    pub enum ProductKind {
        /// A subscription of its own.
        Plan = "plan",
        /// Sold on top of a subscription.
        Addon = "addon",
    }
}

text_enum! {
    /// Whether a product can be bought.
    pub enum ProductStatus {
        /// Not yet.
        Draft = "draft",
        /// On its way to being available.
        Pending = "pending",
        /// Can be bought.
        Available = "available",
        /// No longer; who has it keeps it.
        Archived = "archived",
    }
}

text_enum! {
    /// What a capability's value means.
    pub enum CapabilityKind {
        /// On or off.
        Boolean = "boolean",
        /// So many at the most.
        Quota = "quota",
    }
}

/// Something a software product lets its customer do.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Capability {
    /// The key that the application asks for.
    pub code: String,
    /// What customers read.
    pub description: String,
    /// What the value means.
    pub kind: CapabilityKind,
    /// One or zero for a boolean; the limit for a quota.
    pub value: i64,
}

/// What is sold.
#[derive(Clone, Debug, PartialEq)]
pub struct Product {
    /// Our id.
    pub id: ProductId,
    /// Whose catalogue.
    pub project_id: ProjectId,
    /// Its key in the catalogue file: how the operator knows it again.
    pub reference: String,
    /// Alone or on top.
    pub kind: ProductKind,
    /// What customers read.
    pub name: String,
    /// A sentence for customers.
    pub description: Option<String>,
    /// An absolute URL.
    pub image: Option<String>,
    /// Can it be bought.
    pub status: ProductStatus,
    /// A customer holds at most one live subscription of each group.
    pub exclusive_group: Option<String>,
    /// When a change to it takes effect, if the usual rule is not wanted.
    pub changes: ChangePolicy,
    /// The operator's stock-keeping unit, unique in the project.
    pub sku: Option<String>,
    /// What it lets its customer do.
    pub capabilities: Vec<Capability>,
    /// The facts of a mobile plan, if it is one.
    pub plan_facts: Option<PlanFacts>,
    /// The facts of a mobile add-on, if it is one.
    pub addon_facts: Option<AddonFacts>,
    /// What makes it a purchasable of businesses, if it is one.
    pub business_facts: Option<BusinessFacts>,
    /// The operator's strings.
    pub metadata: Metadata,
    /// The Stripe Product, once there is one. Free products have none.
    pub stripe_product_id: Option<String>,
    /// Stripe has yet to hear of the latest change.
    pub stripe_pending: bool,
    /// When it entered the catalogue.
    pub created_at: Timestamp,
}

impl Product {
    /// Whether it can be bought.
    pub fn is_on_sale(&self) -> bool {
        self.status == ProductStatus::Available
    }

    /// How many periods its customer is bound for.
    pub fn minimum_periods(&self) -> u32 {
        self.plan_facts.as_ref().map_or(1, |facts| facts.minimum_periods)
    }
}

text_enum! {
    /// Whether a price can be bought.
    pub enum PriceStatus {
        /// Can be bought.
        Active = "active",
        /// Replaced; who pays it goes on paying it.
        Archived = "archived",
    }
}

/// A product × amount × term. The amount is never edited: a new price replaces it.
#[derive(Clone, Debug, PartialEq)]
pub struct Price {
    /// Our id.
    pub id: PriceId,
    /// Whose catalogue.
    pub project_id: ProjectId,
    /// What it buys.
    pub product_id: ProductId,
    /// Its key under the product in the catalogue file.
    pub reference: String,
    /// What a period costs.
    pub amount: Money,
    /// What a payment covers.
    pub term: Term,
    /// Can it be bought.
    pub status: PriceStatus,
    /// The Stripe Price, once there is one. Free prices have none.
    pub stripe_price_id: Option<String>,
    /// Stripe has yet to hear of the latest change.
    pub stripe_pending: bool,
    /// When it entered the catalogue.
    pub created_at: Timestamp,
}

impl Price {
    /// Whether it can be bought, if its product can.
    pub fn is_on_sale(&self) -> bool {
        self.status == PriceStatus::Active
    }
}
