//! Subscription add-ons (contracts/projects-api.md §2.8): what was bought on top of a subscription.

use aide::axum::ApiRouter;
use aide::axum::routing::get_with;
use axum::Json;
use axum::extract::State;
use perennial_core::checkout::AddonOrderError;
use perennial_core::store::tables::{SubscriptionAddonFilter, SubscriptionAddonView};
use perennial_core::subscription_facts;
use perennial_core::subscriptions::{
    CreateAddonError, EndAddonError, addon_of_checkout, create_addon, end_addon,
};
use perennial_domain::{AddonState, CustomerId, SubscriptionAddonId, SubscriptionId};
use perennial_http::{
    ApiError, Created, Csv, JsonBody, ListBody, ListQuery, NoQuery, PathOf, ProjectKey, SameRequest, WireId,
    WireTime,
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::addons::AddonBody;
use crate::api::Api;
use crate::charges::{addon_already_there, another_purchase_is_under_way, paid, refuse_order, refuse_start};
use crate::scalars::{AddonId, PeriodBody, all_present};

/// An add-on on a subscription.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "SubscriptionAddon", transform = all_present)]
pub(crate) struct SubscriptionAddonBody {
    #[schemars(extend("const" = "subscriptionAddon"))]
    object: &'static str,
    id: WireId<SubscriptionAddonId>,
    addon: AddonBody,
    subscription: WireId<SubscriptionId>,
    user: WireId<CustomerId>,
    status: Status,
    current_period: Option<PeriodBody>,
    activated_at: Option<WireTime>,
    canceled_at: Option<WireTime>,
    ended_at: Option<WireTime>,
    created_at: WireTime,
}

/// Where a bought add-on is in its life.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "SubscriptionAddonStatus")]
enum Status {
    Pending,
    /// Never, without the Billing API.
    Initiated,
    Active,
    Ended,
}

impl From<AddonState> for Status {
    fn from(state: AddonState) -> Self {
        match state {
            AddonState::Pending => Self::Pending,
            AddonState::Active => Self::Active,
            AddonState::Ended => Self::Ended,
        }
    }
}

impl From<SubscriptionAddonView> for SubscriptionAddonBody {
    fn from(view: SubscriptionAddonView) -> Self {
        let addon = view.addon;
        let is_active = addon.state == AddonState::Active;
        Self {
            object: "subscriptionAddon",
            id: WireId(addon.id),
            addon: AddonBody::of(view.product, &view.price),
            subscription: WireId(addon.subscription_id),
            user: WireId(addon.customer_id),
            status: addon.state.into(),
            current_period: addon.current_period.filter(|_| is_active).map(PeriodBody::from),
            activated_at: addon.activated_at.map(WireTime),
            canceled_at: addon.canceled_at.map(WireTime),
            ended_at: addon.ended_at.map(WireTime),
            created_at: WireTime(addon.created_at),
        }
    }
}

/// Which bought add-ons are wanted.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Parameters {
    addon: Option<WireId<AddonId>>,
    subscription: Option<WireId<SubscriptionId>>,
    user: Option<WireId<CustomerId>>,
    /// In one of these states; all unless given.
    status: Option<Csv<Status>>,
}

impl Parameters {
    /// The filter; `None` when nothing can match.
    fn into_filter(self) -> Option<SubscriptionAddonFilter> {
        let wanted = self.status.map(|Csv(statuses)| statuses);
        let is_wanted = |state: &&AddonState| match &wanted {
            Some(statuses) => statuses.contains(&Status::from(**state)),
            None => true,
        };
        let states = AddonState::ALL.iter().filter(is_wanted).copied().collect::<Vec<_>>();
        (!states.is_empty()).then(|| SubscriptionAddonFilter {
            addon: self.addon.map(|WireId(AddonId(id))| id),
            subscription: self.subscription.map(|WireId(id)| id),
            customer: self.user.map(|WireId(id)| id),
            states,
        })
    }
}

/// An add-on to buy.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "SubscriptionAddonCreate")]
struct CreateBody {
    addon: WireId<AddonId>,
    subscription: WireId<SubscriptionId>,
}

#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct SubscriptionAddonPath {
    subscription_addon: WireId<SubscriptionAddonId>,
}

pub(crate) fn routes() -> ApiRouter<Api> {
    ApiRouter::new()
        .api_route(
            "/projects/{project}/subscriptionAddons",
            get_with(list, |operation| {
                operation.id("listSubscriptionAddons").summary("List bought add-ons").tag("subscriptions")
            })
            .post_with(create, |operation| {
                operation.id("createSubscriptionAddon").summary("Buy an add-on").tag("subscriptions")
            }),
        )
        .api_route(
            "/projects/{project}/subscriptionAddons/{subscriptionAddon}",
            get_with(get, |operation| {
                operation.id("getSubscriptionAddon").summary("Get a bought add-on").tag("subscriptions")
            })
            .delete_with(end, |operation| {
                operation.id("endSubscriptionAddon").summary("End a bought add-on now").tag("subscriptions")
            }),
        )
}

async fn list(
    caller: ProjectKey,
    State(api): State<Api>,
    query: ListQuery<Parameters, SubscriptionAddonId>,
) -> Result<Json<ListBody<SubscriptionAddonBody>>, ApiError> {
    let (project, page) = (caller.project(), query.page);
    let Some(filter) = query.filter.into_filter() else { return Ok(Json(ListBody::whole(Vec::new()))) };
    let slice =
        api.app.read_page(move |tx| subscription_facts::page_addons(tx, project, &filter, page)).await?;
    let id = |view: &SubscriptionAddonView| view.addon.id.to_string();
    Ok(Json(ListBody::of(slice, id, SubscriptionAddonBody::from)))
}

async fn get(
    caller: ProjectKey,
    State(api): State<Api>,
    PathOf(path): PathOf<SubscriptionAddonPath>,
    _: NoQuery,
) -> Result<Json<SubscriptionAddonBody>, ApiError> {
    show(&api, &caller, path.subscription_addon.0).await.map(Json)
}

/// Charges the user's saved card, unless the add-on is free.
async fn create(
    caller: ProjectKey,
    State(api): State<Api>,
    SameRequest(request): SameRequest,
    _: NoQuery,
    JsonBody(body): JsonBody<CreateBody>,
) -> Result<Created<SubscriptionAddonBody>, ApiError> {
    let (project, subscription, AddonId(addon)) = (caller.project(), body.subscription.0, body.addon.0);
    let charged = Box::pin(create_addon(&api.app, project, subscription, addon, request)).await;
    let (checkout, _) = paid(charged.map_err(refuse_create)?)?;
    let bought = api.app.read(move |_, tx| addon_of_checkout(tx, project, subscription, checkout)).await?;
    show(&api, &caller, bought.ok_or_else(ApiError::not_found)?).await.map(Created)
}

async fn end(
    caller: ProjectKey,
    State(api): State<Api>,
    PathOf(path): PathOf<SubscriptionAddonPath>,
    _: NoQuery,
) -> Result<Json<SubscriptionAddonBody>, ApiError> {
    let id = path.subscription_addon.0;
    end_addon(&api.app, caller.project(), id).await.map_err(refuse_end)?;
    show(&api, &caller, id).await.map(Json)
}

async fn show(
    api: &Api,
    caller: &ProjectKey,
    id: SubscriptionAddonId,
) -> Result<SubscriptionAddonBody, ApiError> {
    let project = caller.project();
    let found = api.app.read(move |_, tx| subscription_facts::find_addon(tx, project, id)).await?;
    found.map(SubscriptionAddonBody::from).ok_or_else(ApiError::not_found)
}

fn refuse_create(error: CreateAddonError) -> ApiError {
    let invalid = |property: &str, message| ApiError::invalid_property(property, "propertyInvalid", message);
    match error {
        CreateAddonError::UnknownSubscription(_) => invalid("subscription", "There is no such subscription."),
        CreateAddonError::Order(AddonOrderError::SubscriptionEnded(_)) => {
            invalid("subscription", "The subscription has ended.")
        }
        CreateAddonError::Order(AddonOrderError::SubscriptionOff(_)) => {
            invalid("subscription", "The subscription is restricted or paused.")
        }
        CreateAddonError::Order(AddonOrderError::AlreadyThere(_)) => addon_already_there(),
        CreateAddonError::Order(AddonOrderError::UnderWay(_)) => another_purchase_is_under_way(),
        CreateAddonError::Order(AddonOrderError::Order(error)) => refuse_order(error, "addon"),
        CreateAddonError::Order(AddonOrderError::Account(error)) => ApiError::unavailable(error),
        // Nothing that is known here explains it: asked again, Stripe would only refuse it again.
        CreateAddonError::Order(AddonOrderError::Payments(error)) if error.is_refusal() => {
            ApiError::internal(error)
        }
        CreateAddonError::Order(AddonOrderError::Payments(error)) => ApiError::unavailable(error),
        CreateAddonError::Start(error) => refuse_start(error, "subscription"),
        CreateAddonError::Order(AddonOrderError::Store(error)) | CreateAddonError::Store(error) => {
            error.into()
        }
    }
}

fn refuse_end(error: EndAddonError) -> ApiError {
    match error {
        EndAddonError::Unknown(_) => ApiError::not_found(),
        EndAddonError::NotActive => ApiError::invalid("The add-on is not active."),
        EndAddonError::Account(error) => ApiError::unavailable(error),
        EndAddonError::Payments(error) => ApiError::unavailable(error),
        EndAddonError::Store(error) => error.into(),
    }
}
