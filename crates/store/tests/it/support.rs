//! Tables and helpers that the cases share.

use jiff::Timestamp;
use perennial_store::{Engine, Migration, Store, StoreError, Tx, params};

pub(crate) use crate::database::TestDatabase;

/// Has each case run on both databases, as `sqlite::<case>` and `postgres::<case>`.
macro_rules! on_both_engines {
    ($($case:ident),* $(,)?) => {
        mod sqlite {
            $(#[tokio::test]
            async fn $case() {
                let database = crate::support::TestDatabase::empty(perennial_store::Engine::Sqlite).await;
                super::$case(&database).await;
            })*
        }

        mod postgres {
            $(#[tokio::test]
            async fn $case() {
                let database = crate::support::TestDatabase::empty(perennial_store::Engine::Postgres).await;
                super::$case(&database).await;
            })*
        }
    };
}
pub(crate) use on_both_engines;

/// Tables with one of everything, for cases that need no table of the product.
pub(crate) const CONTRACT: &[Migration] = &[Migration {
    name: "0001_contract",
    sql: "CREATE TABLE people (
              project_id BIGINT NOT NULL,
              id UUID NOT NULL,
              email TEXT NOT NULL,
              nickname TEXT,
              age BIGINT,
              active BOOLEAN NOT NULL DEFAULT TRUE,
              born TEXT,
              seen_at TIMESTAMP_US,
              note JSON,
              photo BYTES,
              PRIMARY KEY (project_id, id),
              CONSTRAINT people_age_check CHECK (age >= 0)
          ) STRICT;
          CREATE UNIQUE INDEX people_email_key ON people (project_id, email);
          CREATE UNIQUE INDEX people_nickname_key ON people (lower(nickname));
          CREATE UNIQUE INDEX people_photo_key ON people (photo) WHERE active;
          CREATE TABLE pets (
              id BIGINT NOT NULL PRIMARY KEY,
              tag TEXT NOT NULL UNIQUE,
              project_id BIGINT NOT NULL,
              owner_id UUID NOT NULL,
              CONSTRAINT pets_owner_fkey FOREIGN KEY (project_id, owner_id) REFERENCES people (project_id, id)
          ) STRICT;",
}];

/// A store with the contract's tables.
pub(crate) async fn contract_store(database: &TestDatabase) -> Store {
    let store = database.open().await;
    store.apply(CONTRACT).await.expect("the contract's tables can be made");
    store
}

/// Adds a person of project 1.
pub(crate) fn add_person(tx: &mut Tx<'_>, number: u32) -> Result<(), StoreError> {
    tx.execute(
        "INSERT INTO people (project_id, id, email) VALUES (1, $1, $2)",
        params![person_id(number), format!("person{number}@example.org")],
    )?;
    Ok(())
}

/// The id that [`add_person`] gives.
pub(crate) fn person_id(number: u32) -> uuid::Uuid {
    uuid::Uuid::from_u128(number.into())
}

/// How many people there are.
pub(crate) async fn count_people(store: &Store) -> i64 {
    store
        .read(|tx| tx.one::<i64>("SELECT COUNT(*) FROM people", params![]))
        .await
        .expect("people can be counted")
}

/// A fixed moment.
pub(crate) fn noon() -> Timestamp {
    "2026-11-22T12:00:00Z".parse().expect("this is a time")
}

/// What SQLite cannot name, it calls this.
pub(crate) fn foreign_key_name(store: &Store, name: &'static str) -> &'static str {
    match store.engine() {
        Engine::Sqlite => "foreign_key",
        Engine::Postgres => name,
    }
}
