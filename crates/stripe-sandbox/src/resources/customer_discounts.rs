//! Discounts of a customer, which count for each of their invoices that has none of its own:
//! <https://docs.stripe.com/api/discounts>.

use serde_json::{Value, json};

use crate::billing::discounts::{self, Holder};
use crate::events;
use crate::fields::Fields;
use crate::http::error::ApiError;
use crate::http::routes::{Request, Routes};
use crate::store::Tx;

pub(crate) fn routes(routes: Routes) -> Routes {
    routes.delete("/v1/customers/{id}/discount", delete).delete("/v1/subscriptions/{id}/discount", delete_all)
}

/// Takes the `coupon` or `promotion_code` of a request for a customer: a new discount, another one, or none any more.
pub(super) fn take(tx: &Tx<'_>, customer: &mut Value, parameters: &Value) -> Result<(), ApiError> {
    let given = |name: &str| parameters.get(name).is_some();
    if !given("coupon") && !given("promotion_code") {
        return Ok(());
    }
    let redeemables = discounts::read(tx, &only_codes(parameters))?;
    let before = customer.owned("discount");
    let Some(redeemable) = redeemables.first() else {
        return if before.is_some() { discounts::end_of_customer(tx, customer).map(|_| ()) } else { Ok(()) };
    };
    let holder = Holder { customer: Some(customer.id()), ..Holder::default() };
    let discount = discounts::redeem(tx, redeemable, holder)?;
    customer.put("discount", discount.id());
    tx.save(customer)?;
    match before {
        None => events::emit(tx, "customer.discount.created", &discount),
        Some(before) => {
            let before = tx.linked("discount", &before)?;
            events::emit_change(tx, "customer.discount.updated", &before, &discount)
        }
    }
}

fn only_codes(parameters: &Value) -> Value {
    json!({ "coupon": parameters.copy("coupon"), "promotion_code": parameters.copy("promotion_code") })
}

fn delete(tx: &Tx<'_>, request: &Request) -> Result<Value, ApiError> {
    let mut customer = tx.get("customer", request.id(), "id")?;
    if customer.field("discount").is_none() {
        return Err(ApiError::no_such("discount", request.id(), "id"));
    }
    discounts::end_of_customer(tx, &mut customer)
}

/// Ends all discounts of a subscription; the last one is the answer.
fn delete_all(tx: &Tx<'_>, request: &Request) -> Result<Value, ApiError> {
    let before = tx.get("subscription", request.id(), "id")?;
    let ids: Vec<&str> = before.elements("discounts").iter().filter_map(Value::as_str).collect();
    let mut last = Err(ApiError::no_such("discount", request.id(), "id"));
    for id in ids {
        last = discounts::end(tx, id);
    }
    let last = last?;
    let mut subscription = before.clone();
    subscription.put("discounts", json!([]));
    tx.save(&subscription)?;
    events::emit_change(tx, "customer.subscription.updated", &before, &subscription)?;
    Ok(last)
}
