//! Changes of plan (contracts/projects-api.md §2.6).

use aide::axum::ApiRouter;
use aide::axum::routing::get_with;
use axum::Json;
use axum::extract::State;
use http::StatusCode;
use perennial_core::store::tables::{SubscriptionChangeFilter, SubscriptionChangeView};
use perennial_core::subscription_facts;
use perennial_core::subscriptions::{
    ChangePlan, ChangePlanError, ChoiceError, DeleteChangeError, change_plan, delete_subscription_change,
};
use perennial_domain::{
    ChangeTime, CustomerId, ProductId, SubscriptionChangeId, SubscriptionChangeState, SubscriptionId,
};
use perennial_http::{
    ApiError, Csv, ErrorKind, JsonBody, ListBody, ListQuery, NoQuery, PathOf, ProjectKey, SameRequest,
    WireId, WireTime,
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::api::Api;
use crate::charges::refuse_start;
use crate::plans::PlanBody;
use crate::scalars::all_present;

/// A SIM is the network's matter, and the carrier is not asked for another one (§2.6).
const NO_SIM: &str = "This server changes plans alone: a subscription keeps its SIM.";

/// A change of a subscription's plan.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "SubscriptionChange", transform = all_present)]
pub(crate) struct SubscriptionChangeBody {
    #[schemars(extend("const" = "subscriptionChange"))]
    object: &'static str,
    id: WireId<SubscriptionChangeId>,
    subscription: Option<WireId<SubscriptionId>>,
    plan: Option<PlanBody>,
    /// Never: this server changes plans alone.
    sim: Option<()>,
    requested_change: RequestedChangeBody,
    #[schemars(with = "String")]
    status: SubscriptionChangeState,
    failure_code: Option<String>,
    scheduled_at: Option<WireTime>,
    applied_at: Option<WireTime>,
    created_at: WireTime,
}

/// What was asked for.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "RequestedSubscriptionChange", transform = all_present)]
struct RequestedChangeBody {
    plan: Option<WireId<ProductId>>,
    /// Never: this server changes plans alone.
    sim: Option<()>,
    #[schemars(with = "String")]
    when: ChangeTime,
}

/// Another plan for a subscription.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
#[schemars(rename = "NewSubscriptionChange")]
struct CreateBody {
    subscription: WireId<SubscriptionId>,
    plan: Option<WireId<ProductId>>,
    /// Not offered: this server changes plans alone. Sent, it is answered with `notImplemented`.
    sim: Option<String>,
    /// `now` or `renewal`, which is what counts unless it is given.
    #[schemars(with = "Option<String>")]
    when: Option<ChangeTime>,
}

impl From<SubscriptionChangeView> for SubscriptionChangeBody {
    fn from(view: SubscriptionChangeView) -> Self {
        let change = view.change;
        Self {
            object: "subscriptionChange",
            id: WireId(change.id),
            subscription: Some(WireId(change.subscription_id)),
            plan: Some(PlanBody::of(view.product, &view.price)),
            sim: None,
            requested_change: RequestedChangeBody {
                plan: Some(WireId(change.product_id)),
                sim: None,
                when: change.requested,
            },
            status: change.state,
            failure_code: change.failure_code,
            scheduled_at: change.scheduled_at.map(WireTime),
            applied_at: change.applied_at.map(WireTime),
            created_at: WireTime(change.created_at),
        }
    }
}

/// Which changes are wanted.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Parameters {
    subscription: Option<WireId<SubscriptionId>>,
    user: Option<WireId<CustomerId>>,
    /// In one of these states; all unless given.
    #[schemars(with = "Option<String>")]
    status: Option<Csv<SubscriptionChangeState>>,
}

#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct ChangePath {
    subscription_change: WireId<SubscriptionChangeId>,
}

pub(crate) fn routes() -> ApiRouter<Api> {
    ApiRouter::new()
        .api_route(
            "/projects/{project}/subscriptionChanges",
            get_with(list, |operation| {
                operation.id("listSubscriptionChanges").summary("List changes of plan").tag("subscriptions")
            })
            .post_with(create, |operation| {
                operation.id("createSubscriptionChange").summary("Change a plan").tag("subscriptions")
            }),
        )
        .api_route(
            "/projects/{project}/subscriptionChanges/{subscriptionChange}",
            get_with(get, |operation| {
                operation.id("getSubscriptionChange").summary("Get a change of plan").tag("subscriptions")
            })
            .delete_with(delete, |operation| {
                operation
                    .id("deleteSubscriptionChange")
                    .summary("Take a change of plan back")
                    .tag("subscriptions")
            }),
        )
}

async fn list(
    caller: ProjectKey,
    State(api): State<Api>,
    query: ListQuery<Parameters, SubscriptionChangeId>,
) -> Result<Json<ListBody<SubscriptionChangeBody>>, ApiError> {
    let (project, page, asked) = (caller.project(), query.page, query.filter);
    let filter = SubscriptionChangeFilter {
        subscription: asked.subscription.map(|WireId(id)| id),
        customer: asked.user.map(|WireId(id)| id),
        states: asked.status.map(|Csv(states)| states).unwrap_or_default(),
    };
    let slice =
        api.app.read_page(move |tx| subscription_facts::page_changes(tx, project, &filter, page)).await?;
    let id = |view: &SubscriptionChangeView| view.change.id.to_string();
    Ok(Json(ListBody::of(slice, id, SubscriptionChangeBody::from)))
}

/// Changes a plan, at the renewal unless it is asked for now. A card that is declined is told by the change's status.
async fn create(
    caller: ProjectKey,
    State(api): State<Api>,
    SameRequest(request): SameRequest,
    _: NoQuery,
    JsonBody(body): JsonBody<CreateBody>,
) -> Result<(StatusCode, Json<SubscriptionChangeBody>), ApiError> {
    if body.sim.is_some() {
        return Err(ApiError::new(ErrorKind::NotImplemented, NO_SIM));
    }
    let required = || ApiError::invalid_property("plan", "propertyRequired", "plan is required.");
    let command = ChangePlan {
        project: caller.project(),
        subscription: body.subscription.0,
        plan: body.plan.ok_or_else(required)?.0,
        requested: Some(body.when.unwrap_or(ChangeTime::Renewal)),
        agreed: None,
        request,
    };
    let change = change_plan(&api.app, command).await.map_err(refuse)?;
    Ok((StatusCode::CREATED, show(&api, &caller, change.id).await?))
}

async fn get(
    caller: ProjectKey,
    State(api): State<Api>,
    PathOf(path): PathOf<ChangePath>,
    _: NoQuery,
) -> Result<Json<SubscriptionChangeBody>, ApiError> {
    show(&api, &caller, path.subscription_change.0).await
}

async fn delete(
    caller: ProjectKey,
    State(api): State<Api>,
    PathOf(path): PathOf<ChangePath>,
    _: NoQuery,
) -> Result<Json<SubscriptionChangeBody>, ApiError> {
    let id = path.subscription_change.0;
    delete_subscription_change(&api.app, caller.project(), id).await.map_err(|error| match error {
        DeleteChangeError::Unknown(_) => ApiError::not_found(),
        DeleteChangeError::Final(_) => ApiError::invalid(error.to_string()),
        DeleteChangeError::UnderWay => ApiError::new(ErrorKind::Conflict, error.to_string()),
        DeleteChangeError::Withdraw(error) => ApiError::unavailable(error),
    })?;
    show(&api, &caller, id).await
}

async fn show(
    api: &Api,
    caller: &ProjectKey,
    id: SubscriptionChangeId,
) -> Result<Json<SubscriptionChangeBody>, ApiError> {
    let project = caller.project();
    let found = api.app.read(move |_, tx| subscription_facts::find_change(tx, project, id)).await?;
    found.map(|view| Json(view.into())).ok_or_else(ApiError::not_found)
}

/// Why a plan is not changed.
fn refuse(error: ChangePlanError) -> ApiError {
    let message = error.to_string();
    let coded = |code| ApiError::invalid(message.clone()).code(code);
    match error {
        ChangePlanError::Choice(ChoiceError::Store(error)) | ChangePlanError::Store(error) => error.into(),
        ChangePlanError::Choice(ChoiceError::OtherProvider(_)) => coded("subscriptionChangeProviderMismatch"),
        ChangePlanError::Choice(ChoiceError::GivesLess(_)) => coded("subscriptionChangeAllowanceDecrease"),
        ChangePlanError::NeedsCheckout => coded("paymentMethodRequired"),
        ChangePlanError::Choice(_) | ChangePlanError::NotAsShown { .. } => ApiError::invalid(message),
        ChangePlanError::UnderWay | ChangePlanError::Contended => ApiError::new(ErrorKind::Conflict, message),
        ChangePlanError::Start(error) => refuse_start(*error, "subscription"),
        ChangePlanError::Account(error) => ApiError::unavailable(error),
        ChangePlanError::Payments(error) => ApiError::unavailable(error),
        ChangePlanError::CarryOut(error) => ApiError::unavailable(error),
    }
}
