//! What holds for every route: tokens first, one envelope, and the operator's settings (contract §2, §5, §6).

use http::Method;
use perennial_core::business::{NewBusiness, NewStaff, SaveBusinessError, create_business};
use perennial_domain::{BusinessSettings, Email, LiveStateSpelling};
use serde_json::{Value, json};

use crate::house::{House, SUBSCRIPTIONS, V1, code};

#[tokio::test]
async fn without_a_token_nothing_is_told() {
    let house = House::open().await;
    let one = format!("{SUBSCRIPTIONS}/none");
    let purchasables = format!("{V1}/purchasables");
    for (method, path) in [
        (Method::GET, SUBSCRIPTIONS),
        (Method::POST, SUBSCRIPTIONS),
        (Method::GET, one.as_str()),
        (Method::PUT, one.as_str()),
        (Method::PATCH, one.as_str()),
        (Method::GET, purchasables.as_str()),
        (Method::POST, "/system/subscriptions/manual"),
        (Method::GET, "/v3/license/subscriptions"),
        (Method::GET, "/v3/license/offerings"),
        (Method::GET, "/business/none"),
    ] {
        for caller in [house.anybody(), house.bearer("0123456789abcdef")] {
            let answer = caller.send(method.clone(), path, "{}").await;
            assert_eq!(answer.body["errors"][0]["message"], "401 Unauthorized", "{method} {path}");
            assert_eq!(code(answer, 401), "unauthorized");
        }
    }
}

#[tokio::test]
async fn unknown_paths_and_methods_speak_the_envelope_too() {
    let house = House::open().await;
    assert_eq!(code(house.api.get("/business/subscriptionsmng/v1/none").await, 404), "not_found");
    assert_eq!(code(house.api.get("/v3/none").await, 404), "not_found");
    let unknown = house.api.get("/platform/v1/none").await;
    let wrong = house.api.delete("/platform/v1/webhooks").await;
    for (answer, status) in [(unknown, 404), (wrong, 405)] {
        let body = answer.expect(status);
        assert_eq!((&body["status"], &body["errors"]), (&json!("Error"), &Value::Null));
        assert!(body["message"].as_str().is_some_and(|message| !message.is_empty()), "{body}");
    }
    assert_eq!(code(house.api.delete(SUBSCRIPTIONS).await, 405), "bad_request");
    assert_eq!(code(house.api.get(&format!("{SUBSCRIPTIONS}/none")).await, 404), "not_found");
}

#[tokio::test]
async fn the_operator_decides_how_a_live_state_is_spelt() {
    let house = House::open().await;
    let bought = house.bought("crew_max", "monthly").await;
    for (spelling, alone, listed) in [
        (LiveStateSpelling::AsDocumented, "active", "purchased"),
        (LiveStateSpelling::Active, "active", "active"),
        (LiveStateSpelling::Purchased, "purchased", "purchased"),
    ] {
        house.set(BusinessSettings { v1_live_state: spelling, ..BusinessSettings::default() }).await;
        assert_eq!(house.get(&bought["uid"]).await["purchase_state"], alone);
        assert_eq!(house.all().await[0]["purchase_state"], listed);
    }
}

#[tokio::test]
async fn a_new_business_is_given_the_default_subscription() {
    let house = House::open().await;
    let default_sku = Some("crew".to_owned());
    house.set(BusinessSettings { default_sku, ..BusinessSettings::default() }).await;
    house.another("zz99").await;
    let admin = house.admin().await;
    let list = admin.get(&format!("{SUBSCRIPTIONS}?filter[business_uid]=zz99")).await.expect(200);
    let given = &list["data"]["subscriptions"][0];
    assert_eq!((&given["display_name"], &given["payment_type"]), (&json!("Crew"), &json!("free")));

    // Nobody has paid, so nothing that costs something is given.
    let default_sku = Some("crew_max".to_owned());
    house.set(BusinessSettings { default_sku, ..BusinessSettings::default() }).await;
    let project = house.merchant.project();
    let owner = NewStaff {
        uid: None,
        email: Email::parse("late@bramble.example").unwrap(),
        full_name: "Ada Quill".to_owned(),
    };
    let new = NewBusiness { uid: Some("late".to_owned()), name: "Late".to_owned(), directory: None, owner };
    let made = house.merchant.app().write(move |cx, tx| create_business(cx, tx, project, &new)).await;
    assert!(matches!(made, Err(SaveBusinessError::DefaultSku(_))), "{made:?}");
    let gone = admin.get(&format!("{SUBSCRIPTIONS}?filter[business_uid]=late")).await.expect(200);
    assert_eq!(gone["total"], 0);
}

#[tokio::test]
async fn what_breaks_down_tells_nothing_of_its_cause() {
    let house = House::open().await;
    let lose = "ALTER TABLE subscriptions RENAME TO lost";
    house.merchant.test.write(move |_, tx| tx.execute(lose, &[])).await;
    let broken = house.api.get(SUBSCRIPTIONS).await;
    assert!(!broken.body.to_string().contains("subscriptions"), "{}", broken.body);
    assert_eq!(code(broken, 500), "unexpected");
}
