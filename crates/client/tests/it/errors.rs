use std::error::Error as _;

use axum::http::StatusCode;
use perennial_client::{BuildError, Client, Error, ErrorKind, NewUser, PlanFilter};
use serde_json::json;

use crate::fake::{FakeApi, Reply, ok, refusal};
use crate::samples;

#[tokio::test]
async fn a_refusal_keeps_everything_the_api_said() {
    let envelope = json!({
        "object": "error", "type": "invalid", "code": "userAddressInvalid",
        "message": "The address is incomplete.", "hint": "Add the postal code.",
        "documentation": ["https://docs.example/addresses"],
        "details": [{ "object": "propertyErrorDetail", "code": "addressPropertyIncomplete",
                      "message": "Five digits.", "property": "postalCode", "suggestion": "10115" }]
    });
    let api = FakeApi::answering([Reply::Json(StatusCode::UNPROCESSABLE_ENTITY, envelope)]).await;

    let error = api.client().users().create(&NewUser::default()).await.unwrap_err();

    let Error::Api(refusal) = error else { panic!("{error:?}") };
    assert_eq!(refusal.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(refusal.kind, ErrorKind::Invalid);
    assert_eq!(refusal.code.as_deref(), Some("userAddressInvalid"));
    assert_eq!(refusal.hint.as_deref(), Some("Add the postal code."));
    assert_eq!(refusal.details[0].property, "postalCode");
    assert_eq!(refusal.details[0].suggestion.as_deref(), Some("10115"));
    assert_eq!(
        refusal.to_string(),
        "The address is incomplete. (invalid, HTTP status 422 Unprocessable Entity)"
    );
}

#[tokio::test]
async fn a_class_of_error_that_is_not_known_yet_can_be_read() {
    let reply = Reply::Json(StatusCode::PAYMENT_REQUIRED, refusal("paymentRequired", "The trial is over."));
    let api = FakeApi::answering([reply]).await;

    let error = api.client().plans().list(&PlanFilter::default()).await.unwrap_err();

    let Error::Api(refusal) = error else { panic!("{error:?}") };
    assert_eq!(refusal.kind, ErrorKind::Unknown("paymentRequired".into()));
}

#[tokio::test]
async fn a_proxys_error_page_is_reported_with_its_status() {
    let api = FakeApi::answering([Reply::Text(StatusCode::BAD_GATEWAY, "<h1>Bad gateway</h1>")]).await;

    let error = api.client().plans().list(&PlanFilter::default()).await.unwrap_err();

    assert!(matches!(error, Error::Unreadable { status: StatusCode::BAD_GATEWAY, .. }), "{error:?}");
}

#[tokio::test]
async fn an_unreadable_property_is_named() {
    let mut plan = samples::plan("pln_1");
    plan["price"]["amount"] = json!("a lot");
    let api = FakeApi::answering([ok(samples::list(&[plan]))]).await;

    let error = api.client().plans().list(&PlanFilter::default()).await.unwrap_err();

    let cause = error.source().expect("an unreadable answer has a cause").to_string();
    assert!(cause.starts_with("items[0].price.amount: "), "{cause}");
}

#[test]
fn a_client_refuses_what_cannot_work() {
    let build = |base_url, project, key: &str| Client::new(base_url, project, key).map(drop);

    assert!(matches!(build("127.0.0.1:8080", "demo", "key"), Err(BuildError::BaseUrl(_))));
    assert!(
        matches!(build("ftp://api.example", "demo", "key"), Err(BuildError::Scheme(scheme)) if scheme == "ftp")
    );
    assert!(matches!(build("https://api.example", "a/b", "key"), Err(BuildError::Project)));
    assert!(matches!(build("https://api.example", "", "key"), Err(BuildError::Project)));
    assert!(matches!(build("http://api.example", "demo", "line\nbreak"), Err(BuildError::ApiKey(_))));
}

#[test]
fn a_clients_debug_output_has_no_key() {
    let client = Client::new("http://127.0.0.1:8080/", "demo", "hush").unwrap();

    assert_eq!(format!("{client:?}"), r#"Client { root: "http://127.0.0.1:8080/projects/demo", .. }"#);
}
