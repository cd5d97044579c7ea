//! A browser comes by a link that anybody may open.

use perennial_domain::{CodeStanding, ConnectSessionId, Login, LoginCode};
use perennial_store::Tx;
use secrecy::ExposeSecret;

use super::is_open;
use crate::context::{App, Cx};
use crate::secrets::{fresh_secret, hash};
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

/// Gives a browser a key, by which it is known until it has proved an address.
pub async fn begin_login(app: &App, id: ConnectSessionId) -> Result<Entered, EnterError> {
    let browser_key = fresh_secret("", BROWSER_KEY_CHARACTERS);
    let browser_hash = hash(browser_key.expose_secret());
    let lifetime = app.settings().browser_lifetime;
    let session = app.write(move |cx, tx| {
        let session = tx.find_connect_session_anywhere(id)?.ok_or(EnterError::Unknown(id))?;
        if !is_open(&session) {
            return Err(EnterError::LinkExpired(session.callback));
        }
        let login = Login {
            id: cx.id(),
            project_id: session.project_id,
            connect_session_id: id,
            email: None,
            created_at: cx.now(),
            expires_at: cx.now() + lifetime,
        };
        tx.logins(session.project_id).insert(&login, &browser_hash)?;
        Ok(session)
    });
    Ok(Entered { session: session.await?, browser_key })
}

/// Loads what a browser has to prove, for the browser that holds the key.
pub fn load_login(
    cx: &Cx,
    tx: &mut Tx<'_>,
    id: ConnectSessionId,
    key: &BrowserKey,
) -> Result<LoginVisit, VisitError> {
    let session = tx.find_connect_session_anywhere(id)?.ok_or(VisitError::Unknown)?;
    let login = tx.logins(session.project_id).of_browser(id, &hash(&key.0))?.ok_or(VisitError::Unknown)?;
    if login.expires_at <= cx.now() || !is_open(&session) {
        return Err(VisitError::Expired(id, session.callback));
    }
    let project = tx.projects().find(session.project_id)?.ok_or(VisitError::Unknown)?;
    let code = tx.logins(project.id).newest_code(login.id)?;
    // Whose visit it may be already is none of this browser's business.
    let visit = Visit { session, project, customer: None };
    Ok(LoginVisit { visit, login, code })
}
