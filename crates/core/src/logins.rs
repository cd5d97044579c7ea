//! Logging in by a code that is sent to an e-mail address, for visits that know nobody yet.
//!
//! A link without a token may be opened by anybody, in any number of browsers: by programs that look into mails, and by
//! people who go on elsewhere. So a link binds nobody, and looking at it leaves no trace. Each browser gets a key, is written
//! down once it asks for a code of its own, and the one that proves an address has the visit. Until then nothing said or done
//! depends on whether the address is a customer's.

mod ask;
mod begin;
mod digits;
mod prove;

pub use ask::{AskCodeError, ask_code};
pub use begin::{LoginVisit, begin_login, load_login};
pub(crate) use digits::make_code;
pub use prove::{ProveError, Proved, prove};

use jiff::{SignedDuration, Timestamp};
use perennial_domain::{ConnectSession, Project};
use perennial_store::StoreError;
use url::Url;

use crate::context::App;

/// Forgets browsers whose time to say who they are is over, with the addresses that they gave, and what organizations'
/// members tried as passwords; answers how many rows there were.
pub async fn sweep_logins(app: &App) -> Result<u64, StoreError> {
    app.write(|cx, tx| {
        let before = cx.now() - MEMORY;
        Ok(tx.sweep_logins(before)? + tx.sweep_login_tries(before)?)
    })
    .await
}

/// How long they are remembered: longer than any limit on codes and tries looks back.
const MEMORY: SignedDuration = SignedDuration::from_hours(24);

/// A link for anybody is made just before it is used (contracts/projects-api.md §2.13.6).
const LINK_LIFETIME: SignedDuration = SignedDuration::from_hours(24);
/// A mail is read later, and what it is about may last as long: arrears do.
const MAILED_LINK_LIFETIME: SignedDuration = SignedDuration::from_hours(30 * 24);

/// Where to log in, if that is not here: the operator's own log-in, which knows the visit by `session_id`. It cannot know
/// those that we made ourselves: forms for businesses, and what a mail leads to.
fn login_elsewhere(session: &ConnectSession, project: &Project) -> Option<Url> {
    let is_an_apps = session.progress.form.is_none() && !session.progress.is_open_to_owner;
    let mut url = project.settings.login_url.clone().filter(|_| is_an_apps)?;
    url.query_pairs_mut().append_pair("session_id", &session.id.to_string());
    Some(url)
}

/// Whether a session takes whoever proves the right address. It was asked for without a user; or it is of our own making,
/// as its link, which a mail carried, may be used up before its reader comes: scanners do that. A link that an app made for
/// somebody works once (contracts/projects-api.md §3.1).
fn is_open(session: &ConnectSession, now: Timestamp) -> bool {
    let is_younger_than = |lifetime| now < session.created_at + lifetime;
    let is_for_anybody = session.token_expires_at.is_none() && session.user_details.is_none();
    session.outcome.is_none()
        && (is_for_anybody && is_younger_than(LINK_LIFETIME)
            || session.progress.is_open_to_owner && is_younger_than(MAILED_LINK_LIFETIME))
}
