//! How long a payment lasts.

/// A unit of calendar time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TermUnit {
    /// Calendar days.
    Day,
    /// Weeks of seven days.
    Week,
    /// Calendar months.
    Month,
    /// Calendar years.
    Year,
}

/// The period that one payment covers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Term {
    /// The unit.
    pub unit: TermUnit,
    /// How many units, at least one.
    pub count: u32,
}

impl Term {
    pub(crate) fn every_key(self) -> &'static str {
        match self.unit {
            TermUnit::Day => "summary-every-day",
            TermUnit::Week => "summary-every-week",
            TermUnit::Month => "summary-every-month",
            TermUnit::Year => "summary-every-year",
        }
    }

    pub(crate) fn length_key(self) -> &'static str {
        match self.unit {
            TermUnit::Day => "summary-length-day",
            TermUnit::Week => "summary-length-week",
            TermUnit::Month => "summary-length-month",
            TermUnit::Year => "summary-length-year",
        }
    }
}
