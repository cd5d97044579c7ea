//! What may not be used until it is paid: nothing is charged for that time, and who pays gets back exactly what was.

use jiff::{SignedDuration, Timestamp};
use perennial_core::cards::{CardSettlement, KeptCard, settle_card_page, sum_of_debts};
use perennial_core::subscriptions::sync_subscription;
use perennial_domain::{ArrearsAccess, ArrearsEnd, ArrearsPolicy, PaymentState, SubscriptionState};
use perennial_testkit::{LineState, Merchant, MerchantOptions, days};
use serde_json::Value;
use stripe_sandbox::{Dunning, LastResort};

use crate::card_pages::{open_session, wanted_page};
use crate::dunning::{EMPTY, indebted, patient, renewal, subscription, with_card};

const MINUTES: SignedDuration = SignedDuration::from_mins(10);
/// What the line costs for a month.
const MONTH: i64 = 1450;
const GOOD_NUMBER: &str = "4242424242424242";
/// Can be saved, and is refused when charged.
const EMPTY_NUMBER: &str = "4000000000000341";

const RESTRICTS: ArrearsPolicy =
    ArrearsPolicy { access: ArrearsAccess::Keep, after: ArrearsEnd::Restrict, days: 10 };

/// A merchant whose customer did not pay the second month, and is locked out since its eleventh day.
async fn locked_out() -> Merchant {
    let merchant = with_card(patient(&[2]), RESTRICTS, EMPTY).await;
    merchant.live(days(32)).await;
    assert_eq!(subscription(&merchant).await.state, SubscriptionState::PastDue);
    merchant.live(days(11)).await;
    assert_eq!(subscription(&merchant).await.state, SubscriptionState::Restricted);
    merchant
}

/// The same, but that we were away from the day on which the month was not paid until the next one was drafted: it is locked
/// out within the hour before that would be charged.
async fn locked_out_while_drafted() -> Merchant {
    let options = MerchantOptions {
        dunning: patient(&[2]),
        renewal_draft_seconds: 3_600,
        ..MerchantOptions::default()
    };
    let merchant = indebted(Merchant::with(options).await, RESTRICTS, EMPTY, &[]).await;
    merchant.live(days(32)).await;
    assert_eq!(subscription(&merchant).await.state, SubscriptionState::PastDue);
    let until = merchant.billed().await["items"]["data"][0]["current_period_end"].as_i64();
    let drafted_at = Timestamp::from_second(until.expect("it has a period")).unwrap();
    merchant.pass_unheard(drafted_at.duration_since(merchant.app().now()) + MINUTES).await;
    merchant.live(MINUTES).await;
    assert_eq!(subscription(&merchant).await.state, SubscriptionState::Restricted);
    assert_eq!(invoices(&merchant).await, ["draft", "open", "paid"]);
    merchant
}

/// Gives another card on Stripe's page.
async fn give_card(merchant: &Merchant, number: &str) -> KeptCard {
    let page = wanted_page(merchant, subscription(merchant).await.customer_id).await;
    let session = open_session(merchant, &page).await;
    merchant.pay_page(&session, number).await;
    let settled = settle_card_page(merchant.app(), merchant.project(), &session).await.unwrap();
    let CardSettlement::Kept(kept) = settled else { panic!("{settled:?}") };
    merchant.work().await;
    merchant.hear_from_stripe().await;
    kept
}

/// What another card would be charged at once.
async fn asked_for(merchant: &Merchant) -> Option<i64> {
    let customer = subscription(merchant).await.customer_id;
    let sum = sum_of_debts(merchant.app(), merchant.project(), customer).await.unwrap();
    sum.map(|sum| sum.amount_minor)
}

/// How each invoice stands, newest first.
async fn invoices(merchant: &Merchant) -> Vec<String> {
    let all = merchant.stripe().get("/v1/invoices?limit=100").await.expect(200);
    let status = |invoice: &Value| invoice["status"].as_str().unwrap().to_owned();
    all["data"].as_array().unwrap().iter().map(status).collect()
}

async fn pause(merchant: &Merchant) -> Value {
    merchant.billed().await["pause_collection"]["behavior"].clone()
}

#[tokio::test]
async fn nothing_is_charged_for_time_that_may_not_be_used() {
    let merchant = locked_out().await;
    assert_eq!(pause(&merchant).await, "keep_as_draft");
    merchant.use_card("pm_card_visa").await;
    for _ in 0..2 {
        merchant.live(days(31)).await;
    }
    assert_eq!(merchant.charged().await, [MONTH], "the first month alone");
    assert_eq!(invoices(&merchant).await, ["draft", "draft", "open", "paid"]);
    assert_eq!(renewal(&merchant).await.attempts.next_at, None);
    assert_eq!(subscription(&merchant).await.state, SubscriptionState::Restricted);
}

#[tokio::test]
async fn a_month_that_was_drafted_just_before_is_not_charged_either() {
    let merchant = locked_out_while_drafted().await;
    merchant.use_card("pm_card_visa").await;
    for wait in [1, 31] {
        merchant.live(days(wait)).await;
    }
    assert_eq!(merchant.charged().await, [MONTH], "the first month alone");
    assert_eq!(invoices(&merchant).await, ["draft", "draft", "open", "paid"]);
    assert_eq!(asked_for(&merchant).await, Some(2 * MONTH));

    assert!(give_card(&merchant, GOOD_NUMBER).await.owed.is_empty());
    assert_eq!(invoices(&merchant).await, ["paid", "void", "paid", "paid"]);
    assert_eq!(subscription(&merchant).await.state, SubscriptionState::Active);
}

#[tokio::test]
async fn who_pays_within_the_hour_pays_the_month_that_was_drafted_as_well() {
    let merchant = locked_out_while_drafted().await;
    assert_eq!(asked_for(&merchant).await, Some(2 * MONTH));
    assert!(give_card(&merchant, GOOD_NUMBER).await.owed.is_empty());
    assert_eq!(merchant.charged().await, [MONTH; 3]);
    assert_eq!(subscription(&merchant).await.state, SubscriptionState::Active);
}

#[tokio::test]
async fn a_renewal_that_goes_on_at_stripe_all_the_same_is_stopped_by_the_next_look() {
    let merchant = locked_out_while_drafted().await;
    let all = merchant.stripe().get("/v1/invoices?limit=100").await.expect(200);
    for index in 0..2 {
        let path = format!("/v1/invoices/{}", all["data"][index]["id"].as_str().unwrap());
        merchant.stripe().post_form(&path, "auto_advance=true").await.expect(200);
    }
    drop(merchant.webhooks().await);

    let id = subscription(&merchant).await.stripe_subscription_id.unwrap();
    sync_subscription(merchant.app(), merchant.project(), &id).await.unwrap();
    merchant.work().await;

    let all = merchant.stripe().get("/v1/invoices?limit=100").await.expect(200);
    assert_eq!([&all["data"][0]["auto_advance"], &all["data"][1]["auto_advance"]], [false, false]);
}

#[tokio::test]
async fn who_pays_at_last_pays_what_was_open_and_the_running_month_and_nothing_between() {
    let merchant = locked_out().await;
    let before = subscription(&merchant).await;
    for _ in 0..2 {
        merchant.live(days(31)).await;
    }
    assert_eq!(asked_for(&merchant).await, Some(2 * MONTH));

    let kept = give_card(&merchant, GOOD_NUMBER).await;

    assert_eq!((kept.paid.len(), kept.owed.len()), (2, 0));
    assert_eq!(merchant.charged().await, [MONTH; 3]);
    assert_eq!(invoices(&merchant).await, ["paid", "void", "paid", "paid"]);
    let after = subscription(&merchant).await;
    assert_eq!(
        (after.state, after.arrears, after.anchor_at),
        (SubscriptionState::Active, None, before.anchor_at)
    );
    assert!(after.current_period.unwrap().end.unwrap() > merchant.app().now());
    assert_eq!((pause(&merchant).await, asked_for(&merchant).await), (Value::Null, None));
    merchant.live(days(31)).await;
    assert_eq!(merchant.charged().await, [MONTH; 4], "and renews as before");
}

#[tokio::test]
async fn what_was_paid_is_told_in_full_although_we_crashed_after_it() {
    let merchant = locked_out().await;
    merchant.live(days(31)).await;
    let page = wanted_page(&merchant, subscription(&merchant).await.customer_id).await;
    let session = open_session(&merchant, &page).await;
    merchant.pay_page(&session, GOOD_NUMBER).await;
    let all = merchant.stripe().get("/v1/invoices?limit=1").await.expect(200);
    let held_back = all["data"][0]["id"].as_str().unwrap();
    let last = merchant.line.hold(&format!("POST /v1/invoices/{held_back}/pay"));
    let crash = async {
        last.arrived().await;
        merchant.line.set(LineState::Cut);
        last.release();
    };
    let (settled, ()) = tokio::join!(settle_card_page(merchant.app(), merchant.project(), &session), crash);
    settled.unwrap_err();
    merchant.line.set(LineState::Open);
    merchant.hear_from_stripe().await;

    let settled = settle_card_page(merchant.app(), merchant.project(), &session).await.unwrap();
    let CardSettlement::Kept(kept) = settled else { panic!("{settled:?}") };
    assert_eq!((kept.paid.len(), kept.owed.len()), (2, 0));
    assert_eq!(merchant.charged().await, [MONTH; 3]);
}

#[tokio::test]
async fn what_the_balance_pays_is_asked_for_of_nobody() {
    let merchant = with_card(patient(&[2]), RESTRICTS, EMPTY).await;
    let customer = merchant.billed().await["customer"].as_str().unwrap().to_owned();
    let path = format!("/v1/customers/{customer}/balance_transactions");
    merchant.stripe().post_form(&path, "amount=-125&currency=eur").await.expect(200);
    // What waits for its activation is never in arrears.
    let (project, id) = (merchant.project(), subscription(&merchant).await.id);
    merchant
        .test
        .write(move |_, tx| {
            let mut row = tx.subscriptions(project).lock(id)?.expect("it is there");
            (row.state, row.current_period, row.activated_at) = (SubscriptionState::Pending, None, None);
            tx.subscriptions(project).update(&row)
        })
        .await;
    merchant.pass(days(32)).await;
    assert_eq!(subscription(&merchant).await.state, SubscriptionState::Pending);
    assert_eq!(asked_for(&merchant).await, Some(MONTH - 125));
}

#[tokio::test]
async fn the_debt_alone_is_asked_for_while_its_month_runs() {
    let merchant = locked_out().await;
    assert_eq!(asked_for(&merchant).await, Some(MONTH));
    give_card(&merchant, GOOD_NUMBER).await;
    assert_eq!(merchant.charged().await, [MONTH; 2]);
    assert_eq!(subscription(&merchant).await.state, SubscriptionState::Active);
    assert_eq!(pause(&merchant).await, Value::Null);
}

#[tokio::test]
async fn stripes_own_unpaid_is_recovered_from_in_the_same_way() {
    let gives_up = Dunning { retry_days: vec![2], last_resort: LastResort::MarkUnpaid };
    let merchant = with_card(gives_up, ArrearsPolicy { days: 14, ..RESTRICTS }, EMPTY).await;
    for wait in [32, 3, 31] {
        merchant.live(days(wait)).await;
    }
    assert_eq!(merchant.billed().await["status"], "unpaid");
    assert_eq!(asked_for(&merchant).await, Some(2 * MONTH));

    let kept = give_card(&merchant, GOOD_NUMBER).await;

    assert!(kept.owed.is_empty());
    assert_eq!(subscription(&merchant).await.state, SubscriptionState::Active);
    assert_eq!(merchant.charged().await, [MONTH; 3]);
    assert_eq!(merchant.billed().await["status"], "active");
}

#[tokio::test]
async fn a_card_that_does_not_pay_restores_nothing_and_it_is_said() {
    let merchant = locked_out().await;
    merchant.live(days(31)).await;
    let kept = give_card(&merchant, EMPTY_NUMBER).await;
    assert!(kept.paid.is_empty() && !kept.owed.is_empty());
    assert_eq!(subscription(&merchant).await.state, SubscriptionState::Restricted);
    assert_eq!((merchant.charged().await, pause(&merchant).await), (vec![MONTH], "keep_as_draft".into()));
    assert_eq!(asked_for(&merchant).await, Some(2 * MONTH), "the same as before");
}

#[tokio::test]
async fn a_month_that_was_tried_in_vain_and_is_over_is_not_owed_either() {
    let merchant = locked_out().await;
    merchant.live(days(31)).await;
    // The debt is paid elsewhere, and the running month then by nobody.
    let (customer, project) = (subscription(&merchant).await.customer_id, merchant.project());
    let path = format!("/v1/invoices/{}/pay", renewal(&merchant).await.stripe_reference);
    merchant.stripe().post_form(&path, "payment_method=pm_card_visa").await.expect(200);
    merchant.hear_from_stripe().await;
    assert_eq!(subscription(&merchant).await.state, SubscriptionState::Restricted, "this month is not paid");
    let kept = give_card(&merchant, EMPTY_NUMBER).await;
    let tried = kept.owed.first().expect("it says so");
    assert_eq!(tried.state, PaymentState::RequiresPaymentMethod);

    merchant.live(days(31)).await;
    assert_eq!(asked_for(&merchant).await, Some(MONTH), "the running month alone");
    let kept = give_card(&merchant, GOOD_NUMBER).await;
    assert!(kept.owed.is_empty());
    assert_eq!(invoices(&merchant).await, ["paid", "void", "paid", "paid"]);
    let open = merchant.test.write(move |_, tx| tx.payments(project).open_of(customer)).await;
    assert!(open.is_empty(), "{open:?}");
}

#[tokio::test]
async fn a_debt_that_is_paid_at_stripe_while_its_month_runs_restores_too() {
    let merchant = locked_out().await;
    let path = format!("/v1/invoices/{}/pay", renewal(&merchant).await.stripe_reference);
    merchant.stripe().post_form(&path, "payment_method=pm_card_visa").await.expect(200);
    merchant.hear_from_stripe().await;
    assert_eq!(subscription(&merchant).await.state, SubscriptionState::Active);
    assert_eq!(pause(&merchant).await, Value::Null);
}

#[tokio::test]
async fn a_crash_before_stripe_was_told_is_healed_by_the_next_look() {
    let merchant = locked_out().await;
    let id = subscription(&merchant).await.stripe_subscription_id.unwrap();
    let path = format!("/v1/subscriptions/{id}");
    merchant.stripe().post_form(&path, "pause_collection=&metadata[perennial_held]=").await.expect(200);
    drop(merchant.webhooks().await);

    sync_subscription(merchant.app(), merchant.project(), &id).await.unwrap();
    merchant.work().await;
    assert_eq!(pause(&merchant).await, "keep_as_draft");
}

#[tokio::test]
async fn a_pause_that_outlived_what_it_was_for_is_ended_and_what_it_held_back_is_charged() {
    let (merchant, bought) = Merchant::with_subscriber("line").await;
    let id = bought.stripe_subscription_id.unwrap();
    let form = "pause_collection[behavior]=keep_as_draft&metadata[perennial_held]=true";
    merchant.stripe().post_form(&format!("/v1/subscriptions/{id}"), form).await.expect(200);
    merchant.pass_unheard(days(31)).await;
    assert_eq!(invoices(&merchant).await, ["draft", "paid"]);

    sync_subscription(merchant.app(), merchant.project(), &id).await.unwrap();
    merchant.work().await;
    merchant.live(days(1)).await;

    assert_eq!(pause(&merchant).await, Value::Null);
    assert_eq!(merchant.charged().await, [MONTH; 2]);
    assert_eq!(subscription(&merchant).await.current_period.unwrap().number, 2);
}

#[tokio::test]
async fn a_pause_of_the_merchants_own_outlives_ours() {
    let merchant = with_card(patient(&[2]), RESTRICTS, EMPTY).await;
    merchant.live(days(32)).await;
    let id = subscription(&merchant).await.stripe_subscription_id.unwrap();
    let path = format!("/v1/subscriptions/{id}");
    merchant.stripe().post_form(&path, "pause_collection[behavior]=void").await.expect(200);
    merchant.live(days(11)).await;
    assert_eq!(subscription(&merchant).await.state, SubscriptionState::Restricted);
    give_card(&merchant, GOOD_NUMBER).await;
    assert_eq!(subscription(&merchant).await.state, SubscriptionState::Active);
    assert_eq!(pause(&merchant).await, "void");
}

#[tokio::test]
async fn a_mark_that_a_pause_of_ours_left_behind_makes_no_other_pause_ours() {
    let (merchant, bought) = Merchant::with_subscriber("line").await;
    let path = format!("/v1/subscriptions/{}", bought.stripe_subscription_id.unwrap());
    for form in ["metadata[perennial_held]=true", "pause_collection[behavior]=keep_as_draft"] {
        merchant.stripe().post_form(&path, form).await.expect(200);
        merchant.hear_from_stripe().await;
        merchant.work().await;
    }
    assert_eq!(pause(&merchant).await, "keep_as_draft", "it is the merchant's");
    assert_eq!(merchant.billed().await["metadata"]["perennial_held"], Value::Null);
}

#[tokio::test]
async fn a_renewal_that_the_merchant_gives_up_is_not_paid_by_that() {
    let merchant = with_card(patient(&[2, 5]), RESTRICTS, EMPTY).await;
    merchant.live(days(32)).await;
    let path = format!("/v1/invoices/{}/mark_uncollectible", renewal(&merchant).await.stripe_reference);
    merchant.stripe().post_form(&path, "").await.expect(200);
    merchant.hear_from_stripe().await;
    assert_eq!(merchant.billed().await["status"], "active");
    let behind = subscription(&merchant).await;
    assert_eq!(behind.state, SubscriptionState::PastDue);
    assert_eq!(renewal(&merchant).await.state, PaymentState::RequiresPaymentMethod);

    merchant.live(days(11)).await;
    assert_eq!(subscription(&merchant).await.state, SubscriptionState::Restricted);
    assert!(!give_card(&merchant, EMPTY_NUMBER).await.owed.is_empty());
    give_card(&merchant, GOOD_NUMBER).await;
    assert_eq!(subscription(&merchant).await.state, SubscriptionState::Active);
    assert_eq!(merchant.charged().await, [MONTH; 2]);
}

#[tokio::test]
async fn a_renewal_that_the_merchant_voids_is_forgiven() {
    let merchant = with_card(patient(&[2, 5]), RESTRICTS, EMPTY).await;
    merchant.live(days(32)).await;
    let path = format!("/v1/invoices/{}/void", renewal(&merchant).await.stripe_reference);
    merchant.stripe().post_form(&path, "").await.expect(200);
    merchant.hear_from_stripe().await;
    let forgiven = subscription(&merchant).await;
    assert_eq!((forgiven.state, forgiven.arrears), (SubscriptionState::Active, None));
    assert_eq!(renewal(&merchant).await.state, PaymentState::Failed);
}
