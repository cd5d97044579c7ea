//! Brings the schema up to date, and tells whether it is.

use std::collections::HashMap;

use sha2::{Digest, Sha256};

use crate::{Engine, MIGRATIONS, MigrateError, Migration, Store, StoreError, Tx, params, sql::migration_for};

/// How the schema stands to this program.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SchemaState {
    /// Both know the same migrations.
    Current,
    /// So many migrations are due.
    Behind(usize),
    /// A newer program has been here.
    Newer,
}

impl Store {
    /// Applies the migrations that are due and answers their names. Two processes may do so at once.
    ///
    /// Refuses, and changes nothing, when the database has a migration that this program does not know,
    /// or when the text of an applied one has changed since.
    pub async fn migrate(&self) -> Result<Vec<String>, MigrateError> {
        self.apply(MIGRATIONS).await
    }

    /// [`Store::migrate`] with other migrations than the program's own.
    pub async fn apply(&self, migrations: &'static [Migration]) -> Result<Vec<String>, MigrateError> {
        self.write(move |tx| apply(tx, migrations)).await
    }

    /// Compares the schema with the program, by the names of the migrations.
    pub async fn check_schema(&self) -> Result<SchemaState, StoreError> {
        let applied = self.read(|tx| if has_record(tx)? { applied(tx) } else { Ok(HashMap::new()) }).await?;
        let known = MIGRATIONS.iter().filter(|migration| applied.contains_key(migration.name)).count();
        Ok(match MIGRATIONS.len() - known {
            _ if known < applied.len() => SchemaState::Newer,
            0 => SchemaState::Current,
            due => SchemaState::Behind(due),
        })
    }
}

fn apply(tx: &mut Tx<'_>, migrations: &[Migration]) -> Result<Vec<String>, MigrateError> {
    prepare_record(tx)?;
    let applied = applied(tx)?;
    if let Some(name) = applied.keys().find(|name| migrations.iter().all(|known| known.name != **name)) {
        return Err(MigrateError::Newer(name.clone()));
    }
    let mut names = Vec::new();
    for migration in migrations {
        let checksum = Sha256::digest(migration.sql.as_bytes());
        match applied.get(migration.name) {
            Some(recorded) if recorded[..] == checksum[..] => {}
            Some(_) => return Err(MigrateError::Changed(migration.name.to_owned())),
            None => {
                run(tx, migration, &checksum)
                    .map_err(|source| MigrateError::Failed { name: migration.name.to_owned(), source })?;
                names.push(migration.name.to_owned());
            }
        }
    }
    Ok(names)
}

fn run(tx: &mut Tx<'_>, migration: &Migration, checksum: &[u8]) -> Result<(), StoreError> {
    tx.batch(&migration_for(tx.engine(), migration.sql))?;
    tx.execute(
        "INSERT INTO schema_migrations (name, checksum) VALUES ($1, $2)",
        params![migration.name, checksum],
    )?;
    Ok(())
}

/// Makes the table of applied migrations when it is missing, and holds off other processes until the end
/// of the transaction: SQLite's writer is alone already, PostgreSQL needs a lock.
fn prepare_record(tx: &mut Tx<'_>) -> Result<(), StoreError> {
    if tx.engine() == Engine::Postgres {
        // Any number will do, as long as it stays the same. Building an index may take its time.
        tx.batch(
            "SET LOCAL statement_timeout = 0; SET LOCAL lock_timeout = 0; \
             SELECT pg_advisory_xact_lock(7061786001)",
        )?;
    }
    tx.batch(&migration_for(
        tx.engine(),
        "CREATE TABLE IF NOT EXISTS schema_migrations (name TEXT NOT NULL PRIMARY KEY, checksum BYTES NOT NULL) STRICT",
    ))
}

fn has_record(tx: &mut Tx<'_>) -> Result<bool, StoreError> {
    let sql = match tx.engine() {
        Engine::Sqlite => "SELECT EXISTS (SELECT 1 FROM sqlite_schema WHERE name = 'schema_migrations')",
        Engine::Postgres => "SELECT to_regclass('schema_migrations') IS NOT NULL",
    };
    tx.one(sql, params![])
}

/// The names and checksums of what has been applied.
fn applied(tx: &mut Tx<'_>) -> Result<HashMap<String, Vec<u8>>, StoreError> {
    let rows = tx.list::<(String, Vec<u8>)>("SELECT name, checksum FROM schema_migrations", params![])?;
    Ok(rows.into_iter().collect())
}
