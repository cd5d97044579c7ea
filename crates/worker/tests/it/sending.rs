//! Webhooks to receivers that hang: whoever waits for them lets nobody else wait.

use std::time::Duration;

use perennial_core::events::{Happening, record};
use perennial_domain::{CustomerId, Id, ProjectId, WebhookAudience, WebhookEndpoint, WebhookFlavour};
use perennial_testkit::{Manner, TestApp};
use perennial_worker::Sender;
use tokio::task::JoinHandle;
use tokio::time::timeout;
use uuid::Uuid;

/// Longer than anything here takes.
const PATIENCE: Duration = Duration::from_mins(1);
/// More than one node sends to at once.
const MANY: usize = 1100;

/// Adds receivers at this host, and has each of them hear of something.
async fn receivers(test: &TestApp, project: ProjectId, host: &'static str, count: usize, failures: u32) {
    test.write(move |cx, tx| {
        for number in 0..count {
            tx.webhook_endpoints(project).insert(&WebhookEndpoint {
                id: cx.id(),
                project_id: project,
                url: format!("https://{host}/{number}").parse().unwrap(),
                flavour: WebhookFlavour::Projects,
                events: vec!["*".to_owned()],
                audience: WebhookAudience::default(),
                description: None,
                disabled: None,
                failing_since: (failures > 0).then_some(cx.now()),
                failed_at: (failures > 0).then_some(cx.now()),
                failures,
                created_at: cx.now(),
                deleted_at: None,
            })?;
        }
        Ok(())
    })
    .await;
}

async fn happen(test: &TestApp, project: ProjectId) {
    let customer = CustomerId::from_uuid(Uuid::from_u128(7));
    test.write(move |cx, tx| record(cx, tx, project, Happening::UserUpdated, customer)).await;
}

fn sending(test: &TestApp) -> JoinHandle<()> {
    let sender = Sender::new(test.app().clone());
    tokio::spawn(async move { sender.run(std::future::pending()).await })
}

#[tokio::test]
async fn receivers_that_failed_and_hang_take_no_slot_of_one_that_answers() {
    let test = TestApp::new().await;
    let project = test.project().id;
    test.listener().at("hanging.example", Manner::Hangs);
    receivers(&test, project, "hanging.example", MANY, 1).await;
    receivers(&test, project, "receiver.example", 1, 0).await;
    happen(&test, project).await;

    let sending = sending(&test);
    timeout(PATIENCE, test.listener().until_heard("hanging.example", 100)).await.unwrap();
    timeout(PATIENCE, test.listener().until_heard("receiver.example", 1)).await.unwrap();
    // Whoever hangs goes on hanging, and the next message comes as soon.
    happen(&test, project).await;
    timeout(PATIENCE, test.listener().until_heard("receiver.example", 2)).await.unwrap();
    sending.abort();
}

#[tokio::test]
async fn one_projects_receivers_that_hang_leave_slots_to_another_project() {
    let test = TestApp::new().await;
    let (other, _) = test.other_project("q").await;
    test.listener().at("hanging.example", Manner::Hangs);
    receivers(&test, other.id, "hanging.example", MANY, 0).await;
    happen(&test, other.id).await;
    receivers(&test, test.project().id, "receiver.example", 1, 0).await;

    let sending = sending(&test);
    timeout(PATIENCE, test.listener().until_heard("hanging.example", 375)).await.unwrap();
    happen(&test, test.project().id).await;
    timeout(PATIENCE, test.listener().until_heard("receiver.example", 1)).await.unwrap();
    sending.abort();
}
