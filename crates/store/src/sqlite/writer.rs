//! The one thread that writes. Transactions that wait at the same time share one durable commit.
//!
//! A commit costs a trip to the disk, whatever it holds. While one is under way others queue up; the next
//! group takes them all, and one that fails leaves the rest alone. Nobody is answered before the group's commit
//! is on the disk.

use crossbeam_channel::Receiver;

use super::session::SqliteSession;
use crate::{
    StoreError,
    task::{Access, Message, Task, Verdict},
};

/// The most transactions that share a commit: beyond this the trip to the disk no longer matters, and the
/// first of the group should not wait for ever more.
const GROUP_LIMIT: usize = 256;

/// Works until it is told to stop, or until nobody can send any more.
pub(super) fn run(mut session: SqliteSession, queue: &Receiver<Message>) {
    while let Ok(first) = queue.recv() {
        let batch = Batch::gather(first, queue);
        commit(&mut session, batch.writes);
        if let Some(read) = batch.read {
            run_read(&mut session, read);
        }
        if batch.stop {
            break;
        }
    }
}

/// What the thread does next: some writes together, then perhaps a read (of a database in memory).
#[derive(Default)]
struct Batch {
    writes: Vec<Box<dyn Task>>,
    read: Option<Box<dyn Task>>,
    stop: bool,
}

impl Batch {
    /// Takes what waits, without waiting for more.
    fn gather(first: Message, queue: &Receiver<Message>) -> Self {
        let mut batch = Self::default();
        let mut next = Some(first);
        while let Some(message) = next {
            match message {
                Message::Stop => batch.stop = true,
                Message::Run(task) if task.is_abandoned() => {}
                Message::Run(task) if task.access() == Access::Read => batch.read = Some(task),
                Message::Run(task) => batch.writes.push(task),
            }
            let is_complete = batch.stop || batch.read.is_some() || batch.writes.len() == GROUP_LIMIT;
            next = if is_complete { None } else { queue.try_recv().ok() };
        }
        batch
    }
}

fn commit(session: &mut SqliteSession, mut group: Vec<Box<dyn Task>>) {
    if group.len() > 1 && commit_together(session, &mut group).is_ok() {
        for task in group {
            task.finish(Ok(()));
        }
        return;
    }
    // Alone, or the group was lost as a whole, as when the disk is full: then each is run again by itself,
    // and only those fail that cannot be helped.
    for task in group {
        commit_alone(session, task);
    }
}

/// Runs all in one transaction. After an error nothing of it is left and nobody has been answered.
///
/// Who fails has nearly always written nothing yet, and then there is nothing to undo: so all are run without savepoints
/// first, which copy every page that each of them writes to.
fn commit_together(session: &mut SqliteSession, group: &mut [Box<dyn Task>]) -> Result<(), StoreError> {
    match in_transaction(session, group, run_member) {
        Err(StoreError::Aborted) => in_transaction(session, group, run_apart),
        done => done,
    }
}

fn in_transaction(
    session: &mut SqliteSession,
    group: &mut [Box<dyn Task>],
    run: fn(&mut SqliteSession, &mut dyn Task) -> Result<(), StoreError>,
) -> Result<(), StoreError> {
    let result = session.control("BEGIN IMMEDIATE").and_then(|()| {
        group.iter_mut().try_for_each(|task| run(session, task.as_mut()))?;
        session.control("COMMIT")
    });
    clear(session, result)
}

/// Refuses a task that failed after it had written: nobody else is to keep that.
fn run_member(session: &mut SqliteSession, task: &mut dyn Task) -> Result<(), StoreError> {
    let before = session.changes();
    match task.run(session) {
        Verdict::RollBack if session.changes() != before => Err(StoreError::Aborted),
        Verdict::Commit | Verdict::RollBack => Ok(()),
    }
}

/// Undoes what a task has written that fails, and leaves the others' alone.
fn run_apart(session: &mut SqliteSession, task: &mut dyn Task) -> Result<(), StoreError> {
    session.control("SAVEPOINT member")?;
    if task.run(session) == Verdict::RollBack {
        session.control("ROLLBACK TO SAVEPOINT member")?;
    }
    session.control("RELEASE SAVEPOINT member")
}

fn commit_alone(session: &mut SqliteSession, mut task: Box<dyn Task>) {
    // IMMEDIATE, since a transaction that reads first and takes the write lock later can fail as busy.
    let result = session.control("BEGIN IMMEDIATE").and_then(|()| match task.run(session) {
        Verdict::Commit => session.control("COMMIT"),
        Verdict::RollBack => Ok(()),
    });
    let result = clear(session, result);
    task.finish(result);
}

/// Serves a read of a database in memory, with writing switched off.
fn run_read(session: &mut SqliteSession, mut task: Box<dyn Task>) {
    let begun = session.control("BEGIN").and_then(|()| session.set_read_only(true));
    let result = begun.map(|()| {
        task.run(session);
    });
    let writable = session.set_read_only(false);
    let result = clear(session, result.and(writable));
    task.finish(result);
}

/// Rolls back what is still open. SQLite has done so already after its gravest errors.
fn clear(session: &SqliteSession, result: Result<(), StoreError>) -> Result<(), StoreError> {
    if session.is_in_transaction() { result.and(session.control("ROLLBACK")) } else { result }
}
