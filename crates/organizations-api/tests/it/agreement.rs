//! The contract infers an organization's subscription from its payments (§9.4). We read the subscription itself. Over
//! random histories, both say the same.

use jiff::{SignedDuration, Timestamp};
use perennial_domain::SubscriptionChange;
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use serde_json::{Value, json};

use crate::house::{House, Tenant};

/// Something that an organization does, or that happens to it.
#[derive(Clone, Copy, Debug)]
enum Step {
    Buy(&'static str, &'static str),
    Cancel(&'static str),
    Pass(i64),
}

fn any_step() -> impl Strategy<Value = Step> {
    prop_oneof![
        3 => prop::sample::select(vec![("Dinghy", "MONTHLY"), ("Harbor", "MONTHLY"), ("Fleet", "DAILY"), ("Fleet", "YEARLY")])
            .prop_map(|(plan, rhythm)| Step::Buy(plan, rhythm)),
        1 => prop::sample::select(vec!["period_end", "immediate"]).prop_map(Step::Cancel),
        3 => prop::sample::select(vec![1, 26, 24 * 16, 24 * 32]).prop_map(Step::Pass),
    ]
}

#[test]
fn what_payments_let_one_infer_is_what_is_told() {
    let config = Config { cases: 12, failure_persistence: None, ..Config::default() };
    let strategy = prop::collection::vec(any_step(), 1..8);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let mut runner = TestRunner::new(config);
    runner
        .run(&strategy, |steps| {
            runtime.block_on(live_through(&steps));
            Ok(())
        })
        .unwrap();
}

async fn live_through(steps: &[Step]) {
    let house = House::with(|settings| settings.allow_subscription_change = true).await;
    let tenant = house.tenant("harbour").await;
    for (index, step) in steps.iter().enumerate() {
        // No two things happen in the same second, so that the order of records is that of what happened.
        house.pass(SignedDuration::from_secs(2)).await;
        take(&house, &tenant, *step).await;
        house.pass(SignedDuration::from_secs(2)).await;
        let (told, inferred) = (tenant.my().await, infer(&house, &tenant).await);
        let told = json!([told["status"], told["autoRenew"]]);
        assert_eq!(told, inferred, "after {:?}: {:?}", &steps[..=index], tenant.payments().await);
    }
}

async fn take(house: &House, tenant: &Tenant, step: Step) {
    match step {
        Step::Buy(plan, rhythm) => {
            let bought = tenant.buy(house, plan, rhythm).await;
            if bought.status.is_success() && bought.body["isFreeSubscription"] == false {
                house.merchant.pay_session(bought.body["sessionId"].as_str().unwrap()).await;
                house.merchant.hear_from_stripe().await;
            }
        }
        Step::Cancel(mode) => drop(tenant.api.post("/subscriptions/cancel", json!({ "mode": mode })).await),
        Step::Pass(hours) => house.pass(SignedDuration::from_hours(hours)).await,
    }
}

/// The algorithm of §9.4, from the rows that payments are: status and renewal.
async fn infer(house: &House, tenant: &Tenant) -> Value {
    let (project, customer) = (house.merchant.project(), tenant.organization.id);
    let (checkouts, payments, subscriptions, changes) = house
        .merchant
        .test
        .write(move |_, tx| {
            let checkouts = tx.checkouts(project).all_of_customer(customer)?;
            let payments = tx.payments(project).all_of_customer(customer)?;
            let changes = tx.subscription_changes(project).all_of_customer(customer)?;
            Ok((checkouts, payments, tx.subscriptions(project).all_of_customer(customer)?, changes))
        })
        .await;
    // 1. The latest completed payment tied to a period; a free activation is one.
    let free = checkouts.iter().filter(|checkout| checkout.order.is_free());
    let free = free.filter_map(|checkout| Some((checkout.closed_at?, checkout.subscription_id?)));
    let paid = payments.iter().filter(|payment| payment.has_arrived());
    let paid = paid.filter_map(|payment| Some((payment.paid_at?, payment.subscription_id?)));
    let Some((_, of)) = free.chain(paid).max_by_key(|(at, _)| *at) else { return json!([null, null]) };
    let subscription = subscriptions.into_iter().find(|subscription| subscription.id == of).unwrap();
    // 2. The term that it covers.
    let until = subscription.current_period.unwrap().end;
    let now = house.merchant.app().now();
    // 3. A record of a cancellation for the same subscription.
    if !subscription.is_live() {
        return json!(["CANCELLED", false]);
    }
    if subscription.canceled_at.is_some() {
        let is_over = until.is_some_and(|until| until <= now);
        return json!([if is_over { "CANCELLED" } else { "ACTIVE" }, false]);
    }
    // 4. The grace of a renewal that is late.
    let grace = SignedDuration::from_hours(24);
    if until.is_some_and(|until: Timestamp| until + grace <= now) {
        return json!(["EXPIRED", false]);
    }
    // 5. What is free next (§9.2, the only change there is here) is not paid again.
    json!(["ACTIVE", subscription.term.renews() && !changes.iter().any(SubscriptionChange::is_open)])
}
