//! Signed links to the forms (contracts/business-api.md §9.6).

use http::StatusCode;
use jiff::SignedDuration;
use perennial_core::business::forms::sign_link;
use perennial_domain::BusinessSettings;

use super::{CONFIRM, Desk, SU, UID, assert_page, form, settings};

fn signed(ct: &str) -> String {
    let plans = [("business_uid", UID), ("current_plan", "crew_basic"), ("selected_plan", "crew_plus")];
    form("/checkout/change-plan", &[plans.as_slice(), &[("su", SU), ("ct", ct)]].concat())
}

#[tokio::test]
async fn where_links_have_to_be_signed_the_form_is_shown_and_nothing_is_done_without() {
    let desk = Desk::with(BusinessSettings { checkout_require_token: true, ..settings() }).await;
    desk.buy("crew-basic").await;
    let (app, project) = (desk.merchant.app(), desk.merchant.project());
    let until = app.now() + SignedDuration::from_hours(1);
    let good = sign_link(app, project, UID, until).unwrap();
    let of_another = sign_link(app, project, "somebodyelse", until).unwrap();
    let longer = good.replacen(&until.as_second().to_string(), &(until.as_second() + 9).to_string(), 1);
    let over = sign_link(app, project, UID, app.now()).unwrap();
    let mut browser = desk.browser();
    for wrong in ["", "1", "a.b", &of_another, &longer, &over] {
        let shown = browser.get(&signed(wrong)).await;
        assert_page(&shown, StatusCode::OK);
        assert_page(&browser.submit(&shown, &CONFIRM).await, StatusCode::FORBIDDEN);
    }
    assert_eq!(desk.paid().await, [1200]);
    let shown = browser.get(&signed(&good)).await;
    assert_eq!(browser.submit(&shown, &CONFIRM).await.leads_to().as_deref(), Some(SU));
}
