//! `GET /subscriptions/my`.

use jiff::SignedDuration;
use perennial_domain::{Goods, Order, OrderLine, SubscriptionOrder};
use serde_json::{Value, json};

use crate::house::House;

#[tokio::test]
async fn who_never_bought_has_nothing() {
    let house = House::open().await;
    let answer = house.tenant("harbour").await.api.get("/subscriptions/my").await.expect(200);
    assert_eq!(answer, json!({ "success": true, "data": null, "message": "No subscription found" }));
}

#[tokio::test]
async fn a_paid_subscription_is_active_until_its_period_ends_and_renews() {
    let house = House::open().await;
    let tenant = house.tenant("harbour").await;
    tenant.subscribe(&house, "Harbor", "MONTHLY").await;
    let my = tenant.my().await;
    let list = house.anybody().get("/subscriptions").await.expect(200);
    assert_eq!(my["id"], list["data"][2]["id"], "the plan's id, so that a page can badge its card");
    assert_eq!(my["periodId"], house.period("Harbor", "MONTHLY").await.as_str());
    assert_eq!((&my["name"], &my["description"]), (&json!("Harbor"), &json!("For small crews")));
    assert_eq!((&my["periodType"], &my["price"]), (&json!("MONTHLY"), &json!(2400)));
    assert_eq!((&my["status"], &my["autoRenew"]), (&json!("ACTIVE"), &json!(true)));
    assert_eq!(
        (&my["dateFrom"], &my["dateTo"]),
        (&json!("2031-03-04T05:06:07Z"), &json!("2031-04-04T05:06:07Z"))
    );

    house.pass(SignedDuration::from_hours(24 * 31 + 2)).await;
    let renewed = tenant.my().await;
    assert_eq!(
        (&renewed["dateFrom"], &renewed["dateTo"]),
        (&json!("2031-04-04T05:06:07Z"), &json!("2031-05-04T05:06:07Z"))
    );
    assert_eq!(tenant.payments().await, [("COMPLETED".to_owned(), 2400), ("COMPLETED".to_owned(), 2400)]);
}

#[tokio::test]
async fn a_lifetime_has_no_end_and_nothing_to_renew() {
    let house = House::open().await;
    let tenant = house.tenant("harbour").await;
    tenant.subscribe(&house, "Harbor", "ALL_TIME").await;
    let my = tenant.my().await;
    assert_eq!(
        (&my["dateTo"], &my["autoRenew"], &my["status"]),
        (&Value::Null, &json!(false), &json!("ACTIVE"))
    );
}

#[tokio::test]
async fn a_rhythm_that_another_door_sold_is_shown_without_a_name() {
    let house = House::open().await;
    let tenant = house.tenant("harbour").await;
    let project = house.merchant.project();
    let order = house.merchant.test.write(move |_, tx| {
        let product = tx.products(project).find_by_reference("harbor")?.unwrap();
        let prices = tx.prices(project).of_product(product.id)?;
        let price = prices.into_iter().find(|price| price.reference == "quarterly").unwrap();
        let plan = OrderLine { product_id: product.id, price_id: price.id, amount: price.amount };
        let goods = Goods::Subscription(SubscriptionOrder::of(plan));
        Ok(Order { goods, voucher: None, due_now: price.amount })
    });
    let checkout = house.merchant.open_order(tenant.organization.id, order.await).await;
    house.merchant.pay(&checkout).await;
    house.merchant.hear_from_stripe().await;

    let my = tenant.my().await;
    assert_eq!((&my["status"], &my["periodType"]), (&json!("ACTIVE"), &Value::Null));
    assert_eq!(my["price"], 7000);
}

#[tokio::test]
async fn a_late_renewal_has_its_grace_and_then_expires() {
    let house = House::open().await;
    let tenant = house.tenant("harbour").await;
    tenant.subscribe(&house, "Harbor", "MONTHLY").await;
    // Stripe's events are lost: the renewal is not known here.
    house.merchant.test.clock().advance(SignedDuration::from_hours(24 * 31 + 23));
    assert_eq!(tenant.my().await["status"], "ACTIVE");
    house.merchant.test.clock().advance(SignedDuration::from_hours(2));
    let my = tenant.my().await;
    assert_eq!((&my["status"], &my["autoRenew"]), (&json!("EXPIRED"), &json!(false)));
    assert_eq!(my["dateTo"], "2031-04-04T05:06:07Z");

    house.pass(SignedDuration::ZERO).await;
    assert_eq!(tenant.my().await["status"], "ACTIVE", "the events came after all");
}

#[tokio::test]
async fn a_free_plan_rolls_on_by_the_clock() {
    let house = House::open().await;
    let tenant = house.tenant("harbour").await;
    tenant.buy(&house, "Dinghy", "MONTHLY").await.expect(200);
    assert_eq!(tenant.my().await["dateTo"], "2031-04-04T05:06:07Z");
    house.merchant.test.clock().advance(SignedDuration::from_hours(24 * 35));
    perennial_core::subscriptions::turn_due_subscriptions(house.merchant.app()).await.unwrap();
    let my = tenant.my().await;
    assert_eq!((&my["dateTo"], &my["autoRenew"]), (&json!("2031-05-04T05:06:07Z"), &json!(true)));
}
