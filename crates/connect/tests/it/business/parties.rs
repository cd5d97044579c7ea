//! Whose form it is, where two projects of one server have a business of one uid.

use http::StatusCode;
use jiff::SignedDuration;
use perennial_core::business::forms::sign_link;
use perennial_core::business::{NewBusiness, NewStaff, create_business};
use perennial_core::projects::create_project;
use perennial_domain::Email;

use super::{CONFIRM, House, SU, UID, assert_page, form};

/// Another project of the same server, with a business of the same uid.
async fn another_of_the_same_uid(house: &House) {
    let made = house.merchant.app().write(|cx, tx| {
        let project = create_project(cx, tx, "elsewhere", "Elsewhere", &["en-US".to_owned()]).unwrap();
        let email = Email::parse("eve@elsewhere.example").unwrap();
        let owner = NewStaff { uid: None, email, full_name: "Eve Reed".to_owned() };
        let new =
            NewBusiness { uid: Some(UID.to_owned()), name: "Impostor".to_owned(), directory: None, owner };
        create_business(cx, tx, project.id, &new)
    });
    made.await.unwrap();
}

#[tokio::test]
async fn a_uid_that_two_projects_have_means_the_one_that_the_link_says() {
    let house = House::holding("crew-basic").await;
    another_of_the_same_uid(&house).await;
    let (app, project) = (house.merchant.app(), house.merchant.project());
    let slug = app.read(move |_, tx| tx.projects().find(project)).await.unwrap().unwrap().slug;
    let ct = sign_link(app, project, UID, app.now() + SignedDuration::from_hours(1)).unwrap();
    let price = house.price("crew-plus", "monthly").await;
    let cart = format!("[{{\"purchasable_price_uid\":\"{price}\"}}]");
    let of = |plan: &'static str| {
        vec![("business_uid", UID), ("current_plan", "crew_basic"), ("selected_plan", plan)]
    };
    let (change_plan, purchase) = ("/checkout/change-plan", "/checkout/purchase");
    let mut browser = house.browser();
    for (path, parameters, status) in [
        (change_plan, of("crew_plus"), StatusCode::BAD_REQUEST),
        (change_plan, [of("crew_plus"), vec![("project", slug.as_str())]].concat(), StatusCode::OK),
        (change_plan, [of("crew_plus"), vec![("ct", ct.as_str())]].concat(), StatusCode::OK),
        (change_plan, [of("crew_plus"), vec![("project", "elsewhere")]].concat(), StatusCode::NOT_FOUND),
        (
            change_plan,
            vec![("business_uid", UID), ("current_plan", "crew_basic"), ("selected_plan", &price)],
            StatusCode::OK,
        ),
        (purchase, vec![("business_uid", UID), ("cart_items", &cart)], StatusCode::OK),
    ] {
        let shown = browser.get(&form(path, &parameters)).await;
        assert_page(&shown, status);
        assert!(!shown.html.contains("Impostor"), "{}", shown.html);
    }
}

#[tokio::test]
async fn a_link_of_a_business_that_may_not_act_never_leads_to_another_of_its_uid() {
    let house = House::open().await;
    another_of_the_same_uid(&house).await;
    house.merchant.block(house.business).await;
    let plans = [("business_uid", UID), ("current_plan", "crew_basic"), ("selected_plan", "crew_plus")];
    let shown = house.browser().get(&form("/checkout/change-plan", &plans)).await;
    assert_page(&shown, StatusCode::BAD_REQUEST);
}

#[tokio::test]
async fn what_a_signature_said_of_the_project_is_not_forgotten_with_it() {
    let house = House::holding("crew-basic").await;
    another_of_the_same_uid(&house).await;
    let (app, project) = (house.merchant.app(), house.merchant.project());
    let ct = sign_link(app, project, UID, app.now() + SignedDuration::from_hours(1)).unwrap();
    let said = [("business_uid", UID), ("selected_plan", "crew_plus"), ("su", SU), ("ct", &ct)];
    let mut browser = house.browser();
    let shown = browser.get(&form("/checkout/change-plan", &said)).await;
    assert_eq!(browser.submit(&shown, &CONFIRM).await.leads_to().as_deref(), Some(SU), "{}", shown.html);
}
