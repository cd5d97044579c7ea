//! Vouchers: what a code takes off, and for how long.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{Money, Span, TermUnit};

/// What a discount takes off a price.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", content = "value", rename_all = "camelCase")]
pub enum Rebate {
    /// A share, in hundredths of a per cent (2 500 = 25 %).
    Share(u32),
    /// An amount.
    Amount(Money),
}

/// For which payments a discount counts (<https://docs.stripe.com/api/coupons/object>, `duration`).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", content = "value", rename_all = "camelCase")]
pub enum DiscountDuration {
    /// The first.
    #[default]
    Once,
    /// Those of so many months from the first on.
    Months(u32),
    /// All.
    Forever,
}

/// A discount that the customer asked for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Voucher {
    /// What they typed.
    pub code: String,
    /// Stripe's name for it.
    pub stripe_promotion_code_id: String,
    /// What it takes off the first charge.
    pub discount: Money,
    /// For which payments it counts.
    #[serde(default)]
    pub duration: DiscountDuration,
    /// What it takes off the others; absent in orders from before it was kept.
    #[serde(default)]
    pub rebate: Option<Rebate>,
}

/// What the payments after the first come to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Renewals {
    /// The next one.
    pub next: Money,
    /// Another sum, from this payment on.
    pub afterwards: Option<(Money, Timestamp)>,
}

impl Rebate {
    /// What it takes off a price: a share is rounded half up per Stripe's own rounding of line discounts, and
    /// never more than the price. `None` when it is an amount of another currency.
    pub fn of(self, price: Money) -> Option<Money> {
        let off = match self {
            Self::Share(basis_points) => {
                let share = i128::from(price.amount_minor) * i128::from(basis_points);
                i64::try_from((share + 5_000) / 10_000).ok()?
            }
            Self::Amount(amount) if amount.currency == price.currency => amount.amount_minor,
            Self::Amount(_) => return None,
        };
        Some(Money::new(off.clamp(0, price.amount_minor), price.currency))
    }
}

impl Voucher {
    /// Takes over what Stripe takes off, which may not count for all that is bought.
    pub fn adopt(&mut self, discount: Money) {
        self.discount = discount;
        self.rebate = Some(Rebate::Amount(discount));
    }

    /// What a payment after the first comes to, where the full price is `price` and the first was at `began`.
    pub fn price_at(&self, price: Money, began: Timestamp, at: Timestamp) -> Money {
        let off = self.rebate.filter(|_| self.counts_at(began, at)).and_then(|rebate| rebate.of(price));
        Money::new(price.amount_minor - off.map_or(0, |off| off.amount_minor), price.currency)
    }

    fn counts_at(&self, began: Timestamp, at: Timestamp) -> bool {
        const MONTH: Span = Span { unit: TermUnit::Month, count: 1 };
        match self.duration {
            DiscountDuration::Once => false,
            // What reaches past the calendar has no end.
            DiscountDuration::Months(months) => MONTH.after(began, months).map_or(true, |end| at < end),
            DiscountDuration::Forever => true,
        }
    }

    /// What the payments after the first come to, one for each `span`.
    pub fn renewals(&self, price: Money, span: Span, began: Timestamp) -> Renewals {
        let dates = (1..).map_while(|times| span.after(began, times).ok());
        let mut changes = dates.map(|at| (self.price_at(price, began, at), at));
        let next = changes.next().map_or(price, |(amount, _)| amount);
        let lasts = matches!(self.duration, DiscountDuration::Months(_)) && next != price;
        let afterwards = if lasts { changes.find(|(amount, _)| *amount == price) } else { None };
        Renewals { next, afterwards }
    }
}

impl Renewals {
    /// Always the same sum.
    pub const fn of(price: Money) -> Self {
        Self { next: price, afterwards: None }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Currency;

    fn euros(cents: i64) -> Money {
        Money::new(cents, Currency::from_code("EUR").unwrap())
    }

    fn half(duration: DiscountDuration) -> Voucher {
        Voucher {
            code: "HALF".to_owned(),
            stripe_promotion_code_id: "promo_1".to_owned(),
            discount: euros(725),
            duration,
            rebate: Some(Rebate::Share(5_000)),
        }
    }

    fn monthly(duration: DiscountDuration) -> (i64, Option<(i64, String)>) {
        let month = Span { unit: TermUnit::Month, count: 1 };
        let renewals = half(duration).renewals(euros(1_450), month, "2027-01-31T09:00:00Z".parse().unwrap());
        let afterwards = renewals.afterwards.map(|(sum, at)| (sum.amount_minor, at.to_string()));
        (renewals.next.amount_minor, afterwards)
    }

    #[test]
    fn a_discount_counts_for_as_long_as_it_lasts() {
        assert_eq!(monthly(DiscountDuration::Once), (1_450, None));
        assert_eq!(monthly(DiscountDuration::Forever), (725, None));
        assert_eq!(monthly(DiscountDuration::Months(1)), (1_450, None));
        let end = Some((1_450, "2027-04-30T09:00:00Z".to_owned()));
        assert_eq!(monthly(DiscountDuration::Months(3)), (725, end));
    }

    #[test]
    fn a_discount_that_is_over_before_the_first_renewal_counts_once() {
        let year = Span { unit: TermUnit::Year, count: 1 };
        let began = "2027-01-31T09:00:00Z".parse().unwrap();
        for months in [3, 12] {
            let renewals = half(DiscountDuration::Months(months)).renewals(euros(9_900), year, began);
            assert_eq!(renewals, Renewals::of(euros(9_900)));
        }
    }

    #[test]
    fn a_voucher_from_before_durations_counts_once() {
        let kept = serde_json::json!({
            "code": "OLD", "stripe_promotion_code_id": "promo_1", "discount": euros(100),
        });
        let voucher = serde_json::from_value::<Voucher>(kept).unwrap();
        let began = Timestamp::UNIX_EPOCH;
        assert_eq!(voucher.price_at(euros(1_450), began, began), euros(1_450));
    }
}
