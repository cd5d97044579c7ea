//! Changing the plan: what it costs, when it counts, and what is true after a failure, a crash or a race.

use jiff::SignedDuration;
use jiff::tz::TimeZone;
use perennial_core::checkout::{
    AddonOrderError, ChargeCheckout, ChargedCheckout, OrderError, StartCheckoutError, charge_checkout,
    place_addons, quote_addons,
};
use perennial_core::subscriptions::{
    Agreed, AgreedChange, ChangePlan, ChangePlanError, ChoiceError, CreateAddonError, Way,
    cancel_for_customer, cancel_subscription, change_plan, create_addon, delete_subscription_change,
    end_addon, find_choice, find_current, list_choices, price_choice, resume_subscription,
    sweep_subscription_changes,
};
use perennial_domain::{
    Cancellation, CancellationCause, CancellationTime, ChangeTime, Subscription, SubscriptionChange,
    SubscriptionChangeState, SubscriptionState,
};
use perennial_store::tables::{PageRequest, SubscriptionChangeFilter};
use perennial_testkit::{Merchant, days};
use serde_json::Value;

async fn to(merchant: &Merchant, subscription: &Subscription, plan: &'static str) -> ChangePlan {
    merchant.change_to(subscription.id, plan, None).await
}

async fn change(merchant: &Merchant, plan: &'static str) -> Result<SubscriptionChange, ChangePlanError> {
    let command = to(merchant, &merchant.only_subscription().await, plan).await;
    change_plan(merchant.app(), command).await
}

async fn changes(merchant: &Merchant) -> Vec<SubscriptionChange> {
    let project = merchant.project();
    let filter = SubscriptionChangeFilter::default();
    let page = merchant
        .app()
        .read(move |_, tx| tx.subscription_changes(project).view_page(&filter, PageRequest::first(50)));
    page.await.unwrap().items.into_iter().map(|view| view.change).collect()
}

/// What Stripe bills per period, in cents.
async fn billed(merchant: &Merchant) -> Value {
    merchant.billed().await["items"]["data"][0]["price"]["unit_amount"].clone()
}

async fn paid(merchant: &Merchant) -> Vec<i64> {
    let (project, id) = (merchant.project(), merchant.only_subscription().await.id);
    let payments = merchant.test.write(move |_, tx| tx.payments(project).of_subscription(id)).await;
    let mut payments =
        payments.iter().map(|payment| (payment.paid_at, payment.id, payment)).collect::<Vec<_>>();
    payments.sort_by_key(|(paid_at, id, _)| (*paid_at, *id));
    payments.iter().map(|(_, _, payment)| payment.amount.amount_minor).collect()
}

fn requested() -> Cancellation {
    Cancellation::because(CancellationCause::CancellationRequested)
}

/// The merchant's catalogue, and the smallest of three lines.
fn with_a_small_line() -> String {
    with_a_line("line-small", 900)
}

/// The merchant's catalogue, and another line at this many cents a month.
fn with_a_line(key: &str, amount: i64) -> String {
    let catalog = include_str!("../../../testkit/src/merchant.toml");
    let line = catalog.split("[[product]]").nth(1).unwrap();
    let small = line
        .replace("key = \"line\"", &format!("key = \"{key}\""))
        .replace("Heron Line", &format!("Heron {key}"))
        .replace("amount = 1450", &format!("amount = {amount}"));
    format!("{catalog}\n[[product]]{small}")
}

#[tokio::test]
async fn an_upgrade_counts_once_its_difference_is_paid() {
    let (merchant, subscription) = Merchant::with_subscriber("line").await;
    let large = merchant.product("line-large").await;
    let change = change(&merchant, "line-large").await.unwrap();
    assert_eq!((change.state, change.requested), (SubscriptionChangeState::Applied, ChangeTime::Now));
    let changed = merchant.only_subscription().await;
    assert_eq!((changed.id, changed.product_id), (subscription.id, large.id));
    assert_eq!(changed.current_period, subscription.current_period);
    assert_eq!(
        paid(&merchant).await,
        [1450, 1450],
        "the whole period is left, so the whole difference is due"
    );
    merchant.hear_from_stripe().await;
    assert_eq!(paid(&merchant).await, [1450, 1450]);

    merchant.pass(days(31)).await;
    let renewed = merchant.only_subscription().await;
    assert_eq!(renewed.current_period.unwrap().number, 2);
    assert_eq!(paid(&merchant).await, [1450, 1450, 2900]);
}

#[tokio::test]
async fn an_upgrade_whose_payment_fails_changes_nothing() {
    let (merchant, subscription) = Merchant::with_subscriber("line").await;
    merchant.use_card("pm_card_chargeCustomerFail").await;
    let change = change(&merchant, "line-large").await.unwrap();
    assert_eq!(change.state, SubscriptionChangeState::Failed);
    assert_eq!(change.failure_code.as_deref(), Some("generic_decline"));
    merchant.hear_from_stripe().await;
    let still = merchant.only_subscription().await;
    assert_eq!((still.product_id, still.state), (subscription.product_id, SubscriptionState::Active));
    assert_eq!(billed(&merchant).await, 1450);
    assert_eq!(paid(&merchant).await, [1450]);
}

#[tokio::test]
async fn a_downgrade_waits_for_the_renewal() {
    let (merchant, subscription) = Merchant::with_subscriber("line-large").await;
    let change = change(&merchant, "line").await.unwrap();
    assert_eq!(change.state, SubscriptionChangeState::Pending);
    assert_eq!(change.scheduled_at, subscription.current_period.unwrap().end);
    merchant.hear_from_stripe().await;
    assert_eq!(merchant.only_subscription().await.product_id, subscription.product_id);

    merchant.pass(days(31)).await;
    assert_eq!(merchant.only_subscription().await.product_id, merchant.product("line").await.id);
    assert_eq!(changes(&merchant).await[0].state, SubscriptionChangeState::Applied);
    assert_eq!(paid(&merchant).await, [2900, 1450]);
    merchant.pass(days(31)).await;
    assert_eq!(paid(&merchant).await, [2900, 1450, 1450]);
}

#[tokio::test]
async fn a_change_that_waits_can_be_taken_back() {
    let (merchant, subscription) = Merchant::with_subscriber("line-large").await;
    let change = change(&merchant, "line").await.unwrap();
    for _ in 0..2 {
        delete_subscription_change(merchant.app(), merchant.project(), change.id).await.unwrap();
        merchant.hear_from_stripe().await;
    }
    assert_eq!(changes(&merchant).await[0].state, SubscriptionChangeState::Deleted);
    merchant.pass(days(31)).await;
    assert_eq!(merchant.only_subscription().await.product_id, subscription.product_id);
    assert_eq!(paid(&merchant).await, [2900, 2900]);
}

#[tokio::test]
async fn a_schedule_that_is_let_go_at_stripe_is_a_change_taken_back() {
    let (merchant, _) = Merchant::with_subscriber("line-large").await;
    change(&merchant, "line").await.unwrap();
    merchant.test.clock().advance(SignedDuration::from_hours(1));
    let schedule = merchant.billed().await["schedule"].as_str().unwrap().to_owned();
    let stripe = merchant.stripe();
    stripe.post_form(&format!("/v1/subscription_schedules/{schedule}/release"), "").await.expect(200);
    merchant.hear_from_stripe().await;
    assert_eq!(changes(&merchant).await[0].state, SubscriptionChangeState::Deleted);
}

#[tokio::test]
async fn cancelling_takes_the_waiting_change_back_and_resuming_does_not_bring_it_again() {
    let (merchant, subscription) = Merchant::with_subscriber("line-large").await;
    let (app, project) = (merchant.app(), merchant.project());
    change(&merchant, "line").await.unwrap();
    cancel_subscription(app, project, subscription.id, requested()).await.unwrap();
    assert_eq!(changes(&merchant).await[0].state, SubscriptionChangeState::Deleted);
    assert_eq!(merchant.billed().await["cancel_at_period_end"], true);
    let refused = change(&merchant, "line").await;
    assert!(matches!(refused, Err(ChangePlanError::Choice(ChoiceError::NotNow))), "{refused:?}");
    resume_subscription(app, project, subscription.id).await.unwrap();
    merchant.pass(days(31)).await;
    assert_eq!(merchant.only_subscription().await.product_id, subscription.product_id);
}

#[tokio::test]
async fn a_change_and_a_cancellation_at_once_end_in_one_truth() {
    let (merchant, subscription) = Merchant::with_subscriber("line-large").await;
    let (app, project) = (merchant.app(), merchant.project());
    let held = merchant.line.hold("POST /v1/subscription_schedules");
    let command = to(&merchant, &subscription, "line").await;
    let (changed, ()) = tokio::join!(change_plan(app, command), async {
        held.arrived().await;
        cancel_subscription(app, project, subscription.id, requested()).await.unwrap();
        held.release();
    });
    assert_eq!(changed.unwrap().state, SubscriptionChangeState::Deleted);
    merchant.hear_from_stripe().await;
    let cancelled = merchant.only_subscription().await;
    assert!(cancelled.canceled_at.is_some());
    let stripe = merchant.billed().await;
    assert_eq!((&stripe["schedule"], &stripe["cancel_at_period_end"]), (&Value::Null, &true.into()));
    merchant.pass(days(31)).await;
    assert_eq!(merchant.only_subscription().await.state, SubscriptionState::Ended);
    assert_eq!(paid(&merchant).await, [2900]);
}

#[tokio::test]
async fn an_upgrade_that_is_paid_while_its_customer_cancels_is_had_to_the_end() {
    let (merchant, subscription) = Merchant::with_subscriber("line").await;
    let (app, project) = (merchant.app(), merchant.project());
    let held = merchant.line.hold("POST /v1/subscriptions/");
    let command = to(&merchant, &subscription, "line-large").await;
    let (changed, ()) = tokio::join!(change_plan(app, command), async {
        held.arrived().await;
        cancel_subscription(app, project, subscription.id, requested()).await.unwrap();
        held.release();
    });
    assert_eq!(changed.unwrap().state, SubscriptionChangeState::Applied);
    merchant.hear_from_stripe().await;
    let both = merchant.only_subscription().await;
    assert_eq!(both.product_id, merchant.product("line-large").await.id);
    assert_eq!(both.ended_at, subscription.current_period.unwrap().end);
    assert_eq!(merchant.billed().await["cancel_at_period_end"], true);
}

#[tokio::test]
async fn a_crash_after_the_reservation_is_finished_by_the_sweep() {
    let (merchant, _) = Merchant::with_subscriber("line").await;
    let held = merchant.line.hold("POST /v1/subscriptions/");
    {
        let crashing = change(&merchant, "line-large");
        tokio::select! {
            _ = crashing => panic!("the request is held"),
            () = held.arrived() => {}
        }
    }
    assert_eq!(changes(&merchant).await[0].state, SubscriptionChangeState::Initiated);
    merchant.test.clock().advance(SignedDuration::from_mins(2));
    assert_eq!(sweep_subscription_changes(merchant.app()).await.unwrap(), 1);
    assert_eq!(changes(&merchant).await[0].state, SubscriptionChangeState::Applied);
    assert_eq!(paid(&merchant).await.len(), 2);
}

#[tokio::test]
async fn two_submits_at_once_pay_once() {
    let (merchant, subscription) = Merchant::with_subscriber("line").await;
    let command = to(&merchant, &subscription, "line-large").await;
    let (first, second) =
        tokio::join!(change_plan(merchant.app(), command), change_plan(merchant.app(), command));
    assert!(first.is_ok() || second.is_ok(), "{first:?} {second:?}");
    merchant.hear_from_stripe().await;
    assert_eq!(paid(&merchant).await, [1450, 1450]);
}

#[tokio::test]
async fn the_preview_is_what_is_charged_and_another_sum_is_not() {
    let (merchant, subscription) = Merchant::with_subscriber("line").await;
    merchant.test.clock().advance(SignedDuration::from_hours(24 * 10 + 7));
    let (project, plan) = (merchant.project(), merchant.product("line-large").await.id);
    let id = subscription.id;
    let rows = merchant.app().read(move |cx, tx| {
        let current = find_current(cx, tx, project, id)?;
        let choice = find_choice(tx, &current, plan, None)?;
        Ok::<_, ChoiceError>((current, choice))
    });
    let (plans, choice) = rows.await.unwrap();
    let from = merchant.app().now();
    let cost = price_choice(merchant.app(), &plans, choice, from).await.unwrap();
    let preview = cost.preview.unwrap();
    let sum: i64 = preview.lines.iter().map(|line| line.amount.amount_minor).sum();
    assert_eq!(sum, cost.due.amount_minor);
    assert!(0 < sum && sum < 1450, "{sum}");

    merchant.test.clock().advance(SignedDuration::from_mins(10));
    let cost = Agreed { due_minor: sum, next_minor: 2900, prorated_from: from };
    let agreed = AgreedChange { cost, way: Way::SwapNow, starts_on: None, renewal_minor: None };
    let command = to(&merchant, &subscription, "line-large").await;
    let stale = [
        Agreed { due_minor: sum - 1, ..cost },
        Agreed { next_minor: 2800, ..cost },
        Agreed { prorated_from: from - SignedDuration::from_hours(1), ..cost },
        // Close to the end of the period next to nothing would be due.
        Agreed { due_minor: 1, prorated_from: from + SignedDuration::from_hours(24 * 20), ..cost },
    ];
    let stale = stale.map(|cost| AgreedChange { cost, ..agreed });
    let otherwise = [
        AgreedChange { way: Way::SwapLater, ..agreed },
        AgreedChange { starts_on: Some(from.to_zoned(TimeZone::UTC).date()), ..agreed },
    ];
    for agreed in stale.into_iter().chain(otherwise) {
        let refused = change_plan(merchant.app(), ChangePlan { agreed: Some(agreed), ..command }).await;
        assert!(matches!(refused, Err(ChangePlanError::NotAsShown { .. })), "{refused:?}");
    }
    assert_eq!(changes(&merchant).await.len(), 0);
    change_plan(merchant.app(), ChangePlan { agreed: Some(agreed), ..command }).await.unwrap();
    assert_eq!(paid(&merchant).await, [1450, sum]);
}

#[tokio::test]
async fn a_change_at_stripe_itself_is_followed() {
    let (merchant, _) = Merchant::with_subscriber("line").await;
    let stripe = merchant.stripe();
    let subscription = merchant.billed().await;
    let large = merchant.product("line-large").await;
    let (project, id) = (merchant.project(), large.id);
    let price = merchant.test.write(move |_, tx| tx.prices(project).active_of_product(id)).await;
    let form = format!(
        "items[0][id]={}&items[0][price]={}",
        subscription["items"]["data"][0]["id"].as_str().unwrap(),
        price[0].stripe_price_id.as_deref().unwrap()
    );
    stripe.post_form(&format!("/v1/subscriptions/{}", subscription["id"].as_str().unwrap()), &form).await;
    merchant.hear_from_stripe().await;
    assert_eq!(merchant.only_subscription().await.product_id, large.id);
}

#[tokio::test]
async fn another_change_takes_the_place_of_the_one_that_waits() {
    let (merchant, _) = Merchant::with_subscriber("line-large").await;
    merchant.apply(&with_a_small_line()).await;
    let first = change(&merchant, "line").await.unwrap();
    assert_eq!(change(&merchant, "line").await.unwrap().id, first.id, "the same change is asked for once");
    merchant.test.clock().advance(SignedDuration::from_secs(1));
    let second = change(&merchant, "line-small").await.unwrap();
    let states = changes(&merchant).await.iter().map(|change| (change.id, change.state)).collect::<Vec<_>>();
    let expected =
        [(second.id, SubscriptionChangeState::Pending), (first.id, SubscriptionChangeState::Deleted)];
    assert_eq!(states, expected);
    merchant.pass(days(31)).await;
    assert_eq!(merchant.only_subscription().await.product_id, merchant.product("line-small").await.id);
    assert_eq!(paid(&merchant).await, [2900, 900]);
}

#[tokio::test]
async fn only_plans_of_the_same_line_fit() {
    let (merchant, subscription) = Merchant::with_subscriber("line").await;
    let (project, id) = (merchant.project(), subscription.id);
    let names = merchant.app().read(move |cx, tx| {
        let current = find_current(cx, tx, project, id)?;
        Ok::<_, ChoiceError>(list_choices(tx, &current)?)
    });
    let names = names.await.unwrap().into_iter().map(|choice| choice.product.reference).collect::<Vec<_>>();
    assert_eq!(names, ["line-large"]);
    let same = change(&merchant, "line").await;
    assert!(matches!(same, Err(ChangePlanError::Choice(ChoiceError::SamePlan(_)))), "{same:?}");
    let other = change(&merchant, "notebook-free").await;
    assert!(matches!(other, Err(ChangePlanError::Choice(ChoiceError::DoesNotFit(_)))), "{other:?}");
}

#[tokio::test]
async fn a_project_may_end_what_is_cancelled_at_once() {
    let (merchant, subscription) = Merchant::with_subscriber("line").await;
    let mut project = merchant.test.project().clone();
    project.settings.cancellation = CancellationTime::AtOnce;
    cancel_for_customer(merchant.app(), &project, subscription.id, requested()).await.unwrap();
    assert_eq!(merchant.only_subscription().await.state, SubscriptionState::Ended);
    assert_eq!(merchant.billed().await["status"], "canceled");
}

async fn buy_roaming(merchant: &Merchant) -> Result<ChargedCheckout, CreateAddonError> {
    let (subscription, roaming) = (merchant.only_subscription().await, merchant.product("roaming").await);
    create_addon(merchant.app(), merchant.project(), subscription.id, roaming.id, None).await
}

#[tokio::test]
async fn what_renews_is_not_sold_beside_a_plan_that_is_about_to_be_free() {
    let (merchant, subscription) = Merchant::with_subscriber("line").await;
    merchant.apply(&with_a_line("line-free", 0)).await;
    let (project, customer, id) = (merchant.project(), subscription.customer_id, subscription.id);
    let roaming = merchant.product("roaming").await.id;
    let placed = merchant.app().read(move |_, tx| place_addons(tx, project, customer, id, &[roaming]));
    let quoted = quote_addons(merchant.app(), placed.await.unwrap(), merchant.app().now()).await.unwrap();
    change(&merchant, "line-free").await.unwrap();
    let bought = buy_roaming(&merchant).await;
    let misfit = |error: &CreateAddonError| {
        matches!(error, CreateAddonError::Order(AddonOrderError::Order(OrderError::AddonDoesNotFit(_))))
    };
    assert!(bought.as_ref().is_err_and(misfit), "{bought:?}");
    // Neither is what was shown before the change was asked for.
    let order = quoted.order();
    let command = ChargeCheckout { project, customer, connect_session: None, order, request: None };
    let charged = charge_checkout(merchant.app(), command).await;
    assert!(matches!(charged, Err(StartCheckoutError::AddonDoesNotFit(_))), "{charged:?}");
    assert_eq!(paid(&merchant).await, [1450]);
}

#[tokio::test]
async fn an_addon_that_is_bought_while_a_downgrade_waits_is_billed_after_it() {
    let (merchant, _) = Merchant::with_subscriber("line-large").await;
    change(&merchant, "line").await.unwrap();
    buy_roaming(&merchant).await.unwrap();
    merchant.pass(days(31)).await;
    assert_eq!(merchant.only_subscription().await.product_id, merchant.product("line").await.id);
    assert_eq!(paid(&merchant).await.last(), Some(&(1450 + 300)));
}

#[tokio::test]
async fn an_addon_that_ends_while_a_downgrade_waits_is_not_billed_after_it() {
    let (merchant, subscription) = Merchant::with_subscriber("line-large").await;
    buy_roaming(&merchant).await.unwrap();
    change(&merchant, "line").await.unwrap();
    let (project, id) = (merchant.project(), subscription.id);
    let addons = merchant.test.write(move |_, tx| tx.subscription_addons(project).of_subscription(id)).await;
    end_addon(merchant.app(), project, addons[0].id).await.unwrap();
    merchant.pass(days(31)).await;
    assert_eq!(merchant.only_subscription().await.product_id, merchant.product("line").await.id);
    assert_eq!(paid(&merchant).await.last(), Some(&1450));
}
