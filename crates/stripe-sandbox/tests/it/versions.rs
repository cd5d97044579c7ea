//! Callers that pin other API versions find things where those versions have them.

use crate::support::Stripe;

const OLDER: [(&str, &str); 1] = [("stripe-version", "2024-06-20")];

#[tokio::test]
async fn older_versions_find_periods_and_links_in_their_old_places() {
    let stripe = Stripe::new();
    let price = stripe.monthly_price().await;
    let customer = stripe.customer_with("pm_card_visa").await;
    let form = format!("customer={customer}&items[0][price]={price}&expand[]=latest_invoice.payment_intent");
    let made = stripe.call("POST", "/v1/subscriptions", &form, &OLDER).await;
    assert_eq!(made.body["current_period_end"], made.body["items"]["data"][0]["current_period_end"]);
    assert_eq!(made.text("/latest_invoice/subscription"), made.id());
    assert_eq!(made.text("/latest_invoice/payment_intent/status"), "succeeded");
    assert_eq!(made.body["latest_invoice"]["paid"], true);
    assert_eq!(made.header("stripe-version"), "2024-06-20");

    let newer = stripe.get(&format!("/v1/subscriptions/{}", made.id())).await;
    assert!(newer.body.get("current_period_end").is_none());
}

#[tokio::test]
async fn ui_modes_are_read_and_answered_in_either_words() {
    let stripe = Stripe::new();
    let price = stripe.monthly_price().await;
    let form = format!("mode=subscription&line_items[0][price]={price}&line_items[0][quantity]=1");
    let versions = [("2025-12-15.clover", "hosted"), ("2026-03-25.dahlia", "hosted_page")];
    for (version, expected) in versions {
        for sent in ["hosted", "hosted_page"] {
            let form = format!("{form}&success_url=https://shop.test/done&ui_mode={sent}");
            let made =
                stripe.call("POST", "/v1/checkout/sessions", &form, &[("stripe-version", version)]).await;
            assert_eq!(made.text("/ui_mode"), expected);
        }
    }
    let form = format!("{form}&ui_mode=embedded&redirect_on_completion=never");
    let embedded = stripe.make("/v1/checkout/sessions", &form).await;
    assert!(embedded.text("/client_secret").starts_with("cs_test_"));
}

#[tokio::test]
async fn a_promotion_code_names_its_coupon_at_both_depths() {
    let stripe = Stripe::new();
    let coupon = stripe.make("/v1/coupons", "amount_off=100&currency=eur").await.id();
    let made = stripe.call("POST", "/v1/promotion_codes", &format!("coupon={coupon}&code=A1"), &OLDER).await;
    assert_eq!(made.text("/coupon/id"), coupon);
    let newer = stripe.get(&format!("/v1/promotion_codes/{}?expand[]=promotion.coupon", made.id())).await;
    assert_eq!(newer.text("/promotion/coupon/id"), coupon);
}
