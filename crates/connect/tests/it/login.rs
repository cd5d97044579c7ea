//! Links that anybody may open: who comes says who they are, by a code, and nobody learns who is a customer.

use http::StatusCode;
use jiff::SignedDuration;
use perennial_core::change::Change;
use perennial_core::projects::{ProjectPatch, update_project};
use perennial_domain::{Customer, Intent};
use perennial_testkit::{Browser, Merchant, Shown};

use crate::guest::{Guest, routes};

const EMAIL: &str = "ada@example.com";

async fn emails(merchant: &Merchant, email: &'static str) -> Option<Customer> {
    let project = merchant.project();
    merchant.test.write(move |_, tx| tx.customers(project).find_by_email(email)).await
}

/// Events of this type so far.
async fn happened(merchant: &Merchant, event_type: &'static str) -> usize {
    let project = merchant.project();
    let request = perennial_core::store::tables::PageRequest { after: None, before: None, limit: 100 };
    let page = merchant.app().read(move |_, tx| tx.events(project).page(request)).await.unwrap();
    page.items.iter().filter(|event| event.event_type == event_type).count()
}

/// Opens the link and gives an address; answers the page that asks for the code.
async fn ask(merchant: &Merchant, browser: &mut Browser, link: &str, email: &str) -> Shown {
    let page = browser.follow(link).await;
    assert!(page.path().ends_with("/login"), "{}", page.path());
    let page = browser.submit(&page, &[("action", "send"), ("email", email)]).await;
    merchant.work().await;
    page
}

fn newest_code(merchant: &Merchant) -> String {
    merchant.test.pigeon().newest_code().unwrap()
}

/// Six digits that are not the code.
fn another(code: &str) -> &'static str {
    if code == "000000" { "111111" } else { "000000" }
}

async fn verify(browser: &mut Browser, page: &Shown, code: &str) -> Shown {
    browser.submit(page, &[("action", "verify"), ("code", code)]).await
}

async fn have_an_own_log_in(merchant: &Merchant, url: Option<&str>) {
    let (project, login_url) = (merchant.project(), Change::To(url.map(|url| url.parse().unwrap())));
    let patch = ProjectPatch { login_url, ..ProjectPatch::default() };
    merchant.app().write(move |cx, tx| update_project(cx, tx, project, &patch)).await.unwrap();
}

#[tokio::test]
async fn where_the_app_has_a_log_in_of_its_own_the_pages_ask_nobody() {
    let merchant = Merchant::new().await;
    let guest = Guest::anybody(&merchant, "line").await;
    let mut halfway = Browser::new(routes(&merchant));
    let page = halfway.follow(&guest.link).await;
    assert!(page.path().ends_with("/login"), "{}", page.path());

    have_an_own_log_in(&merchant, Some("https://app.example/login?from=pages")).await;
    let elsewhere = format!("https://app.example/login?from=pages&session_id={}", guest.session);
    let sent = Browser::new(routes(&merchant)).follow(&guest.link).await;
    assert_eq!(sent.leads_to().unwrap(), elsewhere);
    let sent = halfway.submit(&page, &[("action", "send"), ("email", EMAIL)]).await;
    assert_eq!(sent.leads_to().unwrap(), elsewhere, "nor a browser that was asked before");
    merchant.work().await;
    assert!(merchant.test.pigeon().newest_code().is_none(), "no code is sent");

    let customer = merchant.customer(EMAIL).await;
    let known = Guest::with(&merchant, customer.id, Intent::ViewSubscriptions).await;
    let shown = Browser::new(routes(&merchant)).follow(&known.link).await;
    assert!(shown.path().starts_with("/portal/"), "whom the app named goes in: {}", shown.path());

    have_an_own_log_in(&merchant, None).await;
    let asked = Browser::new(routes(&merchant)).follow(&guest.link).await;
    assert!(asked.path().ends_with("/login"), "{}", asked.path());
}

#[tokio::test]
async fn a_stranger_who_proves_an_address_becomes_a_customer_and_goes_on_to_buy() {
    let merchant = Merchant::new().await;
    let guest = Guest::anybody(&merchant, "line").await;
    let mut browser = Browser::new(routes(&merchant));
    let page = ask(&merchant, &mut browser, &guest.link, "new@example.com").await;
    assert!(page.html.contains("Enter your code"), "{}", page.html);
    assert!(emails(&merchant, "new@example.com").await.is_none(), "a customer before the code came back");

    let code = newest_code(&merchant);
    let spaced = format!(" {} - {}", &code[..3], &code[3..]);
    let next = verify(&mut browser, &page, &spaced).await;

    assert!(next.path().starts_with(&format!("/checkout/{}/", guest.session)), "{}", next.path());
    assert_eq!(next.status, StatusCode::OK);
    let customer = emails(&merchant, "new@example.com").await.unwrap();
    assert!(customer.email_verified);
    let project = merchant.project();
    let session = merchant.test.write(move |_, tx| tx.connect_sessions(project).find(guest.session)).await;
    assert_eq!(session.unwrap().customer_id, Some(customer.id));
    assert_eq!(happened(&merchant, "user.verified").await, 1);
    assert_eq!(happened(&merchant, "connectSession.updated").await, 1);
}

#[tokio::test]
async fn a_customer_gets_to_what_is_theirs() {
    let merchant = Merchant::new().await;
    let customer = merchant.customer(EMAIL).await;
    let guest = Guest::anybody_for(&merchant, Intent::ViewSubscriptions).await;
    let mut browser = Browser::new(routes(&merchant));
    let page = ask(&merchant, &mut browser, &guest.link, "Ada@Example.com").await;
    let next = verify(&mut browser, &page, &newest_code(&merchant)).await;
    assert_eq!(next.path(), format!("/portal/{}/subscriptions", guest.session));
    assert_eq!(emails(&merchant, EMAIL).await.unwrap().id, customer.id);
    assert_eq!(browser.follow(&guest.link).await.path(), next.path(), "the link leads on from here");
}

#[tokio::test]
async fn forms_that_are_sent_twice_lead_to_the_same_page() {
    let merchant = Merchant::new().await;
    merchant.customer(EMAIL).await;
    let guest = Guest::anybody_for(&merchant, Intent::ViewSubscriptions).await;
    let mut browser = Browser::new(routes(&merchant));
    let login = browser.follow(&guest.link).await;
    let address = [("action", "send"), ("email", EMAIL)];
    let first = browser.submit(&login, &address).await;
    let page = browser.submit(&login, &address).await;
    assert_eq!(page.path(), first.path());
    merchant.work().await;
    let code = newest_code(&merchant);
    let first = verify(&mut browser, &page, &code).await;
    let second = verify(&mut browser, &page, &code).await;
    assert!(first.path().ends_with("/subscriptions"), "{}", first.path());
    assert_eq!(second.path(), first.path());
}

#[tokio::test]
async fn an_unknown_address_gets_its_code_and_learns_afterwards_that_there_is_nothing() {
    let merchant = Merchant::new().await;
    merchant.customer(EMAIL).await;
    let guest = Guest::anybody_for(&merchant, Intent::ViewSubscriptions).await;
    let [mut known, mut unknown] = [(); 2].map(|()| Browser::new(routes(&merchant)));
    let shown = ask(&merchant, &mut known, &guest.link, EMAIL).await;
    let page = ask(&merchant, &mut unknown, &guest.link, "eve@example.com").await;
    let anonymous = |page: &Shown, email: &str, form_token: String| {
        page.html.replace(email, "x").replace(&form_token, "n")
    };
    let [first, second] = [&shown, &page].map(|page| page.hidden("form_token").unwrap());
    assert_eq!(
        anonymous(&shown, EMAIL, first),
        anonymous(&page, "eve@example.com", second),
        "the page tells who is a customer"
    );

    let next = verify(&mut unknown, &page, &newest_code(&merchant)).await;
    assert!(next.html.contains("There is nothing here for this address"), "{}", next.html);
    assert!(emails(&merchant, "eve@example.com").await.is_none());
    assert_eq!(
        unknown.get(&format!("/portal/{}/subscriptions", guest.session)).await.status,
        StatusCode::SEE_OTHER
    );
}

#[tokio::test]
async fn somebody_elses_subscription_stays_theirs() {
    let merchant = Merchant::new().await;
    let [owner, other] = [merchant.customer(EMAIL).await, merchant.customer("bob@example.com").await];
    let checkout = merchant.open(owner.id, "line").await;
    merchant.pay(&checkout).await;
    merchant.hear_from_stripe().await;
    let subscription = merchant.subscriptions().await.remove(0).id;
    let guest = Guest::anybody_for(&merchant, Intent::CancelSubscription(subscription)).await;
    let mut browser = Browser::new(routes(&merchant));
    let page = ask(&merchant, &mut browser, &guest.link, "bob@example.com").await;
    let next = verify(&mut browser, &page, &newest_code(&merchant)).await;
    assert!(next.html.contains("There is nothing here for this address"), "{}", next.html);
    let project = merchant.project();
    let session = merchant.test.write(move |_, tx| tx.connect_sessions(project).find(guest.session)).await;
    assert_ne!(session.unwrap().customer_id, Some(other.id));
}

#[tokio::test]
async fn who_is_blocked_learns_no_more_than_a_stranger() {
    let merchant = Merchant::new().await;
    let customer = merchant.customer(EMAIL).await;
    merchant.block(customer.id).await;
    let guest = Guest::anybody(&merchant, "line").await;
    let mut browser = Browser::new(routes(&merchant));
    let page = ask(&merchant, &mut browser, &guest.link, EMAIL).await;
    let next = verify(&mut browser, &page, &newest_code(&merchant)).await;
    assert!(next.html.contains("There is nothing here for this address"), "{}", next.html);
}

#[tokio::test]
async fn five_wrong_tries_end_a_code_and_a_new_one_works() {
    let merchant = Merchant::new().await;
    let guest = Guest::anybody(&merchant, "line").await;
    let mut browser = Browser::new(routes(&merchant));
    let mut page = ask(&merchant, &mut browser, &guest.link, EMAIL).await;
    let code = newest_code(&merchant);
    for slip in ["12345", "abcdef", "1234567", ""] {
        page = verify(&mut browser, &page, slip).await;
        assert!(page.html.contains("Enter your code"), "{slip:?} cost the code");
    }
    for _ in 0..5 {
        page = verify(&mut browser, &page, another(&code)).await;
    }
    assert!(page.html.contains("This code does not work any more"), "{}", page.html);
    let form_token = page.hidden("form_token").unwrap();
    let fields = [("form_token", form_token.as_str()), ("action", "verify"), ("code", code.as_str())];
    browser.post(&format!("/checkout/{}/login", guest.session), &fields).await;
    assert!(emails(&merchant, EMAIL).await.is_none(), "the right code after five wrong ones");

    merchant.test.clock().advance(SignedDuration::from_secs(1));
    let page = browser.submit(&page, &[("action", "resend")]).await;
    merchant.work().await;
    assert!(page.html.contains("Only the newest one works"), "{}", page.html);
    let next = verify(&mut browser, &page, &newest_code(&merchant)).await;
    assert!(!next.path().contains("/login"), "{}", next.path());
}

#[tokio::test]
async fn a_code_is_too_old_after_ten_minutes() {
    let merchant = Merchant::new().await;
    let guest = Guest::anybody(&merchant, "line").await;
    let mut browser = Browser::new(routes(&merchant));
    let page = ask(&merchant, &mut browser, &guest.link, EMAIL).await;
    merchant.test.clock().advance(SignedDuration::from_mins(10));
    let late = verify(&mut browser, &page, &newest_code(&merchant)).await;
    assert!(late.html.contains("This code is too old"), "{}", late.html);
}

#[tokio::test]
async fn a_new_code_takes_the_place_of_the_old_one() {
    let merchant = Merchant::new().await;
    let guest = Guest::anybody(&merchant, "line").await;
    let mut browser = Browser::new(routes(&merchant));
    let page = ask(&merchant, &mut browser, &guest.link, EMAIL).await;
    let old = newest_code(&merchant);
    merchant.test.clock().advance(SignedDuration::from_secs(1));
    let page = browser.submit(&page, &[("action", "resend")]).await;
    merchant.work().await;
    let new = newest_code(&merchant);
    if old != new {
        let refused = verify(&mut browser, &page, &old).await;
        assert!(refused.path().contains("/login"), "the old code opened {}", refused.path());
    }
    let next = verify(&mut browser, &page, &new).await;
    assert!(!next.path().contains("/login"), "{}", next.path());
}

#[tokio::test]
async fn a_code_opens_nothing_in_another_browser() {
    let merchant = Merchant::new().await;
    let guest = Guest::anybody(&merchant, "line").await;
    let [mut mine, mut scanner] = [(); 2].map(|()| Browser::new(routes(&merchant)));
    scanner.follow(&guest.link).await;
    let page = ask(&merchant, &mut mine, &guest.link, EMAIL).await;
    let code = newest_code(&merchant);
    merchant.test.clock().advance(SignedDuration::from_secs(1));
    let theirs = ask(&merchant, &mut scanner, &guest.link, EMAIL).await;
    let refused = verify(&mut scanner, &theirs, &code).await;
    assert!(refused.path().contains("/login"), "{}", refused.path());
    let next = verify(&mut mine, &page, &code).await;
    assert!(!next.path().contains("/login"), "the other browser got in the way");
}

#[tokio::test]
async fn an_address_gets_only_so_many_codes_whoever_asks() {
    let merchant = Merchant::new().await;
    let mut pages = Vec::new();
    for _ in 0..5 {
        let guest = Guest::anybody(&merchant, "line").await;
        let mut browser = Browser::new(routes(&merchant));
        pages.push(ask(&merchant, &mut browser, &guest.link, "Victim@example.com").await);
    }
    assert!(pages[3].html.contains("Enter your code"));
    assert!(pages[4].html.contains("Please wait a moment"), "{}", pages[4].html);
    assert_eq!(merchant.test.pigeon().take().len(), 4);
}

#[tokio::test]
async fn what_could_split_a_header_is_no_address() {
    let merchant = Merchant::new().await;
    let guest = Guest::anybody(&merchant, "line").await;
    let mut browser = Browser::new(routes(&merchant));
    let page = browser.follow(&guest.link).await;
    for email in
        ["a@example.com\r\nBcc: eve@example.com", "a@example.com,b@example.com", "<a@example.com>", ""]
    {
        let shown = browser.submit(&page, &[("action", "send"), ("email", email)]).await;
        assert!(shown.html.contains("Who are you?"), "{email:?} was taken");
    }
    merchant.work().await;
    assert!(merchant.test.pigeon().take().is_empty());
}

#[tokio::test]
async fn a_form_from_elsewhere_sends_no_code() {
    let merchant = Merchant::new().await;
    let guest = Guest::anybody(&merchant, "line").await;
    let mut browser = Browser::new(routes(&merchant));
    let page = browser.follow(&guest.link).await;
    let forged =
        browser.post(page.path(), &[("form_token", "0"), ("action", "send"), ("email", EMAIL)]).await;
    assert_eq!(forged.status, StatusCode::CONFLICT);
    merchant.work().await;
    assert!(merchant.test.pigeon().take().is_empty());
}

#[tokio::test]
async fn who_leaves_before_logging_in_goes_back_and_the_link_still_works() {
    let merchant = Merchant::new().await;
    let guest = Guest::anybody(&merchant, "line").await;
    let mut browser = Browser::new(routes(&merchant));
    let page = browser.follow(&guest.link).await;
    let form_token = page.hidden("form_token").unwrap();
    let left = browser.post(&format!("{}/leave", page.path()), &[("form_token", &form_token)]).await;
    assert!(left.leads_to().unwrap().ends_with("&status=user_aborted"), "{left:?}");
    let again = Browser::new(routes(&merchant)).follow(&guest.link).await;
    assert!(again.html.contains("Who are you?"));
}

#[tokio::test]
async fn the_language_that_is_chosen_is_that_of_the_mail_and_of_the_customer() {
    let merchant = Merchant::new().await;
    let guest = Guest::anybody(&merchant, "line").await;
    let mut browser = Browser::new(routes(&merchant));
    let page = browser.follow(&guest.link).await;
    let page = browser.follow(&format!("{}?lang=de", page.path())).await;
    assert!(page.html.contains("<html lang=\"de\""));
    let page = browser.submit(&page, &[("action", "send"), ("email", EMAIL)]).await;
    merchant.work().await;
    assert_eq!(merchant.test.pigeon().take()[0].locale, "de");
    assert!(page.html.contains("<html lang=\"de\""));
}

#[tokio::test]
async fn a_link_from_a_mail_that_a_scanner_opened_before_asks_its_reader_who_they_are() {
    let merchant = Merchant::new().await;
    let customer = merchant.customer(EMAIL).await;
    merchant.customer("eve@example.com").await;
    let guest = Guest::mailed(&merchant, customer.id, Intent::ViewSubscriptions).await;
    Browser::new(routes(&merchant)).get(&guest.link).await;

    // An app with a log-in of its own knows nothing of this visit.
    have_an_own_log_in(&merchant, Some("https://app.example/login")).await;
    let mut stranger = Browser::new(routes(&merchant));
    let page = ask(&merchant, &mut stranger, &guest.link, "eve@example.com").await;
    let next = verify(&mut stranger, &page, &newest_code(&merchant)).await;
    assert!(next.html.contains("There is nothing here for this address"), "{}", next.html);

    let mut reader = Browser::new(routes(&merchant));
    let page = ask(&merchant, &mut reader, &guest.link, EMAIL).await;
    let next = verify(&mut reader, &page, &newest_code(&merchant)).await;
    assert_eq!(next.path(), format!("/portal/{}/subscriptions", guest.session));
}

/// Browsers that are written down for any session.
async fn written_down(merchant: &Merchant) -> u64 {
    let long_from_now = merchant.app().now() + SignedDuration::from_hours(24 * 365);
    merchant.test.write(move |_, tx| tx.sweep_logins(long_from_now)).await
}

#[tokio::test]
async fn whoever_only_looks_at_a_link_leaves_nothing_behind() {
    let merchant = Merchant::new().await;
    let guest = Guest::anybody_for(&merchant, Intent::ViewSubscriptions).await;
    for _ in 0..3 {
        let mut browser = Browser::new(routes(&merchant));
        let page = browser.follow(&guest.link).await;
        assert!(page.html.contains("name=\"email\""), "{}", page.html);
        assert!(browser.follow(&guest.link).await.path().ends_with("/login"));
    }
    assert_eq!(written_down(&merchant).await, 0);
    let mut browser = Browser::new(routes(&merchant));
    ask(&merchant, &mut browser, &guest.link, EMAIL).await;
    ask(&merchant, &mut Browser::new(routes(&merchant)), &guest.link, EMAIL).await;
    assert_eq!(written_down(&merchant).await, 2);
}

#[tokio::test]
async fn a_link_for_anybody_ends_after_a_day() {
    let merchant = Merchant::new().await;
    let guest = Guest::anybody_for(&merchant, Intent::ViewSubscriptions).await;
    merchant.test.clock().advance(SignedDuration::from_hours(23));
    let page = Browser::new(routes(&merchant)).follow(&guest.link).await;
    assert!(page.path().ends_with("/login"), "{}", page.path());
    merchant.test.clock().advance(SignedDuration::from_hours(2));
    let late = Browser::new(routes(&merchant)).follow(&guest.link).await;
    assert!(!late.html.contains("name=\"email\""), "{}", late.html);
}
