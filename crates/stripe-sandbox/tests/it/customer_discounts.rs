//! Discounts of a customer, which count where an invoice has none of its own.

use serde_json::Value;

use crate::support::{DAY, Stripe};

async fn coupon(stripe: &Stripe, form: &str) -> String {
    stripe.make("/v1/coupons", form).await.id()
}

/// Makes a subscription of 10 euros a month.
async fn subscribe(stripe: &Stripe, customer: &str, more: &str) {
    let price = "product_data[name]=Plan&currency=eur&unit_amount=1000&recurring[interval]=month";
    let price = stripe.make("/v1/prices", price).await.id();
    stripe.make("/v1/subscriptions", &format!("customer={customer}&items[0][price]={price}{more}")).await;
}

/// What each invoice came to, the newest first.
async fn totals(stripe: &Stripe) -> Vec<i64> {
    let invoices = stripe.get("/v1/invoices").await;
    invoices.body["data"].as_array().unwrap().iter().map(|one| one["total"].as_i64().unwrap()).collect()
}

#[tokio::test]
async fn it_counts_for_every_invoice_until_it_is_deleted() {
    let stripe = Stripe::new();
    let customer = stripe.customer_with("pm_card_visa").await;
    let path = format!("/v1/customers/{customer}");
    let coupon = coupon(&stripe, "percent_off=20&duration=forever").await;
    let made = stripe.make(&path, &format!("coupon={coupon}")).await;
    assert_eq!(made.text("/discount/source/coupon"), coupon);
    subscribe(&stripe, &customer, "").await;
    stripe.advance(31 * DAY).await;
    let gone = stripe.delete(&format!("{path}/discount")).await;
    assert_eq!((&gone.body["deleted"], gone.text("/object")), (&true.into(), "discount"));
    assert_eq!(stripe.get(&path).await.body["discount"], Value::Null);
    stripe.advance(30 * DAY).await;
    assert_eq!(totals(&stripe).await, [1_000, 800, 800]);
}

#[tokio::test]
async fn one_for_once_counts_for_one_invoice() {
    let stripe = Stripe::new();
    let customer = stripe.customer_with("pm_card_visa").await;
    let coupon = coupon(&stripe, "amount_off=300&currency=eur&duration=once").await;
    stripe.make(&format!("/v1/customers/{customer}"), &format!("coupon={coupon}")).await;
    subscribe(&stripe, &customer, "").await;
    stripe.advance(31 * DAY).await;
    assert_eq!(totals(&stripe).await, [1_000, 700]);
    assert!(stripe.event_types().await.iter().any(|name| name == "customer.discount.deleted"));
}

#[tokio::test]
async fn a_discount_of_the_subscription_comes_first() {
    let stripe = Stripe::new();
    let customer = stripe.customer_with("pm_card_visa").await;
    let (half, fifth) = (
        coupon(&stripe, "percent_off=50&duration=forever").await,
        coupon(&stripe, "percent_off=20&duration=forever").await,
    );
    stripe.make(&format!("/v1/customers/{customer}"), &format!("coupon={half}")).await;
    subscribe(&stripe, &customer, &format!("&discounts[0][coupon]={fifth}")).await;
    assert_eq!(totals(&stripe).await, [800]);
}

#[tokio::test]
async fn another_coupon_updates_it_and_an_empty_one_ends_it() {
    let stripe = Stripe::new();
    let customer = stripe.customer_with("pm_card_visa").await;
    let path = format!("/v1/customers/{customer}");
    for percent in [20, 30] {
        let coupon = coupon(&stripe, &format!("percent_off={percent}&duration=forever")).await;
        stripe.make(&path, &format!("coupon={coupon}")).await;
    }
    stripe.make(&path, "coupon=").await;
    let types = stripe.event_types().await;
    let told: Vec<&str> = types.iter().filter_map(|name| name.strip_prefix("customer.discount.")).collect();
    assert_eq!(told, ["created", "updated", "deleted"]);
}

#[tokio::test]
async fn manual_invoices_take_it_unless_they_name_their_own() {
    let stripe = Stripe::new();
    let customer = stripe.customer_with("pm_card_visa").await;
    let coupon = coupon(&stripe, "percent_off=20&duration=forever").await;
    stripe.make(&format!("/v1/customers/{customer}"), &format!("coupon={coupon}")).await;
    for (more, total) in [("", 800), ("&discounts=", 1_000)] {
        stripe.make("/v1/invoiceitems", &format!("customer={customer}&currency=eur&amount=1000")).await;
        let draft = stripe.make("/v1/invoices", &format!("customer={customer}{more}")).await;
        assert_eq!(draft.body["total"], total, "{more}");
    }
}
