//! contracts/projects-api.md §1.1, §1.3, §1.5 and §1.6: what holds for every path.

use http::Method;
use perennial_testkit::rows;
use serde_json::{Value, json};

use crate::door::Door;

#[tokio::test]
async fn what_is_not_json_is_malformed() {
    let door = Door::open().await;
    for text in ["", "{", "[1", "{'email': 1}", "{\"email\":\"ada@example.com\"} {}", "\u{0}"] {
        let answer = door.api.send(Method::POST, "/projects/p/users", text.to_owned()).await;
        assert_eq!(answer.expect_error(400).0, "malformed", "{text:?}");
    }
    let invalid_utf8 = b"{\"email\": \"\xff\"}".to_vec();
    let answer = door.api.send(Method::POST, "/projects/p/users", invalid_utf8).await;
    assert_eq!(answer.expect_error(400).0, "malformed");
}

#[tokio::test]
async fn what_does_not_fit_names_its_property() {
    let door = Door::open().await;
    for (body, property) in [
        (json!({}), "email"),
        (json!({ "email": 7 }), "email"),
        (json!({ "email": null }), "email"),
        (json!({ "email": "not an address" }), "email"),
        (json!({ "email": "ada@example.com", "nickname": "A" }), "nickname"),
        (json!({ "email": "ada@example.com", "birthday": "1990-02-30" }), "birthday"),
        (json!({ "email": "ada@example.com", "birthday": "19900203" }), "birthday"),
        (json!({ "email": "ada@example.com", "metadata": null }), "metadata"),
        (json!({ "email": "ada@example.com", "metadata": { "a": 1 } }), "metadata.a"),
        (json!({ "email": "ada@example.com", "fullName": ["Ada"] }), "fullName"),
    ] {
        let answer = door.api.post("/projects/p/users", body.clone()).await.expect(422);
        assert_eq!(answer["type"], "invalid", "{body}");
        assert_eq!(answer["details"][0]["property"], property, "{body}");
        assert_eq!(answer["details"][0]["object"], "propertyErrorDetail");
        assert_eq!(answer["details"][0]["suggestion"], Value::Null);
    }
    let answer = door.api.post("/projects/p/users", json!([])).await;
    assert_eq!(answer.expect_error(422).0, "invalid");
}

#[tokio::test]
async fn a_body_of_more_than_a_mebibyte_is_refused() {
    let door = Door::open().await;
    let body = json!({ "email": "ada@example.com", "fullName": "a".repeat(1 << 20) });
    assert_eq!(door.api.post("/projects/p/users", body).await.expect_error(413).0, "malformed");
}

#[tokio::test]
async fn parameters_that_nobody_knows_are_refused() {
    let door = Door::open().await;
    let customer = door.customer("ada@example.com").await;
    for path in [
        "/projects/p/plans?colour=red".to_owned(),
        "/projects/p/plans?provider=".to_owned(),
        "/projects/p/plans?status=active".to_owned(),
        "/projects/p/subscriptions?user=".to_owned(),
        "/projects/p/users?limit=201".to_owned(),
        "/projects/p/users?limit=1.5".to_owned(),
        "/projects/p/users?limit=1&limit=2".to_owned(),
        format!("/projects/p/users/{}?expand=addresses", customer.id),
        "/projects/p?x=1".to_owned(),
    ] {
        assert_eq!(door.api.get(&path).await.expect_error(422).0, "invalid", "{path}");
    }
    let path = "/projects/p/users?force=true";
    let answer = door.api.post(path, json!({ "email": "bob@example.com" })).await;
    assert_eq!(answer.expect_error(422).0, "invalid");
}

#[tokio::test]
async fn paths_and_methods_that_do_not_exist_are_the_same_404() {
    let door = Door::open().await;
    for path in [
        "/projects/p/nothing",
        "/projects/p/plans/x/y",
        "/projects/p/connectSessions",
        "/projects/p/plans/pln_0000000000000000000001",
        "/projects/p/plans/%2e%2e%2fusers",
        "/projects/p/users/usr%00",
        "/projects/p/users/a'--",
        "/nowhere",
    ] {
        assert_eq!(door.api.get(path).await.expect_error(404).0, "notFound", "{path}");
    }
    let long = format!("/projects/p/users/{}", "u".repeat(65));
    assert_eq!(door.api.get(&long).await.expect_error(404).0, "notFound");
    for method in [Method::DELETE, Method::PUT] {
        assert_eq!(door.api.send(method, "/projects/p/plans", "").await.expect_error(404).0, "notFound");
    }
}

#[tokio::test]
async fn what_the_contract_has_and_we_have_not_says_so() {
    let door = Door::open().await;
    for (method, path, why) in [
        (Method::POST, "/projects/p/networkAvailabilities/lookup", "does not offer"),
        (Method::GET, "/projects/p/subscriptionGroups", "does not offer"),
        (Method::PATCH, "/projects/p/plans/pln_1", "catalogue file"),
        (Method::POST, "/projects/p/addons/add_1/publish", "catalogue file"),
        (Method::GET, "/projects/p/portings/prt_1", "hosted pages"),
        (Method::GET, "/serviceProviders?limit=200", "hosted pages"),
        (Method::GET, "/projects/p/subscriptions/sub_1/usage", "networks measure"),
        (Method::GET, "/projects/p/invoices", "Payments API"),
        (Method::GET, "/projects/p/vouchers?code=SPRING", "Payments API"),
        (Method::POST, "/projects/p/vouchers", "Payments API"),
        (Method::POST, "/projects/p/vouchers/vch_1/retire", "Payments API"),
    ] {
        let answer = door.api.send(method, path, "").await;
        let message = answer.body["message"].as_str().unwrap_or_default().to_owned();
        assert_eq!(answer.expect_error(501).0, "notImplemented", "{path}");
        assert!(message.contains(why), "{path}: {message}");
        assert_eq!(door.api.without("authorization").get(path).await.expect_error(401).0, "unauthenticated");
    }
}

#[tokio::test]
async fn answers_are_never_stored_by_anybody() {
    let door = Door::open().await;
    for path in ["/projects/p/plans", "/projects/p/nothing"] {
        let answer = door.api.get(path).await;
        assert_eq!(answer.headers["cache-control"], "no-store", "{path}");
        assert_eq!(answer.headers["content-type"], "application/json", "{path}");
        assert!(answer.headers.contains_key("x-request-id"), "{path}");
    }
}

#[tokio::test]
async fn a_list_is_walked_both_ways_without_gap_or_repetition() {
    let door = Door::open().await;
    let emails = ["a@x.org", "b@x.org", "c@x.org", "d@x.org", "e@x.org"];
    let mut newest_first = Vec::new();
    for email in emails {
        newest_first.insert(0, door.customer(email).await.id.to_string());
    }
    // The clock stands still: all were made at the same moment.
    newest_first.sort();
    newest_first.reverse();

    let mut seen = Vec::new();
    let mut path = "/projects/p/users?limit=2".to_owned();
    loop {
        let page = door.api.get(&path).await.expect(200);
        assert_eq!(page["object"], "list");
        seen.extend(
            page["items"].as_array().unwrap().iter().map(|user| user["id"].as_str().unwrap().to_owned()),
        );
        let Some(after) = page["moreItemsAfter"].as_str() else { break };
        path = format!("/projects/p/users?limit=2&after={after}");
    }
    assert_eq!(seen, newest_first);

    let back =
        door.api.get(&format!("/projects/p/users?limit=2&before={}", newest_first[4])).await.expect(200);
    let ids = back["items"].as_array().unwrap().iter().map(|user| user["id"].clone()).collect::<Vec<_>>();
    assert_eq!(ids, newest_first[2..4]);
    assert_eq!(back["moreItemsBefore"], newest_first[2]);
    assert_eq!(back["moreItemsAfter"], newest_first[3]);
}

#[tokio::test]
async fn hostile_cursors_are_refused() {
    let door = Door::open().await;
    let customer = door.customer("ada@example.com").await;
    door.plan("heron", 1450, rows::monthly()).await;
    for query in [
        "after=usr_0000000000000000000001".to_owned(),
        "after=usr_0X3HMXXPN6eGUC5rb48FIRsl0K4V".to_owned(),
        "before=pln_0000000000000000000001".to_owned(),
        "after=' OR 1=1 --".replace(' ', "%20"),
        "after=%00".to_owned(),
        format!("after={}", "x".repeat(65)),
        format!("after={0}&before={0}", customer.id),
    ] {
        for list in ["users", "plans", "subscriptions", "sims"] {
            let path = format!("/projects/p/{list}?{query}");
            assert_eq!(door.api.get(&path).await.expect_error(422).0, "invalid", "{path}");
        }
    }
}

#[tokio::test]
async fn a_limit_of_zero_shows_nothing_and_leads_nowhere() {
    let door = Door::open().await;
    door.customer("ada@example.com").await;
    let page = door.api.get("/projects/p/users?limit=0").await.expect(200);
    assert_eq!(
        page,
        json!({ "object": "list", "items": [], "moreItemsAfter": null, "moreItemsBefore": null })
    );
}
