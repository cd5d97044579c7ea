//! Subscriptions (contracts/projects-api.md §2.5).

mod actions;
mod body;
mod create;

use std::convert::identity;

use aide::axum::ApiRouter;
use aide::axum::routing::{get_with, post_with};
use axum::Json;
use axum::extract::State;
use perennial_core::store::tables::{HeldSubscription, PageRequest, Slice, SubscriptionFilter};
use perennial_core::subscription_facts::{self, SubscriptionPatch, UpdateSubscriptionError};
use perennial_domain::{AddressId, CustomerId, Porting, ProductId, SimId, SubscriptionId};
use perennial_http::{
    ApiError, Csv, JsonBody, ListBody, ListQuery, NoParameters, NoQuery, PathOf, ProjectKey, WireId,
};
use schemars::JsonSchema;
use serde::Deserialize;

pub(crate) use self::actions::refuse as refuse_cancel;
use self::body::Status;
pub(crate) use self::body::SubscriptionBody;
use crate::api::Api;
use crate::scalars::{MetadataPatchBody, given, refuse_metadata};

/// Which subscriptions are wanted.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct SubscriptionParameters {
    user: Option<WireId<CustomerId>>,
    plan: Option<WireId<ProductId>>,
    sim: Option<WireId<SimId>>,
    /// In one of these states; all but `ended` unless given.
    status: Option<Csv<Status>>,
}

/// Subscriptions to look for, by at least one property.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
#[schemars(rename = "SubscriptionSearch")]
struct SearchBody {
    /// E.164.
    phone_number: Option<String>,
    user: Option<WireId<CustomerId>>,
    plan: Option<WireId<ProductId>>,
    sim: Option<WireId<SimId>>,
    /// In one of these states; all but `ended` unless given.
    status: Option<Vec<Status>>,
}

/// A change to a subscription. What is absent stays.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
#[schemars(rename = "SubscriptionUpdate")]
struct UpdateBody {
    #[serde(default)]
    metadata: MetadataPatchBody,
    /// Another address of the user. It can be changed while the subscription is active, and never cleared.
    #[serde(default, deserialize_with = "given")]
    #[schemars(with = "WireId<AddressId>")]
    user_address: Option<WireId<AddressId>>,
}

#[derive(Deserialize, JsonSchema)]
struct SubscriptionPath {
    subscription: WireId<SubscriptionId>,
}

pub(crate) fn routes() -> ApiRouter<Api> {
    ApiRouter::new()
        .api_route(
            "/projects/{project}/subscriptions",
            get_with(list, |operation| {
                operation.id("listSubscriptions").summary("List subscriptions").tag("subscriptions")
            })
            .post_with(create::create, |operation| {
                operation.id("createSubscription").summary("Begin a subscription").tag("subscriptions")
            }),
        )
        .api_route(
            "/projects/{project}/subscriptions/search",
            post_with(search, |operation| {
                operation.id("searchSubscriptions").summary("Find subscriptions").tag("subscriptions")
            }),
        )
        .api_route(
            "/projects/{project}/subscriptions/{subscription}",
            get_with(get, |operation| {
                operation.id("getSubscription").summary("Get a subscription").tag("subscriptions")
            })
            .patch_with(update, |operation| {
                operation.id("updateSubscription").summary("Change a subscription").tag("subscriptions")
            })
            .delete_with(actions::delete, |operation| {
                let operation = operation.id("deleteSubscription").summary("End a subscription now");
                operation.description("The older spelling of `end`.").tag("subscriptions")
            }),
        )
        .merge(actions::routes())
}

async fn list(
    caller: ProjectKey,
    State(api): State<Api>,
    query: ListQuery<SubscriptionParameters, SubscriptionId>,
) -> Result<Json<ListBody<SubscriptionBody>>, ApiError> {
    let parameters = query.filter;
    let statuses = parameters.status.map(|Csv(statuses)| statuses);
    let filter = SubscriptionFilter {
        customer: parameters.user.map(|WireId(id)| id),
        product: parameters.plan.map(|WireId(id)| id),
        sim: parameters.sim.map(|WireId(id)| id),
        states: Status::states(statuses.as_deref()),
        phone_number: None,
    };
    page(&api, &caller, filter, query.page).await
}

async fn search(
    caller: ProjectKey,
    State(api): State<Api>,
    query: ListQuery<NoParameters, SubscriptionId>,
    JsonBody(body): JsonBody<SearchBody>,
) -> Result<Json<ListBody<SubscriptionBody>>, ApiError> {
    let is_empty = body.user.is_none() && body.plan.is_none() && body.sim.is_none() && body.status.is_none();
    if is_empty && body.phone_number.is_none() {
        return Err(ApiError::invalid("Name at least one of phoneNumber, user, plan, sim and status."));
    }
    if let Some(number) = body.phone_number.as_deref().filter(|number| !is_e164(number)) {
        let message = format!("{number:?} is not a phone number in E.164.");
        return Err(ApiError::invalid_property("phoneNumber", "propertyInvalid", message));
    }
    let filter = SubscriptionFilter {
        customer: body.user.map(|WireId(id)| id),
        product: body.plan.map(|WireId(id)| id),
        sim: body.sim.map(|WireId(id)| id),
        states: Status::states(body.status.as_deref()),
        phone_number: body.phone_number,
    };
    page(&api, &caller, filter, query.page).await
}

fn is_e164(number: &str) -> bool {
    Porting::parse_phone_number(number).is_some_and(|parsed| parsed == number)
}

async fn page(
    api: &Api,
    caller: &ProjectKey,
    filter: SubscriptionFilter,
    request: PageRequest,
) -> Result<Json<ListBody<SubscriptionBody>>, ApiError> {
    // Asked for states alone that nothing here is ever in.
    if filter.states.is_empty() {
        return Ok(Json(ListBody::whole(Vec::new())));
    }
    let project = caller.project();
    let found = subscription_facts::page(&api.app, project, filter, request).await?;
    let prices = found.items.iter().map(|held| held.subscription.price_id);
    let shelf = api.shelves.with(project, prices).await?;
    let shape = |held: HeldSubscription| {
        let plan = shelf.held.get(&held.subscription.price_id);
        let plan =
            plan.ok_or_else(|| ApiError::internal("a subscription's price is not in the catalogue"))?;
        Ok(SubscriptionBody::of(held, plan.clone()))
    };
    let items = found.items.into_iter().map(shape).collect::<Result<Vec<_>, ApiError>>()?;
    let bodies = Slice { items, more_after: found.more_after, more_before: found.more_before };
    Ok(Json(ListBody::of(bodies, |body| body.id.to_string(), identity)))
}

async fn get(
    caller: ProjectKey,
    State(api): State<Api>,
    PathOf(path): PathOf<SubscriptionPath>,
    _: NoQuery,
) -> Result<Json<SubscriptionBody>, ApiError> {
    let (project, id) = (caller.project(), path.subscription.0);
    let found = api.app.read_once(move |_, tx| subscription_facts::find(tx, project, id)).await?;
    found.map(|view| Json(view.into())).ok_or_else(ApiError::not_found)
}

async fn update(
    caller: ProjectKey,
    State(api): State<Api>,
    PathOf(path): PathOf<SubscriptionPath>,
    _: NoQuery,
    JsonBody(body): JsonBody<UpdateBody>,
) -> Result<Json<SubscriptionBody>, ApiError> {
    let (project, id) = (caller.project(), path.subscription.0);
    let change =
        SubscriptionPatch { address: body.user_address.map(|WireId(id)| id), metadata: body.metadata.0 };
    let updated = api.app.write(move |cx, tx| subscription_facts::update(cx, tx, project, id, &change)).await;
    Ok(Json(updated.map_err(refuse)?.into()))
}

fn refuse(error: UpdateSubscriptionError) -> ApiError {
    match error {
        UpdateSubscriptionError::Unknown(_) => ApiError::not_found(),
        UpdateSubscriptionError::UnknownAddress(_) => {
            ApiError::invalid_property("userAddress", "propertyInvalid", "The user has no such address.")
        }
        UpdateSubscriptionError::NotActive => ApiError::invalid_property(
            "userAddress",
            "propertyInvalid",
            "The address can be changed while the subscription is active.",
        ),
        UpdateSubscriptionError::Metadata(error) => refuse_metadata(&error),
        UpdateSubscriptionError::Store(error) => error.into(),
    }
}
