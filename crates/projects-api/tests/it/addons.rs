//! contracts/projects-api.md §2.7.

use perennial_testkit::rows;
use serde_json::json;

use crate::door::Door;

#[tokio::test]
async fn an_add_on_shows_every_property_under_an_id_of_its_own_spelling() {
    let door = Door::open().await;
    let (plan, _) = door.plan("heron", 1450, rows::monthly()).await;
    let (addon, _) = door.addon("boost", &plan).await;
    let shown = door.api.get(&format!("/projects/p/addons/{}", addon.id.as_addon())).await.expect(200);
    assert_eq!(
        shown,
        json!({
            "object": "addon", "id": addon.id.as_addon(), "metadata": {}, "name": "Add-on boost",
            "description": "Twelve gigabytes, all calls in.", "status": "available", "type": "topUp",
            "price": { "amount": 300, "currency": "EUR" },
            "allowances": { "dataBytes": 1_000_000_000, "voiceSeconds": 0, "smsMessages": 0 },
            "data": 1_000_000_000, "dataUnit": "byte", "voice": 0, "voiceUnit": "second", "sms": 0,
            "smsUnit": "message", "provider": "test", "plans": [plan.id], "recurrenceType": "oneTime",
            "validity": { "unit": "day", "value": 30 }, "coverage": null, "activationTrigger": "creation",
            "createdAt": "2031-03-04T05:06:07Z",
        })
    );
    door.api.get(&format!("/projects/p/addons/{}", addon.id)).await.expect_error(404);
    door.api.get(&format!("/projects/p/plans/{}", addon.id)).await.expect_error(404);
}

#[tokio::test]
async fn filters_are_all_heeded() {
    let door = Door::open().await;
    let (plan, _) = door.plan("heron", 1450, rows::monthly()).await;
    let other = |product: &mut perennial_domain::Product| "other".clone_into(&mut product.reference);
    let (other, _) = door.product(other, 900, rows::monthly()).await;
    door.addon("boost", &plan).await;
    for (query, count) in [
        (String::new(), 1),
        ("status=available&provider=test".to_owned(), 1),
        ("status=draft,archived".to_owned(), 0),
        ("type=topUp&recurrenceType=oneTime".to_owned(), 1),
        ("recurrenceType=recurring".to_owned(), 0),
        ("type=other".to_owned(), 0),
        (format!("plan={}", plan.id), 1),
        (format!("plan={}", other.id), 0),
        ("plan=pln_0XxA3EXufpGHQAYGhcAD1dkmggOy".to_owned(), 0),
        ("coverageCountry=NL".to_owned(), 0),
    ] {
        let list = door.api.get(&format!("/projects/p/addons?{query}")).await.expect(200);
        assert_eq!(list["items"].as_array().unwrap().len(), count, "{query}");
    }
    assert_eq!(
        door.api.get("/projects/p/addons?coverageCountry=Narnia").await.expect_error(422).0,
        "invalid"
    );
}
