//! Browsers, and what they keep: by it a form that is sent is known to be one that was shown.

use http::StatusCode;
use http::header::{CONTENT_SECURITY_POLICY, SET_COOKIE};
use perennial_testkit::Shown;

use super::{CONFIRM, House, SU, UID, assert_page, change, form};

fn cookies_of(shown: &Shown) -> Vec<&str> {
    shown.headers.get_all(SET_COOKIE).iter().map(|cookie| cookie.to_str().unwrap()).collect()
}

#[tokio::test]
async fn the_first_two_tabs_of_a_browser_can_both_be_sent() {
    let house = House::holding("crew-basic").await;
    let (mut browser, mut at_once) = (house.browser(), house.browser());
    let first = browser.get(&change("crew_basic", "crew_plus")).await;
    let second = at_once.get(&change("crew_basic", "crew_plus")).await;
    // One browser asked for both before it had a cookie, and keeps what both answers brought.
    browser.cookies().append(at_once.cookies());
    for tab in [&first, &second] {
        let done = browser.submit(tab, &CONFIRM).await;
        assert_eq!(done.leads_to().as_deref(), Some(SU), "{}", done.html);
    }
    assert_eq!(house.holds().await, ["crew-plus"]);
}

#[tokio::test]
async fn a_form_brings_one_cookie_for_all_paths_and_a_page_without_a_form_brings_none() {
    let house = House::holding("crew-basic").await;
    let mut browser = house.browser();
    let refused = browser.get(&change("crew_basic", "nothing")).await;
    assert_page(&refused, StatusCode::NOT_FOUND);
    assert!(cookies_of(&refused).is_empty(), "{:?}", cookies_of(&refused));
    let shown = browser.get(&change("crew_basic", "crew_plus")).await;
    let [cookie] = cookies_of(&shown).try_into().unwrap();
    // The vendor's address is not below that of the forms.
    assert!(cookie.contains("; Path=/; HttpOnly; SameSite=Lax"), "{cookie}");
    let gateway = [("business_uid", UID), ("plan", "crew_plus"), ("su", SU)];
    let led = browser.follow(&form("/app/settings/paygateproxy", &gateway)).await;
    assert!(cookies_of(&led).is_empty(), "it is known by the cookie that it has");
    assert_eq!(browser.submit(&led, &CONFIRM).await.leads_to().as_deref(), Some(SU));
}

#[tokio::test]
async fn both_ways_out_of_a_form_are_open_to_browsers_that_check() {
    let house = House::holding("crew-basic").await;
    let ways = [("su", SU), ("cu", "http://desk.example/back")];
    let plans = [("business_uid", UID), ("current_plan", "crew_basic"), ("selected_plan", "crew_plus")];
    let shown =
        house.browser().get(&form("/checkout/change-plan", &[plans.as_slice(), &ways].concat())).await;
    let policy = shown.headers[CONTENT_SECURITY_POLICY].to_str().unwrap();
    let (_, allowed) = policy.split_once("form-action").unwrap();
    for host in ["https://desk.example", "http://desk.example"] {
        assert!(allowed.split_whitespace().any(|source| source == host), "{allowed}");
    }
}
