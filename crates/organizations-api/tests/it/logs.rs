//! What the log tells of requests that are refused or fail: no password, no token, nothing of a webhook.

use http::Method;
use perennial_testkit::Log;
use serde_json::json;

use crate::house::{House, PASSWORD, code};

#[tokio::test]
async fn a_refused_request_leaves_no_password_token_or_webhook_in_the_log() {
    let log = Log::of_this_process();
    let house = House::open().await;
    house.tenant("harbour").await;
    let (email, wrong) = ("owner@harbour.example", "nearly the password");
    let pair = house.log_in(email).await;
    let (access, refresh) = (pair["accessToken"].as_str().unwrap(), pair["refreshToken"].as_str().unwrap());

    let anybody = house.anybody();
    let guess = anybody.post("/user/login", json!({ "email": email, "password": wrong })).await;
    assert_eq!(code(guess, 401), "INVALID_PASSWORD");
    let renew = || anybody.post("/user/refresh", json!({ "refresh_token": refresh }));
    let renewed = renew().await.expect(200);
    assert_eq!(code(renew().await, 401), "NO_AUTH_USER", "it was used before");
    let altered = format!("{access}x");
    assert_eq!(code(house.bearer(&altered).get("/subscriptions/my").await, 401), "NO_AUTH_USER");
    let forged = anybody.with("stripe-signature", "t=1,v1=5ec2e75ec2e7");
    let event = r#"{"id":"evt_private","data":{"object":{"email":"quiet@example.com"}}}"#;
    assert_eq!(code(forged.send(Method::POST, "/stripe/webhook", event).await, 400), "INVALID_SIGNATURE");
    house.merchant.app().store().clone().close().await;
    assert_eq!(code(house.bearer(access).get("/subscriptions/my").await, 500), "INTERNAL_ERROR");
    let again = anybody.post("/user/login", json!({ "email": email, "password": PASSWORD })).await;
    assert_eq!(code(again, 500), "INTERNAL_ERROR");

    let (_, signature) = access.rsplit_once('.').unwrap();
    let fresh = renewed["refreshToken"].as_str().unwrap();
    let secrets =
        [PASSWORD, wrong, signature, refresh, fresh, "evt_private", "quiet@example.com", "5ec2e75ec2e7"];
    for said in ["refused a Stripe webhook", "a refresh token was used twice", "a request failed"] {
        log.says_without(said, &secrets);
    }
}
