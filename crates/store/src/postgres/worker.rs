//! A thread that runs transactions on its connection, one after the other.

use crossbeam_channel::Receiver;

use super::session::PostgresSession;
use crate::task::{Access, Message, Task, Verdict};

/// How often a transaction is run before its bad luck is reported.
const ATTEMPTS: u32 = 5;

/// Works until it is told to stop, or until nobody can send any more.
pub(super) fn run(mut session: PostgresSession, queue: &Receiver<Message>) {
    while let Ok(Message::Run(task)) = queue.recv() {
        if task.is_abandoned() {
            continue;
        }
        match task.access() {
            Access::Read => read(&mut session, task),
            Access::Write => write(&mut session, task),
        }
    }
}

/// The reader has its answer before the server hears that the view is no longer needed.
fn read(session: &mut PostgresSession, mut task: Box<dyn Task>) {
    session.begin(Access::Read);
    task.run(session);
    task.finish(Ok(()));
    session.roll_back();
}

fn write(session: &mut PostgresSession, mut task: Box<dyn Task>) {
    let mut result = Ok(());
    for _ in 0..ATTEMPTS {
        session.begin(Access::Write);
        if task.run(session) == Verdict::Commit {
            result = session.commit();
            break;
        }
        session.roll_back();
        if !session.was_unlucky() {
            break;
        }
    }
    task.finish(result);
}
