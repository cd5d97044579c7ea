use http::Method;
use serde_json::json;

use crate::door::Door;

#[tokio::test]
async fn all_spellings_find_the_same_user() {
    let door = Door::open().await;
    let user = door.customer("ada+phone@example.com").await;
    let by_body =
        door.api.post("/projects/p/users/search", json!({ "email": " ADA+phone@example.com " })).await;
    let query = "/projects/p/users/search?email=ada%2Bphone@example.com";
    let by_post_query = door.api.send(Method::POST, query, "").await;
    let by_get_query = door.api.get(query).await;
    for answer in [by_body, by_post_query, by_get_query] {
        let found = answer.expect(200);
        assert_eq!(found["object"], "list");
        assert_eq!(found["items"][0]["id"], user.id.to_string());
    }
}

#[tokio::test]
async fn an_address_must_be_given_and_must_be_one() {
    let door = Door::open().await;
    for body in
        [json!({ "email": "" }), json!({ "email": "ada" }), json!({}), json!({ "mail": "ada@example.com" })]
    {
        let answer = door.api.post("/projects/p/users/search", body.clone()).await;
        assert_eq!(answer.expect_error(422).0, "invalid", "{body}");
    }
    for path in ["/projects/p/users/search", "/projects/p/users/search?email="] {
        assert_eq!(door.api.get(path).await.expect_error(422).0, "invalid", "{path}");
    }
    let empty = door.api.send(Method::POST, "/projects/p/users/search", "").await;
    assert_eq!(empty.expect_error(422).0, "invalid");
}
