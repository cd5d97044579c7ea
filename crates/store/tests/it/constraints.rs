//! Constraints say by name what they refuse, in the same words on both databases.

use perennial_store::{Store, StoreError, params};
use uuid::Uuid;

use crate::support::{
    TestDatabase, add_person, contract_store, foreign_key_name, on_both_engines, person_id,
};

on_both_engines! {
    a_duplicate_names_its_index,
    a_duplicate_of_an_expression_names_its_index,
    a_duplicate_within_a_partial_index_names_it,
    a_duplicate_primary_key_is_named_after_its_table,
    a_unique_column_is_named_after_table_and_column,
    a_row_that_breaks_a_rule_names_it,
    a_missing_value_names_its_column,
    a_missing_reference_is_told_apart,
    a_row_that_is_still_needed_cannot_be_deleted,
}

/// Runs a statement over a store that holds person 1, and answers its error.
async fn refused(store: &Store, sql: &'static str) -> StoreError {
    store.write(|tx| add_person(tx, 1)).await.unwrap();
    let result = store.write(move |tx| tx.execute(sql, params![person_id(1), Uuid::from_u128(99)])).await;
    result.expect_err("a constraint should have refused the statement")
}

async fn a_duplicate_names_its_index(database: &TestDatabase) {
    let store = contract_store(database).await;
    let error = refused(
        &store,
        "INSERT INTO people (project_id, id, email) SELECT 1, $2, email FROM people WHERE id = $1",
    )
    .await;
    assert!(error.is_conflict("people_email_key"), "{error:?}");
}

async fn a_duplicate_of_an_expression_names_its_index(database: &TestDatabase) {
    let store = contract_store(database).await;
    let error = refused(
        &store,
        "INSERT INTO people (project_id, id, email, nickname) VALUES (1, $2, 'a', 'Mo'), (2, $1, 'b', 'mo')",
    )
    .await;
    assert!(error.is_conflict("people_nickname_key"), "{error:?}");
}

async fn a_duplicate_within_a_partial_index_names_it(database: &TestDatabase) {
    let store = contract_store(database).await;
    let photographed = "INSERT INTO people (project_id, id, email, active, photo) VALUES (1, $1, $2, $3, $4)";
    let add = |number: u32, active: bool| {
        store.write(move |tx| {
            let email = number.to_string();
            tx.execute(photographed, params![person_id(number), email, active, b"same".as_slice()])
        })
    };
    add(1, true).await.unwrap();
    add(2, false).await.unwrap();
    let error: StoreError = add(3, true).await.unwrap_err();
    assert!(error.is_conflict("people_photo_key"), "{error:?}");
}

async fn a_duplicate_primary_key_is_named_after_its_table(database: &TestDatabase) {
    let store = contract_store(database).await;
    let error =
        refused(&store, "INSERT INTO people (project_id, id, email) VALUES (1, $1, 'new'), (2, $2, 'new')")
            .await;
    assert!(error.is_conflict("people_pkey"), "{error:?}");
}

async fn a_unique_column_is_named_after_table_and_column(database: &TestDatabase) {
    let store = contract_store(database).await;
    let error = refused(
        &store,
        "INSERT INTO pets (id, tag, project_id, owner_id) SELECT 7, 'rex', 1, id FROM people WHERE id = $1 OR id = $2 \
         UNION ALL SELECT 8, 'rex', 1, id FROM people WHERE id = $1",
    )
    .await;
    assert!(error.is_conflict("pets_tag_key"), "{error:?}");
}

async fn a_row_that_breaks_a_rule_names_it(database: &TestDatabase) {
    let store = contract_store(database).await;
    let error = refused(&store, "UPDATE people SET age = -1 WHERE id = $1 OR id = $2").await;
    assert!(matches!(&error, StoreError::Check(name) if name == "people_age_check"), "{error:?}");
}

async fn a_missing_value_names_its_column(database: &TestDatabase) {
    let store = contract_store(database).await;
    let error = refused(&store, "UPDATE people SET email = NULL WHERE id = $1 OR id = $2").await;
    assert!(matches!(&error, StoreError::Check(name) if name == "people_email_not_null"), "{error:?}");
}

async fn a_missing_reference_is_told_apart(database: &TestDatabase) {
    let store = contract_store(database).await;
    let error = refused(
        &store,
        "INSERT INTO pets (id, tag, project_id, owner_id) VALUES (1, 'a', 1, $1), (2, 'b', 1, $2)",
    )
    .await;
    let name = foreign_key_name(&store, "pets_owner_fkey");
    assert!(matches!(&error, StoreError::MissingReference(found) if found == name), "{error:?}");
}

async fn a_row_that_is_still_needed_cannot_be_deleted(database: &TestDatabase) {
    let store = contract_store(database).await;
    store.write(|tx| add_person(tx, 2)).await.unwrap();
    let adopt = "INSERT INTO pets (id, tag, project_id, owner_id) VALUES (1, 'rex', 1, $1)";
    store.write(|tx| tx.execute(adopt, params![person_id(2)])).await.unwrap();
    let result =
        store.write(|tx| tx.execute("DELETE FROM people WHERE id = $1", params![person_id(2)])).await;
    assert!(matches!(&result, Err(StoreError::MissingReference(_))), "{result:?}");
}
