//! The door to the database: opens it, runs closures in transactions, closes it.

use std::{
    path::Path,
    sync::{Arc, Mutex, PoisonError},
    thread::JoinHandle,
};

use crossbeam_channel::Sender;

use crate::{
    BackupError, DatabaseUrl, Engine, OpenError, StoreError, StoreOptions, Tx, postgres, sqlite,
    task::{self, Access, Message, Task},
};

/// A database. Cheap to clone; all clones share its threads and connections.
#[derive(Clone)]
pub struct Store {
    threads: Arc<Threads>,
}

/// The threads that own the connections, the queues by which they are reached, and connections that no thread owns.
pub(crate) struct Threads {
    pub(crate) engine: Engine,
    pub(crate) url: DatabaseUrl,
    pub(crate) writes: Queue,
    pub(crate) reads: Queue,
    /// PostgreSQL's, for reads of one statement. A SQLite file's readers take those too.
    pub(crate) shared: Option<postgres::SharedConnections>,
    pub(crate) handles: Mutex<Vec<JoinHandle<()>>>,
}

/// A queue that a number of threads take from.
#[derive(Clone)]
pub(crate) struct Queue {
    pub(crate) sender: Sender<Message>,
    pub(crate) takers: usize,
}

impl Queue {
    pub(crate) fn send(&self, task: Box<dyn Task>) -> Result<(), StoreError> {
        self.sender.send(Message::Run(task)).map_err(|_| StoreError::closed())
    }

    fn stop(&self) {
        for _ in 0..self.takers {
            // Fails when the threads have gone already, which is what is asked for.
            let _ = self.sender.send(Message::Stop);
        }
    }
}

impl Store {
    /// Opens the database; a SQLite file that does not exist is made. Does not migrate.
    pub async fn open(url: &DatabaseUrl, options: &StoreOptions) -> Result<Self, OpenError> {
        let threads = match url {
            DatabaseUrl::Sqlite(_) | DatabaseUrl::SqliteMemory => sqlite::open(url, options).await?,
            DatabaseUrl::Postgres(address) => postgres::open(address, options).await?,
        };
        Ok(Self { threads: Arc::new(threads) })
    }

    /// Runs `work` in a transaction that may write. `Ok` is answered once it is durable; `Err` leaves nothing.
    ///
    /// On SQLite, transactions that wait at the same time share one durable commit. On PostgreSQL, each is
    /// `READ COMMITTED`: a rule that reads a row and then decides locks it with `FOR UPDATE`, which waits
    /// instead of failing as stricter levels do, and unique indexes guard what no row stands for. Who locks a customer
    /// and more locks the customer first. One that is chosen as the victim of a deadlock is run again, hence `Fn`.
    /// A panic in `work` rolls back and goes on in the caller.
    ///
    /// A caller that stops waiting before `work` has begun has it left undone; once begun it runs to its end.
    pub async fn write<T, E>(
        &self,
        work: impl Fn(&mut Tx<'_>) -> Result<T, E> + Send + Sync + 'static,
    ) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<StoreError> + Send + 'static,
    {
        let (task, waiting) = task::write(work);
        self.threads.writes.send(task)?;
        waiting.answer().await
    }

    /// Runs `work` on one unchanging view of the database. Holds up no writer, and cannot write.
    pub async fn read<T, E>(
        &self,
        work: impl FnOnce(&mut Tx<'_>) -> Result<T, E> + Send + 'static,
    ) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<StoreError> + Send + 'static,
    {
        let (task, waiting) = task::read(Access::Read, work);
        self.threads.reads.send(task)?;
        waiting.answer().await
    }

    /// The same for `work` that asks one `SELECT`, and so needs no transaction to see one moment: on PostgreSQL that
    /// more than halves what such a read costs. A second statement is answered [`StoreError::NotAlone`].
    ///
    /// `Fn`, since on PostgreSQL it is run once to hear what it asks, and again with the answer. One that then asks for
    /// something else, because it looks at more than the database, gets `NotAlone` as well.
    pub async fn read_once<T, E>(
        &self,
        work: impl Fn(&mut Tx<'_>) -> Result<T, E> + Send + 'static,
    ) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<StoreError> + Send + 'static,
    {
        if let Some(shared) = &self.threads.shared {
            return shared.read_once(work).await;
        }
        let (task, waiting) = task::read(Access::ReadOnce, work);
        self.threads.reads.send(task)?;
        waiting.answer().await
    }

    /// Which of the two databases this is.
    pub fn engine(&self) -> Engine {
        self.threads.engine
    }

    /// Copies a SQLite file, as it is at one moment, to a new file at `to`, while writers go on.
    pub async fn backup(&self, to: &Path) -> Result<(), BackupError> {
        let DatabaseUrl::Sqlite(from) = &self.threads.url else { return Err(BackupError::NotAFile) };
        sqlite::backup(from.clone(), to.to_owned()).await
    }

    /// Finishes what waits and closes the connections. Clones of this store answer
    /// [`StoreError::Unavailable`] from then on.
    pub async fn close(self) {
        self.threads.writes.stop();
        self.threads.reads.stop();
        if let Some(shared) = &self.threads.shared {
            shared.close().await;
        }
        let handles =
            std::mem::take(&mut *self.threads.handles.lock().unwrap_or_else(PoisonError::into_inner));
        let join = move || handles.into_iter().for_each(|handle| drop(handle.join()));
        // Fails only when the runtime is going down, and then nobody is left to wait.
        let _ = tokio::task::spawn_blocking(join).await;
    }
}
