//! What a visit to the hosted pages is for (contract §2.13.4, §3.2).
//!
//! On the wire an intent is its `type`, and beside it a payload under that same name:
//! `{"type": "cancelSubscription", "cancelSubscription": {"subscription": "sub_…"}}`.

use serde::de::DeserializeOwned;
use serde::ser::SerializeMap;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::{Map, Value};

use crate::ids::{AddonId, DeviceId, PaymentId, PlanId, SimId, SubscriptionId};

/// What a visit is for.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Intent {
    /// Buy a plan.
    CheckoutNewSubscription(CheckoutNewSubscription),
    /// Buy add-ons for a subscription.
    CheckoutAddon(CheckoutAddon),
    /// Choose another plan for this subscription.
    ChangeSubscription(SubscriptionId),
    /// Cancel this subscription. Nothing happens until the user confirms.
    CancelSubscription(SubscriptionId),
    /// Take back this subscription's cancellation, if the user confirms.
    ResumeSubscription(SubscriptionId),
    /// Look at this subscription.
    ViewSubscription(SubscriptionId),
    /// Look at all of the user's subscriptions.
    ViewSubscriptions,
    /// Install this subscription's eSIM.
    ViewEsimInstallation(SubscriptionId),
    /// Complete or correct a number porting.
    CompletePorting(CompletePorting),
    /// Confirm a payment that requires it.
    ConfirmPayment(PaymentId),
    /// Change how to pay.
    UpdatePaymentMethod,
    /// Change the postal address.
    UpdateUserAddress,
    /// Change the name.
    UpdateUserFullName,
    /// A type that this version of the client does not know. It can be read, and is refused by the
    /// server when sent.
    Unknown(String),
}

/// A purchase of a plan.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct CheckoutNewSubscription {
    /// What to buy.
    pub plan: PlanId,
    /// The SIM to use, or on the network `test` a placeholder such as `sim_test_esim`; without it the user chooses one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sim: Option<SimId>,
    /// The device to use.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub device: Option<DeviceId>,
    /// The device to use, by its IMEI.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub imei: Option<String>,
    /// Add-ons to put into the cart.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub addons: Vec<AddonId>,
    /// A voucher to redeem.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub voucher_code: Option<String>,
}

impl CheckoutNewSubscription {
    /// A purchase of this plan, with everything else left to the user.
    pub fn of(plan: PlanId) -> Self {
        Self { plan, sim: None, device: None, imei: None, addons: Vec::new(), voucher_code: None }
    }
}

/// A purchase of add-ons.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CheckoutAddon {
    /// What they are for.
    pub subscription: SubscriptionId,
    /// What to put into the cart.
    pub addons: Vec<AddonId>,
}

/// A number porting to be completed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CompletePorting {
    /// Whose number moves.
    pub subscription: SubscriptionId,
    /// Pages to leave out.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub behavior: Option<PortingBehavior>,
}

/// Pages to leave out of a porting.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct PortingBehavior {
    /// Leaves out the page that explains what will happen.
    pub hide_intro_page: bool,
    /// Leaves out the page that says it was received.
    pub hide_outro_page: bool,
}

#[derive(Serialize, Deserialize)]
struct OnSubscription {
    subscription: SubscriptionId,
}

#[derive(Serialize, Deserialize)]
struct OnPayment {
    payment: PaymentId,
}

impl Intent {
    /// The `type` on the wire, such as `checkoutNewSubscription`.
    pub fn type_name(&self) -> &str {
        match self {
            Self::CheckoutNewSubscription(_) => "checkoutNewSubscription",
            Self::CheckoutAddon(_) => "checkoutAddon",
            Self::ChangeSubscription(_) => "changeSubscription",
            Self::CancelSubscription(_) => "cancelSubscription",
            Self::ResumeSubscription(_) => "resumeSubscription",
            Self::ViewSubscription(_) => "viewSubscription",
            Self::ViewSubscriptions => "viewSubscriptions",
            Self::ViewEsimInstallation(_) => "viewEsimInstallation",
            Self::CompletePorting(_) => "completePorting",
            Self::ConfirmPayment(_) => "confirmPayment",
            Self::UpdatePaymentMethod => "updatePaymentMethod",
            Self::UpdateUserAddress => "updateUserAddress",
            Self::UpdateUserFullName => "updateUserFullName",
            Self::Unknown(name) => name,
        }
    }
}

impl Serialize for Intent {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let name = self.type_name();
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("type", name)?;
        match self {
            Self::CheckoutNewSubscription(checkout) => map.serialize_entry(name, checkout)?,
            Self::CheckoutAddon(checkout) => map.serialize_entry(name, checkout)?,
            Self::CompletePorting(porting) => map.serialize_entry(name, porting)?,
            Self::ConfirmPayment(payment) => {
                map.serialize_entry(name, &OnPayment { payment: payment.clone() })?;
            }
            Self::ChangeSubscription(subscription)
            | Self::CancelSubscription(subscription)
            | Self::ResumeSubscription(subscription)
            | Self::ViewSubscription(subscription)
            | Self::ViewEsimInstallation(subscription) => {
                map.serialize_entry(name, &OnSubscription { subscription: subscription.clone() })?;
            }
            Self::ViewSubscriptions
            | Self::UpdatePaymentMethod
            | Self::UpdateUserAddress
            | Self::UpdateUserFullName
            | Self::Unknown(_) => {}
        }
        map.end()
    }
}

#[derive(Deserialize)]
struct WireIntent {
    #[serde(rename = "type")]
    name: String,
    #[serde(flatten)]
    payloads: Map<String, Value>,
}

impl WireIntent {
    fn payload<T: DeserializeOwned>(&mut self) -> Result<T, serde_json::Error> {
        serde_json::from_value(self.payloads.remove(&self.name).unwrap_or_default())
    }

    fn subscription(&mut self) -> Result<SubscriptionId, serde_json::Error> {
        Ok(self.payload::<OnSubscription>()?.subscription)
    }

    fn into_intent(mut self) -> Result<Intent, serde_json::Error> {
        Ok(match self.name.as_str() {
            "checkoutNewSubscription" => Intent::CheckoutNewSubscription(self.payload()?),
            "checkoutAddon" => Intent::CheckoutAddon(self.payload()?),
            "changeSubscription" => Intent::ChangeSubscription(self.subscription()?),
            "cancelSubscription" => Intent::CancelSubscription(self.subscription()?),
            "resumeSubscription" => Intent::ResumeSubscription(self.subscription()?),
            "viewSubscription" => Intent::ViewSubscription(self.subscription()?),
            "viewSubscriptions" => Intent::ViewSubscriptions,
            "viewEsimInstallation" => Intent::ViewEsimInstallation(self.subscription()?),
            "completePorting" => Intent::CompletePorting(self.payload()?),
            "confirmPayment" => Intent::ConfirmPayment(self.payload::<OnPayment>()?.payment),
            "updatePaymentMethod" => Intent::UpdatePaymentMethod,
            "updateUserAddress" => Intent::UpdateUserAddress,
            "updateUserFullName" => Intent::UpdateUserFullName,
            _ => Intent::Unknown(self.name),
        })
    }
}

impl<'de> Deserialize<'de> for Intent {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        WireIntent::deserialize(deserializer)?.into_intent().map_err(serde::de::Error::custom)
    }
}
