//! What an operator does with an event of Stripe's that could not be applied.

use jiff::Timestamp;
use perennial_domain::ProjectId;
use perennial_store::tables::{ReceivedEvent, StripeEventRow, StripeEventState};
use serde_json::Value;

use crate::program::{Place, Ran};

const EVENT: &str = "evt_parked";
const EVENTS: &str = "heron: Stripe events";

fn json(ran: &Ran) -> Value {
    serde_json::from_str(ran.data()).unwrap()
}

/// A place whose project has one event, which was parked.
async fn with_a_parked_event() -> Place {
    let place = Place::with_settings("");
    place.run(&["migrate"]).data();
    let project = place.run(&["project", "create", "heron", "--name", "Heron Mobile"]).data().to_owned();
    let event = parked_event(project.parse().unwrap());
    place.write_rows(move |tx| tx.insert_stripe_events(std::slice::from_ref(&event)).map(drop)).await;
    place
}

fn parked_event(project_id: ProjectId) -> ReceivedEvent {
    let row = StripeEventRow {
        project_id,
        stripe_event_id: EVENT.to_owned(),
        event_type: "invoice.paid".to_owned(),
        subject: "sub_1".to_owned(),
        state: StripeEventState::Parked,
        attempts: 5,
        last_error: Some("the plan is gone".to_owned()),
        happened_at: Timestamp::UNIX_EPOCH,
        received_at: Timestamp::UNIX_EPOCH,
        settled_at: None,
    };
    ReceivedEvent { row, payload: r#"{"id":"evt_parked","object":"event"}"#.to_owned() }
}

#[tokio::test]
async fn a_parked_event_is_named_by_the_doctor_and_shown_with_its_payload_and_its_error() {
    let place = with_a_parked_event().await;
    let (is_well, details) = place.diagnosis(EVENTS);
    assert!(!is_well && details[0].starts_with("parked: 1, see `event list --state parked`"), "{details:?}");
    let table = place.run(&["event", "list"]);
    for told in [EVENT, "invoice.paid", "sub_1", "parked", "the plan is gone"] {
        assert!(table.data().contains(told), "{told} in {}", table.stdout);
    }
    let listed = json(&place.run(&["event", "list", "--state", "parked", "--json"]));
    assert_eq!((listed[0]["id"].as_str(), listed[0]["attempts"].as_u64()), (Some(EVENT), Some(5)));
    assert_eq!(listed[0]["lastError"], "the plan is gone");
    assert_eq!(json(&place.run(&["event", "list", "--state", "done", "--json"])), serde_json::json!([]));

    let shown = json(&place.run(&["event", "show", EVENT]));
    assert_eq!(shown["payload"]["object"], "event");
}

#[tokio::test]
async fn a_parked_event_that_is_retried_waits_for_a_worker_and_is_worked_on() {
    let place = with_a_parked_event().await;
    place.run(&["event", "retry", EVENT]).data();
    let shown = json(&place.run(&["event", "show", EVENT]));
    assert_eq!((shown["state"].as_str(), shown["attempts"].as_u64()), (Some("waiting"), Some(0)));
    let jobs = json(&place.run(&["job", "list", "--json"]));
    assert_eq!(jobs.as_array().unwrap().len(), 1, "a worker hears of it: {jobs}");
    assert_eq!(place.diagnosis(EVENTS), (true, vec!["none is parked".to_owned()]));

    let (server, _) = place.serve();
    let done = place.eventually(&["event", "show", EVENT], |event| event["state"] == "done");
    assert!(done["settledAt"].is_string(), "{done}");
    server.terminate();
}
