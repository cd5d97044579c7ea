//! Fixed tax rates on invoices: <https://docs.stripe.com/billing/taxes/tax-rates>. Tax is worked out line by line, after
//! discounts, and each line's is rounded apart: to the nearest minor unit, halves away from zero.

use std::rc::Rc;

use serde_json::{Value, json};

use super::lines::OWN_RATES;
use crate::fields::Fields;
use crate::http::error::ApiError;
use crate::store::Tx;

/// Percentages are kept in ten-thousandths of a percent, of which Stripe takes no finer ones.
const WHOLE: i128 = 1_000_000;

/// The taxes of an invoice, whose lines carry their parts by then.
pub(super) struct Taxes {
    /// What comes on top of the lines.
    pub(super) exclusive: i64,
    /// What the lines contain already.
    pub(super) inclusive: i64,
    /// The sums by rate, as Stripe's `total_taxes`.
    pub(super) totals: Vec<Value>,
}

/// Reads the ids of tax rates.
pub(crate) fn read(tx: &Tx<'_>, parameters: &Value, param: &str) -> Result<Value, ApiError> {
    let ids = parameters.elements(param).iter().filter_map(Value::as_str);
    let rates: Result<Vec<_>, _> = ids
        .map(|id| {
            let rate = tx.get("tax_rate", id, param)?;
            if rate.flag("active") {
                return Ok(id);
            }
            Err(ApiError::invalid(param, format!("The tax rate {id} is archived.")))
        })
        .collect();
    Ok(json!(rates?))
}

/// Puts its taxes on each line of an invoice, and sums them up.
pub(super) fn levy(tx: &Tx<'_>, invoice: &Value, lines: &mut [Value]) -> Result<Taxes, ApiError> {
    let reason = match invoice.text("customer_tax_exempt") {
        Some("exempt") => "customer_exempt",
        Some("reverse") => "reverse_charge",
        _ => "not_available",
    };
    let mut taxes = Taxes { exclusive: 0, inclusive: 0, totals: Vec::new() };
    for line in lines {
        let discount: i64 = line.elements("discount_amounts").iter().map(|part| part.amount("amount")).sum();
        let rates = rates_of(tx, invoice, line)?;
        let parts = parts_of(line.amount("amount") - discount, &rates, reason);
        for part in &parts {
            taxes.add(part);
        }
        line.put("taxes", parts);
    }
    Ok(taxes)
}

impl Taxes {
    fn add(&mut self, part: &Value) {
        if part.text("tax_behavior") == Some("inclusive") {
            self.inclusive += part.amount("amount");
        } else {
            self.exclusive += part.amount("amount");
        }
        let same = |known: &&mut Value| known.copy("tax_rate_details") == part.copy("tax_rate_details");
        match self.totals.iter_mut().find(same) {
            Some(total) => {
                for name in ["amount", "taxable_amount"] {
                    total.put(name, total.amount(name) + part.amount(name));
                }
            }
            None => self.totals.push(part.clone()),
        }
    }
}

/// The rates of a line: its own, or those of the whole invoice.
fn rates_of(tx: &Tx<'_>, invoice: &Value, line: &mut Value) -> Result<Vec<Rc<Value>>, ApiError> {
    let carried = line.as_object_mut().and_then(|members| members.remove(OWN_RATES));
    let mut ids = match carried {
        Some(carried) => carried.as_array().cloned().unwrap_or_default(),
        None => ids_of_source(tx, line)?,
    };
    if ids.is_empty() {
        ids = invoice.elements("default_tax_rates").to_vec();
    }
    ids.iter().filter_map(Value::as_str).map(|id| tx.linked("tax_rate", id)).collect()
}

/// The rates of what a line stands for, for one that was taxed before.
fn ids_of_source(tx: &Tx<'_>, line: &Value) -> Result<Vec<Value>, ApiError> {
    let sources = [
        "parent.invoice_item_details.invoice_item",
        "parent.subscription_item_details.invoice_item",
        "parent.subscription_item_details.subscription_item",
    ];
    let mut ids = Vec::new();
    for id in sources.iter().filter_map(|path| line.text(path)) {
        if ids.is_empty() {
            ids = tx.look_up(id)?.map_or_else(Vec::new, |source| source.elements("tax_rates").to_vec());
        }
    }
    Ok(ids)
}

fn parts_of(amount: i64, rates: &[Rc<Value>], reason: &str) -> Vec<Value> {
    let exempt = reason != "not_available";
    let included = rates.iter().filter(|rate| rate.flag("inclusive"));
    let contained: i128 = included.map(|rate| share_of(rate)).sum();
    // What a price contains is taken out of it before anything comes on top.
    let net_of_contained = amount - share(amount, contained, WHOLE + contained);
    let part = |rate: &Rc<Value>| {
        let inclusive = rate.flag("inclusive");
        let tax = match (exempt, inclusive) {
            (true, _) => 0,
            (false, true) => share(amount, share_of(rate), WHOLE + contained),
            (false, false) => share(net_of_contained, share_of(rate), WHOLE),
        };
        json!({
            "amount": tax,
            "tax_behavior": if inclusive { "inclusive" } else { "exclusive" },
            "tax_rate_details": { "tax_rate": rate.id() },
            "taxability_reason": reason,
            "taxable_amount": net_of_contained,
            "type": "tax_rate_details",
        })
    };
    rates.iter().map(part).collect()
}

/// A rate's percentage as a share of [`WHOLE`].
fn share_of(rate: &Value) -> i128 {
    let percentage = rate.field("percentage").and_then(Value::as_f64).unwrap_or(0.0);
    #[expect(clippy::cast_possible_truncation, reason = "between 0 and 100 percent, in ten-thousandths")]
    let share = (percentage * 10_000.0).round() as i64;
    i128::from(share)
}

/// `amount × part / whole`, halves rounded away from zero.
fn share(amount: i64, part: i128, whole: i128) -> i64 {
    let doubled = i128::from(amount.abs()) * part * 2;
    let rounded = (doubled + whole) / (2 * whole);
    i64::try_from(rounded).unwrap_or(i64::MAX) * amount.signum()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rate(percentage: f64, inclusive: bool) -> Rc<Value> {
        let id = format!("txr_{percentage}");
        Rc::new(json!({ "id": id, "percentage": percentage, "inclusive": inclusive }))
    }

    fn amounts(amount: i64, rates: &[Rc<Value>]) -> Vec<i64> {
        parts_of(amount, rates, "not_available").iter().map(|part| part.amount("amount")).collect()
    }

    #[test]
    fn tax_on_top_is_a_share_of_the_amount() {
        // 1450 × 19 % = 275.5, and halves go away from zero.
        assert_eq!(amounts(1_450, &[rate(19.0, false)]), [276]);
        assert_eq!(amounts(-1_450, &[rate(19.0, false)]), [-276]);
        // 1000 × 8.875 % = 88.75.
        assert_eq!(amounts(1_000, &[rate(8.875, false)]), [89]);
    }

    #[test]
    fn tax_inside_is_taken_out_of_the_amount() {
        // 1190 contain 1190 × 19 / 119 = 190.
        assert_eq!(amounts(1_190, &[rate(19.0, true)]), [190]);
        // 1000 contain 1000 × 10 / 110 = 90.9.
        assert_eq!(amounts(1_000, &[rate(10.0, true)]), [91]);
    }

    #[test]
    fn tax_on_top_of_a_price_with_tax_inside_begins_at_the_net_price() {
        // 1100 contain 100; 5 % of the remaining 1000 come on top.
        assert_eq!(amounts(1_100, &[rate(10.0, true), rate(5.0, false)]), [100, 50]);
    }

    #[test]
    fn who_is_exempt_pays_none() {
        let parts = parts_of(1_000, &[rate(19.0, false)], "customer_exempt");
        assert_eq!((parts[0].amount("amount"), parts[0].amount("taxable_amount")), (0, 1_000));
    }
}
