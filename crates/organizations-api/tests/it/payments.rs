//! `GET /subscriptions/payments`.

use jiff::SignedDuration;

use crate::house::{House, code};

const PATH: &str = "/subscriptions/payments";

#[tokio::test]
async fn payments_come_newest_first_and_dates_narrow_them() {
    let house = House::open().await;
    let tenant = house.tenant("harbour").await;
    assert_eq!(tenant.payments().await, []);
    tenant.subscribe(&house, "Harbor", "MONTHLY").await;
    house.pass(SignedDuration::from_hours(24 * 31 + 2)).await;
    tenant.api.post("/subscriptions/cancel", serde_json::json!({})).await.expect(200);

    let list = tenant.api.get(PATH).await.expect(200);
    let told = list["data"].as_array().unwrap().iter();
    let told =
        told.map(|payment| payment["timestamp"].as_str().unwrap()[..10].to_owned()).collect::<Vec<_>>();
    assert_eq!(told, ["2031-04-04", "2031-04-04", "2031-03-04"]);
    assert_eq!(list["data"][0]["status"], "CANCELLED");

    for (query, expected) in [
        ("?startDate=&endDate=", 3),
        ("?startDate=2031-04-01", 2),
        ("?endDate=2031-03-31T23:59:59Z", 1),
        ("?startDate=2031-03-04&endDate=2031-03-04", 1),
        ("?startDate=2031-03-05&endDate=2031-03-05", 0),
        ("?startDate=2031-03-04T05:06:07%2B00:00&endDate=2031-04-04", 3),
        ("?page=7", 3),
    ] {
        let list = tenant.api.get(&format!("{PATH}{query}")).await.expect(200);
        assert_eq!(list["data"].as_array().unwrap().len(), expected, "{query}");
    }
}

#[tokio::test]
async fn dates_that_are_none_are_refused_one_by_one() {
    let house = House::open().await;
    let tenant = house.tenant("harbour").await;
    for (query, expected) in [
        ("?startDate=soon", "INVALID_START_DATE"),
        ("?startDate=2031-02-30&endDate=soon", "INVALID_START_DATE"),
        ("?endDate=2031-13-01", "INVALID_END_DATE"),
        ("?startDate=2031-03-05&endDate=2031-03-04", "INVALID_DATE_RANGE"),
    ] {
        assert_eq!(code(tenant.api.get(&format!("{PATH}{query}")).await, 400), expected, "{query}");
    }
}

#[tokio::test]
async fn an_organization_sees_its_own_payments_alone() {
    let house = House::open().await;
    let (tenant, other) = (house.tenant("harbour").await, house.tenant("other").await);
    other.subscribe(&house, "Harbor", "MONTHLY").await;
    assert_eq!(tenant.payments().await, []);
    assert_eq!(other.payments().await.len(), 1);
}
