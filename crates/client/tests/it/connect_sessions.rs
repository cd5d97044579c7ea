use axum::http::Method;
use jiff::civil::date;
use perennial_client::{
    CheckoutAddon, CheckoutNewSubscription, CompletePorting, ConnectSessionUpdate, Intent, NewConnectSession,
    PortingBehavior, SessionUser, UserDetails,
};
use serde_json::{Value, json};

use crate::fake::{FakeApi, ok};
use crate::samples;

fn view() -> NewConnectSession {
    NewConnectSession::new(Intent::ViewSubscriptions)
}

/// What the API is sent for `session`.
async fn sent(session: NewConnectSession) -> Value {
    let api =
        FakeApi::answering([ok(samples::session("csn_1", &json!({ "type": "viewSubscriptions" })))]).await;
    api.client().connect_sessions().create(&session).await.unwrap();
    api.asked_once().body
}

#[tokio::test]
async fn an_existing_user_is_named_by_id() {
    let session = view().user(SessionUser::Existing("usr_1".parse().unwrap()));

    assert_eq!(sent(session).await, json!({ "intent": { "type": "viewSubscriptions" }, "user": "usr_1" }));
}

#[tokio::test]
async fn a_new_user_is_described() {
    let details = UserDetails {
        full_name: Some("Ada Byron".into()),
        birthday: Some(date(1995, 12, 10)),
        preferred_locale: Some("en-US".into()),
        ..UserDetails::new("ada@shop.example")
    };
    let session = view()
        .user(SessionUser::New(details))
        .callback_url("https://shop.example/back?ref=7".parse().unwrap());

    assert_eq!(
        sent(session).await,
        json!({
            "intent": { "type": "viewSubscriptions" },
            "callbackUrl": "https://shop.example/back?ref=7",
            "userDetails": { "email": "ada@shop.example", "fullName": "Ada Byron", "birthday": "1995-12-10",
                             "preferredLocale": "en-US" }
        })
    );
}

#[tokio::test]
async fn an_unauthenticated_session_names_nobody() {
    assert_eq!(sent(view()).await, json!({ "intent": { "type": "viewSubscriptions" } }));
}

#[tokio::test]
async fn a_new_session_has_its_url_and_hides_it_from_debug_output() {
    let intent = json!({ "type": "viewSubscriptions" });
    let api = FakeApi::answering([ok(samples::session("csn_1", &intent))]).await;

    let session = api.client().connect_sessions().create(&view()).await.unwrap();

    let entry = session.url.as_ref().unwrap().as_str();
    assert_eq!(entry, "https://pay.example/checkout/entry?session=csn_1&token=hush");
    assert!(!format!("{session:?}").contains("hush"));
}

#[tokio::test]
async fn a_user_can_be_attached_later() {
    let api =
        FakeApi::answering([ok(samples::session("csn_1", &json!({ "type": "viewSubscriptions" })))]).await;
    let changes = ConnectSessionUpdate {
        user: Some(SessionUser::Existing("usr_1".parse().unwrap())),
        ..ConnectSessionUpdate::default()
    };

    api.client().connect_sessions().update(&"csn_1".parse().unwrap(), &changes).await.unwrap();

    let asked = api.asked_once();
    assert_eq!(
        (&asked.method, asked.target.as_str()),
        (&Method::PATCH, "/projects/demo/connectSessions/csn_1")
    );
    assert_eq!(asked.body, json!({ "user": "usr_1" }));
}

#[tokio::test]
async fn a_session_with_an_intent_that_is_not_known_yet_can_be_read() {
    let intent = json!({ "type": "viewWeather", "viewWeather": { "city": "Leeds" } });
    let api = FakeApi::answering([ok(samples::session("csn_1", &intent))]).await;

    let session = api.client().connect_sessions().get(&"csn_1".parse().unwrap()).await.unwrap();

    assert_eq!(session.intent, Intent::Unknown("viewWeather".into()));
}

#[test]
fn every_intent_has_the_contracts_form_and_reads_back_the_same() {
    let subscription = || "sub_1".parse().unwrap();
    let on_subscription = |name: &str| json!({ "type": name, name: { "subscription": "sub_1" } });
    let alone = |name: &str| json!({ "type": name });
    let everything = CheckoutNewSubscription {
        sim: Some("sim_1".parse().unwrap()),
        device: Some("dev_1".parse().unwrap()),
        addons: vec!["add_1".parse().unwrap()],
        voucher_code: Some("SPRING".into()),
        ..CheckoutNewSubscription::of("pln_1".parse().unwrap())
    };
    let addons = CheckoutAddon { subscription: subscription(), addons: vec!["add_1".parse().unwrap()] };
    let porting = CompletePorting {
        subscription: subscription(),
        behavior: Some(PortingBehavior { hide_intro_page: true, hide_outro_page: false }),
    };
    let cases = [
        (
            Intent::CheckoutNewSubscription(everything),
            json!({ "type": "checkoutNewSubscription", "checkoutNewSubscription": { "plan": "pln_1", "sim": "sim_1",
                    "device": "dev_1", "addons": ["add_1"], "voucherCode": "SPRING" } }),
        ),
        (
            Intent::CheckoutAddon(addons),
            json!({ "type": "checkoutAddon", "checkoutAddon": { "subscription": "sub_1", "addons": ["add_1"] } }),
        ),
        (Intent::ChangeSubscription(subscription()), on_subscription("changeSubscription")),
        (Intent::CancelSubscription(subscription()), on_subscription("cancelSubscription")),
        (Intent::ResumeSubscription(subscription()), on_subscription("resumeSubscription")),
        (Intent::ViewSubscription(subscription()), on_subscription("viewSubscription")),
        (Intent::ViewSubscriptions, alone("viewSubscriptions")),
        (Intent::ViewEsimInstallation(subscription()), on_subscription("viewEsimInstallation")),
        (
            Intent::CompletePorting(porting),
            json!({ "type": "completePorting", "completePorting": { "subscription": "sub_1",
                    "behavior": { "hideIntroPage": true, "hideOutroPage": false } } }),
        ),
        (
            Intent::ConfirmPayment("pay_1".parse().unwrap()),
            json!({ "type": "confirmPayment", "confirmPayment": { "payment": "pay_1" } }),
        ),
        (Intent::UpdatePaymentMethod, alone("updatePaymentMethod")),
        (Intent::UpdateUserAddress, alone("updateUserAddress")),
        (Intent::UpdateUserFullName, alone("updateUserFullName")),
    ];

    for (intent, wire) in cases {
        assert_eq!(serde_json::to_value(&intent).unwrap(), wire);
        assert_eq!(serde_json::from_value::<Intent>(wire).unwrap(), intent);
    }
}
