//! Following the link that an app got for its customer.

use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use http::header::SET_COOKIE;
use perennial_core::context::App;
use perennial_core::logins::{begin_login, load_login};
use perennial_core::visits::{EnterError, Entered, enter, load_visit};
use perennial_domain::ConnectSessionId;
use secrecy::ExposeSecret;
use serde::Deserialize;

use super::cookie;
use super::error::{auth_expired, internal, stranger};
use super::input::Query;
use super::links::Links;
use super::response::{nothing, see_other};
use crate::pages::Notice;

/// What the link carries.
#[derive(Deserialize)]
pub(super) struct EntryQuery {
    session: Option<String>,
    token: Option<String>,
}

/// `GET /checkout/entry`
pub(super) async fn enter_checkout(
    State(app): State<App>,
    headers: HeaderMap,
    Query(query): Query<EntryQuery>,
) -> Response {
    follow(&app, &headers, query).await
}

/// `GET /portal/entry`
pub(super) async fn enter_portal(
    State(app): State<App>,
    headers: HeaderMap,
    Query(query): Query<EntryQuery>,
) -> Response {
    follow(&app, &headers, query).await
}

/// `HEAD /{area}/entry`: mail programs and virus scanners look at links before people do. Looking uses nothing up.
pub(super) async fn look() -> Response {
    nothing()
}

async fn follow(app: &App, headers: &HeaderMap, query: EntryQuery) -> Response {
    let Some(session) = query.session.and_then(|session| session.parse::<ConnectSessionId>().ok()) else {
        return stranger(app, Notice::SessionUnknown);
    };
    // A link followed again in the browser that used it leads on to where that browser is.
    if let Some(key) = cookie::read(headers, session)
        && let Ok(visit) = app.read(move |cx, tx| load_visit(cx, tx, session, &key)).await
    {
        return see_other(&Links::of(&visit.session).start());
    }
    let Some(token) = query.token else { return ask_who(app, headers, session).await };
    match enter(app, session, &token).await {
        Ok(entered) => welcome(app, &entered),
        // No app waits to hear of it: a link from a mail, that somebody or something opened before, asks who it is now.
        Err(EnterError::LinkExpired(None)) => ask_who(app, headers, session).await,
        Err(error) => cannot_enter(app, session, &error),
    }
}

fn cannot_enter(app: &App, session: ConnectSessionId, error: &EnterError) -> Response {
    match error {
        EnterError::Unknown(_) => stranger(app, Notice::SessionUnknown),
        EnterError::LinkExpired(callback) | EnterError::EmailTaken(callback) => {
            auth_expired(app, session, callback.as_ref(), Notice::SessionUsed)
        }
        EnterError::LoginElsewhere(url) => see_other(url.as_str()),
        EnterError::BadDetails(_) | EnterError::Store(_) => internal(app, error),
    }
}

/// The app asked for a link that anybody may open: who comes says who they are. A browser that was asked before is asked
/// on where it was.
async fn ask_who(app: &App, headers: &HeaderMap, session: ConnectSessionId) -> Response {
    let lifetime = app.settings().browser_lifetime;
    if let Some(key) = cookie::read(headers, session)
        && let Ok(login) = app.read(move |cx, tx| load_login(cx, tx, lifetime, session, &key)).await
    {
        return see_other(&Links::of(&login.visit.session).login());
    }
    match begin_login(app, session).await {
        Ok(entered) => welcome(app, &entered),
        Err(error) => cannot_enter(app, session, &error),
    }
}

/// The token leaves the address bar with this redirect; from here on the cookie speaks for the browser.
fn welcome(app: &App, entered: &Entered) -> Response {
    let session = &entered.session;
    let mut response = see_other(&Links::of(session).start());
    if let Some(cookie) = cookie::write(app, session.id, entered.browser_key.expose_secret()) {
        response.headers_mut().append(SET_COOKIE, cookie);
    }
    response
}
