//! When a receiver that fails is told nothing more, and who hears of that.

use jiff::SignedDuration;
use perennial_core::events::Happening;
use perennial_core::mails::send_mail;
use perennial_core::ports::{Mail, MailContent};
use perennial_core::projects::{ProjectPatch, update_project};
use perennial_core::webhooks_out::enable;
use perennial_domain::{
    DeliveryState, DisabledBecause, Email, MailSettings, WebhookEndpoint, WebhookEndpointId,
};
use perennial_testkit::{Manner, TestApp};

use super::{URL, customer, deliveries, endpoint_at, happen, wait};

async fn reload(test: &TestApp, id: WebhookEndpointId) -> WebhookEndpoint {
    let project = test.project().id;
    test.write(move |_, tx| tx.webhook_endpoints(project).find(id)).await.unwrap()
}

#[tokio::test]
async fn a_receiver_that_is_gone_is_disabled_at_once_and_catches_up_once_enabled() {
    let test = TestApp::new().await;
    let (endpoint, _) = endpoint_at(&test, URL, &["*"]).await;
    test.listener().at("receiver.example", Manner::Says(410));
    let ada = customer(&test, "ada@example.com", &[Happening::UserCreated]).await;
    test.send_webhooks().await;
    let disabled = reload(&test, endpoint.id).await.disabled.unwrap();
    assert_eq!(disabled.1, DisabledBecause::Gone);

    test.listener().at("receiver.example", Manner::Says(200));
    test.listener().take();
    happen(&test, ada.id, Happening::UserUpdated).await;
    wait(&test, SignedDuration::from_hours(1)).await;
    assert!(test.listener().take().is_empty());

    let (project, id) = (test.project().id, endpoint.id);
    test.write(move |cx, tx| enable(cx, tx, project, id)).await.unwrap();
    wait(&test, SignedDuration::from_mins(2)).await;
    assert_eq!(test.listener().take_types(), ["user.created", "user.updated"]);
}

#[tokio::test]
async fn a_receiver_that_fails_for_five_days_is_disabled_by_itself() {
    let test = TestApp::new().await;
    let (endpoint, _) = endpoint_at(&test, URL, &["*"]).await;
    test.listener().at("receiver.example", Manner::Silent);
    let ada = customer(&test, "ada@example.com", &[Happening::UserCreated]).await;
    test.send_webhooks().await;
    for day in 1..=4 {
        // It is tried for three days, and what happens then begins anew.
        if day == 4 {
            happen(&test, ada.id, Happening::UserUpdated).await;
        }
        wait(&test, SignedDuration::from_hours(12)).await;
        wait(&test, SignedDuration::from_hours(12)).await;
    }
    assert!(reload(&test, endpoint.id).await.is_enabled());
    for _ in 0..3 {
        wait(&test, SignedDuration::from_hours(11)).await;
    }
    let reloaded = reload(&test, endpoint.id).await;
    assert_eq!(reloaded.disabled.unwrap().1, DisabledBecause::Failing);

    // Whatever was given up meanwhile is caught up as well.
    let (project, id) = (test.project().id, endpoint.id);
    test.listener().at("receiver.example", Manner::Says(204));
    test.listener().take();
    test.write(move |cx, tx| enable(cx, tx, project, id)).await.unwrap();
    wait(&test, SignedDuration::from_mins(2)).await;
    assert_eq!(test.listener().take_types(), ["user.created", "user.updated"]);
}

#[tokio::test]
async fn a_failure_of_long_ago_does_not_count_among_days_of_failure() {
    let test = TestApp::new().await;
    let (endpoint, _) = endpoint_at(&test, URL, &["*"]).await;
    test.listener().at("receiver.example", Manner::Silent);
    let ada = customer(&test, "ada@example.com", &[Happening::UserCreated]).await;
    test.send_webhooks().await;
    for minutes in [1, 6, 34, 133, 331, 661, 661, 661, 661, 661, 661, 661] {
        wait(&test, SignedDuration::from_mins(minutes)).await;
    }
    assert_eq!(deliveries(&test, endpoint.id).await[0].state, DeliveryState::Failed);
    // Nothing happens for ten days, so nothing fails.
    test.clock().advance(SignedDuration::from_hours(10 * 24));
    happen(&test, ada.id, Happening::UserUpdated).await;
    test.send_webhooks().await;
    let failing = reload(&test, endpoint.id).await;
    assert_eq!((failing.is_enabled(), failing.failing_since), (true, Some(test.app().now())));
}

/// Has mails go to the operator's address, and answers it.
async fn operator_of(test: &TestApp) -> Email {
    let (project, operator) = (test.project().id, Email::parse("ops@example.com").unwrap());
    let wanted = operator.clone();
    test.write(move |cx, tx| {
        let mails = MailSettings { operator: Some(wanted.clone()), ..MailSettings::default() };
        let patch = ProjectPatch { mails: Some(mails), ..ProjectPatch::default() };
        update_project(cx, tx, project, &patch).unwrap();
        Ok(())
    })
    .await;
    operator
}

/// The only mail that waits, sent.
async fn only_mail(test: &TestApp) -> Mail {
    let project = test.project().id;
    let [mail] = test.write(move |_, tx| tx.mails(project).newest(10)).await.try_into().unwrap();
    send_mail(test.app(), project, mail.id).await.unwrap();
    test.pigeon().take().remove(0)
}

#[tokio::test]
async fn the_operator_is_mailed_once_when_a_receiver_is_gone() {
    let test = TestApp::new().await;
    let operator = operator_of(&test).await;
    let (endpoint, _) = endpoint_at(&test, URL, &["*"]).await;
    test.listener().at("receiver.example", Manner::Says(410));
    customer(&test, "ada@example.com", &[Happening::UserCreated]).await;
    test.send_webhooks().await;
    let mail = only_mail(&test).await;
    assert_eq!(mail.to, operator);
    let MailContent::WebhookDisabled { id, is_gone, .. } = mail.content else { panic!("{mail:?}") };
    assert_eq!((id, is_gone), (endpoint.id, true));
}

#[tokio::test]
async fn the_operator_is_mailed_once_after_days_of_failure() {
    let test = TestApp::new().await;
    let operator = operator_of(&test).await;
    let (endpoint, _) = endpoint_at(&test, URL, &["*"]).await;
    test.listener().at("receiver.example", Manner::Silent);
    for day in 0..8 {
        customer(
            &test,
            ["a@x.org", "b@x.org", "c@x.org", "d@x.org", "e@x.org", "f@x.org", "g@x.org", "h@x.org"][day],
            &[Happening::UserCreated],
        )
        .await;
        wait(&test, SignedDuration::from_hours(24)).await;
    }
    let mail = only_mail(&test).await;
    assert_eq!(mail.to, operator);
    let MailContent::WebhookDisabled { id, is_gone, .. } = mail.content else { panic!("{mail:?}") };
    assert_eq!((id, is_gone), (endpoint.id, false));
}
