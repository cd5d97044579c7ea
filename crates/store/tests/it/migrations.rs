//! Migrations are applied once, together, in order, and only by a program that knows them all.

use std::{ffi::OsStr, fs, path::Path};

use perennial_store::{MIGRATIONS, MigrateError, Migration, SchemaState, Store, StoreError, params};

use crate::support::{TestDatabase, on_both_engines};

on_both_engines! {
    migrating_twice_applies_nothing_the_second_time,
    the_schema_is_compared_with_the_program,
    a_database_of_a_newer_program_is_refused,
    an_edited_migration_is_refused,
    a_migration_that_fails_takes_the_others_with_it,
    two_programs_may_migrate_at_once,
}

const FIRST: Migration = Migration { name: "0001_a", sql: "CREATE TABLE a (id BIGINT) STRICT;" };
const SECOND: Migration = Migration { name: "0002_b", sql: "CREATE TABLE b (id BIGINT) STRICT;" };

/// Whether there is a table of this name, by using it.
async fn has_table(store: &Store, name: &str) -> bool {
    let sql = format!("SELECT COUNT(*) FROM {name}");
    store.read(move |tx| tx.one::<i64>(&sql, params![])).await.is_ok()
}

async fn migrating_twice_applies_nothing_the_second_time(database: &TestDatabase) {
    let store = database.open().await;
    let names: Vec<&str> = MIGRATIONS.iter().map(|migration| migration.name).collect();
    assert_eq!(store.migrate().await.unwrap(), names);
    assert_eq!(store.migrate().await.unwrap(), [""; 0]);
}

async fn the_schema_is_compared_with_the_program(database: &TestDatabase) {
    let store = database.open().await;
    assert_eq!(store.check_schema().await.unwrap(), SchemaState::Behind(MIGRATIONS.len()));
    store.apply(&MIGRATIONS[..1]).await.unwrap();
    assert_eq!(store.check_schema().await.unwrap(), SchemaState::Behind(MIGRATIONS.len() - 1));
    store.migrate().await.unwrap();
    assert_eq!(store.check_schema().await.unwrap(), SchemaState::Current);
    let add = "INSERT INTO schema_migrations (name, checksum) VALUES ('9999_from_the_future', $1)";
    let added: Result<u64, StoreError> = store.write(move |tx| tx.execute(add, params![b"?"])).await;
    added.unwrap();
    assert_eq!(store.check_schema().await.unwrap(), SchemaState::Newer);
}

async fn a_database_of_a_newer_program_is_refused(database: &TestDatabase) {
    let store = database.open().await;
    store.apply(&[SECOND]).await.unwrap();
    let result = store.apply(&[FIRST]).await;
    assert!(matches!(&result, Err(MigrateError::Newer(name)) if name == "0002_b"), "{result:?}");
    assert!(!has_table(&store, "a").await);
}

async fn an_edited_migration_is_refused(database: &TestDatabase) {
    const EDITED: Migration =
        Migration { name: FIRST.name, sql: "CREATE TABLE a (id BIGINT, more TEXT) STRICT;" };
    let store = database.open().await;
    store.apply(&[FIRST]).await.unwrap();
    let result = store.apply(&[EDITED, SECOND]).await;
    assert!(matches!(&result, Err(MigrateError::Changed(name)) if name == "0001_a"), "{result:?}");
    assert!(!has_table(&store, "b").await);
}

async fn a_migration_that_fails_takes_the_others_with_it(database: &TestDatabase) {
    const BROKEN: Migration =
        Migration { name: "0002_b", sql: "CREATE TABLE b (id BIGINT); CREATE NONSENSE;" };
    let store = database.open().await;
    let result = store.apply(&[FIRST, BROKEN]).await;
    assert!(matches!(&result, Err(MigrateError::Failed { name, .. }) if name == "0002_b"), "{result:?}");
    assert!(!has_table(&store, "a").await);
    assert_eq!(store.apply(&[FIRST, SECOND]).await.unwrap(), ["0001_a", "0002_b"]);
}

async fn two_programs_may_migrate_at_once(database: &TestDatabase) {
    let (one, other) = (database.open().await, database.open().await);
    let (by_one, by_other) = tokio::join!(one.apply(&[FIRST, SECOND]), other.apply(&[FIRST, SECOND]));
    assert_eq!(by_one.unwrap().len() + by_other.unwrap().len(), 2);
}

#[test]
fn every_migration_file_is_listed_in_order() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("migrations");
    let mut files: Vec<String> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension() == Some(OsStr::new("sql")))
        .map(|path| path.file_stem().unwrap().to_str().unwrap().to_owned())
        .collect();
    files.sort();
    let listed: Vec<&str> = MIGRATIONS.iter().map(|migration| migration.name).collect();
    assert_eq!(listed, files);
}
