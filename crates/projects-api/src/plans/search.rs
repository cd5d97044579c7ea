//! `POST P/plans/search` (contracts/projects-api.md §2.2): which plans a device can use.

use axum::extract::State;
use perennial_domain::{DeviceModel, DeviceModelId, ProductId, ProductStatus, SimType};
use perennial_http::{
    ApiError, Csv, JsonBody, ListBody, ListQuery, NoParameters, ProjectKey, WireId, Written,
};
use schemars::JsonSchema;
use serde::Deserialize;

use super::{PlanBody, PlanParameters};
use crate::api::Api;
use crate::device_models::read_imei;
use crate::shelf;

/// Plans to look for, by at least one property.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
#[schemars(rename = "PlanSearch")]
pub(super) struct SearchBody {
    compatible_with: Option<CompatibleWith>,
    /// Of this network.
    provider: Option<String>,
    /// That work with this SIM.
    #[schemars(with = "Option<String>")]
    sim_type: Option<SimType>,
    /// In one of these states; `available` unless given.
    #[schemars(with = "Option<Vec<String>>")]
    status: Option<Vec<ProductStatus>>,
}

/// A device, by exactly one of these.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
struct CompatibleWith {
    /// Fifteen digits. Every plan may suit a device of a model that is not known.
    imei: Option<String>,
    device_model: Option<WireId<DeviceModelId>>,
}

impl CompatibleWith {
    /// The model that is meant; `None` when nobody knows it.
    fn model(&self) -> Result<Option<&'static DeviceModel>, ApiError> {
        match (&self.imei, self.device_model) {
            (Some(imei), None) => Ok(DeviceModel::of_imei(&read_imei("compatibleWith.imei", imei)?)),
            (None, Some(WireId(id))) => DeviceModel::find(id).map(Some).ok_or_else(|| {
                let message = "There is no such device model.";
                ApiError::invalid_property("compatibleWith.deviceModel", "propertyInvalid", message)
            }),
            _ => Err(ApiError::invalid_property(
                "compatibleWith",
                "propertyInvalid",
                "Name either imei or deviceModel.",
            )),
        }
    }
}

pub(super) async fn search(
    caller: ProjectKey,
    State(api): State<Api>,
    query: ListQuery<NoParameters, ProductId>,
    JsonBody(body): JsonBody<SearchBody>,
) -> Result<Written<ListBody<PlanBody>>, ApiError> {
    let SearchBody { compatible_with, provider, sim_type, status } = body;
    if compatible_with.is_none() && provider.is_none() && sim_type.is_none() && status.is_none() {
        return Err(ApiError::invalid("Name at least one of compatibleWith, provider, simType and status."));
    }
    let model = compatible_with.map(|device| device.model()).transpose()?.flatten();
    let parameters = PlanParameters { provider, sim_type, status: status.map(Csv) };
    let shelf = api.shelves.of(caller.project()).await?;
    let matches = |plan: &PlanBody| {
        parameters.match_plan(plan) && model.is_none_or(|model| model.takes_any(&plan.sim_types))
    };
    let slice = shelf::page(&shelf.plans, |plan| plan.id.0, matches, query.page)?;
    Written::list(&ListBody::of(slice, |plan| plan.id.to_string(), |plan| plan))
}
