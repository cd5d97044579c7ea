use serde_json::json;

use crate::door::Door;

#[tokio::test]
async fn absent_stays_null_clears_and_a_value_sets() {
    let door = Door::open().await;
    let body = json!({ "email": "ada@example.com", "fullName": "Ada", "birthday": "1990-02-03", "metadata": { "a": "1" } });
    let user = door.api.post("/projects/p/users", body).await.expect(201);
    let path = format!("/projects/p/users/{}", user["id"].as_str().unwrap());

    assert_eq!(door.api.patch(&path, json!({})).await.expect(200), user);
    let change = json!({ "birthday": null, "fullName": "Ada Quill", "metadata": { "a": null, "b": "" } });
    let patched = door.api.patch(&path, change).await.expect(200);
    assert_eq!(patched["fullName"], "Ada Quill");
    assert!(patched["birthday"].is_null());
    assert_eq!(patched["metadata"], json!({ "b": "" }));
    assert_eq!(patched["email"], "ada@example.com");
}

#[tokio::test]
async fn what_cannot_be_cleared_is_never_null() {
    let door = Door::open().await;
    let user = door.customer("ada@example.com").await;
    let path = format!("/projects/p/users/{}", user.id);
    for body in [json!({ "email": null }), json!({ "preferredLocale": null }), json!({ "metadata": null })] {
        assert_eq!(door.api.patch(&path, body.clone()).await.expect_error(422).0, "invalid", "{body}");
    }
}

#[tokio::test]
async fn a_new_address_is_unverified_and_the_same_one_is_not_new() {
    let door = Door::open().await;
    let customer = door.customer("ada@example.com").await;
    let project = door.app.project().id;
    let (id, path) = (customer.id, format!("/projects/p/users/{}", customer.id));
    door.app
        .write(move |_, tx| {
            let mut verified = customer.clone();
            verified.email_verified = true;
            tx.customers(project).update(&verified)
        })
        .await;
    let same = door.api.patch(&path, json!({ "email": "Ada@example.com" })).await.expect(200);
    assert_eq!(same["emailVerified"], true);
    let other = door.api.patch(&path, json!({ "email": "quill@example.com" })).await.expect(200);
    assert_eq!((&other["emailVerified"], &other["id"]), (&false.into(), &id.to_string().into()));
}

#[tokio::test]
async fn nobody_takes_the_address_of_another() {
    let door = Door::open().await;
    door.customer("ada@example.com").await;
    let bob = door.customer("bob@example.com").await;
    let path = format!("/projects/p/users/{}", bob.id);
    let answer = door.api.patch(&path, json!({ "email": "ADA@example.com" })).await;
    assert_eq!(answer.expect_error(422).1, "userAlreadyExists");
}
