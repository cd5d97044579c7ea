//! Buying add-ons through the pages.

use perennial_core::subscriptions::end_subscription;
use perennial_domain::{
    AddonState, Checkout, CheckoutState, Intent, Outcome, Subscription, SubscriptionAddon,
};
use perennial_testkit::{Browser, LineState, Merchant, Shown};

use crate::guest::{Guest, routes};

const WORKS: &str = "pm_card_visa";
const DECLINES: &str = "pm_card_chargeCustomerFail";

async fn cart(
    merchant: &Merchant,
    subscription: &Subscription,
    addons: &[&'static str],
) -> (Guest, Browser, Shown) {
    let mut wanted = Vec::new();
    for addon in addons {
        wanted.push(merchant.product(addon).await.id);
    }
    let intent = Intent::CheckoutAddon { subscription: subscription.id, addons: wanted };
    let guest = Guest::with(merchant, subscription.customer_id, intent).await;
    let mut browser = Browser::new(routes(merchant));
    let shown = browser.follow(&guest.link).await;
    (guest, browser, shown)
}

async fn bought(merchant: &Merchant, subscription: &Subscription) -> Vec<SubscriptionAddon> {
    let (project, id) = (merchant.project(), subscription.id);
    merchant.test.write(move |_, tx| tx.subscription_addons(project).of_subscription(id)).await
}

async fn session(merchant: &Merchant, guest: &Guest) -> perennial_domain::ConnectSession {
    let (project, id) = (merchant.project(), guest.session);
    merchant.test.write(move |_, tx| tx.connect_sessions(project).find(id)).await.unwrap()
}

async fn checkout_of(merchant: &Merchant, guest: &Guest) -> Checkout {
    let (project, id) = (merchant.project(), session(merchant, guest).await.checkout_id.unwrap());
    merchant.test.write(move |_, tx| tx.checkouts(project).find(id)).await.unwrap()
}

async fn charges(merchant: &Merchant) -> Vec<i64> {
    let charges = merchant.stripe().get("/v1/charges?limit=100").await.expect(200);
    let paid = charges["data"].as_array().unwrap().iter().filter(|charge| charge["paid"] == true);
    paid.map(|charge| charge["amount"].as_i64().unwrap()).collect()
}

/// The address behind Continue, as it is written in a page.
fn way_back(guest: &Guest) -> String {
    guest.success().replace('&', "&#38;")
}

#[tokio::test]
async fn a_saved_card_buys_an_addon_with_one_button_and_continue_leads_back() {
    let (merchant, subscription) = Merchant::with_subscriber("line").await;
    merchant.keep_card(subscription.customer_id, WORKS).await;
    let (guest, mut browser, shown) = cart(&merchant, &subscription, &["extra-data"]).await;
    assert!(shown.path().ends_with("/addons"), "{}", shown.path());
    assert!(shown.html.contains("€5.00") && shown.html.contains("4242"), "{}", shown.html);
    assert!(bought(&merchant, &subscription).await.is_empty());

    let done = browser.submit(&shown, &[("action", "pay")]).await;
    assert!(done.path().ends_with("/done") && done.html.contains("Five more"), "{}", done.html);
    assert!(done.html.contains(&way_back(&guest)), "Continue is missing");
    let [addon] = bought(&merchant, &subscription).await.try_into().unwrap();
    assert_eq!(addon.state, AddonState::Active);
    assert_eq!(session(&merchant, &guest).await.outcome, Some(Outcome::Success));
    assert_eq!(charges(&merchant).await, [500, 1450]);

    // Sent again, from this tab or another, it is still one purchase.
    let again = browser.submit(&shown, &[("action", "pay")]).await;
    assert!(again.path().ends_with("/done"), "{}", again.path());
    assert_eq!((bought(&merchant, &subscription).await.len(), charges(&merchant).await.len()), (1, 2));
}

#[tokio::test]
async fn two_tabs_that_pay_at_once_pay_once() {
    let (merchant, subscription) = Merchant::with_subscriber("line").await;
    merchant.keep_card(subscription.customer_id, WORKS).await;
    let (_, mut first, shown) = cart(&merchant, &subscription, &["extra-data"]).await;
    let mut second = first.clone();
    tokio::join!(first.submit(&shown, &[("action", "pay")]), second.submit(&shown, &[("action", "pay")]));
    assert_eq!(bought(&merchant, &subscription).await.len(), 1);
    assert_eq!(charges(&merchant).await.len(), 2);
}

#[tokio::test]
async fn without_a_card_or_with_one_that_declines_stripes_page_asks_for_another() {
    for card in [None, Some(DECLINES)] {
        let (merchant, subscription) = Merchant::with_subscriber("line").await;
        let (project, customer) = (merchant.project(), subscription.customer_id);
        match card {
            Some(card) => drop(merchant.keep_card(customer, card).await),
            None => {
                merchant
                    .test
                    .write(move |cx, tx| {
                        for mut known in tx.payment_methods(project).of_customer(customer)? {
                            (known.is_default, known.detached_at) = (false, Some(cx.now()));
                            tx.payment_methods(project).update(&known)?;
                        }
                        Ok(())
                    })
                    .await;
            }
        }
        let (guest, mut browser, shown) = cart(&merchant, &subscription, &["extra-data"]).await;
        let sent = browser.submit(&shown, &[("action", "pay")]).await;
        assert!(sent.leads_to().unwrap().starts_with("http://stripe.test/c/pay/cs_"), "{card:?}");
        let checkout = checkout_of(&merchant, &guest).await;
        assert!(checkout.cancel_url.ends_with("/addons?why=canceled"), "{}", checkout.cancel_url);
        let back = browser.get(&format!("/checkout/{}/addons?why=canceled", guest.session)).await;
        assert!(back.html.contains("role=\"alert\""));
        merchant.pay(&checkout).await;
        let done = browser.follow(&format!("/checkout/{}/return", guest.session)).await;
        assert!(done.path().ends_with("/done") && done.html.contains(&way_back(&guest)), "{}", done.path());
        assert_eq!(bought(&merchant, &subscription).await.len(), 1);
        assert_eq!(charges(&merchant).await, [500, 1450], "{card:?}");
    }
}

#[tokio::test]
async fn a_renewing_addon_costs_the_rest_of_the_period_and_is_billed_with_the_plan() {
    let (merchant, subscription) = Merchant::with_subscriber("line").await;
    merchant.test.clock().advance(jiff::SignedDuration::from_hours(24 * 10));
    let (_, mut browser, shown) = cart(&merchant, &subscription, &["roaming"]).await;
    let due: i64 = shown.hidden("due").unwrap().parse().unwrap();
    assert!((1..300).contains(&due) && shown.html.contains("€3.00"), "{due}");
    // Half an hour passes on the page, and the sum that it showed is the sum that is charged.
    merchant.test.clock().advance(jiff::SignedDuration::from_mins(29));
    let done = browser.submit(&shown, &[("action", "pay")]).await;
    assert!(done.path().ends_with("/done"), "{}", done.html);
    assert_eq!(charges(&merchant).await, [due, 1450]);
    let path = format!("/v1/subscriptions/{}", subscription.stripe_subscription_id.as_deref().unwrap());
    let billed = merchant.stripe().get(&path).await.expect(200);
    assert_eq!(billed["items"]["data"].as_array().unwrap().len(), 2);
}

#[tokio::test]
async fn a_cart_of_both_kinds_is_paid_with_one_button() {
    let (merchant, subscription) = Merchant::with_subscriber("line").await;
    merchant.test.clock().advance(jiff::SignedDuration::from_hours(24 * 10));
    let (_, mut browser, shown) = cart(&merchant, &subscription, &["extra-data", "roaming"]).await;
    let due: i64 = shown.hidden("due").unwrap().parse().unwrap();
    assert!((501..800).contains(&due) && shown.html.contains("Abroad"), "{}", shown.html);
    // Each line says what it adds to today's sum, and the one that renews what it costs from then on.
    let euros = |cents: i64| format!("<dd class=\"amount\">€{}.{:02}</dd>", cents / 100, cents % 100);
    for amount in [500, due - 500, due] {
        assert!(shown.html.contains(&euros(amount)), "{amount}: {}", shown.html);
    }
    assert!(shown.html.contains("then €3.00 every month"), "{}", shown.html);
    let done = browser.submit(&shown, &[("action", "pay")]).await;
    assert!(done.path().ends_with("/done") && done.html.contains("Five more"), "{}", done.html);
    assert_eq!(bought(&merchant, &subscription).await.len(), 2);
    assert_eq!(charges(&merchant).await, [due, 1450]);
}

#[tokio::test]
async fn a_price_that_changed_is_shown_again_and_not_charged() {
    let (merchant, subscription) = Merchant::with_subscriber("line").await;
    merchant.keep_card(subscription.customer_id, WORKS).await;
    let (_, mut browser, shown) = cart(&merchant, &subscription, &["extra-data"]).await;
    let again = browser.submit(&shown, &[("action", "pay"), ("due", "400")]).await;
    assert!(again.html.contains("role=\"alert\"") && again.html.contains("€4.00"), "{}", again.html);
    assert!(bought(&merchant, &subscription).await.is_empty());
    assert_eq!(charges(&merchant).await, [1450]);
}

#[tokio::test]
async fn nothing_is_sold_for_a_subscription_that_is_over_or_a_network_that_is_another() {
    let (merchant, subscription) = Merchant::with_subscriber("line").await;
    let (_, mut browser, shown) = cart(&merchant, &subscription, &["extra-data"]).await;
    end_subscription(merchant.app(), merchant.project(), subscription.id).await.unwrap();
    let refused = browser.submit(&shown, &[("action", "pay")]).await;
    assert!(!refused.html.contains("name=\"due\"") && refused.html.contains("/leave"), "{}", refused.html);
    assert_eq!(charges(&merchant).await, [1450]);

    let (merchant, subscription) = Merchant::with_subscriber("notebook-lifetime").await;
    let (guest, mut browser, shown) = cart(&merchant, &subscription, &["extra-data"]).await;
    assert!(!shown.html.contains("name=\"due\""), "{}", shown.html);
    let form_token = shown.hidden("form_token").unwrap();
    let left = browser
        .post(&format!("/checkout/{}/leave", guest.session), &[("form_token", form_token.as_str())])
        .await;
    assert!(left.leads_to().unwrap().ends_with("status=bad_configuration"), "{:?}", left.leads_to());
}

#[tokio::test]
async fn a_renewing_addon_does_not_fit_what_is_paid_once() {
    let (merchant, subscription) = Merchant::with_subscriber("prepaid").await;
    let (_, _, shown) = cart(&merchant, &subscription, &["roaming"]).await;
    assert!(!shown.html.contains("name=\"due\""), "{}", shown.html);
}

#[tokio::test]
async fn while_stripe_is_away_nothing_is_charged_and_the_cart_says_so() {
    let (merchant, subscription) = Merchant::with_subscriber("line").await;
    merchant.keep_card(subscription.customer_id, WORKS).await;
    let (guest, mut browser, shown) = cart(&merchant, &subscription, &["extra-data"]).await;
    merchant.line.set(LineState::Cut);
    let refused = browser.submit(&shown, &[("action", "pay")]).await;
    assert!(refused.html.contains("role=\"alert\""), "{}", refused.html);
    merchant.line.set(LineState::Open);
    let done = browser.submit(&refused, &[("action", "pay")]).await;
    assert!(done.path().ends_with("/done"), "{}", done.html);
    assert_eq!(checkout_of(&merchant, &guest).await.state, CheckoutState::Settled);
    assert_eq!(charges(&merchant).await, [500, 1450]);
}

#[tokio::test]
async fn who_finds_no_other_plan_is_offered_addons_and_buys_one_in_a_visit_of_its_own() {
    let (merchant, subscription) = Merchant::with_subscriber("line").await;
    let archived = include_str!("../../../testkit/src/merchant.toml")
        .replace("name = \"Heron Line Large\"", "name = \"Heron Line Large\"\nstatus = \"archived\"");
    merchant.apply(&archived).await;
    let intent = Intent::ChangeSubscription(subscription.id);
    let guest = Guest::with(&merchant, subscription.customer_id, intent).await;
    let mut browser = Browser::new(routes(&merchant));
    let nothing = browser.follow(&guest.link).await;
    let offered = browser.submit(&nothing, &[("action", "buy_addon")]).await;
    assert!(offered.html.contains("Five more") && offered.html.contains("Abroad"), "{}", offered.html);

    let addon = merchant.product("extra-data").await.id.to_string();
    let led = browser.submit(&offered, &[("action", "continue"), ("addon", &addon)]).await;
    assert!(led.path().ends_with("/addons") && led.hidden("due").as_deref() == Some("500"), "{led:?}");
    let back = browser.submit(&offered, &[("action", "back")]).await;
    assert!(back.html.contains("value=\"buy_addon\""), "the details lead there, too: {}", back.html);
}
