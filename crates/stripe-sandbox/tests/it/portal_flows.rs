//! The billing portal by its configurations: what they offer, and sessions made for one flow.

use axum::http::StatusCode;
use serde_json::Value;

use crate::support::{Answer, DAY, NOON, Stripe};

/// A subscriber to 10 euros a month, a price of 20, and a configuration that lets change to it.
struct Portal {
    stripe: Stripe,
    customer: String,
    subscription: String,
    item: String,
    dearer: String,
    configuration: String,
}

impl Portal {
    async fn open() -> Self {
        let stripe = Stripe::new();
        let customer = stripe.customer_with("pm_card_visa").await;
        let cheap = price(&stripe, 1_000).await;
        let dearer = price(&stripe, 2_000).await;
        let form = format!("customer={customer}&items[0][price]={}", cheap.id());
        let made = stripe.make("/v1/subscriptions", &form).await;
        let form = format!(
            "features[subscription_update][enabled]=true\
             &features[subscription_update][proration_behavior]=always_invoice\
             &features[subscription_update][products][0][product]={}\
             &features[subscription_update][products][0][prices][0]={}\
             &features[subscription_cancel][enabled]=true&features[subscription_cancel][mode]=immediately\
             &features[payment_method_update][enabled]=true&features[invoice_history][enabled]=true\
             &business_profile[headline]=Phones",
            dearer.text("/product"),
            dearer.id()
        );
        let configuration = stripe.make("/v1/billing_portal/configurations", &form).await.id();
        let item = made.text("/items/data/0/id").to_owned();
        Self { stripe, customer, subscription: made.id(), item, dearer: dearer.id(), configuration }
    }

    /// The path of a new session.
    async fn session(&self, more: &str) -> String {
        let form = format!(
            "customer={}&configuration={}&return_url=https://shop.test/account&{more}",
            self.customer, self.configuration
        );
        let made = self.stripe.make("/v1/billing_portal/sessions", &form).await;
        made.text("/url").replace("http://sandbox.test", "")
    }

    async fn get(&self, path: &str) -> Answer {
        self.stripe.get(path).await
    }

    async fn post(&self, path: &str, form: &str) -> Answer {
        self.stripe.post(path, form).await
    }

    async fn subscription(&self) -> Answer {
        self.stripe.get(&format!("/v1/subscriptions/{}", self.subscription)).await
    }

    async fn unit_amount(&self) -> i64 {
        self.subscription().await.body["items"]["data"][0]["price"]["unit_amount"].as_i64().unwrap()
    }

    async fn use_card(&self, card: &str) {
        let form = format!("invoice_settings[default_payment_method]={card}");
        self.stripe.make(&format!("/v1/customers/{}", self.customer), &form).await;
    }
}

async fn price(stripe: &Stripe, amount: i64) -> Answer {
    let form = format!(
        "product_data[name]=Plan+{amount}&currency=eur&unit_amount={amount}&recurring[interval]=month"
    );
    stripe.make("/v1/prices", &form).await
}

const CARD: &str = "card_number=5555555555554444&card_expiry=12%2F34&card_cvc=123";

#[tokio::test]
async fn a_change_is_shown_with_its_price_and_made_when_confirmed() {
    let portal = Portal::open().await;
    portal.stripe.advance(DAY).await;
    let home = portal.session("").await;
    assert!(portal.get(&home).await.html().contains("Phones"));
    let change = format!("{home}/subscriptions/{}/change", portal.subscription);
    assert!(portal.get(&change).await.html().contains("Plan 2000, €20.00 a month"));
    let confirm = portal.get(&format!("{change}?price={}", portal.dearer)).await;
    // 30 of 31 days are left: 1935 less 968.
    assert!(confirm.html().contains("Due now") && confirm.html().contains("€9.67"), "{}", confirm.html());
    assert_eq!(portal.unit_amount().await, 1_000);
    let form = format!("action=change&price={}", portal.dearer);
    let changed = portal.post(&format!("{home}/subscriptions/{}", portal.subscription), &form).await;
    assert_eq!((changed.status, changed.header("location")), (StatusCode::SEE_OTHER, home.as_str()));
    assert_eq!(portal.unit_amount().await, 2_000);
}

#[tokio::test]
async fn a_refused_card_changes_nothing_and_leaves_nothing() {
    let portal = Portal::open().await;
    portal.use_card("pm_card_chargeCustomerFail").await;
    let home = portal.session("").await;
    let form = format!("action=change&price={}", portal.dearer);
    let refused = portal.post(&format!("{home}/subscriptions/{}", portal.subscription), &form).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(refused.html().contains("Your card was declined, and nothing was changed."));
    assert_eq!(portal.unit_amount().await, 1_000);
    assert_eq!(portal.get("/v1/invoices").await.body["data"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn a_bank_that_asks_is_answered_before_the_change_and_leads_back() {
    let portal = Portal::open().await;
    portal.use_card("pm_card_authenticationRequired").await;
    let more = format!(
        "flow_data[type]=subscription_update_confirm\
         &flow_data[subscription_update_confirm][subscription]={}\
         &flow_data[subscription_update_confirm][items][0][id]={}\
         &flow_data[subscription_update_confirm][items][0][price]={}\
         &flow_data[after_completion][type]=redirect\
         &flow_data[after_completion][redirect][return_url]=https://shop.test/changed",
        portal.subscription, portal.item, portal.dearer
    );
    let home = portal.session(&more).await;
    let shown = portal.get(&home).await;
    assert!(shown.html().contains("Confirm the change") && shown.html().contains("Plan 2000"));
    // Browsers hold a form to this policy through all its redirects, and this one ends at the seller's.
    assert!(!shown.header("content-security-policy").contains("form-action"));
    let asked = portal.post(&format!("{home}/subscriptions/{}", portal.subscription), "action=change").await;
    let challenge = asked.header("location").to_owned();
    assert!(challenge.starts_with("/3ds/pi_"), "{challenge}");
    assert_eq!(portal.unit_amount().await, 1_000);
    let back = portal.post(&challenge, "outcome=complete").await;
    assert!(back.header("location").starts_with("https://shop.test/changed?payment_intent="));
    assert_eq!(portal.unit_amount().await, 2_000);
}

#[tokio::test]
async fn a_portal_may_end_subscriptions_at_once() {
    let portal = Portal::open().await;
    let more = format!(
        "flow_data[type]=subscription_cancel&flow_data[subscription_cancel][subscription]={}\
         &flow_data[after_completion][type]=hosted_confirmation\
         &flow_data[after_completion][hosted_confirmation][custom_message]=Goodbye",
        portal.subscription
    );
    let home = portal.session(&more).await;
    assert!(portal.get(&home).await.html().contains("It ends at once."));
    let ended = portal
        .post(
            &format!("{home}/subscriptions/{}", portal.subscription),
            "action=cancel&feedback=unused&comment=bye",
        )
        .await;
    assert_eq!(ended.header("location"), format!("{home}/done"));
    assert!(portal.get(&format!("{home}/done")).await.html().contains("Goodbye"));
    let shown = portal.subscription().await;
    assert_eq!((shown.text("/status"), shown.text("/cancellation_details/feedback")), ("canceled", "unused"));
}

#[tokio::test]
async fn a_session_for_a_new_card_asks_for_nothing_else_and_the_card_pays_from_then_on() {
    let portal = Portal::open().await;
    let method = portal.get(&format!("/v1/customers/{}/payment_methods", portal.customer)).await;
    let own = format!("default_payment_method={}", method.text("/data/0/id"));
    portal.stripe.make(&format!("/v1/subscriptions/{}", portal.subscription), &own).await;
    let home = portal.session("flow_data[type]=payment_method_update").await;
    let shown = portal.get(&home).await;
    assert!(shown.html().contains("Another card") && !shown.html().contains("Invoices"));
    assert_eq!(portal.post(&format!("{home}/card"), CARD).await.header("location"), home);
    let subscription = portal
        .get(&format!("/v1/subscriptions/{}?expand[]=default_payment_method", portal.subscription))
        .await;
    assert_eq!(subscription.text("/default_payment_method/card/last4"), "4444");
    assert!(portal.get(&home).await.html().contains("Mastercard ending in 4444"));
}

#[tokio::test]
async fn cards_are_chosen_and_removed_but_not_the_one_that_pays() {
    let portal = Portal::open().await;
    let home = portal.session("").await;
    portal.post(&format!("{home}/card"), CARD).await;
    let methods = portal.get(&format!("/v1/customers/{}/payment_methods", portal.customer)).await;
    let (new, old) = (methods.text("/data/0/id").to_owned(), methods.text("/data/1/id").to_owned());
    let refused = portal.post(&format!("{home}/cards/{new}"), "action=remove").await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(refused.html().contains("This card pays for a subscription."));
    portal.post(&format!("{home}/cards/{old}"), "action=default").await;
    assert_eq!(
        portal.post(&format!("{home}/cards/{new}"), "action=remove").await.status,
        StatusCode::SEE_OTHER
    );
    let left = portal.get(&format!("/v1/customers/{}/payment_methods", portal.customer)).await;
    assert_eq!((left.body["data"].as_array().unwrap().len(), left.text("/data/0/id")), (1, old.as_str()));
}

#[tokio::test]
async fn details_change_as_far_as_the_portal_allows() {
    let portal = Portal::open().await;
    let path = format!("/v1/billing_portal/configurations/{}", portal.configuration);
    let home = portal.session("").await;
    let form = "name=Ada+Byron&email=ada2%40example.test&address.city=London&address.country=GB";
    assert_eq!(portal.post(&format!("{home}/details"), form).await.status, StatusCode::UNPROCESSABLE_ENTITY);
    let allow = "features[customer_update][enabled]=true&features[customer_update][allowed_updates][0]=name\
                 &features[customer_update][allowed_updates][1]=address";
    let allowed = portal.stripe.make(&path, allow).await;
    // What the update does not name stays.
    assert_eq!(allowed.body["features"]["subscription_cancel"]["enabled"], true);
    portal.post(&format!("{home}/details"), form).await;
    let customer = portal.get(&format!("/v1/customers/{}", portal.customer)).await;
    assert_eq!((customer.text("/name"), customer.text("/email")), ("Ada Byron", "ada@example.test"));
    assert_eq!((customer.text("/address/city"), customer.text("/address/country")), ("London", "GB"));
}

#[tokio::test]
async fn an_open_invoice_is_paid_from_the_portal() {
    let portal = Portal::open().await;
    portal.use_card("pm_card_chargeCustomerFail").await;
    portal.stripe.advance(31 * DAY).await;
    assert_eq!(portal.subscription().await.text("/status"), "past_due");
    let home = portal.session("").await;
    let invoice = format!("{home}/invoices/{}", portal.subscription().await.text("/latest_invoice"));
    let refused = portal.post(&invoice, "").await;
    assert!(refused.html().contains("Your card was declined."));
    portal.post(&format!("{home}/card"), CARD).await;
    assert_eq!(portal.post(&invoice, "").await.status, StatusCode::SEE_OTHER);
    assert_eq!(portal.subscription().await.text("/status"), "active");
}

#[tokio::test]
async fn what_a_configuration_does_not_offer_is_refused() {
    let portal = Portal::open().await;
    let sessions = "/v1/billing_portal/sessions";
    let form = format!(
        "customer={}&flow_data[type]=subscription_update&flow_data[subscription_update][subscription]={}",
        portal.customer, portal.subscription
    );
    // The default configuration offers no change.
    assert_eq!(portal.post(sessions, &form).await.text("/error/param"), "flow_data[type]");
    let foreign = portal.stripe.customer_with("pm_card_visa").await;
    let form = format!(
        "customer={foreign}&flow_data[type]=subscription_cancel&flow_data[subscription_cancel][subscription]={}",
        portal.subscription
    );
    assert_eq!(portal.post(sessions, &form).await.text("/error/code"), "resource_missing");
    let empty = "features[subscription_update][enabled]=true";
    let refused = portal.post("/v1/billing_portal/configurations", empty).await;
    assert_eq!(refused.text("/error/param"), "features[subscription_update][products]");
}

#[tokio::test]
async fn one_configuration_is_the_default_and_inactive_ones_open_nothing() {
    let portal = Portal::open().await;
    let list = portal.get("/v1/billing_portal/configurations").await;
    let defaults: Vec<&Value> =
        list.body["data"].as_array().unwrap().iter().filter(|one| one["is_default"] == true).collect();
    assert_eq!((list.body["data"].as_array().unwrap().len(), defaults.len()), (2, 1));
    let path = format!("/v1/billing_portal/configurations/{}", portal.configuration);
    let updated = portal.stripe.make(&path, "active=false&metadata[foo]=bar").await;
    assert_eq!((&updated.body["active"], updated.text("/metadata/foo")), (&false.into(), "bar"));
    assert_eq!(updated.body["updated"], NOON);
    let form = format!("customer={}&configuration={}", portal.customer, portal.configuration);
    let refused = portal.post("/v1/billing_portal/sessions", &form).await;
    assert_eq!(refused.text("/error/param"), "configuration");
}
