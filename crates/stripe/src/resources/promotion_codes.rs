//! Promotion codes: <https://docs.stripe.com/api/promotion_codes>.

use perennial_core::ports::{Discount, PaymentsError};
use perennial_domain::{DiscountDuration, Money, Rebate};
use serde::Deserialize;

use super::shapes::{Identified, Link, money, nonsense};
use crate::call::Call;
use crate::client::Client;
use crate::form::Form;

/// The discount behind a code that a customer typed, unless it is over, used up or reserved for someone.
pub(crate) async fn find(client: &Client, code: &str) -> Result<Option<Discount>, PaymentsError> {
    let code = code.trim();
    if code.is_empty() {
        // Stripe takes an empty filter for none, and would answer everyone's codes.
        return Ok(None);
    }
    let form = Form::new()
        .with("code", code)
        .with("active", true)
        .with("limit", 10)
        .expanding(&["data.promotion.coupon.applies_to"]);
    let list: List = client.send(&Call::get("/v1/promotion_codes").with(form)).await?;
    let Some(found) = list.data.into_iter().find(PromotionCodeObject::is_for_everyone) else {
        return Ok(None);
    };
    found.into_port()
}

#[derive(Debug, Deserialize)]
struct List {
    data: Vec<PromotionCodeObject>,
}

/// The fields that matter here.
#[derive(Debug, Deserialize)]
struct PromotionCodeObject {
    id: String,
    #[serde(default)]
    active: bool,
    max_redemptions: Option<u64>,
    #[serde(default)]
    times_redeemed: u64,
    customer: Option<Link<Identified>>,
    #[serde(default)]
    restrictions: Restrictions,
    /// Since 2025-09-30.
    promotion: Option<Promotion>,
    /// Until 2025-09-30.
    coupon: Option<Link<CouponObject>>,
}

/// What else Stripe asks of whoever redeems it. Whether they bought before is left to Stripe, which refuses the session.
#[derive(Debug, Default, Deserialize)]
struct Restrictions {
    minimum_amount: Option<i64>,
    minimum_amount_currency: Option<String>,
}

#[derive(Debug, Deserialize)]
struct Promotion {
    coupon: Option<Link<CouponObject>>,
}

/// <https://docs.stripe.com/api/coupons>
#[derive(Debug, Deserialize)]
struct CouponObject {
    #[serde(default)]
    valid: bool,
    /// Per cent, with up to two decimals.
    percent_off: Option<f64>,
    amount_off: Option<i64>,
    currency: Option<String>,
    duration: Option<String>,
    duration_in_months: Option<u32>,
    applies_to: Option<AppliesTo>,
}

/// What a coupon counts for, where that is not everything.
#[derive(Debug, Deserialize)]
struct AppliesTo {
    #[serde(default)]
    products: Vec<String>,
}

impl CouponObject {
    fn rebate(&self) -> Result<Rebate, PaymentsError> {
        match (self.percent_off, self.amount_off, &self.currency) {
            (Some(percent), _, _) => Ok(Rebate::Share(basis_points(percent)?)),
            (None, Some(amount), Some(currency)) => Ok(Rebate::Amount(money(amount, currency)?)),
            _ => Err(nonsense("a coupon takes nothing off")),
        }
    }

    fn duration(&self) -> Result<DiscountDuration, PaymentsError> {
        match (self.duration.as_deref(), self.duration_in_months) {
            (Some("once") | None, _) => Ok(DiscountDuration::Once),
            (Some("forever"), _) => Ok(DiscountDuration::Forever),
            (Some("repeating"), Some(months)) => Ok(DiscountDuration::Months(months)),
            (Some(other), _) => Err(nonsense(format!("a coupon lasts {other}"))),
        }
    }
}

impl Restrictions {
    fn minimum(self) -> Result<Option<Money>, PaymentsError> {
        let minimum = self.minimum_amount.zip(self.minimum_amount_currency);
        minimum.map(|(amount, currency)| money(amount, &currency)).transpose()
    }
}

impl PromotionCodeObject {
    fn is_for_everyone(&self) -> bool {
        let is_used_up = self.max_redemptions.is_some_and(|most| self.times_redeemed >= most);
        self.active && !is_used_up && self.customer.is_none()
    }

    fn into_port(self) -> Result<Option<Discount>, PaymentsError> {
        let coupon = self.promotion.and_then(|promotion| promotion.coupon).or(self.coupon);
        let coupon =
            coupon.ok_or_else(|| nonsense(format!("{} has no coupon", self.id)))?.expanded("coupon")?;
        if !coupon.valid {
            return Ok(None);
        }
        Ok(Some(Discount {
            stripe_promotion_code_id: self.id,
            rebate: coupon.rebate()?,
            duration: coupon.duration()?,
            minimum: self.restrictions.minimum()?,
            stripe_product_ids: coupon.applies_to.map(|applies_to| applies_to.products).unwrap_or_default(),
        }))
    }
}

/// Hundredths of a per cent: 33.33 becomes 3 333.
fn basis_points(percent: f64) -> Result<u32, PaymentsError> {
    if !(0.0..=100.0).contains(&percent) {
        return Err(nonsense(format!("{percent} % is no discount")));
    }
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "between 0 and 10 000")]
    Ok((percent * 100.0).round() as u32)
}
