//! A thread that runs transactions on its connection, one after the other.

use std::{thread, time::Duration};

use crossbeam_channel::Receiver;

use super::session::PostgresSession;
use crate::task::{Access, Message, Task, Verdict};

/// How often a transaction is run before its bad luck is reported.
const ATTEMPTS: u32 = 5;

/// How long it waits before it is run again; twice as long each further time.
const FIRST_PAUSE: Duration = Duration::from_millis(5);

/// Works until it is told to stop, or until nobody can send any more.
pub(super) fn run(mut session: PostgresSession, queue: &Receiver<Message>) {
    while let Ok(Message::Run(task)) = queue.recv() {
        if task.is_abandoned() {
            continue;
        }
        match task.access() {
            Access::Read | Access::ReadOnce => read(&mut session, task),
            Access::Write => write(&mut session, task),
        }
    }
}

/// The reader has its answer before the server hears that the view is no longer needed.
fn read(session: &mut PostgresSession, mut task: Box<dyn Task>) {
    session.begin(task.access());
    task.run(session);
    task.finish(Ok(()));
    session.roll_back();
}

fn write(session: &mut PostgresSession, mut task: Box<dyn Task>) {
    let mut result = Ok(());
    for attempt in 0..ATTEMPTS {
        // The victim's locks go to whoever waits for them, unless the victim is back before that one wakes up.
        if attempt > 0 {
            thread::sleep(FIRST_PAUSE * 2_u32.pow(attempt - 1));
        }
        session.begin(Access::Write);
        if task.run(session) == Verdict::Commit {
            result = session.commit();
            if result.is_ok() {
                break;
            }
        } else {
            session.roll_back();
        }
        if !session.was_unlucky() {
            break;
        }
    }
    task.finish(result);
}
