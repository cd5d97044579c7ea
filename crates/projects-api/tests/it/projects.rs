//! contracts/projects-api.md §2.1.

use crate::door::Door;

#[tokio::test]
async fn a_key_sees_its_own_project_alone() {
    let door = Door::open().await;
    door.app.other_project("q").await;
    let project = door.api.get("/projects/p").await.expect(200);
    assert_eq!((&project["id"], &project["type"]), (&"p".into(), &"test".into()));
    let list = door.api.get("/projects").await.expect(200);
    assert_eq!(list["items"], serde_json::json!([project]));
}
