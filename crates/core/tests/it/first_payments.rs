//! From a free plan to one that costs something: the subscription keeps its id, and is paid once.

use jiff::SignedDuration;
use perennial_core::checkout::{Settlement, StartCheckoutError, settle_checkout, sweep_checkouts};
use perennial_core::subscriptions::{
    ChangePlanError, ChoiceError, PlanChoice, change_plan, end_subscription, find_choice, find_current,
    order_of_plan,
};
use perennial_domain::{
    Checkout, CheckoutState, Order, PaymentReason, PaymentState, SubscriptionChange, SubscriptionChangeState,
    SubscriptionState,
};
use perennial_store::tables::{PageRequest, SubscriptionChangeFilter};
use perennial_testkit::{LineState, Merchant};

async fn order(merchant: &Merchant, plan: &'static str) -> Order {
    let (project, id) = (merchant.project(), merchant.only_subscription().await.id);
    let plan = merchant.product(plan).await.id;
    let found = merchant.app().read(move |cx, tx| {
        let current = find_current(cx, tx, project, id)?;
        let choice: PlanChoice = find_choice(tx, &current, plan, None)?;
        Ok::<_, ChoiceError>(order_of_plan(&current, &choice))
    });
    found.await.unwrap()
}

async fn open(merchant: &Merchant, plan: &'static str) -> Checkout {
    let customer = merchant.only_subscription().await.customer_id;
    merchant.open_order(customer, order(merchant, plan).await).await
}

async fn change(merchant: &Merchant, plan: &'static str) -> Result<SubscriptionChange, ChangePlanError> {
    let command = merchant.change_to(merchant.only_subscription().await.id, plan, None).await;
    change_plan(merchant.app(), command).await
}

async fn changes(merchant: &Merchant) -> Vec<SubscriptionChangeState> {
    let project = merchant.project();
    let filter = SubscriptionChangeFilter::default();
    let page = merchant
        .app()
        .read(move |_, tx| tx.subscription_changes(project).view_page(&filter, PageRequest::first(50)));
    page.await.unwrap().items.into_iter().map(|view| view.change.state).collect()
}

/// How many Stripe Subscriptions are charged for.
async fn billed(merchant: &Merchant) -> usize {
    let list = merchant.stripe().get("/v1/subscriptions").await.expect(200);
    list["data"].as_array().unwrap().len()
}

#[tokio::test]
async fn a_free_plan_becomes_a_paid_one_under_its_own_id() {
    let (merchant, free) = Merchant::with_free_line().await;
    let checkout = open(&merchant, "line").await;
    assert_eq!(
        merchant.only_subscription().await.product_id,
        free.product_id,
        "nothing changes before it is paid"
    );
    merchant.pay(&checkout).await;
    for _ in 0..2 {
        let settled = settle_checkout(merchant.app(), merchant.project(), checkout.id).await.unwrap();
        assert_eq!(settled, Settlement::Settled(free.id));
        merchant.hear_from_stripe().await;
    }
    let paid = merchant.only_subscription().await;
    assert_eq!((paid.id, paid.state), (free.id, SubscriptionState::Active));
    assert_eq!(paid.product_id, merchant.product("line").await.id);
    assert_eq!((paid.sim_id, &paid.phone_number), (free.sim_id, &free.phone_number));
    let period = paid.current_period.unwrap();
    assert_eq!((period.number, period.start.as_second()), (1, merchant.app().now().as_second()));
    assert_eq!(changes(&merchant).await, [SubscriptionChangeState::Applied]);
    let [payment] = merchant.payments(&checkout).await.try_into().unwrap();
    assert_eq!((payment.amount.amount_minor, payment.reason), (1450, PaymentReason::SubscriptionCreation));

    merchant.test.clock().advance(SignedDuration::from_hours(24 * 31));
    merchant.sandbox.tick().await.unwrap();
    merchant.hear_from_stripe().await;
    assert_eq!(merchant.only_subscription().await.current_period.unwrap().number, 2);
}

#[tokio::test]
async fn the_webhook_alone_delivers_it_and_so_does_the_sweep() {
    let (merchant, free) = Merchant::with_free_line().await;
    merchant.pay(&open(&merchant, "line").await).await;
    merchant.hear_from_stripe().await;
    assert_eq!(merchant.only_subscription().await.product_id, merchant.product("line").await.id);

    let (merchant, again) = Merchant::with_free_line().await;
    merchant.pay(&open(&merchant, "line").await).await;
    merchant.webhooks().await;
    merchant.test.clock().advance(SignedDuration::from_mins(1));
    sweep_checkouts(merchant.app()).await.unwrap();
    let paid = merchant.only_subscription().await;
    assert_eq!((paid.id, paid.product_id), (again.id, merchant.product("line").await.id));
    assert_ne!(free.id, again.id);
}

#[tokio::test]
async fn a_saved_card_pays_at_once() {
    let (merchant, _) = Merchant::with_free_line_and_card("pm_card_visa").await;
    let change = change(&merchant, "line").await.unwrap();
    assert_eq!(change.state, SubscriptionChangeState::Applied);
    merchant.hear_from_stripe().await;
    let paid = merchant.only_subscription().await;
    assert_eq!(paid.product_id, merchant.product("line").await.id);
    assert_eq!((changes(&merchant).await.len(), billed(&merchant).await), (1, 1));
}

#[tokio::test]
async fn a_card_that_does_not_pay_leaves_the_plan_free_and_the_change_failed() {
    for (card, code) in [
        ("pm_card_chargeCustomerFail", "generic_decline"),
        ("pm_card_authenticationRequired", "authentication_required"),
    ] {
        let (merchant, free) = Merchant::with_free_line_and_card(card).await;
        let failed = change(&merchant, "line").await.unwrap();
        assert_eq!(failed.state, SubscriptionChangeState::Failed);
        assert_eq!(failed.failure_code.as_deref(), Some(code));
        merchant.hear_from_stripe().await;
        assert_eq!(merchant.only_subscription().await.product_id, free.product_id);
        assert_eq!(billed(&merchant).await, 0);
    }
}

#[tokio::test]
async fn without_a_card_it_has_to_be_bought_at_a_checkout() {
    let (merchant, free) = Merchant::with_free_line().await;
    let refused = change(&merchant, "line").await;
    assert!(matches!(refused, Err(ChangePlanError::NeedsCheckout)), "{refused:?}");
    assert_eq!(merchant.only_subscription().await.product_id, free.product_id);
    assert!(changes(&merchant).await.is_empty());
}

#[tokio::test]
async fn what_is_paid_for_a_subscription_that_ended_meanwhile_goes_back() {
    let (merchant, free) = Merchant::with_free_line().await;
    let checkout = open(&merchant, "line").await;
    end_subscription(merchant.app(), merchant.project(), free.id).await.unwrap();
    merchant.pay(&checkout).await;
    merchant.hear_from_stripe().await;
    assert_eq!(merchant.reload(&checkout).await.state, CheckoutState::Superseded);
    assert_eq!(merchant.only_subscription().await.state, SubscriptionState::Ended);
    let [payment] = merchant.payments(&checkout).await.try_into().unwrap();
    assert_eq!(payment.state, PaymentState::Refunded);
    assert_eq!(billed(&merchant).await, 0);
    assert!(changes(&merchant).await.is_empty());
}

#[tokio::test]
async fn what_is_on_another_plan_already_is_not_paid_again() {
    let (merchant, free) = Merchant::with_free_line().await;
    let stale = order(&merchant, "line-large").await;
    merchant.pay(&open(&merchant, "line").await).await;
    merchant.hear_from_stripe().await;
    let refused = merchant.start_order(free.customer_id, stale).await;
    assert!(
        matches!(refused, Err(StartCheckoutError::SubscriptionChanged(id)) if id == free.id),
        "{refused:?}"
    );
    assert_eq!(billed(&merchant).await, 1);
}

#[tokio::test]
async fn a_charge_whose_answer_is_lost_is_found_and_made_once() {
    let (merchant, _) = Merchant::with_free_line_and_card("pm_card_visa").await;
    let held = merchant.line.hold("POST /v1/invoices/create_preview");
    let cutting = async {
        held.arrived().await;
        merchant.line.set(LineState::LosesAnswers);
        held.release();
    };
    let (lost, ()) = tokio::join!(change(&merchant, "line"), cutting);
    assert!(matches!(lost, Err(ChangePlanError::Payments(_))), "{lost:?}");
    merchant.line.set(LineState::Open);
    merchant.test.clock().advance(SignedDuration::from_mins(6));
    sweep_checkouts(merchant.app()).await.unwrap();
    assert_eq!(merchant.only_subscription().await.product_id, merchant.product("line").await.id);
    assert_eq!((changes(&merchant).await.len(), billed(&merchant).await), (1, 1));
}
