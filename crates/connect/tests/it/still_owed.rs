//! A bank that lets one of several payments through: what is left is asked for before anybody is told that all is done.

use perennial_domain::{Intent, Outcome, Payment, PaymentState, SubscriptionState};
use perennial_testkit::{Browser, LineState, Merchant, PayOutcome, Shown, days};

use crate::cards::{EMPTY, GOOD, give, locked_out, open, outcome, subscribed, subscription};
use crate::guest::Guest;

/// Asks its owner at every charge.
const ASKS: &str = "pm_card_authenticationRequired";
/// The same, as it is typed.
const ASKS_NUMBER: &str = "4000002760003184";
const REFUSED: &str = "pm_card_chargeCustomerFail";
const MONTH: i64 = 1450;

async fn open_payments(merchant: &Merchant) -> Vec<Payment> {
    let (project, customer) = (merchant.project(), merchant.subscriptions().await[0].customer_id);
    merchant.test.write(move |_, tx| tx.payments(project).open_of(customer)).await
}

/// The one payment that waits for its customer's bank.
async fn waiting(merchant: &Merchant) -> Payment {
    let mut payments = open_payments(merchant).await;
    payments.retain(|payment| payment.state == PaymentState::RequiresConfirmation);
    let [waiting] = payments.try_into().expect("one waits for the bank");
    waiting
}

/// The bank asks about what is shown, and its customer says yes. Answers where that leads.
async fn agree(merchant: &Merchant, browser: &mut Browser, page: &Shown) -> Shown {
    let payment = waiting(merchant).await;
    let sent = browser.submit(page, &[("action", "continue")]).await;
    assert!(sent.leads_to().unwrap().starts_with("http://stripe.test/3ds/pi_"), "{sent:?}");
    let intent = payment.stripe_payment_intent_id.unwrap();
    merchant.sandbox.complete_challenge(&intent, true).await.unwrap();
    browser.get(&format!("{}/return", page.path())).await
}

/// Gives a card on Stripe's page whose bank asks already there.
async fn give_asking(merchant: &Merchant, page: &Shown) {
    let session = page.leads_to().unwrap().strip_prefix("http://stripe.test/c/pay/").unwrap().to_owned();
    let outcome = merchant.pay_page(&session, ASKS_NUMBER).await;
    let PayOutcome::ChallengeRequired { intent_id } = outcome else { panic!("{outcome:?}") };
    merchant.sandbox.complete_challenge(&intent_id, true).await.unwrap();
}

/// Whose link from the mail has led to the bank's page, while the running month is held back beside what failed.
async fn confirmed() -> (Merchant, Guest, Browser, Shown) {
    let merchant = locked_out(ASKS).await;
    let owed = waiting(&merchant).await;
    let (guest, mut browser, page) = open(&merchant, Intent::ConfirmPayment(owed.id)).await;
    let back = agree(&merchant, &mut browser, &page).await;
    (merchant, guest, browser, back)
}

#[tokio::test]
async fn who_pays_what_failed_is_led_on_to_the_month_that_is_held_back() {
    let (merchant, guest, mut browser, back) = confirmed().await;
    assert_eq!(merchant.charged().await, [MONTH; 2]);
    assert_eq!(subscription(&merchant).await.state, SubscriptionState::Restricted);
    assert_eq!(back.leads_to().unwrap(), format!("/checkout/{}/card?why=open", guest.session));
    assert_eq!(outcome(&merchant, &guest).await, None, "not all is paid");
    let card = browser.follow(&back.leads_to().unwrap()).await;
    assert!(card.html.contains("role=\"alert\"") && card.html.contains("€14.50 is open"), "{}", card.html);

    let sent = browser.submit(&card, &[("action", "use_another")]).await;
    give(&merchant, &sent, GOOD).await;
    let done = browser.get(&format!("/checkout/{}/card/return", guest.session)).await;
    assert_eq!(done.leads_to().unwrap(), guest.success());
    assert_eq!(merchant.charged().await, [MONTH; 3]);
    assert_eq!(subscription(&merchant).await.state, SubscriptionState::Active);
    assert_eq!(outcome(&merchant, &guest).await, Some(Outcome::Success));
}

#[tokio::test]
async fn the_page_of_what_is_paid_does_not_say_that_all_is_done_while_more_is_owed() {
    let (merchant, guest, mut browser, _) = confirmed().await;
    let project = merchant.project();
    let id = subscription(&merchant).await.id;
    let payments = merchant.test.write(move |_, tx| tx.payments(project).of_subscription(id)).await;
    for payment in payments {
        let shown = browser.get(&format!("/checkout/{}/payments/{}", guest.session, payment.id)).await;
        assert!(shown.leads_to().unwrap().ends_with("/card?why=open"), "{shown:?}");
    }
}

#[tokio::test]
async fn without_stripe_nobody_is_told_that_all_is_paid() {
    let merchant = locked_out(ASKS).await;
    let owed = waiting(&merchant).await;
    let (guest, mut browser, page) = open(&merchant, Intent::ConfirmPayment(owed.id)).await;
    agree(&merchant, &mut browser, &page).await;
    merchant.line.set(LineState::Cut);
    let shown = browser.get(&format!("{}/return", page.path())).await;
    assert!(shown.leads_to().unwrap().ends_with("/card?why=unavailable"), "{shown:?}");
    assert_eq!(outcome(&merchant, &guest).await, None);
}

#[tokio::test]
async fn a_card_that_was_given_for_all_of_it_goes_on_paying_after_each_yes_of_its_bank() {
    let merchant = locked_out(REFUSED).await;
    let (guest, mut browser, page) = open(&merchant, Intent::UpdatePaymentMethod).await;
    assert!(page.html.contains("€29.00 is open"), "{}", page.html);
    let sent = browser.submit(&page, &[("action", "use_another")]).await;
    give_asking(&merchant, &sent).await;
    let mut page = browser.follow(&format!("/portal/{}/card/return", guest.session)).await;
    assert!(page.path().contains("/payments/"), "{}", page.path());

    // The month that failed, and then the running one.
    for paid in [2, 3] {
        assert_eq!(outcome(&merchant, &guest).await, None);
        let back = agree(&merchant, &mut browser, &page).await;
        assert_eq!(merchant.charged().await.len(), paid);
        if paid == 2 {
            page = browser.follow(&back.leads_to().unwrap()).await;
        } else {
            assert_eq!(back.leads_to().unwrap(), guest.success());
        }
    }
    assert_eq!(subscription(&merchant).await.state, SubscriptionState::Active);
    assert_eq!(outcome(&merchant, &guest).await, Some(Outcome::Success));
}

#[tokio::test]
async fn an_event_that_comes_again_does_not_make_a_part_a_success() {
    let merchant = locked_out(REFUSED).await;
    let (guest, mut browser, page) = open(&merchant, Intent::UpdatePaymentMethod).await;
    let sent = browser.submit(&page, &[("action", "use_another")]).await;
    give_asking(&merchant, &sent).await;
    let page = browser.follow(&format!("/portal/{}/card/return", guest.session)).await;
    browser.submit(&page, &[("action", "continue")]).await;
    let intent = waiting(&merchant).await.stripe_payment_intent_id.unwrap();
    merchant.sandbox.complete_challenge(&intent, true).await.unwrap();
    // The customer does not come back; Stripe's events tell of the card and of the payment.
    merchant.hear_from_stripe().await;
    let again = browser.get(&format!("/portal/{}/card/return", guest.session)).await;
    assert_ne!(again.leads_to().unwrap(), guest.success());
    assert_eq!(outcome(&merchant, &guest).await, None);
    assert_eq!(subscription(&merchant).await.state, SubscriptionState::Restricted);
}

/// Whose card pays for neither of two lines any more.
async fn owing_for_two_lines() -> Merchant {
    let large = "name = \"Heron Line Large\"";
    let beside = include_str!("../../../testkit/src/merchant.toml").replace(
        &format!("{large}\nexclusive_group = \"line\""),
        &format!("{large}\nexclusive_group = \"line-large\""),
    );
    let merchant = subscribed().await;
    merchant.apply(&beside).await;
    merchant.use_card(REFUSED).await;
    let checkout = merchant.open(subscription(&merchant).await.customer_id, "line-large").await;
    merchant.pay(&checkout).await;
    merchant.hear_from_stripe().await;
    merchant.use_card(REFUSED).await;
    merchant.pass(days(32)).await;
    assert_eq!(states(&merchant).await, [SubscriptionState::PastDue; 2]);
    merchant
}

async fn states(merchant: &Merchant) -> Vec<SubscriptionState> {
    merchant.subscriptions().await.iter().map(|subscription| subscription.state).collect()
}

#[tokio::test]
async fn a_card_that_was_given_for_two_lines_pays_both_before_all_is_said_to_be_paid() {
    let merchant = owing_for_two_lines().await;
    let (guest, mut browser, page) = open(&merchant, Intent::UpdatePaymentMethod).await;
    assert!(page.html.contains("€43.50 is open"), "{}", page.html);
    let sent = browser.submit(&page, &[("action", "use_another")]).await;
    give_asking(&merchant, &sent).await;
    let first = browser.follow(&format!("/portal/{}/card/return", guest.session)).await;

    let back = agree(&merchant, &mut browser, &first).await;
    assert_eq!(merchant.charged().await.len(), 3, "one of the two");
    assert_eq!(back.leads_to().unwrap(), format!("/portal/{}/card/return", guest.session));
    assert_eq!(outcome(&merchant, &guest).await, None);

    // The other one failed on the card before.
    let second = browser.follow(&back.leads_to().unwrap()).await;
    assert!(second.path().contains("/payments/") && second.path() != first.path(), "{}", second.path());
    let back = agree(&merchant, &mut browser, &second).await;
    assert_eq!(back.leads_to().unwrap(), guest.success());
    assert_eq!(merchant.charged().await.len(), 4);
    assert_eq!(states(&merchant).await, [SubscriptionState::Active; 2]);
    assert_eq!(outcome(&merchant, &guest).await, Some(Outcome::Success));
}

#[tokio::test]
async fn a_card_that_another_visit_has_replaced_is_not_charged_by_a_return_to_the_first() {
    let merchant = owing_for_two_lines().await;
    let (guest, mut browser, page) = open(&merchant, Intent::UpdatePaymentMethod).await;
    let sent = browser.submit(&page, &[("action", "use_another")]).await;
    give_asking(&merchant, &sent).await;
    merchant.hear_from_stripe().await;
    let intent = waiting(&merchant).await.stripe_payment_intent_id.unwrap();
    merchant.sandbox.complete_challenge(&intent, true).await.unwrap();
    merchant.hear_from_stripe().await;
    assert_eq!(merchant.charged().await.len(), 3, "one of the two");

    let (later, mut other, page) = open(&merchant, Intent::UpdatePaymentMethod).await;
    let sent = other.submit(&page, &[("action", "use_another")]).await;
    give(&merchant, &sent, EMPTY).await;
    let refused = other.get(&format!("/portal/{}/card/return", later.session)).await;
    assert!(refused.leads_to().unwrap().ends_with("/card?why=refused"), "{refused:?}");

    let owed = open_payments(&merchant).await;
    let [Payment { stripe_reference: invoice, .. }] = &owed[..] else { panic!("{owed:?}") };
    let back = browser.get(&format!("/portal/{}/card/return", guest.session)).await;
    assert!(back.leads_to().unwrap().ends_with("/card?why=open"), "{back:?}");
    assert_eq!(merchant.line.count(&format!("POST /v1/invoices/{invoice}/pay")), 1, "the newer card alone");
    assert_eq!(outcome(&merchant, &guest).await, None);
}

#[tokio::test]
async fn who_pays_several_months_at_once_is_told_the_sum() {
    let merchant = locked_out(REFUSED).await;
    // A visit that came for something else, so that our own page tells it.
    let intent = Intent::ViewSubscription(merchant.only_subscription().await.id);
    let (guest, mut browser, page) = open(&merchant, intent).await;
    let card = browser.submit(&page, &[("action", "change_card")]).await;
    let sent = browser.submit(&card, &[("action", "use_another")]).await;
    give(&merchant, &sent, GOOD).await;
    let saved = browser.follow(&format!("/portal/{}/card/return", guest.session)).await;
    assert!(saved.html.contains("The open payment of €29.00 has been charged"), "{}", saved.html);
}
