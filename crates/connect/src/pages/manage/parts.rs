//! What several of these pages speak of: payments to come, what a change costs, and with which card.

use jiff::civil::Date;
use perennial_domain::{Money, Span};

use crate::i18n::Translator;
use crate::pages::notice::PaymentFailure;
use crate::pages::offer::Included;

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

/// What a change costs, and when.
#[derive(Debug, Clone)]
pub struct Cost {
    /// When the change takes effect; `None` is now.
    pub starts_on: Option<Date>,
    /// Why today's sum is what it is, line by line; empty if nothing moves today. The amounts add up to `due_today`.
    pub lines: Vec<Proration>,
    /// What is charged today. Negative if more was paid before than the change costs: then it is a credit.
    pub due_today: Money,
    /// What is charged later; `None` if nothing ever is.
    pub next: Option<NextPayment>,
}

/// One reason for the sum of a change.
#[derive(Debug, Clone)]
pub struct Proration {
    /// What it is for.
    pub label: ProrationLabel,
    /// What it adds to the sum; negative if it takes off.
    pub amount: Money,
}

/// What a line of a change is for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ProrationLabel {
    /// The part of the old plan that was paid and will not be used.
    Unused {
        /// The old plan's name.
        plan: String,
        /// Until when it was paid.
        until: Date,
    },
    /// The part of the new plan that is left of the running period.
    Rest {
        /// The new plan's name.
        plan: String,
        /// The end of the running period.
        until: Date,
    },
    /// A whole first period of the new plan, by its name.
    First(String),
    /// What earlier payments left over.
    Balance,
    /// A voucher, by its code.
    Voucher(String),
    /// Tax.
    Tax,
}

/// How one part of a plan changes into the other plan's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Difference {
    /// Both plans have it, in different amounts.
    Changed {
        /// What there is now.
        from: Included,
        /// What there will be.
        to: Included,
    },
    /// Only the other plan has it.
    Gained(Included),
    /// Only the present plan has it.
    Lost(Included),
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

impl Cost {
    /// The whole cost in one sentence: "€7.12 today, then €29.00 every month from 5 May."
    pub(crate) fn sentence(&self, t: &Translator<'_>) -> String {
        let today = t.money(&self.due_today);
        let Some(next) = &self.next else {
            let is_free = self.due_today.is_zero();
            return if is_free {
                t.text("manage-cost-free")
            } else {
                t.one("manage-cost-once", "today", &today)
            };
        };
        let key = match self.due_today.amount_minor {
            ..0 => "manage-cost-credit",
            0 => "manage-cost-later",
            1.. => "manage-cost-today",
        };
        let credit =
            t.money(&Money::new(self.due_today.amount_minor.saturating_abs(), self.due_today.currency));
        t.with(
            key,
            &[
                ("today", today.into()),
                ("credit", credit.into()),
                ("next", t.money(&next.amount).into()),
                ("every", t.every(&next.every).into()),
                ("date", t.date(&next.on).into()),
            ],
        )
    }

    /// What the sum of the lines is called.
    pub(crate) fn total_key(&self) -> &'static str {
        if self.due_today.amount_minor < 0 { "manage-cost-total-credit" } else { "summary-due-today" }
    }

    /// When the change takes effect: "Starts right away" or "Starts on 5 May".
    pub(crate) fn start(&self, t: &Translator<'_>) -> String {
        match &self.starts_on {
            None => t.text("manage-cost-starts-now"),
            Some(date) => t.one("manage-cost-starts-on", "date", &t.date(date)),
        }
    }
}

impl Proration {
    pub(crate) fn text(&self, t: &Translator<'_>) -> String {
        let until = |key, plan: &str, until: &Date| {
            t.with(key, &[("plan", plan.into()), ("date", t.date(until).into())])
        };
        match &self.label {
            ProrationLabel::Unused { plan, until: date } => until("manage-line-unused", plan, date),
            ProrationLabel::Rest { plan, until: date } => until("manage-line-rest", plan, date),
            ProrationLabel::First(plan) => plan.clone(),
            ProrationLabel::Balance => t.text("manage-line-balance"),
            ProrationLabel::Voucher(code) => t.one("summary-line-voucher", "code", code),
            ProrationLabel::Tax => t.text("manage-line-tax"),
        }
    }
}

impl Difference {
    pub(crate) fn text(&self, t: &Translator<'_>) -> String {
        match self {
            Self::Changed { from, to } => {
                let (from, to) = (from.text(t), to.text(t));
                t.with("manage-difference-changed", &[("from", from.into()), ("to", to.into())])
            }
            Self::Gained(included) => t.one("manage-difference-gained", "included", &included.text(t)),
            Self::Lost(included) => t.one("manage-difference-lost", "included", &included.text(t)),
        }
    }
}

impl PaymentNotice {
    pub(crate) fn title(&self, t: &Translator<'_>) -> String {
        t.text(match self {
            Self::PriceChanged { .. } => "review-notice-price-changed-title",
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
            Self::NotFinished => t.text("manage-notice-not-finished-text"),
            Self::Failed(failure) => t.text(failure.key()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::samples::{TODAY, options};
    use super::*;
    use crate::i18n::Locale;

    fn sentences(tag: &str) -> Vec<String> {
        let locale = Locale::for_tag(tag);
        let t = Translator::new(&locale, TODAY);
        options().iter().map(|option| option.cost.sentence(&t).replace('\u{a0}', " ")).collect()
    }

    #[test]
    fn a_change_says_what_it_costs_now_and_from_when() {
        let [upgrade, downgrade, credit, free, once] = sentences("en").try_into().unwrap();
        assert_eq!(upgrade, "€7.12 today, then €29.00 every month from 5 April.");
        assert_eq!(downgrade, "€9.00 every month from 5 April, nothing today.");
        assert!(credit.starts_with("Nothing today, then €29.00") && credit.contains("paid €3.20 too much"));
        assert_eq!(free, "Free. There is nothing to pay, now or later.");
        assert_eq!(once, "€99.00 today, once.");
    }

    #[test]
    fn each_language_puts_the_same_facts_in_its_own_order() {
        assert_eq!(sentences("de")[0], "Heute 7,12 €, danach jeden Monat 29,00 € ab dem 5. April.");
        assert_eq!(sentences("fr")[1], "9,00 € chaque mois à partir du 5 avril, rien aujourd’hui.");
        assert_eq!(sentences("es")[4], "99,00 € hoy, en un pago único.");
    }
}
