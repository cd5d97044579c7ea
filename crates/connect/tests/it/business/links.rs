//! Signed links to the forms, and logging in where a link is not (contracts/business-api.md §9.6).

use http::StatusCode;
use jiff::SignedDuration;
use perennial_core::business::forms::sign_link;
use perennial_core::business::{NewStaff, add_staff};
use perennial_core::store::tables::PageRequest;
use perennial_domain::{BillingBackend, BusinessSettings, Email, MemberId};
use perennial_testkit::{Browser, LineState, Shown};
use serde_json::json;

use super::{CONFIRM, CU, House, SU, UID, assert_page, change, form, settings};

const OWNER: &str = "k3r9t0vv21mmq8ba@quill.example";

fn signed(ct: &str) -> String {
    let plans = [("business_uid", UID), ("current_plan", "crew_basic"), ("selected_plan", "crew_plus")];
    form("/checkout/change-plan", &[plans.as_slice(), &[("su", SU), ("ct", ct)]].concat())
}

/// A business with a plan, whose forms do something only for those who prove that they may.
async fn guarded() -> House {
    let house = House::with(BusinessSettings { checkout_require_token: true, ..settings() }).await;
    house.buy("crew-basic").await;
    house
}

fn sign(house: &House, uid: &str, lasts: SignedDuration) -> String {
    let app = house.merchant.app();
    sign_link(app, house.merchant.project(), uid, app.now() + lasts).unwrap()
}

/// Gives an address on the page that asks who it is, and answers the page after the code.
async fn log_in(house: &House, browser: &mut Browser, page: &Shown, email: &str) -> Shown {
    assert!(page.path().ends_with("/login"), "{}: {}", page.path(), page.html);
    let page = browser.submit(page, &[("action", "send"), ("email", email)]).await;
    house.merchant.work().await;
    let code = house.merchant.test.pigeon().newest_code().unwrap();
    browser.submit(&page, &[("action", "verify"), ("code", &code)]).await
}

/// Confirms a form, proves to be the owner of this address, and is on the form again.
async fn come_back_to(house: &House, browser: &mut Browser, form: &str, email: &str) -> Shown {
    let shown = browser.get(form).await;
    let asked = browser.submit(&shown, &CONFIRM).await;
    log_in(house, browser, &asked, email).await
}

async fn add_clerk(house: &House, email: &str) -> MemberId {
    let project = house.merchant.project();
    let new = NewStaff { uid: None, email: Email::parse(email).unwrap(), full_name: "Cy Clerk".to_owned() };
    house.merchant.app().write(move |cx, tx| add_staff(cx, tx, project, UID, &new)).await.unwrap().id
}

/// Who did what is told of by events of this type, newest first.
async fn actors(house: &House, event_type: &'static str) -> Vec<serde_json::Value> {
    let project = house.merchant.project();
    let request = PageRequest { after: None, before: None, limit: 100 };
    let events =
        house.merchant.app().read(move |_, tx| tx.events(project).page(request)).await.unwrap().items;
    let of_type = events.into_iter().filter(|event| event.event_type == event_type);
    of_type.filter_map(|event| event.actor).collect()
}

#[tokio::test]
async fn where_links_have_to_be_signed_the_form_is_shown_and_nothing_is_done_without() {
    let house = guarded().await;
    let until = house.merchant.app().now() + SignedDuration::from_hours(1);
    let good = sign(&house, UID, SignedDuration::from_hours(1));
    let of_another = sign(&house, "somebodyelse", SignedDuration::from_hours(1));
    let longer = good.replacen(&until.as_second().to_string(), &(until.as_second() + 9).to_string(), 1);
    let over = sign(&house, UID, SignedDuration::ZERO);
    let mut browser = house.browser();
    for wrong in ["", "1", "a.b", &of_another, &longer, &over] {
        let shown = browser.get(&signed(wrong)).await;
        assert_page(&shown, StatusCode::OK);
        let asked = browser.submit(&shown, &CONFIRM).await;
        assert!(asked.path().ends_with("/login"), "{wrong}: {}", asked.path());
    }
    assert_eq!(house.paid().await, [1200]);
    let shown = browser.get(&signed(&good)).await;
    assert_eq!(browser.submit(&shown, &CONFIRM).await.leads_to().as_deref(), Some(SU));
}

#[tokio::test]
async fn what_a_link_was_signed_with_counts_in_its_own_browser_and_for_its_own_time() {
    let house = guarded().await;
    let good = sign(&house, UID, SignedDuration::from_hours(1));
    let mut browser = house.browser();
    browser.get(&signed(&good)).await;
    let again = browser.get(&signed("")).await;
    let mut forger = house.browser();
    let shown = forger.get(&signed("")).await;
    for (name, value) in browser.cookies().clone() {
        let of_nobody = value.replacen("..", ".mem_0000000000000000000000.", 1);
        forger.cookies().entry(name).or_insert(of_nobody);
    }
    assert!(forger.submit(&shown, &CONFIRM).await.path().ends_with("/login"), "a forged pass");
    house.merchant.test.clock().advance(SignedDuration::from_mins(61));
    assert!(browser.submit(&again, &CONFIRM).await.path().ends_with("/login"), "its time is over");
    assert_eq!(house.paid().await, [1200]);
}

#[tokio::test]
async fn the_staff_logs_in_where_a_link_is_not_signed_and_comes_back_to_the_form() {
    let house = guarded().await;
    let clerk = add_clerk(&house, "clerk@quill.example").await;
    let mut browser = house.browser();
    let back = come_back_to(&house, &mut browser, &signed(""), "clerk@quill.example").await;
    assert!(back.path().starts_with("/checkout/change-plan?"), "{}: {}", back.path(), back.html);
    let done = browser.submit(&back, &CONFIRM).await;
    assert_eq!(done.leads_to().as_deref(), Some(SU), "{}", done.html);
    assert_eq!(house.holds().await, ["crew-plus"]);
    let told = actors(&house, "subscription.created").await;
    assert_eq!(told[0], json!({ "type": "member", "member": clerk.to_string() }));
    assert_eq!(house.live().await[0].buyer_id, Some(clerk));
}

#[tokio::test]
async fn who_has_logged_in_is_the_buyer_of_what_they_buy() {
    let house = guarded().await;
    let clerk = add_clerk(&house, "clerk@quill.example").await;
    let cart = json!([
        { "purchasable_price_uid": house.price("seats", "monthly").await },
        { "purchasable_price_uid": house.price("setup", "once").await },
    ]);
    let mut browser = house.browser();
    let address =
        form("/checkout/purchase", &[("business_uid", UID), ("cart_items", &cart.to_string()), ("su", SU)]);
    let back = come_back_to(&house, &mut browser, &address, "clerk@quill.example").await;
    assert_eq!(browser.submit(&back, &CONFIRM).await.leads_to().as_deref(), Some(SU));
    let bought = house.live().await.into_iter().filter(|held| held.buyer_id == Some(clerk));
    assert_eq!((bought.count(), house.live().await.len()), (2, 3), "what was had before stays the other's");
}

#[tokio::test]
async fn where_nobody_logged_in_the_owner_is_the_buyer_however_it_is_paid() {
    let house = guarded().await;
    let clerk = add_clerk(&house, "clerk@quill.example").await;
    let mut browser = house.browser();
    let back = come_back_to(&house, &mut browser, &signed(""), "clerk@quill.example").await;
    browser.submit(&back, &CONFIRM).await;
    assert_eq!(house.live().await[0].buyer_id, Some(clerk));
    for (billing, from, to) in [
        (BillingBackend::Stripe, "crew_plus", "crew_basic"),
        (BillingBackend::Manual, "crew_basic", "crew_plus"),
    ] {
        house.set(BusinessSettings { billing, ..settings() }).await;
        let mut visitor = house.browser();
        let shown = visitor.get(&change(from, to)).await;
        assert_eq!(visitor.submit(&shown, &CONFIRM).await.leads_to().as_deref(), Some(SU));
        let held = house.live().await.remove(0);
        let project = house.merchant.project();
        let view =
            house.merchant.test.write(move |_, tx| tx.subscriptions(project).business_view(held.id)).await;
        assert_eq!(view.unwrap().buyer_uid(), owner_uid(&house).await, "{billing:?}");
    }
}

async fn owner_uid(house: &House) -> String {
    let (project, business) = (house.merchant.project(), house.business);
    let view = house.merchant.test.write(move |_, tx| tx.businesses(project).view(business)).await;
    view.unwrap().owner_uid
}

#[tokio::test]
async fn nobody_else_logs_in_and_who_left_the_staff_is_asked_again() {
    let house = guarded().await;
    House::found(&house.merchant, "other0000000uid1", "Others").await;
    house.merchant.customer("customer@example.com").await;
    let mut browser = house.browser();
    let shown = browser.get(&signed("")).await;
    for stranger in ["nobody@example.com", "customer@example.com", "other0000000uid1@quill.example"] {
        let asked = browser.submit(&shown, &CONFIRM).await;
        let refused = log_in(&house, &mut browser, &asked, stranger).await;
        assert!(refused.path().ends_with("/login"), "{stranger}: {}", refused.path());
    }
    let asked = browser.submit(&shown, &CONFIRM).await;
    let back = log_in(&house, &mut browser, &asked, OWNER).await;
    let project = house.merchant.project();
    house
        .merchant
        .test
        .write(move |_, tx| {
            let owner = tx.members(project).find_by_email(OWNER)?.unwrap();
            tx.members(project).update(&perennial_domain::Member { is_active: false, ..owner })
        })
        .await;
    assert!(browser.submit(&back, &CONFIRM).await.path().ends_with("/login"));
    assert_eq!(house.paid().await, [1200]);
}

#[tokio::test]
async fn who_comes_by_a_link_acts_for_the_business() {
    let house = House::holding("crew-basic").await;
    let mut browser = house.browser();
    let shown = browser.get(&signed("")).await;
    browser.submit(&shown, &CONFIRM).await;
    let told = actors(&house, "subscription.created").await;
    assert_eq!(told[0], json!({ "type": "user", "user": house.business.to_string() }));
}

#[tokio::test]
async fn no_address_of_ours_and_no_row_repeats_what_a_link_was_signed_with() {
    let house = guarded().await;
    house.pay_with("pm_card_chargeCustomerFail").await;
    let ct = sign(&house, UID, SignedDuration::from_hours(1));
    let seats = json!([{ "purchasable_price_uid": house.price("seats", "monthly").await }]).to_string();
    let cart = [("business_uid", UID), ("cart_items", &seats), ("su", SU), ("ct", &ct)];
    let mut browser = house.browser();
    let shown = browser.get(&form("/checkout/purchase", &cart)).await;
    assert!(!shown.html.contains(&ct), "{}", shown.html);
    house.merchant.line.set(LineState::LosesAnswers);
    let waiting = browser.submit(&shown, &CONFIRM).await;
    house.merchant.line.set(LineState::Open);
    let (project, id) =
        (house.merchant.project(), waiting.path().rsplit('/').next().unwrap().parse().unwrap());
    let kept = house.merchant.test.write(move |_, tx| tx.checkout_forms(project).find(id)).await.unwrap();
    assert!(!kept.address.contains("&ct="), "{}", kept.address);

    let mut stranger = house.browser();
    for seen in [browser.follow(waiting.path()).await, stranger.follow(waiting.path()).await] {
        assert!(seen.path().starts_with("/checkout/purchase?"), "{}", seen.path());
        assert!(!seen.path().contains("&ct=") && !seen.html.contains(&ct), "{}", seen.html);
    }
    let gateway = [("business_uid", UID), ("plan", "crew_plus"), ("ct", &ct), ("su", SU)];
    let led = house.browser().get(&form("/app/settings/paygateproxy", &gateway)).await;
    assert!(!led.leads_to().unwrap().contains("&ct="), "{:?}", led.leads_to());

    house.pay_with("pm_card_visa").await;
    let seen = stranger.follow(waiting.path()).await;
    assert!(stranger.submit(&seen, &CONFIRM).await.path().ends_with("/login"));
    let seen = browser.follow(waiting.path()).await;
    let done = browser.submit(&seen, &CONFIRM).await;
    assert_eq!(done.leads_to().as_deref(), Some(SU), "{}", done.html);
}

#[tokio::test]
async fn the_vendors_address_hands_a_signed_link_on_to_the_form() {
    let house = guarded().await;
    let ct = sign(&house, UID, SignedDuration::from_hours(1));
    let gateway = [("business_uid", UID), ("plan", "crew_plus"), ("ct", &ct), ("su", SU)];
    let mut browser = house.browser();
    let shown = browser.follow(&form("/app/settings/paygateproxy", &gateway)).await;
    assert_eq!(browser.submit(&shown, &CONFIRM).await.leads_to().as_deref(), Some(SU));
}

#[tokio::test]
async fn who_goes_back_need_not_say_who_they_are() {
    let house = guarded().await;
    let leave = [("action", "leave")];
    let mut browser = house.browser();
    let shown = browser.get(&change("crew_basic", "crew_plus")).await;
    assert_eq!(browser.submit(&shown, &leave).await.leads_to().as_deref(), Some(CU));
    // Nor does it matter how old the form is, or which browser it was shown to.
    house.merchant.test.clock().advance(SignedDuration::from_hours(13));
    assert_eq!(browser.submit(&shown, &leave).await.leads_to().as_deref(), Some(CU));
    assert_eq!(house.browser().submit(&shown, &leave).await.leads_to().as_deref(), Some(CU));
    assert!(browser.submit(&shown, &CONFIRM).await.leads_to().is_none());
    assert_eq!((house.paid().await, house.holds().await), (vec![1200], vec!["crew-basic".to_owned()]));
}
