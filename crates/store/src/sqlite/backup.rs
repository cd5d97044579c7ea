//! Copies a live database file.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use rusqlite::{Connection, OpenFlags, backup::Backup};

use crate::BackupError;

/// Copies `from` as it is now to the new file `to`. The name `to` appears only when the copy is whole.
pub(crate) async fn backup(from: PathBuf, to: PathBuf) -> Result<(), BackupError> {
    let copied = tokio::task::spawn_blocking(move || copy(&from, &to)).await;
    copied.map_err(|error| BackupError::Failed(error.into()))?
}

fn copy(from: &Path, to: &Path) -> Result<(), BackupError> {
    if to.exists() {
        return Err(BackupError::TargetExists);
    }
    let mut partial = to.as_os_str().to_owned();
    partial.push(".partial");
    let partial = PathBuf::from(partial);
    let result = copy_pages(from, &partial).and_then(|()| publish(&partial, to));
    if result.is_err() {
        // What is left of it is of no use; that it cannot be removed would hide the real cause.
        let _ = fs::remove_file(&partial);
    }
    result
}

fn copy_pages(from: &Path, to: &Path) -> Result<(), BackupError> {
    let failed = |error: rusqlite::Error| BackupError::Failed(error.into());
    let source = Connection::open_with_flags(from, OpenFlags::SQLITE_OPEN_READ_ONLY).map_err(failed)?;
    let mut target = Connection::open(to).map_err(failed)?;
    let backup = Backup::new(&source, &mut target).map_err(failed)?;
    // All pages in one step: a copy in several would start over at every write in between, and in
    // write-ahead mode a long reader stops nobody.
    backup.step(-1).map_err(failed)?;
    Ok(())
}

fn publish(partial: &Path, to: &Path) -> Result<(), BackupError> {
    let failed = |error: io::Error| match error.kind() {
        io::ErrorKind::AlreadyExists => BackupError::TargetExists,
        _ => BackupError::Failed(error.into()),
    };
    fs::File::open(partial).and_then(|file| file.sync_all()).map_err(failed)?;
    // Unlike a rename, a link never replaces a file that has appeared meanwhile.
    fs::hard_link(partial, to).and_then(|()| fs::remove_file(partial)).map_err(failed)
}
