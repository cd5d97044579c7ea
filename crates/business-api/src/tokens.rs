//! `/platform/v1/tokens…` and `POST /oauth/service/token` (contract §2.1).

use aide::axum::ApiRouter;
use aide::axum::routing::{get_with, post_with};
use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use http::StatusCode;
use perennial_core::business::{
    IssueTokenError, SeenToken, ServiceTokenError, TokenQuery, TokenRequest, issue_service_token,
    issue_token, revoke_seen_token, seen_tokens,
};
use perennial_domain::{AppId, Id};
use perennial_http::Created;
use schemars::JsonSchema;
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use uuid::Uuid;

use crate::body::Body;
use crate::caller::Known;
use crate::create::text;
use crate::dates;
use crate::door::Door;
use crate::operation::named;
use crate::platform::{Platform, PlatformRefusal};
use crate::query::Asked;
use crate::refusal::Refusal;

/// What a token is wanted for; one or more.
#[derive(Deserialize, JsonSchema)]
#[schemars(rename = "CreateToken")]
#[expect(clippy::struct_field_names, reason = "the words are the contract's")]
struct CreateBody {
    /// An app's id or code name.
    app_id: Option<Value>,
    /// A business's uid.
    business_id: Option<Value>,
    /// A directory's number.
    directory_id: Option<Value>,
}

/// A token, told this once.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Token")]
struct TokenBody {
    token: String,
}

/// A page of the tokens that work, the newest first.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Tokens")]
struct TokensBody {
    tokens: Vec<SeenTokenBody>,
    page: u32,
    per_page: u32,
    /// Null on the last page.
    next_page: Option<u32>,
}

/// A token as it is seen later.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "SeenToken")]
struct SeenTokenBody {
    /// Its beginning: the rest is not kept.
    token: String,
    app_id: Option<String>,
    business_id: Option<String>,
    directory_id: Option<u32>,
    user_id: Option<String>,
    created_at: String,
    expires_at: Option<String>,
}

/// The token that shall work no more.
#[derive(Deserialize, JsonSchema)]
#[schemars(rename = "RevokeToken")]
struct RevokeBody {
    token: Option<Value>,
}

#[derive(Serialize, JsonSchema)]
#[schemars(rename = "RevokedTokens")]
struct RevokedBody {
    revoked_tokens: Vec<String>,
}

/// An app and its secret.
#[derive(Deserialize)]
pub(crate) struct ServiceBody {
    service_id: Option<String>,
    service_secret: Option<String>,
}

#[derive(Serialize)]
struct ServiceTokenBody {
    access_token: String,
    /// In seconds since 1970, as OAuth has it.
    created_at: i64,
    /// In seconds.
    expires_in: i64,
    token_type: &'static str,
}

pub(crate) fn routes() -> ApiRouter<Door> {
    ApiRouter::new()
        .api_route(
            "/platform/v1/tokens",
            post_with(create, |operation| operation.id("createToken").summary("Make a token").tag("tokens"))
                .merge(get_with(list, named("listTokens", "List tokens", "tokens"))),
        )
        .api_route(
            "/platform/v1/tokens/revoke",
            post_with(revoke, named("revokeToken", "Take a token back", "tokens")),
        )
}

async fn create(
    State(door): State<Door>,
    Known(caller): Known,
    body: Result<Body<CreateBody>, Refusal>,
) -> Result<Created<Platform<TokenBody>>, PlatformRefusal> {
    let Body(body) = body?;
    let request = TokenRequest {
        app: body.app_id.map(|id| text("app_id", &id)).transpose()?,
        business_uid: body.business_id.map(|id| text("business_id", &id)).transpose()?,
        directory: body.directory_id.as_ref().map(number).transpose()?,
    };
    let made = door.app.write(move |cx, tx| issue_token(cx, tx, &caller, &request)).await;
    let secret = made.map_err(|error| match error {
        IssueTokenError::NothingNamed => PlatformRefusal::new(StatusCode::BAD_REQUEST, error.to_string()),
        IssueTokenError::NotAllowed => PlatformRefusal::new(StatusCode::UNAUTHORIZED, "Unauthorized"),
        IssueTokenError::Unknown => PlatformRefusal::new(StatusCode::NOT_FOUND, error.to_string()),
        IssueTokenError::Store(error) => error.into(),
    })?;
    let Json(body) = Platform::of(TokenBody { token: secret.expose_secret().to_owned() });
    Ok(Created(body))
}

fn number(value: &Value) -> Result<u32, PlatformRefusal> {
    let number = value.as_u64().or_else(|| value.as_str()?.parse().ok());
    let number = number.and_then(|number| u32::try_from(number).ok());
    number.ok_or_else(|| PlatformRefusal::new(StatusCode::BAD_REQUEST, "`directory_id` is a number."))
}

async fn list(
    State(door): State<Door>,
    Known(caller): Known,
    asked: Asked,
) -> Result<Json<Platform<TokensBody>>, PlatformRefusal> {
    let paging = asked.paging()?;
    let query = TokenQuery {
        app: asked.value("app_id").map(str::to_owned),
        directory: asked.value("directory_id").map(|number| self::number(&number.into())).transpose()?,
        user_uid: asked.value("user_id").map(str::to_owned),
    };
    // One more than fits tells whether another page follows.
    let part = (paging.per_page + 1, paging.rows_before());
    let seen = door.app.read(move |cx, tx| seen_tokens(cx, tx, &caller, &query, part)).await?;
    let follows = seen.len() > paging.per_page as usize;
    let tokens = seen.into_iter().take(paging.per_page as usize).map(SeenTokenBody::of).collect();
    let next_page = follows.then(|| paging.page.saturating_add(1));
    Ok(Platform::of(TokensBody { tokens, page: paging.page, per_page: paging.per_page, next_page }))
}

impl SeenTokenBody {
    fn of(seen: SeenToken) -> Self {
        let SeenToken { token, directory, business_uid, user_uid } = seen;
        Self {
            token: format!("{}…", token.hint),
            app_id: token.grant.app_id.map(|app| app.uuid().to_string()),
            business_id: business_uid,
            directory_id: directory,
            user_id: user_uid,
            created_at: dates::written(token.created_at),
            expires_at: token.expires_at.map(dates::written),
        }
    }
}

async fn revoke(
    State(door): State<Door>,
    Known(caller): Known,
    body: Result<Body<RevokeBody>, Refusal>,
) -> Result<Created<Platform<RevokedBody>>, PlatformRefusal> {
    let invalid = || PlatformRefusal::with_error(StatusCode::UNPROCESSABLE_ENTITY, "invalid token");
    if caller.app.is_some() {
        return Err(PlatformRefusal::with_error(StatusCode::UNPROCESSABLE_ENTITY, "Unauthorized"));
    }
    let Body(body) = body?;
    let token = body.token.as_ref().and_then(Value::as_str).ok_or_else(invalid)?.to_owned();
    let secret = token.clone();
    let revoked = door.app.write(move |cx, tx| revoke_seen_token(cx, tx, &caller, &secret)).await?;
    if !revoked {
        return Err(invalid());
    }
    let Json(body) = Platform::of(RevokedBody { revoked_tokens: vec![token] });
    Ok(Created(body))
}

/// Without a token: the secret says who calls.
pub(crate) async fn service_token(
    State(door): State<Door>,
    body: Result<Body<ServiceBody>, Refusal>,
) -> Response {
    match issue(&door, body).await {
        Ok(body) => Json(body).into_response(),
        Err(refusal) => refusal.into_response(),
    }
}

async fn issue(
    door: &Door,
    body: Result<Body<ServiceBody>, Refusal>,
) -> Result<ServiceTokenBody, PlatformRefusal> {
    let Body(body) = body?;
    let (Some(id), Some(secret)) = (body.service_id, body.service_secret) else {
        let message = "`service_id` and `service_secret` are needed.";
        return Err(PlatformRefusal::new(StatusCode::BAD_REQUEST, message));
    };
    let id = AppId::from_uuid(Uuid::parse_str(&id).unwrap_or_default());
    let secret = SecretString::from(secret);
    let issued = issue_service_token(&door.app, id, &secret).await;
    let (token, created_at, lifetime) = issued.map_err(|error| match error {
        ServiceTokenError::Refused => PlatformRefusal::new(StatusCode::UNAUTHORIZED, "401 Unauthorized"),
        ServiceTokenError::Store(error) => error.into(),
        error @ ServiceTokenError::Token(_) => Refusal::unexpected(&error).into(),
    })?;
    Ok(ServiceTokenBody {
        access_token: token.expose_secret().to_owned(),
        created_at: created_at.as_second(),
        expires_in: lifetime.as_secs(),
        token_type: "Bearer",
    })
}
