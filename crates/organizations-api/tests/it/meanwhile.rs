//! What happens while a request is on its way to Stripe: payments, ends, and the same request once more.

use jiff::SignedDuration;
use perennial_testkit::{Answer, Merchant};
use serde_json::{Value, json};
use stripe_sandbox::faults::{FaultPlan, RequestFault, RequestRule};

use crate::house::{House, Tenant, code};

/// Does something while the next request to Stripe that begins so is held up; answers what the caller was told.
async fn while_held(
    merchant: &Merchant,
    request: &str,
    call: impl Future<Output = Answer>,
    meanwhile: impl Future<Output = ()>,
) -> Answer {
    let held = merchant.line.hold(request);
    let meanwhile = async {
        held.arrived().await;
        meanwhile.await;
        held.release();
    };
    let (answer, ()) = tokio::join!(call, meanwhile);
    answer
}

fn session(bought: &Value) -> &str {
    bought["sessionId"].as_str().unwrap()
}

/// A house where changes are allowed, and somebody with a month of Harbor.
async fn with_harbor() -> (House, Tenant) {
    let house = House::with(|settings| settings.allow_subscription_change = true).await;
    let tenant = house.tenant("harbour").await;
    tenant.subscribe(&house, "Harbor", "MONTHLY").await;
    (house, tenant)
}

async fn cancel_now(tenant: &Tenant) -> Answer {
    tenant.api.post("/subscriptions/cancel", json!({ "mode": "immediate" })).await
}

#[tokio::test]
async fn what_ends_while_its_successor_is_bought_is_in_nobodys_way() {
    let (house, tenant) = with_harbor().await;
    let billed = house.merchant.stripe().get("/v1/subscriptions").await.expect(200);
    let path = format!("/v1/subscriptions/{}", billed["data"][0]["id"].as_str().unwrap());
    let ends = async {
        house.merchant.stripe().delete(&path).await.expect(200);
        house.merchant.hear_from_stripe().await;
    };
    let bought =
        while_held(&house.merchant, "GET /v1/prices/", tenant.buy(&house, "Fleet", "MONTHLY"), ends).await;
    let bought = bought.expect(200);
    assert_eq!(
        (&bought["isSubscriptionChange"], &bought["previousSubscription"]),
        (&json!(false), &Value::Null)
    );
    house.merchant.pay_session(session(&bought)).await;
    house.merchant.hear_from_stripe().await;
    let my = tenant.my().await;
    assert_eq!((&my["name"], &my["status"]), (&json!("Fleet"), &json!("ACTIVE")));
}

#[tokio::test]
async fn who_cancels_what_is_replaced_meanwhile_is_told_so_and_keeps_the_new_one() {
    for (mode, request) in
        [("immediate", "DELETE /v1/subscriptions/"), ("period_end", "POST /v1/subscriptions/")]
    {
        let (house, tenant) = with_harbor().await;
        let bought = tenant.buy(&house, "Fleet", "MONTHLY").await.expect(200);
        let replaced = async {
            house.merchant.pay_session(session(&bought)).await;
            house.merchant.hear_from_stripe().await;
        };
        let cancelled = tenant.api.post("/subscriptions/cancel", json!({ "mode": mode }));
        let answer = while_held(&house.merchant, request, cancelled, replaced).await;
        assert_eq!(code(answer, 400), "SUBSCRIPTION_ALREADY_CANCELLED", "{mode}");
        let my = tenant.my().await;
        assert_eq!(
            (&my["name"], &my["status"], &my["autoRenew"]),
            (&json!("Fleet"), &json!("ACTIVE"), &json!(true)),
            "{mode}"
        );
    }
}

#[tokio::test]
async fn a_page_that_is_opened_while_the_free_plan_is_taken_is_withdrawn_as_well() {
    let (house, tenant) = with_harbor().await;
    tenant.buy(&house, "Fleet", "MONTHLY").await.expect(200);
    let opens_another = async {
        tenant.api.delete("/subscriptions/pending-payment").await.expect(200);
        house.merchant.test.clock().advance(SignedDuration::from_secs(1));
        tenant.buy(&house, "Fleet", "MONTHLY").await.expect(200);
    };
    let taken = tenant.buy(&house, "Dinghy", "MONTHLY");
    while_held(&house.merchant, "POST /v1/checkout/sessions/", taken, opens_another).await.expect(200);
    let open = house.merchant.stripe().get("/v1/checkout/sessions?status=open").await.expect(200);
    assert_eq!(open["data"], json!([]));
    let pending = tenant.api.get("/subscriptions/pending-payment").await;
    assert_eq!(code(pending, 404), "NO_PENDING_PAYMENT");
    let my = tenant.my().await;
    assert_eq!((&my["name"], &my["autoRenew"]), (&json!("Harbor"), &json!(false)));
}

#[tokio::test]
async fn a_page_that_is_opened_while_the_free_plan_is_taken_back_is_withdrawn_as_well() {
    let (house, tenant) = with_harbor().await;
    tenant.buy(&house, "Dinghy", "MONTHLY").await.expect(200);
    let opens_a_page = async { drop(tenant.buy(&house, "Fleet", "MONTHLY").await.expect(200)) };
    let stays = tenant.buy(&house, "Harbor", "MONTHLY");
    let stayed =
        while_held(&house.merchant, "POST /v1/subscriptions/", stays, opens_a_page).await.expect(200);
    assert!(stayed["message"].as_str().unwrap().contains("keeps its plan"), "{stayed}");
    let open = house.merchant.stripe().get("/v1/checkout/sessions?status=open").await.expect(200);
    assert_eq!(open["data"], json!([]), "nothing else can be paid any more");
    let my = tenant.my().await;
    assert_eq!((&my["name"], &my["autoRenew"]), (&json!("Harbor"), &json!(true)));
    let billed = house.merchant.stripe().get("/v1/subscriptions").await.expect(200);
    assert_eq!(billed["data"][0]["cancel_at_period_end"], false);
}

#[tokio::test]
async fn two_who_take_the_free_plan_back_at_once_both_keep_theirs() {
    let (house, tenant) = with_harbor().await;
    tenant.buy(&house, "Dinghy", "MONTHLY").await.expect(200);
    let other = async { drop(tenant.buy(&house, "Harbor", "MONTHLY").await.expect(200)) };
    let stays = tenant.buy(&house, "Harbor", "MONTHLY");
    while_held(&house.merchant, "POST /v1/subscriptions/", stays, other).await.expect(200);
    let my = tenant.my().await;
    assert_eq!((&my["name"], &my["autoRenew"]), (&json!("Harbor"), &json!(true)));
}

#[tokio::test]
async fn two_cancellations_at_once_are_one_record() {
    let (house, tenant) = with_harbor().await;
    let again = async {
        let again = cancel_now(&tenant).await;
        assert!(again.status.is_success(), "{}", again.body);
    };
    let first = while_held(&house.merchant, "DELETE /v1/subscriptions/", cancel_now(&tenant), again).await;
    assert!(first.status.is_success(), "{}", first.body);
    house.merchant.hear_from_stripe().await;
    let recorded = [("CANCELLED".to_owned(), 0), ("COMPLETED".to_owned(), 2400)];
    assert_eq!(tenant.payments().await, recorded);
    assert_eq!(tenant.my().await["status"], "CANCELLED");
}

#[tokio::test]
async fn who_buys_while_the_first_payment_is_being_applied_is_charged_once() {
    let house = House::open().await;
    let tenant = house.tenant("harbour").await;
    let bought = tenant.buy(&house, "Harbor", "MONTHLY").await.expect(200);
    house.merchant.pay_session(session(&bought)).await;
    for delivery in house.merchant.webhooks().await {
        house.merchant.receive(&delivery).await.unwrap();
    }
    // The worker has asked what became of the session, and has no answer yet.
    let held = house.merchant.line.hold("GET /v1/checkout/sessions/");
    let buys = async {
        held.arrived().await;
        let again = tenant.buy(&house, "Fleet", "MONTHLY").await;
        held.release();
        again
    };
    let (worked, again) = tokio::join!(house.merchant.work(), buys);
    assert!(worked > 0);
    assert_eq!(code(again, 409), "SUBSCRIPTION_ALREADY_ACTIVE");
    assert_eq!(tenant.payments().await, [("COMPLETED".to_owned(), 2400)]);
}

#[tokio::test]
async fn nothing_is_said_of_charges_while_an_earlier_payment_cannot_be_looked_up() {
    let house = House::open().await;
    let tenant = house.tenant("harbour").await;
    let bought = tenant.buy(&house, "Harbor", "MONTHLY").await.expect(200);
    house.merchant.pay_session(session(&bought)).await;
    let call = "GET /v1/checkout/sessions/{id}".to_owned();
    let rule = RequestRule { call, fault: RequestFault::ServerError, delay_ms: 0, times: None };
    house.merchant.sandbox.set_faults(FaultPlan { requests: vec![rule], webhooks: Vec::new() });
    let withdrawn = tenant.api.delete("/subscriptions/pending-payment").await;
    for refused in [tenant.buy(&house, "Fleet", "MONTHLY").await, withdrawn] {
        let message = refused.body["message"].as_str().unwrap().to_owned();
        assert_eq!(code(refused, 500), "INTERNAL_ERROR");
        assert!(!message.contains("charged") && message.contains("could not be looked up"), "{message}");
    }

    house.merchant.sandbox.set_faults(FaultPlan::default());
    assert_eq!(code(tenant.buy(&house, "Fleet", "MONTHLY").await, 409), "SUBSCRIPTION_ALREADY_ACTIVE");
    assert_eq!(tenant.my().await["name"], "Harbor", "asked again, it is known");
}

#[tokio::test]
async fn what_agreed_before_stripe_told_of_a_change_is_not_trusted_after_it() {
    let house = House::open().await;
    let (project, product) = (house.merchant.project(), house.merchant.product("harbor").await.id);
    let trusted = house.merchant.test.write(move |cx, tx| {
        let price = tx.prices(project).of_product(product)?.remove(0);
        let (stripe_id, asked_at) = (price.stripe_price_id.unwrap(), cx.now() - SignedDuration::from_secs(1));
        let mut trusted = Vec::new();
        for asked_at in [asked_at, cx.now()] {
            tx.prices(project).forget_stripe_check(&stripe_id, cx.now())?;
            tx.prices(project).note_stripe_check(price.id, asked_at)?;
            trusted.push(tx.prices(project).stripe_checked_at(price.id)?.is_some());
        }
        Ok(trusted)
    });
    assert_eq!(trusted.await, [false, true]);
}
