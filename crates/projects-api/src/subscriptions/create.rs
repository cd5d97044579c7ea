//! `POST P/subscriptions` (contracts/projects-api.md §2.5): free plans, or paid with the user's saved card.

use std::borrow::Cow;
use std::collections::BTreeMap;

use axum::extract::State;
use perennial_core::fitness::{PortingProblem, SimProblem};
use perennial_core::subscription_facts;
use perennial_core::subscriptions::{
    CreateSubscriptionError, DeviceModelProblem, NewSubscriptionRequest, Requirement, SimRequest,
    create_subscription,
};
use perennial_domain::{AddressId, CustomerId, DeviceId, DeviceModelId, PortingId, ProductId};
use perennial_http::{ApiError, Created, ErrorKind, JsonBody, NoQuery, ProjectKey, SameRequest, WireId};
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::{self, IgnoredAny};
use serde::{Deserialize, Deserializer};

use super::body::SubscriptionBody;
use crate::api::Api;
use crate::charges::{paid, refuse_order, refuse_start};
use crate::scalars::{MetadataPatchBody, refuse_metadata};

/// A subscription to begin.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
#[schemars(rename = "SubscriptionCreate")]
pub(super) struct CreateBody {
    plan: WireId<ProductId>,
    user: WireId<CustomerId>,
    #[serde(default)]
    sim: SimBody,
    device: Option<WireId<DeviceId>>,
    /// Of a device whose IMEI is not known.
    device_model: Option<WireId<DeviceModelId>>,
    /// Needed when the plan requires an address and the user has none.
    user_address: Option<WireId<AddressId>>,
    /// A draft: the number to bring along.
    porting: Option<WireId<PortingId>>,
    #[serde(default)]
    metadata: MetadataPatchBody,
    /// Not offered: it is the Billing API's. Sent, it is answered with `notImplemented`.
    #[schemars(with = "Option<BTreeMap<String, String>>")]
    billing: Option<IgnoredAny>,
}

/// §2.5 and §2.15: vouchers of the Billing API. Those of the catalogue are typed on the hosted pages.
const NO_BILLING: &str = "This server offers the Payments API in place of the Billing API: vouchers are redeemed by customers on the hosted pages.";

/// A SIM's id or a placeholder for one, `auto` or `preferLastUsed`.
#[derive(Clone, Copy, Debug)]
struct SimBody(SimRequest);

impl Default for SimBody {
    fn default() -> Self {
        Self(SimRequest::Auto)
    }
}

impl<'de> Deserialize<'de> for SimBody {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = Cow::<str>::deserialize(deserializer)?;
        Ok(Self(match text.as_ref() {
            "auto" => SimRequest::Auto,
            "preferLastUsed" => SimRequest::PreferLastUsed,
            named => SimRequest::Named(named.parse().map_err(de::Error::custom)?),
        }))
    }
}

impl JsonSchema for SimBody {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        "SimRequest".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "type": "string", "default": "auto",
            "description": "A SIM's id, `auto`, `preferLastUsed`, or on the network `test` a placeholder such as `sim_test_esim`."
        })
    }
}

pub(super) async fn create(
    caller: ProjectKey,
    State(api): State<Api>,
    SameRequest(request): SameRequest,
    _: NoQuery,
    JsonBody(body): JsonBody<CreateBody>,
) -> Result<Created<SubscriptionBody>, ApiError> {
    if body.billing.is_some() {
        return Err(ApiError::new(ErrorKind::NotImplemented, NO_BILLING));
    }
    let project = caller.project();
    let request = NewSubscriptionRequest {
        project,
        customer: body.user.0,
        plan: body.plan.0,
        sim: body.sim.0,
        device: body.device.map(|WireId(id)| id),
        device_model: body.device_model.map(|WireId(id)| id),
        address: body.user_address.map(|WireId(id)| id),
        porting: body.porting.map(|WireId(id)| id),
        metadata: body.metadata.0,
        request,
    };
    let charged = Box::pin(create_subscription(&api.app, request)).await.map_err(refuse)?;
    let (_, id) = paid(charged)?;
    let found = api.app.read(move |_, tx| subscription_facts::find(tx, project, id)).await?;
    found.map(|view| Created(view.into())).ok_or_else(ApiError::not_found)
}

fn refuse(error: CreateSubscriptionError) -> ApiError {
    let invalid = |property: &str, message| ApiError::invalid_property(property, "propertyInvalid", message);
    match error {
        CreateSubscriptionError::UnknownCustomer(_) => {
            invalid("user", "There is no such user, or not any more.")
        }
        CreateSubscriptionError::Order(error) => refuse_order(error, "plan"),
        CreateSubscriptionError::Unmet(unmet) => refuse_unmet(&unmet),
        CreateSubscriptionError::UnknownAddress(_) => invalid("userAddress", "The user has no such address."),
        CreateSubscriptionError::UnknownDevice(_) => invalid("device", "The user has no such device."),
        CreateSubscriptionError::DeviceModel(problem) => invalid("deviceModel", model_problem(problem)),
        CreateSubscriptionError::Sim(problem) => refuse_sim(problem),
        CreateSubscriptionError::Porting(problem) => refuse_porting(problem),
        CreateSubscriptionError::Metadata(error) => refuse_metadata(&error),
        CreateSubscriptionError::Start(error) => refuse_start(error, "user"),
        CreateSubscriptionError::Store(error) => error.into(),
    }
}

/// All that is missing at once.
fn refuse_unmet(unmet: &[Requirement]) -> ApiError {
    let missing = |error: ApiError, requirement: &Requirement| {
        let (property, message) = match requirement {
            Requirement::FullName => ("user.fullName", "The plan needs the user's full name."),
            Requirement::Birthday => ("user.birthday", "The plan needs the user's birthday."),
            Requirement::Address => ("userAddress", "The plan needs an address of the user."),
            Requirement::Device => ("device", "The plan needs a device."),
        };
        error.detail(property, "propertyRequired", message)
    };
    unmet.iter().fold(ApiError::invalid("The plan needs more to be known of the user."), missing)
}

const fn model_problem(problem: DeviceModelProblem) -> &'static str {
    match problem {
        DeviceModelProblem::Unknown => "There is no such device model.",
        DeviceModelProblem::OtherDevice => "The device is of another model.",
        DeviceModelProblem::OtherSim => "Devices of this model do not take the SIM.",
    }
}

fn refuse_sim(problem: SimProblem) -> ApiError {
    let message = match problem {
        SimProblem::Used => {
            return ApiError::invalid("Another subscription uses the SIM.").code("simAlreadyUsed");
        }
        SimProblem::Unknown => "There is no such SIM.",
        SimProblem::OtherProvider => "The SIM is of another provider than the plan.",
        SimProblem::OtherType => "The plan does not work with SIMs of this type.",
        SimProblem::Needed => "The plan works with physical SIMs alone: name one.",
        SimProblem::NotNeeded => "The plan has no SIM.",
    };
    ApiError::invalid_property("sim", "propertyInvalid", message)
}

fn refuse_porting(problem: PortingProblem) -> ApiError {
    let (code, message) = match problem {
        PortingProblem::OtherProvider => {
            (Some("portingProviderMismatch"), "The porting leads to another provider than the plan's.")
        }
        PortingProblem::NoNumber => (Some("portingNotSupported"), "The plan has no phone number."),
        PortingProblem::Unknown => (None, "The user has no such porting."),
        PortingProblem::NotDraft => (None, "The porting is no draft any more."),
    };
    let error = ApiError::invalid_property("porting", "propertyInvalid", message);
    match code {
        Some(code) => error.code(code),
        None => error,
    }
}
