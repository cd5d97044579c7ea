//! Renewing add-ons whose card is refused, or whose bank asks: the same visit goes on with it.

use jiff::SignedDuration;
use perennial_core::checkout::sweep_checkouts;
use perennial_domain::{
    AddonState, Checkout, CheckoutState, Intent, Outcome, PaymentState, Subscription, SubscriptionAddon,
};
use perennial_testkit::{Browser, LineState, Merchant, PayOutcome, Shown};
use serde_json::Value;

use crate::guest::{Guest, routes};

/// Asks its owner at every charge.
const ASKS: &str = "pm_card_authenticationRequired";
const DECLINES: &str = "pm_card_chargeCustomerFail";
const PAY: [(&str, &str); 1] = [("action", "pay")];

/// A visit to the cart of one renewing add-on and one that is paid once.
struct Cart {
    merchant: Merchant,
    subscription: Subscription,
    guest: Guest,
    browser: Browser,
    page: Shown,
}

impl Cart {
    /// The subscription is billed to this card.
    async fn paid_by(card: &str) -> Self {
        let (merchant, subscription) = Merchant::with_subscriber("line").await;
        let stripe = merchant.stripe();
        let path = format!("/v1/subscriptions/{}", subscription.stripe_subscription_id.as_deref().unwrap());
        let owner = format!("customer={}", stripe.get(&path).await.body["customer"].as_str().unwrap());
        let attached = stripe.post_form(&format!("/v1/payment_methods/{card}/attach"), &owner).await;
        let form = format!("default_payment_method={}", attached.body["id"].as_str().unwrap());
        stripe.post_form(&path, &form).await.expect(200);
        merchant.hear_from_stripe().await;
        merchant.test.clock().advance(SignedDuration::from_hours(24 * 10));
        let addons = vec![merchant.product("roaming").await.id, merchant.product("extra-data").await.id];
        let intent = Intent::CheckoutAddon { subscription: subscription.id, addons };
        let guest = Guest::with(&merchant, subscription.customer_id, intent).await;
        let mut browser = Browser::new(routes(&merchant));
        let page = browser.follow(&guest.link).await;
        Self { merchant, subscription, guest, browser, page }
    }

    fn due(&self) -> i64 {
        self.page.hidden("due").unwrap().parse().unwrap()
    }

    async fn pay(&mut self) -> Shown {
        self.browser.submit(&self.page, &PAY).await
    }

    /// The bank asks, and its customer answers.
    async fn answer(&self, yes: bool) {
        let invoice = self.invoice().await;
        let intent = invoice["payments"]["data"][0]["payment"]["payment_intent"].as_str().unwrap().to_owned();
        self.merchant.sandbox.complete_challenge(&intent, yes).await.unwrap();
    }

    async fn return_from_bank(&mut self) -> Shown {
        self.browser
            .follow(&format!("/checkout/{}/return?payment_intent=pi_made_up", self.guest.session))
            .await
    }

    async fn checkout(&self) -> Checkout {
        let (project, session) = (self.merchant.project(), self.guest.session);
        let found = self.merchant.test.write(move |_, tx| {
            let session = tx.connect_sessions(project).find(session)?;
            tx.checkouts(project).find(session.and_then(|session| session.checkout_id).expect("it began"))
        });
        found.await.unwrap()
    }

    async fn invoice(&self) -> Value {
        let id = self.checkout().await.stripe_charge_id.unwrap();
        self.merchant.stripe().get(&format!("/v1/invoices/{id}?expand[]=payments")).await.expect(200)
    }

    async fn bought(&self) -> Vec<SubscriptionAddon> {
        let (project, id) = (self.merchant.project(), self.subscription.id);
        self.merchant.test.write(move |_, tx| tx.subscription_addons(project).of_subscription(id)).await
    }

    async fn charges(&self) -> Vec<i64> {
        let charges = self.merchant.stripe().get("/v1/charges?limit=100").await.expect(200);
        let paid = charges["data"].as_array().unwrap().iter().filter(|charge| charge["paid"] == true);
        paid.map(|charge| charge["amount"].as_i64().unwrap()).collect()
    }

    async fn items_at_stripe(&self) -> usize {
        let id = self.subscription.stripe_subscription_id.as_deref().unwrap();
        let billed = self.merchant.stripe().get(&format!("/v1/subscriptions/{id}")).await.expect(200);
        assert_eq!(billed["pending_update"], Value::Null);
        billed["items"]["data"].as_array().unwrap().len()
    }

    /// Nothing was changed, and nobody owes or can pay anything for it.
    async fn assert_nothing_happened(&self) {
        assert!(self.bought().await.is_empty());
        assert_eq!((self.items_at_stripe().await, self.charges().await), (1, vec![1450]));
        self.merchant.hear_from_stripe().await;
        let (project, customer) = (self.merchant.project(), self.subscription.customer_id);
        let open = self.merchant.test.write(move |_, tx| tx.payments(project).open_of(customer)).await;
        assert!(open.is_empty(), "{open:?}");
        let invoices = self.merchant.stripe().get("/v1/invoices?status=open").await.expect(200);
        assert_eq!(invoices["data"].as_array().unwrap().len(), 0);
    }

    async fn assert_bought_once(&self, due: i64) {
        let states = self.bought().await.iter().map(|addon| addon.state).collect::<Vec<_>>();
        assert_eq!(states, [AddonState::Active; 2]);
        assert_eq!((self.items_at_stripe().await, self.charges().await), (2, vec![due, 1450]));
        self.merchant.hear_from_stripe().await;
        assert_eq!(self.bought().await.len(), 2);
        let (project, id) = (self.merchant.project(), self.checkout().await.id);
        let payments = self.merchant.test.write(move |_, tx| tx.payments(project).of_checkout(id)).await;
        let [payment] = payments.try_into().unwrap();
        assert_eq!((payment.state, payment.amount.amount_minor), (PaymentState::Succeeded, due));
    }
}

#[tokio::test]
async fn a_bank_that_asks_is_answered_and_the_visit_ends_with_the_addons() {
    let mut cart = Cart::paid_by(ASKS).await;
    let due = cart.due();
    let bank = cart.pay().await.leads_to().expect("it leads to the bank");
    assert!(bank.starts_with("http://stripe.test/"), "{bank}");
    assert!(cart.bought().await.is_empty());
    cart.answer(true).await;
    let done = cart.return_from_bank().await;
    assert!(done.path().ends_with("/done") && done.html.contains("Abroad"), "{}", done.html);
    cart.assert_bought_once(due).await;
    assert_eq!(cart.checkout().await.state, CheckoutState::Settled);
}

#[tokio::test]
async fn a_customer_who_answers_and_never_comes_back_has_the_addons() {
    let mut cart = Cart::paid_by(ASKS).await;
    let due = cart.due();
    cart.pay().await;
    cart.merchant.hear_from_stripe().await;
    cart.answer(true).await;
    cart.merchant.hear_from_stripe().await;
    cart.assert_bought_once(due).await;
    let (project, session) = (cart.merchant.project(), cart.guest.session);
    let session = cart.merchant.test.write(move |_, tx| tx.connect_sessions(project).find(session)).await;
    assert_eq!(session.unwrap().outcome, Some(Outcome::Success));
}

#[tokio::test]
async fn without_webhooks_the_sweep_finds_what_was_paid() {
    let mut cart = Cart::paid_by(ASKS).await;
    let due = cart.due();
    cart.pay().await;
    cart.answer(true).await;
    cart.merchant.test.clock().advance(SignedDuration::from_mins(61));
    sweep_checkouts(cart.merchant.app()).await.unwrap();
    cart.assert_bought_once(due).await;
}

#[tokio::test]
async fn a_bank_that_says_no_leads_back_to_the_cart_and_nothing_is_changed() {
    let mut cart = Cart::paid_by(ASKS).await;
    cart.pay().await;
    cart.merchant.hear_from_stripe().await;
    cart.answer(false).await;
    let back = cart.return_from_bank().await;
    assert!(back.path().contains("/addons") && back.html.contains("role=\"alert\""), "{}", back.path());
    assert!(back.html.contains("value=\"change_card\""), "{}", back.html);
    cart.assert_nothing_happened().await;
    assert_eq!(cart.checkout().await.state, CheckoutState::Abandoned);
}

#[tokio::test]
async fn who_leaves_the_bank_without_an_answer_can_pay_again_and_pays_once() {
    let mut cart = Cart::paid_by(ASKS).await;
    cart.pay().await;
    let first = cart.invoice().await["id"].clone();
    let back = cart.return_from_bank().await;
    assert!(back.path().contains("/addons"), "{}", back.path());
    // Another quote of another moment: the first one can be paid no more.
    cart.merchant.test.clock().advance(SignedDuration::from_mins(10));
    cart.page = cart.browser.get(&format!("/checkout/{}/addons", cart.guest.session)).await;
    let due = cart.due();
    cart.pay().await;
    let voided = cart.merchant.stripe().get(&format!("/v1/invoices/{}", first.as_str().unwrap())).await;
    assert_eq!(voided.expect(200)["status"], "void");
    cart.answer(true).await;
    cart.return_from_bank().await;
    cart.assert_bought_once(due).await;
}

#[tokio::test]
async fn a_form_that_is_sent_twice_leads_to_the_same_bank() {
    let mut cart = Cart::paid_by(ASKS).await;
    let due = cart.due();
    let first = cart.pay().await.leads_to();
    assert_eq!(cart.pay().await.leads_to(), first);
    cart.answer(true).await;
    cart.return_from_bank().await;
    cart.assert_bought_once(due).await;
}

#[tokio::test]
async fn what_nobody_confirms_is_dropped_after_an_hour() {
    let mut cart = Cart::paid_by(ASKS).await;
    cart.pay().await;
    cart.merchant.test.clock().advance(SignedDuration::from_mins(59));
    sweep_checkouts(cart.merchant.app()).await.unwrap();
    assert!(cart.checkout().await.is_open());
    cart.merchant.test.clock().advance(SignedDuration::from_mins(2));
    sweep_checkouts(cart.merchant.app()).await.unwrap();
    assert_eq!(cart.checkout().await.state, CheckoutState::Expired);
    cart.assert_nothing_happened().await;
}

#[tokio::test]
async fn an_answer_of_stripes_that_is_lost_leaves_nothing_to_pay() {
    let mut cart = Cart::paid_by(ASKS).await;
    let held = cart.merchant.line.hold("POST /v1/invoices/create_preview");
    let paying = cart.browser.submit(&cart.page, &PAY);
    let cutting = async {
        held.arrived().await;
        cart.merchant.line.set(LineState::LosesAnswers);
        held.release();
    };
    let (failed, ()) = tokio::join!(paying, cutting);
    assert!(failed.html.contains("role=\"alert\""), "{}", failed.html);
    cart.merchant.line.set(LineState::Open);
    cart.merchant.test.clock().advance(SignedDuration::from_mins(6));
    sweep_checkouts(cart.merchant.app()).await.unwrap();
    cart.assert_nothing_happened().await;
}

#[tokio::test]
async fn a_refused_card_is_replaced_in_the_same_visit() {
    let mut cart = Cart::paid_by(DECLINES).await;
    let refused = cart.pay().await;
    assert!(refused.html.contains("role=\"alert\""), "{}", refused.html);
    cart.assert_nothing_happened().await;

    let present = cart.browser.submit(&refused, &[("action", "change_card")]).await;
    assert!(present.path().ends_with("/card"), "{}", present.path());
    let stripe = cart.browser.submit(&present, &[("action", "use_another")]).await.leads_to().unwrap();
    let page = stripe.strip_prefix("http://stripe.test/c/pay/").expect(&stripe).to_owned();
    let given = cart.merchant.pay_page(&page, "4000056655665556").await;
    assert!(matches!(given, PayOutcome::Paid { .. }), "{given:?}");
    let saved = cart.browser.follow(&format!("/checkout/{}/card/return", cart.guest.session)).await;
    assert!(saved.html.contains("5556"), "{}", saved.html);

    cart.page = cart.browser.follow(&format!("/checkout/{}", cart.guest.session)).await;
    assert!(cart.page.html.contains("5556"), "the cart shows the card that pays: {}", cart.page.html);
    let due = cart.due();
    let done = cart.pay().await;
    assert!(done.path().ends_with("/done"), "{}", done.html);
    cart.assert_bought_once(due).await;
}
