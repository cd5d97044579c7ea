//! Answers that the app gave with the intent, and what is asked because they do not hold.

use perennial_core::addresses;
use perennial_domain::{Device, Metadata, NewSubscription};
use perennial_testkit::{Browser, Merchant, Shown};

use crate::guest::{Guest, routes};

/// A number with the right check digit (3GPP TS 23.003 annex B).
const IMEI: &str = "490154203237518";

/// The merchant's `prepaid` plan, which wants this to be known.
async fn merchant_wanting(requirement: &str) -> Merchant {
    let merchant = Merchant::new().await;
    let wanted = format!(
        "first_period_trigger = \"activation\"\n[product.mobile_plan.requirements]\n{requirement} = \"present\""
    );
    let catalog = include_str!("../../../testkit/src/merchant.toml");
    merchant.apply(&catalog.replacen("first_period_trigger = \"activation\"", &wanted, 1)).await;
    merchant
}

/// The first page of somebody whom the app sent with these answers.
async fn sent(merchant: &Merchant, more: impl FnOnce(&mut NewSubscription)) -> (Guest, Browser, Shown) {
    let customer = merchant.customer("ada@example.com").await;
    let guest = Guest::sent(merchant, &customer, "prepaid", more).await;
    let mut browser = Browser::new(routes(merchant));
    let shown = browser.follow(&guest.link).await;
    (guest, browser, shown)
}

#[tokio::test]
async fn a_device_that_the_app_names_by_its_number_is_not_asked_for() {
    let merchant = merchant_wanting("device").await;
    let (_, _, without) = sent(&merchant, |_| {}).await;
    assert!(without.path().ends_with("/device"), "{}", without.path());

    let merchant = merchant_wanting("device").await;
    let (_, _, with) = sent(&merchant, |purchase| purchase.imei = Some(IMEI.to_owned())).await;
    assert!(with.path().ends_with("/sim"), "{}", with.path());
}

#[tokio::test]
async fn a_number_of_somebody_elses_device_is_asked_for_again() {
    let merchant = merchant_wanting("device").await;
    let (project, owner) = (merchant.project(), merchant.customer("grace@example.com").await.id);
    merchant
        .test
        .write(move |cx, tx| {
            tx.devices(project).insert(&Device {
                id: cx.id(),
                project_id: project,
                customer_id: Some(owner),
                imei: Some(IMEI.to_owned()),
                name: None,
                metadata: Metadata::default(),
                created_at: cx.now(),
                removed_at: None,
            })
        })
        .await;
    let (_, _, shown) = sent(&merchant, |purchase| purchase.imei = Some(IMEI.to_owned())).await;
    assert!(shown.path().ends_with("/device"), "{}", shown.path());
}

#[tokio::test]
async fn a_device_that_the_app_names_goes_with_the_order() {
    let merchant = merchant_wanting("device").await;
    let project = merchant.project();
    let device = merchant.test.write(move |cx, tx| {
        let device = Device {
            id: cx.id(),
            project_id: project,
            customer_id: None,
            imei: Some(IMEI.to_owned()),
            name: None,
            metadata: Metadata::default(),
            created_at: cx.now(),
            removed_at: None,
        };
        tx.devices(project).insert(&device)?;
        Ok(device.id)
    });
    let device = device.await;
    let (guest, mut browser, sim) = sent(&merchant, |purchase| purchase.device = Some(device)).await;
    let review = browser.submit(&sim, &[("action", "continue"), ("sim_choice", "new")]).await;
    browser.submit(&review, &[("action", "pay")]).await;

    let checkout = crate::purchase::checkout_of(&merchant, &guest).await;

    assert_eq!(checkout.order.goods.subscription().unwrap().device_id, Some(device));
}

#[tokio::test]
async fn an_address_that_the_app_removes_meanwhile_is_asked_for_again() {
    let merchant = merchant_wanting("address").await;
    let (guest, mut browser, address) = sent(&merchant, |_| {}).await;
    let typed = [
        ("action", "continue"),
        ("country", "NL"),
        ("line1", "Keizersgracht 1"),
        ("postal_code", "1015 CC"),
        ("city", "Amsterdam"),
    ];
    let sim = browser.submit(&address, &typed).await;
    assert!(sim.path().ends_with("/sim"), "{}", sim.path());
    let (project, session) = (merchant.project(), guest.session);
    let visit = merchant.test.write(move |_, tx| tx.connect_sessions(project).find(session)).await.unwrap();
    let (customer, address) = (visit.customer_id.unwrap(), visit.progress.address_id.unwrap());
    merchant.app().write(move |cx, tx| addresses::remove(cx, tx, project, customer, address)).await.unwrap();

    let asked = browser.submit(&sim, &[("action", "continue"), ("sim_choice", "new")]).await;

    assert!(asked.path().ends_with("/address"), "{}", asked.path());
}
