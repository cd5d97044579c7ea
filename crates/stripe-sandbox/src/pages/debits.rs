//! Debits under way on the overview, and the buttons that answer for the bank.

use axum::Form;
use axum::extract::rejection::FormRejection;
use axum::extract::{Path, State};
use axum::response::Response;
use serde::Deserialize;

use super::money::format_amount;
use super::response::{bad_form, failed, not_found, see_other};
use crate::ApiError;
use crate::billing::{clocks, debits};
use crate::fields::Fields;
use crate::sandbox::Sandbox;
use crate::store::{Select, Tx};

const DEBITS_SHOWN: i64 = 20;

/// One debit in a list.
pub(super) struct DebitRow {
    pub(super) id: String,
    pub(super) intent: String,
    pub(super) amount: String,
}

/// How a bank answers.
#[derive(Clone, Copy, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "lowercase")]
pub(super) enum Answer {
    /// The money comes.
    Pay,
    /// It does not.
    Refuse,
}

/// What the buttons post.
#[derive(Deserialize)]
pub(super) struct AnswerForm {
    outcome: Answer,
}

/// The debits that no bank has answered yet.
pub(super) fn under_way(tx: &Tx<'_>) -> Result<Vec<DebitRow>, ApiError> {
    let debits = Select::of(debits::DEBIT).newest(tx, DEBITS_SHOWN)?;
    let row = |debit: &serde_json::Value| {
        let intent = tx.linked("payment_intent", debit.text("payment_intent").unwrap_or_default())?;
        let currency = intent.text("currency").unwrap_or_default();
        Ok(DebitRow {
            id: debit.id().to_owned(),
            intent: intent.id().to_owned(),
            amount: format_amount(intent.amount("amount"), currency),
        })
    };
    debits.iter().map(row).collect()
}

/// `POST /_sandbox/debits/{debit}`
pub(super) async fn answer(
    State(sandbox): State<Sandbox>,
    Path(debit): Path<String>,
    form: Result<Form<AnswerForm>, FormRejection>,
) -> Response {
    let Ok(Form(form)) = form else { return bad_form() };
    let answered = sandbox.write(|tx| {
        let Some(debit) = tx.find_kind(debits::DEBIT, &debit)? else { return Ok(false) };
        clocks::in_time_of(tx, &debit, || debits::finish(tx, &debit, form.outcome == Answer::Pay))?;
        Ok(true)
    });
    match answered.await {
        Ok(true) => see_other("/_sandbox"),
        Ok(false) => not_found("This debit was answered already."),
        Err(error) => failed(&error),
    }
}
