//! Connect sessions: one visit of one user to the hosted pages (contract §2.13).

mod intent;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use url::Url;

use crate::client::Client;
use crate::creation::Creation;
use crate::error::Error;
use crate::ids::{ConnectSessionId, UserId};
use crate::open_enum::open_enum;
use crate::request::Call;
use crate::scalars::Metadata;
use crate::secret::EntryUrl;

pub use intent::{CheckoutAddon, CheckoutNewSubscription, CompletePorting, Intent, PortingBehavior};

/// Calls about connect sessions.
#[derive(Debug, Clone, Copy)]
pub struct ConnectSessions<'a> {
    pub(crate) client: &'a Client,
}

impl ConnectSessions<'_> {
    /// Opens a session. Do it right before sending the browser there: a session is short-lived, and
    /// its URL works once.
    ///
    /// Unknown ids, ids of another user's things and a taken e-mail address in
    /// [`SessionUser::New`] are refused here; whether the intent makes sense now (an archived plan,
    /// a subscription that has ended) is shown on the page.
    pub fn create(&self, session: &NewConnectSession) -> Creation<'_, ConnectSession> {
        Creation::new(self.client, Call::create("/connectSessions".to_owned(), session))
    }

    /// A session, whether or not it was used or has expired. It does not say what came of it: the
    /// callback's `status` does.
    pub async fn get(&self, session: &ConnectSessionId) -> Result<ConnectSession, Error> {
        self.client.send(&Call::get(format!("/connectSessions/{session}"))).await
    }

    /// Changes what `changes` names and nothing else. A user can be attached once.
    pub async fn update(
        &self,
        session: &ConnectSessionId,
        changes: &ConnectSessionUpdate,
    ) -> Result<ConnectSession, Error> {
        self.client.send(&Call::patch(format!("/connectSessions/{session}"), changes)?).await
    }
}

/// One visit to the hosted pages.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct ConnectSession {
    /// Its id; the callback names it as `session_id`.
    pub id: ConnectSessionId,
    /// What the visit is for.
    pub intent: Intent,
    /// Where the browser returns to.
    pub callback_url: Option<Url>,
    /// How the pages look. Some servers leave it out.
    pub appearance: Option<Appearance>,
    /// Where to send the browser. Only in the answer to `create`, and to an update that attaches
    /// the user.
    pub url: Option<EntryUrl>,
    /// Who visits. `None` until a session for a new user is opened.
    pub user: Option<UserId>,
}

/// A session to be opened.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct NewConnectSession {
    /// What the visit is for.
    pub intent: Intent,
    /// Where the browser returns to: an `https` address or an app's deep link. Without it the visit
    /// ends on the hosted pages.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub callback_url: Option<Url>,
    /// How the pages look.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub appearance: Option<Appearance>,
    /// Who visits. `None` makes the pages ask for a log-in.
    #[serde(flatten)]
    pub user: Option<SessionUser>,
}

impl NewConnectSession {
    /// A session without user and callback.
    pub fn new(intent: Intent) -> Self {
        Self { intent, callback_url: None, appearance: None, user: None }
    }

    /// Sets who visits.
    #[must_use]
    pub fn user(mut self, user: SessionUser) -> Self {
        self.user = Some(user);
        self
    }

    /// Sets where the browser returns to. `session_id` and `status` will be added to its query.
    #[must_use]
    pub fn callback_url(mut self, url: Url) -> Self {
        self.callback_url = Some(url);
        self
    }
}

/// Changes to a session; `None` leaves a property as it is.
#[derive(Debug, Clone, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ConnectSessionUpdate {
    /// Another place to return to.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub callback_url: Option<Url>,
    /// Another look.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub appearance: Option<Appearance>,
    /// Who visits, while the session has no user.
    #[serde(flatten)]
    pub user: Option<SessionUser>,
}

/// Who visits the hosted pages. Either way they need not log in there.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub enum SessionUser {
    /// A user of the project.
    #[serde(rename = "user")]
    Existing(UserId),
    /// Somebody new, who becomes a user when the session is opened. Make sure that the e-mail
    /// address is unused, with [`Users::search_by_email`](crate::Users::search_by_email).
    #[serde(rename = "userDetails")]
    New(UserDetails),
}

/// What the app knows of somebody new. The pages ask for what the plan needs beyond it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct UserDetails {
    /// Must not be another user's.
    pub email: String,
    /// First and last name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub full_name: Option<String>,
    /// Date of birth.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub birthday: Option<Date>,
    /// IETF tag such as `en-US`: the language of the pages.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub preferred_locale: Option<String>,
    /// Labels for the user.
    #[serde(skip_serializing_if = "Metadata::is_empty")]
    pub metadata: Metadata,
}

impl UserDetails {
    /// Somebody of whom only the e-mail address is known.
    pub fn new(email: impl Into<String>) -> Self {
        Self {
            email: email.into(),
            full_name: None,
            birthday: None,
            preferred_locale: None,
            metadata: Metadata::new(),
        }
    }
}

/// How the hosted pages look.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Appearance {
    /// Light or dark.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub theme: Option<Theme>,
}

open_enum! {
    /// Light or dark pages.
    Theme {
        Light = "light",
        Dark = "dark",
    }
}
