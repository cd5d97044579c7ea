//! `POST P/subscriptions`, `POST` and `DELETE P/subscriptionAddons`.

use http::StatusCode;
use jiff::SignedDuration;
use perennial_core::checkout::sweep_checkouts;
use perennial_domain::{Customer, DeviceModel, Goods, Sim};
use perennial_http::ApiOptions;
use perennial_testkit::{Caller, LineState, Merchant, rows};
use serde_json::{Value, json};

const SUBSCRIPTIONS: &str = "/projects/p/subscriptions";
const ADDONS: &str = "/projects/p/subscriptionAddons";

struct Shop {
    merchant: Merchant,
    api: Caller,
    user: Customer,
}

impl Shop {
    async fn open() -> Self {
        let merchant = Merchant::new().await;
        let user = merchant.customer("ada@example.com").await;
        let routes = perennial_projects_api::router(merchant.app().clone(), &ApiOptions::default());
        let api = merchant.test.caller(perennial_http::server(routes));
        Self { merchant, api, user }
    }

    /// With a card that Stripe keeps.
    async fn with_card(card: &str) -> Self {
        let shop = Self::open().await;
        let checkout = shop.merchant.open(shop.user.id, "line").await;
        let (app, project) = (shop.merchant.app(), shop.merchant.project());
        perennial_core::checkout::withdraw_checkout(app, project, checkout.id).await.unwrap();
        shop.merchant.keep_card(shop.user.id, card).await;
        shop
    }

    async fn order(&self, plan: &'static str, more: Value) -> Value {
        let mut body = json!({ "plan": self.merchant.product(plan).await.id, "user": self.user.id });
        let wanted = more.as_object().unwrap().clone();
        body.as_object_mut().unwrap().extend(wanted);
        body
    }

    async fn buy(&self, plan: &'static str, more: Value) -> perennial_testkit::Answer {
        let body = self.order(plan, more).await;
        self.api.post(SUBSCRIPTIONS, body).await
    }

    async fn charged(&self) -> Vec<i64> {
        let charges = self.merchant.stripe().get("/v1/charges").await.expect(200);
        let paid = charges["data"].as_array().unwrap().iter().filter(|charge| charge["paid"] == true);
        paid.map(|charge| charge["amount"].as_i64().unwrap()).collect()
    }
}

#[tokio::test]
async fn a_saved_card_pays_for_a_subscription_that_is_there_at_once() {
    let shop = Shop::with_card("pm_card_visa").await;
    let made = shop.buy("line", json!({ "metadata": { "shelf": "4" } })).await.expect(201);
    assert_eq!((&made["status"], &made["metadata"]["shelf"]), (&json!("active"), &json!("4")));
    assert_eq!((&made["user"]["id"], made["sim"].is_object()), (&json!(shop.user.id), true));
    let id = made["id"].as_str().unwrap();
    assert_eq!(shop.api.get(&format!("{SUBSCRIPTIONS}/{id}")).await.expect(200), made);
    assert_eq!(shop.charged().await, [1450]);
}

#[tokio::test]
async fn the_same_key_charges_once() {
    let shop = Shop::with_card("pm_card_visa").await;
    let body = shop.order("prepaid", json!({})).await;
    let caller = shop.api.with("idempotency-key", "order-1");
    let first = caller.post(SUBSCRIPTIONS, body.clone()).await.expect(201);
    assert_eq!(caller.post(SUBSCRIPTIONS, body).await.expect(201), first);
    assert_eq!(shop.charged().await, [900]);
}

/// Loses Stripe's answer to this call, and lets the sweep find out what became of it if it shall.
async fn lose_the_answer(shop: &Shop, caller: &Caller, path: &str, body: &Value, is_swept: bool) {
    shop.merchant.line.set(LineState::LosesAnswers);
    let lost = caller.post(path, body.clone()).await;
    assert!(lost.status.is_server_error(), "{lost:?}");
    shop.merchant.line.set(LineState::Open);
    if is_swept {
        shop.merchant.test.clock().advance(SignedDuration::from_mins(6));
        sweep_checkouts(shop.merchant.app()).await.unwrap();
        shop.merchant.work().await;
    }
}

#[tokio::test]
async fn an_order_whose_answer_is_lost_is_asked_again_and_charged_once() {
    for (plan, cents, is_swept) in [("line", 1450, true), ("prepaid", 900, true), ("prepaid", 900, false)] {
        let shop = Shop::with_card("pm_card_visa").await;
        let caller = shop.api.with("idempotency-key", "order-1");
        let body = shop.order(plan, json!({})).await;
        lose_the_answer(&shop, &caller, SUBSCRIPTIONS, &body, is_swept).await;

        let made = caller.post(SUBSCRIPTIONS, body.clone()).await.expect(201);

        let [subscription] = shop.merchant.subscriptions().await.try_into().unwrap();
        assert_eq!(made["id"], json!(subscription.id), "{plan}");
        assert_eq!(shop.charged().await, [cents], "{plan}");
    }
}

#[tokio::test]
async fn an_addon_whose_answer_is_lost_is_asked_again_and_charged_once() {
    for (addon, is_swept) in [("roaming", true), ("extra-data", true), ("roaming", false)] {
        let shop = Shop::with_card("pm_card_visa").await;
        let line = shop.buy("line", json!({})).await.expect(201);
        let addon = shop.merchant.product(addon).await.id.as_addon().clone();
        let body = json!({ "addon": addon, "subscription": line["id"] });
        let caller = shop.api.with("idempotency-key", "addon-1");
        lose_the_answer(&shop, &caller, ADDONS, &body, is_swept).await;

        caller.post(ADDONS, body).await.expect(201);

        let list = shop.api.get(ADDONS).await.expect(200);
        assert_eq!(list["items"].as_array().unwrap().len(), 1, "{addon}");
        assert_eq!(shop.charged().await.len(), 2, "{addon}");
    }
}

#[tokio::test]
async fn a_key_whose_charge_was_declined_pays_with_the_next_card() {
    let shop = Shop::with_card("pm_card_chargeCustomerFail").await;
    let caller = shop.api.with("idempotency-key", "order-1");
    let body = shop.order("prepaid", json!({})).await;
    assert_eq!(caller.post(SUBSCRIPTIONS, body.clone()).await.status, StatusCode::UNPROCESSABLE_ENTITY);
    shop.merchant.keep_card(shop.user.id, "pm_card_visa").await;
    caller.post(SUBSCRIPTIONS, body).await.expect(201);
    assert_eq!(shop.charged().await, [900]);
}

#[tokio::test]
async fn a_voucher_of_the_billing_api_is_named_as_not_offered_and_buys_nothing() {
    let shop = Shop::with_card("pm_card_visa").await;
    let refused = shop.buy("line", json!({ "billing": { "discount": { "voucher": "vch_1" } } })).await;
    let message = refused.body["message"].as_str().unwrap().to_owned();
    assert_eq!(refused.expect_error(501).0, "notImplemented");
    assert!(message.contains("vouchers"), "{message}");
    assert!(shop.merchant.subscriptions().await.is_empty());
    assert!(shop.charged().await.is_empty());
}

#[tokio::test]
async fn a_free_plan_needs_no_card_and_a_paid_one_says_so() {
    let shop = Shop::open().await;
    let made = shop.buy("notebook-free", json!({})).await.expect(201);
    assert_eq!((&made["status"], made["sim"].is_null()), (&json!("active"), true));
    let refused = shop.buy("line", json!({})).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(refused.body["code"], "paymentMethodRequired");
}

#[tokio::test]
async fn a_card_that_declines_is_named_and_leaves_nothing() {
    for (card, code) in [
        ("pm_card_chargeCustomerFail", "paymentCardDeclined"),
        ("pm_card_authenticationRequired", "paymentFailed"),
    ] {
        let shop = Shop::with_card(card).await;
        let refused = shop.buy("line", json!({})).await;
        assert_eq!((refused.status, &refused.body["code"]), (StatusCode::UNPROCESSABLE_ENTITY, &json!(code)));
        assert!(shop.merchant.subscriptions().await.is_empty());
        assert!(shop.charged().await.is_empty());
    }
}

#[tokio::test]
async fn who_has_an_excluding_subscription_is_not_charged_for_a_second() {
    let shop = Shop::with_card("pm_card_visa").await;
    shop.buy("line", json!({})).await.expect(201);
    let refused = shop.buy("line-large", json!({})).await;
    assert_eq!(
        (refused.status, &refused.body["type"]),
        (StatusCode::UNPROCESSABLE_ENTITY, &json!("invalid"))
    );
    assert_eq!(shop.charged().await, [1450]);
}

#[tokio::test]
async fn a_sim_has_to_be_free_and_to_fit() {
    let shop = Shop::with_card("pm_card_visa").await;
    let (project, owner) = (shop.merchant.project(), shop.user.id);
    let [fits, foreign]: [Sim; 2] = shop
        .merchant
        .test
        .write(move |cx, tx| {
            let fits = Sim { customer_id: Some(owner), ..rows::esim(cx, project, 1) };
            let foreign = Sim { provider: "elsewhere".to_owned(), ..rows::esim(cx, project, 2) };
            tx.sims(project).insert(&fits)?;
            tx.sims(project).insert(&foreign)?;
            Ok([fits, foreign])
        })
        .await;
    let other = shop.buy("line", json!({ "sim": foreign.id })).await;
    assert_eq!(other.body["details"][0]["property"], "sim");
    let unknown = shop.buy("line", json!({ "sim": "sim_0000000000000000000000" })).await;
    assert_eq!(unknown.body["details"][0]["property"], "sim");

    let made = shop.buy("line", json!({ "sim": fits.id })).await.expect(201);
    assert_eq!(made["sim"]["id"], json!(fits.id));
    let used = shop.buy("prepaid", json!({ "sim": fits.id })).await;
    assert_eq!(used.body["code"], "simAlreadyUsed");

    // Once its subscription is over it is the one that was used last.
    let path = format!("{SUBSCRIPTIONS}/{}/end", made["id"].as_str().unwrap());
    shop.api.post(&path, json!({})).await.expect(200);
    let again = shop.buy("line", json!({ "sim": "preferLastUsed" })).await.expect(201);
    assert_eq!(again["sim"]["id"], json!(fits.id));
    let fresh = shop.buy("prepaid", json!({ "sim": "preferLastUsed" })).await.expect(201);
    assert_ne!(fresh["sim"]["id"], json!(fits.id));
}

#[tokio::test]
async fn a_placeholder_makes_another_sim_with_each_use() {
    let shop = Shop::with_card("pm_card_visa").await;
    let mut made = Vec::new();
    for _ in 0..2 {
        let subscription = shop.buy("prepaid", json!({ "sim": "sim_test_esim" })).await.expect(201);
        assert_eq!(subscription["status"], "active");
        made.push(subscription["sim"].clone());
    }
    assert!(made.iter().all(|sim| sim["type"] == "eSIM" && sim["provider"] == "test"), "{made:?}");
    assert!(made.iter().all(|sim| sim["iccid"].as_str().unwrap().starts_with("8942424242")), "{made:?}");
    assert_ne!(made[0]["iccid"], made[1]["iccid"]);
    let credentials = format!("/projects/p/sims/{}/credentials", made[0]["id"].as_str().unwrap());
    let credentials = shop.api.get(&credentials).await.expect(200);
    assert!(credentials["activationCode"].as_str().unwrap().starts_with("LPA:1$"), "{credentials}");

    let plastic = shop.buy("line", json!({ "sim": "sim_test_psim" })).await.expect(201);
    assert_eq!((&plastic["sim"]["type"], &plastic["sim"]["status"]), (&json!("pSIM"), &json!("active")));
}

#[tokio::test]
async fn a_placeholder_that_takes_its_time_is_activated_when_that_is_over() {
    let shop = Shop::with_card("pm_card_visa").await;
    for (placeholder, delay) in [
        ("sim_test_esim_delayed_up_to_one_min", SignedDuration::from_secs(30)),
        ("sim_test_esim_delayed_four_hours", SignedDuration::from_hours(4)),
        ("sim_test_esim_delayed_twenty_four_hours", SignedDuration::from_hours(24)),
    ] {
        let made = shop.buy("prepaid", json!({ "sim": placeholder })).await.expect(201);
        assert_eq!((&made["status"], &made["sim"]["status"]), (&json!("pending"), &json!("inactive")));
        let path = format!("{SUBSCRIPTIONS}/{}", made["id"].as_str().unwrap());
        shop.merchant.live(delay - SignedDuration::from_secs(1)).await;
        assert_eq!(shop.api.get(&path).await.expect(200)["status"], "pending", "{placeholder}");
        shop.merchant.live(SignedDuration::from_secs(1)).await;
        let active = shop.api.get(&path).await.expect(200);
        assert_eq!((&active["status"], &active["sim"]["status"]), (&json!("active"), &json!("active")));
        assert_eq!(active["sim"]["id"], made["sim"]["id"]);
    }
}

#[tokio::test]
async fn a_placeholder_has_to_fit_as_any_sim() {
    let shop = Shop::with_card("pm_card_visa").await;
    for (plan, placeholder) in
        [("prepaid", "sim_test_psim"), ("notebook-lifetime", "sim_test_esim"), ("line", "sim_test_brick")]
    {
        let refused = shop.buy(plan, json!({ "sim": placeholder })).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{plan}: {}", refused.body);
        assert_eq!(refused.body["details"][0]["property"], "sim", "{plan}: {}", refused.body);
    }
    let elsewhere = include_str!("../../../testkit/src/merchant.toml").replace("\"test\"", "\"heron\"");
    shop.merchant.apply(&elsewhere).await;
    let refused = shop.buy("prepaid", json!({ "sim": "sim_test_esim" })).await;
    let known = shop.buy("prepaid", json!({ "sim": foreign_sim(&shop).await })).await;
    assert_eq!((refused.status, &refused.body["details"]), (known.status, &known.body["details"]));
    assert!(shop.charged().await.is_empty());
}

/// A free SIM of the network `test`.
async fn foreign_sim(shop: &Shop) -> String {
    let project = shop.merchant.project();
    let made = shop.merchant.test.write(move |cx, tx| {
        let sim = rows::esim(cx, project, 1);
        tx.sims(project).insert(&sim)?;
        Ok(sim.id.to_string())
    });
    made.await
}

#[tokio::test]
async fn what_the_plan_needs_is_asked_for_all_at_once() {
    let shop = Shop::with_card("pm_card_visa").await;
    shop.merchant.apply(DEMANDING).await;
    let (project, id) = (shop.merchant.project(), shop.user.id);
    shop.merchant
        .test
        .write(move |_, tx| {
            let mut user = tx.customers(project).lock(id)?.unwrap();
            (user.full_name, user.birthday) = (None, None);
            tx.customers(project).update(&user)
        })
        .await;
    let refused = shop.buy("demanding", json!({})).await;
    let details = refused.body["details"].as_array().unwrap();
    let missing = details.iter().map(|detail| detail["property"].as_str().unwrap()).collect::<Vec<_>>();
    assert_eq!(missing, ["user.fullName", "user.birthday", "userAddress", "device"]);
    assert!(details.iter().all(|detail| detail["code"] == "propertyRequired"));
    assert!(shop.charged().await.is_empty());
}

#[tokio::test]
async fn a_device_may_be_named_by_its_model_which_has_to_take_the_sim() {
    let shop = Shop::with_card("pm_card_visa").await;
    let model = |name: &str| DeviceModel::all().iter().find(|model| model.name == name).unwrap().id();
    for refused in [json!("dmd_0000000000000000000000"), json!(model("3310"))] {
        let answer = shop.buy("line", json!({ "deviceModel": refused })).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", answer.body);
        assert_eq!(answer.body["details"][0]["property"], "deviceModel");
    }
    assert!(shop.charged().await.is_empty());

    let bought = shop.buy("line", json!({ "deviceModel": model("Pixel 8") })).await;
    assert_eq!(bought.status, StatusCode::CREATED, "{}", bought.body);
    let (project, user) = (shop.merchant.project(), shop.user.id);
    let [subscription] = shop.merchant.subscriptions().await.try_into().unwrap();
    assert_eq!(subscription.customer_id, user);
    let checkout = subscription.checkout_id.unwrap();
    let kept = shop.merchant.test.write(move |_, tx| tx.checkouts(project).find(checkout)).await.unwrap();
    let Goods::Subscription(order) = kept.order.goods else { panic!("it is a plan") };
    assert_eq!(order.device_model_id, Some(model("Pixel 8")));
}

const DEMANDING: &str = r#"
[[product]]
key = "demanding"
kind = "plan"
name = "All about you"
[[product.price]]
key = "monthly"
amount = 100
currency = "EUR"
every = "1 month"
[product.mobile_plan]
provider = "test"
sim_types = ["eSIM"]
[product.mobile_plan.requirements]
address = "present"
birthday = "present"
full_name = "present"
device = "present"
[product.mobile_plan.allowances]
data_bytes = 1
voice_seconds = 0
sms_messages = 0
[product.mobile_plan.coverage]
id = "benelux"
name = "Benelux"
countries = ["BE"]
"#;

#[tokio::test]
async fn odd_bodies_are_refused_by_the_property() {
    let shop = Shop::open().await;
    for more in [
        json!({ "user": "usr_0000000000000000000000" }),
        json!({ "plan": "pln_0000000000000000000000" }),
        json!({ "sim": "best" }),
        json!({ "porting": "prt_0000000000000000000000" }),
        json!({ "userAddress": "adr_0000000000000000000000" }),
        json!({ "device": "dev_0000000000000000000000" }),
        json!({ "colour": "red" }),
    ] {
        let refused = shop.buy("line", more.clone()).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{more}: {}", refused.body);
    }
}

#[tokio::test]
async fn an_add_on_is_bought_on_a_subscription_and_ended_again() {
    let shop = Shop::with_card("pm_card_visa").await;
    let subscription = shop.buy("line", json!({})).await.expect(201)["id"].clone();
    for (addon, charged) in [("extra-data", 500), ("roaming", 300)] {
        let product = shop.merchant.product(addon).await.id.as_addon();
        let body = json!({ "addon": product, "subscription": subscription });
        let made = shop.api.post(ADDONS, body).await.expect(201);
        assert_eq!((&made["status"], &made["subscription"]), (&json!("active"), &subscription));
        assert_eq!(shop.charged().await[0], charged);
        let path = format!("{ADDONS}/{}", made["id"].as_str().unwrap());
        let ended = shop.api.delete(&path).await.expect(200);
        assert_eq!((&ended["status"], ended["endedAt"].is_string()), (&json!("ended"), true));
        assert_eq!(shop.api.delete(&path).await.status, StatusCode::UNPROCESSABLE_ENTITY);
    }
    // What was ended renews no more.
    shop.merchant.hear_from_stripe().await;
    shop.merchant.test.clock().advance(jiff::SignedDuration::from_hours(24 * 32));
    shop.merchant.sandbox.tick().await.unwrap();
    assert_eq!(shop.charged().await[0], 1450);
}

#[tokio::test]
async fn an_add_on_needs_a_live_subscription_that_it_fits() {
    let shop = Shop::with_card("pm_card_visa").await;
    let addon = shop.merchant.product("extra-data").await.id.as_addon();
    let free = shop.buy("notebook-free", json!({})).await.expect(201)["id"].clone();
    let line = shop.buy("line", json!({})).await.expect(201)["id"].clone();
    let buy =
        |subscription: Value| shop.api.post(ADDONS, json!({ "addon": addon, "subscription": subscription }));
    assert_eq!(buy(free).await.body["details"][0]["property"], "addon");
    assert_eq!(buy(json!("sub_0000000000000000000000")).await.body["details"][0]["property"], "subscription");
    let path = format!("{SUBSCRIPTIONS}/{}/end", line.as_str().unwrap());
    shop.api.post(&path, json!({})).await.expect(200);
    assert_eq!(buy(line).await.body["details"][0]["property"], "subscription");
    assert_eq!(shop.charged().await, [1450]);
}
