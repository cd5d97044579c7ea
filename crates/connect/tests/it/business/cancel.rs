//! Ending what a business has.

use http::StatusCode;
use perennial_domain::{Id, Subscription};

use super::{CONFIRM, CU, House, SU, UID, assert_page, form};

fn cancel(subscription: &Subscription) -> String {
    let uid = subscription.id.uuid().to_string();
    form("/checkout/cancel", &[("smng_external_id", &uid), ("su", SU), ("cu", CU)])
}

#[tokio::test]
async fn a_cancellation_is_explained_counts_from_the_end_of_the_cycle_and_can_be_left() {
    let house = House::holding("crew-plus").await;
    let held = house.live().await.remove(0);
    let mut browser = house.browser();
    let shown = browser.get(&cancel(&held)).await;
    assert_page(&shown, StatusCode::OK);
    assert!(shown.html.contains("Cancel on April 4") && shown.html.contains("Signatures"), "{}", shown.html);
    let left = browser.submit(&shown, &[("action", "leave")]).await;
    assert_eq!(left.leads_to().as_deref(), Some(CU));
    assert!(house.live().await.remove(0).canceled_at.is_none());

    for _ in 0..2 {
        let done = browser.submit(&shown, &CONFIRM).await;
        assert_eq!(done.leads_to().as_deref(), Some(SU), "{}", done.html);
    }
    let canceled = house.live().await.remove(0);
    assert_eq!(canceled.ended_at, held.current_period.unwrap().end);
    assert!(canceled.canceled_at.is_some() && canceled.is_live());
}

#[tokio::test]
async fn without_a_way_on_a_page_says_what_was_done() {
    let house = House::holding("crew-basic").await;
    let uid = house.live().await.remove(0).id.uuid().to_string();
    let mut browser = house.browser();
    let shown = browser.get(&form("/checkout/cancel", &[("smng_external_id", &uid), ("lang", "de")])).await;
    assert!(shown.html.contains("lang=\"de\""), "{}", shown.html);
    let done = browser.submit(&shown, &CONFIRM).await;
    assert_page(&done, StatusCode::OK);
    assert!(done.html.contains("Crew Basic"), "{}", done.html);
}

#[tokio::test]
async fn what_comes_along_is_paid_once_or_is_over_cannot_be_cancelled() {
    let house = House::holding("crew-plus").await;
    house.buy("setup").await;
    let mut browser = house.browser();
    let all = house.merchant.subscriptions().await;
    let bundled = all.iter().find(|it| it.bundled_from_id.is_some()).unwrap();
    let once = all.iter().find(|it| !it.term.renews()).unwrap();
    for subscription in [bundled, once] {
        assert_page(&browser.get(&cancel(subscription)).await, StatusCode::BAD_REQUEST);
    }
    let plan = all.iter().find(|it| it.stripe_subscription_id.is_some()).unwrap();
    let shown = browser.get(&cancel(plan)).await;
    let (app, project, id) = (house.merchant.app(), house.merchant.project(), plan.id);
    perennial_core::subscriptions::end_subscription(app, project, id).await.unwrap();
    assert_page(&browser.get(&cancel(plan)).await, StatusCode::NOT_FOUND);
    assert_page(&browser.submit(&shown, &CONFIRM).await, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn a_subscription_of_another_business_is_nobodys_here() {
    let house = House::holding("crew-basic").await;
    let uid = house.live().await.remove(0).id.uuid().to_string();
    let mut browser = house.browser();
    let theirs = form("/checkout/cancel", &[("smng_external_id", &uid), ("business_uid", UID)]);
    assert_page(&browser.get(&theirs).await, StatusCode::OK);
    for parameters in [
        vec![("smng_external_id", uid.as_str()), ("business_uid", "somebodyelse")],
        vec![("smng_external_id", "0197e0f4-0000-7000-8000-000000000001")],
    ] {
        assert_page(&browser.get(&form("/checkout/cancel", &parameters)).await, StatusCode::NOT_FOUND);
    }
    assert_page(&browser.get("/checkout/cancel").await, StatusCode::BAD_REQUEST);
    assert_page(&browser.get("/checkout/cancel?smng_external_id=x").await, StatusCode::BAD_REQUEST);
}

#[tokio::test]
async fn a_cancellation_from_another_day_than_was_shown_is_shown_first() {
    let house = House::holding("crew-plus").await;
    let held = house.live().await.remove(0);
    let mut browser = house.browser();
    let shown = browser.get(&cancel(&held)).await;
    let again = browser.submit(&shown, &[("action", "confirm"), ("ending", "2031-03-04")]).await;
    assert_page(&again, StatusCode::OK);
    assert!(again.html.contains("Cancel on April 4"), "{}", again.html);
    assert!(house.live().await.remove(0).canceled_at.is_none());
    assert_eq!(browser.submit(&again, &CONFIRM).await.leads_to().as_deref(), Some(SU));
}
