//! What people see when something did not work: a sentence, never a blank page.

use askama::Template;
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse, Response};
use perennial_client::{Error, ErrorKind};

/// Why a page or a button could not do its work.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Problem {
    #[error(transparent)]
    Api(#[from] Error),
    #[error("the API opened a session without a URL")]
    NoEntry,
    #[error(transparent)]
    Page(#[from] askama::Error),
}

#[derive(Template)]
#[template(path = "problem.html")]
struct ProblemPage {
    heading: &'static str,
    message: String,
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        log(&self, "a request did not work");
        let (status, message) = match &self {
            Self::Api(error) => (status(error), explain(error)),
            Self::NoEntry => (StatusCode::BAD_GATEWAY, NOT_UNDERSTOOD.to_owned()),
            Self::Page(_) => (StatusCode::INTERNAL_SERVER_ERROR, "This page cannot be shown.".to_owned()),
        };
        answer(status, ProblemPage { heading: "That did not work", message })
    }
}

pub(crate) async fn no_such_page() -> Response {
    let message = "Nothing is at this address. It may have been mistyped, or it has moved.".to_owned();
    answer(StatusCode::NOT_FOUND, ProblemPage { heading: "Page not found", message })
}

fn answer(status: StatusCode, page: ProblemPage) -> Response {
    // Even without its page, the sentence is said.
    let html = page.render().unwrap_or(page.message);
    (status, Html(html)).into_response()
}

const NOT_UNDERSTOOD: &str =
    "Our plan service gave an answer that we do not understand. You have not been charged.";

/// An API error in words for customers. The API's own messages are meant to be shown.
pub(crate) fn explain(error: &Error) -> String {
    match error {
        Error::Api(refusal) => refusal.message.clone(),
        Error::NoAnswer { .. } => {
            "Our plan service does not answer. You have not been charged. Please try again in a minute."
                .to_owned()
        }
        _ => NOT_UNDERSTOOD.to_owned(),
    }
}

/// Refusals of what the customer asked for are 422; all else is between this shop and the API.
pub(crate) fn status(error: &Error) -> StatusCode {
    match error {
        Error::Api(refusal) if matches!(refusal.kind, ErrorKind::Invalid | ErrorKind::NotFound) => {
            StatusCode::UNPROCESSABLE_ENTITY
        }
        _ => StatusCode::BAD_GATEWAY,
    }
}

/// Logs an error with its causes, which say what the sentence for customers leaves out.
pub(crate) fn log(error: &dyn std::error::Error, what_happened: &str) {
    let chain: Vec<String> =
        std::iter::successors(Some(error), |error| error.source()).map(ToString::to_string).collect();
    tracing::warn!(error = chain.join(": "), "{what_happened}");
}
