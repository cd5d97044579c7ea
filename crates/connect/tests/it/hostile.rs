//! What no page of ours ever sends: it is answered by a page, and changes nothing.

use axum::Router;
use axum::body::Body;
use http::{Method, Request, StatusCode, header};
use http_body_util::BodyExt;
use perennial_domain::Intent;
use perennial_testkit::{Browser, Merchant};
use tower::ServiceExt;

use crate::guest::{Guest, routes};

/// Sends a request that is no form of ours; answers the status and the body.
async fn send(routes: Router, request: Request<Body>) -> (StatusCode, String) {
    let response = routes.oneshot(request).await.unwrap();
    let status = response.status();
    let body = response.into_body().collect().await.unwrap().to_bytes();
    (status, String::from_utf8(body.to_vec()).unwrap())
}

#[tokio::test]
async fn a_scanner_that_looks_at_a_link_leaves_it_to_the_customer() {
    let merchant = Merchant::new().await;
    let guest = Guest::invited_to(&merchant, "line").await;

    let look = Request::head(&guest.link).body(Body::empty()).unwrap();
    let (status, body) = send(routes(&merchant), look).await;
    assert_eq!((status, body.as_str()), (StatusCode::OK, ""));

    let entered = Browser::new(routes(&merchant)).get(&guest.link).await;
    assert_eq!(entered.leads_to().unwrap(), format!("/checkout/{}", guest.session));
}

#[tokio::test]
async fn addresses_that_lead_nowhere_get_a_page() {
    let merchant = Merchant::new().await;
    let guest = Guest::invited_to(&merchant, "line").await;
    let mut browser = Browser::new(routes(&merchant));
    let step = browser.follow(&guest.link).await;
    for path in [
        "/checkout",
        "/portal",
        "/checkout/a/b/c",
        "/portal/a/nothing",
        "/checkout/entry?session=a&session=b",
        "/checkout/%FF/sim",
        &format!("/checkout/{}/confirming?attempt=x", guest.session),
        &format!("{}-or-other", step.path()),
    ] {
        let shown = browser.get(path).await;
        assert_eq!(shown.status, StatusCode::NOT_FOUND, "{path}");
        assert!(shown.html.starts_with("<!doctype html>"), "{path}: {}", shown.html);
    }
}

#[tokio::test]
async fn a_method_that_an_address_does_not_have_gets_a_page() {
    let merchant = Merchant::new().await;
    for (method, path) in [
        (Method::POST, "/checkout/entry"),
        (Method::DELETE, "/portal/a"),
        (Method::GET, "/checkout/a/leave/"),
    ] {
        let request = Request::builder().method(method.clone()).uri(path).body(Body::empty()).unwrap();
        let (status, body) = send(routes(&merchant), request).await;
        assert_eq!(status, StatusCode::NOT_FOUND, "{method} {path}");
        assert!(body.starts_with("<!doctype html>"), "{method} {path}: {body}");
    }
}

#[tokio::test]
async fn a_form_that_cannot_be_read_gets_a_page_and_changes_nothing() {
    let merchant = Merchant::new().await;
    let guest = Guest::invited_to(&merchant, "line").await;
    let mut browser = Browser::new(routes(&merchant));
    let step = browser.follow(&guest.link).await;
    let (name, key) = browser.cookies().iter().next().unwrap();
    let cookie = format!("{name}={key}");
    let leave = format!("/checkout/{}/leave", guest.session);
    for (path, content_type, body) in [
        (step.path(), "application/json", "{}"),
        (step.path(), "application/x-www-form-urlencoded", "sim_choice=%FF%FE&=&%"),
        (&leave, "text/plain", "form_token=1"),
        (&leave, "application/x-www-form-urlencoded", "form_token=1&form_token=2"),
    ] {
        let request = Request::post(path)
            .header(header::COOKIE, &cookie)
            .header(header::CONTENT_TYPE, content_type)
            .body(Body::from(body))
            .unwrap();
        let (status, html) = send(routes(&merchant), request).await;
        assert_eq!(status, StatusCode::CONFLICT, "{path} {content_type}");
        assert!(html.starts_with("<!doctype html>"), "{path} {content_type}: {html}");
    }
    assert_eq!(browser.follow(&guest.link).await.path(), step.path());
}

#[tokio::test]
async fn no_form_takes_what_another_page_sends_in_its_name() {
    let (merchant, subscription) = Merchant::with_subscriber("line").await;
    let (large, intent) = (merchant.product("line-large").await, Intent::ViewSubscription(subscription.id));
    let guest = Guest::with(&merchant, subscription.customer_id, intent).await;
    let mut browser = Browser::new(routes(&merchant));
    browser.follow(&guest.link).await;
    let (visit, own) = (format!("/portal/{}", guest.session), format!("subscriptions/{}", subscription.id));
    for (form, action) in [
        (format!("{visit}/{own}"), "cancel"),
        (format!("{visit}/{own}/cancel"), "cancel"),
        (format!("{visit}/{own}/resume"), "resume"),
        (format!("{visit}/{own}/change"), "continue"),
        (format!("{visit}/{own}/change/{}", large.id), "confirm"),
        (format!("{visit}/card"), "use_another"),
        (format!("{visit}/name"), "save"),
        (format!("{visit}/address"), "save"),
        (format!("{visit}/leave"), "leave"),
    ] {
        for form_token in ["", "0123456789abcdef0123456789abcdef"] {
            let fields = [("form_token", form_token), ("action", action), ("full_name", "Eve")];
            let refused = browser.post(&form, &fields).await;
            assert_eq!(refused.status, StatusCode::CONFLICT, "{form}");
            assert!(refused.html.starts_with("<!doctype html>"), "{form}: {}", refused.html);
        }
    }
    let now = merchant.only_subscription().await;
    assert_eq!((now.product_id, now.canceled_at), (subscription.product_id, None));
}
