//! Checkout inside a page of the seller's.

use axum::http::StatusCode;

use crate::support::{Answer, Stripe};

const CARD: &str = "card_expiry=12+%2F+34&card_cvc=123&card_name=Ada+Byron&email=ada%40example.com";

/// An embedded session, and the address of its page.
struct Embedded {
    stripe: Stripe,
    session: String,
    page: String,
}

impl Embedded {
    async fn with(more: &str) -> Self {
        let stripe = Stripe::new();
        let price = stripe.monthly_price().await;
        let form = format!(
            "mode=subscription&ui_mode=embedded&line_items[0][price]={price}&line_items[0][quantity]=1&{more}"
        );
        let made = stripe.make("/v1/checkout/sessions", &form).await;
        assert_eq!(made.body["url"], serde_json::Value::Null);
        let page = format!("/c/embedded/{}", made.text("/client_secret"));
        Self { session: made.id(), stripe, page }
    }

    async fn pay(&self, number: &str) -> Answer {
        self.stripe.post(&self.page, &format!("card_number={number}&{CARD}")).await
    }

    async fn status(&self) -> String {
        let path = format!("/v1/checkout/sessions/{}", self.session);
        self.stripe.get(&path).await.text("/status").to_owned()
    }
}

const RETURN: &str = "return_url=https://shop.test:8443/back?session={CHECKOUT_SESSION_ID}";

#[tokio::test]
async fn only_the_sellers_page_may_frame_it_and_only_with_the_secret() {
    let embedded = Embedded::with(RETURN).await;
    let page = embedded.stripe.get(&embedded.page).await;
    assert_eq!(page.status, StatusCode::OK);
    assert!(page.header("content-security-policy").contains("frame-ancestors https://shop.test:8443;"));
    let guessed = format!("/c/embedded/{}_secret_guess", embedded.session);
    assert_eq!(embedded.stripe.get(&guessed).await.status, StatusCode::NOT_FOUND);
    let alone = embedded.stripe.get(&format!("/c/pay/{}", embedded.session)).await;
    assert_eq!(alone.status, StatusCode::CONFLICT);
    assert!(alone.header("content-security-policy").contains("frame-ancestors 'none'"));
}

#[tokio::test]
async fn a_paid_session_tells_the_page_around_it_where_to_go() {
    let embedded = Embedded::with(RETURN).await;
    let paid = embedded.pay("4242424242424242").await;
    assert_eq!((paid.status, paid.header("location")), (StatusCode::SEE_OTHER, embedded.page.as_str()));
    assert_eq!(embedded.status().await, "complete");
    let end = embedded.stripe.get(&embedded.page).await;
    let back = format!("data-redirect=\"https://shop.test:8443/back?session={}\"", embedded.session);
    assert!(end.html().contains("data-complete") && end.html().contains(&back), "{}", end.html());
}

#[tokio::test]
async fn a_session_that_redirects_only_if_required_stays_where_it_is() {
    for more in
        [format!("{RETURN}&redirect_on_completion=if_required"), "redirect_on_completion=never".to_owned()]
    {
        let embedded = Embedded::with(&more).await;
        embedded.pay("4242424242424242").await;
        let end = embedded.stripe.get(&embedded.page).await;
        assert!(end.html().contains("data-complete data-redirect=\"\""), "{}", end.html());
    }
}

#[tokio::test]
async fn the_banks_question_is_asked_inside_the_frame() {
    let embedded = Embedded::with(&format!("{RETURN}&redirect_on_completion=if_required")).await;
    let asked = embedded.pay("4000002760003184").await;
    let challenge = asked.header("location").to_owned();
    let page = embedded.stripe.get(&challenge).await;
    assert!(page.header("content-security-policy").contains("frame-ancestors https://shop.test:8443;"));
    let failed = embedded.stripe.post(&challenge, "outcome=fail").await;
    assert_eq!(failed.header("location"), format!("{}?unconfirmed", embedded.page));
    assert_eq!(embedded.status().await, "open");
    let challenge = embedded.pay("4000002760003184").await.header("location").to_owned();
    let passed = embedded.stripe.post(&challenge, "outcome=complete").await;
    assert_eq!(passed.header("location"), embedded.page);
    assert_eq!(embedded.status().await, "complete");
}

#[tokio::test]
async fn the_script_that_mounts_it_is_served_at_an_address_that_stays() {
    let stripe = Stripe::new();
    let script = stripe.get("/sandbox/embedded.js").await;
    assert_eq!(
        (script.status, script.header("content-type")),
        (StatusCode::OK, "text/javascript; charset=utf-8")
    );
    assert!(script.html().contains("initEmbeddedCheckout"));
}

#[tokio::test]
async fn in_a_frame_the_landmarks_are_left_to_the_page_around() {
    let embedded = Embedded::with(&format!("redirect_on_completion=if_required&{RETURN}")).await;
    let landmarks = |answer: Answer| {
        let page = answer.html();
        ["<header", "<main", "<footer"].map(|tag| page.matches(tag).count())
    };
    assert_eq!(landmarks(embedded.stripe.get(&embedded.page).await), [0, 0, 0]);
    let challenge = embedded.pay("4000002760003184").await.header("location").to_owned();
    assert_eq!(landmarks(embedded.stripe.get(&challenge).await), [0, 0, 0]);
    embedded.stripe.post(&challenge, "outcome=complete").await;
    assert_eq!(landmarks(embedded.stripe.get(&embedded.page).await), [0, 0, 0], "when it is paid, too");

    assert_eq!(landmarks(embedded.stripe.get("/_sandbox").await), [1, 1, 1]);
}
