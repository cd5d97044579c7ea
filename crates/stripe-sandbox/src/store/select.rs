//! Questions for many objects: by kind and by the values inside them, newest first, page by page.

use rusqlite::types::Value as SqlValue;
use rusqlite::{OptionalExtension, params_from_iter};
use serde_json::Value;

use super::Tx;
use super::keys::{in_body, part_of_customers_index, place};
use crate::fields::{Fields, list_of};
use crate::http::error::ApiError;

const DEFAULT_LIMIT: i64 = 10;
const MAX_LIMIT: i64 = 100;

/// A selection of objects of one kind. Paths are the sandbox's own words and never come from a request.
pub(crate) struct Select {
    kind: String,
    table: &'static str,
    conditions: Vec<String>,
    values: Vec<SqlValue>,
    /// What it compares, as long as that is nothing but texts with what is in objects.
    equal: Option<Vec<(String, String)>>,
}

impl Select {
    /// All objects of a kind.
    pub(crate) fn of(kind: &str) -> Self {
        let kind = kind.to_owned();
        if kind == "event" {
            let conditions = vec!["TRUE".to_owned()];
            return Self { kind, table: "events", conditions, values: Vec::new(), equal: None };
        }
        let (conditions, values) = (vec!["kind = ?1".to_owned()], vec![SqlValue::from(kind.clone())]);
        Self { kind, table: "objects", conditions, values, equal: Some(Vec::new()) }
    }

    /// Those whose value at `path` is this one.
    pub(crate) fn with(mut self, path: &str, value: impl Into<SqlValue>) -> Self {
        let value = value.into();
        let mut equal = self.equal.take();
        match (&mut equal, &value) {
            (Some(texts), SqlValue::Text(text)) => texts.push((path.to_owned(), text.clone())),
            _ => equal = None,
        }
        Self { equal, ..self.compare(path, "=", value) }
    }

    /// Those whose value at `path` is another one, or none at all.
    pub(crate) fn without(self, path: &str, value: impl Into<SqlValue>) -> Self {
        self.compare(path, "IS NOT", value)
    }

    /// Narrowed by the text parameter of the same name, when it was given.
    pub(crate) fn with_parameters(mut self, parameters: &Value, names: &[&str]) -> Self {
        for name in names {
            self = match parameters.get(*name) {
                Some(Value::Bool(flag)) => self.with(name, i64::from(*flag)),
                Some(Value::String(text)) => self.with(name, text.clone()),
                _ => self,
            };
        }
        self
    }

    /// Narrowed by Stripe's `created` parameter: a number, or an object with bounds.
    pub(crate) fn with_range(self, parameters: &Value, name: &str) -> Self {
        self.with_range_at(parameters, name, name)
    }

    /// Like [`Self::with_range`], where the object has the time under another name than the parameter.
    pub(crate) fn with_range_at(mut self, parameters: &Value, name: &str, path: &str) -> Self {
        if let Some(exact) = parameters.integer(name) {
            return self.with(path, exact);
        }
        for (bound, operator) in [("gt", ">"), ("gte", ">="), ("lt", "<"), ("lte", "<=")] {
            if let Some(value) = parameters.integer(&format!("{name}.{bound}")) {
                self = self.compare(path, operator, value);
            }
        }
        self
    }

    /// Those whose value at `path` is one of these.
    pub(crate) fn with_any(mut self, path: &str, values: &[String]) -> Self {
        let mut places = Vec::with_capacity(values.len());
        for value in values {
            self.values.push(SqlValue::from(value.clone()));
            places.push(format!("?{}", self.values.len()));
        }
        self.conditions.push(format!("{} IN ({})", self.place(path), places.join(", ")));
        self.equal = None;
        self
    }

    /// Those whose text at `path` begins with `start`.
    pub(crate) fn starting(mut self, path: &str, start: &str) -> Self {
        self.values.push(SqlValue::from(start.to_owned()));
        let number = self.values.len();
        let text = self.place(path);
        self.conditions.push(format!("substr({text}, 1, length(?{number})) = ?{number}"));
        self.equal = None;
        self
    }

    /// Those events that every endpoint has, or the others.
    pub(crate) fn delivered(mut self, delivered: bool) -> Self {
        let quantifier = if delivered { "NOT EXISTS" } else { "EXISTS" };
        self.conditions.push(format!(
            "{quantifier} (SELECT 1 FROM deliveries WHERE event = events.id AND state = 'pending')"
        ));
        self
    }

    /// Those whose value at `path` compares to this one by an SQL operator.
    pub(crate) fn compare(mut self, path: &str, operator: &str, value: impl Into<SqlValue>) -> Self {
        self.values.push(value.into());
        self.conditions.push(format!("{} {operator} ?{}", self.place(path), self.values.len()));
        if path == "customer" {
            self.conditions.push(part_of_customers_index(&self.kind));
        }
        self.equal = None;
        self
    }

    /// How SQL reads what is at a path. Events have no columns for their members.
    fn place(&self, path: &str) -> String {
        if self.kind == "event" { in_body(path) } else { place(path) }
    }

    /// All of them, oldest first. Where the database knows all but the new ones, nothing has to be written down for it
    /// first: what a renewal makes is asked for again at once, and would be written twice.
    pub(crate) fn all(self, tx: &Tx<'_>) -> Result<Vec<Value>, ApiError> {
        let new = self.equal.as_deref().and_then(|texts| tx.new_with(&self.kind, texts));
        let Some(new) = new else { return self.run(tx, "ORDER BY sequence") };
        let mut objects = self.read(tx, "ORDER BY sequence")?;
        objects.extend(new);
        Ok(objects)
    }

    /// The newest `count`, newest first.
    pub(crate) fn newest(self, tx: &Tx<'_>, count: i64) -> Result<Vec<Value>, ApiError> {
        self.run(tx, &format!("ORDER BY sequence DESC LIMIT {count}"))
    }

    /// The newest one.
    pub(crate) fn first(self, tx: &Tx<'_>) -> Result<Option<Value>, ApiError> {
        Ok(self.newest(tx, 1)?.pop())
    }

    /// One page, as Stripe's lists answer it: newest first, with `starting_after`, `ending_before` and `limit`.
    pub(crate) fn page(mut self, tx: &Tx<'_>, parameters: &Value, url: &str) -> Result<Value, ApiError> {
        let limit = page_limit(parameters)?;
        tx.write_down_kind(&self.kind)?;
        let backwards = parameters.text("ending_before").is_some();
        for (name, operator) in [("starting_after", "<"), ("ending_before", ">")] {
            let Some(cursor) = parameters.text(name) else { continue };
            let sequence = self.sequence_of(tx, cursor)?;
            let sequence = sequence.ok_or_else(|| ApiError::no_such("object", cursor, name))?;
            self.values.push(SqlValue::from(sequence));
            self.conditions.push(format!("sequence {operator} ?{}", self.values.len()));
        }
        let direction = if backwards { "ASC" } else { "DESC" };
        let mut data = self.run(tx, &format!("ORDER BY sequence {direction} LIMIT {}", limit + 1))?;
        let has_more = data.len() > usize::try_from(limit).unwrap_or(0);
        if has_more {
            data.pop();
        }
        if backwards {
            data.reverse();
        }
        Ok(list_of(data, has_more, url))
    }

    fn sequence_of(&self, tx: &Tx<'_>, id: &str) -> Result<Option<i64>, ApiError> {
        let sql = format!("SELECT sequence FROM {} WHERE id = ?1", self.table);
        Ok(tx.connection.prepare_cached(&sql)?.query_row([id], |row| row.get(0)).optional()?)
    }

    fn run(self, tx: &Tx<'_>, ending: &str) -> Result<Vec<Value>, ApiError> {
        tx.write_down_kind(&self.kind)?;
        self.read(tx, ending)
    }

    fn sql(&self, ending: &str) -> String {
        format!("SELECT id, body FROM {} WHERE {} {ending}", self.table, self.conditions.join(" AND "))
    }

    fn read(self, tx: &Tx<'_>, ending: &str) -> Result<Vec<Value>, ApiError> {
        let mut statement = tx.connection.prepare_cached(&self.sql(ending))?;
        let mut rows = statement.query(params_from_iter(self.values))?;
        let mut objects = Vec::new();
        while let Some(row) = rows.next()? {
            objects.push(tx.read_row(row)?);
        }
        Ok(objects)
    }
}

/// The `limit` parameter, checked.
pub(crate) fn page_limit(parameters: &Value) -> Result<i64, ApiError> {
    let limit = parameters.integer("limit").unwrap_or(DEFAULT_LIMIT);
    if (1..=MAX_LIMIT).contains(&limit) {
        return Ok(limit);
    }
    let message = format!("The limit must be between 1 and {MAX_LIMIT}.");
    Err(ApiError::invalid("limit", message).with_code("parameter_invalid_integer"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Sandbox, SandboxOptions};

    #[tokio::test]
    async fn what_a_customer_has_is_found_beside_what_they_paid() {
        let sandbox = Sandbox::open(SandboxOptions::default()).unwrap();
        for (kind, order) in [("payment_method", "ASC"), ("charge", "DESC"), ("invoice", "DESC")] {
            let select = Select::of(kind).with("customer", "cus_1".to_owned());
            let sql = format!("EXPLAIN QUERY PLAN {}", select.sql(&format!("ORDER BY sequence {order}")));
            let read = sandbox.read(|tx| {
                let mut statement = tx.connection.prepare(&sql)?;
                let steps = statement.query_map([kind, "cus_1"], |row| row.get::<_, String>(3))?;
                Ok(steps.collect::<Result<Vec<_>, _>>()?.join("\n"))
            });
            let plan = read.await.unwrap();
            assert!(plan.contains("objects_of_customer (customer=? AND <expr>=?)"), "{kind}: {plan}");
            assert!(!plan.contains("TEMP B-TREE"), "{kind}: {plan}");
        }
    }
}
