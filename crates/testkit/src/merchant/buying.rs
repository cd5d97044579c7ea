//! Buying from the merchant, and typing cards on the page of their Stripe.

use perennial_core::checkout::{StartCheckout, StartCheckoutError, Started, start_checkout};
use perennial_domain::{Checkout, CheckoutState, CheckoutTerms, CustomerId, Order, Subscription};
use stripe_sandbox::checkout::{PayInput, PayOutcome};

use super::Merchant;

/// The card that always works.
const GOOD_CARD: &str = "4242424242424242";

impl Merchant {
    /// A merchant whose one customer has bought this plan.
    pub async fn with_subscriber(plan: &'static str) -> (Self, Subscription) {
        let merchant = Self::new().await;
        let subscription = merchant.sell(plan).await;
        (merchant, subscription)
    }

    /// Sells a plan to a first customer, with a card that works, and hears of it from Stripe.
    pub async fn sell(&self, plan: &'static str) -> Subscription {
        let customer = self.customer("ada@example.com").await;
        let checkout = self.open(customer.id, plan).await;
        self.pay(&checkout).await;
        self.hear_from_stripe().await;
        self.only_subscription().await
    }

    /// Starts to buy a plan.
    pub async fn start(
        &self,
        customer: CustomerId,
        plan: &'static str,
    ) -> Result<Started, StartCheckoutError> {
        self.start_order(customer, self.order(plan).await).await
    }

    /// Starts to buy what was ordered.
    pub async fn start_order(
        &self,
        customer: CustomerId,
        order: Order,
    ) -> Result<Started, StartCheckoutError> {
        let command = StartCheckout {
            project: self.project(),
            customer,
            connect_session: None,
            order,
            terms: CheckoutTerms::default(),
            locale: "en-US".to_owned(),
            return_url: "https://connect.example/return".to_owned(),
            cancel_url: "https://connect.example/review".to_owned(),
        };
        start_checkout(self.app(), command).await
    }

    /// Starts to buy a plan that costs something; answers the checkout.
    pub async fn open(&self, customer: CustomerId, plan: &'static str) -> Checkout {
        self.open_order(customer, self.order(plan).await).await
    }

    /// Starts to buy what was ordered and costs something; answers the checkout.
    pub async fn open_order(&self, customer: CustomerId, order: Order) -> Checkout {
        let started = self.start_order(customer, order).await.expect("the checkout opens");
        let Started::Pay { checkout, .. } = started else { panic!("it is free") };
        let project = self.project();
        self.test
            .write(move |_, tx| tx.checkouts(project).find(checkout))
            .await
            .expect("the checkout is kept")
    }

    /// Pays a checkout with this card, on Stripe's page.
    pub async fn pay_with(&self, checkout: &Checkout, card_number: &str) -> PayOutcome {
        let session = checkout.stripe_session_id.as_deref().expect("Stripe knows it");
        self.pay_page(session, card_number).await
    }

    /// Types this card on the page of a Checkout Session, whatever it asks for it.
    pub async fn pay_page(&self, session: &str, card_number: &str) -> PayOutcome {
        let input = PayInput {
            name: "Ada Quill".to_owned(),
            email: "ada@example.com".to_owned(),
            card_number: card_number.to_owned(),
            exp_month: 12,
            exp_year: 2059, // So far off that no history outlives it.
            cvc: "123".to_owned(),
            ..PayInput::default()
        };
        self.sandbox.pay(session, input).await.expect("the sandbox works").expect("the session exists")
    }

    /// Pays a checkout with a card that works.
    pub async fn pay(&self, checkout: &Checkout) {
        let outcome = self.pay_with(checkout, GOOD_CARD).await;
        assert!(matches!(outcome, PayOutcome::Paid { .. }), "the card was refused: {outcome:?}");
    }

    /// Pays a Checkout Session with a card that works.
    pub async fn pay_session(&self, session: &str) {
        let outcome = self.pay_page(session, GOOD_CARD).await;
        assert!(matches!(outcome, PayOutcome::Paid { .. }), "the card was refused: {outcome:?}");
    }

    /// Has our books give a checkout up, `as_what` nobody paid, while Stripe's page can still be paid.
    pub async fn give_up(&self, checkout: &Checkout, as_what: CheckoutState) {
        let (project, id) = (self.project(), checkout.id);
        let given_up = self.test.write(move |cx, tx| {
            let mut row = tx.checkouts(project).lock(id)?.expect("the checkout is kept");
            row.close(as_what, cx.now()).expect("it is open");
            tx.checkouts(project).update(&row)
        });
        given_up.await;
    }
}
