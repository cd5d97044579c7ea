use axum::http::StatusCode;

use crate::browser::Browser;
use crate::fake_api::FakeApi;

#[tokio::test]
async fn the_page_may_call_the_api_and_frame_stripe_and_nothing_else() {
    let api = FakeApi::start().await;
    let shown = Browser::at(&api).open("/demo/organizations?session_id=cs_1").await;

    assert_eq!(shown.status, StatusCode::OK);
    let policy = shown.header("content-security-policy");
    let base_url = api.base_url.trim_end_matches('/');
    assert!(policy.contains(&format!("connect-src {base_url};")), "{policy}");
    assert!(policy.contains("script-src 'self' https://stripe.example; "), "{policy}");
    assert!(policy.contains("frame-src https://stripe.example; "), "{policy}");
    assert!(shown.html.contains(&format!(r#"data-api="{base_url}""#)), "{}", shown.html);
}

#[tokio::test]
async fn every_script_and_style_of_the_page_is_there() {
    let api = FakeApi::start().await;
    let mut browser = Browser::at(&api);
    for (file, content_type) in [
        ("organizations.css", "text/css; charset=utf-8"),
        ("organizations.js", "text/javascript; charset=utf-8"),
        ("organizations-view.js", "text/javascript; charset=utf-8"),
        ("perennial-sdk.js", "text/javascript; charset=utf-8"),
    ] {
        let shown = browser.open(&format!("/assets/{file}")).await;
        assert_eq!((shown.status, shown.header("content-type")), (StatusCode::OK, content_type), "{file}");
    }
}
