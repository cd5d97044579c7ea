//! Intents on the wire: a `type`, and beside it the payload that is named like it (contract §2.13.4).

use perennial_domain::{DeviceId, Intent, NewSubscription, PaymentId, ProductId, SubscriptionId};
use perennial_http::{ApiError, WireId};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::scalars::AddonId;
use crate::sims::SimName;

/// What the user comes for.
#[derive(Clone, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
#[schemars(rename = "ConnectSessionIntent")]
pub(super) struct IntentBody {
    /// What for. The payload stands beside it, under the same name.
    #[serde(rename = "type")]
    #[schemars(extend("enum" = TYPES))]
    kind: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    checkout_new_subscription: Option<NewSubscriptionBody>,
    #[serde(skip_serializing_if = "Option::is_none")]
    checkout_addon: Option<CheckoutAddonBody>,
    #[serde(skip_serializing_if = "Option::is_none")]
    change_subscription: Option<OfSubscription>,
    #[serde(skip_serializing_if = "Option::is_none")]
    cancel_subscription: Option<OfSubscription>,
    #[serde(skip_serializing_if = "Option::is_none")]
    resume_subscription: Option<OfSubscription>,
    #[serde(skip_serializing_if = "Option::is_none")]
    view_subscription: Option<OfSubscription>,
    #[serde(skip_serializing_if = "Option::is_none")]
    view_esim_installation: Option<OfSubscription>,
    #[serde(skip_serializing_if = "Option::is_none")]
    complete_porting: Option<CompletePortingBody>,
    #[serde(skip_serializing_if = "Option::is_none")]
    confirm_payment: Option<ConfirmPaymentBody>,
}

const TYPES: [&str; 13] = [
    "checkoutNewSubscription",
    "checkoutAddon",
    "changeSubscription",
    "cancelSubscription",
    "resumeSubscription",
    "viewSubscription",
    "viewSubscriptions",
    "viewEsimInstallation",
    "completePorting",
    "confirmPayment",
    "updatePaymentMethod",
    "updateUserAddress",
    "updateUserFullName",
];

/// A plan to buy.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
#[schemars(rename = "CheckoutNewSubscriptionIntent")]
struct NewSubscriptionBody {
    plan: WireId<ProductId>,
    /// Without one the user chooses.
    #[serde(skip_serializing_if = "Option::is_none")]
    sim: Option<SimName>,
    #[serde(skip_serializing_if = "Option::is_none")]
    device: Option<WireId<DeviceId>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    imei: Option<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    addons: Vec<WireId<AddonId>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    voucher_code: Option<String>,
}

/// Add-ons to buy.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "CheckoutAddonIntent")]
struct CheckoutAddonBody {
    subscription: WireId<SubscriptionId>,
    addons: Vec<WireId<AddonId>>,
}

/// A subscription that it is about.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "SubscriptionIntent")]
struct OfSubscription {
    subscription: WireId<SubscriptionId>,
}

/// A porting to complete.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "CompletePortingIntent")]
struct CompletePortingBody {
    subscription: WireId<SubscriptionId>,
    #[serde(default)]
    behavior: PortingBehaviorBody,
}

/// Pages to leave out.
#[derive(Clone, Copy, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields, rename_all = "camelCase")]
#[schemars(rename = "CompletePortingBehavior")]
struct PortingBehaviorBody {
    hide_intro_page: bool,
    hide_outro_page: bool,
}

/// A payment to confirm.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "ConfirmPaymentIntent")]
struct ConfirmPaymentBody {
    payment: WireId<PaymentId>,
}

impl IntentBody {
    /// Reads the payload that belongs to the type, and refuses any other beside it.
    pub(super) fn into_intent(mut self) -> Result<Intent, ApiError> {
        let kind = std::mem::take(&mut self.kind);
        let intent = match kind.as_str() {
            "checkoutNewSubscription" => take(&kind, &mut self.checkout_new_subscription)?.into(),
            "checkoutAddon" => take(&kind, &mut self.checkout_addon)?.into(),
            "changeSubscription" => {
                Intent::ChangeSubscription(take_id(&kind, &mut self.change_subscription)?)
            }
            "cancelSubscription" => {
                Intent::CancelSubscription(take_id(&kind, &mut self.cancel_subscription)?)
            }
            "resumeSubscription" => {
                Intent::ResumeSubscription(take_id(&kind, &mut self.resume_subscription)?)
            }
            "viewSubscription" => Intent::ViewSubscription(take_id(&kind, &mut self.view_subscription)?),
            "viewEsimInstallation" => {
                Intent::ViewEsimInstallation(take_id(&kind, &mut self.view_esim_installation)?)
            }
            "completePorting" => take(&kind, &mut self.complete_porting)?.into(),
            "confirmPayment" => Intent::ConfirmPayment(take(&kind, &mut self.confirm_payment)?.payment.0),
            "viewSubscriptions" => Intent::ViewSubscriptions,
            "updatePaymentMethod" => Intent::UpdatePaymentMethod,
            "updateUserAddress" => Intent::UpdateUserAddress,
            "updateUserFullName" => Intent::UpdateUserFullName,
            _ => return Err(invalid("intent.type", format!("intent.type is one of {}.", TYPES.join(", ")))),
        };
        match self.leftover() {
            None => Ok(intent),
            Some(name) => {
                let property = format!("intent.{name}");
                Err(invalid(&property, format!("{property} does not belong to an intent of type {kind}.")))
            }
        }
    }

    /// A payload that was not taken.
    fn leftover(&self) -> Option<&'static str> {
        let payloads = [
            ("checkoutNewSubscription", self.checkout_new_subscription.is_some()),
            ("checkoutAddon", self.checkout_addon.is_some()),
            ("changeSubscription", self.change_subscription.is_some()),
            ("cancelSubscription", self.cancel_subscription.is_some()),
            ("resumeSubscription", self.resume_subscription.is_some()),
            ("viewSubscription", self.view_subscription.is_some()),
            ("viewEsimInstallation", self.view_esim_installation.is_some()),
            ("completePorting", self.complete_porting.is_some()),
            ("confirmPayment", self.confirm_payment.is_some()),
        ];
        payloads.into_iter().find_map(|(name, is_there)| is_there.then_some(name))
    }

    /// Shapes an intent.
    pub(super) fn of(intent: &Intent) -> Self {
        let mut body = Self { kind: intent.name().to_owned(), ..Self::default() };
        let of = |id: &SubscriptionId| Some(OfSubscription { subscription: WireId(*id) });
        match intent {
            Intent::CheckoutNewSubscription(wanted) => body.checkout_new_subscription = Some(wanted.into()),
            Intent::CheckoutAddon { subscription, addons } => {
                body.checkout_addon =
                    Some(CheckoutAddonBody { subscription: WireId(*subscription), addons: spelled(addons) });
            }
            Intent::ChangeSubscription(id) => body.change_subscription = of(id),
            Intent::CancelSubscription(id) => body.cancel_subscription = of(id),
            Intent::ResumeSubscription(id) => body.resume_subscription = of(id),
            Intent::ViewSubscription(id) => body.view_subscription = of(id),
            Intent::ViewEsimInstallation(id) => body.view_esim_installation = of(id),
            Intent::CompletePorting { subscription, hide_intro_page, hide_outro_page } => {
                let behavior = PortingBehaviorBody {
                    hide_intro_page: *hide_intro_page,
                    hide_outro_page: *hide_outro_page,
                };
                body.complete_porting =
                    Some(CompletePortingBody { subscription: WireId(*subscription), behavior });
            }
            Intent::ConfirmPayment(id) => {
                body.confirm_payment = Some(ConfirmPaymentBody { payment: WireId(*id) });
            }
            Intent::ViewSubscriptions
            | Intent::UpdatePaymentMethod
            | Intent::UpdateUserAddress
            | Intent::UpdateUserFullName => {}
        }
        body
    }
}

fn take<T>(kind: &str, payload: &mut Option<T>) -> Result<T, ApiError> {
    payload.take().ok_or_else(|| {
        let property = format!("intent.{kind}");
        let message = format!("{property} is required.");
        ApiError::invalid_property(&property, "propertyRequired", message)
    })
}

fn take_id(kind: &str, payload: &mut Option<OfSubscription>) -> Result<SubscriptionId, ApiError> {
    Ok(take(kind, payload)?.subscription.0)
}

fn invalid(property: &str, message: String) -> ApiError {
    ApiError::invalid_property(property, "propertyInvalid", message)
}

fn spelled(addons: &[ProductId]) -> Vec<WireId<AddonId>> {
    addons.iter().map(|id| WireId(AddonId(*id))).collect()
}

fn unspelled(addons: Vec<WireId<AddonId>>) -> Vec<ProductId> {
    addons.into_iter().map(|WireId(AddonId(id))| id).collect()
}

impl From<NewSubscriptionBody> for Intent {
    fn from(body: NewSubscriptionBody) -> Self {
        Self::CheckoutNewSubscription(NewSubscription {
            plan: body.plan.0,
            sim: body.sim.map(|SimName(named)| named),
            device: body.device.map(|WireId(id)| id),
            imei: body.imei,
            addons: unspelled(body.addons),
            voucher_code: body.voucher_code,
        })
    }
}

impl From<&NewSubscription> for NewSubscriptionBody {
    fn from(wanted: &NewSubscription) -> Self {
        Self {
            plan: WireId(wanted.plan),
            sim: wanted.sim.map(SimName),
            device: wanted.device.map(WireId),
            imei: wanted.imei.clone(),
            addons: spelled(&wanted.addons),
            voucher_code: wanted.voucher_code.clone(),
        }
    }
}

impl From<CheckoutAddonBody> for Intent {
    fn from(body: CheckoutAddonBody) -> Self {
        Self::CheckoutAddon { subscription: body.subscription.0, addons: unspelled(body.addons) }
    }
}

impl From<CompletePortingBody> for Intent {
    fn from(body: CompletePortingBody) -> Self {
        Self::CompletePorting {
            subscription: body.subscription.0,
            hide_intro_page: body.behavior.hide_intro_page,
            hide_outro_page: body.behavior.hide_outro_page,
        }
    }
}
