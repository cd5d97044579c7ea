//! Buying what is in a cart.

use http::StatusCode;
use perennial_domain::{BillingBackend, BusinessSettings, Id};
use perennial_testkit::LineState;
use serde_json::{Value, json};

use super::{CONFIRM, CU, House, SU, UID, assert_page, form, settings};

fn cart(items: &Value) -> String {
    form(
        "/checkout/purchase",
        &[("business_uid", UID), ("cart_items", &items.to_string()), ("su", SU), ("cu", CU)],
    )
}

#[tokio::test]
async fn a_cart_without_a_card_is_paid_at_stripe_and_the_rest_with_the_card_that_was_given() {
    let house = House::open().await;
    let items = json!([
        { "purchasable_price_uid": house.price("crew-plus", "monthly").await, "price": 24, "currency": "USD" },
        { "purchasable_price_uid": house.price("seats", "monthly").await, "price": "7.00" },
        { "purchasable_price_uid": house.price("setup", "once").await, "billing_period": "single_charge" },
    ]);
    let mut browser = house.browser();
    let shown = browser.get(&cart(&items)).await;
    assert_page(&shown, StatusCode::OK);
    assert!(
        shown.html.contains("Continue to pay $130.00") && !shown.html.contains("role=\"alert\""),
        "{}",
        shown.html
    );
    let at_stripe = browser.submit(&shown, &CONFIRM).await;
    assert!(house.holds().await.is_empty(), "nothing is had before it is paid");
    let back = house.pay_and_return(&mut browser, &at_stripe).await;
    assert_eq!(back.leads_to().as_deref(), Some(SU), "{}", back.html);
    assert_eq!(house.holds().await, ["crew-plus", "seats", "setup"]);
    house.merchant.hear_from_stripe().await;
    assert_eq!(house.paid().await, [2400, 700, 9900]);

    let again = browser.submit(&shown, &CONFIRM).await;
    assert_eq!(again.leads_to().as_deref(), Some(SU), "sent again it is the same purchase");
    assert_eq!(house.paid().await, [2400, 700, 9900]);
}

/// What the newest page of Stripe's shows as the address, and whether it asks for one.
async fn asked_for(house: &House) -> (Option<String>, bool) {
    let sessions = house.merchant.stripe().get("/v1/checkout/sessions").await.expect(200);
    let newest = sessions["data"][0]["id"].as_str().unwrap();
    let view = house.merchant.sandbox.checkout_view(newest).await.unwrap().unwrap();
    (view.email, view.email_editable)
}

#[tokio::test]
async fn stripes_page_shows_where_a_businesss_mails_go_and_asks_for_no_address() {
    let known = (Some(format!("{UID}@quill.example")), false);
    let house = House::open().await;
    let mut browser = house.browser();
    let seats = json!([{ "purchasable_price_uid": house.price("seats", "monthly").await }]);
    let shown = browser.get(&cart(&seats)).await;
    let at_stripe = browser.submit(&shown, &CONFIRM).await;
    assert_eq!(asked_for(&house).await, known);
    house.pay_and_return(&mut browser, &at_stripe).await;

    house.pay_with("pm_card_authenticationRequired").await;
    let plus = json!([{ "purchasable_price_uid": house.price("crew-plus", "monthly").await }]);
    let shown = browser.get(&cart(&plus)).await;
    let asked = browser.submit(&shown, &CONFIRM).await;
    assert_ne!(asked.leads_to().as_deref(), Some(SU), "the bank asks: {}", asked.html);
    assert_eq!(asked_for(&house).await, known);
}

#[tokio::test]
async fn our_own_prices_count_and_others_are_pointed_out() {
    let house = House::holding("seats").await;
    let uid = house.price("crew-basic", "monthly").await;
    let mut browser = house.browser();
    for wrong in [
        json!({ "price": 1, "currency": "USD" }),
        json!({ "price": 12, "currency": "EUR" }),
        json!({ "price": "12.00", "billing_period": "annually" }),
        json!({ "price": "free" }),
    ] {
        let mut item = wrong.clone();
        item["purchasable_price_uid"] = json!(uid);
        let shown = browser.get(&cart(&json!([item]))).await;
        assert!(
            shown.html.contains("role=\"alert\"") && shown.html.contains("$12.00"),
            "{wrong}: {}",
            shown.html
        );
    }
    let shown = browser.get(&cart(&json!([{ "purchasable_price_uid": uid, "price": 0.01 }]))).await;
    browser.submit(&shown, &CONFIRM).await;
    house.merchant.hear_from_stripe().await;
    assert_eq!(house.paid().await, [700, 1200]);
}

#[tokio::test]
async fn another_package_takes_the_place_of_the_one_before_and_the_same_one_is_not_bought_twice() {
    let house = House::holding("crew-basic").await;
    let mut browser = house.browser();
    let plus = json!([{ "purchasable_price_uid": house.price("crew-plus", "monthly").await }]);
    let shown = browser.get(&cart(&plus)).await;
    assert!(shown.html.contains("Crew Basic ends at the same moment"), "{}", shown.html);
    let done = browser.submit(&shown, &CONFIRM).await;
    assert_eq!(done.leads_to().as_deref(), Some(SU), "{}", done.html);
    assert_eq!(house.holds().await, ["crew-plus"]);

    let twice = browser.get(&cart(&plus)).await;
    assert_page(&twice, StatusCode::CONFLICT);
    let yearly = json!([{ "purchasable_price_uid": house.price("crew-plus", "yearly").await }]);
    assert_page(&browser.get(&cart(&yearly)).await, StatusCode::CONFLICT);
}

#[tokio::test]
async fn a_form_that_is_sent_twice_buys_once_and_a_second_form_buys_again() {
    let house = House::holding("crew-basic").await;
    let seats = cart(&json!([{ "purchasable_price_uid": house.price("seats", "monthly").await }]));
    let mut browser = house.browser();
    let shown = browser.get(&seats).await;
    let mut other = browser.clone();
    let (first, second) = tokio::join!(browser.submit(&shown, &CONFIRM), other.submit(&shown, &CONFIRM));
    for done in [first, second] {
        let leads_on = done.leads_to().as_deref() == Some(SU) || done.path().starts_with("/checkout/forms/");
        assert!(leads_on, "{}", done.html);
    }
    browser.submit(&shown, &CONFIRM).await;
    house.merchant.hear_from_stripe().await;
    assert_eq!(house.paid().await, [1200, 700]);
    let shown = browser.get(&seats).await;
    browser.submit(&shown, &CONFIRM).await;
    house.merchant.hear_from_stripe().await;
    assert_eq!(house.paid().await, [1200, 700, 700], "seats may be bought as often as they are wanted");
}

#[tokio::test]
async fn a_declined_card_buys_nothing() {
    let house = House::holding("crew-basic").await;
    house.pay_with("pm_card_chargeCustomerFail").await;
    let mut browser = house.browser();
    let seats = json!([{ "purchasable_price_uid": house.price("seats", "monthly").await }]);
    let shown = browser.get(&cart(&seats)).await;
    let declined = browser.submit(&shown, &CONFIRM).await;
    assert_page(&declined, StatusCode::OK);
    assert!(
        declined.html.contains("role=\"alert\"") && declined.html.contains("another_card"),
        "{}",
        declined.html
    );
    assert_eq!(house.holds().await, ["crew-basic"]);
    let left = browser.submit(&declined, &[("action", "leave")]).await;
    assert_eq!(left.leads_to().as_deref(), Some(CU));
}

#[tokio::test]
async fn whoever_looks_again_after_a_decline_is_not_charged() {
    let house = House::holding("crew-basic").await;
    house.pay_with("pm_card_chargeCustomerFail").await;
    let mut browser = house.browser();
    let seats = cart(&json!([{ "purchasable_price_uid": house.price("seats", "monthly").await }]));
    let shown = browser.get(&seats).await;
    house.merchant.line.set(LineState::LosesAnswers);
    let waiting = browser.submit(&shown, &CONFIRM).await;
    assert!(waiting.path().starts_with("/checkout/forms/"), "{}", waiting.html);
    house.merchant.line.set(LineState::Open);
    let declined = browser.follow(waiting.path()).await;
    assert!(declined.html.contains("role=\"alert\""), "{}", declined.html);
    house.pay_with("pm_card_visa").await;
    for _ in 0..3 {
        let looked = browser.follow(waiting.path()).await;
        assert!(looked.path().starts_with("/checkout/purchase?"), "{}", looked.path());
    }
    house.merchant.hear_from_stripe().await;
    assert_eq!((house.holds().await, house.paid().await), (vec!["crew-basic".to_owned()], vec![1200]));
    let done = browser.submit(&shown, &CONFIRM).await;
    assert_eq!(done.leads_to().as_deref(), Some(SU), "another yes is another try: {}", done.html);
    house.merchant.hear_from_stripe().await;
    assert_eq!(house.paid().await, [1200, 700]);
}

#[tokio::test]
async fn who_wants_another_card_is_never_charged_on_the_old_one() {
    let house = House::holding("crew-basic").await;
    let mut browser = house.browser();
    let seats = cart(&json!([{ "purchasable_price_uid": house.price("seats", "monthly").await }]));
    let shown = browser.get(&seats).await;
    house.merchant.line.set(LineState::LosesAnswers);
    let waiting = browser.submit(&shown, &[("action", "another_card")]).await;
    assert!(waiting.path().starts_with("/checkout/forms/"), "{}", waiting.html);
    house.merchant.line.set(LineState::Open);
    let at_stripe = browser.get(waiting.path()).await;
    house.merchant.hear_from_stripe().await;
    assert_eq!(house.paid().await, [1200], "the card on file is not asked");
    let back = house.pay_and_return(&mut browser, &at_stripe).await;
    assert_eq!(back.leads_to().as_deref(), Some(SU), "{}", back.html);
}

#[tokio::test]
async fn what_is_paid_of_a_cart_is_not_charged_again_when_the_rest_is_tried_again() {
    let house = House::open().await;
    let items = json!([
        { "purchasable_price_uid": house.price("crew-plus", "monthly").await },
        { "purchasable_price_uid": house.price("seats", "monthly").await },
        { "purchasable_price_uid": house.price("setup", "once").await },
    ]);
    let mut browser = house.browser();
    let shown = browser.get(&cart(&items)).await;
    let at_stripe = browser.submit(&shown, &CONFIRM).await;
    let back = house.pay_at_stripe(&at_stripe).await;
    house.pay_with("pm_card_chargeCustomerFail").await;
    let declined = browser.follow(&back).await;
    assert_page(&declined, StatusCode::OK);
    assert_eq!(house.holds().await, ["crew-plus"]);
    assert_eq!(declined.hidden("due").as_deref(), Some("10600"), "{}", declined.html);
    assert!(!declined.html.contains("Crew Plus"), "{}", declined.html);
    let declined = browser.submit(&declined, &CONFIRM).await;
    assert_eq!(declined.hidden("due").as_deref(), Some("10600"), "{}", declined.html);

    house.pay_with("pm_card_visa").await;
    let mut other = browser.clone();
    let done = browser.submit(&declined, &CONFIRM).await;
    assert_eq!(done.leads_to().as_deref(), Some(SU), "{}", done.html);
    let twice = other.submit(&declined, &CONFIRM).await;
    assert_eq!(twice.leads_to().as_deref(), Some(SU), "{}", twice.html);
    house.merchant.hear_from_stripe().await;
    assert_eq!(house.paid().await, [2400, 700, 9900]);
    assert_eq!(house.holds().await, ["crew-plus", "seats", "setup"]);
}

#[tokio::test]
async fn where_another_system_charges_the_purchase_is_only_recorded_and_without_a_way_on_a_page_says_so() {
    let house = House::with(BusinessSettings { billing: BillingBackend::Manual, ..settings() }).await;
    let items = json!([{ "purchasable_price_uid": house.price("crew-basic", "monthly").await }]).to_string();
    let mut browser = house.browser();
    let shown =
        browser.get(&form("/checkout/purchase", &[("business_uid", UID), ("cart_items", &items)])).await;
    let left = browser.submit(&shown, &[("action", "leave")]).await;
    assert_page(&left, StatusCode::OK);
    assert!(left.html.contains("Nothing was changed"), "{}", left.html);
    let done = browser.submit(&shown, &CONFIRM).await;
    assert_page(&done, StatusCode::OK);
    assert!(done.html.contains("You have Crew Basic now"), "{}", done.html);
    assert_eq!((house.holds().await, house.paid().await), (vec!["crew-basic".to_owned()], Vec::new()));
}

#[tokio::test]
async fn what_was_cancelled_is_bought_anew_in_its_own_place_whoever_charges() {
    for billing in [BillingBackend::Stripe, BillingBackend::Manual] {
        let house = House::with(BusinessSettings { billing, ..settings() }).await;
        house.buy("signatures").await;
        let before = house.live().await.remove(0);
        let mut browser = house.browser();
        let cancel = [("smng_external_id", &*before.id.uuid().to_string()), ("su", SU)];
        let shown = browser.get(&form("/checkout/cancel", &cancel)).await;
        browser.submit(&shown, &CONFIRM).await;
        let app = json!([{ "purchasable_price_uid": house.price("signatures", "monthly").await }]);
        let shown = browser.get(&cart(&app)).await;
        assert!(shown.html.contains("Signatures ends at the same moment"), "{billing:?}: {}", shown.html);
        let done = browser.submit(&shown, &CONFIRM).await;
        assert_eq!(done.leads_to().as_deref(), Some(SU), "{billing:?}: {}", done.html);
        let [held] = house.live().await.try_into().unwrap();
        assert_eq!((held.replaces_id, held.canceled_at), (Some(before.id), None), "{billing:?}");
        assert_page(&browser.get(&cart(&app)).await, StatusCode::CONFLICT);
    }
}

#[tokio::test]
async fn carts_that_cannot_be_are_refused() {
    let house = House::open().await;
    let (plus, euro) = (house.price("crew-plus", "monthly").await, house.price("crew-euro", "monthly").await);
    let seats = house.price("seats", "monthly").await;
    let item = |uid: &str| json!({ "purchasable_price_uid": uid });
    let mut browser = house.browser();
    for (items, status) in [
        (json!([]), StatusCode::BAD_REQUEST),
        (json!({}), StatusCode::BAD_REQUEST),
        (json!([{ "price": 1 }]), StatusCode::BAD_REQUEST),
        (json!([{ "purchasable_price_uid": "crew_plus" }]), StatusCode::BAD_REQUEST),
        (json!([item(&plus), item(&plus)]), StatusCode::BAD_REQUEST),
        (json!([item(&seats), item(&euro)]), StatusCode::BAD_REQUEST),
        (json!(vec![item(&seats); 21]), StatusCode::BAD_REQUEST),
        (json!([item("0197e0f4-0000-7000-8000-000000000001")]), StatusCode::NOT_FOUND),
    ] {
        assert_page(&browser.get(&cart(&items)).await, status);
    }
}

#[tokio::test]
async fn another_price_of_the_same_sum_is_shown_before_anything_is_charged() {
    let house = House::holding("crew-basic").await;
    let cart = json!([{ "purchasable_price_uid": house.price("seats", "monthly").await }]).to_string();
    let mut browser = house.browser();
    let shown =
        browser.get(&form("/checkout/purchase", &[("business_uid", UID), ("cart_items", &cart)])).await;
    let (project, setup) = (house.merchant.project(), house.merchant.product("setup").await.id);
    let others = house.merchant.test.write(move |_, tx| tx.prices(project).active_of_product(setup)).await;
    let other = others[0].id.to_string();
    let again = browser.submit(&shown, &[("action", "confirm"), ("prices", &other)]).await;
    assert_page(&again, StatusCode::OK);
    assert_eq!((again.hidden("prices"), house.paid().await), (shown.hidden("prices"), vec![1200]));
}
