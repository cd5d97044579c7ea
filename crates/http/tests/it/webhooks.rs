use std::time::Duration;

use http::Method;
use perennial_http::{MAX_BODY_BYTES, server, stripe_webhooks};
use perennial_testkit::{Caller, Log, TestApp};

/// This application takes every signature for a forged one.
async fn stripe() -> (TestApp, Caller) {
    let app = TestApp::new().await;
    let stripe =
        app.caller(server(stripe_webhooks(app.app().clone(), Duration::ZERO))).without("authorization");
    (app, stripe)
}

#[tokio::test]
async fn what_is_not_signed_is_refused_and_forgotten() {
    let (app, stripe) = stripe().await;
    let body = r#"{"id":"evt_1","type":"invoice.paid"}"#;
    for caller in [stripe.clone(), stripe.with("stripe-signature", "t=1,v1=00")] {
        let answer = caller.send(Method::POST, "/webhooks/stripe/p", body).await;
        assert_eq!(answer.expect_error(400).0, "malformed");
    }
    let project = app.project().id;
    let kept = app.write(move |_, tx| tx.stripe_events(project).find("evt_1")).await;
    assert!(kept.is_none());
}

#[tokio::test]
async fn nobody_learns_more_of_a_project_than_that_it_is_not_there() {
    let (_app, stripe) = stripe().await;
    assert_eq!(stripe.send(Method::POST, "/webhooks/stripe/q", "{}").await.expect_error(404).0, "notFound");
    assert_eq!(stripe.get("/webhooks/stripe").await.expect_error(404).0, "notFound");
}

#[tokio::test]
async fn an_event_of_more_than_a_mebibyte_is_refused() {
    let (_app, stripe) = stripe().await;
    let body = vec![b' '; MAX_BODY_BYTES + 1];
    let answer = stripe.send(Method::POST, "/webhooks/stripe/p", body).await;
    assert_eq!(answer.expect_error(413).0, "malformed");
}

#[tokio::test]
async fn the_log_says_that_a_webhook_was_refused_and_not_what_it_said() {
    let log = Log::of_this_process();
    let (_app, stripe) = stripe().await;
    let body = r#"{"id":"evt_private","data":{"object":{"email":"quiet@example.com"}}}"#;
    let forged = stripe.with("stripe-signature", "t=1,v1=5ec2e75ec2e7");
    forged.send(Method::POST, "/webhooks/stripe/p", body).await.expect_error(400);
    let secrets = ["evt_private", "quiet@example.com", "5ec2e75ec2e7"];
    log.says_without("refused a Stripe webhook", &secrets);
}
