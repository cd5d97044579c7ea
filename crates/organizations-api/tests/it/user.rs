//! `POST /user/login`, `/user/refresh`, `/user/logout`.

use jiff::SignedDuration;
use perennial_core::organizations::{
    self, Credentials, LoginError, NewMember, create_member, set_active, set_password,
};
use perennial_domain::{Email, MemberRole};
use perennial_testkit::Answer;
use secrecy::SecretString;
use serde_json::{Value, json};

use crate::house::{House, PASSWORD, code};

async fn log_in(house: &House, email: &str, password: &str) -> Answer {
    house
        .anybody()
        .post("/user/login", json!({ "email": email, "password": password, "deviceInfo": {} }))
        .await
}

async fn refresh(house: &House, body: Value) -> Answer {
    house.anybody().post("/user/refresh", body).await
}

fn text(body: &Value, name: &str) -> String {
    body[name].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn a_member_logs_in_with_address_and_password() {
    let house = House::open().await;
    let tenant = house.tenant("harbour").await;
    let answer = log_in(&house, " Owner@Harbour.example ", PASSWORD).await.expect(200);
    assert_eq!(answer["success"], true);
    let expected = json!({
        "id": tenant.member.external_id, "email": "owner@harbour.example", "name": "Ada Quill",
        "orgId": "org-harbour", "orgRole": 255,
    });
    assert_eq!(answer["user"], expected);
    assert_eq!(answer["expiresAt"], 1_930_367_167_000_i64 + 60 * 60 * 1000);
    assert!(text(&answer, "tokenId").starts_with("tok_"));
    house.bearer(&text(&answer, "accessToken")).get("/subscriptions/my").await.expect(200);
}

#[tokio::test]
async fn each_reason_not_to_let_somebody_in_has_its_code() {
    let house = House::open().await;
    let tenant = house.tenant("harbour").await;
    let (app, project) = (house.merchant.app(), house.merchant.project());
    let email = "owner@harbour.example";
    assert_eq!(code(log_in(&house, "nobody@harbour.example", PASSWORD).await, 401), "USER_NOT_FOUND");
    assert_eq!(code(log_in(&house, email, "correct horse batterz").await, 401), "INVALID_PASSWORD");
    let new = NewMember {
        external_id: None,
        organization: Some(tenant.organization.id),
        email: Email::parse("sso@harbour.example").unwrap(),
        full_name: "Sso".to_owned(),
        role: MemberRole::User,
    };
    app.write(move |cx, tx| create_member(cx, tx, project, &new)).await.unwrap();
    assert_eq!(code(log_in(&house, "sso@harbour.example", PASSWORD).await, 401), "NO_PASSWORD_SET");
    let id = tenant.member.id;
    app.write(move |cx, tx| set_active(cx, tx, project, id, false)).await.unwrap();
    assert_eq!(code(log_in(&house, email, PASSWORD).await, 401), "USER_INACTIVE");
    assert_eq!(
        code(log_in(&house, email, "wrong password").await, 401),
        "INVALID_PASSWORD",
        "told to nobody else"
    );
    assert_eq!(code(tenant.api.get("/subscriptions/my").await, 401), "NO_AUTH_USER");
    for body in [json!({}), json!({ "email": email }), json!({ "email": 7, "password": PASSWORD })] {
        assert_eq!(code(house.anybody().post("/user/login", body).await, 400), "INVALID_REQUEST");
    }
}

#[tokio::test]
async fn a_refresh_token_is_used_once_and_replaced_by_the_next() {
    let house = House::open().await;
    house.tenant("harbour").await;
    let first = house.log_in("owner@harbour.example").await;
    house.merchant.test.clock().advance(SignedDuration::from_hours(2));
    let second = refresh(&house, json!({ "refreshToken": first["refreshToken"] })).await.expect(200);
    assert_eq!(second["token"], second["accessToken"]);
    assert_ne!(second["refreshToken"], first["refreshToken"]);
    house.bearer(&text(&second, "token")).get("/subscriptions/my").await.expect(200);
    let third = refresh(&house, json!({ "refresh_token": second["refreshToken"] })).await.expect(200);
    assert_eq!(third["success"], true);
    let both = json!({ "refreshToken": third["refreshToken"], "refresh_token": third["refreshToken"] });
    refresh(&house, both).await.expect(200);
    assert_eq!(code(refresh(&house, json!({})).await, 400), "INVALID_REQUEST");
}

#[tokio::test]
async fn a_token_that_comes_back_ends_the_log_in_for_both_who_hold_it() {
    let house = House::open().await;
    house.tenant("harbour").await;
    let stolen = house.log_in("owner@harbour.example").await["refreshToken"].clone();
    let elsewhere = house.log_in("owner@harbour.example").await["refreshToken"].clone();
    let thief = refresh(&house, json!({ "refreshToken": stolen })).await.expect(200);
    assert_eq!(code(refresh(&house, json!({ "refreshToken": stolen })).await, 401), "NO_AUTH_USER");
    assert_eq!(
        code(refresh(&house, json!({ "refreshToken": thief["refreshToken"] })).await, 401),
        "NO_AUTH_USER"
    );
    refresh(&house, json!({ "refreshToken": elsewhere })).await.expect(200);
}

#[tokio::test]
async fn two_refreshes_at_once_give_one_token_at_the_most() {
    let house = House::open().await;
    house.tenant("harbour").await;
    let token = house.log_in("owner@harbour.example").await["refreshToken"].clone();
    let body = json!({ "refreshToken": token });
    let (left, right) = tokio::join!(refresh(&house, body.clone()), refresh(&house, body));
    let good = [&left, &right].iter().filter(|answer| answer.status.is_success()).count();
    assert_eq!(good, 1);
}

#[tokio::test]
async fn a_log_in_that_is_under_way_ends_with_the_password_that_it_began_with() {
    let house = House::open().await;
    let tenant = house.tenant("harbour").await;
    let (app, project) = (house.merchant.app(), house.merchant.project());
    let credentials = Credentials {
        email: "owner@harbour.example".to_owned(),
        password: SecretString::from(PASSWORD),
        from: None,
    };
    let mut entering =
        Box::pin(organizations::log_in(app, project, credentials, SignedDuration::from_hours(1)));
    // It asks for the hash of the old password, and hears nothing before the new one is kept.
    assert!(futures::poll!(entering.as_mut()).is_pending());
    let new = SecretString::from("another horse battery");
    set_password(app, project, tenant.member.id, new).await.unwrap();
    assert!(matches!(entering.await, Err(LoginError::WrongPassword)));
    log_in(&house, "owner@harbour.example", "another horse battery").await.expect(200);
}

#[tokio::test]
async fn a_log_in_ends_by_itself_by_logging_out_and_by_a_new_password() {
    let house = House::open().await;
    let tenant = house.tenant("harbour").await;
    let token = || async { house.log_in("owner@harbour.example").await["refreshToken"].clone() };
    let refused = async |token: Value| code(refresh(&house, json!({ "refreshToken": token })).await, 401);

    let left = token().await;
    house.anybody().post("/user/logout", json!({ "refresh_token": left })).await.expect(200);
    assert_eq!(refused(left).await, "NO_AUTH_USER");
    house.anybody().post("/user/logout", json!({ "refresh_token": "rt_unknown" })).await.expect(200);

    let before = token().await;
    let (project, id) = (house.merchant.project(), tenant.member.id);
    set_password(house.merchant.app(), project, id, SecretString::from(PASSWORD)).await.unwrap();
    assert_eq!(refused(before).await, "NO_AUTH_USER");

    let forgotten = token().await;
    house.merchant.test.clock().advance(SignedDuration::from_hours(24 * 30));
    assert_eq!(refused(forgotten).await, "NO_AUTH_USER");
    assert_eq!(refused(json!("rt_unknown")).await, "NO_AUTH_USER");
}

/// Whom a wrong password for this address from there is told, and when to try again.
async fn guess(house: &House, email: &str, from: &str) -> (String, Option<String>) {
    let body = json!({ "email": email, "password": "a guess" });
    let answer = house.anybody().with("x-forwarded-for", from).post("/user/login", body).await;
    let wait = answer.headers.get("retry-after").map(|wait| wait.to_str().unwrap().to_owned());
    let status = answer.status.as_u16();
    (code(answer, status), wait)
}

#[tokio::test]
async fn a_password_is_guessed_at_ten_times_in_a_quarter_of_an_hour() {
    let house = House::open().await;
    house.tenant("harbour").await;
    let email = "owner@harbour.example";
    let pass = async |minutes| house.merchant.test.clock().advance(SignedDuration::from_mins(minutes));
    for network in 0..10 {
        assert_eq!(guess(&house, email, &format!("203.0.113.{network}")).await.0, "INVALID_PASSWORD");
        pass(1).await;
    }
    let refused = ("RATE_LIMITED".to_owned(), Some("301".to_owned()));
    assert_eq!(guess(&house, "Owner@Harbour.example", "198.51.100.1").await, refused);
    let answer = log_in(&house, email, PASSWORD).await;
    assert_eq!(answer.status.as_u16(), 429, "the right password is not looked at either");
    assert_eq!(guess(&house, "nobody@harbour.example", "198.51.100.1").await.0, "USER_NOT_FOUND");

    pass(5).await;
    log_in(&house, email, PASSWORD).await.expect(200);
    assert_eq!(guess(&house, email, "198.51.100.1").await.0, "INVALID_PASSWORD", "the first is old");
    assert_eq!(guess(&house, email, "198.51.100.1").await.0, "RATE_LIMITED", "the second is not");
}

#[tokio::test]
async fn who_is_not_a_member_is_asked_about_as_seldom() {
    let house = House::open().await;
    for _ in 0..10 {
        assert_eq!(guess(&house, "nobody@harbour.example", "203.0.113.9").await.0, "USER_NOT_FOUND");
    }
    assert_eq!(guess(&house, "nobody@harbour.example", "203.0.113.9").await.0, "RATE_LIMITED");
}

#[tokio::test]
async fn logging_in_with_the_right_password_is_never_too_often() {
    let house = House::open().await;
    house.tenant("harbour").await;
    for _ in 0..11 {
        house.log_in("owner@harbour.example").await;
    }
}

#[tokio::test]
async fn a_network_that_tries_many_addresses_has_to_wait_and_others_have_not() {
    let house = House::open().await;
    house.tenant("harbour").await;
    for number in 0..100 {
        // What stands before the proxy's own word is anybody's invention.
        let from = format!("192.0.2.{number}, 203.0.113.9");
        assert_eq!(guess(&house, &format!("{number}@harbour.example"), &from).await.0, "USER_NOT_FOUND");
    }
    let email = "owner@harbour.example";
    let refused = ("RATE_LIMITED".to_owned(), Some("901".to_owned()));
    assert_eq!(guess(&house, email, "203.0.113.9").await, refused);
    assert_eq!(guess(&house, email, "203.0.113.10").await.0, "INVALID_PASSWORD");
    log_in(&house, email, PASSWORD).await.expect(200);
}

#[tokio::test]
async fn guesses_that_come_at_once_are_counted_one_by_one() {
    let house = House::open().await;
    house.tenant("harbour").await;
    let guesses = (0..14).map(|_| guess(&house, "owner@harbour.example", "203.0.113.9"));
    let told = futures::future::join_all(guesses).await;
    assert_eq!(told.iter().filter(|(code, _)| code == "INVALID_PASSWORD").count(), 10);
}
