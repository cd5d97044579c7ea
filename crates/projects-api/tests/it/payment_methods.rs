//! contracts/projects-api.md §2.14, payment methods.

use perennial_domain::{Card, CardBrand, Customer, PaymentMethod, PaymentMethodKind};
use serde_json::json;

use crate::door::Door;

async fn card(door: &Door, customer: &Customer, stripe_id: &'static str, is_kept: bool) {
    let customer = customer.clone();
    let write = door.app.write(move |cx, tx| {
        tx.payment_methods(customer.project_id).insert(&PaymentMethod {
            id: cx.id(),
            project_id: customer.project_id,
            customer_id: customer.id,
            card: Card {
                stripe_payment_method_id: stripe_id.to_owned(),
                kind: PaymentMethodKind::Card,
                brand: CardBrand::Visa,
                last4: "4242".to_owned(),
                exp_month: 8,
                exp_year: 2039,
            },
            is_default: true,
            created_at: cx.now(),
            detached_at: (!is_kept).then_some(cx.now()),
        })
    });
    write.await;
}

#[tokio::test]
async fn a_card_is_known_by_the_processors_name_and_tells_nothing_that_could_charge_it() {
    let door = Door::open().await;
    let customer = door.customer("ada@example.com").await;
    card(&door, &customer, "pm_1", true).await;
    let shown = door.api.get("/projects/p/paymentMethods/pm_1").await.expect(200);
    let expected = json!({
        "object": "paymentMethod", "id": "pm_1", "type": "card", "brand": "visa", "last4": "4242",
        "provider": "stripe", "status": "available", "user": customer.id, "createdAt": "2031-03-04T05:06:07Z",
    });
    assert_eq!(shown, expected);
}

#[tokio::test]
async fn cards_are_listed_by_user_and_paged_by_their_names() {
    let door = Door::open().await;
    let (ada, bo) = (door.customer("ada@example.com").await, door.customer("bo@example.com").await);
    for (customer, id) in [(&ada, "pm_1"), (&ada, "pm_2"), (&bo, "pm_3")] {
        card(&door, customer, id, true).await;
    }
    let first = door.api.get("/projects/p/paymentMethods?limit=2").await.expect(200);
    assert_eq!(first["items"].as_array().unwrap().len(), 2);
    let cursor = first["moreItemsAfter"].as_str().unwrap();
    let rest = door.api.get(&format!("/projects/p/paymentMethods?after={cursor}")).await.expect(200);
    assert_eq!(rest["items"].as_array().unwrap().len(), 1);
    let of_bo = door.api.get(&format!("/projects/p/paymentMethods?user={}", bo.id)).await.expect(200);
    assert_eq!(
        (of_bo["items"][0]["id"].as_str(), of_bo["items"].as_array().unwrap().len()),
        (Some("pm_3"), 1)
    );
    for wrong in ["after=pm_9", "limit=201", "after=pm_1&before=pm_2", "user=", "brand=visa"] {
        let refused = door.api.get(&format!("/projects/p/paymentMethods?{wrong}")).await;
        assert_eq!(refused.expect_error(422).0, "invalid", "{wrong}");
    }
}

#[tokio::test]
async fn a_card_that_is_kept_no_more_and_one_of_another_project_are_nobodys() {
    let door = Door::open().await;
    let customer = door.customer("ada@example.com").await;
    card(&door, &customer, "pm_1", false).await;
    card(&door, &customer, "pm_2", true).await;
    door.api.get("/projects/p/paymentMethods/pm_1").await.expect_error(404);
    let (_, key) = door.app.other_project("q").await;
    let other = door.with_key(secrecy::ExposeSecret::expose_secret(&key));
    other.get("/projects/q/paymentMethods/pm_2").await.expect_error(404);
    assert_eq!(other.get("/projects/q/paymentMethods").await.expect(200)["items"], json!([]));
}
