//! What a change in the middle of a period costs where there is more to it than one price in euro: several items,
//! discounts, tax, and currencies without cents or with three places.
//!
//! Everything here happens with half of a month of 30 days left, so that each share is a half.

use serde_json::Value;
use stripe_sandbox::SandboxOptions;

use crate::support::{DAY, Stripe};

/// 1 April 2026, midnight, UTC.
const APRIL: i64 = 1_775_001_600;

struct Shop {
    stripe: Stripe,
    customer: String,
}

impl Shop {
    async fn open() -> Self {
        let stripe = Stripe::at(APRIL, SandboxOptions::default());
        let customer = stripe.customer_with("pm_card_visa").await;
        Self { stripe, customer }
    }

    async fn price(&self, currency: &str, amount: i64) -> String {
        let what = format!("product_data[name]=Plan&currency={currency}&unit_amount={amount}");
        self.stripe.make("/v1/prices", &format!("{what}&recurring[interval]=month")).await.id()
    }

    /// A subscription that is half a month old.
    async fn half_used(&self, form: &str) -> Value {
        let form = format!("customer={}&{form}", self.customer);
        let made = self.stripe.make("/v1/subscriptions", &form).await.body;
        self.stripe.advance(15 * DAY).await;
        made
    }

    /// The invoice of an update that is charged at once, which is what its preview said.
    async fn update(&self, subscription: &Value, items: &[String]) -> Value {
        let form = |prefix: &str| {
            let item = |(at, item): (usize, &String)| item.replace("ITEM", &format!("{prefix}[{at}]"));
            items.iter().enumerate().map(item).collect::<Vec<_>>().join("&")
        };
        let id = subscription["id"].as_str().unwrap();
        let preview = format!(
            "subscription={id}&subscription_details[proration_behavior]=always_invoice&{}",
            form("subscription_details[items]")
        );
        let preview = self.stripe.make("/v1/invoices/create_preview", &preview).await.body;
        let update = format!("proration_behavior=always_invoice&expand[]=latest_invoice&{}", form("items"));
        let path = format!("/v1/subscriptions/{id}");
        let invoice = self.stripe.make(&path, &update).await.body["latest_invoice"].take();
        assert_eq!(lines(&preview), lines(&invoice));
        assert_eq!(preview["total"], invoice["total"]);
        invoice
    }
}

/// The amounts of the lines, lowest first.
fn lines(invoice: &Value) -> Vec<i64> {
    let lines = invoice["lines"]["data"].as_array().unwrap();
    let mut amounts: Vec<_> = lines.iter().map(|line| line["amount"].as_i64().unwrap()).collect();
    amounts.sort_unstable();
    amounts
}

fn item(subscription: &Value, at: usize) -> &str {
    subscription["items"]["data"][at]["id"].as_str().unwrap()
}

#[tokio::test]
async fn two_items_that_change_together_are_four_lines_of_one_invoice() {
    let shop = Shop::open().await;
    let [plan, dearer, seat] =
        [shop.price("eur", 1_000).await, shop.price("eur", 2_000).await, shop.price("eur", 501).await];
    let form = format!("items[0][price]={plan}&items[1][price]={seat}&items[1][quantity]=3");
    let subscription = shop.half_used(&form).await;
    let changes = [
        format!("ITEM[id]={}&ITEM[price]={dearer}", item(&subscription, 0)),
        format!("ITEM[id]={}&ITEM[quantity]=5", item(&subscription, 1)),
    ];
    let invoice = shop.update(&subscription, &changes).await;
    // 1 503 / 2 = 751.5 and 2 505 / 2 = 1 252.5: each line is rounded for itself, away from zero.
    assert_eq!(lines(&invoice), [-752, -500, 1_000, 1_253]);
    assert_eq!((&invoice["total"], &invoice["amount_paid"]), (&1_001.into(), &1_001.into()));
}

#[tokio::test]
async fn one_item_of_two_changes_alone() {
    let shop = Shop::open().await;
    let [plan, dearer, seat] =
        [shop.price("eur", 1_000).await, shop.price("eur", 2_000).await, shop.price("eur", 501).await];
    let form = format!("items[0][price]={plan}&items[1][price]={seat}");
    let subscription = shop.half_used(&form).await;
    let change = format!("ITEM[id]={}&ITEM[price]={dearer}", item(&subscription, 0));
    assert_eq!(lines(&shop.update(&subscription, &[change]).await), [-500, 1_000]);
}

#[tokio::test]
async fn a_percentage_off_is_taken_before_the_share() {
    let shop = Shop::open().await;
    let [plan, dearer] = [shop.price("eur", 1_000).await, shop.price("eur", 2_000).await];
    let coupon = shop.stripe.make("/v1/coupons", "percent_off=25&duration=forever").await.id();
    let form = format!("items[0][price]={plan}&discounts[0][coupon]={coupon}");
    let subscription = shop.half_used(&form).await;
    let change = format!("ITEM[id]={}&ITEM[price]={dearer}", item(&subscription, 0));
    let invoice = shop.update(&subscription, &[change]).await;
    // 750 was paid for the month, and 1 500 is what the dearer one costs.
    assert_eq!(lines(&invoice), [-375, 750]);
    assert_eq!((&invoice["total"], &invoice["amount_paid"]), (&375.into(), &375.into()));
}

#[tokio::test]
async fn tax_is_credited_and_charged_with_each_share() {
    let shop = Shop::open().await;
    let [plan, dearer] = [shop.price("eur", 1_000).await, shop.price("eur", 2_000).await];
    let vat = shop.stripe.make("/v1/tax_rates", "display_name=VAT&percentage=19&inclusive=false").await.id();
    let form = format!("items[0][price]={plan}&default_tax_rates[0]={vat}");
    let subscription = shop.half_used(&form).await;
    let change = format!("ITEM[id]={}&ITEM[price]={dearer}", item(&subscription, 0));
    let invoice = shop.update(&subscription, &[change]).await;
    assert_eq!(lines(&invoice), [-500, 1_000]);
    // 190 on the charge, less 95 on the credit.
    assert_eq!((&invoice["subtotal"], &invoice["total"]), (&500.into(), &595.into()));
}

#[tokio::test]
async fn yen_and_dinars_are_shared_in_their_own_smallest_unit() {
    // 1 001 yen have no half; dinars have thousandths, of which Stripe charges tens.
    for (currency, amounts, expected) in
        [("jpy", [1_001, 2_000], [-501, 1_000]), ("kwd", [10_500, 21_020], [-5_250, 10_510])]
    {
        let shop = Shop::open().await;
        let [plan, dearer] = [shop.price(currency, amounts[0]).await, shop.price(currency, amounts[1]).await];
        let subscription = shop.half_used(&format!("items[0][price]={plan}")).await;
        let change = format!("ITEM[id]={}&ITEM[price]={dearer}", item(&subscription, 0));
        let invoice = shop.update(&subscription, &[change]).await;
        assert_eq!(lines(&invoice), expected, "{currency}");
        assert_eq!(invoice["total"], expected.iter().sum::<i64>(), "{currency}");
        assert_eq!(invoice["currency"], currency);
    }
}
