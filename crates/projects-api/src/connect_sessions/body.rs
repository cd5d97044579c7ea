//! What a connect session looks like on the wire.

use perennial_core::change::Change;
use perennial_core::connect_sessions::Visitor;
use perennial_domain::{Appearance, ConnectSession, ConnectSessionId, CustomerId, Email, Theme, UserDetails};
use perennial_http::{ApiError, WireId};
use schemars::JsonSchema;
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};

use super::intent::IntentBody;
use crate::scalars::{MetadataPatchBody, WireDate, all_present, change, given};

/// A visit to the hosted pages.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "ConnectSession", transform = all_present)]
pub(crate) struct SessionBody {
    #[schemars(extend("const" = "connectSession"))]
    object: &'static str,
    id: WireId<ConnectSessionId>,
    appearance: AppearanceBody,
    callback_url: Option<String>,
    intent: IntentBody,
    /// Where to send the user, once. Null but in the answer that makes it; as secret as a password.
    url: Option<String>,
    user: Option<WireId<CustomerId>>,
}

impl SessionBody {
    /// Shapes a session; its address is shown in the answer that made it, and never again.
    pub(crate) fn of(session: &ConnectSession, url: Option<&SecretString>) -> Self {
        Self {
            object: "connectSession",
            id: WireId(session.id),
            appearance: AppearanceBody { theme: session.appearance.theme },
            callback_url: session.callback.as_ref().map(|callback| callback.as_str().to_owned()),
            intent: IntentBody::of(&session.intent),
            url: url.map(|url| url.expose_secret().to_owned()),
            user: session.customer_id.map(WireId),
        }
    }
}

/// How the pages look; as the user's device does without a theme.
#[derive(Clone, Copy, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "ConnectSessionAppearance")]
pub(super) struct AppearanceBody {
    #[schemars(with = "Option<String>", extend("enum" = ["light", "dark", null]))]
    theme: Option<Theme>,
}

impl From<AppearanceBody> for Appearance {
    fn from(body: AppearanceBody) -> Self {
        Self { theme: body.theme }
    }
}

/// Somebody who becomes a user when they come.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
#[schemars(rename = "ConnectSessionUserDetails")]
pub(super) struct UserDetailsBody {
    #[schemars(with = "String")]
    email: Email,
    full_name: Option<String>,
    birthday: Option<WireDate>,
    preferred_locale: Option<String>,
    #[serde(default)]
    metadata: MetadataPatchBody,
}

impl From<UserDetailsBody> for UserDetails {
    fn from(body: UserDetailsBody) -> Self {
        Self {
            email: body.email,
            full_name: body.full_name,
            birthday: body.birthday.map(|WireDate(date)| date),
            preferred_locale: body.preferred_locale,
            metadata: body.metadata.0,
        }
    }
}

/// What an app asks for.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
#[schemars(rename = "ConnectSessionCreate")]
pub(super) struct CreateBody {
    pub(super) intent: IntentBody,
    /// Where the user goes back to: http, https, or an app's own scheme.
    pub(super) callback_url: Option<String>,
    pub(super) appearance: Option<AppearanceBody>,
    /// Who comes. With neither this nor `userDetails` they log in on the pages.
    pub(super) user: Option<WireId<CustomerId>>,
    pub(super) user_details: Option<UserDetailsBody>,
}

/// A change to a connect session. The intent stays.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
#[schemars(rename = "ConnectSessionUpdate")]
pub(super) struct UpdateBody {
    #[serde(default, deserialize_with = "given")]
    #[schemars(with = "AppearanceBody")]
    pub(super) appearance: Option<AppearanceBody>,
    #[serde(default, deserialize_with = "change")]
    #[schemars(with = "Option<String>")]
    pub(super) callback_url: Change<Option<String>>,
    pub(super) user: Option<WireId<CustomerId>>,
    pub(super) user_details: Option<UserDetailsBody>,
}

/// Who comes, by at most one of the two ways to say it.
pub(super) fn visitor(
    user: Option<WireId<CustomerId>>,
    user_details: Option<UserDetailsBody>,
) -> Result<Option<Visitor>, ApiError> {
    match (user, user_details) {
        (Some(_), Some(_)) => Err(ApiError::invalid("user and userDetails exclude each other.")),
        (Some(WireId(id)), None) => Ok(Some(Visitor::Known(id))),
        (None, Some(details)) => Ok(Some(Visitor::New(details.into()))),
        (None, None) => Ok(None),
    }
}
