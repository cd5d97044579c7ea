//! `/v3/license/subscriptions…` (contract §11): the same subscriptions in the words of the third version.

use std::sync::Arc;

use aide::axum::ApiRouter;
use aide::axum::routing::{get_with, patch};
use axum::Json;
use axum::extract::{Path, State};
use perennial_core::business::{Caller, ListingQuery, all_prices, is_bundled_price};
use perennial_core::store::StoreError;
use perennial_domain::{ItemType, PaymentType, Price, PurchaseState};
use schemars::JsonSchema;
use serde::Serialize;
use uuid::Uuid;

use crate::body::Body;
use crate::caller::Known;
use crate::door::Door;
use crate::list;
use crate::offerings::offering_uid;
use crate::operation::named;
use crate::paging::{Paged, PagesBody};
use crate::query::Asked;
use crate::refusal::Refusal;
use crate::subscriptions::{UpdateBody, change, visible};
use crate::v3_create::create;
use crate::walk;
use crate::wire::{Place, Success, read_state};
use crate::wire_v3::SubscriptionV3Body;

/// What may be asked for beside the page: what the contract names, and as in the first version whose rows, and in which state.
const PARAMETERS: [&str; 7] =
    ["is_active", "offering_type", "offering_uid", "SKU", "sku", "business_uid", "purchase_state"];

#[derive(Serialize, JsonSchema)]
#[schemars(rename = "SubscriptionsV3")]
pub(crate) struct SubscriptionsBody {
    subscriptions: Vec<SubscriptionV3Body>,
}

pub(crate) fn routes() -> ApiRouter<Door> {
    let one = "/v3/license/subscriptions/{uid}";
    ApiRouter::new()
        .api_route(
            "/v3/license/subscriptions",
            get_with(list, named("listSubscriptionsV3", "List subscriptions", "v3")).post_with(
                create,
                named("createSubscriptionV3", "Tell that a business has bought something", "v3"),
            ),
        )
        .api_route(
            one,
            get_with(find, named("getSubscriptionV3", "Get a subscription", "v3")).put_with(
                update,
                named("updateSubscriptionV3", "Tell that a subscription is cancelled or over", "v3"),
            ),
        )
        .route(one, patch(update))
}

pub(crate) async fn list(
    State(door): State<Door>,
    Known(caller): Known,
    asked: Asked,
) -> Result<Json<Paged<SubscriptionsBody>>, Refusal> {
    let paging = asked.paging()?;
    asked.only(&PARAMETERS)?;
    let mut query = ListingQuery { states: states(&asked)?, ..ListingQuery::default() };
    query.business_uids = asked.value("business_uid").map(|uid| vec![uid.to_owned()]);
    query.item_types = asked.value("offering_type").map(read_offering_type).transpose()?;
    query.skus = asked.value("SKU").or(asked.value("sku")).map(|sku| vec![sku.to_owned()]);
    if let Some(uid) = asked.value("offering_uid") {
        let prices = prices_of(&door, &caller, Uuid::parse_str(uid).unwrap_or_default()).await?;
        query.products = Some(prices.iter().map(|price| price.product_id).take(1).collect());
        query.prices = Some(prices.into_iter().map(|price| price.id).collect());
    }
    let (rows, total) = walk::find(&door, &caller, query, &paging).await?;
    let now = door.app.now();
    let subscriptions = rows.iter().map(|row| SubscriptionV3Body::of(row, Place::Listed, now)).collect();
    let pages = PagesBody::new(&paging, total);
    Ok(Paged::of(SubscriptionsBody { subscriptions }, pages))
}

/// The states that are asked for, by name and by whether they count as active.
fn states(asked: &Asked) -> Result<Option<Vec<PurchaseState>>, Refusal> {
    let active = match asked.value("is_active") {
        None => None,
        Some("true") => Some(list::active_states(true)),
        Some("false") => Some(list::active_states(false)),
        Some(_) => return Err(Refusal::bad_field("is_active", "`is_active` is true or false.")),
    };
    let wrong = || Refusal::bad_field("purchase_state", "`purchase_state` is one of the states.");
    let named = asked.value("purchase_state").map(|state| read_state(state).ok_or_else(wrong)).transpose()?;
    Ok(match (named, active) {
        (Some(named), Some(active)) => Some(active.into_iter().filter(|state| *state == named).collect()),
        (Some(named), None) => Some(vec![named]),
        (None, active) => active,
    })
}

fn read_offering_type(text: &str) -> Result<Vec<ItemType>, Refusal> {
    match text {
        "package" => Ok(vec![ItemType::Package]),
        "app" => Ok(vec![ItemType::App]),
        "staff_slot" => Ok(vec![ItemType::StaffSlot]),
        "addon" => Ok(vec![ItemType::StaffSlot, ItemType::OneTimePurchase]),
        // Nothing of the kind is sold here.
        "SMS" | "sms" => Ok(Vec::new()),
        _ => Err(Refusal::bad_field(
            "offering_type",
            "`offering_type` is package, app, SMS, staff_slot or addon.",
        )),
    }
}

/// Everything that was ever asked for an offering: who bought before keeps the old price.
async fn prices_of(door: &Door, caller: &Arc<Caller>, offering: Uuid) -> Result<Vec<Price>, StoreError> {
    let project = caller.project();
    let mut prices = door.app.read(move |_, tx| all_prices(tx, project)).await?;
    prices.retain(|price| {
        let is_bundled = is_bundled_price(price);
        let payment_type =
            if is_bundled { PaymentType::Bundled } else { PaymentType::of(price.amount, price.term) };
        offering_uid(price.product_id, payment_type) == offering
    });
    Ok(prices)
}

pub(crate) async fn find(
    State(door): State<Door>,
    Known(caller): Known,
    Path(uid): Path<String>,
) -> Result<Json<Success<SubscriptionV3Body>>, Refusal> {
    let found = visible(&door, &caller, &uid).await?;
    Ok(Json(Success::of(SubscriptionV3Body::of(&found, Place::Alone, door.app.now()))))
}

pub(crate) async fn update(
    State(door): State<Door>,
    Known(caller): Known,
    Path(uid): Path<String>,
    Body(body): Body<UpdateBody>,
) -> Result<Json<Success<SubscriptionV3Body>>, Refusal> {
    let updated = change(&door, &caller, &uid, body).await?;
    Ok(Json(Success::of(SubscriptionV3Body::of(&updated, Place::Alone, door.app.now()))))
}
