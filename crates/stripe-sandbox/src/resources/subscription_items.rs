//! Subscription items: <https://docs.stripe.com/api/subscription_items>. Changing one changes its subscription, by the
//! same rules as an update of the subscription does.

use serde_json::Value;

use super::{deleted, subscription_update, subscriptions};
use crate::billing::change;
use crate::billing::proration::ItemChange;
use crate::billing::subscribe::{self, NewItem};
use crate::billing::{subscription, taxes};
use crate::fields::Fields;
use crate::http::error::ApiError;
use crate::http::routes::{Request, Routes};
use crate::store::{Select, Tx};
use crate::{metadata, present};

pub(crate) fn routes(routes: Routes) -> Routes {
    routes
        .get("/v1/subscription_items", list)
        .post("/v1/subscription_items", create)
        .get("/v1/subscription_items/{id}", retrieve)
        .post("/v1/subscription_items/{id}", update)
        .delete("/v1/subscription_items/{id}", delete)
}

/// Reads the `items` of an update: those with an id are changed or deleted, those without are added.
pub(super) fn read_changes(
    tx: &Tx<'_>,
    subscription: &Value,
    parameters: &Value,
) -> Result<Vec<ItemChange>, ApiError> {
    let given = parameters.elements("items").iter().enumerate();
    let changes: Result<Vec<_>, _> = given
        .map(|(index, given)| {
            let param = format!("items[{index}]");
            match given.text("id") {
                Some(id) => change_existing(tx, subscription, given, id, &param),
                None => add(tx, subscription, given, &param),
            }
        })
        .collect();
    let changes = changes?;
    let current = present::subscription_items(tx, subscription.id())?;
    refuse_same_price_twice(&current, &changes)?;
    Ok(changes)
}

fn change_existing(
    tx: &Tx<'_>,
    subscription: &Value,
    given: &Value,
    id: &str,
    param: &str,
) -> Result<ItemChange, ApiError> {
    let before = tx.get("subscription_item", id, &format!("{param}[id]"))?;
    if before.text("subscription") != Some(subscription.id()) {
        return Err(ApiError::no_such("subscription_item", id, &format!("{param}[id]")));
    }
    if given.flag("deleted") {
        return Ok(ItemChange { before: Some(before), after: None });
    }
    let mut after = before.clone();
    if let Some(price) = subscriptions::read_price(tx, given, param, true)? {
        after.put("price", price.id());
    }
    if let Some(quantity) = given.integer("quantity") {
        after.put("quantity", quantity);
    }
    if given.get("tax_rates").is_some() {
        after.put("tax_rates", taxes::read(tx, given, "tax_rates")?);
    }
    metadata::merge(&mut after, given)?;
    Ok(ItemChange { before: Some(before), after: Some(after) })
}

fn add(tx: &Tx<'_>, subscription: &Value, given: &Value, param: &str) -> Result<ItemChange, ApiError> {
    let missing = if param.is_empty() { "price".to_owned() } else { format!("{param}[price]") };
    let price = subscriptions::read_price(tx, given, param, true)?;
    let item = NewItem {
        price: price.ok_or_else(|| ApiError::missing(&missing))?,
        quantity: given.integer("quantity").unwrap_or(1),
        metadata: metadata::initial(given)?,
        tax_rates: taxes::read(tx, given, "tax_rates")?,
        discountable: true,
    };
    let period = subscription::period(tx, subscription)?;
    let after = subscribe::new_item(tx, subscription.id(), &item, period);
    Ok(ItemChange { before: None, after: Some(after) })
}

fn refuse_same_price_twice(current: &[Value], changes: &[ItemChange]) -> Result<(), ApiError> {
    let touched: Vec<&str> =
        changes.iter().filter_map(|change| change.before.as_ref()).map(Fields::id).collect();
    let untouched = current.iter().filter(|item| !touched.contains(&item.id()));
    let now_there = untouched.chain(changes.iter().filter_map(|change| change.after.as_ref()));
    let mut prices: Vec<_> = now_there.map(|item| item.text("price")).collect();
    prices.sort_unstable();
    if prices.windows(2).all(|pair| pair[0] != pair[1]) {
        return Ok(());
    }
    let message =
        "A subscription cannot have two items with the same price; change the quantity of one instead.";
    Err(ApiError::invalid("items", message))
}

fn create(tx: &Tx<'_>, request: &Request) -> Result<Value, ApiError> {
    let parameters = &request.parameters;
    let id = parameters.text("subscription").ok_or_else(|| ApiError::missing("subscription"))?;
    let subscription = subscription_update::live(tx, id, "subscription")?;
    let change = add(tx, &subscription, parameters, "")?;
    let item = change.after.clone().unwrap_or_default();
    let current = present::subscription_items(tx, subscription.id())?;
    refuse_same_price_twice(&current, std::slice::from_ref(&change))?;
    run(tx, &subscription, change, parameters)?;
    // An item that waits for its payment is shown as it is to be.
    Ok(tx.find(item.id())?.unwrap_or(item))
}

fn update(tx: &Tx<'_>, request: &Request) -> Result<Value, ApiError> {
    let subscription = owner(tx, request.id())?;
    let change = change_existing(tx, &subscription, &request.parameters, request.id(), "")?;
    run(tx, &subscription, change, &request.parameters)?;
    tx.linked_copy("subscription_item", request.id())
}

fn delete(tx: &Tx<'_>, request: &Request) -> Result<Value, ApiError> {
    let subscription = owner(tx, request.id())?;
    let before = tx.get("subscription_item", request.id(), "id")?;
    let answer = deleted(&before);
    let change = ItemChange { before: Some(before), after: None };
    run(tx, &subscription, change, &request.parameters)?;
    Ok(answer)
}

fn owner(tx: &Tx<'_>, item: &str) -> Result<Value, ApiError> {
    let item = tx.get("subscription_item", item, "id")?;
    subscription_update::live(tx, item.text("subscription").unwrap_or_default(), "id")
}

fn run(tx: &Tx<'_>, subscription: &Value, item: ItemChange, parameters: &Value) -> Result<(), ApiError> {
    let change = subscription_update::change_of(tx, subscription.clone(), vec![item], parameters)?;
    change::update(tx, subscription, &change).map(|_| ())
}

fn retrieve(tx: &Tx<'_>, request: &Request) -> Result<Value, ApiError> {
    tx.get("subscription_item", request.id(), "id")
}

fn list(tx: &Tx<'_>, request: &Request) -> Result<Value, ApiError> {
    let subscription = request.parameters.text("subscription").unwrap_or_default();
    tx.get("subscription", subscription, "subscription")?;
    let select = Select::of("subscription_item").with("subscription", subscription.to_owned());
    select.page(tx, &request.parameters, &request.path)
}
