//! `GET`, `PUT` and `PATCH /business/subscriptionsmng/v1/subscriptions/{uid}` (contract §7.3).

use std::sync::Arc;

use aide::axum::ApiRouter;
use aide::axum::routing::{get_with, patch};
use axum::Json;
use axum::extract::{Path, State};
use perennial_core::business::{Caller, NewState, SetStateError, find_one, set_state};
use perennial_core::store::tables::BusinessSubscription;
use perennial_core::subscriptions::CancelError;
use perennial_domain::{Id, PurchaseState, SubscriptionId};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::Value;
use uuid::Uuid;

use crate::body::Body;
use crate::caller::Known;
use crate::create::text;
use crate::dates;
use crate::door::Door;
use crate::operation::named;
use crate::refusal::Refusal;
use crate::wire::{OneBody, Place, SubscriptionBody, Success, read_state};

/// Another state, wrapped or bare.
#[derive(Deserialize, JsonSchema)]
#[schemars(rename = "UpdateSubscription")]
pub(crate) struct UpdateBody {
    subscription: Option<StateBody>,
    #[serde(flatten)]
    bare: StateBody,
}

/// The new state.
#[derive(Deserialize, JsonSchema)]
#[schemars(rename = "NewState")]
struct StateBody {
    /// canceled or expired.
    purchase_state: Option<Value>,
    /// When it ends; for canceled only, and the end of what is paid unless given.
    expiration_date: Option<Value>,
}

pub(crate) fn routes() -> ApiRouter<Door> {
    let path = "/business/subscriptionsmng/v1/subscriptions/{uid}";
    ApiRouter::new()
        .api_route(
            path,
            get_with(find, named("getSubscription", "Get a subscription", "subscriptions")).put_with(
                update,
                named("updateSubscription", "Tell that a subscription is cancelled or over", "subscriptions"),
            ),
        )
        .route(path, patch(update))
}

type Answer = Result<Json<Success<OneBody>>, Refusal>;

async fn find(State(door): State<Door>, Known(caller): Known, Path(uid): Path<String>) -> Answer {
    let found = visible(&door, &caller, &uid).await?;
    Ok(answer(&door, &caller, &found))
}

async fn update(
    State(door): State<Door>,
    Known(caller): Known,
    Path(uid): Path<String>,
    Body(body): Body<UpdateBody>,
) -> Answer {
    let updated = change(&door, &caller, &uid, body).await?;
    Ok(answer(&door, &caller, &updated))
}

fn answer(door: &Door, caller: &Caller, row: &BusinessSubscription) -> Json<Success<OneBody>> {
    let (spelling, now) = (caller.settings.v1_live_state, door.app.now());
    let subscription = SubscriptionBody::of(row, Place::Alone, spelling, now);
    Json(Success::of(OneBody { subscription }))
}

/// The subscription, if there is one and the token sees it.
pub(crate) async fn visible(
    door: &Door,
    caller: &Arc<Caller>,
    uid: &str,
) -> Result<BusinessSubscription, Refusal> {
    let gone = || Refusal::not_found("There is no such subscription.");
    let id = SubscriptionId::from_uuid(Uuid::parse_str(uid).map_err(|_| gone())?);
    let caller = Arc::clone(caller);
    let found = door.app.read(move |_, tx| find_one(tx, &caller, id)).await?;
    found.ok_or_else(gone)
}

/// Sets the state that was told, and answers how the subscription stands then.
pub(crate) async fn change(
    door: &Door,
    caller: &Arc<Caller>,
    uid: &str,
    body: UpdateBody,
) -> Result<BusinessSubscription, Refusal> {
    if !caller.may_change() {
        return Err(Refusal::not_yours());
    }
    let wanted = read_new_state(&body.subscription.unwrap_or(body.bare))?;
    let found = visible(door, caller, uid).await?;
    set_state(&door.app, caller.project(), found.holding.id, wanted).await.map_err(refuse)?;
    visible(door, caller, uid).await
}

fn read_new_state(body: &StateBody) -> Result<NewState, Refusal> {
    let wrong = || Refusal::bad_field("purchase_state", "`purchase_state` becomes canceled or expired.");
    let state = body.purchase_state.as_ref().and_then(Value::as_str).and_then(read_state);
    match state.ok_or_else(wrong)? {
        PurchaseState::Expired => Ok(NewState::Expired),
        PurchaseState::Canceled => {
            let date = |value: &Value| {
                dates::read(&text("expiration_date", value)?).ok_or_else(|| {
                    Refusal::bad_field("expiration_date", "`expiration_date` is a date in ISO 8601.")
                })
            };
            let is_given = |value: &&Value| !value.is_null() && value.as_str() != Some("");
            let at = body.expiration_date.as_ref().filter(is_given).map(date).transpose()?;
            Ok(NewState::Canceled(at))
        }
        PurchaseState::Live | PurchaseState::Suspended => Err(wrong()),
    }
}

fn refuse(error: SetStateError) -> Refusal {
    match error {
        SetStateError::Unknown(_) | SetStateError::Cancel(CancelError::Unknown(_)) => {
            Refusal::not_found("There is no such subscription.")
        }
        error @ (SetStateError::Bundled(_) | SetStateError::Expired | SetStateError::Suspended) => {
            Refusal::bad_field("purchase_state", error.to_string())
        }
        error @ (SetStateError::NoCycle | SetStateError::InThePast | SetStateError::DateRefused(_)) => {
            Refusal::bad_field("expiration_date", error.to_string())
        }
        SetStateError::Cancel(error @ (CancelError::Ended | CancelError::NotRecurring)) => {
            Refusal::bad_field("purchase_state", error.to_string())
        }
        SetStateError::Cancel(error @ CancelError::ChangeUnderWay(_)) => {
            Refusal::under_way(error.to_string())
        }
        SetStateError::Cancel(
            error @ (CancelError::Withdraw(_)
            | CancelError::Account(_)
            | CancelError::Payments(_)
            | CancelError::Sync(_)
            | CancelError::Transition(_)
            | CancelError::Store(_)),
        ) => Refusal::unexpected(&error),
    }
}
