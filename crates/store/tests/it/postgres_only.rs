//! What only a server can do: deadlock, hang up, run out of patience.

use std::{
    io::{Read, Write},
    net::TcpListener,
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
        mpsc,
    },
    thread,
    time::Duration,
};

use perennial_store::{DatabaseUrl, Engine, OpenError, Store, StoreError, StoreOptions, Tx, params};

use crate::support::{TestDatabase, add_person, contract_store, count_people, person_id};

async fn database() -> TestDatabase {
    TestDatabase::empty(Engine::Postgres).await
}

fn lock(tx: &mut Tx<'_>, number: u32) -> Result<(), StoreError> {
    tx.one::<String>("SELECT email FROM people WHERE id = $1 FOR UPDATE", params![person_id(number)])
        .map(drop)
}

#[tokio::test]
async fn the_victim_of_a_deadlock_is_run_again() {
    let database = database().await;
    contract_store(&database).await.close().await;
    // A busy machine may be slow to find the deadlock; that is not what is tested.
    let options = StoreOptions { lock_timeout: Duration::from_mins(1), ..StoreOptions::default() };
    let store = Store::open(database.url(), &options).await.unwrap();
    store.write(|tx| add_person(tx, 1).and_then(|()| add_person(tx, 2))).await.unwrap();
    // Each locks its row, tells the other, and wants the other's row once the other has told.
    let runs = Arc::new(AtomicU32::new(0));
    let meet = Arc::new(std::sync::Barrier::new(2));
    let crossing = |mine: u32, other: u32| {
        let (runs, meet) = (runs.clone(), meet.clone());
        store.write(move |tx| {
            lock(tx, mine)?;
            // The third run is the victim's, and it meets nobody any more.
            if runs.fetch_add(1, Ordering::SeqCst) < 2 {
                meet.wait();
            }
            lock(tx, other)
        })
    };
    let (one, two) = tokio::join!(crossing(1, 2), crossing(2, 1));
    one.and(two).unwrap();
    // Three, or more if the victim was back before the other had noticed.
    assert!(runs.load(Ordering::SeqCst) >= 3);
}

/// Has the server hang up on every connection of the store.
async fn hang_up(database: &TestDatabase) {
    let other = database.open().await;
    let result: Result<Vec<bool>, StoreError> = other
        .read(|tx| {
            tx.list(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity \
                 WHERE datname = current_database() AND pid <> pg_backend_pid()",
                params![],
            )
        })
        .await;
    assert!(!result.unwrap().is_empty());
}

/// A store with a single connection, so that it is that one which is lost.
async fn single(database: &TestDatabase) -> Store {
    let options = StoreOptions { postgres_connections: 1, ..StoreOptions::default() };
    Store::open(database.url(), &options).await.unwrap()
}

#[tokio::test]
async fn a_connection_lost_while_idle_is_made_anew() {
    let database = database().await;
    contract_store(&database).await.close().await;
    let store = single(&database).await;
    store.write(|tx| add_person(tx, 1)).await.unwrap();
    hang_up(&database).await;
    assert_eq!(count_people(&store).await, 1);
    hang_up(&database).await;
    store.write(|tx| add_person(tx, 2)).await.unwrap();
    assert_eq!(count_people(&store).await, 2);
}

#[tokio::test]
async fn a_write_whose_connection_is_lost_half_way_is_run_again() {
    let database = database().await;
    contract_store(&database).await.close().await;
    let store = single(&database).await;
    let runs = Arc::new(AtomicU32::new(0));
    let (begun, has_begun) = tokio::sync::mpsc::unbounded_channel();
    let (gone, is_gone) = mpsc::channel();
    let is_gone = std::sync::Mutex::new(is_gone);
    let counted = runs.clone();
    let writing = store.write(move |tx| {
        add_person(tx, 1)?;
        if counted.fetch_add(1, Ordering::SeqCst) == 0 {
            begun.send(()).unwrap();
            is_gone.lock().unwrap().recv().unwrap();
        }
        add_person(tx, 2)
    });
    let mut has_begun = has_begun;
    let hanging_up = async {
        has_begun.recv().await.unwrap();
        hang_up(&database).await;
        gone.send(()).unwrap();
    };
    let (written, ()) = tokio::join!(writing, hanging_up);
    written.unwrap();
    assert_eq!(runs.load(Ordering::SeqCst), 2);
    assert_eq!(count_people(&store).await, 2);
}

#[tokio::test]
async fn a_statement_that_waits_too_long_for_a_lock_is_busy() {
    let database = database().await;
    let store = contract_store(&database).await;
    store.write(|tx| add_person(tx, 1)).await.unwrap();
    let options = StoreOptions { lock_timeout: Duration::from_millis(20), ..StoreOptions::default() };
    let impatient = Store::open(database.url(), &options).await.unwrap();
    let (locked, mut is_locked) = tokio::sync::mpsc::unbounded_channel();
    let (tried, is_tried) = mpsc::channel();
    let is_tried = std::sync::Mutex::new(is_tried);
    let holding = store.write(move |tx| {
        lock(tx, 1)?;
        locked.send(()).unwrap();
        is_tried.lock().unwrap().recv().unwrap();
        Ok::<_, StoreError>(())
    });
    let trying = async {
        is_locked.recv().await.unwrap();
        let result = impatient.write(|tx| lock(tx, 1)).await;
        tried.send(()).unwrap();
        result
    };
    let (held, result) = tokio::join!(holding, trying);
    held.unwrap();
    assert!(matches!(result, Err(StoreError::Busy(_))), "{result:?}");
}

#[tokio::test]
async fn there_are_never_more_connections_than_asked_for() {
    let database = database().await;
    let store = contract_store(&database).await;
    let mut readers = tokio::task::JoinSet::new();
    for _ in 0..32 {
        let store = store.clone();
        readers.spawn(async move { count_people(&store).await });
    }
    readers.join_all().await;
    let count = "SELECT COUNT(*) FROM pg_stat_activity WHERE datname = current_database()";
    let open: Result<i64, StoreError> = store.read(move |tx| tx.one(count, params![])).await;
    assert!((1..=4).contains(&open.unwrap()));
}

async fn count_people_once(store: &Store) -> Result<i64, StoreError> {
    store.read_once(|tx| tx.one("SELECT COUNT(*) FROM people", params![])).await
}

#[tokio::test]
async fn reads_of_one_statement_share_connections() {
    let database = database().await;
    contract_store(&database).await.close().await;
    let options =
        StoreOptions { postgres_connections: 1, postgres_shared_connections: 2, ..StoreOptions::default() };
    let store = Store::open(database.url(), &options).await.unwrap();
    let mut readers = tokio::task::JoinSet::new();
    for _ in 0..32 {
        let store = store.clone();
        readers.spawn(async move { count_people_once(&store).await });
    }
    assert!(readers.join_all().await.into_iter().all(|count| matches!(count, Ok(0))));
    let count = "SELECT COUNT(*) FROM pg_stat_activity WHERE datname = current_database()";
    let open: Result<i64, StoreError> = store.read(move |tx| tx.one(count, params![])).await;
    assert_eq!(open.unwrap(), 3);
}

#[tokio::test]
async fn a_shared_connection_lost_while_idle_is_made_anew() {
    let database = database().await;
    let store = contract_store(&database).await;
    assert_eq!(count_people_once(&store).await.unwrap(), 0);
    hang_up(&database).await;
    assert_eq!(count_people_once(&store).await.unwrap(), 0);
}

#[tokio::test]
async fn a_read_of_one_statement_that_fails_spoils_no_other() {
    let database = database().await;
    let store = contract_store(&database).await;
    let wrong = |store: Store| async move {
        store.read_once(|tx| tx.one::<i64>("SELECT 1 / CAST(0 AS BIGINT)", params![])).await
    };
    let (failed, counted) = tokio::join!(wrong(store.clone()), count_people_once(&store));
    assert!(matches!(failed, Err(StoreError::Other(_))), "{failed:?}");
    assert_eq!(counted.unwrap(), 0);
}

/// Work may look at what others remember beside the database, and so ask for something else when it is run again.
#[tokio::test]
async fn a_read_is_given_no_rows_that_it_did_not_ask_for() {
    let database = database().await;
    let store = contract_store(&database).await;
    let other_text = one_after_the_other(["SELECT 1", "SELECT 'one'"]);
    let answer: Result<String, StoreError> = store.read_once(move |tx| tx.one(other_text(), params![])).await;
    assert!(matches!(answer, Err(StoreError::NotAlone)), "{answer:?}");

    let other_value = one_after_the_other([1_i64, 2]);
    let sql = "SELECT CAST($1 AS BIGINT)";
    let answer: Result<i64, StoreError> =
        store.read_once(move |tx| tx.one(sql, params![other_value()])).await;
    assert!(matches!(answer, Err(StoreError::NotAlone)), "{answer:?}");
}

fn one_after_the_other<T: Copy + Send>(values: [T; 2]) -> impl Fn() -> T + Send {
    let runs = std::sync::atomic::AtomicUsize::new(0);
    move || values[runs.fetch_add(1, std::sync::atomic::Ordering::Relaxed) % 2]
}

/// How often the server is asked whether it has noticed; far more than that takes.
const QUESTIONS: usize = 10_000;

#[tokio::test]
async fn a_closed_store_has_no_connections_and_answers_no_read_of_one_statement() {
    let database = database().await;
    let store = contract_store(&database).await;
    assert_eq!(count_people_once(&store).await.unwrap(), 0);
    let clone = store.clone();
    store.close().await;
    let closed = count_people_once(&clone).await;
    assert!(matches!(closed, Err(StoreError::Unavailable(_))), "{closed:?}");
    // One connection, which leaves itself out; a server that tidies up is no connection of ours.
    let options = StoreOptions { postgres_connections: 1, ..StoreOptions::default() };
    let other = Store::open(database.url(), &options).await.unwrap();
    let others = "SELECT COUNT(*) FROM pg_stat_activity WHERE datname = current_database() \
        AND pid <> pg_backend_pid() AND backend_type = 'client backend'";
    // The server ends its side of a connection a moment after it was closed.
    for _ in 0..QUESTIONS {
        let left: Result<i64, StoreError> = other.read(move |tx| tx.one(others, params![])).await;
        if left.unwrap() == 0 {
            return;
        }
    }
    panic!("connections are left");
}

#[tokio::test]
async fn a_server_that_cannot_be_reached_is_an_error_without_its_password() {
    // Nothing listens in an empty folder.
    let folder = tempfile::TempDir::new().unwrap();
    let url = format!("postgres://mo:hunter2@/db?host={}", folder.path().display());
    let error = Store::open(&DatabaseUrl::Postgres(url), &StoreOptions::default()).await.err().unwrap();
    assert!(matches!(error, OpenError::Unusable(_)), "{error:?}");
    assert!(!format!("{error:?}").contains("hunter2"));
}

#[tokio::test]
async fn what_the_server_says_of_a_row_reaches_no_log() {
    let database = database().await;
    let store = contract_store(&database).await;
    store.write(|tx| add_person(tx, 1)).await.unwrap();
    let error = store.write(|tx| add_person(tx, 1)).await.unwrap_err();
    assert!(!format!("{error:?}").contains("person1@example.org"), "{error:?}");
    let cast = "SELECT CAST(email AS BIGINT) FROM people";
    let error = store.read(move |tx| tx.list::<i64>(cast, params![])).await.unwrap_err();
    assert!(matches!(error, StoreError::Other(_)), "{error:?}");
}

#[tokio::test]
async fn a_server_that_does_not_encrypt_gets_no_password_when_asked_to() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("postgres://mo:hunter2@{}/db?sslmode=require", listener.local_addr().unwrap());
    let server = thread::spawn(move || {
        let (mut connection, _) = listener.accept().unwrap();
        // The client asks in eight bytes whether it may encrypt; "N" means no.
        connection.read_exact(&mut [0; 8]).unwrap();
        connection.write_all(b"N").unwrap();
        let mut more = Vec::new();
        connection.read_to_end(&mut more).unwrap();
        more
    });
    let result = Store::open(&DatabaseUrl::Postgres(url), &StoreOptions::default()).await;
    assert!(matches!(result.err(), Some(OpenError::Unusable(_))));
    assert_eq!(server.join().unwrap(), b"");
}

#[tokio::test]
async fn a_connection_lost_during_a_commit_leaves_doubt_and_is_not_run_again() {
    let database = database().await;
    let store = contract_store(&database).await;
    // Deferred triggers run within the commit; this one has the server hang up.
    let definitions = [
        "CREATE FUNCTION hang_up() RETURNS trigger LANGUAGE plpgsql AS \
         'BEGIN PERFORM pg_terminate_backend(pg_backend_pid()); RETURN NULL; END'",
        "CREATE CONSTRAINT TRIGGER hang_up AFTER INSERT ON people DEFERRABLE INITIALLY DEFERRED \
         FOR EACH ROW EXECUTE FUNCTION hang_up()",
    ];
    for sql in definitions {
        let defined: Result<u64, StoreError> = store.write(move |tx| tx.execute(sql, params![])).await;
        defined.unwrap();
    }
    let runs = Arc::new(AtomicU32::new(0));
    let counted = runs.clone();
    let add = move |tx: &mut Tx<'_>| {
        counted.fetch_add(1, Ordering::SeqCst);
        add_person(tx, 1)
    };
    let result = store.write(add).await;
    assert!(matches!(result, Err(StoreError::InDoubt(_))), "{result:?}");
    assert_eq!(runs.load(Ordering::SeqCst), 1);
    assert_eq!(count_people(&store).await, 0);
}
