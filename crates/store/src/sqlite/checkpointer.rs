//! The thread that copies the write-ahead log into the database file, so that commits need not.
//!
//! Left to itself SQLite has the commit copy the log that makes it long enough, and everybody behind it waits for some
//! thousand pages and for the disk. What is copied beside the writer is overtaken: the log begins anew only once nothing is
//! left of it to copy. So this thread copies again what was written meanwhile, each time less, and leaves the last few pages
//! to the writer.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use crossbeam_channel::{Receiver, Sender};
use rusqlite::ErrorCode;
use rusqlite::hooks::Wal;

use super::session::SqliteSession;

/// 16 MiB. A page that is changed several times meanwhile is copied once.
const PAGES_BETWEEN_COPIES: i32 = 4_096;
/// A MiB: the writer copies about as much while others wait for it.
const FEW_PAGES: i32 = 256;
/// So often it is worth trying to be left with few.
const MOST_ROUNDS: u32 = 8;
/// 64 MiB: then the writer copies whatever is left.
const LONGEST_LOG: i32 = 4 * PAGES_BETWEEN_COPIES;

/// What the writer asks for and is told.
pub(super) struct Request {
    ask: Sender<()>,
    few_are_left: Arc<AtomicBool>,
}

/// The other end: who copies.
pub(super) struct Copier {
    asked: Receiver<()>,
    few_are_left: Arc<AtomicBool>,
}

/// Both ends.
pub(super) fn pair() -> (Request, Copier) {
    let (ask, asked) = crossbeam_channel::bounded(1);
    let few_are_left = Arc::new(AtomicBool::new(false));
    (Request { ask, few_are_left: Arc::clone(&few_are_left) }, Copier { asked, few_are_left })
}

impl Copier {
    /// Copies whenever it is asked to, until nobody can ask any more.
    pub(super) fn run(&self, session: &SqliteSession) {
        while self.asked.recv().is_ok() {
            match copy_until_few_are_left(session) {
                // Somebody else is copying it: the writer, or another program.
                Err(error) if error.sqlite_error_code() == Some(ErrorCode::DatabaseBusy) => {}
                Err(error) => {
                    let error: &dyn std::error::Error = &error;
                    tracing::warn!(error, "the database's log could not be copied, its writer will try");
                }
                Ok(()) => self.few_are_left.store(true, Ordering::Relaxed),
            }
        }
    }
}

/// The pages that a round finds were written during the one before, and so many are left about after it.
fn copy_until_few_are_left(session: &SqliteSession) -> rusqlite::Result<()> {
    let mut so_far = session.copy_log()?;
    for _ in 1..MOST_ROUNDS {
        let now = session.copy_log()?;
        if now - so_far <= FEW_PAGES {
            break;
        }
        so_far = now;
    }
    Ok(())
}

impl Request {
    /// What a writer does after each commit, told how many pages the log has: asks for a copy when one is worth it, and
    /// copies the rest.
    pub(super) fn after_each_commit(self) -> impl FnMut(&mut Wal, i32) -> rusqlite::Result<()> + Send {
        let mut asked_at = 0;
        move |log, pages| {
            if pages < asked_at {
                asked_at = 0;
            }
            let few_are_left = self.few_are_left.swap(false, Ordering::Relaxed);
            if !few_are_left && pages - asked_at >= PAGES_BETWEEN_COPIES {
                asked_at = pages;
                // Full when it was asked already, and is not done.
                let _ = self.ask.try_send(());
            } else if few_are_left || pages >= LONGEST_LOG {
                // Fails while the other thread is at it. The commit has succeeded, and a later one tries again.
                let _ = log.checkpoint();
            }
            Ok(())
        }
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

    /// A writer of a new file, and who copies for it.
    fn writer(file: &Path) -> (SqliteSession, Copier) {
        let (request, copier) = pair();
        let mut session = open(file);
        session.after_each_commit(request.after_each_commit()).unwrap();
        session.batch("CREATE TABLE notes (text BLOB NOT NULL)").unwrap();
        (session, copier)
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

    fn few() -> u64 {
        u64::try_from(PAGES_BETWEEN_COPIES).unwrap()
    }

    #[test]
    fn a_long_log_is_copied_by_who_is_asked() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("test.db");
        let (mut session, copier) = writer(&file);
        let other = open(&file);
        commit_pages(&mut session, PAGES_BETWEEN_COPIES / 2);
        assert!(copier.asked.is_empty());
        commit_pages(&mut session, PAGES_BETWEEN_COPIES);
        assert_eq!(copier.asked.len(), 1);
        let before = pages_in(&file);
        drop(session);
        assert_eq!(pages_in(&file), before);
        // Nobody can ask any more, so it ends.
        copier.run(&other);
        assert!(pages_in(&file) > before + few());
    }

    #[test]
    fn a_writer_copies_the_few_pages_that_are_left_and_the_log_begins_anew() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("test.db");
        let (mut session, copier) = writer(&file);
        commit_pages(&mut session, PAGES_BETWEEN_COPIES);
        let before = pages_in(&file);
        // As the other thread does it, while the writer writes on.
        copy_until_few_are_left(&open(&file)).unwrap();
        copier.few_are_left.store(true, Ordering::Relaxed);
        commit_pages(&mut session, 1);
        assert!(pages_in(&file) > before + few());
        assert!(!copier.few_are_left.load(Ordering::Relaxed), "it is done once");
        let log = folder.path().join("test.db-wal");
        let length = fs::metadata(&log).unwrap().len();
        commit_pages(&mut session, PAGES_BETWEEN_COPIES / 2);
        assert_eq!(fs::metadata(&log).unwrap().len(), length, "it is written from its beginning");
    }

    #[test]
    fn a_writer_copies_a_very_long_log_by_itself_once_it_has_asked() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("test.db");
        let (mut session, _copier) = writer(&file);
        for _ in 0..5 {
            commit_pages(&mut session, PAGES_BETWEEN_COPIES);
        }
        assert!(pages_in(&file) < few());
        commit_pages(&mut session, 1);
        assert!(pages_in(&file) >= u64::try_from(LONGEST_LOG).unwrap());
    }
}
