//! In which order, how often and by whom it is sent.

use std::collections::BTreeSet;
use std::sync::Arc;

use jiff::SignedDuration;
use perennial_core::events::Happening;
use perennial_core::ports::FixedClock;
use perennial_core::webhooks_out::{
    Replay, Window, claim_endpoints, forget_deliveries, release_endpoint, replay, send_round,
};
use perennial_domain::DeliveryState;
use perennial_store::tables::PageRequest;
use perennial_testkit::{Manner, TestApp};

use super::{URL, customer, deliveries, endpoint_at, happen, wait};

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
    let ids = ids.collect::<BTreeSet<_>>();
    assert_eq!(ids.len(), 1, "the id stays the same whenever it is sent again");

    let (project, id) = (test.project().id, endpoint.id);
    test.listener().at("receiver.example", Manner::Says(200));
    assert_eq!(test.write(move |cx, tx| replay(cx, tx, project, id, Replay::Failed)).await, 1);
    wait(&test, SignedDuration::from_mins(2)).await;
    assert_eq!(test.listener().take_types(), ["user.created"]);
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
        release_endpoint(this, claim).await.unwrap();
        customer(&test, next, &[Happening::UserCreated]).await;
    }
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
