//! Asking for a visit to the hosted pages, and for what became of it. The visit itself is [`crate::visits`].

mod create;
mod intent;
mod update;

pub use create::{ConnectSessionError, NewSession, OpenedSession, Visitor, create};
pub use intent::{IntentError, Reference};
pub(crate) use intent::{Owner, check as check_intent};
pub use update::{SessionPatch, update};

use perennial_domain::{ConnectSession, ConnectSessionId, Intent, ProjectId};
use perennial_store::{StoreError, Tx};
use secrecy::{ExposeSecret, SecretString};
use url::Url;

/// The session with this id, however it ended.
pub fn find(
    tx: &mut Tx<'_>,
    project: ProjectId,
    id: ConnectSessionId,
) -> Result<Option<ConnectSession>, StoreError> {
    tx.connect_sessions(project).find(id)
}

/// The session that a browser names, whichever project it is of: browsers know no projects.
pub fn find_anywhere(tx: &mut Tx<'_>, id: ConnectSessionId) -> Result<Option<ConnectSession>, StoreError> {
    tx.find_connect_session_anywhere(id)
}

/// The first part of the path of an intent's pages (contracts/projects-api.md §2.13.5).
pub const fn area(intent: &Intent) -> &'static str {
    match intent {
        Intent::CheckoutNewSubscription(_) | Intent::CheckoutAddon { .. } | Intent::ConfirmPayment(_) => {
            "checkout"
        }
        _ => "portal",
    }
}

/// The one-time address of a session's pages (contracts/projects-api.md §2.13.5). As secret as its token.
pub fn entry_url(connect_url: &Url, session: &ConnectSession, token: Option<&SecretString>) -> SecretString {
    let base = connect_url.as_str().trim_end_matches('/');
    let mut url = format!("{base}/{}/entry?session={}", area(&session.intent), session.id);
    if let Some(token) = token {
        url.push_str("&token=");
        url.push_str(token.expose_secret());
    }
    SecretString::from(url)
}
