//! contracts/projects-api.md §2.5.

use std::time::Duration;

use perennial_domain::{ArrearsAccess, ArrearsPolicy, CancellationCause, SubscriptionState};
use perennial_http::ApiOptions;
use perennial_testkit::rows;
use serde_json::{Value, json};

use crate::door::Door;

fn ids(list: &Value) -> Vec<String> {
    list["items"].as_array().unwrap().iter().map(|item| item["id"].as_str().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn a_subscription_carries_its_plan_user_and_sim_whole() {
    let door = Door::open().await;
    let plan = door.plan("heron", 1450, rows::monthly()).await;
    let customer = door.customer("ada@example.com").await;
    let sim = door.esim(1).await;
    let sim_id = sim.id;
    let subscription = door
        .subscription_with(&customer, &plan, move |subscription| {
            subscription.sim_id = Some(sim_id);
            subscription.phone_number = Some("+31970555010".to_owned());
        })
        .await;
    let shown = door.api.get(&format!("/projects/p/subscriptions/{}", subscription.id)).await.expect(200);
    let user = door.api.get(&format!("/projects/p/users/{}", customer.id)).await.expect(200);
    let plan = door.api.get(&format!("/projects/p/plans/{}", plan.0.id)).await.expect(200);
    let sim = door.api.get(&format!("/projects/p/sims/{sim_id}")).await.expect(200);
    assert_eq!(
        shown,
        json!({
            "object": "subscription", "id": subscription.id, "metadata": {}, "status": "active", "plan": plan,
            "user": user, "sim": sim, "phoneNumber": "+31970555010",
            "currentPeriod": { "number": 1, "start": "2031-03-04T05:06:07Z", "end": "2031-04-04T05:06:07Z" },
            "porting": null, "lastPorting": null, "activatedAt": "2031-03-04T05:06:07Z", "firstUsageAt": null,
            "canceledAt": null, "endedAt": null, "earliestEndAt": "2031-04-04T05:06:07Z",
            "cancellationDetails": null, "restrictedAt": null, "restrictionDetails": null, "billing": null,
            "userAddress": null, "createdAt": "2031-03-04T05:06:07Z",
        })
    );
}

#[tokio::test]
async fn a_list_shows_a_plan_that_was_first_sold_a_moment_ago() {
    let remembering = ApiOptions { snapshot_max_age: Duration::from_hours(1), ..ApiOptions::default() };
    let door = Door::with(remembering).await;
    let customer = door.customer("ada@example.com").await;
    let list = format!("/projects/p/subscriptions?user={}", customer.id);
    assert_eq!(door.api.get(&list).await.expect(200)["items"], json!([]));

    let plan = door.plan("heron", 1450, rows::monthly()).await;
    let made = door.subscription(&customer, &plan).await;
    let alone = door.api.get(&format!("/projects/p/subscriptions/{}", made.id)).await.expect(200);
    assert_eq!(alone["plan"]["price"], json!({ "amount": 1450, "currency": "EUR" }));
    assert_eq!(door.api.get(&list).await.expect(200)["items"], json!([alone]));
}

#[tokio::test]
async fn states_are_told_in_the_words_of_this_door() {
    let door = Door::open().await;
    let plan = door.plan("heron", 1450, rows::monthly()).await;
    let customer = door.customer("ada@example.com").await;
    for (state, status) in [
        (SubscriptionState::Pending, "pending"),
        (SubscriptionState::Active, "active"),
        (SubscriptionState::PastDue, "active"),
        (SubscriptionState::Restricted, "restricted"),
        (SubscriptionState::Paused, "restricted"),
    ] {
        let made =
            door.subscription_with(&customer, &plan, move |subscription| subscription.state = state).await;
        let shown = door.api.get(&format!("/projects/p/subscriptions/{}", made.id)).await.expect(200);
        assert_eq!(shown["status"], status);
        assert_eq!(shown["currentPeriod"].is_null(), status == "pending", "{status}");
        let path = format!("/projects/p/subscriptions?user={}&status={status}&limit=200", customer.id);
        assert!(ids(&door.api.get(&path).await.expect(200)).contains(&made.id.to_string()), "{status}");
    }
}

#[tokio::test]
async fn a_restriction_says_since_when_and_why() {
    let door = Door::open().await;
    let plan = door.plan("heron", 1450, rows::monthly()).await;
    let customer = door.customer("ada@example.com").await;
    let now = door.app.app().now();
    let policy = ArrearsPolicy { access: ArrearsAccess::Restrict, ..ArrearsPolicy::default() };
    let made = door
        .subscription_with(&customer, &plan, move |subscription| {
            subscription.fall_behind(&policy, now).unwrap();
        })
        .await;
    let shown = door.api.get(&format!("/projects/p/subscriptions/{}", made.id)).await.expect(200);
    assert_eq!(shown["restrictedAt"], "2031-03-04T05:06:07Z");
    let details =
        json!({ "restrictBehavior": null, "restoreBehavior": "keepPeriodAnchor", "cause": "invoiceOverdue" });
    assert_eq!(shown["restrictionDetails"], details);
}

#[tokio::test]
async fn ended_ones_are_listed_only_when_asked_for() {
    let door = Door::open().await;
    let plan = door.plan("heron", 1450, rows::monthly()).await;
    let customer = door.customer("ada@example.com").await;
    let now = door.app.app().now();
    let ended = door
        .subscription_with(&customer, &plan, move |subscription| {
            subscription.end(now, CancellationCause::PaymentFailed);
        })
        .await;
    let live = door.subscription(&customer, &plan).await;
    assert_eq!(ids(&door.api.get("/projects/p/subscriptions").await.expect(200)), [live.id.to_string()]);
    let list = door.api.get("/projects/p/subscriptions?status=ended").await.expect(200);
    assert_eq!(ids(&list), [ended.id.to_string()]);
    assert_eq!(list["items"][0]["cancellationDetails"]["cause"], "paymentFailed");
    let nothing = door.api.get("/projects/p/subscriptions?status=initiated").await.expect(200);
    assert_eq!(nothing["items"], json!([]));
}

#[tokio::test]
async fn filters_are_all_heeded() {
    let door = Door::open().await;
    let heron = door.plan("heron", 1450, rows::monthly()).await;
    let gull = door.plan("gull", 900, rows::thirty_days()).await;
    let [ada, bob] = [door.customer("ada@example.com").await, door.customer("bob@example.com").await];
    let sim = door.esim(1).await.id;
    let wanted =
        door.subscription_with(&ada, &heron, move |subscription| subscription.sim_id = Some(sim)).await;
    door.subscription(&ada, &gull).await;
    door.subscription(&bob, &heron).await;
    for (query, count) in [
        (format!("user={}", ada.id), 2),
        (format!("plan={}", heron.0.id), 2),
        (format!("user={}&plan={}", ada.id, heron.0.id), 1),
        (format!("sim={sim}"), 1),
        ("status=pending,active".to_owned(), 3),
        ("status=pending".to_owned(), 0),
        ("user=usr_0X3HMXXPN6eGUC5rb48FIRsl0K4V".to_owned(), 0),
        (format!("user={}", heron.0.id), 0),
    ] {
        let list = door.api.get(&format!("/projects/p/subscriptions?{query}")).await.expect(200);
        assert_eq!(ids(&list).len(), count, "{query}");
    }
    let list = door.api.get(&format!("/projects/p/subscriptions?sim={sim}")).await.expect(200);
    assert_eq!(ids(&list), [wanted.id.to_string()]);
}

#[tokio::test]
async fn a_subscription_is_found_by_its_number() {
    let door = Door::open().await;
    let plan = door.plan("heron", 1450, rows::monthly()).await;
    let customer = door.customer("ada@example.com").await;
    let made = door
        .subscription_with(&customer, &plan, |subscription| {
            subscription.phone_number = Some("+31970555010".to_owned());
        })
        .await;
    let path = "/projects/p/subscriptions/search";
    let found = door.api.post(path, json!({ "phoneNumber": "+31970555010" })).await.expect(200);
    assert_eq!(ids(&found), [made.id.to_string()]);
    let none =
        door.api.post(path, json!({ "phoneNumber": "+31970555011", "user": customer.id })).await.expect(200);
    assert_eq!(none["items"], json!([]));
    for body in
        [json!({}), json!({ "phoneNumber": "0970555010" }), json!({ "phoneNumber": "+31 970 555 010" })]
    {
        assert_eq!(door.api.post(path, body.clone()).await.expect_error(422).0, "invalid", "{body}");
    }
}

#[tokio::test]
async fn a_subscription_is_found_by_its_plan_sim_and_status() {
    let door = Door::open().await;
    let heron = door.plan("heron", 1450, rows::monthly()).await;
    let gull = door.plan("gull", 900, rows::thirty_days()).await;
    let customer = door.customer("ada@example.com").await;
    let sim = door.esim(1).await.id;
    let with_sim = door.subscription_with(&customer, &heron, move |row| row.sim_id = Some(sim)).await;
    let pending =
        door.subscription_with(&customer, &gull, |row| row.state = SubscriptionState::Pending).await;
    let now = door.app.app().now();
    let ended = door
        .subscription_with(&customer, &gull, move |row| row.end(now, CancellationCause::PaymentFailed))
        .await;
    for (body, found) in [
        (json!({ "plan": heron.0.id }), vec![with_sim.id]),
        (json!({ "plan": gull.0.id }), vec![pending.id]),
        (json!({ "plan": gull.0.id, "status": ["ended"] }), vec![ended.id]),
        (json!({ "sim": sim }), vec![with_sim.id]),
        (json!({ "sim": sim, "plan": gull.0.id }), vec![]),
        (json!({ "status": ["pending"] }), vec![pending.id]),
        (json!({ "status": ["restricted"] }), vec![]),
    ] {
        let answer = door.api.post("/projects/p/subscriptions/search", body.clone()).await.expect(200);
        let found: Vec<_> = found.iter().map(ToString::to_string).collect();
        assert_eq!(ids(&answer), found, "{body}");
    }
}

#[tokio::test]
async fn the_address_stays_unless_the_subscription_is_active() {
    let door = Door::open().await;
    let plan = door.plan("heron", 1450, rows::monthly()).await;
    let ada = door.customer("ada@example.com").await;
    let home =
        json!({ "line1": "Keizersgracht 1", "city": "Amsterdam", "postalCode": "1015 AA", "country": "NL" });
    let addresses = format!("/projects/p/users/{}/addresses", ada.id);
    let home = door.api.post(&addresses, home).await.expect(201)["id"].clone();
    for state in [SubscriptionState::Pending, SubscriptionState::Restricted, SubscriptionState::Ended] {
        let made = door.subscription_with(&ada, &plan, move |row| row.state = state).await;
        let path = format!("/projects/p/subscriptions/{}", made.id);
        let answer = door.api.patch(&path, json!({ "userAddress": home })).await.expect(422);
        assert_eq!(answer["details"][0]["property"], "userAddress", "{state:?}");
        assert_eq!(door.api.get(&path).await.expect(200)["userAddress"], Value::Null, "{state:?}");
    }
}

#[tokio::test]
async fn strings_and_the_address_can_be_noted() {
    let door = Door::open().await;
    let plan = door.plan("heron", 1450, rows::monthly()).await;
    let [ada, bob] = [door.customer("ada@example.com").await, door.customer("bob@example.com").await];
    let made = door.subscription(&ada, &plan).await;
    let path = format!("/projects/p/subscriptions/{}", made.id);
    let home =
        json!({ "line1": "Keizersgracht 1", "city": "Amsterdam", "postalCode": "1015 AA", "country": "NL" });
    let [ours, theirs] = [&ada, &bob].map(|user| format!("/projects/p/users/{}/addresses", user.id));
    let ours = door.api.post(&ours, home.clone()).await.expect(201)["id"].clone();
    let theirs = door.api.post(&theirs, home).await.expect(201)["id"].clone();

    let patched =
        door.api.patch(&path, json!({ "metadata": { "desk": "3" }, "userAddress": ours })).await.expect(200);
    assert_eq!((&patched["metadata"], &patched["userAddress"]), (&json!({ "desk": "3" }), &ours));
    for body in
        [json!({ "userAddress": theirs }), json!({ "userAddress": null }), json!({ "status": "ended" })]
    {
        assert_eq!(door.api.patch(&path, body.clone()).await.expect_error(422).0, "invalid", "{body}");
    }
    assert_eq!(door.api.get(&path).await.expect(200), patched);
}

#[tokio::test]
async fn who_keeps_it_in_arrears_can_move_house() {
    let door = Door::open().await;
    let plan = door.plan("heron", 1450, rows::monthly()).await;
    let ada = door.customer("ada@example.com").await;
    let behind = door
        .subscription_with(&ada, &plan, |row| {
            row.fall_behind(&ArrearsPolicy::default(), row.created_at).unwrap();
        })
        .await;
    let home =
        json!({ "line1": "Keizersgracht 1", "city": "Amsterdam", "postalCode": "1015 AA", "country": "NL" });
    let addresses = format!("/projects/p/users/{}/addresses", ada.id);
    let home = door.api.post(&addresses, home).await.expect(201)["id"].clone();
    let path = format!("/projects/p/subscriptions/{}", behind.id);
    let patched = door.api.patch(&path, json!({ "userAddress": home })).await.expect(200);
    assert_eq!((&patched["status"], &patched["userAddress"]), (&json!("active"), &home));
}
