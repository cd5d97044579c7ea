//! Logging in by e-mail alone; see [`crate::customer`] for why that is enough here and nowhere else.

use askama::Template;
use axum::Form;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::http::header::SET_COOKIE;
use axum::response::{Html, IntoResponse, Redirect, Response};
use perennial_client::PlanId;
use serde::Deserialize;

use crate::customer::Customer;
use crate::problem::Problem;
use crate::{Shop, buy};

#[derive(Template)]
#[template(path = "log_in.html")]
struct LogInPage {
    /// What was typed, so that it need not be typed again.
    email: String,
    error: Option<&'static str>,
    /// What to buy right after logging in.
    plan: Option<PlanId>,
}

#[derive(Deserialize)]
pub(crate) struct Next {
    plan: Option<PlanId>,
}

#[derive(Deserialize)]
pub(crate) struct LogIn {
    email: String,
    plan: Option<PlanId>,
}

/// To the log-in page, which remembers what was about to be bought.
pub(crate) fn redirect_before_buying(plan: &PlanId) -> Redirect {
    Redirect::to(&format!("/log-in?plan={plan}"))
}

pub(crate) async fn page(Query(next): Query<Next>) -> Result<Html<String>, Problem> {
    let page = LogInPage { email: String::new(), error: None, plan: next.plan };
    Ok(Html(page.render()?))
}

pub(crate) async fn submit(State(shop): State<Shop>, Form(form): Form<LogIn>) -> Result<Response, Problem> {
    let email = form.email.trim();
    if !looks_like_email(email) {
        let error = Some("Enter your e-mail address, for example robin@example.com.");
        let page = LogInPage { email: email.to_owned(), error, plan: form.plan };
        return Ok((StatusCode::UNPROCESSABLE_ENTITY, Html(page.render()?)).into_response());
    }
    let customer = Customer { email: email.to_owned() };
    let cookie = customer.log_in_cookie(shop.public_url.scheme() == "https");
    let next = match form.plan {
        Some(plan) => buy::check_out(&shop, &customer, plan).await.into_response(),
        None => Redirect::to("/phone-plans").into_response(),
    };
    Ok(([(SET_COOKIE, cookie)], next).into_response())
}

pub(crate) async fn log_out() -> impl IntoResponse {
    ([(SET_COOKIE, Customer::log_out_cookie())], Redirect::to("/"))
}

/// Whether it could be one: the API decides what it accepts.
fn looks_like_email(text: &str) -> bool {
    let has_both_sides =
        text.split_once('@').is_some_and(|(name, host)| !name.is_empty() && !host.is_empty());
    has_both_sides && text.len() <= 254 && !text.contains(char::is_whitespace)
}
