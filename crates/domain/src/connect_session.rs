//! Connect sessions: one visit to the hosted pages, with an intent.

use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use url::Url;

use crate::text_enum::text_enum;
use crate::{
    AddressId, CheckoutId, ConnectSessionId, CustomerId, DeviceId, Email, MetadataPatch, PaymentId,
    PortingId, ProductId, ProjectId, SimChoice, SimId, SubscriptionId, Voucher,
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
    /// A SIM that is recorded; without one the customer chooses.
    pub sim: Option<SimId>,
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

    /// The first part of the page's path (contract §2.13.5).
    pub const fn area(&self) -> &'static str {
        match self {
            Self::CheckoutNewSubscription(_) | Self::CheckoutAddon { .. } | Self::ConfirmPayment(_) => {
                "checkout"
            }
            _ => "portal",
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

/// Where the customer goes back to. Never a scheme that runs code or reads files.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Callback(Url);

/// Why a callback is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CallbackError {
    /// Not an absolute URL.
    #[error("the callback is not an absolute URL")]
    NotAbsolute,
    /// `javascript:`, `data:` and their like.
    #[error("a callback may not have the scheme {0:?}")]
    Scheme(String),
    /// The operator allows others only.
    #[error("the callback is not on the project's list of allowed callbacks")]
    NotAllowed,
}

/// Schemes that run code or read files where the browser is.
const FORBIDDEN_SCHEMES: [&str; 8] =
    ["javascript", "data", "file", "vbscript", "blob", "about", "filesystem", "view-source"];

impl Callback {
    /// Reads a callback (contract §3.3): http, https or an app's own scheme, on the allow-list where there is one.
    pub fn parse(text: &str, allow_list: &[Url]) -> Result<Self, CallbackError> {
        let url = Url::parse(text.trim()).map_err(|_| CallbackError::NotAbsolute)?;
        if FORBIDDEN_SCHEMES.contains(&url.scheme()) {
            return Err(CallbackError::Scheme(url.scheme().to_owned()));
        }
        if matches!(url.scheme(), "http" | "https") && url.host().is_none() {
            return Err(CallbackError::NotAbsolute);
        }
        if !allow_list.is_empty() && !allow_list.iter().any(|allowed| covers(allowed, &url)) {
            return Err(CallbackError::NotAllowed);
        }
        Ok(Self(url))
    }

    /// The URL as it was given.
    pub fn as_str(&self) -> &str {
        self.0.as_str()
    }

    /// Where it leads, as a source of a Content Security Policy: an origin, or an app's scheme.
    pub fn source(&self) -> String {
        match self.0.host_str() {
            Some(_) if matches!(self.0.scheme(), "http" | "https") => self.0.origin().ascii_serialization(),
            _ => format!("{}:", self.0.scheme()),
        }
    }

    /// The URL with our two parameters at the end of its query, before a fragment.
    pub fn with_outcome(&self, session: ConnectSessionId, status: &str) -> String {
        let mut url = self.0.clone();
        let query = url.query().unwrap_or_default().to_owned();
        // `query_pairs_mut` would re-encode what the operator wrote; theirs stays to the letter.
        let separator = if query.is_empty() { "" } else { "&" };
        url.set_query(Some(&format!("{query}{separator}session_id={session}&status={status}")));
        url.into()
    }
}

/// Same scheme, host and port, and a path below: compared by parts, so that `https://shop.example.evil` is not `https://shop.example`.
fn covers(allowed: &Url, url: &Url) -> bool {
    let same_place = allowed.scheme() == url.scheme()
        && allowed.host() == url.host()
        && allowed.port_or_known_default() == url.port_or_known_default();
    let base = allowed.path().trim_end_matches('/');
    let below = url.path().strip_prefix(base).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'));
    same_place && below && url.username().is_empty()
}

impl Serialize for Callback {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
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

    fn session() -> ConnectSessionId {
        ConnectSessionId::from_uuid(Uuid::from_u128(9))
    }

    #[test]
    fn ours_come_after_theirs_and_before_the_fragment() {
        let back = |text: &str| Callback::parse(text, &[]).unwrap().with_outcome(session(), "success");
        let ours = format!("session_id={}&status=success", session());
        assert_eq!(
            back("https://shop.example/plans?ref=7&x=%20#top"),
            format!("https://shop.example/plans?ref=7&x=%20&{ours}#top")
        );
        assert_eq!(
            back("http://localhost:3000/phone-plans"),
            format!("http://localhost:3000/phone-plans?{ours}")
        );
        assert_eq!(back("app://plans"), format!("app://plans?{ours}"));
    }

    #[test]
    fn schemes_that_run_code_are_refused() {
        for text in [
            "javascript:alert(1)",
            " JavaScript:alert(1)",
            "data:text/html,x",
            "file:///etc/passwd",
            "java\nscript:alert(1)",
        ] {
            assert!(
                matches!(Callback::parse(text, &[]), Err(CallbackError::Scheme(_))),
                "{text:?} was taken"
            );
        }
        for text in ["", "/relative", "//shop.example", "shop.example/x"] {
            assert_eq!(Callback::parse(text, &[]), Err(CallbackError::NotAbsolute), "{text:?}");
        }
    }

    #[test]
    fn the_allow_list_compares_parts_and_not_letters() {
        let allowed = [Url::parse("https://shop.example/app").unwrap()];
        let check = |text: &str| Callback::parse(text, &allowed).is_ok();
        assert!(check("https://shop.example/app/plans?x=1"));
        assert!(check("https://shop.example:443/app"));
        for text in [
            "https://shop.example.evil/app",
            "https://shop.example/apple",
            "http://shop.example/app",
            "https://shop.example@evil/app",
            "https://a@shop.example/app",
        ] {
            assert!(!check(text), "{text:?} was taken");
        }
    }

    #[test]
    fn intents_survive_their_storage() {
        let intent = Intent::ChangeSubscription(SubscriptionId::from_uuid(Uuid::from_u128(3)));
        let text = serde_json::to_string(&intent).unwrap();
        assert_eq!(serde_json::from_str::<Intent>(&text).unwrap(), intent);
        let text = serde_json::to_string(&Intent::ViewSubscriptions).unwrap();
        assert_eq!(serde_json::from_str::<Intent>(&text).unwrap(), Intent::ViewSubscriptions);
    }
}
