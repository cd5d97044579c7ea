//! The committed document is what the routes say. `UPDATE_OPENAPI=1` writes it anew.

use std::path::Path;

use crate::house::House;

#[test]
fn the_committed_document_is_the_routes_own() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("openapi/organizations.json");
    let document = serde_json::to_string_pretty(&perennial_organizations_api::openapi()).unwrap() + "\n";
    if std::env::var_os("UPDATE_OPENAPI").is_some() {
        std::fs::write(&path, &document).unwrap();
    }
    let committed = std::fs::read_to_string(&path).unwrap();
    assert!(committed == document, "run this test with UPDATE_OPENAPI=1 and commit what changes");
}

#[tokio::test]
async fn the_document_names_the_nine_operations_and_the_log_in() {
    let house = House::open().await;
    let document = house.anybody().get("/openapi/organizations.json").await.expect(200);
    assert_eq!(document["openapi"], "3.1.0");
    let operations =
        document["paths"].as_object().unwrap().values().flat_map(|path| path.as_object().unwrap().values());
    let mut names =
        operations.map(|operation| operation["operationId"].as_str().unwrap()).collect::<Vec<_>>();
    names.sort_unstable();
    let expected = "buySubscription cancelPendingPayment cancelSubscription createBillingPortal \
                    getCheckoutSessionStatus getMySubscription getPayments getPendingPayment getSubscriptions \
                    login logout refresh";
    assert_eq!(names.join(" "), expected);
}
