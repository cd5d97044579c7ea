//! Connect sessions: one visit to the hosted pages, with an intent.

use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use crate::text_enum::text_enum;
use crate::{
    AddressId, Callback, CheckoutId, ConnectSessionId, CustomerId, DeviceId, Email, MetadataPatch, NamedSim,
    PaymentId, PortingId, ProductId, ProjectId, SimChoice, SubscriptionId, Voucher,
};

/// What the customer comes for (contracts/projects-api.md §2.13.4).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", content = "payload", rename_all = "camelCase")]
pub enum Intent {
    /// Buy a plan.
    CheckoutNewSubscription(NewSubscription),
    /// Buy add-ons for a subscription.
    CheckoutAddon {
        /// On what.
        subscription: SubscriptionId,
        /// Which.
        addons: Vec<ProductId>,
    },
    /// Take another plan.
    ChangeSubscription(SubscriptionId),
    /// End it.
    CancelSubscription(SubscriptionId),
    /// Take the end back.
    ResumeSubscription(SubscriptionId),
    /// Look at one.
    ViewSubscription(SubscriptionId),
    /// Look at all.
    ViewSubscriptions,
    /// Install an eSIM.
    ViewEsimInstallation(SubscriptionId),
    /// Give what a porting still needs.
    CompletePorting {
        /// Whose porting.
        subscription: SubscriptionId,
        /// Leave out the first page.
        hide_intro_page: bool,
        /// Leave out the last page.
        hide_outro_page: bool,
    },
    /// Pass the bank's check.
    ConfirmPayment(PaymentId),
    /// Give another card.
    UpdatePaymentMethod,
    /// Give another address.
    UpdateUserAddress,
    /// Give another name.
    UpdateUserFullName,
}

/// What is to be bought.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewSubscription {
    /// The plan.
    pub plan: ProductId,
    /// A SIM that is recorded, or made for a test; without one the customer chooses.
    pub sim: Option<NamedSim>,
    /// A device that is recorded.
    pub device: Option<DeviceId>,
    /// A device by its number.
    pub imei: Option<String>,
    /// Add-ons to buy along.
    pub addons: Vec<ProductId>,
    /// A discount to start with.
    pub voucher_code: Option<String>,
}

impl Intent {
    /// The plan to buy, where it names one.
    pub const fn plan(&self) -> Option<ProductId> {
        match self {
            Self::CheckoutNewSubscription(wanted) => Some(wanted.plan),
            _ => None,
        }
    }

    /// Whether a visit with it is over once nothing is owed: it is about the card, or about a payment.
    pub const fn is_to_pay(&self) -> bool {
        matches!(self, Self::UpdatePaymentMethod | Self::ConfirmPayment(_))
    }

    /// The word of the contract.
    pub const fn name(&self) -> &'static str {
        match self {
            Self::CheckoutNewSubscription(_) => "checkoutNewSubscription",
            Self::CheckoutAddon { .. } => "checkoutAddon",
            Self::ChangeSubscription(_) => "changeSubscription",
            Self::CancelSubscription(_) => "cancelSubscription",
            Self::ResumeSubscription(_) => "resumeSubscription",
            Self::ViewSubscription(_) => "viewSubscription",
            Self::ViewSubscriptions => "viewSubscriptions",
            Self::ViewEsimInstallation(_) => "viewEsimInstallation",
            Self::CompletePorting { .. } => "completePorting",
            Self::ConfirmPayment(_) => "confirmPayment",
            Self::UpdatePaymentMethod => "updatePaymentMethod",
            Self::UpdateUserAddress => "updateUserAddress",
            Self::UpdateUserFullName => "updateUserFullName",
        }
    }

    /// The subscription it is about, if it is about one.
    pub const fn subscription(&self) -> Option<SubscriptionId> {
        match self {
            Self::CheckoutAddon { subscription, .. }
            | Self::CompletePorting { subscription, .. }
            | Self::ChangeSubscription(subscription)
            | Self::CancelSubscription(subscription)
            | Self::ResumeSubscription(subscription)
            | Self::ViewSubscription(subscription)
            | Self::ViewEsimInstallation(subscription) => Some(*subscription),
            _ => None,
        }
    }
}

text_enum! {
    /// Light or dark pages.
    pub enum Theme {
        /// Dark on light.
        Light = "light",
        /// Light on dark.
        Dark = "dark",
    }
}

/// How the pages should look; without a theme they follow the customer's device.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Appearance {
    /// Light or dark.
    pub theme: Option<Theme>,
}

/// A customer to be made when the session is opened.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct UserDetails {
    /// Unused when the session was created.
    pub email: Email,
    /// As the person writes it.
    pub full_name: Option<String>,
    /// Date of birth.
    pub birthday: Option<Date>,
    /// A language tag.
    pub preferred_locale: Option<String>,
    /// The operator's strings.
    #[serde(default)]
    pub metadata: MetadataPatch,
}

/// What the customer decided about the number.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", content = "value", rename_all = "camelCase")]
pub enum NumberChoice {
    /// A fresh one.
    New,
    /// The old one, by a draft porting.
    Keep(PortingId),
}

text_enum! {
    /// A question of the checkout, in the order they are asked.
    pub enum CheckoutStep {
        /// What is your name?
        Name = "name",
        /// When were you born?
        Birthday = "birthday",
        /// Where do you live?
        Address = "address",
        /// Which device is it for?
        Device = "device",
        /// Which SIM?
        Sim = "sim",
        /// Which number?
        Number = "number",
        /// Is it right so?
        Review = "review",
    }
}

/// A page of Stripe's on which the visitor can give a card.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CardPage {
    /// The how-manieth page of the visit, from 1.
    pub attempt: u32,
    /// When it was asked for.
    pub opened_at: Timestamp,
    /// Stripe's name for it, once it has answered.
    pub stripe_session_id: Option<String>,
    /// When to ask Stripe what came of it, if nobody tells; `None` once nobody needs to.
    pub look_at: Option<Timestamp>,
    /// The card that was given pays already.
    pub is_settled: bool,
    /// The invoices, `in_…`, that were open when the card was given, and are charged to it: whoever settles the page can tell
    /// what was paid.
    #[serde(default)]
    pub invoices: Vec<String>,
}

impl CardPage {
    /// For how long it is asked about: far longer than Stripe keeps it open, which is a day.
    const ASKED_ABOUT: SignedDuration = SignedDuration::from_hours(7 * 24);

    /// Has it asked about again, after a pause that is as long as the page is old.
    pub fn look_again(&mut self, now: Timestamp) {
        let age = now.duration_since(self.opened_at).max(SignedDuration::from_mins(1));
        self.look_at = (age < Self::ASKED_ABOUT).then_some(now + age);
    }
}

/// What the customer has answered so far. An answer that is absent is asked for.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Progress {
    /// The questions that were asked in this visit and answered: one can go back to them.
    pub answered: Vec<CheckoutStep>,
    /// The language chosen on the pages.
    pub locale: Option<String>,
    /// Whether it takes whoever proves the address of its customer, and not only who comes first by its link: a mail carried
    /// that, which something else may open before its reader does, or it is the log-in of a form and has none.
    pub is_open_to_owner: bool,
    /// Path and query of the form to which whoever logs in is led back, where the visit is only for that.
    pub form: Option<String>,
    /// The address given.
    pub address_id: Option<AddressId>,
    /// The device given.
    pub device_id: Option<DeviceId>,
    /// The SIM chosen.
    pub sim: Option<SimChoice>,
    /// The number chosen.
    pub number: Option<NumberChoice>,
    /// The discount in force.
    pub voucher: Option<Voucher>,
    /// The latest page for a card.
    pub card_page: Option<CardPage>,
}

text_enum! {
    /// How a visit ended; spelled as the callback's `status` (contract §3.3).
    pub enum Outcome {
        /// What the customer came for is done.
        Success = "success",
        /// They left.
        UserAborted = "user_aborted",
        /// It cannot be done.
        BadConfiguration = "bad_configuration",
        /// The link was too old, or used before.
        AuthExpired = "auth_expired",
    }
}

/// One visit to the hosted pages. Its secrets are kept apart, as hashes, in the store.
#[derive(Clone, Debug)]
pub struct ConnectSession {
    /// Our id.
    pub id: ConnectSessionId,
    /// Whose project.
    pub project_id: ProjectId,
    /// What for.
    pub intent: Intent,
    /// Where to go back to.
    pub callback: Option<Callback>,
    /// How it should look.
    pub appearance: Appearance,
    /// Who, once known.
    pub customer_id: Option<CustomerId>,
    /// Who is to be made on entry.
    pub user_details: Option<UserDetails>,
    /// Until when the link works; `None` for a session without a token.
    pub token_expires_at: Option<Timestamp>,
    /// When the link was used.
    pub entered_at: Option<Timestamp>,
    /// Until when the browser may act.
    pub browser_expires_at: Option<Timestamp>,
    /// What was answered so far.
    pub progress: Progress,
    /// The latest attempt to pay.
    pub checkout_id: Option<CheckoutId>,
    /// How it ended.
    pub outcome: Option<Outcome>,
    /// When the app asked for it.
    pub created_at: Timestamp,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Id;
    use uuid::Uuid;

    #[test]
    fn intents_survive_their_storage() {
        let intent = Intent::ChangeSubscription(SubscriptionId::from_uuid(Uuid::from_u128(3)));
        let text = serde_json::to_string(&intent).unwrap();
        assert_eq!(serde_json::from_str::<Intent>(&text).unwrap(), intent);
        let text = serde_json::to_string(&Intent::ViewSubscriptions).unwrap();
        assert_eq!(serde_json::from_str::<Intent>(&text).unwrap(), Intent::ViewSubscriptions);
    }
}
