//! Creating subscriptions, in all forms (contract §7.2, §8).

use jiff::SignedDuration;
use perennial_core::business::suspend;
use perennial_domain::{CustomerStatus, Id, SubscriptionId};
use perennial_testkit::rows;
use serde_json::json;
use uuid::Uuid;

use crate::house::{BUSINESS, House, OWNER, SUBSCRIPTIONS, V1, code, fields};

#[tokio::test]
async fn a_purchase_answers_the_contracts_fields_in_their_order() {
    let house = House::open().await;
    let answer = house.buy("crew_max", "monthly").await.expect(201);
    assert_eq!(answer["success"], true);
    let (purchasable, _) = house.price("crew_max", "monthly", "USD").await;
    let subscription = &answer["data"]["subscription"];
    let names = subscription.as_object().unwrap().keys().map(String::as_str).collect::<Vec<_>>();
    assert_eq!(
        names,
        [
            "is_active",
            "uid",
            "display_name",
            "updated_at",
            "created_at",
            "purchasable_uid",
            "purchase_state",
            "cancellation_date",
            "expiration_date",
            "buyer_uid",
            "business_uid",
            "purchase_price",
            "purchase_currency",
            "payment_type",
            "bundled_from_subscription_uid"
        ]
    );
    let expected = json!({
        "is_active": true, "uid": subscription["uid"], "display_name": "Crew Max",
        "updated_at": "2031-03-04T05:06:07.000Z", "created_at": "2031-03-04T05:06:07.000Z",
        "purchasable_uid": purchasable, "purchase_state": "active", "cancellation_date": "",
        "expiration_date": "", "buyer_uid": OWNER, "business_uid": BUSINESS, "purchase_price": 49,
        "purchase_currency": "USD", "payment_type": "monthly", "bundled_from_subscription_uid": ""
    });
    assert_eq!(*subscription, expected);
    assert_eq!(house.get(&subscription["uid"]).await, expected);
}

#[tokio::test]
async fn the_second_form_and_the_manual_one_buy_by_sku() {
    let house = House::open().await;
    let params = json!({ "item_uid": "crew_plus", "item_type": "package", "currency": "JPY", "recurrence": "monthly" });
    let body = json!({ "subscription": { "purchase_params": params } });
    let first = house.api.post(SUBSCRIPTIONS, body).await.expect(201);
    assert_eq!(first["data"]["subscription"]["purchase_price"], 3600);
    let params = json!({ "item_uid": "crew_plus", "item_type": "package", "currency": "KWD", "recurrence": "monthly" });
    let body = json!({ "purchase_params": params });
    let manual = house.api.post("/system/subscriptions/manual", body).await.expect(201);
    assert_eq!(manual["data"]["subscription"]["purchase_price"], 7.25);
    for recurrence in ["annualy", "annually", "annual", "yearly"] {
        let params = json!({ "item_uid": "crew_plus", "item_type": "package", "currency": "USD", "recurrence": recurrence });
        let body = json!({ "purchase_params": params });
        let yearly = house.api.post("/system/subscriptions/manual", body).await.expect(201);
        assert_eq!(yearly["data"]["subscription"]["payment_type"], "annualy");
    }
}

#[tokio::test]
async fn a_purchasable_is_enough_where_it_has_one_price() {
    let house = House::open().await;
    let (only, _) = house.price("crew_max", "monthly", "USD").await;
    let body = |uid: &str| json!({ "subscription": { "purchasable_price_uid": uid } });
    house.api.post(SUBSCRIPTIONS, body(&only)).await.expect(201);
    let (several, _) = house.price("crew_plus", "monthly", "USD").await;
    assert_eq!(fields(house.api.post(SUBSCRIPTIONS, body(&several)).await), ["purchasable_price_uid"]);
}

#[tokio::test]
async fn everything_that_is_missing_or_wrong_is_said_at_once() {
    let house = House::open().await;
    let post = |body| house.api.post(SUBSCRIPTIONS, body);
    assert_eq!(fields(post(json!({})).await), ["subscription"]);
    assert_eq!(fields(post(json!({ "subscription": {} })).await), ["subscription.purchasable_price_uid"]);
    let params = json!({ "item_type": "package", "currency": "GPB", "recurrence": "weekly" });
    assert_eq!(
        fields(post(json!({ "subscription": { "purchase_params": params } })).await),
        ["purchase_params.item_uid", "purchase_params.currency", "purchase_params.recurrence"]
    );
    assert_eq!(fields(house.api.post("/system/subscriptions/manual", json!({})).await), ["purchase_params"]);
    let malformed = house.api.send(http::Method::POST, SUBSCRIPTIONS, "{\"subscription\":").await;
    assert_eq!(code(malformed, 400), "bad_request");
    let list = house.api.send(http::Method::POST, SUBSCRIPTIONS, "[]").await;
    assert_eq!(code(list, 400), "bad_request");
}

#[tokio::test]
async fn what_is_not_on_sale_is_not_found() {
    let house = House::open().await;
    for uid in ["none", "00000000-0000-4000-8000-000000000000"] {
        let body = json!({ "subscription": { "purchasable_price_uid": uid } });
        assert_eq!(code(house.api.post(SUBSCRIPTIONS, body).await, 404), "not_found", "{uid}");
    }
    for (sku, item_type, recurrence) in
        [("none", "package", "monthly"), ("crew_max", "app", "monthly"), ("crew_max", "package", "free")]
    {
        let params =
            json!({ "item_uid": sku, "item_type": item_type, "currency": "USD", "recurrence": recurrence });
        let body = json!({ "subscription": { "purchase_params": params } });
        assert_eq!(code(house.api.post(SUBSCRIPTIONS, body).await, 404), "not_found", "{sku}");
    }
}

#[tokio::test]
async fn a_rhythm_that_the_contract_has_no_word_for_is_not_sold() {
    let house = House::open().await;
    let answer = house.api.get(&format!("{V1}/purchasables?filter[sku]=crew_plus")).await.expect(200);
    let prices = answer["data"]["purchasables"][0]["prices"].as_array().unwrap();
    assert_eq!(prices.len(), 4);
    assert!(prices.iter().all(|price| price["price"] != 66));
}

#[tokio::test]
async fn a_second_package_takes_the_place_of_the_first() {
    let house = House::open().await;
    let first = house.bought("crew_max", "monthly").await;
    house.pass(jiff::SignedDuration::from_mins(1));
    let second = house.bought("crew", "free").await;
    let first = house.get(&first["uid"]).await;
    assert_eq!((&first["purchase_state"], &first["is_active"]), (&json!("expired"), &json!(false)));
    assert_eq!(first["expiration_date"], second["created_at"]);
    assert_eq!(first["cancellation_date"], second["created_at"]);
    assert_eq!(second["payment_type"], "free");
}

#[tokio::test]
async fn an_app_is_held_once_and_add_ons_as_often_as_wanted() {
    let house = House::open().await;
    house.bought("booking", "monthly").await;
    assert_eq!(code(house.buy("booking", "monthly").await, 409), "already_exists");
    for _ in 0..2 {
        house.bought("seats", "monthly").await;
        house.bought("import", "single_charge").await;
    }
    assert_eq!(house.all().await.len(), 5);
}

#[tokio::test]
async fn an_app_whose_end_has_come_is_in_nobodys_way() {
    let house = House::open().await;
    let booking = house.bought("booking", "monthly").await;
    let tomorrow = "2031-03-05T05:06:07Z";
    let canceled = json!({ "purchase_state": "canceled", "expiration_date": tomorrow });
    house.put(&booking["uid"], canceled).await.expect(200);
    house.pass(jiff::SignedDuration::from_hours(24));
    house.bought("booking", "monthly").await;
    let over = house.get(&booking["uid"]).await;
    assert_eq!(
        (&over["purchase_state"], &over["expiration_date"]),
        (&json!("expired"), &json!("2031-03-05T05:06:07.000Z"))
    );
}

#[tokio::test]
async fn a_cancelled_app_is_bought_anew_in_its_own_place() {
    let house = House::open().await;
    let canceled = house.bought("booking", "monthly").await;
    house.put(&canceled["uid"], json!({ "purchase_state": "canceled" })).await.expect(200);
    let anew = house.bought("booking", "monthly").await;
    assert_eq!(code(house.buy("booking", "monthly").await, 409), "already_exists");
    let over = house.get(&canceled["uid"]).await;
    assert_eq!((&over["purchase_state"], &over["expiration_date"]), (&json!("expired"), &anew["created_at"]));
    assert_eq!(house.get(&anew["uid"]).await["is_active"], true);
}

#[tokio::test]
async fn an_app_that_is_withheld_is_not_bought_around() {
    let house = House::open().await;
    let booking = house.bought("booking", "monthly").await;
    let held = SubscriptionId::from_uuid(Uuid::parse_str(booking["uid"].as_str().unwrap()).unwrap());
    let project = house.merchant.project();
    house.merchant.app().write(move |cx, tx| suspend(cx, tx, project, held)).await.unwrap();
    assert_eq!(code(house.buy("booking", "monthly").await, 409), "already_exists");
    assert_eq!(house.get(&booking["uid"]).await["purchase_state"], "suspended");
}

#[tokio::test]
async fn a_bundle_gives_anew_what_was_cancelled() {
    let house = House::open().await;
    let booking = house.bought("booking", "monthly").await;
    house.put(&booking["uid"], json!({ "purchase_state": "canceled" })).await.expect(200);
    let parent = house.bought("crew_plus", "monthly").await;
    let over = house.get(&booking["uid"]).await;
    assert_eq!(
        (&over["purchase_state"], &over["expiration_date"]),
        (&json!("expired"), &parent["created_at"])
    );
    let all = house.all().await;
    let given = all.iter().filter(|it| it["bundled_from_subscription_uid"] == parent["uid"]);
    assert_eq!(given.count(), 2, "{all:?}");
}

#[tokio::test]
async fn a_bundle_grants_each_child_for_nothing() {
    let house = House::open().await;
    let parent = house.bought("crew_plus", "monthly").await;
    let all = house.all().await;
    assert_eq!(all.len(), 3);
    for child in all.iter().filter(|it| it["uid"] != parent["uid"]) {
        assert_eq!(child["payment_type"], "bundled");
        assert_eq!(child["purchase_price"], "0.00");
        assert_eq!(child["bundled_from_subscription_uid"], parent["uid"]);
        assert_eq!(child["buyer_uid"], OWNER);
    }
    // What is bundled is held as well as what is bought.
    assert_eq!(code(house.buy("booking", "monthly").await, 409), "already_exists");
}

#[tokio::test]
async fn what_is_held_already_is_not_given_along_again() {
    let house = House::open().await;
    let booking = house.bought("booking", "monthly").await;
    house.bought("crew_plus", "monthly").await;
    let apps = house.all().await.into_iter().filter(|it| it["display_name"] == "Booking").collect::<Vec<_>>();
    assert_eq!(apps.len(), 1);
    assert_eq!(apps[0]["uid"], booking["uid"]);
}

#[tokio::test]
async fn a_request_that_is_sent_again_with_its_key_buys_once() {
    let house = House::open().await;
    let (_, price) = house.price("seats", "monthly", "USD").await;
    let body = json!({ "subscription": { "purchasable_price_uid": price } });
    let caller = house.api.with("idempotency-key", "order-1");
    let first = caller.post(SUBSCRIPTIONS, body.clone()).await.expect(201);
    assert_eq!(caller.post(SUBSCRIPTIONS, body).await.expect(201), first);
    let other = json!({ "subscription": { "purchasable_price_uid": "other" } });
    assert_eq!(code(caller.post(SUBSCRIPTIONS, other).await, 409), "conflict");
    assert_eq!(house.all().await.len(), 1);
}

#[tokio::test]
async fn a_request_whose_answer_a_crash_has_lost_buys_once() {
    let house = House::open().await;
    let (_, price) = house.price("seats", "monthly", "USD").await;
    let params =
        json!({ "item_uid": "seats", "item_type": "staff_slot", "currency": "USD", "recurrence": "monthly" });
    let offerings = house.api.get("/v3/license/offerings").await.expect(200)["data"]["offerings"].clone();
    let seats = offerings.as_array().unwrap().iter().find(|offering| offering["SKU"] == "seats").unwrap();
    let forms = [
        (SUBSCRIPTIONS, json!({ "subscription": { "purchasable_price_uid": price } })),
        ("/system/subscriptions/manual", json!({ "purchase_params": params })),
        ("/v3/license/subscriptions", json!({ "offering_uid": seats["uid"], "purchase_currency": "USD" })),
    ];
    for (path, body) in &forms {
        let held = house.all().await.len();
        let caller = house.api.with("idempotency-key", &format!("order-{held}"));
        let first = caller.post(path, body.clone()).await.expect(201);
        // The purchase was committed, and the server ended before it could keep what it was to answer.
        house.forget_answers().await;
        assert_eq!(caller.post(path, body.clone()).await.expect(201), first, "{path}");
        assert_eq!(house.all().await.len(), held + 1, "{path}");
    }
    // A day later the key stands for another request.
    house.pass(SignedDuration::from_hours(25));
    let (path, body) = &forms[0];
    let caller = house.api.with("idempotency-key", "order-0");
    caller.post(path, body.clone()).await.expect(201);
    assert_eq!(house.all().await.len(), forms.len() + 1);
}

#[tokio::test]
async fn a_key_is_another_one_for_every_business_that_a_token_speaks_for() {
    let house = House::open().await;
    house.another("zz99").await;
    let (_, price) = house.price("seats", "monthly", "USD").await;
    let body = json!({ "subscription": { "purchasable_price_uid": price } });
    let caller = house.admin().await.with("idempotency-key", "order-1");
    for business in [BUSINESS, "zz99", BUSINESS] {
        let api = caller.with("x-on-behalf-of", business);
        let bought = api.post(SUBSCRIPTIONS, body.clone()).await.expect(201);
        assert_eq!(bought["data"]["subscription"]["business_uid"], business);
    }
    assert_eq!(house.all().await.len(), 1);
}

#[tokio::test]
async fn who_is_blocked_or_deleted_is_given_nothing() {
    let house = House::open().await;
    let directory = house.token(house.of_directory()).await;
    let (_, price) = house.price("seats", "monthly", "USD").await;
    let body = json!({ "business_uid": BUSINESS, "subscription": { "purchasable_price_uid": price } });
    for status in [CustomerStatus::Blocked, CustomerStatus::Deleted] {
        house.turn_customer(status).await;
        assert_eq!(fields(directory.post(SUBSCRIPTIONS, body.clone()).await), ["business_uid"]);
    }
    house.turn_customer(CustomerStatus::Active).await;
    assert!(house.all().await.is_empty());
}

#[tokio::test]
async fn a_package_that_is_being_changed_is_not_replaced_by_another() {
    let house = House::open().await;
    let first = house.bought("crew_max", "monthly").await;
    let (project, id) = (house.merchant.project(), house.business.business.customer_id);
    house
        .merchant
        .test
        .write(move |cx, tx| {
            let held = tx.subscriptions(project).all_of_customer(id)?.remove(0);
            tx.subscription_changes(project).insert(&rows::change_being_paid(cx, &held))
        })
        .await;
    assert_eq!(code(house.buy("crew", "free").await, 409), "conflict");
    assert_eq!(house.get(&first["uid"]).await["purchase_state"], "active");
}

#[tokio::test]
async fn a_token_of_one_business_buys_for_no_other() {
    let house = House::open().await;
    house.another("zz99").await;
    let (_, price) = house.price("seats", "monthly", "USD").await;
    for business in ["zz99", "nobody"] {
        let body = json!({ "business_uid": business, "subscription": { "purchasable_price_uid": price } });
        let refused = house.api.post(SUBSCRIPTIONS, body).await;
        assert_eq!(refused.body["errors"][0]["message"], "Unauthorized", "{business}");
        assert_eq!(code(refused, 401), "unauthorized");
    }
}
