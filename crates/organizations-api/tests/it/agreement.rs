//! The contract infers an organization's subscription from its payments (§9.4). We read the subscription itself. Over
//! random histories, with whatever is lost, repeated, refused, taken back or paid late on the way, both say the same:
//! plan, period, price, dates, status and renewal.

mod inference;
mod named;

use jiff::SignedDuration;
use perennial_core::subscriptions::turn_due_subscriptions;
use perennial_core::tasks::{Task, enqueue};
use perennial_domain::Payment;
use perennial_testkit::PayOutcome;
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use serde_json::{Value, json};

use self::named::Named;
use crate::house::{House, Tenant};

const FAILS: &str = "pm_card_chargeCustomerFail";
const PAYS: &str = "pm_card_visa";
const GOOD_CARD: &str = "4242424242424242";
const DAY: i64 = 24;

/// Something that an organization does, or that happens to it.
#[derive(Clone, Copy, Debug)]
enum Step {
    /// A period is bought, and paid if it costs anything.
    Buy(&'static str, &'static str),
    /// The page is opened and left.
    LeavePage(&'static str, &'static str),
    /// The front end asks what became of the last page.
    Return,
    Cancel(&'static str),
    CancelAtStripe,
    ResumeAtStripe,
    /// The card that renewals are charged from now on.
    UseCard(&'static str),
    /// The last payment is given back, whole, by the merchant at Stripe.
    GiveBack,
    Pass(i64),
    /// What runs again and again finds what nobody told.
    Sweep,
}

/// What becomes of Stripe's webhooks about a step.
#[derive(Clone, Copy, Debug)]
enum Post {
    Comes,
    ComesTwiceAndBackwards,
    IsLost,
}

const BOUGHT: [(&str, &str); 5] = [
    ("Dinghy", "MONTHLY"),
    ("Harbor", "MONTHLY"),
    ("Harbor", "ALL_TIME"),
    ("Fleet", "DAILY"),
    ("Fleet", "YEARLY"),
];

fn any_step() -> impl Strategy<Value = Step> {
    let bought = || prop::sample::select(BOUGHT.to_vec());
    prop_oneof![
        6 => bought().prop_map(|(plan, rhythm)| Step::Buy(plan, rhythm)),
        1 => bought().prop_map(|(plan, rhythm)| Step::LeavePage(plan, rhythm)),
        1 => Just(Step::Return),
        2 => prop::sample::select(vec!["period_end", "immediate"]).prop_map(Step::Cancel),
        1 => Just(Step::CancelAtStripe),
        2 => Just(Step::ResumeAtStripe),
        2 => prop::sample::select(vec![FAILS, PAYS]).prop_map(Step::UseCard),
        1 => Just(Step::GiveBack),
        8 => prop::sample::select(vec![1, 26, 16 * DAY, 32 * DAY]).prop_map(Step::Pass),
        2 => Just(Step::Sweep),
    ]
}

fn any_post() -> impl Strategy<Value = Post> {
    prop_oneof![3 => Just(Post::Comes), 1 => Just(Post::ComesTwiceAndBackwards), 1 => Just(Post::IsLost)]
}

#[test]
fn what_payments_let_one_infer_is_what_is_told() {
    let config = Config { cases: 12, failure_persistence: None, ..Config::default() };
    let strategy = prop::collection::vec((any_step(), any_post()), 1..12);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let mut runner = TestRunner::new(config);
    runner
        .run(&strategy, |history| {
            runtime.block_on(live_through(&history));
            Ok(())
        })
        .unwrap();
}

#[tokio::test]
async fn a_history_of_each_kind_is_told_as_its_payments_say() {
    for Named { kind, history, told: (plan, status, renews) } in named::HISTORIES {
        let my = live_through(history).await;
        let told = (&my["name"], &my["status"], &my["autoRenew"]);
        assert_eq!(told, (&json!(plan), &json!(status), &json!(renews)), "{kind}: {my}");
    }
}

/// Takes every step, and compares after each; answers what is told in the end.
async fn live_through(history: &[(Step, Post)]) -> Value {
    let house = House::with(|settings| settings.allow_subscription_change = true).await;
    let tenant = house.tenant("harbour").await;
    let mut session = None;
    for (index, (step, post)) in history.iter().enumerate() {
        // No two things happen in the same second, so that the order of records is that of what happened.
        house.merchant.test.clock().advance(SignedDuration::from_secs(2));
        take(&house, &tenant, &mut session, *step).await;
        house.merchant.test.clock().advance(SignedDuration::from_secs(2));
        settle(&house, *post).await;
        let (told, inferred) = (tenant.my().await, inference::infer(&house, &tenant).await);
        assert_eq!(
            inference::without_words(&told),
            inferred,
            "after {:?}: {:?}",
            &history[..=index],
            tenant.payments().await
        );
    }
    tenant.my().await
}

async fn take(house: &House, tenant: &Tenant, session: &mut Option<String>, step: Step) {
    match step {
        Step::Buy(plan, rhythm) => {
            let bought = tenant.buy(house, plan, rhythm).await;
            let costs = bought.status.is_success() && bought.body["isFreeSubscription"] == false;
            if costs && bought.body["checkoutUrl"].is_string() {
                let id = bought.body["sessionId"].as_str().unwrap();
                // A payment that nobody here has heard of yet: Stripe leads its buyer back, and charges nothing.
                let outcome = house.merchant.pay_page(id, GOOD_CARD).await;
                let is_paid =
                    matches!(outcome, PayOutcome::Paid { .. } | PayOutcome::Closed { redirect: Some(_), .. });
                assert!(is_paid, "the card was refused: {outcome:?}");
                *session = Some(id.to_owned());
            }
        }
        Step::LeavePage(plan, rhythm) => {
            let left = tenant.buy(house, plan, rhythm).await;
            *session = left.body["sessionId"].as_str().map(str::to_owned).or(session.take());
        }
        Step::Return => {
            if let Some(session) = session {
                let path = format!("/subscriptions/checkout-session/{session}");
                tenant.api.get(&path).await.expect(200);
            }
        }
        Step::Cancel(mode) => drop(tenant.api.post("/subscriptions/cancel", json!({ "mode": mode })).await),
        Step::CancelAtStripe => change_at_stripe(house, "cancel_at_period_end=true").await,
        Step::ResumeAtStripe => change_at_stripe(house, "cancel_at_period_end=false").await,
        Step::UseCard(card) => house.use_card(tenant, card).await,
        Step::GiveBack => give_back(house, tenant).await,
        Step::Pass(hours) => {
            house.merchant.test.clock().advance(SignedDuration::from_hours(hours));
            house.merchant.sandbox.tick().await.unwrap();
        }
        Step::Sweep => sweep(house).await,
    }
}

/// Changes what Stripe bills, if it bills anything.
async fn change_at_stripe(house: &House, form: &str) {
    let stripe = house.merchant.stripe();
    let billed = stripe.get("/v1/subscriptions").await.expect(200);
    for subscription in billed["data"].as_array().unwrap() {
        let path = format!("/v1/subscriptions/{}", subscription["id"].as_str().unwrap());
        stripe.post_form(&path, form).await.expect(200);
    }
}

/// Gives the last payment back, if there is one that was not given back before.
async fn give_back(house: &House, tenant: &Tenant) {
    let paid = inference::payments(house, tenant).await;
    let paid = paid.into_iter().filter(Payment::has_arrived);
    let Some(last) = paid.max_by_key(|payment| payment.paid_at) else { return };
    let form = format!("payment_intent={}", last.stripe_payment_intent_id.unwrap());
    // Stripe refuses to give back twice.
    drop(house.merchant.stripe().post_form("/v1/refunds", &form).await);
}

async fn sweep(house: &House) {
    let app = house.merchant.app();
    app.write(|cx, tx| Task::SWEEPS.iter().try_for_each(|sweep| enqueue(cx, tx, sweep))).await.unwrap();
    house.merchant.work().await;
}

/// Lets Stripe's webhooks come, or not, and our own clock do its part.
async fn settle(house: &House, post: Post) {
    let merchant = &house.merchant;
    for _ in 0..2 {
        let deliveries = merchant.webhooks().await;
        let came = match post {
            Post::Comes => deliveries,
            Post::ComesTwiceAndBackwards => deliveries.iter().rev().chain(&deliveries).cloned().collect(),
            Post::IsLost => Vec::new(),
        };
        for delivery in &came {
            merchant.receive(delivery).await.unwrap();
        }
        merchant.work().await;
        turn_due_subscriptions(merchant.app()).await.unwrap();
        merchant.work().await;
    }
}
