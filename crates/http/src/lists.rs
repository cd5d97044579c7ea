//! Lists on their way out (contracts/projects-api.md §1.5).

use perennial_core::store::tables::Slice;
use schemars::JsonSchema;
use serde::Serialize;

/// A part of a list, newest first.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "{T}List")]
pub struct ListBody<T> {
    #[schemars(extend("const" = "list"))]
    object: &'static str,
    items: Vec<T>,
    /// Pass it as `after` for the next part; null at the end.
    more_items_after: Option<String>,
    /// Pass it as `before` for the part before this one; null at the beginning.
    more_items_before: Option<String>,
}

impl<T> ListBody<T> {
    /// Shapes the rows of a slice, and names the ids at which it goes on.
    pub fn of<R>(slice: Slice<R>, id: impl Fn(&R) -> String, shape: impl FnMut(R) -> T) -> Self {
        let more_items_after = slice.items.last().filter(|_| slice.more_after).map(&id);
        let more_items_before = slice.items.first().filter(|_| slice.more_before).map(&id);
        let items = slice.items.into_iter().map(shape).collect();
        Self { object: "list", items, more_items_after, more_items_before }
    }

    /// A whole list: what a search finds.
    pub fn whole(items: Vec<T>) -> Self {
        Self { object: "list", items, more_items_after: None, more_items_before: None }
    }
}
