//! What waits for receivers when its customer is deleted: every door's receivers hear of it in their own words, and nothing
//! personal.

use std::sync::Arc;

use perennial_core::customers;
use perennial_core::events::{Happening, record};
use perennial_core::ports::{Happened, Message, Teller, Telling};
use perennial_core::webhooks_out::{NewEndpoint, add_endpoint};
use perennial_domain::{CustomerId, WebhookAudience, WebhookFlavour};
use perennial_store::{StoreError, Tx};
use perennial_testkit::{TestApp, rows};
use serde_json::{Value, json};

/// A door with its own words for a customer.
struct Door(WebhookFlavour);

impl Teller for Door {
    fn flavour(&self) -> WebhookFlavour {
        self.0
    }

    fn tell(&self, tx: &mut Tx<'_>, happened: &Happened) -> Result<Vec<Telling>, StoreError> {
        let customer = tx.customers(happened.project).find(happened.subject_as::<CustomerId>())?;
        let (message_type, name_of_id) = match self.0 {
            WebhookFlavour::Projects => (happened.what.as_str(), "id"),
            WebhookFlavour::Business => ("subscription/update", "uid"),
        };
        let data = json!({ name_of_id: happened.subject, "name": customer.and_then(|it| it.full_name) });
        let message_type = message_type.to_owned();
        let (lane, customer) = (None, Some(happened.subject_as()));
        Ok(vec![Telling { message_type, data, lane, customer, directory: None, app: None }])
    }

    fn body(&self, message: Message<'_>) -> Value {
        json!({ "type": message.message_type, "data": message.data })
    }
}

#[tokio::test]
async fn what_waits_for_another_doors_receiver_keeps_its_words_and_loses_what_is_personal() {
    let doors =
        WebhookFlavour::ALL.iter().map(|flavour| Arc::new(Door(*flavour)) as Arc<dyn Teller>).collect();
    let test = TestApp::told_by_all(doors).await;
    let project = test.project().id;
    let wanted = NewEndpoint {
        project,
        url: "https://receiver.example/hooks".to_owned(),
        flavour: WebhookFlavour::Business,
        events: vec!["*".to_owned()],
        audience: WebhookAudience::default(),
        description: None,
    };
    add_endpoint(test.app(), wanted).await.unwrap();
    let customer = test
        .write(move |cx, tx| {
            let mut customer = rows::customer(cx, project, "ada@example.com");
            customer.full_name = Some("Ada Quill".to_owned());
            tx.customers(project).insert(&customer)?;
            record(cx, tx, project, Happening::UserUpdated, customer.id)?;
            Ok(customer)
        })
        .await;
    customers::delete(test.app(), project, customer.id).await.unwrap();
    test.send_webhooks().await;

    let bodies = test.listener().take().into_iter().map(|sent| sent.body).collect::<Vec<_>>();
    assert_eq!(bodies.len(), 2, "{bodies:?}");
    assert!(!bodies.concat().contains("Quill"), "{bodies:?}");
    let first: Value = serde_json::from_str(&bodies[0]).unwrap();
    let expected = json!({ "uid": perennial_domain::Id::uuid(customer.id) });
    assert_eq!(first, json!({ "type": "subscription/update", "data": expected }));
}
