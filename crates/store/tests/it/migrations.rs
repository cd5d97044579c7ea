//! Migrations are applied once, together, in order, and only by a program that knows them all.

use std::{ffi::OsStr, fs, path::Path};

use jiff::{SignedDuration, Timestamp};
use perennial_domain::{Id as _, ProjectId};
use perennial_store::{MIGRATIONS, MigrateError, Migration, SchemaState, Store, StoreError, params};
use serde_json::json;
use uuid::Uuid;

use crate::support::{TestDatabase, on_both_engines};

on_both_engines! {
    migrating_twice_applies_nothing_the_second_time,
    the_schema_is_compared_with_the_program,
    a_database_of_a_newer_program_is_refused,
    an_edited_migration_is_refused,
    a_migration_that_fails_takes_the_others_with_it,
    two_programs_may_migrate_at_once,
    what_events_said_is_kept_when_it_moves_into_a_table_of_its_own,
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

async fn what_events_said_is_kept_when_it_moves_into_a_table_of_its_own(database: &TestDatabase) {
    let store = database.open().await;
    let before = MIGRATIONS.iter().position(|migration| migration.name == "0048_payloads_apart").unwrap();
    store.apply(&MIGRATIONS[..before]).await.unwrap();
    let project = ProjectId::from_uuid(Uuid::from_u128(1));
    let (received, done) = (Timestamp::from_second(60).unwrap(), Timestamp::from_second(120).unwrap());
    let written: Result<(), StoreError> = store
        .write(move |tx| {
            let (locales, settings) = (json!(["en"]), json!({}));
            tx.execute(
                "INSERT INTO projects (id, slug, name, locales, carrier, settings, created_at) \
                 VALUES ($1, 'p', 'P', $2, 'test', $3, $4)",
                params![project, locales, settings, received],
            )?;
            for (id, said, state, settled_at) in [
                ("evt_waiting", "what waits", "waiting", None),
                ("evt_parked", "what is parked", "parked", None),
                ("evt_done", "what is done", "done", Some(done)),
                ("evt_forgotten", "", "done", Some(done)),
            ] {
                tx.execute(
                    "INSERT INTO stripe_events (project_id, stripe_event_id, event_type, subject, payload, state, \
                         attempts, happened_at, received_at, settled_at) \
                     VALUES ($1, $2, 'invoice.paid', 'sub_1', $3, $4, 0, $5, $5, $6)",
                    params![project, id, said, state, received, settled_at],
                )?;
            }
            Ok(())
        })
        .await;
    written.unwrap();

    store.migrate().await.unwrap();

    let (waiting, said, forgotten, left) = store
        .write(move |tx| {
            let waiting = tx.stripe_events(project).waiting_of("sub_1")?;
            let ids = ["evt_waiting", "evt_parked", "evt_done", "evt_forgotten"];
            let said = ids.map(|id| tx.stripe_events(project).payload(id));
            let forgotten = tx.forget_stripe_payloads(done + SignedDuration::from_secs(1), 10)?;
            let left = tx.stripe_events(project).payload("evt_done")?;
            Ok::<_, StoreError>((waiting, said, forgotten, left))
        })
        .await
        .unwrap();
    let [event] = waiting.as_slice() else { panic!("{waiting:?}") };
    assert_eq!((event.row.stripe_event_id.as_str(), event.payload.as_str()), ("evt_waiting", "what waits"));
    let said = said.map(Result::unwrap);
    let kept = ["what waits", "what is parked", "what is done"].map(|said| Some(said.to_owned()));
    assert_eq!((&said[..3], &said[3]), (&kept[..], &None));
    assert_eq!((forgotten, left), (1, None));
}
