//! contracts/projects-api.md §2.2.

use perennial_domain::{PriceStatus, ProductStatus, SimType};
use perennial_testkit::rows;
use serde_json::{Value, json};

use crate::door::Door;

fn names(list: &Value) -> Vec<&str> {
    list["items"].as_array().unwrap().iter().map(|item| item["name"].as_str().unwrap()).collect()
}

#[tokio::test]
async fn a_plan_shows_every_property() {
    let door = Door::open().await;
    let (plan, _) = door.plan("heron", 1450, rows::monthly()).await;
    let shown = door.api.get(&format!("/projects/p/plans/{}", plan.id)).await.expect(200);
    assert_eq!(
        shown,
        json!({
            "object": "plan", "id": plan.id, "metadata": {},
            "name": "Plan plan", "description": "Twelve gigabytes, all calls in.", "image": null,
            "allowances": { "dataBytes": 12_000_000_000_u64, "voiceSeconds": null, "smsMessages": 250 },
            "data": 12_000_000_000_u64, "dataUnit": "byte", "voice": -1, "voiceUnit": "second",
            "sms": 250, "smsUnit": "message",
            "limits": { "dataBytes": null, "bandwidthBitsPerSecond": null, "throttling": null },
            "coverage": { "object": "coverage", "id": "benelux", "name": "Benelux", "countries": ["BE", "NL", "LU"] },
            "price": { "amount": 1450, "currency": "EUR" }, "provider": "test",
            "requirements": {
                "address": "none", "device": "none", "user.birthday": "none", "user.fullName": "none"
            },
            "simTypes": ["eSIM"], "status": "available",
            "validity": { "type": "recurring", "unit": "month", "value": 1, "minimumPeriods": 1 },
            "activationTrigger": "creation", "firstPeriodTrigger": "activation",
            "createdAt": "2031-03-04T05:06:07Z",
        })
    );
}

#[tokio::test]
async fn only_available_plans_are_listed_unless_others_are_asked_for() {
    let door = Door::open().await;
    for (name, status) in [
        ("now", ProductStatus::Available),
        ("later", ProductStatus::Draft),
        ("once", ProductStatus::Archived),
    ] {
        let change = move |plan: &mut perennial_domain::Product| {
            name.clone_into(&mut plan.reference);
            name.clone_into(&mut plan.name);
            plan.status = status;
        };
        door.product(change, 1450, rows::monthly()).await;
    }
    assert_eq!(names(&door.api.get("/projects/p/plans").await.expect(200)), ["now"]);
    let others = door.api.get("/projects/p/plans?status=draft,archived").await.expect(200);
    assert_eq!(names(&others).len(), 2);
}

#[tokio::test]
async fn filters_are_all_heeded() {
    let door = Door::open().await;
    let plastic = |plan: &mut perennial_domain::Product| {
        "plastic".clone_into(&mut plan.name);
        let facts = plan.plan_facts.as_mut().unwrap();
        facts.sim_types = vec![SimType::Psim];
        "p7".clone_into(&mut facts.provider);
    };
    door.product(plastic, 900, rows::thirty_days()).await;
    door.plan("heron", 1450, rows::monthly()).await;
    for (query, found) in [
        ("simType=pSIM", vec!["plastic"]),
        ("provider=p7&simType=pSIM", vec!["plastic"]),
        ("provider=test", vec!["Plan plan"]),
        ("provider=p7&simType=eSIM", vec![]),
        ("provider=nobody", vec![]),
    ] {
        assert_eq!(
            names(&door.api.get(&format!("/projects/p/plans?{query}")).await.expect(200)),
            found,
            "{query}"
        );
    }
}

#[tokio::test]
async fn a_fixed_term_is_one_time_and_a_new_price_is_shown_at_once() {
    let door = Door::open().await;
    let (plan, price) = door.plan("heron", 1450, rows::thirty_days()).await;
    let path = format!("/projects/p/plans/{}", plan.id);
    let shown = door.api.get(&path).await.expect(200);
    assert_eq!(
        shown["validity"],
        json!({ "type": "oneTime", "unit": "day", "value": 30, "minimumPeriods": 1 })
    );

    let project = door.app.project().id;
    door.app
        .write(move |cx, tx| {
            let mut old = price.clone();
            old.status = PriceStatus::Archived;
            tx.prices(project).update(&old)?;
            tx.prices(project).insert(&rows::price(cx, &plan, 1600, rows::thirty_days()))
        })
        .await;
    assert_eq!(door.api.get(&path).await.expect(200)["price"]["amount"], 1600);
}

#[tokio::test]
async fn software_products_and_add_ons_are_no_plans_of_this_door() {
    let door = Door::open().await;
    let (plan, _) = door.plan("heron", 1450, rows::monthly()).await;
    door.addon("boost", &plan).await;
    let software = |product: &mut perennial_domain::Product| {
        "notes".clone_into(&mut product.reference);
        product.plan_facts = None;
    };
    let (software, _) = door.product(software, 500, rows::monthly()).await;
    assert_eq!(names(&door.api.get("/projects/p/plans").await.expect(200)), ["Plan plan"]);
    door.api.get(&format!("/projects/p/plans/{}", software.id)).await.expect_error(404);
}

#[tokio::test]
async fn a_search_finds_the_plans_that_a_device_can_use() {
    let door = Door::open().await;
    let plastic = |plan: &mut perennial_domain::Product| {
        "plastic".clone_into(&mut plan.name);
        plan.plan_facts.as_mut().unwrap().sim_types = vec![SimType::Psim];
    };
    door.product(plastic, 900, rows::thirty_days()).await;
    door.plan("heron", 1450, rows::monthly()).await;
    let models = door.api.get("/deviceModels?brand=Nokia&limit=1").await.expect(200);
    for (device, found) in [
        (json!({ "imei": "00-103310-000000-9" }), vec!["plastic"]),
        (json!({ "deviceModel": models["items"][0]["id"] }), vec!["plastic"]),
        (json!({ "imei": "001015010000005" }), vec!["Plan plan", "plastic"]),
        // Nobody knows this one, and nothing speaks against any plan.
        (json!({ "imei": "990000862471853" }), vec!["Plan plan", "plastic"]),
    ] {
        let search = json!({ "compatibleWith": device });
        let list = door.api.post("/projects/p/plans/search", search).await.expect(200);
        let mut names = names(&list);
        names.sort_unstable();
        assert_eq!(names, found, "{device}");
    }
    let drafts = door.api.post("/projects/p/plans/search", json!({ "status": ["draft"] })).await.expect(200);
    assert_eq!(drafts["items"], json!([]));
}

#[tokio::test]
async fn a_search_for_plans_names_what_is_wrong_with_it() {
    let door = Door::open().await;
    for body in [
        json!({}),
        json!({ "compatibleWith": {} }),
        json!({ "compatibleWith": { "imei": "123" } }),
        json!({ "compatibleWith": { "deviceModel": "dmd_unknown" } }),
        json!({ "compatibleWith": { "imei": "990000862471853", "deviceModel": "dmd_1" } }),
        json!({ "status": "available" }),
        json!({ "name": "heron" }),
    ] {
        let answer = door.api.post("/projects/p/plans/search", body.clone()).await;
        assert_eq!(answer.expect_error(422).0, "invalid", "{body}");
    }
}
