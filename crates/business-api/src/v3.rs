//! `/v3/license/subscriptions…` (contract §11): the same subscriptions in the words of the third version.

use std::sync::Arc;

use aide::axum::ApiRouter;
use aide::axum::routing::{get_with, patch};
use axum::Json;
use axum::extract::{Path, State};
use jiff::Timestamp;
use perennial_core::business::{Caller, Create, ListingQuery, OfferRequest, all_prices, is_bundled_price};
use perennial_core::store::StoreError;
use perennial_core::store::tables::BusinessSubscription;
use perennial_domain::{
    Currency, Id, ItemType, LiveStateSpelling, PaymentType, Price, PriceId, PurchaseState,
};
use perennial_http::{Created, SameRequest};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use uuid::Uuid;

use crate::body::Body;
use crate::caller::Known;
use crate::create::{make, read_uid, text};
use crate::dates;
use crate::door::Door;
use crate::list;
use crate::offerings::{offering_uid, offerings, quantity, spell};
use crate::paging::{Paged, PagesBody};
use crate::query::Asked;
use crate::refusal::Refusal;
use crate::subscriptions::{UpdateBody, change, visible};
use crate::walk;
use crate::wire::{Place, PriceBody, SubscriptionBody, Success};

/// What may be asked for beside the page.
const FIELDS: [&str; 0] = [];

/// A subscription, as the third version shows it.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "SubscriptionV3")]
pub(crate) struct SubscriptionV3Body {
    is_active: bool,
    uid: String,
    display_name: String,
    updated_at: String,
    created_at: String,
    offering_uid: String,
    /// purchased, suspended, canceled or expired.
    purchase_state: &'static str,
    cancellation_date: Option<String>,
    expiration_date: Option<String>,
    buyer_uid: String,
    business_uid: String,
    purchase_price: PriceBody,
    purchase_currency: &'static str,
    /// monthly, annual, free, `single_charge`, bundle or external.
    payment_type: &'static str,
    bundled_from_subscription_uid: Option<String>,
    /// package, app, `staff_slot` or addon.
    offering_type: &'static str,
    sku: Option<String>,
    original_price: PriceBody,
    /// platform where this server charges, partner where others do.
    charged_by: &'static str,
    trial_type: &'static str,
    trial_period: u32,
    next_charge_date: Option<String>,
    /// -1 is without limit.
    quantity: i64,
    can_purchase_additional_seats: bool,
    discount_code_name: Option<String>,
    coupon_code: Option<String>,
}

impl SubscriptionV3Body {
    pub(crate) fn of(row: &BusinessSubscription, place: Place, now: Timestamp) -> Self {
        let first = SubscriptionBody::of(row, Place::Listed, LiveStateSpelling::Purchased, now);
        let item_type = row.facts.as_ref().map(|facts| facts.item_type);
        let payment_type = row.payment_type();
        let is_charged_again =
            row.purchase_state(now) == PurchaseState::Live && row.term.renews() && !row.amount.is_zero();
        Self {
            is_active: first.is_active,
            uid: first.uid,
            display_name: first.display_name,
            updated_at: first.updated_at,
            created_at: first.created_at,
            offering_uid: offering_uid(row.product_id, payment_type).to_string(),
            purchase_state: first.purchase_state,
            cancellation_date: first.cancellation_date,
            expiration_date: first.expiration_date,
            buyer_uid: first.buyer_uid,
            business_uid: first.business_uid,
            purchase_price: match place {
                Place::Alone => PriceBody::number(row.amount),
                Place::Listed => first.purchase_price,
            },
            purchase_currency: first.purchase_currency,
            payment_type: spell(payment_type),
            bundled_from_subscription_uid: first.bundled_from_subscription_uid,
            offering_type: offering_type(item_type),
            sku: row.sku.clone(),
            original_price: PriceBody::number(row.amount),
            charged_by: if row.is_charged_here { "platform" } else { "partner" },
            trial_type: "no_trial",
            trial_period: 0,
            next_charge_date: row.period_end.filter(|_| is_charged_again).map(dates::written),
            quantity: quantity(row.facts.as_ref().and_then(|facts| facts.quantity)),
            can_purchase_additional_seats: item_type == Some(ItemType::StaffSlot),
            discount_code_name: None,
            coupon_code: None,
        }
    }
}

/// The contract has no word for what is paid once; offerings call it so.
const fn offering_type(item_type: Option<ItemType>) -> &'static str {
    match item_type {
        Some(ItemType::Package) | None => "package",
        Some(ItemType::App) => "app",
        Some(ItemType::StaffSlot) => "staff_slot",
        Some(ItemType::OneTimePurchase) => "addon",
    }
}

#[derive(Serialize, JsonSchema)]
#[schemars(rename = "SubscriptionsV3")]
pub(crate) struct SubscriptionsBody {
    subscriptions: Vec<SubscriptionV3Body>,
}

/// A purchase.
#[derive(Deserialize, JsonSchema)]
#[schemars(rename = "CreateSubscriptionV3")]
pub(crate) struct CreateBody {
    offering_uid: Option<Value>,
    purchase_currency: Option<Value>,
    /// Which business; the token's own when left out.
    business_uid: Option<Value>,
    /// Another price than the listed one, in major units: for tokens of the whole project alone.
    price: Option<Value>,
}

pub(crate) fn routes() -> ApiRouter<Door> {
    let one = "/v3/license/subscriptions/{uid}";
    ApiRouter::new()
        .api_route(
            "/v3/license/subscriptions",
            get_with(list, |operation| {
                operation.id("listSubscriptionsV3").summary("List subscriptions").tag("v3")
            })
            .post_with(create, |operation| {
                operation
                    .id("createSubscriptionV3")
                    .summary("Tell that a business has bought something")
                    .tag("v3")
            }),
        )
        .api_route(
            one,
            get_with(find, |operation| {
                operation.id("getSubscriptionV3").summary("Get a subscription").tag("v3")
            })
            .put_with(update, |operation| {
                operation
                    .id("updateSubscriptionV3")
                    .summary("Tell that a subscription is cancelled or over")
                    .tag("v3")
            }),
        )
        .route(one, patch(update))
}

pub(crate) async fn list(
    State(door): State<Door>,
    Known(caller): Known,
    asked: Asked,
) -> Result<Json<Paged<SubscriptionsBody>>, Refusal> {
    let paging = asked.paging()?;
    asked.filters(&FIELDS)?;
    let mut query = ListingQuery::default();
    if let Some(is_active) = asked.value("is_active") {
        query.states = Some(match is_active {
            "true" => list::active_states(true),
            "false" => list::active_states(false),
            _ => return Err(Refusal::bad_field("is_active", "`is_active` is true or false.")),
        });
    }
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

fn read_offering_type(text: &str) -> Result<Vec<ItemType>, Refusal> {
    match text {
        "package" => Ok(vec![ItemType::Package]),
        "app" => Ok(vec![ItemType::App]),
        "staff_slot" => Ok(vec![ItemType::StaffSlot]),
        "addon" => Ok(vec![ItemType::StaffSlot, ItemType::OneTimePurchase]),
        // Nothing of the kind is sold here.
        "SMS" | "sms" => Ok(Vec::new()),
        _ => Err(Refusal::bad_field("offering_type", "`offering_type` is package, app, SMS or staff_slot.")),
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

pub(crate) async fn create(
    State(door): State<Door>,
    Known(caller): Known,
    SameRequest(request): SameRequest,
    Body(body): Body<CreateBody>,
) -> Result<Created<Success<SubscriptionV3Body>>, Refusal> {
    let is_everybodys = caller.token.grant == perennial_domain::TokenGrant::default();
    let is_directorys = caller.token.grant.customer_id.is_none() && caller.directory_id().is_some();
    if (is_directorys && caller.app.is_none()) || (body.price.is_some() && !is_everybodys) {
        return Err(Refusal::not_yours());
    }
    let missing = |name: &'static str| Refusal::bad_field(name, format!("`{name}` is missing."));
    let offering = body.offering_uid.ok_or_else(|| missing("offering_uid"))?;
    let offering = read_uid("offering_uid", &offering)?;
    let currency =
        text("purchase_currency", &body.purchase_currency.ok_or_else(|| missing("purchase_currency"))?)?;
    let currency = Currency::from_code(&currency)
        .map_err(|error| Refusal::bad_field("purchase_currency", error.to_string()))?;
    let create = Create {
        business_uid: body.business_uid.map(|uid| text("business_uid", &uid)).transpose()?,
        offer: OfferRequest::Uid(price_in(&door, &caller, offering, currency).await?.uuid()),
        agreed_price: body.price.map(|price| text("price", &price)).transpose()?,
        request,
    };
    let made = make(&door, &caller, create).await?;
    Ok(Created(Success::of(SubscriptionV3Body::of(&made, Place::Alone, door.app.now()))))
}

async fn price_in(
    door: &Door,
    caller: &Arc<Caller>,
    offering: Uuid,
    currency: Currency,
) -> Result<PriceId, Refusal> {
    let project = caller.project();
    let found = door.app.read(move |_, tx| offerings(tx, project)).await?;
    let found = found.iter().find(|found| found.uid() == offering);
    let price = found.and_then(|found| found.prices().find(|price| price.amount.currency == currency));
    price.map(|price| price.id).ok_or_else(|| Refusal::not_found("There is no such offering."))
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
