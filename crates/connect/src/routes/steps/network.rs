//! Which SIM, and which number.

use axum::response::Response;
use perennial_core::context::App;
use perennial_core::visits::{
    AnswerError, AnswerField, Mistake, MistakeKind, NumberAnswer, SimAnswer, choose_number, choose_sim,
};
use perennial_domain::{CheckoutStep, NumberChoice, SimChoice, SimType};

use super::{Fields, keep, render, summary, with_back};
use crate::pages::checkout::{NumberPage, SimPage};
use crate::pages::form::Form;
use crate::pages::problem::Problem;
use crate::routes::error::internal;
use crate::routes::response::see_other;
use crate::routes::visitor::Buyer;

pub(super) fn show(app: &App, buyer: &Buyer, step: CheckoutStep, form: Form) -> Response {
    let summary = summary(app, buyer);
    if step == CheckoutStep::Number {
        return render(app, buyer, step, &NumberPage { summary, form });
    }
    let types = buyer.checkout.sim_types();
    let page = SimPage {
        summary,
        offers_new: types.contains(&SimType::Esim),
        offers_own: types.contains(&SimType::Psim),
        form,
    };
    render(app, buyer, step, &page)
}

/// What was chosen before. A number to keep is not shown again in full: it is asked for.
pub(super) fn prefilled(buyer: &Buyer, step: CheckoutStep) -> Form {
    if let Some(problem) = lost(buyer, step) {
        return Form::default().with_problem(problem);
    }
    let progress = &buyer.checkout.visit.session.progress;
    match (step, &progress.sim, &progress.number) {
        (CheckoutStep::Sim, Some(SimChoice::Own(iccid)), _) => {
            Form::default().with_value("sim_choice", "own").with_value("iccid", iccid.clone())
        }
        (CheckoutStep::Sim, Some(SimChoice::Known(_)), _) => Form::default().with_value("sim_choice", "own"),
        (CheckoutStep::Number, _, Some(NumberChoice::Keep(_))) => {
            Form::default().with_value("number_choice", "keep")
        }
        _ => Form::default(),
    }
}

/// Why the customer is asked again, where what they chose was taken meanwhile.
fn lost(buyer: &Buyer, step: CheckoutStep) -> Option<Problem> {
    match step {
        _ if !buyer.checkout.lost.contains(&step) => None,
        CheckoutStep::Number => Some(Problem::NumberLost),
        _ => Some(Problem::SimLost),
    }
}

pub(super) async fn answer(app: &App, buyer: Buyer, step: CheckoutStep, fields: &Fields) -> Response {
    let (names, kept): (&[&'static str], _) = if step == CheckoutStep::Sim {
        (&["sim_choice", "iccid"], keep_sim(app, &buyer, fields).await)
    } else {
        (&["number_choice", "phone_number", "account_number"], keep_number(app, &buyer, fields).await)
    };
    match kept {
        Ok(Ok(())) | Err(AnswerError::Gone) => see_other(&buyer.links().start()),
        Ok(Err(problem)) => {
            let typed =
                names.iter().fold(Form::default(), |form, name| form.with_value(name, fields.text(name)));
            show(app, &buyer, step, with_back(typed, &buyer, step).with_problem(problem))
        }
        Err(error) => internal(app, &error),
    }
}

/// Kept, or what the customer has to mend.
type Kept = Result<Result<(), Problem>, AnswerError>;

async fn keep_sim(app: &App, buyer: &Buyer, fields: &Fields) -> Kept {
    let answer = match fields.text("sim_choice") {
        "new" => SimAnswer::New,
        "own" if fields.text("iccid").trim().is_empty() => return Ok(Err(Problem::IccidMissing)),
        "own" => SimAnswer::Own(fields.text("iccid").to_owned()),
        _ => return Ok(Err(Problem::SimChoiceMissing)),
    };
    sorted(keep(app, buyer, move |cx, tx, visit| choose_sim(cx, tx, visit, &answer)).await)
}

async fn keep_number(app: &App, buyer: &Buyer, fields: &Fields) -> Kept {
    let answer = match fields.text("number_choice") {
        "new" => NumberAnswer::New,
        "keep" if fields.text("phone_number").trim().is_empty() => {
            return Ok(Err(Problem::PhoneNumberMissing));
        }
        "keep" => NumberAnswer::Keep {
            phone_number: fields.text("phone_number").to_owned(),
            account_number: Some(fields.text("account_number").to_owned()),
        },
        _ => return Ok(Err(Problem::NumberChoiceMissing)),
    };
    sorted(keep(app, buyer, move |cx, tx, visit| choose_number(cx, tx, visit, &answer)).await)
}

fn sorted(kept: Result<(), AnswerError>) -> Kept {
    match kept {
        Err(AnswerError::Mistakes(mistakes)) => {
            Ok(Err(mistakes.first().copied().map_or(Problem::SimChoiceMissing, problem_of)))
        }
        other => other.map(Ok),
    }
}

pub(super) fn problem_of(mistake: Mistake) -> Problem {
    match (mistake.field, mistake.kind) {
        (AnswerField::Iccid, MistakeKind::InUse) => Problem::IccidTaken,
        (AnswerField::Iccid, _) => Problem::IccidInvalid,
        (AnswerField::PhoneNumber, MistakeKind::InUse) => Problem::PhoneNumberNotPortable,
        (AnswerField::PhoneNumber, _) => Problem::PhoneNumberInvalid,
        (AnswerField::AccountNumber, _) => Problem::AccountNumberInvalid,
        _ => Problem::SimChoiceMissing,
    }
}
