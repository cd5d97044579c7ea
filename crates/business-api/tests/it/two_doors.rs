//! One customer, two doors: what is done at one is seen at the other (issue: the rows are the same).

use perennial_core::context::Cx;
use perennial_core::store::Tx;
use perennial_core::store::tables::PageRequest;
use perennial_core::subscriptions::{cancel_subscription, resume_subscription};
use perennial_domain::{
    BusinessSettings, Cancellation, CancellationCause, Customer, Id, Subscription, SubscriptionId, TokenGrant,
};
use perennial_testkit::rows;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::house::{House, SUBSCRIPTIONS};

fn id(value: &Value) -> SubscriptionId {
    SubscriptionId::from_uuid(Uuid::parse_str(value["uid"].as_str().unwrap()).unwrap())
}

#[tokio::test]
async fn what_another_door_sells_and_cancels_is_seen_here_in_its_words() {
    let house = House::open().await;
    let sold = house.sell_by_stripe("crew-max").await;
    assert_eq!(sold["purchase_price"], "49.00");
    assert_eq!(sold["purchase_state"], "purchased");
    let (app, project) = (house.merchant.app(), house.merchant.project());
    let why = Cancellation::because(CancellationCause::CancellationRequested);
    cancel_subscription(app, project, id(&sold), why).await.unwrap();
    let canceled = house.get(&sold["uid"]).await;
    assert_eq!((&canceled["purchase_state"], &canceled["is_active"]), (&json!("canceled"), &json!(true)));
    resume_subscription(app, project, id(&sold)).await.unwrap();
    assert_eq!(house.get(&sold["uid"]).await["cancellation_date"], "");
}

#[tokio::test]
async fn what_is_done_here_is_the_row_that_other_doors_read() {
    let house = House::open().await;
    let bought = house.bought("crew_max", "monthly").await;
    let (project, customer) = (house.merchant.project(), house.business.business.customer_id);
    let seen = id(&bought);
    let row = house.merchant.test.write(move |_, tx| tx.subscriptions(project).view(seen)).await.unwrap();
    assert_eq!(row.price.amount.amount_minor, 4900);
    assert_eq!(row.customer.id, customer);
    house.put(&bought["uid"], json!({ "purchase_state": "expired" })).await.expect(200);
    let row = house.merchant.test.write(move |_, tx| tx.subscriptions(project).find(seen)).await.unwrap();
    assert!(!row.is_live());
}

#[tokio::test]
async fn a_group_holds_across_doors() {
    let house = House::open().await;
    house.bought("booking", "monthly").await;
    let order = house.merchant.order("booking").await;
    let customer = house.business.business.customer_id;
    let started = house.merchant.start_order(customer, order).await;
    assert!(started.is_err(), "another door sold what is held already");
    let list = house.api.get(SUBSCRIPTIONS).await.expect(200);
    assert_eq!(list["total"], 1);
}

#[tokio::test]
async fn a_customer_who_becomes_a_business_keeps_the_package_that_they_have() {
    let house = House::open().await;
    let default_sku = Some("crew".to_owned());
    house.set(BusinessSettings { default_sku, ..BusinessSettings::default() }).await;
    let project = house.merchant.project();
    let sell = move |cx: &Cx, tx: &mut Tx<'_>| {
        let named = Some("known1".to_owned());
        let customer = Customer { external_id: named, ..rows::customer(cx, project, "ada@known.example") };
        tx.customers(project).insert(&customer)?;
        let sold = tx.products(project).all()?.into_iter().find(|product| product.reference == "crew-max");
        let sold = sold.unwrap();
        let price = tx.prices(project).active_of_product(sold.id)?.remove(0);
        let held = rows::subscription(cx, &customer, &sold, &price);
        tx.subscriptions(project).insert(&Subscription { exclusive_group: sold.exclusive_group, ..held })
    };
    house.merchant.test.write(sell).await;

    house.another("known1").await;
    let path = format!("{SUBSCRIPTIONS}?filter[business_uid]=known1");
    let list = house.admin().await.get(&path).await.expect(200);
    assert_eq!(list["total"], 1, "{list}");
    let held = &list["data"]["subscriptions"][0];
    assert_eq!((&held["display_name"], &held["is_active"]), (&json!("Crew Max"), &json!(true)));
}

/// Who made the last event of the project.
async fn last_actor(house: &House) -> Value {
    let project = house.merchant.project();
    let newest = house.merchant.app().read(move |_, tx| tx.events(project).page(PageRequest::first(1)));
    newest.await.unwrap().items.remove(0).actor.unwrap()
}

#[tokio::test]
async fn events_name_the_staff_member_or_the_token_that_acted() {
    let house = House::open().await;
    house.bought("seats", "monthly").await;
    let actor = last_actor(&house).await;
    assert_eq!(actor["type"], "apiKey");
    assert!(actor["apiKey"].as_str().unwrap().starts_with("btk_"), "{actor}");

    let owner = house.business.business.owner_id;
    let staff = house.token(TokenGrant { member_id: Some(owner), ..house.of_business() }).await;
    let (_, price) = house.price("seats", "monthly", "USD").await;
    let body = json!({ "subscription": { "purchasable_price_uid": price } });
    staff.post(SUBSCRIPTIONS, body).await.expect(201);
    assert_eq!(last_actor(&house).await, json!({ "type": "member", "member": owner.to_string() }));
}
