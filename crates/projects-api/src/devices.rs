//! Devices (contracts/projects-api.md §2.10): what SIMs are in.

use aide::axum::ApiRouter;
use aide::axum::routing::{get_with, post_with};
use axum::Json;
use axum::extract::State;
use perennial_core::change::Change;
use perennial_core::devices::{self, DevicePatch, NewDevice, SaveDeviceError};
use perennial_core::store::tables::{DeviceFilter, DeviceView};
use perennial_domain::{CustomerId, DeviceId, DeviceModel, SimId};
use perennial_http::{
    ApiError, Created, JsonBody, ListBody, ListQuery, NoQuery, PathOf, ProjectKey, WireId, WireTime,
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::api::Api;
use crate::device_models::{DeviceModelBody, read_imei};
use crate::scalars::{MetadataBody, MetadataPatchBody, all_present, change, given, refuse_metadata};
use crate::sims::SimBody;
use crate::users::UserBody;

/// A phone, a watch, a router: something that SIMs are in.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "Device", transform = all_present)]
pub(crate) struct DeviceBody {
    #[schemars(extend("const" = "device"))]
    object: &'static str,
    id: WireId<DeviceId>,
    metadata: MetadataBody,
    imei: Option<String>,
    name: Option<String>,
    /// Null where the IMEI tells none that this server knows.
    model: Option<DeviceModelBody>,
    sims: Vec<SimBody>,
    user: Option<UserBody>,
    created_at: WireTime,
}

impl From<DeviceView> for DeviceBody {
    fn from(DeviceView { device, customer, sims }: DeviceView) -> Self {
        let model = device.imei.as_deref().and_then(DeviceModel::of_imei);
        Self {
            object: "device",
            id: WireId(device.id),
            metadata: MetadataBody(device.metadata),
            model: model.map(DeviceModelBody::from),
            imei: device.imei,
            name: device.name,
            sims: sims.into_iter().map(SimBody::from).collect(),
            user: customer.map(UserBody::from),
            created_at: WireTime(device.created_at),
        }
    }
}

/// Which devices are wanted.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Parameters {
    /// With this SIM in it.
    sim: Option<WireId<SimId>>,
    user: Option<WireId<CustomerId>>,
}

impl From<Parameters> for DeviceFilter {
    fn from(parameters: Parameters) -> Self {
        Self { customer: parameters.user.map(|WireId(id)| id), sim: parameters.sim.map(|WireId(id)| id) }
    }
}

/// A device to be recorded.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "DeviceCreate")]
struct CreateBody {
    /// Fifteen digits.
    imei: String,
    name: Option<String>,
    /// What is in it. A SIM is in one device at a time.
    #[serde(default)]
    sims: Vec<WireId<SimId>>,
    /// Whose it is.
    user: Option<WireId<CustomerId>>,
    #[serde(default)]
    metadata: MetadataPatchBody,
}

/// A change to a device. What is absent stays; null clears.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "DeviceUpdate")]
struct UpdateBody {
    #[serde(default, deserialize_with = "given")]
    #[schemars(with = "String")]
    imei: Option<String>,
    #[serde(default, deserialize_with = "change")]
    #[schemars(with = "Option<String>")]
    name: Change<Option<String>>,
    /// All that shall be in it; what is not named is taken out.
    #[serde(default, deserialize_with = "given")]
    #[schemars(with = "Vec<WireId<SimId>>")]
    sims: Option<Vec<WireId<SimId>>>,
    #[serde(default, deserialize_with = "change")]
    #[schemars(with = "Option<WireId<CustomerId>>")]
    user: Change<Option<WireId<CustomerId>>>,
    #[serde(default)]
    metadata: MetadataPatchBody,
}

/// A device to look for by its number.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "DeviceSearch")]
struct SearchBody {
    /// Fifteen digits.
    imei: String,
}

#[derive(Deserialize, JsonSchema)]
struct DevicePath {
    device: WireId<DeviceId>,
}

pub(crate) fn routes() -> ApiRouter<Api> {
    ApiRouter::new()
        .api_route(
            "/projects/{project}/devices",
            get_with(list, |operation| operation.id("listDevices").summary("List devices").tag("devices"))
                .post_with(create, |operation| {
                    operation.id("createDevice").summary("Record a device").tag("devices")
                }),
        )
        .api_route(
            "/projects/{project}/devices/search",
            post_with(search, |operation| {
                operation.id("searchDevices").summary("Find a device by IMEI").tag("devices")
            }),
        )
        .api_route(
            "/projects/{project}/devices/{device}",
            get_with(get, |operation| operation.id("getDevice").summary("Get a device").tag("devices"))
                .patch_with(update, |operation| {
                    operation.id("updateDevice").summary("Change a device").tag("devices")
                })
                .delete_with(delete, |operation| {
                    operation.id("deleteDevice").summary("Remove a device").tag("devices")
                }),
        )
}

async fn list(
    caller: ProjectKey,
    State(api): State<Api>,
    query: ListQuery<Parameters, DeviceId>,
) -> Result<Json<ListBody<DeviceBody>>, ApiError> {
    let (filter, page) = (DeviceFilter::from(query.filter), query.page);
    let slice = api.app.read(move |_, tx| devices::page(tx, caller.project(), &filter, page)).await?;
    Ok(Json(ListBody::of(slice, |view| view.device.id.to_string(), DeviceBody::from)))
}

async fn create(
    caller: ProjectKey,
    State(api): State<Api>,
    _: NoQuery,
    JsonBody(body): JsonBody<CreateBody>,
) -> Result<Created<DeviceBody>, ApiError> {
    let new = NewDevice {
        imei: body.imei,
        customer: body.user.map(|WireId(id)| id),
        sims: ids(body.sims),
        name: body.name,
        metadata: body.metadata.0,
    };
    let created = api.app.write(move |cx, tx| devices::create(cx, tx, caller.project(), &new)).await;
    Ok(Created(created.map_err(refuse)?.into()))
}

async fn search(
    caller: ProjectKey,
    State(api): State<Api>,
    _: NoQuery,
    JsonBody(body): JsonBody<SearchBody>,
) -> Result<Json<ListBody<DeviceBody>>, ApiError> {
    let imei = read_imei("imei", &body.imei)?;
    let found = api.app.read(move |_, tx| devices::find_by_imei(tx, caller.project(), &imei)).await?;
    Ok(Json(ListBody::whole(found.map(DeviceBody::from).into_iter().collect())))
}

async fn get(
    caller: ProjectKey,
    State(api): State<Api>,
    PathOf(path): PathOf<DevicePath>,
    _: NoQuery,
) -> Result<Json<DeviceBody>, ApiError> {
    let found = api.app.read(move |_, tx| devices::find(tx, caller.project(), path.device.0)).await?;
    found.map(|view| Json(view.into())).ok_or_else(ApiError::not_found)
}

async fn update(
    caller: ProjectKey,
    State(api): State<Api>,
    PathOf(path): PathOf<DevicePath>,
    _: NoQuery,
    JsonBody(body): JsonBody<UpdateBody>,
) -> Result<Json<DeviceBody>, ApiError> {
    let change = DevicePatch {
        imei: body.imei,
        customer: body.user.map(|user| user.map(|WireId(id)| id)),
        sims: body.sims.map(ids),
        name: body.name,
        metadata: body.metadata.0,
    };
    let (project, id) = (caller.project(), path.device.0);
    let updated = api.app.write(move |cx, tx| devices::update(cx, tx, project, id, &change)).await;
    Ok(Json(updated.map_err(refuse)?.into()))
}

async fn delete(
    caller: ProjectKey,
    State(api): State<Api>,
    PathOf(path): PathOf<DevicePath>,
    _: NoQuery,
) -> Result<Json<DeviceBody>, ApiError> {
    let (project, id) = (caller.project(), path.device.0);
    let removed = api.app.write(move |cx, tx| devices::remove(cx, tx, project, id)).await?;
    removed.map(|view| Json(view.into())).ok_or_else(ApiError::not_found)
}

fn ids(sims: Vec<WireId<SimId>>) -> Vec<SimId> {
    sims.into_iter().map(|WireId(id)| id).collect()
}

fn refuse(error: SaveDeviceError) -> ApiError {
    use SaveDeviceError as E;
    let wrong =
        |property, error: E| ApiError::invalid_property(property, "propertyInvalid", error.to_string());
    match error {
        E::Unknown(_) => ApiError::not_found(),
        E::Imei => wrong("imei", error),
        E::ImeiTaken => wrong("imei", error).code("deviceImeiAlreadyExists"),
        E::Name => wrong("name", error),
        E::UnknownCustomer(_) => wrong("user", error),
        E::UnknownSim(_) | E::ForeignSim(_) | E::Sims => wrong("sims", error),
        E::SimUsed => wrong("sims", error).code("deviceSimAlreadyUsed"),
        E::Metadata(error) => refuse_metadata(&error),
        E::Store(error) => error.into(),
    }
}
