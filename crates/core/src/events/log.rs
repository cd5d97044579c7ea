//! Reading what happened, and forgetting whom it concerned.

use perennial_domain::{CustomerId, EventId, ProjectId};
use perennial_store::tables::{EventFilter, EventRow, PageError, PageRequest, Slice};
use perennial_store::{StoreError, Tx};
use serde_json::{Map, Value};

use crate::context::{App, Cx};

/// What stays of a subject whose customer was deleted: which row it was, in the words of every door.
const LASTING_KEYS: [&str; 9] = [
    "object",
    "id",
    "uid",
    "subscription_uid",
    "purchasable_uid",
    "business_uid",
    "business_id",
    "app_id",
    "app_code_name",
];

/// The event with this id.
pub fn find(tx: &mut Tx<'_>, project: ProjectId, id: EventId) -> Result<Option<EventRow>, StoreError> {
    tx.events(project).find(id)
}

/// A page of the events of these types, or of all when there are none. No event ever appears behind one that was shown: who
/// goes on from the newest that they know misses nothing.
pub async fn page(
    app: &App,
    project: ProjectId,
    types: Vec<String>,
    request: PageRequest,
) -> Result<Slice<EventRow>, PageError> {
    let until = match request.after {
        // What is older than an event that was shown is settled.
        Some(_) => None,
        None => Some(app.read_once(move |_, tx| tx.events(project).settled_position()).await?),
    };
    let filter = EventFilter { types, until };
    app.read(move |_, tx| tx.events(project).page_of(&filter, request)).await
}

/// Empties what was told of a customer: that it happened stays, to which row stays, and nothing personal does.
pub(crate) fn forget_customer(
    cx: &Cx,
    tx: &mut Tx<'_>,
    project: ProjectId,
    customer: CustomerId,
) -> Result<(), StoreError> {
    for (id, data) in tx.events(project).data_of_customer(customer)? {
        tx.events(project).empty(id, &lasting(&data))?;
        for delivery in tx.webhook_deliveries(project).of_event(id)? {
            let told = delivery.data.as_ref().map(lasting);
            tx.webhook_deliveries(project).empty(delivery.id, told.as_ref(), cx.now())?;
        }
    }
    Ok(())
}

fn lasting(data: &Value) -> Value {
    let keep = |key: &str| data.get(key).map(|value| (key.to_owned(), value.clone()));
    Value::Object(LASTING_KEYS.into_iter().filter_map(keep).collect::<Map<_, _>>())
}
