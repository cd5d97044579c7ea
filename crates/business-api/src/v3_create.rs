//! `POST /v3/license/subscriptions` (contract §11).

use std::sync::Arc;

use axum::extract::State;
use perennial_core::business::{Caller, Create, OfferRequest, read_payment_type};
use perennial_domain::{Currency, Id, PriceId, TokenGrant};
use perennial_http::{Created, SameRequest};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::Value;
use uuid::Uuid;

use crate::body::Body;
use crate::caller::Known;
use crate::create::{make, read_uid, text};
use crate::door::Door;
use crate::offerings::{Offering, offerings, spell};
use crate::refusal::Refusal;
use crate::wire::{Place, Success};
use crate::wire_v3::SubscriptionV3Body;

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
    /// How the offering is paid; nothing else can be said.
    payment_type: Option<Value>,
    /// partner: whoever tells of a purchase charges for it.
    charged_by: Option<Value>,
    /// Not kept here, and so refused.
    coupon_code: Option<Value>,
    /// Not kept here, and so refused.
    discount_code_name: Option<Value>,
    /// Not kept here, and so refused.
    business_cart: Option<Value>,
}

pub(crate) async fn create(
    State(door): State<Door>,
    Known(caller): Known,
    SameRequest(request): SameRequest,
    Body(body): Body<CreateBody>,
) -> Result<Created<Success<SubscriptionV3Body>>, Refusal> {
    let is_everybodys = caller.token.grant == TokenGrant::default();
    let is_directorys = caller.token.grant.customer_id.is_none() && caller.directory_id().is_some();
    if (is_directorys && caller.app.is_none()) || (body.price.is_some() && !is_everybodys) {
        return Err(Refusal::not_yours());
    }
    body.is_kept()?;
    let missing = |name: &'static str| Refusal::bad_field(name, format!("`{name}` is missing."));
    let offering = body.offering_uid.ok_or_else(|| missing("offering_uid"))?;
    let offering = read_uid("offering_uid", &offering)?;
    let currency =
        text("purchase_currency", &body.purchase_currency.ok_or_else(|| missing("purchase_currency"))?)?;
    let currency = Currency::from_code(&currency)
        .map_err(|error| Refusal::bad_field("purchase_currency", error.to_string()))?;
    let offering = offering_of(&door, &caller, offering).await?;
    let is_paid_so = |said: &str| read_payment_type(said) == Some(offering.payment_type());
    if said(body.payment_type.as_ref()).is_some_and(|said| !said.as_str().is_some_and(is_paid_so)) {
        let message = format!("The offering is paid otherwise: {}.", spell(offering.payment_type()));
        return Err(Refusal::bad_field("payment_type", message));
    }
    let create = Create {
        business_uid: body.business_uid.map(|uid| text("business_uid", &uid)).transpose()?,
        offer: OfferRequest::Uid(price_in(&offering, currency)?.uuid()),
        agreed_price: body.price.map(|price| text("price", &price)).transpose()?,
        request,
    };
    let made = make(&door, &caller, create).await?;
    Ok(Created(Success::of(SubscriptionV3Body::of(&made, Place::Alone, door.app.now()))))
}

impl CreateBody {
    /// Refuses what would be passed over: a purchase at another price than its caller believes, or charged by nobody.
    fn is_kept(&self) -> Result<(), Refusal> {
        let is_partner = said(self.charged_by.as_ref()).is_none_or(|by| by.as_str() == Some("partner"));
        let wrong =
            (!is_partner).then(|| Refusal::bad_field("charged_by", "`charged_by` can only be partner."));
        let unknown = [
            ("coupon_code", &self.coupon_code),
            ("discount_code_name", &self.discount_code_name),
            ("business_cart", &self.business_cart),
        ];
        let unknown = unknown.into_iter().filter(|(_, value)| said(value.as_ref()).is_some());
        let unknown =
            unknown.map(|(name, _)| Refusal::bad_field(name, format!("`{name}` is not kept here.")));
        wrong.into_iter().chain(unknown).reduce(Refusal::and).map_or(Ok(()), Err)
    }
}

/// What is null or empty is not said.
fn said(value: Option<&Value>) -> Option<&Value> {
    value.filter(|value| !value.is_null() && value.as_str() != Some(""))
}

async fn offering_of(door: &Door, caller: &Arc<Caller>, uid: Uuid) -> Result<Offering, Refusal> {
    let project = caller.project();
    let found = door.app.read(move |_, tx| offerings(tx, project)).await?;
    let found = found.into_iter().find(|found| found.uid() == uid);
    found.ok_or_else(|| Refusal::not_found("There is no such offering."))
}

fn price_in(offering: &Offering, currency: Currency) -> Result<PriceId, Refusal> {
    let price = offering.prices().find(|price| price.amount.currency == currency);
    price
        .map(|price| price.id)
        .ok_or_else(|| Refusal::not_found("The offering has no price in this currency."))
}
