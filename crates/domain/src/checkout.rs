//! Checkouts: one attempt to pay for an order, and how far it has come.

use jiff::Timestamp;

use crate::text_enum::text_enum;
use crate::{
    CheckoutId, CheckoutUi, ConnectSessionId, CustomerId, MemberId, Order, PaymentMethods, ProjectId,
    SubscriptionId,
};

text_enum! {
    /// How far an attempt to pay has come.
    pub enum CheckoutState {
        /// Reserved here; Stripe may or may not know of it.
        Creating = "creating",
        /// The customer can pay.
        Open = "open",
        /// The customer is through, and the bank has yet to say yes.
        Confirming = "confirming",
        /// Paid, and what was bought exists.
        Settled = "settled",
        /// Not paid in time.
        Expired = "expired",
        /// The bank said no after all.
        Failed = "failed",
        /// Withdrawn in favour of another order, or by the customer.
        Abandoned = "abandoned",
        /// Paid, but could not be delivered: it is refunded and cancelled by itself.
        Superseded = "superseded",
    }
}

/// A step that a checkout does not take.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a checkout that is {from} cannot become {to}")]
pub struct CheckoutTransitionError {
    /// What it is.
    pub from: CheckoutState,
    /// What it should have become.
    pub to: CheckoutState,
}

/// How Stripe's Checkout is opened, beside the order. Kept, because asking Stripe twice must be asking the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CheckoutTerms {
    /// Where the customer sees it.
    pub ui: CheckoutUi,
    /// What it takes.
    pub payment_methods: PaymentMethods,
    /// Who buys for the customer, where that is an organization.
    pub member_id: Option<MemberId>,
    /// Whether it stays open as long as Stripe leaves a session open by itself. Otherwise Stripe is told when to close it.
    pub has_stripes_lifetime: bool,
}

impl Default for CheckoutTerms {
    /// Stripe's own page for as long as we say, cards alone, and nobody between.
    fn default() -> Self {
        Self {
            ui: CheckoutUi::Hosted,
            payment_methods: PaymentMethods::Cards,
            member_id: None,
            has_stripes_lifetime: false,
        }
    }
}

/// One attempt to pay.
#[derive(Clone, Debug)]
pub struct Checkout {
    /// Our id, and the key to everything we ask of Stripe for it.
    pub id: CheckoutId,
    /// Whose project.
    pub project_id: ProjectId,
    /// Who pays.
    pub customer_id: CustomerId,
    /// Which visit it belongs to.
    pub connect_session_id: Option<ConnectSessionId>,
    /// What it is for.
    pub order: Order,
    /// The saved card that pays it while its customer is away, by Stripe's name, or the Stripe Subscription whose card it
    /// is; `None` where they pay on Stripe's page.
    pub saved_card: Option<String>,
    /// How far it has come.
    pub state: CheckoutState,
    /// How Stripe's Checkout is opened.
    pub terms: CheckoutTerms,
    /// The language of Stripe's page.
    pub locale: String,
    /// Where Stripe sends the customer after paying.
    pub return_url: String,
    /// Where Stripe sends the customer who turns back.
    pub cancel_url: String,
    /// The Stripe Checkout Session.
    pub stripe_session_id: Option<String>,
    /// Its page, as long as it is open.
    pub stripe_url: Option<String>,
    /// What the charge of a saved card became, or waits for: a Stripe Subscription or an invoice.
    pub stripe_charge_id: Option<String>,
    /// When Stripe closes it, or when a charge without an answer may be looked for.
    pub expires_at: Timestamp,
    /// The subscription that it became, or that it added to.
    pub subscription_id: Option<SubscriptionId>,
    /// When the customer asked for it.
    pub created_at: Timestamp,
    /// When it reached a state that it will not leave.
    pub closed_at: Option<Timestamp>,
}

impl Checkout {
    /// Whether the customer may still pay.
    pub fn is_open(&self) -> bool {
        matches!(self.state, CheckoutState::Creating | CheckoutState::Open)
    }

    /// Whether it is not known yet what becomes of it: it can be paid, or the bank has yet to say yes.
    pub fn is_undecided(&self) -> bool {
        self.is_open() || self.state == CheckoutState::Confirming
    }

    /// The customer is through, and the bank has yet to say yes.
    pub fn confirm(&mut self) {
        if self.is_open() {
            self.state = CheckoutState::Confirming;
            self.stripe_url = None;
        }
    }

    /// Stripe has its session, and closes it then.
    pub fn opened(&mut self, stripe_session_id: String, url: Option<String>, expires_at: Timestamp) {
        if self.state == CheckoutState::Creating {
            self.state = CheckoutState::Open;
            self.expires_at = expires_at;
        }
        self.stripe_session_id.get_or_insert(stripe_session_id);
        self.stripe_url = url;
    }

    /// Stripe has the charge ready and makes it once this invoice is paid, for which its customer has until then.
    pub fn await_invoice(&mut self, stripe_invoice_id: &str, until: Timestamp) {
        if self.state == CheckoutState::Creating {
            self.state = CheckoutState::Open;
            self.expires_at = until;
        }
        self.stripe_charge_id = Some(stripe_invoice_id.to_owned());
    }

    /// The invoice that the charge of a saved card waits for.
    pub fn awaited_invoice(&self) -> Option<&str> {
        let waits = self.saved_card.is_some() && self.state == CheckoutState::Open;
        self.stripe_charge_id.as_deref().filter(|_| waits)
    }

    /// It reaches a final state. The same again is no error; a payment beats an earlier giving-up, because the money is there.
    pub fn close(&mut self, to: CheckoutState, now: Timestamp) -> Result<(), CheckoutTransitionError> {
        use CheckoutState::{Abandoned, Confirming, Creating, Expired, Failed, Open, Settled, Superseded};
        match (self.state, to) {
            (from, to) if from == to => return Ok(()),
            (Creating | Open | Confirming, Settled | Expired | Failed | Abandoned | Superseded)
            | (Expired | Failed | Abandoned, Settled | Superseded) => {}
            (from, to) => return Err(CheckoutTransitionError { from, to }),
        }
        self.state = to;
        self.stripe_url = None;
        self.closed_at = Some(now);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Currency, Goods, Id, Money, OrderLine, PriceId, ProductId, SubscriptionOrder};
    use uuid::Uuid;

    fn checkout(state: CheckoutState) -> Checkout {
        let id = Uuid::from_u128(1);
        let amount = Money::new(1450, Currency::from_code("EUR").unwrap());
        let plan =
            OrderLine { product_id: ProductId::from_uuid(id), price_id: PriceId::from_uuid(id), amount };
        Checkout {
            id: CheckoutId::from_uuid(id),
            project_id: ProjectId::from_uuid(id),
            customer_id: CustomerId::from_uuid(id),
            connect_session_id: None,
            order: Order {
                goods: Goods::Subscription(SubscriptionOrder::of(plan)),
                voucher: None,
                due_now: amount,
            },
            state,
            terms: CheckoutTerms::default(),
            locale: "en".into(),
            return_url: String::new(),
            cancel_url: String::new(),
            stripe_session_id: None,
            stripe_url: None,
            saved_card: None,
            stripe_charge_id: None,
            expires_at: Timestamp::UNIX_EPOCH,
            subscription_id: None,
            created_at: Timestamp::UNIX_EPOCH,
            closed_at: None,
        }
    }

    #[test]
    fn money_that_arrives_late_is_still_settled() {
        for before in
            [CheckoutState::Expired, CheckoutState::Failed, CheckoutState::Abandoned, CheckoutState::Open]
        {
            let mut checkout = checkout(before);
            checkout.close(CheckoutState::Settled, Timestamp::UNIX_EPOCH).unwrap();
            assert_eq!(checkout.state, CheckoutState::Settled);
        }
    }

    #[test]
    fn what_is_settled_never_becomes_anything_else() {
        for to in [CheckoutState::Expired, CheckoutState::Abandoned, CheckoutState::Superseded] {
            let mut checkout = checkout(CheckoutState::Settled);
            assert!(checkout.close(to, Timestamp::UNIX_EPOCH).is_err());
        }
    }

    #[test]
    fn a_payment_that_the_bank_has_to_confirm_can_go_either_way() {
        for to in [CheckoutState::Settled, CheckoutState::Failed] {
            let mut checkout = checkout(CheckoutState::Open);
            checkout.confirm();
            assert!(checkout.is_undecided() && !checkout.is_open());
            checkout.close(to, Timestamp::UNIX_EPOCH).unwrap();
            checkout.confirm();
            assert_eq!(checkout.state, to);
        }
    }

    #[test]
    fn a_charge_waits_for_its_invoice_until_it_is_closed() {
        let mut waiting = Checkout { saved_card: Some("sub_1".into()), ..checkout(CheckoutState::Creating) };
        assert_eq!(waiting.awaited_invoice(), None);
        waiting.await_invoice("in_1", Timestamp::MAX);
        assert_eq!((waiting.awaited_invoice(), waiting.expires_at), (Some("in_1"), Timestamp::MAX));
        waiting.close(CheckoutState::Abandoned, Timestamp::UNIX_EPOCH).unwrap();
        assert_eq!(waiting.awaited_invoice(), None);
        waiting.await_invoice("in_1", Timestamp::UNIX_EPOCH);
        assert_eq!(waiting.state, CheckoutState::Abandoned);
    }

    #[test]
    fn a_late_answer_of_stripe_does_not_reopen_a_closed_checkout() {
        let mut checkout = checkout(CheckoutState::Abandoned);
        checkout.opened("cs_1".into(), None, Timestamp::MAX);
        assert_eq!((checkout.state, checkout.expires_at), (CheckoutState::Abandoned, Timestamp::UNIX_EPOCH));
        assert_eq!(checkout.stripe_session_id.as_deref(), Some("cs_1"));
    }
}
