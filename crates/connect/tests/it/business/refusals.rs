//! Why a form is not shown, or does nothing (contracts/business-api.md §9.3).

use http::StatusCode;
use jiff::SignedDuration;
use perennial_domain::BusinessSettings;
use perennial_testkit::Browser;
use serde_json::json;

use super::{CATALOG, CONFIRM, CU, House, SU, UID, assert_page, change, form, settings};
use crate::guest::routes;

#[tokio::test]
async fn changes_that_cannot_be_are_refused() {
    let house = House::holding("crew-basic").await;
    house.buy("signatures").await;
    let monthly = house.price("crew-basic", "monthly").await;
    let mut browser = house.browser();
    for (address, status) in [
        (change("crew_plus", "crew_free"), StatusCode::NOT_FOUND),
        (change("nothing", "crew_plus"), StatusCode::NOT_FOUND),
        (change("crew_basic", "nothing"), StatusCode::NOT_FOUND),
        (change("crew_basic", "crew_basic"), StatusCode::BAD_REQUEST),
        (change("crew_basic", &monthly), StatusCode::BAD_REQUEST),
        (change("crew_basic", "sign_basic"), StatusCode::BAD_REQUEST),
        (change("sign_basic", "crew_plus"), StatusCode::BAD_REQUEST),
        (change("crew_basic", "setup"), StatusCode::BAD_REQUEST),
    ] {
        let shown = browser.get(&address).await;
        assert_page(&shown, status);
        assert!(shown.html.contains(CU), "there is a way back: {}", shown.html);
    }
    for parameters in [
        vec![("current_plan", "crew_basic"), ("selected_plan", "crew_plus")],
        vec![("business_uid", UID), ("current_plan", "crew_basic")],
    ] {
        assert_page(&browser.get(&form("/checkout/change-plan", &parameters)).await, StatusCode::BAD_REQUEST);
    }
    let stranger = [("business_uid", "nobody"), ("selected_plan", "crew_plus")];
    assert_page(&browser.get(&form("/checkout/change-plan", &stranger)).await, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn a_price_is_chosen_like_the_one_before_or_as_the_link_says() {
    let house = House::holding("crew-basic").await;
    let mut browser = house.browser();
    assert_page(&browser.get(&change("crew_basic", "crew_euro")).await, StatusCode::BAD_REQUEST);
    let euro = [
        ("business_id", UID),
        ("currentPlan", "crew_basic"),
        ("plan", "crew_euro"),
        ("billing_period", "annually"),
        ("currency", "EUR"),
    ];
    let shown = browser.get(&form("/checkout/change-plan", &euro)).await;
    assert!(shown.html.contains("€200.00"), "{}", shown.html);
    let product = house.merchant.product("crew-plus").await.id;
    let uid = perennial_domain::Id::uuid(product).to_string();
    let shown = browser.get(&change("crew_basic", &uid)).await;
    assert!(shown.html.contains("$24.00 today"), "a purchasable's id does as well: {}", shown.html);
}

#[tokio::test]
async fn a_renewal_that_is_not_paid_comes_first() {
    let house = House::holding("crew-basic").await;
    house.pay_with("pm_card_chargeCustomerFail").await;
    house.merchant.test.clock().advance(SignedDuration::from_hours(24 * 33));
    house.merchant.sandbox.tick().await.unwrap();
    house.merchant.hear_from_stripe().await;
    assert!(house.live().await.remove(0).is_in_arrears());
    assert_page(&house.browser().get(&change("crew_basic", "crew_plus")).await, StatusCode::CONFLICT);
}

#[tokio::test]
async fn a_nonce_counts_for_its_own_form_business_and_browser_alone() {
    let house = House::holding("crew-basic").await;
    let other = House::found(&house.merchant, "other0000000uid1", "Others").await;
    assert_ne!(other, house.business);
    let mut browser = house.browser();
    let shown = browser.get(&change("crew_basic", "crew_plus")).await;
    let elsewhere = browser.get(&change("crew_basic", "crew_free")).await;
    let foreign_nonce = elsewhere.hidden("form_token").unwrap();
    let uid = house.live().await.remove(0).id;
    let uid = perennial_domain::Id::uuid(uid).to_string();
    let cancel = browser.get(&form("/checkout/cancel", &[("smng_external_id", &uid)])).await;
    let cancel_nonce = cancel.hidden("form_token").unwrap();
    for changed in [
        ("business_uid", "other0000000uid1"),
        ("selected_plan", "crew_free"),
        ("su", "https://desk.example/other"),
        ("form_token", foreign_nonce.as_str()),
        ("form_token", cancel_nonce.as_str()),
        ("form_token", ""),
        ("form_token", "a.1.b"),
    ] {
        let refused = browser.submit(&shown, &[("action", "confirm"), changed]).await;
        assert_page(&refused, StatusCode::CONFLICT);
    }
    let mut stranger = Browser::new(routes(&house.merchant));
    assert_page(&stranger.submit(&shown, &CONFIRM).await, StatusCode::CONFLICT);
    house.merchant.test.clock().advance(SignedDuration::from_hours(13));
    assert_page(&browser.submit(&shown, &CONFIRM).await, StatusCode::CONFLICT);
    assert_eq!((house.holds().await, house.paid().await), (vec!["crew-basic".to_owned()], vec![1200]));
}

#[tokio::test]
async fn ways_back_that_are_not_allowed_are_not_followed() {
    let house = House::holding("crew-basic").await;
    let mut browser = house.browser();
    let with = |name: &'static str, way: &str| {
        let plans = [("business_uid", UID), ("current_plan", "crew_basic"), ("selected_plan", "crew_plus")];
        form("/checkout/change-plan", &[plans.as_slice(), &[(name, way)]].concat())
    };
    for way in [
        "javascript:alert(1)",
        "data:text/html,x",
        "//evil.example/",
        "/\\evil.example/",
        "/relative",
        "https://evil.example/",
        "https://desk.example@evil.example/",
        "https://eve@desk.example/",
        "https://desk.example.evil.example/",
        "https://evil.example%2f@desk.example/",
        "https://desk.example:8443/",
        "ftp://desk.example/",
        "desk.example",
    ] {
        for name in ["su", "cu"] {
            let shown = browser.get(&with(name, way)).await;
            assert_page(&shown, StatusCode::BAD_REQUEST);
            assert!(!shown.html.contains("href=\"https://evil"), "{way}: {}", shown.html);
        }
    }
    let from = [
        ("business_uid", UID),
        ("selected_plan", "crew_plus"),
        ("su", "/done"),
        ("cu", "/back"),
        ("brand_host", "desk.example"),
    ];
    let shown = browser.get(&form("/checkout/change-plan", &from)).await;
    assert_page(&shown, StatusCode::OK);
    let left = browser.submit(&shown, &[("action", "leave")]).await;
    assert_eq!(left.leads_to().as_deref(), Some("https://desk.example/back"));
    let from_elsewhere =
        from.map(|(name, value)| (name, if name == "brand_host" { "evil.example" } else { value }));
    let shown = browser.get(&form("/checkout/change-plan", &from_elsewhere)).await;
    assert_page(&shown, StatusCode::BAD_REQUEST);
    assert_eq!(
        browser.get(SU.strip_prefix("https://desk.example").unwrap()).await.status,
        StatusCode::NOT_FOUND
    );
}

#[tokio::test]
async fn forms_that_nobody_confirmed_lead_nowhere() {
    let house = House::open().await;
    let project = house.merchant.project();
    let mut browser = house.browser();
    for path in [
        "/checkout/forms/x/y".to_owned(),
        format!("/checkout/forms/{project}/frm_0000000000000000000000"),
        format!("/checkout/forms/{project}/{project}"),
    ] {
        assert_page(&browser.get(&path).await, StatusCode::NOT_FOUND);
    }
}

#[tokio::test]
async fn a_cart_and_a_cancellation_take_no_nonce_of_another_form_or_business() {
    let house = House::holding("crew-basic").await;
    house.buy("seats").await;
    House::found(&house.merchant, "other0000000uid1", "Others").await;
    let mut browser = house.browser();
    let items = |uid: &str| json!([{ "purchasable_price_uid": uid }]).to_string();
    let (seats, setup) = (house.price("seats", "monthly").await, house.price("setup", "once").await);
    let cart = |uid: &str| {
        form("/checkout/purchase", &[("business_uid", UID), ("cart_items", &items(uid)), ("su", SU)])
    };
    let (shown, elsewhere) = (browser.get(&cart(&seats)).await, browser.get(&cart(&setup)).await);
    let foreign = elsewhere.hidden("form_token").unwrap();
    for changed in [
        ("business_uid", "other0000000uid1"),
        ("cart_items", items(&setup).as_str()),
        ("form_token", foreign.as_str()),
    ] {
        let refused = browser.submit(&shown, &[("action", "confirm"), changed]).await;
        assert_page(&refused, StatusCode::CONFLICT);
    }
    let held = house.live().await;
    let cancel = |position: usize| {
        let uid = perennial_domain::Id::uuid(held[position].id).to_string();
        form("/checkout/cancel", &[("smng_external_id", &uid), ("su", SU)])
    };
    let (first, second) = (browser.get(&cancel(0)).await, browser.get(&cancel(1)).await);
    let foreign = second.hidden("form_token").unwrap();
    let refused = browser.submit(&first, &[("action", "confirm"), ("form_token", &foreign)]).await;
    assert_page(&refused, StatusCode::CONFLICT);
    let other = second.hidden("smng_external_id").unwrap();
    let refused = browser.submit(&first, &[("action", "confirm"), ("smng_external_id", &other)]).await;
    assert_page(&refused, StatusCode::CONFLICT);
    assert!(house.live().await.iter().all(|held| held.canceled_at.is_none()));
    assert_eq!(house.paid().await, [1200, 700]);
}

#[tokio::test]
async fn a_cart_whose_price_changed_is_shown_again_before_anything_is_charged() {
    let house = House::holding("crew-basic").await;
    let items = json!([{ "purchasable_price_uid": house.price("seats", "monthly").await }]).to_string();
    let cart = form("/checkout/purchase", &[("business_uid", UID), ("cart_items", &items), ("su", SU)]);
    let mut browser = house.browser();
    let shown = browser.get(&cart).await;
    house.merchant.apply(&CATALOG.replace("amount = 700\n", "amount = 800\n")).await;
    let again = browser.submit(&shown, &CONFIRM).await;
    assert_page(&again, StatusCode::OK);
    assert!(again.html.contains("role=\"alert\"") && again.html.contains("$8.00"), "{}", again.html);
    assert_eq!(house.paid().await, [1200]);
    let done = browser.submit(&again, &CONFIRM).await;
    assert_eq!(done.leads_to().as_deref(), Some(SU), "{}", done.html);
    house.merchant.hear_from_stripe().await;
    assert_eq!(house.paid().await, [1200, 800]);
}

#[tokio::test]
async fn a_path_leads_back_to_the_operators_own_base_and_nothing_is_added_to_it() {
    let base = "https://app.example/checkout/".parse().unwrap();
    let house = House::with(BusinessSettings { checkout_base_url: Some(base), ..settings() }).await;
    house.buy("crew-basic").await;
    let mut browser = house.browser();
    let plans = [("business_uid", UID), ("current_plan", "crew_basic"), ("selected_plan", "crew_plus")];
    let ways = [("su", "/done?tab=1"), ("cu", "/back#plans")];
    let shown = browser.get(&form("/checkout/change-plan", &[plans.as_slice(), &ways].concat())).await;
    let left = browser.submit(&shown, &[("action", "leave")]).await;
    assert_eq!(left.status, StatusCode::SEE_OTHER);
    assert_eq!(left.leads_to().as_deref(), Some("https://app.example/back#plans"));
    let done = browser.submit(&shown, &CONFIRM).await;
    assert_eq!(done.status, StatusCode::SEE_OTHER);
    assert_eq!(done.leads_to().as_deref(), Some("https://app.example/done?tab=1"));
}
