//! What is on sale (contract §7.4).

use jiff::SignedDuration;
use serde_json::{Value, json};

use crate::house::{CATALOG, House, V1, fields};

async fn skus(house: &House, query: &str) -> Vec<String> {
    let answer = house.api.get(&format!("{V1}/purchasables?{query}")).await.expect(200);
    let found = answer["data"]["purchasables"].as_array().unwrap().clone();
    found.iter().map(|it| it["item_uid"].as_str().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn a_purchasable_names_its_prices_in_major_units() {
    let house = House::open().await;
    let answer =
        house.api.get(&format!("{V1}/purchasables?filter[item_uid]=import,crew_max")).await.expect(200);
    assert_eq!(answer["data"]["purchasables"], answer["data"]["subscriptions"]);
    let found = answer["data"]["purchasables"].as_array().unwrap();
    let import = found.iter().find(|it| it["item_uid"] == "import").unwrap();
    let names = import.as_object().unwrap().keys().map(String::as_str).collect::<Vec<_>>();
    assert_eq!(names, ["uid", "display_name", "created_at", "updated_at", "item_type", "item_uid", "prices"]);
    assert_eq!(import["item_type"], "one_time_purchase");
    let expected = json!([{
        "uid": import["prices"][0]["uid"], "price": 99.99, "currency": "USD", "payment_type": "single_charge"
    }]);
    assert_eq!(import["prices"], expected);
}

#[tokio::test]
async fn the_list_is_filtered_sorted_and_paged() {
    let house = House::open().await;
    assert_eq!(skus(&house, "filter[item_type]=app").await, ["booking"]);
    assert_eq!(skus(&house, "filter[name][contains]=plus").await, ["crew_plus"]);
    assert_eq!(skus(&house, "sort=item_uid:desc&per_page=2").await, ["seats", "import"]);
    assert_eq!(skus(&house, "sort=item_uid:asc&per_page=2&page=2").await, ["crew_max", "crew_plus"]);
    // The file's own order: what it names first is the newest.
    assert_eq!(skus(&house, "per_page=1").await, ["crew"]);
    for query in [
        "filter[price]=1",
        "filter[uid][gt]=1",
        "filter[created_at]=soon",
        "filter[updated_at][contains]=2031",
        "sort=price:asc",
        "page=0",
    ] {
        assert_eq!(fields(house.api.get(&format!("{V1}/purchasables?{query}")).await).len(), 1, "{query}");
    }
}

#[tokio::test]
async fn what_is_on_sale_is_found_by_its_times_to_the_millisecond() {
    let house = House::open().await;
    house.pass(SignedDuration::from_hours(24));
    house.merchant.apply(&CATALOG.replace("\"import\"", "\"import-more\"")).await;
    let rows = house.api.get(&format!("{V1}/purchasables?filter[sku]=import-more")).await.expect(200);
    let at = rows["data"]["purchasables"][0]["created_at"].as_str().unwrap();
    assert!(at.starts_with("2031-03-05T05:06:0"), "{at}");
    for (query, expected) in [
        (format!("filter[created_at][gt]={at}"), 0),
        (format!("filter[created_at][gte]={at}"), 1),
        (format!("filter[created]={at}"), 1),
        (format!("filter[updated_at][lt]={at}&filter[name][contains]=crew"), 3),
        (format!("filter[updated][lte]={at}&filter[sku]=import-more"), 1),
        ("[filter][created_at][gte]=2031-03-05".to_owned(), 1),
    ] {
        assert_eq!(skus(&house, &query).await.len(), expected, "{query}");
    }
}

#[tokio::test]
async fn other_doors_products_are_not_on_sale_here() {
    let house = House::open().await;
    house.merchant.apply(include_str!("other.toml")).await;
    let answer = house.api.get(&format!("{V1}/purchasables")).await.expect(200);
    assert_eq!(answer["data"]["purchasables"], Value::Array(Vec::new()));
}
