//! contracts/projects-api.md §2.10, what is the same for all projects.

use serde_json::json;

use crate::door::Door;

#[tokio::test]
async fn models_are_listed_filtered_and_shown() {
    let door = Door::open().await;
    let list = door.api.get("/deviceModels?brand=Nokia&type=feature-phone&simType=pSIM").await.expect(200);
    let models = list["items"].as_array().unwrap();
    assert_eq!(models.len(), 2);
    let shown = door.api.get(&format!("/deviceModels/{}", models[0]["id"].as_str().unwrap())).await;
    assert_eq!(shown.expect(200), models[0]);
    assert_eq!(models[0]["object"], "deviceModel");
    let none = door.api.get("/deviceModels?brand=Nokia&simType=eSIM").await.expect(200);
    assert_eq!(none["items"], json!([]));
    door.api.get("/deviceModels/dmd_unknown").await.expect_error(404);
    door.api.get("/deviceModels?type=toaster").await.expect_error(422);
}

#[tokio::test]
async fn an_imei_leads_to_its_model() {
    let door = Door::open().await;
    let found = door.api.post("/deviceModels/search", json!({ "imei": "001015010000005" })).await.expect(200);
    assert_eq!(found["items"][0]["name"], "iPhone 15");
    let unknown = door.api.post("/deviceModels/search", json!({ "imei": "990000862471853" })).await;
    assert_eq!(unknown.expect(200)["items"], json!([]));
    door.api.post("/deviceModels/search", json!({ "imei": "990000862471855" })).await.expect_error(422);
}

#[tokio::test]
async fn brands_come_by_name_and_in_pages() {
    let door = Door::open().await;
    let first = door.api.get("/deviceModelBrands?limit=2").await.expect(200);
    let names = first["items"].as_array().unwrap().iter().map(|brand| brand["name"].as_str().unwrap());
    assert_eq!(names.collect::<Vec<_>>(), ["Apple", "Fairphone"]);
    let after = first["moreItemsAfter"].as_str().unwrap();
    let rest = door.api.get(&format!("/deviceModelBrands?after={after}")).await.expect(200);
    assert_eq!(rest["items"].as_array().unwrap().len(), 3);
}
