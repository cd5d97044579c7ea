//! Tokens: who may make, see and take back which (contract §2.1).

use jiff::SignedDuration;
use perennial_core::business::{rotate_app_secret, sweep_business_tokens};
use perennial_domain::{AppKind, CustomerStatus, Id, TokenGrant};
use perennial_testkit::Caller;
use secrecy::{ExposeSecret, SecretString};
use serde_json::{Value, json};

use crate::house::{BUSINESS, House, OWNER, SUBSCRIPTIONS, code, make_token_until};

const TOKENS: &str = "/platform/v1/tokens";

fn token(answer: &Value) -> String {
    assert_eq!(answer["status"], "OK");
    answer["data"]["token"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn a_directory_makes_tokens_for_its_businesses() {
    let house = House::open().await;
    let directory = house.token(house.of_directory()).await;
    let made = token(&directory.post(TOKENS, json!({ "business_id": BUSINESS })).await.expect(201));
    assert_eq!(made.len(), 64);
    assert!(made.bytes().all(|byte| byte.is_ascii_hexdigit()));
    let (_, price) = house.price("crew", "free", "USD").await;
    let body = json!({ "subscription": { "purchasable_price_uid": price } });
    let bought = house.bearer(&made).post(SUBSCRIPTIONS, body).await.expect(201);
    assert_eq!(bought["data"]["subscription"]["business_uid"], BUSINESS);
    assert_eq!(bought["data"]["subscription"]["buyer_uid"], OWNER);
    let whole = token(&directory.post(TOKENS, json!({ "directory_id": 1 })).await.expect(201));
    assert_eq!(house.bearer(&whole).get(SUBSCRIPTIONS).await.expect(200)["total"], 1);
}

#[tokio::test]
async fn nobody_makes_a_token_for_more_than_they_see() {
    let house = House::open().await;
    house.another("zz99").await;
    for (body, status) in [
        (json!({}), 400),
        (json!({ "business_id": "zz99" }), 404),
        (json!({ "business_id": "nobody" }), 404),
        (json!({ "directory_id": 7 }), 404),
        (json!({ "directory_id": "one" }), 400),
        (json!({ "app_id": "none" }), 404),
    ] {
        let answer = house.api.post(TOKENS, body.clone()).await;
        assert_eq!(answer.clone().expect(status)["status"], "Error", "{body}");
        assert!(answer.body["message"].as_str().is_some_and(|message| !message.is_empty()));
    }
    let (app, _) = house.app("booking", AppKind::Paid).await;
    let of_app = house.token(TokenGrant { app_id: Some(app.id), ..TokenGrant::default() }).await;
    let refused = of_app.post(TOKENS, json!({ "business_id": BUSINESS })).await.expect(401);
    assert_eq!(refused, json!({ "status": "Error", "message": "Unauthorized" }));
    assert_eq!(house.anybody().post(TOKENS, json!({})).await.expect(401)["message"], "401 Unauthorized");
}

#[tokio::test]
async fn tokens_are_listed_without_their_secrets_and_work_until_they_are_revoked() {
    let house = House::open().await;
    let (app, _) = house.app("billing", AppKind::Billing).await;
    let admin = house.admin().await;
    let request = json!({ "business_id": BUSINESS, "app_id": app.id.uuid() });
    let made = token(&admin.post(TOKENS, request).await.expect(201));
    let list = admin.get(&format!("{TOKENS}?app_id={}", app.id.uuid())).await.expect(200);
    let listed = &list["data"]["tokens"][0];
    assert_eq!(listed["business_id"], BUSINESS);
    let shown = listed["token"].as_str().unwrap();
    assert!(shown.len() < 20 && made.starts_with(shown.trim_end_matches('…')), "{shown}");
    assert!(house.api.get(TOKENS).await.expect(200)["data"]["tokens"].as_array().unwrap().len() < 3);

    house.bearer(&made).get(SUBSCRIPTIONS).await.expect(200);
    let revoked = house.api.post(&format!("{TOKENS}/revoke"), json!({ "token": made })).await.expect(201);
    assert_eq!(revoked, json!({ "data": { "revoked_tokens": [made] }, "status": "OK" }));
    assert_eq!(code(house.bearer(&made).get(SUBSCRIPTIONS).await, 401), "unauthorized");
    for token in [json!(made), json!("0".repeat(64)), Value::Null] {
        let again = admin.post(&format!("{TOKENS}/revoke"), json!({ "token": token })).await.expect(422);
        assert_eq!(again, json!({ "status": "Error", "error": "invalid token" }));
    }
}

#[tokio::test]
async fn a_token_takes_what_was_made_with_it_along() {
    let house = House::open().await;
    let root = token(&house.admin().await.post(TOKENS, json!({ "directory_id": 1 })).await.expect(201));
    let child = token(&house.bearer(&root).post(TOKENS, json!({ "directory_id": 1 })).await.expect(201));
    let grandchild = house.bearer(&child).post(TOKENS, json!({ "business_id": BUSINESS })).await;
    let grandchild = token(&grandchild.expect(201));
    let beside = token(&house.admin().await.post(TOKENS, json!({ "directory_id": 1 })).await.expect(201));
    for works in [&root, &child, &grandchild] {
        house.bearer(works).get(SUBSCRIPTIONS).await.expect(200);
    }
    let revoke = json!({ "token": root });
    house.bearer(&beside).post(&format!("{TOKENS}/revoke"), revoke).await.expect(201);
    for ended in [&root, &child, &grandchild] {
        assert_eq!(code(house.bearer(ended).get(SUBSCRIPTIONS).await, 401), "unauthorized");
    }
    house.bearer(&beside).get(SUBSCRIPTIONS).await.expect(200);
}

#[tokio::test]
async fn a_token_lives_no_longer_than_the_one_that_made_it() {
    let house = House::open().await;
    let expires_at = Some(house.merchant.app().now() + SignedDuration::from_mins(10));
    let short = house.bearer(&make_token_until(&house.merchant, house.of_directory(), expires_at).await);
    let made = token(&short.post(TOKENS, json!({ "business_id": BUSINESS })).await.expect(201));
    house.bearer(&made).get(SUBSCRIPTIONS).await.expect(200);
    house.pass(SignedDuration::from_mins(10));
    assert_eq!(code(house.bearer(&made).get(SUBSCRIPTIONS).await, 401), "unauthorized");
}

#[tokio::test]
async fn tokens_are_listed_in_pages_and_by_what_they_are_for() {
    let house = House::open().await;
    house.another("zz99").await;
    let admin = house.admin().await;
    for business in [BUSINESS, BUSINESS, "zz99"] {
        house.pass(SignedDuration::from_secs(1));
        admin.post(TOKENS, json!({ "business_id": business })).await.expect(201);
    }
    let page = async |caller: &Caller, query: &str| {
        let answer = caller.get(&format!("{TOKENS}?{query}")).await.expect(200);
        let tokens = answer["data"]["tokens"].as_array().unwrap().clone();
        let businesses = tokens.iter().map(|token| token["business_id"].clone()).collect::<Vec<_>>();
        (businesses, answer["data"]["next_page"].clone())
    };
    let own = json!(BUSINESS);
    assert_eq!(page(&admin, "per_page=2").await, (vec![json!("zz99"), own.clone()], json!(2)));
    let last = page(&admin, "per_page=2&page=3").await;
    assert_eq!((last.0.len(), last.1), (1, Value::Null));
    // Its own, and the two that were made for it.
    assert_eq!(page(&house.api, "").await.0, vec![own; 3]);
    let narrow = admin.with("x-on-behalf-of", "zz99");
    assert_eq!(page(&narrow, "").await.0, [json!("zz99")]);
    for query in ["user_id=nobody", "app_id=none", "directory_id=7"] {
        assert!(page(&admin, query).await.0.is_empty(), "{query}");
    }
    admin.get(&format!("{TOKENS}?per_page=0")).await.expect(400);
}

#[tokio::test]
async fn the_tokens_of_a_blocked_business_work_no_more() {
    let house = House::open().await;
    house.bought("seats", "monthly").await;
    let directory = house.token(house.of_directory()).await;
    house.turn_customer(CustomerStatus::Blocked).await;
    for path in [SUBSCRIPTIONS, TOKENS] {
        house.api.get(path).await.expect(401);
    }
    // Its partner goes on seeing what it has.
    assert_eq!(directory.get(SUBSCRIPTIONS).await.expect(200)["total"], 1);
    house.turn_customer(CustomerStatus::Active).await;
    house.api.get(SUBSCRIPTIONS).await.expect(200);
}

#[tokio::test]
async fn an_app_fetches_a_token_that_works_for_an_hour() {
    let house = House::open().await;
    let (app, secret) = house.app("billing", AppKind::Billing).await;
    let id = app.id.uuid();
    let ask = |id: Value, secret: Value| {
        let body = json!({ "service_id": id, "service_secret": secret });
        let anybody = house.anybody();
        async move { anybody.post("/oauth/service/token", body).await }
    };
    let answer = ask(json!(id), json!(secret.expose_secret())).await.expect(200);
    assert_eq!((&answer["token_type"], &answer["expires_in"]), (&json!("Bearer"), &json!(3600)));
    let api = house.bearer(answer["access_token"].as_str().unwrap());
    api.get(SUBSCRIPTIONS).await.expect(200);
    house.pass(SignedDuration::from_hours(1));
    assert_eq!(code(api.get(SUBSCRIPTIONS).await, 401), "unauthorized");
    assert_eq!(ask(json!(id), json!("wrong")).await.expect(401)["status"], "Error");
    assert_eq!(ask(json!("wrong"), json!(secret.expose_secret())).await.expect(401)["status"], "Error");
    assert_eq!(ask(Value::Null, Value::Null).await.expect(400)["status"], "Error");
}

#[tokio::test]
async fn an_old_secret_of_an_app_works_beside_the_new_one_until_it_expires() {
    let house = House::open().await;
    let (app, first) = house.app("billing", AppKind::Billing).await;
    let project = house.merchant.project();
    let rotate = async |overlap: SignedDuration| {
        let app = house.merchant.app();
        app.write(move |cx, tx| rotate_app_secret(cx, tx, project, "billing", overlap)).await.unwrap().1
    };
    let opens = async |secret: &SecretString| {
        let body = json!({ "service_id": app.id.uuid(), "service_secret": secret.expose_secret() });
        house.anybody().post("/oauth/service/token", body).await.status == 200
    };
    let second = rotate(SignedDuration::from_hours(24)).await;
    assert_eq!([opens(&first).await, opens(&second).await], [true, true]);
    house.pass(SignedDuration::from_hours(24));
    assert_eq!([opens(&first).await, opens(&second).await], [false, true]);
    // Who fears that a secret has leaked leaves none of those before.
    let third = rotate(SignedDuration::from_hours(24)).await;
    let fourth = rotate(SignedDuration::ZERO).await;
    let opened = [opens(&second).await, opens(&third).await, opens(&fourth).await];
    assert_eq!(opened, [false, false, true]);
}

#[tokio::test]
async fn a_token_that_ended_by_itself_is_taken_away_a_day_later_and_no_other() {
    let house = House::open().await;
    let ends_at = house.merchant.app().now() + SignedDuration::from_hours(1);
    let ended = make_token_until(&house.merchant, house.of_business(), Some(ends_at)).await;
    let revoked = make_token_until(&house.merchant, house.of_business(), None).await;
    house.api.post("/platform/v1/tokens/revoke", json!({ "token": revoked })).await.expect(201);
    let known = async |token: &str| {
        let hash = perennial_core::secrets::hash(token);
        let found = house.merchant.app().read(move |_, tx| tx.business_tokens().find_by_hash(&hash)).await;
        found.unwrap().is_some()
    };
    house.pass(SignedDuration::from_hours(25));
    assert_eq!(sweep_business_tokens(house.merchant.app()).await.unwrap(), 0);
    house.pass(SignedDuration::from_secs(1));
    assert_eq!(sweep_business_tokens(house.merchant.app()).await.unwrap(), 1);
    assert_eq!([known(&ended).await, known(&revoked).await], [false, true]);
    house.api.get(SUBSCRIPTIONS).await.expect(200);
}

#[tokio::test]
async fn nobody_is_answered_what_another_token_asked_with_the_same_key() {
    let house = House::open().await;
    let (app, _) = house.app("booking", AppKind::Paid).await;
    let grant = TokenGrant { app_id: Some(app.id), ..house.of_business() };
    house.bought("booking", "monthly").await;
    let (one, other, of_app) =
        (house.api.clone(), house.token(house.of_business()).await, house.token(grant).await);
    let ask = |api: Caller| async move {
        api.with("idempotency-key", "1").post(TOKENS, json!({ "business_id": BUSINESS })).await
    };
    let made = token(&ask(one.clone()).await.expect(201));
    assert_eq!(token(&ask(one).await.expect(201)), made);
    assert_ne!(token(&ask(other).await.expect(201)), made);
    assert_eq!(ask(of_app).await.expect(401)["message"], "Unauthorized");
}
