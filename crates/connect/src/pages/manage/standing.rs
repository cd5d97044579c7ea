//! How a subscription stands, in the words of its owner.

use jiff::civil::Date;
use perennial_domain::Money;

use super::parts::NextPayment;
use crate::i18n::Translator;

/// How a subscription stands.
#[derive(Debug, Clone, Copy)]
pub enum Standing {
    /// It is being set up, or waits for its first payment.
    Pending,
    /// It goes on by itself.
    Renews(NextPayment),
    /// It ends by itself, as it was bought; `until` is `None` while its first use has not begun it.
    FixedTerm {
        /// Its last day.
        until: Option<Date>,
    },
    /// It was paid once and never ends.
    Lifetime,
    /// It costs nothing and goes on by itself.
    Free,
    /// It was cancelled and can be used to the end of what was paid.
    Canceled {
        /// Its last day.
        until: Date,
    },
    /// A renewal was not paid.
    PastDue(OpenPayment),
    /// It rests, and nothing is charged.
    Paused,
    /// It is over.
    Ended {
        /// Its last day.
        on: Date,
    },
}

/// A payment that failed and is still wanted.
#[derive(Debug, Clone, Copy)]
pub struct OpenPayment {
    /// How much it is.
    pub amount: Money,
    /// When it failed first.
    pub failed_on: Date,
    /// When it is tried again by itself; `None` if it is not, or if only Stripe knows when.
    pub next_try: Option<Date>,
    /// Whether the subscription can be used until then.
    pub is_usable: bool,
}

impl Standing {
    /// One or two words for the mark beside the plan's name.
    pub(crate) fn badge(&self, t: &Translator<'_>) -> String {
        t.text(match self {
            Self::Pending => "manage-badge-pending",
            Self::Renews(_) | Self::FixedTerm { .. } | Self::Lifetime | Self::Free => "manage-badge-active",
            Self::Canceled { .. } => "manage-badge-canceled",
            Self::PastDue(_) => "manage-badge-past-due",
            Self::Paused => "manage-badge-paused",
            Self::Ended { .. } => "manage-badge-ended",
        })
    }

    /// The class that colours the mark; its words say the same.
    pub(crate) fn tone(&self) -> &'static str {
        match self {
            Self::Renews(_) | Self::FixedTerm { .. } | Self::Lifetime | Self::Free => "positive",
            Self::Canceled { .. } => "caution",
            Self::PastDue(_) => "negative",
            Self::Pending | Self::Paused | Self::Ended { .. } => "neutral",
        }
    }

    /// What happens next, in one sentence.
    pub(crate) fn sentence(&self, t: &Translator<'_>) -> String {
        match self {
            Self::Pending => t.text("manage-standing-pending"),
            Self::Renews(next) => {
                let (amount, date) = (t.money(&next.amount), t.date(&next.on));
                t.with("manage-standing-renews", &[("amount", amount.into()), ("date", date.into())])
            }
            Self::FixedTerm { until: Some(until) } => {
                t.one("manage-standing-fixed-until", "date", &t.date(until))
            }
            Self::FixedTerm { until: None } => t.text("manage-standing-fixed-unused"),
            Self::Lifetime => t.text("manage-standing-lifetime"),
            Self::Free => t.text("manage-standing-free"),
            Self::Canceled { until } => t.one("manage-standing-canceled", "date", &t.date(until)),
            Self::PastDue(open) => {
                let (amount, date) = (t.money(&open.amount), t.date(&open.failed_on));
                t.with("manage-standing-past-due", &[("amount", amount.into()), ("date", date.into())])
            }
            Self::Paused => t.text("manage-standing-paused"),
            Self::Ended { on } => t.one("manage-standing-ended", "date", &t.date(on)),
        }
    }
}

impl OpenPayment {
    /// What it means for the customer, and how it ends.
    pub(crate) fn meaning(&self, t: &Translator<'_>) -> String {
        let remedy = self.retry(t).unwrap_or_else(|| t.text("manage-past-due-remedy"));
        format!("{} {remedy}", self.usability(t))
    }

    /// Whether the plan can be used meanwhile.
    pub(crate) fn usability(&self, t: &Translator<'_>) -> String {
        t.text(if self.is_usable { "manage-past-due-usable" } else { "manage-past-due-unusable" })
    }

    /// When it is tried again, if that is known.
    pub(crate) fn retry(&self, t: &Translator<'_>) -> Option<String> {
        self.next_try.map(|date| t.one("manage-past-due-next-try", "date", &t.date(&date)))
    }
}
