//! `add_invoice_items` on an update: charged with the change, in one payment, or not at all.

use axum::http::StatusCode;
use serde_json::Value;

use crate::support::{Answer, DAY, NOON, Stripe};

/// A subscription of 10 euros a month, ten days old.
struct Running {
    stripe: Stripe,
    customer: String,
    path: String,
    monthly: String,
    once: String,
}

impl Running {
    async fn new() -> Self {
        let stripe = Stripe::new();
        let customer = stripe.customer_with("pm_card_visa").await;
        let plan = price(&stripe, "unit_amount=1000&recurring[interval]=month").await;
        let monthly = price(&stripe, "unit_amount=300&recurring[interval]=month").await;
        let once = price(&stripe, "unit_amount=500").await;
        let made =
            stripe.make("/v1/subscriptions", &format!("customer={customer}&items[0][price]={plan}")).await;
        stripe.advance(10 * DAY).await;
        Self { path: format!("/v1/subscriptions/{}", made.id()), stripe, customer, monthly, once }
    }

    /// Both kinds, for the rest of the period and once.
    fn both(&self, more: &str) -> String {
        format!(
            "items[0][price]={}&add_invoice_items[0][price]={}&proration_behavior=always_invoice\
             &proration_date={}&expand[]=latest_invoice{more}",
            self.monthly,
            self.once,
            NOON + 10 * DAY
        )
    }

    async fn pay_with(&self, card: &str) {
        let form = format!("invoice_settings[default_payment_method]={card}");
        self.stripe.make(&format!("/v1/customers/{}", self.customer), &form).await;
    }

    async fn items(&self) -> usize {
        let shown = self.stripe.get(&self.path).await;
        shown.body["items"]["data"].as_array().unwrap().len()
    }

    async fn charged(&self) -> Vec<i64> {
        let charges = self.stripe.get("/v1/charges").await;
        let paid = charges.body["data"].as_array().unwrap().iter().filter(|charge| charge["paid"] == true);
        paid.map(|charge| charge["amount"].as_i64().unwrap()).collect()
    }
}

async fn price(stripe: &Stripe, form: &str) -> String {
    stripe.make("/v1/prices", &format!("product_data[name]=Thing&currency=eur&{form}")).await.id()
}

fn amounts(invoice: &Value) -> Vec<i64> {
    let lines = invoice["lines"]["data"].as_array().unwrap().iter();
    let mut amounts = lines.map(|line| line["amount"].as_i64().unwrap()).collect::<Vec<_>>();
    amounts.sort_unstable();
    amounts
}

#[tokio::test]
async fn what_renews_and_what_is_paid_once_are_one_invoice() {
    let running = Running::new().await;
    let changed = running.stripe.make(&running.path, &running.both("")).await;
    // 21 of March's 31 days are left: 300 × 21 / 31 = 203.2.
    assert_eq!(amounts(&changed.body["latest_invoice"]), [203, 500]);
    assert_eq!(running.charged().await, [703, 1_000]);
    assert_eq!(running.items().await, 2);
    // Only what renews comes again.
    running.stripe.advance(21 * DAY).await;
    assert_eq!(running.charged().await, [1_300, 703, 1_000]);
}

#[tokio::test]
async fn a_preview_with_invoice_items_is_what_the_update_charges() {
    let running = Running::new().await;
    let id = running.path.rsplit('/').next().unwrap();
    let form = format!(
        "subscription={id}&subscription_details[items][0][price]={}&invoice_items[0][price]={}\
         &subscription_details[proration_behavior]=always_invoice&subscription_details[proration_date]={}",
        running.monthly,
        running.once,
        NOON + 10 * DAY
    );
    let shown: Answer = running.stripe.make("/v1/invoices/create_preview", &form).await;
    assert_eq!((shown.body["total"].as_i64(), amounts(&shown.body)), (Some(703), vec![203, 500]));
    assert_eq!((running.items().await, running.charged().await), (1, vec![1_000]));
}

#[tokio::test]
async fn what_is_not_discountable_costs_its_price_beside_a_discount() {
    let running = Running::new().await;
    let coupon = running.stripe.make("/v1/coupons", "percent_off=50&duration=forever").await.id();
    running.stripe.make(&running.path, &format!("discounts[0][coupon]={coupon}")).await;
    for (discountable, total) in [("true", 750), ("false", 1_000)] {
        let id = running.path.rsplit('/').next().unwrap();
        let form = format!(
            "subscription={id}&invoice_items[0][price]={}&invoice_items[0][discountable]={discountable}",
            running.once
        );
        let shown = running.stripe.make("/v1/invoices/create_preview", &form).await;
        assert_eq!(shown.body["total"], total, "{discountable}");
    }
    let form = running.both("&add_invoice_items[0][discountable]=false");
    let changed = running.stripe.make(&running.path, &form).await;
    // Half of the 203 that are left of what renews, and all of what comes once.
    assert_eq!(changed.body["latest_invoice"]["total"], 602);
}

#[tokio::test]
async fn a_refused_update_leaves_neither() {
    let running = Running::new().await;
    running.pay_with("pm_card_chargeCustomerFail").await;
    let refused =
        running.stripe.post(&running.path, &running.both("&payment_behavior=error_if_incomplete")).await;
    assert_eq!(refused.status, StatusCode::PAYMENT_REQUIRED);
    let waiting = running.stripe.get("/v1/invoiceitems?pending=true").await;
    assert_eq!(waiting.body["data"].as_array().unwrap().len(), 0);
    assert_eq!(running.items().await, 1);
}

#[tokio::test]
async fn a_pending_update_brings_both_once_it_is_paid() {
    let running = Running::new().await;
    running.pay_with("pm_card_chargeCustomerFail").await;
    let changed =
        running.stripe.make(&running.path, &running.both("&payment_behavior=pending_if_incomplete")).await;
    assert_eq!(running.items().await, 1);
    let invoice = changed.text("/latest_invoice/id").to_owned();
    running.stripe.make(&format!("/v1/invoices/{invoice}/pay"), "payment_method=pm_card_visa").await;
    assert_eq!((running.items().await, running.charged().await), (2, vec![703, 1_000]));
}

#[tokio::test]
async fn without_an_invoice_at_once_it_waits_for_the_next_one() {
    let running = Running::new().await;
    let form = format!("add_invoice_items[0][price]={}", running.once);
    running.stripe.make(&running.path, &form).await;
    assert_eq!(running.charged().await, [1_000]);
    running.stripe.advance(21 * DAY).await;
    assert_eq!(running.charged().await, [1_500, 1_000]);
}
