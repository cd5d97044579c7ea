//! Carts whose customers pay the first of several things, and do not come back.

use http::StatusCode;
use jiff::SignedDuration;
use perennial_core::business::forms::{sign_link, sweep_carts};
use perennial_core::checkout::sweep_checkouts;
use perennial_core::ports::MailContent;
use perennial_domain::{BusinessSettings, CheckoutForm, CheckoutState};
use perennial_testkit::{Browser, LineState, Shown};
use secrecy::ExposeSecret;
use serde_json::json;

use super::{CONFIRM, House, SU, UID, assert_page, form, settings};

const A_MINUTE: SignedDuration = SignedDuration::from_secs(61);
/// What is asked of Stripe just before a charge.
const PREVIEW: &str = "POST /v1/invoices/create_preview";
const AN_HOUR: SignedDuration = SignedDuration::from_mins(61);

/// The address of a form with a package and two add-ons, which come to 24, 7 and 99 dollars.
async fn cart(house: &House) -> String {
    cart_of(house, &[("crew-plus", "monthly"), ("seats", "monthly"), ("setup", "once")]).await
}

async fn cart_of(house: &House, offers: &[(&'static str, &'static str)]) -> String {
    cart_for(house, UID, offers).await
}

async fn cart_for(house: &House, uid: &str, offers: &[(&'static str, &'static str)]) -> String {
    let mut items = Vec::new();
    for (product, paid) in offers {
        items.push(json!({ "purchasable_price_uid": house.price(product, paid).await }));
    }
    let items = json!(items);
    form("/checkout/purchase", &[("business_uid", uid), ("cart_items", &items.to_string()), ("su", SU)])
}

/// The package is paid on Stripe's page, and its customer closes the browser there. Answers the form, and where Stripe's page
/// would have led to.
async fn leave_after_the_first(house: &House, browser: &mut Browser) -> (Shown, String) {
    let shown = browser.get(&cart(house).await).await;
    let at_stripe = browser.submit(&shown, &CONFIRM).await;
    let back = house.pay_at_stripe(&at_stripe).await;
    house.merchant.hear_from_stripe().await;
    assert_eq!((house.holds().await, house.paid().await), (vec!["crew-plus".to_owned()], vec![2400]));
    (shown, back)
}

/// The one form that was confirmed, by the way back from Stripe.
async fn kept(house: &House, back: &str) -> CheckoutForm {
    let id = back.rsplit('/').next().unwrap().parse().unwrap();
    let project = house.merchant.project();
    house.merchant.test.write(move |_, tx| tx.checkout_forms(project).find(id)).await.unwrap()
}

/// What was said of carts by mail since the last time: what was bought, what was not, and the link.
fn told(house: &House) -> Vec<(Vec<String>, Vec<String>, String)> {
    let mails = house.merchant.test.pigeon().take().into_iter();
    let about_carts = mails.filter_map(|mail| match mail.content {
        MailContent::CartUnfinished { bought, missing, url } => {
            Some((bought, missing, url.expose_secret().to_owned()))
        }
        _ => None,
    });
    about_carts.collect()
}

#[tokio::test]
async fn what_is_left_of_a_cart_is_bought_when_nobody_comes_back() {
    let house = House::open().await;
    let mut browser = house.browser();
    let (shown, back) = leave_after_the_first(&house, &mut browser).await;
    sweep_carts(house.merchant.app()).await.unwrap();
    assert_eq!(house.holds().await, ["crew-plus"], "the browser has a minute to come back");

    for _ in 0..3 {
        house.sweep_carts_after(A_MINUTE).await;
        assert_eq!(house.holds().await, ["crew-plus", "seats", "setup"]);
    }
    assert_eq!(house.paid().await, [2400, 700, 9900]);
    assert_eq!((kept(&house, &back).await.look_at, told(&house)), (None, Vec::new()));
    for leads_on in [browser.get(&back).await, browser.submit(&shown, &CONFIRM).await] {
        assert_eq!(leads_on.leads_to().as_deref(), Some(SU), "{}", leads_on.html);
    }
    house.merchant.hear_from_stripe().await;
    assert_eq!(house.paid().await, [2400, 700, 9900]);
}

#[tokio::test]
async fn what_the_card_does_not_pay_is_told_by_a_mail_that_leads_to_what_is_left() {
    let house = House::open().await;
    let mut browser = house.browser();
    let (_, back) = leave_after_the_first(&house, &mut browser).await;
    house.pay_with("pm_card_chargeCustomerFail").await;
    house.sweep_carts_after(A_MINUTE).await;
    assert_eq!(told(&house), [], "who was there a minute ago may be there still");
    house.sweep_carts_after(AN_HOUR).await;
    let told_once = told(&house);
    let [(bought, missing, url)] = told_once.as_slice() else { panic!("one mail: {told_once:?}") };
    assert_eq!(
        (bought.join(", "), missing.join(", ")),
        ("Crew Plus".into(), "Five seats, Setting up".into())
    );
    assert_eq!((kept(&house, &back).await.look_at, house.paid().await), (None, vec![2400]));

    house.pay_with("pm_card_visa").await;
    house.sweep_carts_after(AN_HOUR).await;
    assert_eq!(
        (told(&house), house.paid().await),
        (Vec::new(), vec![2400]),
        "it is over until they say yes again"
    );
    let path = url.strip_prefix("https://connect.example").unwrap();
    let rest = browser.follow(path).await;
    assert_page(&rest, StatusCode::OK);
    assert_eq!(rest.hidden("due").as_deref(), Some("10600"), "{}", rest.html);
    let done = browser.submit(&rest, &CONFIRM).await;
    assert_eq!(done.leads_to().as_deref(), Some(SU), "{}", done.html);
    house.merchant.hear_from_stripe().await;
    assert_eq!(house.paid().await, [2400, 700, 9900]);
}

#[tokio::test]
async fn a_cart_of_which_nothing_is_paid_is_left_alone() {
    let house = House::open().await;
    let mut browser = house.browser();
    let shown = browser.get(&cart(&house).await).await;
    let at_stripe = browser.submit(&shown, &CONFIRM).await;
    house.sweep_carts_after(A_MINUTE).await;
    house.sweep_carts_after(SignedDuration::from_hours(26)).await;
    house.merchant.sandbox.tick().await.unwrap();
    sweep_checkouts(house.merchant.app()).await.unwrap();
    house.sweep_carts_after(AN_HOUR).await;
    assert!(at_stripe.leads_to().is_some());
    assert_eq!((house.holds().await, house.paid().await, told(&house)), (Vec::new(), Vec::new(), Vec::new()));
    let due = house.merchant.app().read(|_, tx| tx.due_checkout_forms(jiff::Timestamp::MAX, 10)).await;
    assert!(due.unwrap().is_empty(), "nobody looks at it any more");
}

#[tokio::test]
async fn who_turns_back_at_stripes_page_and_says_yes_again_pays_for_each_thing_once() {
    let house = House::open().await;
    let mut browser = house.browser();
    let shown = browser.get(&cart(&house).await).await;
    let first = browser.submit(&shown, &CONFIRM).await;
    let again = browser.follow(&house.turn_back_at_stripe(&first).await).await;
    assert_page(&again, StatusCode::OK);
    let second = browser.submit(&again, &CONFIRM).await;
    assert_ne!(first.leads_to(), second.leads_to(), "what is paid on a page counts for one form");
    let back = house.pay_at_stripe(&second).await;
    house.merchant.hear_from_stripe().await;
    assert_eq!(browser.get(&back).await.leads_to().as_deref(), Some(SU));
    for pause in [A_MINUTE, A_MINUTE, AN_HOUR, AN_HOUR] {
        house.sweep_carts_after(pause).await;
    }
    assert_eq!((house.paid().await, told(&house)), (vec![2400, 700, 9900], Vec::new()));
    assert_eq!(house.holds().await, ["crew-plus", "seats", "setup"]);
}

#[tokio::test]
async fn what_was_left_out_of_the_second_cart_is_not_charged_because_of_the_first() {
    let house = House::open().await;
    let mut browser = house.browser();
    let shown = browser.get(&cart(&house).await).await;
    browser.submit(&shown, &CONFIRM).await;
    let mut other_tab = browser.clone();
    let smaller = cart_of(&house, &[("crew-plus", "monthly"), ("setup", "once")]).await;
    let shown = other_tab.get(&smaller).await;
    let second = other_tab.submit(&shown, &CONFIRM).await;
    house.pay_at_stripe(&second).await;
    house.merchant.hear_from_stripe().await;
    for pause in [A_MINUTE, A_MINUTE, AN_HOUR, AN_HOUR] {
        house.sweep_carts_after(pause).await;
    }
    assert_eq!((house.paid().await, told(&house)), (vec![2400, 9900], Vec::new()));
}

#[tokio::test]
async fn answers_that_are_lost_while_nobody_is_there_are_looked_for_and_charge_nothing_twice() {
    let house = House::open().await;
    let mut browser = house.browser();
    leave_after_the_first(&house, &mut browser).await;
    house.merchant.line.set(LineState::Cut);
    house.merchant.test.clock().advance(A_MINUTE);
    sweep_carts(house.merchant.app()).await.unwrap();
    let held = house.merchant.line.hold(PREVIEW);
    house.merchant.line.set(LineState::Open);
    house.merchant.test.clock().advance(A_MINUTE);
    let (swept, ()) = tokio::join!(sweep_carts(house.merchant.app()), async {
        held.arrived().await;
        house.merchant.line.set(LineState::LosesAnswers);
        held.release();
    });
    swept.unwrap();
    house.merchant.line.set(LineState::Open);
    for _ in 0..2 {
        house.sweep_carts_after(A_MINUTE).await;
    }
    assert_eq!(house.holds().await, ["crew-plus", "seats", "setup"]);
    assert_eq!(house.paid().await, [2400, 700, 9900]);
}

#[tokio::test]
async fn carts_of_a_merchant_out_of_reach_are_put_off_and_take_nobodys_turn() {
    let mut house = House::open().await;
    leave_after_the_first(&house, &mut house.browser()).await;
    let other = House::found(&house.merchant, "other0000000uid1", "Others").await;
    let offers = [("crew-basic", "monthly"), ("seats", "monthly")];
    let mut browser = house.browser();
    let shown = browser.get(&cart_for(&house, "other0000000uid1", &offers).await).await;
    let at_stripe = browser.submit(&shown, &CONFIRM).await;
    house.pay_at_stripe(&at_stripe).await;
    house.merchant.hear_from_stripe().await;

    house.merchant.line.set(LineState::Cut);
    house.merchant.test.clock().advance(A_MINUTE);
    assert_eq!(due(&house).await, 2);
    sweep_carts(house.merchant.app()).await.unwrap();
    assert_eq!(due(&house).await, 0, "the one that was not asked for is not due for ever either");
    house.merchant.line.set(LineState::Open);
    for _ in 0..3 {
        house.sweep_carts_after(A_MINUTE).await;
    }
    assert_eq!(house.paid().await, [2400, 700, 9900]);
    house.business = other;
    assert_eq!(house.paid().await, [1200, 700]);
}

/// How many carts are to be looked at by now.
async fn due(house: &House) -> usize {
    house.merchant.app().read(|cx, tx| tx.due_checkout_forms(cx.now(), 10)).await.unwrap().len()
}

#[tokio::test]
async fn the_browser_that_comes_back_while_the_sweep_is_at_it_charges_nothing_twice() {
    let house = House::open().await;
    let mut browser = house.browser();
    let (_, back) = leave_after_the_first(&house, &mut browser).await;
    house.merchant.test.clock().advance(A_MINUTE);
    let (swept, _) = tokio::join!(sweep_carts(house.merchant.app()), browser.get(&back));
    swept.unwrap();
    house.sweep_carts_after(A_MINUTE).await;
    house.sweep_carts_after(A_MINUTE).await;
    assert_eq!(house.paid().await, [2400, 700, 9900]);
    assert_eq!(browser.get(&back).await.leads_to().as_deref(), Some(SU));
}

#[tokio::test]
async fn a_customer_who_is_paying_something_else_is_not_disturbed() {
    let house = House::open().await;
    let mut browser = house.browser();
    leave_after_the_first(&house, &mut browser).await;
    let other = house.merchant.open(house.business, "seats").await;
    house.sweep_carts_after(A_MINUTE).await;
    assert_eq!(house.merchant.reload(&other).await.state, CheckoutState::Open);
    house.merchant.pay(&other).await;
    house.merchant.hear_from_stripe().await;
    house.sweep_carts_after(A_MINUTE).await;
    assert_eq!(house.holds().await, ["crew-plus", "seats", "seats", "setup"]);
}

#[tokio::test]
async fn what_a_crash_kept_from_being_noted_is_not_charged_again_days_later() {
    let house = House::open().await;
    let mut browser = house.browser();
    let (_, back) = leave_after_the_first(&house, &mut browser).await;
    let paid = kept(&house, &back).await;
    house.pay_with("pm_card_chargeCustomerFail").await;
    let declined = browser.follow(&back).await;
    house.pay_with("pm_card_visa").await;
    let held = house.merchant.line.hold("POST /v1/invoiceitems");
    let (_, ()) = tokio::join!(browser.submit(&declined, &CONFIRM), async {
        held.arrived().await;
        house.merchant.line.set(LineState::Cut);
        held.release();
    });
    house.merchant.line.set(LineState::Open);
    let (project, before) = (house.merchant.project(), paid.clone());
    house.merchant.test.write(move |_, tx| tx.checkout_forms(project).update(&before)).await;
    house.merchant.test.clock().advance(SignedDuration::from_hours(30));
    let rest = browser.follow(&back).await;
    assert_eq!(rest.hidden("due").as_deref(), Some("9900"), "the seats are paid: {}", rest.html);
    browser.submit(&rest, &CONFIRM).await;
    house.merchant.hear_from_stripe().await;
    assert_eq!(house.paid().await, [2400, 700, 9900]);
}

#[tokio::test]
async fn where_links_have_to_be_signed_the_mailed_one_is() {
    let house = House::with(BusinessSettings { checkout_require_token: true, ..settings() }).await;
    let (app, project) = (house.merchant.app(), house.merchant.project());
    let ct = sign_link(app, project, UID, app.now() + SignedDuration::from_hours(1)).unwrap();
    let mut browser = house.browser();
    let shown = browser.get(&format!("{}&ct={ct}", cart(&house).await)).await;
    let at_stripe = browser.submit(&shown, &CONFIRM).await;
    house.pay_at_stripe(&at_stripe).await;
    house.merchant.hear_from_stripe().await;
    house.pay_with("pm_card_chargeCustomerFail").await;
    house.sweep_carts_after(A_MINUTE).await;
    house.sweep_carts_after(AN_HOUR).await;
    let (_, _, url) = told(&house).remove(0);
    house.pay_with("pm_card_visa").await;
    let mut reader = house.browser();
    let rest = reader.follow(url.strip_prefix("https://connect.example").unwrap()).await;
    let done = reader.submit(&rest, &CONFIRM).await;
    assert_eq!(done.leads_to().as_deref(), Some(SU), "{}", done.html);
    house.merchant.hear_from_stripe().await;
    assert_eq!(house.paid().await, [2400, 700, 9900]);
}
