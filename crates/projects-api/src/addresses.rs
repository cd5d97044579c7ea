//! User addresses (contracts/projects-api.md §2.4).

use aide::axum::ApiRouter;
use aide::axum::routing::get_with;
use axum::Json;
use axum::extract::State;
use perennial_core::addresses::{self, AddAddressError, AddressLine, NewAddress, Wrong};
use perennial_domain::{Address, AddressId, CountryCode, CustomerId};
use perennial_http::{
    ApiError, Created, JsonBody, ListBody, ListQuery, NoParameters, NoQuery, PathOf, ProjectKey, WireId,
    WireTime,
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::api::Api;
use crate::scalars::all_present;
use crate::users::UserPath;

/// Where a user lives.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "UserAddress", transform = all_present)]
pub(crate) struct AddressBody {
    #[schemars(extend("const" = "userAddress"))]
    object: &'static str,
    id: WireId<AddressId>,
    user: WireId<CustomerId>,
    line1: String,
    line2: Option<String>,
    city: String,
    state: Option<String>,
    postal_code: Option<String>,
    /// ISO 3166-1 alpha-2.
    #[schemars(with = "String")]
    country: CountryCode,
    created_at: WireTime,
}

impl From<Address> for AddressBody {
    fn from(address: Address) -> Self {
        Self {
            object: "userAddress",
            id: WireId(address.id),
            user: WireId(address.customer_id),
            line1: address.line1,
            line2: address.line2,
            city: address.city,
            state: address.state,
            postal_code: address.postal_code,
            country: address.country,
            created_at: WireTime(address.created_at),
        }
    }
}

/// An address to be added.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
#[schemars(rename = "UserAddressCreate")]
struct CreateBody {
    line1: String,
    line2: Option<String>,
    city: String,
    /// Needed in the US and Canada.
    state: Option<String>,
    /// Needed where the country uses one.
    postal_code: Option<String>,
    /// ISO 3166-1 alpha-2.
    #[schemars(with = "String")]
    country: CountryCode,
}

#[derive(Deserialize, JsonSchema)]
struct AddressPath {
    user: WireId<CustomerId>,
    address: WireId<AddressId>,
}

pub(crate) fn routes() -> ApiRouter<Api> {
    ApiRouter::new()
        .api_route(
            "/projects/{project}/users/{user}/addresses",
            get_with(list, |operation| {
                operation.id("listUserAddresses").summary("List a user's addresses").tag("users")
            })
            .post_with(create, |operation| {
                operation.id("createUserAddress").summary("Add an address").tag("users")
            }),
        )
        .api_route(
            "/projects/{project}/users/{user}/addresses/{address}",
            get_with(get, |operation| operation.id("getUserAddress").summary("Get an address").tag("users"))
                .delete_with(delete, |operation| {
                    operation.id("deleteUserAddress").summary("Remove an address").tag("users")
                }),
        )
}

async fn list(
    caller: ProjectKey,
    State(api): State<Api>,
    PathOf(path): PathOf<UserPath>,
    query: ListQuery<NoParameters, AddressId>,
) -> Result<Json<ListBody<AddressBody>>, ApiError> {
    let (project, user) = (caller.project(), path.user.0);
    let found = api.app.read(move |_, tx| addresses::page(tx, project, user, query.page)).await?;
    let slice = found.ok_or_else(ApiError::not_found)?;
    Ok(Json(ListBody::of(slice, |address| address.id.to_string(), AddressBody::from)))
}

async fn create(
    caller: ProjectKey,
    State(api): State<Api>,
    PathOf(path): PathOf<UserPath>,
    _: NoQuery,
    JsonBody(body): JsonBody<CreateBody>,
) -> Result<Created<AddressBody>, ApiError> {
    let new = NewAddress {
        line1: body.line1,
        line2: body.line2,
        city: body.city,
        state: body.state,
        postal_code: body.postal_code,
        country: body.country,
    };
    let added =
        api.app.write(move |cx, tx| addresses::add(cx, tx, caller.project(), path.user.0, &new)).await;
    Ok(Created(added.map_err(refuse)?.into()))
}

async fn get(
    caller: ProjectKey,
    State(api): State<Api>,
    PathOf(path): PathOf<AddressPath>,
    _: NoQuery,
) -> Result<Json<AddressBody>, ApiError> {
    let (project, user, id) = (caller.project(), path.user.0, path.address.0);
    let found = api.app.read(move |_, tx| addresses::find(tx, project, user, id)).await?;
    found.map(|address| Json(address.into())).ok_or_else(ApiError::not_found)
}

async fn delete(
    caller: ProjectKey,
    State(api): State<Api>,
    PathOf(path): PathOf<AddressPath>,
    _: NoQuery,
) -> Result<Json<AddressBody>, ApiError> {
    let (project, user, id) = (caller.project(), path.user.0, path.address.0);
    let removed = api.app.write(move |cx, tx| addresses::remove(cx, tx, project, user, id)).await?;
    removed.map(|address| Json(address.into())).ok_or_else(ApiError::not_found)
}

fn refuse(error: AddAddressError) -> ApiError {
    match error {
        AddAddressError::UnknownCustomer(_) => ApiError::not_found(),
        AddAddressError::CustomerDeleted(_) => ApiError::invalid("The user is deleted."),
        AddAddressError::Wrong(mistakes) => refuse_lines(&mistakes),
        AddAddressError::Exists => {
            ApiError::invalid("The user has this address already.").code("userAddressAlreadyExists")
        }
        AddAddressError::TooMany => ApiError::invalid("The user has ten addresses, which is the limit."),
        AddAddressError::Store(error) => error.into(),
    }
}

/// All mistakes at once, each with its property. What would be right instead we cannot know.
fn refuse_lines(mistakes: &[(AddressLine, Wrong)]) -> ApiError {
    let told = |error: ApiError, (line, wrong): &(AddressLine, Wrong)| {
        let property = match line {
            AddressLine::Line1 => "line1",
            AddressLine::Line2 => "line2",
            AddressLine::City => "city",
            AddressLine::State => "state",
            AddressLine::PostalCode => "postalCode",
        };
        let (code, problem) = match wrong {
            Wrong::Missing => ("addressPropertyIncomplete", "is needed in this country."),
            Wrong::Invalid => ("addressPropertyInvalid", "is not valid."),
        };
        error.detail(property, code, format!("{property} {problem}"))
    };
    let refused = ApiError::invalid("The address is not valid.").code("userAddressInvalid");
    mistakes.iter().fold(refused, told)
}
