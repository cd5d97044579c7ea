//! The table of calls: which function answers which path.

use std::collections::BTreeMap;

use axum::http::Method;
use serde_json::Value;

use crate::http::error::ApiError;
use crate::store::Tx;

/// A call as a resource sees it.
pub(crate) struct Request {
    /// The ids in the path, in order.
    pub(crate) ids: Vec<String>,
    /// The parameters, typed and checked against the table.
    pub(crate) parameters: Value,
    /// The path as it was called, for the `url` of lists.
    pub(crate) path: String,
}

impl Request {
    /// The first id in the path.
    pub(crate) fn id(&self) -> &str {
        self.ids.first().map_or("", String::as_str)
    }
}

/// Answers one call inside its transaction.
pub(crate) type Handler = fn(&Tx<'_>, &Request) -> Result<Value, ApiError>;

/// Calls by path, in the notation of the router and of the parameter table.
#[derive(Default)]
pub(crate) struct Routes {
    calls: BTreeMap<&'static str, Vec<(Method, Handler)>>,
}

impl Routes {
    pub(crate) fn get(self, path: &'static str, handler: Handler) -> Self {
        self.add(Method::GET, path, handler)
    }

    pub(crate) fn post(self, path: &'static str, handler: Handler) -> Self {
        self.add(Method::POST, path, handler)
    }

    pub(crate) fn delete(self, path: &'static str, handler: Handler) -> Self {
        self.add(Method::DELETE, path, handler)
    }

    /// All calls, path by path.
    pub(crate) fn into_paths(self) -> impl Iterator<Item = (&'static str, Vec<(Method, Handler)>)> {
        self.calls.into_iter()
    }

    fn add(mut self, method: Method, path: &'static str, handler: Handler) -> Self {
        self.calls.entry(path).or_default().push((method, handler));
        self
    }
}
