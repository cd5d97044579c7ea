//! Asking for a code. Nobody's address is looked up here: what happens is the same for a customer's and for a stranger's.

use jiff::SignedDuration;
use perennial_domain::{ConnectSessionId, Email, InvalidEmail, LoginCode};
use perennial_store::tables::CodesSince;
use perennial_store::{StoreError, Tx};

use super::begin::{LoginVisit, lock_login};
use crate::context::{App, Cx};
use crate::mails::queue_login_code;
use crate::visits::BrowserKey;

/// Why no code is sent.
#[derive(Debug, thiserror::Error)]
pub enum AskCodeError {
    /// It is not an address.
    #[error(transparent)]
    Email(#[from] InvalidEmail),
    /// So many were asked for that no more are sent for a while.
    #[error("too many codes were asked for lately")]
    TooManyCodes,
    /// The database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// How many codes are sent, and in which time. Five tries each, they bound how often an address can be guessed at; and how
/// many mails a stranger can have sent to somebody.
const TO_ADDRESS: (i64, SignedDuration) = (4, SignedDuration::from_mins(15));
/// For the browsers of one visit together, whatever addresses they try.
const OF_SESSION: (i64, SignedDuration) = (10, SignedDuration::from_hours(1));
/// For a whole project: far more than its customers need, and few enough to keep its mail server's good name.
const IN_PROJECT: (i64, SignedDuration) = (1_000, SignedDuration::from_hours(1));

/// Sends a code to an address. It takes the place of the one before.
pub async fn ask_code(
    app: &App,
    login: &LoginVisit,
    key: &BrowserKey,
    email: &str,
) -> Result<(), AskCodeError> {
    let email = Email::parse(email)?;
    let (owned, key) = (login.clone(), key.clone());
    let is_sent = app.write(move |cx, tx| ask(cx, tx, &owned, &key, &email)).await?;
    if is_sent { Ok(()) } else { Err(AskCodeError::TooManyCodes) }
}

/// Answers whether a code is sent. The address is kept in any case, for the page to show.
fn ask(
    cx: &Cx,
    tx: &mut Tx<'_>,
    visit: &LoginVisit,
    key: &BrowserKey,
    email: &Email,
) -> Result<bool, StoreError> {
    let project = visit.visit.project.id;
    let mut login = lock_login(tx, &visit.login, key)?;
    login.email = Some(email.clone());
    tx.logins(project).update(&login)?;
    if is_too_much(cx, tx, visit, login.connect_session_id, email)? {
        return Ok(false);
    }
    let code = LoginCode {
        id: cx.id(),
        project_id: project,
        login_id: login.id,
        email: email.clone(),
        locale: visit.visit.locale().to_owned(),
        tries: 0,
        requested_at: cx.now(),
        made_at: None,
        used_at: None,
    };
    tx.logins(project).insert_code(&code, login.connect_session_id)?;
    queue_login_code(cx, tx, project, code.id)?;
    Ok(true)
}

fn is_too_much(
    cx: &Cx,
    tx: &mut Tx<'_>,
    visit: &LoginVisit,
    session: ConnectSessionId,
    email: &Email,
) -> Result<bool, StoreError> {
    let since = CodesSince {
        to_address: cx.now() - TO_ADDRESS.1,
        of_session: cx.now() - OF_SESSION.1,
        in_project: cx.now() - IN_PROJECT.1,
    };
    let counts = tx.logins(visit.visit.project.id).count_codes(session, &email.key(), since)?;
    Ok(counts.to_address >= TO_ADDRESS.0
        || counts.of_session >= OF_SESSION.0
        || counts.in_project >= IN_PROJECT.0)
}
