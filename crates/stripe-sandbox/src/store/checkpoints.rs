//! Keeps the write-ahead log short.
//!
//! Left to itself `SQLite` has a commit copy the whole log into the database file when it has become long, and nothing goes
//! on meanwhile. Here a thread copies it beside whoever writes, and then again what was written meanwhile, which is less each
//! time. The commit after that copies the few pages that are left, and the log begins anew.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread;

use rusqlite::hooks::Wal;
use rusqlite::wal::CheckpointMode;
use rusqlite::{Connection, ErrorCode};

use super::set_up;
use crate::sandbox::OpenError;

/// 32 MiB. A page that is changed several times between two checkpoints is copied into the file once.
const PAGES_BETWEEN_CHECKPOINTS: i32 = 8_192;
/// What a commit can copy without anybody noticing.
const FEW_PAGES: i32 = 256;
/// So often it is worth trying to be left with few.
const MOST_ROUNDS: u32 = 8;
/// 256 MiB: however busy the thread is, the log does not grow beyond that.
const LONGEST_LOG: i32 = 8 * PAGES_BETWEEN_CHECKPOINTS;
/// It has nothing to look up.
const CACHE_KIBIBYTES: i64 = 64;

/// Has the log of this connection kept short by a thread of its own, which ends with the connection.
pub(super) fn keep_short(writer: &mut Connection, path: &Path) -> Result<(), OpenError> {
    let copier = Connection::open(path)?;
    set_up(&copier, CACHE_KIBIBYTES)?;
    let (ask, asked) = sync_channel(1);
    let few_are_left = Arc::new(AtomicBool::new(false));
    writer.wal_hook(Some(after_each_commit(ask, Arc::clone(&few_are_left))))?;
    let copy = move || copy_when_asked(&copier, &asked, &few_are_left);
    thread::Builder::new().name("sandbox-checkpoints".to_owned()).spawn(copy)?;
    Ok(())
}

/// Asks for a copy when the log is long, and copies the rest.
fn after_each_commit(
    ask: SyncSender<()>,
    few_are_left: Arc<AtomicBool>,
) -> impl FnMut(&mut Wal, i32) -> rusqlite::Result<()> + Send {
    let mut asked_at = 0;
    move |log, pages| {
        if pages < asked_at {
            asked_at = 0;
        }
        let few_are_left = few_are_left.swap(false, Ordering::Relaxed);
        if !few_are_left && pages - asked_at >= PAGES_BETWEEN_CHECKPOINTS {
            asked_at = pages;
            // Full when the thread is at it.
            let _ = ask.try_send(());
        } else if few_are_left || pages >= LONGEST_LOG {
            // Fails while the thread is at it; the next commit tries again.
            let _ = log.checkpoint();
        }
        Ok(())
    }
}

fn copy_when_asked(copier: &Connection, asked: &Receiver<()>, few_are_left: &AtomicBool) {
    while asked.recv().is_ok() {
        match copy_until_few_are_left(copier) {
            // A commit is at it.
            Err(error) if error.sqlite_error_code() == Some(ErrorCode::DatabaseBusy) => {}
            Err(error) => {
                let error: &dyn std::error::Error = &error;
                tracing::warn!(error, "the log of the sandbox's database could not be copied");
            }
            Ok(()) => few_are_left.store(true, Ordering::Relaxed),
        }
    }
}

/// Each round copies what was written during the one before, and leaves about as much.
fn copy_until_few_are_left(copier: &Connection) -> rusqlite::Result<()> {
    let copy = || copier.wal_checkpoint_v2(None::<&str>, CheckpointMode::PASSIVE).map(|(_, pages)| pages);
    let mut so_far = copy()?;
    for _ in 1..MOST_ROUNDS {
        let now = copy()?;
        if now - so_far <= FEW_PAGES {
            break;
        }
        so_far = now;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    /// A writer of a new file whose log does not wait for the disk.
    fn open(path: &Path) -> Connection {
        let connection = Connection::open(path).unwrap();
        connection.pragma_update(None, "journal_mode", "WAL").unwrap();
        connection.pragma_update(None, "synchronous", "OFF").unwrap();
        connection
    }

    fn commit_pages(writer: &Connection, pages: i32) {
        writer.execute_batch(&format!("INSERT INTO notes VALUES (zeroblob({pages} * 4096))")).unwrap();
    }

    fn pages_in(path: &Path) -> i32 {
        i32::try_from(fs::metadata(path).unwrap().len() / 4_096).unwrap()
    }

    #[test]
    fn a_long_log_is_copied_beside_the_writer_who_copies_the_rest() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("stripe.db");
        let mut writer = open(&path);
        let (ask, asked) = sync_channel(1);
        let few_are_left = Arc::new(AtomicBool::new(false));
        writer.wal_hook(Some(after_each_commit(ask, Arc::clone(&few_are_left)))).unwrap();
        writer.execute_batch("CREATE TABLE notes (text BLOB NOT NULL)").unwrap();
        commit_pages(&writer, PAGES_BETWEEN_CHECKPOINTS);
        asked.try_recv().unwrap();
        assert!(pages_in(&path) < PAGES_BETWEEN_CHECKPOINTS, "a commit copies nothing of a long log");

        copy_until_few_are_left(&open(&path)).unwrap();
        let copied = pages_in(&path);
        assert!(copied >= PAGES_BETWEEN_CHECKPOINTS);
        few_are_left.store(true, Ordering::Relaxed);
        commit_pages(&writer, 1);
        assert!(pages_in(&path) > copied);

        let log = folder.path().join("stripe.db-wal");
        let length = fs::metadata(&log).unwrap().len();
        commit_pages(&writer, PAGES_BETWEEN_CHECKPOINTS / 2);
        assert_eq!(fs::metadata(&log).unwrap().len(), length, "it is written from its beginning");
    }

    #[test]
    fn a_log_does_not_grow_for_ever_while_nobody_copies_it() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("stripe.db");
        let mut writer = open(&path);
        let (ask, _asked) = sync_channel(1);
        writer.wal_hook(Some(after_each_commit(ask, Arc::default()))).unwrap();
        writer.execute_batch("CREATE TABLE notes (text BLOB NOT NULL)").unwrap();
        commit_pages(&writer, LONGEST_LOG);
        assert!(pages_in(&path) < PAGES_BETWEEN_CHECKPOINTS);
        commit_pages(&writer, 1);
        assert!(pages_in(&path) >= LONGEST_LOG);
    }

    #[test]
    fn the_thread_ends_with_the_writer() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("stripe.db");
        let mut writer = open(&path);
        let (ask, asked) = sync_channel(1);
        writer.wal_hook(Some(after_each_commit(ask, Arc::default()))).unwrap();
        let copier = open(&path);
        let thread = thread::spawn(move || copy_when_asked(&copier, &asked, &AtomicBool::default()));
        drop(writer);
        thread.join().unwrap();
    }
}
