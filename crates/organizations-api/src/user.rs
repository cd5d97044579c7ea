//! `POST /user/login`, `/user/refresh` and `/user/logout` (contract §2.2): so that an installation works alone.

use aide::axum::ApiRouter;
use aide::axum::routing::post_with;
use axum::extract::State;
use http::StatusCode;
use jiff::{SignedDuration, Timestamp};
use perennial_core::organizations::{
    Credentials, LoggedIn, LoginError, RefreshError, find_member, log_in, log_out, refresh,
};
use perennial_domain::{Customer, Member, MemberRole};
use schemars::JsonSchema;
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};

use crate::answer::Answer;
use crate::body::{Body, invalid};
use crate::client_address::ClientAddress;
use crate::door::Door;
use crate::refusal::Refusal;
use crate::site::{OnSite, Site};
use crate::tokens::{Issued, issue};

/// Who logs in. Other fields, such as `deviceInfo`, are passed over.
#[derive(Deserialize, JsonSchema)]
#[schemars(rename = "LoginRequest")]
struct LoginBody {
    email: String,
    password: String,
}

/// A log-in to go on with, or to end. Pages and libraries spell it in two ways, and both are read.
#[derive(Deserialize, JsonSchema)]
#[schemars(rename = "RefreshRequest")]
struct RefreshBody {
    #[schemars(with = "String")]
    refresh_token: Option<String>,
    /// The spelling of the log-in's own answer, which pages send back as they got it.
    #[serde(rename = "refreshToken")]
    #[schemars(skip)]
    as_on_pages: Option<String>,
}

impl RefreshBody {
    /// The token. Of two, the one that libraries send.
    fn token(self) -> Result<SecretString, Refusal> {
        let token = self.refresh_token.or(self.as_on_pages);
        token.map(SecretString::from).ok_or_else(|| invalid("The body has no `refresh_token`."))
    }
}

/// Somebody is logged in.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "LoginResponse")]
struct LoggedInBody {
    #[schemars(extend("const" = true))]
    success: bool,
    access_token: String,
    refresh_token: String,
    /// The log-in, in all its refresh tokens.
    token_id: String,
    /// When the access token stops working, in milliseconds since 1970.
    expires_at: i64,
    user: UserBody,
}

/// Who.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "User")]
struct UserBody {
    id: String,
    email: String,
    name: String,
    #[schemars(extend("type" = "string"))]
    org_id: Option<String>,
    /// 0 user, 1 billing, 2 workspaces, 254 administrators, 255 owner.
    org_role: u8,
}

/// The log-in goes on.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "RefreshResponse")]
struct RefreshedBody {
    #[schemars(extend("const" = true))]
    success: bool,
    access_token: String,
    /// The access token again, under the library's name.
    token: String,
    /// The next one: the one that was sent works no more.
    refresh_token: String,
    /// When the access token stops working, in milliseconds since 1970.
    expires_at: i64,
}

/// It is over.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "LogoutResponse")]
struct LoggedOutBody {
    #[schemars(extend("const" = true))]
    success: bool,
}

pub(crate) fn routes() -> ApiRouter<Door> {
    ApiRouter::new()
        .api_route(
            "/user/login",
            post_with(log_in_member, |operation| operation.id("login").summary("Log in").tag("users")),
        )
        .api_route(
            "/user/refresh",
            post_with(refresh_member, |operation| {
                operation.id("refresh").summary("Stay logged in").tag("users")
            }),
        )
        .api_route(
            "/user/logout",
            post_with(log_out_member, |operation| operation.id("logout").summary("Log out").tag("users")),
        )
}

async fn log_in_member(
    OnSite(site): OnSite,
    State(door): State<Door>,
    ClientAddress(from): ClientAddress,
    Body(LoginBody { email, password }): Body<LoginBody>,
) -> Result<Answer<LoggedInBody>, Refusal> {
    refuse_beside_provider(&site)?;
    let credentials = Credentials { email, password: SecretString::from(password), from };
    let entered = log_in(&door.app, site.project, credentials, lifetime(&site)).await;
    let entered = entered.map_err(|error| refuse(error, door.app.now()))?;
    let (issued, organization) = access(&door, &site, &entered).await?;
    let member = entered.member;
    Ok(Answer(LoggedInBody {
        success: true,
        access_token: issued.token.expose_secret().to_owned(),
        refresh_token: entered.refresh_token.expose_secret().to_owned(),
        token_id: entered.family.to_string(),
        expires_at: issued.expires_at.as_millisecond(),
        user: user(member, organization),
    }))
}

async fn refresh_member(
    OnSite(site): OnSite,
    State(door): State<Door>,
    Body(body): Body<RefreshBody>,
) -> Result<Answer<RefreshedBody>, Refusal> {
    let token = body.token()?;
    if site.settings.token_issuer.is_some() {
        return Err(Refusal::no_auth_user());
    }
    let entered = refresh(&door.app, site.project, &token, lifetime(&site)).await;
    let entered = entered.map_err(|error| match error {
        RefreshError::Refused => Refusal::no_auth_user(),
        RefreshError::Store(error) => error.into(),
    })?;
    let (issued, _) = access(&door, &site, &entered).await?;
    Ok(Answer(RefreshedBody {
        success: true,
        access_token: issued.token.expose_secret().to_owned(),
        token: issued.token.expose_secret().to_owned(),
        refresh_token: entered.refresh_token.expose_secret().to_owned(),
        expires_at: issued.expires_at.as_millisecond(),
    }))
}

async fn log_out_member(
    OnSite(site): OnSite,
    State(door): State<Door>,
    Body(body): Body<RefreshBody>,
) -> Result<Answer<LoggedOutBody>, Refusal> {
    log_out(&door.app, site.project, &body.token()?).await?;
    Ok(Answer(LoggedOutBody { success: true }))
}

/// Where the operator's own identity provider issues the tokens, nobody logs in past it: passwords count no more, as if
/// there were none.
fn refuse_beside_provider(site: &Site) -> Result<(), Refusal> {
    if site.settings.token_issuer.is_none() {
        return Ok(());
    }
    let message = "Users log in at the operator's identity provider.";
    Err(Refusal::new(StatusCode::UNAUTHORIZED, "NO_PASSWORD_SET", message))
}

fn lifetime(site: &Site) -> SignedDuration {
    SignedDuration::from_hours(24 * i64::from(site.settings.refresh_token_days))
}

/// An access token for who is logged in, and their organization.
async fn access(door: &Door, site: &Site, entered: &LoggedIn) -> Result<(Issued, Option<Customer>), Refusal> {
    let (project, external_id) = (site.project, entered.member.external_id.clone());
    let found = door.app.read(move |_, tx| find_member(tx, project, &external_id)).await?;
    let organization = found.and_then(|(_, organization)| organization);
    let org_id = organization.as_ref().and_then(|organization| organization.external_id.as_deref());
    let issued = issue(site, &entered.member, org_id, door.app.now());
    Ok((issued.map_err(|error| Refusal::internal(&error))?, organization))
}

fn user(member: Member, organization: Option<Customer>) -> UserBody {
    UserBody {
        id: member.external_id,
        email: member.email.as_str().to_owned(),
        name: member.full_name,
        org_id: organization.and_then(|organization| organization.external_id),
        org_role: match member.role {
            MemberRole::User => 0x00,
            MemberRole::Billing => 0x01,
            MemberRole::Workspaces => 0x02,
            MemberRole::Administrator => 0xfe,
            MemberRole::Owner => 0xff,
        },
    }
}

fn refuse(error: LoginError, now: Timestamp) -> Refusal {
    let (code, message) = match error {
        LoginError::UnknownMember => ("USER_NOT_FOUND", "Nobody has this e-mail address."),
        LoginError::NoPassword => ("NO_PASSWORD_SET", "The user has no password and logs in another way."),
        LoginError::WrongPassword => ("INVALID_PASSWORD", "The password is wrong."),
        LoginError::Inactive => ("USER_INACTIVE", "The user is not active."),
        LoginError::TooManyTries { until } => return Refusal::rate_limited(until.duration_since(now)),
        error @ LoginError::Password(_) => return Refusal::internal(&error),
        LoginError::Store(error) => return error.into(),
    };
    Refusal::new(StatusCode::UNAUTHORIZED, code, message)
}
