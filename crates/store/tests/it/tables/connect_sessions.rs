//! A link lets one browser in, once, in time.

use perennial_domain::{ConnectSessionId, Outcome};
use perennial_store::Store;

use super::fixtures::{connect_session, id, minutes, project_id, shop, write};
use crate::support::{TestDatabase, on_both_engines};

on_both_engines! {
    a_token_works_once,
    a_wrong_or_late_token_does_not_work,
    a_session_without_a_token_is_not_entered,
    a_new_token_locks_the_old_browser_out,
    a_change_leaves_the_secrets_alone,
}

fn session() -> ConnectSessionId {
    id(80)
}

async fn opened(database: &TestDatabase, token: Option<&'static [u8]>) -> Store {
    let store = shop(database).await;
    write(&store, move |tx| tx.connect_sessions(project_id()).insert(&connect_session(80), token)).await;
    store
}

async fn enter(store: &Store, token: &'static [u8], browser: &'static [u8], minute: i64) -> bool {
    write(store, move |tx| {
        let (now, until) = (minutes(minute), minutes(minute + 60));
        tx.connect_sessions(project_id()).consume_token(session(), token, browser, now, until)
    })
    .await
}

async fn browser_hash(store: &Store) -> Option<Vec<u8>> {
    write(store, |tx| tx.connect_sessions(project_id()).browser_hash(session())).await
}

async fn a_token_works_once(database: &TestDatabase) {
    let store = opened(database, Some(b"token")).await;
    assert_eq!(browser_hash(&store).await, None);
    assert!(enter(&store, b"token", b"first", 1).await);
    assert!(!enter(&store, b"token", b"second", 1).await);
    assert_eq!(browser_hash(&store).await.as_deref(), Some(&b"first"[..]));
    let found = write(&store, |tx| tx.connect_sessions(project_id()).find(session())).await.unwrap();
    assert_eq!((found.entered_at, found.browser_expires_at), (Some(minutes(1)), Some(minutes(61))));
}

async fn a_wrong_or_late_token_does_not_work(database: &TestDatabase) {
    let store = opened(database, Some(b"token")).await;
    assert!(!enter(&store, b"guess", b"browser", 1).await);
    assert!(!enter(&store, b"token", b"browser", 30).await);
    assert!(enter(&store, b"token", b"browser", 29).await);
}

async fn a_session_without_a_token_is_not_entered(database: &TestDatabase) {
    let store = opened(database, None).await;
    assert!(!enter(&store, b"", b"browser", 1).await);
}

async fn a_new_token_locks_the_old_browser_out(database: &TestDatabase) {
    let store = opened(database, Some(b"token")).await;
    assert!(enter(&store, b"token", b"first", 1).await);
    write(&store, |tx| tx.connect_sessions(project_id()).replace_token(session(), b"next", minutes(60)))
        .await;
    assert_eq!(browser_hash(&store).await, None);
    assert!(!enter(&store, b"token", b"second", 2).await);
    assert!(enter(&store, b"next", b"second", 45).await);
}

async fn a_change_leaves_the_secrets_alone(database: &TestDatabase) {
    let store = opened(database, Some(b"token")).await;
    assert!(enter(&store, b"token", b"browser", 1).await);
    // Read before the entry, and written after it: the entry must not be undone.
    let mut stale = connect_session(80);
    stale.outcome = Some(Outcome::Success);
    write(&store, move |tx| tx.connect_sessions(project_id()).update(&stale)).await;
    let found = write(&store, |tx| tx.connect_sessions(project_id()).find(session())).await.unwrap();
    assert_eq!((found.outcome, found.entered_at), (Some(Outcome::Success), Some(minutes(1))));
    assert!(!enter(&store, b"token", b"thief", 2).await);
}
