//! The questions of the checkout: one page each, one answer each.

mod details;
mod network;
mod review;

use std::collections::HashMap;

use axum::extract::State;
use axum::response::Response;
use http::StatusCode;
use perennial_core::context::{App, Cx};
use perennial_core::store::Tx;
use perennial_core::visits::{AnswerError, CheckoutVisit};
use perennial_domain::CheckoutStep;

use super::error::{internal, stranger};
use super::fields::Fields;
use super::frame::step_frame;
use super::input::{Path, Query};
use super::links::Why;
use super::response::{page, see_other};
use super::summary::summary_of;
use super::visitor::Buyer;
use crate::pages::form::Form as PageForm;
use crate::pages::summary::Summary;
use crate::pages::{Notice, Page};

pub(super) use details::{ADDRESS_FIELDS, address_form, problem_of, read_address};

/// `GET /checkout/{session}`: to the first open question.
pub(super) async fn resume(buyer: Buyer) -> Response {
    see_other(&buyer.links().step(buyer.checkout.next))
}

/// `GET /checkout/{session}/{step}`
pub(super) async fn show(
    State(app): State<App>,
    Path((_, step)): Path<(String, String)>,
    Query(query): Query<HashMap<String, String>>,
    buyer: Buyer,
) -> Response {
    let Some(step) = CheckoutStep::parse(&step) else { return stranger(&app, Notice::NotFound) };
    if !buyer.checkout.may_open(step) {
        return see_other(&buyer.links().step(buyer.checkout.next));
    }
    let form = with_back(details::prefilled(&buyer, step), &buyer, step);
    match step {
        CheckoutStep::Name | CheckoutStep::Birthday | CheckoutStep::Address | CheckoutStep::Device => {
            details::show(&app, &buyer, step, form)
        }
        CheckoutStep::Sim | CheckoutStep::Number => network::show(&app, &buyer, step, form),
        CheckoutStep::Review => {
            let why =
                query.get("why").and_then(|why| serde_json::from_value::<Why>(why.as_str().into()).ok());
            let before = query.get("before").and_then(|before| before.parse().ok());
            review::show_because(&app, &buyer, why, before)
        }
    }
}

/// `POST /checkout/{session}/{step}`
pub(super) async fn answer(
    State(app): State<App>,
    Path((_, step)): Path<(String, String)>,
    buyer: Buyer,
    fields: Fields,
) -> Response {
    let Some(step) = CheckoutStep::parse(&step) else { return stranger(&app, Notice::NotFound) };
    if !buyer.checkout.may_open(step) {
        return see_other(&buyer.links().step(buyer.checkout.next));
    }
    if let ("back", Some(before)) = (fields.text("action"), buyer.checkout.before(step)) {
        return see_other(&buyer.links().step(before));
    }
    match step {
        CheckoutStep::Name | CheckoutStep::Birthday | CheckoutStep::Address | CheckoutStep::Device => {
            Box::pin(details::answer(&app, buyer, step, &fields)).await
        }
        CheckoutStep::Sim | CheckoutStep::Number => {
            Box::pin(network::answer(&app, buyer, step, &fields)).await
        }
        CheckoutStep::Review => Box::pin(review::answer(&app, buyer, &fields)).await,
    }
}

/// Keeps an answer in one transaction.
async fn keep<F>(app: &App, buyer: &Buyer, work: F) -> Result<(), AnswerError>
where
    F: Fn(&Cx, &mut Tx<'_>, &CheckoutVisit) -> Result<(), AnswerError> + Send + Sync + 'static,
{
    let visit = buyer.checkout.clone();
    app.write(move |cx, tx| work(cx, tx, &visit)).await
}

fn summary(app: &App, buyer: &Buyer) -> Summary {
    summary_of(&buyer.checkout.placed, &buyer.checkout.order(), app.now())
}

fn with_back(form: PageForm, buyer: &Buyer, step: CheckoutStep) -> PageForm {
    if buyer.checkout.before(step).is_some() { form.with_back() } else { form }
}

fn render(app: &App, buyer: &Buyer, step: CheckoutStep, view: &impl Page) -> Response {
    let frame = step_frame(app, &buyer.checkout, step, &buyer.form_token());
    match view.render(&frame) {
        Ok(html) => page(app, StatusCode::OK, html, buyer.checkout.visit.session.callback.as_ref()),
        Err(error) => internal(app, &error),
    }
}
