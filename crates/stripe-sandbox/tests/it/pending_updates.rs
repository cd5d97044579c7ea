//! Changes that count only once they are paid: what is shown meanwhile, and what makes or drops them.

use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use serde_json::Value;

use crate::support::{Answer, DAY, NOON, Stripe};

const HOUR: i64 = 3_600;

/// A subscription of 10 euros a month, and a price of 20 that it is to change to.
struct Waiting {
    stripe: Stripe,
    customer: String,
    path: String,
    item: String,
    dearer: String,
}

impl Waiting {
    async fn with(card: &str) -> Self {
        let stripe = Stripe::new();
        let customer = stripe.customer_with("pm_card_visa").await;
        let price = price(&stripe, 1_000).await;
        let made =
            stripe.make("/v1/subscriptions", &format!("customer={customer}&items[0][price]={price}")).await;
        let dearer = price_of_dearer(&stripe).await;
        stripe.advance(DAY).await;
        let form = format!("invoice_settings[default_payment_method]={card}");
        stripe.make(&format!("/v1/customers/{customer}"), &form).await;
        let item = made.text("/items/data/0/id").to_owned();
        Self { path: format!("/v1/subscriptions/{}", made.id()), stripe, customer, item, dearer }
    }

    async fn change(&self) -> Answer {
        let form = format!(
            "items[0][id]={}&items[0][price]={}&payment_behavior=pending_if_incomplete\
             &proration_behavior=always_invoice&expand[]=latest_invoice",
            self.item, self.dearer
        );
        self.stripe.make(&self.path, &form).await
    }

    async fn shown(&self) -> Answer {
        self.stripe.get(&format!("{}?expand[]=latest_invoice", self.path)).await
    }

    /// How many events of a type there are.
    async fn events(&self, name: &str) -> usize {
        let events = self.stripe.get(&format!("/v1/events?type=customer.subscription.{name}")).await;
        events.body["data"].as_array().unwrap().len()
    }
}

async fn price(stripe: &Stripe, amount: i64) -> String {
    let form = format!("product_data[name]=Plan&currency=eur&unit_amount={amount}&recurring[interval]=month");
    stripe.make("/v1/prices", &form).await.id()
}

async fn price_of_dearer(stripe: &Stripe) -> String {
    price(stripe, 2_000).await
}

fn unit_amount(subscription: &Answer) -> i64 {
    subscription.body["items"]["data"][0]["price"]["unit_amount"].as_i64().unwrap()
}

#[tokio::test]
async fn a_change_that_is_paid_at_once_waits_for_nothing() {
    let waiting = Waiting::with("pm_card_visa").await;
    let changed = waiting.change().await;
    assert_eq!((unit_amount(&changed), &changed.body["pending_update"]), (2_000, &Value::Null));
    assert_eq!(changed.text("/latest_invoice/status"), "paid");
    assert_eq!((waiting.events("updated").await, waiting.events("pending_update_applied").await), (1, 0));
}

#[tokio::test]
async fn an_unpaid_change_is_shown_as_pending_and_changes_nothing_else() {
    let waiting = Waiting::with("pm_card_chargeCustomerFail").await;
    let changed = waiting.change().await;
    assert_eq!((changed.text("/status"), unit_amount(&changed)), ("active", 1_000));
    let pending = &changed.body["pending_update"];
    assert_eq!(pending["expires_at"], NOON + DAY + 23 * HOUR);
    assert_eq!(pending["subscription_items"][0]["price"]["unit_amount"], 2_000);
    assert_eq!(pending["subscription_items"][0]["id"], waiting.item.as_str());
    assert_eq!(
        (changed.text("/latest_invoice/status"), changed.body["latest_invoice"]["attempt_count"].as_i64()),
        ("open", Some(1))
    );
    assert_eq!(changed.body["latest_invoice"]["next_payment_attempt"], Value::Null);
}

#[tokio::test]
async fn paying_the_invoice_makes_the_change() {
    let waiting = Waiting::with("pm_card_chargeCustomerFail").await;
    let invoice = waiting.change().await.text("/latest_invoice/id").to_owned();
    // What else has changed meanwhile stays.
    waiting.stripe.make(&waiting.path, "metadata[note]=kept").await;
    waiting.stripe.make(&format!("/v1/invoices/{invoice}/pay"), "payment_method=pm_card_visa").await;
    let after = waiting.shown().await;
    assert_eq!((unit_amount(&after), &after.body["pending_update"]), (2_000, &Value::Null));
    assert_eq!(after.text("/metadata/note"), "kept");
    assert_eq!(waiting.events("pending_update_applied").await, 1);
    // The next month costs the new price, and nothing is charged twice.
    waiting
        .stripe
        .make(
            &format!("/v1/customers/{}", waiting.customer),
            "invoice_settings[default_payment_method]=pm_card_visa",
        )
        .await;
    waiting.stripe.advance(30 * DAY).await;
    assert_eq!(waiting.shown().await.body["latest_invoice"]["amount_paid"], 2_000);
}

#[tokio::test]
async fn a_change_nobody_pays_is_dropped_with_its_invoice() {
    let waiting = Waiting::with("pm_card_chargeCustomerFail").await;
    waiting.change().await;
    waiting.stripe.advance(23 * HOUR - 1).await;
    assert!(waiting.shown().await.body["pending_update"].is_object());
    waiting.stripe.advance(1).await;
    let after = waiting.shown().await;
    assert_eq!((unit_amount(&after), &after.body["pending_update"]), (1_000, &Value::Null));
    assert_eq!((after.text("/status"), after.text("/latest_invoice/status")), ("active", "void"));
    assert_eq!(
        (waiting.events("pending_update_expired").await, waiting.events("pending_update_applied").await),
        (1, 0)
    );
}

#[tokio::test]
async fn voiding_the_invoice_or_changing_again_drops_what_was_pending() {
    let waiting = Waiting::with("pm_card_chargeCustomerFail").await;
    let first = waiting.change().await.text("/latest_invoice/id").to_owned();
    let second = waiting.change().await.text("/latest_invoice/id").to_owned();
    assert_eq!(waiting.stripe.get(&format!("/v1/invoices/{first}")).await.text("/status"), "void");
    waiting.stripe.make(&format!("/v1/invoices/{second}/void"), "").await;
    let after = waiting.shown().await;
    assert_eq!((unit_amount(&after), &after.body["pending_update"]), (1_000, &Value::Null));
    assert_eq!(waiting.events("pending_update_expired").await, 0);
}

#[tokio::test]
async fn what_the_balance_paid_for_a_dropped_change_comes_back() {
    let waiting = Waiting::with("pm_card_chargeCustomerFail").await;
    let balance = format!("/v1/customers/{}", waiting.customer);
    waiting.stripe.make(&format!("{balance}/balance_transactions"), "amount=-300&currency=eur").await;
    let invoice = waiting.change().await;
    assert_eq!(waiting.stripe.get(&balance).await.body["balance"], 0);
    let path = format!("/v1/invoices/{}/void", invoice.text("/latest_invoice/id"));
    waiting.stripe.make(&path, "").await;
    assert_eq!(waiting.stripe.get(&balance).await.body["balance"], -300);
}

#[tokio::test]
async fn an_end_ends_what_was_pending_too() {
    let waiting = Waiting::with("pm_card_chargeCustomerFail").await;
    let invoice = waiting.change().await.text("/latest_invoice/id").to_owned();
    let ended = waiting.stripe.delete(&waiting.path).await;
    assert_eq!((ended.text("/status"), &ended.body["pending_update"]), ("canceled", &Value::Null));
    assert_eq!(waiting.stripe.get(&format!("/v1/invoices/{invoice}")).await.text("/status"), "void");
}

#[tokio::test]
async fn an_item_is_added_only_once_it_is_paid() {
    let waiting = Waiting::with("pm_card_chargeCustomerFail").await;
    let id = waiting.path.rsplit('/').next().unwrap();
    let form = format!(
        "subscription={id}&price={}&payment_behavior=pending_if_incomplete&proration_behavior=always_invoice",
        waiting.dearer
    );
    let asked = waiting.stripe.make("/v1/subscription_items", &form).await;
    let before = waiting.shown().await;
    assert_eq!(before.body["items"]["data"].as_array().unwrap().len(), 1);
    let path = format!("/v1/invoices/{}/pay", before.text("/latest_invoice/id"));
    waiting.stripe.make(&path, "payment_method=pm_card_visa").await;
    let after = waiting.shown().await;
    assert_eq!(
        (after.text("/items/data/0/id"), after.text("/items/data/1/id")),
        (waiting.item.as_str(), asked.text("/id"))
    );
}

#[tokio::test]
async fn parameters_that_cannot_wait_are_refused() {
    let waiting = Waiting::with("pm_card_visa").await;
    let item = format!("items[0][id]={}&items[0][metadata][a]=b", waiting.item);
    for (form, param) in [
        ("description=other", "description"),
        ("metadata[a]=b", "metadata"),
        ("off_session=true", "off_session"),
        ("cancel_at_period_end=true", "cancel_at_period_end"),
        ("discounts=", "discounts"),
        (&item, "items[0][metadata]"),
    ] {
        let form = format!("{form}&payment_behavior=pending_if_incomplete");
        let refused = waiting.stripe.post(&waiting.path, &form).await;
        assert_eq!((refused.status, refused.text("/error/param")), (StatusCode::BAD_REQUEST, param));
    }
}

#[tokio::test]
async fn a_bank_that_asks_is_answered_on_its_page_and_leads_back_to_the_shop() {
    let waiting = Waiting::with("pm_card_authenticationRequired").await;
    let changed = waiting.change().await;
    assert_eq!((unit_amount(&changed), changed.text("/latest_invoice/status")), (1_000, "open"));
    let payments = format!("/v1/invoice_payments?invoice={}", changed.text("/latest_invoice/id"));
    let intent = waiting.stripe.get(&payments).await.text("/data/0/payment/payment_intent").to_owned();
    let path = format!("/v1/payment_intents/{intent}/confirm");
    let asked = waiting.stripe.make(&path, "return_url=https://shop.test/back?visit=1").await;
    assert_eq!(asked.text("/status"), "requires_action");
    assert_eq!(asked.text("/next_action/redirect_to_url/return_url"), "https://shop.test/back?visit=1");
    let page = asked.text("/next_action/redirect_to_url/url").replace("http://sandbox.test", "");
    // 30 of 31 days are left: 2000 × 30/31 = 1935 less 1000 × 30/31 = 968.
    assert!(waiting.stripe.get(&page).await.html().contains("€9.67"));
    let answered = Request::post(&page)
        .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
        .body(Body::from("outcome=complete"))
        .unwrap();
    let answered = waiting.stripe.send(answered).await;
    assert_eq!(answered.status, StatusCode::SEE_OTHER);
    let back = answered.header("location");
    assert!(back.starts_with(&format!("https://shop.test/back?visit=1&payment_intent={intent}&")), "{back}");
    assert!(back.ends_with("&redirect_status=succeeded"), "{back}");
    assert_eq!(unit_amount(&waiting.shown().await), 2_000);
}

#[tokio::test]
async fn a_charge_without_the_customer_is_refused_and_can_be_confirmed_with_them() {
    let stripe = Stripe::new();
    let customer = stripe.customer_with("pm_card_authenticationRequired").await;
    let method =
        stripe.get(&format!("/v1/customers/{customer}/payment_methods")).await.text("/data/0/id").to_owned();
    let form = format!(
        "amount=900&currency=eur&customer={customer}&payment_method={method}&confirm=true&off_session=true"
    );
    let refused = stripe.post("/v1/payment_intents", &form).await;
    assert_eq!(
        (refused.status, refused.text("/error/code")),
        (StatusCode::PAYMENT_REQUIRED, "authentication_required")
    );
    assert_eq!(refused.text("/error/payment_intent/status"), "requires_payment_method");
    let path = format!("/v1/payment_intents/{}/confirm", refused.text("/error/payment_intent/id"));
    let form = format!("payment_method={method}&return_url=https://shop.test/back");
    let asked = stripe.make(&path, &form).await;
    assert_eq!(
        (asked.text("/status"), asked.text("/next_action/type")),
        ("requires_action", "redirect_to_url")
    );
}
