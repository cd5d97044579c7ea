//! Changing live subscriptions: when the money moves, what a refused card leaves, what the cycle does.

use axum::http::StatusCode;
use serde_json::Value;

use crate::support::{Answer, DAY, NOON, Stripe};

/// A subscription to one price, half of whose month of 30 days is over.
struct Halfway {
    stripe: Stripe,
    customer: String,
    path: String,
    item: String,
}

impl Halfway {
    async fn paying(amount: i64) -> Self {
        let stripe = Stripe::new();
        // From 1 to 31 March are 30 days, but a month has 31: the start is moved to April.
        stripe.advance(31 * DAY).await;
        let customer = stripe.customer_with("pm_card_visa").await;
        let price = price(&stripe, amount, "month").await;
        let made =
            stripe.make("/v1/subscriptions", &format!("customer={customer}&items[0][price]={price}")).await;
        stripe.advance(15 * DAY).await;
        let item = made.text("/items/data/0/id").to_owned();
        Self { path: format!("/v1/subscriptions/{}", made.id()), stripe, customer, item }
    }

    async fn change_to(&self, price: &str, more: &str) -> Answer {
        let form =
            format!("items[0][id]={}&items[0][price]={price}&expand[]=latest_invoice{more}", self.item);
        self.stripe.post(&self.path, &form).await
    }

    async fn price(&self, amount: i64) -> String {
        price(&self.stripe, amount, "month").await
    }

    async fn break_card(&self) {
        let form = "invoice_settings[default_payment_method]=pm_card_chargeCustomerFail";
        self.stripe.make(&format!("/v1/customers/{}", self.customer), form).await;
    }

    async fn invoices(&self) -> Vec<Value> {
        self.stripe.get("/v1/invoices").await.body["data"].as_array().unwrap().clone()
    }
}

async fn price(stripe: &Stripe, amount: i64, interval: &str) -> String {
    let form =
        format!("product_data[name]=Plan&currency=eur&unit_amount={amount}&recurring[interval]={interval}");
    stripe.make("/v1/prices", &form).await.id()
}

fn amounts(invoice: &Value) -> Vec<i64> {
    let lines = invoice["lines"]["data"].as_array().unwrap();
    lines.iter().map(|line| line["amount"].as_i64().unwrap()).collect()
}

#[tokio::test]
async fn prorations_wait_for_the_next_invoice_unless_told_otherwise() {
    let halfway = Halfway::paying(1_000).await;
    let changed = halfway.change_to(&halfway.price(2_000).await, "").await;
    assert_eq!(changed.text("/items/data/0/price/unit_amount_decimal"), "2000");
    assert_eq!(halfway.invoices().await.len(), 1);
    let waiting = halfway.stripe.get("/v1/invoiceitems?pending=true").await;
    assert_eq!(
        (&waiting.body["data"][0]["amount"], &waiting.body["data"][1]["amount"]),
        (&1_000.into(), &(-500).into())
    );
    assert_eq!(waiting.body["data"][0]["proration"], true);
    halfway.stripe.advance(15 * DAY).await;
    let renewal = &halfway.invoices().await[0];
    assert_eq!((amounts(renewal), &renewal["status"]), (vec![-500, 1_000, 2_000], &"paid".into()));
    let details = &renewal["lines"]["data"][0]["parent"]["subscription_item_details"];
    assert_eq!(
        (&details["proration"], &details["subscription_item"]),
        (&true.into(), &halfway.item.clone().into())
    );
}

#[tokio::test]
async fn without_proration_only_the_next_period_costs_something_else() {
    let halfway = Halfway::paying(1_000).await;
    halfway.change_to(&halfway.price(2_000).await, "&proration_behavior=none").await;
    halfway.stripe.advance(15 * DAY).await;
    let invoices = halfway.invoices().await;
    assert_eq!((invoices.len(), amounts(&invoices[0])), (2, vec![2_000]));
}

#[tokio::test]
async fn a_refused_card_changes_nothing_when_an_error_is_asked_for() {
    let halfway = Halfway::paying(1_000).await;
    halfway.break_card().await;
    let before = halfway.stripe.get(&halfway.path).await.body;
    let events = halfway.stripe.event_types().await.len();
    let dearer = halfway.price(2_000).await;
    let more = "&proration_behavior=always_invoice&payment_behavior=error_if_incomplete";
    let refused = halfway.change_to(&dearer, more).await;
    assert_eq!(
        (refused.status, refused.text("/error/code")),
        (StatusCode::PAYMENT_REQUIRED, "card_declined")
    );
    assert_eq!(halfway.stripe.get(&halfway.path).await.body, before);
    assert_eq!(halfway.invoices().await.len(), 1);
    assert!(halfway.stripe.get("/v1/invoiceitems").await.body["data"].as_array().unwrap().is_empty());
    // The new product and price are all that happened.
    assert_eq!(halfway.stripe.event_types().await.len(), events + 2);
}

#[tokio::test]
async fn a_refused_card_leaves_a_change_past_due_when_that_is_allowed() {
    let halfway = Halfway::paying(1_000).await;
    halfway.break_card().await;
    let changed = halfway.change_to(&halfway.price(2_000).await, "&proration_behavior=always_invoice").await;
    assert_eq!((changed.text("/status"), changed.text("/latest_invoice/status")), ("past_due", "open"));
    let invoice = changed.text("/latest_invoice/id");
    halfway.stripe.make(&format!("/v1/invoices/{invoice}/pay"), "payment_method=pm_card_visa").await;
    assert_eq!(halfway.stripe.get(&halfway.path).await.text("/status"), "active");
}

#[tokio::test]
async fn default_incomplete_leaves_the_invoice_of_a_change_to_the_customer() {
    let halfway = Halfway::paying(1_000).await;
    let more = "&proration_behavior=always_invoice&payment_behavior=default_incomplete";
    let changed = halfway.change_to(&halfway.price(2_000).await, more).await;
    assert_eq!((changed.text("/status"), changed.text("/latest_invoice/status")), ("past_due", "open"));
    assert_eq!(changed.body["latest_invoice"]["attempt_count"], 0);
}

#[tokio::test]
async fn what_a_downgrade_gives_back_pays_for_coming_invoices() {
    let halfway = Halfway::paying(3_000).await;
    let changed = halfway.change_to(&halfway.price(1_000).await, "&proration_behavior=always_invoice").await;
    let invoice = &changed.body["latest_invoice"];
    // 3000 × 15/30 are given back, 1000 × 15/30 are owed.
    assert_eq!((amounts(invoice), &invoice["amount_due"]), (vec![-1_500, 500], &0.into()));
    assert_eq!((&invoice["status"], &invoice["ending_balance"]), (&"paid".into(), &(-1_000).into()));
    let customer = format!("/v1/customers/{}", halfway.customer);
    assert_eq!(halfway.stripe.get(&customer).await.body["balance"], -1_000);
    // The balance pays the next month exactly, and the one after costs money again.
    halfway.stripe.advance(15 * DAY).await;
    let renewal = &halfway.invoices().await[0];
    assert_eq!((&renewal["total"], &renewal["amount_due"]), (&1_000.into(), &0.into()));
    assert_eq!(halfway.stripe.get(&customer).await.body["balance"], 0);
    halfway.stripe.advance(31 * DAY).await;
    assert_eq!(halfway.invoices().await[0]["amount_paid"], 1_000);
}

#[tokio::test]
async fn another_interval_begins_a_new_cycle_and_is_paid_at_once() {
    let halfway = Halfway::paying(1_000).await;
    let yearly = price(&halfway.stripe, 10_000, "year").await;
    let changed = halfway.change_to(&yearly, "").await;
    let now = NOON + (31 + 15) * DAY;
    assert_eq!(changed.body["billing_cycle_anchor"], now);
    assert_eq!(changed.body["items"]["data"][0]["current_period_end"], now + 365 * DAY);
    let invoice = &changed.body["latest_invoice"];
    assert_eq!((amounts(invoice), &invoice["amount_paid"]), (vec![-500, 10_000], &9_500.into()));
}

#[tokio::test]
async fn an_anchor_set_to_now_bills_a_whole_period_from_now() {
    let halfway = Halfway::paying(1_000).await;
    let changed =
        halfway.stripe.make(&halfway.path, "billing_cycle_anchor=now&expand[]=latest_invoice").await;
    assert_eq!(changed.body["billing_cycle_anchor"], NOON + 46 * DAY);
    assert_eq!(amounts(&changed.body["latest_invoice"]), [-500, 1_000]);
    let newer = "billing_cycle_anchor[type]=now&proration_behavior=none&expand[]=latest_invoice";
    let again = halfway.stripe.make(&halfway.path, newer).await;
    assert_eq!(amounts(&again.body["latest_invoice"]), [1_000]);
}

#[tokio::test]
async fn leaving_a_free_price_begins_a_new_cycle() {
    let halfway = Halfway::paying(0).await;
    let changed = halfway.change_to(&halfway.price(2_000).await, "").await;
    assert_eq!(changed.body["billing_cycle_anchor"], NOON + 46 * DAY);
    assert_eq!(changed.body["latest_invoice"]["amount_paid"], 2_000);
}

#[tokio::test]
async fn a_trial_that_is_ended_is_billed_at_once_and_one_that_runs_is_not_prorated() {
    let stripe = Stripe::new();
    let customer = stripe.customer_with("pm_card_visa").await;
    let (cheap, dear) = (price(&stripe, 1_000, "month").await, price(&stripe, 2_000, "month").await);
    let form = format!("customer={customer}&items[0][price]={cheap}&trial_period_days=14");
    let made = stripe.make("/v1/subscriptions", &form).await;
    let path = format!("/v1/subscriptions/{}", made.id());
    let item = made.text("/items/data/0/id");
    stripe.advance(DAY).await;
    let form = format!("items[0][id]={item}&items[0][price]={dear}&proration_behavior=always_invoice");
    assert_eq!(stripe.make(&path, &form).await.text("/status"), "trialing");
    let ended = stripe.make(&path, "trial_end=now&expand[]=latest_invoice").await;
    assert_eq!((ended.text("/status"), &ended.body["trial_end"]), ("active", &(NOON + DAY).into()));
    assert_eq!(
        (amounts(&ended.body["latest_invoice"]), &ended.body["billing_cycle_anchor"]),
        (vec![2_000], &(NOON + DAY).into())
    );
}

#[tokio::test]
async fn items_come_and_go_with_their_share_of_the_period() {
    let halfway = Halfway::paying(1_000).await;
    let id = halfway.path.rsplit('/').next().unwrap();
    let extra = halfway.price(600).await;
    let form = format!("subscription={id}&price={extra}&quantity=2&proration_behavior=always_invoice");
    let added = halfway.stripe.make("/v1/subscription_items", &form).await;
    assert_eq!(amounts(&halfway.invoices().await[0]), [600]);
    let item = format!("/v1/subscription_items/{}", added.id());
    halfway.stripe.make(&item, "quantity=1&proration_behavior=always_invoice").await;
    assert_eq!(amounts(&halfway.invoices().await[0]), [-600, 300]);
    let gone = halfway.stripe.delete(&format!("{item}?proration_behavior=always_invoice")).await;
    assert_eq!((&gone.body["deleted"], amounts(&halfway.invoices().await[0])), (&true.into(), vec![-300]));
    let last = halfway.stripe.delete(&format!("/v1/subscription_items/{}", halfway.item)).await;
    assert_eq!((last.status, last.text("/error/param")), (StatusCode::BAD_REQUEST, "items"));
}

#[tokio::test]
async fn the_same_price_cannot_be_there_twice() {
    let halfway = Halfway::paying(1_000).await;
    let price = halfway.stripe.get(&halfway.path).await.text("/items/data/0/price/id").to_owned();
    let refused = halfway.stripe.post(&halfway.path, &format!("items[0][price]={price}")).await;
    assert_eq!((refused.status, refused.text("/error/param")), (StatusCode::BAD_REQUEST, "items"));
}

#[tokio::test]
async fn percentages_count_before_a_share_is_taken() {
    let halfway = Halfway::paying(1_000).await;
    let coupon = halfway.stripe.make("/v1/coupons", "percent_off=25&duration=forever").await.id();
    halfway.stripe.make(&halfway.path, &format!("discounts[0][coupon]={coupon}")).await;
    let changed = halfway.change_to(&halfway.price(2_000).await, "&proration_behavior=always_invoice").await;
    // 750 × 15/30 = 375 given back, 1500 × 15/30 = 750 charged, and the invoice takes nothing off them again.
    let invoice = &changed.body["latest_invoice"];
    assert_eq!((amounts(invoice), &invoice["total"]), (vec![-375, 750], &375.into()));
}

#[tokio::test]
async fn a_preview_takes_a_coupon_in_its_older_place_as_well() {
    let halfway = Halfway::paying(1_000).await;
    let id = halfway.path.rsplit('/').next().unwrap();
    let coupon = halfway.stripe.make("/v1/coupons", "percent_off=10&duration=once").await.id();
    for discount in [format!("coupon={coupon}"), format!("discounts[0][coupon]={coupon}")] {
        let form = format!("subscription={id}&{discount}");
        let preview = halfway.stripe.make("/v1/invoices/create_preview", &form).await;
        assert_eq!(preview.body["amount_due"], 900, "{discount}");
    }
}

#[tokio::test]
async fn a_preview_shows_the_next_period_with_what_waits_for_it_and_changes_nothing() {
    let halfway = Halfway::paying(1_000).await;
    let id = halfway.path.rsplit('/').next().unwrap();
    let dearer = halfway.price(2_000).await;
    let before = halfway.stripe.event_types().await.len();
    let item = &halfway.item;
    let form = format!(
        "subscription={id}&subscription_details[items][0][id]={item}&subscription_details[items][0][price]={dearer}"
    );
    let preview = halfway.stripe.make("/v1/invoices/create_preview", &form).await;
    assert_eq!(
        (amounts(&preview.body), &preview.body["amount_due"]),
        (vec![-500, 1_000, 2_000], &2_500.into())
    );
    assert_eq!(preview.text("/lines/data/0/description"), "Unused time on 1 × Plan after 16 Apr 2026");
    assert!(preview.text("/id").starts_with("upcoming_in_"));
    let older = format!(
        "/v1/invoices/upcoming?subscription={id}&subscription_items[0][id]={item}&subscription_items[0][price]={dearer}"
    );
    assert_eq!(amounts(&halfway.stripe.get(&older).await.body), [-500, 1_000, 2_000]);
    assert_eq!(halfway.stripe.event_types().await.len(), before);
    assert_eq!(
        (
            halfway.invoices().await.len(),
            halfway.stripe.get("/v1/invoiceitems").await.body["data"].as_array().unwrap().len()
        ),
        (1, 0)
    );
}

#[tokio::test]
async fn a_preview_stays_true_when_the_update_names_its_date() {
    let halfway = Halfway::paying(1_000).await;
    let id = halfway.path.rsplit('/').next().unwrap();
    let dearer = halfway.price(2_000).await;
    let date = NOON + 46 * DAY;
    let item = &halfway.item;
    let details = format!(
        "[items][0][id]={item}&subscription_details[items][0][price]={dearer}&subscription_details[proration_date]={date}"
    );
    let form = format!(
        "subscription={id}&subscription_details{details}&subscription_details[proration_behavior]=always_invoice"
    );
    let preview = halfway.stripe.make("/v1/invoices/create_preview", &form).await;
    halfway.stripe.advance(3_600).await;
    let more = format!("&proration_behavior=always_invoice&proration_date={date}");
    let changed = halfway.change_to(&dearer, &more).await;
    assert_eq!(amounts(&changed.body["latest_invoice"]), amounts(&preview.body));
    let outside = halfway.change_to(&halfway.price(1).await, &format!("&proration_date={NOON}")).await;
    assert_eq!(outside.text("/error/param"), "proration_date");
}

#[tokio::test]
async fn a_preview_of_what_would_be_new_is_its_first_invoice() {
    let halfway = Halfway::paying(1_000).await;
    let price = halfway.price(700).await;
    let form = format!(
        "customer={}&subscription_details[items][0][price]={price}&subscription_details[items][0][quantity]=3",
        halfway.customer
    );
    let preview = halfway.stripe.make("/v1/invoices/create_preview", &form).await;
    assert_eq!(
        (amounts(&preview.body), preview.text("/billing_reason")),
        (vec![2_100], "subscription_create")
    );
    assert_eq!(halfway.stripe.get("/v1/subscriptions").await.body["data"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn an_end_without_anything_waiting_has_no_upcoming_invoice() {
    let halfway = Halfway::paying(1_000).await;
    halfway.stripe.make(&halfway.path, "cancel_at_period_end=true").await;
    let id = halfway.path.rsplit('/').next().unwrap();
    let none = halfway.stripe.post("/v1/invoices/create_preview", &format!("subscription={id}")).await;
    assert_eq!((none.status, none.text("/error/code")), (StatusCode::BAD_REQUEST, "invoice_upcoming_none"));
}
