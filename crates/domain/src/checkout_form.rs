//! Forms that a business confirmed: what was agreed to on them (contracts/business-api.md §9).

use jiff::Timestamp;
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
