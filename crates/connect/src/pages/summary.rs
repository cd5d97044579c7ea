//! What the customer is about to get and what it costs: the summary beside every step.

use jiff::civil::Date;
use perennial_domain::{Money, Span};

use crate::i18n::Translator;

/// A plan with what goes with it, priced line by line.
#[derive(Debug, Clone)]
pub struct Summary {
    /// The plan's name.
    pub name: String,
    /// One sentence about the plan.
    pub description: Option<String>,
    /// What is in it.
    pub included: Vec<Included>,
    /// What is paid today; the amounts add up to `due_today`.
    pub lines: Vec<Line>,
    /// The sum of `lines`.
    pub due_today: Money,
    /// What happens after today.
    pub billing: Billing,
}

/// Something that a plan contains. For amounts, `None` is unlimited.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Included {
    /// Mobile data, in bytes.
    DataBytes(Option<u64>),
    /// Calls, in seconds.
    VoiceSeconds(Option<u64>),
    /// Text messages.
    Messages(Option<u64>),
    /// The name of the area where it works.
    Coverage(String),
    /// A capability in the operator's own words.
    Other(String),
}

/// One line of the price.
#[derive(Debug, Clone)]
pub struct Line {
    /// What it is for.
    pub label: LineLabel,
    /// What it adds to the sum; negative for a discount.
    pub amount: Money,
    /// How often it is charged; `None` where the label says enough.
    pub cadence: Option<Cadence>,
}

/// How often a line is charged, or how long it lasts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cadence {
    /// Again and again.
    Every(Span),
    /// Once.
    Once,
    /// Once, for a while.
    OnceFor(Span),
    /// Once, for ever.
    ForLife,
}

/// What a line of the price is for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LineLabel {
    /// The plan or an add-on, by name.
    Named(String),
    /// A voucher, by its code.
    Voucher(String),
}

/// How the plan is paid.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Billing {
    /// Costs nothing, now or later.
    Free,
    /// Renews by itself.
    Recurring {
        /// How often.
        every: Span,
        /// What the next payment will be.
        next_amount: Money,
        /// When it will be.
        next_on: Date,
        /// Another sum, and the day from which on it is charged: a voucher is over by then.
        afterwards: Option<(Money, Date)>,
        /// Until when the customer is bound, if that is longer than what is paid.
        bound_until: Option<Date>,
    },
    /// Paid once, ends by itself.
    FixedTerm {
        /// How long it lasts.
        lasts: Span,
        /// Its last day, if it starts now; `None` if it starts with first use.
        until: Option<Date>,
    },
    /// Paid once, never ends.
    Lifetime,
}

impl Summary {
    /// The whole charge in one sentence: "€14.50 today, then €14.50 every month from 5 April. Cancel any time."
    pub fn charge(&self, t: &Translator<'_>) -> String {
        let today = t.money(&self.due_today);
        match &self.billing {
            Billing::Free => t.text("summary-charge-free"),
            Billing::Recurring { every, next_amount, next_on, afterwards, bound_until } => {
                let key = if self.due_today.is_zero() {
                    "summary-charge-recurring-nothing-today"
                } else {
                    "summary-charge-recurring"
                };
                let (next, date) = (t.money(next_amount), t.date(next_on));
                let later = then(t, *every, afterwards.as_ref());
                let every = t.every(every);
                let charge = t.with(
                    key,
                    &[
                        ("today", today.into()),
                        ("next", next.into()),
                        ("every", every.into()),
                        ("date", date.into()),
                    ],
                );
                format!("{charge}{later} {}", exit(t, bound_until.as_ref()))
            }
            Billing::FixedTerm { until: Some(until), .. } => t.with(
                "summary-charge-fixed-until",
                &[("today", today.into()), ("date", t.date(until).into())],
            ),
            Billing::FixedTerm { lasts, until: None } => {
                t.with("summary-charge-fixed", &[("today", today.into()), ("length", t.length(lasts).into())])
            }
            Billing::Lifetime => t.one("summary-charge-lifetime", "today", &today),
        }
    }

    /// Whether nothing will ever be charged, so that no card is needed.
    pub fn is_free(&self) -> bool {
        self.billing == Billing::Free
    }
}

/// What is charged once a voucher is over, as a sentence that follows another; nothing where it never is.
pub(crate) fn then(t: &Translator<'_>, every: Span, afterwards: Option<&(Money, Date)>) -> String {
    let Some((amount, date)) = afterwards else { return String::new() };
    let (amount, date, every) = (t.money(amount), t.date(date), t.every(&every));
    let words = [("amount", amount.into()), ("date", date.into()), ("every", every.into())];
    format!(" {}", t.with("summary-charge-afterwards", &words))
}

/// How soon the customer may go: "Cancel any time.", or until when they are bound.
pub(crate) fn exit(t: &Translator<'_>, bound_until: Option<&Date>) -> String {
    match bound_until {
        None => t.text("summary-cancel-any-time"),
        Some(date) => t.one("summary-bound-until", "date", &t.date(date)),
    }
}

impl Line {
    pub(crate) fn text(&self, t: &Translator<'_>) -> String {
        match &self.label {
            LineLabel::Named(name) => name.clone(),
            LineLabel::Voucher(code) => t.one("summary-line-voucher", "code", code),
        }
    }
}

impl Cadence {
    /// "every month", "once, for 30 days", "once, for life".
    pub(crate) fn text(self, t: &Translator<'_>) -> String {
        match self {
            Self::Every(span) => t.every(&span),
            Self::Once => t.text("summary-cadence-once"),
            Self::OnceFor(span) => t.one("summary-cadence-once-for", "length", &t.length(&span)),
            Self::ForLife => t.text("summary-cadence-for-life"),
        }
    }
}

impl Included {
    pub(crate) fn text(&self, t: &Translator<'_>) -> String {
        match self {
            Self::DataBytes(None) => t.text("summary-included-data-unlimited"),
            Self::DataBytes(Some(bytes)) => t.one("summary-included-data", "amount", &data(t, *bytes)),
            Self::VoiceSeconds(None) => t.text("summary-included-calls-unlimited"),
            Self::VoiceSeconds(Some(seconds)) => counted(t, "summary-included-calls", seconds / 60),
            Self::Messages(None) => t.text("summary-included-messages-unlimited"),
            Self::Messages(Some(messages)) => counted(t, "summary-included-messages", *messages),
            Self::Coverage(area) => t.one("summary-included-coverage", "area", area),
            Self::Other(words) => words.clone(),
        }
    }
}

/// Chooses the plural by the number and writes it with the locale's separators.
fn counted(t: &Translator<'_>, key: &str, number: u64) -> String {
    t.with(key, &[("count", number.into()), ("number", t.number(number).into())])
}

/// Data is sold in decimal units: a gigabyte has 1 000 000 000 bytes.
fn data(t: &Translator<'_>, bytes: u64) -> String {
    const MEGABYTE: u64 = 1_000_000;
    const GIGABYTE: u64 = 1000 * MEGABYTE;
    if bytes > 0 && bytes.is_multiple_of(GIGABYTE) {
        t.one("summary-gigabytes", "number", &t.number(bytes / GIGABYTE))
    } else {
        t.one("summary-megabytes", "number", &t.number(bytes / MEGABYTE))
    }
}
