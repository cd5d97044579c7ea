//! Coupons and promotion codes at work: <https://docs.stripe.com/billing/subscriptions/coupons>.

use std::rc::Rc;

use serde_json::{Value, json};

use super::period;
use crate::fields::Fields;
use crate::http::error::ApiError;
use crate::store::{Select, Tx};
use crate::{events, ids};

/// A coupon that was found good, and the promotion code that led to it.
#[derive(Clone, Debug)]
pub(crate) struct Redeemable {
    pub(crate) coupon: Value,
    pub(crate) promotion_code: Option<Value>,
}

/// What a discount is attached to.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Holder<'h> {
    pub(crate) customer: Option<&'h str>,
    pub(crate) subscription: Option<&'h str>,
    pub(crate) checkout_session: Option<&'h str>,
    pub(crate) invoice: Option<&'h str>,
}

/// Reads a `discounts` parameter.
pub(crate) fn read(tx: &Tx<'_>, parameters: &Value) -> Result<Vec<Redeemable>, ApiError> {
    let mut redeemables = Vec::new();
    for (index, given) in parameters.elements("discounts").iter().enumerate() {
        let param = format!("discounts[{index}]");
        redeemables.push(match (given.text("coupon"), given.text("promotion_code")) {
            (Some(coupon), None) => by_coupon(tx, coupon, &format!("{param}[coupon]"))?,
            (None, Some(code)) => by_promotion_code(tx, code, &format!("{param}[promotion_code]"))?,
            _ => return Err(ApiError::invalid(&param, "Give either a coupon or a promotion code.")),
        });
    }
    // The places of older API versions.
    if let Some(coupon) = parameters.text("coupon") {
        redeemables.push(by_coupon(tx, coupon, "coupon")?);
    }
    if let Some(code) = parameters.text("promotion_code") {
        redeemables.push(by_promotion_code(tx, code, "promotion_code")?);
    }
    Ok(redeemables)
}

fn by_coupon(tx: &Tx<'_>, id: &str, param: &str) -> Result<Redeemable, ApiError> {
    Ok(Redeemable { coupon: valid_coupon(tx, id, param)?, promotion_code: None })
}

/// The coupon that `param` names, if it can still be redeemed.
pub(crate) fn valid_coupon(tx: &Tx<'_>, id: &str, param: &str) -> Result<Value, ApiError> {
    let coupon = tx.get("coupon", id, param)?;
    if is_valid(tx, &coupon) {
        return Ok(coupon);
    }
    let message = format!("The coupon {id} is expired, used up or deleted.");
    Err(ApiError::invalid(param, message).with_code("coupon_expired"))
}

fn by_promotion_code(tx: &Tx<'_>, id: &str, param: &str) -> Result<Redeemable, ApiError> {
    let code = tx.get("promotion_code", id, param)?;
    redeemable_of(tx, code, param)
}

/// What a code stands for that a customer typed.
pub(crate) fn by_typed_code(tx: &Tx<'_>, typed: &str) -> Result<Redeemable, ApiError> {
    let codes = Select::of("promotion_code").with("active", 1).all(tx)?;
    let code =
        codes.into_iter().find(|code| code.text("code").is_some_and(|code| code.eq_ignore_ascii_case(typed)));
    let code = code.ok_or_else(|| ApiError::invalid("promotion_code", "This code is not valid."))?;
    redeemable_of(tx, code, "promotion_code")
}

fn redeemable_of(tx: &Tx<'_>, code: Value, param: &str) -> Result<Redeemable, ApiError> {
    let used_up = code.integer("max_redemptions").is_some_and(|most| code.amount("times_redeemed") >= most);
    let expired = code.integer("expires_at").is_some_and(|end| end <= tx.now());
    let coupon = tx.linked_copy("coupon", code.text("promotion.coupon").unwrap_or_default())?;
    if !code.flag("active") || used_up || expired || !is_valid(tx, &coupon) {
        return Err(ApiError::invalid(param, "This code has expired.").with_code("promotion_code_expired"));
    }
    Ok(Redeemable { coupon, promotion_code: Some(code) })
}

fn is_valid(tx: &Tx<'_>, coupon: &Value) -> bool {
    let used_up =
        coupon.integer("max_redemptions").is_some_and(|most| coupon.amount("times_redeemed") >= most);
    let expired = coupon.integer("redeem_by").is_some_and(|end| end <= tx.now());
    !used_up && !expired && !coupon.flag("_deleted")
}

/// Counts a coupon as used and makes the discount that stands for it.
pub(crate) fn redeem(tx: &Tx<'_>, redeemable: &Redeemable, holder: Holder<'_>) -> Result<Value, ApiError> {
    let mut coupon = tx.linked_copy("coupon", redeemable.coupon.id())?;
    coupon.put("times_redeemed", coupon.amount("times_redeemed") + 1);
    let valid = is_valid(tx, &coupon);
    coupon.put("valid", valid);
    tx.save(&coupon)?;
    if let Some(code) = &redeemable.promotion_code {
        let mut code = tx.linked_copy("promotion_code", code.id())?;
        code.put("times_redeemed", code.amount("times_redeemed") + 1);
        tx.save(&code)?;
    }
    let end = match (coupon.text("duration"), coupon.integer("duration_in_months")) {
        (Some("repeating"), Some(months)) => Some(period::after(tx.now(), "month", months)?),
        _ => None,
    };
    let discount = json!({
        "id": ids::new_id("di"),
        "object": "discount",
        "checkout_session": holder.checkout_session,
        "customer": holder.customer,
        "customer_account": null,
        "end": end,
        "invoice": holder.invoice,
        "invoice_item": null,
        "promotion_code": redeemable.promotion_code.as_ref().map(Fields::id),
        "source": { "coupon": coupon.id(), "type": "coupon" },
        "start": tx.now(),
        "subscription": holder.subscription,
        "subscription_item": null,
    });
    tx.insert(&discount)?;
    if holder.subscription.is_some() {
        events::emit(tx, "customer.discount.created", &discount)?;
    }
    Ok(discount)
}

/// What a coupon takes off `lines`: pairs of product and amount, all in `currency`.
pub(crate) fn amount_off(coupon: &Value, lines: &[(String, i64)], currency: &str) -> i64 {
    let products = coupon.elements("applies_to.products");
    let eligible: i64 = lines
        .iter()
        .filter(|(product, _)| products.is_empty() || products.iter().any(|known| known == product.as_str()))
        .map(|(_, amount)| amount)
        .sum();
    if let Some(percent) = coupon.field("percent_off").and_then(Value::as_f64) {
        return percent_of(eligible, percent);
    }
    let fixed = if coupon.text("currency") == Some(currency) {
        coupon.amount("amount_off")
    } else {
        coupon.amount(&format!("currency_options.{currency}.amount_off"))
    };
    fixed.min(eligible)
}

/// Notes on each line that takes a discount what part of it falls there, in proportion to what the lines cost. Cents that
/// are left over go to the first lines.
pub(super) fn spread(coupon: &Value, lines: &mut [Value], discount: &str, off: i64) {
    let products = coupon.elements("applies_to.products");
    let eligible = |line: &Value| {
        let product = line.text("pricing.price_details.product").unwrap_or_default();
        line.flag("discountable") && (products.is_empty() || products.iter().any(|known| known == product))
    };
    let sum: i64 = lines.iter().filter(|line| eligible(line)).map(|line| line.amount("amount")).sum();
    if sum == 0 {
        return;
    }
    let part = |line: &Value| {
        let part = i128::from(off) * i128::from(line.amount("amount")) / i128::from(sum);
        i64::try_from(part).unwrap_or(off)
    };
    let mut left = off - lines.iter().filter(|line| eligible(line)).map(part).sum::<i64>();
    for line in lines.iter_mut().filter(|line| eligible(line)) {
        let extra = left.signum();
        left -= extra;
        let mut taken = line.elements("discount_amounts").to_vec();
        taken.push(json!({ "amount": part(line) + extra, "discount": discount }));
        line.put("discount_amounts", taken);
    }
}

/// The discount of a customer that still counts, if they have one.
pub(crate) fn of_customer(tx: &Tx<'_>, customer: &Value) -> Result<Option<Value>, ApiError> {
    let discount = customer.text("discount").map(|id| tx.linked_copy("discount", id)).transpose()?;
    Ok(discount.filter(|discount| discount.integer("end").is_none_or(|end| end > tx.now())))
}

/// Whether a discount has done its work with one invoice.
pub(super) fn is_for_once(tx: &Tx<'_>, discount: &Value) -> Result<bool, ApiError> {
    let coupon = tx.linked("coupon", discount.text("source.coupon").unwrap_or_default())?;
    Ok(coupon.text("duration") == Some("once"))
}

/// Ends the discount of a customer.
pub(crate) fn end_of_customer(tx: &Tx<'_>, customer: &mut Value) -> Result<Value, ApiError> {
    let id = customer.owned("discount").unwrap_or_default();
    customer.put("discount", Value::Null);
    tx.save(customer)?;
    end(tx, &id)
}

/// Ends a discount, whatever it belonged to, and answers it as deleted.
pub(crate) fn end(tx: &Tx<'_>, id: &str) -> Result<Value, ApiError> {
    let mut discount = tx.linked_copy("discount", id)?;
    discount.put("end", tx.now());
    tx.save(&discount)?;
    events::emit(tx, "customer.discount.deleted", &discount)?;
    discount.put("deleted", true);
    Ok(discount)
}

/// What a price costs for a whole period under the subscription's percentages, which prorations are reckoned from. A fixed
/// amount off is the same before and after a change, so it does not count.
pub(super) fn net_of_percentages(
    tx: &Tx<'_>,
    subscription: &Value,
    price: &Value,
    amount: i64,
) -> Result<i64, ApiError> {
    let product = price.owned("product").unwrap_or_default();
    let mut net = amount;
    let own = subscription.elements("discounts").iter().filter_map(Value::as_str);
    let own: Result<Vec<_>, _> = own.map(|id| tx.linked("discount", id)).collect();
    let mut counting = own?;
    if counting.is_empty() {
        let customer = tx.linked("customer", subscription.text("customer").unwrap_or_default())?;
        counting.extend(of_customer(tx, &customer)?.map(Rc::new));
    }
    for discount in counting {
        let coupon = tx.linked("coupon", discount.text("source.coupon").unwrap_or_default())?;
        let counts = discount.integer("end").is_none_or(|end| end > tx.now());
        if counts && coupon.field("percent_off").is_some() {
            net -= amount_off(&coupon, &[(product.clone(), net)], price.text("currency").unwrap_or_default());
        }
    }
    Ok(net)
}

/// A percentage of an amount, rounded to the nearest minor unit, halves up. Percentages have at most two decimals here.
fn percent_of(amount: i64, percent: f64) -> i64 {
    #[expect(clippy::cast_possible_truncation, reason = "a percentage between 0 and 100, in hundredths")]
    let hundredths = (percent * 100.0).round() as i64;
    (amount * hundredths + 5_000) / 10_000
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percentages_round_halves_up() {
        assert_eq!(percent_of(1_001, 50.0), 501);
        assert_eq!(percent_of(999, 33.33), 333);
    }

    #[test]
    fn a_fixed_amount_never_exceeds_what_it_applies_to() {
        let coupon =
            json!({ "amount_off": 900, "currency": "eur", "applies_to": { "products": ["prod_a"] } });
        let lines = [("prod_a".to_owned(), 500), ("prod_b".to_owned(), 5_000)];
        assert_eq!(amount_off(&coupon, &lines, "eur"), 500);
        assert_eq!(amount_off(&coupon, &lines, "usd"), 0);
    }
}
