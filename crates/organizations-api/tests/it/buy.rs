//! `POST /subscriptions/buy`.

use axum::body::Body;
use http::Method;
use perennial_domain::{CustomerStatus, MemberRole};
use perennial_testkit::LineState;
use serde_json::{Value, json};

use crate::house::{House, Tenant, code};

async fn buy(tenant: &Tenant, period: &str) -> perennial_testkit::Answer {
    tenant.api.post("/subscriptions/buy", json!({ "subscriptionPeriodId": period })).await
}

#[tokio::test]
async fn a_paid_period_leads_to_stripes_page() {
    let house = House::open().await;
    let tenant = house.tenant("harbour").await;
    let bought = tenant.buy(&house, "Harbor", "MONTHLY").await.expect(200);
    let session = bought["sessionId"].as_str().unwrap();
    assert!(session.starts_with("cs_test_"));
    assert_eq!(bought["checkoutUrl"], bought["redirectUrl"]);
    assert!(bought["checkoutUrl"].as_str().unwrap().contains(session));
    assert_eq!(
        (&bought["isSubscriptionChange"], &bought["isFreeSubscription"]),
        (&json!(false), &json!(false))
    );
    assert_eq!(bought["previousSubscription"], Value::Null);

    let view = house.merchant.stripe().get(&format!("/v1/checkout/sessions/{session}")).await.expect(200);
    assert_eq!(
        view["success_url"],
        "https://app.example/subscription/return?session_id={CHECKOUT_SESSION_ID}"
    );
    assert_eq!(view["cancel_url"], "https://app.example/");
    assert_eq!(view["client_reference_id"], "org-harbour");
    let period = house.period("Harbor", "MONTHLY").await;
    for (name, value) in [
        ("orgId", "org-harbour"),
        ("userId", tenant.member.external_id.as_str()),
        ("subscriptionPeriodId", period.as_str()),
        ("periodType", "MONTHLY"),
    ] {
        assert_eq!(view["metadata"][name], value, "{name}");
    }
    assert_eq!(view["expires_at"].as_i64().unwrap() - view["created"].as_i64().unwrap(), 24 * 60 * 60);
    let customer = view["customer"].as_str().unwrap();
    let customer = house.merchant.stripe().get(&format!("/v1/customers/{customer}")).await.expect(200);
    assert_eq!((&customer["email"], &customer["name"]), (&json!("owner@harbour.example"), &json!("harbour")));
    assert_eq!(customer["metadata"]["orgId"], "org-harbour");
}

#[tokio::test]
async fn a_free_period_is_active_at_once() {
    let house = House::open().await;
    let tenant = house.tenant("harbour").await;
    let bought = tenant.buy(&house, "Dinghy", "MONTHLY").await.expect(200);
    assert_eq!((&bought["checkoutUrl"], &bought["isFreeSubscription"]), (&Value::Null, &json!(true)));
    let session = bought["sessionId"].as_str().unwrap();
    assert_eq!(session, "free_sub_orgharbour_1930367167000");
    assert_eq!(tenant.my().await["status"], "ACTIVE");
    assert_eq!(tenant.payments().await, [("COMPLETED".to_owned(), 0)]);
    let status = tenant.api.get(&format!("/subscriptions/checkout-session/{session}")).await.expect(200);
    assert_eq!(
        (&status["status"], &status["payment_status"]),
        (&json!("complete"), &json!("no_payment_required"))
    );
    assert_eq!(status["subscriptionId"], Value::Null);
}

#[tokio::test]
async fn what_cannot_be_read_is_invalid() {
    let house = House::open().await;
    let tenant = house.tenant("harbour").await;
    for body in [
        "",
        "{}",
        "null",
        "[]",
        "7",
        "{",
        r#"{"subscriptionPeriodId":7}"#,
        r#"{"subscriptionPeriodId":null}"#,
    ] {
        let answer = tenant.api.send(Method::POST, "/subscriptions/buy", Body::from(body)).await;
        assert_eq!(code(answer, 400), "INVALID_REQUEST", "{body:?}");
    }
    let period = house.period("Harbor", "MONTHLY").await;
    let body = json!({ "subscriptionPeriodId": period, "uiMode": "fullscreen" });
    assert_eq!(code(tenant.api.post("/subscriptions/buy", body).await, 400), "INVALID_REQUEST");
}

#[tokio::test]
async fn a_period_that_is_not_on_sale_is_not_found() {
    let house = House::open().await;
    let tenant = house.tenant("harbour").await;
    let retired = house.period("Fleet", "DAILY").await;
    let project = house.merchant.project();
    let id = retired.parse::<uuid::Uuid>().unwrap();
    house
        .merchant
        .test
        .write(move |_, tx| {
            let mut price = tx.prices(project).find(perennial_domain::Id::from_uuid(id))?.unwrap();
            price.status = perennial_domain::PriceStatus::Archived;
            tx.prices(project).update(&price)
        })
        .await;
    let quarterly = price_id(&house, "harbor", "quarterly").await;
    let elsewhere = price_id(&house, "canal", "monthly").await;
    for period in ["period_1", "00000000-0000-7000-8000-000000000000", &retired, &quarterly, &elsewhere] {
        assert_eq!(code(buy(&tenant, period).await, 404), "SUBSCRIPTION_PERIOD_NOT_FOUND", "{period}");
    }
}

async fn price_id(house: &House, product: &'static str, key: &'static str) -> String {
    let project = house.merchant.project();
    let found = house.merchant.test.write(move |_, tx| {
        let product = tx.products(project).find_by_reference(product)?.unwrap();
        Ok(tx
            .prices(project)
            .of_product(product.id)?
            .into_iter()
            .find(|price| price.reference == key)
            .unwrap())
    });
    perennial_domain::Id::uuid(found.await.id).to_string()
}

#[tokio::test]
async fn a_renewing_or_lifetime_subscription_keeps_from_buying() {
    let house = House::open().await;
    for (name, rhythm) in [("monthly", "MONTHLY"), ("lifetime", "ALL_TIME")] {
        let tenant = house.tenant(name).await;
        tenant.subscribe(&house, "Harbor", rhythm).await;
        for (plan, rhythm) in [("Harbor", rhythm), ("Fleet", "MONTHLY"), ("Dinghy", "MONTHLY")] {
            let answer = tenant.buy(&house, plan, rhythm).await;
            assert_eq!(code(answer, 409), "SUBSCRIPTION_ALREADY_ACTIVE", "{name}: {plan}");
        }
    }
}

#[tokio::test]
async fn a_free_or_cancelled_subscription_gives_way_once_the_new_one_is_paid() {
    let house = House::open().await;
    let tenant = house.tenant("harbour").await;
    let free = tenant.buy(&house, "Dinghy", "MONTHLY").await.expect(200);
    let bought = tenant.buy(&house, "Harbor", "MONTHLY").await.expect(200);
    assert_eq!(bought["isSubscriptionChange"], true);
    assert_eq!(bought["previousSubscription"], json!({ "id": free["sessionId"], "name": "Dinghy" }));
    assert_eq!(tenant.my().await["name"], "Dinghy", "nothing is paid yet");
    house.merchant.pay_session(bought["sessionId"].as_str().unwrap()).await;
    house.merchant.hear_from_stripe().await;
    assert_eq!(tenant.my().await["name"], "Harbor");

    tenant.api.post("/subscriptions/cancel", Value::Null).await.expect(200);
    assert_eq!(code(tenant.buy(&house, "Harbor", "MONTHLY").await, 409), "SUBSCRIPTION_ALREADY_ACTIVE");
    let bought = tenant.buy(&house, "Fleet", "YEARLY").await.expect(200);
    assert!(bought["previousSubscription"]["id"].as_str().unwrap().starts_with("sub_"));
    house.merchant.pay_session(bought["sessionId"].as_str().unwrap()).await;
    house.merchant.hear_from_stripe().await;
    let my = tenant.my().await;
    assert_eq!(
        (&my["name"], &my["status"], &my["autoRenew"]),
        (&json!("Fleet"), &json!("ACTIVE"), &json!(true))
    );
}

#[tokio::test]
async fn where_changes_are_allowed_the_old_one_ends_when_the_new_one_is_paid() {
    let house = House::with(|settings| settings.allow_subscription_change = true).await;
    let tenant = house.tenant("harbour").await;
    tenant.subscribe(&house, "Harbor", "MONTHLY").await;
    assert_eq!(code(tenant.buy(&house, "Harbor", "MONTHLY").await, 409), "SUBSCRIPTION_ALREADY_ACTIVE");

    let bought = tenant.buy(&house, "Fleet", "MONTHLY").await.expect(200);
    assert_eq!(bought["isSubscriptionChange"], true);
    let old = bought["previousSubscription"]["id"].as_str().unwrap().to_owned();
    let at_stripe = async || {
        let found = house.merchant.stripe().get(&format!("/v1/subscriptions/{old}")).await.expect(200);
        found["status"].as_str().unwrap().to_owned()
    };
    assert_eq!(
        (tenant.my().await["name"].clone(), at_stripe().await),
        (json!("Harbor"), "active".to_owned())
    );
    house.merchant.pay_session(bought["sessionId"].as_str().unwrap()).await;
    house.merchant.hear_from_stripe().await;
    house.merchant.hear_from_stripe().await;
    assert_eq!(
        (tenant.my().await["name"].clone(), at_stripe().await),
        (json!("Fleet"), "canceled".to_owned())
    );
    assert_eq!(tenant.my().await["status"], "ACTIVE");
}

#[tokio::test]
async fn the_same_period_again_is_the_same_session_and_another_takes_its_place() {
    let house = House::open().await;
    let tenant = house.tenant("harbour").await;
    let first = tenant.buy(&house, "Harbor", "MONTHLY").await.expect(200);
    let again = tenant.buy(&house, "Harbor", "MONTHLY").await.expect(200);
    assert_eq!(first, again);
    house.merchant.test.clock().advance(jiff::SignedDuration::from_secs(1));
    let other = tenant.buy(&house, "Fleet", "MONTHLY").await.expect(200);
    assert_ne!(other["sessionId"], first["sessionId"]);
    let session = format!("/v1/checkout/sessions/{}", first["sessionId"].as_str().unwrap());
    assert_eq!(house.merchant.stripe().get(&session).await.expect(200)["status"], "expired");
    assert_eq!(tenant.payments().await, [("PENDING".to_owned(), 9900), ("CANCELLED".to_owned(), 2400)]);
}

#[tokio::test]
async fn two_buys_at_once_are_one_session() {
    let house = House::open().await;
    let owner = house.tenant("harbour").await;
    let colleague = house.colleague(&owner.organization, "two@harbour.example", MemberRole::Billing).await;
    let period = house.period("Harbor", "MONTHLY").await;
    let (first, second) = tokio::join!(buy(&owner, &period), buy(&colleague, &period));
    assert_eq!(first.expect(200)["sessionId"], second.expect(200)["sessionId"]);
    let customers = house.merchant.stripe().get("/v1/customers").await.expect(200);
    assert_eq!(customers["data"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn an_organization_that_is_gone_cannot_buy() {
    let house = House::open().await;
    let tenant = house.tenant("harbour").await;
    let project = house.merchant.project();
    let mut gone = tenant.organization.clone();
    gone.status = CustomerStatus::Deleted;
    house.merchant.test.write(move |_, tx| tx.customers(project).update(&gone)).await;
    assert_eq!(code(tenant.buy(&house, "Harbor", "MONTHLY").await, 404), "ORG_NOT_FOUND");
}

#[tokio::test]
async fn while_stripe_is_away_nothing_is_bought_and_asking_again_is_safe() {
    let house = House::open().await;
    let tenant = house.tenant("harbour").await;
    let period = house.period("Harbor", "MONTHLY").await;
    for state in [LineState::Cut, LineState::LosesAnswers, LineState::Nonsense] {
        house.merchant.line.set(state);
        assert_eq!(code(buy(&tenant, &period).await, 500), "INTERNAL_ERROR", "{state:?}");
    }
    assert_eq!(tenant.payments().await, [], "nobody saw a page to pay on");
    house.merchant.line.set(LineState::Open);
    let bought = buy(&tenant, &period).await.expect(200);
    let list = house.merchant.stripe().get("/v1/checkout/sessions").await.expect(200);
    assert_eq!(list["data"].as_array().unwrap().len(), 1, "the lost answers were of this one session");
    assert_eq!(list["data"][0]["id"], bought["sessionId"]);
}
