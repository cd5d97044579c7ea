//! Receivers and deliveries: one sender at a time, lanes in order, and nothing across projects.

use jiff::SignedDuration;
use perennial_domain::{
    CustomerId, DeliveryState, ProjectId, WebhookAudience, WebhookEndpoint, WebhookEndpointId, WebhookFlavour,
};
use perennial_store::StoreError;
use perennial_store::tables::{Claimable, DeliveryFilter, DeliveryRow, EventRow, WebhookSecretRow};
use uuid::Uuid;

use super::fixtures::{CUSTOMER, id, minutes, project_id, same, shop, write};
use crate::support::{TestDatabase, noon, on_both_engines};

on_both_engines! {
    a_receiver_comes_back_and_is_there_once,
    an_event_is_told_to_more_receivers_than_one_statement_takes,
    a_claim_lasts_by_the_databases_clock_and_its_holder_alone_gives_it_back,
    those_are_claimed_that_are_wanted,
    a_lane_is_read_from_its_first_delivery_and_put_off_as_a_whole,
    lanes_are_gone_through_one_after_the_other,
    old_deliveries_are_forgotten_by_the_time_in_their_ids,
    what_was_told_of_a_customer_can_be_emptied,
    what_is_answered_to_an_emptied_delivery_is_not_kept,
    another_project_sees_no_receiver_and_no_delivery,
}

fn endpoint(number: u128) -> WebhookEndpoint {
    WebhookEndpoint {
        id: id(number),
        project_id: project_id(),
        url: format!("https://receiver.example/{number}").parse().unwrap(),
        flavour: WebhookFlavour::Projects,
        events: vec!["user.*".to_owned()],
        audience: WebhookAudience { customer: Some(id(CUSTOMER)), ..WebhookAudience::default() },
        description: Some("ours".to_owned()),
        disabled: None,
        failing_since: Some(minutes(1)),
        failed_at: Some(minutes(2)),
        failures: 2,
        created_at: noon(),
        deleted_at: None,
    }
}

fn event(number: u128) -> EventRow {
    EventRow {
        id: id(number),
        event_type: "user.updated".to_owned(),
        subject_id: Uuid::from_u128(CUSTOMER),
        lane_id: None,
        customer_id: Some(id::<CustomerId>(CUSTOMER)),
        data: serde_json::json!({ "fullName": "Ada" }),
        previous_data: Some(serde_json::json!({ "fullName": "A." })),
        actor: None,
        created_at: noon(),
    }
}

fn delivery(number: u128, event: u128, lane: u128) -> DeliveryRow {
    DeliveryRow {
        id: id(number),
        project_id: project_id(),
        endpoint_id: id(300),
        event_id: id(event),
        lane_id: Uuid::from_u128(lane),
        message_type: "user.updated".to_owned(),
        data: None,
        state: DeliveryState::Waiting,
        attempts: 0,
        next_at: noon(),
        attempted_at: None,
        last_status: None,
        last_response: None,
        last_error: None,
        settled_at: None,
        created_at: noon(),
        position: i64::try_from(event).unwrap(),
    }
}

async fn a_receiver_comes_back_and_is_there_once(database: &TestDatabase) {
    let store = shop(database).await;
    let changed = WebhookEndpoint { disabled: None, failing_since: None, failures: 0, ..endpoint(300) };
    let expected = changed.clone();
    let (found, secrets) = write(&store, move |tx| {
        let mut endpoints = tx.webhook_endpoints(project_id());
        endpoints.insert(&endpoint(300))?;
        endpoints.update(&changed)?;
        for number in [310, 311] {
            endpoints.expire_secrets(id(300), minutes(60))?;
            endpoints.add_secret(&WebhookSecretRow {
                id: id(number),
                endpoint_id: id(300),
                secret_sealed: vec![1, 2],
                created_at: noon(),
                expires_at: None,
            })?;
        }
        let secrets =
            [minutes(59), minutes(60)].map(|at| endpoints.secrets(id(300), at).map(|found| found.len()));
        Ok((endpoints.find(id(300))?, secrets.into_iter().collect::<Result<Vec<_>, _>>()?))
    })
    .await;
    same(found, &expected);
    assert_eq!(secrets, [2, 1]);
    let twin = WebhookEndpoint { id: id(301), ..endpoint(300) };
    let again = store.write(move |tx| tx.webhook_endpoints(project_id()).insert(&twin)).await;
    assert!(again.is_err_and(|error: StoreError| error.is_conflict("webhook_endpoints_url_key")));
}

async fn a_claim_lasts_by_the_databases_clock_and_its_holder_alone_gives_it_back(database: &TestDatabase) {
    let store = shop(database).await;
    let claims = write(&store, |tx| {
        tx.webhook_endpoints(project_id()).insert(&endpoint(300))?;
        tx.webhook_endpoints(project_id()).insert(&endpoint(301))?;
        tx.events(project_id()).append(&event(130))?;
        tx.webhook_deliveries(project_id()).insert_all(&[delivery(400, 130, 1)])?;
        let (lease, any) = (SignedDuration::from_mins(2), Claimable::any(10));
        let first = tx.claim_webhook_endpoints(noon(), lease, &any)?;
        let held = tx.claim_webhook_endpoints(noon(), lease, &any)?;
        // Whose clock is wrong by hours gets it no sooner.
        let held_by_clock = tx.claim_webhook_endpoints(minutes(600), lease, &any)?;
        tx.webhook_endpoints(project_id()).end_claim(id(300))?;
        let second = tx.claim_webhook_endpoints(noon(), lease, &any)?;
        let mut endpoints = tx.webhook_endpoints(project_id());
        let renewed = [endpoints.renew(first[0], lease)?, endpoints.renew(second[0], lease)?];
        let given_back =
            [endpoints.release(first[0], minutes(1))?, endpoints.release(second[0], minutes(1))?];
        let resting = tx.claim_webhook_endpoints(noon(), lease, &any)?;
        let third = tx.claim_webhook_endpoints(minutes(1), SignedDuration::ZERO, &any)?;
        let at_once = tx.claim_webhook_endpoints(minutes(1), lease, &any)?;
        let taken = [held, held_by_clock, second, resting, third, at_once].map(|claims| claims.len());
        Ok((taken, renewed, given_back))
    })
    .await;
    assert_eq!(claims, ([0, 0, 1, 0, 1, 1], [false, true], [false, true]));
}

async fn an_event_is_told_to_more_receivers_than_one_statement_takes(database: &TestDatabase) {
    let store = shop(database).await;
    let told = write(&store, |tx| {
        tx.webhook_endpoints(project_id()).insert(&endpoint(300))?;
        tx.webhook_endpoints(project_id()).insert(&endpoint(301))?;
        tx.events(project_id()).append(&event(130))?;
        let many = (0..4_000).map(|number: u128| DeliveryRow {
            message_type: format!("user.updated/{number}"),
            ..delivery(10_000 + number, 130, 1)
        });
        tx.webhook_deliveries(project_id()).insert_all(&many.collect::<Vec<_>>())?;
        Ok(tx.webhook_deliveries(project_id()).of_event(id(130))?.len())
    })
    .await;
    assert_eq!(told, 4_000);
}

async fn those_are_claimed_that_are_wanted(database: &TestDatabase) {
    let store = shop(database).await;
    let claimed = write(&store, |tx| {
        let mut endpoints = tx.webhook_endpoints(project_id());
        endpoints.insert(&endpoint(300))?;
        endpoints.insert(&WebhookEndpoint { failing_since: None, failures: 0, ..endpoint(301) })?;
        tx.events(project_id()).append(&event(130))?;
        let to_both = [delivery(400, 130, 1), DeliveryRow { endpoint_id: id(301), ..delivery(401, 130, 1) }];
        tx.webhook_deliveries(project_id()).insert_all(&to_both)?;
        let mut claim = |failing, except: &[ProjectId]| {
            let wanted = Claimable { failing, except: except.to_vec(), ..Claimable::any(10) };
            let claims = tx.claim_webhook_endpoints(noon(), SignedDuration::from_mins(2), &wanted)?;
            for claim in &claims {
                tx.webhook_endpoints(project_id()).release(*claim, noon())?;
            }
            Ok::<_, StoreError>(claims.iter().map(|claim| claim.endpoint_id).collect::<Vec<_>>())
        };
        let others = [id(2), id(3)];
        Ok([
            claim(Some(true), &others)?,
            claim(Some(false), &[])?,
            claim(None, &[id(2), project_id()])?,
            claim(None, &others)?,
        ])
    })
    .await;
    let [failing, well]: [WebhookEndpointId; 2] = [id(300), id(301)];
    assert_eq!(claimed[..3], [vec![failing], vec![well], vec![]]);
    assert_eq!(claimed[3].len(), 2);
}

async fn a_lane_is_read_from_its_first_delivery_and_put_off_as_a_whole(database: &TestDatabase) {
    let store = shop(database).await;
    let (before, order, after, woken) = write(&store, |tx| {
        tx.webhook_endpoints(project_id()).insert(&endpoint(300))?;
        tx.webhook_endpoints(project_id()).insert(&endpoint(301))?;
        let numbers = [130, 131, 132];
        numbers.iter().try_for_each(|number| tx.events(project_id()).append(&event(*number)).map(drop))?;
        let mut deliveries = tx.webhook_deliveries(project_id());
        deliveries.insert_all(&[delivery(401, 131, 1), delivery(400, 130, 1), delivery(402, 132, 2)])?;
        let before = deliveries.due_lanes(id(300), noon(), 10)?.len();
        let waiting = deliveries.waiting_of_lane(id(300), Uuid::from_u128(1), 10)?;
        let order = waiting.iter().map(|message| message.event.id).collect::<Vec<_>>();
        deliveries.postpone_lane(id(300), Uuid::from_u128(1), minutes(5))?;
        let after = deliveries.due_lanes(id(300), minutes(4), 10)?;
        Ok((before, order, after, deliveries.wake(id(300), minutes(1))?))
    })
    .await;
    assert_eq!((before, order, woken), (2, vec![id(130), id(131)], 3));
    assert_eq!(after, [(Uuid::from_u128(2), 1)]);
}

async fn lanes_are_gone_through_one_after_the_other(database: &TestDatabase) {
    let store = shop(database).await;
    let [first, second, rest, due] = write(&store, |tx| {
        tx.webhook_endpoints(project_id()).insert(&endpoint(300))?;
        let numbers = [130, 131, 132, 133, 134];
        numbers.iter().try_for_each(|number| tx.events(project_id()).append(&event(*number)).map(drop))?;
        let mut deliveries = tx.webhook_deliveries(project_id());
        let late = DeliveryRow { next_at: minutes(5), ..delivery(402, 132, 2) };
        let of_one = [delivery(400, 130, 1), delivery(401, 131, 1)];
        deliveries
            .insert_all(&[&of_one[..], &[late, delivery(403, 133, 2), delivery(404, 134, 3)]].concat())?;
        let mut behind = |lane, limit| deliveries.lanes_behind(id(300), lane, limit);
        let first = behind(None, 1)?;
        let second = behind(Some(first[0].0), 1)?;
        let rest = behind(Some(second[0].0), 10)?;
        Ok([first, second, rest, behind(Some(Uuid::from_u128(3)), 10)?])
    })
    .await;
    // The second waits for its first delivery, whatever comes behind it.
    let lane = |number| Uuid::from_u128(number);
    assert_eq!((first, second), (vec![(lane(1), noon())], vec![(lane(2), minutes(5))]));
    assert_eq!((rest, due), (vec![(lane(3), noon())], vec![]));
}

async fn old_deliveries_are_forgotten_by_the_time_in_their_ids(database: &TestDatabase) {
    let store = shop(database).await;
    let milliseconds = u128::try_from(noon().as_millisecond()).unwrap();
    let left = write(&store, move |tx| {
        tx.webhook_endpoints(project_id()).insert(&endpoint(300))?;
        tx.events(project_id()).append(&event(130))?;
        let at_noon = (milliseconds << 80) + 1;
        tx.webhook_deliveries(project_id()).insert_all(&[delivery(at_noon, 130, 1)])?;
        let early = tx.forget_webhook_deliveries(noon())?;
        let late = tx.forget_webhook_deliveries(minutes(1))?;
        Ok((early, late, tx.webhook_deliveries(project_id()).newest(DeliveryFilter::default(), 10)?.len()))
    })
    .await;
    assert_eq!(left, (0, 1, 0));
}

async fn what_was_told_of_a_customer_can_be_emptied(database: &TestDatabase) {
    let store = shop(database).await;
    let emptied = write(&store, |tx| {
        tx.events(project_id()).append(&event(130))?;
        let told = tx.events(project_id()).data_of_customer(id(CUSTOMER))?;
        tx.events(project_id()).empty(told[0].0, &serde_json::json!({ "id": 1 }))?;
        tx.events(project_id()).find(id(130))
    })
    .await;
    let expected = EventRow { data: serde_json::json!({ "id": 1 }), previous_data: None, ..event(130) };
    assert_eq!(emptied, Some(expected));
}

async fn what_is_answered_to_an_emptied_delivery_is_not_kept(database: &TestDatabase) {
    let store = shop(database).await;
    let [emptied, kept] = write(&store, |tx| {
        tx.webhook_endpoints(project_id()).insert(&endpoint(300))?;
        [130, 131].iter().try_for_each(|number| tx.events(project_id()).append(&event(*number)).map(drop))?;
        let mut deliveries = tx.webhook_deliveries(project_id());
        let on_their_way = [delivery(400, 130, 1), delivery(401, 131, 2)];
        deliveries.insert_all(&on_their_way)?;
        deliveries.empty(id(400), None, minutes(1))?;
        for delivery in on_their_way {
            let last_response = Some("hello Ada".to_owned());
            deliveries.update(&DeliveryRow { state: DeliveryState::Delivered, last_response, ..delivery })?;
        }
        Ok([deliveries.find(id(400))?.unwrap(), deliveries.find(id(401))?.unwrap()])
    })
    .await;
    assert_eq!((emptied.state, emptied.last_response), (DeliveryState::Delivered, None));
    assert_eq!(kept.last_response.as_deref(), Some("hello Ada"));
}

async fn another_project_sees_no_receiver_and_no_delivery(database: &TestDatabase) {
    let store = shop(database).await;
    let other: ProjectId = id(2);
    let leaked = write(&store, move |tx| {
        tx.webhook_endpoints(project_id()).insert(&endpoint(300))?;
        let has_receivers = tx.events(project_id()).append(&event(130))?.has_receivers;
        tx.webhook_deliveries(project_id()).insert_all(&[delivery(400, 130, 1)])?;
        let receiver: WebhookEndpointId = id(300);
        Ok([
            tx.webhook_endpoints(other).find(receiver)?.is_some(),
            tx.webhook_deliveries(other).find(id(400))?.is_some(),
            !tx.webhook_deliveries(other).due_lanes(receiver, noon(), 10)?.is_empty(),
            tx.events(other).find(id(130))?.is_some(),
            !tx.events(other).data_of_customer(id(CUSTOMER))?.is_empty(),
            !has_receivers,
        ])
    })
    .await;
    assert_eq!(leaked, [false; 6]);
}
