//! Plans, the older words for recurring prices: <https://docs.stripe.com/api/plans>. A plan is a price under another name,
//! so either API finds what the other one made.

use serde_json::{Value, json};

use super::{deleted, prices};
use crate::events;
use crate::fields::Fields;
use crate::http::error::ApiError;
use crate::http::routes::{Request, Routes};
use crate::metadata;
use crate::store::{Select, Tx};

pub(crate) fn routes(routes: Routes) -> Routes {
    routes
        .post("/v1/plans", create)
        .get("/v1/plans", list)
        .get("/v1/plans/{id}", retrieve)
        .post("/v1/plans/{id}", update)
        .delete("/v1/plans/{id}", delete)
}

fn create(tx: &Tx<'_>, request: &Request) -> Result<Value, ApiError> {
    let given = &request.parameters;
    let mut parameters = json!({
        "currency": given.copy("currency"),
        "metadata": given.field("metadata").cloned().unwrap_or_else(|| json!({})),
        "nickname": given.copy("nickname"),
        "recurring": {
            "interval": given.copy("interval"),
            "interval_count": given.copy("interval_count"),
            "trial_period_days": given.copy("trial_period_days"),
        },
        "unit_amount": given.copy("amount"),
    });
    match given.field("product") {
        Some(Value::String(id)) => parameters.put("product", id.as_str()),
        Some(data) => parameters.put("product_data", data.clone()),
        None => return Err(ApiError::missing("product")),
    }
    let plan = prices::as_plan(&prices::insert(tx, &parameters)?);
    events::emit(tx, "plan.created", &plan)?;
    Ok(plan)
}

fn retrieve(tx: &Tx<'_>, request: &Request) -> Result<Value, ApiError> {
    Ok(prices::as_plan(&price(tx, request)?))
}

fn update(tx: &Tx<'_>, request: &Request) -> Result<Value, ApiError> {
    let mut price = price(tx, request)?;
    let before = prices::as_plan(&price);
    for name in ["active", "nickname"] {
        if let Some(value) = request.parameters.get(name) {
            price.put(name, value.clone());
        }
    }
    metadata::merge(&mut price, &request.parameters)?;
    tx.save(&price)?;
    let plan = prices::as_plan(&price);
    events::emit_change(tx, "plan.updated", &before, &plan)?;
    Ok(plan)
}

fn delete(tx: &Tx<'_>, request: &Request) -> Result<Value, ApiError> {
    let mut price = price(tx, request)?;
    // Subscriptions go on with a plan that is deleted, so its price stays and is sold no more.
    price.put("active", false);
    price.put("_deleted_plan", true);
    tx.save(&price)?;
    let plan = prices::as_plan(&price);
    events::emit(tx, "plan.deleted", &plan)?;
    Ok(deleted(&plan))
}

fn price(tx: &Tx<'_>, request: &Request) -> Result<Value, ApiError> {
    let price = tx.get("price", request.id(), "id")?;
    if price.text("type") == Some("recurring") && !price.flag("_deleted_plan") {
        return Ok(price);
    }
    Err(ApiError::no_such("plan", request.id(), "id"))
}

fn list(tx: &Tx<'_>, request: &Request) -> Result<Value, ApiError> {
    let parameters = &request.parameters;
    let select = Select::of("price")
        .with("type", "recurring".to_owned())
        .without("_deleted_plan", 1)
        .with_parameters(parameters, &["active", "product"])
        .with_range(parameters, "created");
    let mut page = select.page(tx, parameters, &request.path)?;
    let plans: Vec<Value> = page.elements("data").iter().map(prices::as_plan).collect();
    page.put("data", plans);
    Ok(page)
}
