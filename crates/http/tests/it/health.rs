use perennial_http::{health, server};
use perennial_testkit::TestApp;

#[tokio::test]
async fn a_server_is_ready_while_it_can_read_its_database() {
    let app = TestApp::new().await;
    let operator = app.caller(server(health(app.app().clone()))).without("authorization");
    operator.get("/healthz").await.expect(200);
    assert_eq!(operator.get("/readyz").await.expect(200)["status"], "ok");

    app.app().store().clone().close().await;
    operator.get("/healthz").await.expect(200);
    assert_eq!(operator.get("/readyz").await.expect_error(503).0, "serviceUnavailable");
}
