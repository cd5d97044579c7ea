//! The way of commits to the disk.
//!
//! `SQLite` writes a commit into its write-ahead log and does not wait for the disk (`synchronous = NORMAL`). Whoever
//! answers for a commit waits here, and one sync serves everybody who waits at that moment: what `synchronous = FULL` does
//! for each commit alone.

use std::fs::File;
use std::io;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use tokio::sync::Mutex;

/// The write-ahead log of a database file.
pub(crate) struct Log {
    file: Arc<File>,
    /// How many commits have begun. A reader may see one before it is known to be written.
    begun: AtomicU64,
    /// How many commits were written into the log, or failed.
    written: AtomicU64,
    /// How many of them are on the disk. Held while a sync is under way.
    on_disk: Mutex<u64>,
}

impl Log {
    /// The log of a database that is open. It is there for as long as that is.
    pub(super) fn of(database: &Path) -> io::Result<Self> {
        let mut name = database.as_os_str().to_owned();
        name.push("-wal");
        let file = File::open(name)?;
        // The log may be new: then its name has to reach the disk as well.
        let folder = database.parent().filter(|folder| !folder.as_os_str().is_empty());
        File::open(folder.unwrap_or(Path::new(".")))?.sync_all()?;
        Ok(Self {
            file: Arc::new(file),
            begun: AtomicU64::new(1),
            written: AtomicU64::new(1),
            on_disk: Mutex::new(0),
        })
    }

    /// Commits, and notes it. One at a time.
    pub(super) fn commit<T>(&self, commit: impl FnOnce() -> T) -> T {
        self.begun.fetch_add(1, Ordering::AcqRel);
        // However it ends: nobody is to wait for it for ever.
        let _noted = Noted(&self.written);
        commit()
    }

    /// Waits until everything that anybody can see by now is on the disk.
    pub(crate) async fn reach_disk(&self) -> io::Result<()> {
        let wanted = self.begun.load(Ordering::Acquire);
        let mut on_disk = self.on_disk.lock().await;
        // A commit that is under way is waited for by one sync after the other: it takes hardly longer than one.
        while *on_disk < wanted {
            // Read first: what is written during the sync may or may not be part of it.
            let written = self.written.load(Ordering::Acquire);
            let file = Arc::clone(&self.file);
            tokio::task::spawn_blocking(move || file.sync_data()).await.map_err(io::Error::other)??;
            *on_disk = written;
        }
        Ok(())
    }
}

/// Counts when it is dropped.
struct Noted<'l>(&'l AtomicU64);

impl Drop for Noted<'_> {
    fn drop(&mut self) {
        self.0.fetch_add(1, Ordering::AcqRel);
    }
}
