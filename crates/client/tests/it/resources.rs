use axum::http::{Method, StatusCode};
use jiff::civil::date;
use perennial_client::{
    AddonFilter, ChangeTime, NewAddress, NewSubscriptionChange, Paging, PlanFilter, SimStatus, SimType,
    SubscriptionAddonFilter, SubscriptionAddonStatus, SubscriptionChangeFilter, SubscriptionChangeStatus,
    SubscriptionStatus, SubscriptionUpdate, UserUpdate,
};
use serde_json::json;

use crate::fake::{FakeApi, Reply, ok, refusal};
use crate::samples;

#[tokio::test]
async fn calls_carry_the_key_and_ask_for_json() {
    let api = FakeApi::answering([ok(samples::list(&[]))]).await;

    api.client().plans().list(&PlanFilter::default()).await.unwrap();

    let asked = api.asked_once();
    assert_eq!(asked.header("authorization"), Some("Bearer key_for_tests"));
    assert_eq!(asked.header("accept"), Some("application/json"));
    assert_eq!(asked.header("idempotency-key"), None);
}

#[tokio::test]
async fn a_plan_is_read_with_its_requirements_and_unlimited_allowances() {
    let api = FakeApi::answering([ok(samples::plan("pln_1"))]).await;

    let plan = api.client().plans().get(&"pln_1".parse().unwrap()).await.unwrap();

    assert_eq!(api.asked_once().target, "/projects/demo/plans/pln_1");
    assert_eq!((plan.price.amount_minor, plan.price.currency.as_str()), (1450, "EUR"));
    assert_eq!(plan.allowances.voice_seconds, None);
    assert_eq!(plan.allowances.sms_messages, Some(250));
    assert_eq!(plan.requirements.user_full_name.as_str(), "present");
    assert_eq!(plan.sim_types, [SimType::Esim]);
}

#[tokio::test]
async fn a_user_is_found_by_email_without_the_address_in_the_path() {
    let found = samples::list(&[samples::user("usr_1", "ada@shop.example")]);
    let api = FakeApi::answering([ok(found), ok(samples::list(&[]))]).await;
    let client = api.client();

    let ada = client.users().search_by_email("ada@shop.example").await.unwrap();
    let nobody = client.users().search_by_email("nobody@shop.example").await.unwrap();

    assert_eq!(ada.unwrap().birthday, Some(date(1995, 12, 10)));
    assert_eq!(nobody, None);
    let asked = &api.asked()[0];
    assert_eq!((&asked.method, asked.target.as_str()), (&Method::POST, "/projects/demo/users/search"));
    assert_eq!(asked.body, json!({ "email": "ada@shop.example" }));
    // A search under an idempotency key could answer what was true a day ago.
    assert_eq!(asked.header("idempotency-key"), None);
}

#[tokio::test]
async fn an_update_sends_only_what_changes_and_null_for_a_deleted_label() {
    let api = FakeApi::answering([ok(samples::user("usr_1", "ada@shop.example"))]).await;
    let changes = UserUpdate {
        full_name: Some("Ada King".into()),
        metadata: [("tier".to_owned(), None), ("shop".to_owned(), Some("north".to_owned()))].into(),
        ..UserUpdate::default()
    };

    api.client().users().update(&"usr_1".parse().unwrap(), &changes).await.unwrap();

    let asked = api.asked_once();
    assert_eq!((&asked.method, asked.target.as_str()), (&Method::PATCH, "/projects/demo/users/usr_1"));
    assert_eq!(asked.body, json!({ "fullName": "Ada King", "metadata": { "shop": "north", "tier": null } }));
}

#[tokio::test]
async fn a_deletion_can_be_repeated_because_it_has_a_key() {
    let lost = Reply::Json(StatusCode::SERVICE_UNAVAILABLE, refusal("serviceUnavailable", "Later."));
    let api = FakeApi::answering([lost, ok(samples::user("usr_1", "ada@shop.example"))]).await;

    api.client().users().delete(&"usr_1".parse().unwrap()).await.unwrap();

    let asked = api.asked();
    assert_eq!(asked[0].method, Method::DELETE);
    assert!(asked[0].header("idempotency-key").is_some());
    assert_eq!(asked[0].header("idempotency-key"), asked[1].header("idempotency-key"));
}

#[tokio::test]
async fn addresses_live_below_their_user() {
    let address = || samples::address("adr_1");
    let api = FakeApi::answering([
        Reply::Json(StatusCode::CREATED, address()),
        ok(samples::list(&[address()])),
        ok(address()),
        ok(address()),
    ])
    .await;
    let client = api.client();
    let addresses = client.addresses(&"usr_1".parse().unwrap());
    let new = NewAddress {
        line1: "1 Mill Lane".into(),
        city: "Leeds".into(),
        country: "GB".into(),
        ..NewAddress::default()
    };

    let created = addresses.create(&new).await.unwrap();
    let listed = addresses.list(&Paging::default()).await.unwrap();
    addresses.get(&created.id).await.unwrap();
    addresses.delete(&created.id).await.unwrap();

    assert_eq!(listed.items, [created]);
    let asked: Vec<String> =
        api.asked().iter().map(|asked| format!("{} {}", asked.method, asked.target)).collect();
    let path = "/projects/demo/users/usr_1/addresses";
    assert_eq!(
        asked,
        [
            format!("POST {path}"),
            format!("GET {path}"),
            format!("GET {path}/adr_1"),
            format!("DELETE {path}/adr_1")
        ]
    );
    assert_eq!(api.asked()[0].body, json!({ "line1": "1 Mill Lane", "city": "Leeds", "country": "GB" }));
}

#[tokio::test]
async fn a_subscription_is_read_with_its_period_and_its_end() {
    let mut ending = samples::subscription("sub_1");
    ending["canceledAt"] = json!("2031-04-20T10:00:00Z");
    ending["endedAt"] = json!("2031-05-05T09:00:40Z");
    let api = FakeApi::answering([ok(samples::subscription("sub_1")), ok(ending)]).await;
    let client = api.client();
    let id = "sub_1".parse().unwrap();

    let running = client.subscriptions().get(&id).await.unwrap();
    let labels = SubscriptionUpdate { metadata: [("desk".to_owned(), Some("7".to_owned()))].into() };
    let ending = client.subscriptions().update(&id, &labels).await.unwrap();

    assert_eq!(running.status, SubscriptionStatus::Active);
    assert_eq!(running.current_period.as_ref().unwrap().end.to_string(), "2031-05-05T09:00:40Z");
    assert!(!running.is_ending());
    assert!(ending.is_ending());
    assert_eq!(api.asked()[1].body, json!({ "metadata": { "desk": "7" } }));
}

#[tokio::test]
async fn a_state_that_is_not_known_yet_can_be_read() {
    let mut subscription = samples::subscription("sub_1");
    subscription["status"] = json!("hibernating");
    let api = FakeApi::answering([ok(subscription)]).await;

    let subscription = api.client().subscriptions().get(&"sub_1".parse().unwrap()).await.unwrap();

    assert_eq!(subscription.status, SubscriptionStatus::Unknown("hibernating".into()));
}

#[tokio::test]
async fn the_catalogue_and_what_was_bought_are_two_lists() {
    let bought = json!({
        "object": "subscriptionAddon", "id": "sad_1", "addon": samples::addon("add_1"),
        "subscription": "sub_1", "user": "usr_1", "status": "active",
        "currentPeriod": { "number": 1, "start": "2031-04-05T09:00:40Z", "end": "2031-05-05T09:00:40Z" },
        "activatedAt": "2031-04-05T09:00:40Z", "canceledAt": null, "endedAt": null,
        "createdAt": "2031-04-05T09:00:40Z"
    });
    let api =
        FakeApi::answering([ok(samples::list(&[samples::addon("add_1")])), ok(samples::list(&[bought]))])
            .await;
    let client = api.client();

    let on_sale = AddonFilter { provider: Some("test".into()), ..AddonFilter::default() };
    let on_sale = client.addons().list(&on_sale).await.unwrap();
    let of_one = SubscriptionAddonFilter {
        subscription: Some("sub_1".parse().unwrap()),
        ..SubscriptionAddonFilter::default()
    };
    let of_one = client.subscription_addons().list(&of_one).await.unwrap();

    assert_eq!(of_one.items[0].addon, on_sale.items[0]);
    assert_eq!(of_one.items[0].status, SubscriptionAddonStatus::Active);
    assert_eq!(api.asked()[0].target, "/projects/demo/addons?provider=test");
    assert_eq!(api.asked()[1].target, "/projects/demo/subscriptionAddons?subscription=sub_1");
}

#[tokio::test]
async fn a_change_of_plan_is_asked_for_listed_and_taken_back() {
    let change = |status: &str| {
        json!({
            "object": "subscriptionChange", "id": "sch_1", "subscription": "sub_1",
            "plan": samples::plan("pln_2"), "sim": null,
            "requestedChange": { "plan": "pln_2", "sim": null, "when": "renewal" },
            "status": status, "failureCode": null, "scheduledAt": "2031-05-05T09:00:40Z",
            "appliedAt": null, "createdAt": "2031-04-05T09:00:40Z"
        })
    };
    let api = FakeApi::answering([
        Reply::Json(StatusCode::CREATED, change("pending")),
        ok(samples::list(&[change("pending")])),
        ok(change("deleted")),
    ])
    .await;
    let client = api.client();
    let new = NewSubscriptionChange {
        subscription: "sub_1".parse().unwrap(),
        plan: "pln_2".parse().unwrap(),
        when: Some(ChangeTime::Renewal),
    };
    let pending = SubscriptionChangeFilter {
        status: vec![SubscriptionChangeStatus::Pending, SubscriptionChangeStatus::Initiated],
        ..SubscriptionChangeFilter::default()
    };

    let made = client.subscription_changes().create(&new).await.unwrap();
    let listed = client.subscription_changes().list(&pending).await.unwrap();
    let deleted = client.subscription_changes().delete(&made.id).await.unwrap();

    assert_eq!(made.plan.as_ref().unwrap().id.as_str(), "pln_2");
    assert_eq!((&made.requested_change.when, made.status.as_str()), (&ChangeTime::Renewal, "pending"));
    assert_eq!((listed.items, deleted.status), (vec![made], SubscriptionChangeStatus::Deleted));
    let asked = api.asked();
    assert_eq!(asked[0].body, json!({ "subscription": "sub_1", "plan": "pln_2", "when": "renewal" }));
    assert!(asked[0].header("idempotency-key").is_some());
    assert_eq!(asked[1].target, "/projects/demo/subscriptionChanges?status=pending%2Cinitiated");
    assert_eq!(asked[2].target, "/projects/demo/subscriptionChanges/sch_1");
}

#[tokio::test]
async fn a_sim_is_found_by_the_number_on_its_card() {
    let api = FakeApi::answering([ok(samples::list(&[samples::sim("sim_1")]))]).await;

    let sim = api.client().sims().search_by_iccid("89310000000000004217").await.unwrap().unwrap();

    assert_eq!((sim.sim_type, sim.status), (SimType::Esim, SimStatus::Active));
    assert_eq!(api.asked_once().target, "/projects/demo/sims/search");
}
