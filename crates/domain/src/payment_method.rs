//! Cards that Stripe keeps for a customer. Their numbers are Stripe's secret: none of this could charge one.

use jiff::Timestamp;

use crate::text_enum::text_enum;
use crate::{CustomerId, PaymentMethodId, ProjectId};

text_enum! {
    /// How the card came to Stripe.
    pub enum PaymentMethodKind {
        /// Typed in.
        Card = "card",
        /// Through Apple's wallet.
        ApplePay = "applePay",
        /// Through Google's wallet.
        GooglePay = "googlePay",
    }
}

text_enum! {
    /// Whose card it is.
    pub enum CardBrand {
        /// American Express.
        Amex = "amex",
        /// Diners Club.
        Diners = "diners",
        /// Discover.
        Discover = "discover",
        /// JCB.
        Jcb = "jcb",
        /// Mastercard.
        Mastercard = "mastercard",
        /// `UnionPay`.
        Unionpay = "unionpay",
        /// Visa.
        Visa = "visa",
        /// A national scheme.
        Unknown = "unknown",
    }
}

/// What can be told of a card without being able to charge it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Card {
    /// `pm_…`, Stripe's name for it.
    pub stripe_payment_method_id: String,
    /// How it came.
    pub kind: PaymentMethodKind,
    /// Whose card it is.
    pub brand: CardBrand,
    /// Its last four digits.
    pub last4: String,
    /// The month of its expiry, from 1.
    pub exp_month: u32,
    /// The year of its expiry, with four digits.
    pub exp_year: u32,
}

/// A card of one of our customers: a picture of what Stripe keeps.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PaymentMethod {
    /// Our id; apps see Stripe's.
    pub id: PaymentMethodId,
    /// Whose project.
    pub project_id: ProjectId,
    /// Whose card.
    pub customer_id: CustomerId,
    /// What is known of it.
    pub card: Card,
    /// Whether it pays what no other card was chosen for.
    pub is_default: bool,
    /// When it was kept.
    pub created_at: Timestamp,
    /// When Stripe stopped keeping it.
    pub detached_at: Option<Timestamp>,
}

impl CardBrand {
    /// The name as people know it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Amex => "American Express",
            Self::Diners => "Diners Club",
            Self::Discover => "Discover",
            Self::Jcb => "JCB",
            Self::Mastercard => "Mastercard",
            Self::Unionpay => "UnionPay",
            Self::Visa => "Visa",
            Self::Unknown => "Card",
        }
    }
}

impl Card {
    /// Whether the month of its expiry is over.
    pub fn is_expired(&self, now: Timestamp) -> bool {
        let today = now.to_zoned(jiff::tz::TimeZone::UTC).date();
        let (year, month) = (i64::from(today.year()), i64::from(today.month()));
        (i64::from(self.exp_year), i64::from(self.exp_month)) < (year, month)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_card_works_to_the_end_of_its_month() {
        let card = Card {
            stripe_payment_method_id: "pm_1".to_owned(),
            kind: PaymentMethodKind::Card,
            brand: CardBrand::Visa,
            last4: "4242".to_owned(),
            exp_month: 8,
            exp_year: 2029,
        };
        let expired_at = |text: &str| card.is_expired(text.parse().unwrap());
        assert!(!expired_at("2029-08-31T23:59:59Z") && !expired_at("2028-12-01T00:00:00Z"));
        assert!(expired_at("2029-09-01T00:00:00Z") && expired_at("2030-01-01T00:00:00Z"));
    }
}
