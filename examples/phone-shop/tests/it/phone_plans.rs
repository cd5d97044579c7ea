use axum::http::StatusCode;
use serde_json::{Value, json};

use crate::browser::Browser;
use crate::fake_api::FakeApi;
use crate::samples;

const SUBSCRIPTIONS: &str = "GET /subscriptions?user=usr_1&status=active%2Crestricted%2Cpending&limit=50";
const ADDONS: &str = "GET /subscriptionAddons?status=active%2Cpending&user=usr_1&limit=50";
const ENTRY: &str = "https://pay.example/portal/entry?session=csn_1&token=hush";

/// Ada is known, has these subscriptions, and can buy one add-on.
async fn api(subscriptions: &[Value]) -> FakeApi {
    let addons =
        [samples::addon("add_1", "Five more", &["pln_1"]), samples::addon("add_2", "Misfit", &["pln_2"])];
    FakeApi::start()
        .await
        .on("POST /users/search", samples::list(&[samples::user("ada@shop.example")]))
        .on(SUBSCRIPTIONS, samples::list(subscriptions))
        .on(ADDONS, samples::list(&[]))
        .on("GET /addons?provider=test&limit=50", samples::list(&addons))
}

async fn browser(api: &FakeApi) -> Browser {
    Browser::at(api).logged_in_as("ada@shop.example").await
}

#[tokio::test]
async fn a_plan_is_shown_with_its_price_number_and_renewal() {
    let api = api(&[samples::subscription("sub_1", "Heron 12")]).await;

    let shown = browser(&api).await.open("/phone-plans").await;

    assert_eq!(shown.status, StatusCode::OK);
    let facts =
        ["Heron 12", "€14.50 a month", "12 GB data", "+31970555010", "Renews on 5 May 2031", "Cancel plan"];
    for fact in facts {
        assert!(shown.html.contains(fact), "{fact} in {}", shown.html);
    }
}

#[tokio::test]
async fn only_add_ons_that_fit_the_plan_are_offered() {
    let api = api(&[samples::subscription("sub_1", "Heron 12")]).await;

    let shown = browser(&api).await.open("/phone-plans").await;

    assert!(shown.html.contains("Five more"));
    assert!(!shown.html.contains("Misfit"));
}

#[tokio::test]
async fn a_plan_that_is_ending_says_when_and_cannot_be_cancelled_again() {
    let mut ending = samples::subscription("sub_1", "Heron 12");
    ending["canceledAt"] = json!("2031-04-20T10:00:00Z");
    ending["endedAt"] = json!("2031-05-05T09:00:40Z");
    let api = api(&[ending]).await;

    let shown = browser(&api).await.open("/phone-plans").await;

    assert!(shown.html.contains("Ends on 5 May 2031"));
    assert!(!shown.html.contains("Cancel plan"));
    assert!(shown.html.contains("Undo cancellation"));
}

#[tokio::test]
async fn an_add_on_is_shown_with_its_plan_and_with_no_other() {
    let plans = [samples::subscription("sub_1", "Heron 12"), samples::subscription("sub_2", "Wren 3")];
    let addon = samples::addon("add_1", "Five more", &["pln_9"]);
    let owned = [samples::subscription_addon(&addon, "sub_2", "2031-04-30T12:00:00Z")];
    let api = api(&plans).await.on(ADDONS, samples::list(&owned));

    let shown = browser(&api).await.open("/phone-plans").await;

    let (heron, wren) = shown.html.split_once("Wren 3").unwrap();
    assert!(wren.contains("Five more, until 30 April 2031") && !heron.contains("Five more, until"));
}

#[tokio::test]
async fn a_plan_on_hold_says_why_and_leads_to_its_details() {
    let mut held = samples::subscription("sub_1", "Heron 12");
    held["status"] = json!("restricted");
    let api = api(&[held]).await;

    let shown = browser(&api).await.open("/phone-plans").await;

    assert!(shown.html.contains("On hold, because a payment is open"));
    assert!(shown.html.contains("Details") && shown.html.contains("Change card"));
    assert!(!shown.html.contains("Buy add-on"));
}

#[tokio::test]
async fn a_plan_that_the_network_has_not_confirmed_is_shown_without_buttons() {
    let mut pending = samples::subscription("sub_1", "Heron 12");
    pending["status"] = json!("pending");
    pending["currentPeriod"] = Value::Null;
    let api = api(&[pending]).await;

    let shown = browser(&api).await.open("/phone-plans").await;

    assert!(shown.html.contains("Being set up"));
    assert!(!shown.html.contains("Change plan"));
}

#[tokio::test]
async fn every_page_of_a_long_list_is_shown() {
    let first = json!({ "object": "list", "items": [samples::subscription("sub_2", "Heron 12")],
                        "moreItemsAfter": "sub_2", "moreItemsBefore": null });
    let second = samples::list(&[samples::subscription("sub_1", "Wren 3")]);
    let api = api(&[]).await.on(SUBSCRIPTIONS, first).on(&format!("{SUBSCRIPTIONS}&after=sub_2"), second);

    let shown = browser(&api).await.open("/phone-plans").await;

    assert!(shown.html.contains("Heron 12") && shown.html.contains("Wren 3"));
    let addon_lists = api.asked().iter().filter(|asked| asked.what.starts_with("GET /addons")).count();
    assert_eq!(addon_lists, 1, "two plans of one network share its add-ons");
}

#[tokio::test]
async fn somebody_new_has_no_plans_and_is_shown_the_way_to_them() {
    let api = FakeApi::start().await.on("POST /users/search", samples::list(&[]));

    let shown = browser(&api).await.open("/phone-plans").await;

    assert_eq!(shown.status, StatusCode::OK);
    assert!(shown.html.contains("You have no phone plan yet."));
}

#[tokio::test]
async fn an_api_error_is_shown_by_its_message() {
    let api = api(&[]).await.refusing(SUBSCRIPTIONS, "That user was deleted.");

    let shown = browser(&api).await.open("/phone-plans").await;

    assert_eq!(shown.alert(), Some(("alert", "That user was deleted.")));
    assert!(!shown.html.contains("You have no phone plan"), "not knowing is not the same as having none");
}

#[tokio::test]
async fn each_button_opens_a_session_with_its_intent() {
    let buttons = [
        (
            "/phone-plans/add-on",
            vec![("subscription", "sub_1"), ("addon", "add_1")],
            json!({ "type": "checkoutAddon", "checkoutAddon": { "subscription": "sub_1", "addons": ["add_1"] } }),
        ),
        (
            "/phone-plans/change",
            vec![("subscription", "sub_1")],
            json!({ "type": "changeSubscription", "changeSubscription": { "subscription": "sub_1" } }),
        ),
        (
            "/phone-plans/cancel",
            vec![("subscription", "sub_1")],
            json!({ "type": "cancelSubscription", "cancelSubscription": { "subscription": "sub_1" } }),
        ),
        (
            "/phone-plans/resume",
            vec![("subscription", "sub_1")],
            json!({ "type": "resumeSubscription", "resumeSubscription": { "subscription": "sub_1" } }),
        ),
        (
            "/phone-plans/details",
            vec![("subscription", "sub_1")],
            json!({ "type": "viewSubscription", "viewSubscription": { "subscription": "sub_1" } }),
        ),
        ("/phone-plans/card", vec![], json!({ "type": "updatePaymentMethod" })),
    ];

    for (path, fields, intent) in buttons {
        let api = api(&[]).await.on("POST /connectSessions", samples::session(&intent, Some(ENTRY)));
        let mut browser = browser(&api).await;
        let page = Browser::at(&api).submit(path, &fields).await;
        assert_eq!(page.redirect(), "/log-in", "{path} is for customers");

        let shown = browser.submit(path, &fields).await;

        assert_eq!(shown.redirect(), ENTRY, "{path}");
        let sent =
            json!({ "callbackUrl": "http://shop.example/phone-plans", "intent": intent, "user": "usr_1" });
        assert_eq!(api.body_of("POST /connectSessions"), sent, "{path}");
    }
}
