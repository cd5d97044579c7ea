//! Connect sessions (contracts/projects-api.md §2.13): visits to the hosted pages.

mod body;
mod intent;

use aide::axum::ApiRouter;
use aide::axum::routing::{get_with, post_with};
use axum::Json;
use axum::extract::State;
use perennial_core::connect_sessions::{
    self, ConnectSessionError, IntentError, NewSession, Reference, SessionPatch,
};
use perennial_domain::ConnectSessionId;
use perennial_http::{ApiError, JsonBody, NoQuery, PathOf, ProjectKey, WireId};
use schemars::JsonSchema;
use serde::Deserialize;

pub(crate) use self::body::SessionBody;
use self::body::{CreateBody, UpdateBody, visitor};
use crate::api::Api;
use crate::scalars::refuse_metadata;
use crate::users::{refuse_email, refuse_fact};

#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct SessionPath {
    connect_session: WireId<ConnectSessionId>,
}

pub(crate) fn routes() -> ApiRouter<Api> {
    ApiRouter::new()
        .api_route(
            "/projects/{project}/connectSessions",
            post_with(create, |operation| {
                operation.id("createConnectSession").summary("Ask for a visit").tag("connectSessions")
            }),
        )
        .api_route(
            "/projects/{project}/connectSessions/{connectSession}",
            get_with(get, |operation| {
                operation.id("getConnectSession").summary("Get a connect session").tag("connectSessions")
            })
            .patch_with(update, |operation| {
                operation
                    .id("updateConnectSession")
                    .summary("Change a connect session")
                    .tag("connectSessions")
            }),
        )
}

/// Answers 200 and not 201: both official clients take anything else for a failure (contract §2.13.2).
async fn create(
    caller: ProjectKey,
    State(api): State<Api>,
    _: NoQuery,
    JsonBody(body): JsonBody<CreateBody>,
) -> Result<Json<SessionBody>, ApiError> {
    let (project, lifetime) = (caller.project(), api.app.settings().link_lifetime);
    let request = NewSession {
        intent: body.intent.into_intent()?,
        callback: body.callback_url,
        appearance: body.appearance.unwrap_or_default().into(),
        visitor: visitor(body.user, body.user_details)?,
    };
    let kind = request.intent.name();
    let opened =
        api.app.write(move |cx, tx| connect_sessions::create(cx, tx, lifetime, project, &request)).await;
    let opened =
        opened.map_err(|error| refuse(error, |reference| format!("intent.{kind}.{}", name_of(reference))))?;
    let url =
        connect_sessions::entry_url(&api.app.settings().connect_url, &opened.session, opened.token.as_ref());
    Ok(Json(SessionBody::of(&opened.session, Some(&url))))
}

async fn get(
    caller: ProjectKey,
    State(api): State<Api>,
    PathOf(path): PathOf<SessionPath>,
    _: NoQuery,
) -> Result<Json<SessionBody>, ApiError> {
    let (project, id) = (caller.project(), path.connect_session.0);
    let found = api.app.read(move |_, tx| connect_sessions::find(tx, project, id)).await?;
    found.map(|session| Json(SessionBody::of(&session, None))).ok_or_else(ApiError::not_found)
}

async fn update(
    caller: ProjectKey,
    State(api): State<Api>,
    PathOf(path): PathOf<SessionPath>,
    _: NoQuery,
    JsonBody(body): JsonBody<UpdateBody>,
) -> Result<Json<SessionBody>, ApiError> {
    let (project, lifetime) = (caller.project(), api.app.settings().link_lifetime);
    let id = path.connect_session.0;
    let change = SessionPatch {
        appearance: body.appearance.map(Into::into),
        callback: body.callback_url,
        visitor: visitor(body.user, body.user_details)?,
    };
    let updated =
        api.app.write(move |cx, tx| connect_sessions::update(cx, tx, lifetime, project, id, &change)).await;
    // The intent was accepted before: what does not fit it now is who comes.
    let updated = updated.map_err(|error| refuse(error, |_| "user".to_owned()))?;
    let url = updated.token.as_ref().map(|token| {
        connect_sessions::entry_url(&api.app.settings().connect_url, &updated.session, Some(token))
    });
    Ok(Json(SessionBody::of(&updated.session, url.as_ref())))
}

/// `property` is the path of what an intent names, as far as the caller knows it.
fn refuse(error: ConnectSessionError, property: impl FnOnce(Reference) -> String) -> ApiError {
    match error {
        ConnectSessionError::Unknown(_) => ApiError::not_found(),
        ConnectSessionError::Intent(error) => refuse_intent(error, property),
        ConnectSessionError::Callback(error) => invalid("callbackUrl", &error.to_string()),
        ConnectSessionError::UnknownCustomer(_) => invalid("user", "There is no such user."),
        ConnectSessionError::CustomerInactive(_) => invalid("user", "The user is blocked or deleted."),
        ConnectSessionError::EmailTaken => refuse_email(),
        ConnectSessionError::Fact(error) => refuse_fact("userDetails.", error),
        ConnectSessionError::Metadata(error) => refuse_metadata(&error),
        ConnectSessionError::AlreadyAttached => invalid("user", "The connect session has its user already."),
        ConnectSessionError::Store(error) => error.into(),
    }
}

fn refuse_intent(error: IntentError, property: impl FnOnce(Reference) -> String) -> ApiError {
    match error {
        IntentError::Unknown(reference) => {
            invalid(&property(reference), "The intent names something that this user cannot have.")
        }
        IntentError::Unusable(Reference::Payment) => {
            invalid(&property(Reference::Payment), "The payment needs no confirmation.")
        }
        IntentError::Unusable(reference) => {
            invalid(&property(reference), "The intent names nothing here, or the same thing twice.")
        }
        IntentError::Store(error) => error.into(),
    }
}

fn invalid(property: &str, message: &str) -> ApiError {
    ApiError::invalid_property(property, "propertyInvalid", message.to_owned())
}

const fn name_of(reference: Reference) -> &'static str {
    match reference {
        Reference::Plan => "plan",
        Reference::Sim => "sim",
        Reference::Device => "device",
        Reference::Imei => "imei",
        Reference::Addons => "addons",
        Reference::Subscription => "subscription",
        Reference::Payment => "payment",
    }
}
