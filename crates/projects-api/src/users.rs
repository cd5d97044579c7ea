//! Users (contracts/projects-api.md §2.3): our customers.

use aide::axum::ApiRouter;
use aide::axum::routing::{get_with, post_with};
use axum::Json;
use axum::extract::State;
use perennial_core::change::Change;
use perennial_core::customers::{
    self, CustomerPatch, DeleteCustomerError, FactError, NewCustomer, SaveCustomerError,
};
use perennial_domain::{Customer, CustomerId, CustomerStatus, Email};
use perennial_http::{
    ApiError, Created, ErrorKind, JsonBody, ListBody, ListQuery, NoParameters, NoQuery, OptionalBody, PathOf,
    ProjectKey, QueryOf, WireId, WireTime,
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::api::Api;
use crate::scalars::{
    MetadataBody, MetadataPatchBody, WireDate, all_present, change, given, refuse_metadata,
};
use crate::subscriptions::refuse_cancel;

/// Who pays.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "User", transform = all_present)]
pub(crate) struct UserBody {
    #[schemars(extend("const" = "user"))]
    object: &'static str,
    id: WireId<CustomerId>,
    metadata: MetadataBody,
    /// Unique in the project, without regard to case. Empty once the user is deleted.
    email: String,
    email_verified: bool,
    full_name: Option<String>,
    birthday: Option<WireDate>,
    /// A language tag.
    preferred_locale: String,
    #[schemars(with = "String", extend("enum" = CustomerStatus::ALL))]
    status: CustomerStatus,
    created_at: WireTime,
}

impl From<Customer> for UserBody {
    fn from(customer: Customer) -> Self {
        Self {
            object: "user",
            id: WireId(customer.id),
            metadata: MetadataBody(customer.metadata),
            email: customer.email.map_or_else(String::new, |email| email.to_string()),
            email_verified: customer.email_verified,
            full_name: customer.full_name,
            birthday: customer.birthday.map(WireDate),
            preferred_locale: customer.preferred_locale,
            status: customer.status,
            created_at: WireTime(customer.created_at),
        }
    }
}

/// A user to be made.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
#[schemars(rename = "UserCreate")]
struct CreateBody {
    #[schemars(with = "String")]
    email: Email,
    full_name: Option<String>,
    birthday: Option<WireDate>,
    preferred_locale: Option<String>,
    #[serde(default)]
    metadata: MetadataPatchBody,
}

/// A change to a user. What is absent stays; null clears.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
#[schemars(rename = "UserUpdate")]
struct UpdateBody {
    #[serde(default, deserialize_with = "given")]
    #[schemars(with = "String")]
    email: Option<Email>,
    #[serde(default, deserialize_with = "change")]
    #[schemars(with = "Option<String>")]
    full_name: Change<Option<String>>,
    #[serde(default, deserialize_with = "change")]
    #[schemars(with = "Option<WireDate>")]
    birthday: Change<Option<WireDate>>,
    #[serde(default, deserialize_with = "given")]
    #[schemars(with = "String")]
    preferred_locale: Option<String>,
    #[serde(default)]
    metadata: MetadataPatchBody,
}

/// Whom to look for.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "UserSearch")]
struct SearchBody {
    #[schemars(with = "String")]
    email: Email,
}

/// The same in the query: the documentation has both spellings (contract §2.3, "user search conflict").
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct SearchParameters {
    #[schemars(with = "Option<String>")]
    email: Option<Email>,
}

#[derive(Deserialize, JsonSchema)]
pub(crate) struct UserPath {
    pub(crate) user: WireId<CustomerId>,
}

pub(crate) fn routes() -> ApiRouter<Api> {
    ApiRouter::new()
        .api_route(
            "/projects/{project}/users",
            get_with(list, |operation| operation.id("listUsers").summary("List users").tag("users"))
                .post_with(create, |operation| {
                    operation.id("createUser").summary("Create a user").tag("users")
                }),
        )
        .api_route(
            "/projects/{project}/users/search",
            post_with(search, |operation| {
                operation.id("searchUsers").summary("Find a user by e-mail").tag("users")
            })
            .get_with(search_by_query, |operation| {
                operation.id("searchUsersByQuery").summary("Find a user by e-mail in the query").tag("users")
            }),
        )
        .api_route(
            "/projects/{project}/users/{user}",
            get_with(get, |operation| operation.id("getUser").summary("Get a user").tag("users"))
                .patch_with(update, |operation| {
                    operation.id("updateUser").summary("Change a user").tag("users")
                })
                .delete_with(delete, |operation| {
                    operation
                        .id("deleteUser")
                        .summary("Delete a user and end their subscriptions")
                        .tag("users")
                }),
        )
}

async fn list(
    caller: ProjectKey,
    State(api): State<Api>,
    query: ListQuery<NoParameters, CustomerId>,
) -> Result<Json<ListBody<UserBody>>, ApiError> {
    let slice = api.app.read_page(move |tx| customers::page(tx, caller.project(), query.page)).await?;
    Ok(Json(ListBody::of(slice, |customer| customer.id.to_string(), UserBody::from)))
}

async fn create(
    caller: ProjectKey,
    State(api): State<Api>,
    _: NoQuery,
    JsonBody(body): JsonBody<CreateBody>,
) -> Result<Created<UserBody>, ApiError> {
    let new = NewCustomer {
        email: body.email,
        full_name: body.full_name,
        birthday: body.birthday.map(|WireDate(date)| date),
        preferred_locale: body.preferred_locale,
        metadata: body.metadata.0,
    };
    let created = api.app.write(move |cx, tx| customers::create(cx, tx, caller.project(), &new)).await;
    Ok(Created(created.map_err(refuse_save)?.into()))
}

async fn search(
    caller: ProjectKey,
    State(api): State<Api>,
    QueryOf(query): QueryOf<SearchParameters>,
    OptionalBody(body): OptionalBody<SearchBody>,
) -> Result<Json<ListBody<UserBody>>, ApiError> {
    let email = body.map(|body| body.email).or(query.email);
    find_by_email(&api, &caller, email).await
}

async fn search_by_query(
    caller: ProjectKey,
    State(api): State<Api>,
    QueryOf(query): QueryOf<SearchParameters>,
) -> Result<Json<ListBody<UserBody>>, ApiError> {
    find_by_email(&api, &caller, query.email).await
}

async fn find_by_email(
    api: &Api,
    caller: &ProjectKey,
    email: Option<Email>,
) -> Result<Json<ListBody<UserBody>>, ApiError> {
    let email =
        email.ok_or_else(|| ApiError::invalid_property("email", "propertyRequired", "email is required."))?;
    let project = caller.project();
    let found = api.app.read(move |_, tx| customers::find_by_email(tx, project, &email)).await?;
    Ok(Json(ListBody::whole(found.map(UserBody::from).into_iter().collect())))
}

async fn get(
    caller: ProjectKey,
    State(api): State<Api>,
    PathOf(path): PathOf<UserPath>,
    _: NoQuery,
) -> Result<Json<UserBody>, ApiError> {
    let found = api.app.read(move |_, tx| customers::find(tx, caller.project(), path.user.0)).await?;
    found.map(|customer| Json(customer.into())).ok_or_else(ApiError::not_found)
}

async fn update(
    caller: ProjectKey,
    State(api): State<Api>,
    PathOf(path): PathOf<UserPath>,
    _: NoQuery,
    JsonBody(body): JsonBody<UpdateBody>,
) -> Result<Json<UserBody>, ApiError> {
    let wanted = CustomerPatch {
        email: body.email,
        full_name: body.full_name,
        birthday: body.birthday.map(|birthday| birthday.map(|WireDate(date)| date)),
        preferred_locale: body.preferred_locale,
        metadata: body.metadata.0,
    };
    let updated =
        api.app.write(move |cx, tx| customers::update(cx, tx, caller.project(), path.user.0, &wanted)).await;
    Ok(Json(updated.map_err(refuse_save)?.into()))
}

async fn delete(
    caller: ProjectKey,
    State(api): State<Api>,
    PathOf(path): PathOf<UserPath>,
    _: NoQuery,
) -> Result<Json<UserBody>, ApiError> {
    let deleted = customers::delete(&api.app, caller.project(), path.user.0).await;
    Ok(Json(deleted.map_err(refuse_delete)?.into()))
}

fn refuse_save(error: SaveCustomerError) -> ApiError {
    match error {
        SaveCustomerError::Unknown(_) => ApiError::not_found(),
        SaveCustomerError::Deleted(_) => ApiError::invalid("The user is deleted."),
        SaveCustomerError::EmailTaken => refuse_email(),
        SaveCustomerError::Fact(error) => refuse_fact("", error),
        SaveCustomerError::Metadata(error) => refuse_metadata(&error),
        SaveCustomerError::Store(error) => error.into(),
    }
}

/// The address is another user's.
pub(crate) fn refuse_email() -> ApiError {
    ApiError::invalid("Another user already has this email address.").code("userAlreadyExists")
}

/// A fact about a user that cannot be; `within` is the path of the object that says it, with a dot.
pub(crate) fn refuse_fact(within: &str, error: FactError) -> ApiError {
    let property = match error {
        FactError::FullName => "fullName",
        FactError::Birthday => "birthday",
        FactError::Locale => "preferredLocale",
    };
    ApiError::invalid_property(&format!("{within}{property}"), "propertyInvalid", error.to_string())
}

fn refuse_delete(error: DeleteCustomerError) -> ApiError {
    match error {
        DeleteCustomerError::Unknown(_) => ApiError::not_found(),
        DeleteCustomerError::Paying(_) => {
            ApiError::new(ErrorKind::Conflict, "The user is paying at this moment.")
                .hinting("Try again later.")
        }
        DeleteCustomerError::Ending(error) => refuse_cancel(error),
        DeleteCustomerError::Store(error) => error.into(),
    }
}
