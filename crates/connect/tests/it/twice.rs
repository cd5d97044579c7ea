//! Forms that are sent a second time, by a double click or from a tab that was left open: the same answer, and nothing is
//! done twice. Those of purchases are with the purchases.

use perennial_core::store::tables::PageRequest;
use perennial_core::subscriptions::change_plan;
use perennial_domain::{ChangeTime, Intent, Subscription, SubscriptionChange};
use perennial_testkit::{Browser, Merchant, Shown};

use crate::guest::{Guest, routes};

async fn open(merchant: &Merchant, subscription: &Subscription, intent: Intent) -> (Guest, Browser, Shown) {
    let guest = Guest::with(merchant, subscription.customer_id, intent).await;
    let mut browser = Browser::new(routes(merchant));
    let shown = browser.follow(&guest.link).await;
    (guest, browser, shown)
}

/// How often this was told.
async fn told(merchant: &Merchant, event_type: &'static str) -> usize {
    let project = merchant.project();
    let page = merchant.app().read(move |_, tx| tx.events(project).page(PageRequest::first(200))).await;
    page.unwrap().items.iter().filter(|event| event.event_type == event_type).count()
}

/// Sends a form from two tabs at once, and a third time afterwards; answers where each leads.
async fn send_thrice(browser: &mut Browser, page: &Shown, answers: &[(&str, &str)]) -> [Shown; 3] {
    let mut other_tab = browser.clone();
    let (first, second) = tokio::join!(browser.submit(page, answers), other_tab.submit(page, answers));
    let third = browser.submit(page, answers).await;
    [first, second, third]
}

#[tokio::test]
async fn a_name_is_kept_once() {
    let (merchant, subscription) = Merchant::with_subscriber("line").await;
    let before = told(&merchant, "user.updated").await;
    let (guest, mut browser, page) = open(&merchant, &subscription, Intent::UpdateUserFullName).await;
    let answers = [("action", "save"), ("full_name", "Ada Lovelace")];
    for shown in send_thrice(&mut browser, &page, &answers).await {
        assert_eq!(shown.leads_to().unwrap(), guest.success());
    }
    assert_eq!(told(&merchant, "user.updated").await, before + 1);
}

#[tokio::test]
async fn an_address_is_one_address() {
    let (merchant, subscription) = Merchant::with_subscriber("line").await;
    let (guest, mut browser, page) = open(&merchant, &subscription, Intent::UpdateUserAddress).await;
    let answers = [
        ("action", "save"),
        ("country", "DE"),
        ("line1", "Lindenallee 8"),
        ("postal_code", "10115"),
        ("city", "Berlin"),
    ];
    for shown in send_thrice(&mut browser, &page, &answers).await {
        assert_eq!(shown.leads_to().unwrap(), guest.success());
    }
    let (project, customer) = (merchant.project(), subscription.customer_id);
    let addresses = merchant.test.write(move |_, tx| tx.addresses(project).active_of(customer)).await;
    assert_eq!(addresses.iter().filter(|address| address.line1 == "Lindenallee 8").count(), 1);
}

#[tokio::test]
async fn a_cancellation_is_one_and_told_once() {
    let (merchant, subscription) = Merchant::with_subscriber("line").await;
    let (guest, mut browser, page) =
        open(&merchant, &subscription, Intent::CancelSubscription(subscription.id)).await;
    let [first, second, third] = send_thrice(&mut browser, &page, &[("action", "cancel")]).await;
    assert!([&first, &second].iter().any(|shown| shown.leads_to() == Some(guest.success())));
    assert!(third.html.contains("value=\"resume\""), "the details tell of it: {}", third.html);
    assert_eq!(told(&merchant, "subscription.canceled").await, 1);
    merchant.hear_from_stripe().await;
    assert_eq!(told(&merchant, "subscription.canceled").await, 1);
}

#[tokio::test]
async fn a_cancellation_is_taken_back_once() {
    let (merchant, subscription) = Merchant::with_subscriber("line").await;
    let (_, mut browser, page) =
        open(&merchant, &subscription, Intent::CancelSubscription(subscription.id)).await;
    browser.submit(&page, &[("action", "cancel")]).await;
    let (guest, mut browser, page) =
        open(&merchant, &subscription, Intent::ResumeSubscription(subscription.id)).await;
    for shown in send_thrice(&mut browser, &page, &[("action", "resume")]).await {
        assert_eq!(shown.leads_to().unwrap(), guest.success());
    }
    merchant.hear_from_stripe().await;
    assert_eq!(told(&merchant, "subscription.resumed").await, 1);
    assert_eq!(merchant.only_subscription().await.canceled_at, None);
}

/// A large line that becomes a smaller one with the renewal.
async fn stepping_down() -> (Merchant, Subscription) {
    let merchant = Merchant::with_line_for_nothing().await;
    let subscription = merchant.sell("line-large").await;
    choose(&merchant, "line").await;
    (merchant, subscription)
}

async fn choose(merchant: &Merchant, plan: &'static str) -> SubscriptionChange {
    let command =
        merchant.change_to(merchant.only_subscription().await.id, plan, Some(ChangeTime::Renewal)).await;
    change_plan(merchant.app(), command).await.unwrap()
}

async fn waiting(merchant: &Merchant, subscription: &Subscription) -> Option<SubscriptionChange> {
    let (project, id) = (merchant.project(), subscription.id);
    merchant.test.write(move |_, tx| tx.subscription_changes(project).open_of(id)).await
}

#[tokio::test]
async fn a_change_is_taken_back_once() {
    let (merchant, subscription) = Box::pin(stepping_down()).await;
    let (_, mut browser, page) =
        open(&merchant, &subscription, Intent::ViewSubscription(subscription.id)).await;
    for shown in send_thrice(&mut browser, &page, &[("action", "undo_change")]).await {
        assert!(shown.path().ends_with(&subscription.id.to_string()), "{}", shown.path());
        assert!(!shown.html.contains("role=\"alert\""), "{}", shown.html);
    }
    assert!(waiting(&merchant, &subscription).await.is_none());
    assert_eq!(told(&merchant, "subscriptionChange.deleted").await, 1);
}

#[tokio::test]
async fn a_tab_that_was_left_open_takes_back_no_other_change_than_it_showed() {
    let (merchant, subscription) = Box::pin(stepping_down()).await;
    let (_, mut browser, page) =
        open(&merchant, &subscription, Intent::ViewSubscription(subscription.id)).await;
    let chosen_since = choose(&merchant, "line-free").await;
    let shown = browser.submit(&page, &[("action", "undo_change")]).await;
    assert!(shown.html.contains("Heron Line Free"), "{}", shown.html);
    assert_eq!(waiting(&merchant, &subscription).await.unwrap().id, chosen_since.id);
}

#[tokio::test]
async fn the_present_plan_is_kept_by_taking_a_free_one_back_that_waits() {
    let merchant = Merchant::with_line_for_nothing().await;
    let subscription = merchant.sell("line").await;
    choose(&merchant, "line-free").await;
    let (_, mut browser, page) =
        open(&merchant, &subscription, Intent::ViewSubscription(subscription.id)).await;
    // From a tab that was opened when another plan was had: the page tells what waits.
    let present = merchant.product("line").await.id;
    let review = format!("{}/change/{present}", page.path());
    let form_token = page.hidden("form_token").unwrap();
    let from = merchant.app().now().as_second().to_string();
    let yes = [
        ("form_token", form_token.as_str()),
        ("action", "confirm"),
        ("due", "0"),
        ("next", "1450"),
        ("from", from.as_str()),
    ];
    assert_eq!(browser.post(&review, &yes).await.leads_to().as_deref(), Some(page.path()));
    assert!(waiting(&merchant, &subscription).await.is_some());

    browser.submit(&page, &[("action", "undo_change")]).await;
    assert!(waiting(&merchant, &subscription).await.is_none());
    let path = format!("/v1/subscriptions/{}", subscription.stripe_subscription_id.as_deref().unwrap());
    assert_eq!(merchant.stripe().get(&path).await.expect(200)["cancel_at_period_end"], false);
    let charges = merchant.stripe().get("/v1/charges").await.expect(200);
    assert_eq!(charges["data"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn a_page_for_a_card_is_one_page() {
    let (merchant, subscription) = Merchant::with_subscriber("line").await;
    let (_, mut browser, page) = open(&merchant, &subscription, Intent::UpdatePaymentMethod).await;
    let [first, second, third] = send_thrice(&mut browser, &page, &[("action", "use_another")]).await;
    assert!(first.leads_to().unwrap().starts_with("http://stripe.test/"));
    assert_eq!((second.leads_to(), third.leads_to()), (first.leads_to(), first.leads_to()));
}

#[tokio::test]
async fn a_code_lets_in_whoever_sent_it_from_both_tabs() {
    let merchant = Merchant::new().await;
    merchant.customer("ada@example.com").await;
    let guest = Guest::anybody_for(&merchant, Intent::ViewSubscriptions).await;
    let mut browser = Browser::new(routes(&merchant));
    let login = browser.follow(&guest.link).await;
    let page = browser.submit(&login, &[("action", "send"), ("email", "ada@example.com")]).await;
    merchant.work().await;
    let code = merchant.test.pigeon().newest_code().unwrap();
    for shown in send_thrice(&mut browser, &page, &[("action", "verify"), ("code", code.as_str())]).await {
        assert!(shown.path().ends_with("/subscriptions"), "{}: {}", shown.path(), shown.html);
    }
    assert_eq!(told(&merchant, "user.verified").await, 1);
}
