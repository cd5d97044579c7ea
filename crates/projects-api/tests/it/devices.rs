//! contracts/projects-api.md §2.10, devices.

use serde_json::{Value, json};

use crate::door::Door;

const IMEI: &str = "001015010000005";
const OTHER_IMEI: &str = "490154203237518";

async fn record(door: &Door, body: Value) -> Value {
    door.api.post("/projects/p/devices", body).await.expect(201)
}

fn path(device: &Value) -> String {
    format!("/projects/p/devices/{}", device["id"].as_str().unwrap())
}

#[tokio::test]
async fn a_device_is_shown_whole() {
    let door = Door::open().await;
    let (ada, sim) = (door.customer("ada@example.com").await, door.esim(1).await);
    let body = json!({
        "imei": "00-101501-000000-5", "user": ada.id, "sims": [sim.id], "name": " Ada's phone ",
        "metadata": { "shelf": "4" },
    });
    let recorded = record(&door, body).await;
    let mut shown = door.api.get(&path(&recorded)).await.expect(200);
    assert_eq!(shown, recorded);

    assert_eq!(shown["user"].take()["email"], "ada@example.com");
    assert_eq!(shown["sims"].take()[0]["iccid"], sim.iccid.as_str());
    let model = shown["model"].take();
    assert_eq!((&model["object"], &model["name"]), (&json!("deviceModel"), &json!("iPhone 15")));
    assert_eq!(
        shown,
        json!({
            "object": "device", "id": recorded["id"], "metadata": { "shelf": "4" }, "imei": IMEI,
            "name": "Ada's phone", "model": null, "sims": null, "user": null,
            "createdAt": "2031-03-04T05:06:07Z",
        })
    );
    let found = door.api.post("/projects/p/devices/search", json!({ "imei": IMEI })).await.expect(200);
    assert_eq!(found["items"], json!([recorded]));
}

#[tokio::test]
async fn a_device_of_nobody_gets_an_owner_and_loses_it() {
    let door = Door::open().await;
    let ada = door.customer("ada@example.com").await;
    let device = record(&door, json!({ "imei": OTHER_IMEI })).await;
    assert_eq!(
        (&device["user"], &device["model"], &device["sims"]),
        (&Value::Null, &Value::Null, &json!([]))
    );
    let change = json!({ "user": ada.id, "name": "Watch" });
    let owned = door.api.patch(&path(&device), change).await.expect(200);
    assert_eq!((&owned["user"]["id"], &owned["name"]), (&json!(ada.id), &json!("Watch")));
    let cleared = door.api.patch(&path(&device), json!({ "user": null, "name": null })).await.expect(200);
    assert_eq!((&cleared["user"], &cleared["name"]), (&Value::Null, &Value::Null));
    assert_eq!(cleared["imei"], OTHER_IMEI);
}

#[tokio::test]
async fn an_imei_names_one_device_until_it_is_removed() {
    let door = Door::open().await;
    let device = record(&door, json!({ "imei": IMEI })).await;
    let taken = |answer: (String, String)| assert_eq!(answer.1, "deviceImeiAlreadyExists");
    taken(door.api.post("/projects/p/devices", json!({ "imei": IMEI })).await.expect_error(422));
    let other = record(&door, json!({ "imei": OTHER_IMEI })).await;
    taken(door.api.patch(&path(&other), json!({ "imei": IMEI })).await.expect_error(422));

    let removed = door.api.delete(&path(&device)).await.expect(200);
    assert_eq!(removed, device);
    door.api.get(&path(&device)).await.expect_error(404);
    door.api.delete(&path(&device)).await.expect_error(404);
    door.api.patch(&path(&device), json!({ "name": "Gone" })).await.expect_error(404);
    let moved = door.api.patch(&path(&other), json!({ "imei": IMEI })).await.expect(200);
    assert_eq!(moved["imei"], IMEI);
}

#[tokio::test]
async fn a_sim_is_in_one_device_at_a_time() {
    let door = Door::open().await;
    let (first, second) = (door.esim(1).await.id, door.esim(2).await.id);
    let phone = record(&door, json!({ "imei": IMEI, "sims": [first, second] })).await;
    let refused = door.api.post("/projects/p/devices", json!({ "imei": OTHER_IMEI, "sims": [second] })).await;
    assert_eq!(refused.expect_error(422).1, "deviceSimAlreadyUsed");

    let left = door.api.patch(&path(&phone), json!({ "sims": [first] })).await.expect(200);
    assert_eq!(left["sims"].as_array().unwrap().len(), 1);
    let watch = record(&door, json!({ "imei": OTHER_IMEI, "sims": [second] })).await;
    door.api.delete(&path(&watch)).await.expect(200);
    let back = door.api.patch(&path(&phone), json!({ "sims": [first, second] })).await.expect(200);
    assert_eq!(back["sims"].as_array().unwrap().len(), 2);
}

#[tokio::test]
async fn devices_are_listed_by_user_and_sim() {
    let door = Door::open().await;
    let (ada, sim, free) = (door.customer("ada@example.com").await, door.esim(1).await, door.esim(2).await);
    let hers = record(&door, json!({ "imei": IMEI, "user": ada.id, "sims": [sim.id] })).await;
    door.app.clock().advance(jiff::SignedDuration::from_secs(1));
    let nobodys = record(&door, json!({ "imei": OTHER_IMEI })).await;
    for (query, expected) in [
        (String::new(), json!([nobodys, hers])),
        (format!("user={}", ada.id), json!([hers])),
        (format!("sim={}", sim.id), json!([hers])),
        (format!("sim={}&user=usr_unknown", sim.id), json!([])),
        (format!("sim={}", free.id), json!([])),
    ] {
        let list = door.api.get(&format!("/projects/p/devices?{query}")).await.expect(200);
        assert_eq!(list["items"], expected, "{query}");
    }
    let page = door.api.get("/projects/p/devices?limit=1").await.expect(200);
    assert_eq!(page["moreItemsAfter"], nobodys["id"]);
}

#[tokio::test]
async fn what_cannot_be_is_refused_by_its_property() {
    let door = Door::open().await;
    let (ada, bo) = (door.customer("ada@example.com").await, door.customer("bo@example.com").await);
    let (sim, project) = (door.esim(1).await, door.app.project().id);
    let owner = bo.id;
    let mut bos = sim.clone();
    bos.customer_id = Some(owner);
    door.app.write(move |_, tx| tx.sims(project).update(&bos)).await;
    for (body, property) in [
        (json!({ "imei": "001015010000006" }), "imei"),
        (json!({ "imei": IMEI, "name": " " }), "name"),
        (json!({ "imei": IMEI, "user": "usr_unknown" }), "user"),
        (json!({ "imei": IMEI, "sims": ["sim_unknown"] }), "sims"),
        (json!({ "imei": IMEI, "sims": [sim.id, sim.id] }), "sims"),
        (json!({ "imei": IMEI, "user": ada.id, "sims": [sim.id] }), "sims"),
        (json!({ "imei": IMEI, "metadata": { "": "x" } }), "metadata"),
    ] {
        let refused = door.api.post("/projects/p/devices", body).await;
        assert_eq!(refused.body["details"][0]["property"], property);
        assert_eq!(refused.expect_error(422).0, "invalid");
    }
    assert_eq!(door.api.post("/projects/p/devices", json!({})).await.expect_error(422).0, "invalid");
    assert_eq!(door.api.get("/projects/p/devices").await.expect(200)["items"], json!([]));
}

#[tokio::test]
async fn devices_of_another_project_are_nobodys() {
    let door = Door::open().await;
    let device = record(&door, json!({ "imei": IMEI })).await;
    let (_, key) = door.app.other_project("q").await;
    let other = door.with_key(secrecy::ExposeSecret::expose_secret(&key));
    let theirs = format!("/projects/q/devices/{}", device["id"].as_str().unwrap());
    other.get(&theirs).await.expect_error(404);
    other.delete(&theirs).await.expect_error(404);
    other.post("/projects/q/devices", json!({ "imei": IMEI })).await.expect(201);
}
