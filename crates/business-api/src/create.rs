//! `POST /business/subscriptionsmng/v1/subscriptions`, and its "manual" form (contract §7.2).

use std::sync::Arc;

use aide::axum::ApiRouter;
use aide::axum::routing::post_with;
use axum::extract::State;
use perennial_core::business::{
    Caller, Create, CreateError, GrantError, OfferError, OfferRequest, create_subscription, read_payment_type,
};
use perennial_core::idempotency::RequestKey;
use perennial_core::store::tables::BusinessSubscription;
use perennial_domain::{Currency, ItemType};
use perennial_http::{Created, SameRequest};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::Value;
use uuid::Uuid;

use crate::body::Body;
use crate::caller::Known;
use crate::door::Door;
use crate::operation::named;
use crate::refusal::Refusal;
use crate::wire::{OneBody, Place, SubscriptionBody, Success};

/// A purchase, in one of two forms.
#[derive(Deserialize, JsonSchema)]
#[schemars(rename = "CreateSubscription")]
pub(crate) struct CreateBody {
    /// Which business; the token's own when left out.
    business_uid: Option<Value>,
    subscription: Option<PurchaseBody>,
}

/// By the uid of a price, or by what it is.
#[derive(Deserialize, JsonSchema)]
#[schemars(rename = "Purchase")]
struct PurchaseBody {
    /// A price, or a purchasable with one price alone.
    purchasable_price_uid: Option<Value>,
    purchase_params: Option<ParamsBody>,
}

/// The "manual" form.
#[derive(Deserialize, JsonSchema)]
#[schemars(rename = "CreateManualSubscription")]
pub(crate) struct ManualBody {
    /// Which business; the token's own when left out.
    business_uid: Option<Value>,
    purchase_params: Option<ParamsBody>,
}

/// What is bought, by its SKU. All four are needed.
#[derive(Deserialize, JsonSchema)]
#[schemars(rename = "PurchaseParams")]
struct ParamsBody {
    /// The SKU.
    item_uid: Option<Value>,
    /// `app`, `package`, `one_time_purchase` or `staff_slot`.
    item_type: Option<Value>,
    /// USD, EUR, GBP, …
    currency: Option<Value>,
    /// `monthly`, `annualy` or `free`; `single_charge` for what is paid once.
    recurrence: Option<Value>,
}

pub(crate) fn routes() -> ApiRouter<Door> {
    ApiRouter::new()
        .api_route(
            "/business/subscriptionsmng/v1/subscriptions",
            post_with(
                create,
                named("createSubscription", "Tell that a business has bought something", "subscriptions"),
            ),
        )
        .api_route(
            "/system/subscriptions/manual",
            post_with(
                create_manually,
                named("createManualSubscription", "The same, by SKU", "subscriptions"),
            ),
        )
}

type Answer = Result<Created<Success<OneBody>>, Refusal>;

async fn create(
    State(door): State<Door>,
    Known(caller): Known,
    SameRequest(request): SameRequest,
    Body(body): Body<CreateBody>,
) -> Answer {
    let missing = || Refusal::bad_field("subscription", "`subscription` is missing.");
    let purchase = body.subscription.ok_or_else(missing)?;
    let offer = match (purchase.purchasable_price_uid, purchase.purchase_params) {
        (Some(uid), _) => OfferRequest::Uid(read_uid("purchasable_price_uid", &uid)?),
        (None, Some(params)) => read_params(&params)?,
        (None, None) => {
            let message = "`purchasable_price_uid` or `purchase_params` is missing.";
            return Err(Refusal::bad_field("subscription.purchasable_price_uid", message));
        }
    };
    record(&door, &caller, body.business_uid, offer, request).await
}

async fn create_manually(
    State(door): State<Door>,
    Known(caller): Known,
    SameRequest(request): SameRequest,
    Body(body): Body<ManualBody>,
) -> Answer {
    let missing = || Refusal::bad_field("purchase_params", "`purchase_params` is missing.");
    let offer = read_params(&body.purchase_params.ok_or_else(missing)?)?;
    record(&door, &caller, body.business_uid, offer, request).await
}

async fn record(
    door: &Door,
    caller: &Arc<Caller>,
    business_uid: Option<Value>,
    offer: OfferRequest,
    request: Option<RequestKey>,
) -> Answer {
    let business_uid = business_uid.map(|uid| text("business_uid", &uid)).transpose()?;
    let made = make(door, caller, Create { business_uid, offer, agreed_price: None, request }).await?;
    let (spelling, now) = (caller.settings.v1_live_state, door.app.now());
    let subscription = SubscriptionBody::of(&made, Place::Alone, spelling, now);
    Ok(Created(Success::of(OneBody { subscription })))
}

/// Records it, or says why not.
pub(crate) async fn make(
    door: &Door,
    caller: &Arc<Caller>,
    create: Create,
) -> Result<BusinessSubscription, Refusal> {
    let caller = Arc::clone(caller);
    let made = door.app.write(move |cx, tx| create_subscription(cx, tx, &caller, &create)).await;
    made.map_err(|error| match error {
        CreateError::NotAllowed | CreateError::OutOfSight => Refusal::not_yours(),
        CreateError::NoBusiness => {
            Refusal::bad_field("business_uid", "`business_uid` is missing, and the token is for several.")
        }
        CreateError::Price => Refusal::bad_field("price", "`price` is an amount in major units."),
        CreateError::Offer(OfferError::Unknown) => Refusal::not_found("There is no such thing on sale."),
        CreateError::Offer(error @ OfferError::SeveralPrices) => {
            Refusal::bad_field("purchasable_price_uid", error.to_string())
        }
        CreateError::Grant(error @ GrantError::AlreadyHeld(_)) => Refusal::already_exists(error.to_string()),
        CreateError::Grant(error @ GrantError::NotActive(_)) => {
            Refusal::bad_field("business_uid", error.to_string())
        }
        CreateError::Grant(error @ GrantError::ChangeUnderWay(_)) => Refusal::under_way(error.to_string()),
        CreateError::Grant(GrantError::Store(error))
        | CreateError::Offer(OfferError::Store(error))
        | CreateError::Store(error) => error.into(),
        CreateError::Grant(error @ (GrantError::Transition(_) | GrantError::Gone(_))) => {
            Refusal::unexpected(&error)
        }
    })
}

/// All that is wrong is said at once.
fn read_params(params: &ParamsBody) -> Result<OfferRequest, Refusal> {
    let sku = field("item_uid", params.item_uid.as_ref(), |text| Some(text.to_owned()));
    let item_type = field("item_type", params.item_type.as_ref(), ItemType::parse);
    let currency = field("currency", params.currency.as_ref(), |text| Currency::from_code(text).ok());
    let payment_type = field("recurrence", params.recurrence.as_ref(), read_payment_type);
    match (sku, item_type, currency, payment_type) {
        (Ok(sku), Ok(item_type), Ok(currency), Ok(payment_type)) => {
            Ok(OfferRequest::Params { sku, item_type, currency, payment_type })
        }
        (sku, item_type, currency, payment_type) => {
            let wrong = [sku.err(), item_type.err(), currency.err(), payment_type.err()];
            let all = wrong.into_iter().flatten().reduce(Refusal::and);
            Err(all.unwrap_or_else(|| Refusal::bad_request("`purchase_params` cannot be read.")))
        }
    }
}

fn field<T>(
    name: &'static str,
    value: Option<&Value>,
    read: impl FnOnce(&str) -> Option<T>,
) -> Result<T, Refusal> {
    let path = format!("purchase_params.{name}");
    match value {
        None | Some(Value::Null) => Err(Refusal::bad_field(path, format!("`{name}` is missing."))),
        Some(value) => value
            .as_str()
            .and_then(read)
            .ok_or_else(|| Refusal::bad_field(path, format!("`{name}` cannot be {value}."))),
    }
}

/// A text, or a number that a client wrote for one.
pub(crate) fn text(name: &'static str, value: &Value) -> Result<String, Refusal> {
    match value {
        Value::String(text) if !text.trim().is_empty() => Ok(text.trim().to_owned()),
        Value::Number(number) => Ok(number.to_string()),
        _ => Err(Refusal::bad_field(name, format!("`{name}` must be a text."))),
    }
}

/// A uid that is none of ours is nobody's.
pub(crate) fn read_uid(name: &'static str, value: &Value) -> Result<Uuid, Refusal> {
    Ok(Uuid::parse_str(&text(name, value)?).unwrap_or_default())
}
