//! Rounds and claims: two senders never undo what the other has written down, and none outlives its claim.

use std::sync::Arc;

use futures::FutureExt;
use jiff::SignedDuration;
use perennial_core::context::App;
use perennial_core::events::{Happening, record};
use perennial_core::ports::{NoReply, ReceiverAnswer, ReceiverReply, Receivers, Shipment};
use perennial_core::webhooks_out::{NewEndpoint, Round, Window, add_endpoint, claim_endpoints, send_round};
use perennial_domain::{CustomerId, DeliveryState, Id, WebhookAudience, WebhookEndpointId, WebhookFlavour};
use perennial_store::tables::{DeliveryFilter, DeliveryRow};
use perennial_testkit::TestApp;
use tokio::sync::{mpsc, oneshot};
use uuid::Uuid;

/// Receivers that answer when the test says so.
struct Patient {
    asked: mpsc::UnboundedSender<oneshot::Sender<u16>>,
}

impl Receivers for Patient {
    fn post<'a>(&'a self, _: &'a Shipment) -> ReceiverAnswer<'a> {
        let (answer, answered) = oneshot::channel();
        let is_asked = self.asked.send(answer).is_ok();
        Box::pin(async move {
            assert!(is_asked, "the test still listens");
            let status = answered.await.map_err(|_| NoReply("no answer in time".to_owned()))?;
            Ok(ReceiverReply { status, body: String::new() })
        })
    }
}

/// An application with one receiver, to whom so much happened to one customer; and the questions that the receiver is asked.
async fn told(events: usize) -> (TestApp, WebhookEndpointId, mpsc::UnboundedReceiver<oneshot::Sender<u16>>) {
    let (asked, questions) = mpsc::unbounded_channel();
    let test = TestApp::reaching(Arc::new(Patient { asked })).await;
    let project = test.project().id;
    let wanted = NewEndpoint {
        project,
        url: "https://receiver.example/hooks".to_owned(),
        flavour: WebhookFlavour::Projects,
        events: vec!["*".to_owned()],
        audience: WebhookAudience::default(),
        description: None,
    };
    let (endpoint, _) = add_endpoint(test.app(), wanted).await.unwrap();
    let customer = CustomerId::from_uuid(Uuid::from_u128(7));
    for _ in 0..events {
        test.write(move |cx, tx| record(cx, tx, project, Happening::UserUpdated, customer)).await;
    }
    (test, endpoint.id, questions)
}

async fn deliveries(test: &TestApp, endpoint: WebhookEndpointId) -> Vec<DeliveryRow> {
    let (project, filter) = (test.project().id, DeliveryFilter { endpoint: Some(endpoint), state: None });
    test.write(move |_, tx| tx.webhook_deliveries(project).newest(filter, 100)).await
}

fn round(app: &App, claim: perennial_store::tables::EndpointClaim) -> tokio::task::JoinHandle<Round> {
    let app = app.clone();
    tokio::spawn(async move { send_round(&app, claim, &mut Window::of(8)).await.unwrap() })
}

#[tokio::test]
async fn who_has_lost_the_claim_overwrites_nothing() {
    let (test, endpoint, mut questions) = told(1).await;
    let lost = claim_endpoints(test.app(), 10).await.unwrap().remove(0);
    let slow = round(test.app(), lost);
    let late = questions.recv().await.unwrap();
    let project = test.project().id;
    test.write(move |_, tx| tx.webhook_endpoints(project).end_claim(endpoint)).await;
    let taken_over = claim_endpoints(test.app(), 10).await.unwrap().remove(0);
    let quick = round(test.app(), taken_over);
    questions.recv().await.unwrap().send(200).unwrap();
    assert_eq!(quick.await.unwrap(), Round::Continued);

    late.send(500).unwrap();
    assert_eq!(slow.await.unwrap(), Round::Ended);
    let [delivery] = deliveries(&test, endpoint).await.try_into().unwrap();
    assert_eq!(
        (delivery.state, delivery.attempts, delivery.last_status),
        (DeliveryState::Delivered, 1, Some(200))
    );
    // The claim is still whose it was.
    assert!(claim_endpoints(test.app(), 10).await.unwrap().is_empty());
}

#[tokio::test]
async fn a_round_with_a_slow_receiver_ends_well_before_its_claim() {
    let (test, endpoint, mut questions) = told(8).await;
    let claim = claim_endpoints(test.app(), 10).await.unwrap().remove(0);
    let begun_at = test.app().now();
    let mut sending = round(test.app(), claim);
    let outcome = loop {
        tokio::select! {
            outcome = &mut sending => break outcome.unwrap(),
            Some(question) = questions.recv() => {
                test.clock().advance(SignedDuration::from_secs(9));
                question.send(200).unwrap();
            }
        }
    };
    assert_eq!(outcome, Round::Continued);
    assert!(test.app().now() < begun_at + SignedDuration::from_mins(2));
    let sent = deliveries(&test, endpoint).await;
    let taken = sent.iter().filter(|delivery| delivery.state == DeliveryState::Delivered).count();
    assert_eq!((taken, sent.len()), (7, 8));
}

#[tokio::test]
async fn a_lane_with_much_to_tell_leaves_the_others_their_turn() {
    let test = TestApp::new().await;
    let (project, count) = (test.project().id, 600);
    let wanted = NewEndpoint {
        project,
        url: "https://receiver.example/hooks".to_owned(),
        flavour: WebhookFlavour::Projects,
        events: vec!["*".to_owned()],
        audience: WebhookAudience::default(),
        description: None,
    };
    add_endpoint(test.app(), wanted).await.unwrap();
    let [long, other, third] = [7, 8, 9].map(|number| CustomerId::from_uuid(Uuid::from_u128(number)));
    test.write(move |cx, tx| {
        (0..count).try_for_each(|_| record(cx, tx, project, Happening::UserUpdated, long))?;
        record(cx, tx, project, Happening::UserCreated, other)?;
        record(cx, tx, project, Happening::UserVerified, third)
    })
    .await;
    let claim = claim_endpoints(test.app(), 10).await.unwrap().remove(0);
    let mut window = Window::of(2);
    let mut heard = Vec::new();
    for _ in 0..4 {
        assert_eq!(send_round(test.app(), claim, &mut window).await.unwrap(), Round::Continued);
        heard.extend(test.listener().take_types());
    }
    for told in ["user.created", "user.verified"] {
        assert!(heard.iter().any(|heard| heard == told), "{told}: {heard:?}");
    }
    assert!(heard.len() < 100);
    // And nothing is forgotten for it.
    while send_round(test.app(), claim, &mut window).await.unwrap() == Round::Continued {}
    assert_eq!(heard.len() + test.listener().take().len(), count + 2);
}

#[tokio::test]
async fn the_bell_rings_for_what_somebody_hears() {
    let (test, _, _questions) = told(2).await;
    let rung = || test.app().news_for_receivers().now_or_never();
    assert_eq!((rung(), rung()), (Some(()), None), "once for all that was written");
    let project = test.project().id;
    test.write(move |_, tx| tx.projects().find(project)).await;
    assert_eq!(rung(), None);
}
