//! Stripe's pages on which customers give another card: one for each visit, however many tabs ask for it.

use perennial_core::cards::{
    CardSettlement, OpenPage, OpenedPage, card_of_subscription, open_card_page, settle_card_page,
};
use perennial_core::connect_sessions::{NewSession, Visitor, create};
use perennial_domain::{Appearance, CustomerId, Intent};
use perennial_testkit::Merchant;

/// A page that a customer's visit wants.
pub(crate) async fn wanted_page(merchant: &Merchant, customer: CustomerId) -> OpenPage {
    let (project, lifetime) = (merchant.project(), merchant.app().settings().link_lifetime);
    let request = NewSession {
        intent: Intent::UpdatePaymentMethod,
        callback: None,
        appearance: Appearance::default(),
        visitor: Some(Visitor::Known(customer)),
    };
    let opened =
        merchant.app().write(move |cx, tx| create(cx, tx, lifetime, project, &request)).await.unwrap();
    OpenPage {
        project,
        visit: opened.session.id,
        return_url: "https://connect.example/return".to_owned(),
        cancel_url: "https://connect.example/card".to_owned(),
        locale: "en-US".to_owned(),
    }
}

/// Opens a page, and answers Stripe's name for it.
pub(crate) async fn open_session(merchant: &Merchant, page: &OpenPage) -> String {
    let at = open_card_page(merchant.app(), page).await.unwrap();
    let OpenedPage::At(url) = at else { panic!("{at:?}") };
    url.strip_prefix("http://stripe.test/c/pay/").expect(&url).to_owned()
}

#[tokio::test]
async fn who_looked_at_a_page_that_was_over_is_led_to_the_one_that_another_tab_has_opened_since() {
    let (merchant, subscription) = Merchant::with_subscriber("line").await;
    let page = wanted_page(&merchant, subscription.customer_id).await;
    let over = open_session(&merchant, &page).await;
    merchant.stripe().post_form(&format!("/v1/checkout/sessions/{over}/expire"), "").await.expect(200);

    let held = merchant.line.hold("GET /v1/checkout/sessions/");
    let in_the_other_tab = async {
        held.arrived().await;
        let opened = open_session(&merchant, &page).await;
        held.release();
        opened
    };
    let (first, second) = tokio::join!(open_session(&merchant, &page), in_the_other_tab);
    assert_ne!(second, over);
    assert_eq!(first, second);
}

#[tokio::test]
async fn a_card_from_a_page_that_another_one_has_replaced_pays_for_nothing() {
    let (merchant, subscription) = Merchant::with_subscriber("line").await;
    let page = wanted_page(&merchant, subscription.customer_id).await;
    let replaced = open_session(&merchant, &page).await;
    let (project, visit) = (merchant.project(), page.visit);
    merchant
        .test
        .write(move |_, tx| {
            let mut session = tx.connect_sessions(project).lock(visit)?.expect("it is there");
            let page = session.progress.card_page.as_mut().expect("it opened one");
            page.stripe_session_id = Some("cs_of_another_tab".to_owned());
            tx.connect_sessions(project).update(&session)
        })
        .await;
    merchant.pay_page(&replaced, "4000056655665556").await;
    let settled = settle_card_page(merchant.app(), project, &replaced).await.unwrap();
    assert!(matches!(settled, CardSettlement::Replaced), "{settled:?}");
    merchant.hear_from_stripe().await;
    let pays = merchant.test.write(move |_, tx| card_of_subscription(tx, &subscription)).await;
    assert_eq!(pays.unwrap().card.last4, "4242");
}
