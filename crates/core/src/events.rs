//! What happened, append-only, written in the transaction that made it happen.

mod happening;
mod log;
mod publish;
mod subject;

use perennial_domain::{Id, ProjectId};
use perennial_store::{StoreError, Tx};

use crate::context::Cx;
use crate::ports::Happened;

pub use happening::Happening;
pub use log::{find, page};
pub use subject::Subject;

pub(crate) use log::forget_customer;
pub(crate) use publish::publish;

/// What stands before an event's type where apps see it (contracts/projects-api.md §2.17).
pub const TYPE_PREFIX: &str = "com.gigs.";

/// Notes that something happened to a row. It is written with everything else when the transaction ends, so that it tells
/// of the row as it is by then: `tx` stands for that transaction.
pub fn record(
    cx: &Cx,
    tx: &mut Tx<'_>,
    project: ProjectId,
    what: Happening,
    subject: impl Id,
) -> Result<(), StoreError> {
    record_of(cx, tx, project, what, subject, &subject.to_string())
}

/// Notes that something happened to a row that apps know by another name than ours.
pub fn record_of(
    cx: &Cx,
    _: &mut Tx<'_>,
    project: ProjectId,
    what: Happening,
    subject: impl Id,
    name: &str,
) -> Result<(), StoreError> {
    cx.note(happened(cx, project, what, subject, name));
    Ok(())
}

/// Notes that something happened to a row which has nothing beside it and does not change in this transaction any more: it
/// need not be read again.
pub(crate) fn record_known(cx: &Cx, project: ProjectId, what: Happening, id: impl Id, known: Subject) {
    let happened = happened(cx, project, what, id, &id.to_string());
    cx.note(Happened { known: Some(known), ..happened });
}

fn happened(cx: &Cx, project: ProjectId, what: Happening, subject: impl Id, name: &str) -> Happened {
    let (subject, name) = (subject.uuid(), name.to_owned());
    Happened { id: cx.id(), project, what, subject, name, at: cx.now(), known: None }
}
