use perennial_domain::ProductStatus;
use perennial_testkit::rows;
use serde_json::{Value, json};

use crate::door::Door;

const PATH: &str = "/projects/p/connectSessions";

async fn refused_property(door: &Door, intent: Value) -> Value {
    let answer = door.api.post(PATH, json!({ "intent": intent })).await.expect(422);
    answer["details"][0]["property"].clone()
}

#[tokio::test]
async fn every_intent_is_accepted_and_shown_as_it_was_sent() {
    let door = Door::open().await;
    let plan = door.plan("heron", 1450, rows::monthly()).await;
    let (addon, _) = door.addon("boost", &plan.0).await;
    let customer = door.customer("ada@example.com").await;
    let sim = door.esim(1).await;
    let subscription = json!({ "subscription": door.subscription(&customer, &plan).await.id });
    let addons = json!([addon.id.as_addon()]);
    let porting = json!({
        "subscription": subscription["subscription"],
        "behavior": { "hideIntroPage": true, "hideOutroPage": false },
    });
    let intents = [
        json!({ "type": "checkoutNewSubscription", "checkoutNewSubscription": {
            "plan": plan.0.id, "sim": sim.id, "imei": "490154203237518", "addons": addons, "voucherCode": "SPRING" } }),
        json!({ "type": "checkoutNewSubscription", "checkoutNewSubscription": {
            "plan": plan.0.id, "sim": "sim_test_psim_delayed_four_hours" } }),
        json!({ "type": "checkoutAddon", "checkoutAddon": {
            "subscription": subscription["subscription"], "addons": addons } }),
        json!({ "type": "changeSubscription", "changeSubscription": subscription }),
        json!({ "type": "cancelSubscription", "cancelSubscription": subscription }),
        json!({ "type": "resumeSubscription", "resumeSubscription": subscription }),
        json!({ "type": "viewSubscription", "viewSubscription": subscription }),
        json!({ "type": "viewSubscriptions" }),
        json!({ "type": "viewEsimInstallation", "viewEsimInstallation": subscription }),
        json!({ "type": "completePorting", "completePorting": porting }),
        json!({ "type": "updatePaymentMethod" }),
        json!({ "type": "updateUserAddress" }),
        json!({ "type": "updateUserFullName" }),
    ];
    for intent in intents {
        let session = door.api.post(PATH, json!({ "intent": intent, "user": customer.id })).await.expect(200);
        assert_eq!(session["intent"], intent);
    }
}

#[tokio::test]
async fn the_payload_is_the_one_that_the_type_names() {
    let door = Door::open().await;
    let subscription = json!({ "subscription": "sub_0000000000000000000001" });
    for (intent, property) in [
        (json!({ "type": "cancelSubscription" }), "intent.cancelSubscription"),
        (
            json!({ "type": "cancelSubscription", "resumeSubscription": subscription }),
            "intent.cancelSubscription",
        ),
        (json!({ "type": "viewSubscriptions", "viewSubscription": subscription }), "intent.viewSubscription"),
        (json!({ "type": "upgradeSubscription" }), "intent.type"),
        (json!({ "viewSubscription": subscription }), "intent.type"),
        (
            json!({ "type": "cancelSubscription", "cancelSubscription": { "plan": "x" } }),
            "intent.cancelSubscription.plan",
        ),
        (
            json!({ "type": "checkoutNewSubscription", "checkoutNewSubscription": {} }),
            "intent.checkoutNewSubscription.plan",
        ),
        (json!({ "type": "viewSubscriptions", "comment": "hi" }), "intent.comment"),
    ] {
        assert_eq!(refused_property(&door, intent.clone()).await, property, "{intent}");
    }
}

#[tokio::test]
async fn what_an_intent_names_must_exist() {
    let door = Door::open().await;
    let plan = door.plan("heron", 1450, rows::monthly()).await;
    let (addon, _) = door.addon("boost", &plan.0).await;
    let customer = door.customer("ada@example.com").await;
    let subscription = door.subscription(&customer, &plan).await.id;
    let addon = addon.id.as_addon();
    let buy =
        |payload: Value| json!({ "type": "checkoutNewSubscription", "checkoutNewSubscription": payload });
    let add = |payload: Value| json!({ "type": "checkoutAddon", "checkoutAddon": payload });
    for (intent, property) in [
        (buy(json!({ "plan": "pln_0000000000000000000001" })), "plan"),
        (buy(json!({ "plan": "pln_0XxA3EXufpGHQAYGhcAD1dkmggOy" })), "plan"),
        (buy(json!({ "plan": addon })), "plan"),
        (buy(json!({ "plan": plan.0.id, "sim": "auto" })), "sim"),
        (buy(json!({ "plan": plan.0.id, "device": "dev_0000000000000000000001" })), "device"),
        (buy(json!({ "plan": plan.0.id, "imei": "123" })), "imei"),
        (buy(json!({ "plan": plan.0.id, "addons": [addon, addon] })), "addons"),
        (add(json!({ "subscription": subscription, "addons": [] })), "addons"),
        (add(json!({ "subscription": subscription, "addons": [plan.0.id] })), "addons"),
        (add(json!({ "subscription": "sub_0000000000000000000001", "addons": [addon] })), "subscription"),
        (json!({ "type": "confirmPayment", "confirmPayment": { "payment": "pay_1" } }), "payment"),
    ] {
        let property = format!("intent.{}.{property}", intent["type"].as_str().unwrap());
        assert_eq!(refused_property(&door, intent.clone()).await, property, "{intent}");
    }
}

#[tokio::test]
async fn what_belongs_to_another_user_cannot_be_named() {
    let door = Door::open().await;
    let plan = door.plan("heron", 1450, rows::monthly()).await;
    let [ada, bob] = [door.customer("ada@example.com").await, door.customer("bob@example.com").await];
    let subscription = door.subscription(&ada, &plan).await.id;
    let intent =
        json!({ "type": "cancelSubscription", "cancelSubscription": { "subscription": subscription } });
    for who in [json!({ "user": bob.id }), json!({ "userDetails": { "email": "new@example.com" } })] {
        let mut body = who.clone();
        body["intent"] = intent.clone();
        let answer = door.api.post(PATH, body).await.expect(422);
        assert_eq!(answer["details"][0]["property"], "intent.cancelSubscription.subscription", "{who}");
    }
    door.api.post(PATH, json!({ "intent": intent, "user": ada.id })).await.expect(200);
}

#[tokio::test]
async fn a_plan_that_cannot_be_bought_is_left_to_the_page() {
    let door = Door::open().await;
    let archived = |plan: &mut perennial_domain::Product| plan.status = ProductStatus::Archived;
    let (plan, _) = door.product(archived, 1450, rows::monthly()).await;
    let intent = json!({ "type": "checkoutNewSubscription", "checkoutNewSubscription": { "plan": plan.id } });
    door.api.post(PATH, json!({ "intent": intent })).await.expect(200);
}
