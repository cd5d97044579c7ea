//! What a restart remembers.

use stripe_sandbox::{OpenError, Sandbox, SandboxOptions, Storage};

use crate::support::Stripe;

#[tokio::test]
async fn a_file_remembers_objects_and_idempotency_keys() {
    let folder = tempfile::tempdir().unwrap();
    let options = || SandboxOptions {
        storage: Storage::File(folder.path().join("stripe.db")),
        ..SandboxOptions::default()
    };
    let key = [("idempotency-key", "k")];
    let made = Stripe::with(options()).call("POST", "/v1/customers", "name=Ada", &key).await;
    let later = Stripe::with(options());
    assert_eq!(later.get(&format!("/v1/customers/{}", made.id())).await.text("/name"), "Ada");
    let again = later.call("POST", "/v1/customers", "name=Ada", &key).await;
    assert_eq!(again.id(), made.id());
}

#[test]
fn a_file_that_is_no_database_is_an_error() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("notes.txt");
    std::fs::write(&path, "a text that is long enough not to be an empty database file".repeat(20)).unwrap();
    let opened = Sandbox::open(SandboxOptions { storage: Storage::File(path), ..SandboxOptions::default() });
    assert!(matches!(opened, Err(OpenError::Database(_))));
}
