//! Add-ons (contracts/projects-api.md §2.7): what can be bought. What was bought is in [`crate::subscription_addons`].

use aide::axum::ApiRouter;
use aide::axum::routing::get_with;
use axum::extract::State;
use perennial_domain::{
    AddonActivationTrigger, AddonFacts, AddonType, Allowances, CountryCode, Price, Product, ProductId,
    ProductStatus,
};
use perennial_http::{
    ApiError, Csv, ListBody, ListQuery, NoQuery, PathOf, ProjectKey, WireId, WireTime, Written,
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::api::Api;
use crate::scalars::{AddonId, MetadataBody, all_present};
use crate::shelf;
use crate::telecom::{AllowancesBody, CoverageBody, FlatAllowances, PriceBody, WireSpan};

/// What customers buy on top of a subscription.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "Addon", transform = all_present)]
pub(crate) struct AddonBody {
    #[schemars(extend("const" = "addon"))]
    object: &'static str,
    id: WireId<AddonId>,
    metadata: MetadataBody,
    name: String,
    description: Option<String>,
    status: AddonStatus,
    #[serde(rename = "type")]
    #[schemars(with = "String", extend("enum" = AddonType::ALL))]
    kind: AddonType,
    price: PriceBody,
    allowances: AllowancesBody,
    #[serde(flatten)]
    flat_allowances: FlatAllowances,
    /// Whose network, as an opaque word.
    provider: String,
    /// The plans that it fits.
    plans: Vec<WireId<ProductId>>,
    recurrence_type: RecurrenceType,
    /// How long it lasts; null for as long as the subscription's period.
    validity: Option<AddonValidityBody>,
    /// Where it works; null where the plan does.
    coverage: Option<CoverageBody>,
    #[schemars(with = "String", extend("enum" = AddonActivationTrigger::ALL))]
    activation_trigger: AddonActivationTrigger,
    created_at: WireTime,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
enum AddonStatus {
    Draft,
    Available,
    Archived,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
enum RecurrenceType {
    OneTime,
    Recurring,
}

/// How long an add-on lasts.
#[derive(Clone, Copy, Debug, Serialize, JsonSchema)]
#[schemars(rename = "AddonValidity")]
struct AddonValidityBody {
    #[schemars(extend("enum" = ["day", "month"]))]
    unit: &'static str,
    value: u32,
}

impl From<ProductStatus> for AddonStatus {
    fn from(status: ProductStatus) -> Self {
        match status {
            ProductStatus::Draft | ProductStatus::Pending => Self::Draft,
            ProductStatus::Available => Self::Available,
            ProductStatus::Archived => Self::Archived,
        }
    }
}

impl AddonBody {
    /// Shapes a product at a price. One that is no mobile add-on adds nothing.
    pub(crate) fn of(product: Product, price: &Price) -> Self {
        let facts = product.addon_facts.unwrap_or_else(no_facts);
        let span = price.term.span().map(WireSpan::from);
        Self {
            object: "addon",
            id: WireId(AddonId(product.id)),
            metadata: MetadataBody(product.metadata),
            name: product.name,
            description: product.description,
            status: product.status.into(),
            kind: facts.addon_type,
            price: price.amount.into(),
            allowances: facts.allowances.into(),
            flat_allowances: facts.allowances.into(),
            provider: facts.provider,
            plans: facts.plans.into_iter().map(WireId).collect(),
            recurrence_type: if price.term.renews() {
                RecurrenceType::Recurring
            } else {
                RecurrenceType::OneTime
            },
            validity: span.map(|WireSpan { unit, value }| AddonValidityBody { unit, value }),
            coverage: facts.coverage.map(CoverageBody::from),
            activation_trigger: facts.activation_trigger,
            created_at: WireTime(product.created_at),
        }
    }
}

/// Stands in for the facts of an add-on to a software product.
fn no_facts() -> AddonFacts {
    AddonFacts {
        addon_type: AddonType::Other,
        provider: "none".to_owned(),
        allowances: Allowances { data_bytes: Some(0), voice_seconds: Some(0), sms_messages: Some(0) },
        plans: Vec::new(),
        coverage: None,
        activation_trigger: AddonActivationTrigger::Creation,
    }
}

/// Which add-ons are wanted.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
struct AddonParameters {
    /// In one of these states; `available` unless given.
    status: Option<Csv<AddonStatus>>,
    /// Of this network.
    provider: Option<String>,
    #[serde(rename = "type")]
    #[schemars(with = "Option<String>")]
    kind: Option<AddonType>,
    recurrence_type: Option<RecurrenceType>,
    /// That fit this plan.
    plan: Option<WireId<ProductId>>,
    /// That work in this country by themselves.
    #[schemars(with = "Option<String>")]
    coverage_country: Option<CountryCode>,
}

impl AddonParameters {
    fn match_addon(&self, addon: &AddonBody) -> bool {
        let is_status = match &self.status {
            Some(Csv(statuses)) => statuses.contains(&addon.status),
            None => addon.status == AddonStatus::Available,
        };
        let covers = |country: &CountryCode| {
            addon.coverage.as_ref().is_some_and(|coverage| coverage.countries.contains(country))
        };
        is_status
            && self.provider.as_ref().is_none_or(|provider| addon.provider == *provider)
            && self.kind.is_none_or(|kind| addon.kind == kind)
            && self.recurrence_type.is_none_or(|recurrence| addon.recurrence_type == recurrence)
            && self.plan.is_none_or(|plan| addon.plans.contains(&plan))
            && self.coverage_country.as_ref().is_none_or(covers)
    }
}

#[derive(Deserialize, JsonSchema)]
struct AddonPath {
    addon: WireId<AddonId>,
}

pub(crate) fn routes() -> ApiRouter<Api> {
    ApiRouter::new()
        .api_route(
            "/projects/{project}/addons",
            get_with(list, |operation| operation.id("listAddons").summary("List add-ons").tag("addons")),
        )
        .api_route(
            "/projects/{project}/addons/{addon}",
            get_with(get, |operation| operation.id("getAddon").summary("Get an add-on").tag("addons")),
        )
}

async fn list(
    caller: ProjectKey,
    State(api): State<Api>,
    query: ListQuery<AddonParameters, AddonId>,
) -> Result<Written<ListBody<AddonBody>>, ApiError> {
    let shelf = api.shelves.of(caller.project()).await?;
    let matches = |addon: &AddonBody| query.filter.match_addon(addon);
    let slice = shelf::page(&shelf.addons, |addon| addon.id.0.0, matches, query.page)?;
    Written::list(&ListBody::of(slice, |addon| addon.id.to_string(), |addon| addon))
}

async fn get(
    caller: ProjectKey,
    State(api): State<Api>,
    PathOf(path): PathOf<AddonPath>,
    _: NoQuery,
) -> Result<Written<AddonBody>, ApiError> {
    let shelf = api.shelves.of(caller.project()).await?;
    let addon = shelf.addons.iter().find(|addon| addon.id == path.addon).ok_or_else(ApiError::not_found)?;
    Written::one(addon)
}
