//! Logging in, for visits that know nobody yet: an address, then the code that was sent there.
//!
//! | address | does |
//! |---|---|
//! | `GET`, `POST /{area}/{session}/login` | asks for the address, then for the code |
//! | `POST /{area}/{session}/login/leave` | back to the app, without having said anything |

use axum::Router;
use axum::extract::{FromRequestParts, State};
use axum::http::request::Parts;
use axum::response::Response;
use axum::routing::{get, post};
use http::StatusCode;
use http::header::SET_COOKIE;
use perennial_core::business::forms::FormPass;
use perennial_core::context::{App, Cx};
use perennial_core::logins::{AskCodeError, LoginVisit, Proved, ask_code, load_login, prove};
use perennial_core::visits::{BrowserKey, load_visit};
use perennial_domain::{CodeStanding, ConnectSession, MemberId, Outcome};

use super::business::pass_cookie;
use super::cookie;
use super::error::{internal, no_visit, notice};
use super::fields::{Fields, Sender};
use super::frame::frame_of;
use super::input::Query;
use super::links::Links;
use super::response::{page, see_other};
use super::visitor::{browser_of, switch_language};
use crate::pages::form::Form as PageForm;
use crate::pages::login::{CodePage, CodeState, EmailPage};
use crate::pages::problem::Problem;
use crate::pages::{Frame, Notice, Page, WayOut};

/// The log-in's addresses, the same in both areas.
pub(super) fn routes() -> Router<App> {
    let of = |area: &str| {
        Router::new()
            .route(&format!("/{area}/{{session}}/login"), get(show).post(answer))
            .route(&format!("/{area}/{{session}}/login/leave"), post(leave))
    };
    of("checkout").merge(of("portal"))
}

/// A browser that has to say who it is.
pub(super) struct Newcomer {
    login: LoginVisit,
    key: BrowserKey,
}

impl Newcomer {
    fn links(&self) -> Links {
        Links::of(&self.login.visit.session)
    }

    fn form_token(&self) -> String {
        cookie::form_token(&self.key)
    }
}

impl FromRequestParts<App> for Newcomer {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Response> {
        let (session, key) = browser_of(parts, app).await?;
        // Who is in already has nothing to prove: a second click on the button, or the way back.
        let known = key.clone();
        if let Ok(visit) = app.read(move |cx, tx| load_visit(cx, tx, session, &known)).await {
            return Err(see_other(&Links::of(&visit.session).start()));
        }
        let known = key.clone();
        let lifetime = app.settings().browser_lifetime;
        let login = app.read(move |cx, tx| load_login(cx, tx, lifetime, session, &known)).await;
        let login = login.map_err(|error| no_visit(app, &error))?;
        switch_language(parts, app, &login.visit).await?;
        let retry = || Links::of(&login.visit.session).login();
        Sender::announce(parts, || Sender { key: key.clone(), visit: login.visit.clone(), retry: retry() });
        Ok(Self { login, key })
    }
}

/// Why the customer sees the page again.
#[derive(Clone, Copy, Debug, Default, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
enum Turn {
    /// They do not.
    #[default]
    First,
    /// Another code was sent.
    Again,
    /// No more codes are sent for a while.
    TooMany,
    /// They want to give another address.
    OtherEmail,
}

#[derive(Default, serde::Deserialize)]
pub(super) struct LoginQuery {
    #[serde(default)]
    turn: Turn,
}

/// `GET …/login`
pub(super) async fn show(
    State(app): State<App>,
    Query(query): Query<LoginQuery>,
    newcomer: Newcomer,
) -> Response {
    match (&newcomer.login.login.email, query.turn) {
        (None, _) | (_, Turn::OtherEmail) => {
            render(&app, &newcomer, &EmailPage { form: PageForm::default() })
        }
        (Some(_), turn) => show_code(&app, &newcomer, turn, PageForm::default()),
    }
}

/// `POST …/login`: what is done is the same whoever's address it is.
pub(super) async fn answer(State(app): State<App>, newcomer: Newcomer, fields: Fields) -> Response {
    let links = newcomer.links();
    let known = newcomer.login.login.email.as_ref().map(ToString::to_string);
    match (fields.text("action"), known) {
        ("other_email", _) => see_other(&links.login_with("other_email")),
        ("resend", Some(email)) => send(&app, &newcomer, &email, &links.login_with("again")).await,
        ("verify", Some(_)) => verify(&app, &newcomer, fields.text("code")).await,
        _ => send(&app, &newcomer, fields.text("email"), &links.login()).await,
    }
}

/// `POST …/login/leave`: the visit stays open for whoever it is meant for.
pub(super) async fn leave(newcomer: Newcomer, _: Fields) -> Response {
    let session = &newcomer.login.visit.session;
    match &session.callback {
        Some(callback) => see_other(&callback.with_outcome(session.id, Outcome::UserAborted)),
        None => see_other(&newcomer.links().login()),
    }
}

async fn send(app: &App, newcomer: &Newcomer, email: &str, then: &str) -> Response {
    let typed =
        |problem| EmailPage { form: PageForm::default().with_value("email", email).with_problem(problem) };
    match ask_code(app, &newcomer.login, &newcomer.key, email).await {
        Ok(()) => see_other(then),
        Err(AskCodeError::TooManyCodes) => see_other(&newcomer.links().login_with("too_many")),
        Err(AskCodeError::Email(_)) if email.trim().is_empty() => {
            render(app, newcomer, &typed(Problem::EmailMissing))
        }
        Err(AskCodeError::Email(_)) => render(app, newcomer, &typed(Problem::EmailInvalid)),
        Err(error @ AskCodeError::Store(_)) => internal(app, &error),
    }
}

async fn verify(app: &App, newcomer: &Newcomer, code: &str) -> Response {
    let mistaken = |problem| PageForm::default().with_value("code", code).with_problem(problem);
    if code.trim().is_empty() {
        return show_code(app, newcomer, Turn::First, mistaken(Problem::CodeMissing));
    }
    match prove(app, &newcomer.login, &newcomer.key, code).await {
        Ok(Proved::Entered { session, member }) => go_in(app, &session, member),
        Ok(Proved::Wrong) => show_code(app, newcomer, Turn::First, mistaken(Problem::CodeWrong)),
        Ok(Proved::Stale) => see_other(&newcomer.links().login()),
        Ok(Proved::NoAccount) => {
            let again = WayOut::TryAgain(newcomer.links().login_with("other_email"));
            notice(app, &newcomer.login.visit, &newcomer.form_token(), Notice::NoAccount, Some(again))
        }
        Err(error) => internal(app, &error),
    }
}

/// To where the visit begins, or back to the form that it was opened for.
fn go_in(app: &App, session: &ConnectSession, member: Option<MemberId>) -> Response {
    let (Some(form), Some(member), Some(business)) = (&session.progress.form, member, session.customer_id)
    else {
        return see_other(&Links::of(session).start());
    };
    let mut response = see_other(form);
    let pass = FormPass::of_member(app, member);
    if let Some(cookie) = pass_cookie(app, session.project_id, business, pass) {
        response.headers_mut().append(SET_COOKIE, cookie);
    }
    response
}

fn show_code(app: &App, newcomer: &Newcomer, turn: Turn, form: PageForm) -> Response {
    let email = newcomer.login.login.email.as_ref().map(ToString::to_string).unwrap_or_default();
    let state = match (newcomer.login.standing(&Cx::at(app.now())), turn) {
        (None, _) | (_, Turn::TooMany) => CodeState::TooManyCodes,
        (Some(CodeStanding::Expired), _) => CodeState::Expired,
        (Some(CodeStanding::TooManyTries), _) => CodeState::TooManyTries,
        (Some(CodeStanding::Open), Turn::Again) => CodeState::SentAgain,
        (Some(CodeStanding::Open), _) => CodeState::Sent,
    };
    render(app, newcomer, &CodePage { email, state, form })
}

fn render(app: &App, newcomer: &Newcomer, view: &impl Page) -> Response {
    let visit = &newcomer.login.visit;
    let leave_path = visit.session.callback.as_ref().map(|_| newcomer.links().login_leave());
    let frame = Frame { leave_path, ..frame_of(app, visit, &newcomer.form_token()) };
    match view.render(&frame) {
        Ok(html) => page(app, StatusCode::OK, html, visit.session.callback.as_ref()),
        Err(error) => internal(app, &error),
    }
}
