//! What always holds (design.md §5), whatever the network and the customers do.

use perennial_core::checkout::{Settlement, StartCheckoutError, Started, settle_checkout};
use perennial_core::subscriptions::sync_subscription;
use perennial_domain::{Checkout, CheckoutState, CheckoutTerms, PaymentState, SubscriptionState};
use perennial_testkit::Merchant;

/// The rows that a settled purchase must leave, however it was settled.
async fn assert_settled_once(merchant: &Merchant, checkout: &Checkout) {
    let [subscription] = merchant.subscriptions().await.try_into().unwrap();
    assert_eq!(subscription.state, SubscriptionState::Active);
    assert_eq!(subscription.checkout_id, Some(checkout.id));
    let [payment] = merchant.payments(checkout).await.try_into().unwrap();
    assert_eq!(payment.amount, checkout.order.due_now);
    assert_eq!(merchant.reload(checkout).await.state, CheckoutState::Settled);
}

async fn paid() -> (Merchant, Checkout) {
    let merchant = Merchant::new().await;
    let customer = merchant.customer("ada@example.com").await;
    let checkout = merchant.open(customer.id, "line").await;
    merchant.pay(&checkout).await;
    (merchant, checkout)
}

async fn settle(merchant: &Merchant, checkout: &Checkout) -> Settlement {
    settle_checkout(merchant.app(), merchant.project(), checkout.id).await.unwrap()
}

#[tokio::test]
async fn two_buys_at_once_open_one_checkout_session() {
    let merchant = Merchant::new().await;
    let customer = merchant.customer("ada@example.com").await;

    let buys = std::array::from_fn::<_, 4, _>(|_| merchant.start(customer.id, "line"));
    let [first, second, third, fourth] = buys;
    let (first, second, third, fourth) = tokio::join!(first, second, third, fourth);

    let first = first.unwrap();
    assert!(matches!(first, Started::Pay { .. }));
    for other in [second, third, fourth] {
        assert_eq!(other.unwrap(), first);
    }
    assert_eq!(sessions_at_stripe(&merchant).await, 1);
}

/// How many Checkout Sessions the sandbox has, asked as anyone would ask Stripe.
async fn sessions_at_stripe(merchant: &Merchant) -> usize {
    use perennial_testkit::Caller;
    let stripe = Caller::new(merchant.sandbox.router(), "sk_test_merchant");
    let list = stripe.get("/v1/checkout/sessions?limit=100").await;
    list.body["data"].as_array().unwrap().len()
}

#[tokio::test]
async fn a_crash_after_stripes_answer_is_healed_by_asking_again() {
    let merchant = Merchant::new().await;
    let customer = merchant.customer("ada@example.com").await;
    // The customer exists at Stripe before the line goes bad.
    let warm_up = merchant.open(customer.id, "prepaid").await;
    drop(warm_up);

    merchant.line.set(perennial_testkit::LineState::LosesAnswers);
    let lost = merchant.start(customer.id, "line").await;
    assert!(matches!(lost, Err(StartCheckoutError::Payments(_))), "{lost:?}");
    merchant.line.set(perennial_testkit::LineState::Open);

    let checkout = merchant.open(customer.id, "line").await;
    merchant.pay(&checkout).await;
    settle(&merchant, &checkout).await;
    assert_settled_once(&merchant, &checkout).await;
}

#[tokio::test]
async fn a_session_that_only_stripe_remembers_is_adopted() {
    let merchant = Merchant::new().await;
    let customer = merchant.customer("ada@example.com").await;
    let checkout = merchant.open(customer.id, "line").await;
    // The crash: Stripe answered, our second transaction never happened.
    let (project, id) = (merchant.project(), checkout.id);
    merchant
        .test
        .write(move |_, tx| {
            let mut row = tx.checkouts(project).lock(id)?.expect("the checkout");
            row.state = CheckoutState::Creating;
            row.stripe_session_id = None;
            row.stripe_url = None;
            tx.checkouts(project).update(&row)
        })
        .await;

    let again = merchant.open(customer.id, "line").await;

    assert_eq!((again.id, &again.stripe_session_id), (checkout.id, &checkout.stripe_session_id));
    assert_eq!(sessions_at_stripe(&merchant).await, 1);
}

#[tokio::test]
async fn the_webhook_may_come_before_the_return() {
    let (merchant, checkout) = paid().await;
    merchant.hear_from_stripe().await;
    assert_settled_once(&merchant, &checkout).await;
    assert!(matches!(settle(&merchant, &checkout).await, Settlement::Settled(_)));
    assert_settled_once(&merchant, &checkout).await;
}

#[tokio::test]
async fn the_return_may_come_before_the_webhook() {
    let (merchant, checkout) = paid().await;
    settle(&merchant, &checkout).await;
    assert_settled_once(&merchant, &checkout).await;
    merchant.hear_from_stripe().await;
    assert_settled_once(&merchant, &checkout).await;
}

#[tokio::test]
async fn the_return_and_the_webhook_may_come_at_once() {
    let (merchant, checkout) = paid().await;
    for delivery in merchant.webhooks().await {
        merchant.receive(&delivery).await.unwrap();
    }
    let (returned, worked, returned_again) =
        tokio::join!(settle(&merchant, &checkout), merchant.work(), settle(&merchant, &checkout));
    assert_eq!(returned, returned_again);
    assert!(worked > 0);
    merchant.work().await;
    assert_settled_once(&merchant, &checkout).await;
}

#[tokio::test]
async fn every_webhook_may_come_three_times_and_in_reverse() {
    let (merchant, checkout) = paid().await;
    let mut deliveries = merchant.webhooks().await;
    deliveries.reverse();
    for _ in 0..3 {
        for delivery in &deliveries {
            merchant.receive(delivery).await.unwrap();
        }
        merchant.work().await;
    }
    assert_settled_once(&merchant, &checkout).await;
}

#[tokio::test]
async fn without_webhook_and_return_the_sweep_settles_within_a_minute() {
    let (merchant, checkout) = paid().await;
    merchant.test.clock().advance(jiff::SignedDuration::from_secs(50));
    perennial_core::checkout::sweep_checkouts(merchant.app()).await.unwrap();
    assert_settled_once(&merchant, &checkout).await;
}

#[tokio::test]
async fn a_second_subscription_of_a_group_is_refused_before_paying() {
    let (merchant, checkout) = paid().await;
    settle(&merchant, &checkout).await;
    let [subscription] = merchant.subscriptions().await.try_into().unwrap();
    let refused = merchant.start(checkout.customer_id, "line-large").await;
    assert!(
        matches!(refused, Err(StartCheckoutError::AlreadySubscribed(id)) if id == subscription.id),
        "{refused:?}"
    );
}

#[tokio::test]
async fn a_late_second_payment_is_refunded_and_its_subscription_cancelled() {
    let (merchant, first) = paid().await;
    // The first is paid, but nobody told us; its row looks given up, so another purchase can be opened and paid.
    merchant.give_up(&first, CheckoutState::Abandoned).await;
    let second = merchant.open(first.customer_id, "line-large").await;
    merchant.pay(&second).await;
    assert!(matches!(settle(&merchant, &second).await, Settlement::Settled(_)));

    assert_eq!(settle(&merchant, &first).await, Settlement::Superseded);
    merchant.work().await;

    assert_eq!(merchant.reload(&first).await.state, CheckoutState::Superseded);
    let [payment] = merchant.payments(&first).await.try_into().unwrap();
    assert_eq!((payment.state, payment.refunded_minor), (PaymentState::Refunded, 1450));
    let live = merchant.subscriptions().await.into_iter().filter(perennial_domain::Subscription::is_live);
    assert_eq!(live.count(), 1);
    assert_refunded_at_stripe(&merchant).await;
}

#[tokio::test]
async fn what_is_paid_while_another_tab_orders_instead_is_had_and_nothing_else_is_sold() {
    let merchant = Merchant::new().await;
    let customer = merchant.customer("ada@example.com").await;
    let first = merchant.open(customer.id, "line").await;
    let held = merchant.line.hold("POST /v1/checkout/sessions/");

    // The second tab has the first page closed; before Stripe hears of that, the first page is paid.
    let (second, ()) = tokio::join!(merchant.start(customer.id, "line-large"), async {
        held.arrived().await;
        merchant.pay(&first).await;
        held.release();
    });

    let [subscription] = merchant.subscriptions().await.try_into().unwrap();
    assert!(
        matches!(second, Err(StartCheckoutError::AlreadySubscribed(id)) if id == subscription.id),
        "{second:?}"
    );
    merchant.hear_from_stripe().await;
    assert_settled_once(&merchant, &first).await;
    assert_eq!(sessions_at_stripe(&merchant).await, 1);
}

async fn assert_refunded_at_stripe(merchant: &Merchant) {
    let stripe = perennial_testkit::Caller::new(merchant.sandbox.router(), "sk_test_merchant");
    let refunds = stripe.get("/v1/refunds").await.body;
    assert_eq!(refunds["data"].as_array().unwrap().len(), 1);
    assert_eq!(refunds["data"][0]["amount"], 1450);
    let canceled = stripe.get("/v1/subscriptions?status=canceled").await.body;
    assert_eq!(canceled["data"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn a_subscriptions_events_may_overtake_its_checkouts() {
    let (merchant, checkout) = paid().await;
    let stripe = perennial_testkit::Caller::new(merchant.sandbox.router(), "sk_test_merchant");
    let list = stripe.get("/v1/subscriptions").await.body;
    let stripe_subscription = list["data"][0]["id"].as_str().unwrap();

    sync_subscription(merchant.app(), merchant.project(), stripe_subscription).await.unwrap();

    assert_settled_once(&merchant, &checkout).await;
}

#[tokio::test]
async fn what_stripe_cancelled_ends_here() {
    let (merchant, checkout) = paid().await;
    settle(&merchant, &checkout).await;
    let [subscription] = merchant.subscriptions().await.try_into().unwrap();
    let payments = merchant.app().payments(merchant.project()).await.unwrap();
    payments.cancel_subscription(subscription.stripe_subscription_id.as_deref().unwrap()).await.unwrap();

    merchant.hear_from_stripe().await;

    let [subscription] = merchant.subscriptions().await.try_into().unwrap();
    assert_eq!(subscription.state, SubscriptionState::Ended);
}

#[tokio::test]
async fn an_order_that_stripe_never_saw_makes_room_for_another() {
    let merchant = Merchant::new().await;
    let customer = merchant.customer("ada@example.com").await;
    merchant.line.set(perennial_testkit::LineState::Cut);
    assert!(merchant.start(customer.id, "line").await.is_err());
    merchant.line.set(perennial_testkit::LineState::Open);
    // By now Stripe would refuse to open it: it would close too soon.
    merchant.test.clock().advance(jiff::SignedDuration::from_mins(40));

    let checkout = merchant.open(customer.id, "line").await;

    assert_eq!(sessions_at_stripe(&merchant).await, 1);
    merchant.pay(&checkout).await;
    settle(&merchant, &checkout).await;
    assert_settled_once(&merchant, &checkout).await;
}

#[tokio::test]
async fn an_open_order_whose_answer_was_lost_is_closed_before_another_opens() {
    let merchant = Merchant::new().await;
    let customer = merchant.customer("ada@example.com").await;
    merchant.open(customer.id, "prepaid").await;
    merchant.line.set(perennial_testkit::LineState::LosesAnswers);
    assert!(merchant.start(customer.id, "line").await.is_err());
    merchant.line.set(perennial_testkit::LineState::Open);

    merchant.open(customer.id, "line-large").await;

    let stripe = perennial_testkit::Caller::new(merchant.sandbox.router(), "sk_test_merchant");
    let open = stripe.get("/v1/checkout/sessions?status=open").await.body;
    assert_eq!(open["data"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn a_session_that_stripe_forgot_locks_nobody_out() {
    let merchant = Merchant::new().await;
    let customer = merchant.customer("ada@example.com").await;
    let checkout = merchant.open(customer.id, "line").await;
    let (project, id) = (merchant.project(), checkout.id);
    merchant
        .test
        .write(move |_, tx| {
            let mut row = tx.checkouts(project).lock(id)?.expect("the checkout");
            row.stripe_session_id = Some("cs_test_of_another_account".to_owned());
            tx.checkouts(project).update(&row)
        })
        .await;

    let other = merchant.open(customer.id, "line-large").await;

    assert_eq!(merchant.reload(&checkout).await.state, CheckoutState::Expired);
    assert!(other.stripe_url.is_some());
}

#[tokio::test]
async fn a_price_that_differs_at_stripe_is_no_riddle_for_the_customer() {
    let merchant = Merchant::new().await;
    let customer = merchant.customer("ada@example.com").await;
    let mut order = merchant.order("line").await;
    order.due_now.amount_minor += 1;
    let command = perennial_core::checkout::StartCheckout {
        project: merchant.project(),
        customer: customer.id,
        connect_session: None,
        order,
        terms: CheckoutTerms::default(),
        locale: "en".to_owned(),
        return_url: "https://connect.example/return".to_owned(),
        cancel_url: "https://connect.example/review".to_owned(),
    };
    let refused = perennial_core::checkout::start_checkout(merchant.app(), command).await;
    assert!(
        matches!(refused, Err(StartCheckoutError::PriceDiffers { shown: 1451, charged: 1450 })),
        "{refused:?}"
    );
    let stripe = perennial_testkit::Caller::new(merchant.sandbox.router(), "sk_test_merchant");
    let open = stripe.get("/v1/checkout/sessions?status=open").await.body;
    assert!(open["data"].as_array().unwrap().is_empty());
}
