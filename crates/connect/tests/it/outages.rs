//! What a customer sees when the database cannot be used: a page that says to try again, and no charge.

use http::StatusCode;
use perennial_testkit::{Browser, Merchant, Shown};

use crate::guest::{Guest, routes};
use crate::purchase::{at_the_review, checkout_of, sent_to_stripe};

fn expect_outage(shown: &Shown) {
    assert_eq!(shown.status, StatusCode::SERVICE_UNAVAILABLE, "{}", shown.html);
    assert!(shown.html.contains("We cannot be reached at the moment"), "{}", shown.html);
}

#[tokio::test]
async fn a_full_disk_charges_nothing_and_the_next_attempt_works() {
    let merchant = Merchant::new().await;
    let guest = Guest::invited_to(&merchant, "line").await;
    let (mut browser, review) = at_the_review(&merchant, &guest).await;

    merchant.test.fill_disk("checkouts").await;
    expect_outage(&browser.submit(&review, &[("action", "pay")]).await);
    assert!(merchant.webhooks().await.iter().all(|delivery| !delivery.body.contains("checkout.session")));

    merchant.test.free_disk("checkouts").await;
    let sent = browser.submit(&review, &[("action", "pay")]).await;
    assert!(sent.leads_to().unwrap().starts_with("http://stripe.test/c/pay/cs_"));
}

#[tokio::test]
async fn a_payment_that_cannot_be_recorded_is_recorded_when_there_is_room_again() {
    let (merchant, guest, mut browser, _) = sent_to_stripe().await;
    merchant.pay(&checkout_of(&merchant, &guest).await).await;
    let back = format!("/checkout/{}/return", guest.session);

    merchant.test.fill_disk("payments").await;
    let waiting = browser.follow(&back).await;
    assert!(waiting.html.contains("We are confirming your payment"), "{}", waiting.html);
    assert!(merchant.subscriptions().await.is_empty());

    merchant.test.free_disk("payments").await;
    assert!(browser.follow(&back).await.path().ends_with("/done"));
    assert_eq!(merchant.subscriptions().await.len(), 1);
}

#[tokio::test]
async fn a_lost_database_is_a_page_on_every_address() {
    let merchant = Merchant::new().await;
    let guest = Guest::invited_to(&merchant, "line").await;
    let (mut browser, review) = at_the_review(&merchant, &guest).await;
    merchant.app().store().clone().close().await;
    for path in [review.path(), &guest.link, &format!("/checkout/{}/return", guest.session)] {
        expect_outage(&browser.get(path).await);
    }
    expect_outage(&Browser::new(routes(&merchant)).get(&guest.link).await);
}
