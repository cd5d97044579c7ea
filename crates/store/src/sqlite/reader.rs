//! A thread that reads a database file. In write-ahead mode it holds up nobody and nobody holds it up.

use crossbeam_channel::Receiver;

use super::session::SqliteSession;
use crate::task::{Access, Message};

/// Works until it is told to stop, or until nobody can send any more.
pub(super) fn run(mut session: SqliteSession, queue: &Receiver<Message>) {
    while let Ok(Message::Run(mut task)) = queue.recv() {
        if task.is_abandoned() {
            continue;
        }
        // Two statements of a closure must see the same moment.
        let result = match task.access() {
            Access::ReadOnce => {
                task.run(&mut session);
                Ok(())
            }
            Access::Read | Access::Write => session.control("BEGIN").and_then(|()| {
                task.run(&mut session);
                session.control("ROLLBACK")
            }),
        };
        task.finish(result);
    }
}
