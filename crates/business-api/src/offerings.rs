//! `GET /v3/license/offerings[/{uid}]` (contract §11): a purchasable, once for each way in which it is paid.

use aide::axum::ApiRouter;
use aide::axum::routing::get_with;
use axum::Json;
use axum::extract::{Path, State};
use perennial_core::business::{Purchasable, purchasables};
use perennial_core::store::{StoreError, Tx};
use perennial_domain::{Id, ItemType, PaymentType, Price, ProductId, ProjectId};
use schemars::JsonSchema;
use serde::Serialize;
use sha2::{Digest, Sha256};
use uuid::Uuid;

use crate::caller::Known;
use crate::dates;
use crate::door::Door;
use crate::operation::named;
use crate::paging::Paged;
use crate::query::Asked;
use crate::refusal::Refusal;
use crate::wire::{PriceBody, Success};

const PAYMENT_TYPES: [PaymentType; 4] =
    [PaymentType::Monthly, PaymentType::Annual, PaymentType::Free, PaymentType::SingleCharge];

/// A purchasable that is paid in one way, in one or more currencies.
pub(crate) struct Offering {
    purchasable: Purchasable,
    payment_type: PaymentType,
}

/// An offering has no row and so no id of its own; a digest of what it is made of is as stable as one.
pub(crate) fn offering_uid(product: ProductId, payment_type: PaymentType) -> Uuid {
    let digest = Sha256::new().chain_update(product.uuid()).chain_update(spell(payment_type)).finalize();
    let (first, _) = digest.split_at(16);
    Uuid::from_slice(first).unwrap_or_default()
}

/// As the third version spells it.
pub(crate) const fn spell(payment_type: PaymentType) -> &'static str {
    match payment_type {
        PaymentType::Monthly => "monthly",
        PaymentType::Annual => "annual",
        PaymentType::Free => "free",
        PaymentType::Bundled => "bundle",
        PaymentType::SingleCharge => "single_charge",
        PaymentType::Other => "external",
    }
}

impl Offering {
    pub(crate) fn uid(&self) -> Uuid {
        offering_uid(self.purchasable.product.id, self.payment_type)
    }

    pub(crate) const fn payment_type(&self) -> PaymentType {
        self.payment_type
    }

    pub(crate) fn prices(&self) -> impl Iterator<Item = &Price> {
        let prices = self.purchasable.prices.iter();
        prices.filter(|price| PaymentType::of(price.amount, price.term) == self.payment_type)
    }
}

/// Everything on sale, newest first.
pub(crate) fn offerings(tx: &mut Tx<'_>, project: ProjectId) -> Result<Vec<Offering>, StoreError> {
    let mut offerings = Vec::new();
    for purchasable in purchasables(tx, project)? {
        for payment_type in PAYMENT_TYPES {
            let offering = Offering { purchasable: purchasable.clone(), payment_type };
            if offering.prices().next().is_some() {
                offerings.push(offering);
            }
        }
    }
    Ok(offerings)
}

/// What can be bought in one way.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Offering")]
pub(crate) struct OfferingBody {
    uid: String,
    /// package, app or addon.
    r#type: &'static str,
    #[serde(rename = "SKU")]
    sku: String,
    display_name: String,
    /// -1 is without limit.
    quantity: i64,
    payment_type: &'static str,
    is_active: bool,
    is_listed: bool,
    /// partner or inTandem.
    vendor: &'static str,
    prices: Vec<OfferingPriceBody>,
    trial_type: &'static str,
    trial_period: u32,
    created_at: String,
    updated_at: String,
}

/// What it costs in one currency.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "OfferingPrice")]
struct OfferingPriceBody {
    price: PriceBody,
    currency: &'static str,
}

#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Offerings")]
struct OfferingsBody {
    offerings: Vec<OfferingBody>,
}

pub(crate) fn routes() -> ApiRouter<Door> {
    ApiRouter::new()
        .api_route(
            "/v3/license/offerings",
            get_with(list, named("listOfferings", "List what is on sale", "v3")),
        )
        .api_route(
            "/v3/license/offerings/{uid}",
            get_with(find, named("getOffering", "Get something on sale", "v3")),
        )
}

async fn list(
    State(door): State<Door>,
    Known(caller): Known,
    asked: Asked,
) -> Result<Json<Paged<OfferingsBody>>, Refusal> {
    let paging = asked.paging()?;
    asked.only(&[])?;
    let project = caller.project();
    let found = door.app.read(move |_, tx| offerings(tx, project)).await?;
    let (found, pages) = paging.part(found);
    let offerings = found.iter().map(body).collect();
    Ok(Paged::of(OfferingsBody { offerings }, pages))
}

async fn find(
    State(door): State<Door>,
    Known(caller): Known,
    Path(uid): Path<String>,
) -> Result<Json<Success<OfferingBody>>, Refusal> {
    let project = caller.project();
    let wanted = Uuid::parse_str(&uid).unwrap_or_default();
    let found = door.app.read(move |_, tx| offerings(tx, project)).await?;
    let found = found.iter().find(|offering| offering.uid() == wanted);
    let found = found.ok_or_else(|| Refusal::not_found("There is no such offering."))?;
    Ok(Json(Success::of(body(found))))
}

fn body(offering: &Offering) -> OfferingBody {
    let product = &offering.purchasable.product;
    let created_at = dates::written(product.created_at);
    OfferingBody {
        uid: offering.uid().to_string(),
        r#type: match offering.purchasable.item_type() {
            ItemType::Package => "package",
            ItemType::App => "app",
            ItemType::StaffSlot | ItemType::OneTimePurchase => "addon",
        },
        sku: product.sku.clone().unwrap_or_default(),
        display_name: product.name.clone(),
        quantity: quantity(product.business_facts.as_ref().and_then(|facts| facts.quantity)),
        payment_type: spell(offering.payment_type),
        is_active: true,
        is_listed: true,
        vendor: "partner",
        prices: offering
            .prices()
            .map(|price| OfferingPriceBody {
                price: PriceBody::text(price.amount),
                currency: price.amount.currency.code(),
            })
            .collect(),
        trial_type: "no_trial",
        trial_period: 0,
        updated_at: created_at.clone(),
        created_at,
    }
}

/// -1 is without limit (contract §11).
pub(crate) fn quantity(limit: Option<u32>) -> i64 {
    limit.map_or(-1, i64::from)
}
