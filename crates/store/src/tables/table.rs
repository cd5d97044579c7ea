//! A table's name and columns, and the parts of statements that follow from them.

use crate::{Columns, FromRow, FromValue, StoreError};

/// A table and the columns that fill a row of ours, in the order in which its `FromRow` takes them.
pub(super) struct Table {
    name: &'static str,
    /// Separated by a comma and a space.
    columns: &'static str,
}

impl Table {
    pub(super) const fn new(name: &'static str, columns: &'static str) -> Self {
        Self { name, columns }
    }

    pub(super) const fn name(&self) -> &'static str {
        self.name
    }

    /// `INSERT INTO table (columns) VALUES ($1, $2, …)`: one parameter for each column, in their order.
    pub(super) fn insert(&self) -> String {
        insert_into(self.name, self.columns, 1)
    }

    /// The same for several rows, the parameters of one after those of the other.
    pub(super) fn insert_many(&self, rows: usize) -> String {
        insert_into(self.name, self.columns, rows)
    }

    /// The same with a column more, one that is not read back with the row.
    pub(super) fn insert_with(&self, column: &str) -> String {
        insert_into(self.name, &format!("{}, {column}", self.columns), 1)
    }

    /// The same with columns more that the database fills: each with an expression over the parameters.
    pub(super) fn insert_computed(&self, computed: &[(&str, &str)]) -> String {
        let (names, expressions): (Vec<_>, Vec<_>) = computed.iter().copied().unzip();
        let parameters = (1..=width(self.columns)).map(|place| format!("${place}")).collect::<Vec<_>>();
        format!(
            "INSERT INTO {} ({}, {}) VALUES ({}, {})",
            self.name,
            self.columns,
            names.join(", "),
            parameters.join(", "),
            expressions.join(", ")
        )
    }

    /// Selects whole rows; what stands after `FROM table` follows.
    pub(super) fn select_all(&self) -> String {
        format!("SELECT {} FROM {}", self.columns, self.name)
    }

    /// Selects whole rows and an expression after them; what stands after `FROM table` follows.
    pub(super) fn select_with(&self, expression: &str) -> String {
        format!("SELECT {}, {expression} FROM {}", self.columns, self.name)
    }

    /// Selects a view: of `rows`, the table itself or a selection of its rows in parentheses, and what is
    /// joined to them.
    pub(super) fn select_joined(&self, rows: &str, joined: &Joined) -> String {
        format!("SELECT {} FROM {rows} AS {} {}", joined.columns, self.name, joined.joins)
    }

    /// Selects those whole rows of the project `$1` that meet a condition. More clauses may follow it.
    pub(super) fn select(&self, condition: &str) -> String {
        format!("SELECT {} FROM {} WHERE project_id = $1 AND {condition}", self.columns, self.name)
    }

    /// The columns with the table before each, as a join needs them.
    pub(super) fn qualified(&self) -> String {
        let qualify = |column| format!("{}.{column}", self.name);
        self.columns.split(", ").map(qualify).collect::<Vec<_>>().join(", ")
    }

    /// The columns of a table that a `LEFT JOIN` may not find, after a truth value that tells whether it
    /// did; read back by [`Table::take_joined`].
    pub(super) fn joined(&self) -> String {
        format!("{}.id IS NOT NULL, {}", self.name, self.qualified())
    }

    /// Reads what [`Table::joined`] selects.
    pub(super) fn take_joined<T: FromRow>(&self, row: &mut Columns<'_>) -> Result<Option<T>, StoreError> {
        if row.take()? {
            return T::from_row(row).map(Some);
        }
        for _ in 0..width(self.columns) {
            row.take::<Skipped>()?;
        }
        Ok(None)
    }
}

/// What a view takes beside the rows of one table.
pub(super) struct Joined {
    /// All its columns, with the table before each.
    pub(super) columns: String,
    /// The `JOIN`s, none of which may hide a row or show it twice.
    pub(super) joins: &'static str,
}

/// The order of a few rows that an index finds which is not in it. SQLite expects ten rows for each project, whatever it has,
/// and would rather read all of them by the index on their age. It has none on this expression.
pub(super) const FEW_OLDEST_FIRST: &str = "ORDER BY +created_at, id";
/// The same, the other way round.
pub(super) const FEW_NEWEST_FIRST: &str = "ORDER BY +created_at DESC, id DESC";

fn insert_into(table: &str, columns: &str, rows: usize) -> String {
    let width = width(columns);
    let row = |row: usize| {
        let parameters = (1..=width).map(|place| format!("${}", row * width + place)).collect::<Vec<_>>();
        format!("({})", parameters.join(", "))
    };
    let rows = (0..rows).map(row).collect::<Vec<_>>();
    format!("INSERT INTO {table} ({columns}) VALUES {}", rows.join(", "))
}

fn width(columns: &str) -> usize {
    columns.split(", ").count()
}

/// A column that nobody looks at.
struct Skipped;

impl FromValue for Skipped {
    fn from_value(_: crate::Value<'_>) -> Result<Self, StoreError> {
        Ok(Self)
    }
}

/// For statements that must change the one row they name: rows never go, so none means a wrong id.
pub(super) fn expect_one(touched: u64) -> Result<(), StoreError> {
    let found = match touched {
        1 => return Ok(()),
        0 => "none",
        _ => "more",
    };
    Err(StoreError::WrongShape { column: "the statement".to_owned(), expected: "one row to change", found })
}

/// For statements that must change each of the rows they name.
pub(super) fn expect_all(touched: u64, named: usize) -> Result<(), StoreError> {
    if usize::try_from(touched) == Ok(named) {
        return Ok(());
    }
    Err(StoreError::WrongShape {
        column: "the statement".to_owned(),
        expected: "all rows it names to change",
        found: "another number of them",
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const NAMES: Table = Table::new("names", "id, name");

    #[test]
    fn every_column_gets_its_parameter() {
        assert_eq!(NAMES.insert(), "INSERT INTO names (id, name) VALUES ($1, $2)");
        assert_eq!(NAMES.insert_many(2), "INSERT INTO names (id, name) VALUES ($1, $2), ($3, $4)");
        assert_eq!(NAMES.insert_with("key"), "INSERT INTO names (id, name, key) VALUES ($1, $2, $3)");
        let computed = NAMES.insert_computed(&[("key", "lower($2)")]);
        assert_eq!(computed, "INSERT INTO names (id, name, key) VALUES ($1, $2, lower($2))");
    }

    #[test]
    fn a_join_names_the_table_of_each_column() {
        assert_eq!(NAMES.joined(), "names.id IS NOT NULL, names.id, names.name");
    }

    #[test]
    fn a_change_of_no_row_is_an_error() {
        assert!(expect_one(1).is_ok());
        assert!(matches!(expect_one(0), Err(StoreError::WrongShape { found: "none", .. })));
    }
}
