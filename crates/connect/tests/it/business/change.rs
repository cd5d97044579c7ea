//! Another plan in place of the one that a business has.

use http::StatusCode;
use jiff::SignedDuration;
use perennial_core::context::Cx;
use perennial_core::store::Tx;
use perennial_domain::{BillingBackend, BusinessSettings, ChangeProration, SubscriptionState};
use perennial_testkit::{Browser, LineState, Shown, rows};

use super::{CATALOG, CONFIRM, CU, House, SU, assert_page, change, form, settings};

const TO_PLUS: (&str, &str) = ("crew_basic", "crew_plus");

async fn open(house: &House) -> (Browser, Shown) {
    let mut browser = house.browser();
    let shown = browser.get(&change(TO_PLUS.0, TO_PLUS.1)).await;
    assert_page(&shown, StatusCode::OK);
    (browser, shown)
}

#[tokio::test]
async fn a_change_is_shown_charged_and_made_and_leads_to_where_it_should() {
    let house = House::holding("crew-basic").await;
    let before = house.live().await.remove(0);
    let (mut browser, shown) = open(&house).await;
    assert!(shown.html.contains("$24.00 today, then $24.00 every month"), "{}", shown.html);
    assert!(shown.html.contains("is not paid back") && shown.html.contains("4242"), "{}", shown.html);
    assert_eq!(house.paid().await, [1200], "looking costs nothing");

    let done = browser.submit(&shown, &CONFIRM).await;
    assert_eq!((done.status, done.leads_to().as_deref()), (StatusCode::SEE_OTHER, Some(SU)));
    let after = house.live().await.remove(0);
    assert_eq!(house.holds().await, ["crew-plus"]);
    assert_eq!(after.stripe_subscription_id, before.stripe_subscription_id);
    house.merchant.hear_from_stripe().await;
    assert_eq!(house.paid().await, [1200, 2400]);

    let project = house.merchant.project();
    let old =
        house.merchant.test.write(move |_, tx| tx.subscriptions(project).find(before.id)).await.unwrap();
    assert_eq!((old.state, old.ended_at), (SubscriptionState::Ended, Some(after.created_at)));
    let given = house.merchant.subscriptions().await;
    assert!(
        given.iter().any(|it| it.is_live() && it.bundled_from_id == Some(after.id)),
        "the bundle comes along"
    );
}

#[tokio::test]
async fn a_form_that_is_sent_twice_or_from_two_tabs_changes_and_charges_once() {
    let house = House::holding("crew-basic").await;
    let (mut browser, shown) = open(&house).await;
    let other_tab = browser.get(shown.path()).await;
    for form in [&shown, &shown, &other_tab, &shown] {
        let done = browser.submit(form, &CONFIRM).await;
        assert_eq!(done.leads_to().as_deref(), Some(SU), "{}", done.html);
    }
    let both = [browser.clone().submit(&shown, &CONFIRM).await, browser.submit(&other_tab, &CONFIRM).await];
    assert!(both.iter().all(|done| done.leads_to().as_deref() == Some(SU)));
    house.merchant.hear_from_stripe().await;
    assert_eq!(house.paid().await, [1200, 2400]);
    assert_eq!(house.holds().await, ["crew-plus"]);
}

#[tokio::test]
async fn two_tabs_at_once_change_and_charge_once() {
    let house = House::holding("crew-basic").await;
    let (mut browser, shown) = open(&house).await;
    let other_tab = browser.get(shown.path()).await;
    let mut other = browser.clone();
    let both = tokio::join!(browser.submit(&shown, &CONFIRM), other.submit(&other_tab, &CONFIRM));
    // Each is led on, or told that the other one is at it; and one of them is led on.
    let statuses = [both.0.status, both.1.status];
    let is_told = |status: &StatusCode| matches!(*status, StatusCode::SEE_OTHER | StatusCode::CONFLICT);
    assert!(statuses.iter().all(is_told) && statuses.contains(&StatusCode::SEE_OTHER), "{statuses:?}");
    house.merchant.hear_from_stripe().await;
    assert_eq!(house.paid().await, [1200, 2400]);
    assert_eq!(house.holds().await, ["crew-plus"]);
}

#[tokio::test]
async fn a_sum_that_was_not_shown_is_shown_first() {
    let house = House::holding("crew-basic").await;
    let (mut browser, shown) = open(&house).await;
    let dearer = CATALOG.replace("amount = 2400\n", "amount = 2600\n");
    house.merchant.apply(&dearer).await;
    let again = browser.submit(&shown, &CONFIRM).await;
    assert_page(&again, StatusCode::OK);
    assert!(again.html.contains("role=\"alert\"") && again.html.contains("$26.00 today"), "{}", again.html);
    assert_eq!((house.paid().await, house.holds().await), (vec![1200], vec!["crew-basic".to_owned()]));

    house.merchant.test.clock().advance(SignedDuration::from_mins(45));
    let late = browser.submit(&again, &CONFIRM).await;
    assert_page(&late, StatusCode::OK);
    let forged = browser.submit(&late, &[("action", "confirm"), ("due", "1")]).await;
    assert_page(&forged, StatusCode::OK);
    assert_eq!(house.paid().await, [1200]);
    let done = browser.submit(&late, &CONFIRM).await;
    assert_eq!(done.leads_to().as_deref(), Some(SU), "{}", done.html);
}

#[tokio::test]
async fn what_is_left_of_the_period_is_credited_where_the_operator_wants_it() {
    let house = House::with(BusinessSettings { change_proration: ChangeProration::On, ..settings() }).await;
    house.buy("crew-basic").await;
    let before = house.live().await.remove(0);
    house.merchant.test.clock().advance(SignedDuration::from_hours(24 * 15));
    let (mut browser, shown) = open(&house).await;
    assert!(
        shown.html.contains("Rest of Crew Basic") && !shown.html.contains("is not paid back"),
        "{}",
        shown.html
    );
    let due: i64 = shown.hidden("due").unwrap().parse().unwrap();
    assert!((500..700).contains(&due), "about half of the difference: {due}");
    browser.submit(&shown, &CONFIRM).await;
    house.merchant.hear_from_stripe().await;
    assert_eq!(house.paid().await, [1200, due]);
    assert_eq!(house.live().await.remove(0).current_period.unwrap().end, before.current_period.unwrap().end);
}

#[tokio::test]
async fn a_declined_card_changes_nothing_and_another_one_can_be_given_at_stripe() {
    let house = House::holding("crew-basic").await;
    house.pay_with("pm_card_chargeCustomerFail").await;
    let (mut browser, shown) = open(&house).await;
    let declined = browser.submit(&shown, &CONFIRM).await;
    assert_page(&declined, StatusCode::OK);
    assert!(
        declined.html.contains("role=\"alert\"") && declined.html.contains("another_card"),
        "{}",
        declined.html
    );
    assert_eq!((house.paid().await, house.holds().await), (vec![1200], vec!["crew-basic".to_owned()]));
    let left = browser.submit(&declined, &[("action", "leave")]).await;
    assert_eq!(left.leads_to().as_deref(), Some(CU));

    let at_stripe = browser.submit(&declined, &[("action", "another_card")]).await;
    let back = house.pay_and_return(&mut browser, &at_stripe).await;
    assert_eq!(back.leads_to().as_deref(), Some(SU), "{}", back.html);
    house.merchant.hear_from_stripe().await;
    assert_eq!((house.paid().await, house.holds().await), (vec![1200, 2400], vec!["crew-plus".to_owned()]));
}

#[tokio::test]
async fn a_bank_that_asks_leads_back_to_the_same_form() {
    for says_yes in [true, false] {
        let house = House::holding("crew-basic").await;
        house.pay_with("pm_card_authenticationRequired").await;
        let (mut browser, shown) = open(&house).await;
        let challenge = browser.submit(&shown, &CONFIRM).await.leads_to().unwrap();
        let intent = challenge.strip_prefix("http://stripe.test/3ds/").expect(&challenge);
        let intent = intent.split('?').next().unwrap().to_owned();
        assert_eq!(house.holds().await, ["crew-basic"], "nothing changes before the bank has said yes");
        let asked = house.merchant.stripe().get(&format!("/v1/payment_intents/{intent}")).await.expect(200);
        let return_url = asked["next_action"]["redirect_to_url"]["return_url"].as_str().unwrap().to_owned();
        house.merchant.sandbox.complete_challenge(&intent, says_yes).await.unwrap();
        let back = browser.follow(return_url.strip_prefix("https://connect.example").unwrap()).await;
        if says_yes {
            assert_eq!(back.leads_to().as_deref(), Some(SU), "{}", back.html);
            assert_eq!(house.holds().await, ["crew-plus"]);
        } else {
            assert!(back.path().starts_with("/checkout/change-plan?"), "{}", back.path());
            assert!(back.html.contains("role=\"alert\""), "{}", back.html);
            assert_eq!(house.holds().await, ["crew-basic"]);
        }
    }
}

#[tokio::test]
async fn without_stripe_nothing_is_changed_and_the_same_form_can_be_sent_again() {
    let house = House::holding("crew-basic").await;
    let (mut browser, shown) = open(&house).await;
    house.merchant.line.set(LineState::Cut);
    let refused = browser.submit(&shown, &CONFIRM).await;
    assert_page(&refused, StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(house.holds().await, ["crew-basic"]);
    house.merchant.line.set(LineState::Open);
    assert_eq!(browser.submit(&shown, &CONFIRM).await.leads_to().as_deref(), Some(SU));
}

#[tokio::test]
async fn a_charge_whose_answer_is_lost_is_looked_for_and_not_repeated() {
    let house = House::holding("seats").await;
    house.give("crew-free").await;
    let mut browser = house.browser();
    let monthly = house.price("crew-basic", "monthly").await;
    let shown = browser.get(&change("crew_free", &monthly)).await;
    house.merchant.line.set(LineState::LosesAnswers);
    let waiting = browser.submit(&shown, &CONFIRM).await;
    assert!(
        waiting.path().starts_with("/checkout/forms/") && waiting.html.contains("data-next"),
        "{}",
        waiting.html
    );
    assert!(house.holds().await.contains(&"crew-free".to_owned()), "never without a plan");
    house.merchant.line.set(LineState::Open);
    let done = browser.get(waiting.path()).await;
    assert_eq!(done.leads_to().as_deref(), Some(SU), "{}", done.html);
    house.merchant.hear_from_stripe().await;
    assert_eq!(house.paid().await, [700, 1200]);
    assert_eq!(house.holds().await, ["crew-basic", "seats"]);
}

#[tokio::test]
async fn a_free_plan_becomes_a_paid_one_at_stripes_page_and_a_paid_one_free_at_once() {
    let house = House::open().await;
    house.give("crew-free").await;
    let mut browser = house.browser();
    assert_page(&browser.get(&change("crew_free", "crew_basic")).await, StatusCode::BAD_REQUEST);
    let monthly = house.price("crew-basic", "monthly").await;
    let shown = browser.get(&change("crew_free", &monthly)).await;
    assert!(shown.html.contains("Continue to pay $12.00"), "{}", shown.html);
    let at_stripe = browser.submit(&shown, &CONFIRM).await;
    let turned_back = browser.follow(&at_form(&house, &at_stripe).await).await;
    assert!(turned_back.html.contains("role=\"alert\""), "who turns back is told so: {}", turned_back.html);
    let back = house.pay_and_return(&mut browser, &at_stripe).await;
    assert_eq!(back.leads_to().as_deref(), Some(SU), "{}", back.html);
    assert_eq!(house.holds().await, ["crew-basic"]);

    house.merchant.hear_from_stripe().await;
    let shown = browser.get(&change("crew_basic", "crew_free")).await;
    assert_eq!(shown.hidden("due").as_deref(), Some("0"));
    let done = browser.submit(&shown, &CONFIRM).await;
    assert_eq!(done.leads_to().as_deref(), Some(SU), "{}", done.html);
    house.merchant.hear_from_stripe().await;
    assert_eq!(house.holds().await, ["crew-free"]);
    let billed = house.merchant.stripe().get("/v1/subscriptions?status=active").await.expect(200);
    assert_eq!(billed["data"].as_array().unwrap().len(), 0, "nothing is billed any more");
}

/// Where Stripe's page sends who turns back, on this host.
async fn at_form(house: &House, at_stripe: &Shown) -> String {
    let page = at_stripe.leads_to().unwrap();
    let session = page.rsplit('/').next().unwrap().split(['?', '#']).next().unwrap();
    let session = house.merchant.stripe().get(&format!("/v1/checkout/sessions/{session}")).await.expect(200);
    let back = session["cancel_url"].as_str().unwrap();
    back.strip_prefix("https://connect.example").unwrap().to_owned()
}

#[tokio::test]
async fn another_rhythm_of_the_same_plan_is_another_offer() {
    let house = House::holding("crew-basic").await;
    let yearly = house.price("crew-basic", "yearly").await;
    let mut browser = house.browser();
    let shown = browser.get(&change("crew_basic", &yearly)).await;
    assert!(shown.html.contains("$120.00 today"), "{}", shown.html);
    assert_eq!(browser.submit(&shown, &CONFIRM).await.leads_to().as_deref(), Some(SU));
    house.merchant.hear_from_stripe().await;
    assert_eq!(house.paid().await, [1200, 12000]);
}

#[tokio::test]
async fn where_another_system_charges_the_change_is_only_recorded() {
    let house = House::with(BusinessSettings { billing: BillingBackend::Manual, ..settings() }).await;
    house.give("crew-free").await;
    house.merchant.line.set(LineState::Cut);
    let mut browser = house.browser();
    let monthly = house.price("crew-plus", "monthly").await;
    let shown = browser.get(&change("crew_free", &monthly)).await;
    for _ in 0..2 {
        let done = browser.submit(&shown, &CONFIRM).await;
        assert_eq!(done.leads_to().as_deref(), Some(SU), "{}", done.html);
    }
    assert_eq!(house.holds().await, ["crew-plus"]);
    assert!(house.paid().await.is_empty());
}

#[tokio::test]
async fn the_vendors_address_leads_to_the_form_that_fits() {
    let house = House::holding("crew-basic").await;
    let mut browser = house.browser();
    let gateway = |plan: &str| {
        form("/app/settings/paygateproxy", &[("b_uid", super::UID), ("plan", plan), ("su", SU), ("cu", CU)])
    };
    let shown = browser.follow(&gateway("crew_plus")).await;
    assert!(
        shown.path().starts_with("/checkout/change-plan?") && shown.html.contains("Crew Plus"),
        "{}",
        shown.path()
    );
    let shown = browser.follow(&gateway("seats_5")).await;
    assert!(
        shown.path().starts_with("/checkout/purchase?") && shown.html.contains("Five seats"),
        "{}",
        shown.path()
    );
}

#[tokio::test]
async fn a_plan_whose_change_is_being_paid_is_not_taken_away_by_recording_another() {
    let house = House::with(BusinessSettings { billing: BillingBackend::Manual, ..settings() }).await;
    house.buy("crew-basic").await;
    let (mut browser, shown) = open(&house).await;
    let (project, held) = (house.merchant.project(), house.live().await.remove(0));
    let write = move |cx: &Cx, tx: &mut Tx<'_>| {
        let change = rows::change_being_paid(cx, &held);
        tx.subscription_changes(project).insert(&change)
    };
    house.merchant.test.write(write).await;
    let refused = browser.submit(&shown, &CONFIRM).await;
    assert_page(&refused, StatusCode::CONFLICT);
    assert_eq!(house.holds().await, ["crew-basic"]);
}
