//! The thread that copies the write-ahead log into the database file, so that commits need not.
//!
//! Left to itself SQLite has the commit copy the log that makes it long enough, and everybody behind it waits for some
//! thousand pages and for the disk. What is copied beside the writer can be overtaken: the log begins anew only once nothing
//! is left of it to copy. So a writer that never rests copies the little that is left, when the log has become very long.

use crossbeam_channel::{Receiver, Sender};
use rusqlite::ErrorCode;
use rusqlite::hooks::Wal;

use super::session::SqliteSession;

/// 16 MiB. A page that is changed several times meanwhile is copied once.
const PAGES_BETWEEN_COPIES: i32 = 4_096;
/// 64 MiB.
const LONGEST_LOG: i32 = 4 * PAGES_BETWEEN_COPIES;

/// Copies whenever it is asked to, until nobody can ask any more.
pub(super) fn run(session: &SqliteSession, asked: &Receiver<()>) {
    while asked.recv().is_ok() {
        match session.copy_log() {
            // Somebody else is copying it: the writer, or another program.
            Err(error) if error.sqlite_error_code() == Some(ErrorCode::DatabaseBusy) => {}
            Err(error) => {
                let error: &dyn std::error::Error = &error;
                tracing::warn!(error, "the database's log could not be copied, its writer will try");
            }
            Ok(()) => {}
        }
    }
}

/// Asks for a copy when one is worth it: what a writer does after each commit, told how many pages the log has.
pub(super) fn asking(ask: Sender<()>) -> impl FnMut(&mut Wal, i32) -> rusqlite::Result<()> + Send {
    let mut asked_at = 0;
    move |log, pages| {
        if pages < asked_at {
            asked_at = 0;
        }
        if pages - asked_at >= PAGES_BETWEEN_COPIES {
            asked_at = pages;
            // Full when it was asked already, and is not done.
            let _ = ask.try_send(());
        } else if pages >= LONGEST_LOG {
            // Fails while the other thread is at it. The commit has succeeded, and the next one tries again.
            let _ = log.checkpoint();
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::path::Path;

    use super::*;
    use crate::sqlite::session::Mode;
    use crate::tx::Session as _;
    use crate::{DatabaseUrl, StoreOptions};

    const PAGE_BYTES: u64 = 4_096;

    /// A writer of a new file, and what it asks.
    fn writer(file: &Path) -> (SqliteSession, Receiver<()>) {
        let (ask, asked) = crossbeam_channel::bounded(1);
        let mut session = open(file);
        session.after_each_commit(asking(ask)).unwrap();
        session.batch("CREATE TABLE notes (text BLOB NOT NULL)").unwrap();
        (session, asked)
    }

    fn open(file: &Path) -> SqliteSession {
        let options = StoreOptions { sqlite_waits_for_disk: false, ..StoreOptions::default() };
        SqliteSession::open(&DatabaseUrl::Sqlite(file.to_owned()), &options, Mode::ReadWrite).unwrap()
    }

    fn commit_pages(session: &mut SqliteSession, pages: i32) {
        session.batch(&format!("INSERT INTO notes VALUES (zeroblob({pages} * 4096))")).unwrap();
    }

    fn pages_in(file: &Path) -> u64 {
        fs::metadata(file).unwrap().len() / PAGE_BYTES
    }

    #[test]
    fn a_long_log_is_copied_by_who_is_asked() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("test.db");
        let (mut session, asked) = writer(&file);
        let copier = open(&file);
        commit_pages(&mut session, PAGES_BETWEEN_COPIES / 2);
        assert!(asked.is_empty());
        commit_pages(&mut session, PAGES_BETWEEN_COPIES);
        assert_eq!(asked.len(), 1);
        let before = pages_in(&file);
        drop(session);
        assert_eq!(pages_in(&file), before);
        // Nobody can ask any more, so it ends.
        run(&copier, &asked);
        assert!(pages_in(&file) > before + u64::try_from(PAGES_BETWEEN_COPIES).unwrap());
    }

    #[test]
    fn a_writer_copies_a_very_long_log_by_itself_once_it_has_asked() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("test.db");
        let (mut session, _asked) = writer(&file);
        for _ in 0..5 {
            commit_pages(&mut session, PAGES_BETWEEN_COPIES);
        }
        let few = u64::try_from(PAGES_BETWEEN_COPIES).unwrap();
        assert!(pages_in(&file) < few);
        commit_pages(&mut session, 1);
        assert!(pages_in(&file) >= u64::try_from(LONGEST_LOG).unwrap());
    }
}
