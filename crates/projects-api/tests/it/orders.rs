//! contracts/projects-api.md §2.14, orders.

use perennial_domain::{
    AddonOrder, Checkout, CheckoutState, Customer, DiscountDuration, Goods, Money, Order, OrderLine,
    PaymentState, Price, Product, SubscriptionAddon, SubscriptionOrder, Voucher,
};
use perennial_testkit::rows;
use serde_json::{Value, json};

use crate::door::Door;

/// An order of a plan alone, but for what `change` says.
async fn order(
    door: &Door,
    customer: &Customer,
    plan: &(Product, Price),
    change: impl Fn(&mut Checkout) + Send + Sync + 'static,
) -> Checkout {
    let (customer, plan) = (customer.clone(), plan.clone());
    let write = door.app.write(move |cx, tx| {
        let mut checkout = rows::checkout(cx, &customer, order_of(&plan));
        change(&mut checkout);
        tx.checkouts(customer.project_id).insert(&checkout)?;
        Ok(checkout)
    });
    write.await
}

fn line((product, price): &(Product, Price)) -> OrderLine {
    OrderLine { product_id: product.id, price_id: price.id, amount: price.amount }
}

fn order_of(plan: &(Product, Price)) -> Order {
    let goods = Goods::Subscription(SubscriptionOrder::of(line(plan)));
    Order { goods, voucher: None, due_now: plan.1.amount }
}

fn cents(amount: i64) -> Value {
    json!({ "amount": amount, "currency": "EUR" })
}

#[tokio::test]
async fn an_order_shows_what_was_bought_for_how_much_and_what_it_became() {
    let door = Door::open().await;
    let ada = door.customer("ada@example.com").await;
    let plan = door.plan("heron", 1450, rows::monthly()).await;
    let addon = door.addon("surf", &plan.0).await;
    let subscription = door.subscription(&ada, &plan).await;
    let (bought_on, added) = (subscription.id, line(&addon));
    let made = order(&door, &ada, &plan, move |checkout| {
        if let Goods::Subscription(order) = &mut checkout.order.goods {
            order.addons.push(added.clone());
        }
        let discount = Money::new(200, added.amount.currency);
        let (code, stripe_promotion_code_id) = ("WELCOME".to_owned(), "promo_1".to_owned());
        let duration = DiscountDuration::Once;
        checkout.order.voucher =
            Some(Voucher { code, stripe_promotion_code_id, discount, duration, rebate: None });
        checkout.order.due_now = Money::new(1550, added.amount.currency);
        (checkout.state, checkout.subscription_id) = (CheckoutState::Settled, Some(bought_on));
    });
    let made = made.await;
    let (id, currency, price) = (made.id, made.order.due_now.currency, addon.1.clone());
    let written = door.app.write(move |cx, tx| {
        let mut payment = rows::payment(cx, &ada, "in_1", Money::new(1550, currency));
        payment.checkout_id = Some(id);
        tx.payments(ada.project_id).insert(&payment)?;
        let bought =
            SubscriptionAddon { checkout_id: Some(id), ..rows::bought_addon(cx, &subscription, &price) };
        tx.subscription_addons(ada.project_id).insert(&bought)?;
        Ok((payment, bought))
    });
    let (payment, bought) = written.await;

    let mut shown = door.api.get(&format!("/projects/p/orders/{id}")).await.expect(200);
    assert_eq!(shown["plan"].take()["price"], cents(1450));
    assert_eq!(shown["addons"].take()[0]["id"], addon.0.id.as_addon());
    assert_eq!(shown["lastPayment"].take()["id"], json!(payment.id));
    assert_eq!(shown["user"].take()["email"], "ada@example.com");
    assert_eq!(
        shown,
        json!({
            "object": "order", "id": id, "plan": null, "addons": null, "price": cents(1550),
            "subtotal": cents(1750), "discount": cents(200), "taxes": [],
            "voucher": { "object": "voucher", "code": "WELCOME" }, "lastPayment": null,
            "subscription": bought_on, "subscriptionAddons": [bought.id], "subscriptionDetails": null,
            "user": null, "status": "completed", "createdAt": "2031-03-04T05:06:07Z",
        })
    );
}

#[tokio::test]
async fn a_plan_is_shown_at_the_price_at_which_it_was_ordered() {
    let door = Door::open().await;
    let ada = door.customer("ada@example.com").await;
    let plan = door.plan("heron", 1450, rows::monthly()).await;
    let made = order(&door, &ada, &plan, |_| {}).await;
    let (product, old) = plan;
    door.app
        .write(move |cx, tx| {
            let mut archived = old.clone();
            archived.status = perennial_domain::PriceStatus::Archived;
            tx.prices(product.project_id).update(&archived)?;
            tx.prices(product.project_id).insert(&rows::price(cx, &product, 1990, rows::monthly()))
        })
        .await;
    let shown = door.api.get(&format!("/projects/p/orders/{}", made.id)).await.expect(200);
    assert_eq!(shown["plan"]["price"], cents(1450));
    let plans = door.api.get("/projects/p/plans").await.expect(200);
    assert_eq!(plans["items"][0]["price"], cents(1990));
}

#[tokio::test]
async fn a_status_tells_where_the_money_is() {
    let door = Door::open().await;
    let plan = door.plan("heron", 1450, rows::monthly()).await;
    let saved = Some("pm_1".to_owned());
    let cases = [
        (CheckoutState::Creating, None, None, "quoted"),
        (CheckoutState::Creating, saved, None, "pending"),
        (CheckoutState::Open, None, None, "pending"),
        (CheckoutState::Settled, None, None, "completed"),
        (CheckoutState::Expired, None, None, "canceled"),
        (CheckoutState::Abandoned, None, None, "canceled"),
        (CheckoutState::Superseded, None, Some(PaymentState::Succeeded), "paid"),
        (CheckoutState::Superseded, None, Some(PaymentState::Refunded), "canceled"),
    ];
    for (email, (state, card, paid, expected)) in EMAILS.into_iter().zip(cases) {
        let customer = door.customer(email).await;
        let made = order(&door, &customer, &plan, move |checkout| {
            (checkout.state, checkout.saved_card) = (state, card.clone());
        });
        let made = made.await;
        if let Some(state) = paid {
            let (id, amount) = (made.id, made.order.due_now);
            let payment = door.app.write(move |cx, tx| {
                let mut payment = rows::payment(cx, &customer, &format!("in_{id}"), amount);
                (payment.checkout_id, payment.state) = (Some(id), state);
                tx.payments(customer.project_id).insert(&payment)
            });
            payment.await;
        }
        let shown = door.api.get(&format!("/projects/p/orders/{}", made.id)).await.expect(200);
        assert_eq!(shown["status"], expected, "{state:?}");
    }
}

/// One open order each.
const EMAILS: [&str; 8] = [
    "a@example.com",
    "b@example.com",
    "c@example.com",
    "d@example.com",
    "e@example.com",
    "f@example.com",
    "g@example.com",
    "h@example.com",
];

#[tokio::test]
async fn an_order_of_addons_names_the_subscription_before_it_is_paid() {
    let door = Door::open().await;
    let ada = door.customer("ada@example.com").await;
    let plan = door.plan("heron", 1450, rows::monthly()).await;
    let addon = door.addon("surf", &plan.0).await;
    let subscription_id = door.subscription(&ada, &plan).await.id;
    let added = line(&addon);
    let made = order(&door, &ada, &plan, move |checkout| {
        let goods = AddonOrder { subscription_id, addons: vec![added.clone()], prorated_at: None };
        checkout.order.goods = Goods::Addons(goods);
        checkout.order.due_now = Money::new(120, added.amount.currency);
    });
    let made = made.await;
    let shown = door.api.get(&format!("/projects/p/orders/{}", made.id)).await.expect(200);
    assert_eq!((&shown["plan"], &shown["subscription"]), (&Value::Null, &json!(subscription_id)));
    assert_eq!(
        (&shown["price"], &shown["subtotal"], &shown["discount"]),
        (&cents(120), &cents(120), &cents(0))
    );
    assert_eq!(shown["subscriptionAddons"], json!([]));
}

#[tokio::test]
async fn orders_are_listed_newest_first_and_by_user() {
    let door = Door::open().await;
    let (ada, bo) = (door.customer("ada@example.com").await, door.customer("bo@example.com").await);
    let plan = door.plan("heron", 1450, rows::monthly()).await;
    let first = order(&door, &ada, &plan, |checkout| checkout.state = CheckoutState::Expired).await;
    door.app.clock().advance(jiff::SignedDuration::from_secs(1));
    let second = order(&door, &ada, &plan, |_| {}).await;
    door.app.clock().advance(jiff::SignedDuration::from_secs(1));
    let third = order(&door, &bo, &plan, |_| {}).await;
    let list = async |query: String| {
        let list = door.api.get(&format!("/projects/p/orders?{query}")).await.expect(200);
        let ids = list["items"].as_array().unwrap().iter().map(|order| order["id"].clone());
        ids.collect::<Vec<_>>()
    };
    assert_eq!(list(String::new()).await, [json!(third.id), json!(second.id), json!(first.id)]);
    assert_eq!(list(format!("user={}", ada.id)).await, [json!(second.id), json!(first.id)]);
    assert_eq!(list(format!("after={}", second.id)).await, [json!(first.id)]);
    assert!(list("user=usr_unknown".to_owned()).await.is_empty());
    door.api.get("/projects/p/orders/ord_unknown").await.expect_error(404);
    door.api.get("/projects/p/orders?status=paid").await.expect_error(422);
}

#[tokio::test]
async fn orders_of_another_project_are_nobodys() {
    let door = Door::open().await;
    let ada = door.customer("ada@example.com").await;
    let plan = door.plan("heron", 1450, rows::monthly()).await;
    let made = order(&door, &ada, &plan, |_| {}).await;
    let (_, key) = door.app.other_project("q").await;
    let other = door.with_key(secrecy::ExposeSecret::expose_secret(&key));
    other.get(&format!("/projects/q/orders/{}", made.id)).await.expect_error(404);
    assert_eq!(other.get("/projects/q/orders").await.expect(200)["items"], json!([]));
}
