//! Another card, and a bank that asks.

use jiff::{SignedDuration, Timestamp};
use perennial_core::cards::sweep_card_pages;
use perennial_domain::{ArrearsEnd, Intent, Outcome, Payment, PaymentState, Subscription, SubscriptionState};
use perennial_testkit::{Browser, Caller, Dunning, LastResort, LineState, Merchant, PayOutcome, Shown, days};
use serde_json::Value;

use crate::guest::{Guest, routes};

pub(crate) const GOOD: &str = "4000056655665556";
/// Can be saved, and is refused when charged.
pub(crate) const EMPTY: &str = "4000000000000341";

pub(crate) async fn subscribed() -> Merchant {
    let dunning = Dunning { retry_days: vec![5], last_resort: LastResort::LeavePastDue };
    let merchant = Merchant::with_dunning(dunning).await;
    merchant.sell("line").await;
    merchant
}

/// The renewal that this card does not pay.
async fn in_arrears(card_alias: &str) -> (Merchant, Payment) {
    let merchant = subscribed().await;
    let stripe_id = subscription(&merchant).await.stripe_subscription_id.unwrap();
    let path = format!("/v1/subscriptions/{stripe_id}");
    let stripe = Caller::new(merchant.sandbox.router(), "sk_test_merchant");
    let customer = stripe.get(&path).await.expect(200)["customer"].as_str().unwrap().to_owned();
    let attach = format!("/v1/payment_methods/{card_alias}/attach");
    let card: Value = stripe.post_form(&attach, &format!("customer={customer}")).await.expect(200);
    let form = format!("default_payment_method={}", card["id"].as_str().unwrap());
    stripe.post_form(&path, &form).await.expect(200);
    merchant.test.clock().advance(SignedDuration::from_hours(24 * 32));
    merchant.sandbox.tick().await.unwrap();
    merchant.hear_from_stripe().await;
    let owed = renewal(&merchant).await;
    assert!(owed.is_open());
    (merchant, owed)
}

pub(crate) async fn subscription(merchant: &Merchant) -> Subscription {
    let [subscription] = merchant.subscriptions().await.try_into().unwrap();
    subscription
}

async fn renewal(merchant: &Merchant) -> Payment {
    let (project, id) = (merchant.project(), subscription(merchant).await.id);
    let payments = merchant.test.write(move |_, tx| tx.payments(project).of_subscription(id)).await;
    payments.into_iter().find(|payment| payment.checkout_id.is_none()).expect("it renewed, or should have")
}

pub(crate) async fn open(merchant: &Merchant, intent: Intent) -> (Guest, Browser, Shown) {
    let customer = merchant.subscriptions().await[0].customer_id;
    let guest = Guest::with(merchant, customer, intent).await;
    let mut browser = Browser::new(routes(merchant));
    let shown = browser.follow(&guest.link).await;
    (guest, browser, shown)
}

/// On Stripe's page: gives a card.
pub(crate) async fn give(merchant: &Merchant, page: &Shown, number: &str) {
    let address = page.leads_to().expect("it leads to Stripe");
    let session = address.strip_prefix("http://stripe.test/c/pay/").expect(&address).to_owned();
    let outcome = merchant.pay_page(&session, number).await;
    assert!(matches!(outcome, PayOutcome::Paid { .. }), "the card was not taken: {outcome:?}");
}

pub(crate) async fn outcome(merchant: &Merchant, guest: &Guest) -> Option<Outcome> {
    let (project, session) = (merchant.project(), guest.session);
    merchant.test.write(move |_, tx| tx.connect_sessions(project).find(session)).await.unwrap().outcome
}

async fn look_at(merchant: &Merchant, guest: &Guest) -> Option<Timestamp> {
    let (project, session) = (merchant.project(), guest.session);
    let session = merchant.test.write(move |_, tx| tx.connect_sessions(project).find(session)).await;
    session.unwrap().progress.card_page.unwrap().look_at
}

async fn default_digits(merchant: &Merchant) -> String {
    let (project, customer) = (merchant.project(), subscription(merchant).await.customer_id);
    let card = merchant.test.write(move |_, tx| tx.payment_methods(project).default_of(customer)).await;
    card.unwrap().card.last4
}

#[tokio::test]
async fn another_card_takes_the_place_of_the_first_and_leads_back_to_the_app() {
    let merchant = subscribed().await;
    assert_eq!(default_digits(&merchant).await, "4242");
    let (guest, mut browser, page) = open(&merchant, Intent::UpdatePaymentMethod).await;
    assert!(page.path().ends_with("/card") && page.html.contains("4242"), "{}", page.html);

    let sent = browser.submit(&page, &[("action", "use_another")]).await;
    let again = browser.submit(&page, &[("action", "use_another")]).await;
    assert_eq!(sent.leads_to(), again.leads_to());
    give(&merchant, &sent, GOOD).await;
    let back = browser.get(&format!("/portal/{}/card/return", guest.session)).await;

    assert_eq!(back.leads_to().unwrap(), guest.success());
    assert_eq!(default_digits(&merchant).await, "5556");
    assert_eq!(outcome(&merchant, &guest).await, Some(Outcome::Success));
}

#[tokio::test]
async fn who_never_comes_back_has_the_new_card_all_the_same() {
    let (merchant, _) = in_arrears("pm_card_chargeCustomerFail").await;
    let (guest, mut browser, page) = open(&merchant, Intent::UpdatePaymentMethod).await;
    let sent = browser.submit(&page, &[("action", "use_another")]).await;
    give(&merchant, &sent, GOOD).await;

    merchant.hear_from_stripe().await;

    assert_eq!(default_digits(&merchant).await, "5556");
    assert_eq!(renewal(&merchant).await.state, PaymentState::Succeeded);
    assert_eq!(subscription(&merchant).await.state, SubscriptionState::Active);
    assert_eq!(outcome(&merchant, &guest).await, Some(Outcome::Success));
}

#[tokio::test]
async fn a_card_whose_return_and_event_are_lost_is_found_by_the_sweep() {
    let (merchant, _) = in_arrears("pm_card_chargeCustomerFail").await;
    let (guest, mut browser, page) = open(&merchant, Intent::UpdatePaymentMethod).await;
    let sent = browser.submit(&page, &[("action", "use_another")]).await;
    sweep_card_pages(merchant.app()).await.unwrap();
    give(&merchant, &sent, GOOD).await;
    merchant.postbox.take();
    assert_ne!(default_digits(&merchant).await, "5556");

    merchant.test.clock().advance(SignedDuration::from_mins(2));
    for _ in 0..2 {
        sweep_card_pages(merchant.app()).await.unwrap();
    }

    assert_eq!(default_digits(&merchant).await, "5556");
    assert_eq!(renewal(&merchant).await.state, PaymentState::Succeeded);
    assert_eq!(outcome(&merchant, &guest).await, Some(Outcome::Success));
    assert_eq!(look_at(&merchant, &guest).await, None, "there is nothing left to look for");
}

/// Locked out since the eleventh day of the second month, which this card did not pay; by now the third one runs.
pub(crate) async fn locked_out(card_alias: &str) -> Merchant {
    let (merchant, _) = in_arrears(card_alias).await;
    let project = merchant.project();
    merchant
        .test
        .write(move |_, tx| {
            let mut merchant = tx.projects().find(project)?.expect("it is there");
            merchant.settings.arrears.after = ArrearsEnd::Restrict;
            tx.projects().update(&merchant)
        })
        .await;
    for wait in [15, 31] {
        merchant.live(days(wait)).await;
    }
    assert_eq!(subscription(&merchant).await.state, SubscriptionState::Restricted);
    merchant
}

#[tokio::test]
async fn who_is_locked_out_is_told_the_whole_sum_before_it_is_charged() {
    let merchant = locked_out("pm_card_chargeCustomerFail").await;
    let (guest, mut browser, page) = open(&merchant, Intent::UpdatePaymentMethod).await;
    assert!(page.html.contains("€29.00 is open"), "{}", page.html);
    let sent = browser.submit(&page, &[("action", "use_another")]).await;
    give(&merchant, &sent, EMPTY).await;
    let refused = browser.follow(&format!("/portal/{}/card/return", guest.session)).await;
    assert!(
        refused.html.contains("role=\"alert\"") && refused.html.contains("€29.00 is open"),
        "{}",
        refused.html
    );
    assert_eq!(subscription(&merchant).await.state, SubscriptionState::Restricted);

    let sent = browser.submit(&refused, &[("action", "use_another")]).await;
    give(&merchant, &sent, GOOD).await;
    let back = browser.get(&format!("/portal/{}/card/return", guest.session)).await;
    assert_eq!(back.leads_to().unwrap(), guest.success());
    assert_eq!(merchant.charged().await, [1450; 3]);
    assert_eq!(subscription(&merchant).await.state, SubscriptionState::Active);
}

#[tokio::test]
async fn without_stripe_no_sum_is_named_for_what_is_not_paid() {
    let merchant = locked_out("pm_card_chargeCustomerFail").await;
    merchant.line.set(LineState::Cut);
    let (_, _, page) = open(&merchant, Intent::UpdatePaymentMethod).await;
    assert!(page.html.contains("role=\"alert\"") && !page.html.contains("is open"), "{}", page.html);
}

#[tokio::test]
async fn a_page_that_nobody_uses_is_asked_about_less_and_less() {
    let merchant = subscribed().await;
    let (guest, mut browser, page) = open(&merchant, Intent::UpdatePaymentMethod).await;
    browser.submit(&page, &[("action", "use_another")]).await;
    let mut looks = 0;
    while let Some(next) = look_at(&merchant, &guest).await {
        merchant.test.clock().advance(next.duration_since(merchant.app().now()));
        sweep_card_pages(merchant.app()).await.unwrap();
        looks += 1;
    }
    assert_eq!(looks, 15, "a week, and each pause as long as all before it");
}

#[tokio::test]
async fn what_is_owed_is_paid_as_soon_as_the_new_card_is_in() {
    let (merchant, owed) = in_arrears("pm_card_chargeCustomerFail").await;
    let (guest, mut browser, page) = open(&merchant, Intent::UpdatePaymentMethod).await;
    assert!(page.html.contains("€14.50"), "what is owed is not shown");
    let sent = browser.submit(&page, &[("action", "use_another")]).await;
    give(&merchant, &sent, GOOD).await;
    let address = format!("/portal/{}/card/return", guest.session);
    for _ in 0..2 {
        assert_eq!(browser.get(&address).await.leads_to().unwrap(), guest.success());
    }
    let paid = renewal(&merchant).await;
    assert_eq!((paid.id, paid.state), (owed.id, PaymentState::Succeeded));
    assert_eq!(subscription(&merchant).await.current_period.unwrap().number, 2);
    assert_eq!(merchant.line.count(&format!("POST /v1/invoices/{}/pay", owed.stripe_reference)), 1);
}

#[tokio::test]
async fn who_comes_back_after_stripes_event_is_told_what_it_charged() {
    let (merchant, owed) = in_arrears("pm_card_chargeCustomerFail").await;
    // A visit that came for something else, so that our own page tells it.
    let (guest, mut browser, page) =
        open(&merchant, Intent::ViewSubscription(subscription(&merchant).await.id)).await;
    let card = browser.submit(&page, &[("action", "change_card")]).await;
    let sent = browser.submit(&card, &[("action", "use_another")]).await;
    give(&merchant, &sent, GOOD).await;

    merchant.hear_from_stripe().await;

    assert_eq!(renewal(&merchant).await.state, PaymentState::Succeeded);
    let back = browser.follow(&format!("/portal/{}/card/return", guest.session)).await;
    assert!(back.path().ends_with(&format!("/card/saved?paid={}", owed.id)), "{}", back.path());
    assert!(back.html.contains("The open payment of €14.50 has been charged"), "{}", back.html);
}

#[tokio::test]
async fn a_new_card_that_does_not_pay_is_said_to() {
    let (merchant, _) = in_arrears("pm_card_chargeCustomerFail").await;
    let (guest, mut browser, page) = open(&merchant, Intent::UpdatePaymentMethod).await;
    let sent = browser.submit(&page, &[("action", "use_another")]).await;
    give(&merchant, &sent, EMPTY).await;
    let back = browser.follow(&format!("/portal/{}/card/return", guest.session)).await;
    assert!(back.path().ends_with("/card?why=refused") && back.html.contains("role=\"alert\""));
    assert_eq!(outcome(&merchant, &guest).await, None);
    assert_eq!(subscription(&merchant).await.state, SubscriptionState::PastDue);
}

#[tokio::test]
async fn who_turns_back_keeps_the_card() {
    let merchant = subscribed().await;
    let (guest, mut browser, page) = open(&merchant, Intent::UpdatePaymentMethod).await;
    browser.submit(&page, &[("action", "use_another")]).await;
    let back = browser.follow(&format!("/portal/{}/card/return", guest.session)).await;
    assert!(back.path().ends_with("/card?why=unfinished"), "{}", back.path());
    assert_eq!(default_digits(&merchant).await, "4242");

    let form_token = back.hidden("form_token").unwrap();
    browser.post(&format!("/portal/{}/leave", guest.session), &[("form_token", &form_token)]).await;
    assert_eq!(outcome(&merchant, &guest).await, Some(Outcome::UserAborted));
}

#[tokio::test]
async fn without_stripe_the_page_says_so_and_nothing_changes() {
    let merchant = subscribed().await;
    let (_, mut browser, page) = open(&merchant, Intent::UpdatePaymentMethod).await;
    merchant.line.set(LineState::Cut);
    let shown = browser.submit(&page, &[("action", "use_another")]).await;
    assert!(shown.path().ends_with("/card?why=unavailable"), "{}", shown.path());
}

#[tokio::test]
async fn an_event_that_comes_late_brings_no_old_card_back() {
    let merchant = subscribed().await;
    for (number, digits) in [(GOOD, "5556"), ("5555555555554444", "4444")] {
        let (guest, mut browser, page) = open(&merchant, Intent::UpdatePaymentMethod).await;
        let sent = browser.submit(&page, &[("action", "use_another")]).await;
        give(&merchant, &sent, number).await;
        browser.get(&format!("/portal/{}/card/return", guest.session)).await;
        assert_eq!(default_digits(&merchant).await, digits);
    }
    merchant.hear_from_stripe().await;
    assert_eq!(default_digits(&merchant).await, "4444");
}

#[tokio::test]
async fn a_bank_that_asks_is_answered_and_the_payment_goes_through() {
    let (merchant, owed) = in_arrears("pm_card_authenticationRequired").await;
    assert_eq!(owed.state, PaymentState::RequiresConfirmation);
    let (guest, mut browser, page) = open(&merchant, Intent::ConfirmPayment(owed.id)).await;
    assert!(page.html.contains("€14.50") && page.html.contains("3184"), "{}", page.html);

    let sent = browser.submit(&page, &[("action", "continue")]).await;
    assert!(sent.leads_to().unwrap().starts_with("http://stripe.test/3ds/pi_"), "{sent:?}");
    let intent = owed.stripe_payment_intent_id.clone().unwrap();
    merchant.sandbox.complete_challenge(&intent, true).await.unwrap();
    let back = browser.get(&format!("/checkout/{}/payments/{}/return", guest.session, owed.id)).await;

    assert_eq!(back.leads_to().unwrap(), guest.success());
    assert_eq!(renewal(&merchant).await.state, PaymentState::Succeeded);
    assert_eq!(subscription(&merchant).await.state, SubscriptionState::Active);
    assert_eq!(outcome(&merchant, &guest).await, Some(Outcome::Success));
}

#[tokio::test]
async fn a_bank_that_says_no_leads_to_another_card() {
    let (merchant, owed) = in_arrears("pm_card_authenticationRequired").await;
    let (guest, mut browser, page) = open(&merchant, Intent::ConfirmPayment(owed.id)).await;
    browser.submit(&page, &[("action", "continue")]).await;
    let intent = owed.stripe_payment_intent_id.clone().unwrap();
    merchant.sandbox.complete_challenge(&intent, false).await.unwrap();
    let back = browser.follow(&format!("/checkout/{}/payments/{}/return", guest.session, owed.id)).await;
    assert!(back.html.contains("role=\"alert\""), "{}", back.html);

    let card = browser.submit(&back, &[("action", "change_card")]).await;
    assert!(card.path().ends_with("/card"), "{}", card.path());
    let sent = browser.submit(&card, &[("action", "use_another")]).await;
    give(&merchant, &sent, GOOD).await;
    let done = browser.get(&format!("/checkout/{}/card/return", guest.session)).await;
    assert_eq!(done.leads_to().unwrap(), guest.success());
    assert_eq!(renewal(&merchant).await.state, PaymentState::Succeeded);
}

#[tokio::test]
async fn nobody_confirms_the_payment_of_another() {
    let (merchant, owed) = in_arrears("pm_card_authenticationRequired").await;
    let stranger = merchant.customer("bea@example.com").await;
    let guest = Guest::with(&merchant, stranger.id, Intent::ViewSubscriptions).await;
    let mut browser = Browser::new(routes(&merchant));
    browser.follow(&guest.link).await;
    let shown = browser.get(&format!("/portal/{}/payments/{}", guest.session, owed.id)).await;
    assert_eq!(shown.status, http::StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn a_subscription_in_arrears_offers_another_card() {
    let (merchant, _) = in_arrears("pm_card_chargeCustomerFail").await;
    let id = subscription(&merchant).await.id;
    let (_, mut browser, page) = open(&merchant, Intent::ViewSubscription(id)).await;
    assert!(page.html.contains("value=\"change_card\"") && !page.html.contains("value=\"pay\""));
    let card = browser.submit(&page, &[("action", "change_card")]).await;
    assert!(card.path().ends_with("/card"), "{}", card.path());
}

#[tokio::test]
async fn who_was_deleted_at_stripe_gives_a_card_as_another_customer_there() {
    for is_heard_of in [true, false] {
        let merchant = subscribed().await;
        let (guest, mut browser, page) = open(&merchant, Intent::UpdatePaymentMethod).await;
        let stripe = merchant.stripe();
        let deleted = stripe.get("/v1/customers").await.expect(200)["data"][0]["id"].clone();
        stripe.delete(&format!("/v1/customers/{}", deleted.as_str().unwrap())).await.expect(200);
        if is_heard_of {
            merchant.hear_from_stripe().await;
        }

        let sent = browser.submit(&page, &[("action", "use_another")]).await;
        give(&merchant, &sent, GOOD).await;
        let back = browser.get(&format!("/portal/{}/card/return", guest.session)).await;

        assert_eq!(back.leads_to().unwrap(), guest.success());
        assert_eq!(default_digits(&merchant).await, "5556");
        let customers = stripe.get("/v1/customers").await.expect(200);
        let there = customers["data"].as_array().unwrap();
        assert!(there.len() == 1 && there[0]["id"] != deleted, "{customers}");
    }
}
