//! A payment that waits for the customer's bank.

use std::collections::HashMap;

use axum::extract::{FromRequestParts, State};
use axum::http::request::Parts;
use axum::response::Response;
use perennial_core::cards::{CardError, ConfirmError, Confirmation, confirm_payment, settle_confirmation};
use perennial_core::context::App;
use perennial_core::visits::{OwnPayment, Rest, conclude_payment, find_own_payment, find_rest};
use perennial_domain::{PaymentId, PaymentState, ProjectId};
use serde::Deserialize;

use super::{conclude, failure_of};
use crate::pages::manage::{ConfirmPaymentPage, Managed, ManagedPage, PaymentNotice, SavedCard};
use crate::pages::{Notice, PaymentFailure};
use crate::routes::error::{internal, notice, stranger, way_back};
use crate::routes::fields::Fields;
use crate::routes::input::{Path, Query};
use crate::routes::links::{CardWhy, Links};
use crate::routes::mailed::receipt_address;
use crate::routes::portal::render;
use crate::routes::response::see_other;
use crate::routes::visitor::Visitor;

/// A visitor, and the payment of theirs that the address names.
pub(super) struct Payer {
    visitor: Visitor,
    own: OwnPayment,
}

impl Payer {
    fn links(&self) -> Links {
        Links::of(&self.visitor.visit.session)
    }

    fn project(&self) -> ProjectId {
        self.visitor.visit.project.id
    }

    fn id(&self) -> PaymentId {
        self.own.payment.id
    }
}

impl FromRequestParts<App> for Payer {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Response> {
        let visitor = Visitor::from_request_parts(parts, app).await?;
        let Path(path) = Path::<HashMap<String, String>>::from_request_parts(parts, app).await?;
        let id = path.get("payment").and_then(|id| id.parse::<PaymentId>().ok());
        let id = id.ok_or_else(|| stranger(app, Notice::NotFound))?;
        let visit = visitor.visit.clone();
        let own = app.read(move |_, tx| find_own_payment(tx, &visit, id)).await;
        if let Some(own) = own.map_err(|error| internal(app, &error))? {
            return Ok(Self { visitor, own });
        }
        // Somebody else's and nobody's are not told apart.
        let way_out = way_back(&visitor.visit);
        Err(notice(app, &visitor.visit, &visitor.form_token(), Notice::NotFound, way_out))
    }
}

/// What the address says of why the customer is here again.
#[derive(Deserialize)]
pub(super) struct Reason {
    why: Option<CardWhy>,
}

/// `GET …/payments/{payment}`
pub(super) async fn show(State(app): State<App>, Query(reason): Query<Reason>, payer: Payer) -> Response {
    let payment = &payer.own.payment;
    if payment.has_arrived() {
        let rest = find_rest(&app, &payer.visitor.visit, payment).await;
        return match ask_for_rest(&app, &payer, rest) {
            Some(elsewhere) => elsewhere,
            None => paid(&app, &payer).await,
        };
    }
    if !payment.is_open() {
        let way_out = way_back(&payer.visitor.visit);
        let (visit, form_token) = (&payer.visitor.visit, payer.visitor.form_token());
        return notice(&app, visit, &form_token, Notice::IntentUnavailable, way_out);
    }
    let failed = || {
        let code = payment.attempts.failure.as_ref().map(|failure| failure.code.as_str());
        PaymentNotice::Failed(failure_of(code))
    };
    let again = match (payment.state, reason.why) {
        (PaymentState::RequiresPaymentMethod | PaymentState::Failed, _) => Some(failed()),
        (_, Some(CardWhy::Unavailable)) => Some(PaymentNotice::Failed(PaymentFailure::ServiceUnavailable)),
        (_, Some(CardWhy::Refused)) => Some(PaymentNotice::Failed(PaymentFailure::NotAuthenticated)),
        (_, Some(CardWhy::Unfinished)) => Some(PaymentNotice::NotFinished),
        (_, None | Some(CardWhy::Open)) => None,
    };
    let page = ConfirmPaymentPage {
        what: payer.own.what.clone(),
        amount: payment.amount,
        card: payer.own.card.as_ref().map(|method| SavedCard::of(&method.card, app.now())),
        notice: again,
    };
    render(&app, &payer.visitor, &page)
}

/// `POST …/payments/{payment}`: to the bank, or to another card.
pub(super) async fn choose(State(app): State<App>, payer: Payer, fields: Fields) -> Response {
    let needs_card =
        matches!(payer.own.payment.state, PaymentState::RequiresPaymentMethod | PaymentState::Failed);
    if fields.text("action") == "change_card" || needs_card {
        return see_other(&payer.links().card());
    }
    let back = payer.links().absolute_payment_return(&app, payer.id());
    let confirmed = confirm_payment(&app, payer.project(), payer.id(), &back).await;
    lead_on(&app, &payer, confirmed).await
}

/// `GET …/payments/{payment}/return`: what the bank appended to the address is not believed; Stripe is asked.
pub(super) async fn returned(State(app): State<App>, payer: Payer) -> Response {
    let settled = settle_confirmation(&app, payer.project(), payer.id()).await;
    lead_on(&app, &payer, settled).await
}

async fn lead_on(app: &App, payer: &Payer, result: Result<Confirmation, ConfirmError>) -> Response {
    let (links, id) = (payer.links(), payer.id());
    match result {
        Ok(Confirmation::AskAt(bank_url)) => see_other(&bank_url),
        Ok(Confirmation::Paid(payment)) => {
            let rest = conclude_payment(app, &payer.visitor.visit, &payment).await;
            let elsewhere = ask_for_rest(app, payer, rest);
            elsewhere.unwrap_or_else(|| conclude(&payer.visitor, &links.payment(id)))
        }
        Ok(Confirmation::Confirming(_) | Confirmation::Unanswered(_)) => {
            see_other(&links.payment_because(id, CardWhy::Unfinished))
        }
        Ok(Confirmation::Refused(_)) => see_other(&links.payment_because(id, CardWhy::Refused)),
        Err(error @ ConfirmError::Store(_)) => internal(app, &error),
        Err(ConfirmError::Unknown(_)) => see_other(&links.start()),
        Err(error @ (ConfirmError::Account(_) | ConfirmError::Payments(_) | ConfirmError::Sync(_))) => {
            tracing::warn!(%error, "a payment could not be confirmed, or not be looked at");
            see_other(&links.payment_because(id, CardWhy::Unavailable))
        }
    }
}

/// To where the customer pays what is left beside this payment; nothing, where nothing is left.
fn ask_for_rest(app: &App, payer: &Payer, rest: Result<Rest, CardError>) -> Option<Response> {
    let links = payer.links();
    match rest {
        Ok(Rest::Nothing) => None,
        Ok(Rest::ForGivenCard) => Some(see_other(&links.card_return())),
        Ok(Rest::ForAnyCard) => Some(see_other(&links.card_because(CardWhy::Open))),
        Err(error @ CardError::Store(_)) => Some(internal(app, &error)),
        Err(error) => {
            tracing::warn!(%error, "what is left to pay is not known");
            Some(see_other(&links.card_because(CardWhy::Unavailable)))
        }
    }
}

/// Back to the app that sent the customer for this; elsewhere a page says that it is done.
async fn paid(app: &App, payer: &Payer) -> Response {
    let done = Managed::PaymentConfirmed { amount: payer.own.payment.amount };
    let session = &payer.visitor.visit.session;
    let continue_url = session
        .callback
        .as_ref()
        .zip(session.outcome)
        .map(|(callback, outcome)| callback.with_outcome(session.id, outcome));
    let mail_sent_to = receipt_address(app, &payer.visitor, payer.id()).await;
    render(app, &payer.visitor, &ManagedPage { done, mail_sent_to, continue_url })
}
