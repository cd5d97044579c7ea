//! The 3-D Secure challenge: the bank's question, answered by pressing a button.

use askama::Template;
use axum::Form;
use axum::extract::rejection::FormRejection;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use serde::Deserialize;

use super::money::format_amount;
use super::response::{bad_form, failed, not_found, page, see_other};
use crate::checkout::{ChallengeOutcome, ChallengeView};
use crate::sandbox::Sandbox;

const UNKNOWN: &str = "This challenge belongs to no payment, or it was answered already.";

#[derive(Template)]
#[template(path = "challenge.html")]
struct ChallengePage {
    intent: String,
    merchant: String,
    amount: Option<String>,
    last4: String,
}

impl ChallengePage {
    fn of(view: ChallengeView) -> Self {
        let amount =
            view.amount.zip(view.currency).map(|(amount, currency)| format_amount(amount, &currency));
        Self { intent: view.intent_id, merchant: view.merchant_name, amount, last4: view.last4 }
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
    match sandbox.challenge_view(&intent) {
        Ok(Some(view)) if view.pending => {
            let leads_to = view.leads_to.clone();
            page(StatusCode::OK, &ChallengePage::of(view), leads_to.as_deref())
        }
        Ok(_) => not_found(UNKNOWN),
        Err(error) => failed(&error),
    }
}

/// `POST /3ds/{intent}`
pub(super) async fn answer(
    State(sandbox): State<Sandbox>,
    Path(intent): Path<String>,
    form: Result<Form<AnswerForm>, FormRejection>,
) -> Response {
    let Ok(Form(form)) = form else { return bad_form() };
    let outcome = match sandbox.complete_challenge(&intent, form.outcome == Answer::Complete).await {
        Ok(outcome) => outcome,
        Err(error) => return failed(&error),
    };
    match outcome {
        Some(ChallengeOutcome::Failed { session_id, .. }) => {
            see_other(&format!("/c/pay/{session_id}?unconfirmed"))
        }
        Some(
            ChallengeOutcome::Continue { redirect: Some(address) }
            | ChallengeOutcome::Settled { redirect: Some(address) },
        ) => see_other(&address),
        Some(
            ChallengeOutcome::Continue { redirect: None } | ChallengeOutcome::Settled { redirect: None },
        ) => see_other("/_sandbox"),
        None => not_found(UNKNOWN),
    }
}
