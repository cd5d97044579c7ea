//! Following the link: the token is used up, the browser gets a key of its own, and the customer is known.

use perennial_domain::{Callback, ConnectSession, ConnectSessionId, ProjectId, UserDetails};
use perennial_store::{StoreError, Tx};
use secrecy::{ExposeSecret, SecretString};
use url::Url;

use super::preset::{apply_presets, keep_named_sim};
use crate::context::{App, Cx};
use crate::customers::{self, NewCustomer, SaveCustomerError};
use crate::events::{Happening, record};
use crate::secrets::{fresh_secret, hash};

/// A browser that may act in a session.
#[derive(Debug)]
pub struct Entered {
    /// The session, with its customer where one is known.
    pub session: ConnectSession,
    /// The browser's key, for its cookie.
    pub browser_key: SecretString,
}

/// Why the link does not work.
#[derive(Debug, thiserror::Error)]
pub enum EnterError {
    /// No such session.
    #[error("there is no connect session {0}")]
    Unknown(ConnectSessionId),
    /// Too old, used before, or not the token of this session.
    #[error("the link was used or is too old")]
    LinkExpired(Option<Callback>),
    /// Someone else took the e-mail address since the link was made.
    #[error("the e-mail address was taken meanwhile")]
    EmailTaken(Option<Callback>),
    /// The project has visitors log in somewhere else.
    #[error("the project's customers log in at {0}")]
    LoginElsewhere(Url),
    /// What the app said of the customer cannot be. It was checked when it was said, under older rules.
    #[error("the user details cannot be stored")]
    BadDetails(#[source] SaveCustomerError),
    /// The database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// As many bits as a hash has.
pub(crate) const BROWSER_KEY_CHARACTERS: usize = 43;

/// Uses a link up, once.
pub async fn enter(app: &App, id: ConnectSessionId, token: &str) -> Result<Entered, EnterError> {
    let token_hash = hash(token);
    let browser_key = fresh_secret("", BROWSER_KEY_CHARACTERS);
    let browser_hash = hash(browser_key.expose_secret());
    let lifetime = app.settings().browser_lifetime;
    let session = app.write(move |cx, tx| {
        let session = tx.find_connect_session_anywhere(id)?.ok_or(EnterError::Unknown(id))?;
        let sessions = &mut tx.connect_sessions(session.project_id);
        if !sessions.consume_token(id, &token_hash, &browser_hash, cx.now(), cx.now() + lifetime)? {
            return Err(EnterError::LinkExpired(session.callback));
        }
        let mut session = attach_customer(cx, tx, session.project_id, id)?;
        keep_named_sim(tx, &mut session)?;
        Ok(session)
    });
    let session = session.await?;
    apply_presets(app, &session).await;
    Ok(Entered { session, browser_key })
}

/// The session with its customer: the one that the app named, or a new one from the details that it gave
/// (contracts/projects-api.md §5, row 4).
fn attach_customer(
    cx: &Cx,
    tx: &mut Tx<'_>,
    project: ProjectId,
    id: ConnectSessionId,
) -> Result<ConnectSession, EnterError> {
    let mut session = tx.connect_sessions(project).lock(id)?.ok_or(EnterError::Unknown(id))?;
    let (None, Some(details)) = (session.customer_id, &session.user_details) else { return Ok(session) };
    let customer = match customers::create(cx, tx, project, &new_customer(details)) {
        Ok(customer) => customer,
        Err(SaveCustomerError::EmailTaken) => return Err(EnterError::EmailTaken(session.callback)),
        Err(SaveCustomerError::Store(error)) => return Err(error.into()),
        Err(error) => return Err(EnterError::BadDetails(error)),
    };
    session.customer_id = Some(customer.id);
    tx.connect_sessions(project).update(&session)?;
    record(cx, tx, project, Happening::ConnectSessionUpdated, session.id)?;
    Ok(session)
}

fn new_customer(details: &UserDetails) -> NewCustomer {
    NewCustomer {
        email: details.email.clone(),
        full_name: details.full_name.clone(),
        birthday: details.birthday,
        preferred_locale: details.preferred_locale.clone(),
        metadata: details.metadata.clone(),
    }
}
