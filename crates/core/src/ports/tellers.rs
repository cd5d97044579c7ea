//! How a door tells others what happened: the words are its own, so the core asks it.

use jiff::Timestamp;
use perennial_domain::{CustomerId, DirectoryId, EventId, Id, Project, ProjectId, WebhookFlavour};
use perennial_store::tables::EventRow;
use perennial_store::{StoreError, Tx};
use serde_json::Value;
use url::Url;
use uuid::Uuid;

use crate::events::{Happening, Subject};

/// Something that happened in the present transaction.
#[derive(Clone, Debug)]
pub struct Happened {
    /// The event's id.
    pub id: EventId,
    /// Whose.
    pub project: ProjectId,
    /// What.
    pub what: Happening,
    /// To which row.
    pub subject: Uuid,
    /// What apps call that row.
    pub name: String,
    /// When.
    pub at: Timestamp,
    /// The row itself, where whoever recorded it had it at hand.
    pub known: Option<Subject>,
}

impl Happened {
    /// The subject's id, where it is of this kind: [`Happening`] says of which kind it is.
    pub fn subject_as<I: Id>(&self) -> I {
        I::from_uuid(self.subject)
    }
}

/// What a door tells of an event.
#[derive(Clone, Debug, PartialEq)]
pub struct Telling {
    /// Its type: the event's own for the Projects API, `entity/event_type` for the Business API.
    pub message_type: String,
    /// The resource as it is when the transaction ends.
    pub data: Value,
    /// Within what it is told in order: the subscription that it belongs to, where there is one.
    pub lane: Option<Uuid>,
    /// The customer whom it concerns, for receivers that may hear of one alone.
    pub customer: Option<CustomerId>,
    /// The directory of that customer, if they are in one.
    pub directory: Option<DirectoryId>,
    /// The app whom it concerns, for receivers that may hear of one alone.
    pub app: Option<String>,
}

/// What is sent to a receiver, before the door has given it its shape.
#[derive(Clone, Copy, Debug)]
pub struct Message<'a> {
    /// In which project it happened.
    pub project: &'a Project,
    /// Where our APIs are reached.
    pub source: &'a Url,
    /// The event.
    pub event: &'a EventRow,
    /// The type that was told ([`Telling::message_type`]).
    pub message_type: &'a str,
    /// What was told ([`Telling::data`]).
    pub data: &'a Value,
}

/// How one door tells of what happened.
///
/// There is one for each flavour of webhooks. The Projects API's is asked of every event, as its answer is what the event
/// keeps and what `GET …/events` answers; the others only where a project has receivers of their flavour.
pub trait Teller: Send + Sync {
    /// In whose words it tells.
    fn flavour(&self) -> WebhookFlavour;

    /// What there is to tell of an event; nothing where the door has no word for it. Asked at the end of the transaction, so
    /// that `tx` shows the resource as it is after the change.
    fn tell(&self, tx: &mut Tx<'_>, happened: &Happened) -> Result<Vec<Telling>, StoreError>;

    /// The body of a webhook.
    fn body(&self, message: Message<'_>) -> Value;
}
