//! Products: <https://docs.stripe.com/api/products>.

use serde_json::{Value, json};

use super::{deleted, prices, search};
use crate::fields::{Fields, copy_given};
use crate::http::error::ApiError;
use crate::http::routes::{Request, Routes};
use crate::store::{Select, Tx};
use crate::{events, ids, metadata};

const CHANGEABLE: [&str; 11] = [
    "active",
    "default_price",
    "description",
    "images",
    "marketing_features",
    "name",
    "package_dimensions",
    "shippable",
    "statement_descriptor",
    "unit_label",
    "url",
];

pub(crate) fn routes(routes: Routes) -> Routes {
    routes
        .post("/v1/products", create)
        .get("/v1/products", list)
        .get("/v1/products/search", find)
        .get("/v1/products/{id}", retrieve)
        .post("/v1/products/{id}", update)
        .delete("/v1/products/{id}", delete)
}

fn create(tx: &Tx<'_>, request: &Request) -> Result<Value, ApiError> {
    let product = insert(tx, &request.parameters)?;
    let Some(default_price) = request.parameters.field("default_price_data") else { return Ok(product) };
    let mut price_parameters = default_price.clone();
    price_parameters.put("product", product.id());
    let price = prices::insert(tx, &price_parameters)?;
    let mut with_price = product.clone();
    with_price.put("default_price", price.id());
    tx.save(&with_price)?;
    events::emit_change(tx, "product.updated", &product, &with_price)?;
    Ok(with_price)
}

/// Adds a product, as `POST /v1/products` and inline product data do.
pub(crate) fn insert(tx: &Tx<'_>, parameters: &Value) -> Result<Value, ApiError> {
    let id = parameters.owned("id").unwrap_or_else(|| ids::new_id("prod"));
    if tx.find(&id)?.is_some() {
        let message = format!("There is a product with the id '{id}' already.");
        return Err(ApiError::invalid("id", message).with_code("resource_already_exists"));
    }
    let mut product = json!({
        "id": id,
        "object": "product",
        "active": true,
        "created": tx.now(),
        "default_price": null,
        "description": null,
        "images": [],
        "livemode": false,
        "marketing_features": [],
        "metadata": metadata::initial(parameters)?,
        "name": null,
        "package_dimensions": null,
        "shippable": null,
        "statement_descriptor": null,
        "tax_code": parameters.copy("tax_code"),
        "tax_details": null,
        "type": parameters.text("type").unwrap_or("service"),
        "unit_label": null,
        "updated": tx.now(),
        "url": null,
    });
    copy_given(&mut product, parameters, &CHANGEABLE);
    tx.insert(&product)?;
    events::emit(tx, "product.created", &product)?;
    Ok(product)
}

fn retrieve(tx: &Tx<'_>, request: &Request) -> Result<Value, ApiError> {
    tx.get("product", request.id(), "id")
}

fn update(tx: &Tx<'_>, request: &Request) -> Result<Value, ApiError> {
    let before = tx.get("product", request.id(), "id")?;
    if let Some(price) = request.parameters.text("default_price") {
        tx.get("price", price, "default_price")?;
    }
    let mut product = before.clone();
    copy_given(&mut product, &request.parameters, &CHANGEABLE);
    for name in ["images", "marketing_features"] {
        if product.field(name).is_none() {
            product.put(name, json!([]));
        }
    }
    metadata::merge(&mut product, &request.parameters)?;
    product.put("updated", tx.now());
    tx.save(&product)?;
    events::emit_change(tx, "product.updated", &before, &product)?;
    Ok(product)
}

fn delete(tx: &Tx<'_>, request: &Request) -> Result<Value, ApiError> {
    let product = tx.get("product", request.id(), "id")?;
    if Select::of("price").with("product", product.id().to_owned()).first(tx)?.is_some() {
        let message = "This product cannot be deleted because it has prices; archive it instead.";
        return Err(ApiError::request(message));
    }
    tx.remove(product.id())?;
    events::emit(tx, "product.deleted", &product)?;
    Ok(deleted(&product))
}

fn list(tx: &Tx<'_>, request: &Request) -> Result<Value, ApiError> {
    let parameters = &request.parameters;
    let mut select = Select::of("product")
        .with_parameters(parameters, &["active", "shippable", "type", "url"])
        .with_range(parameters, "created");
    if parameters.field("ids").is_some() {
        select = select.with_any("id", &search::texts(parameters, "ids"));
    }
    select.page(tx, parameters, &request.path)
}

fn find(tx: &Tx<'_>, request: &Request) -> Result<Value, ApiError> {
    search::run(tx, "product", request)
}
