//! Who is told: receivers are made within bounds, one for each address and audience, and never inside of our own network.

use perennial_core::business::{NewToken, create_token};
use perennial_core::webhooks_out::{
    EventWish, NewEndpoint, NewEndpointError, add_endpoint, list, subscribe, unsubscribe,
};
use perennial_domain::{TokenGrant, WebhookAsker, WebhookAudience, WebhookFlavour};
use perennial_testkit::TestApp;

const URL: &str = "https://receiver.example/hooks";

#[tokio::test]
async fn what_one_address_hears_is_one_receiver_and_each_event_is_wanted_once() {
    let test = TestApp::new().await;
    let (project, audience) = (test.project().id, WebhookAudience::default());
    let new = NewToken { grant: TokenGrant::default(), label: "test".to_owned(), expires_at: None };
    let made = test.app().write(move |cx, tx| create_token(cx, tx, project, &new)).await;
    let asker = WebhookAsker::with(&made.unwrap().0);
    let wanted = |event: &str| EventWish {
        project,
        flavour: WebhookFlavour::Business,
        url: URL.to_owned(),
        event: event.to_owned(),
        audience: WebhookAudience::default(),
        asker,
    };
    let created = subscribe(test.app(), wanted("purchasable_subscription/created")).await.unwrap();
    let updated = subscribe(test.app(), wanted("purchasable_subscription/update")).await.unwrap();
    assert_eq!((created.id, updated.events.len()), (updated.id, 2));
    assert!(subscribe(test.app(), wanted("purchasable_subscription/update")).await.is_err());
    assert!(subscribe(test.app(), wanted("no type")).await.is_err());
    let (listed, ended) = test
        .write(move |cx, tx| {
            let listed = list(tx, project, WebhookFlavour::Business, &audience)?;
            let one = (URL, Some("purchasable_subscription/update"));
            let ended = [
                unsubscribe(cx, tx, project, WebhookFlavour::Business, one, &audience)?,
                unsubscribe(cx, tx, project, WebhookFlavour::Business, one, &audience)?,
                unsubscribe(cx, tx, project, WebhookFlavour::Business, (URL, None), &audience)?,
                unsubscribe(cx, tx, project, WebhookFlavour::Business, (URL, None), &audience)?,
            ];
            Ok((listed.len(), ended))
        })
        .await;
    assert_eq!((listed, ended), (1, [true, false, true, false]));
}

#[tokio::test]
async fn nothing_is_sent_into_our_own_network() {
    let test = TestApp::new().await;
    for url in
        ["http://127.0.0.1:9000/", "http://[::1]/", "https://169.254.169.254/latest", "http://localhost/"]
    {
        let wanted = NewEndpoint {
            project: test.project().id,
            url: url.to_owned(),
            flavour: WebhookFlavour::Projects,
            events: vec!["*".to_owned()],
            audience: WebhookAudience::default(),
            description: None,
        };
        let refused = add_endpoint(test.app(), wanted).await.unwrap_err();
        assert_eq!(refused.to_string(), "a receiver's address must be public", "{url}");
    }
}

#[tokio::test]
async fn a_project_has_five_hundred_receivers_at_the_most() {
    let test = TestApp::new().await;
    let wanted = |number: usize| NewEndpoint {
        project: test.project().id,
        url: format!("{URL}/{number}"),
        flavour: WebhookFlavour::Projects,
        events: vec!["*".to_owned()],
        audience: WebhookAudience::default(),
        description: None,
    };
    for number in 0..500 {
        add_endpoint(test.app(), wanted(number)).await.unwrap();
    }
    let refused = add_endpoint(test.app(), wanted(500)).await;
    assert!(matches!(refused, Err(NewEndpointError::TooMany)), "{refused:?}");
}
