//! Changing the plan on the pages.

use jiff::SignedDuration;
use perennial_domain::{Intent, Subscription};
use perennial_testkit::{Browser, Merchant, Shown, days};

use crate::guest::{Guest, routes};

async fn open(merchant: &Merchant, subscription: &Subscription) -> (Guest, Browser, Shown) {
    let intent = Intent::ChangeSubscription(subscription.id);
    let guest = Guest::with(merchant, subscription.customer_id, intent).await;
    let mut browser = Browser::new(routes(merchant));
    let shown = browser.follow(&guest.link).await;
    (guest, browser, shown)
}

#[tokio::test]
async fn an_upgrade_shows_what_it_costs_and_leads_back_to_the_app() {
    let (merchant, subscription) = Merchant::with_subscriber("line").await;
    let large = merchant.product("line-large").await;
    let (guest, mut browser, choices) = open(&merchant, &subscription).await;
    assert!(
        choices.path().ends_with("/change") && choices.html.contains("Heron Line Large"),
        "{}",
        choices.html
    );
    assert!(choices.html.contains("€14.50 today"), "{}", choices.html);
    let missing = browser.submit(&choices, &[("action", "continue")]).await;
    assert!(missing.path().ends_with("/change"));

    let review = browser.submit(&choices, &[("action", "continue"), ("plan", &large.id.to_string())]).await;
    assert_eq!(review.hidden("due").as_deref(), Some("1450"));
    assert_eq!(merchant.only_subscription().await.product_id, subscription.product_id);
    let confirm = [("action", "confirm")];
    let done = browser.submit(&review, &confirm).await;
    assert_eq!(done.leads_to().unwrap(), guest.success());
    assert_eq!(merchant.only_subscription().await.product_id, large.id);

    let again = browser.submit(&review, &confirm).await;
    assert_eq!(again.leads_to().unwrap(), guest.success(), "a second submit changes nothing");
    merchant.hear_from_stripe().await;
    let (project, id) = (merchant.project(), subscription.id);
    let paid = merchant.test.write(move |_, tx| tx.payments(project).of_subscription(id)).await;
    assert_eq!(paid.len(), 2);
}

#[tokio::test]
async fn a_sum_that_was_not_shown_is_shown_first() {
    let (merchant, subscription) = Merchant::with_subscriber("line").await;
    let large = merchant.product("line-large").await.id.to_string();
    let (_, mut browser, choices) = open(&merchant, &subscription).await;
    let review = browser.submit(&choices, &[("action", "continue"), ("plan", &large)]).await;
    merchant.test.clock().advance(SignedDuration::from_mins(45));
    for answers in [vec![("action", "confirm")], vec![("action", "confirm"), ("due", "1")]] {
        let shown = browser.submit(&review, &answers).await;
        assert!(shown.hidden("due").is_some(), "{}", shown.path());
        assert!(shown.html.contains("role=\"alert\""), "it says why: {}", shown.html);
        assert_eq!(merchant.only_subscription().await.product_id, subscription.product_id);
    }
}

#[tokio::test]
async fn a_change_that_was_shown_for_the_renewal_does_not_count_at_once() {
    let merchant = Merchant::with_line_for_nothing().await;
    let subscription = merchant.sell("line").await;
    let free = merchant.product("line-free").await.id.to_string();
    let (_, mut browser, choices) = open(&merchant, &subscription).await;
    let review = browser.submit(&choices, &[("action", "continue"), ("plan", &free)]).await;
    assert_eq!(review.hidden("way").as_deref(), Some("lapse"));

    let name = "name = \"Heron Line Free\"";
    let catalog = [
        include_str!("../../../testkit/src/merchant.toml"),
        include_str!("../../../testkit/src/free_line.toml"),
    ];
    let at_once = catalog.join("\n").replace(name, &format!("{name}\nchanges = {{ downgrade = \"now\" }}"));
    merchant.apply(&at_once).await;
    let again = browser.submit(&review, &[("action", "confirm")]).await;
    assert!(again.html.contains("role=\"alert\""), "{}", again.html);
    assert_eq!(again.hidden("way").as_deref(), Some("lapse_now"));
    assert_eq!(merchant.only_subscription().await.product_id, subscription.product_id);
    assert_eq!(merchant.billed().await["status"], "active", "what is paid stays theirs");
}

#[tokio::test]
async fn a_downgrade_is_shown_on_the_details_and_can_be_undone_there() {
    let (merchant, subscription) = Merchant::with_subscriber("line-large").await;
    let small = merchant.product("line").await;
    let (guest, mut browser, choices) = open(&merchant, &subscription).await;
    let review = browser.submit(&choices, &[("action", "continue"), ("plan", &small.id.to_string())]).await;
    assert_eq!(review.hidden("due").as_deref(), Some("0"));
    let done = browser.submit(&review, &[("action", "confirm")]).await;
    assert_eq!(done.leads_to().unwrap(), guest.success());

    let details = format!("/portal/{}/subscriptions/{}", guest.session, subscription.id);
    let shown = browser.get(&details).await;
    assert!(
        shown.html.contains("value=\"undo_change\"") && shown.html.contains("Heron Line,"),
        "{}",
        shown.html
    );
    assert!(shown.html.contains(" for €14.50."), "what is charged next is the other plan's: {}", shown.html);
    let undone = browser.submit(&shown, &[("action", "undo_change")]).await;
    assert!(!undone.html.contains("value=\"undo_change\""));
    merchant.test.clock().advance(SignedDuration::from_hours(24 * 31));
    merchant.sandbox.tick().await.unwrap();
    merchant.hear_from_stripe().await;
    assert_eq!(merchant.only_subscription().await.product_id, subscription.product_id);
}

#[tokio::test]
async fn a_voucher_that_lasts_is_in_the_sum_that_the_renewal_is_said_to_cost() {
    let (merchant, subscription) = Merchant::with_subscriber("line-large").await;
    let small = merchant.product("line").await.id.to_string();
    let stripe = merchant.stripe();
    stripe.post_form("/v1/coupons", "id=half&percent_off=50&duration=forever").await.expect(200);
    let path = format!("/v1/subscriptions/{}", subscription.stripe_subscription_id.as_deref().unwrap());
    stripe.post_form(&path, "discounts[0][coupon]=half").await.expect(200);

    let (_, mut browser, choices) = open(&merchant, &subscription).await;
    let review = browser.submit(&choices, &[("action", "continue"), ("plan", &small)]).await;
    for page in [&choices, &review] {
        assert!(page.html.contains("With them, €7.25 is charged on"), "{}", page.html);
    }
    browser.submit(&review, &[("action", "confirm")]).await;
    merchant.live(days(32)).await;
    assert_eq!(merchant.charged().await, [2900, 725]);
}

#[tokio::test]
async fn where_nothing_fits_a_page_says_so_and_a_single_payment_has_no_button() {
    let (merchant, subscription) = Merchant::with_subscriber("prepaid").await;
    let (_, _, shown) = open(&merchant, &subscription).await;
    assert!(shown.path().ends_with(&subscription.id.to_string()), "{}", shown.path());
    assert!(!shown.html.contains("value=\"change_plan\""));

    let (merchant, subscription) = Merchant::with_subscriber("line").await;
    let archived = include_str!("../../../testkit/src/merchant.toml")
        .replace("name = \"Heron Line Large\"", "name = \"Heron Line Large\"\nstatus = \"archived\"");
    merchant.apply(&archived).await;
    let (_, mut browser, nothing) = open(&merchant, &subscription).await;
    assert!(nothing.path().ends_with("/change") && !nothing.html.contains("type=\"radio\""));
    let back = browser.submit(&nothing, &[("action", "back")]).await;
    assert!(back.path().ends_with(&subscription.id.to_string()));
}

#[tokio::test]
async fn who_wants_more_can_add_to_the_plan_instead_of_changing_it() {
    let (merchant, subscription) = Merchant::with_subscriber("line").await;
    let (_, mut browser, choices) = open(&merchant, &subscription).await;
    assert!(choices.html.contains("value=\"buy_addon\""), "{}", choices.html);
    let addons = browser.submit(&choices, &[("action", "buy_addon")]).await;
    assert!(addons.html.contains("Five more") && addons.html.contains("Abroad"), "{}", addons.html);

    let without = include_str!("../../../testkit/src/merchant.toml")
        .replace("kind = \"addon\"", "kind = \"addon\"\nstatus = \"archived\"");
    merchant.apply(&without).await;
    let (_, _, choices) = open(&merchant, &subscription).await;
    assert!(!choices.html.contains("value=\"buy_addon\""), "there is nothing to add");
}

/// From now on a card pays whose bank says this at every charge; the review page of the larger plan is open.
async fn about_to_upgrade(card: &str) -> (Merchant, Guest, Browser, Shown) {
    let (merchant, subscription) = Merchant::with_subscriber("line").await;
    merchant.use_card(card).await;
    let (guest, mut browser, choices) = open(&merchant, &subscription).await;
    let large = merchant.product("line-large").await.id.to_string();
    let review = browser.submit(&choices, &[("action", "continue"), ("plan", &large)]).await;
    (merchant, guest, browser, review)
}

/// The customer is with their bank, and answers; the browser goes where the bank sends it.
async fn answer(merchant: &Merchant, browser: &mut Browser, review: &Shown, yes: bool) -> Shown {
    let sent = browser.submit(review, &[("action", "confirm")]).await;
    let bank = sent.leads_to().expect("it leads to the bank");
    let intent = bank.strip_prefix("http://stripe.test/3ds/").expect(&bank);
    let intent = intent.split('?').next().unwrap();
    merchant.sandbox.complete_challenge(intent, yes).await.unwrap();
    let page = review.path().trim_end_matches("/return");
    browser.get(&format!("{page}/return")).await
}

#[tokio::test]
async fn a_bank_that_asks_about_an_upgrade_leads_back_to_the_same_visit() {
    let (merchant, guest, mut browser, review) = about_to_upgrade("pm_card_authenticationRequired").await;
    let back = answer(&merchant, &mut browser, &review, true).await;
    assert_eq!(back.leads_to().unwrap(), guest.success());
    assert_eq!(merchant.only_subscription().await.product_id, merchant.product("line-large").await.id);
}

#[tokio::test]
async fn a_bank_that_says_no_to_an_upgrade_leaves_the_plan_and_offers_another_card() {
    let (merchant, guest, mut browser, review) = about_to_upgrade("pm_card_authenticationRequired").await;
    let back = answer(&merchant, &mut browser, &review, false).await;
    assert!(
        back.html.contains("role=\"alert\"") && back.html.contains("value=\"change_card\""),
        "{}",
        back.html
    );
    assert_eq!(merchant.only_subscription().await.product_id, merchant.product("line").await.id);
    let card = browser.submit(&back, &[("action", "change_card")]).await;
    assert!(card.path().ends_with("/card"), "{}", card.path());

    merchant.test.clock().advance(SignedDuration::from_secs(1));
    let again = browser.get(review.path()).await;
    let done = answer(&merchant, &mut browser, &again, true).await;
    assert_eq!(done.leads_to().unwrap(), guest.success(), "it can be asked for again");
}

#[tokio::test]
async fn who_comes_back_from_the_bank_without_an_answer_is_asked_again() {
    let (merchant, guest, mut browser, review) = about_to_upgrade("pm_card_authenticationRequired").await;
    let sent = browser.submit(&review, &[("action", "confirm")]).await;
    assert!(sent.leads_to().unwrap().starts_with("http://stripe.test/3ds/"), "{sent:?}");
    let back = browser.get(&format!("{}/return", review.path())).await;
    assert!(back.html.contains("value=\"confirm\""), "{}", back.html);
    assert_eq!(merchant.only_subscription().await.product_id, merchant.product("line").await.id);
    let done = answer(&merchant, &mut browser, &back, true).await;
    assert_eq!(done.leads_to().unwrap(), guest.success());
    merchant.hear_from_stripe().await;
    assert_eq!(merchant.only_subscription().await.product_id, merchant.product("line-large").await.id);
}

#[tokio::test]
async fn a_card_that_is_declined_leaves_the_plan_as_it_is() {
    let (merchant, _, mut browser, review) = about_to_upgrade("pm_card_chargeCustomerFail").await;
    let declined = browser.submit(&review, &[("action", "confirm")]).await;
    assert!(declined.html.contains("role=\"alert\"") && declined.html.contains("value=\"change_card\""));
    merchant.hear_from_stripe().await;
    let subscription = merchant.only_subscription().await;
    assert_eq!(subscription.product_id, merchant.product("line").await.id);
    let (project, customer) = (merchant.project(), subscription.customer_id);
    assert!(merchant.test.write(move |_, tx| tx.payments(project).open_of(customer)).await.is_empty());
}
