//! What was charged and not written down: finished by whoever looks next, charged once, and never without a plan.

use http::StatusCode;
use jiff::SignedDuration;
use perennial_core::business::forms::forget_forms;
use perennial_core::checkout::sweep_checkouts;
use perennial_core::subscriptions::sweep_subscription_changes;
use perennial_domain::Id;
use perennial_testkit::{Browser, LineState, Shown};
use serde_json::json;

use super::{CONFIRM, House, SU, UID, assert_page, change, form};

/// Who finishes it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Finisher {
    /// The customer sends the same form again.
    SameForm,
    /// Their browser looks at what came of it.
    Browser,
    /// Nobody but our own sweeps.
    Sweeps,
}

const FINISHERS: [Finisher; 3] = [Finisher::SameForm, Finisher::Browser, Finisher::Sweeps];

impl Finisher {
    async fn finish(self, house: &House, browser: &mut Browser, shown: &Shown, waiting: &Shown) {
        match self {
            Self::SameForm => drop(browser.submit(shown, &CONFIRM).await),
            Self::Browser => drop(browser.follow(waiting.path()).await),
            Self::Sweeps => {
                house.merchant.test.clock().advance(SignedDuration::from_mins(6));
                sweep_checkouts(house.merchant.app()).await.unwrap();
                sweep_subscription_changes(house.merchant.app()).await.unwrap();
            }
        }
        house.merchant.hear_from_stripe().await;
    }
}

/// What is asked of Stripe just before a charge.
const PREVIEW: &str = "POST /v1/invoices/create_preview";

/// Sends a form. From the request after this one on, the line to Stripe is in this state; then it is mended.
async fn submit_and_fail_after(
    house: &House,
    browser: &mut Browser,
    shown: &Shown,
    request: &str,
    state: LineState,
) -> Shown {
    let held = house.merchant.line.hold(request);
    let (waiting, ()) = tokio::join!(browser.submit(shown, &CONFIRM), async {
        held.arrived().await;
        house.merchant.line.set(state);
        held.release();
    });
    house.merchant.line.set(LineState::Open);
    house.merchant.line.arrive_late().await;
    waiting
}

#[tokio::test]
async fn a_form_is_forgotten_long_after_it_was_confirmed() {
    let house = House::holding("crew-basic").await;
    let mut browser = house.browser();
    let shown = browser.get(&change("crew_basic", "crew_plus")).await;
    browser.submit(&shown, &CONFIRM).await;
    for (pause, forgotten) in [(89, 0), (2, 1), (1, 0)] {
        house.merchant.test.clock().advance(SignedDuration::from_hours(24 * pause));
        assert_eq!(forget_forms(house.merchant.app()).await.unwrap(), forgotten);
    }
    assert_page(&browser.submit(&shown, &CONFIRM).await, StatusCode::CONFLICT);
}

#[tokio::test]
async fn a_change_that_stripe_makes_and_we_do_not_hear_of_is_finished_and_charged_once() {
    for state in [LineState::LosesAnswers, LineState::Late, LineState::Cut, LineState::Nonsense] {
        for finisher in FINISHERS {
            let house = House::holding("crew-basic").await;
            let mut browser = house.browser();
            let shown = browser.get(&change("crew_basic", "crew_plus")).await;
            let waiting = submit_and_fail_after(&house, &mut browser, &shown, PREVIEW, state).await;
            assert!(waiting.path().starts_with("/checkout/forms/"), "{state:?}: {}", waiting.path());
            assert_eq!(house.holds().await, ["crew-basic"], "{state:?}: never without a plan");
            finisher.finish(&house, &mut browser, &shown, &waiting).await;
            assert_eq!(house.holds().await, ["crew-plus"], "{state:?} {finisher:?}");
            assert_eq!(house.paid().await, [1200, 2400], "{state:?} {finisher:?}");
            assert_eq!(browser.get(waiting.path()).await.leads_to().as_deref(), Some(SU));
        }
    }
}

#[tokio::test]
async fn a_plan_that_is_bought_anew_is_finished_and_charged_once() {
    for state in [LineState::LosesAnswers, LineState::Late] {
        for finisher in FINISHERS {
            let house = House::holding("seats").await;
            house.give("crew-free").await;
            let mut browser = house.browser();
            let monthly = house.price("crew-basic", "monthly").await;
            let shown = browser.get(&change("crew_free", &monthly)).await;
            let waiting = submit_and_fail_after(&house, &mut browser, &shown, PREVIEW, state).await;
            assert_eq!(house.holds().await, ["crew-free", "seats"], "never without a plan");
            finisher.finish(&house, &mut browser, &shown, &waiting).await;
            assert_eq!(house.holds().await, ["crew-basic", "seats"], "{state:?} {finisher:?}");
            assert_eq!(house.paid().await, [700, 1200], "{state:?} {finisher:?}");
        }
    }
}

#[tokio::test]
async fn a_purchase_that_stripe_makes_and_we_do_not_hear_of_is_finished_and_charged_once() {
    for state in [LineState::LosesAnswers, LineState::Late] {
        for finisher in FINISHERS {
            let house = House::holding("crew-basic").await;
            let mut browser = house.browser();
            let seats = json!([{ "purchasable_price_uid": house.price("seats", "monthly").await }]);
            let cart = [("business_uid", UID), ("cart_items", &seats.to_string()), ("su", SU)];
            let shown = browser.get(&form("/checkout/purchase", &cart)).await;
            let waiting = submit_and_fail_after(&house, &mut browser, &shown, PREVIEW, state).await;
            finisher.finish(&house, &mut browser, &shown, &waiting).await;
            assert_eq!(house.holds().await, ["crew-basic", "seats"], "{state:?} {finisher:?}");
            assert_eq!(house.paid().await, [1200, 700], "{state:?} {finisher:?}");
        }
    }
}

#[tokio::test]
async fn what_never_reached_stripe_is_not_charged_by_a_sweep_and_can_be_confirmed_again() {
    let house = House::holding("seats").await;
    house.give("crew-free").await;
    let mut browser = house.browser();
    let monthly = house.price("crew-basic", "monthly").await;
    let shown = browser.get(&change("crew_free", &monthly)).await;
    house.merchant.line.set(LineState::Cut);
    let waiting = browser.submit(&shown, &CONFIRM).await;
    house.merchant.line.set(LineState::Open);
    Finisher::Sweeps.finish(&house, &mut browser, &shown, &waiting).await;
    assert_eq!(house.holds().await, ["crew-free", "seats"]);
    assert_eq!(house.paid().await, [700]);
    let done = browser.submit(&shown, &CONFIRM).await;
    assert_eq!(done.leads_to().as_deref(), Some(SU), "{}", done.html);
    house.merchant.hear_from_stripe().await;
    assert_eq!(house.paid().await, [700, 1200]);
}

#[tokio::test]
async fn a_page_of_stripes_whose_address_was_lost_is_opened_again_and_paid_once() {
    let house = House::open().await;
    let mut browser = house.browser();
    let monthly = house.price("crew-basic", "monthly").await;
    let items = json!([{ "purchasable_price_uid": monthly }]).to_string();
    let cart = form("/checkout/purchase", &[("business_uid", UID), ("cart_items", &items), ("su", SU)]);
    let shown = browser.get(&cart).await;
    house.merchant.line.set(LineState::LosesAnswers);
    let waiting = browser.submit(&shown, &CONFIRM).await;
    assert!(waiting.path().starts_with("/checkout/forms/"), "{}", waiting.html);
    house.merchant.line.set(LineState::Open);
    let at_stripe = browser.get(waiting.path()).await;
    let back = house.pay_and_return(&mut browser, &at_stripe).await;
    assert_eq!(back.leads_to().as_deref(), Some(SU), "{}", back.html);
    house.merchant.hear_from_stripe().await;
    assert_eq!((house.holds().await, house.paid().await), (vec!["crew-basic".to_owned()], vec![1200]));
}

#[tokio::test]
async fn a_cancellation_whose_answer_is_lost_is_cancelled_once_it_is_sent_again() {
    let house = House::holding("crew-basic").await;
    let held = house.live().await.remove(0);
    let uid = held.id.uuid().to_string();
    let mut browser = house.browser();
    let shown = browser.get(&form("/checkout/cancel", &[("smng_external_id", &uid), ("su", SU)])).await;
    house.merchant.line.set(LineState::LosesAnswers);
    let failed = browser.submit(&shown, &CONFIRM).await;
    assert_page(&failed, StatusCode::SERVICE_UNAVAILABLE);
    house.merchant.line.set(LineState::Open);
    let done = browser.submit(&shown, &CONFIRM).await;
    assert_eq!(done.leads_to().as_deref(), Some(SU), "{}", done.html);
    house.merchant.hear_from_stripe().await;
    let canceled = house.live().await.remove(0);
    assert_eq!(canceled.ended_at, held.current_period.unwrap().end);
}
