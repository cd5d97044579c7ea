//! One form that is sent twice at the same moment, as by a double click: it does its work once, and both answers say so.

use http::StatusCode;
use perennial_domain::{BillingBackend, BusinessSettings, Id};
use perennial_testkit::{Browser, Shown};
use serde_json::json;

use super::{CONFIRM, CU, House, SU, UID, change, form, settings};

/// What is asked of Stripe before a change is reserved.
const PREVIEW: &str = "POST /v1/invoices/create_preview";

/// Sends the form twice at once. Both senders come to where a form leads that did what it should.
async fn click_twice(browser: &Browser, shown: &Shown) {
    let (mut first, mut second) = (browser.clone(), browser.clone());
    let answers = tokio::join!(first.submit(shown, &CONFIRM), second.submit(shown, &CONFIRM));
    for answer in [answers.0, answers.1] {
        led_on(&mut first, &answer).await;
    }
}

/// Either is led on at once, or waits for the other and is led on then.
async fn led_on(browser: &mut Browser, answer: &Shown) {
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.html);
    let path = answer.leads_to().unwrap();
    if path != SU {
        let waiting = path.strip_prefix("https://connect.example").unwrap_or(&path);
        assert!(waiting.starts_with("/checkout/forms/"), "{path}");
        assert_eq!(browser.get(waiting).await.leads_to().as_deref(), Some(SU));
    }
}

async fn cart(house: &House) -> String {
    let items = json!([
        { "purchasable_price_uid": house.price("crew-plus", "monthly").await },
        { "purchasable_price_uid": house.price("seats", "monthly").await },
    ]);
    let items = items.to_string();
    form("/checkout/purchase", &[("business_uid", UID), ("cart_items", &items), ("su", SU), ("cu", CU)])
}

#[tokio::test]
async fn a_change_is_made_and_charged_once() {
    let house = House::holding("crew-basic").await;
    let mut browser = house.browser();
    let shown = browser.get(&change("crew_basic", "crew_plus")).await;
    click_twice(&browser, &shown).await;
    house.merchant.hear_from_stripe().await;
    assert_eq!((house.paid().await, house.holds().await), (vec![1200, 2400], vec!["crew-plus".to_owned()]));
}

#[tokio::test]
async fn a_change_that_the_other_click_has_made_meanwhile_is_the_same_change() {
    let house = House::holding("crew-basic").await;
    let mut browser = house.browser();
    let shown = browser.get(&change("crew_basic", "crew_plus")).await;
    let mut other = browser.clone();
    let held = house.merchant.line.hold(PREVIEW);
    let (first, second) = tokio::join!(browser.submit(&shown, &CONFIRM), async {
        held.arrived().await;
        let answer = other.submit(&shown, &CONFIRM).await;
        held.release();
        answer
    });
    for answer in [first, second] {
        assert_eq!(answer.leads_to().as_deref(), Some(SU), "{}", answer.html);
    }
    house.merchant.hear_from_stripe().await;
    assert_eq!((house.paid().await, house.holds().await), (vec![1200, 2400], vec!["crew-plus".to_owned()]));
}

#[tokio::test]
async fn what_somebody_else_charges_is_changed_once() {
    let house = House::holding("crew-basic").await;
    house.set(BusinessSettings { billing: BillingBackend::Manual, ..settings() }).await;
    let mut browser = house.browser();
    let shown = browser.get(&change("crew_basic", "crew_plus")).await;
    click_twice(&browser, &shown).await;
    assert_eq!(house.holds().await, ["crew-plus"]);
    assert_eq!(house.paid().await, [1200]);
}

#[tokio::test]
async fn a_cart_is_bought_and_charged_once() {
    let house = House::holding("setup").await;
    house.pay_with("pm_card_visa").await;
    let mut browser = house.browser();
    let shown = browser.get(&cart(&house).await).await;
    click_twice(&browser, &shown).await;
    house.merchant.hear_from_stripe().await;
    assert_eq!(house.paid().await, [9900, 2400, 700]);
    assert_eq!(house.holds().await, ["crew-plus", "seats", "setup"]);
}

#[tokio::test]
async fn a_subscription_is_cancelled_once() {
    let house = House::holding("crew-plus").await;
    let held = house.live().await.remove(0);
    let uid = held.id.uuid().to_string();
    let mut browser = house.browser();
    let shown =
        browser.get(&form("/checkout/cancel", &[("smng_external_id", &uid), ("su", SU), ("cu", CU)])).await;
    click_twice(&browser, &shown).await;
    let canceled = house.live().await.remove(0);
    assert_eq!(canceled.ended_at, held.current_period.unwrap().end);
}
