//! Fixed tax rates on invoices, subscriptions, their items and invoice items.

use axum::http::StatusCode;
use serde_json::Value;

use crate::support::{Answer, DAY, Stripe};

async fn rate(stripe: &Stripe, percentage: &str, inclusive: bool) -> String {
    let form = format!("display_name=VAT&percentage={percentage}&inclusive={inclusive}");
    stripe.make("/v1/tax_rates", &form).await.id()
}

async fn price(stripe: &Stripe, amount: i64) -> String {
    let form = format!("product_data[name]=Plan&currency=eur&unit_amount={amount}&recurring[interval]=month");
    stripe.make("/v1/prices", &form).await.id()
}

/// A subscription's answer with its first invoice.
async fn subscribe(stripe: &Stripe, customer: &str, more: &str) -> Answer {
    let form = format!("customer={customer}&expand[]=latest_invoice&{more}");
    stripe.make("/v1/subscriptions", &form).await
}

/// Subtotal, tax and total of an invoice.
fn sums(invoice: &Value) -> (i64, i64, i64) {
    let tax: i64 =
        invoice["total_taxes"].as_array().unwrap().iter().map(|part| part["amount"].as_i64().unwrap()).sum();
    (invoice["subtotal"].as_i64().unwrap(), tax, invoice["total"].as_i64().unwrap())
}

#[tokio::test]
async fn tax_comes_on_top_or_is_inside_and_is_charged_with_the_rest() {
    for (inclusive, expected) in [(false, (1_450, 276, 1_726)), (true, (1_450, 232, 1_450))] {
        let stripe = Stripe::new();
        let customer = stripe.customer_with("pm_card_visa").await;
        let (vat, price) = (rate(&stripe, "19", inclusive).await, price(&stripe, 1_450).await);
        let more = format!("items[0][price]={price}&default_tax_rates[0]={vat}");
        let made = subscribe(&stripe, &customer, &more).await;
        // 1450 × 19 % = 275.5 on top; 1450 × 19/119 = 231.5 inside.
        let invoice = &made.body["latest_invoice"];
        assert_eq!(sums(invoice), expected);
        assert_eq!(invoice["amount_paid"], expected.2);
        let net = if inclusive { 1_218 } else { 1_450 };
        assert_eq!(invoice["total_excluding_tax"], net);
        assert_eq!(made.text("/default_tax_rates/0/display_name"), "VAT");
        assert_eq!(invoice["lines"]["data"][0]["taxes"][0]["tax_rate_details"]["tax_rate"], vat.as_str());
        // A renewal is taxed alike.
        stripe.advance(31 * DAY).await;
        assert_eq!(sums(&stripe.get("/v1/invoices").await.body["data"][0]), expected);
    }
}

#[tokio::test]
async fn each_line_is_rounded_apart_and_an_items_own_rates_come_first() {
    let stripe = Stripe::new();
    let customer = stripe.customer_with("pm_card_visa").await;
    let (vat, reduced) = (rate(&stripe, "19", false).await, rate(&stripe, "7", false).await);
    let (one, other) = (price(&stripe, 105).await, price(&stripe, 150).await);
    let more = format!(
        "items[0][price]={one}&items[1][price]={other}&items[1][tax_rates][0]={reduced}&default_tax_rates[0]={vat}"
    );
    let invoice = subscribe(&stripe, &customer, &more).await.body["latest_invoice"].take();
    // 105 × 19 % = 19.95 → 20, 150 × 7 % = 10.5 → 11.
    assert_eq!(sums(&invoice), (255, 31, 286));
}

#[tokio::test]
async fn tax_is_on_what_is_left_after_a_discount() {
    let stripe = Stripe::new();
    let customer = stripe.customer_with("pm_card_visa").await;
    let (vat, price) = (rate(&stripe, "20", false).await, price(&stripe, 1_000).await);
    let coupon = stripe.make("/v1/coupons", "percent_off=25&duration=forever").await.id();
    let more = format!("items[0][price]={price}&default_tax_rates[0]={vat}&discounts[0][coupon]={coupon}");
    let invoice = subscribe(&stripe, &customer, &more).await.body["latest_invoice"].take();
    // 750 × 20 % = 150.
    assert_eq!((sums(&invoice), &invoice["total_excluding_tax"]), ((1_000, 150, 900), &750.into()));
    assert_eq!(invoice["lines"]["data"][0]["discount_amounts"][0]["amount"], 250);
}

#[tokio::test]
async fn prorations_are_taxed_like_their_item() {
    let stripe = Stripe::new();
    stripe.advance(31 * DAY).await;
    let customer = stripe.customer_with("pm_card_visa").await;
    let (vat, cheap, dear) =
        (rate(&stripe, "10", false).await, price(&stripe, 1_000).await, price(&stripe, 2_000).await);
    let made =
        subscribe(&stripe, &customer, &format!("items[0][price]={cheap}&default_tax_rates[0]={vat}")).await;
    stripe.advance(15 * DAY).await;
    let form = format!(
        "items[0][id]={}&items[0][price]={dear}&proration_behavior=always_invoice&expand[]=latest_invoice",
        made.text("/items/data/0/id")
    );
    let changed = stripe.make(&format!("/v1/subscriptions/{}", made.id()), &form).await;
    // Half of a month of 30 days: −500 and +1000, with −50 and +100 of tax.
    assert_eq!(sums(&changed.body["latest_invoice"]), (500, 50, 550));
}

#[tokio::test]
async fn invoices_and_their_items_take_rates_and_the_exempt_pay_none() {
    let stripe = Stripe::new();
    let customer = stripe.customer_with("pm_card_visa").await;
    let (vat, reduced) = (rate(&stripe, "19", false).await, rate(&stripe, "7", false).await);
    for more in ["", &format!("&tax_rates[0]={reduced}")] {
        let form = format!("customer={customer}&currency=eur&amount=1000{more}");
        stripe.make("/v1/invoiceitems", &form).await;
    }
    let draft = stripe.make("/v1/invoices", &format!("customer={customer}&default_tax_rates[0]={vat}")).await;
    assert_eq!(sums(&draft.body), (2_000, 260, 2_260));
    let without = stripe.make(&format!("/v1/invoices/{}", draft.id()), "default_tax_rates=").await;
    assert_eq!(sums(&without.body), (2_000, 70, 2_070));
    stripe.make(&format!("/v1/customers/{customer}"), "tax_exempt=exempt").await;
    stripe.make("/v1/invoiceitems", &format!("customer={customer}&currency=eur&amount=1000")).await;
    let exempt =
        stripe.make("/v1/invoices", &format!("customer={customer}&default_tax_rates[0]={vat}")).await;
    assert_eq!(sums(&exempt.body), (1_000, 0, 1_000));
}

#[tokio::test]
async fn rates_are_listed_archived_and_then_no_longer_taken() {
    let stripe = Stripe::new();
    let vat = rate(&stripe, "19", false).await;
    stripe.make(&format!("/v1/tax_rates/{vat}"), "active=false&metadata[foo]=bar").await;
    assert_eq!(stripe.get("/v1/tax_rates?active=true").await.body["data"], Value::Array(Vec::new()));
    let customer = stripe.customer_with("pm_card_visa").await;
    let form = format!("customer={customer}&default_tax_rates[0]={vat}");
    let refused = stripe.post("/v1/invoices", &form).await;
    assert_eq!(
        (refused.status, refused.text("/error/param")),
        (StatusCode::BAD_REQUEST, "default_tax_rates")
    );
    let wrong = stripe.post("/v1/tax_rates", "display_name=VAT&percentage=101&inclusive=true").await;
    assert_eq!(wrong.text("/error/param"), "percentage");
}

#[tokio::test]
async fn older_versions_find_tax_where_it_was() {
    let stripe = Stripe::new();
    let customer = stripe.customer_with("pm_card_visa").await;
    let (vat, price) = (rate(&stripe, "19", false).await, price(&stripe, 1_000).await);
    subscribe(&stripe, &customer, &format!("items[0][price]={price}&default_tax_rates[0]={vat}")).await;
    let older = stripe.call("GET", "/v1/invoices", "", &[("stripe-version", "2024-06-20")]).await;
    let invoice = &older.body["data"][0];
    assert_eq!((&invoice["tax"], &invoice["total_tax_amounts"][0]["amount"]), (&190.into(), &190.into()));
}
