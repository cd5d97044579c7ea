//! The committed document is what the routes say. `UPDATE_OPENAPI=1` writes it anew.

use std::path::Path;

#[test]
fn the_committed_document_is_the_routes_own() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("openapi/business.json");
    let document = serde_json::to_string_pretty(&perennial_business_api::openapi()).unwrap() + "\n";
    if std::env::var_os("UPDATE_OPENAPI").is_some() {
        std::fs::write(&path, &document).unwrap();
    }
    let committed = std::fs::read_to_string(&path).unwrap();
    assert!(committed == document, "run this test with UPDATE_OPENAPI=1 and commit what changes");
}
