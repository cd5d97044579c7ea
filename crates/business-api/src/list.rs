//! `GET /business/subscriptionsmng/v1/subscriptions` (contract §7.1).

use aide::axum::ApiRouter;
use aide::axum::routing::get_with;
use axum::Json;
use axum::extract::State;
use perennial_core::business::{ListingQuery, Names};
use perennial_core::store::tables::{BusinessSubscription, SortField};
use perennial_domain::{Id, PurchaseState};
use schemars::JsonSchema;
use serde::Serialize;
use uuid::Uuid;

use crate::caller::Known;
use crate::door::Door;
use crate::operation::named;
use crate::paging::{Paged, PagesBody};
use crate::query::{Asked, Condition, Operator};
use crate::refusal::Refusal;
use crate::times::TimeRange;
use crate::walk;
use crate::wire::{Place, SubscriptionBody, read_state};

/// What can be filtered by.
const FIELDS: [&str; 13] = [
    "uid",
    "business_uid",
    "purchasable_uid",
    "purchase_state",
    "is_active",
    "item_uid",
    "sku",
    "display_name",
    "name",
    "created_at",
    "created",
    "updated_at",
    "updated",
];

#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Subscriptions")]
struct SubscriptionsBody {
    subscriptions: Vec<SubscriptionBody>,
}

pub(crate) fn routes() -> ApiRouter<Door> {
    ApiRouter::new().api_route(
        "/business/subscriptionsmng/v1/subscriptions",
        get_with(list, named("listSubscriptions", "List subscriptions", "subscriptions")),
    )
}

async fn list(
    State(door): State<Door>,
    Known(caller): Known,
    asked: Asked,
) -> Result<Json<Paged<SubscriptionsBody>>, Refusal> {
    let paging = asked.paging()?;
    let query = read_filters(asked.filters(&FIELDS)?)?;
    let (rows, total) = walk::find(&door, &caller, query, &paging).await?;
    let (spelling, now) = (caller.settings.v1_live_state, door.app.now());
    let body = |row: &BusinessSubscription| SubscriptionBody::of(row, Place::Listed, spelling, now);
    let data = SubscriptionsBody { subscriptions: rows.iter().map(body).collect() };
    Ok(Paged::of(data, PagesBody::new(&paging, total)))
}

fn read_filters(conditions: Vec<Condition>) -> Result<ListingQuery, Refusal> {
    let mut query = ListingQuery::default();
    for condition in conditions {
        match condition.field.as_str() {
            "uid" => narrow(&mut query.ids, uids(&condition)?),
            "business_uid" => narrow(&mut query.business_uids, equals(&condition)?),
            "purchasable_uid" => narrow(&mut query.products, uids(&condition)?),
            "item_uid" | "sku" => narrow(&mut query.skus, equals(&condition)?),
            "purchase_state" => narrow(&mut query.states, states(&condition)?),
            "is_active" => narrow(&mut query.states, activity(&condition)?),
            "created_at" | "created" => times(&mut query, SortField::CreatedAt, &condition)?,
            "updated_at" | "updated" => times(&mut query, SortField::UpdatedAt, &condition)?,
            _ => query.names.push(names(condition)?),
        }
    }
    Ok(query)
}

/// What is asked for twice must hold twice.
fn narrow<T: PartialEq>(wanted: &mut Option<Vec<T>>, mut values: Vec<T>) {
    if let Some(before) = wanted.take() {
        values.retain(|value| before.contains(value));
    }
    *wanted = Some(values);
}

fn equals(condition: &Condition) -> Result<Vec<String>, Refusal> {
    match condition.operator {
        Operator::Equal => Ok(condition.values.clone()),
        _ => Err(condition.wrong("can only be compared by eq")),
    }
}

/// What is no uid of ours is nobody's, and matches nothing.
fn uids<I: Id>(condition: &Condition) -> Result<Vec<I>, Refusal> {
    let values = equals(condition)?;
    Ok(values.iter().filter_map(|value| Uuid::parse_str(value).ok()).map(I::from_uuid).collect())
}

fn states(condition: &Condition) -> Result<Vec<PurchaseState>, Refusal> {
    let state = |value: &String| read_state(value).ok_or_else(|| condition.wrong("is not one of the states"));
    equals(condition)?.iter().map(state).collect()
}

/// Everything is either active or not.
pub(crate) fn active_states(is_active: bool) -> Vec<PurchaseState> {
    PurchaseState::ALL.iter().copied().filter(|state| state.is_active() == is_active).collect()
}

fn activity(condition: &Condition) -> Result<Vec<PurchaseState>, Refusal> {
    let mut states = Vec::new();
    for value in equals(condition)? {
        match value.as_str() {
            "true" => states.extend(active_states(true)),
            "false" => states.extend(active_states(false)),
            _ => return Err(condition.wrong("is true or false")),
        }
    }
    Ok(states)
}

fn names(condition: Condition) -> Result<Names, Refusal> {
    match condition.operator {
        Operator::Equal => Ok(Names::Equal(condition.values)),
        Operator::Contains => Ok(Names::Contain(condition.values)),
        _ => Err(condition.wrong("can only be compared by eq and contains")),
    }
}

fn times(query: &mut ListingQuery, field: SortField, condition: &Condition) -> Result<(), Refusal> {
    let range = TimeRange::read(condition)?;
    query.times.extend(range.from.map(|from| (field, ">=", from)));
    query.times.extend(range.until.map(|until| (field, "<", until)));
    Ok(())
}
