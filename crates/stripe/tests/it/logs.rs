//! What the log says of a call.

use std::io;
use std::sync::{Arc, Mutex};

use perennial_core::ports::CustomerDraft;
use serde_json::json;
use tracing::Level;

use crate::script::{Script, Step, id, ok};

/// Everything that was logged.
#[derive(Clone, Default)]
struct Lines(Arc<Mutex<Vec<u8>>>);

impl io::Write for Lines {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[tokio::test]
async fn the_log_finds_the_call_at_stripe_and_tells_nothing_of_the_customer_or_the_key() {
    let lines = Lines::default();
    let writer = lines.clone();
    let subscriber = tracing_subscriber::fmt()
        .with_max_level(Level::TRACE)
        .with_ansi(false)
        .with_writer(move || writer.clone())
        .finish();
    let guard = tracing::subscriber::set_default(subscriber);
    let customer = CustomerDraft {
        id: id(1),
        email: Some("ada@example.com".to_owned()),
        name: Some("Ada Lovelace".to_owned()),
        locale: "en".to_owned(),
        organization: None,
        replaces: None,
    };
    let script = Script::of([Step::Lost, ok(&json!({ "id": "cus_secret" }))]);
    script.account().create_customer(&customer).await.unwrap();
    drop(guard);

    let logged = String::from_utf8(lines.0.lock().unwrap().clone()).unwrap();
    assert_eq!(logged.lines().count(), 2, "{logged}");
    for expected in ["POST /v1/customers", "status=200", "req_1", "tries=1", "tries=2", "duration_ms="] {
        assert!(logged.contains(expected), "{expected} in {logged}");
    }
    for secret in ["sk_test", "ada@", "Lovelace", "cus_secret"] {
        assert!(!logged.contains(secret), "{secret} in {logged}");
    }
}
