//! Data to standard output, all else to standard error.

use std::fmt::Display;
use std::io::{self, ErrorKind, Write};

use serde::Serialize;

use crate::failure::{Explain, Failure};

/// Something that is listed: as a line of a table, or as JSON.
pub(crate) trait Row: Serialize {
    /// What the columns are called.
    const HEADINGS: &'static [&'static str];

    /// The columns of this line.
    fn cells(&self) -> Vec<String>;
}

/// Prints data: one line, or several.
pub(crate) fn data(text: impl Display) -> Result<(), Failure> {
    match writeln!(io::stdout(), "{text}") {
        // Whoever read it, such as `head`, has seen enough.
        Err(error) if error.kind() == ErrorKind::BrokenPipe => Ok(()),
        written => written.or_fail("the output cannot be written"),
    }
}

/// Says something to the person at the terminal.
pub(crate) fn say(text: impl Display) {
    // When nobody listens there is nobody to tell.
    let _ = writeln!(io::stderr(), "{text}");
}

/// Prints a value as JSON.
pub(crate) fn json(value: &impl Serialize) -> Result<(), Failure> {
    data(serde_json::to_string_pretty(value)?)
}

/// Prints rows as a table, or as JSON.
pub(crate) fn rows<R: Row>(rows: &[R], as_json: bool) -> Result<(), Failure> {
    if as_json { json(&rows) } else { data(table(R::HEADINGS, rows.iter().map(Row::cells).collect())) }
}

fn table(headings: &[&str], rows: Vec<Vec<String>>) -> String {
    let headings = headings.iter().map(|heading| heading.to_uppercase()).collect::<Vec<_>>();
    let lines = std::iter::once(headings).chain(rows).collect::<Vec<_>>();
    let widths = (0..lines[0].len())
        .map(|column| lines.iter().map(|line| line[column].chars().count()).max().unwrap_or_default())
        .collect::<Vec<_>>();
    let aligned = lines.iter().map(|line| {
        let cells = line.iter().zip(&widths).map(|(cell, width)| format!("{cell:width$}"));
        cells.collect::<Vec<_>>().join("  ").trim_end().to_owned()
    });
    aligned.collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_stand_under_each_other_whatever_the_letters() {
        let rows = vec![vec!["é".to_owned(), "x".to_owned()], vec!["long".to_owned(), String::new()]];
        assert_eq!(table(&["a", "b"], rows), "A     B\né     x\nlong");
    }
}
