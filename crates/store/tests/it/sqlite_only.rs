//! What only a file can do, or suffer.

use perennial_store::{BackupError, DatabaseUrl, Store, StoreError, StoreOptions, Tx, params};
use tempfile::TempDir;
use tokio::task::JoinSet;

use crate::support::{CONTRACT, TestDatabase, add_person, contract_store, count_people, person_id};

/// Lets the file grow by so many pages more.
async fn limit_growth(store: &Store, pages: i64) {
    let limit = move |tx: &mut Tx<'_>| {
        let used: i64 = tx.one("PRAGMA page_count", params![])?;
        tx.list::<i64>(&format!("PRAGMA max_page_count = {}", used + pages), params![])
    };
    store.write(limit).await.unwrap();
}

fn add_photo(tx: &mut Tx<'_>, number: u32, size: usize) -> Result<(), StoreError> {
    add_person(tx, number)?;
    let photo = vec![u8::try_from(number).unwrap_or(u8::MAX); size];
    tx.execute("UPDATE people SET photo = $2 WHERE id = $1", params![person_id(number), photo])?;
    Ok(())
}

#[tokio::test]
async fn a_full_disk_is_told_and_nothing_is_half_written() {
    let database = TestDatabase::sqlite();
    let store = contract_store(&database).await;
    limit_growth(&store, 4).await;
    let result = store.write(|tx| add_photo(tx, 1, 1_000_000)).await;
    assert!(matches!(result, Err(StoreError::Full(_))), "{result:?}");
    assert_eq!(count_people(&store).await, 0);
    store.write(|tx| add_person(tx, 2)).await.unwrap();
    assert_eq!(count_people(&store).await, 1);
}

#[tokio::test]
async fn one_that_fills_the_disk_does_not_fail_its_neighbours() {
    let database = TestDatabase::sqlite();
    let store = contract_store(&database).await;
    limit_growth(&store, 20).await;
    let mut writers = JoinSet::new();
    for number in 0..16 {
        let store = store.clone();
        let size = if number == 7 { 1_000_000 } else { 10 };
        writers.spawn(async move { (number, store.write(move |tx| add_photo(tx, number, size)).await) });
    }
    while let Some(finished) = writers.join_next().await {
        let (number, result) = finished.unwrap();
        assert_eq!(result.is_err(), number == 7, "{number}: {result:?}");
    }
    assert_eq!(count_people(&store).await, 15);
}

#[tokio::test]
async fn a_database_in_memory_keeps_the_same_contract() {
    let store = Store::open(&DatabaseUrl::SqliteMemory, &StoreOptions::default()).await.unwrap();
    store.apply(CONTRACT).await.unwrap();
    let (first, seen, second) = tokio::join!(
        biased;
        store.write(|tx| add_person(tx, 1)),
        count_people(&store),
        store.write(|tx| add_person(tx, 2)),
    );
    first.and(second).unwrap();
    assert_eq!(seen, 1);
    let written = store.read(|tx| add_person(tx, 3)).await;
    assert!(matches!(written, Err(StoreError::ReadOnly)), "{written:?}");
    assert_eq!(count_people(&store).await, 2);
}

#[tokio::test]
async fn two_processes_may_write_the_same_file() {
    let database = TestDatabase::sqlite();
    let (server, command) = (contract_store(&database).await, database.open().await);
    let mut writers = JoinSet::new();
    for number in 0..32 {
        let store = if number % 2 == 0 { server.clone() } else { command.clone() };
        let work = move |tx: &mut Tx<'_>| {
            tx.one::<i64>("SELECT COUNT(*) FROM people", params![])?;
            add_person(tx, number)
        };
        writers.spawn(async move { store.write(work).await });
    }
    for result in writers.join_all().await {
        result.unwrap();
    }
    assert_eq!(count_people(&server).await, 32);
}

#[tokio::test]
async fn a_commit_survives_without_the_store_being_closed() {
    let database = TestDatabase::sqlite();
    let store = contract_store(&database).await;
    store.write(|tx| add_person(tx, 1)).await.unwrap();
    // As after a crash: the files as they are now, while the store is open.
    let DatabaseUrl::Sqlite(path) = database.url() else { panic!("a file was asked for") };
    let elsewhere = TempDir::new().unwrap();
    for suffix in ["", "-wal"] {
        let name = format!("{}{suffix}", path.file_name().unwrap().to_str().unwrap());
        std::fs::copy(path.with_file_name(&name), elsewhere.path().join(&name)).unwrap();
    }
    let url = DatabaseUrl::Sqlite(elsewhere.path().join(path.file_name().unwrap()));
    let copy = Store::open(&url, &StoreOptions::default()).await.unwrap();
    assert_eq!(count_people(&copy).await, 1);
}

#[tokio::test]
async fn a_backup_is_a_database_of_its_own() {
    let database = TestDatabase::sqlite();
    let store = contract_store(&database).await;
    store.write(|tx| add_person(tx, 1)).await.unwrap();
    let folder = TempDir::new().unwrap();
    let target = folder.path().join("copy.db");
    store.backup(&target).await.unwrap();
    store.write(|tx| add_person(tx, 2)).await.unwrap();
    let copy = Store::open(&DatabaseUrl::Sqlite(target), &StoreOptions::default()).await.unwrap();
    assert_eq!(count_people(&copy).await, 1);
}

#[tokio::test]
async fn a_backup_replaces_nothing_and_leaves_nothing_half_done() {
    let database = TestDatabase::sqlite();
    let store = contract_store(&database).await;
    let folder = TempDir::new().unwrap();
    let target = folder.path().join("precious");
    std::fs::write(&target, "precious").unwrap();
    let result = store.backup(&target).await;
    assert!(matches!(result, Err(BackupError::TargetExists)), "{result:?}");
    assert_eq!(std::fs::read_to_string(&target).unwrap(), "precious");
    let result = store.backup(&folder.path().join("missing/copy.db")).await;
    assert!(matches!(result, Err(BackupError::Failed(_))), "{result:?}");
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
}

#[tokio::test]
async fn a_file_that_cannot_be_opened_is_an_error() {
    let folder = TempDir::new().unwrap();
    let url = DatabaseUrl::Sqlite(folder.path().join("missing/live.db"));
    assert!(Store::open(&url, &StoreOptions::default()).await.is_err());
    let not_a_database = folder.path().join("letter.txt");
    std::fs::write(&not_a_database, "Dear customer, ".repeat(100)).unwrap();
    assert!(Store::open(&DatabaseUrl::Sqlite(not_a_database), &StoreOptions::default()).await.is_err());
}
