//! Reading what happened, and forgetting whom it concerned.

use perennial_domain::{CustomerId, EventId, ProjectId};
use perennial_store::tables::{EventFilter, EventRow, PageError, PageRequest, Slice};
use perennial_store::{StoreError, Tx};
use serde_json::{Map, Value};

/// What stays of a subject whose customer was deleted.
const LASTING_KEYS: [&str; 2] = ["object", "id"];

/// The event with this id.
pub fn find(tx: &mut Tx<'_>, project: ProjectId, id: EventId) -> Result<Option<EventRow>, StoreError> {
    tx.events(project).find(id)
}

/// A page of the events that match.
pub fn page(
    tx: &mut Tx<'_>,
    project: ProjectId,
    filter: &EventFilter,
    request: PageRequest,
) -> Result<Slice<EventRow>, PageError> {
    tx.events(project).page_of(filter, request)
}

/// Empties what was told of a customer: that it happened stays, to which row stays, and nothing personal does.
pub(crate) fn forget_customer(
    tx: &mut Tx<'_>,
    project: ProjectId,
    customer: CustomerId,
) -> Result<(), StoreError> {
    for (id, data) in tx.events(project).data_of_customer(customer)? {
        tx.events(project).empty(id, &lasting(&data))?;
        tx.webhook_deliveries(project).empty(id)?;
    }
    Ok(())
}

fn lasting(data: &Value) -> Value {
    let keep = |key: &str| data.get(key).map(|value| (key.to_owned(), value.clone()));
    Value::Object(LASTING_KEYS.into_iter().filter_map(keep).collect::<Map<_, _>>())
}
