//! Whole histories: however time passes and whatever goes wrong on the way, the same rows are there in the end.

use std::sync::OnceLock;
use std::time::Duration;

use futures::future::try_join_all;
use jiff::{SignedDuration, Timestamp};
use perennial_core::context::App;
use perennial_core::subscriptions::cancel_subscription;
use perennial_core::tasks::{Task, enqueue};
use perennial_core::webhooks::Intake;
use perennial_domain::{
    Cancellation, CancellationCause, Customer, PaymentReason, PaymentState, SubscriptionState,
};
use perennial_testkit::{Caller, Merchant, MerchantOptions};
use proptest::prelude::*;
use stripe_sandbox::faults::{FaultPlan, RequestFault, RequestRule, WebhookFault, WebhookRule};

/// A subscription and its payments without what is different in every run: ids, and when something was written down.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Standing {
    email: String,
    plan: String,
    state: &'static str,
    period: Option<(u32, Timestamp, Option<Timestamp>)>,
    ended_at: Option<Timestamp>,
    cause: Option<&'static str>,
    payments: Vec<(Option<Timestamp>, i64, i64, &'static str, &'static str)>,
}

async fn standings(merchant: &Merchant) -> Vec<Standing> {
    let mut standings = Vec::new();
    for subscription in merchant.subscriptions().await {
        let (project, id) = (merchant.project(), subscription.id);
        let (customer, product) = (subscription.customer_id, subscription.product_id);
        let (payments, customer, product) = merchant
            .test
            .write(move |_, tx| {
                let payments = tx.payments(project).of_subscription(id)?;
                Ok((payments, tx.customers(project).find(customer)?, tx.products(project).find(product)?))
            })
            .await;
        // What was asked for in vain is known only to who heard of it before it was given up: it is no money.
        let mut payments = payments
            .iter()
            .filter(|payment| payment.paid_at.is_some())
            .map(|paid| {
                let amount = (paid.amount.amount_minor, paid.refunded_minor);
                (
                    paid.paid_at,
                    amount.0,
                    amount.1,
                    PaymentState::as_str(paid.state),
                    PaymentReason::as_str(paid.reason),
                )
            })
            .collect::<Vec<_>>();
        payments.sort_unstable();
        standings.push(Standing {
            email: customer.and_then(|customer| customer.email).unwrap().to_string(),
            plan: product.unwrap().reference,
            state: SubscriptionState::as_str(subscription.state),
            period: subscription.current_period.map(|period| (period.number, period.start, period.end)),
            ended_at: subscription.ended_at,
            cause: subscription
                .cancellation
                .map(|cancellation| CancellationCause::as_str(cancellation.cause)),
            payments,
        });
    }
    standings.sort_unstable();
    standings
}

/// A merchant of every way to sell, with a customer each; the last one's card fails at the first renewal.
async fn open_shop(options: MerchantOptions) -> Merchant {
    let merchant = Merchant::with(options).await;
    for (plan, email) in [
        ("line", "ada@example.com"),
        ("line-large", "bea@example.com"),
        ("prepaid", "cleo@example.com"),
        ("notebook-free", "dora@example.com"),
        ("notebook-lifetime", "elsa@example.com"),
        ("line", "fay@example.com"),
    ] {
        let customer = merchant.customer(email).await;
        buy(&merchant, &customer, plan).await;
    }
    hear(&merchant).await;
    stop_the_card_of(&merchant, "fay@example.com").await;
    merchant
}

async fn buy(merchant: &Merchant, customer: &Customer, plan: &'static str) {
    let free = plan == "notebook-free";
    if free {
        merchant.start(customer.id, plan).await.unwrap();
    } else {
        let checkout = merchant.open(customer.id, plan).await;
        merchant.pay(&checkout).await;
    }
}

async fn stop_the_card_of(merchant: &Merchant, email: &str) {
    let stripe = Caller::new(merchant.sandbox.router(), "sk_test_merchant");
    let found = stripe.get(&format!("/v1/customers?email={email}")).await.expect(200);
    let customer = found["data"][0]["id"].as_str().unwrap().to_owned();
    let attach = "/v1/payment_methods/pm_card_chargeCustomerFail/attach";
    let card = stripe.post_form(attach, &format!("customer={customer}")).await.expect(200);
    let list = stripe.get(&format!("/v1/subscriptions?customer={customer}")).await.expect(200);
    let path = format!("/v1/subscriptions/{}", list["data"][0]["id"].as_str().unwrap());
    let form = format!("default_payment_method={}", card["id"].as_str().unwrap());
    stripe.post_form(&path, &form).await.expect(200);
}

/// All webhooks arrive that Stripe has to tell, and everything is worked on, sweeps included.
async fn hear(merchant: &Merchant) {
    let intake = Intake::open(merchant.app().clone(), Duration::ZERO);
    loop {
        let deliveries = merchant.webhooks().await;
        if deliveries.is_empty() {
            break;
        }
        let arriving = deliveries.iter().map(|it| intake.receive("p", &it.signature, it.body.as_bytes()));
        try_join_all(arriving).await.unwrap();
    }
    merchant.work().await;
    sweep(merchant.app()).await;
    merchant.work().await;
}

async fn sweep(app: &App) {
    app.write(|cx, tx| Task::SWEEPS.iter().try_for_each(|sweep| enqueue(cx, tx, sweep))).await.unwrap();
}

async fn pass(merchant: &Merchant, hours: i64) {
    merchant.test.clock().advance(SignedDuration::from_hours(hours));
    merchant.sandbox.tick().await.unwrap();
    hear(merchant).await;
}

/// A merchant who hears of renewals, purchases and ends alone, which is a sixth of what there is to hear of in ten years,
/// and works on several things at once.
fn hearing_what_counts() -> MerchantOptions {
    let events = [
        "checkout.session.completed",
        "customer.subscription.deleted",
        "customer.subscription.updated",
        "invoice.paid",
        "invoice.payment_failed",
    ];
    MerchantOptions {
        enabled_events: events.map(str::to_owned).to_vec(),
        keep_unheard_events: false,
        tasks_at_once: 16,
        ..MerchantOptions::default()
    }
}

/// What is there after so many steps of so many hours.
async fn standings_after(steps: usize, hours: i64) -> Vec<Standing> {
    let merchant = open_shop(hearing_what_counts()).await;
    for _ in 0..steps {
        pass(&merchant, hours).await;
    }
    standings(&merchant).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn ten_years_a_month_at_a_time_and_in_one_jump_end_with_the_same_rows() {
    const MONTHS: u16 = 122;
    let month = 30 * 24;
    // Each on a core of its own: both are long.
    let stepped = tokio::spawn(standings_after(MONTHS.into(), month));
    let jumped = tokio::spawn(standings_after(1, i64::from(MONTHS) * month));

    let rows = jumped.await.unwrap();
    assert_eq!(stepped.await.unwrap(), rows);
    let ada = rows.iter().find(|row| row.email == "ada@example.com").unwrap();
    assert_eq!((ada.payments.len(), ada.period.unwrap().0), (121, 121));
    let fay = rows.iter().find(|row| row.email == "fay@example.com").unwrap();
    assert_eq!((fay.state, fay.cause), ("ended", Some("paymentFailed")));
}

fn any_request_rule() -> impl Strategy<Value = RequestRule> {
    let calls = ["*", "GET /v1/subscriptions/{id}", "GET /v1/invoices", "POST /v1/subscriptions/{id}"];
    let faults = [
        RequestFault::Delay,
        RequestFault::TooManyRequests,
        RequestFault::ServerError,
        RequestFault::LoseAnswer,
    ];
    (prop::sample::select(calls.to_vec()), prop::sample::select(faults.to_vec()), 1_u32..12).prop_map(
        |(call, fault, times)| {
            // Long enough that what was asked for later is done first.
            let delay_ms = if fault == RequestFault::Delay { 2 } else { 0 };
            RequestRule { call: call.to_owned(), fault, delay_ms, times: Some(times) }
        },
    )
}

fn any_webhook_rule() -> impl Strategy<Value = WebhookRule> {
    let events = ["*", "invoice.*", "invoice.paid", "customer.subscription.*"];
    let faults = [WebhookFault::Drop, WebhookFault::Repeat, WebhookFault::Reorder];
    (prop::sample::select(events.to_vec()), prop::sample::select(faults.to_vec()), 1_u32..12)
        .prop_map(|(event, fault, times)| WebhookRule { event: event.to_owned(), fault, times: Some(times) })
}

fn any_plan() -> impl Strategy<Value = FaultPlan> {
    (prop::collection::vec(any_request_rule(), 0..3), prop::collection::vec(any_webhook_rule(), 0..3))
        .prop_map(|(requests, webhooks)| FaultPlan { requests, webhooks })
}

/// How long the histories with faults are.
const MONTHS: usize = 3;
/// How long Stripe leaves a renewal a draft before it charges: as the sandbox does by itself, or for an hour, as Stripe does.
const DRAFTS_SECONDS: [i64; 2] = [0, 3600];
/// Those in which nothing goes wrong.
static CALM: [OnceLock<Vec<Standing>>; 2] = [OnceLock::new(), OnceLock::new()];

/// Months in which this goes wrong, one plan a month; in the second one a customer cancels. Afterwards nothing goes
/// wrong for two days.
async fn live_through(plans: &[FaultPlan], renewal_draft_seconds: i64) -> Vec<Standing> {
    let options = MerchantOptions { renewal_draft_seconds, ..MerchantOptions::default() };
    let merchant = open_shop(options).await;
    for (month, plan) in plans.iter().enumerate() {
        merchant.sandbox.set_faults(plan.clone());
        pass(&merchant, 31 * 24).await;
        if month == 1 {
            cancel_until_it_is_done(&merchant).await;
        }
    }
    merchant.sandbox.set_faults(FaultPlan::default());
    for _ in 0..8 {
        pass(&merchant, 6).await;
    }
    standings(&merchant).await
}

/// As somebody who clicks again when the page says that nothing was changed.
async fn cancel_until_it_is_done(merchant: &Merchant) {
    let product = merchant.product("line-large").await.id;
    let subscriptions = merchant.subscriptions().await;
    let id = subscriptions.iter().find(|subscription| subscription.product_id == product).unwrap().id;
    for _ in 0..40 {
        let reason = Cancellation::because(CancellationCause::CancellationRequested);
        if cancel_subscription(merchant.app(), merchant.project(), id, reason).await.is_ok() {
            return;
        }
    }
    panic!("the faults do not end");
}

proptest! {
    // A history takes a second, so few are told, and one that fails is not told over and over to make it shorter.
    #![proptest_config(ProptestConfig {
        cases: 5,
        max_shrink_iters: 0,
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    #[test]
    fn histories_full_of_faults_end_in_the_same_rows_as_those_without(
        plans in prop::collection::vec(any_plan(), MONTHS),
        draft in 0..DRAFTS_SECONDS.len(),
    ) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let live = |plans: &[FaultPlan]| runtime.block_on(live_through(plans, DRAFTS_SECONDS[draft]));
        let faulty = live(&plans);
        let calm = CALM[draft].get_or_init(|| live(&vec![FaultPlan::default(); MONTHS]));
        prop_assert_eq!(faulty.len(), calm.len());
        for (faulty, calm) in faulty.iter().zip(calm) {
            prop_assert_eq!(faulty, calm);
        }
    }
}
