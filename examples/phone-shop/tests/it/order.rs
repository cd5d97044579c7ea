use axum::http::StatusCode;
use serde_json::json;

use crate::browser::Browser;
use crate::fake_api::FakeApi;
use crate::samples;

#[tokio::test]
async fn the_plans_on_sale_are_offered_in_words() {
    let mut weekly = samples::plan("pln_2", "Swift Week");
    weekly["price"] = json!({ "amount": 0, "currency": "EUR" });
    weekly["validity"] = json!({ "type": "oneTime", "unit": "day", "value": 7, "minimumPeriods": 1 });
    let mut gift = samples::plan("pln_3", "Gift");
    gift["price"] = json!({ "amount": 0, "currency": "EUR" });
    let plans = [samples::plan("pln_1", "Heron 12"), weekly, gift];
    let api = FakeApi::start().await.on("GET /plans", samples::list(&plans));

    let shown = Browser::at(&api).open("/").await;

    assert_eq!(shown.status, StatusCode::OK);
    for text in ["Thanks for your order", "Heron 12", "12 GB data", "Unlimited minutes", "250 texts"] {
        assert!(shown.html.contains(text), "{text} in {}", shown.html);
    }
    assert!(shown.html.contains("<strong>€14.50</strong> a month"));
    assert!(shown.html.contains("<strong>Free</strong> once, for 7 days"));
    assert!(shown.html.contains("<strong>Free</strong> for as long as you keep it"));
    assert!(shown.html.contains(r#"name="plan" value="pln_2""#));
    assert_eq!(shown.alert(), None);
}

#[tokio::test]
async fn without_the_api_the_order_is_still_shown_and_the_problem_is_said() {
    let shown = Browser::at_shop(&nobody_listens(), "http://shop.example").open("/").await;

    assert_eq!(shown.status, StatusCode::BAD_GATEWAY);
    assert!(shown.html.contains("Thanks for your order"));
    let (role, message) = shown.alert().unwrap();
    assert_eq!(role, "alert");
    assert!(message.contains("You have not been charged"), "{message}");
}

/// An address on loopback that refuses connections.
fn nobody_listens() -> String {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    format!("http://{}", listener.local_addr().unwrap())
}

#[tokio::test]
async fn the_apis_own_message_is_shown() {
    let api = FakeApi::start().await.refusing("GET /plans", "The key has expired.");

    let shown = Browser::at(&api).open("/").await;

    assert_eq!(shown.alert(), Some(("alert", "The key has expired.")));
}

#[tokio::test]
async fn a_plan_name_with_markup_is_only_text() {
    let hostile = samples::plan("pln_1", "<script>alert(1)</script>");
    let api = FakeApi::start().await.on("GET /plans", samples::list(&[hostile]));

    let shown = Browser::at(&api).open("/").await;

    assert!(!shown.html.contains("<script"));
}

#[tokio::test]
async fn every_answer_forbids_scripts_frames_and_shared_caches() {
    let api = FakeApi::start().await.on("GET /plans", samples::list(&[]));
    let mut browser = Browser::at(&api);

    for path in ["/", "/log-in", "/phone-plans", "/nowhere"] {
        let shown = browser.open(path).await;
        let policy = shown.header("content-security-policy");
        assert!(policy.contains("default-src 'none'") && policy.contains("frame-ancestors 'none'"), "{path}");
        assert!(!policy.contains("unsafe"), "{path}: {policy}");
        assert_eq!(shown.header("cache-control"), "no-store", "{path}");
    }
    assert!(browser.open("/assets/shop.css").await.header("cache-control").contains("max-age"));
}

#[tokio::test]
async fn an_unknown_address_has_a_page_of_its_own() {
    let api = FakeApi::start().await;

    let shown = Browser::at(&api).open("/nowhere").await;

    assert_eq!(shown.status, StatusCode::NOT_FOUND);
    assert!(shown.html.contains("Page not found"));
}
