//! From a free plan to one that costs something, on the pages.

use jiff::SignedDuration;
use perennial_core::ports::MailContent;
use perennial_core::subscriptions::{change_plan, end_subscription, sweep_subscription_changes};
use perennial_domain::{ChangeTime, Intent, Subscription};
use perennial_testkit::{Browser, Merchant, PayOutcome, Shown};
use secrecy::ExposeSecret;

use crate::guest::{Guest, routes};

const GOOD_CARD: &str = "4242424242424242";

/// The last look at the plan that costs something.
async fn review(merchant: &Merchant, subscription: &Subscription) -> (Guest, Browser, Shown) {
    let intent = Intent::ChangeSubscription(subscription.id);
    let guest = Guest::with(merchant, subscription.customer_id, intent).await;
    let mut browser = Browser::new(routes(merchant));
    let choices = browser.follow(&guest.link).await;
    assert!(choices.html.contains("€14.50 today, then €14.50"), "{}", choices.html);
    let line = merchant.product("line").await.id.to_string();
    let review = browser.submit(&choices, &[("action", "continue"), ("plan", &line)]).await;
    (guest, browser, review)
}

/// The Checkout Session to whose page the customer is led.
fn session_of(sent: &Shown) -> String {
    let url = sent.leads_to().expect("it leads to Stripe");
    url.split(['/', '?', '#']).find(|part| part.starts_with("cs_")).expect(&url).to_owned()
}

/// The page of all plans, from that of one.
fn choices_of(review: &Shown) -> &str {
    review.path().rsplit_once('/').expect("it is a page of one plan").0
}

async fn plan_is(merchant: &Merchant, plan: &'static str) -> bool {
    merchant.only_subscription().await.product_id == merchant.product(plan).await.id
}

#[tokio::test]
async fn a_free_plan_leads_to_stripes_page_and_back_to_the_app_as_a_paid_one() {
    let (merchant, subscription) = Merchant::with_free_line().await;
    let (guest, mut browser, review) = review(&merchant, &subscription).await;
    let sent = browser.submit(&review, &[("action", "confirm")]).await;
    assert!(plan_is(&merchant, "line-free").await);
    let turned_back = browser.get(&format!("{}?why=canceled", review.path())).await;
    assert!(turned_back.html.contains("role=\"alert\""), "{}", turned_back.html);

    let outcome = merchant.pay_page(&session_of(&sent), GOOD_CARD).await;
    assert!(matches!(outcome, PayOutcome::Paid { .. }), "{outcome:?}");
    for _ in 0..2 {
        let back = browser.get(&format!("{}/return", review.path())).await;
        assert_eq!(back.leads_to().unwrap(), guest.success());
    }
    assert!(plan_is(&merchant, "line").await);
    assert_eq!(merchant.only_subscription().await.id, subscription.id);
}

#[tokio::test]
async fn who_comes_back_without_paying_is_asked_again_and_led_to_the_same_page() {
    let (merchant, subscription) = Merchant::with_free_line().await;
    let (_, mut browser, review) = review(&merchant, &subscription).await;
    let first = browser.submit(&review, &[("action", "confirm")]).await;
    let back = browser.get(&format!("{}/return", review.path())).await;
    assert!(back.html.contains("value=\"confirm\""), "{}", back.html);
    let second = browser.submit(&back, &[("action", "confirm")]).await;
    assert_eq!(second.leads_to(), first.leads_to());
    assert!(plan_is(&merchant, "line-free").await);
}

#[tokio::test]
async fn a_saved_card_pays_without_stripes_page() {
    let (merchant, subscription) = Merchant::with_free_line_and_card("pm_card_visa").await;
    let (guest, mut browser, review) = review(&merchant, &subscription).await;
    assert!(review.html.contains("4242"), "{}", review.html);
    let done = browser.submit(&review, &[("action", "confirm")]).await;
    assert_eq!(done.leads_to().unwrap(), guest.success());
    assert!(plan_is(&merchant, "line").await);
    let again = browser.submit(&review, &[("action", "confirm")]).await;
    assert_eq!(again.leads_to().unwrap(), guest.success(), "a second submit changes nothing");
}

#[tokio::test]
async fn a_card_that_is_declined_leads_to_a_page_for_another_one() {
    let (merchant, subscription) = Merchant::with_free_line_and_card("pm_card_chargeCustomerFail").await;
    let (_, mut browser, review) = review(&merchant, &subscription).await;
    let sent = browser.submit(&review, &[("action", "confirm")]).await;
    assert!(session_of(&sent).starts_with("cs_"));
    assert!(plan_is(&merchant, "line-free").await);
}

#[tokio::test]
async fn a_card_whose_bank_asks_leads_to_a_page_where_it_can() {
    let (merchant, subscription) = Merchant::with_free_line_and_card("pm_card_authenticationRequired").await;
    let (_, mut browser, review) = review(&merchant, &subscription).await;
    let sent = browser.submit(&review, &[("action", "confirm")]).await;
    assert!(plan_is(&merchant, "line-free").await);
    let outcome = merchant.pay_page(&session_of(&sent), GOOD_CARD).await;
    assert!(matches!(outcome, PayOutcome::Paid { .. }), "{outcome:?}");
    browser.get(&format!("{}/return", review.path())).await;
    assert!(plan_is(&merchant, "line").await);
}

#[tokio::test]
async fn a_review_that_is_sent_twice_leads_to_one_page() {
    let (merchant, subscription) = Merchant::with_free_line().await;
    let (_, mut browser, review) = review(&merchant, &subscription).await;
    let first = browser.submit(&review, &[("action", "confirm")]).await;
    let second = browser.submit(&review, &[("action", "confirm")]).await;
    assert_eq!(session_of(&first), session_of(&second));
    assert_eq!(merchant.line.count("POST /v1/checkout/sessions"), 1);
}

#[tokio::test]
async fn a_plan_that_was_bought_left_and_chosen_again_is_arranged_again() {
    let (merchant, subscription) = Merchant::with_free_line_and_card("pm_card_visa").await;
    let guest = Guest::with(&merchant, subscription.customer_id, Intent::ViewSubscriptions).await;
    let mut browser = Browser::new(routes(&merchant));
    browser.follow(&guest.link).await;
    let path = format!("/portal/{}/subscriptions/{}/change", guest.session, subscription.id);
    for plan in ["line", "line-large", "line"] {
        let choices = browser.get(&path).await;
        let plan = merchant.product(plan).await.id.to_string();
        let review = browser.submit(&choices, &[("action", "continue"), ("plan", &plan)]).await;
        browser.submit(&review, &[("action", "confirm")]).await;
        browser.get(&format!("{}/return", review.path())).await;
        merchant.hear_from_stripe().await;
    }
    assert!(plan_is(&merchant, "line-large").await, "less begins with the renewal");
    let (project, id) = (merchant.project(), subscription.id);
    let open = merchant.test.write(move |_, tx| tx.subscription_changes(project).open_of(id)).await;
    assert_eq!(open.unwrap().product_id, merchant.product("line").await.id);
}

#[tokio::test]
async fn of_two_plans_in_two_tabs_the_last_one_alone_can_be_paid() {
    let (merchant, subscription) = Merchant::with_free_line().await;
    let (_, mut browser, review) = review(&merchant, &subscription).await;
    let mut other_tab = browser.clone();
    let choices = other_tab.get(choices_of(&review)).await;
    let large = merchant.product("line-large").await.id.to_string();
    let larger = other_tab.submit(&choices, &[("action", "continue"), ("plan", &large)]).await;
    let first = browser.submit(&review, &[("action", "confirm")]).await;
    let second = other_tab.submit(&larger, &[("action", "confirm")]).await;

    let path = format!("/v1/checkout/sessions/{}", session_of(&first));
    assert_eq!(merchant.stripe().get(&path).await.expect(200)["status"], "expired");
    let outcome = merchant.pay_page(&session_of(&second), GOOD_CARD).await;
    assert!(matches!(outcome, PayOutcome::Paid { .. }), "{outcome:?}");
    merchant.hear_from_stripe().await;
    assert!(plan_is(&merchant, "line-large").await);
}

#[tokio::test]
async fn a_price_that_changed_is_shown_before_anybody_pays_it() {
    let (merchant, subscription) = Merchant::with_free_line().await;
    let (_, mut browser, review) = review(&merchant, &subscription).await;
    for stale in [[("due", "1"), ("next", "1450")], [("due", "1450"), ("next", "1")]] {
        let answers = [&[("action", "confirm")][..], &stale].concat();
        let shown = browser.submit(&review, &answers).await;
        assert_eq!(shown.hidden("due").as_deref(), Some("1450"), "{}", shown.html);
    }
    merchant.test.clock().advance(SignedDuration::from_mins(45));
    let late = browser.submit(&review, &[("action", "confirm")]).await;
    assert_eq!(late.hidden("due").as_deref(), Some("1450"), "{}", late.html);
}

#[tokio::test]
async fn who_paid_for_what_ended_meanwhile_reads_that_the_money_goes_back() {
    let (merchant, subscription) = Merchant::with_free_line().await;
    let (_, mut browser, review) = review(&merchant, &subscription).await;
    let sent = browser.submit(&review, &[("action", "confirm")]).await;
    end_subscription(merchant.app(), merchant.project(), subscription.id).await.unwrap();
    merchant.pay_page(&session_of(&sent), GOOD_CARD).await;
    let back = browser.get(&format!("{}/return", review.path())).await;
    assert!(back.html.contains("We are refunding it in full"), "{}", back.html);
}

/// The free line becomes a paid one with the renewal; on that day the card, which came meanwhile, does not pay.
#[tokio::test]
async fn the_mail_about_a_plan_that_did_not_begin_leads_to_where_it_is_paid() {
    let (merchant, subscription) = Merchant::with_free_line_and_card("pm_card_visa").await;
    let command = merchant.change_to(subscription.id, "line", Some(ChangeTime::Renewal)).await;
    change_plan(merchant.app(), command).await.unwrap();
    merchant.keep_card(subscription.customer_id, "pm_card_authenticationRequired").await;
    merchant.test.clock().advance(SignedDuration::from_hours(24 * 32));
    sweep_subscription_changes(merchant.app()).await.unwrap();
    merchant.work().await;
    let mails = merchant.test.pigeon().take();
    let url = mails.iter().find_map(|mail| match &mail.content {
        MailContent::FirstPaymentFailed { url, .. } => Some(url.expose_secret().to_owned()),
        _ => None,
    });
    let link = url.expect("they are told").strip_prefix("https://connect.example").unwrap().to_owned();

    let mut browser = Browser::new(routes(&merchant));
    let choices = browser.follow(&link).await;
    let larger = merchant.product("line").await.id.to_string();
    let review = browser.submit(&choices, &[("action", "continue"), ("plan", &larger)]).await;
    let sent = browser.submit(&review, &[("action", "confirm")]).await;
    let outcome = merchant.pay_page(&session_of(&sent), GOOD_CARD).await;
    assert!(matches!(outcome, PayOutcome::Paid { .. }), "{outcome:?}");
    browser.get(&format!("{}/return", review.path())).await;
    assert!(plan_is(&merchant, "line").await);
}
