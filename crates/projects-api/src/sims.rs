//! SIMs (contracts/projects-api.md §2.9).

use std::borrow::Cow;

use aide::axum::ApiRouter;
use aide::axum::routing::{get_with, post_with};
use axum::Json;
use axum::extract::State;
use perennial_core::sims::{self, UpdateSimError};
use perennial_core::store::tables::SimFilter;
use perennial_domain::{CustomerId, Iccid, NamedSim, Sim, SimId, SimStatus, SimType, TestSim};
use perennial_http::{
    ApiError, Csv, JsonBody, ListBody, ListQuery, NoQuery, PathOf, ProjectKey, WireId, WireTime,
};
use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::de::value::CowStrDeserializer;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::api::Api;
use crate::scalars::{MetadataBody, MetadataPatchBody, all_present, refuse_metadata};

/// A SIM, on plastic or embedded.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "Sim")]
pub(crate) struct SimBody {
    #[schemars(extend("const" = "sim"))]
    object: &'static str,
    id: WireId<SimId>,
    metadata: MetadataBody,
    iccid: String,
    provider: String,
    #[serde(rename = "type")]
    #[schemars(with = "String", extend("enum" = SimType::ALL))]
    kind: SimType,
    #[schemars(with = "String", extend("enum" = SimStatus::ALL))]
    status: SimStatus,
    created_at: WireTime,
}

impl From<Sim> for SimBody {
    fn from(sim: Sim) -> Self {
        Self {
            object: "sim",
            id: WireId(sim.id),
            metadata: MetadataBody(sim.metadata),
            iccid: sim.iccid.to_string(),
            provider: sim.provider,
            kind: sim.sim_type,
            status: sim.status,
            created_at: WireTime(sim.created_at),
        }
    }
}

/// A SIM's id, or a placeholder for a SIM that is made when it is used.
#[derive(Clone, Copy, Debug)]
pub(crate) struct SimName(pub(crate) NamedSim);

impl Serialize for SimName {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.0.serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for SimName {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = Cow::<str>::deserialize(deserializer)?;
        if let Some(placeholder) = TestSim::parse(&text) {
            return Ok(Self(NamedSim::Test(placeholder)));
        }
        let id = WireId::deserialize(CowStrDeserializer::<D::Error>::new(text))?;
        Ok(Self(NamedSim::Recorded(id.0)))
    }
}

impl JsonSchema for SimName {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        "SimName".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let mut schema = WireId::<SimId>::json_schema(generator);
        schema.insert("description".to_owned(), SIM_NAME.into());
        schema
    }
}

const SIM_NAME: &str = "A `sim_…` id, or on the network `test` a placeholder such as `sim_test_esim`.";

/// How an eSIM gets into a phone; all null for plastic.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "SimCredentials", transform = all_present)]
struct CredentialsBody {
    #[schemars(extend("const" = "simCredentials"))]
    object: &'static str,
    sim: WireId<SimId>,
    /// `LPA:1$…`; installs once.
    activation_code: Option<String>,
    qr_code_url: Option<String>,
    android_install_url: Option<String>,
    ios_install_url: Option<String>,
}

impl From<Sim> for CredentialsBody {
    fn from(sim: Sim) -> Self {
        let install =
            |host: &str, code: &String| format!("https://{host}/esim_qrcode_provisioning?carddata={code}");
        let code = sim.activation_code;
        Self {
            object: "simCredentials",
            sim: WireId(sim.id),
            qr_code_url: None,
            android_install_url: code.as_ref().map(|code| install("esimsetup.android.com", code)),
            ios_install_url: code.as_ref().map(|code| install("esimsetup.apple.com", code)),
            activation_code: code,
        }
    }
}

/// What the phone did with an eSIM.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "ESimProfile")]
struct ProfileBody {
    #[schemars(extend("const" = "eSimProfile"))]
    object: &'static str,
    sim: WireId<SimId>,
    /// `unknown`, as the networks we speak to give no sign.
    status: &'static str,
    updated_at: WireTime,
}

/// Which SIMs are wanted.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct SimParameters {
    /// Of this network.
    provider: Option<String>,
    /// In one of these states; all unless given.
    #[schemars(with = "Option<String>")]
    status: Option<Csv<SimStatus>>,
    #[serde(rename = "type")]
    #[schemars(with = "Option<String>")]
    kind: Option<SimType>,
    /// Used by this user.
    user: Option<WireId<CustomerId>>,
}

impl From<SimParameters> for SimFilter {
    fn from(parameters: SimParameters) -> Self {
        Self {
            provider: parameters.provider,
            statuses: parameters.status.map(|Csv(statuses)| statuses).unwrap_or_default(),
            sim_type: parameters.kind,
            customer: parameters.user.map(|WireId(id)| id),
        }
    }
}

/// A SIM to look for by its printed number.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "SimSearch")]
struct SearchBody {
    iccid: String,
    /// One of these; any unless given.
    #[serde(default, rename = "type")]
    #[schemars(with = "Vec<String>")]
    kinds: Vec<SimType>,
}

/// A change to a SIM.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "SimUpdate")]
struct UpdateBody {
    #[serde(default)]
    metadata: MetadataPatchBody,
}

#[derive(Deserialize, JsonSchema)]
struct SimPath {
    sim: WireId<SimId>,
}

pub(crate) fn routes() -> ApiRouter<Api> {
    ApiRouter::new()
        .api_route(
            "/projects/{project}/sims",
            get_with(list, |operation| operation.id("listSims").summary("List SIMs").tag("sims")),
        )
        .api_route(
            "/projects/{project}/sims/search",
            post_with(search, |operation| {
                operation.id("searchSims").summary("Find a SIM by ICCID").tag("sims")
            }),
        )
        .api_route(
            "/projects/{project}/sims/{sim}",
            get_with(get, |operation| operation.id("getSim").summary("Get a SIM").tag("sims"))
                .patch_with(update, |operation| {
                    operation.id("updateSim").summary("Change a SIM").tag("sims")
                }),
        )
        .api_route(
            "/projects/{project}/sims/{sim}/credentials",
            get_with(credentials, |operation| {
                operation.id("getSimCredentials").summary("Get what installs an eSIM").tag("sims")
            }),
        )
        .api_route(
            "/projects/{project}/sims/{sim}/eSimProfile",
            get_with(profile, |operation| {
                operation.id("getESimProfile").summary("Get what became of an eSIM").tag("sims")
            }),
        )
}

async fn list(
    caller: ProjectKey,
    State(api): State<Api>,
    query: ListQuery<SimParameters, SimId>,
) -> Result<Json<ListBody<SimBody>>, ApiError> {
    let (filter, page) = (SimFilter::from(query.filter), query.page);
    let slice = api.app.read_page(move |tx| sims::page(tx, caller.project(), &filter, page)).await?;
    Ok(Json(ListBody::of(slice, |sim| sim.id.to_string(), SimBody::from)))
}

async fn search(
    caller: ProjectKey,
    State(api): State<Api>,
    _: NoQuery,
    JsonBody(body): JsonBody<SearchBody>,
) -> Result<Json<ListBody<SimBody>>, ApiError> {
    let iccid = Iccid::parse(&body.iccid)
        .map_err(|error| ApiError::invalid_property("iccid", "propertyInvalid", error.to_string()))?;
    let found = api.app.read(move |_, tx| sims::find_by_iccid(tx, caller.project(), &iccid)).await?;
    let found = found.filter(|sim| body.kinds.is_empty() || body.kinds.contains(&sim.sim_type));
    Ok(Json(ListBody::whole(found.map(SimBody::from).into_iter().collect())))
}

async fn get(
    caller: ProjectKey,
    State(api): State<Api>,
    PathOf(path): PathOf<SimPath>,
    _: NoQuery,
) -> Result<Json<SimBody>, ApiError> {
    Ok(Json(find(&api, &caller, path.sim.0).await?.into()))
}

async fn update(
    caller: ProjectKey,
    State(api): State<Api>,
    PathOf(path): PathOf<SimPath>,
    _: NoQuery,
    JsonBody(body): JsonBody<UpdateBody>,
) -> Result<Json<SimBody>, ApiError> {
    let change = body.metadata.0;
    let updated =
        api.app.write(move |cx, tx| sims::update(cx, tx, caller.project(), path.sim.0, &change)).await;
    Ok(Json(updated.map_err(refuse)?.into()))
}

async fn credentials(
    caller: ProjectKey,
    State(api): State<Api>,
    PathOf(path): PathOf<SimPath>,
    _: NoQuery,
) -> Result<Json<CredentialsBody>, ApiError> {
    Ok(Json(find(&api, &caller, path.sim.0).await?.into()))
}

async fn profile(
    caller: ProjectKey,
    State(api): State<Api>,
    PathOf(path): PathOf<SimPath>,
    _: NoQuery,
) -> Result<Json<ProfileBody>, ApiError> {
    let sim = find(&api, &caller, path.sim.0).await?;
    match sim.sim_type {
        SimType::Esim => Ok(Json(ProfileBody {
            object: "eSimProfile",
            sim: WireId(sim.id),
            status: "unknown",
            updated_at: WireTime(sim.created_at),
        })),
        SimType::Psim => Err(ApiError::not_found()),
    }
}

async fn find(api: &Api, caller: &ProjectKey, id: SimId) -> Result<Sim, ApiError> {
    let project = caller.project();
    let found = api.app.read(move |_, tx| sims::find(tx, project, id)).await?;
    found.ok_or_else(ApiError::not_found)
}

fn refuse(error: UpdateSimError) -> ApiError {
    match error {
        UpdateSimError::Unknown(_) => ApiError::not_found(),
        UpdateSimError::Metadata(error) => refuse_metadata(&error),
        UpdateSimError::Store(error) => error.into(),
    }
}
