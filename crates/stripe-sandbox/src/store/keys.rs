//! What objects are looked up by: copies of some of their members, in columns with an index each.

use rusqlite::ToSql;
use serde_json::Value;

use crate::fields::Fields;

/// Each column, and where in an object its value is: the first place that has one.
const COLUMNS: [(&str, &[&str]); 4] = [
    ("customer", &["customer"]),
    ("subscription", &["subscription", "parent.subscription_details.subscription"]),
    ("invoice", &["invoice"]),
    ("payment_intent", &["payment_intent", "payment.payment_intent"]),
];

/// The column of a time, for which an object has one place.
const CREATED: &str = "created";

/// The columns of one object.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Keys<'o> {
    created: Option<i64>,
    links: [Option<&'o str>; 4],
    test_clock: Option<&'o str>,
    due_at: Option<i64>,
}

impl<'o> Keys<'o> {
    pub(super) fn of(object: &'o Value) -> Self {
        Self {
            created: object.integer(CREATED),
            links: COLUMNS.map(|(_, paths)| paths.iter().find_map(|path| object.text(path))),
            test_clock: object.text("test_clock"),
            due_at: object.integer("_due_at"),
        }
    }

    /// In the order `created, customer, subscription, invoice, payment_intent, test_clock, due_at`.
    pub(super) fn values(&self) -> [&dyn ToSql; 7] {
        let [customer, subscription, invoice, payment_intent] = &self.links;
        [&self.created, customer, subscription, invoice, payment_intent, &self.test_clock, &self.due_at]
    }
}

/// How SQL reads what is at a path: from its column, or out of the body.
pub(super) fn place(path: &str) -> String {
    if path == CREATED {
        return path.to_owned();
    }
    let column = COLUMNS.iter().find(|(_, paths)| paths.contains(&path));
    column.map_or_else(|| in_body(path), |(name, _)| (*name).to_owned())
}

/// What is true of every object of this kind, in the words of the index of what customers have.
pub(super) fn part_of_customers_index(kind: &str) -> String {
    let is_paid = matches!(kind, "charge" | "invoice" | "payment_intent");
    format!("(kind IN ('charge', 'invoice', 'payment_intent')) = {}", i32::from(is_paid))
}

/// Whether what is at a path has a column of its own.
pub(super) fn is_key(path: &str) -> bool {
    path == CREATED || COLUMNS.iter().any(|(_, paths)| paths.contains(&path))
}

/// The text at a path, as SQL reads it.
pub(super) fn text_at<'o>(object: &'o Value, path: &str) -> Option<&'o str> {
    let column = COLUMNS.iter().find(|(_, paths)| paths.contains(&path));
    match column {
        Some((_, paths)) => paths.iter().find_map(|path| object.text(path)),
        None => object.text(path),
    }
}

/// How SQL reads what is at a path out of the body.
pub(super) fn in_body(path: &str) -> String {
    format!("body ->> '$.{path}'")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn an_invoice_is_found_by_the_subscription_it_is_for() {
        let invoice = json!({ "parent": { "subscription_details": { "subscription": "sub_1" } } });
        assert_eq!(Keys::of(&invoice).links, [None, Some("sub_1"), None, None]);
        assert_eq!(place("parent.subscription_details.subscription"), "subscription");
        assert_eq!(place("created"), "created");
        assert_eq!(place("status"), "body ->> '$.status'");
    }
}
