//! Forms that a business confirmed: what was agreed to on them (contracts/business-api.md §9).

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use crate::{CheckoutFormId, CheckoutId, CustomerId, Order, ProjectId, SubscriptionChangeId, SubscriptionId};

/// A form that was confirmed once. Sent again it is the same one.
#[derive(Clone, Debug)]
pub struct CheckoutForm {
    /// Our id, and the key to every charge that it asks for.
    pub id: CheckoutFormId,
    /// Whose project.
    pub project_id: ProjectId,
    /// The business that pays.
    pub customer_id: CustomerId,
    /// The hash of what made this sending of the form its own.
    pub nonce_hash: [u8; 32],
    /// Path and query of the form: where it can be seen again, and where it leads in the end.
    pub address: String,
    /// What was agreed to.
    pub agreed: FormAgreement,
    /// The attempts to pay that it led to so far, in the order of what is bought.
    pub checkouts: Vec<CheckoutId>,
    /// Whether the next attempt shall be paid with a card that is entered at Stripe, even though one is on file.
    pub at_stripe: bool,
    /// When it was confirmed.
    pub created_at: Timestamp,
    /// When somebody looks whether it has to be gone on with, should its customer not come back; `None` once nothing is
    /// left to do.
    pub look_at: Option<Timestamp>,
}

impl CheckoutForm {
    /// What is bought, one order after the other, if that is what was agreed to.
    pub fn orders(&self) -> &[Order] {
        match &self.agreed {
            FormAgreement::Buy { orders } => orders,
            FormAgreement::Change { .. } | FormAgreement::Recorded { .. } => &[],
        }
    }

    /// Has it looked at again, sooner while it is young. What is one payment, or none, is finished by whoever settles that.
    pub fn look_again(&mut self, now: Timestamp) {
        let (shortest, longest) = (SignedDuration::from_mins(1), SignedDuration::from_mins(15));
        let pause = (now.duration_since(self.created_at) / 4).clamp(shortest, longest);
        self.look_at = (self.orders().len() > 1).then_some(now + pause);
    }

    /// Notes the attempt by which the order at this position is paid. Those before it are noted already.
    pub fn note_attempt(&mut self, position: usize, checkout: CheckoutId) {
        self.checkouts.truncate(position);
        self.checkouts.push(checkout);
    }
}

/// What was agreed to on a form.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "camelCase")]
pub enum FormAgreement {
    /// To buy, one order after the other. One may take the place of what the business has.
    Buy {
        /// What is bought, at least one.
        orders: Vec<Order>,
    },
    /// To change what Stripe bills.
    Change {
        /// The change.
        change: SubscriptionChangeId,
    },
    /// To something that was recorded at once, because another system moves the money.
    Recorded {
        /// What came of it, at least one.
        subscriptions: Vec<SubscriptionId>,
    },
}
