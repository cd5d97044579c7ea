//! The committed document is what the routes say. `UPDATE_OPENAPI=1` writes it anew.

use std::path::Path;

use crate::door::Door;

#[test]
fn the_committed_document_is_the_routes_own() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("openapi/projects.json");
    let document = serde_json::to_string_pretty(&perennial_projects_api::openapi()).unwrap() + "\n";
    if std::env::var_os("UPDATE_OPENAPI").is_some() {
        std::fs::write(&path, &document).unwrap();
    }
    let committed = std::fs::read_to_string(&path).unwrap();
    assert!(committed == document, "run this test with UPDATE_OPENAPI=1 and commit what changes");
}

#[tokio::test]
async fn the_document_is_served_to_everybody() {
    let door = Door::open().await;
    let document = door.api.without("authorization").get("/openapi/projects.json").await.expect(200);
    assert_eq!(document["openapi"], "3.1.0");
    let create = &document["paths"]["/projects/{project}/connectSessions"]["post"];
    assert_eq!(create["operationId"], "createConnectSession");
    assert!(create["responses"]["200"].is_object() && create["responses"]["default"].is_object());
}
