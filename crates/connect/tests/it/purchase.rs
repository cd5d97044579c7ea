//! Buying through the pages, from the link to **Continue**.

use http::StatusCode;
use perennial_core::projects::{ProjectPatch, update_project};
use perennial_domain::{Checkout, CheckoutState, MailSettings, NamedSim, Outcome, Sim, SubscriptionState};
use perennial_testkit::{Browser, LineState, Merchant, Shown, rows};

use crate::guest::{Guest, routes};

/// A browser on the review page, with a fresh eSIM and a fresh number.
pub(crate) async fn at_the_review(merchant: &Merchant, guest: &Guest) -> (Browser, Shown) {
    let mut browser = Browser::new(routes(merchant));
    let sim = browser.follow(&guest.link).await;
    assert!(sim.path().ends_with("/sim"), "{}", sim.path());
    let number = browser.submit(&sim, &[("action", "continue"), ("sim_choice", "new")]).await;
    assert!(number.path().ends_with("/number"), "{}", number.path());
    let review = browser.submit(&number, &[("action", "continue"), ("number_choice", "new")]).await;
    assert!(review.path().ends_with("/review"), "{}", review.path());
    (browser, review)
}

/// A guest who has pressed "Pay" for a line, with the page on which they did.
pub(crate) async fn sent_to_stripe() -> (Merchant, Guest, Browser, Shown) {
    let merchant = Merchant::new().await;
    let guest = Guest::invited_to(&merchant, "line").await;
    let (mut browser, review) = at_the_review(&merchant, &guest).await;
    browser.submit(&review, &[("action", "pay")]).await;
    (merchant, guest, browser, review)
}

/// The checkout that a guest started.
pub(crate) async fn checkout_of(merchant: &Merchant, guest: &Guest) -> Checkout {
    let (project, session) = (merchant.project(), guest.session);
    let found = merchant.test.write(move |_, tx| {
        let checkout = tx.connect_sessions(project).find(session)?.and_then(|session| session.checkout_id);
        checkout.map_or(Ok(None), |checkout| tx.checkouts(project).find(checkout))
    });
    found.await.expect("a checkout was started")
}

/// How the visit of a guest ended, if it has.
pub(crate) async fn outcome_of(merchant: &Merchant, guest: &Guest) -> Option<Outcome> {
    let (project, session) = (merchant.project(), guest.session);
    merchant.test.write(move |_, tx| tx.connect_sessions(project).find(session)).await.unwrap().outcome
}

#[tokio::test]
async fn a_purchase_ends_with_an_active_subscription_and_continue() {
    let merchant = Merchant::new().await;
    let guest = Guest::invited_to(&merchant, "line").await;
    let (mut browser, review) = at_the_review(&merchant, &guest).await;
    assert!(review.html.contains("Pay €14.50"));

    let sent = browser.submit(&review, &[("action", "pay")]).await;
    assert!(sent.leads_to().unwrap().starts_with("http://stripe.test/c/pay/cs_"));
    merchant.pay(&checkout_of(&merchant, &guest).await).await;
    let done = browser.follow(&format!("/checkout/{}/return", guest.session)).await;

    assert!(done.path().ends_with("/done"), "{}", done.path());
    let back = format!("https://shop.example/back?session_id={}&#38;status=success", guest.session);
    assert!(done.html.contains(&back), "Continue is missing");
    let [subscription] = merchant.subscriptions().await.try_into().unwrap();
    assert_eq!(subscription.state, SubscriptionState::Active);
    assert!(done.html.contains(subscription.phone_number.as_deref().unwrap()));
    assert_eq!(outcome_of(&merchant, &guest).await, Some(Outcome::Success));
}

#[tokio::test]
async fn who_brings_a_sim_along_is_not_asked_for_one_and_gets_that_one() {
    let merchant = Merchant::new().await;
    let customer = merchant.customer("ada@example.com").await;
    let (project, owner) = (merchant.project(), customer.id);
    let sim = merchant.test.write(move |cx, tx| {
        let sim = Sim { customer_id: Some(owner), ..rows::esim(cx, project, 7) };
        tx.sims(project).insert(&sim)?;
        Ok(sim)
    });
    let sim = sim.await;
    let guest =
        Guest::sent(&merchant, &customer, "line", |purchase| purchase.sim = Some(NamedSim::Recorded(sim.id)))
            .await;
    let mut browser = Browser::new(routes(&merchant));
    let number = browser.follow(&guest.link).await;
    assert!(number.path().ends_with("/number"), "{}", number.path());
    let asked = browser.follow(&format!("/checkout/{}/sim", guest.session)).await;
    assert_eq!(asked.path(), number.path(), "the question does not belong to this visit");

    let review = browser.submit(&number, &[("action", "continue"), ("number_choice", "new")]).await;
    browser.submit(&review, &[("action", "pay")]).await;
    merchant.pay(&checkout_of(&merchant, &guest).await).await;
    browser.follow(&format!("/checkout/{}/return", guest.session)).await;
    assert_eq!(merchant.only_subscription().await.sim_id, Some(sim.id));
}

#[tokio::test]
async fn the_last_page_promises_a_receipt_only_where_one_is_sent() {
    for receipts in [true, false] {
        let merchant = Merchant::new().await;
        let project = merchant.project();
        let mails = Some(MailSettings { receipts, ..MailSettings::default() });
        let patch = ProjectPatch { mails, ..ProjectPatch::default() };
        merchant.app().write(move |cx, tx| update_project(cx, tx, project, &patch)).await.unwrap();
        let guest = Guest::invited_to(&merchant, "line").await;
        let (mut browser, review) = at_the_review(&merchant, &guest).await;
        browser.submit(&review, &[("action", "pay")]).await;
        let checkout = checkout_of(&merchant, &guest).await;
        merchant.pay(&checkout).await;
        let done = browser.follow(&format!("/checkout/{}/return", guest.session)).await;
        let customer = checkout.customer_id;
        let customer = merchant.test.write(move |_, tx| tx.customers(project).find(customer)).await.unwrap();
        assert_eq!(done.html.contains(customer.email.unwrap().as_str()), receipts, "{}", done.html);
    }
}

#[tokio::test]
async fn a_refresh_after_paying_repeats_nothing() {
    let (merchant, guest, mut browser, review) = sent_to_stripe().await;
    merchant.pay(&checkout_of(&merchant, &guest).await).await;
    let done = browser.follow(&format!("/checkout/{}/return", guest.session)).await;

    for path in [done.path(), review.path(), &format!("/checkout/{}/return", guest.session), &guest.link] {
        assert!(browser.follow(path).await.path().ends_with("/done"), "{path}");
    }
    let again = browser.submit(&review, &[("action", "pay")]).await;
    assert!(again.path().ends_with("/done"), "{}", again.path());
    assert_eq!(merchant.subscriptions().await.len(), 1);
}

#[tokio::test]
async fn two_tabs_pay_on_one_page() {
    let merchant = Merchant::new().await;
    let guest = Guest::invited_to(&merchant, "line").await;
    let (mut browser, review) = at_the_review(&merchant, &guest).await;
    let mut other_tab = browser.clone();
    let first = browser.submit(&review, &[("action", "pay")]).await.leads_to();
    let second = other_tab.submit(&review, &[("action", "pay")]).await.leads_to();
    assert!(first.is_some());
    assert_eq!(first, second);
}

#[tokio::test]
async fn turning_back_at_stripe_leads_to_the_review_with_a_word() {
    let (_merchant, guest, mut browser, _) = sent_to_stripe().await;
    let back = browser.follow(&format!("/checkout/{}/review?why=canceled", guest.session)).await;
    assert!(back.html.contains("role=\"alert\""));
    let back = browser.follow(&format!("/checkout/{}/return", guest.session)).await;
    assert!(back.path().ends_with("/review?why=canceled"), "{}", back.path());
}

#[tokio::test]
async fn leaving_withdraws_the_open_checkout() {
    let (merchant, guest, mut browser, review) = sent_to_stripe().await;
    let form_token = review.hidden("form_token").unwrap();

    let left =
        browser.post(&format!("/checkout/{}/leave", guest.session), &[("form_token", &form_token)]).await;

    let back = format!("https://shop.example/back?session_id={}&status=user_aborted", guest.session);
    assert_eq!(left.leads_to().unwrap(), back);
    assert_eq!(checkout_of(&merchant, &guest).await.state, CheckoutState::Abandoned);
    assert_eq!(browser.follow(review.path()).await.leads_to().unwrap(), back);
}

#[tokio::test]
async fn a_price_that_changed_is_shown_again_and_not_charged() {
    let merchant = Merchant::new().await;
    let guest = Guest::invited_to(&merchant, "line").await;
    let (mut browser, review) = at_the_review(&merchant, &guest).await;
    let dearer = include_str!("../../../testkit/src/merchant.toml").replace("amount = 1450", "amount = 1650");
    merchant.apply(&dearer).await;

    let again = browser.submit(&review, &[("action", "pay")]).await;

    assert_eq!(again.status, StatusCode::OK);
    assert!(again.html.contains("€16.50") && again.html.contains("€14.50"));
    assert_eq!(again.hidden("due").as_deref(), Some("1650"));
    assert_eq!(merchant.line.count("POST /v1/checkout/sessions"), 0);
}

#[tokio::test]
async fn a_plan_off_sale_leads_out_as_bad_configuration() {
    let merchant = Merchant::new().await;
    let guest = Guest::invited_to(&merchant, "line").await;
    let off_sale = include_str!("../../../testkit/src/merchant.toml")
        .replace("key = \"line\"\nkind = \"plan\"", "key = \"line\"\nkind = \"plan\"\nstatus = \"archived\"");
    merchant.apply(&off_sale).await;
    let mut browser = Browser::new(routes(&merchant));
    let shown = browser.follow(&guest.link).await;
    assert_eq!(shown.status, StatusCode::OK);
    let form_token = shown.hidden("form_token").unwrap();
    let left =
        browser.post(&format!("/checkout/{}/leave", guest.session), &[("form_token", &form_token)]).await;
    assert!(left.leads_to().unwrap().ends_with("&status=bad_configuration"));
}

#[tokio::test]
async fn leaving_a_plan_that_went_off_sale_withdraws_what_could_still_be_paid() {
    let (merchant, guest, mut browser, review) = sent_to_stripe().await;
    let off_sale = include_str!("../../../testkit/src/merchant.toml")
        .replace("key = \"line\"\nkind = \"plan\"", "key = \"line\"\nkind = \"plan\"\nstatus = \"archived\"");
    merchant.apply(&off_sale).await;
    let form_token = review.hidden("form_token").unwrap();

    let left =
        browser.post(&format!("/checkout/{}/leave", guest.session), &[("form_token", &form_token)]).await;

    assert!(left.leads_to().unwrap().ends_with("&status=bad_configuration"));
    assert_eq!(checkout_of(&merchant, &guest).await.state, CheckoutState::Abandoned);
}

#[tokio::test]
async fn a_free_plan_skips_payment() {
    let merchant = Merchant::new().await;
    let guest = Guest::invited_to(&merchant, "notebook-free").await;
    let mut browser = Browser::new(routes(&merchant));
    let review = browser.follow(&guest.link).await;
    let done = browser.submit(&review, &[("action", "pay")]).await;
    assert!(done.path().ends_with("/done"), "{}", done.path());
    assert_eq!(merchant.subscriptions().await.len(), 1);
}

#[tokio::test]
async fn who_has_an_excluding_plan_is_told_before_any_question() {
    let merchant = Merchant::new().await;
    let customer = merchant.customer("ada@example.com").await;
    let checkout = merchant.open(customer.id, "line-large").await;
    merchant.pay(&checkout).await;
    merchant.hear_from_stripe().await;
    let guest = Guest::sent(&merchant, &customer, "line", |_| {}).await;
    let shown = Browser::new(routes(&merchant)).follow(&guest.link).await;
    assert!(shown.html.contains("Heron Line Large"));
}

#[tokio::test]
async fn stripe_down_charges_nothing_and_says_so() {
    let merchant = Merchant::new().await;
    let guest = Guest::invited_to(&merchant, "line").await;
    let (mut browser, review) = at_the_review(&merchant, &guest).await;
    for state in [LineState::Cut, LineState::Nonsense] {
        merchant.line.set(state);
        let shown = browser.submit(&review, &[("action", "pay")]).await;
        assert_eq!(shown.status, StatusCode::OK, "{state:?}");
        assert!(shown.html.contains("role=\"alert\""), "{state:?}");
    }
    merchant.line.set(LineState::Open);
    let sent = browser.submit(&review, &[("action", "pay")]).await;
    assert!(sent.leads_to().unwrap().starts_with("http://stripe.test/c/pay/"));
}

#[tokio::test]
async fn paid_while_stripe_is_silent_waits_and_then_succeeds() {
    let (merchant, guest, mut browser, _) = sent_to_stripe().await;
    merchant.pay(&checkout_of(&merchant, &guest).await).await;
    merchant.line.set(LineState::Cut);
    let waiting = browser.follow(&format!("/checkout/{}/return", guest.session)).await;
    assert!(waiting.html.contains("http-equiv=\"refresh\""), "{}", waiting.html);
    merchant.line.set(LineState::Open);
    assert!(
        browser
            .follow(&format!("/checkout/{}/confirming?attempt=1", guest.session))
            .await
            .path()
            .ends_with("/done")
    );
}

#[tokio::test]
async fn an_own_sim_and_a_kept_number_go_with_the_subscription() {
    let merchant = Merchant::new().await;
    let guest = Guest::invited_to(&merchant, "line").await;
    let mut browser = Browser::new(routes(&merchant));
    let sim = browser.follow(&guest.link).await;
    let mistaken =
        browser.submit(&sim, &[("action", "continue"), ("sim_choice", "own"), ("iccid", "12345")]).await;
    assert!(mistaken.html.contains("value=\"12345\""), "what was typed is lost");
    let number = browser
        .submit(&sim, &[("action", "continue"), ("sim_choice", "own"), ("iccid", "8931 0000 0000 0000 421")])
        .await;
    let keep = [("action", "continue"), ("number_choice", "keep"), ("phone_number", "+31 970 555 010")];
    let review = browser.submit(&number, &keep).await;
    assert!(review.html.contains("8931000000000000421") && review.html.contains("+31970555010"));
    browser.submit(&review, &[("action", "pay")]).await;
    merchant.pay(&checkout_of(&merchant, &guest).await).await;
    browser.follow(&format!("/checkout/{}/return", guest.session)).await;

    let [subscription] = merchant.subscriptions().await.try_into().unwrap();
    let (project, sim) = (merchant.project(), subscription.sim_id.unwrap());
    let sim = merchant.test.write(move |_, tx| tx.sims(project).find(sim)).await.unwrap();
    assert_eq!(sim.iccid.as_str(), "8931000000000000421");
    let id = subscription.id;
    let porting = merchant.test.write(move |_, tx| tx.portings(project).current_of(id)).await.unwrap();
    assert_eq!(porting.phone_number, "+31970555010");
}

#[tokio::test]
async fn back_leads_to_the_question_before() {
    let merchant = Merchant::new().await;
    let guest = Guest::invited_to(&merchant, "line").await;
    let (mut browser, review) = at_the_review(&merchant, &guest).await;
    let number = browser.submit(&review, &[("action", "back")]).await;
    assert!(number.path().ends_with("/number"));
    let sim = browser.submit(&number, &[("action", "back")]).await;
    assert!(sim.path().ends_with("/sim"));
}

#[tokio::test]
async fn another_order_in_a_second_tab_buys_nothing_after_the_first_is_paid() {
    let merchant = Merchant::new().await;
    // Without an exclusive group nothing but the visit itself stands in the way.
    let guest = Guest::invited_to(&merchant, "prepaid").await;
    let mut browser = Browser::new(routes(&merchant));
    let sim = browser.follow(&guest.link).await;
    let review = browser.submit(&sim, &[("action", "continue"), ("sim_choice", "new")]).await;
    let mut other_tab = browser.clone();
    browser.submit(&review, &[("action", "pay")]).await;
    merchant.pay(&checkout_of(&merchant, &guest).await).await;
    // The second tab changes the order, and knows nothing of the payment.
    let dearer = include_str!("../../../testkit/src/merchant.toml").replace("amount = 900", "amount = 950");
    merchant.apply(&dearer).await;
    let again = other_tab.get(review.path()).await;
    let ended = other_tab.submit(&again, &[("action", "pay")]).await;

    assert!(ended.path().ends_with("/done"), "{:?} {}", ended.leads_to(), ended.path());
    assert_eq!(merchant.subscriptions().await.len(), 1);
    assert_eq!(merchant.line.count("POST /v1/checkout/sessions"), 1);
}

#[tokio::test]
async fn who_pays_late_comes_back_to_a_page_that_knows_them() {
    let merchant = Merchant::new().await;
    let guest = Guest::invited_to(&merchant, "line").await;
    let (mut browser, review) = at_the_review(&merchant, &guest).await;
    merchant.test.clock().advance(jiff::SignedDuration::from_mins(50));
    browser.submit(&review, &[("action", "pay")]).await;
    let checkout = checkout_of(&merchant, &guest).await;
    merchant.test.clock().advance(jiff::SignedDuration::from_mins(55));
    merchant.pay(&checkout).await;
    let done = browser.follow(&format!("/checkout/{}/return", guest.session)).await;
    assert!(done.path().ends_with("/done"), "{:?}", done.leads_to());
}

#[tokio::test]
async fn leaving_works_while_stripe_is_away() {
    let (merchant, guest, mut browser, review) = sent_to_stripe().await;
    merchant.line.set(LineState::Cut);
    let form_token = review.hidden("form_token").unwrap();
    let left =
        browser.post(&format!("/checkout/{}/leave", guest.session), &[("form_token", &form_token)]).await;
    assert!(left.leads_to().unwrap().ends_with("&status=user_aborted"));
}
