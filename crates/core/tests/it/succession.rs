//! One subscription ends and another begins in its place, while Stripe goes on billing the same Stripe Subscription.

use jiff::SignedDuration;
use perennial_core::checkout::StartCheckoutError;
use perennial_core::ports::{PriceSwap, SwapCharge};
use perennial_core::subscriptions::{
    CancelError, ChangePlanError, ChoiceError, PlanChoice, Succession, carry_out_change, change_plan,
    end_subscription, find_current, make_way, price_swap, reserve_succession, sweep_subscription_changes,
    turn_back,
};
use perennial_domain::{
    CancellationCause, CheckoutState, Money, Payment, PaymentState, Subscription, SubscriptionChange,
    SubscriptionChangeState, SubscriptionState,
};
use perennial_testkit::{Merchant, rows};

/// What an upgrade from `line` to `line-large` is, charged in full or for what is left.
async fn upgrade(merchant: &Merchant, in_full: bool) -> Succession {
    let (project, id) = (merchant.project(), live(merchant).await.id);
    let large = merchant.product("line-large").await.id;
    let prorated_from = (!in_full).then(|| merchant.app().now());
    let rows = merchant.app().read(move |cx, tx| {
        let price = tx.prices(project).active_of_product(large)?.remove(0);
        Ok::<_, ChoiceError>((find_current(cx, tx, project, id)?, price))
    });
    let (current, price) = rows.await.unwrap();
    Succession { current, price, buyer: None, prorated_from, released: None }
}

async fn reserve(merchant: &Merchant, in_full: bool) -> Result<SubscriptionChange, ChangePlanError> {
    let succession = upgrade(merchant, in_full).await;
    let released = make_way(merchant.app(), &succession.current.subscription).await?;
    let succession = Succession { released, ..succession };
    merchant.app().write(move |cx, tx| reserve_succession(cx, tx, &succession)).await
}

async fn live(merchant: &Merchant) -> Subscription {
    let all = merchant.subscriptions().await;
    let [live]: [Subscription; 1] =
        all.into_iter().filter(Subscription::is_live).collect::<Vec<_>>().try_into().unwrap();
    live
}

async fn price_of(merchant: &Merchant, in_full: bool) -> Money {
    let Succession { current, price, prorated_from, .. } = upgrade(merchant, in_full).await;
    let product = merchant.product("line-large").await;
    let choice = PlanChoice::swap_now(product, price);
    let charge = prorated_from.map_or(SwapCharge::NewPeriod, SwapCharge::Difference);
    price_swap(merchant.app(), &current, choice, charge).await.unwrap().due
}

/// The old one is over, the new one has its Stripe Subscription, and each euro is in the books once.
async fn assert_succeeded(merchant: &Merchant, before: &Subscription, change: &SubscriptionChange, due: i64) {
    let [after, old]: [Subscription; 2] = merchant.subscriptions().await.try_into().unwrap();
    assert_eq!((old.id, old.state, old.stripe_subscription_id), (before.id, SubscriptionState::Ended, None));
    assert_eq!(Some(after.id), change.successor_id);
    assert_eq!((after.state, after.replaces_id), (SubscriptionState::Active, Some(before.id)));
    assert_eq!(after.stripe_subscription_id, before.stripe_subscription_id);
    let (project, id) = (merchant.project(), after.id);
    let paid = merchant.test.write(move |_, tx| tx.payments(project).of_subscription(id)).await;
    assert_eq!(paid.iter().map(|payment| payment.amount.amount_minor).collect::<Vec<_>>(), [due]);
    let path = format!("/v1/subscriptions/{}", before.stripe_subscription_id.as_deref().unwrap());
    let billed = merchant.stripe().get(&path).await.expect(200);
    assert_eq!(
        (billed["status"].as_str(), billed["items"]["data"].as_array().unwrap().len()),
        (Some("active"), 1)
    );
}

#[tokio::test]
async fn the_successor_takes_the_stripe_subscription_over_and_is_paid_in_full() {
    let (merchant, before) = Merchant::with_subscriber("line").await;
    assert_eq!(price_of(&merchant, true).await.amount_minor, 2900);
    let change = reserve(&merchant, true).await.unwrap();
    let applied = carry_out_change(merchant.app(), merchant.project(), change.id).await.unwrap();
    assert_eq!(applied.state, SubscriptionChangeState::Applied);
    assert_succeeded(&merchant, &before, &change, 2900).await;

    merchant.hear_from_stripe().await;
    assert_succeeded(&merchant, &before, &change, 2900).await;
}

#[tokio::test]
async fn what_is_left_of_the_period_counts_where_the_operator_wants_it() {
    let (merchant, before) = Merchant::with_subscriber("line").await;
    let due = price_of(&merchant, false).await.amount_minor;
    assert_eq!(due, 1450, "nothing is used up yet");
    let change = reserve(&merchant, false).await.unwrap();
    carry_out_change(merchant.app(), merchant.project(), change.id).await.unwrap();
    assert_succeeded(&merchant, &before, &change, due).await;
    assert_eq!(live(&merchant).await.current_period.unwrap().end, before.current_period.unwrap().end);
}

/// Stripe swaps and charges, and nobody is there any more to hear of it.
async fn charge_and_die(merchant: &Merchant, before: &Subscription, change: &SubscriptionChange) {
    let (project, prices) = (merchant.project(), [before.price_id, change.price_id]);
    let [from, to] = merchant
        .test
        .write(move |_, tx| {
            let mut stripe_price =
                |id| tx.prices(project).find(id).map(|price| price.unwrap().stripe_price_id.unwrap());
            Ok([stripe_price(prices[0])?, stripe_price(prices[1])?])
        })
        .await;
    let swap = PriceSwap {
        stripe_subscription_id: before.stripe_subscription_id.clone().unwrap(),
        from_stripe_price_id: from,
        to_stripe_price_id: to,
    };
    let payments = merchant.app().payments(project).await.unwrap();
    payments.swap_price(change.id, &swap, SwapCharge::NewPeriod).await.unwrap();
}

#[tokio::test]
async fn a_crash_after_the_charge_is_healed_by_stripes_event_or_by_the_sweep() {
    for by_event in [true, false] {
        let (merchant, before) = Merchant::with_subscriber("line").await;
        let change = reserve(&merchant, true).await.unwrap();
        charge_and_die(&merchant, &before, &change).await;
        assert_eq!(live(&merchant).await.id, before.id, "never without a plan");
        merchant.test.clock().advance(jiff::SignedDuration::from_mins(2));
        if by_event {
            merchant.hear_from_stripe().await;
        } else {
            assert_eq!(sweep_subscription_changes(merchant.app()).await.unwrap(), 1);
        }
        assert_succeeded(&merchant, &before, &change, 2900).await;
    }
}

#[tokio::test]
async fn a_crash_that_is_healed_after_stripe_forgot_the_key_charges_no_second_period() {
    let (merchant, before) = Merchant::with_subscriber("line").await;
    let change = reserve(&merchant, true).await.unwrap();
    charge_and_die(&merchant, &before, &change).await;
    merchant.test.clock().advance(jiff::SignedDuration::from_hours(30));
    merchant.sandbox.tick().await.unwrap();
    assert_eq!(sweep_subscription_changes(merchant.app()).await.unwrap(), 1);
    assert_succeeded(&merchant, &before, &change, 2900).await;
    let charges = merchant.stripe().get("/v1/charges").await.expect(200);
    assert_eq!(charges["data"].as_array().unwrap().len(), 2, "the first period, and the successor's");
}

#[tokio::test]
async fn what_is_being_paid_comes_true_before_the_old_one_can_be_ended() {
    let (merchant, before) = Merchant::with_subscriber("line").await;
    let change = reserve(&merchant, true).await.unwrap();
    charge_and_die(&merchant, &before, &change).await;
    let refused = end_subscription(merchant.app(), merchant.project(), before.id).await;
    assert!(matches!(refused, Err(CancelError::ChangeUnderWay(_))), "{refused:?}");

    merchant.hear_from_stripe().await;
    end_subscription(merchant.app(), merchant.project(), before.id).await.unwrap();
    assert_succeeded(&merchant, &before, &change, 2900).await;
}

#[tokio::test]
async fn what_add_ons_renew_with_has_no_successor() {
    let (merchant, before) = Merchant::with_subscriber("line").await;
    let (project, addon) = (merchant.project(), merchant.product("roaming").await);
    merchant
        .test
        .write(move |cx, tx| {
            let price = tx.prices(project).active_of_product(addon.id)?.remove(0);
            let renewing = rows::bought_addon(cx, &before, &price);
            tx.subscription_addons(project).insert(&renewing)
        })
        .await;
    let refused = reserve(&merchant, true).await;
    assert!(matches!(refused, Err(ChangePlanError::Choice(ChoiceError::DoesNotFit(_)))), "{refused:?}");
}

#[tokio::test]
async fn a_declined_card_leaves_the_old_one_and_another_try_is_possible() {
    let (merchant, before) = Merchant::with_subscriber("line").await;
    let path = format!("/v1/subscriptions/{}", before.stripe_subscription_id.as_deref().unwrap());
    let customer = merchant.stripe().get(&path).await.expect(200)["customer"].as_str().unwrap().to_owned();
    let attach = "/v1/payment_methods/pm_card_chargeCustomerFail/attach";
    let card = merchant.stripe().post_form(attach, &format!("customer={customer}")).await.expect(200);
    let card = format!("default_payment_method={}", card["id"].as_str().unwrap());
    merchant.stripe().post_form(&path, &card).await.expect(200);

    let change = reserve(&merchant, true).await.unwrap();
    let failed = carry_out_change(merchant.app(), merchant.project(), change.id).await.unwrap();
    assert_eq!(failed.state, SubscriptionChangeState::Failed);
    merchant.hear_from_stripe().await;
    let kept = merchant.only_subscription().await;
    assert_eq!(
        (kept.id, kept.state, kept.product_id),
        (before.id, SubscriptionState::Active, before.product_id)
    );
    assert!(reserve(&merchant, true).await.is_ok());
}

#[tokio::test]
async fn two_successors_of_one_subscription_are_not_reserved() {
    let (merchant, _) = Merchant::with_subscriber("line").await;
    reserve(&merchant, true).await.unwrap();
    let second = reserve(&merchant, true).await;
    assert!(matches!(second, Err(ChangePlanError::UnderWay)), "{second:?}");
}

#[tokio::test]
async fn what_is_being_changed_cannot_be_replaced_by_a_purchase() {
    let (merchant, before) = Merchant::with_subscriber("line").await;
    reserve(&merchant, true).await.unwrap();
    let order = merchant.order_instead_of(before.id, "line-large").await;
    let refused = merchant.start_order(before.customer_id, order).await;
    assert!(matches!(refused, Err(StartCheckoutError::Contended)), "{refused:?}");
}

#[tokio::test]
async fn a_purchase_that_is_paid_while_a_change_of_the_replaced_one_is_under_way_is_given_back() {
    let (merchant, before) = Merchant::with_subscriber("line").await;
    let order = merchant.order_instead_of(before.id, "line-large").await;
    let bought = merchant.open_order(before.customer_id, order).await;
    let change = reserve(&merchant, true).await.unwrap();
    charge_and_die(&merchant, &before, &change).await;
    let swapped = merchant.webhooks().await;

    merchant.pay(&bought).await;
    merchant.hear_from_stripe().await;
    merchant.work().await;
    assert_eq!(merchant.reload(&bought).await.state, CheckoutState::Superseded);
    let [payment] = merchant.payments(&bought).await.try_into().unwrap();
    assert_eq!(payment.state, PaymentState::Refunded);
    for delivery in swapped {
        merchant.receive(&delivery).await.unwrap();
    }
    merchant.work().await;
    assert_succeeded(&merchant, &before, &change, 2900).await;
}

/// As after a restored backup, or a mistake of ours: the row says that it is over.
#[tokio::test]
async fn renewals_of_a_successor_that_is_over_go_back() {
    let (merchant, _) = Merchant::with_subscriber("line").await;
    let change = reserve(&merchant, true).await.unwrap();
    carry_out_change(merchant.app(), merchant.project(), change.id).await.unwrap();
    merchant.hear_from_stripe().await;
    let (project, successor) = (merchant.project(), live(&merchant).await);
    assert_eq!(successor.checkout_id, None);
    let (id, end) = (successor.id, successor.current_period.unwrap().end.unwrap());
    merchant
        .test
        .write(move |_, tx| {
            let mut row = tx.subscriptions(project).lock(id)?.expect("it is there");
            row.end(end, CancellationCause::SubscriptionEnded);
            tx.subscriptions(project).update(&row)
        })
        .await;

    merchant.test.clock().advance(SignedDuration::from_hours(24 * 32));
    merchant.sandbox.tick().await.unwrap();
    merchant.hear_from_stripe().await;
    merchant.hear_from_stripe().await;
    let paid = merchant.test.write(move |_, tx| tx.payments(project).of_subscription(id)).await;
    let [renewal, first] = <[Payment; 2]>::try_from(paid).unwrap();
    assert_eq!((renewal.state, renewal.refunded_minor), (PaymentState::Refunded, 2900));
    assert_eq!(first.state, PaymentState::Succeeded, "what was used stays paid");
    assert_eq!(merchant.line.count("POST /v1/refunds"), 1);
}

/// Stripe is to make the line a small one at its renewal.
async fn with_a_change_that_waits() -> (Merchant, SubscriptionChange) {
    let (merchant, before) = Merchant::with_subscriber("line").await;
    let catalog = include_str!("../../../testkit/src/merchant.toml");
    let line = catalog.split("[[product]]").nth(1).unwrap();
    let small = line.replace("key = \"line\"", "key = \"line-small\"").replace("1450", "900");
    merchant.apply(&format!("{catalog}\n[[product]]{small}")).await;
    let command = merchant.change_to(before.id, "line-small", None).await;
    let waits = change_plan(merchant.app(), command).await.unwrap();
    assert!(merchant.billed().await["schedule"].is_string());
    (merchant, waits)
}

async fn changes(merchant: &Merchant) -> Vec<SubscriptionChange> {
    let (project, id) = (merchant.project(), live(merchant).await.id);
    merchant
        .test
        .write(move |_, tx| Ok(tx.subscription_changes(project).open_of(id)?.into_iter().collect()))
        .await
}

#[tokio::test]
async fn a_successor_that_is_refused_leaves_the_change_that_waited() {
    let (merchant, waits) = with_a_change_that_waits().await;
    let succession = upgrade(&merchant, true).await;
    let released = make_way(merchant.app(), &succession.current.subscription).await.unwrap();
    assert_eq!(released, Some(waits.id));
    assert!(merchant.billed().await["schedule"].is_null());

    // The plan was another one when it was looked at.
    let mut stale = Succession { released, ..succession };
    stale.current.price = stale.price.clone();
    let current = stale.current.clone();
    let refused = merchant.app().write(move |cx, tx| reserve_succession(cx, tx, &stale)).await;
    assert!(matches!(refused, Err(ChangePlanError::Contended)), "{refused:?}");
    turn_back(merchant.app(), &current.subscription).await;

    let [still] = changes(&merchant).await.try_into().unwrap();
    assert_eq!((still.id, still.state), (waits.id, SubscriptionChangeState::Pending));
    assert!(still.arranged_at.is_some() && merchant.billed().await["schedule"].is_string());
}

#[tokio::test]
async fn who_goes_down_after_way_was_made_drops_nothing() {
    let (merchant, waits) = with_a_change_that_waits().await;
    let succession = upgrade(&merchant, true).await;
    make_way(merchant.app(), &succession.current.subscription).await.unwrap();
    merchant.test.clock().advance(SignedDuration::from_mins(2));
    assert_eq!(sweep_subscription_changes(merchant.app()).await.unwrap(), 1);
    assert_eq!(changes(&merchant).await[0].id, waits.id);
    assert!(merchant.billed().await["schedule"].is_string());
}

#[tokio::test]
async fn a_successor_that_nobody_pays_for_brings_back_the_change_that_waited() {
    let (merchant, waits) = with_a_change_that_waits().await;
    merchant.use_card("pm_card_chargeCustomerFail").await;
    let change = reserve(&merchant, true).await.unwrap();
    assert_eq!(change.replaces_id, Some(waits.id));
    let failed = carry_out_change(merchant.app(), merchant.project(), change.id).await.unwrap();
    assert_eq!(failed.state, SubscriptionChangeState::Failed);
    let [again] = changes(&merchant).await.try_into().unwrap();
    assert_eq!((again.price_id, again.scheduled_at), (waits.price_id, waits.scheduled_at));
}
