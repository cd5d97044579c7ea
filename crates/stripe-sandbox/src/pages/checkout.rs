//! Checkout: the page of a session, and what its forms do, by itself and embedded.

use axum::Form;
use axum::extract::rejection::{FormRejection, QueryRejection};
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::Response;
use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use serde::Deserialize;

use super::card_form::{CardFields, Field, Problem};
use super::closed_page::ClosedPage;
use super::offered_cards::OfferedCard;
use super::pay_page::{PayPage, wanted};
use super::place::{self, Key};
use super::response::{bad_form, failed, not_found, page, see_other};
use super::{decline, overview};
use crate::checkout::{CheckoutState, CheckoutView, PayOutcome, PromotionOutcome};
use crate::sandbox::Sandbox;

const UNKNOWN: &str = "There is no Checkout Session at this address.";
const EVENTS_SHOWN: i64 = 12;

/// How the page is opened.
#[derive(Default, Deserialize)]
pub(super) struct ShowQuery {
    /// A test card's number, to be filled in.
    card: Option<String>,
    /// Present when the customer comes back from a failed 3-D Secure challenge.
    unconfirmed: Option<String>,
}

/// The promotion code's form.
#[derive(Deserialize)]
pub(super) struct PromotionForm {
    promotion_code: String,
}

/// `GET /c/pay/{session}`
pub(super) async fn show(
    State(sandbox): State<Sandbox>,
    Path(session): Path<String>,
    query: Result<Query<ShowQuery>, QueryRejection>,
) -> Response {
    show_at(&sandbox, &Key::Id(session), &query.unwrap_or_default().0).await
}

/// `GET /c/embedded/{client_secret}`
pub(super) async fn show_embedded(
    State(sandbox): State<Sandbox>,
    Path(secret): Path<String>,
    query: Result<Query<ShowQuery>, QueryRejection>,
) -> Response {
    show_at(&sandbox, &Key::Secret(secret), &query.unwrap_or_default().0).await
}

async fn show_at(sandbox: &Sandbox, key: &Key, query: &ShowQuery) -> Response {
    let view = match open_session(sandbox, key).await {
        Ok(view) => view,
        Err(response) => return *response,
    };
    let mut pay_page = PayPage::new(&view);
    if let Some(card) = query.card.as_deref().and_then(OfferedCard::find) {
        pay_page = pay_page.with_card(card);
    }
    if query.unconfirmed.is_some() {
        pay_page = pay_page.with_declined(decline::NOT_CONFIRMED);
    }
    place::answer(StatusCode::OK, &pay_page, &view)
}

/// `POST /c/pay/{session}`
pub(super) async fn pay(
    State(sandbox): State<Sandbox>,
    Path(session): Path<String>,
    form: Result<Form<CardFields>, FormRejection>,
) -> Response {
    let Ok(Form(fields)) = form else { return bad_form() };
    pay_at(&sandbox, &Key::Id(session), fields).await
}

/// `POST /c/embedded/{client_secret}`
pub(super) async fn pay_embedded(
    State(sandbox): State<Sandbox>,
    Path(secret): Path<String>,
    form: Result<Form<CardFields>, FormRejection>,
) -> Response {
    let Ok(Form(fields)) = form else { return bad_form() };
    pay_at(&sandbox, &Key::Secret(secret), fields).await
}

async fn pay_at(sandbox: &Sandbox, key: &Key, fields: CardFields) -> Response {
    let view = match session_to_pay(sandbox, key).await {
        Ok(view) => view,
        Err(response) => return *response,
    };
    let input = match fields.check(wanted(&view), today(sandbox)) {
        Ok(input) => input,
        Err(problems) => return problems_page(&view, fields, problems),
    };
    match sandbox.pay(&view.session_id, input).await {
        Ok(Some(outcome)) => after_paying(sandbox, &view, fields, outcome).await,
        Ok(None) => not_found(UNKNOWN),
        Err(error) => failed(&error),
    }
}

async fn after_paying(
    sandbox: &Sandbox,
    view: &CheckoutView,
    fields: CardFields,
    outcome: PayOutcome,
) -> Response {
    match outcome {
        // Paid by another press of the button while this one was on its way.
        PayOutcome::Paid { redirect } | PayOutcome::Closed { state: CheckoutState::Complete, redirect } => {
            see_other(&place::end(view, redirect))
        }
        PayOutcome::Closed { .. } => {
            closed(sandbox, &CheckoutView { state: CheckoutState::Expired, ..view.clone() }).await
        }
        PayOutcome::ChallengeRequired { intent_id } => see_other(&format!("/3ds/{intent_id}")),
        PayOutcome::Declined { param: Some(param), .. } if param == "email" => {
            let message = "This address is not accepted. Use another one.";
            problems_page(view, fields, vec![Problem { field: Field::Email, message }])
        }
        PayOutcome::Declined { param: Some(param), .. } if param == "sepa_debit[iban]" => {
            let message = "This is none of the test accounts.";
            problems_page(view, fields, vec![Problem { field: Field::Iban, message }])
        }
        PayOutcome::Declined { code, decline_code, .. } => {
            let reason = decline::in_words(&code, decline_code.as_deref());
            let declined = PayPage::with_typed(view, fields).with_declined(reason);
            place::answer(StatusCode::PAYMENT_REQUIRED, &declined, view)
        }
    }
}

/// `POST /c/pay/{session}/promotion-code`
pub(super) async fn apply_promotion_code(
    State(sandbox): State<Sandbox>,
    Path(session): Path<String>,
    form: Result<Form<PromotionForm>, FormRejection>,
) -> Response {
    let Ok(Form(form)) = form else { return bad_form() };
    apply_code_at(&sandbox, &Key::Id(session), &form).await
}

/// `POST /c/embedded/{client_secret}/promotion-code`
pub(super) async fn apply_embedded_promotion_code(
    State(sandbox): State<Sandbox>,
    Path(secret): Path<String>,
    form: Result<Form<PromotionForm>, FormRejection>,
) -> Response {
    let Ok(Form(form)) = form else { return bad_form() };
    apply_code_at(&sandbox, &Key::Secret(secret), &form).await
}

async fn apply_code_at(sandbox: &Sandbox, key: &Key, form: &PromotionForm) -> Response {
    let view = match open_session(sandbox, key).await {
        Ok(view) => view,
        Err(response) => return *response,
    };
    let code = form.promotion_code.trim().to_owned();
    match sandbox.apply_promotion_code(&view.session_id, &code).await {
        Ok(Some(PromotionOutcome::Applied)) => see_other(&place::address(&view)),
        Ok(Some(PromotionOutcome::Refused { message })) => {
            let refused = PayPage::new(&view).with_refused_code(code, message);
            place::answer(StatusCode::UNPROCESSABLE_ENTITY, &refused, &view)
        }
        Ok(None) => not_found(UNKNOWN),
        Err(error) => failed(&error),
    }
}

/// The session, or the page that says there is none.
async fn find_session(sandbox: &Sandbox, key: &Key) -> Result<CheckoutView, Box<Response>> {
    match sandbox.checkout_view(key.session_id()).await {
        Ok(Some(view)) if key.opens(&view) => Ok(view),
        Ok(_) => Err(not_found(UNKNOWN).into()),
        Err(error) => Err(failed(&error).into()),
    }
}

/// The session when it can be paid on this page, or else the page that says why not.
async fn open_session(sandbox: &Sandbox, key: &Key) -> Result<CheckoutView, Box<Response>> {
    let view = find_session(sandbox, key).await?;
    if view.state != CheckoutState::Open {
        return Err(closed(sandbox, &view).await.into());
    }
    if !key.fits(&view) {
        return Err(page(StatusCode::CONFLICT, &ClosedPage::elsewhere(&view), None).into());
    }
    Ok(view)
}

/// The same for a press of the button. It may come twice, and then the second leads where the first did.
async fn session_to_pay(sandbox: &Sandbox, key: &Key) -> Result<CheckoutView, Box<Response>> {
    let view = find_session(sandbox, key).await?;
    if view.state == CheckoutState::Complete && view.success_url.is_some() {
        return Err(see_other(&place::end(&view, view.success_url.clone())).into());
    }
    open_session(sandbox, key).await
}

async fn closed(sandbox: &Sandbox, view: &CheckoutView) -> Response {
    let status = if view.state == CheckoutState::Expired { StatusCode::GONE } else { StatusCode::OK };
    match sandbox.read(|tx| overview::latest_events(tx, EVENTS_SHOWN)).await {
        Ok(events) => place::answer(status, &ClosedPage::over(view, events), view),
        Err(error) => failed(&error),
    }
}

fn problems_page(view: &CheckoutView, fields: CardFields, problems: Vec<Problem>) -> Response {
    let shown = PayPage::with_typed(view, fields).with_problems(problems);
    place::answer(StatusCode::UNPROCESSABLE_ENTITY, &shown, view)
}

fn today(sandbox: &Sandbox) -> Date {
    Timestamp::from_second(sandbox.now()).unwrap_or_default().to_zoned(TimeZone::UTC).date()
}
