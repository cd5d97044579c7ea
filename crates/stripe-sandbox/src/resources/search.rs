//! The search calls: a small part of <https://docs.stripe.com/search>, enough to look objects up by what callers put
//! on them: clauses of the form `field:"value"` or `metadata["key"]:"value"`, joined by `AND`.

use serde_json::Value;

use crate::fields::{Fields, list_of};
use crate::http::error::ApiError;
use crate::http::routes::Request;
use crate::store::{Select, Tx, page_limit};

/// Answers a search among the objects of a kind, newest first. The next page is named by the last id of this one.
pub(super) fn run(tx: &Tx<'_>, kind: &str, request: &Request) -> Result<Value, ApiError> {
    let parameters = &request.parameters;
    let limit = usize::try_from(page_limit(parameters)?).unwrap_or(usize::MAX);
    let clauses = parse(parameters.text("query").unwrap_or_default())?;
    let mut found = Select::of(kind).without("deleted", 1).all(tx)?;
    found.retain(|object| clauses.iter().all(|clause| clause.holds(object)));
    found.reverse();
    if let Some(page) = parameters.text("page") {
        let last = found.iter().position(|object| object.id() == page);
        let last = last.ok_or_else(|| ApiError::invalid("page", "This page does not exist."))?;
        found.drain(..=last);
    }
    let has_more = found.len() > limit;
    found.truncate(limit);
    let next_page = found.last().filter(|_| has_more).map(|last| last.id().to_owned());
    let mut result = list_of(found, has_more, &request.path);
    result.put("object", "search_result");
    result.put("next_page", next_page);
    Ok(result)
}

/// The texts of a list parameter.
pub(super) fn texts(parameters: &Value, name: &str) -> Vec<String> {
    parameters.elements(name).iter().filter_map(Value::as_str).map(str::to_owned).collect()
}

struct Clause {
    path: Vec<String>,
    value: String,
}

impl Clause {
    fn holds(&self, object: &Value) -> bool {
        let found = self.path.iter().try_fold(object, |value, name| value.get(name.as_str()));
        match found {
            Some(Value::String(text)) => *text == self.value,
            Some(Value::Null) | None => self.value == "null",
            Some(Value::Bool(flag)) => self.value == if *flag { "true" } else { "false" },
            Some(Value::Number(number)) => number.to_string() == self.value,
            Some(_) => false,
        }
    }
}

fn parse(query: &str) -> Result<Vec<Clause>, ApiError> {
    query.split(" AND ").map(|clause| parse_clause(clause.trim()).ok_or_else(|| unreadable(clause))).collect()
}

fn parse_clause(clause: &str) -> Option<Clause> {
    if let Some(rest) = clause.strip_prefix("metadata[") {
        let (key, value) = rest.split_once("]:")?;
        return Some(Clause { path: vec!["metadata".to_owned(), unquote(key)], value: unquote(value) });
    }
    let (field, value) = clause.split_once(':')?;
    Some(Clause { path: vec![field.to_owned()], value: unquote(value) })
}

fn unquote(text: &str) -> String {
    text.trim().trim_matches(['"', '\'']).to_owned()
}

fn unreadable(clause: &str) -> ApiError {
    ApiError::invalid(
        "query",
        format!("The sandbox's search understands field:\"value\" joined by AND, not: {clause}"),
    )
}
