//! The twins of the third version (contract §11).

use http::Method;
use perennial_domain::{AppKind, TokenGrant};
use serde_json::{Value, json};

use crate::house::{BUSINESS, House, code, fields};

const V3: &str = "/v3/license/subscriptions";

async fn offering(house: &House, sku: &str, payment_type: &str) -> Value {
    let list = house.api.get("/v3/license/offerings?per_page=100").await.expect(200);
    let offerings = list["data"]["offerings"].as_array().unwrap().clone();
    let is_it = |it: &Value| it["SKU"] == sku && it["payment_type"] == payment_type;
    offerings.into_iter().find(is_it).unwrap()
}

#[tokio::test]
async fn an_offering_is_a_purchasable_paid_in_one_way() {
    let house = House::open().await;
    let monthly = offering(&house, "crew_plus", "monthly").await;
    let prices = json!([
        { "price": "24.00", "currency": "USD" }, { "price": "3600.00", "currency": "JPY" },
        { "price": "7.250", "currency": "KWD" }
    ]);
    let sorted = |value: &Value| {
        let mut prices = value.as_array().unwrap().iter().map(ToString::to_string).collect::<Vec<_>>();
        prices.sort();
        prices
    };
    assert_eq!(sorted(&monthly["prices"]), sorted(&prices));
    assert_eq!((&monthly["type"], &monthly["quantity"]), (&json!("package"), &json!(-1)));
    let path = format!("/v3/license/offerings/{}", monthly["uid"].as_str().unwrap());
    assert_eq!(house.api.get(&path).await.expect(200)["data"], monthly);
    assert_ne!(monthly["uid"], offering(&house, "crew_plus", "annual").await["uid"]);
    assert_eq!(offering(&house, "seats", "monthly").await["type"], "addon");
    assert_eq!(code(house.api.get("/v3/license/offerings/none").await, 404), "not_found");
}

#[tokio::test]
async fn what_is_created_is_answered_bare_and_seen_by_the_first_version() {
    let house = House::open().await;
    let offering = offering(&house, "crew_max", "monthly").await;
    let body = json!({ "offering_uid": offering["uid"], "purchase_currency": "USD" });
    let answer = house.api.post(V3, body).await.expect(201);
    let made = &answer["data"];
    assert_eq!(made["offering_uid"], offering["uid"]);
    assert_eq!((&made["purchase_state"], &made["offering_type"]), (&json!("purchased"), &json!("package")));
    assert_eq!((&made["sku"], &made["charged_by"]), (&json!("crew_max"), &json!("partner")));
    assert_eq!(made["next_charge_date"], "2031-04-04T05:06:07.000Z");
    assert_eq!((&made["cancellation_date"], &made["quantity"]), (&Value::Null, &json!(-1)));
    assert_eq!(house.get(&made["uid"]).await["purchase_state"], "active");

    let path = format!("{V3}/{}", made["uid"].as_str().unwrap());
    assert_eq!(house.api.get(&path).await.expect(200)["data"], *made);
    for (body, state) in [
        (json!({ "subscription": { "purchase_state": "canceled" } }), "canceled"),
        (json!({ "purchase_state": "expired" }), "expired"),
    ] {
        let updated = house.api.send(Method::PUT, &path, body.to_string()).await.expect(200);
        assert_eq!(updated["data"]["purchase_state"], state);
        assert_eq!(updated["data"]["next_charge_date"], Value::Null);
    }
}

#[tokio::test]
async fn every_row_is_found_by_the_offering_that_it_shows() {
    let house = House::open().await;
    house.bought("crew_plus", "monthly").await;
    let list = house.api.get("/v3/subscriptions").await.expect(200);
    let rows = list["data"]["subscriptions"].as_array().unwrap();
    assert_eq!(rows.iter().filter(|row| row["payment_type"] == "bundle").count(), 2);
    for row in rows {
        let path = format!("/v3/subscriptions?offering_uid={}", row["offering_uid"].as_str().unwrap());
        let found = house.api.get(&path).await.expect(200);
        assert_eq!(found["data"]["subscriptions"], json!([row]));
    }
}

#[tokio::test]
async fn each_filter_of_the_third_version_finds_its_own() {
    let house = House::open().await;
    let package = house.bought("crew_plus", "monthly").await;
    let found = |query: String| {
        let house = &house;
        async move {
            let list = house.api.get(&format!("/v3/subscriptions?{query}")).await.expect(200);
            list["data"]["subscriptions"].as_array().unwrap().len()
        }
    };
    let offering = offering(&house, "crew_plus", "monthly").await["uid"].as_str().unwrap().to_owned();
    for (query, expected) in [
        (String::new(), 3),
        ("offering_type=package".to_owned(), 1),
        ("offering_type=app".to_owned(), 1),
        ("offering_type=staff_slot".to_owned(), 1),
        ("offering_type=addon".to_owned(), 1),
        ("offering_type=SMS".to_owned(), 0),
        ("SKU=booking".to_owned(), 1),
        (format!("offering_uid={offering}"), 1),
        ("offering_uid=none".to_owned(), 0),
        ("is_active=true".to_owned(), 3),
        ("is_active=false".to_owned(), 0),
        ("per_page=2".to_owned(), 2),
    ] {
        assert_eq!(found(query.clone()).await, expected, "{query}");
    }
    let listed = house.api.get("/v3/subscriptions?offering_type=package").await.expect(200);
    assert_eq!(listed["data"]["subscriptions"][0]["uid"], package["uid"]);
    assert_eq!(listed["data"]["subscriptions"][0]["purchase_price"], "24.00");
    let child = house.api.get("/v3/subscriptions?SKU=seats").await.expect(200);
    assert_eq!(child["data"]["subscriptions"][0]["payment_type"], "bundle");
    for query in [
        "is_active=perhaps",
        "offering_type=car",
        "purchase_state=gone",
        "filter[uid]=1",
        "uid=1",
        "utm_source=mail",
        "sort=price",
    ] {
        assert_eq!(fields(house.api.get(&format!("{V3}?{query}")).await).len(), 1, "{query}");
    }
}

#[tokio::test]
async fn a_list_over_many_businesses_is_narrowed_to_one_and_to_a_state() {
    let house = House::open().await;
    let bought = house.bought("crew_max", "monthly").await;
    house.another("zz99").await;
    let directory = house.token(house.of_directory()).await;
    for (query, expected) in [
        (format!("business_uid={BUSINESS}"), 1),
        ("business_uid=zz99".to_owned(), 0),
        ("purchase_state=purchased".to_owned(), 1),
        ("purchase_state=active&is_active=true".to_owned(), 1),
        ("purchase_state=expired".to_owned(), 0),
        ("purchase_state=purchased&is_active=false".to_owned(), 0),
    ] {
        let list = directory.get(&format!("{V3}?{query}")).await.expect(200);
        assert_eq!(list["total"], expected, "{query}");
    }
    house.put(&bought["uid"], json!({ "purchase_state": "expired" })).await.expect(200);
    assert_eq!(directory.get(&format!("{V3}?purchase_state=expired")).await.expect(200)["total"], 1);
    assert_eq!(code(house.api.get(&format!("{V3}?business_uid=zz99")).await, 401), "unauthorized");
    assert_eq!(fields(house.api.get("/v3/license/offerings?SKU=crew").await), ["SKU"]);
}

#[tokio::test]
async fn what_a_purchase_says_and_we_do_not_keep_is_refused_by_name() {
    let house = House::open().await;
    let offering = offering(&house, "crew_max", "monthly").await["uid"].clone();
    let with = |name: &str, value: Value| {
        let mut body = json!({ "offering_uid": offering, "purchase_currency": "USD" });
        body[name] = value;
        body
    };
    for (name, value) in [
        ("coupon_code", json!("HALF")),
        ("discount_code_name", json!("Half of it")),
        ("business_cart", json!({ "uid": "1" })),
        ("charged_by", json!("platform")),
        ("payment_type", json!("annual")),
        ("payment_type", json!(12)),
    ] {
        assert_eq!(fields(house.api.post(V3, with(name, value)).await), [name]);
    }
    assert!(house.all().await.is_empty());
    let mut both = with("coupon_code", json!("HALF"));
    both["charged_by"] = json!("platform");
    assert_eq!(fields(house.api.post(V3, both).await), ["charged_by", "coupon_code"]);
    let mut same = with("payment_type", json!("monthly"));
    same["charged_by"] = json!("partner");
    same["coupon_code"] = json!("");
    same["discount_code_name"] = Value::Null;
    let made = house.api.post(V3, same).await.expect(201);
    assert_eq!(
        (&made["data"]["charged_by"], &made["data"]["coupon_code"]),
        (&json!("partner"), &Value::Null)
    );
}

#[tokio::test]
async fn directories_and_agreed_prices_are_for_others() {
    let house = House::open().await;
    let offering = offering(&house, "crew_max", "monthly").await["uid"].clone();
    let body = json!({ "offering_uid": offering, "purchase_currency": "USD", "business_uid": BUSINESS });
    let directory = house.token(house.of_directory()).await;
    assert_eq!(code(directory.post(V3, body.clone()).await, 401), "unauthorized");
    let mut agreed = body.clone();
    agreed["price"] = json!(19.5);
    assert_eq!(code(house.api.post(V3, agreed.clone()).await, 401), "unauthorized");
    let admin = house.admin().await;
    assert_eq!(admin.post(V3, agreed.clone()).await.expect(201)["data"]["original_price"], 19.5);
    for price in [json!(-1), json!("1.005"), json!("much")] {
        agreed["price"] = price;
        assert_eq!(fields(admin.post(V3, agreed.clone()).await), ["price"]);
    }
    let (app, _) = house.app("billing", AppKind::Billing).await;
    let billing = house.token(TokenGrant { app_id: Some(app.id), ..TokenGrant::default() }).await;
    billing.post(V3, body).await.expect(201);
}

#[tokio::test]
async fn what_is_missing_or_unknown_is_refused() {
    let house = House::open().await;
    let offering = offering(&house, "crew_max", "monthly").await["uid"].clone();
    assert_eq!(fields(house.api.post(V3, json!({})).await), ["offering_uid"]);
    let without = json!({ "offering_uid": offering });
    assert_eq!(fields(house.api.post(V3, without).await), ["purchase_currency"]);
    let misspelt = json!({ "offering_uid": offering, "purchase_currency": "GPB" });
    assert_eq!(fields(house.api.post(V3, misspelt).await), ["purchase_currency"]);
    for (uid, currency) in [(json!("none"), "USD"), (offering, "JPY")] {
        let body = json!({ "offering_uid": uid, "purchase_currency": currency });
        assert_eq!(code(house.api.post(V3, body).await, 404), "not_found");
    }
    for path in [format!("{V3}/bulk"), "/v3/subscriptions/bulk".to_owned()] {
        assert_eq!(code(house.api.post(&path, json!({})).await, 404), "not_found");
    }
}
