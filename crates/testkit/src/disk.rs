//! A disk that is full for whoever adds a row to one table, in the way of each database.

use perennial_store::{Engine, StoreError, Tx, params};

use crate::TestApp;

impl TestApp {
    /// Has every new row of this table fail as it does on a full disk, until [`TestApp::free_disk`].
    pub async fn fill_disk(&self, table: &'static str) {
        let fill = move |tx: &mut Tx<'_>| match tx.engine() {
            Engine::Sqlite => fill_sqlite(tx, table),
            Engine::Postgres => fill_postgres(tx, table),
        };
        self.write(move |_, tx| fill(tx)).await;
    }

    /// There is room again.
    pub async fn free_disk(&self, table: &'static str) {
        let free = move |tx: &mut Tx<'_>| match tx.engine() {
            Engine::Sqlite => {
                tx.execute("DROP TRIGGER disk_is_full", params![])?;
                tx.one::<i64>("PRAGMA max_page_count = 1000000", params![]).map(drop)
            }
            Engine::Postgres => {
                tx.execute(&format!("DROP TRIGGER disk_is_full ON {table}"), params![]).map(drop)
            }
        };
        self.write(move |_, tx| free(tx)).await;
    }
}

/// The file may not grow any more, and each row asks for a megabyte beside it.
fn fill_sqlite(tx: &mut Tx<'_>, table: &str) -> Result<(), StoreError> {
    tx.execute("CREATE TABLE filler (bytes BLOB NOT NULL) STRICT", params![])?;
    let trigger = format!(
        "CREATE TRIGGER disk_is_full BEFORE INSERT ON {table} \
         BEGIN INSERT INTO filler VALUES (zeroblob(1000000)); END"
    );
    tx.execute(&trigger, params![])?;
    let pages: i64 = tx.one("PRAGMA page_count", params![])?;
    tx.one::<i64>(&format!("PRAGMA max_page_count = {pages}"), params![]).map(drop)
}

/// The server says what it says when it cannot extend a file.
fn fill_postgres(tx: &mut Tx<'_>, table: &str) -> Result<(), StoreError> {
    tx.execute(
        "CREATE FUNCTION fill_disk() RETURNS trigger LANGUAGE plpgsql AS \
         'BEGIN RAISE EXCEPTION USING ERRCODE = ''disk_full''; END'",
        params![],
    )?;
    let trigger = format!(
        "CREATE TRIGGER disk_is_full BEFORE INSERT ON {table} FOR EACH ROW EXECUTE FUNCTION fill_disk()"
    );
    tx.execute(&trigger, params![]).map(drop)
}
