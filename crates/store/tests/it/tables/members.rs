//! Organizations' members, their log-ins, and what their tokens are signed with.

use perennial_domain::{Customer, Email, Member, MemberId, MemberRole, ProjectId};
use perennial_store::tables::{RefreshTokenRow, SigningSecretRow};
use perennial_store::{Store, StoreError};

use super::fixtures::{CUSTOMER, all_same, customer, id, minutes, project_id, same, shop, write};
use crate::support::{TestDatabase, noon, on_both_engines};

on_both_engines! {
    members_come_back_with_and_without_an_organization,
    a_password_is_kept_beside_the_member,
    members_have_ids_and_addresses_of_their_own,
    organizations_are_customers_that_the_operator_knows,
    a_token_is_found_by_its_hash_and_remembers_its_use,
    a_family_ends_together_and_once,
    tokens_that_are_over_are_forgotten,
    the_latest_signing_secret_comes_first_until_the_others_end,
    tries_are_counted_by_subject_until_they_are_old,
    another_project_sees_nobody_and_lets_nobody_in,
}

fn other() -> ProjectId {
    id(2)
}

fn member(number: u128) -> Member {
    Member {
        id: id(number),
        project_id: project_id(),
        external_id: format!("user-{number}"),
        customer_id: Some(id(CUSTOMER)),
        email: Email::parse(&format!("Member{number}@example.org")).unwrap(),
        full_name: "Ada Quill".into(),
        role: MemberRole::Billing,
        is_active: true,
        created_at: noon(),
    }
}

/// A token of member 300, in the log-in that token 310 began.
fn token(number: u128) -> RefreshTokenRow {
    RefreshTokenRow {
        id: id(number),
        family_id: id(310),
        member_id: id(300),
        secret_hash: number.to_be_bytes().to_vec(),
        created_at: noon(),
        expires_at: minutes(60),
        used_at: None,
        revoked_at: None,
    }
}

fn secret(number: u128) -> SigningSecretRow {
    SigningSecretRow { id: id(number), secret_sealed: number.to_be_bytes().to_vec() }
}

/// A shop whose customer has one member.
async fn shop_with_member(database: &TestDatabase) -> Store {
    let store = shop(database).await;
    write(&store, |tx| tx.members(project_id()).insert(&member(300))).await;
    store
}

async fn members_come_back_with_and_without_an_organization(database: &TestDatabase) {
    let store = shop_with_member(database).await;
    let changed = Member {
        customer_id: None,
        email: Email::parse("Ada@Example.org").unwrap(),
        full_name: "Ada Byron".into(),
        role: MemberRole::Owner,
        is_active: false,
        ..member(300)
    };
    let expected = changed.clone();
    let (before, found, after, left) = write(&store, move |tx| {
        let mut members = tx.members(project_id());
        let before = members.find_with_organization("user-300")?;
        members.update(&changed)?;
        let by_email = members.find_by_email("ada@example.org")?;
        let found = [members.find(id(300))?, members.lock(id(300))?, by_email];
        let left = members.of_organization(id(CUSTOMER))?.len();
        Ok((before, found, members.find_with_organization("user-300")?, left))
    })
    .await;
    let (unchanged, organization) = before.unwrap();
    same(Some(unchanged), &member(300));
    same(organization, &customer(CUSTOMER));
    all_same(found, &expected);
    let (alone, organization) = after.unwrap();
    same(Some(alone), &expected);
    assert!(organization.is_none() && left == 0);
}

async fn a_password_is_kept_beside_the_member(database: &TestDatabase) {
    let store = shop_with_member(database).await;
    let (before, after) = write(&store, |tx| {
        let mut members = tx.members(project_id());
        let before = members.password_hash(id(300))?;
        members.set_password_hash(id(300), "$argon2id$")?;
        members.update(&member(300))?;
        Ok((before, members.password_hash(id(300))?))
    })
    .await;
    assert_eq!((before, after.as_deref()), (None, Some("$argon2id$")));
    let nobody = store.write(|tx| tx.members(project_id()).set_password_hash(id(404), "$argon2id$")).await;
    assert!(matches!(nobody, Err(StoreError::WrongShape { found: "none", .. })), "{nobody:?}");
}

async fn members_have_ids_and_addresses_of_their_own(database: &TestDatabase) {
    let store = shop_with_member(database).await;
    let same_address = Member { email: Email::parse("MEMBER300@example.org").unwrap(), ..member(301) };
    let same_id = Member { external_id: "user-300".into(), ..member(301) };
    for (copy, constraint) in [(same_address, "members_email_key"), (same_id, "members_external_id_key")] {
        let result = store.write(move |tx| tx.members(project_id()).insert(&copy)).await;
        assert!(matches!(&result, Err(error) if error.is_conflict(constraint)), "{constraint}: {result:?}");
    }
    let of_nobody = Member { customer_id: Some(id(404)), ..member(301) };
    let result = store.write(move |tx| tx.members(project_id()).insert(&of_nobody)).await;
    assert!(matches!(result, Err(StoreError::MissingReference(_))), "{result:?}");
}

async fn organizations_are_customers_that_the_operator_knows(database: &TestDatabase) {
    let store = shop(database).await;
    let known = |number: u128| Customer {
        external_id: Some(format!("org-{number}")),
        created_at: minutes(i64::try_from(number).unwrap()),
        ..customer(number)
    };
    let newest = write(&store, move |tx| {
        let mut customers = tx.customers(project_id());
        for number in [12, 14, 13] {
            customers.insert(&known(number))?;
        }
        customers.newest_with_external_id(2)
    })
    .await;
    let ids = newest.into_iter().map(|organization| organization.external_id.unwrap());
    assert_eq!(ids.collect::<Vec<_>>(), ["org-14", "org-13"]);
}

async fn a_token_is_found_by_its_hash_and_remembers_its_use(database: &TestDatabase) {
    let store = shop_with_member(database).await;
    let (unused, used, unknown) = write(&store, |tx| {
        let mut tokens = tx.refresh_tokens(project_id());
        tokens.insert(&token(310))?;
        let unused = tokens.lock_by_hash(&token(310).secret_hash)?;
        tokens.note_use(id(310), minutes(1))?;
        Ok((unused, tokens.lock_by_hash(&token(310).secret_hash)?, tokens.lock_by_hash(b"unknown")?))
    })
    .await;
    same(unused, &token(310));
    same(used, &RefreshTokenRow { used_at: Some(minutes(1)), ..token(310) });
    assert!(unknown.is_none());
    let copy = RefreshTokenRow { id: id(311), ..token(310) };
    let result = store.write(move |tx| tx.refresh_tokens(project_id()).insert(&copy)).await;
    assert!(
        matches!(&result, Err(error) if error.is_conflict("refresh_tokens_secret_hash_key")),
        "{result:?}"
    );
}

async fn a_family_ends_together_and_once(database: &TestDatabase) {
    let store = shop_with_member(database).await;
    let ends = write(&store, |tx| {
        let mut tokens = tx.refresh_tokens(project_id());
        tokens.insert(&token(310))?;
        tokens.insert(&token(311))?;
        tokens.insert(&RefreshTokenRow { family_id: id(312), ..token(312) })?;
        tokens.revoke_family(id(310), minutes(1))?;
        tokens.revoke_all_of(id(300), minutes(2))?;
        [310, 311, 312]
            .map(|number| tokens.lock_by_hash(&token(number).secret_hash))
            .into_iter()
            .map(|found| Ok(found?.and_then(|found| found.revoked_at)))
            .collect::<Result<Vec<_>, StoreError>>()
    })
    .await;
    assert_eq!(ends, [Some(minutes(1)), Some(minutes(1)), Some(minutes(2))], "the first end counts");
}

async fn tokens_that_are_over_are_forgotten(database: &TestDatabase) {
    let store = shop_with_member(database).await;
    let left = write(&store, |tx| {
        let mut tokens = tx.refresh_tokens(project_id());
        tokens.insert(&token(310))?;
        tokens.insert(&RefreshTokenRow { expires_at: minutes(61), ..token(311) })?;
        tokens.forget_expired(id(300), minutes(60))?;
        Ok([310, 311]
            .map(|number| tokens.lock_by_hash(&token(number).secret_hash).is_ok_and(|found| found.is_some())))
    })
    .await;
    assert_eq!(left, [false, true]);
}

async fn the_latest_signing_secret_comes_first_until_the_others_end(database: &TestDatabase) {
    let store = shop(database).await;
    let (while_both, after) = write(&store, |tx| {
        let mut secrets = tx.signing_secrets(project_id());
        secrets.insert(&secret(320), noon())?;
        secrets.insert(&secret(321), minutes(1))?;
        secrets.expire_others(id(321), minutes(60))?;
        // Whatever ends already is not given more time by the next change.
        secrets.insert(&secret(322), minutes(2))?;
        secrets.expire_others(id(322), minutes(90))?;
        Ok((secrets.active(minutes(59))?, secrets.active(minutes(60))?))
    })
    .await;
    let told = |rows: Vec<SigningSecretRow>| format!("{rows:?}");
    assert_eq!(told(while_both), told(vec![secret(322), secret(321), secret(320)]));
    assert_eq!(told(after), told(vec![secret(322), secret(321)]));
}

async fn tries_are_counted_by_subject_until_they_are_old(database: &TestDatabase) {
    let store = shop(database).await;
    let (lately, of_another, capped, swept, left) = write(&store, |tx| {
        let mut tries = tx.login_tries(project_id());
        for minute in 0..4 {
            let number = 330 + u128::try_from(minute).unwrap();
            tries.insert(id(number), b"ada", minutes(minute))?;
            tries.insert(id(number), b"here", minutes(minute))?;
        }
        tries.delete(id(332))?;
        let lately = tries.latest_of(b"ada", noon(), 10)?;
        let (of_another, capped) =
            (tries.latest_of(b"bob", noon(), 10)?, tries.latest_of(b"here", noon(), 1)?);
        let swept = tx.sweep_login_tries(minutes(1))?;
        let left = tx.login_tries(project_id()).latest_of(b"ada", minutes(-1), 10)?;
        Ok((lately, of_another, capped, swept, left))
    })
    .await;
    assert_eq!(lately, [minutes(3), minutes(1)], "since then, and without what was taken back");
    assert_eq!((of_another, capped), (vec![], vec![minutes(3)]));
    assert_eq!((swept, left), (2, vec![minutes(3), minutes(1)]));
}

async fn another_project_sees_nobody_and_lets_nobody_in(database: &TestDatabase) {
    let store = shop_with_member(database).await;
    let found = write(&store, |tx| {
        tx.refresh_tokens(project_id()).insert(&token(310))?;
        tx.signing_secrets(project_id()).insert(&secret(320), noon())?;
        tx.login_tries(project_id()).insert(id(330), b"ada", noon())?;
        tx.refresh_tokens(other()).revoke_all_of(id(300), minutes(1))?;
        tx.refresh_tokens(other()).forget_expired(id(300), minutes(90))?;
        tx.signing_secrets(other()).expire_others(id(404), minutes(1))?;
        tx.login_tries(other()).delete(id(330))?;
        let mine = tx.refresh_tokens(project_id()).lock_by_hash(&token(310).secret_hash)?;
        Ok([
            ("member", tx.members(other()).find(id(300))?.is_some()),
            ("id", tx.members(other()).find_with_organization("user-300")?.is_some()),
            ("address", tx.members(other()).find_by_email("member300@example.org")?.is_some()),
            ("members", !tx.members(other()).of_organization(id(CUSTOMER))?.is_empty()),
            ("organizations", !tx.customers(other()).newest_with_external_id(9)?.is_empty()),
            ("token", tx.refresh_tokens(other()).lock_by_hash(&token(310).secret_hash)?.is_some()),
            ("end of a log-in", mine.is_none_or(|mine| mine.revoked_at.is_some())),
            ("secret", !tx.signing_secrets(other()).active(noon())?.is_empty()),
            ("end of a secret", tx.signing_secrets(project_id()).active(minutes(5))?.is_empty()),
            ("try", !tx.login_tries(other()).latest_of(b"ada", minutes(-1), 1)?.is_empty()),
            ("try taken back", tx.login_tries(project_id()).latest_of(b"ada", minutes(-1), 1)?.is_empty()),
        ])
    })
    .await;
    let leaked = found.iter().filter(|(_, found)| *found).collect::<Vec<_>>();
    assert!(leaked.is_empty(), "{leaked:?}");

    let changed = store.write(|tx| tx.members(other()).update(&member(300))).await;
    assert!(matches!(changed, Err(StoreError::WrongShape { found: "none", .. })), "{changed:?}");
    let stranger = RefreshTokenRow { member_id: id::<MemberId>(300), ..token(311) };
    let result = store.write(move |tx| tx.refresh_tokens(other()).insert(&stranger)).await;
    assert!(matches!(result, Err(StoreError::MissingReference(_))), "{result:?}");
}
