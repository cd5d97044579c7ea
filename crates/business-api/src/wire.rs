//! A subscription as this door writes it (contract §4): numbers or texts, and nothing or empty texts, by the place.

use jiff::Timestamp;
use perennial_core::store::tables::BusinessSubscription;
use perennial_domain::{Id, LiveStateSpelling, Money, PaymentType, PurchaseState};
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::Number;

use crate::dates;

/// Where a subscription is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Place {
    /// Alone: an answer to create, update or get.
    Alone,
    /// In lists and webhooks.
    Listed,
}

/// A subscription, in the order of the contract's fields.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Subscription")]
pub(crate) struct SubscriptionBody {
    /// Whether what was bought may be used.
    pub(crate) is_active: bool,
    pub(crate) uid: String,
    /// The name of the product.
    pub(crate) display_name: String,
    pub(crate) updated_at: String,
    pub(crate) created_at: String,
    pub(crate) purchasable_uid: String,
    /// active or purchased, suspended, canceled, expired.
    pub(crate) purchase_state: &'static str,
    /// When its end was decided; empty or null when it was not.
    pub(crate) cancellation_date: Option<String>,
    /// When rights end or ended; empty or null when they do not.
    pub(crate) expiration_date: Option<String>,
    /// The staff member who bought it.
    pub(crate) buyer_uid: String,
    pub(crate) business_uid: String,
    /// In major units: a number alone, a text in lists.
    pub(crate) purchase_price: PriceBody,
    pub(crate) purchase_currency: &'static str,
    /// monthly, annualy, free, bundled or `single_charge`.
    pub(crate) payment_type: &'static str,
    /// What it was given along with; empty or null when it was bought.
    pub(crate) bundled_from_subscription_uid: Option<String>,
}

/// An amount in major units.
#[derive(Clone, Serialize, JsonSchema)]
#[serde(untagged)]
#[schemars(rename = "Price")]
pub(crate) enum PriceBody {
    /// With as many decimals as it needs.
    Number(Number),
    /// With two decimals, or those of the currency if it has more.
    Text(String),
}

impl PriceBody {
    pub(crate) fn number(money: Money) -> Self {
        let text = money.in_major_units(0);
        let short =
            if text.contains('.') { text.trim_end_matches('0').trim_end_matches('.') } else { text.as_str() };
        match short.parse::<Number>() {
            Ok(number) => Self::Number(number),
            Err(_) => Self::Text(text),
        }
    }

    pub(crate) fn text(money: Money) -> Self {
        Self::Text(money.in_major_units(2))
    }
}

impl SubscriptionBody {
    /// In the words of the first version.
    pub(crate) fn of(
        row: &BusinessSubscription,
        place: Place,
        spelling: LiveStateSpelling,
        now: Timestamp,
    ) -> Self {
        let BusinessSubscription { holding, business, offer } = row;
        let state = row.purchase_state(now);
        let absent = || (place == Place::Alone).then(String::new);
        let date = |at: Option<Timestamp>| at.map(dates::written).or_else(absent);
        let parent = holding.bundled_from_id.map(|parent| parent.uuid().to_string());
        Self {
            is_active: state.is_active(),
            uid: holding.id.uuid().to_string(),
            display_name: offer.product_name.clone(),
            updated_at: dates::written(holding.updated_at),
            created_at: dates::written(holding.created_at),
            purchasable_uid: offer.product_id.uuid().to_string(),
            purchase_state: spell_state(state, place, spelling),
            cancellation_date: date(state.decided_at(holding.canceled_at, holding.ended_at, offer.term)),
            expiration_date: date(holding.ended_at),
            buyer_uid: row.buyer_uid().to_owned(),
            business_uid: business.uid.clone(),
            purchase_price: match place {
                Place::Alone => PriceBody::number(offer.amount),
                Place::Listed => PriceBody::text(offer.amount),
            },
            purchase_currency: offer.amount.currency.code(),
            payment_type: spell_payment_type(row.payment_type()),
            bundled_from_subscription_uid: parent.or_else(absent),
        }
    }
}

fn spell_state(state: PurchaseState, place: Place, spelling: LiveStateSpelling) -> &'static str {
    match (state, spelling, place) {
        (PurchaseState::Live, LiveStateSpelling::Active, _)
        | (PurchaseState::Live, LiveStateSpelling::AsDocumented, Place::Alone) => "active",
        (state, _, _) => state.as_str(),
    }
}

/// Reads every spelling of a state.
pub(crate) fn read_state(text: &str) -> Option<PurchaseState> {
    match text {
        "active" => Some(PurchaseState::Live),
        "cancelled" => Some(PurchaseState::Canceled),
        text => PurchaseState::parse(text),
    }
}

/// As the first version spells it.
pub(crate) const fn spell_payment_type(payment_type: PaymentType) -> &'static str {
    match payment_type {
        PaymentType::Monthly => "monthly",
        // The contract's own spelling (§4).
        PaymentType::Annual => "annualy",
        PaymentType::Free => "free",
        PaymentType::Bundled => "bundled",
        PaymentType::SingleCharge => "single_charge",
        PaymentType::Other => "external",
    }
}

/// `{"success": true, "data": …}`.
#[derive(Serialize, JsonSchema)]
pub(crate) struct Success<T> {
    #[schemars(extend("const" = true))]
    success: bool,
    pub(crate) data: T,
}

impl<T> Success<T> {
    pub(crate) const fn of(data: T) -> Self {
        Self { success: true, data }
    }
}

/// One subscription, in its wrapper.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "SubscriptionData")]
pub(crate) struct OneBody {
    pub(crate) subscription: SubscriptionBody,
}

#[cfg(test)]
mod tests {
    use super::*;
    use perennial_domain::Currency;

    #[test]
    fn a_price_has_the_decimals_of_its_place() {
        for (minor, code, number, text) in [
            (2400, "USD", "24", "\"24.00\""),
            (2450, "USD", "24.5", "\"24.50\""),
            (9999, "USD", "99.99", "\"99.99\""),
            (1450, "JPY", "1450", "\"1450.00\""),
            (1000, "JPY", "1000", "\"1000.00\""),
            (1450, "KWD", "1.45", "\"1.450\""),
        ] {
            let money = Money::new(minor, Currency::from_code(code).unwrap());
            assert_eq!(serde_json::to_string(&PriceBody::number(money)).unwrap(), number);
            assert_eq!(serde_json::to_string(&PriceBody::text(money)).unwrap(), text);
        }
    }

    #[test]
    fn a_live_state_is_spelt_by_its_place_or_as_the_operator_wants() {
        use LiveStateSpelling::{Active, AsDocumented, Purchased};
        for (spelling, alone, listed) in [
            (AsDocumented, "active", "purchased"),
            (Active, "active", "active"),
            (Purchased, "purchased", "purchased"),
        ] {
            assert_eq!(spell_state(PurchaseState::Live, Place::Alone, spelling), alone);
            assert_eq!(spell_state(PurchaseState::Live, Place::Listed, spelling), listed);
        }
        assert_eq!(spell_state(PurchaseState::Expired, Place::Alone, Active), "expired");
    }
}
