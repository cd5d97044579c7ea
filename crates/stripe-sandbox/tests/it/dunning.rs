//! Renewals that nobody pays: when they are tried again, when they are not, and how it ends.

use serde_json::Value;
use stripe_sandbox::{Dunning, LastResort, SandboxOptions};

use crate::support::{Answer, DAY, NOON, Stripe};

/// When the first renewal is due: March has 31 days.
const RENEWAL: i64 = NOON + 31 * DAY;

/// A subscription whose card stops working before the first renewal.
struct Late {
    stripe: Stripe,
    customer: String,
    path: String,
}

impl Late {
    async fn with(card: &str, dunning: Dunning) -> Self {
        let stripe = Stripe::with(SandboxOptions { dunning, ..SandboxOptions::default() });
        let price = stripe.monthly_price().await;
        let customer = stripe.customer_with("pm_card_visa").await;
        let made =
            stripe.make("/v1/subscriptions", &format!("customer={customer}&items[0][price]={price}")).await;
        let late = Self { stripe, customer, path: format!("/v1/subscriptions/{}", made.id()) };
        late.use_card(card).await;
        late.stripe.advance(31 * DAY).await;
        late
    }

    async fn use_card(&self, card: &str) {
        let form = format!("invoice_settings[default_payment_method]={card}");
        let path = format!("/v1/customers/{}", self.customer);
        self.stripe.make(&path, &form).await;
    }

    async fn subscription(&self) -> Answer {
        self.stripe.get(&format!("{}?expand[]=latest_invoice", self.path)).await
    }

    async fn invoice(&self) -> Value {
        self.subscription().await.body["latest_invoice"].take()
    }

    async fn charges(&self) -> usize {
        self.stripe.get("/v1/charges?limit=100").await.body["data"].as_array().unwrap().len()
    }
}

#[tokio::test]
async fn a_failed_renewal_is_tried_again_on_days_1_3_5_and_7_and_then_ends() {
    let late = Late::with("pm_card_chargeCustomerFail", Dunning::default()).await;
    assert_eq!(late.subscription().await.text("/status"), "past_due");
    for (tries, (day, pause)) in [(1, 1), (3, 2), (5, 2), (7, 2)].into_iter().enumerate() {
        let invoice = late.invoice().await;
        assert_eq!(
            (&invoice["attempt_count"], &invoice["next_payment_attempt"]),
            (&(tries + 1).into(), &(RENEWAL + day * DAY).into())
        );
        late.stripe.advance(pause * DAY).await;
    }
    let over = late.subscription().await;
    assert_eq!(
        (over.text("/status"), over.text("/cancellation_details/reason")),
        ("canceled", "payment_failed")
    );
    // The first invoice, the renewal and its four retries.
    assert_eq!(late.charges().await, 6);
    let failed = late.stripe.get("/v1/events?type=invoice.payment_failed").await;
    assert_eq!(failed.body["data"].as_array().unwrap().len(), 5);
}

#[tokio::test]
async fn the_owner_decides_the_days_and_the_end() {
    let dunning = Dunning { retry_days: vec![2], last_resort: LastResort::MarkUnpaid };
    let late = Late::with("pm_card_chargeCustomerFail", dunning).await;
    late.stripe.advance(2 * DAY).await;
    let unpaid = late.subscription().await;
    assert_eq!((unpaid.text("/status"), unpaid.text("/latest_invoice/status")), ("unpaid", "open"));
    assert_eq!(unpaid.body["latest_invoice"]["next_payment_attempt"], Value::Null);
    // The next period is drafted and nothing is charged for it.
    let charges = late.charges().await;
    late.stripe.advance(30 * DAY).await;
    assert_eq!((late.invoice().await["status"].as_str(), late.charges().await), (Some("draft"), charges));
}

#[tokio::test]
async fn left_past_due_a_subscription_goes_on_being_billed() {
    let dunning = Dunning { retry_days: vec![1], last_resort: LastResort::LeavePastDue };
    let late = Late::with("pm_card_chargeCustomerFail", dunning).await;
    let first = late.invoice().await["id"].clone();
    late.stripe.advance(31 * DAY).await;
    let still = late.subscription().await;
    assert_eq!((still.text("/status"), still.text("/latest_invoice/status")), ("past_due", "open"));
    assert_ne!(still.body["latest_invoice"]["id"], first);
    // Paying an old invoice is not enough, the newest one decides.
    for (invoice, status) in
        [(first.as_str().unwrap(), "past_due"), (still.text("/latest_invoice/id"), "active")]
    {
        late.stripe.make(&format!("/v1/invoices/{invoice}/pay"), "payment_method=pm_card_visa").await;
        assert_eq!(late.subscription().await.text("/status"), status);
    }
}

#[tokio::test]
async fn a_retry_takes_the_card_that_is_there_by_then() {
    let late = Late::with("pm_card_chargeCustomerFail", Dunning::default()).await;
    late.use_card("pm_card_visa").await;
    assert_eq!(late.subscription().await.text("/status"), "past_due");
    late.stripe.advance(DAY).await;
    let mended = late.subscription().await;
    assert_eq!((mended.text("/status"), mended.text("/latest_invoice/status")), ("active", "paid"));
    assert_eq!(mended.body["latest_invoice"]["attempt_count"], 2);
}

#[tokio::test]
async fn a_try_that_somebody_asks_for_leaves_the_schedule_as_it_is() {
    let late = Late::with("pm_card_chargeCustomerFail", Dunning::default()).await;
    let invoice = late.invoice().await;
    let path = format!("/v1/invoices/{}/pay", invoice["id"].as_str().unwrap());
    assert_eq!(late.stripe.post(&path, "").await.text("/error/code"), "card_declined");
    let after = late.invoice().await;
    for name in ["attempt_count", "next_payment_attempt"] {
        assert_eq!(after[name], invoice[name], "{name}");
    }
}

#[tokio::test]
async fn a_question_of_the_bank_is_not_repeated_but_a_new_card_is_tried() {
    let late = Late::with("pm_card_authenticationRequired", Dunning::default()).await;
    let charges = late.charges().await;
    late.stripe.advance(DAY).await;
    let invoice = late.invoice().await;
    assert_eq!((&invoice["attempt_count"], late.charges().await), (&2.into(), charges));
    let asked = late.stripe.get("/v1/events?type=invoice.payment_action_required").await;
    assert_eq!(asked.body["data"].as_array().unwrap().len(), 1);
    late.use_card("pm_card_visa").await;
    late.stripe.advance(2 * DAY).await;
    assert_eq!(late.subscription().await.text("/status"), "active");
}

#[tokio::test]
async fn a_card_that_is_lost_or_stolen_is_charged_once_and_another_one_is_tried() {
    for card in ["pm_card_chargeCustomerFailLostCard", "pm_card_chargeCustomerFailStolenCard"] {
        let late = Late::with(card, Dunning::default()).await;
        let charges = late.charges().await;
        late.stripe.advance(3 * DAY).await;
        let invoice = late.invoice().await;
        assert_eq!((&invoice["attempt_count"], late.charges().await), (&3.into(), charges), "{card}");
        late.use_card("pm_card_visa").await;
        late.stripe.advance(2 * DAY).await;
        assert_eq!(
            (late.subscription().await.text("/status"), late.charges().await),
            ("active", charges + 1)
        );
    }
}

#[tokio::test]
async fn a_customer_without_a_card_is_dunned_without_charges() {
    let late = Late::with("pm_card_visa", Dunning::default()).await;
    let charges = late.charges().await;
    let methods = late.stripe.get(&format!("/v1/customers/{}/payment_methods", late.customer)).await;
    for method in methods.body["data"].as_array().unwrap() {
        late.stripe.make(&format!("/v1/payment_methods/{}/detach", method["id"].as_str().unwrap()), "").await;
    }
    late.stripe
        .post(&format!("/v1/customers/{}", late.customer), "invoice_settings[default_payment_method]=")
        .await;
    late.stripe.advance(30 * DAY).await;
    assert_eq!(late.subscription().await.text("/status"), "past_due");
    late.stripe.advance(7 * DAY).await;
    assert_eq!((late.subscription().await.text("/status"), late.charges().await), ("canceled", charges));
}

#[tokio::test]
async fn what_is_open_when_a_subscription_ends_stays_open_and_is_collected_no_more() {
    let late = Late::with("pm_card_chargeCustomerFail", Dunning::default()).await;
    late.stripe.delete(&late.path).await;
    let invoice = late.invoice().await;
    assert_eq!((invoice["status"].as_str(), invoice["auto_advance"].as_bool()), (Some("open"), Some(false)));
    assert!(invoice["next_payment_attempt"].is_null());
    let charges = late.charges().await;
    late.stripe.advance(30 * DAY).await;
    assert_eq!(late.charges().await, charges);
    late.use_card("pm_card_visa").await;
    let path = format!("/v1/invoices/{}/pay", invoice["id"].as_str().unwrap());
    assert_eq!(late.stripe.make(&path, "").await.text("/status"), "paid");
    assert_eq!(late.subscription().await.text("/status"), "canceled");
}

#[tokio::test]
async fn an_invoice_that_is_held_is_neither_tried_again_nor_the_end_of_anything() {
    let late = Late::with("pm_card_chargeCustomerFail", Dunning::default()).await;
    let path = format!("/v1/invoices/{}", late.invoice().await["id"].as_str().unwrap());
    let held = late.stripe.make(&path, "auto_advance=false").await;
    assert_eq!(held.body["next_payment_attempt"], Value::Null);
    let charges = late.charges().await;
    late.stripe.advance(14 * DAY).await;
    assert_eq!((late.subscription().await.text("/status"), late.charges().await), ("past_due", charges));

    late.use_card("pm_card_visa").await;
    late.stripe.make(&path, "auto_advance=true").await;
    late.stripe.advance(1).await;
    assert_eq!(late.subscription().await.text("/status"), "active");
}

#[tokio::test]
async fn what_was_drafted_during_a_pause_is_charged_when_it_is_told_to_advance() {
    let late = Late::with("pm_card_visa", Dunning::default()).await;
    late.stripe.make(&late.path, "pause_collection[behavior]=keep_as_draft").await;
    late.stripe.advance(31 * DAY).await;
    let draft = late.invoice().await;
    assert_eq!((draft["status"].as_str(), draft["auto_advance"].as_bool()), (Some("draft"), Some(false)));
    late.stripe.make(&late.path, "pause_collection=").await;
    late.stripe.advance(DAY).await;
    assert_eq!(late.invoice().await["status"], "draft", "the end of the pause alone charges nothing");

    let path = format!("/v1/invoices/{}", draft["id"].as_str().unwrap());
    late.stripe.make(&path, "auto_advance=true").await;
    late.stripe.advance(1).await;
    assert_eq!(late.invoice().await["status"], "paid");
}

#[tokio::test]
async fn who_fails_to_pay_a_held_draft_falls_behind_and_is_not_dunned() {
    let late = Late::with("pm_card_visa", Dunning::default()).await;
    late.stripe.make(&late.path, "pause_collection[behavior]=keep_as_draft").await;
    late.stripe.advance(31 * DAY).await;
    let path = format!("/v1/invoices/{}", late.invoice().await["id"].as_str().unwrap());
    late.stripe.make(&format!("{path}/finalize"), "auto_advance=false").await;
    late.use_card("pm_card_chargeCustomerFail").await;
    assert_eq!(late.stripe.post(&format!("{path}/pay"), "").await.status.as_u16(), 402);
    let behind = late.subscription().await;
    assert_eq!((behind.text("/status"), behind.text("/latest_invoice/status")), ("past_due", "open"));
    assert_eq!(behind.body["latest_invoice"]["next_payment_attempt"], Value::Null);
}

#[tokio::test]
async fn nobody_is_behind_with_what_its_owner_gave_up() {
    for given_up in ["mark_uncollectible", "void"] {
        let late = Late::with("pm_card_chargeCustomerFail", Dunning::default()).await;
        assert_eq!(late.subscription().await.text("/status"), "past_due");
        let path = format!("/v1/invoices/{}/{given_up}", late.invoice().await["id"].as_str().unwrap());
        late.stripe.make(&path, "").await;
        assert_eq!(late.subscription().await.text("/status"), "active", "{given_up}");
    }
}
