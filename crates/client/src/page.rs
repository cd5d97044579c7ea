//! Lists, a page at a time (contract §1.5).

use serde::Deserialize;
use serde::de::DeserializeOwned;

use crate::client::Client;
use crate::error::Error;
use crate::request::Call;

/// Which part of a list to answer. The default is the newest ten.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Paging {
    /// At most this many items; the API allows up to 200.
    pub limit: Option<u8>,
    /// Where to begin.
    pub cursor: Option<Cursor>,
}

/// A place in a list, named by an item's id. Lists run from new to old.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Cursor {
    /// Right after the item with this id: older ones.
    After(String),
    /// Right before the item with this id: newer ones.
    Before(String),
}

/// One page of a list, and the way to its neighbours.
#[derive(Debug, Clone)]
pub struct Page<T> {
    /// The items, newest first.
    pub items: Vec<T>,
    more_items_after: Option<String>,
    more_items_before: Option<String>,
    client: Client,
    list: List,
}

/// A list without a place in it: what all its pages have in common.
#[derive(Debug, Clone)]
pub(crate) struct List {
    path: String,
    filters: Vec<(&'static str, String)>,
}

/// The envelope of lists and of search results.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ListBody<T> {
    pub(crate) items: Vec<T>,
    more_items_after: Option<String>,
    more_items_before: Option<String>,
}

impl<T: DeserializeOwned> Page<T> {
    /// The page of older items, or `None` at the end of the list.
    pub async fn next_page(&self) -> Result<Option<Self>, Error> {
        match &self.more_items_after {
            Some(id) => self.turn(Cursor::After(id.clone())).await.map(Some),
            None => Ok(None),
        }
    }

    /// The page of newer items, or `None` at the beginning of the list.
    pub async fn previous_page(&self) -> Result<Option<Self>, Error> {
        match &self.more_items_before {
            Some(id) => self.turn(Cursor::Before(id.clone())).await.map(Some),
            None => Ok(None),
        }
    }

    async fn turn(&self, cursor: Cursor) -> Result<Self, Error> {
        self.list.clone().fetch(&self.client, Some(&cursor)).await
    }
}

impl List {
    pub(crate) fn new(path: impl Into<String>) -> Self {
        Self { path: path.into(), filters: Vec::new() }
    }

    /// Adds a filter unless it is empty: the API refuses an empty value (contract §1.3).
    pub(crate) fn filter<V: ToString>(
        mut self,
        name: &'static str,
        values: impl IntoIterator<Item = V>,
    ) -> Self {
        let values: Vec<String> = values.into_iter().map(|value| value.to_string()).collect();
        if !values.is_empty() {
            self.filters.push((name, values.join(",")));
        }
        self
    }

    /// Fetches the page that `paging` asks for.
    pub(crate) async fn page<T: DeserializeOwned>(
        self,
        client: &Client,
        paging: &Paging,
    ) -> Result<Page<T>, Error> {
        self.filter("limit", paging.limit).fetch(client, paging.cursor.as_ref()).await
    }

    async fn fetch<T: DeserializeOwned>(
        self,
        client: &Client,
        cursor: Option<&Cursor>,
    ) -> Result<Page<T>, Error> {
        let mut query = self.filters.clone();
        match cursor {
            Some(Cursor::After(id)) => query.push(("after", id.clone())),
            Some(Cursor::Before(id)) => query.push(("before", id.clone())),
            None => {}
        }
        let body: ListBody<T> = client.send(&Call::get(self.path.clone()).with_query(query)).await?;
        Ok(Page {
            items: body.items,
            more_items_after: body.more_items_after,
            more_items_before: body.more_items_before,
            client: client.clone(),
            list: self,
        })
    }
}
