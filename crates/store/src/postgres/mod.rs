//! PostgreSQL: a number of connections, each owned by a thread that runs whole transactions on it, and a few that
//! reads of one statement share.
//!
//! A thread drives its connection itself, so a statement wakes no other thread; with a pool on the shared
//! runtime every statement hops to another thread and back, and the slowest answers get slower.

mod connection;
mod errors;
mod session;
mod shared;
mod values;
mod worker;

use std::{
    sync::{Arc, Mutex},
    thread,
};

use crate::{
    DatabaseUrl, Engine, OpenError, StoreError, StoreOptions, params,
    store::{Queue, Threads},
    task, tx,
};

use connection::Connector;
use session::PostgresSession;
pub(crate) use shared::SharedConnections;

/// The oldest major version that the statements are tested with.
const OLDEST: u32 = 15;

/// Starts the threads and makes sure of one connection.
pub(crate) async fn open(address: &str, options: &StoreOptions) -> Result<Threads, OpenError> {
    let connector = Arc::new(Connector::new(address, options)?);
    let (sender, receiver) = crossbeam_channel::unbounded();
    let queue = Queue { sender, takers: options.postgres_connections.max(1) };
    let unusable = |error: std::io::Error| OpenError::Unusable(error.into());
    let mut handles = Vec::with_capacity(queue.takers);
    for _ in 0..queue.takers {
        let session = PostgresSession::new(Arc::clone(&connector)).map_err(unusable)?;
        let receiver = receiver.clone();
        let thread = thread::Builder::new().name("postgres".to_owned());
        handles.push(thread.spawn(move || worker::run(session, &receiver)).map_err(unusable)?);
    }
    check_version(&queue).await?;
    Ok(Threads {
        engine: Engine::Postgres,
        url: DatabaseUrl::Postgres(address.to_owned()),
        writes: queue.clone(),
        reads: queue,
        shared: Some(SharedConnections::new(connector, options.postgres_shared_connections)),
        handles: Mutex::new(handles),
    })
}

async fn check_version(queue: &Queue) -> Result<(), OpenError> {
    let (task, waiting) = task::read(task::Access::Read, |tx: &mut tx::Tx<'_>| {
        tx.one::<(String, i64)>(
            "SELECT current_setting('server_version'), CAST(current_setting('server_version_num') AS BIGINT)",
            params![],
        )
    });
    let unusable = |error: StoreError| OpenError::Unusable(error.into());
    queue.send(task).map_err(unusable)?;
    let (found, number) = waiting.answer().await.map_err(unusable)?;
    // The number is 150008 for 15.8.
    if number / 10_000 < i64::from(OLDEST) {
        Err(OpenError::TooOld { found, needed: OLDEST })
    } else {
        Ok(())
    }
}
