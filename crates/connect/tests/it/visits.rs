//! Who gets into a visit, and who does not.

use http::StatusCode;
use jiff::SignedDuration;
use perennial_core::customers;
use perennial_domain::Intent;
use perennial_testkit::{Browser, Merchant};

use crate::guest::{Guest, routes};

#[tokio::test]
async fn the_token_leaves_the_address_and_the_cookie_is_locked_down() {
    let merchant = Merchant::new().await;
    let guest = Guest::invited_to(&merchant, "line").await;
    let mut browser = Browser::new(routes(&merchant));

    let entered = browser.get(&guest.link).await;

    assert_eq!(entered.status, StatusCode::SEE_OTHER);
    assert_eq!(entered.leads_to().unwrap(), format!("/checkout/{}", guest.session));
    let cookie = entered.headers["set-cookie"].to_str().unwrap();
    for part in ["HttpOnly", "SameSite=Lax", "Secure", "Max-Age=86400"] {
        assert!(cookie.contains(part), "{cookie} lacks {part}");
    }
    assert!(!cookie.contains(&guest.token()));
}

#[tokio::test]
async fn a_link_works_once_and_then_tells_the_app() {
    let merchant = Merchant::new().await;
    let guest = Guest::invited_to(&merchant, "line").await;
    Browser::new(routes(&merchant)).get(&guest.link).await;

    let again = Browser::new(routes(&merchant)).get(&guest.link).await;

    let expected = format!("https://shop.example/back?session_id={}&status=auth_expired", guest.session);
    assert_eq!(again.leads_to().unwrap(), expected);
}

#[tokio::test]
async fn a_used_link_without_a_callback_shows_a_page_and_asks_for_no_code() {
    let merchant = Merchant::new().await;
    let customer = merchant.customer("ada@example.com").await;
    let guest = Guest::without_callback(&merchant, customer.id, Intent::ViewSubscriptions).await;
    Browser::new(routes(&merchant)).get(&guest.link).await;

    let again = Browser::new(routes(&merchant)).follow(&guest.link).await;

    assert_eq!(again.status, StatusCode::GONE, "{}", again.path());
    assert!(again.html.contains("This link was already used"), "{}", again.html);
    let tokenless = guest.link.split_once("&token=").unwrap().0;
    assert_eq!(Browser::new(routes(&merchant)).follow(tokenless).await.status, StatusCode::GONE);
}

#[tokio::test]
async fn a_link_without_a_callback_that_is_too_old_shows_a_page() {
    let merchant = Merchant::new().await;
    let customer = merchant.customer("ada@example.com").await;
    let guest = Guest::without_callback(&merchant, customer.id, Intent::ViewSubscriptions).await;
    merchant.test.clock().advance(SignedDuration::from_mins(30));
    assert_eq!(Browser::new(routes(&merchant)).follow(&guest.link).await.status, StatusCode::GONE);
}

#[tokio::test]
async fn a_link_followed_again_in_its_own_browser_goes_on() {
    let merchant = Merchant::new().await;
    let guest = Guest::invited_to(&merchant, "line").await;
    let mut browser = Browser::new(routes(&merchant));
    browser.get(&guest.link).await;
    assert_eq!(browser.get(&guest.link).await.leads_to().unwrap(), format!("/checkout/{}", guest.session));
}

#[tokio::test]
async fn a_link_is_too_old_after_half_an_hour() {
    let merchant = Merchant::new().await;
    let guest = Guest::invited_to(&merchant, "line").await;
    merchant.test.clock().advance(SignedDuration::from_mins(30));
    let late = Browser::new(routes(&merchant)).get(&guest.link).await;
    assert!(late.leads_to().unwrap().ends_with("&status=auth_expired"));
}

#[tokio::test]
async fn a_browser_may_act_for_an_hour() {
    let merchant = Merchant::new().await;
    let guest = Guest::invited_to(&merchant, "line").await;
    let mut browser = Browser::new(routes(&merchant));
    let page = browser.follow(&guest.link).await;
    assert_eq!(page.status, StatusCode::OK);
    merchant.test.clock().advance(SignedDuration::from_mins(60));
    let late = browser.get(page.path()).await;
    assert!(late.leads_to().unwrap().ends_with("&status=auth_expired"));
}

#[tokio::test]
async fn the_visit_of_a_customer_who_was_deleted_meanwhile_is_over() {
    let merchant = Merchant::new().await;
    let customer = merchant.customer("ada@example.com").await;
    let guest = Guest::with(&merchant, customer.id, Intent::UpdateUserFullName).await;
    let mut browser = Browser::new(routes(&merchant));
    let form = browser.follow(&guest.link).await;
    assert_eq!(form.status, StatusCode::OK);
    let project = merchant.project();
    customers::delete(merchant.app(), project, customer.id).await.unwrap();

    let late = browser.submit(&form, &[("action", "save"), ("full_name", "Ada Quill")]).await;

    assert!(late.leads_to().unwrap().ends_with("&status=auth_expired"));
    let found = merchant.test.write(move |_, tx| tx.customers(project).find(customer.id)).await;
    assert_eq!(found.unwrap().full_name, None);
}

#[tokio::test]
async fn without_the_right_cookie_there_is_no_visit() {
    let merchant = Merchant::new().await;
    let guest = Guest::invited_to(&merchant, "line").await;
    let mut browser = Browser::new(routes(&merchant));
    let page = browser.follow(&guest.link).await;

    let stranger = Browser::new(routes(&merchant)).get(page.path()).await;
    assert!(stranger.leads_to().unwrap().ends_with("&status=auth_expired"));
    let cookie = browser.cookies().values_mut().next().unwrap();
    cookie.pop();
    cookie.push('!');
    assert_eq!(browser.get(page.path()).await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn hostile_links_get_a_page_and_no_redirect() {
    let merchant = Merchant::new().await;
    let guest = Guest::invited_to(&merchant, "line").await;
    let mut browser = Browser::new(routes(&merchant));
    let unknown = "csn_0000000000000000000000";
    for path in [
        "/checkout/entry",
        "/checkout/entry?session=x&token=y",
        &format!("/checkout/entry?session={unknown}&token=y"),
    ] {
        let shown = browser.get(path).await;
        assert_eq!((shown.status, shown.leads_to()), (StatusCode::NOT_FOUND, None), "{path}");
        assert!(shown.html.starts_with("<!doctype html>"));
    }
    let wrong = format!("/checkout/entry?session={}&token=wrong", guest.session);
    assert!(browser.get(&wrong).await.leads_to().unwrap().ends_with("auth_expired"));
    assert_eq!(
        browser.get(&guest.link).await.status,
        StatusCode::SEE_OTHER,
        "a wrong token used the link up"
    );
}

#[tokio::test]
async fn pages_are_never_cached_framed_or_left_with_a_referrer() {
    let merchant = Merchant::new().await;
    let guest = Guest::invited_to(&merchant, "line").await;
    let page = Browser::new(routes(&merchant)).follow(&guest.link).await;
    assert_eq!(page.headers["cache-control"], "no-store");
    assert_eq!(page.headers["referrer-policy"], "no-referrer");
    let policy = page.headers["content-security-policy"].to_str().unwrap();
    for part in ["default-src 'none'", "frame-ancestors 'none'", "https://shop.example"] {
        assert!(policy.contains(part), "{policy} lacks {part}");
    }
}

#[tokio::test]
async fn a_form_from_elsewhere_changes_nothing() {
    let merchant = Merchant::new().await;
    let guest = Guest::invited_to(&merchant, "line").await;
    let mut browser = Browser::new(routes(&merchant));
    let sim = browser.follow(&guest.link).await;

    let forged = browser
        .post(sim.path(), &[("form_token", "0000"), ("action", "continue"), ("sim_choice", "new")])
        .await;
    assert_eq!(forged.status, StatusCode::CONFLICT);
    let left = browser.post(&format!("/checkout/{}/leave", guest.session), &[("form_token", "")]).await;
    assert_eq!(left.status, StatusCode::CONFLICT);

    assert_eq!(browser.follow(&guest.link).await.path(), sim.path());
}

#[tokio::test]
async fn the_chosen_language_stays_for_the_visit() {
    let merchant = Merchant::new().await;
    let guest = Guest::invited_to(&merchant, "line").await;
    let mut browser = Browser::new(routes(&merchant));
    let page = browser.follow(&guest.link).await;
    let switched = browser.follow(&format!("{}?lang=de", page.path())).await;
    assert_eq!(switched.path(), page.path());
    assert!(switched.html.contains("<html lang=\"de\""));
    assert!(browser.get(page.path()).await.html.contains("<html lang=\"de\""));
}

#[tokio::test]
async fn the_details_of_a_new_customer_make_one_when_the_link_is_followed() {
    let merchant = Merchant::new().await;
    let guest = Guest::new_to(&merchant, "line", "new@example.com").await;
    let project = merchant.project();
    let find = || merchant.test.write(move |_, tx| tx.customers(project).find_by_email("new@example.com"));
    assert!(find().await.is_none());
    Browser::new(routes(&merchant)).get(&guest.link).await;
    let customer = find().await.unwrap();
    assert_eq!(customer.full_name.as_deref(), Some("Ada Quill"));
    assert!(!customer.email_verified);
}

#[tokio::test]
async fn an_address_that_was_taken_meanwhile_closes_the_link() {
    let merchant = Merchant::new().await;
    let guest = Guest::new_to(&merchant, "line", "new@example.com").await;
    merchant.customer("New@example.com").await;
    let shown = Browser::new(routes(&merchant)).get(&guest.link).await;
    assert!(shown.leads_to().unwrap().ends_with("&status=auth_expired"));
}
