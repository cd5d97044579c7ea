//! `GET /business/subscriptionsmng/v1/purchasables` (contract §7.4).

use std::cmp::Ordering;

use aide::axum::ApiRouter;
use aide::axum::routing::get_with;
use axum::Json;
use axum::extract::State;
use perennial_core::business::{Purchasable, purchasables};
use perennial_domain::{Id, PaymentType, Price, Product};
use schemars::JsonSchema;
use serde::Serialize;

use crate::caller::Known;
use crate::dates;
use crate::door::Door;
use crate::operation::named;
use crate::paging::{Paged, Paging, unsortable};
use crate::query::{Asked, Condition, Operator};
use crate::refusal::Refusal;
use crate::times::{TIMES, TimeRange};
use crate::wire::{PriceBody, spell_payment_type};

/// What can be filtered by.
const FIELDS: [&str; 10] = [
    "uid",
    "item_uid",
    "sku",
    "display_name",
    "name",
    "item_type",
    "created_at",
    "created",
    "updated_at",
    "updated",
];

/// Something on sale.
#[derive(Clone, Serialize, JsonSchema)]
#[schemars(rename = "Purchasable")]
struct PurchasableBody {
    uid: String,
    display_name: String,
    created_at: String,
    updated_at: String,
    /// `package`, `app`, `staff_slot` or `one_time_purchase`.
    item_type: &'static str,
    /// The SKU.
    item_uid: String,
    prices: Vec<PriceLineBody>,
}

/// What it costs in one currency, paid in one way.
#[derive(Clone, Serialize, JsonSchema)]
#[schemars(rename = "PriceLine")]
struct PriceLineBody {
    uid: String,
    /// In major units.
    price: PriceBody,
    currency: &'static str,
    /// monthly, annualy, free or `single_charge`.
    payment_type: &'static str,
}

/// The same list twice: the published schema calls it `subscriptions`.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Purchasables")]
struct PurchasablesBody {
    purchasables: Vec<PurchasableBody>,
    subscriptions: Vec<PurchasableBody>,
}

pub(crate) fn routes() -> ApiRouter<Door> {
    ApiRouter::new().api_route(
        "/business/subscriptionsmng/v1/purchasables",
        get_with(list, named("listPurchasables", "List what is on sale", "purchasables")),
    )
}

async fn list(
    State(door): State<Door>,
    Known(caller): Known,
    asked: Asked,
) -> Result<Json<Paged<PurchasablesBody>>, Refusal> {
    let paging = asked.paging()?;
    let filters = asked.filters(&FIELDS)?.into_iter().map(Filter::read).collect::<Result<Vec<_>, _>>()?;
    let project = caller.project();
    let mut found = door.app.read(move |_, tx| purchasables(tx, project)).await?;
    found.retain(|purchasable| filters.iter().all(|filter| filter.matches(purchasable)));
    sort(&mut found, &paging)?;
    let (found, pages) = paging.part(found);
    let purchasables = found.iter().map(body).collect::<Vec<_>>();
    let data = PurchasablesBody { subscriptions: purchasables.clone(), purchasables };
    Ok(Paged::of(data, pages))
}

fn body(purchasable: &Purchasable) -> PurchasableBody {
    let product = &purchasable.product;
    // A product keeps no time of its changes.
    let created_at = dates::written(product.created_at);
    PurchasableBody {
        uid: product.id.uuid().to_string(),
        display_name: product.name.clone(),
        updated_at: created_at.clone(),
        created_at,
        item_type: purchasable.item_type().as_str(),
        item_uid: product.sku.clone().unwrap_or_default(),
        prices: purchasable.prices.iter().map(price_line).collect(),
    }
}

fn price_line(price: &Price) -> PriceLineBody {
    PriceLineBody {
        uid: price.id.uuid().to_string(),
        price: PriceBody::number(price.amount),
        currency: price.amount.currency.code(),
        payment_type: spell_payment_type(PaymentType::of(price.amount, price.term)),
    }
}

/// What a list is narrowed by.
enum Filter {
    /// When it was made, which is also when it last changed.
    Made(TimeRange),
    /// What is written of it.
    Text(Condition),
}

impl Filter {
    fn read(condition: Condition) -> Result<Self, Refusal> {
        if TIMES.contains(&condition.field.as_str()) {
            return TimeRange::read(&condition).map(Self::Made);
        }
        let is_name = matches!(condition.field.as_str(), "display_name" | "name");
        match condition.operator {
            Operator::Equal => Ok(Self::Text(condition)),
            Operator::Contains if is_name => Ok(Self::Text(condition)),
            _ => Err(condition.wrong("can be compared by eq, and names by contains")),
        }
    }

    fn matches(&self, purchasable: &Purchasable) -> bool {
        match self {
            Self::Made(range) => range.contains(purchasable.product.created_at),
            Self::Text(condition) => is_written(purchasable, condition),
        }
    }
}

fn is_written(purchasable: &Purchasable, condition: &Condition) -> bool {
    let product = &purchasable.product;
    let value = match condition.field.as_str() {
        "uid" => product.id.uuid().to_string(),
        "item_uid" | "sku" => product.sku.clone().unwrap_or_default(),
        "item_type" => purchasable.item_type().as_str().to_owned(),
        _ => product.name.clone(),
    };
    let is_wanted = |wanted: &String| match condition.operator {
        Operator::Contains => value.to_lowercase().contains(&wanted.to_lowercase()),
        _ => value == *wanted,
    };
    condition.values.iter().any(is_wanted)
}

fn sort(found: &mut [Purchasable], paging: &Paging) -> Result<(), Refusal> {
    const SORTABLE: [&str; 9] =
        ["created_at", "created", "updated_at", "updated", "uid", "display_name", "name", "item_uid", "sku"];
    if let Some((field, _)) = paging.sort.iter().find(|(field, _)| !SORTABLE.contains(&field.as_str())) {
        return Err(unsortable(field));
    }
    found.sort_by(|left, right| {
        let keys = paging.sort.iter().map(|(field, ascending)| {
            let order = compare(&left.product, &right.product, field);
            if *ascending { order } else { order.reverse() }
        });
        keys.fold(Ordering::Equal, Ordering::then)
    });
    Ok(())
}

fn compare(left: &Product, right: &Product, field: &str) -> Ordering {
    match field {
        "uid" => left.id.cmp(&right.id),
        "display_name" | "name" => left.name.cmp(&right.name),
        "item_uid" | "sku" => left.sku.cmp(&right.sku),
        _ => left.created_at.cmp(&right.created_at),
    }
}
