//! Lists, a page after the other (<https://docs.stripe.com/api/pagination>).

use perennial_core::ports::PaymentsError;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::shapes::nonsense;
use crate::call::Call;
use crate::client::Client;
use crate::form::Form;

/// The most that Stripe puts on a page.
const PAGE_LENGTH: usize = 100;
/// Ten thousand objects. A sweep that finds more asks for too long a time.
const MOST_PAGES: usize = 100;

#[derive(Deserialize)]
struct Page<T> {
    data: Vec<T>,
    #[serde(default)]
    has_more: bool,
}

/// What a list holds.
pub(crate) trait Listed: DeserializeOwned {
    /// What the next page begins behind.
    fn id(&self) -> Option<&str>;
}

impl Listed for Value {
    fn id(&self) -> Option<&str> {
        self["id"].as_str()
    }
}

/// Everything on a list, newest first. The items are not read yet, so that the caller decides what one that cannot be
/// read means for the others.
pub(crate) async fn all(
    client: &Client,
    template: &'static str,
    form: Form,
) -> Result<Vec<Value>, PaymentsError> {
    all_of(client, template, form).await
}

/// The same where all items can be read or none counts.
pub(crate) async fn all_of<T: Listed>(
    client: &Client,
    template: &'static str,
    form: Form,
) -> Result<Vec<T>, PaymentsError> {
    let mut items = Vec::new();
    let mut cursor: Option<String> = None;
    for _ in 0..MOST_PAGES {
        let form = form.clone().with("limit", PAGE_LENGTH).with_some("starting_after", cursor);
        let page: Page<T> = client.send(&Call::get(template).with(form)).await?;
        let last = page.data.last().map(|item| item.id().map(str::to_owned));
        items.extend(page.data);
        match last {
            Some(Some(last)) if page.has_more => cursor = Some(last),
            Some(None) if page.has_more => return Err(nonsense(format!("{template}: an item without id"))),
            _ => return Ok(items),
        }
    }
    tracing::warn!(path = template, "stopped reading {template} after {MOST_PAGES} pages");
    Ok(items)
}
