//! The outbox keeps each letter once, and codes are counted and forgotten.

use jiff::SignedDuration;
use perennial_domain::{Email, Letter, Login, LoginCode, MailState, ProjectId, QueuedMail};
use perennial_store::StoreError;
use perennial_store::tables::{CodeCounts, CodesSince};

use super::fixtures::{CUSTOMER, connect_session, id, minutes, project_id, same, shop, write};
use crate::support::{TestDatabase, noon, on_both_engines};

on_both_engines! {
    a_letter_is_kept_once,
    another_project_sees_no_mail_and_no_login,
    a_code_comes_back_and_the_newest_one_counts,
    codes_are_counted_by_visit_by_address_and_in_all,
    a_browser_that_says_two_things_at_once_is_one_row,
    a_browser_is_forgotten_with_its_codes,
}

fn mail(number: u128, letter: Letter) -> QueuedMail {
    QueuedMail {
        id: id(number),
        project_id: project_id(),
        customer_id: Some(id(CUSTOMER)),
        letter,
        state: MailState::Waiting,
        note: None,
        created_at: noon(),
        settled_at: None,
    }
}

fn login(number: u128) -> Login {
    Login {
        id: id(number),
        project_id: project_id(),
        connect_session_id: id(80),
        email: None,
        created_at: noon(),
        expires_at: minutes(60),
    }
}

fn code(number: u128, email: &str, at: i64) -> LoginCode {
    LoginCode {
        id: id(number),
        project_id: project_id(),
        login_id: id(200),
        email: Email::parse(email).unwrap(),
        locale: "en-US".to_owned(),
        tries: 0,
        requested_at: minutes(at),
        made_at: None,
        used_at: None,
    }
}

async fn a_letter_is_kept_once(database: &TestDatabase) {
    let store = shop(database).await;
    let receipt = || Letter::Receipt { payment: id(120) };
    let sent = QueuedMail {
        state: MailState::Refused,
        note: Some("550 no".into()),
        settled_at: Some(minutes(1)),
        ..mail(190, receipt())
    };
    let expected = sent.clone();
    let (kept, found, all) = write(&store, move |tx| {
        let mut mails = tx.mails(project_id());
        let kept = [mails.insert(&mail(190, receipt()))?, mails.insert(&mail(191, receipt()))?];
        mails.update(&sent)?;
        Ok((kept, mails.find(id(190))?, mails.newest(10)?.len()))
    })
    .await;
    assert_eq!((kept, all), ([true, false], 1));
    same(found, &expected);
}

async fn another_project_sees_no_mail_and_no_login(database: &TestDatabase) {
    let store = shop(database).await;
    let other: ProjectId = id(2);
    let (mail, login, code) = write(&store, move |tx| {
        tx.mails(project_id()).insert(&mail(190, Letter::Receipt { payment: id(120) }))?;
        tx.connect_sessions(project_id()).insert(&connect_session(80), None)?;
        tx.logins(project_id()).lock_or_insert(&login(200), b"key")?;
        tx.logins(project_id()).insert_code(&code(210, "ada@example.org", 0), id(80))?;
        let mut logins = tx.logins(other);
        let login = logins.of_browser(id(80), b"key")?;
        let code = logins.find_code(id(210))?;
        Ok((tx.mails(other).find(id(190))?, login, code))
    })
    .await;
    assert!(mail.is_none() && login.is_none() && code.is_none());
}

async fn a_code_comes_back_and_the_newest_one_counts(database: &TestDatabase) {
    let store = shop(database).await;
    let used = LoginCode {
        tries: 2,
        made_at: Some(minutes(2)),
        used_at: Some(minutes(3)),
        ..code(211, "Ada@example.org", 1)
    };
    let expected = used.clone();
    let (newest, hash, unmade, browser) = write(&store, move |tx| {
        tx.connect_sessions(project_id()).insert(&connect_session(80), None)?;
        let mut logins = tx.logins(project_id());
        logins.lock_or_insert(&login(200), b"key")?;
        logins.insert_code(&code(210, "ada@example.org", 0), id(80))?;
        logins.insert_code(&code(211, "Ada@example.org", 1), id(80))?;
        logins.make_code(id(211), b"hash", minutes(2))?;
        logins.update_code(&used)?;
        logins.update(&Login { email: Some(used.email.clone()), ..login(200) })?;
        let browser = logins.of_browser(id(80), b"key")?.and_then(|login| login.email);
        Ok((logins.newest_code(id(200))?, logins.code_hash(id(211))?, logins.code_hash(id(210))?, browser))
    })
    .await;
    same(newest, &expected);
    assert_eq!((hash.as_deref(), unmade), (Some(&b"hash"[..]), None));
    assert_eq!(browser.unwrap().as_str(), "Ada@example.org");
}

async fn codes_are_counted_by_visit_by_address_and_in_all(database: &TestDatabase) {
    let store = shop(database).await;
    let counts = write(&store, |tx| {
        tx.connect_sessions(project_id()).insert(&connect_session(80), None)?;
        tx.connect_sessions(project_id()).insert(&connect_session(81), None)?;
        let mut logins = tx.logins(project_id());
        logins.lock_or_insert(&login(200), b"key")?;
        logins.insert_code(&code(210, "ada@example.org", 0), id(80))?;
        logins.insert_code(&code(211, "Ada@Example.org", 5), id(81))?;
        logins.insert_code(&code(212, "bob@example.org", 6), id(80))?;
        let since = CodesSince { of_session: minutes(-1), to_address: minutes(-1), in_project: minutes(5) };
        logins.count_codes(id(80), "ada@example.org", since)
    })
    .await;
    assert_eq!(counts, CodeCounts { of_session: 2, to_address: 2, in_project: 1 });
}

async fn a_browser_that_says_two_things_at_once_is_one_row(database: &TestDatabase) {
    let store = shop(database).await;
    write(&store, |tx| tx.connect_sessions(project_id()).insert(&connect_session(80), None)).await;
    let says = |number| store.write(move |tx| tx.logins(project_id()).lock_or_insert(&login(number), b"key"));
    let (first, second) = tokio::join!(says(200), says(201));
    let kept = first.unwrap().id;
    assert_eq!(second.unwrap().id, kept);
    let found = write(&store, |tx| tx.logins(project_id()).of_browser(id(80), b"key")).await;
    assert_eq!(found.unwrap().id, kept);
}

async fn a_browser_is_forgotten_with_its_codes(database: &TestDatabase) {
    let store = shop(database).await;
    let (early, late, code) = write(&store, |tx| {
        tx.connect_sessions(project_id()).insert(&connect_session(80), None)?;
        tx.logins(project_id()).lock_or_insert(&login(200), b"key")?;
        tx.logins(project_id()).insert_code(&code(210, "ada@example.org", 0), id(80))?;
        let early = tx.sweep_logins(minutes(60))?;
        let late = tx.sweep_logins(minutes(60) + SignedDuration::from_secs(1))?;
        Ok::<_, StoreError>((early, late, tx.logins(project_id()).find_code(id(210))?))
    })
    .await;
    assert_eq!((early, late), (0, 1));
    assert!(code.is_none());
}
