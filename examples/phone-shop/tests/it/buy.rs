use axum::http::StatusCode;
use serde_json::json;

use crate::browser::Browser;
use crate::fake_api::FakeApi;
use crate::samples;

const ENTRY: &str = "https://pay.example/checkout/entry?session=csn_1&token=hush";

async fn api(users: &[serde_json::Value]) -> FakeApi {
    let intent = json!({ "type": "checkoutNewSubscription", "checkoutNewSubscription": { "plan": "pln_1" } });
    FakeApi::start()
        .await
        .on("POST /users/search", samples::list(users))
        .on("POST /connectSessions", samples::session(&intent, Some(ENTRY)))
}

#[tokio::test]
async fn a_known_customer_is_sent_to_check_out_as_the_user_they_are() {
    let api = api(&[samples::user("ada@shop.example")]).await;
    let mut browser = Browser::at(&api).logged_in_as("ada@shop.example").await;

    let shown = browser.submit("/buy", &[("plan", "pln_1")]).await;

    assert_eq!(shown.redirect(), ENTRY);
    assert_eq!(api.body_of("POST /users/search"), json!({ "email": "ada@shop.example" }));
    assert_eq!(
        api.body_of("POST /connectSessions"),
        json!({
            "callbackUrl": "http://shop.example/phone-plans",
            "intent": { "type": "checkoutNewSubscription", "checkoutNewSubscription": { "plan": "pln_1" } },
            "user": "usr_1"
        })
    );
}

#[tokio::test]
async fn a_new_customer_is_described_so_that_nothing_is_typed_twice() {
    let api = api(&[]).await;
    let mut browser = Browser::at(&api).logged_in_as("new@shop.example").await;

    let shown = browser.submit("/buy", &[("plan", "pln_1")]).await;

    assert_eq!(shown.redirect(), ENTRY);
    let sent = api.body_of("POST /connectSessions");
    assert_eq!(
        sent["userDetails"],
        json!({ "email": "new@shop.example", "fullName": "Robin Ellery", "birthday": "1990-05-17",
                "preferredLocale": "en-US" })
    );
    assert_eq!(sent.get("user"), None);
}

#[tokio::test]
async fn logging_in_on_the_way_goes_on_to_the_plan_that_was_chosen() {
    let api = api(&[]).await;
    let mut browser = Browser::at(&api);

    let shown = browser.submit("/buy", &[("plan", "pln_1")]).await;
    assert_eq!(shown.redirect(), "/log-in?plan=pln_1");
    let log_in = browser.open("/log-in?plan=pln_1").await;
    assert!(log_in.html.contains(r#"name="plan" value="pln_1""#));
    let shown = browser.submit("/log-in", &[("plan", "pln_1"), ("email", "new@shop.example")]).await;

    assert_eq!(shown.redirect(), ENTRY);
    assert_eq!(api.body_of("POST /connectSessions")["intent"]["checkoutNewSubscription"]["plan"], "pln_1");
}

#[tokio::test]
async fn a_refusal_is_shown_in_the_apis_words() {
    let api = api(&[]).await.refusing("POST /connectSessions", "There is no plan pln_gone.");
    let mut browser = Browser::at(&api).logged_in_as("new@shop.example").await;

    let shown = browser.submit("/buy", &[("plan", "pln_gone")]).await;

    assert_eq!(shown.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(shown.alert(), Some(("alert", "There is no plan pln_gone.")));
}

#[tokio::test]
async fn an_answer_without_a_url_is_a_page_and_not_a_blank() {
    let intent = json!({ "type": "viewSubscriptions" });
    let api = api(&[]).await.on("POST /connectSessions", samples::session(&intent, None));
    let mut browser = Browser::at(&api).logged_in_as("new@shop.example").await;

    let shown = browser.submit("/buy", &[("plan", "pln_1")]).await;

    assert_eq!(shown.status, StatusCode::BAD_GATEWAY);
    assert!(shown.alert().unwrap().1.contains("You have not been charged"));
}

#[tokio::test]
async fn text_that_is_no_plan_id_never_reaches_the_api() {
    let api = api(&[]).await;
    let mut browser = Browser::at(&api).logged_in_as("new@shop.example").await;

    let shown = browser.submit("/buy", &[("plan", "../users")]).await;

    assert_eq!(shown.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(api.asked().is_empty());
}
