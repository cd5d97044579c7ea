use axum::http::StatusCode;
use serde_json::json;

use crate::browser::Browser;
use crate::fake_api::FakeApi;
use crate::samples;

#[tokio::test]
async fn an_address_with_unusual_characters_survives_the_cookie() {
    let api = FakeApi::start().await.on("POST /users/search", samples::list(&[]));
    let email = r#"ada+phones;"x"&ü=%41@shop.example"#;
    let mut browser = Browser::at(&api).logged_in_as(email).await;

    browser.open("/phone-plans").await;

    assert_eq!(api.body_of("POST /users/search"), json!({ "email": email }));
}

#[tokio::test]
async fn what_cannot_be_an_address_is_asked_for_again_and_kept() {
    let api = FakeApi::start().await;

    for typed in ["", "ada", "@shop.example", "ada@", "ada lovelace@shop.example"] {
        let shown = Browser::at(&api).submit("/log-in", &[("email", typed)]).await;

        assert_eq!(shown.status, StatusCode::UNPROCESSABLE_ENTITY, "{typed:?}");
        assert!(shown.html.contains("Enter your e-mail address"), "{typed:?}");
        assert!(shown.html.contains(&format!(r#"value="{typed}""#)), "{typed:?}");
        assert_eq!(shown.header("set-cookie"), "", "{typed:?}");
    }
}

#[tokio::test]
async fn the_cookie_is_kept_from_scripts_and_from_other_sites() {
    let api = FakeApi::start().await;
    let address = [("email", "ada@shop.example")];

    let plain = Browser::at_shop(&api.base_url, "http://127.0.0.1:3000").submit("/log-in", &address).await;
    let secure = Browser::at_shop(&api.base_url, "https://shop.example").submit("/log-in", &address).await;

    let expected = "kestrel_email=ada%40shop.example; Path=/; HttpOnly; SameSite=Lax";
    assert_eq!(plain.header("set-cookie"), expected);
    assert_eq!(secure.header("set-cookie"), format!("{expected}; Secure"));
}

#[tokio::test]
async fn after_logging_out_the_plans_are_closed_again() {
    let api = FakeApi::start().await.on("POST /users/search", samples::list(&[]));
    let mut browser = Browser::at(&api).logged_in_as("ada@shop.example").await;
    assert!(browser.open("/phone-plans").await.html.contains("ada@shop.example"));

    assert_eq!(browser.submit("/log-out", &[]).await.redirect(), "/");

    assert_eq!(browser.open("/phone-plans").await.redirect(), "/log-in");
}
