//! The end of a transaction in which something happened: each event is written with its subject as it is by then, and a
//! delivery for everybody who wants to hear of it.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::sync::Arc;

use perennial_domain::{
    CustomerId, DeliveryState, DirectoryId, ProjectId, WebhookAudience, WebhookEndpoint, WebhookFlavour,
};
use perennial_store::tables::{DeliveryRow, EventRow};
use perennial_store::{StoreError, Tx};
use serde_json::{Map, Value, json};
use uuid::Uuid;

use crate::context::Cx;
use crate::ports::{Happened, Teller, Telling};

/// Writes what was recorded, and answers whether receivers hear of it. A transaction that fails here is undone as a whole: no
/// change goes untold.
pub(crate) fn publish(tellers: &[Arc<dyn Teller>], cx: &Cx, tx: &mut Tx<'_>) -> Result<bool, StoreError> {
    let happened = cx.take_happened();
    if happened.is_empty() {
        return Ok(false);
    }
    let mut publisher = Publisher {
        tellers,
        cx,
        told: HashMap::new(),
        listened_in: HashMap::new(),
        receivers: HashMap::new(),
        is_heard: false,
    };
    for (index, one) in happened.iter().enumerate() {
        let is_last = happened[index + 1..].iter().all(|later| later.subject != one.subject);
        publisher.publish(tx, one, is_last)?;
    }
    Ok(publisher.is_heard)
}

/// What is found out once for the events of one transaction.
struct Publisher<'a> {
    tellers: &'a [Arc<dyn Teller>],
    cx: &'a Cx,
    /// What there is to tell of a subject, whatever happened to it.
    told: HashMap<Uuid, Telling>,
    /// Whether anybody listens in a door's words.
    listened_in: HashMap<(ProjectId, WebhookFlavour), bool>,
    /// Who may hear of what, whatever types they want to hear.
    receivers: HashMap<Concern, Vec<WebhookEndpoint>>,
    is_heard: bool,
}

/// Whom something concerns, in the words of one door.
#[derive(Clone, PartialEq, Eq, Hash)]
struct Concern {
    project: ProjectId,
    flavour: WebhookFlavour,
    customer: Option<CustomerId>,
    directory: Option<DirectoryId>,
    app: Option<String>,
}

impl Publisher<'_> {
    /// `is_last` says that nothing else has happened to this subject.
    fn publish(&mut self, tx: &mut Tx<'_>, happened: &Happened, is_last: bool) -> Result<(), StoreError> {
        let told = match self.told.remove(&happened.subject) {
            Some(told) => told,
            None => self.tell(tx, happened)?,
        };
        if !is_last {
            self.told.insert(happened.subject, told.clone());
        }
        let previous_data = previous_data(tx, happened, &told.data)?;
        let event = EventRow {
            id: happened.id,
            event_type: happened.what.as_str().to_owned(),
            subject_id: happened.subject,
            lane_id: told.lane,
            customer_id: told.customer,
            data: told.data,
            previous_data,
            actor: serde_json::to_value(self.cx.actor()).ok(),
            created_at: happened.at,
        };
        let appended = tx.events(happened.project).append(&event)?;
        if appended.has_receivers {
            let mut deliveries = self.deliveries(tx, happened, &event)?;
            for delivery in &mut deliveries {
                delivery.position = appended.position;
            }
            self.is_heard |= !deliveries.is_empty();
            tx.webhook_deliveries(happened.project).insert_all(&deliveries)?;
        }
        Ok(())
    }

    /// What the Projects API tells of it. Where it has no word for it, because the subject is removed, that is what was
    /// told of it last.
    fn tell(&self, tx: &mut Tx<'_>, happened: &Happened) -> Result<Telling, StoreError> {
        let told = match teller(self.tellers, WebhookFlavour::Projects) {
            Some(teller) => teller.tell(tx, happened)?.pop(),
            None => None,
        };
        if let Some(told) = told {
            return Ok(told);
        }
        let last = tx.events(happened.project).last_data_of(happened.subject)?;
        Ok(Telling {
            message_type: happened.what.as_str().to_owned(),
            data: last.unwrap_or_else(|| json!({ "id": happened.name })),
            lane: None,
            customer: None,
            directory: None,
            app: None,
        })
    }

    /// A delivery for each receiver that hears of it.
    fn deliveries(
        &mut self,
        tx: &mut Tx<'_>,
        happened: &Happened,
        event: &EventRow,
    ) -> Result<Vec<DeliveryRow>, StoreError> {
        let (project, cx) = (happened.project, self.cx);
        let mut deliveries = Vec::new();
        let concern = |flavour, customer| Concern { project, flavour, customer, directory: None, app: None };
        let ours = self.receivers(tx, concern(WebhookFlavour::Projects, event.customer_id))?;
        for endpoint in ours.iter().filter(|endpoint| endpoint.hears(&event.event_type)) {
            deliveries.push(delivery(cx, endpoint, event, event.event_type.clone()));
        }
        let Some(teller) = teller(self.tellers, WebhookFlavour::Business) else { return Ok(deliveries) };
        if !self.is_listened_in(tx, project, WebhookFlavour::Business)? {
            return Ok(deliveries);
        }
        for telling in teller.tell(tx, happened)? {
            let Telling { customer, directory, app, .. } = telling.clone();
            let concerned = Concern { directory, app, ..concern(WebhookFlavour::Business, customer) };
            let theirs = self.receivers(tx, concerned)?;
            for endpoint in theirs.iter().filter(|endpoint| endpoint.hears(&telling.message_type)) {
                deliveries.push(DeliveryRow {
                    lane_id: telling.lane.unwrap_or(event.subject_id),
                    data: Some(telling.data.clone()),
                    ..delivery(cx, endpoint, event, telling.message_type.clone())
                });
            }
        }
        Ok(deliveries)
    }

    /// Doors with nobody who listens are not asked.
    fn is_listened_in(
        &mut self,
        tx: &mut Tx<'_>,
        project: ProjectId,
        flavour: WebhookFlavour,
    ) -> Result<bool, StoreError> {
        Ok(match self.listened_in.entry((project, flavour)) {
            Entry::Occupied(known) => *known.get(),
            Entry::Vacant(unknown) => *unknown.insert(tx.webhook_endpoints(project).any_of(flavour)?),
        })
    }

    /// Looked for by whom it concerns: that others listen too, however many, costs nothing.
    fn receivers(&mut self, tx: &mut Tx<'_>, concern: Concern) -> Result<&[WebhookEndpoint], StoreError> {
        Ok(match self.receivers.entry(concern) {
            Entry::Occupied(known) => known.into_mut(),
            Entry::Vacant(unknown) => {
                let Concern { project, flavour, customer, directory, app } = unknown.key();
                let audiences = WebhookAudience::all_including(*customer, *directory, app.as_deref());
                let found = tx.webhook_endpoints(*project).hearing(*flavour, &audiences, self.cx.now())?;
                unknown.insert(found)
            }
        })
    }
}

fn teller(tellers: &[Arc<dyn Teller>], flavour: WebhookFlavour) -> Option<&dyn Teller> {
    tellers.iter().find(|teller| teller.flavour() == flavour).map(AsRef::as_ref)
}

fn delivery(cx: &Cx, endpoint: &WebhookEndpoint, event: &EventRow, message_type: String) -> DeliveryRow {
    DeliveryRow {
        id: cx.id(),
        project_id: endpoint.project_id,
        endpoint_id: endpoint.id,
        event_id: event.id,
        lane_id: event.lane_id.unwrap_or(event.subject_id),
        message_type,
        data: None,
        state: DeliveryState::Waiting,
        attempts: 0,
        next_at: event.created_at,
        attempted_at: None,
        last_status: None,
        last_response: None,
        last_error: None,
        settled_at: None,
        created_at: event.created_at,
        // Known once the event is written.
        position: 0,
    }
}

/// The old values of those top-level keys that have changed since the subject was told of last (contracts/projects-api.md
/// §2.17); only for updates, and only where something was told before.
fn previous_data(tx: &mut Tx<'_>, happened: &Happened, data: &Value) -> Result<Option<Value>, StoreError> {
    if !happened.what.is_update() {
        return Ok(None);
    }
    let last = tx.events(happened.project).last_data_of(happened.subject)?;
    Ok(last.map(|last| Value::Object(shallow_difference(&last, data))))
}

fn shallow_difference(before: &Value, after: &Value) -> Map<String, Value> {
    let (Some(before), Some(after)) = (before.as_object(), after.as_object()) else { return Map::new() };
    let changed = before.iter().filter(|(key, value)| after.get(*key) != Some(value));
    changed.map(|(key, value)| (key.clone(), value.clone())).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_changed_at_the_top_is_told_again_as_it_was() {
        let before = json!({ "id": "usr_1", "fullName": "A. Quill", "metadata": { "a": "1" } });
        let after =
            json!({ "id": "usr_1", "fullName": "Ada Quill", "metadata": { "a": "1" }, "birthday": null });
        assert_eq!(Value::Object(shallow_difference(&before, &after)), json!({ "fullName": "A. Quill" }));
    }
}
