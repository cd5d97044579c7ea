//! The hosted pages, as a browser without script meets them.

use axum::http::StatusCode;
use serde_json::Value;
use stripe_sandbox::SandboxOptions;

use crate::support::{Answer, Stripe};

const CARD: &str = "card_expiry=12+%2F+34&card_cvc=123&card_name=Ada+Byron&email=ada%40example.com";

/// A sandbox with a shop whose names are meant to be escaped.
struct Shop {
    stripe: Stripe,
}

impl Shop {
    fn open() -> Self {
        let merchant_name = "Phone <Shop>".to_owned();
        Self { stripe: Stripe::with(SandboxOptions { merchant_name, ..SandboxOptions::default() }) }
    }

    async fn get(&self, path: &str) -> Answer {
        self.stripe.get(path).await
    }

    async fn post(&self, path: &str, form: &str) -> Answer {
        self.stripe.post(path, form).await
    }

    /// A session that sells one month of something, with more parameters; its id.
    async fn session(&self, more: &str) -> String {
        let price =
            "currency=eur&unit_amount=1450&recurring[interval]=month&product_data[name]=10+GB+%3Cb%3E";
        let price = self.stripe.make("/v1/prices", price).await.id();
        let form = format!(
            "mode=subscription&line_items[0][price]={price}&line_items[0][quantity]=1{more}\
             &success_url=https%3A%2F%2Fshop.example%2Fthanks&cancel_url=https%3A%2F%2Fshop.example%2Fbasket"
        );
        self.stripe.make("/v1/checkout/sessions", &form).await.id()
    }

    async fn retrieve(&self, session: &str) -> Value {
        self.get(&format!("/v1/checkout/sessions/{session}")).await.body
    }

    async fn pay(&self, session: &str, number: &str) -> Answer {
        self.post(&format!("/c/pay/{session}"), &format!("card_number={number}&{CARD}")).await
    }
}

#[tokio::test]
async fn the_page_says_what_is_sold_and_trusts_no_name() {
    let shop = Shop::open();
    let session = shop.session("").await;
    let page = shop.get(&format!("/c/pay/{session}")).await;
    assert_eq!(page.status, StatusCode::OK);
    assert!(page.html().contains("no money moves"));
    assert!(page.html().contains("Then €14.50 every month."));
    assert!(page.html().contains("Subscribe for €14.50"));
    assert!(!page.html().contains("<b>") && !page.html().contains("<Shop>"), "names are escaped");
}

#[tokio::test]
async fn the_page_loads_nothing_from_elsewhere() {
    let shop = Shop::open();
    let session = shop.session("").await;
    let page = shop.get(&format!("/c/pay/{session}")).await;
    let policy = page.header("content-security-policy");
    assert!(policy.starts_with("default-src 'none'"));
    assert!(
        !policy.contains("form-action"),
        "the seller sends its customers on to wherever it likes: {policy}"
    );
    for asset in page.html().split(['"', '\'']).filter(|text| text.starts_with("/_sandbox/assets/")) {
        assert_eq!(shop.get(asset).await.status, StatusCode::OK, "{asset}");
    }
    for loading in ["src=\"http", "src=\"//", "<style", "style=\"", "onclick", "<img"] {
        assert!(!page.html().contains(loading), "{loading}");
    }
    assert!(page.html().len() < 30_000, "{} bytes", page.html().len());
}

#[tokio::test]
async fn a_good_card_pays_and_a_second_press_leads_on_too() {
    let shop = Shop::open();
    let session = shop.session("").await;
    for _ in 0..2 {
        let answer = shop.pay(&session, "4242+4242+4242+4242").await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.body);
        assert_eq!(answer.header("location"), "https://shop.example/thanks");
    }
    assert_eq!(shop.retrieve(&session).await["payment_status"], "paid");
    let charges = shop.get("/v1/charges").await.body;
    assert_eq!(charges["data"].as_array().unwrap().len(), 1, "one payment for two presses");
}

#[tokio::test]
async fn a_refused_card_is_explained_and_charges_nothing() {
    let shop = Shop::open();
    let session = shop.session("").await;
    let answer = shop.pay(&session, "4000000000009995").await;
    assert_eq!(answer.status, StatusCode::PAYMENT_REQUIRED);
    assert!(answer.html().contains("There are not enough funds on this card."));
    assert!(answer.html().contains("Nothing was charged."));
    assert!(answer.html().contains("value=\"4000000000009995\""), "what was typed is kept");
    assert!(!answer.html().contains("value=\"123\""), "but not the security code");
    assert_eq!(shop.retrieve(&session).await["status"], "open");
}

#[tokio::test]
async fn mistakes_in_the_form_are_named_before_anything_is_tried() {
    let shop = Shop::open();
    let session = shop.session("").await;
    let answer =
        shop.post(&format!("/c/pay/{session}"), "card_number=4242424242424243&card_expiry=10%2F25").await;
    assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
    for problem in [
        "email-problem",
        "card_number-problem",
        "card_expiry-problem",
        "card_cvc-problem",
        "card_name-problem",
    ] {
        assert!(answer.html().contains(&format!("id=\"{problem}\"")), "{problem}");
    }
    assert_eq!(answer.html().matches("autofocus").count(), 1);
}

#[tokio::test]
async fn a_challenge_stands_between_the_card_and_the_payment() {
    let shop = Shop::open();
    let session = shop.session("").await;
    let challenge = shop.pay(&session, "4000002500003155").await.header("location").to_owned();
    assert!(challenge.starts_with("/3ds/"), "{challenge}");
    let page = shop.get(&challenge).await;
    assert!(page.html().contains("€14.50") && page.html().contains("3155"));

    let failed = shop.post(&challenge, "outcome=fail").await;
    assert_eq!(failed.header("location"), format!("/c/pay/{session}?unconfirmed"));
    let back = shop.get(failed.header("location")).await;
    assert!(back.html().contains("could not confirm that it was you"));

    let challenge = shop.pay(&session, "4000002500003155").await.header("location").to_owned();
    let done = shop.post(&challenge, "outcome=complete").await;
    assert_eq!(done.header("location"), "https://shop.example/thanks");
    assert_eq!(shop.retrieve(&session).await["payment_status"], "paid");
    assert_eq!(shop.get(&challenge).await.status, StatusCode::NOT_FOUND, "a challenge is answered once");
}

#[tokio::test]
async fn a_session_that_is_over_says_so() {
    let shop = Shop::open();
    let session = shop.session("").await;
    shop.stripe.make(&format!("/v1/checkout/sessions/{session}/expire"), "").await;
    let expired = shop.get(&format!("/c/pay/{session}")).await;
    assert_eq!(expired.status, StatusCode::GONE);
    assert!(expired.html().contains("This session has expired"));
    assert_eq!(shop.pay(&session, "4242424242424242").await.status, StatusCode::GONE);

    let session = shop.session("").await;
    shop.pay(&session, "4242424242424242").await;
    let complete = shop.get(&format!("/c/pay/{session}")).await;
    assert!(complete.html().contains("You are subscribed"));
    assert!(complete.html().contains("checkout.session.completed"), "the panel shows the event just sent");
}

#[tokio::test]
async fn a_test_card_is_one_link_away() {
    let shop = Shop::open();
    let session = shop.session("").await;
    let page = shop.get(&format!("/c/pay/{session}?card=4000000000000002")).await;
    assert!(page.html().contains("value=\"4000 0000 0000 0002\""));
    let other = shop.get(&format!("/c/pay/{session}?card=1234")).await;
    assert!(!other.html().contains("value=\"1234"), "only offered cards are filled in");
}

#[tokio::test]
async fn a_known_customer_keeps_the_address_and_chooses_a_saved_card() {
    let shop = Shop::open();
    let customer = shop.stripe.make("/v1/customers", "email=grace%40example.com").await.id();
    shop.stripe.make("/v1/payment_methods/pm_card_visa/attach", &format!("customer={customer}")).await;
    let session = shop.session(&format!("&customer={customer}")).await;
    let page = shop.get(&format!("/c/pay/{session}")).await;
    assert!(page.html().contains("value=\"grace@example.com\""));
    let saved = page.html().split('"').find(|text| text.starts_with("pm_")).expect("a saved card to choose");
    let answer = shop.post(&format!("/c/pay/{session}"), &format!("saved_card={saved}")).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.body);
}

#[tokio::test]
async fn a_promotion_code_is_applied_and_taken_away_again() {
    let shop = Shop::open();
    let coupon = shop.stripe.make("/v1/coupons", "percent_off=50&duration=forever").await.id();
    let code = format!("coupon={coupon}&code=HALF");
    shop.stripe.make("/v1/promotion_codes", &code).await;
    let session = shop.session("&allow_promotion_codes=true").await;
    let (page, form) = (format!("/c/pay/{session}"), format!("/c/pay/{session}/promotion-code"));

    let unknown = shop.post(&form, "promotion_code=QUARTER").await;
    assert_eq!(unknown.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(
        unknown.html().contains("promotion_code-problem") && unknown.html().contains("value=\"QUARTER\"")
    );

    assert_eq!(shop.post(&form, "promotion_code=half").await.header("location"), page);
    let applied = shop.get(&page).await;
    assert!(applied.html().contains("HALF (50% off)") && applied.html().contains("Then €7.25 every month."));

    assert_eq!(shop.post(&form, "promotion_code=").await.header("location"), page);
    assert!(shop.get(&page).await.html().contains("Subscribe for €14.50"));
}

#[tokio::test]
async fn a_trial_is_free_today_and_says_what_follows() {
    let shop = Shop::open();
    let session = shop.session("&subscription_data[trial_period_days]=14").await;
    let page = shop.get(&format!("/c/pay/{session}")).await;
    assert!(page.html().contains("14 days free, then €14.50 every month."));
    assert!(page.html().contains("€0.00"));
    assert_eq!(shop.pay(&session, "4242424242424242").await.status, StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn an_embedded_session_is_not_paid_here() {
    let shop = Shop::open();
    let price = "line_items[0][price_data][currency]=jpy&line_items[0][price_data][unit_amount]=500\
                 &line_items[0][price_data][product_data][name]=Cap&line_items[0][quantity]=1";
    let body = format!("mode=payment&ui_mode=embedded&return_url=https%3A%2F%2Fshop.example%2Fback&{price}");
    let session = shop.stripe.make("/v1/checkout/sessions", &body).await.id();
    let page = shop.get(&format!("/c/pay/{session}")).await;
    assert!(page.html().contains("This payment belongs on another page"));
    assert_eq!(shop.pay(&session, "4242424242424242").await.status, StatusCode::CONFLICT);
    assert_eq!(shop.retrieve(&session).await["payment_status"], "unpaid");
}

#[tokio::test]
async fn a_form_from_elsewhere_gets_a_page_that_says_so() {
    let shop = Shop::open();
    let session = shop.session("").await;
    let challenge = shop.pay(&session, "4000002500003155").await.header("location").to_owned();
    for body in ["", "outcome=perhaps"] {
        let answer = shop.post(&challenge, body).await;
        assert_eq!(answer.status, StatusCode::BAD_REQUEST);
        assert!(answer.html().contains("Nothing was charged."));
    }
    assert_eq!(shop.get(&format!("/c/pay/{session}?card=1&card=2")).await.status, StatusCode::OK);
}

#[tokio::test]
async fn the_overview_leads_to_each_event() {
    let shop = Shop::open();
    shop.stripe.make("/v1/customers", "email=grace%40example.com").await;
    assert_eq!(shop.get("/").await.header("location"), "/_sandbox");
    let overview = shop.get("/_sandbox").await;
    assert!(overview.html().contains("customer.created"));
    let event =
        overview.html().split('"').find(|text| text.starts_with("/_sandbox/events/")).expect("a link");
    let page = shop.get(event).await;
    assert!(page.html().contains("grace@example.com"));
    assert_eq!(shop.get("/_sandbox/events/evt_nothing").await.status, StatusCode::NOT_FOUND);
    assert_eq!(shop.get("/c/pay/cs_test_nothing").await.status, StatusCode::NOT_FOUND);
}
