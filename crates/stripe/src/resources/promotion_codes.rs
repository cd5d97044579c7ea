//! Promotion codes: <https://docs.stripe.com/api/promotion_codes>.

use perennial_core::ports::{Discount, PaymentsError};
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
        .expanding(&["data.promotion.coupon"]);
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
    customer: Option<Link<Identified>>,
    /// Since 2025-09-30.
    promotion: Option<Promotion>,
    /// Until 2025-09-30.
    coupon: Option<Link<CouponObject>>,
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
}

impl PromotionCodeObject {
    fn is_for_everyone(&self) -> bool {
        self.active && self.customer.is_none()
    }

    fn into_port(self) -> Result<Option<Discount>, PaymentsError> {
        let coupon = self.promotion.and_then(|promotion| promotion.coupon).or(self.coupon);
        let coupon =
            coupon.ok_or_else(|| nonsense(format!("{} has no coupon", self.id)))?.expanded("coupon")?;
        if !coupon.valid {
            return Ok(None);
        }
        let discount = match (coupon.percent_off, coupon.amount_off, coupon.currency) {
            (Some(percent), _, _) => (Some(basis_points(percent)?), None),
            (None, Some(amount), Some(currency)) => (None, Some(money(amount, &currency)?)),
            _ => return Err(nonsense(format!("the coupon of {} takes nothing off", self.id))),
        };
        let (basis_points, amount) = discount;
        Ok(Some(Discount { stripe_promotion_code_id: self.id, basis_points, amount }))
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
