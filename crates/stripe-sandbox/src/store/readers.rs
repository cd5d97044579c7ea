//! Connections that read beside whoever writes, each for one request at a time.

use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError, TryLockError};

use rusqlite::Connection;

use super::set_up;

/// A request that reads keeps a core busy nearly all the time, mostly with JSON. Four are enough for the cores of a machine
/// that somebody tests on; on one with fewer the last ones are hardly ever used, and cost nothing then.
const READERS: usize = 4;
/// For each of them: a request reads some objects that belong together. Together they have a third more than the writer.
const CACHE_KIBIBYTES: i64 = 8 * 1024;

/// The readers of a database; none where it is in memory, which connections cannot share.
#[derive(Default)]
pub(super) struct Readers {
    connections: Vec<Mutex<Connection>>,
    next: AtomicUsize,
}

impl Readers {
    /// Opens the readers of a file.
    pub(super) fn of(path: &Path) -> rusqlite::Result<Self> {
        let connections = (0..READERS).map(|_| open(path).map(Mutex::new)).collect::<Result<_, _>>()?;
        Ok(Self { connections, next: AtomicUsize::new(0) })
    }

    /// One that nobody uses; where all are used, the next one in turn, once it is free.
    pub(super) fn take(&self) -> Option<MutexGuard<'_, Connection>> {
        let free = self.connections.iter().find_map(|connection| match connection.try_lock() {
            Ok(connection) => Some(connection),
            // A panic rolled its transaction back, so the connection is as good as new.
            Err(TryLockError::Poisoned(poisoned)) => Some(poisoned.into_inner()),
            Err(TryLockError::WouldBlock) => None,
        });
        free.or_else(|| {
            let turn = self.next.fetch_add(1, Ordering::Relaxed).checked_rem(self.connections.len())?;
            Some(self.connections.get(turn)?.lock().unwrap_or_else(PoisonError::into_inner))
        })
    }
}

fn open(path: &Path) -> rusqlite::Result<Connection> {
    let reader = Connection::open(path)?;
    set_up(&reader, CACHE_KIBIBYTES)?;
    reader.pragma_update(None, "query_only", true)?;
    Ok(reader)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn address(reader: &Connection) -> *const Connection {
        std::ptr::from_ref(reader)
    }

    #[test]
    fn several_read_at_once() {
        let folder = tempfile::tempdir().unwrap();
        let readers = Readers::of(&folder.path().join("stripe.db")).unwrap();
        let [first, second] = [(); 2].map(|()| readers.take().unwrap());
        assert_ne!(address(&first), address(&second));
        let address_of_first = address(&first);
        drop(first);
        assert_eq!(address(&readers.take().unwrap()), address_of_first, "the one that is free");
    }

    #[test]
    fn a_reader_goes_on_after_a_panic() {
        let folder = tempfile::tempdir().unwrap();
        let readers = Readers::of(&folder.path().join("stripe.db")).unwrap();
        let panics = || {
            let _reader = readers.take().unwrap();
            panic!("a request that panics");
        };
        std::thread::scope(|scope| scope.spawn(panics).join().unwrap_err());
        let reader = readers.take().unwrap();
        assert_eq!(reader.query_row("SELECT 1", [], |row| row.get::<_, i64>(0)).unwrap(), 1);
    }

    #[test]
    fn a_database_in_memory_has_none() {
        assert!(Readers::default().take().is_none());
    }
}
