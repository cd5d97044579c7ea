//! `perennial serve`: ready when it says so, gone when it is told to, and careful with databases of others.

use perennial_store::{MIGRATIONS, Migration};

use crate::http::{ask, get};
use crate::program::Place;

#[test]
fn it_migrates_serves_and_stops_when_it_is_told_to() {
    let place = Place::with_settings("");
    let (server, base) = place.serve();
    assert!(get(&base, "/healthz", "").contains("ok"));
    assert!(get(&base, "/readyz", "").contains("ok"), "a fresh database is migrated on start");
    let (status, last_words) = server.terminate();
    assert!(status.success(), "{last_words}");
    assert!(!last_words.contains("WARN") && !last_words.contains("ERROR"), "{last_words}");
}

#[test]
fn told_not_to_migrate_it_refuses_a_database_that_is_behind() {
    let place = Place::with_settings("");
    let ran = place.run(&["serve", "--listen=127.0.0.1:0", "--no-migrate"]);
    assert_eq!(ran.code, Some(1));
    assert!(ran.stderr.contains("behind") && ran.stderr.contains("hint: run the migrate command"), "{ran:?}");
}

#[tokio::test]
async fn a_database_of_a_newer_version_is_refused_and_left_alone() {
    let place = Place::with_settings("");
    place.run(&["migrate"]).data();
    let store = place.store().await;
    let later =
        Migration { name: "9999_later", sql: "CREATE TABLE later (id TEXT NOT NULL PRIMARY KEY) STRICT" };
    let migrations = MIGRATIONS.iter().copied().chain([later]).collect::<Vec<_>>();
    store.apply(migrations.leak()).await.unwrap();
    store.close().await;

    for arguments in [&["serve", "--listen=127.0.0.1:0"][..], &["migrate"], &["project", "list"]] {
        let ran = place.run(arguments);
        assert_eq!(ran.code, Some(1), "{arguments:?}");
        assert!(ran.stderr.contains("newer version"), "{ran:?}");
        assert!(ran.stderr.contains("hint: run the version that made it, or a newer one"), "{ran:?}");
    }
}

#[test]
fn a_port_that_is_taken_names_its_option() {
    let place = Place::with_settings("");
    let (_server, base) = place.serve();
    let address = base.strip_prefix("http://").unwrap();
    let ran = place.run(&["serve", "--listen", address]);
    assert_eq!(ran.code, Some(1));
    assert!(ran.stderr.contains("hint: choose another address with --listen"), "{ran:?}");
}

#[test]
fn a_key_that_asks_faster_than_the_operator_allows_is_told_to_wait() {
    let place = Place::with_settings("[api]\nrequests_per_second = 1\n");
    place.run(&["migrate"]).data();
    place.run(&["project", "create", "heron", "--name", "Heron Mobile"]).data();
    let key = place.run(&["key", "create", "--label", "shop"]).data().to_owned();
    let (_server, base) = place.serve();

    let mut answers = (0..100).map(|_| ask(&base, "/projects/heron/plans", &key));
    assert!(answers.next().unwrap().starts_with("HTTP/1.1 200 "));
    let refused = answers.find(|answer| answer.starts_with("HTTP/1.1 429 ")).unwrap();
    assert!(refused.to_ascii_lowercase().contains("retry-after: 1"), "{refused}");
}
