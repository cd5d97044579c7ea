//! From a stored session to what its page shows.

use serde_json::Value;

use super::order;
use super::view::{
    CheckoutLine, CheckoutMode, CheckoutState, CheckoutView, Discount, DiscountDuration, Interval, SavedCard,
    UiMode,
};
use crate::billing::discounts::Redeemable;
use crate::fields::Fields;
use crate::http::error::ApiError;
use crate::store::{Select, Tx};

/// How many saved cards a page offers.
const SAVED_CARDS: i64 = 5;

pub(super) fn view(tx: &Tx<'_>, session: &Value) -> Result<CheckoutView, ApiError> {
    let customer =
        session.text("customer").map(|id| tx.linked("customer", id)).transpose()?.unwrap_or_default();
    let email = customer.owned("email").or_else(|| session.owned("customer_email"));
    let redeemable = order::redeemable(tx, session)?;
    let discount_total = session.amount("total_details.amount_discount");
    let lines: Result<_, _> =
        session.elements("_line_items").iter().map(|line| line_view(tx, line)).collect();
    Ok(CheckoutView {
        session_id: session.id().to_owned(),
        state: state(session),
        mode: mode(session),
        ui_mode: ui_mode(session),
        merchant_name: tx.context().merchant_name.clone(),
        lines: lines?,
        currency: session.owned("currency").unwrap_or_default(),
        subtotal: session.amount("amount_subtotal"),
        discount_total,
        total: session.amount("amount_total"),
        discount: redeemable.map(|redeemable| discount_view(&redeemable, discount_total)),
        allow_promotion_codes: session.flag("allow_promotion_codes"),
        trial_days: order::trial_end(tx, session).map(|end| (end - tx.now() + 86_399) / 86_400),
        card_required: card_required(session),
        takes_cards: takes(session, "card"),
        takes_debits: takes(session, "sepa_debit"),
        unpaid: session.text("payment_status") == Some("unpaid"),
        // Stripe lets neither a customer's own address be changed nor one that the seller filled in.
        email_editable: email.is_none(),
        email,
        customer_name: customer.owned("name"),
        saved_cards: saved_cards(tx, session, &customer)?,
        cancel_url: session.owned("cancel_url"),
        success_url: redirect(session),
        return_url: session.owned("return_url"),
        client_secret: session.owned("client_secret"),
    })
}

fn line_view(tx: &Tx<'_>, line: &Value) -> Result<CheckoutLine, ApiError> {
    let price = tx.linked("price", line.text("price").unwrap_or_default())?;
    let product = tx.linked("product", price.text("product").unwrap_or_default())?;
    Ok(CheckoutLine {
        name: product.owned("name").unwrap_or_default(),
        description: product.owned("description"),
        image: product.elements("images").first().and_then(Value::as_str).map(str::to_owned),
        quantity: line.amount("quantity"),
        unit_amount: price.amount("unit_amount"),
        amount: line.amount("amount_subtotal"),
        interval: price.field("recurring").map(|recurring| Interval {
            unit: recurring.owned("interval").unwrap_or_default(),
            count: recurring.integer("interval_count").unwrap_or(1),
        }),
    })
}

fn discount_view(redeemable: &Redeemable, amount_off: i64) -> Discount {
    let code = redeemable.promotion_code.as_ref().and_then(|code| code.owned("code"));
    let label =
        code.or_else(|| redeemable.coupon.owned("name")).unwrap_or_else(|| redeemable.coupon.id().to_owned());
    let duration = match (redeemable.coupon.text("duration"), redeemable.coupon.integer("duration_in_months"))
    {
        (Some("forever"), _) => DiscountDuration::Forever,
        (Some("repeating"), Some(months)) => DiscountDuration::Months(months),
        _ => DiscountDuration::Once,
    };
    let percent_off = redeemable.coupon.field("percent_off").map(ToString::to_string);
    let percent_off =
        percent_off.map(|percent| percent.strip_suffix(".0").map_or(percent.clone(), str::to_owned));
    Discount { label, percent_off, amount_off, duration }
}

/// Who saves a card is asked for one: Stripe offers kept ones only where something is paid
/// (<https://docs.stripe.com/api/checkout/sessions/object>, `saved_payment_method_options`).
fn saved_cards(tx: &Tx<'_>, session: &Value, customer: &Value) -> Result<Vec<SavedCard>, ApiError> {
    if customer.is_null() || session.text("mode") == Some("setup") {
        return Ok(Vec::new());
    }
    let methods = Select::of("payment_method")
        .with("customer", customer.id().to_owned())
        .with("type", "card".to_owned())
        .newest(tx, SAVED_CARDS)?;
    let card = |method: &Value| SavedCard {
        payment_method: method.id().to_owned(),
        brand: method.owned("card.brand").unwrap_or_default(),
        last4: method.owned("card.last4").unwrap_or_default(),
        exp_month: method.amount("card.exp_month"),
        exp_year: method.amount("card.exp_year"),
    };
    Ok(methods.iter().map(card).collect())
}

/// Whether the session can still be paid.
pub(super) fn state(session: &Value) -> CheckoutState {
    match session.text("status") {
        Some("complete") => CheckoutState::Complete,
        Some("expired") => CheckoutState::Expired,
        _ => CheckoutState::Open,
    }
}

fn ui_mode(session: &Value) -> UiMode {
    match session.text("ui_mode") {
        Some("hosted") => UiMode::Hosted,
        Some("embedded") => UiMode::Embedded,
        _ => UiMode::Custom,
    }
}

fn mode(session: &Value) -> CheckoutMode {
    match session.text("mode") {
        Some("subscription") => CheckoutMode::Subscription,
        Some("setup") => CheckoutMode::Setup,
        _ => CheckoutMode::Payment,
    }
}

/// Whether a card is needed: always, unless nothing is due and the session asks for one only then.
pub(super) fn card_required(session: &Value) -> bool {
    let free = session.text("mode") != Some("setup") && session.amount("amount_total") == 0;
    let one_time = session.text("mode") == Some("payment");
    !(free && (one_time || session.text("payment_method_collection") == Some("if_required")))
}

fn takes(session: &Value, method: &str) -> bool {
    session.elements("payment_method_types").iter().any(|known| known == method)
}

/// Where a paid session leads, with its id filled in. No payment method here needs a redirect of its own, so `if_required`
/// means none.
pub(crate) fn redirect(session: &Value) -> Option<String> {
    if matches!(session.text("redirect_on_completion"), Some("never" | "if_required")) {
        return None;
    }
    let url = session.text("success_url").or(session.text("return_url"))?;
    Some(url.replace("{CHECKOUT_SESSION_ID}", session.id()))
}
