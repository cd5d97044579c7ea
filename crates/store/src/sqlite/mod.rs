//! SQLite: one thread that writes, a few that read, and one that keeps the log short, each with a connection of its own.
//!
//! A database in memory cannot be shared between connections without table locks that fail at odd moments,
//! so there the writer's thread serves the reads as well.

mod backup;
mod checkpointer;
mod errors;
mod reader;
mod session;
mod writer;

use std::{
    sync::Mutex,
    thread::{self, JoinHandle},
};

use crossbeam_channel::Receiver;
use tokio::sync::oneshot;

use crate::{
    DatabaseUrl, Engine, OpenError, StoreOptions,
    store::{Queue, Threads},
    task::Message,
};

pub(crate) use backup::backup;
use session::{Mode, SqliteSession};

/// Opens the database and starts its threads.
pub(crate) async fn open(url: &DatabaseUrl, options: &StoreOptions) -> Result<Threads, OpenError> {
    let (writes, written) = queue(1);
    // The writer goes first: it makes the file, and the write-ahead log that readers need to find.
    let (request, copier) = checkpointer::pair();
    let write = move |mut session: SqliteSession| {
        session.after_each_commit(request.after_each_commit())?;
        Ok(move || writer::run(session, &written))
    };
    let mut handles = vec![spawn("writer", url, options, Mode::ReadWrite, write).await?];
    let reads = match url {
        DatabaseUrl::Sqlite(_) => {
            let copy = move |session| Ok(move || copier.run(&session));
            handles.push(spawn("checkpointer", url, options, Mode::ReadWrite, copy).await?);
            let (reads, taken) = queue(options.sqlite_readers.max(1));
            for _ in 0..reads.takers {
                let taken = taken.clone();
                let read = move |session| Ok(move || reader::run(session, &taken));
                handles.push(spawn("reader", url, options, Mode::ReadOnly, read).await?);
            }
            reads
        }
        _ => writes.clone(),
    };
    Ok(Threads {
        engine: Engine::Sqlite,
        url: url.clone(),
        writes,
        reads,
        shared: None,
        handles: Mutex::new(handles),
    })
}

fn queue(takers: usize) -> (Queue, Receiver<Message>) {
    let (sender, receiver) = crossbeam_channel::unbounded();
    (Queue { sender, takers }, receiver)
}

/// Starts a thread, lets it open its connection and get ready, and answers once it is. Then it works.
async fn spawn<W: FnOnce()>(
    name: &str,
    url: &DatabaseUrl,
    options: &StoreOptions,
    mode: Mode,
    get_ready: impl FnOnce(SqliteSession) -> rusqlite::Result<W> + Send + 'static,
) -> Result<JoinHandle<()>, OpenError> {
    let (opened, open) = oneshot::channel();
    let (url, options) = (url.clone(), options.clone());
    let body = move || match SqliteSession::open(&url, &options, mode).and_then(get_ready) {
        Ok(work) => {
            // Nobody listens when opening was given up; the queue is then closed as well.
            let _ = opened.send(Ok(()));
            work();
        }
        Err(error) => drop(opened.send(Err(error))),
    };
    let handle = thread::Builder::new()
        .name(format!("sqlite-{name}"))
        .spawn(body)
        .map_err(|error| OpenError::Unusable(error.into()))?;
    let result = open.await.map_err(|error| OpenError::Unusable(error.into()))?;
    result.map_err(|error| OpenError::Unusable(error.into()))?;
    Ok(handle)
}
