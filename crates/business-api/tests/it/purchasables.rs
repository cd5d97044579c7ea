//! What is on sale (contract §7.4).

use serde_json::{Value, json};

use crate::house::{House, V1, fields};

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
    for query in ["filter[price]=1", "filter[uid][gt]=1", "sort=price:asc", "page=0"] {
        assert_eq!(fields(house.api.get(&format!("{V1}/purchasables?{query}")).await).len(), 1, "{query}");
    }
}

#[tokio::test]
async fn other_doors_products_are_not_on_sale_here() {
    let house = House::open().await;
    house.merchant.apply(include_str!("other.toml")).await;
    let answer = house.api.get(&format!("{V1}/purchasables")).await.expect(200);
    assert_eq!(answer["data"]["purchasables"], Value::Array(Vec::new()));
}
