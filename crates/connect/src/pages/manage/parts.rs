//! What several of these pages speak of: the plan as it is, payments to come, and the card that pays.

use jiff::Timestamp;
use jiff::civil::Date;
use perennial_domain::{Card, Money, Span};

use crate::i18n::Translator;
use crate::pages::notice::PaymentFailure;
use crate::pages::summary::Included;

/// The next payment of something that renews.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NextPayment {
    /// How much it will be.
    pub amount: Money,
    /// How often it repeats.
    pub every: Span,
    /// When it is due.
    pub on: Date,
}

/// A card that Stripe keeps for the customer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SavedCard {
    /// Its brand as people know it, such as `Visa`.
    pub brand: String,
    /// Its last four digits.
    pub last4: String,
    /// The month of its expiry, from 1, and the year with four digits.
    pub expires: (u8, u16),
    /// Whether that month is over.
    pub is_expired: bool,
}

impl SavedCard {
    /// What is told of a card.
    pub fn of(card: &Card, now: Timestamp) -> Self {
        Self {
            brand: card.brand.name().to_owned(),
            last4: card.last4.clone(),
            expires: (
                u8::try_from(card.exp_month).unwrap_or_default(),
                u16::try_from(card.exp_year).unwrap_or_default(),
            ),
            is_expired: card.is_expired(now),
        }
    }
}

/// The subscription that a change is about, shown beside the decision.
#[derive(Debug, Clone)]
pub struct CurrentPlan {
    /// The plan's name.
    pub name: String,
    /// What is in it.
    pub included: Vec<Included>,
    /// What it costs from its next renewal; `None` if it is free or does not renew.
    pub next: Option<NextPayment>,
}

/// Why the customer is asked again for what they have confirmed before. Nothing was charged.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PaymentNotice {
    /// It costs something else than when they last looked.
    PriceChanged {
        /// What was due then.
        before: Money,
        /// What is due now.
        now: Money,
    },
    /// Something else about it is not what they saw: the day, the later price, how it goes. Or they saw it too long ago.
    Outdated,
    /// They came back without confirming.
    NotFinished,
    /// The payment failed.
    Failed(PaymentFailure),
}

impl NextPayment {
    /// "€14.50 every month".
    pub(crate) fn price(&self, t: &Translator<'_>) -> String {
        let (amount, every) = (t.money(&self.amount), t.every(&self.every));
        t.with("manage-price", &[("amount", amount.into()), ("every", every.into())])
    }

    /// "€14.50 on 5 April".
    pub(crate) fn due(&self, t: &Translator<'_>) -> String {
        let (amount, date) = (t.money(&self.amount), t.date(&self.on));
        t.with("manage-due", &[("amount", amount.into()), ("date", date.into())])
    }
}

impl SavedCard {
    /// "Visa •••• 4242".
    pub(crate) fn name(&self, t: &Translator<'_>) -> String {
        t.with(
            "manage-card-name",
            &[("brand", self.brand.as_str().into()), ("digits", self.last4.as_str().into())],
        )
    }

    /// "Expires 08/2029", or that it has.
    pub(crate) fn expiry(&self, t: &Translator<'_>) -> String {
        let (month, year) = self.expires;
        let key = if self.is_expired { "manage-card-expired" } else { "manage-card-expires" };
        t.one(key, "month", &format!("{month:02}/{year}"))
    }
}

impl PaymentNotice {
    /// Why it is shown again after a yes to this sum, where another is due, or the same in another way.
    pub(crate) fn not_as_shown(before: Money, now: Money) -> Self {
        if before == now { Self::Outdated } else { Self::PriceChanged { before, now } }
    }

    pub(crate) fn title(&self, t: &Translator<'_>) -> String {
        t.text(match self {
            Self::PriceChanged { .. } => "review-notice-price-changed-title",
            Self::Outdated => "manage-notice-outdated-title",
            Self::NotFinished => "manage-notice-not-finished-title",
            Self::Failed(_) => "notice-payment-failed-title",
        })
    }

    pub(crate) fn text(&self, t: &Translator<'_>) -> String {
        match self {
            Self::PriceChanged { before, now } => {
                let (before, now) = (t.money(before), t.money(now));
                t.with("review-notice-price-changed-text", &[("before", before.into()), ("now", now.into())])
            }
            Self::Outdated => t.text("manage-notice-outdated-text"),
            Self::NotFinished => t.text("manage-notice-not-finished-text"),
            Self::Failed(failure) => t.text(failure.key()),
        }
    }
}
