//! `GET /subscriptions`.

use perennial_core::catalog::{apply_catalog, parse_catalog};
use perennial_domain::PriceStatus;
use serde_json::Value;

use crate::house::House;

fn names(list: &Value) -> Vec<&str> {
    list["data"].as_array().unwrap().iter().map(|plan| plan["name"].as_str().unwrap()).collect()
}

#[tokio::test]
async fn the_line_is_listed_with_its_periods_by_length_and_nothing_else() {
    let house = House::open().await;
    let list = house.anybody().get("/subscriptions").await.expect(200);
    assert_eq!(list["success"], true);
    assert_eq!(
        names(&list),
        ["Dinghy", "Fleet", "Harbor"],
        "by their cheapest period; Canal is of another line"
    );

    let harbor = &list["data"][2];
    assert_eq!(harbor["description"], "For small crews");
    let periods = harbor["periods"].as_array().unwrap();
    let told = periods
        .iter()
        .map(|period| (period["periodType"].as_str().unwrap(), period["price"].as_i64().unwrap()));
    // The quarterly price has no word in the contract.
    assert_eq!(told.collect::<Vec<_>>(), [("MONTHLY", 2400), ("ALL_TIME", 88000)]);
    assert!(periods.iter().all(|period| period["subscriptionId"] == harbor["id"]));
    let fleet = list["data"][1]["periods"].as_array().unwrap();
    let rhythms = fleet.iter().map(|period| period["periodType"].as_str().unwrap()).collect::<Vec<_>>();
    assert_eq!(rhythms, ["DAILY", "MONTHLY", "YEARLY"]);
}

#[tokio::test]
async fn capabilities_say_what_a_plan_includes() {
    let house = House::open().await;
    let list = house.anybody().get("/subscriptions").await.expect(200);
    let capabilities = &list["data"][2]["capabilities"];
    assert_eq!(capabilities[0]["code"], "SEATS");
    assert_eq!((&capabilities[0]["type"], &capabilities[0]["value"]), (&"QUOTA".into(), &12.into()));
    assert_eq!((&capabilities[1]["type"], &capabilities[1]["value"]), (&"BOOLEAN".into(), &1.into()));
    assert_eq!(capabilities[0]["price"], 0);
    let again = house.anybody().get("/subscriptions").await.expect(200);
    assert_eq!(again["data"][2]["capabilities"][0]["id"], capabilities[0]["id"], "an id that stays");
    assert_eq!(list["data"][1]["capabilities"], Value::Array(vec![]));
}

#[tokio::test]
async fn whatever_authorization_says_is_not_looked_at() {
    let house = House::open().await;
    for token in ["stale", "a.b.c", ""] {
        assert_eq!(names(&house.bearer(token).get("/subscriptions").await.expect(200)).len(), 3);
    }
}

#[tokio::test]
async fn the_operators_own_order_comes_first_and_what_is_off_sale_is_gone() {
    let house = House::open().await;
    let (app, project) = (house.merchant.app(), house.merchant.project());
    let mut file = include_str!("house.toml").to_owned();
    for (line, more) in [
        ("name = \"Harbor\"\n", "metadata = { sortOrder = \"1\" }\n"),
        ("name = \"Dinghy\"\n", "status = \"archived\"\n"),
    ] {
        assert!(file.contains(line), "the catalogue has no {line}");
        file = file.replace(line, &format!("{line}{more}"));
    }
    apply_catalog(app, project, parse_catalog(&file).unwrap()).await.unwrap();
    let list = house.anybody().get("/subscriptions").await.expect(200);
    assert_eq!(names(&list), ["Harbor", "Fleet"]);
}

#[tokio::test]
async fn a_plan_without_a_period_that_can_be_bought_is_not_listed() {
    let house = House::open().await;
    let (project, product) = (house.merchant.project(), house.merchant.product("harbor").await.id);
    house
        .merchant
        .test
        .write(move |_, tx| {
            // What is left is quarterly, for which the contract has no word.
            for mut price in tx.prices(project).of_product(product)? {
                if price.reference != "quarterly" {
                    price.status = PriceStatus::Archived;
                    tx.prices(project).update(&price)?;
                }
            }
            Ok(())
        })
        .await;
    let list = house.anybody().get("/subscriptions").await.expect(200);
    assert_eq!(names(&list), ["Dinghy", "Fleet"]);
}
