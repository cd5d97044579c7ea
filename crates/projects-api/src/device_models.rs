//! Models of devices and their makers (contracts/projects-api.md §2.10), the same for all projects.

use aide::axum::ApiRouter;
use aide::axum::routing::{get_with, post_with};
use axum::Json;
use perennial_core::store::tables::{PageRequest, page_of};
use perennial_domain::{
    Device, DeviceModel, DeviceModelBrand, DeviceModelBrandId, DeviceModelId, DeviceType, Id, SimType,
};
use perennial_http::{
    ApiError, JsonBody, ListBody, ListQuery, NoParameters, NoQuery, PathOf, ProjectKey, WireId,
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::api::Api;

/// A model of a device.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "DeviceModel")]
pub(crate) struct DeviceModelBody {
    #[schemars(extend("const" = "deviceModel"))]
    object: &'static str,
    id: WireId<DeviceModelId>,
    brand: &'static str,
    name: &'static str,
    /// The SIMs that it takes.
    #[schemars(with = "Vec<String>")]
    sim_types: &'static [SimType],
    #[serde(rename = "type")]
    #[schemars(with = "String", extend("enum" = DeviceType::ALL))]
    kind: DeviceType,
}

impl From<&DeviceModel> for DeviceModelBody {
    fn from(model: &DeviceModel) -> Self {
        Self {
            object: "deviceModel",
            id: WireId(model.id()),
            brand: model.brand,
            name: model.name,
            sim_types: model.sim_types,
            kind: model.device_type,
        }
    }
}

/// A maker of devices.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[schemars(rename = "DeviceModelBrand")]
struct BrandBody {
    #[schemars(extend("const" = "deviceModelBrand"))]
    object: &'static str,
    id: WireId<DeviceModelBrandId>,
    name: &'static str,
}

impl From<DeviceModelBrand> for BrandBody {
    fn from(brand: DeviceModelBrand) -> Self {
        Self { object: "deviceModelBrand", id: WireId(brand.id), name: brand.name }
    }
}

/// Which models are wanted.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
struct Parameters {
    #[serde(rename = "type")]
    #[schemars(with = "Option<String>")]
    kind: Option<DeviceType>,
    /// The maker's name.
    brand: Option<String>,
    /// That take this SIM.
    #[schemars(with = "Option<String>")]
    sim_type: Option<SimType>,
}

impl Parameters {
    fn match_model(&self, model: &DeviceModel) -> bool {
        self.kind.is_none_or(|kind| model.device_type == kind)
            && self.brand.as_ref().is_none_or(|brand| model.brand == brand)
            && self.sim_type.is_none_or(|sim_type| model.takes_any(&[sim_type]))
    }
}

/// A device whose model is wanted.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "DeviceModelSearch")]
struct SearchBody {
    /// Fifteen digits.
    imei: String,
}

#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct ModelPath {
    device_model: WireId<DeviceModelId>,
}

pub(crate) fn routes() -> ApiRouter<Api> {
    ApiRouter::new()
        .api_route(
            "/deviceModels",
            get_with(list, |operation| {
                operation.id("listDeviceModels").summary("List device models").tag("devices")
            }),
        )
        .api_route(
            "/deviceModels/search",
            post_with(search, |operation| {
                operation.id("searchDeviceModels").summary("Find a device's model by IMEI").tag("devices")
            }),
        )
        .api_route(
            "/deviceModels/{deviceModel}",
            get_with(get, |operation| {
                operation.id("getDeviceModel").summary("Get a device model").tag("devices")
            }),
        )
        .api_route(
            "/deviceModelBrands",
            get_with(list_brands, |operation| {
                operation.id("listDeviceModelBrands").summary("List makers of devices").tag("devices")
            }),
        )
}

async fn list(
    _: ProjectKey,
    query: ListQuery<Parameters, DeviceModelId>,
) -> Result<Json<ListBody<DeviceModelBody>>, ApiError> {
    let page: PageRequest = query.page;
    let models = DeviceModel::all().iter().collect();
    let slice = page_of(models, |model| model.id().uuid(), |model| query.filter.match_model(model), page)?;
    Ok(Json(ListBody::of(slice, |model| model.id().to_string(), DeviceModelBody::from)))
}

async fn list_brands(
    _: ProjectKey,
    query: ListQuery<NoParameters, DeviceModelBrandId>,
) -> Result<Json<ListBody<BrandBody>>, ApiError> {
    let slice = page_of(DeviceModelBrand::all(), |brand| brand.id.uuid(), |_| true, query.page)?;
    Ok(Json(ListBody::of(slice, |brand| brand.id.to_string(), BrandBody::from)))
}

async fn get(
    _: ProjectKey,
    PathOf(path): PathOf<ModelPath>,
    _: NoQuery,
) -> Result<Json<DeviceModelBody>, ApiError> {
    let model = DeviceModel::find(path.device_model.0).ok_or_else(ApiError::not_found)?;
    Ok(Json(model.into()))
}

async fn search(
    _: ProjectKey,
    _: NoQuery,
    JsonBody(body): JsonBody<SearchBody>,
) -> Result<Json<ListBody<DeviceModelBody>>, ApiError> {
    let imei = read_imei("imei", &body.imei)?;
    let found = DeviceModel::of_imei(&imei).map(DeviceModelBody::from);
    Ok(Json(ListBody::whole(found.into_iter().collect())))
}

/// The fifteen digits, or what is wrong with the property at this path.
pub(crate) fn read_imei(property: &str, imei: &str) -> Result<String, ApiError> {
    Device::parse_imei(imei).ok_or_else(|| {
        let message = "An IMEI has fifteen digits, of which the last one checks the others.";
        ApiError::invalid_property(property, "propertyInvalid", message)
    })
}
