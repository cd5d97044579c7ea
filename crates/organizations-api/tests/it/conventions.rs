//! What holds for every route: both spellings, envelopes, the order of refusals, browsers of other origins.

use axum::body::Body;
use http::Method;
use perennial_core::change::Change;
use perennial_core::organizations::{MemberPatch, change_member};
use perennial_domain::{MemberRole, OrganizationSettings};
use perennial_testkit::{Answer, Caller};
use serde_json::Value;

use crate::house::{FRONTEND, House, code};

/// Every route with a bearer: its method and its path below the prefix.
const BEARER: [(&str, &str); 8] = [
    ("GET", "/my"),
    ("POST", "/buy"),
    ("GET", "/checkout-session/cs_1"),
    ("POST", "/portal"),
    ("GET", "/payments"),
    ("GET", "/pending-payment"),
    ("DELETE", "/pending-payment"),
    ("POST", "/cancel"),
];

async fn send(caller: &Caller, method: &str, path: &str) -> perennial_testkit::Answer {
    caller.send(method.parse::<Method>().unwrap(), path, Body::empty()).await
}

#[tokio::test]
async fn every_spelling_is_the_same_place() {
    let house = House::open().await;
    let tenant = house.tenant("harbour").await;
    for (method, path) in BEARER {
        let plural = send(&tenant.api, method, &format!("/subscriptions{path}")).await;
        for spelling in ["/subscription", "//subscriptions", "/organizations/p/subscription"] {
            let other = send(&tenant.api, method, &format!("{spelling}{path}/")).await;
            assert_eq!(other.status, plural.status, "{method} {spelling}{path}");
            if path != "/portal" {
                assert_eq!(other.body, plural.body, "{method} {spelling}{path}");
            }
        }
    }
    let list = house.anybody().get("/subscriptions").await.expect(200);
    for spelling in ["/subscription", "//subscriptions", "/subscriptions/", "/organizations/p/subscriptions"]
    {
        assert_eq!(house.anybody().get(spelling).await.expect(200), list, "{spelling}");
    }
}

#[tokio::test]
async fn who_they_are_comes_first_then_whether_they_are_there_then_for_whom() {
    let house = House::open().await;
    let alone = house.member(None, "alone@nowhere.example", MemberRole::Owner).await;
    let alone = house.log_in(alone.email.as_str()).await;
    let alone = house.bearer(alone["accessToken"].as_str().unwrap());
    let ghost = house.bearer(&crate::tokens::ours(&house, "nobody-knows-them").await);
    for (method, path) in BEARER {
        let path = format!("/subscriptions{path}");
        assert_eq!(code(send(&house.anybody(), method, &path).await, 401), "NO_AUTH_USER", "{path}");
        assert_eq!(code(send(&ghost, method, &path).await, 404), "USER_NOT_FOUND", "{path}");
        assert_eq!(code(send(&alone, method, &path).await, 400), "NO_ORGANIZATION", "{path}");
    }
}

#[tokio::test]
async fn roles_are_asked_for_where_the_operator_wants_them() {
    let house = House::open().await;
    let owner = house.tenant("harbour").await;
    let user = house.colleague(&owner.organization, "user@harbour.example", MemberRole::User).await;
    let billing = house.colleague(&owner.organization, "billing@harbour.example", MemberRole::Billing).await;
    let changing =
        [("POST", "/buy"), ("POST", "/portal"), ("DELETE", "/pending-payment"), ("POST", "/cancel")];
    for (method, path) in changing {
        let path = format!("/subscriptions{path}");
        assert_ne!(send(&user.api, method, &path).await.status.as_u16(), 403, "{path}: off by default");
    }
    let settings = OrganizationSettings {
        require_billing_role: true,
        ..OrganizationSettings::new("workspace", FRONTEND.parse().unwrap())
    };
    house.set(settings).await;
    for (method, path) in changing {
        let path = format!("/subscriptions{path}");
        assert_eq!(code(send(&user.api, method, &path).await, 403), "INSUFFICIENT_PERMISSIONS", "{path}");
        for caller in [&owner.api, &billing.api] {
            assert_ne!(send(caller, method, &path).await.status.as_u16(), 403, "{path}");
        }
    }
    user.api.get("/subscriptions/my").await.expect(200);
}

#[tokio::test]
async fn what_a_member_may_do_is_what_the_operator_said_last() {
    let house = House::with(|settings| settings.require_billing_role = true).await;
    let owner = house.tenant("harbour").await;
    owner.subscribe(&house, "Harbor", "MONTHLY").await;
    let other = house.organization("canal").await;
    let member = house.colleague(&owner.organization, "ada@harbour.example", MemberRole::User).await;
    let (project, id) = (house.merchant.project(), member.member.id);
    let becomes = async |patch: MemberPatch| {
        house.merchant.app().write(move |cx, tx| change_member(cx, tx, project, id, &patch)).await.unwrap();
    };
    let portal = async || send(&member.api, "POST", "/subscriptions/portal").await;
    assert_eq!(code(portal().await, 403), "INSUFFICIENT_PERMISSIONS");
    becomes(MemberPatch { role: Some(MemberRole::Billing), ..MemberPatch::default() }).await;
    portal().await.expect(200);
    becomes(MemberPatch { role: Some(MemberRole::User), ..MemberPatch::default() }).await;
    assert_eq!(code(portal().await, 403), "INSUFFICIENT_PERMISSIONS");

    assert_eq!(member.my().await["name"], "Harbor");
    becomes(MemberPatch { organization: Change::To(Some(other.id)), ..MemberPatch::default() }).await;
    assert_eq!(member.my().await, Value::Null, "the other organization has none");
    becomes(MemberPatch { organization: Change::To(None), ..MemberPatch::default() }).await;
    assert_eq!(code(member.api.get("/subscriptions/my").await, 400), "NO_ORGANIZATION");
}

#[tokio::test]
async fn wrong_methods_and_paths_are_answered_in_the_envelope() {
    let house = House::open().await;
    let anybody = house.anybody();
    assert_eq!(code(anybody.delete("/subscriptions").await, 405), "METHOD_NOT_ALLOWED");
    assert_eq!(code(anybody.get("/subscription/buy").await, 405), "METHOD_NOT_ALLOWED");
    for path in [
        "/subscriptions/none",
        "/subscription/my/own",
        "/user/none",
        "/organizations/p/none",
        "/organizations/q/subscriptions",
    ] {
        assert_eq!(code(anybody.get(path).await, 404), "NOT_FOUND", "{path}");
    }
}

#[tokio::test]
async fn a_project_without_settings_is_not_served() {
    let house = House::open().await;
    house.merchant.test.other_project("q").await;
    assert_eq!(code(house.anybody().get("/organizations/q/subscriptions").await, 404), "NOT_FOUND");
}

#[tokio::test]
async fn the_operators_own_pages_may_call_and_others_may_not() {
    let house =
        House::with(|settings| settings.cors_origins = vec!["https://admin.example".parse().unwrap()]).await;
    let allowed = |answer: &perennial_testkit::Answer| {
        answer.headers.get("access-control-allow-origin").map(|origin| origin.to_str().unwrap().to_owned())
    };
    for (origin, is_ours) in
        [(FRONTEND, true), ("https://admin.example", true), ("https://evil.example", false)]
    {
        let browser = house.anybody().with("origin", origin);
        let expected = is_ours.then(|| origin.to_owned());
        assert_eq!(allowed(&browser.get("/subscriptions").await), expected, "{origin}");
        assert_eq!(
            allowed(&browser.get("/subscriptions/my").await),
            expected,
            "a refusal can be read as well"
        );
        let preflight = browser.with("access-control-request-method", "POST");
        let answer = preflight.send(Method::OPTIONS, "/subscriptions/cancel", Body::empty()).await;
        assert_eq!((answer.status.as_u16(), allowed(&answer)), (204, expected), "{origin}");
        assert_eq!(answer.headers["access-control-allow-headers"], "Authorization, Content-Type");
        assert_eq!(answer.headers["access-control-allow-methods"], "GET, POST, DELETE, OPTIONS");
    }
}

#[tokio::test]
async fn every_good_answer_says_so_and_in_which_letters() {
    let house = House::open().await;
    let tenant = house.tenant("harbour").await;
    let good = |answer: Answer, what: &str| {
        assert_eq!(answer.headers["content-type"], "application/json; charset=utf-8", "{what}");
        let body = answer.expect(200);
        assert_eq!(body["success"], true, "{what}");
        body
    };
    let bought = good(tenant.buy(&house, "Harbor", "MONTHLY").await, "buy");
    for path in ["", "/my", "/payments", "/pending-payment"] {
        good(tenant.api.get(&format!("/subscriptions{path}")).await, path);
    }
    let session = bought["sessionId"].as_str().unwrap();
    good(tenant.api.get(&format!("/subscriptions/checkout-session/{session}")).await, "status");
    good(tenant.api.delete("/subscriptions/pending-payment").await, "withdraw");
    good(tenant.api.post("/subscriptions/portal", Value::Null).await, "portal");
    tenant.subscribe(&house, "Harbor", "MONTHLY").await;
    good(send(&tenant.api, "POST", "/subscriptions/cancel").await, "cancel");
    let document = house.anybody().get("/openapi/organizations.json").await;
    assert_eq!(document.headers["content-type"], "application/json; charset=utf-8");
}
