//! Renewals that are not paid: what is known of them, who may use what meanwhile, and how it ends.

use jiff::SignedDuration;
use perennial_core::subscriptions::turn_due_subscriptions;
use perennial_domain::{
    AddonState, ArrearsAccess, ArrearsEnd, ArrearsPolicy, CancellationCause, Letter, Payment, PaymentState,
    Remedy, Subscription, SubscriptionAddon, SubscriptionState,
};
use perennial_store::tables::PageRequest;
use perennial_testkit::{LineState, Merchant, days};
use stripe_sandbox::{Dunning, LastResort};

/// Can be saved, and is refused when charged.
pub(crate) const EMPTY: &str = "pm_card_chargeCustomerFail";
/// The same, because it is stolen: no bank will ever say yes.
const STOLEN: &str = "pm_card_chargeCustomerFailStolenCard";
/// Asks its owner at every charge.
const ASKS: &str = "pm_card_authenticationRequired";

/// Stripe tries on these days, and then leaves the subscription alone.
pub(crate) fn patient(retry_days: &[i64]) -> Dunning {
    Dunning { retry_days: retry_days.to_vec(), last_resort: LastResort::LeavePastDue }
}

/// A merchant whose customer bought a line, and whose card became this one afterwards.
pub(crate) async fn with_card(dunning: Dunning, policy: ArrearsPolicy, card: &str) -> Merchant {
    with_addons(dunning, policy, card, &[]).await
}

/// The same with add-ons on the line.
async fn with_addons(
    dunning: Dunning,
    policy: ArrearsPolicy,
    card: &str,
    addons: &[&'static str],
) -> Merchant {
    indebted(Merchant::with_dunning(dunning).await, policy, card, addons).await
}

/// The same of this merchant.
pub(crate) async fn indebted(
    merchant: Merchant,
    policy: ArrearsPolicy,
    card: &str,
    addons: &[&'static str],
) -> Merchant {
    let project = merchant.project();
    merchant
        .test
        .write(move |_, tx| {
            let mut merchant = tx.projects().find(project)?.expect("it is there");
            merchant.settings.arrears = policy;
            tx.projects().update(&merchant)
        })
        .await;
    let customer = merchant.customer("ada@example.com").await;
    let order = merchant.order_with("line", addons).await;
    let checkout = merchant.open_order(customer.id, order).await;
    merchant.pay(&checkout).await;
    merchant.hear_from_stripe().await;
    merchant.use_card(card).await;
    merchant
}

pub(crate) async fn subscription(merchant: &Merchant) -> Subscription {
    let [subscription] = merchant.subscriptions().await.try_into().unwrap();
    subscription
}

async fn addon(merchant: &Merchant) -> SubscriptionAddon {
    let (project, id) = (merchant.project(), subscription(merchant).await.id);
    let addons = merchant.test.write(move |_, tx| tx.subscription_addons(project).of_subscription(id)).await;
    let [addon] = addons.try_into().unwrap();
    addon
}

pub(crate) async fn renewal(merchant: &Merchant) -> Payment {
    let [renewal] = merchant.renewals(subscription(merchant).await.id).await.try_into().unwrap();
    renewal
}

/// What happened, in the order in which it did.
pub(crate) async fn events(merchant: &Merchant, prefix: &str) -> Vec<String> {
    let project = merchant.project();
    let page = merchant.app().read(move |_, tx| tx.events(project).page(PageRequest::first(200))).await;
    let types = page.unwrap().items.into_iter().map(|event| event.event_type);
    let mut types = types.filter(|event| event.starts_with(prefix)).collect::<Vec<_>>();
    types.reverse();
    types
}

async fn letters(merchant: &Merchant) -> Vec<perennial_domain::RenewalFailed> {
    let project = merchant.project();
    let mails = merchant.test.write(move |_, tx| tx.mails(project).newest(100)).await;
    let failed = |letter| match letter {
        Letter::RenewalFailed(failed) => Some(failed),
        _ => None,
    };
    mails.into_iter().filter_map(|mail| failed(mail.letter)).collect()
}

#[tokio::test]
async fn a_later_try_that_has_the_bank_ask_is_mailed_with_a_link_to_confirm_it() {
    let merchant = with_card(patient(&[3, 5]), ArrearsPolicy::default(), EMPTY).await;
    merchant.live(days(32)).await;
    merchant.use_card(ASKS).await;
    merchant.live(days(6)).await;
    assert_eq!(renewal(&merchant).await.state, PaymentState::RequiresConfirmation);
    let mut remedies = letters(&merchant).await.into_iter().map(|letter| letter.remedy).collect::<Vec<_>>();
    remedies.sort_unstable();
    assert_eq!(remedies, [Remedy::ConfirmPayment, Remedy::AnotherCard], "one mail of each");
}

#[tokio::test]
async fn a_failed_renewal_is_one_payment_that_moves_on() {
    let merchant = with_card(patient(&[2, 5]), ArrearsPolicy::default(), EMPTY).await;

    merchant.live(days(32)).await;
    let first = renewal(&merchant).await;
    assert_eq!((first.state, first.attempts.failed), (PaymentState::Failed, 1));
    assert_eq!(first.attempts.failure.as_ref().unwrap().code, "generic_decline");
    assert!(
        first.attempts.next_at.is_some()
            && first.paid_at.is_none()
            && first.attempts.payment_method.is_some()
    );
    assert_eq!(subscription(&merchant).await.state, SubscriptionState::PastDue);

    merchant.live(days(3)).await;
    let second = renewal(&merchant).await;
    assert_eq!((second.id, second.state, second.attempts.failed), (first.id, PaymentState::Failed, 2));

    merchant.live(days(3)).await;
    let last = renewal(&merchant).await;
    assert_eq!((last.state, last.attempts.next_at), (PaymentState::RequiresPaymentMethod, None));
    let expected = [
        "payment.succeeded",
        "payment.created",
        "payment.failed",
        "payment.failed",
        "payment.paymentMethodRequired",
    ];
    assert_eq!(events(&merchant, "payment.").await, expected);
}

#[tokio::test]
async fn the_customer_is_written_to_once_for_each_invoice() {
    let merchant = with_card(patient(&[2, 5]), ArrearsPolicy::default(), EMPTY).await;
    for wait in [32, 3, 3] {
        merchant.live(days(wait)).await;
    }
    let [letter] = letters(&merchant).await.try_into().unwrap();
    let renewal = renewal(&merchant).await;
    assert_eq!(
        (letter.payment, letter.amount, letter.remedy),
        (renewal.id, renewal.amount, Remedy::AnotherCard)
    );
    assert!(letter.is_usable && letter.next_try_at.is_some());
}

#[tokio::test]
async fn a_bank_that_asks_is_to_be_answered_and_not_to_be_paid_otherwise() {
    let merchant = with_card(patient(&[2]), ArrearsPolicy::default(), ASKS).await;
    merchant.live(days(32)).await;
    assert_eq!(renewal(&merchant).await.state, PaymentState::RequiresConfirmation);
    let [letter] = letters(&merchant).await.try_into().unwrap();
    assert_eq!(letter.remedy, Remedy::ConfirmPayment);
    assert!(events(&merchant, "payment.").await.contains(&"payment.requiresConfirmation".to_owned()));
}

#[tokio::test]
async fn what_is_paid_at_last_restores_exactly_what_was() {
    let merchant = with_card(patient(&[2, 5]), ArrearsPolicy::default(), EMPTY).await;
    let before = subscription(&merchant).await;
    merchant.live(days(32)).await;
    let behind = subscription(&merchant).await;
    assert_eq!((behind.state, behind.current_period), (SubscriptionState::PastDue, before.current_period));
    merchant.use_card("pm_card_visa").await;

    merchant.live(days(3)).await;

    let after = subscription(&merchant).await;
    let (was, is) = (before.current_period.unwrap(), after.current_period.unwrap());
    assert_eq!((after.state, after.arrears, after.anchor_at), (before.state, None, before.anchor_at));
    assert_eq!((is.number, Some(is.start)), (was.number + 1, was.end));
    let paid = renewal(&merchant).await;
    assert_eq!((paid.state, paid.attempts.failed, paid.attempts.failure), (PaymentState::Succeeded, 1, None));
}

#[tokio::test]
async fn an_addon_that_renews_falls_behind_and_recovers_with_its_subscription() {
    let dunning = patient(&[2, 5]);
    let merchant = with_addons(dunning, ArrearsPolicy::default(), EMPTY, &["roaming"]).await;
    let before = addon(&merchant).await;
    merchant.live(days(32)).await;
    assert_eq!(renewal(&merchant).await.amount.amount_minor, 1450 + 300);
    let behind = addon(&merchant).await;
    assert_eq!((behind.state, behind.current_period), (before.state, before.current_period));
    merchant.use_card("pm_card_visa").await;

    merchant.live(days(3)).await;

    let after = addon(&merchant).await;
    assert_eq!((after.id, after.state, after.ended_at), (before.id, AddonState::Active, None));
    let covers = subscription(&merchant).await.current_period.unwrap();
    let covered = after.current_period.unwrap();
    assert_eq!((covered.start, covered.end), (covers.start, covers.end));
    assert_eq!(merchant.renewals(subscription(&merchant).await.id).await.len(), 1);
}

#[tokio::test]
async fn a_lost_card_is_not_waited_for() {
    let merchant = with_card(patient(&[5]), ArrearsPolicy::default(), EMPTY).await;
    merchant.live(days(32)).await;
    assert!(renewal(&merchant).await.attempts.next_at.is_some());
    let stripe = merchant.stripe();
    let path = format!("/v1/invoices/{}/pay", renewal(&merchant).await.stripe_reference);
    stripe.post_form(&path, "payment_method=pm_card_visa_chargeDeclinedLostCard").await.expect(402);
    merchant.hear_from_stripe().await;

    let owed = renewal(&merchant).await;
    assert_eq!((owed.state, owed.attempts.next_at), (PaymentState::RequiresPaymentMethod, None));
    assert_eq!(owed.attempts.failure.unwrap().code, "lost_card");
}

#[tokio::test]
async fn a_stolen_card_is_charged_once_and_its_owner_asked_for_another() {
    let merchant = with_card(patient(&[2, 5]), ArrearsPolicy::default(), STOLEN).await;
    merchant.live(days(32)).await;
    let owed = renewal(&merchant).await;
    assert_eq!((owed.state, owed.attempts.next_at), (PaymentState::RequiresPaymentMethod, None));
    assert_eq!(owed.attempts.failure.unwrap().code, "stolen_card");
    let charges = charges(&merchant).await;

    for _ in 0..2 {
        merchant.live(days(3)).await;
    }
    assert_eq!(self::charges(&merchant).await, charges);
    let [letter] = letters(&merchant).await.try_into().unwrap();
    assert_eq!((letter.remedy, letter.next_try_at), (Remedy::AnotherCard, None));
    let told = events(&merchant, "payment.").await;
    assert_eq!(told.last().map(String::as_str), Some("payment.paymentMethodRequired"));
}

/// How often Stripe has asked a bank for money.
async fn charges(merchant: &Merchant) -> usize {
    let charges = merchant.stripe().get("/v1/charges?limit=100").await.expect(200);
    charges["data"].as_array().unwrap().len()
}

#[tokio::test]
async fn after_its_days_our_own_clock_ends_it_and_nobody_can_pay_for_it_any_more() {
    let policy = ArrearsPolicy { days: 10, ..ArrearsPolicy::default() };
    let merchant = with_card(patient(&[2]), policy, EMPTY).await;
    merchant.live(days(32)).await;
    merchant.live(days(9)).await;
    assert_eq!(subscription(&merchant).await.state, SubscriptionState::PastDue);

    merchant.live(days(2)).await;

    let ended = subscription(&merchant).await;
    assert_eq!(ended.state, SubscriptionState::Ended);
    assert_eq!(ended.cancellation.unwrap().cause, CancellationCause::PaymentFailed);
    let stripe = merchant.stripe();
    let path = format!("/v1/subscriptions/{}", ended.stripe_subscription_id.unwrap());
    assert_eq!(stripe.get(&path).await.expect(200)["status"], "canceled");
    let open = stripe.get("/v1/invoices?status=open").await.expect(200);
    assert_eq!(open["data"].as_array().unwrap().len(), 0);
    let owed = renewal(&merchant).await;
    assert!(owed.state == PaymentState::Failed && !owed.is_open(), "{owed:?}");
}

#[tokio::test]
async fn a_project_may_restrict_instead_and_restore_when_it_is_paid() {
    let policy = ArrearsPolicy { access: ArrearsAccess::Restrict, after: ArrearsEnd::Restrict, days: 10 };
    let merchant = with_card(patient(&[2]), policy, EMPTY).await;
    merchant.live(days(32)).await;
    let restricted = subscription(&merchant).await;
    assert_eq!(restricted.state, SubscriptionState::Restricted);
    assert!(restricted.arrears.unwrap().restricted_at.is_some());
    assert!(!letters(&merchant).await[0].is_usable);

    merchant.live(days(20)).await;
    assert_eq!(subscription(&merchant).await.state, SubscriptionState::Restricted);

    let (customer, open) = (restricted.customer_id, renewal(&merchant).await.stripe_reference);
    merchant
        .stripe()
        .post_form(&format!("/v1/invoices/{open}/pay"), "payment_method=pm_card_visa")
        .await
        .expect(200);
    merchant.hear_from_stripe().await;
    let restored = subscription(&merchant).await;
    assert_eq!((restored.state, restored.customer_id), (SubscriptionState::Active, customer));
    let told = events(&merchant, "subscription.").await;
    for expected in ["subscription.restricted", "subscription.renewed", "subscription.restored"] {
        assert_eq!(told.iter().filter(|event| *event == expected).count(), 1, "{expected}: {told:?}");
    }
}

#[tokio::test]
async fn stripes_own_end_of_patience_counts_where_it_comes_first() {
    let unpaid = Dunning { retry_days: vec![2], last_resort: LastResort::MarkUnpaid };
    let policy = ArrearsPolicy { after: ArrearsEnd::Restrict, ..ArrearsPolicy::default() };
    let merchant = with_card(unpaid, policy, EMPTY).await;
    merchant.live(days(32)).await;
    assert_eq!(subscription(&merchant).await.state, SubscriptionState::PastDue);
    merchant.live(days(3)).await;
    let restricted = subscription(&merchant).await;
    assert_eq!(restricted.state, SubscriptionState::Restricted);
    assert_eq!(restricted.arrears.unwrap().until, None);
}

#[tokio::test]
async fn an_end_at_stripe_that_nobody_told_of_counts_and_not_our_own_later_one() {
    let cancels = Dunning { retry_days: vec![2], last_resort: LastResort::Cancel };
    let merchant = with_card(cancels, ArrearsPolicy { days: 10, ..ArrearsPolicy::default() }, EMPTY).await;
    merchant.live(days(32)).await;
    assert_eq!(subscription(&merchant).await.state, SubscriptionState::PastDue);
    merchant.test.clock().advance(SignedDuration::from_hours(24 * 11));
    merchant.sandbox.tick().await.unwrap();
    merchant.webhooks().await;

    merchant.line.set(LineState::Cut);
    turn_due_subscriptions(merchant.app()).await.unwrap();
    assert_eq!(subscription(&merchant).await.state, SubscriptionState::PastDue);

    merchant.line.set(LineState::Open);
    turn_due_subscriptions(merchant.app()).await.unwrap();
    let ended = subscription(&merchant).await;
    assert_eq!(ended.cancellation.unwrap().cause, CancellationCause::PaymentFailed);
    let path = format!("/v1/subscriptions/{}", ended.stripe_subscription_id.unwrap());
    let there = merchant.stripe().get(&path).await.expect(200);
    let ended_at = ended.ended_at.unwrap();
    assert_eq!(there["ended_at"].as_i64(), Some(ended_at.as_second()));
    assert!(ended_at < merchant.app().now() - SignedDuration::from_hours(24 * 7));
}
