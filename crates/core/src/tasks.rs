//! Work that a transaction makes necessary, and that someone does after it: queued in that same transaction.

mod queue;

use perennial_domain::{
    CheckoutId, CustomerId, MailId, PaymentId, ProjectId, SubscriptionAddonId, SubscriptionId,
};
use serde::{Deserialize, Serialize};

pub use self::queue::{enqueue, enqueue_all, enqueue_at, enqueue_unless_queued};

/// A small payload of ids. Every task is safe to run twice.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "task", rename_all = "snake_case")]
pub enum Task {
    /// Bring one subject up to date with what its waiting Stripe events say.
    ApplyStripeEvents {
        /// Whose.
        project: ProjectId,
        /// Stripe's id of the subject.
        subject: String,
    },
    /// Have the network activate a subscription.
    ActivateSubscription {
        /// Whose.
        project: ProjectId,
        /// Which.
        subscription: SubscriptionId,
    },
    /// Give the money of an undeliverable checkout back, and cancel what Stripe made of it.
    RefundCheckout {
        /// Whose.
        project: ProjectId,
        /// Which.
        checkout: CheckoutId,
    },
    /// Let go at Stripe what a checkout began whose money did not come.
    LetGoCheckout {
        /// Whose.
        project: ProjectId,
        /// Which.
        checkout: CheckoutId,
    },
    /// Find out what became of a checkout that waited for its customer's bank.
    SettleCheckout {
        /// Whose.
        project: ProjectId,
        /// Which.
        checkout: CheckoutId,
    },
    /// Stop at Stripe what ended here.
    StopBilling {
        /// Whose.
        project: ProjectId,
        /// Which.
        subscription: SubscriptionId,
    },
    /// Have Stripe charge, or not, as a subscription in arrears, or out of them, stands. Queues know it by its first name.
    #[serde(rename = "settle_collection")]
    AlignCollection {
        /// Whose.
        project: ProjectId,
        /// Which.
        subscription: SubscriptionId,
    },
    /// Let go at Stripe what it billed of a subscription that is a free one now.
    CloseBilling {
        /// Whose.
        project: ProjectId,
        /// Which.
        subscription: SubscriptionId,
        /// Stripe's id of its part, which the subscription does not name any more.
        stripe_subscription: String,
    },
    /// Give the money of a subscription back that could never be used.
    RefundSubscription {
        /// Whose.
        project: ProjectId,
        /// Which.
        subscription: SubscriptionId,
    },
    /// End a subscription whose money went back while a change of it was being paid.
    EndDisputed {
        /// Whose.
        project: ProjectId,
        /// Which.
        subscription: SubscriptionId,
    },
    /// End an add-on whose money went back.
    EndAddon {
        /// Whose.
        project: ProjectId,
        /// Which.
        addon: SubscriptionAddonId,
    },
    /// Give a payment back that came when its subscription was over.
    RefundPayment {
        /// Whose.
        project: ProjectId,
        /// Which.
        payment: PaymentId,
    },
    /// Note how much of a payment was given back.
    SyncRefund {
        /// Whose.
        project: ProjectId,
        /// Stripe's id of the payment intent.
        payment_intent: String,
    },
    /// Note which cards Stripe keeps for a customer.
    SyncCards {
        /// Whose.
        project: ProjectId,
        /// Which.
        customer: CustomerId,
    },
    /// Tell Stripe how a customer is reached and called.
    TellStripeOfCustomer {
        /// Whose.
        project: ProjectId,
        /// Which.
        customer: CustomerId,
        /// Whether they had a name here that was taken away.
        #[serde(default)]
        lost_name: bool,
    },
    /// Write a mail and send it.
    SendMail {
        /// Whose.
        project: ProjectId,
        /// Which.
        mail: MailId,
    },
    /// Take back at Stripe what was arranged for a change of plan that nobody wants any more.
    UnarrangeChange {
        /// Whose.
        project: ProjectId,
        /// Of which subscription.
        subscription: SubscriptionId,
    },
    /// Find checkouts that nobody told us about.
    SweepCheckouts,
    /// Find cards that nobody told us about.
    SweepCardPages,
    /// Finish changes of plan that a crash left.
    SweepSubscriptionChanges,
    /// Go on with carts whose customers did not come back.
    SweepCarts,
    /// Queue waiting Stripe events again whose task was given up.
    SweepStripeEvents,
    /// Forget what Stripe events said long ago.
    ForgetOldPayloads,
    /// Forget webhooks that were sent long ago.
    ForgetWebhookDeliveries,
    /// Find renewals that nobody told us about.
    SweepRenewals,
    /// End subscriptions whose time is over, and roll free ones on.
    TurnDueSubscriptions,
    /// Forget stored answers after a day.
    SweepIdempotencyKeys,
    /// Forget browsers that never said who they are after a day.
    SweepLogins,
    /// Take away tokens of the third door some time after their end.
    SweepBusinessTokens,
    /// Forget forms of the third door that were confirmed long ago.
    ForgetForms,
}

impl Task {
    /// The kinds, as the queue names them.
    pub const KINDS: &'static [&'static str] = &[
        "apply_stripe_events",
        "activate_subscription",
        "refund_checkout",
        "let_go_checkout",
        "settle_checkout",
        "stop_billing",
        "settle_collection",
        "close_billing",
        "refund_subscription",
        "end_disputed",
        "end_addon",
        "refund_payment",
        "sync_refund",
        "sync_cards",
        "tell_stripe_of_customer",
        "send_mail",
        "unarrange_change",
        "sweep_checkouts",
        "sweep_card_pages",
        "sweep_subscription_changes",
        "sweep_carts",
        "sweep_stripe_events",
        "forget_old_payloads",
        "forget_webhook_deliveries",
        "sweep_renewals",
        "turn_due_subscriptions",
        "sweep_idempotency_keys",
        "sweep_logins",
        "sweep_business_tokens",
        "forget_forms",
    ];

    /// The tasks that run again and again by themselves.
    pub const SWEEPS: &'static [Self] = &[
        Self::SweepCheckouts,
        Self::SweepCardPages,
        Self::SweepSubscriptionChanges,
        Self::SweepCarts,
        Self::SweepStripeEvents,
        Self::ForgetOldPayloads,
        Self::ForgetWebhookDeliveries,
        Self::SweepRenewals,
        Self::TurnDueSubscriptions,
        Self::SweepIdempotencyKeys,
        Self::SweepLogins,
        Self::SweepBusinessTokens,
        Self::ForgetForms,
    ];

    /// The kind, as the queue names it.
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::ApplyStripeEvents { .. } => "apply_stripe_events",
            Self::ActivateSubscription { .. } => "activate_subscription",
            Self::RefundCheckout { .. } => "refund_checkout",
            Self::LetGoCheckout { .. } => "let_go_checkout",
            Self::SettleCheckout { .. } => "settle_checkout",
            Self::StopBilling { .. } => "stop_billing",
            Self::AlignCollection { .. } => "settle_collection",
            Self::CloseBilling { .. } => "close_billing",
            Self::RefundSubscription { .. } => "refund_subscription",
            Self::EndDisputed { .. } => "end_disputed",
            Self::EndAddon { .. } => "end_addon",
            Self::RefundPayment { .. } => "refund_payment",
            Self::SyncRefund { .. } => "sync_refund",
            Self::SyncCards { .. } => "sync_cards",
            Self::TellStripeOfCustomer { .. } => "tell_stripe_of_customer",
            Self::SendMail { .. } => "send_mail",
            Self::UnarrangeChange { .. } => "unarrange_change",
            Self::SweepCheckouts => "sweep_checkouts",
            Self::SweepCardPages => "sweep_card_pages",
            Self::SweepSubscriptionChanges => "sweep_subscription_changes",
            Self::SweepCarts => "sweep_carts",
            Self::SweepStripeEvents => "sweep_stripe_events",
            Self::ForgetOldPayloads => "forget_old_payloads",
            Self::ForgetWebhookDeliveries => "forget_webhook_deliveries",
            Self::SweepRenewals => "sweep_renewals",
            Self::TurnDueSubscriptions => "turn_due_subscriptions",
            Self::SweepIdempotencyKeys => "sweep_idempotency_keys",
            Self::SweepLogins => "sweep_logins",
            Self::SweepBusinessTokens => "sweep_business_tokens",
            Self::ForgetForms => "forget_forms",
        }
    }

    /// Two queued tasks with the same key are one.
    fn dedupe_key(&self) -> String {
        match self {
            Self::ApplyStripeEvents { project, subject } => format!("{}/{project}/{subject}", self.kind()),
            Self::SyncRefund { project, payment_intent } => {
                format!("{}/{project}/{payment_intent}", self.kind())
            }
            Self::CloseBilling { project, stripe_subscription, .. } => {
                format!("{}/{project}/{stripe_subscription}", self.kind())
            }
            Self::ActivateSubscription { subscription, .. }
            | Self::StopBilling { subscription, .. }
            | Self::AlignCollection { subscription, .. }
            | Self::UnarrangeChange { subscription, .. }
            | Self::EndDisputed { subscription, .. }
            | Self::RefundSubscription { subscription, .. } => format!("{}/{subscription}", self.kind()),
            Self::EndAddon { addon, .. } => format!("{}/{addon}", self.kind()),
            Self::RefundPayment { payment, .. } => format!("{}/{payment}", self.kind()),
            Self::SyncCards { customer, .. } => format!("{}/{customer}", self.kind()),
            // One that clears a name is no other, which would leave it.
            Self::TellStripeOfCustomer { customer, lost_name, .. } => {
                format!("{}/{customer}/{lost_name}", self.kind())
            }
            Self::RefundCheckout { checkout, .. }
            | Self::LetGoCheckout { checkout, .. }
            | Self::SettleCheckout { checkout, .. } => format!("{}/{checkout}", self.kind()),
            Self::SendMail { mail, .. } => format!("{}/{mail}", self.kind()),
            Self::SweepCheckouts
            | Self::SweepCardPages
            | Self::SweepSubscriptionChanges
            | Self::SweepCarts
            | Self::SweepStripeEvents
            | Self::ForgetOldPayloads
            | Self::ForgetWebhookDeliveries
            | Self::SweepRenewals
            | Self::TurnDueSubscriptions
            | Self::SweepIdempotencyKeys
            | Self::SweepLogins
            | Self::SweepBusinessTokens
            | Self::ForgetForms => self.kind().to_owned(),
        }
    }

    /// Reads what [`enqueue`] wrote.
    pub fn from_payload(payload: &serde_json::Value) -> Result<Self, serde_json::Error> {
        Self::deserialize(payload)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use perennial_domain::Id;
    use serde_json::json;
    use uuid::Uuid;

    #[test]
    fn a_task_survives_the_queue() {
        let project = ProjectId::from_uuid(Uuid::from_u128(1));
        let task = Task::ApplyStripeEvents { project, subject: "sub_1".into() };
        let payload = serde_json::to_value(&task).unwrap();
        assert_eq!(Task::from_payload(&payload).unwrap(), task);
        assert_eq!(payload["task"], task.kind());
    }

    #[test]
    fn a_task_that_was_renamed_is_read_under_its_first_name() {
        let (project, subscription) =
            (ProjectId::from_uuid(Uuid::nil()), SubscriptionId::from_uuid(Uuid::nil()));
        let task = Task::AlignCollection { project, subscription };
        let first_name = "settle_collection";
        let queued = json!({ "task": first_name, "project": project, "subscription": subscription });
        assert_eq!(serde_json::to_value(&task).unwrap(), queued);
        assert_eq!(Task::from_payload(&queued).unwrap(), task);
        assert_eq!(task.kind(), first_name);
    }

    #[test]
    fn every_task_there_is_gets_claimed() {
        // Who cannot read a variant's name says which ones there are.
        let refused = Task::from_payload(&json!({ "task": "?" })).unwrap_err().to_string();
        let there_are: Vec<_> = refused.split('`').skip(3).step_by(2).collect();
        assert_eq!(there_are, Task::KINDS);
    }
}
