//! What goes in comes out, and what does not fit is refused.

use jiff::{Timestamp, civil::date};
use perennial_store::{Columns, FromRow, StoreError, ToValue, params};
use serde_json::json;
use uuid::Uuid;

use crate::support::{TestDatabase, add_person, contract_store, noon, on_both_engines, person_id};

on_both_engines! {
    every_kind_of_value_comes_back_as_it_went_in,
    absent_values_come_back_absent,
    json_keeps_its_key_order_and_its_numbers,
    times_keep_their_microseconds,
    numbers_keep_all_64_bits,
    placeholders_are_bound_by_number,
    a_value_of_the_wrong_type_is_refused,
    text_with_the_character_nul_is_refused,
    too_few_or_too_many_parameters_are_refused,
    a_column_of_another_type_names_itself,
    a_row_with_too_few_columns_is_an_error,
    one_row_means_exactly_one,
    like_minds_case,
    text_sorts_by_its_bytes,
}

#[derive(Debug, PartialEq)]
struct Person {
    nickname: Option<String>,
    age: Option<u32>,
    active: bool,
    born: Option<jiff::civil::Date>,
    seen_at: Option<Timestamp>,
    note: Option<serde_json::Value>,
    photo: Option<Vec<u8>>,
}

impl FromRow for Person {
    fn from_row(row: &mut Columns<'_>) -> Result<Self, StoreError> {
        Ok(Self {
            nickname: row.take()?,
            age: row.take()?,
            active: row.take()?,
            born: row.take()?,
            seen_at: row.take()?,
            note: row.take()?,
            photo: row.take()?,
        })
    }
}

/// Stores the person and reads it again.
async fn stored(database: &TestDatabase, person: Person) -> Person {
    let store = contract_store(database).await;
    store
        .write(move |tx| {
            tx.one(
                "INSERT INTO people (project_id, id, email, nickname, age, active, born, seen_at, note, photo) \
                 VALUES (1, $1, 'mo@example.org', $2, $3, $4, $5, $6, $7, $8) \
                 RETURNING nickname, age, active, born, seen_at, note, photo",
                params![
                    person_id(1),
                    person.nickname,
                    person.age,
                    person.active,
                    person.born,
                    person.seen_at,
                    person.note,
                    person.photo,
                ],
            )
        })
        .await
        .map_err(|error: StoreError| error)
        .unwrap()
}

fn full() -> Person {
    Person {
        nickname: Some("Żółw 🐢 o'clock $1".to_owned()),
        age: Some(u32::MAX),
        active: false,
        born: Some(date(1999, 2, 28)),
        seen_at: Some(noon()),
        note: Some(json!({"a": [1, null, "x"]})),
        photo: Some(vec![0, 255, 39]),
    }
}

async fn every_kind_of_value_comes_back_as_it_went_in(database: &TestDatabase) {
    assert_eq!(stored(database, full()).await, full());
}

async fn absent_values_come_back_absent(database: &TestDatabase) {
    let absent = || Person {
        nickname: None,
        age: None,
        active: true,
        born: None,
        seen_at: None,
        note: None,
        photo: None,
    };
    assert_eq!(stored(database, absent()).await, absent());
}

async fn json_keeps_its_key_order_and_its_numbers(database: &TestDatabase) {
    let note = json!({"z": 9_007_199_254_740_993_i64, "a": 0.1, "m": {"y": 1, "b": 2}});
    let back = stored(database, Person { note: Some(note.clone()), ..full() }).await;
    assert_eq!(back.note.unwrap().to_string(), note.to_string());
}

async fn times_keep_their_microseconds(database: &TestDatabase) {
    let written: Timestamp = "2026-02-03T04:05:06.789012999Z".parse().unwrap();
    let back = stored(database, Person { seen_at: Some(written), ..full() }).await;
    assert_eq!(back.seen_at.unwrap().to_string(), "2026-02-03T04:05:06.789012Z");
}

async fn numbers_keep_all_64_bits(database: &TestDatabase) {
    let store = contract_store(database).await;
    let add =
        "INSERT INTO people (project_id, id, email, age) VALUES ($1, $2, 'a', $3) RETURNING project_id, age";
    let row: (i64, i64) = store
        .write(move |tx| tx.one(add, params![i64::MIN, Uuid::nil(), i64::MAX]))
        .await
        .map_err(erase)
        .unwrap();
    assert_eq!(row, (i64::MIN, i64::MAX));
}

async fn placeholders_are_bound_by_number(database: &TestDatabase) {
    let store = contract_store(database).await;
    let backwards = "INSERT INTO people (email, id, project_id, nickname) VALUES ($3, $2, $1, $3) \
                     RETURNING project_id, email, nickname";
    let row: (i64, String, String) = store
        .write(move |tx| tx.one(backwards, params![1_i64, Uuid::nil(), "three"]))
        .await
        .map_err(erase)
        .unwrap();
    assert_eq!(row, (1, "three".to_owned(), "three".to_owned()));
}

async fn a_value_of_the_wrong_type_is_refused(database: &TestDatabase) {
    let store = contract_store(database).await;
    let values: [&'static (dyn ToValue + Sync); 2] = [&"twelve", &b"bytes"];
    for value in values {
        let add = "INSERT INTO people (project_id, id, email, age) VALUES (1, $1, 'a', $2)";
        let result =
            store.write(move |tx| tx.execute(add, params![Uuid::nil(), value as &dyn ToValue])).await;
        assert!(matches!(result, Err(StoreError::WrongShape { .. })), "{result:?}");
    }
}

async fn text_with_the_character_nul_is_refused(database: &TestDatabase) {
    let store = contract_store(database).await;
    let add = "INSERT INTO people (project_id, id, email) VALUES (1, $1, $2)";
    let result = store.write(move |tx| tx.execute(add, params![Uuid::nil(), "a\0b"])).await;
    assert!(matches!(result, Err(StoreError::WrongShape { .. })), "{result:?}");
}

async fn too_few_or_too_many_parameters_are_refused(database: &TestDatabase) {
    let store = contract_store(database).await;
    let find = "SELECT email FROM people WHERE project_id = $1 AND age = $2";
    let few: Result<Vec<String>, _> = store.read(move |tx| tx.list(find, params![1_i64])).await;
    let many: Result<Vec<String>, _> =
        store.read(move |tx| tx.list(find, params![1_i64, 2_i64, 3_i64])).await;
    assert!(matches!(few, Err(StoreError::Other(_))), "{few:?}");
    assert!(matches!(many, Err(StoreError::Other(_))), "{many:?}");
}

async fn a_column_of_another_type_names_itself(database: &TestDatabase) {
    let store = contract_store(database).await;
    store.write(|tx| add_person(tx, 1)).await.unwrap();
    let result = store.read(|tx| tx.one::<i64>("SELECT email FROM people", params![])).await;
    let Err(StoreError::WrongShape { column, found, .. }) = result else { panic!("{result:?}") };
    assert_eq!((column.as_str(), found), ("email", "text"));
}

async fn a_row_with_too_few_columns_is_an_error(database: &TestDatabase) {
    let store = contract_store(database).await;
    store.write(|tx| add_person(tx, 1)).await.unwrap();
    let result = store.read(|tx| tx.one::<(String, String)>("SELECT email FROM people", params![])).await;
    assert!(matches!(result, Err(StoreError::WrongShape { .. })), "{result:?}");
}

async fn one_row_means_exactly_one(database: &TestDatabase) {
    let store = contract_store(database).await;
    let find = |tx: &mut perennial_store::Tx<'_>| tx.one::<String>("SELECT email FROM people", params![]);
    assert!(matches!(store.read(find).await, Err(StoreError::WrongShape { .. })));
    store.write(|tx| add_person(tx, 1)).await.unwrap();
    assert_eq!(store.read(find).await.unwrap(), "person1@example.org");
    store.write(|tx| add_person(tx, 2)).await.unwrap();
    assert!(matches!(store.read(find).await, Err(StoreError::WrongShape { .. })));
}

async fn like_minds_case(database: &TestDatabase) {
    let store = contract_store(database).await;
    store.write(|tx| add_person(tx, 1)).await.unwrap();
    let count = |pattern: &'static str| {
        store.read(move |tx| {
            tx.one::<i64>("SELECT COUNT(*) FROM people WHERE email LIKE $1", params![pattern])
        })
    };
    assert_eq!(count("person%").await.unwrap(), 1);
    assert_eq!(count("PERSON%").await.unwrap(), 0);
}

async fn text_sorts_by_its_bytes(database: &TestDatabase) {
    let store = contract_store(database).await;
    store
        .write(|tx| {
            for (number, email) in ["b", "B", "a", "_", "é"].into_iter().enumerate() {
                let add = "INSERT INTO people (project_id, id, email) VALUES ($1, $2, $3)";
                tx.execute(add, params![i64::try_from(number).unwrap(), Uuid::nil(), email])?;
            }
            Ok::<_, StoreError>(())
        })
        .await
        .unwrap();
    let sorted: Vec<String> = store
        .read(|tx| tx.list("SELECT email FROM people ORDER BY email", params![]))
        .await
        .map_err(erase)
        .unwrap();
    assert_eq!(sorted, ["B", "_", "a", "b", "é"]);
}

/// Settles the error type where a closure leaves it open.
fn erase(error: StoreError) -> StoreError {
    error
}
