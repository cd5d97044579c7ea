//! Who waits for whom on PostgreSQL. SQLite has one writer, and nobody to wait for.

use std::sync::{Mutex, mpsc};

use perennial_domain::CustomerId;
use perennial_store::Engine;

use super::fixtures::{CUSTOMER, address, id, project_id, shop, write};
use crate::support::TestDatabase;

#[tokio::test]
async fn who_writes_a_row_that_names_a_customer_does_not_wait_for_who_holds_them() {
    let database = TestDatabase::empty(Engine::Postgres).await;
    let store = shop(&database).await;
    let (begun, mut has_begun) = tokio::sync::mpsc::unbounded_channel();
    let (done, is_done) = mpsc::channel();
    let is_done = Mutex::new(is_done);
    let holder = tokio::spawn({
        let store = store.clone();
        async move {
            write(&store, move |tx| {
                tx.customers(project_id()).lock(id::<CustomerId>(CUSTOMER))?;
                begun.send(()).unwrap();
                is_done.lock().unwrap().recv().unwrap();
                Ok(())
            })
            .await;
        }
    });
    has_begun.recv().await.unwrap();
    write(&store, |tx| tx.addresses(project_id()).insert(&address(50))).await;
    done.send(()).unwrap();
    holder.await.unwrap();
}
