//! From a plan that is paid to a free one: it begins when what is paid is used up (contract §9.2).

use jiff::SignedDuration;
use perennial_domain::{PaymentMethods, Subscription};
use perennial_testkit::rows;
use serde_json::{Value, json};

use crate::house::{CATALOG, House, Tenant, code};

const A_MONTH: SignedDuration = SignedDuration::from_hours(24 * 31);

async fn at_stripe(house: &House) -> Value {
    let list = house.merchant.stripe().get("/v1/subscriptions?status=all").await.expect(200);
    list["data"][0].clone()
}

async fn plan_of(tenant: &Tenant) -> (Value, Value) {
    let my = tenant.my().await;
    (my["name"].clone(), my["status"].clone())
}

#[tokio::test]
async fn a_free_plan_begins_when_what_is_paid_is_used_up() {
    let house = House::with(|settings| settings.allow_subscription_change = true).await;
    let tenant = house.tenant("harbour").await;
    tenant.subscribe(&house, "Harbor", "MONTHLY").await;
    let bought = tenant.buy(&house, "Dinghy", "MONTHLY").await.expect(200);
    let flags = (&bought["checkoutUrl"], &bought["isSubscriptionChange"], &bought["isFreeSubscription"]);
    assert_eq!(flags, (&Value::Null, &json!(true), &json!(true)));
    assert_eq!(bought["previousSubscription"]["name"], "Harbor");
    assert_eq!(
        tenant.buy(&house, "Dinghy", "MONTHLY").await.expect(200),
        bought,
        "asked again it is the same"
    );
    let session = bought["sessionId"].as_str().unwrap();
    assert!(session.starts_with("free_sub_orgharbour_"), "{session}");
    let path = format!("/subscriptions/checkout-session/{session}");
    let status = tenant.api.get(&path).await.expect(200);
    assert_eq!(
        (&status["status"], &status["payment_status"]),
        (&json!("complete"), &json!("no_payment_required"))
    );
    let stranger = house.tenant("stranger").await;
    assert_eq!(code(stranger.api.get(&path).await, 400), "INVALID_SESSION");
    assert_eq!(plan_of(&tenant).await, (json!("Harbor"), json!("ACTIVE")));
    assert_eq!(tenant.my().await["autoRenew"], false, "it is not paid again");

    house.pass(A_MONTH).await;
    assert_eq!(plan_of(&tenant).await, (json!("Dinghy"), json!("ACTIVE")));
    assert_eq!(at_stripe(&house).await["status"], "canceled");
    let payments = tenant.payments().await;
    assert_eq!(payments, [("COMPLETED".to_owned(), 0), ("COMPLETED".to_owned(), 2400)]);
    house.pass(A_MONTH).await;
    assert_eq!(plan_of(&tenant).await, (json!("Dinghy"), json!("ACTIVE")), "it rolls on by itself");
}

#[tokio::test]
async fn who_had_cancelled_may_go_on_for_nothing() {
    let house = House::open().await;
    let tenant = house.tenant("harbour").await;
    tenant.subscribe(&house, "Harbor", "MONTHLY").await;
    assert_eq!(code(tenant.buy(&house, "Dinghy", "MONTHLY").await, 409), "SUBSCRIPTION_ALREADY_ACTIVE");
    tenant.api.post("/subscriptions/cancel", Value::Null).await.expect(200);
    house.merchant.hear_from_stripe().await;
    tenant.buy(&house, "Dinghy", "MONTHLY").await.expect(200);
    house.merchant.hear_from_stripe().await;
    assert_eq!(at_stripe(&house).await["cancel_at_period_end"], true);
    assert_eq!(plan_of(&tenant).await, (json!("Harbor"), json!("ACTIVE")));
    house.pass(A_MONTH).await;
    assert_eq!(plan_of(&tenant).await, (json!("Dinghy"), json!("ACTIVE")));
}

#[tokio::test]
async fn a_free_plan_for_good_has_no_end() {
    let house = House::with(|settings| settings.allow_subscription_change = true).await;
    let monthly = "key = \"free\"\namount = 0\ncurrency = \"USD\"\nevery = \"1 month\"";
    let for_good = "key = \"for-good\"\namount = 0\ncurrency = \"USD\"\nonce = \"lifetime\"";
    let both = format!("{monthly}\n[[product.price]]\n{for_good}");
    house.merchant.apply(&CATALOG.replace(monthly, &both)).await;
    let tenant = house.tenant("harbour").await;
    tenant.subscribe(&house, "Harbor", "MONTHLY").await;
    tenant.buy(&house, "Dinghy", "ALL_TIME").await.expect(200);
    house.pass(A_MONTH * 2).await;
    let my = tenant.my().await;
    let told = json!([my["name"], my["status"], my["dateTo"], my["autoRenew"], my["periodType"]]);
    assert_eq!(told, json!(["Dinghy", "ACTIVE", null, false, "ALL_TIME"]));
}

#[tokio::test]
async fn who_waits_for_a_free_plan_may_pay_for_another_all_the_same() {
    let house = House::open().await;
    let tenant = house.tenant("harbour").await;
    tenant.subscribe(&house, "Harbor", "MONTHLY").await;
    tenant.api.post("/subscriptions/cancel", Value::Null).await.expect(200);
    tenant.buy(&house, "Dinghy", "MONTHLY").await.expect(200);
    tenant.subscribe(&house, "Fleet", "MONTHLY").await;
    assert_eq!(plan_of(&tenant).await, (json!("Fleet"), json!("ACTIVE")));
    house.pass(A_MONTH).await;
    assert_eq!(plan_of(&tenant).await, (json!("Fleet"), json!("ACTIVE")), "the free one does not come back");
    assert_eq!(tenant.my().await["autoRenew"], true);
}

#[tokio::test]
async fn who_waits_for_a_free_plan_may_cancel_that_as_well() {
    let house = House::with(|settings| settings.allow_subscription_change = true).await;
    let tenant = house.tenant("harbour").await;
    tenant.subscribe(&house, "Harbor", "MONTHLY").await;
    let bought = tenant.buy(&house, "Dinghy", "MONTHLY").await.expect(200);
    tenant.api.post("/subscriptions/cancel", Value::Null).await.expect(200);
    let path = format!("/subscriptions/checkout-session/{}", bought["sessionId"].as_str().unwrap());
    assert_eq!(tenant.api.get(&path).await.expect(200)["status"], "expired", "it begins no more");
    house.pass(A_MONTH).await;
    assert_eq!(plan_of(&tenant).await, (json!("Harbor"), json!("CANCELLED")));
}

#[tokio::test]
async fn two_who_take_the_free_plan_at_once_take_it_once() {
    let house = House::with(|settings| settings.allow_subscription_change = true).await;
    let tenant = house.tenant("harbour").await;
    tenant.subscribe(&house, "Harbor", "MONTHLY").await;
    let (first, second) =
        tokio::join!(tenant.buy(&house, "Dinghy", "MONTHLY"), tenant.buy(&house, "Dinghy", "MONTHLY"));
    assert_eq!(first.expect(200)["sessionId"], second.expect(200)["sessionId"]);
}

#[tokio::test]
async fn what_was_paid_for_good_is_not_given_up_for_nothing() {
    let house = House::with(|settings| settings.allow_subscription_change = true).await;
    let tenant = house.tenant("harbour").await;
    tenant.subscribe(&house, "Harbor", "ALL_TIME").await;
    assert_eq!(code(tenant.buy(&house, "Dinghy", "MONTHLY").await, 409), "SUBSCRIPTION_ALREADY_ACTIVE");
}

#[tokio::test]
async fn while_stripe_is_away_nothing_changes_and_it_can_be_asked_again() {
    let house = House::with(|settings| settings.allow_subscription_change = true).await;
    let tenant = house.tenant("harbour").await;
    tenant.subscribe(&house, "Harbor", "MONTHLY").await;
    house.merchant.line.set(perennial_testkit::LineState::Cut);
    assert_eq!(code(tenant.buy(&house, "Dinghy", "MONTHLY").await, 500), "INTERNAL_ERROR");
    house.merchant.line.set(perennial_testkit::LineState::Open);
    tenant.buy(&house, "Dinghy", "MONTHLY").await.expect(200);
    assert_eq!(at_stripe(&house).await["cancel_at_period_end"], true);
}

/// Has a change of this subscription be paid at this moment.
pub(crate) async fn begin_change(house: &House, held: &Subscription) {
    let (project, held) = (house.merchant.project(), held.clone());
    let begins = house
        .merchant
        .test
        .write(move |cx, tx| tx.subscription_changes(project).insert(&rows::change_being_paid(cx, &held)));
    begins.await;
}

#[tokio::test]
async fn who_cannot_have_the_free_plan_stays_cancelled() {
    let house = House::open().await;
    let tenant = house.tenant("harbour").await;
    tenant.subscribe(&house, "Harbor", "MONTHLY").await;
    tenant.api.post("/subscriptions/cancel", Value::Null).await.expect(200);
    let held = house.merchant.only_subscription().await;
    begin_change(&house, &held).await;
    assert_eq!(code(tenant.buy(&house, "Dinghy", "MONTHLY").await, 409), "SUBSCRIPTION_ALREADY_ACTIVE");
    let kept = house.merchant.only_subscription().await;
    assert_eq!((kept.canceled_at, kept.ended_at), (held.canceled_at, held.ended_at));
}

#[tokio::test]
async fn who_waits_for_a_free_plan_may_stay_and_pays_nothing_for_it() {
    let house = House::with(|settings| settings.allow_subscription_change = true).await;
    let tenant = house.tenant("harbour").await;
    tenant.subscribe(&house, "Harbor", "MONTHLY").await;
    let waiting = tenant.buy(&house, "Dinghy", "MONTHLY").await.expect(200);
    let stayed = tenant.buy(&house, "Harbor", "MONTHLY").await.expect(200);
    let flags = (&stayed["checkoutUrl"], &stayed["isSubscriptionChange"], &stayed["isFreeSubscription"]);
    assert_eq!(flags, (&Value::Null, &json!(false), &json!(true)));
    assert!(stayed["message"].as_str().unwrap().contains("keeps its plan"), "{stayed}");
    assert_eq!(waiting["message"], Value::Null);
    let path =
        |bought: &Value| format!("/subscriptions/checkout-session/{}", bought["sessionId"].as_str().unwrap());
    assert_eq!(tenant.api.get(&path(&stayed)).await.expect(200)["status"], "complete");
    assert_eq!(tenant.api.get(&path(&waiting)).await.expect(200)["status"], "expired", "it begins no more");
    assert_eq!(tenant.my().await["autoRenew"], true);
    assert_eq!(at_stripe(&house).await["cancel_at_period_end"], false);
    assert_eq!(code(tenant.buy(&house, "Harbor", "MONTHLY").await, 409), "SUBSCRIPTION_ALREADY_ACTIVE");

    house.pass(A_MONTH).await;
    assert_eq!(plan_of(&tenant).await, (json!("Harbor"), json!("ACTIVE")));
    let payments = tenant.payments().await;
    assert_eq!(payments, [("COMPLETED".to_owned(), 2400), ("COMPLETED".to_owned(), 2400)]);
}

/// Somebody with a month of Harbor, who has opened the page where Fleet is paid; and that session.
async fn about_to_pay_for_fleet(house: &House) -> (Tenant, String) {
    let tenant = house.tenant("harbour").await;
    tenant.subscribe(house, "Harbor", "MONTHLY").await;
    let opened = tenant.buy(house, "Fleet", "MONTHLY").await.expect(200);
    (tenant, opened["sessionId"].as_str().unwrap().to_owned())
}

#[tokio::test]
async fn what_could_still_be_paid_is_withdrawn_before_the_free_plan_waits_or_goes() {
    let house = House::with(|settings| settings.allow_subscription_change = true).await;
    let (tenant, opened) = about_to_pay_for_fleet(&house).await;
    let withdrawn = async |session: &str| {
        let path = format!("/v1/checkout/sessions/{session}");
        assert_eq!(house.merchant.stripe().get(&path).await.expect(200)["status"], "expired");
        let pending = tenant.api.get("/subscriptions/pending-payment").await;
        assert_eq!(code(pending, 404), "NO_PENDING_PAYMENT");
    };
    tenant.buy(&house, "Dinghy", "MONTHLY").await.expect(200);
    withdrawn(&opened).await;
    house.merchant.test.clock().advance(SignedDuration::from_secs(1));
    let opened = tenant.buy(&house, "Fleet", "MONTHLY").await.expect(200);
    tenant.buy(&house, "Harbor", "MONTHLY").await.expect(200);
    withdrawn(opened["sessionId"].as_str().unwrap()).await;
    assert_eq!(plan_of(&tenant).await, (json!("Harbor"), json!("ACTIVE")));
    assert_eq!(tenant.my().await["autoRenew"], true);
}

#[tokio::test]
async fn who_cannot_have_the_free_plan_may_still_pay_for_what_is_open() {
    let house = House::with(|settings| settings.allow_subscription_change = true).await;
    let free = "key = \"free\"\namount = 0\ncurrency = \"USD\"";
    let elsewhere = CATALOG.replace(free, "key = \"free\"\namount = 0\ncurrency = \"EUR\"");
    assert_ne!(elsewhere, CATALOG);
    house.merchant.apply(&elsewhere).await;
    let (tenant, opened) = about_to_pay_for_fleet(&house).await;
    assert_eq!(code(tenant.buy(&house, "Dinghy", "MONTHLY").await, 409), "SUBSCRIPTION_ALREADY_ACTIVE");
    let pending = tenant.api.get("/subscriptions/pending-payment").await.expect(200);
    assert_eq!(pending["data"]["stripePaymentId"], json!(opened));
    house.merchant.pay_session(&opened).await;
    house.merchant.hear_from_stripe().await;
    assert_eq!(plan_of(&tenant).await, (json!("Fleet"), json!("ACTIVE")));
}

#[tokio::test]
async fn what_was_paid_a_moment_ago_is_what_the_free_plan_follows() {
    let house = House::with(|settings| settings.allow_subscription_change = true).await;
    let (tenant, opened) = about_to_pay_for_fleet(&house).await;
    house.merchant.pay_session(&opened).await;
    let bought = tenant.buy(&house, "Dinghy", "MONTHLY").await.expect(200);
    assert_eq!(bought["previousSubscription"]["name"], "Fleet");
    let my = tenant.my().await;
    assert_eq!((&my["name"], &my["autoRenew"]), (&json!("Fleet"), &json!(false)));
    house.merchant.hear_from_stripe().await;
    house.pass(A_MONTH).await;
    assert_eq!(plan_of(&tenant).await, (json!("Dinghy"), json!("ACTIVE")));
}

#[tokio::test]
async fn who_had_cancelled_and_paid_for_another_a_moment_ago_takes_no_free_plan() {
    let house = House::open().await;
    let tenant = house.tenant("harbour").await;
    tenant.subscribe(&house, "Harbor", "MONTHLY").await;
    tenant.api.post("/subscriptions/cancel", Value::Null).await.expect(200);
    let opened = tenant.buy(&house, "Fleet", "MONTHLY").await.expect(200);
    house.merchant.pay_session(opened["sessionId"].as_str().unwrap()).await;
    assert_eq!(code(tenant.buy(&house, "Dinghy", "MONTHLY").await, 409), "SUBSCRIPTION_ALREADY_ACTIVE");
    assert_eq!(plan_of(&tenant).await, (json!("Fleet"), json!("ACTIVE")));
}

#[tokio::test]
async fn while_a_bank_may_still_say_yes_the_free_plan_is_not_taken() {
    let house = House::with(|settings| {
        settings.allow_subscription_change = true;
        settings.payment_methods = PaymentMethods::CardsAndSepaDebits;
    })
    .await;
    let tenant = house.tenant("harbour").await;
    tenant.subscribe(&house, "Harbor", "MONTHLY").await;
    crate::events::debit(&house, &tenant, "Fleet", "MONTHLY", crate::events::PAYS_LATER).await;
    assert_eq!(code(tenant.buy(&house, "Dinghy", "MONTHLY").await, 409), "SUBSCRIPTION_ALREADY_ACTIVE");
    assert_eq!(tenant.my().await["autoRenew"], true);
}

#[tokio::test]
async fn while_stripe_is_away_the_free_plan_still_waits() {
    let house = House::with(|settings| settings.allow_subscription_change = true).await;
    let tenant = house.tenant("harbour").await;
    tenant.subscribe(&house, "Harbor", "MONTHLY").await;
    tenant.buy(&house, "Dinghy", "MONTHLY").await.expect(200);
    house.merchant.line.set(perennial_testkit::LineState::Cut);
    assert_eq!(code(tenant.buy(&house, "Harbor", "MONTHLY").await, 500), "INTERNAL_ERROR");
    assert_eq!(tenant.my().await["autoRenew"], false);
    house.merchant.line.set(perennial_testkit::LineState::Open);
    tenant.buy(&house, "Harbor", "MONTHLY").await.expect(200);
    assert_eq!(tenant.my().await["autoRenew"], true);
}
