use serde_json::{Value, json};

use crate::browser::{Browser, Shown};
use crate::fake_api::FakeApi;
use crate::samples;

async fn api() -> FakeApi {
    FakeApi::start().await.on("POST /users/search", samples::list(&[]))
}

async fn api_remembering(intent: &Value) -> FakeApi {
    api().await.on("GET /connectSessions/csn_1", samples::session(intent, None))
}

async fn returning_with(api: &FakeApi, query: &str) -> Shown {
    let mut browser = Browser::at(api).logged_in_as("ada@shop.example").await;
    browser.open(&format!("/phone-plans?{query}")).await
}

#[tokio::test]
async fn a_success_is_told_in_words_for_what_the_visit_was_for() {
    let on_subscription = |name: &str| json!({ "type": name, name: { "subscription": "sub_1" } });
    let cases = [
        (
            json!({ "type": "checkoutNewSubscription", "checkoutNewSubscription": { "plan": "pln_1" } }),
            "Subscription successfully added!",
        ),
        (
            json!({ "type": "checkoutAddon", "checkoutAddon": { "subscription": "sub_1", "addons": ["add_1"] } }),
            "Addon successfully added to subscription!",
        ),
        (on_subscription("changeSubscription"), "Subscription successfully changed!"),
        (on_subscription("cancelSubscription"), "Subscription successfully cancelled!"),
        (on_subscription("resumeSubscription"), "Subscription successfully resumed!"),
        (json!({ "type": "updatePaymentMethod" }), "Card successfully changed!"),
        (on_subscription("viewSubscription"), "Operation successfully completed"),
        (json!({ "type": "somethingNew" }), "Operation successfully completed"),
    ];

    for (intent, message) in cases {
        let api = api_remembering(&intent).await;

        let shown = returning_with(&api, "session_id=csn_1&status=success").await;

        assert_eq!(shown.alert(), Some(("status", message)), "{intent}");
    }
}

#[tokio::test]
async fn a_failure_is_an_error_that_names_its_status() {
    let api = api().await;

    for status in ["user_aborted", "auth_expired", "bad_configuration"] {
        let shown = returning_with(&api, &format!("session_id=csn_1&status={status}")).await;

        assert_eq!(shown.alert(), Some(("alert", format!("An error occurred: {status}").as_str())));
    }
}

#[tokio::test]
async fn a_status_with_markup_is_only_text() {
    let shown = returning_with(&api().await, "session_id=csn_1&status=%3Cscript%3E").await;

    assert!(!shown.html.contains("<script"));
    assert!(shown.alert().unwrap().1.starts_with("An error occurred: "));
}

#[tokio::test]
async fn a_success_stays_one_when_its_session_cannot_be_read() {
    let shown = returning_with(&api().await, "session_id=csn_1&status=success").await;

    assert_eq!(shown.alert(), Some(("status", "Operation successfully completed")));
}

#[tokio::test]
async fn text_that_is_no_session_id_never_reaches_the_api() {
    let api = api().await;

    returning_with(&api, "session_id=..%2Fusers&status=success").await;

    assert!(api.asked().iter().all(|asked| asked.what == "POST /users/search"), "{:?}", api.asked());
}

#[tokio::test]
async fn who_just_visits_sees_no_message() {
    assert_eq!(returning_with(&api().await, "status=success").await.alert(), None);
}
