//! Webhooks that leave the house: who is told, in which order, how often, and when that ends.

use std::str::FromStr;
use std::sync::Arc;

use jiff::SignedDuration;
use perennial_core::events::{Happening, record};
use perennial_core::mails::send_mail;
use perennial_core::ports::{FixedClock, MailContent};
use perennial_core::projects::{ProjectPatch, update_project};
use perennial_core::webhooks_out::{
    NewEndpoint, Replay, Window, add_endpoint, claim_endpoints, disable, enable, forget_deliveries, replay,
    rotate_secret, send_round, send_test,
};
use perennial_domain::{
    Customer, CustomerId, DeliveryState, DisabledBecause, Email, Id, MailSettings, WebhookAudience,
    WebhookEndpoint, WebhookEndpointId, WebhookFlavour,
};
use perennial_store::tables::{DeliveryFilter, DeliveryRow, PageRequest};
use perennial_testkit::{Manner, TestApp, rows};
use secrecy::{ExposeSecret, SecretString};
use standardwebhooks::Webhook;

const URL: &str = "https://receiver.example/hooks";

async fn endpoint_at(test: &TestApp, url: &str, events: &[&str]) -> (WebhookEndpoint, SecretString) {
    let wanted = NewEndpoint {
        project: test.project().id,
        url: url.to_owned(),
        flavour: WebhookFlavour::Projects,
        events: events.iter().map(|&event| event.to_owned()).collect(),
        audience: WebhookAudience::default(),
        description: None,
    };
    add_endpoint(test.app(), wanted).await.unwrap()
}

/// A customer to whom these things happen, one after the other.
async fn customer(test: &TestApp, email: &'static str, happenings: &'static [Happening]) -> Customer {
    let project = test.project().id;
    let customer = test
        .write(move |cx, tx| {
            let customer = rows::customer(cx, project, email);
            tx.customers(project).insert(&customer)?;
            Ok(customer)
        })
        .await;
    for what in happenings {
        happen(test, customer.id, *what).await;
    }
    customer
}

async fn happen(test: &TestApp, customer: CustomerId, what: Happening) {
    let project = test.project().id;
    test.write(move |cx, tx| record(cx, tx, project, what, customer)).await;
}

async fn deliveries(test: &TestApp, endpoint: WebhookEndpointId) -> Vec<DeliveryRow> {
    let (project, filter) = (test.project().id, DeliveryFilter { endpoint: Some(endpoint), state: None });
    test.write(move |_, tx| tx.webhook_deliveries(project).newest(filter, 100)).await
}

async fn reload(test: &TestApp, id: WebhookEndpointId) -> WebhookEndpoint {
    let project = test.project().id;
    test.write(move |_, tx| tx.webhook_endpoints(project).find(id)).await.unwrap()
}

/// Lets time pass, and sends what has become due by then.
async fn wait(test: &TestApp, duration: SignedDuration) {
    test.clock().advance(duration);
    test.send_webhooks().await;
}

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
    let (project, id) = (test.project().id, CustomerId::from_uuid(uuid_of(7)));
    let failed = test.app().write(move |cx, tx| {
        record(cx, tx, project, Happening::UserCreated, id)?;
        Err::<(), _>(perennial_store::StoreError::Aborted)
    });
    assert!(failed.await.is_err());
    assert!(deliveries(&test, endpoint.id).await.is_empty());
}

fn uuid_of(number: u128) -> uuid::Uuid {
    uuid::Uuid::from_u128(number)
}

#[tokio::test]
async fn a_subject_is_told_in_order_and_others_do_not_wait_for_it() {
    let test = TestApp::new().await;
    let (endpoint, _) = endpoint_at(&test, URL, &["*"]).await;
    test.listener().at("receiver.example", Manner::Says(500));
    let ada = customer(&test, "ada@example.com", &[Happening::UserCreated]).await;
    test.send_webhooks().await;
    test.listener().at("receiver.example", Manner::Says(200));
    happen(&test, ada.id, Happening::UserUpdated).await;
    customer(&test, "bob@example.com", &[Happening::UserVerified]).await;
    test.listener().take();

    // The receiver rests for a second after it has failed.
    wait(&test, SignedDuration::from_secs(2)).await;
    assert_eq!(test.listener().take_types(), ["user.verified"]);
    wait(&test, SignedDuration::from_secs(4)).await;
    assert_eq!(test.listener().take_types(), ["user.created", "user.updated"]);
    let states = deliveries(&test, endpoint.id).await;
    assert!(states.iter().all(|delivery| delivery.state == DeliveryState::Delivered));
}

#[tokio::test]
async fn a_dead_receiver_delays_no_other_and_is_asked_with_one_delivery_at_a_time() {
    let test = TestApp::new().await;
    endpoint_at(&test, "https://dead.example/", &["*"]).await;
    endpoint_at(&test, URL, &["*"]).await;
    test.listener().at("dead.example", Manner::Silent);
    for email in ["ada@example.com", "bob@example.com", "cy@example.com"] {
        customer(&test, email, &[Happening::UserCreated]).await;
    }
    test.send_webhooks().await;
    let sent = test.listener().take();
    assert_eq!(sent.iter().filter(|sent| sent.url.host_str() == Some("receiver.example")).count(), 3);

    customer(&test, "di@example.com", &[Happening::UserCreated]).await;
    wait(&test, SignedDuration::from_secs(2)).await;
    let sent = test.listener().take();
    assert_eq!(sent.iter().filter(|sent| sent.url.host_str() == Some("dead.example")).count(), 1);
    assert_eq!(sent.len(), 2);
}

#[tokio::test]
async fn a_delivery_is_tried_by_the_contracts_table_and_then_given_up() {
    let test = TestApp::new().await;
    let (endpoint, _) = endpoint_at(&test, URL, &["*"]).await;
    test.listener().at("receiver.example", Manner::Says(302));
    customer(&test, "ada@example.com", &[Happening::UserCreated]).await;
    test.send_webhooks().await;
    let mut tries = 1;
    for minutes in [1, 6, 34, 133, 331, 661, 661, 661, 661, 661, 661, 661] {
        wait(&test, SignedDuration::from_mins(minutes)).await;
        tries += 1;
        let delivery = deliveries(&test, endpoint.id).await.remove(0);
        assert_eq!((delivery.attempts, delivery.last_status), (tries, Some(302)));
    }
    let delivery = deliveries(&test, endpoint.id).await.remove(0);
    assert_eq!(delivery.state, DeliveryState::Failed);
    assert_eq!(delivery.last_response.as_deref(), Some("thanks"));
    let ids = test.listener().take().into_iter().map(|sent| sent.headers[0].1.clone());
    let ids = ids.collect::<std::collections::BTreeSet<_>>();
    assert_eq!(ids.len(), 1, "the id stays the same whenever it is sent again");

    let (project, id) = (test.project().id, endpoint.id);
    test.listener().at("receiver.example", Manner::Says(200));
    assert_eq!(test.write(move |cx, tx| replay(cx, tx, project, id, Replay::Failed)).await, 1);
    wait(&test, SignedDuration::from_mins(2)).await;
    assert_eq!(test.listener().take_types(), ["user.created"]);
}

#[tokio::test]
async fn a_receiver_that_is_gone_is_disabled_at_once_and_catches_up_once_enabled() {
    let test = TestApp::new().await;
    let (endpoint, _) = endpoint_at(&test, URL, &["*"]).await;
    test.listener().at("receiver.example", Manner::Says(410));
    let ada = customer(&test, "ada@example.com", &[Happening::UserCreated]).await;
    test.send_webhooks().await;
    let disabled = reload(&test, endpoint.id).await.disabled.unwrap();
    assert_eq!(disabled.1, DisabledBecause::Gone);

    test.listener().at("receiver.example", Manner::Says(200));
    test.listener().take();
    happen(&test, ada.id, Happening::UserUpdated).await;
    wait(&test, SignedDuration::from_hours(1)).await;
    assert!(test.listener().take().is_empty());

    let (project, id) = (test.project().id, endpoint.id);
    test.write(move |cx, tx| enable(cx, tx, project, id)).await.unwrap();
    wait(&test, SignedDuration::from_mins(2)).await;
    assert_eq!(test.listener().take_types(), ["user.created", "user.updated"]);
}

#[tokio::test]
async fn a_receiver_that_fails_for_five_days_is_disabled_by_itself() {
    let test = TestApp::new().await;
    let (endpoint, _) = endpoint_at(&test, URL, &["*"]).await;
    test.listener().at("receiver.example", Manner::Silent);
    let ada = customer(&test, "ada@example.com", &[Happening::UserCreated]).await;
    test.send_webhooks().await;
    for day in 1..=4 {
        // It is tried for three days, and what happens then begins anew.
        if day == 4 {
            happen(&test, ada.id, Happening::UserUpdated).await;
        }
        wait(&test, SignedDuration::from_hours(12)).await;
        wait(&test, SignedDuration::from_hours(12)).await;
    }
    assert!(reload(&test, endpoint.id).await.is_enabled());
    for _ in 0..3 {
        wait(&test, SignedDuration::from_hours(11)).await;
    }
    let reloaded = reload(&test, endpoint.id).await;
    assert_eq!(reloaded.disabled.unwrap().1, DisabledBecause::Failing);

    // Whatever was given up meanwhile is caught up as well.
    let (project, id) = (test.project().id, endpoint.id);
    test.listener().at("receiver.example", Manner::Says(204));
    test.listener().take();
    test.write(move |cx, tx| enable(cx, tx, project, id)).await.unwrap();
    wait(&test, SignedDuration::from_mins(2)).await;
    assert_eq!(test.listener().take_types(), ["user.created", "user.updated"]);
}

#[tokio::test]
async fn a_failure_of_long_ago_does_not_count_among_days_of_failure() {
    let test = TestApp::new().await;
    let (endpoint, _) = endpoint_at(&test, URL, &["*"]).await;
    test.listener().at("receiver.example", Manner::Silent);
    let ada = customer(&test, "ada@example.com", &[Happening::UserCreated]).await;
    test.send_webhooks().await;
    for minutes in [1, 6, 34, 133, 331, 661, 661, 661, 661, 661, 661, 661] {
        wait(&test, SignedDuration::from_mins(minutes)).await;
    }
    assert_eq!(deliveries(&test, endpoint.id).await[0].state, DeliveryState::Failed);
    // Nothing happens for ten days, so nothing fails.
    test.clock().advance(SignedDuration::from_hours(10 * 24));
    happen(&test, ada.id, Happening::UserUpdated).await;
    test.send_webhooks().await;
    let failing = reload(&test, endpoint.id).await;
    assert_eq!((failing.is_enabled(), failing.failing_since), (true, Some(test.app().now())));
}

#[tokio::test]
async fn a_crash_between_sending_and_noting_sends_twice_and_never_not_at_all() {
    let test = TestApp::new().await;
    let (endpoint, _) = endpoint_at(&test, URL, &["*"]).await;
    customer(&test, "ada@example.com", &[Happening::UserCreated]).await;
    // Whoever has the claim is lost before anything is sent.
    assert_eq!(claim_endpoints(test.app(), 10).await.unwrap().len(), 1);
    assert_eq!(test.send_webhooks().await, 0);
    let project = test.project().id;
    let lease_is_over =
        async || test.write(move |_, tx| tx.webhook_endpoints(project).end_claim(endpoint.id)).await;
    lease_is_over().await;
    test.send_webhooks().await;
    assert_eq!(test.listener().take().len(), 1);

    customer(&test, "bob@example.com", &[Happening::UserCreated]).await;
    let lost = claim_endpoints(test.app(), 10).await.unwrap().remove(0);
    lease_is_over().await;
    let taken_over = claim_endpoints(test.app(), 10).await.unwrap().remove(0);
    // Slow, not dead: it sends what the other is about to send.
    send_round(test.app(), lost, &mut Window::of(8)).await.unwrap();
    send_round(test.app(), taken_over, &mut Window::of(8)).await.unwrap();
    assert!((1..=2).contains(&test.listener().take().len()));
}

#[tokio::test]
async fn two_nodes_whose_clocks_differ_by_hours_send_once() {
    let test = TestApp::new().await;
    endpoint_at(&test, URL, &["*"]).await;
    customer(&test, "ada@example.com", &[Happening::UserCreated]).await;
    let ahead = Arc::new(FixedClock::at(test.app().now() + SignedDuration::from_hours(5)));
    let other = test.another_node(ahead).await;
    // Each has the receiver in turn, and neither takes it from the other.
    for (this, that, next) in
        [(test.app(), &other, "bob@example.com"), (&other, test.app(), "cy@example.com")]
    {
        let claim = claim_endpoints(this, 10).await.unwrap().remove(0);
        assert_eq!(claim_endpoints(that, 10).await.unwrap(), []);
        send_round(this, claim, &mut Window::of(8)).await.unwrap();
        assert_eq!(claim_endpoints(that, 10).await.unwrap(), []);
        assert_eq!(test.listener().take().len(), 1);
        perennial_core::webhooks_out::release_endpoint(this, claim).await.unwrap();
        customer(&test, next, &[Happening::UserCreated]).await;
    }
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
    test.write(move |cx, tx| perennial_core::webhooks_out::remove_endpoint(cx, tx, project, id)).await;
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

#[tokio::test]
async fn what_was_sent_long_ago_is_forgotten_and_the_event_is_not() {
    let test = TestApp::new().await;
    let (endpoint, _) = endpoint_at(&test, URL, &["*"]).await;
    customer(&test, "ada@example.com", &[Happening::UserCreated]).await;
    test.send_webhooks().await;
    test.clock().advance(SignedDuration::from_hours(29 * 24));
    customer(&test, "bob@example.com", &[Happening::UserCreated]).await;
    assert_eq!(forget_deliveries(test.app()).await.unwrap(), 0);
    test.clock().advance(SignedDuration::from_hours(2 * 24));
    assert_eq!(forget_deliveries(test.app()).await.unwrap(), 1);
    assert_eq!(deliveries(&test, endpoint.id).await.len(), 1);
    let project = test.project().id;
    let events = test.app().read(move |_, tx| tx.events(project).page(PageRequest::first(10))).await.unwrap();
    assert_eq!(events.items.len(), 2);
}

/// Has mails go to the operator's address, and answers it.
async fn operator_of(test: &TestApp) -> Email {
    let (project, operator) = (test.project().id, Email::parse("ops@example.com").unwrap());
    let wanted = operator.clone();
    test.write(move |cx, tx| {
        let mails = MailSettings { operator: Some(wanted.clone()), ..MailSettings::default() };
        let patch = ProjectPatch { mails: Some(mails), ..ProjectPatch::default() };
        update_project(cx, tx, project, &patch).unwrap();
        Ok(())
    })
    .await;
    operator
}

/// The only mail that waits, sent.
async fn only_mail(test: &TestApp) -> perennial_core::ports::Mail {
    let project = test.project().id;
    let [mail] = test.write(move |_, tx| tx.mails(project).newest(10)).await.try_into().unwrap();
    send_mail(test.app(), project, mail.id).await.unwrap();
    test.pigeon().take().remove(0)
}

#[tokio::test]
async fn the_operator_is_mailed_once_when_a_receiver_is_gone() {
    let test = TestApp::new().await;
    let operator = operator_of(&test).await;
    let (endpoint, _) = endpoint_at(&test, URL, &["*"]).await;
    test.listener().at("receiver.example", Manner::Says(410));
    customer(&test, "ada@example.com", &[Happening::UserCreated]).await;
    test.send_webhooks().await;
    let mail = only_mail(&test).await;
    assert_eq!(mail.to, operator);
    let MailContent::WebhookDisabled { id, is_gone, .. } = mail.content else { panic!("{mail:?}") };
    assert_eq!((id, is_gone), (endpoint.id, true));
}

#[tokio::test]
async fn the_operator_is_mailed_once_after_days_of_failure() {
    let test = TestApp::new().await;
    let operator = operator_of(&test).await;
    let (endpoint, _) = endpoint_at(&test, URL, &["*"]).await;
    test.listener().at("receiver.example", Manner::Silent);
    for day in 0..8 {
        customer(
            &test,
            ["a@x.org", "b@x.org", "c@x.org", "d@x.org", "e@x.org", "f@x.org", "g@x.org", "h@x.org"][day],
            &[Happening::UserCreated],
        )
        .await;
        wait(&test, SignedDuration::from_hours(24)).await;
    }
    let mail = only_mail(&test).await;
    assert_eq!(mail.to, operator);
    let MailContent::WebhookDisabled { id, is_gone, .. } = mail.content else { panic!("{mail:?}") };
    assert_eq!((id, is_gone), (endpoint.id, false));
}
