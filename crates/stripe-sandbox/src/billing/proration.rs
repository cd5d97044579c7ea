//! Proration: what the rest of a period is worth, to the second: <https://docs.stripe.com/billing/subscriptions/prorations>.
//!
//! Each item that changes is credited for the time it will not be used and charged for the time its successor will.
//! Credit and charge are rounded apart, each to the nearest minor unit and halves away from zero, as lines are on Stripe's
//! invoices. They are invoice items, which wait for the next invoice.

use jiff::tz::TimeZone;
use jiff::{Timestamp, Zoned};
use serde_json::{Value, json};

use super::{discounts, period};
use crate::fields::Fields;
use crate::http::error::ApiError;
use crate::resources::prices;
use crate::store::Tx;
use crate::{events, ids};

/// What happens to one item of a subscription: it is new (no `before`), removed (no `after`), or changed.
#[derive(Clone, Debug)]
pub(crate) struct ItemChange {
    pub(crate) before: Option<Value>,
    pub(crate) after: Option<Value>,
}

impl ItemChange {
    /// Whether the change is one of price or quantity, which money follows.
    pub(super) fn is_billed(&self) -> bool {
        let Self { before: Some(before), after: Some(after) } = self else { return true };
        before.copy("price") != after.copy("price") || before.copy("quantity") != after.copy("quantity")
    }
}

/// The part of a billing period that is left.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Rest {
    /// Seconds from the moment of the change to the end.
    pub(super) left: i64,
    /// Seconds of a whole period.
    pub(super) whole: i64,
}

impl Rest {
    /// The share of an amount that falls on the rest, halves rounded away from zero.
    pub(super) fn of(self, amount: i64) -> i64 {
        let (left, whole) = (i128::from(self.left), i128::from(self.whole.max(1)));
        let doubled = i128::from(amount.abs()) * left * 2;
        let rounded = (doubled + whole) / (2 * whole);
        i64::try_from(rounded).unwrap_or(i64::MAX) * amount.signum()
    }
}

/// A credit or a charge for the rest of a period.
pub(super) struct Entry<'e> {
    pub(super) subscription: &'e Value,
    pub(super) item: &'e Value,
    /// When the change takes effect.
    pub(super) at: i64,
    pub(super) kind: Kind,
}

/// Which way the money goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// For time that was paid and will not be used.
    Credit,
    /// For time that was not paid yet.
    Charge,
}

/// Adds the invoice item for an entry.
pub(super) fn record(tx: &Tx<'_>, entry: &Entry<'_>) -> Result<(), ApiError> {
    let Entry { subscription, item, at, kind } = entry;
    let price = tx.linked("price", item.text("price").unwrap_or_default())?;
    let quantity = item.integer("quantity").unwrap_or(1);
    let whole_price =
        discounts::net_of_percentages(tx, subscription, &price, prices::total(&price, quantity)?)?;
    let share = rest_of_period(subscription, item, &price, *at)?.of(whole_price);
    let amount = if *kind == Kind::Credit { -share } else { share };
    let product = tx.linked("product", price.text("product").unwrap_or_default())?;
    let invoice_item = json!({
        "id": ids::new_id("ii"),
        "object": "invoiceitem",
        "amount": amount,
        "currency": price.copy("currency"),
        "customer": subscription.copy("customer"),
        "customer_account": null,
        "date": tx.now(),
        "description": description(*kind, quantity, product.text("name").unwrap_or_default(), *at),
        "discountable": false,
        "discounts": [],
        "invoice": null,
        "livemode": false,
        "metadata": subscription.copy("metadata"),
        "net_amount": amount,
        "parent": {
            "subscription_details": { "subscription": subscription.id(), "subscription_item": item.id() },
            "type": "subscription_details",
        },
        "period": { "end": item.copy("current_period_end"), "start": at },
        "pricing": {
            "price_details": { "price": price.id(), "product": product.id() },
            "type": "price_details",
            "unit_amount_decimal": price.copy("unit_amount_decimal"),
        },
        "proration": true,
        "proration_details": { "discount_amounts": [] },
        "quantity": quantity,
        "quantity_decimal": quantity.to_string(),
        "subscription": subscription.id(),
        "tax_rates": item.copy("tax_rates"),
        "test_clock": subscription.copy("test_clock"),
        "_waiting": true,
    });
    tx.insert(&invoice_item)?;
    events::emit(tx, "invoiceitem.created", &invoice_item)
}

/// What is left of an item's period. The whole is the calendar's, also where the period began later than that.
fn rest_of_period(subscription: &Value, item: &Value, price: &Value, at: i64) -> Result<Rest, ApiError> {
    let anchor = subscription.amount("billing_cycle_anchor");
    let periods = subscription.amount("_periods");
    let start = period::boundary(anchor, price, periods - 1)?;
    let end = item.amount("current_period_end");
    Ok(Rest { left: (end - at).max(0), whole: end - start })
}

fn description(kind: Kind, quantity: i64, product: &str, at: i64) -> String {
    let what = if kind == Kind::Credit { "Unused time" } else { "Remaining time" };
    format!("{what} on {quantity} × {product} after {}", day(at))
}

/// A date such as `1 Mar 2026`, in UTC.
fn day(seconds: i64) -> String {
    let time: Zoned = Timestamp::from_second(seconds).unwrap_or_default().to_zoned(TimeZone::UTC);
    time.strftime("%-d %b %Y").to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_round_to_the_nearest_with_halves_away_from_zero() {
        let half = Rest { left: 1, whole: 2 };
        assert_eq!((half.of(1_000), half.of(999), half.of(-999), half.of(0)), (500, 500, -500, 0));
        let third = Rest { left: 1, whole: 3 };
        assert_eq!((third.of(1_000), third.of(2_000), third.of(-2_000)), (333, 667, -667));
    }

    #[test]
    fn a_whole_period_left_is_the_whole_amount_and_none_left_is_nothing() {
        let month = 31 * 86_400;
        assert_eq!(Rest { left: month, whole: month }.of(1_450), 1_450);
        assert_eq!(Rest { left: 0, whole: month }.of(1_450), 0);
    }
}
