//! Plans (contracts/projects-api.md §2.2).

mod search;

use aide::axum::ApiRouter;
use aide::axum::routing::{get_with, post_with};
use axum::extract::State;
use perennial_domain::{
    ActivationTrigger, Allowances, Coverage, FirstPeriodTrigger, Limits, Need, PlanFacts, Price, Product,
    ProductId, ProductStatus, Requirements, SimType, VerifiableNeed,
};
use perennial_http::{
    ApiError, Csv, ListBody, ListQuery, NoQuery, PathOf, ProjectKey, WireId, WireTime, Written,
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::api::Api;
use crate::scalars::{MetadataBody, all_present};
use crate::shelf;
use crate::telecom::{AllowancesBody, CoverageBody, FlatAllowances, PriceBody, span_of};

/// What customers subscribe to.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "Plan", transform = all_present)]
pub(crate) struct PlanBody {
    #[schemars(extend("const" = "plan"))]
    object: &'static str,
    id: WireId<ProductId>,
    metadata: MetadataBody,
    name: String,
    description: Option<String>,
    /// An absolute URL.
    image: Option<String>,
    allowances: AllowancesBody,
    #[serde(flatten)]
    flat_allowances: FlatAllowances,
    limits: LimitsBody,
    coverage: CoverageBody,
    /// Per period.
    price: PriceBody,
    /// Whose network, as an opaque word.
    provider: String,
    requirements: RequirementsBody,
    #[schemars(with = "Vec<String>")]
    sim_types: Vec<SimType>,
    #[schemars(with = "String", extend("enum" = ProductStatus::ALL))]
    status: ProductStatus,
    validity: PlanValidityBody,
    #[schemars(with = "String", extend("enum" = ActivationTrigger::ALL))]
    activation_trigger: ActivationTrigger,
    #[schemars(with = "String", extend("enum" = FirstPeriodTrigger::ALL))]
    first_period_trigger: FirstPeriodTrigger,
    created_at: WireTime,
}

/// What happens when much is used.
#[derive(Clone, Copy, Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "PlanLimits", transform = all_present)]
struct LimitsBody {
    data_bytes: Option<u64>,
    bandwidth_bits_per_second: Option<u64>,
    throttling: Option<ThrottlingBody>,
}

/// Slower after so much.
#[derive(Clone, Copy, Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "PlanThrottling")]
struct ThrottlingBody {
    threshold_bytes: u64,
    bandwidth_bits_per_second: u64,
}

/// What must be known before a subscription starts. The dots are part of the names.
#[derive(Clone, Copy, Debug, Serialize, JsonSchema)]
#[schemars(rename = "PlanRequirements")]
struct RequirementsBody {
    #[schemars(with = "String", extend("enum" = VerifiableNeed::ALL))]
    address: VerifiableNeed,
    #[schemars(with = "String", extend("enum" = Need::ALL))]
    device: Need,
    #[serde(rename = "user.birthday")]
    #[schemars(with = "String", extend("enum" = VerifiableNeed::ALL))]
    birthday: VerifiableNeed,
    #[serde(rename = "user.fullName")]
    #[schemars(with = "String", extend("enum" = VerifiableNeed::ALL))]
    full_name: VerifiableNeed,
}

/// How long a period is, and whether another one follows.
#[derive(Clone, Copy, Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "PlanValidity")]
struct PlanValidityBody {
    #[serde(rename = "type")]
    #[schemars(extend("enum" = ["recurring", "oneTime"]))]
    kind: &'static str,
    #[schemars(extend("enum" = ["day", "month"]))]
    unit: &'static str,
    value: u32,
    minimum_periods: u32,
}

impl PlanBody {
    /// Shapes a product at a price. One that is no mobile plan includes nothing and asks for nothing.
    pub(crate) fn of(product: Product, price: &Price) -> Self {
        let facts = product.plan_facts.unwrap_or_else(no_facts);
        let span = span_of(price.term);
        Self {
            object: "plan",
            id: WireId(product.id),
            metadata: MetadataBody(product.metadata),
            name: product.name,
            description: product.description,
            image: product.image,
            allowances: facts.allowances.into(),
            flat_allowances: facts.allowances.into(),
            limits: facts.limits.into(),
            coverage: facts.coverage.into(),
            price: price.amount.into(),
            provider: facts.provider,
            requirements: facts.requirements.into(),
            sim_types: facts.sim_types,
            status: product.status,
            validity: PlanValidityBody {
                kind: if price.term.renews() { "recurring" } else { "oneTime" },
                unit: span.unit,
                value: span.value,
                minimum_periods: facts.minimum_periods,
            },
            activation_trigger: facts.activation_trigger,
            first_period_trigger: facts.first_period_trigger,
            created_at: WireTime(product.created_at),
        }
    }
}

/// Stands in for the facts of a software product, whose subscriptions are listed among all others.
fn no_facts() -> PlanFacts {
    PlanFacts {
        provider: "none".to_owned(),
        allowances: Allowances { data_bytes: Some(0), voice_seconds: Some(0), sms_messages: Some(0) },
        coverage: Coverage { id: "none".to_owned(), name: "None".to_owned(), countries: Vec::new() },
        limits: Limits::default(),
        requirements: Requirements::default(),
        sim_types: Vec::new(),
        minimum_periods: 1,
        activation_trigger: ActivationTrigger::Creation,
        first_period_trigger: FirstPeriodTrigger::Creation,
    }
}

impl From<Limits> for LimitsBody {
    fn from(limits: Limits) -> Self {
        Self {
            data_bytes: limits.data_bytes,
            bandwidth_bits_per_second: limits.bandwidth_bits_per_second,
            throttling: limits.throttling.map(|throttling| ThrottlingBody {
                threshold_bytes: throttling.threshold_bytes,
                bandwidth_bits_per_second: throttling.bandwidth_bits_per_second,
            }),
        }
    }
}

impl From<Requirements> for RequirementsBody {
    fn from(requirements: Requirements) -> Self {
        Self {
            address: requirements.address,
            device: requirements.device,
            birthday: requirements.birthday,
            full_name: requirements.full_name,
        }
    }
}

/// Which plans are wanted.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
struct PlanParameters {
    /// Of this network.
    provider: Option<String>,
    /// That work with this SIM.
    #[schemars(with = "Option<String>")]
    sim_type: Option<SimType>,
    /// In one of these states; `available` unless given.
    #[schemars(with = "Option<String>")]
    status: Option<Csv<ProductStatus>>,
}

impl PlanParameters {
    fn match_plan(&self, plan: &PlanBody) -> bool {
        let is_status = match &self.status {
            Some(Csv(statuses)) => statuses.contains(&plan.status),
            None => plan.status == ProductStatus::Available,
        };
        is_status
            && self.provider.as_ref().is_none_or(|provider| plan.provider == *provider)
            && self.sim_type.is_none_or(|sim_type| plan.sim_types.contains(&sim_type))
    }
}

#[derive(Deserialize, JsonSchema)]
struct PlanPath {
    plan: WireId<ProductId>,
}

pub(crate) fn routes() -> ApiRouter<Api> {
    ApiRouter::new()
        .api_route(
            "/projects/{project}/plans",
            get_with(list, |operation| operation.id("listPlans").summary("List plans").tag("plans")),
        )
        .api_route(
            "/projects/{project}/plans/search",
            post_with(search::search, |operation| {
                operation.id("searchPlans").summary("Find plans, also for a device").tag("plans")
            }),
        )
        .api_route(
            "/projects/{project}/plans/{plan}",
            get_with(get, |operation| operation.id("getPlan").summary("Get a plan").tag("plans")),
        )
}

async fn list(
    caller: ProjectKey,
    State(api): State<Api>,
    query: ListQuery<PlanParameters, ProductId>,
) -> Result<Written<ListBody<PlanBody>>, ApiError> {
    let shelf = api.shelves.of(caller.project()).await?;
    let matches = |plan: &PlanBody| query.filter.match_plan(plan);
    let slice = shelf::page(&shelf.plans, |plan| plan.id.0, matches, query.page)?;
    Written::list(&ListBody::of(slice, |plan| plan.id.to_string(), |plan| plan))
}

async fn get(
    caller: ProjectKey,
    State(api): State<Api>,
    PathOf(path): PathOf<PlanPath>,
    _: NoQuery,
) -> Result<Written<PlanBody>, ApiError> {
    let shelf = api.shelves.of(caller.project()).await?;
    let plan = shelf.plans.iter().find(|plan| plan.id == path.plan).ok_or_else(ApiError::not_found)?;
    Written::one(plan)
}
