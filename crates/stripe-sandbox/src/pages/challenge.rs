//! The 3-D Secure challenge: the bank's question, answered by pressing a button.

use askama::Template;
use axum::Form;
use axum::extract::rejection::FormRejection;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use serde::Deserialize;

use super::money::format_amount;
use super::place;
use super::response::{bad_form, failed, not_found, page, see_other};
use crate::ApiError;
use crate::checkout::{ChallengeOutcome, ChallengeView, CheckoutView, UiMode};
use crate::sandbox::Sandbox;

const UNKNOWN: &str = "This challenge belongs to no payment, or it was answered already.";

#[derive(Template)]
#[template(path = "challenge.html")]
struct ChallengePage {
    intent: String,
    merchant: String,
    amount: Option<String>,
    last4: String,
    embedded: bool,
}

impl ChallengePage {
    fn of(view: ChallengeView, embedded: bool) -> Self {
        let amount =
            view.amount.zip(view.currency).map(|(amount, currency)| format_amount(amount, &currency));
        let ChallengeView { intent_id: intent, merchant_name: merchant, last4, .. } = view;
        Self { intent, merchant, amount, last4, embedded }
    }
}

/// How the customer answers.
#[derive(Clone, Copy, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "lowercase")]
pub(super) enum Answer {
    /// As the customer's bank expects.
    Complete,
    /// Wrongly, or not at all.
    Fail,
}

/// What the challenge's form posts.
#[derive(Deserialize)]
pub(super) struct AnswerForm {
    outcome: Answer,
}

/// `GET /3ds/{intent}`
pub(super) async fn show(State(sandbox): State<Sandbox>, Path(intent): Path<String>) -> Response {
    match sandbox.challenge_view(&intent).await {
        Ok(Some(view)) if view.pending => match session_of(&sandbox, &view).await {
            Ok(Some(session)) => {
                let embedded = session.ui_mode == UiMode::Embedded;
                place::answer(StatusCode::OK, &ChallengePage::of(view, embedded), &session)
            }
            Ok(None) => {
                let leads_to = view.leads_to.clone();
                page(StatusCode::OK, &ChallengePage::of(view, false), leads_to.as_deref())
            }
            Err(error) => failed(&error),
        },
        Ok(_) => not_found(UNKNOWN),
        Err(error) => failed(&error),
    }
}

/// The Checkout Session that a challenge belongs to, if it does.
async fn session_of(sandbox: &Sandbox, view: &ChallengeView) -> Result<Option<CheckoutView>, ApiError> {
    let Some(session) = &view.session_id else { return Ok(None) };
    sandbox.checkout_view(session).await
}

/// `POST /3ds/{intent}`
pub(super) async fn answer(
    State(sandbox): State<Sandbox>,
    Path(intent): Path<String>,
    form: Result<Form<AnswerForm>, FormRejection>,
) -> Response {
    let Ok(Form(form)) = form else { return bad_form() };
    let answered = sandbox.complete_challenge(&intent, form.outcome == Answer::Complete).await;
    let session = match sandbox.challenge_view(&intent).await {
        Ok(Some(view)) => session_of(&sandbox, &view).await,
        Ok(None) => Ok(None),
        Err(error) => Err(error),
    };
    match (answered, session) {
        (Ok(Some(outcome)), Ok(session)) => see_other(&way_on(outcome, session.as_ref())),
        (Ok(None), _) => not_found(UNKNOWN),
        (Err(error), _) | (_, Err(error)) => failed(&error),
    }
}

fn way_on(outcome: ChallengeOutcome, session: Option<&CheckoutView>) -> String {
    match (outcome, session) {
        (ChallengeOutcome::Failed { .. }, Some(session)) => {
            format!("{}?unconfirmed", place::address(session))
        }
        (ChallengeOutcome::Failed { session_id, .. }, None) => format!("/c/pay/{session_id}?unconfirmed"),
        (ChallengeOutcome::Continue { redirect } | ChallengeOutcome::Settled { redirect }, Some(session)) => {
            place::end(session, redirect)
        }
        (ChallengeOutcome::Continue { redirect } | ChallengeOutcome::Settled { redirect }, None) => {
            redirect.unwrap_or_else(|| "/_sandbox".to_owned())
        }
    }
}
