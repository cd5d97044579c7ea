//! Money that moved, or should have: one row for each payment at Stripe.

use perennial_domain::{CheckoutId, Payment, PaymentId, SubscriptionId};

use super::Payments;
use super::table::{Table, expect_one};
use super::values::take_money;
use crate::{Columns, FromRow, StoreError, params};

const PAYMENTS: Table = Table::new(
    "payments",
    "id, project_id, customer_id, subscription_id, checkout_id, amount_minor, currency, refunded_minor, \
     state, reason, stripe_reference, stripe_payment_intent_id, paid_at, created_at",
);

impl Payments<'_> {
    /// Adds a payment. One that is known already answers a conflict of `payments_stripe_reference_key`.
    pub fn insert(&mut self, payment: &Payment) -> Result<(), StoreError> {
        let values = params![
            payment.id,
            self.project,
            payment.customer_id,
            payment.subscription_id,
            payment.checkout_id,
            payment.amount.amount_minor,
            payment.amount.currency,
            payment.refunded_minor,
            payment.state,
            payment.reason,
            payment.stripe_reference,
            payment.stripe_payment_intent_id,
            payment.paid_at,
            payment.created_at,
        ];
        self.tx.execute(&PAYMENTS.insert(), values)?;
        Ok(())
    }

    /// Writes everything but the id, the customer, Stripe's reference and the time of creation.
    pub fn update(&mut self, payment: &Payment) -> Result<(), StoreError> {
        let touched = self.tx.execute(
            "UPDATE payments SET subscription_id = $3, checkout_id = $4, amount_minor = $5, currency = $6, \
             refunded_minor = $7, state = $8, reason = $9, stripe_payment_intent_id = $10, paid_at = $11 \
             WHERE project_id = $1 AND id = $2",
            params![
                self.project,
                payment.id,
                payment.subscription_id,
                payment.checkout_id,
                payment.amount.amount_minor,
                payment.amount.currency,
                payment.refunded_minor,
                payment.state,
                payment.reason,
                payment.stripe_payment_intent_id,
                payment.paid_at,
            ],
        )?;
        expect_one(touched)
    }

    /// The payment with this id.
    pub fn find(&mut self, id: PaymentId) -> Result<Option<Payment>, StoreError> {
        self.tx.optional(&PAYMENTS.select("id = $2"), params![self.project, id])
    }

    /// The payment that Stripe calls so: an invoice, or a payment intent where there is none.
    pub fn find_by_reference(&mut self, stripe_reference: &str) -> Result<Option<Payment>, StoreError> {
        self.tx.optional(&PAYMENTS.select("stripe_reference = $2"), params![self.project, stripe_reference])
    }

    /// The payment that was made by this Stripe payment intent. The latest, should several name it.
    pub fn find_by_payment_intent(&mut self, payment_intent: &str) -> Result<Option<Payment>, StoreError> {
        let sql = PAYMENTS.select("stripe_payment_intent_id = $2 ORDER BY created_at DESC, id DESC LIMIT 1");
        self.tx.optional(&sql, params![self.project, payment_intent])
    }

    /// The subscription's payments, newest first.
    pub fn of_subscription(&mut self, subscription: SubscriptionId) -> Result<Vec<Payment>, StoreError> {
        let sql = PAYMENTS.select("subscription_id = $2 ORDER BY created_at DESC, id DESC");
        self.tx.list(&sql, params![self.project, subscription])
    }

    /// The payments made through a checkout, newest first.
    pub fn of_checkout(&mut self, checkout: CheckoutId) -> Result<Vec<Payment>, StoreError> {
        let sql = PAYMENTS.select("checkout_id = $2 ORDER BY created_at DESC, id DESC");
        self.tx.list(&sql, params![self.project, checkout])
    }
}

impl FromRow for Payment {
    fn from_row(row: &mut Columns<'_>) -> Result<Self, StoreError> {
        Ok(Self {
            id: row.take()?,
            project_id: row.take()?,
            customer_id: row.take()?,
            subscription_id: row.take()?,
            checkout_id: row.take()?,
            amount: take_money(row)?,
            refunded_minor: row.take()?,
            state: row.take()?,
            reason: row.take()?,
            stripe_reference: row.take()?,
            stripe_payment_intent_id: row.take()?,
            paid_at: row.take()?,
            created_at: row.take()?,
        })
    }
}
