//! Looking after what was bought.

use http::StatusCode;
use jiff::SignedDuration;
use perennial_core::store::tables::PageRequest;
use perennial_domain::{Intent, Subscription, SubscriptionState, UserReason};
use perennial_testkit::{Browser, LineState, Merchant, MerchantOptions, Shown};
use serde_json::json;

use crate::guest::{Guest, routes};

async fn open(merchant: &Merchant, subscription: &Subscription, intent: Intent) -> (Guest, Browser, Shown) {
    let guest = Guest::with(merchant, subscription.customer_id, intent).await;
    let mut browser = Browser::new(routes(merchant));
    let shown = browser.follow(&guest.link).await;
    (guest, browser, shown)
}

#[tokio::test]
async fn cancelling_asks_once_more_and_leads_back_to_the_app() {
    let (merchant, subscription) = Merchant::with_subscriber("line").await;
    let (guest, mut browser, ask) =
        open(&merchant, &subscription, Intent::CancelSubscription(subscription.id)).await;
    assert!(ask.path().ends_with("/cancel") && ask.html.contains("April 4"), "{}", ask.path());
    assert_eq!(merchant.only_subscription().await.canceled_at, None);

    let done = browser
        .submit(&ask, &[("action", "cancel"), ("reason", "other"), ("comment", " No <phone> any more ")])
        .await;

    assert_eq!(done.leads_to().unwrap(), guest.success());
    let cancelled = merchant.only_subscription().await;
    assert_eq!(cancelled.ended_at, subscription.current_period.unwrap().end);
    let cancellation = cancelled.cancellation.unwrap();
    assert_eq!(cancellation.user_reason, Some(UserReason::Other));
    assert_eq!(cancellation.user_comment.as_deref(), Some("No <phone> any more"));

    let project = merchant.project();
    let request = PageRequest { after: None, before: None, limit: 50 };
    let events = merchant.app().read(move |_, tx| tx.events(project).page(request)).await.unwrap().items;
    let told = events.into_iter().find(|event| event.event_type == "subscription.canceled").unwrap();
    let user = json!({ "type": "user", "user": subscription.customer_id.to_string() });
    assert_eq!(told.actor, Some(user), "who says it on a page says it themselves");
}

#[tokio::test]
async fn a_second_cancel_shows_the_details_without_the_button() {
    let (merchant, subscription) = Merchant::with_subscriber("line").await;
    let (_, mut browser, ask) =
        open(&merchant, &subscription, Intent::CancelSubscription(subscription.id)).await;
    browser.submit(&ask, &[("action", "cancel")]).await;
    let again = browser.submit(&ask, &[("action", "cancel")]).await;
    assert!(again.path().ends_with(&format!("/subscriptions/{}", subscription.id)), "{}", again.path());
    assert!(!again.html.contains("value=\"cancel\"") && again.html.contains("value=\"resume\""));
}

#[tokio::test]
async fn what_is_paid_once_has_no_cancel_button() {
    let (merchant, subscription) = Merchant::with_subscriber("prepaid").await;
    let (_, _, shown) = open(&merchant, &subscription, Intent::CancelSubscription(subscription.id)).await;
    assert_eq!(shown.status, StatusCode::OK);
    assert!(!shown.html.contains("value=\"cancel\""));
}

#[tokio::test]
async fn a_promise_of_another_day_is_asked_again() {
    let (merchant, subscription) = Merchant::with_subscriber("line").await;
    let (_, mut browser, ask) =
        open(&merchant, &subscription, Intent::CancelSubscription(subscription.id)).await;
    let asked_again =
        browser.submit(&ask, &[("action", "cancel"), ("ending", "2031-03-31"), ("reason", "unused")]).await;
    assert!(asked_again.path().ends_with("/cancel") && asked_again.html.contains("checked"));
    assert_eq!(merchant.only_subscription().await.canceled_at, None);
}

#[tokio::test]
async fn a_reason_that_is_none_and_a_comment_that_is_too_long_are_asked_again_and_cancel_nothing() {
    let (merchant, subscription) = Merchant::with_subscriber("line").await;
    let (_, mut browser, ask) =
        open(&merchant, &subscription, Intent::CancelSubscription(subscription.id)).await;
    let long = "x".repeat(501);
    for (reason, comment, problem) in
        [("bored", "", "Choose one of the reasons"), ("other", long.as_str(), "Shorten your comment to 500")]
    {
        let answers = [("action", "cancel"), ("reason", reason), ("comment", comment)];
        let again = browser.submit(&ask, &answers).await;
        assert!(again.path().ends_with("/cancel") && again.html.contains(problem), "{}", again.html);
        assert!(comment.is_empty() || again.html.contains(comment), "what was typed is not lost");
        assert_eq!(merchant.only_subscription().await.canceled_at, None);
    }
    browser.submit(&ask, &[("action", "cancel"), ("reason", "unused"), ("comment", &long)]).await;
    let cancellation = merchant.only_subscription().await.cancellation.unwrap();
    assert_eq!(cancellation.user_reason, Some(UserReason::Unused));
    assert_eq!(cancellation.user_comment, None, "the field belongs to another reason");
}

#[tokio::test]
async fn a_cancellation_can_be_taken_back() {
    let (merchant, subscription) = Merchant::with_subscriber("line").await;
    let (_, mut browser, ask) =
        open(&merchant, &subscription, Intent::CancelSubscription(subscription.id)).await;
    browser.submit(&ask, &[("action", "cancel")]).await;
    let (guest, mut browser, ask) =
        open(&merchant, &subscription, Intent::ResumeSubscription(subscription.id)).await;
    assert!(ask.path().ends_with("/resume"), "{}", ask.path());
    let done = browser.submit(&ask, &[("action", "resume")]).await;
    assert_eq!(done.leads_to().unwrap(), guest.success());
    assert_eq!(merchant.only_subscription().await.canceled_at, None);
}

#[tokio::test]
async fn a_resumption_that_is_sent_twice_is_one() {
    let (merchant, subscription) = Merchant::with_subscriber("line").await;
    let (_, mut browser, ask) =
        open(&merchant, &subscription, Intent::CancelSubscription(subscription.id)).await;
    browser.submit(&ask, &[("action", "cancel")]).await;
    let (guest, mut browser, ask) =
        open(&merchant, &subscription, Intent::ResumeSubscription(subscription.id)).await;
    let first = browser.submit(&ask, &[("action", "resume")]).await;
    assert_eq!(first.leads_to().unwrap(), guest.success());
    let second = browser.submit(&ask, &[("action", "resume")]).await;
    assert!(!second.html.contains("role=\"alert\""), "{}", second.html);
    assert_eq!(merchant.only_subscription().await.canceled_at, None);
}

#[tokio::test]
async fn stripe_down_cancels_nothing_and_says_so() {
    let (merchant, subscription) = Merchant::with_subscriber("line").await;
    let (_, mut browser, ask) =
        open(&merchant, &subscription, Intent::CancelSubscription(subscription.id)).await;
    merchant.line.set(LineState::Cut);
    let shown = browser.submit(&ask, &[("action", "cancel")]).await;
    assert_eq!(shown.status, StatusCode::OK);
    assert_eq!(merchant.only_subscription().await.canceled_at, None);
}

#[tokio::test]
async fn the_overview_shows_ones_own_and_leads_back_with_success() {
    let (merchant, subscription) = Merchant::with_subscriber("line").await;
    let (guest, mut browser, overview) = open(&merchant, &subscription, Intent::ViewSubscriptions).await;
    assert!(overview.html.contains("Heron Line"));
    let details = browser.get(&format!("{}/{}", overview.path(), subscription.id)).await;
    assert!(details.html.contains(subscription.phone_number.as_deref().unwrap()));
    let form_token = details.hidden("form_token").unwrap();
    let left =
        browser.post(&format!("/portal/{}/leave", guest.session), &[("form_token", &form_token)]).await;
    assert_eq!(left.leads_to().unwrap(), guest.success());
}

#[tokio::test]
async fn nobody_sees_or_ends_the_subscription_of_another() {
    let (merchant, subscription) = Merchant::with_subscriber("line").await;
    let stranger = merchant.customer("eve@example.com").await;
    let guest = Guest::with(&merchant, stranger.id, Intent::ViewSubscriptions).await;
    let mut browser = Browser::new(routes(&merchant));
    let overview = browser.follow(&guest.link).await;
    assert!(!overview.html.contains("Heron Line"));
    let form_token = "x";
    for path in ["", "/cancel", "/resume", "/done/canceled"] {
        let path = format!("{}/{}{path}", overview.path(), subscription.id);
        assert_eq!(browser.get(&path).await.status, StatusCode::NOT_FOUND, "{path}");
        let posted = browser.post(&path, &[("form_token", form_token), ("action", "cancel")]).await.status;
        assert!(
            posted == StatusCode::NOT_FOUND || posted == StatusCode::METHOD_NOT_ALLOWED,
            "{path}: {posted}"
        );
    }
    assert_eq!(merchant.only_subscription().await.canceled_at, None);
}

#[tokio::test]
async fn a_name_and_an_address_can_be_changed() {
    let (merchant, subscription) = Merchant::with_subscriber("line").await;
    let (guest, mut browser, name) = open(&merchant, &subscription, Intent::UpdateUserFullName).await;
    let mistaken = browser.submit(&name, &[("action", "save"), ("full_name", " ")]).await;
    assert_eq!(mistaken.status, StatusCode::OK);
    let saved = browser.submit(&name, &[("action", "save"), ("full_name", "Ada Lovelace")]).await;
    assert_eq!(saved.leads_to().unwrap(), guest.success());

    let (guest, mut browser, address) = open(&merchant, &subscription, Intent::UpdateUserAddress).await;
    let nowhere =
        browser.submit(&address, &[("action", "save"), ("country", "DE"), ("line1", "Lindenallee 8")]).await;
    assert!(nowhere.html.contains("value=\"Lindenallee 8\""), "what was typed is lost");
    let elsewhere = [
        ("action", "save"),
        ("country", "US"),
        ("line1", "1 Main Street"),
        ("city", "Los Angeles"),
        ("state", "California"),
        ("postal_code", "90001"),
    ];
    let elsewhere = browser.submit(&address, &elsewhere).await;
    assert!(elsewhere.html.contains("Choose or enter your state"), "a state has two letters");
    let fields = [
        ("action", "save"),
        ("country", "DE"),
        ("line1", "Lindenallee 8"),
        ("postal_code", "10115"),
        ("city", "Berlin"),
    ];
    let saved = browser.submit(&address, &fields).await;
    assert_eq!(saved.leads_to().unwrap(), guest.success());

    let (project, id) = (merchant.project(), subscription.customer_id);
    let (customer, addresses) = merchant
        .test
        .write(move |_, tx| Ok((tx.customers(project).find(id)?, tx.addresses(project).active_of(id)?)))
        .await;
    assert_eq!(customer.unwrap().full_name.as_deref(), Some("Ada Lovelace"));
    assert_eq!(addresses[0].city, "Berlin");
}

#[tokio::test]
async fn what_is_not_built_yet_says_so_and_leads_out() {
    let (merchant, subscription) = Merchant::with_subscriber("line").await;
    let id = subscription.id;
    let porting = Intent::CompletePorting { subscription: id, hide_intro_page: false, hide_outro_page: true };
    for intent in [Intent::ViewEsimInstallation(id), porting] {
        let (guest, mut browser, shown) = open(&merchant, &subscription, intent).await;
        assert_eq!(shown.status, StatusCode::OK);
        assert!(shown.html.contains("This is not possible here yet"), "{}", shown.html);
        assert!(shown.html.contains("Nothing was changed and nothing was charged"), "{}", shown.html);
        let form_token = shown.hidden("form_token").unwrap();
        let left =
            browser.post(&format!("/portal/{}/leave", guest.session), &[("form_token", &form_token)]).await;
        assert!(left.leads_to().unwrap().ends_with("&status=bad_configuration"));
    }
}

#[tokio::test]
async fn who_is_bound_for_longer_is_told_what_is_still_to_pay() {
    let merchant = Merchant::new().await;
    let bound = include_str!("../../../testkit/src/merchant.toml").replacen(
        "provider = \"test\"",
        "provider = \"test\"\nminimum_periods = 3",
        1,
    );
    merchant.apply(&bound).await;
    let customer = merchant.customer("ada@example.com").await;
    let checkout = merchant.open(customer.id, "line").await;
    merchant.pay(&checkout).await;
    merchant.hear_from_stripe().await;
    let subscription = merchant.only_subscription().await;
    let (guest, mut browser, ask) =
        open(&merchant, &subscription, Intent::CancelSubscription(subscription.id)).await;
    assert!(ask.html.contains("June 4") && ask.html.contains("€14.50"));

    let done = browser.submit(&ask, &[("action", "cancel")]).await;

    assert_eq!(done.leads_to().unwrap(), guest.success());
    assert_eq!(merchant.only_subscription().await.ended_at.unwrap().to_string(), "2031-06-04T05:06:07Z");
}

/// A line whose renewal Stripe has drafted, and charges to this card within the hour.
async fn drafted(card: &str) -> (Merchant, Subscription) {
    let merchant =
        Merchant::with(MerchantOptions { renewal_draft_seconds: 3_600, ..MerchantOptions::default() }).await;
    let subscription = merchant.sell("line").await;
    let card = merchant.keep_card(subscription.customer_id, card).await;
    let path = format!("/v1/subscriptions/{}", subscription.stripe_subscription_id.as_deref().unwrap());
    let form = format!("default_payment_method={}", card.card.stripe_payment_method_id);
    merchant.stripe().post_form(&path, &form).await.expect(200);
    merchant.hear_from_stripe().await;
    // To the fourth of April, when the first month is over.
    pass_unheard(&merchant, SignedDuration::from_hours(24 * 31)).await;
    (merchant, subscription)
}

/// What Stripe tells of it is lost.
async fn pass_unheard(merchant: &Merchant, time: SignedDuration) {
    merchant.test.clock().advance(time);
    merchant.sandbox.tick().await.unwrap();
    drop(merchant.webhooks().await);
}

#[tokio::test]
async fn who_cancels_while_the_renewal_is_drafted_is_told_what_it_costs_and_gives() {
    let (merchant, subscription) = drafted("pm_card_visa").await;
    let (_, mut browser, ask) =
        open(&merchant, &subscription, Intent::CancelSubscription(subscription.id)).await;
    assert!(ask.html.contains("May 4") && ask.html.contains("€14.50"), "{}", ask.html);
    assert!(!ask.html.contains("No more payments"), "the renewal is on its way");
    browser.submit(&ask, &[("action", "cancel")]).await;
    let cancelled = merchant.only_subscription().await;
    let second = subscription.term.period(subscription.anchor_at.unwrap(), 2).unwrap();
    assert_eq!(cancelled.ended_at, second.end);
}

#[tokio::test]
async fn who_cancels_in_arrears_is_told_that_it_ends_at_once() {
    let (merchant, subscription) = drafted("pm_card_chargeCustomerFail").await;
    pass_unheard(&merchant, SignedDuration::from_hours(2)).await;
    let (_, mut browser, ask) =
        open(&merchant, &subscription, Intent::CancelSubscription(subscription.id)).await;
    assert!(ask.html.contains("It ends as soon as you confirm"), "{}", ask.html);
    browser.submit(&ask, &[("action", "cancel")]).await;
    assert_eq!(merchant.only_subscription().await.state, SubscriptionState::Ended);
}
