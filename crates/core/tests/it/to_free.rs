//! From a plan that costs something to a free one, and between free ones: when that counts, and what is left at Stripe.

use jiff::SignedDuration;
use perennial_core::subscriptions::{
    ChangePlanError, ChoiceError, change_plan, delete_subscription_change, sweep_subscription_changes,
    sync_subscription,
};
use perennial_domain::{
    ChangeTime, Subscription, SubscriptionChange, SubscriptionChangeState, SubscriptionState,
};
use perennial_testkit::{LineState, Merchant, days};

const CATALOG: &str = concat!(
    include_str!("../../../testkit/src/merchant.toml"),
    "\n",
    include_str!("../../../testkit/src/free_line.toml")
);

/// A merchant whose one customer pays for a line, and could have one for nothing.
async fn with_paid_line() -> (Merchant, Subscription) {
    let merchant = Merchant::with_line_for_nothing().await;
    let subscription = merchant.sell("line").await;
    (merchant, subscription)
}

async fn change(
    merchant: &Merchant,
    plan: &'static str,
    requested: Option<ChangeTime>,
) -> Result<SubscriptionChange, ChangePlanError> {
    let command = merchant.change_to(merchant.only_subscription().await.id, plan, requested).await;
    change_plan(merchant.app(), command).await
}

async fn now(merchant: &Merchant, change: &SubscriptionChange) -> SubscriptionChange {
    let (project, id) = (merchant.project(), change.id);
    merchant.test.write(move |_, tx| tx.subscription_changes(project).find(id)).await.unwrap()
}

async fn is_on(merchant: &Merchant, plan: &'static str) -> bool {
    merchant.only_subscription().await.product_id == merchant.product(plan).await.id
}

#[tokio::test]
async fn a_free_plan_begins_with_the_renewal_and_ends_stripes_part() {
    let (merchant, bought) = with_paid_line().await;
    let waiting = change(&merchant, "line-free", None).await.unwrap();
    assert_eq!(waiting.state, SubscriptionChangeState::Pending);
    assert_eq!(waiting.scheduled_at, bought.current_period.unwrap().end);
    merchant.hear_from_stripe().await;
    let still = merchant.only_subscription().await;
    assert!(is_on(&merchant, "line").await && still.canceled_at.is_none(), "nobody cancelled it");

    merchant.live(days(31)).await;
    let free = merchant.only_subscription().await;
    assert_eq!(
        (free.id, free.state, free.stripe_subscription_id),
        (bought.id, SubscriptionState::Active, None)
    );
    assert!(is_on(&merchant, "line-free").await);
    assert_eq!(now(&merchant, &waiting).await.state, SubscriptionChangeState::Applied);
    assert_eq!(merchant.billed().await["status"], "canceled");
    merchant.live(days(31)).await;
    assert_eq!(merchant.only_subscription().await.current_period.unwrap().number, 3, "it rolls on by itself");
    assert_eq!(merchant.charged().await, [1450]);
}

#[tokio::test]
async fn a_free_plan_that_waits_can_be_taken_back() {
    let (merchant, bought) = with_paid_line().await;
    let waiting = change(&merchant, "line-free", None).await.unwrap();
    delete_subscription_change(merchant.app(), merchant.project(), waiting.id).await.unwrap();
    assert_eq!(merchant.billed().await["cancel_at_period_end"], false);
    merchant.live(days(31)).await;
    let renewed = merchant.only_subscription().await;
    assert_eq!((renewed.product_id, renewed.current_period.unwrap().number), (bought.product_id, 2));
    assert_eq!(merchant.charged().await, [1450, 1450]);
}

#[tokio::test]
async fn giving_up_what_is_paid_at_once_is_the_operators_decision() {
    let (merchant, bought) = with_paid_line().await;
    let refused = change(&merchant, "line-free", Some(ChangeTime::Now)).await;
    assert!(matches!(refused, Err(ChangePlanError::Choice(ChoiceError::GivesLess(_)))), "{refused:?}");
    let name = "name = \"Heron Line Free\"";
    merchant.apply(&CATALOG.replace(name, &format!("{name}\nchanges = {{ downgrade = \"now\" }}"))).await;
    let applied = change(&merchant, "line-free", None).await.unwrap();
    assert_eq!((applied.state, applied.requested), (SubscriptionChangeState::Applied, ChangeTime::Now));
    let free = merchant.only_subscription().await;
    assert_eq!(
        (free.id, free.state, free.stripe_subscription_id),
        (bought.id, SubscriptionState::Active, None)
    );
    assert_eq!(merchant.billed().await["status"], "canceled");
    merchant.live(days(31)).await;
    assert!(is_on(&merchant, "line-free").await);
    assert_eq!(merchant.charged().await, [1450]);
}

#[tokio::test]
async fn a_crash_on_the_way_to_a_free_plan_is_healed_by_the_sweep() {
    let (merchant, _) = with_paid_line().await;
    let name = "name = \"Heron Line Free\"";
    merchant.apply(&CATALOG.replace(name, &format!("{name}\nchanges = {{ downgrade = \"now\" }}"))).await;
    merchant.line.set(LineState::LosesAnswers);
    change(&merchant, "line-free", None).await.unwrap_err();
    merchant.line.set(LineState::Open);
    merchant.test.clock().advance(SignedDuration::from_mins(2));
    sweep_subscription_changes(merchant.app()).await.unwrap();
    assert!(is_on(&merchant, "line-free").await);
    assert!(merchant.only_subscription().await.stripe_subscription_id.is_none());
}

#[tokio::test]
async fn a_free_plan_is_had_although_stripes_clock_is_behind_ours() {
    let (merchant, bought) = with_paid_line().await;
    let name = "name = \"Heron Line Free\"";
    merchant.apply(&CATALOG.replace(name, &format!("{name}\nchanges = {{ downgrade = \"now\" }}"))).await;
    let held = merchant.line.hold("DELETE /v1/subscriptions/");
    let setting_back = async {
        held.arrived().await;
        merchant.test.clock().advance(SignedDuration::from_secs(-2));
        held.release();
    };
    let (changed, ()) = tokio::join!(change(&merchant, "line-free", None), setting_back);
    assert_eq!(changed.unwrap().state, SubscriptionChangeState::Applied);
    merchant.hear_from_stripe().await;
    let free = merchant.only_subscription().await;
    assert_eq!((free.id, free.state), (bought.id, SubscriptionState::Active));
    assert!(is_on(&merchant, "line-free").await);
}

#[tokio::test]
async fn what_was_owed_is_let_go_with_the_plan_that_it_was_for() {
    let (merchant, bought) = with_paid_line().await;
    // Stripe could not be told in time, renewed the plan, and the card did not pay.
    merchant.line.set(LineState::Cut);
    change(&merchant, "line-free", None).await.unwrap_err();
    merchant.line.set(LineState::Open);
    let card = merchant.keep_card(bought.customer_id, "pm_card_chargeCustomerFail").await;
    let path = format!("/v1/subscriptions/{}", bought.stripe_subscription_id.as_deref().unwrap());
    let form = format!("default_payment_method={}", card.card.stripe_payment_method_id);
    merchant.stripe().post_form(&path, &form).await.expect(200);
    merchant.test.clock().advance(SignedDuration::from_hours(24 * 31));
    merchant.sandbox.tick().await.unwrap();
    merchant.hear_from_stripe().await;
    assert_eq!(merchant.only_subscription().await.state, SubscriptionState::PastDue);

    for _ in 0..8 {
        merchant.live(days(1)).await;
    }
    let free = merchant.only_subscription().await;
    assert_eq!((free.state, free.arrears), (SubscriptionState::Active, None));
    assert!(is_on(&merchant, "line-free").await);
    let open = merchant.stripe().get("/v1/invoices?status=open").await.expect(200);
    assert_eq!(open["data"].as_array().unwrap().len(), 0);
    let (project, customer) = (merchant.project(), bought.customer_id);
    let owed = merchant.test.write(move |_, tx| tx.payments(project).open_of(customer)).await;
    assert!(owed.is_empty(), "{owed:?}");
    assert_eq!(merchant.charged().await, [1450]);
}

#[tokio::test]
async fn who_is_bound_for_some_periods_cannot_have_it_for_nothing() {
    let (merchant, _) = with_paid_line().await;
    merchant
        .test
        .write({
            let (project, id) = (merchant.project(), merchant.only_subscription().await.id);
            move |_, tx| {
                let mut bound = tx.subscriptions(project).lock(id)?.expect("it is there");
                bound.minimum_periods = 3;
                tx.subscriptions(project).update(&bound)
            }
        })
        .await;
    let refused = change(&merchant, "line-free", None).await;
    assert!(matches!(refused, Err(ChangePlanError::Choice(ChoiceError::DoesNotFit(_)))), "{refused:?}");
}

/// A second line for nothing.
fn with_another_free_line() -> String {
    let line = include_str!("../../../testkit/src/free_line.toml");
    format!("{CATALOG}\n{}", line.replace("line-free", "line-also-free"))
}

#[tokio::test]
async fn between_free_plans_a_change_counts_now_or_when_it_is_asked_for() {
    let (merchant, _) = Merchant::with_free_line().await;
    merchant.apply(&with_another_free_line()).await;
    let waiting = change(&merchant, "line-also-free", Some(ChangeTime::Renewal)).await.unwrap();
    assert_eq!(waiting.state, SubscriptionChangeState::Pending);
    merchant.live(days(1)).await;
    assert!(is_on(&merchant, "line-free").await);
    merchant.live(days(30)).await;
    assert!(is_on(&merchant, "line-also-free").await);
    assert_eq!(now(&merchant, &waiting).await.state, SubscriptionChangeState::Applied);
    let at_once = change(&merchant, "line-free", None).await.unwrap();
    assert_eq!(at_once.state, SubscriptionChangeState::Applied);
}

#[tokio::test]
async fn an_upgrade_that_nobody_pays_leaves_the_downgrade_that_waits() {
    let (merchant, subscription) = with_paid_line().await;
    let waiting = change(&merchant, "line-free", None).await.unwrap();
    assert_eq!(waiting.state, SubscriptionChangeState::Pending);
    let card = merchant.keep_card(subscription.customer_id, "pm_card_chargeCustomerFail").await;
    let path = format!("/v1/subscriptions/{}", subscription.stripe_subscription_id.as_deref().unwrap());
    let form = format!("default_payment_method={}", card.card.stripe_payment_method_id);
    merchant.stripe().post_form(&path, &form).await.expect(200);

    let declined = change(&merchant, "line-large", None).await.unwrap();
    assert_eq!(declined.state, SubscriptionChangeState::Failed);
    let (project, id) = (merchant.project(), subscription.id);
    let again = merchant.test.write(move |_, tx| tx.subscription_changes(project).open_of(id)).await.unwrap();
    assert_eq!((again.price_id, again.scheduled_at), (waiting.price_id, waiting.scheduled_at));

    merchant.live(days(1)).await;
    assert_eq!(merchant.billed().await["cancel_at_period_end"], true);
    merchant.live(days(31)).await;
    assert!(is_on(&merchant, "line-free").await);
}

#[tokio::test]
async fn addons_that_stripe_bills_do_not_keep_a_free_plan_from_becoming_another() {
    let merchant = Merchant::with_line_for_nothing().await;
    let fits_all = with_another_free_line()
        .replace(r#"plans = ["line", "line-large"]"#, r#"plans = ["line", "line-free", "line-also-free"]"#);
    merchant.apply(&fits_all).await;
    let customer = merchant.customer("ada@example.com").await;
    let order = merchant.order_with("line-free", &["roaming"]).await;
    merchant.pay(&merchant.open_order(customer.id, order).await).await;
    merchant.hear_from_stripe().await;
    let waiting = change(&merchant, "line-also-free", Some(ChangeTime::Renewal)).await.unwrap();
    merchant.live(days(1)).await;
    let billed = merchant.only_subscription().await.stripe_subscription_id.unwrap();
    sync_subscription(merchant.app(), merchant.project(), &billed).await.unwrap();
    assert_eq!(now(&merchant, &waiting).await.state, SubscriptionChangeState::Pending);

    merchant.live(days(31)).await;
    assert!(is_on(&merchant, "line-also-free").await);
    assert_eq!(now(&merchant, &waiting).await.state, SubscriptionChangeState::Applied);
    assert_eq!(merchant.billed().await["status"], "active");
    assert_eq!(merchant.charged().await, [300, 300]);
}

#[tokio::test]
async fn a_first_payment_may_wait_for_the_renewal_of_the_free_plan() {
    let (merchant, free) = Merchant::with_free_line_and_card("pm_card_visa").await;
    let waiting = change(&merchant, "line", Some(ChangeTime::Renewal)).await.unwrap();
    assert_eq!(waiting.state, SubscriptionChangeState::Pending);
    assert_eq!(waiting.scheduled_at, free.current_period.unwrap().end);
    merchant.live(days(1)).await;
    assert!(merchant.charged().await.is_empty());
    merchant.live(days(30)).await;
    assert!(is_on(&merchant, "line").await);
    assert_eq!(now(&merchant, &waiting).await.state, SubscriptionChangeState::Applied);
    assert_eq!(merchant.charged().await, [1450]);
}

#[tokio::test]
async fn a_card_that_does_not_pay_when_its_day_has_come_fails_the_change() {
    let (merchant, _) = Merchant::with_free_line_and_card("pm_card_chargeCustomerFail").await;
    let waiting = change(&merchant, "line", Some(ChangeTime::Renewal)).await.unwrap();
    merchant.live(days(31)).await;
    let failed = now(&merchant, &waiting).await;
    assert_eq!(failed.state, SubscriptionChangeState::Failed);
    assert_eq!(failed.failure_code.as_deref(), Some("generic_decline"));
    let free = merchant.only_subscription().await;
    assert!(is_on(&merchant, "line-free").await);
    assert_eq!(free.current_period.unwrap().number, 2, "it goes on for nothing");
}

#[tokio::test]
async fn who_has_no_card_cannot_plan_to_pay() {
    let (merchant, _) = Merchant::with_free_line().await;
    let refused = change(&merchant, "line", Some(ChangeTime::Renewal)).await;
    assert!(matches!(refused, Err(ChangePlanError::NeedsCheckout)), "{refused:?}");
}
