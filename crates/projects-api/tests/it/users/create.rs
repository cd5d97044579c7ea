use serde_json::json;

use crate::door::Door;

#[tokio::test]
async fn a_user_shows_every_property() {
    let door = Door::open().await;
    let body = json!({
        "email": "  Ada@Example.com ", "fullName": "Ada Quill", "birthday": "1990-02-03",
        "preferredLocale": "de-DE", "metadata": { "plan": "gold", "old": null },
    });
    let user = door.api.post("/projects/p/users", body).await.expect(201);
    assert_eq!(
        user,
        json!({
            "object": "user", "id": user["id"], "metadata": { "plan": "gold" }, "email": "Ada@Example.com",
            "emailVerified": false, "fullName": "Ada Quill", "birthday": "1990-02-03",
            "preferredLocale": "de-DE", "status": "active", "createdAt": "2031-03-04T05:06:07Z",
        })
    );
    let path = format!("/projects/p/users/{}", user["id"].as_str().unwrap());
    assert_eq!(door.api.get(&path).await.expect(200), user);
}

#[tokio::test]
async fn an_address_alone_is_enough_and_the_project_lends_its_language() {
    let door = Door::open().await;
    let user = door.api.post("/projects/p/users", json!({ "email": "ada@example.com" })).await.expect(201);
    assert_eq!(user["preferredLocale"], "en-US");
    assert!(user["fullName"].is_null() && user["birthday"].is_null());
}

#[tokio::test]
async fn an_address_is_taken_without_regard_to_case() {
    let door = Door::open().await;
    door.customer("ada@example.com").await;
    let answer = door.api.post("/projects/p/users", json!({ "email": "ADA@example.COM" })).await;
    assert_eq!(answer.expect_error(422), ("invalid".into(), "userAlreadyExists".into()));
}

#[tokio::test]
async fn what_nobody_can_be_is_refused() {
    let door = Door::open().await;
    let too_many =
        (0..11).map(|number| (format!("k{number}"), "v")).collect::<std::collections::BTreeMap<_, _>>();
    for (more, property) in [
        (json!({ "birthday": "2031-03-05" }), "birthday"),
        (json!({ "birthday": "1899-12-31" }), "birthday"),
        (json!({ "fullName": "" }), "fullName"),
        (json!({ "fullName": "Ada\r\nBcc: eve@example.com" }), "fullName"),
        (json!({ "preferredLocale": "en_US" }), "preferredLocale"),
        (json!({ "metadata": { "gigs.com/x": "1" } }), "metadata"),
        (json!({ "metadata": { "mood": "🙂" } }), "metadata"),
        (json!({ "metadata": too_many }), "metadata"),
    ] {
        let mut body = json!({ "email": "ada@example.com" });
        body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        let answer = door.api.post("/projects/p/users", body).await.expect(422);
        assert_eq!(answer["details"][0]["property"], property, "{more}");
    }
    let found = door.api.post("/projects/p/users/search", json!({ "email": "ada@example.com" })).await;
    assert_eq!(found.expect(200)["items"], json!([]), "a refused user was kept");
}
