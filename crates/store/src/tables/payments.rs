//! Money that moved, or should have: one row for each payment at Stripe.

use perennial_domain::{
    Attempts, CheckoutId, ClosedDispute, CustomerId, Payment, PaymentFailure, PaymentId, SubscriptionId,
};

use super::Payments;
use super::stripe_events;
use super::table::{FEW_NEWEST_FIRST, Table, expect_one};
use super::values::take_money;
use crate::{Columns, FromRow, StoreError, ToValue, params};

/// How many payments one statement looks for: each number is a statement of its own, and most callers know of few.
const SOUGHT_AT_ONCE: usize = 16;

pub(super) const PAYMENTS: Table = Table::new(
    "payments",
    "id, project_id, customer_id, subscription_id, checkout_id, amount_minor, currency, refunded_minor, \
     refunded_at, state, reason, stripe_reference, stripe_payment_intent_id, payment_method, \
     failed_attempts, failure_code, failure_message, attempted_at, next_attempt_at, dispute_closed_at, \
     dispute_outcome, paid_at, created_at",
);

impl Payments<'_> {
    /// Adds a payment, and answers whether an event about its payment intent came before it: asked in the same breath,
    /// because few did. One that is known already answers a conflict of `payments_stripe_reference_key`.
    pub fn insert(&mut self, payment: &Payment) -> Result<bool, StoreError> {
        let (attempts, dispute) = (&payment.attempts, payment.dispute);
        let values = params![
            payment.id,
            self.project,
            payment.customer_id,
            payment.subscription_id,
            payment.checkout_id,
            payment.amount.amount_minor,
            payment.amount.currency,
            payment.refunded_minor,
            payment.refunded_at,
            payment.state,
            payment.reason,
            payment.stripe_reference,
            payment.stripe_payment_intent_id,
            attempts.payment_method,
            attempts.failed,
            attempts.failure.as_ref().map(|failure| &failure.code),
            attempts.failure.as_ref().map(|failure| &failure.message),
            attempts.last_at,
            attempts.next_at,
            dispute.map(|dispute| dispute.at),
            dispute.map(|dispute| dispute.outcome),
            payment.paid_at,
            payment.created_at,
        ];
        let sql = format!("{} RETURNING {}", PAYMENTS.insert(), stripe_events::knows_payment("$2", "$13"));
        self.tx.one(&sql, values)
    }

    /// Writes everything but the id, the customer, Stripe's reference and the time of creation.
    pub fn update(&mut self, payment: &Payment) -> Result<(), StoreError> {
        let (attempts, dispute) = (&payment.attempts, payment.dispute);
        let touched = self.tx.execute(
            "UPDATE payments SET subscription_id = $3, checkout_id = $4, amount_minor = $5, currency = $6, \
             refunded_minor = $7, refunded_at = $8, state = $9, reason = $10, stripe_payment_intent_id = $11, \
             payment_method = $12, failed_attempts = $13, failure_code = $14, failure_message = $15, \
             attempted_at = $16, next_attempt_at = $17, dispute_closed_at = $18, dispute_outcome = $19, \
             paid_at = $20 WHERE project_id = $1 AND id = $2",
            params![
                self.project,
                payment.id,
                payment.subscription_id,
                payment.checkout_id,
                payment.amount.amount_minor,
                payment.amount.currency,
                payment.refunded_minor,
                payment.refunded_at,
                payment.state,
                payment.reason,
                payment.stripe_payment_intent_id,
                attempts.payment_method,
                attempts.failed,
                attempts.failure.as_ref().map(|failure| &failure.code),
                attempts.failure.as_ref().map(|failure| &failure.message),
                attempts.last_at,
                attempts.next_at,
                dispute.map(|dispute| dispute.at),
                dispute.map(|dispute| dispute.outcome),
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

    /// The payments that Stripe calls so, in no order; those that are not known are left out.
    pub fn by_references(&mut self, stripe_references: &[&str]) -> Result<Vec<Payment>, StoreError> {
        let mut found = Vec::new();
        for references in stripe_references.chunks(SOUGHT_AT_ONCE) {
            let places =
                (2..2 + references.len()).map(|place| format!("${place}")).collect::<Vec<_>>().join(", ");
            let mut values: Vec<&dyn ToValue> = vec![&self.project];
            values.extend(references.iter().map(|reference| reference as &dyn ToValue));
            let sql = PAYMENTS.select(&format!("stripe_reference IN ({places})"));
            found.extend(self.tx.list::<Payment>(&sql, &values)?);
        }
        Ok(found)
    }

    /// The payment that was made by this Stripe payment intent. The latest, should several name it.
    pub fn find_by_payment_intent(&mut self, payment_intent: &str) -> Result<Option<Payment>, StoreError> {
        self.tx.optional(&by_payment_intent(), params![self.project, payment_intent])
    }

    /// The subscription's payments, newest first.
    pub fn of_subscription(&mut self, subscription: SubscriptionId) -> Result<Vec<Payment>, StoreError> {
        let sql = PAYMENTS.select("subscription_id = $2 ORDER BY created_at DESC, id DESC");
        self.tx.list(&sql, params![self.project, subscription])
    }

    /// What the customer still owes: payments that never came and may still come, oldest first. For a subscription that
    /// is over nobody owes anything.
    pub fn open_of(&mut self, customer: CustomerId) -> Result<Vec<Payment>, StoreError> {
        let sql = PAYMENTS.select(
            "customer_id = $2 AND state IN ('pending', 'failed', 'requiresConfirmation', 'requiresPaymentMethod') \
             AND NOT EXISTS (SELECT 1 FROM subscriptions WHERE subscriptions.project_id = payments.project_id \
             AND subscriptions.id = payments.subscription_id AND subscriptions.state = 'ended') \
             ORDER BY created_at, id",
        );
        let unpaid: Vec<Payment> = self.tx.list(&sql, params![self.project, customer])?;
        Ok(unpaid.into_iter().filter(Payment::is_open).collect())
    }

    /// All payments of a customer, newest first.
    pub fn all_of_customer(&mut self, customer: CustomerId) -> Result<Vec<Payment>, StoreError> {
        let sql = PAYMENTS.select("customer_id = $2 ORDER BY created_at DESC, id DESC");
        self.tx.list(&sql, params![self.project, customer])
    }

    /// The payment with this id, which nobody else changes until the transaction ends.
    pub fn lock(&mut self, id: PaymentId) -> Result<Option<Payment>, StoreError> {
        self.tx.optional(&PAYMENTS.select("id = $2 FOR UPDATE"), params![self.project, id])
    }

    /// The payments made through a checkout, newest first.
    pub fn of_checkout(&mut self, checkout: CheckoutId) -> Result<Vec<Payment>, StoreError> {
        self.tx.list(&by_checkout(), params![self.project, checkout])
    }
}

fn by_payment_intent() -> String {
    PAYMENTS.select(&format!("stripe_payment_intent_id = $2 {FEW_NEWEST_FIRST} LIMIT 1"))
}

fn by_checkout() -> String {
    PAYMENTS.select(&format!("checkout_id = $2 {FEW_NEWEST_FIRST}"))
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
            refunded_at: row.take()?,
            state: row.take()?,
            reason: row.take()?,
            stripe_reference: row.take()?,
            stripe_payment_intent_id: row.take()?,
            attempts: take_attempts(row)?,
            dispute: take_dispute(row)?,
            paid_at: row.take()?,
            created_at: row.take()?,
        })
    }
}

/// Reads six columns: the card, how often it failed, the failure's code and message, and the times.
fn take_attempts(row: &mut Columns<'_>) -> Result<Attempts, StoreError> {
    let (payment_method, failed) = (row.take()?, row.take()?);
    let failure = match (row.take()?, row.take()?) {
        (Some(code), Some(message)) => Some(PaymentFailure { code, message }),
        _ => None,
    };
    Ok(Attempts { payment_method, failed, failure, last_at: row.take()?, next_at: row.take()? })
}

/// Reads two columns: when a dispute was over, and how it ended.
fn take_dispute(row: &mut Columns<'_>) -> Result<Option<ClosedDispute>, StoreError> {
    let closed = (row.take()?, row.take()?);
    Ok(match closed {
        (Some(at), Some(outcome)) => Some(ClosedDispute { at, outcome }),
        _ => None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tables::plan::plan_of;

    #[tokio::test]
    async fn payments_of_one_purchase_are_found_without_reading_all() {
        let plan = plan_of(by_payment_intent(), 2).await;
        assert!(
            plan.contains("payments_by_payment_intent (project_id=? AND stripe_payment_intent_id=?)"),
            "{plan}"
        );
        let plan = plan_of(by_checkout(), 2).await;
        assert!(plan.contains("payments_by_checkout (project_id=? AND checkout_id=?)"), "{plan}");
    }
}
