//! The table, in Markdown.

use std::fmt;
use std::time::Duration;

use crate::load::Measured;

/// A figure beside its goal.
pub(crate) struct Row {
    /// What was measured.
    pub(crate) name: String,
    /// The figure.
    pub(crate) figure: String,
    /// What the figure should be.
    pub(crate) goal: &'static str,
    /// For what is asked often: how it did, and the machine's limits.
    pub(crate) rates: Option<Rates>,
}

/// How a server did, and what the machine can do at the most.
#[derive(Clone, Copy)]
pub(crate) struct Rates {
    pub(crate) measured: Measured,
    /// How long the server kept a core busy for one request.
    pub(crate) busy: Duration,
    /// Requests a second that the bare route answers.
    pub(crate) bare_route: f64,
    /// Requests a second for which the bare driver does the SQL; nothing when a request needs none.
    pub(crate) bare_driver: Option<f64>,
}

impl Row {
    /// A rate, with all that belongs to it.
    pub(crate) fn of_rates(name: String, goal: &'static str, rates: Rates) -> Self {
        Self { name, figure: format!("{} /s", grouped(rates.measured.per_second)), goal, rates: Some(rates) }
    }
}

/// The lines above the rows.
pub(crate) const HEAD: &str = "\
| | measured | goal | p50 | p99 | of a core | bare route | ratio | bare driver | ratio |
|---|--:|--:|--:|--:|--:|--:|--:|--:|--:|";

impl fmt::Display for Row {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { name, figure, goal, rates } = self;
        write!(formatter, "| {name} | **{figure}** | {goal} |")?;
        let Some(Rates { measured, busy, bare_route, bare_driver }) = rates else {
            return write!(formatter, " | | | | | | |");
        };
        let [median, p99] = [measured.median, measured.p99].map(|latency| latency.as_secs_f64() * 1e3);
        write!(formatter, " {median:.2} ms | {p99:.2} ms | {} µs |", busy.as_micros())?;
        write!(formatter, " {} /s | {:.2} |", grouped(*bare_route), measured.per_second / bare_route)?;
        match bare_driver {
            Some(limit) => {
                write!(formatter, " {} /s | {:.2} |", grouped(*limit), measured.per_second / limit)
            }
            None => write!(formatter, " | |"),
        }
    }
}

/// A whole number with its thousands apart.
fn grouped(number: f64) -> String {
    let digits = format!("{number:.0}");
    let mut text = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(' ');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thousands_stand_apart() {
        assert_eq!([7.4, 999.6, 12_345.0, 1_234_567.0].map(grouped), ["7", "1 000", "12 345", "1 234 567"]);
    }

    #[test]
    fn every_row_has_the_columns_of_the_head() {
        let latency = Duration::from_micros(1250);
        let measured = Measured { per_second: 30_000.0, answered: 90_000, median: latency, p99: latency };
        let rates = Rates { measured, busy: latency, bare_route: 60_000.0, bare_driver: Some(40_000.0) };
        let rows = [
            Row { name: "ready".into(), figure: "40 ms".into(), goal: "< 150 ms", rates: None },
            Row::of_rates("plans".into(), "", Rates { bare_driver: None, ..rates }),
            Row::of_rates("subscriptions".into(), "≥ 12 000 /s", rates),
        ];
        for row in rows.map(|row| row.to_string()) {
            assert_eq!(row.matches('|').count(), HEAD.lines().next().unwrap().matches('|').count(), "{row}");
        }
    }

    #[test]
    fn a_ratio_is_a_part_of_the_limit() {
        let none = Duration::ZERO;
        let measured = Measured { per_second: 30_000.0, answered: 90_000, median: none, p99: none };
        let rates = Rates { measured, busy: none, bare_route: 60_000.0, bare_driver: Some(40_000.0) };
        let row = Row::of_rates("subscriptions".into(), "", rates).to_string();
        assert!(row.contains("60 000 /s | 0.50 | 40 000 /s | 0.75 |"), "{row}");
    }
}
