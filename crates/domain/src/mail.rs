//! Mails, most of them to customers: what each is about, and what became of it.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::text_enum::text_enum;
use crate::{
    CheckoutFormId, CustomerId, LoginCodeId, MailId, Money, PaymentId, ProjectId, SubscriptionChangeId,
    SubscriptionId, WebhookEndpointId,
};

/// What a mail is about. It holds no secret: codes and links are made when the mail is sent, and kept nowhere.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "about", rename_all = "snake_case")]
pub enum Letter {
    /// The code that logs somebody in.
    LoginCode {
        /// Which.
        login_code: LoginCodeId,
    },
    /// Money arrived.
    Receipt {
        /// Which payment.
        payment: PaymentId,
    },
    /// A renewal was not paid.
    RenewalFailed(RenewalFailed),
    /// A plan that was to follow on a free one did not begin, because its first period was not paid.
    FirstPaymentFailed(FirstPaymentFailed),
    /// Somebody decided that a subscription ends.
    CancellationConfirmed {
        /// Which.
        subscription: SubscriptionId,
        /// When it was decided: one that was taken back and decided again is another mail.
        canceled_at: Timestamp,
    },
    /// A part of a cart was bought, and the rest was not.
    CartUnfinished {
        /// On which form.
        form: CheckoutFormId,
    },
    /// A receiver of webhooks was disabled by itself: to the operator.
    WebhookDisabled {
        /// Which.
        endpoint: WebhookEndpointId,
        /// When: one that is enabled and fails again is another mail.
        disabled_at: Timestamp,
    },
}

/// A renewal that was not paid, and what mends it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RenewalFailed {
    /// The payment that is open.
    pub payment: PaymentId,
    /// What it renews.
    pub subscription: SubscriptionId,
    /// How much is open.
    pub amount: Money,
    /// When it failed first.
    pub failed_at: Timestamp,
    /// When Stripe tries again by itself.
    pub next_try_at: Option<Timestamp>,
    /// Whether the subscription can be used meanwhile.
    pub is_usable: bool,
    /// Why it failed.
    pub reason: DeclineReason,
    /// What mends it.
    pub remedy: Remedy,
}

/// The first period of a plan, which was to follow on a free one and was not paid while its customer was away.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FirstPaymentFailed {
    /// The change of plan that nothing came of.
    pub change: SubscriptionChangeId,
    /// The subscription, which stays what it was.
    pub subscription: SubscriptionId,
    /// What should have been charged.
    pub amount: Money,
    /// When.
    pub failed_at: Timestamp,
    /// Why the card was not charged; `None` where there was none that could have been.
    pub reason: Option<DeclineReason>,
}

text_enum! {
    /// Why a card was not charged, as far as its owner can do something about it.
    pub enum DeclineReason {
        /// The bank gave no reason that would help.
        Declined = "declined",
        /// There is not enough money on the card.
        InsufficientFunds = "insufficient_funds",
        /// The card has expired.
        ExpiredCard = "expired_card",
        /// The security code is wrong.
        WrongSecurityCode = "wrong_security_code",
        /// The bank did not confirm that it was the customer.
        NotAuthenticated = "not_authenticated",
    }
}

text_enum! {
    /// What mends a failed payment.
    pub enum Remedy {
        /// The customer's bank wants to hear from them.
        ConfirmPayment = "confirm_payment",
        /// Another card.
        AnotherCard = "another_card",
    }
}

text_enum! {
    /// What became of a mail.
    pub enum MailState {
        /// It is to be sent.
        Waiting = "waiting",
        /// A mail server took it.
        Sent = "sent",
        /// It was not sent, and need not be: there is no mail server, nobody to send it to, or nothing to say any more.
        Skipped = "skipped",
        /// The mail server refuses it for good.
        Refused = "refused",
    }
}

/// A mail in the outbox.
#[derive(Clone, Debug)]
pub struct QueuedMail {
    /// Our id.
    pub id: MailId,
    /// Whose project.
    pub project_id: ProjectId,
    /// To whom; `None` where only an address is known.
    pub customer_id: Option<CustomerId>,
    /// What it is about.
    pub letter: Letter,
    /// What became of it.
    pub state: MailState,
    /// Why it was not sent.
    pub note: Option<String>,
    /// When it became necessary.
    pub created_at: Timestamp,
    /// When it was sent, or given up.
    pub settled_at: Option<Timestamp>,
}

impl Letter {
    /// Two letters with the same key are one: what is told twice is mailed once.
    pub fn dedupe_key(&self) -> String {
        match self {
            Self::LoginCode { login_code } => format!("login_code/{login_code}"),
            Self::Receipt { payment } => format!("receipt/{payment}"),
            Self::RenewalFailed(failed) => format!("renewal_failed/{}/{}", failed.payment, failed.remedy),
            Self::FirstPaymentFailed(failed) => format!("first_payment_failed/{}", failed.change),
            Self::CancellationConfirmed { subscription, canceled_at } => {
                format!("cancellation/{subscription}/{}", canceled_at.as_microsecond())
            }
            Self::CartUnfinished { form } => format!("cart_unfinished/{form}"),
            Self::WebhookDisabled { endpoint, disabled_at } => {
                format!("webhook_disabled/{endpoint}/{}", disabled_at.as_microsecond())
            }
        }
    }
}

impl DeclineReason {
    /// What one of Stripe's decline codes means to the owner of the card (<https://docs.stripe.com/declines/codes>).
    pub fn of_code(code: &str) -> Self {
        match code {
            "insufficient_funds" | "card_velocity_exceeded" | "withdrawal_count_limit_exceeded" => {
                Self::InsufficientFunds
            }
            "expired_card" => Self::ExpiredCard,
            "incorrect_cvc" | "invalid_cvc" => Self::WrongSecurityCode,
            "authentication_required"
            | "authentication_not_handled"
            | "payment_intent_authentication_failure" => Self::NotAuthenticated,
            _ => Self::Declined,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Id;
    use uuid::Uuid;

    #[test]
    fn a_letter_survives_its_storage() {
        let letter = Letter::CancellationConfirmed {
            subscription: SubscriptionId::from_uuid(Uuid::from_u128(3)),
            canceled_at: Timestamp::UNIX_EPOCH,
        };
        let text = serde_json::to_string(&letter).unwrap();
        assert_eq!(serde_json::from_str::<Letter>(&text).unwrap(), letter);
    }

    #[test]
    fn a_cancellation_that_is_decided_again_is_another_mail() {
        let subscription = SubscriptionId::from_uuid(Uuid::from_u128(3));
        let decided = |second| Letter::CancellationConfirmed {
            subscription,
            canceled_at: Timestamp::from_second(second).unwrap(),
        };
        assert_eq!(decided(1).dedupe_key(), decided(1).dedupe_key());
        assert_ne!(decided(1).dedupe_key(), decided(2).dedupe_key());
    }

    #[test]
    fn a_code_that_is_not_known_is_a_plain_refusal() {
        assert_eq!(DeclineReason::of_code("insufficient_funds"), DeclineReason::InsufficientFunds);
        assert_eq!(DeclineReason::of_code("do_not_honor"), DeclineReason::Declined);
    }
}
