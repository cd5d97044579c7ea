//! A subscription as the third version writes it (contract §11): the first version's fields, and more.

use jiff::Timestamp;
use perennial_core::store::tables::BusinessSubscription;
use perennial_domain::{ItemType, LiveStateSpelling, PurchaseState};
use schemars::JsonSchema;
use serde::Serialize;

use crate::dates;
use crate::offerings::{offering_uid, quantity, spell};
use crate::wire::{Place, PriceBody, SubscriptionBody};

/// A subscription, as the third version shows it.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "SubscriptionV3")]
pub(crate) struct SubscriptionV3Body {
    is_active: bool,
    uid: String,
    display_name: String,
    updated_at: String,
    created_at: String,
    offering_uid: String,
    /// purchased, suspended, canceled or expired.
    purchase_state: &'static str,
    cancellation_date: Option<String>,
    expiration_date: Option<String>,
    buyer_uid: String,
    business_uid: String,
    purchase_price: PriceBody,
    purchase_currency: &'static str,
    /// monthly, annual, free, `single_charge`, bundle or external.
    payment_type: &'static str,
    bundled_from_subscription_uid: Option<String>,
    /// package, app, `staff_slot` or addon.
    offering_type: &'static str,
    sku: Option<String>,
    original_price: PriceBody,
    /// platform where this server charges, partner where others do.
    charged_by: &'static str,
    trial_type: &'static str,
    trial_period: u32,
    next_charge_date: Option<String>,
    /// -1 is without limit.
    quantity: i64,
    can_purchase_additional_seats: bool,
    discount_code_name: Option<String>,
    coupon_code: Option<String>,
}

impl SubscriptionV3Body {
    pub(crate) fn of(row: &BusinessSubscription, place: Place, now: Timestamp) -> Self {
        let first = SubscriptionBody::of(row, Place::Listed, LiveStateSpelling::Purchased, now);
        let BusinessSubscription { holding, offer, .. } = row;
        let item_type = offer.facts.as_ref().map(|facts| facts.item_type);
        let payment_type = row.payment_type();
        let is_charged_again =
            row.purchase_state(now) == PurchaseState::Live && offer.term.renews() && !offer.amount.is_zero();
        Self {
            is_active: first.is_active,
            uid: first.uid,
            display_name: first.display_name,
            updated_at: first.updated_at,
            created_at: first.created_at,
            offering_uid: offering_uid(offer.product_id, payment_type).to_string(),
            purchase_state: first.purchase_state,
            cancellation_date: first.cancellation_date,
            expiration_date: first.expiration_date,
            buyer_uid: first.buyer_uid,
            business_uid: first.business_uid,
            purchase_price: match place {
                Place::Alone => PriceBody::number(offer.amount),
                Place::Listed => first.purchase_price,
            },
            purchase_currency: first.purchase_currency,
            payment_type: spell(payment_type),
            bundled_from_subscription_uid: first.bundled_from_subscription_uid,
            offering_type: offering_type(item_type),
            sku: offer.sku.clone(),
            original_price: PriceBody::number(offer.amount),
            charged_by: if holding.is_charged_here { "platform" } else { "partner" },
            trial_type: "no_trial",
            trial_period: 0,
            next_charge_date: holding.period_end.filter(|_| is_charged_again).map(dates::written),
            quantity: quantity(offer.facts.as_ref().and_then(|facts| facts.quantity)),
            can_purchase_additional_seats: item_type == Some(ItemType::StaffSlot),
            discount_code_name: None,
            coupon_code: None,
        }
    }
}

/// The contract has no word for what is paid once; offerings call it so.
const fn offering_type(item_type: Option<ItemType>) -> &'static str {
    match item_type {
        Some(ItemType::Package) | None => "package",
        Some(ItemType::App) => "app",
        Some(ItemType::StaffSlot) => "staff_slot",
        Some(ItemType::OneTimePurchase) => "addon",
    }
}
