//! A browser comes by a link that anybody may open.

use jiff::SignedDuration;
use perennial_domain::{CodeStanding, ConnectSession, ConnectSessionId, Login, LoginCode};
use perennial_store::{StoreError, Tx};

use super::{is_open, login_elsewhere};
use crate::context::{App, Cx};
use crate::secrets::{equal, fresh_secret, hash};
use crate::visits::{BROWSER_KEY_CHARACTERS, BrowserKey, EnterError, Entered, Visit, VisitError};

/// A browser that has to say who it is, and how far it has come.
#[derive(Clone, Debug)]
pub struct LoginVisit {
    /// The visit that it wants. Its customer is not known to this browser.
    pub visit: Visit,
    /// The browser.
    pub login: Login,
    /// The one code that counts, once it asked for one.
    pub code: Option<LoginCode>,
}

impl LoginVisit {
    /// How its code stands; `None` where there is none.
    pub fn standing(&self, cx: &Cx) -> Option<CodeStanding> {
        self.code.as_ref().map(|code| code.standing(cx.now()))
    }
}

/// Gives a browser a key, by which it is known until it has proved an address. Nothing is written down for it yet: whoever
/// only looks, such as a program that opens links in mails, leaves no row behind.
pub async fn begin_login(app: &App, id: ConnectSessionId) -> Result<Entered, EnterError> {
    let browser_key = fresh_secret("", BROWSER_KEY_CHARACTERS);
    let session = app.read(move |cx, tx| {
        let session = tx.find_connect_session_anywhere(id)?.ok_or(EnterError::Unknown(id))?;
        if !is_open(&session, cx.now()) {
            return Err(EnterError::LinkExpired(session.callback));
        }
        let project = tx.projects().find(session.project_id)?.ok_or(EnterError::Unknown(id))?;
        match login_elsewhere(&session, &project) {
            Some(url) => Err(EnterError::LoginElsewhere(url)),
            None => Ok(session),
        }
    });
    Ok(Entered { session: session.await?, browser_key })
}

/// Loads what a browser has to prove, for the browser that holds the key. One that has said nothing yet has `lifetime` to
/// do so from now on.
pub fn load_login(
    cx: &Cx,
    tx: &mut Tx<'_>,
    lifetime: SignedDuration,
    id: ConnectSessionId,
    key: &BrowserKey,
) -> Result<LoginVisit, VisitError> {
    let session = tx.find_connect_session_anywhere(id)?.ok_or(VisitError::Unknown)?;
    let hash = hash(&key.0);
    let login = match tx.logins(session.project_id).of_browser(id, &hash)? {
        Some(login) => login,
        // Who was in has proved an address, or was sent by an app: their time is over.
        None if tx
            .connect_sessions(session.project_id)
            .browser_hash(id)?
            .is_some_and(|kept| equal(&kept, &hash)) =>
        {
            return Err(VisitError::Expired(id, session.callback));
        }
        None => newcomer(cx, &session, lifetime),
    };
    if login.expires_at <= cx.now() || !is_open(&session, cx.now()) {
        return Err(VisitError::Expired(id, session.callback));
    }
    let project = tx.projects().find(session.project_id)?.ok_or(VisitError::Unknown)?;
    if let Some(url) = login_elsewhere(&session, &project) {
        return Err(VisitError::LoginElsewhere(url));
    }
    let code = tx.logins(project.id).newest_code(login.id)?;
    // Whose visit it may be already is none of this browser's business.
    let visit = Visit { session, project, customer: None };
    Ok(LoginVisit { visit, login, code })
}

fn newcomer(cx: &Cx, session: &ConnectSession, lifetime: SignedDuration) -> Login {
    Login {
        id: cx.id(),
        project_id: session.project_id,
        connect_session_id: session.id,
        email: None,
        created_at: cx.now(),
        expires_at: cx.now() + lifetime,
    }
}

/// The browser's row, which nobody else changes until the transaction ends; made if this is the first that it says.
pub(super) fn lock_login(tx: &mut Tx<'_>, login: &Login, key: &BrowserKey) -> Result<Login, StoreError> {
    tx.logins(login.project_id).lock_or_insert(login, &hash(&key.0))
}
