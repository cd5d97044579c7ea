//! What a change of plan costs, when, and why.

use jiff::civil::Date;
use perennial_domain::Money;

use super::parts::NextPayment;
use crate::i18n::Translator;
use crate::pages::summary::Included;

/// What a change costs, and when.
#[derive(Debug, Clone)]
pub struct Cost {
    /// When the change takes effect; `None` is now.
    pub starts_on: Option<Date>,
    /// Why today's sum is what it is, line by line; empty if nothing moves today. The amounts add up to `due_today`.
    pub lines: Vec<Proration>,
    /// What is charged today. Negative if more was paid before than the change costs: then it is a credit.
    pub due_today: Money,
    /// What the plan costs later, by the list; `None` if nothing is charged ever.
    pub next: Option<NextPayment>,
    /// What is charged then, where that is known: with all that renews, discounts, taxes and what earlier payments left over.
    pub next_due: Option<Money>,
}

/// One reason for the sum of a change, or of add-ons.
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
    /// What a discount takes off.
    Discount,
    /// Tax.
    Tax,
    /// What was left to be charged with the next invoice, whatever that is.
    Unbilled,
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

    /// That the price above is the list's, and what is charged, where the two differ.
    pub(crate) fn renewal(&self, t: &Translator<'_>) -> Option<String> {
        let (next, due) = self.next.zip(self.next_due).filter(|(next, due)| next.amount != *due)?;
        let (amount, date) = (t.money(&due), t.date(&next.on));
        Some(t.with("manage-cost-renewal", &[("amount", amount.into()), ("date", date.into())]))
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
            ProrationLabel::Discount => t.text("manage-line-discount"),
            ProrationLabel::Tax => t.text("manage-line-tax"),
            ProrationLabel::Unbilled => t.text("manage-line-unbilled"),
        }
    }
}

impl Difference {
    pub(crate) fn text(&self, t: &Translator<'_>) -> String {
        match self {
            Self::Changed { from, to } => {
                // The words before the name of an area are not said twice.
                let from = match from {
                    Included::Coverage(area) => area.clone(),
                    other => other.text(t),
                };
                t.with("manage-difference-changed", &[("from", from.into()), ("to", to.text(t).into())])
            }
            Self::Gained(included) => t.one("manage-difference-gained", "included", &included.text(t)),
            Self::Lost(included) => t.one("manage-difference-lost", "included", &included.text(t)),
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
