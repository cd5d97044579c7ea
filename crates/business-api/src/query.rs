//! Queries of lists, with every spelling of filters (contract §7.1): `[filter][uid]=X`, `filter[uid]=X`,
//! `filter[created_at][gte]=…`, with brackets raw or percent-encoded.

use std::convert::Infallible;

use aide::OperationInput;
use aide::generate::GenContext;
use aide::openapi::Operation;
use axum::extract::{FromRequestParts, Query};
use http::request::Parts;
use schemars::JsonSchema;
use serde::Deserialize;

use crate::paging::Paging;
use crate::refusal::Refusal;

/// What says which part of a list is wanted.
const PAGE: [&str; 3] = ["page", "per_page", "sort"];

/// Everything that was asked for in a query.
#[derive(Clone, Debug, Default)]
pub(crate) struct Asked {
    pairs: Vec<(String, String)>,
}

/// One filter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Condition {
    /// As it was spelt.
    pub(crate) field: String,
    pub(crate) operator: Operator,
    /// At least one; any of them will do.
    pub(crate) values: Vec<String>,
}

impl Condition {
    /// Refuses it, in words that follow its name.
    pub(crate) fn wrong(&self, what: &str) -> Refusal {
        Refusal::bad_field(self.field.clone(), format!("`{}` {what}.", self.field))
    }
}

/// How a value is compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Operator {
    Equal,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
    Contains,
}

impl Operator {
    fn read(word: &str) -> Option<Self> {
        Some(match word {
            "eq" => Self::Equal,
            "lt" => Self::Less,
            "lte" => Self::LessOrEqual,
            "gt" => Self::Greater,
            "gte" => Self::GreaterOrEqual,
            "contains" => Self::Contains,
            _ => return None,
        })
    }
}

impl Asked {
    /// The last value of a parameter.
    pub(crate) fn value(&self, name: &str) -> Option<&str> {
        self.pairs.iter().rev().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    pub(crate) fn paging(&self) -> Result<Paging, Refusal> {
        Paging::read(self.value("page"), self.value("per_page"), self.value("sort"))
    }

    /// Refuses every parameter but these and those of the page: to pass over one would answer too much.
    pub(crate) fn only(&self, known: &[&str]) -> Result<(), Refusal> {
        let is_known = |name: &str| PAGE.contains(&name) || known.contains(&name);
        match self.pairs.iter().find(|(key, _)| !is_known(key)) {
            Some((key, _)) => {
                Err(Refusal::bad_field(key.clone(), format!("The list has no parameter {key:?}.")))
            }
            None => Ok(()),
        }
    }

    /// The filters. What looks like one and is none is refused: passing over it would answer too much.
    pub(crate) fn filters(&self, fields: &[&str]) -> Result<Vec<Condition>, Refusal> {
        let mut conditions = Vec::new();
        for (key, value) in &self.pairs {
            if fields.contains(&key.as_str()) {
                let spelling = format!("A filter is written `filter[{key}]`.");
                return Err(Refusal::bad_field(key.clone(), spelling));
            }
            if key.contains("filter") {
                conditions.push(condition(key, value, fields)?);
            }
        }
        Ok(conditions)
    }
}

fn condition(key: &str, value: &str, fields: &[&str]) -> Result<Condition, Refusal> {
    let unknown = |what: String| Refusal::bad_field(key.to_owned(), what);
    let parts = parts_of(key).ok_or_else(|| unknown(format!("{key:?} is no filter.")))?;
    let (field, operator) = match parts.as_slice() {
        [field] => (*field, Some(Operator::Equal)),
        [field, operator] => (*field, Operator::read(operator)),
        _ => return Err(unknown(format!("{key:?} is no filter."))),
    };
    if !fields.contains(&field) {
        let known = fields.join(", ");
        return Err(unknown(format!("{field:?} cannot be filtered by; these can: {known}.")));
    }
    let operator = operator
        .ok_or_else(|| unknown("A filter compares by eq, lt, lte, gt, gte or contains.".to_owned()))?;
    let values = value.split(',').map(|value| value.trim().to_owned()).collect();
    Ok(Condition { field: field.to_owned(), operator, values })
}

/// What stands in brackets after the word `filter`, which may stand in brackets itself.
fn parts_of(key: &str) -> Option<Vec<&str>> {
    let rest = key.strip_prefix("[filter]").or_else(|| key.strip_prefix("filter"))?;
    let inner = rest.strip_prefix('[')?.strip_suffix(']')?;
    Some(inner.split("][").collect())
}

impl<S: Sync> FromRequestParts<S> for Asked {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        let query = parts.uri.query().unwrap_or_default();
        Ok(Self { pairs: url::form_urlencoded::parse(query.as_bytes()).into_owned().collect() })
    }
}

#[derive(Deserialize, JsonSchema)]
#[expect(dead_code, reason = "only its schema is used")]
struct ListParameters {
    /// From 1 on.
    page: Option<u32>,
    /// Up to 100; 25 unless given.
    per_page: Option<u32>,
    /// `field:asc` or `field:desc`, several with commas; `updated_at:desc` unless given.
    sort: Option<String>,
    /// `filter[field]=value` or `filter[field][operator]=value`; the operators are eq, lt, lte, gt, gte and contains,
    /// and of several values with commas any will do.
    filter: Option<String>,
}

/// The parameters have many spellings, of which the document shows one.
impl OperationInput for Asked {
    fn operation_input(context: &mut GenContext, operation: &mut Operation) {
        Query::<ListParameters>::operation_input(context, operation);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(query: &str) -> Asked {
        Asked { pairs: url::form_urlencoded::parse(query.as_bytes()).into_owned().collect() }
    }

    #[test]
    fn every_spelling_is_the_same_filter() {
        for query in
            ["[filter][uid]=1,2", "filter[uid]=1,2", "%5Bfilter%5D%5Buid%5D=1%2C2", "filter[uid][eq]=1,2"]
        {
            let found = asked(query).filters(&["uid"]).unwrap();
            let values = vec!["1".to_owned(), "2".to_owned()];
            assert_eq!(found, [Condition { field: "uid".to_owned(), operator: Operator::Equal, values }]);
        }
        let found = asked("[filter][created_at][lte]=2031-01-01").filters(&["created_at"]).unwrap();
        assert_eq!(found[0].operator, Operator::LessOrEqual);
    }

    #[test]
    fn what_is_no_filter_is_refused() {
        for query in [
            "filter[color]=red",
            "filter[uid][like]=1",
            "filter[uid",
            "filter=uid",
            "filters[uid]=1",
            "uid=1",
            "filter[uid][eq][not]=1",
        ] {
            assert!(asked(query).filters(&["uid"]).is_err(), "{query}");
        }
        assert!(asked("page=1&utm_source=mail").filters(&["uid"]).unwrap().is_empty());
    }
}
