//! contracts/projects-api.md §2.8.

use perennial_testkit::rows;
use serde_json::json;

use crate::door::Door;

#[tokio::test]
async fn a_bought_add_on_is_shown_whole_and_found_by_every_filter() {
    let door = Door::open().await;
    let plan = door.plan("heron", 1450, rows::monthly()).await;
    let (product, price) = door.addon("boost", &plan.0).await;
    let customer = door.customer("ada@example.com").await;
    let subscription = door.subscription(&customer, &plan).await;
    let (subscription_id, customer_id, addon_id) = (subscription.id, customer.id, product.id);
    let bought = door.app.write(move |cx, tx| {
        let mut addon = rows::bought_addon(cx, &subscription, &price);
        addon.activate(cx.now(), None).expect("it is pending");
        tx.subscription_addons(customer.project_id).insert(&addon)?;
        Ok(addon)
    });
    let bought = bought.await;

    let shown = door.api.get(&format!("/projects/p/subscriptionAddons/{}", bought.id)).await.expect(200);
    let addon = door.api.get(&format!("/projects/p/addons/{}", addon_id.as_addon())).await.expect(200);
    assert_eq!(
        shown,
        json!({
            "object": "subscriptionAddon", "id": bought.id, "addon": addon, "subscription": subscription_id,
            "user": customer_id, "status": "active",
            "currentPeriod": { "number": 1, "start": "2031-03-04T05:06:07Z", "end": "2031-04-03T05:06:07Z" },
            "activatedAt": "2031-03-04T05:06:07Z", "canceledAt": null, "endedAt": "2031-04-03T05:06:07Z",
            "createdAt": "2031-03-04T05:06:07Z",
        })
    );
    for (query, count) in [
        (String::new(), 1),
        (format!("subscription={subscription_id}"), 1),
        (format!("addon={}&user={customer_id}&status=active,pending", addon_id.as_addon()), 1),
        ("status=ended".to_owned(), 0),
        ("status=initiated".to_owned(), 0),
        ("subscription=sub_0000000000000000000001".to_owned(), 0),
    ] {
        let list = door.api.get(&format!("/projects/p/subscriptionAddons?{query}")).await.expect(200);
        assert_eq!(list["items"].as_array().unwrap().len(), count, "{query}");
    }
    door.api.get("/projects/p/subscriptionAddons/sad_0000000000000000000001").await.expect_error(404);
}
