//! `/checkout/forms/{project}/{form}`: where Stripe and banks send the customer back to. What their addresses say is not
//! believed; Stripe is asked.

use std::collections::HashMap;

use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use http::StatusCode;
use perennial_core::actor::acting;
use perennial_core::business::forms::{FormStanding, Pursued, find_form, find_party_of, names_of, pursue};
use perennial_core::context::App;
use perennial_domain::{CheckoutForm, CheckoutFormId, ProjectId};

use super::address::{FormAddress, Kind, SIGNED};
use super::answer::{UNFINISHED, refused, word_of};
use super::desk::Desk;
use super::sent::later_payment;
use crate::pages::Notice;
use crate::pages::checkout::{Confirming, ConfirmingPage};
use crate::pages::manage::Managed;
use crate::routes::error::{internal, stranger};
use crate::routes::input::{Path, Query};
use crate::routes::response::see_other;

/// `GET`: does what is left to do, and leads on. Looked at again, it charges nothing again.
pub(super) async fn look(
    State(app): State<App>,
    Path((project, id)): Path<(String, String)>,
    Query(query): Query<HashMap<String, String>>,
    headers: HeaderMap,
) -> Response {
    let signed = query.get(SIGNED).map(String::as_str);
    let (form, desk) = match find(&app, &project, &id, &headers, signed).await {
        Ok(found) => found,
        Err(response) => return response,
    };
    let payment = later_payment(&app, &desk);
    let response = match acting(desk.actor(), pursue(&app, form, &payment)).await {
        Ok(Pursued { form, standing }) => {
            let attempt = query.get("attempt").and_then(|attempt| attempt.parse().ok()).unwrap_or(0);
            lead_on(&app, &desk, &form, &standing, attempt).await
        }
        Err(error) => return refused(&app, &desk, &error),
    };
    if response.status().is_redirection() { desk.with_pass(response) } else { response }
}

async fn find(
    app: &App,
    project: &str,
    id: &str,
    headers: &HeaderMap,
    signed: Option<&str>,
) -> Result<(CheckoutForm, Desk), Response> {
    let unknown = || stranger(app, Notice::NotFound);
    let ids = project.parse::<ProjectId>().ok().zip(id.parse::<CheckoutFormId>().ok());
    let (project, id) = ids.ok_or_else(unknown)?;
    let form = find_form(app, project, id).await.map_err(|error| internal(app, &error))?;
    let form = form.ok_or_else(unknown)?;
    let (kind, address) = FormAddress::parse(&form.address).ok_or_else(unknown)?;
    let asked = form.clone();
    let party = app.read(move |_, tx| find_party_of(tx, &asked)).await;
    let party = party.map_err(|error| internal(app, &error))?.ok_or_else(unknown)?;
    let desk = Desk::of(app, kind, address, headers, party, signed).await?;
    let desk = desk.going_on_with(form.id);
    Ok((form, desk))
}

async fn lead_on(
    app: &App,
    desk: &Desk,
    form: &CheckoutForm,
    standing: &FormStanding,
    attempt: u32,
) -> Response {
    match standing {
        FormStanding::Done if desk.leads_on() => desk.arrive(form.id),
        FormStanding::Done => show_done(app, desk, form).await,
        FormStanding::PayAt(page) => see_other(page),
        FormStanding::AskAt(_) | FormStanding::Unpaid(_) => {
            see_other(&desk.address.because(desk.kind, UNFINISHED))
        }
        FormStanding::Failed(code) => see_other(&desk.address.because(desk.kind, word_of(code.as_deref()))),
        FormStanding::Confirming => wait(app, desk, form, attempt).await,
        FormStanding::TooLate => desk.tell(app, StatusCode::OK, Notice::PaidTwice, desk.way_back()),
    }
}

/// All is done, and no other system waits for the customer.
async fn show_done(app: &App, desk: &Desk, form: &CheckoutForm) -> Response {
    let items = match names(app, form).await {
        Ok(items) => items,
        Err(response) => return response,
    };
    let done = match desk.kind {
        Kind::ChangePlan => Managed::Changed { plan: items.join(", "), paid: None },
        Kind::Purchase | Kind::Cancel => Managed::Bought { items },
    };
    desk.done(app, done)
}

/// Nobody knows yet what came of it: the page looks again by itself, with growing pauses.
async fn wait(app: &App, desk: &Desk, form: &CheckoutForm, attempt: u32) -> Response {
    let plan = match names(app, form).await {
        Ok(items) => items.join(", "),
        Err(response) => return response,
    };
    let next_path = format!("{}?attempt={}", desk.form_path(form.id), attempt.saturating_add(1));
    let state = match ConfirmingPage::pause_seconds(attempt) {
        Some(pause_seconds) => Confirming::Waiting { next_path, pause_seconds },
        None => Confirming::Slow { reference: form.id.to_string(), next_path },
    };
    desk.show(app, StatusCode::OK, &ConfirmingPage { plan, state })
}

async fn names(app: &App, form: &CheckoutForm) -> Result<Vec<String>, Response> {
    let form = form.clone();
    app.read(move |_, tx| names_of(tx, &form)).await.map_err(|error| internal(app, &error))
}
