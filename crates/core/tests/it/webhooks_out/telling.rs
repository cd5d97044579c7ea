//! Who is told, and by which signature they know who tells.

use std::str::FromStr;

use jiff::SignedDuration;
use perennial_core::events::{Happening, record};
use perennial_core::webhooks_out::{
    NewEndpoint, add_endpoint, disable, remove_endpoint, rotate_secret, send_test,
};
use perennial_domain::{CustomerId, Id, WebhookAudience, WebhookFlavour};
use perennial_testkit::TestApp;
use secrecy::ExposeSecret;
use standardwebhooks::Webhook;
use uuid::Uuid;

use super::{URL, customer, deliveries, endpoint_at};

#[tokio::test]
async fn who_listens_hears_what_they_asked_for_signed() {
    let test = TestApp::new().await;
    let (_, secret) = endpoint_at(&test, URL, &["com.gigs.user.*"]).await;
    endpoint_at(&test, "https://other.example/", &["payment.failed"]).await;
    customer(&test, "ada@example.com", &[Happening::UserCreated]).await;
    test.send_webhooks().await;

    let sent = test.listener().take();
    assert_eq!(sent.len(), 1);
    assert_eq!(sent[0].url.as_str(), URL);
    let header = |name| sent[0].headers.iter().find(|(known, _)| *known == name).unwrap().1.clone();
    let signature = header("webhook-signature");
    assert!(header("webhook-id").starts_with("evt_"));
    // The library looks at the machine's clock; the signature covers the test's.
    let webhook = Webhook::new(secret.expose_secret()).unwrap();
    let time = i64::from_str(&header("webhook-timestamp")).unwrap();
    let expected = webhook.sign(&header("webhook-id"), time, sent[0].body.as_bytes()).unwrap();
    assert_eq!(signature, expected);
}

#[tokio::test]
async fn what_is_undone_is_told_to_nobody() {
    let test = TestApp::new().await;
    let (endpoint, _) = endpoint_at(&test, URL, &["*"]).await;
    let (project, id) = (test.project().id, CustomerId::from_uuid(Uuid::from_u128(7)));
    let failed = test.app().write(move |cx, tx| {
        record(cx, tx, project, Happening::UserCreated, id)?;
        Err::<(), _>(perennial_store::StoreError::Aborted)
    });
    assert!(failed.await.is_err());
    assert!(deliveries(&test, endpoint.id).await.is_empty());
}

#[tokio::test]
async fn a_disabled_receiver_hears_nothing_and_a_removed_one_never_again() {
    let test = TestApp::new().await;
    let (endpoint, _) = endpoint_at(&test, URL, &["*"]).await;
    let (project, id) = (test.project().id, endpoint.id);
    test.write(move |cx, tx| disable(cx, tx, project, id)).await.unwrap();
    customer(&test, "ada@example.com", &[Happening::UserCreated]).await;
    assert_eq!(test.send_webhooks().await, 0);
    assert_eq!(deliveries(&test, id).await.len(), 1);
    test.write(move |cx, tx| remove_endpoint(cx, tx, project, id)).await;
    customer(&test, "bob@example.com", &[Happening::UserCreated]).await;
    assert_eq!((test.send_webhooks().await, deliveries(&test, id).await.len()), (0, 1));
}

#[tokio::test]
async fn an_old_secret_signs_beside_the_new_one_until_it_expires() {
    let test = TestApp::new().await;
    let (endpoint, first) = endpoint_at(&test, URL, &["*"]).await;
    let (project, overlap) = (test.project().id, SignedDuration::from_hours(24));
    let second = rotate_secret(test.app(), project, endpoint.id, overlap).await.unwrap();
    assert_ne!(first.expose_secret(), second.expose_secret());
    let signatures = async || {
        send_test(test.app(), project, endpoint.id).await.unwrap();
        let sent = test.listener().take().remove(0);
        sent.headers.iter().find(|(name, _)| *name == "webhook-signature").unwrap().1.split(' ').count()
    };
    assert_eq!(signatures().await, 2);
    test.clock().advance(overlap);
    assert_eq!(signatures().await, 1);
}

#[tokio::test]
async fn another_project_is_told_nothing() {
    let test = TestApp::new().await;
    let (other, _) = test.other_project("q").await;
    let wanted = NewEndpoint {
        project: other.id,
        url: URL.to_owned(),
        flavour: WebhookFlavour::Projects,
        events: vec!["*".to_owned()],
        audience: WebhookAudience::default(),
        description: None,
    };
    let (endpoint, _) = add_endpoint(test.app(), wanted).await.unwrap();
    customer(&test, "ada@example.com", &[Happening::UserCreated]).await;
    assert_eq!(test.send_webhooks().await, 0);
    let (project, id) = (test.project().id, endpoint.id);
    assert!(test.write(move |_, tx| tx.webhook_endpoints(project).find(id)).await.is_none());
}
