//! The five rhythms in which organizations buy (contracts/organizations-api.md §7).

use crate::text_enum::text_enum;
use crate::{Span, Term, TermUnit};

text_enum! {
    /// What a payment covers, in the contract's words and in its order of display.
    pub enum PeriodType {
        /// One day.
        Daily = "DAILY",
        /// Seven days.
        Weekly = "WEEKLY",
        /// A calendar month.
        Monthly = "MONTHLY",
        /// Twelve months.
        Yearly = "YEARLY",
        /// For good, paid once.
        AllTime = "ALL_TIME",
    }
}

impl PeriodType {
    /// The rhythm of a term. Fixed terms, and those of several units, have none, and are not sold to organizations.
    pub const fn of(term: Term) -> Option<Self> {
        match term {
            Term::Lifetime => Some(Self::AllTime),
            Term::Recurring(Span { unit, count: 1 }) => Some(match unit {
                TermUnit::Day => Self::Daily,
                TermUnit::Week => Self::Weekly,
                TermUnit::Month => Self::Monthly,
                TermUnit::Year => Self::Yearly,
            }),
            Term::Recurring(_) | Term::Fixed(_) => None,
        }
    }
}
