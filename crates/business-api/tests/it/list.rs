//! Lists: filters, order, pages, and what a token sees (contract §7.1).

use std::time::Duration;

use jiff::SignedDuration;
use perennial_business_api::BusinessOptions;
use perennial_domain::TokenGrant;
use serde_json::{Value, json};

use crate::house::{BUSINESS, House, OWNER, SUBSCRIPTIONS, code, fields};

async fn uids(house: &House, query: &str) -> Vec<String> {
    let answer = house.api.get(&format!("{SUBSCRIPTIONS}?{query}")).await.expect(200);
    let rows = answer["data"]["subscriptions"].as_array().unwrap().clone();
    rows.iter().map(|row| row["uid"].as_str().unwrap().to_owned()).collect()
}

fn text(value: &Value) -> String {
    value.as_str().unwrap().to_owned()
}

#[tokio::test]
async fn a_listed_subscription_says_nothing_by_null_and_its_price_in_words() {
    let house = House::open().await;
    let bought = house.bought("crew_max", "monthly").await;
    let answer = house.api.get(SUBSCRIPTIONS).await.expect(200);
    let listed = &answer["data"]["subscriptions"][0];
    let mut expected = bought.clone();
    for field in ["cancellation_date", "expiration_date", "bundled_from_subscription_uid"] {
        expected[field] = Value::Null;
    }
    expected["purchase_price"] = json!("49.00");
    expected["purchase_state"] = json!("purchased");
    assert_eq!(*listed, expected);
    let names = |value: &Value| value.as_object().unwrap().keys().cloned().collect::<Vec<_>>();
    assert_eq!(names(listed), names(&bought));
    assert_eq!(names(&answer), ["success", "data", "page", "per_page", "total", "total_pages"]);
    assert_eq!((&answer["page"], &answer["per_page"], &answer["total"]), (&json!(1), &json!(25), &json!(1)));
}

#[tokio::test]
async fn every_spelling_of_a_filter_finds_the_same() {
    let house = House::open().await;
    let package = house.bought("crew_max", "monthly").await;
    house.pass(SignedDuration::from_hours(24));
    let seats = house.bought("seats", "monthly").await;
    house.put(&seats["uid"], json!({ "purchase_state": "expired" })).await.expect(200);
    let (package_uid, seats_uid) = (text(&package["uid"]), text(&seats["uid"]));
    for (query, expected) in [
        (format!("[filter][uid]={package_uid}"), vec![&package_uid]),
        (format!("filter[uid]={package_uid},{seats_uid}&sort=uid:asc"), vec![&package_uid, &seats_uid]),
        (format!("%5Bfilter%5D%5Buid%5D={seats_uid}"), vec![&seats_uid]),
        ("filter[uid]=none".to_owned(), vec![]),
        (format!("[filter][business_uid]={BUSINESS}&sort=created_at:desc"), vec![&seats_uid, &package_uid]),
        (format!("filter[business_uid]={BUSINESS},{BUSINESS}&filter[sku]=seats"), vec![&seats_uid]),
        (format!("filter[business_uid]={BUSINESS}&filter[business_uid]=zz99"), vec![]),
        (format!("filter[purchasable_uid]={}", text(&package["purchasable_uid"])), vec![&package_uid]),
        ("filter[purchase_state]=active".to_owned(), vec![&package_uid]),
        ("filter[purchase_state]=purchased,suspended,canceled".to_owned(), vec![&package_uid]),
        ("filter[purchase_state]=expired".to_owned(), vec![&seats_uid]),
        ("filter[is_active]=true".to_owned(), vec![&package_uid]),
        ("filter[is_active]=false".to_owned(), vec![&seats_uid]),
        ("filter[is_active]=true&filter[purchase_state]=expired".to_owned(), vec![]),
        ("filter[item_uid]=seats".to_owned(), vec![&seats_uid]),
        ("filter[sku]=crew_max".to_owned(), vec![&package_uid]),
        ("filter[display_name]=Five seats".replace(' ', "%20"), vec![&seats_uid]),
        ("filter[name][contains]=MAX".to_owned(), vec![&package_uid]),
        ("filter[created_at][gte]=2031-03-05".to_owned(), vec![&seats_uid]),
        ("[filter][created][lte]=2031-03-04T05:06:07.000Z".to_owned(), vec![&package_uid]),
        ("filter[created_at][lt]=2031-03-04T05:06:07.000Z".to_owned(), vec![]),
        ("filter[created_at]=2031-03-04T05:06:07.000Z".to_owned(), vec![&package_uid]),
        ("filter[updated_at][gt]=2031-03-04T05:06:07.000Z".to_owned(), vec![&seats_uid]),
    ] {
        assert_eq!(uids(&house, &query).await.iter().collect::<Vec<_>>(), expected, "{query}");
    }
}

#[tokio::test]
async fn what_is_no_filter_is_refused_and_not_passed_over() {
    let house = House::open().await;
    for query in [
        "filter[color]=red",
        "filter[uid][like]=1",
        "filter[uid][gt]=1",
        "filter[display_name][lt]=a",
        "filter[created_at][contains]=2031",
        "filter[created_at]=yesterday",
        "filter[is_active]=maybe",
        "filter[purchase_state]=gone",
        "filter=uid",
        "business_uid=1",
        "page=0",
        "page=one",
        "per_page=0",
        "sort=price:asc",
        "sort=uid:up",
    ] {
        assert_eq!(fields(house.api.get(&format!("{SUBSCRIPTIONS}?{query}")).await).len(), 1, "{query}");
    }
}

#[tokio::test]
async fn pages_follow_each_other_without_gap_or_repetition() {
    let house = House::open().await;
    for _ in 0..5 {
        house.bought("seats", "monthly").await;
    }
    let all = uids(&house, "sort=uid:asc&per_page=1000").await;
    let mut seen = Vec::new();
    for page in 1..=3 {
        seen.extend(uids(&house, &format!("sort=uid:asc&per_page=2&page={page}")).await);
    }
    assert_eq!(seen, all);
    let answer = house.api.get(&format!("{SUBSCRIPTIONS}?per_page=2&page=4")).await.expect(200);
    assert_eq!(answer["data"]["subscriptions"], json!([]));
    assert_eq!((&answer["total"], &answer["total_pages"]), (&json!(5), &json!(3)));
}

#[tokio::test]
async fn who_walks_through_the_pages_of_a_directory_sees_each_row_once_whatever_is_added() {
    let house = House::remembering(Duration::from_hours(1)).await;
    for _ in 0..5 {
        house.bought("seats", "monthly").await;
        house.pass(SignedDuration::from_mins(1));
    }
    let all = house.all().await.iter().map(|row| row["uid"].clone()).collect::<Vec<_>>();
    let directory = house.token(house.of_directory()).await;
    let page = async |number: u32| {
        let path = format!("{SUBSCRIPTIONS}?sort=created_at:desc&per_page=2&page={number}");
        let list = directory.get(&path).await.expect(200);
        let rows = list["data"]["subscriptions"].as_array().unwrap().clone();
        rows.iter().map(|row| row["uid"].clone()).collect::<Vec<_>>()
    };
    let mut seen = page(1).await;
    house.bought("seats", "monthly").await;
    seen.extend(page(2).await);
    house.bought("seats", "monthly").await;
    assert_eq!(page(2).await, seen[2..]);
    seen.extend(page(3).await);
    assert_eq!(seen, all);
}

#[tokio::test]
async fn a_token_sees_what_it_is_for() {
    let house = House::open().await;
    let own = house.bought("crew_max", "monthly").await;
    house.another("zz99").await;
    let admin = house.admin().await;
    let (_, price) = house.price("crew_max", "monthly", "USD").await;
    let body = json!({ "business_uid": "zz99", "subscription": { "purchasable_price_uid": price } });
    let foreign = admin.post(SUBSCRIPTIONS, body).await.expect(201)["data"]["subscription"].clone();
    let directory = house.token(house.of_directory()).await;
    for wide in [&admin, &directory] {
        assert_eq!(wide.get(SUBSCRIPTIONS).await.expect(200)["total"], 2);
        let narrow = wide.with("x-on-behalf-of", "zz99");
        let list = narrow.get(SUBSCRIPTIONS).await.expect(200);
        assert_eq!(list["data"]["subscriptions"][0]["uid"], foreign["uid"]);
        assert_eq!(list["total"], 1);
        assert_eq!(code(wide.with("x-on-behalf-of", "nobody").get(SUBSCRIPTIONS).await, 401), "unauthorized");
    }
    assert_eq!(house.api.get(SUBSCRIPTIONS).await.expect(200)["total"], 1);
    let path = format!("{SUBSCRIPTIONS}/{}", foreign["uid"].as_str().unwrap());
    assert_eq!(code(house.api.get(&path).await, 404), "not_found");
    let expired = json!({ "purchase_state": "expired" });
    assert_eq!(code(house.put(&foreign["uid"], expired).await, 404), "not_found");
    let outside = house.api.get(&format!("{SUBSCRIPTIONS}?filter[business_uid]=zz99")).await;
    assert_eq!(outside.body["errors"][0]["message"], "Unauthorized");
    assert_eq!(code(outside, 401), "unauthorized");
    let mixed = format!("{SUBSCRIPTIONS}?filter[business_uid]={BUSINESS},zz99,nobody");
    assert_eq!(code(house.api.get(&mixed).await, 401), "unauthorized");
    assert_eq!(code(directory.get(&mixed).await, 401), "unauthorized");
    assert_eq!(admin.get(&mixed).await.expect(200)["total"], 2);
    let nobody = admin.get(&format!("{SUBSCRIPTIONS}?filter[business_uid]=nobody")).await.expect(200);
    assert_eq!(nobody["total"], 0);
    assert_eq!(house.get(&own["uid"]).await["uid"], own["uid"]);
}

#[tokio::test]
async fn a_list_shows_what_was_first_sold_a_moment_ago() {
    let hour = Duration::from_hours(1);
    let house = House::with(BusinessOptions { snapshot_max_age: hour, walk_max_age: hour }).await;
    house.bought("seats", "monthly").await;
    assert_eq!(house.all().await[0]["display_name"], "Five seats");
    house.merchant.apply(include_str!("awning.toml")).await;
    let bought = house.bought("awning", "monthly").await;
    let listed = &house.all().await[0];
    for field in ["uid", "display_name", "purchasable_uid", "buyer_uid", "business_uid", "payment_type"] {
        assert_eq!(listed[field], bought[field], "{field}");
    }
    assert_eq!(listed["purchase_price"], "7.50");
}

#[tokio::test]
async fn who_bought_is_said_alike_in_every_list() {
    let house = House::open().await;
    let staff = house.staff("s1").await;
    house.bought("seats", "monthly").await;
    let own = house.token(TokenGrant { member_id: Some(staff.id), ..house.of_business() }).await;
    let (_, price) = house.price("seats", "monthly", "USD").await;
    let body = json!({ "subscription": { "purchasable_price_uid": price } });
    own.post(SUBSCRIPTIONS, body).await.expect(201);
    let directory = house.token(house.of_directory()).await;
    for path in ["?sort=uid:asc", &format!("?sort=uid:asc&filter[business_uid]={BUSINESS}")] {
        for api in [&house.api, &directory] {
            let list = api.get(&format!("{SUBSCRIPTIONS}{path}")).await.expect(200);
            let buyers =
                list["data"]["subscriptions"].as_array().unwrap().iter().map(|row| &row["buyer_uid"]);
            assert_eq!(buyers.collect::<Vec<_>>(), [OWNER, "s1"], "{path}");
        }
    }
}

#[tokio::test]
async fn an_app_sees_what_it_sold_and_changes_nothing() {
    let house = House::open().await;
    house.bought("crew_max", "monthly").await;
    let booking = house.bought("booking", "monthly").await;
    let (app, _) = house.app("booking", perennial_domain::AppKind::Paid).await;
    let wide = TokenGrant { app_id: Some(app.id), ..TokenGrant::default() };
    for grant in [wide, TokenGrant { app_id: Some(app.id), ..house.of_business() }] {
        let api = house.token(grant).await;
        let list = api.get(SUBSCRIPTIONS).await.expect(200);
        assert_eq!(list["total"], 1);
        assert_eq!(list["data"]["subscriptions"][0]["uid"], booking["uid"]);
        let (_, price) = house.price("seats", "monthly", "USD").await;
        let body = json!({ "business_uid": BUSINESS, "subscription": { "purchasable_price_uid": price } });
        assert_eq!(code(api.post(SUBSCRIPTIONS, body).await, 401), "unauthorized");
        let path = format!("{SUBSCRIPTIONS}/{}", booking["uid"].as_str().unwrap());
        let expired = json!({ "purchase_state": "expired" }).to_string();
        assert_eq!(code(api.send(http::Method::PUT, &path, expired).await, 401), "unauthorized");
    }
    let installed = house.token(TokenGrant { app_id: Some(app.id), ..house.of_business() }).await;
    installed.get(SUBSCRIPTIONS).await.expect(200);
    house.put(&booking["uid"], json!({ "purchase_state": "expired" })).await.expect(200);
    assert_eq!(code(installed.get(SUBSCRIPTIONS).await, 401), "unauthorized");
}

#[tokio::test]
async fn a_billing_app_changes_what_its_businesses_hold() {
    let house = House::open().await;
    let (app, _) = house.app("billing", perennial_domain::AppKind::Billing).await;
    let api = house.token(TokenGrant { app_id: Some(app.id), ..TokenGrant::default() }).await;
    let (_, price) = house.price("crew_max", "monthly", "USD").await;
    let purchase = json!({ "purchasable_price_uid": price });
    let unnamed = api.post(SUBSCRIPTIONS, json!({ "subscription": purchase })).await;
    assert_eq!(fields(unnamed), ["business_uid"]);
    let body = json!({ "business_uid": BUSINESS, "subscription": purchase });
    api.post(SUBSCRIPTIONS, body).await.expect(201);
    assert_eq!(api.get(SUBSCRIPTIONS).await.expect(200)["total"], 1);
}

#[tokio::test]
async fn the_total_of_a_long_list_is_a_promise_that_more_follows() {
    let house = House::remembering(Duration::from_hours(1)).await;
    for _ in 0..3 {
        house.bought("seats", "monthly").await;
        house.pass(SignedDuration::from_mins(1));
    }
    let directory = house.token(house.of_directory()).await;
    let total = async |query: &str| {
        let list = directory.get(&format!("{SUBSCRIPTIONS}?{query}")).await.expect(200);
        (list["total"].clone(), list["data"]["subscriptions"].as_array().unwrap().len())
    };
    assert_eq!(total("per_page=2").await, (json!(3), 2));
    house.bought("seats", "monthly").await;
    // Who walks on sees the list as it was when they began.
    assert_eq!(total("per_page=1&page=3").await, (json!(3), 1));
    assert_eq!(total("per_page=2&page=9").await.1, 0);
    assert_eq!(total("per_page=100&page=40000000").await.1, 0);
}
