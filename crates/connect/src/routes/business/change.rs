//! `/checkout/change-plan`: another plan in place of the one that a business has.

use axum::extract::State;
use axum::response::Response;
use jiff::Timestamp;
use perennial_core::actor::acting;
use perennial_core::business::forms::{
    ChangeQuote, ChangeRequest, ChangeWay, FormError, confirm_change, quote_change,
};
use perennial_core::context::App;
use perennial_core::ports::SwapCharge;
use perennial_core::subscriptions::{PlanChoice, PlanCost};
use perennial_domain::Term;

use super::answer::{Next, is_about_the_card, next, notice_of, refused};
use super::desk::Desk;
use super::sent::{Opened, SaidYes, said_prices};
use crate::from_core::date_of;
use crate::pages::business::{ChangeFormPage, FormRefusal, Pays};
use crate::pages::manage::{
    Cost, CurrentPlan, Managed, NextPayment, PaymentNotice, Proration, ProrationLabel, SavedCard,
};
use crate::routes::plan_cost::{cost_of, differences};
use crate::routes::summary::included_in;

/// `GET`: what changes, and what it costs today and then.
pub(super) async fn show(State(app): State<App>, Opened(desk): Opened) -> Response {
    show_form(&app, &desk, notice_of(desk.address.again())).await
}

/// `POST`: the yes to it.
pub(super) async fn confirm(
    State(app): State<App>,
    SaidYes { desk, submission, payment }: SaidYes,
) -> Response {
    let desk = &desk;
    let request = match request_of(desk) {
        Ok(request) => request,
        Err(refusal) => return desk.refuse(&app, refusal),
    };
    let confirmed = Box::pin(confirm_change(&app, &desk.party, &request, &submission, &payment));
    let confirmed = acting(desk.actor(), confirmed).await;
    if let Err(FormError::NotHeld | FormError::SamePlan) = confirmed {
        return already_there(&app, desk, request).await;
    }
    match next(&app, desk, confirmed, submission.due_minor) {
        Next::Answer(answer) => answer,
        Next::ShowAgain(notice) => show_form(&app, desk, notice).await,
    }
}

/// Another tab was quicker: who is where they wanted to be goes on from there.
async fn already_there(app: &App, desk: &Desk, request: ChangeRequest) -> Response {
    let plan = request.selected_plan.clone();
    let request = ChangeRequest { current_plan: None, ..request };
    match quote_change(app, &desk.party, &request).await {
        Err(FormError::SamePlan) => desk.arrive_with(app, Managed::Changed { plan, paid: None }),
        _ => refused(app, desk, &FormError::NotHeld),
    }
}

pub(super) fn request_of(desk: &Desk) -> Result<ChangeRequest, FormRefusal> {
    Ok(ChangeRequest {
        current_plan: desk.address.get("current_plan").map(str::to_owned),
        selected_plan: desk.address.get("selected_plan").ok_or(FormRefusal::LinkIncomplete)?.to_owned(),
        payment_type: desk.address.payment_type(),
        currency: desk.address.currency(),
    })
}

async fn show_form(app: &App, desk: &Desk, notice: Option<PaymentNotice>) -> Response {
    let request = match request_of(desk) {
        Ok(request) => request,
        Err(refusal) => return desk.refuse(app, refusal),
    };
    match quote_change(app, &desk.party, &request).await {
        Ok(quote) => desk.show_form(app, &page_of(app, desk, &quote, notice)),
        Err(error) => refused(app, desk, &error),
    }
}

fn page_of(app: &App, desk: &Desk, quote: &ChangeQuote, notice: Option<PaymentNotice>) -> ChangeFormPage {
    let mut asked = desk.address.fields();
    asked.extend([
        ("due", quote.due.amount_minor.to_string()),
        ("next", quote.price.amount.amount_minor.to_string()),
        ("prices", said_prices(&[quote.price.id])),
        ("from", quote.quoted_at.as_second().to_string()),
    ]);
    ChangeFormPage {
        asked,
        current: current_of(quote),
        plan: quote.product.name.clone(),
        cost: cost_in_words(quote),
        loses_the_rest: loses_the_rest(quote),
        differences: differences(&quote.current.product, &quote.product),
        pays: pays(app, quote),
        offers_another_card: is_about_the_card(notice) && can_be_paid_at_stripe(quote),
        notice,
    }
}

fn current_of(quote: &ChangeQuote) -> CurrentPlan {
    let (price, subscription) = (&quote.current.price, &quote.current.subscription);
    let is_canceled = subscription.canceled_at.is_some();
    let next = match (price.term, subscription.charged_next_at(quote.quoted_at)) {
        (Term::Recurring(every), Some(at)) if !price.amount.is_zero() && !is_canceled => {
            Some(NextPayment { amount: price.amount, every, on: date_of(at) })
        }
        _ => None,
    };
    CurrentPlan {
        name: quote.current.product.name.clone(),
        included: included_in(&quote.current.product),
        next,
    }
}

/// What is left of something that was free, or paid for good, is nothing.
fn loses_the_rest(quote: &ChangeQuote) -> bool {
    let is_difference = matches!(quote.way, ChangeWay::Swap(SwapCharge::Difference(_)));
    let is_paid = !quote.current.price.amount.is_zero();
    is_paid && !is_difference && quote.way != ChangeWay::Record
}

/// Whether the same sum is due where the plan is bought anew with another card.
fn can_be_paid_at_stripe(quote: &ChangeQuote) -> bool {
    match quote.way {
        ChangeWay::Buy => !quote.due.is_zero(),
        ChangeWay::Swap(SwapCharge::NewPeriod) => quote.due == quote.price.amount,
        ChangeWay::Swap(SwapCharge::Difference(_)) | ChangeWay::Record => false,
    }
}

fn pays(app: &App, quote: &ChangeQuote) -> Pays {
    let card = quote.card.as_ref().map(|method| SavedCard::of(&method.card, app.now()));
    match (quote.way, card) {
        (ChangeWay::Record, _) => Pays::NotHere,
        (_, _) if quote.due.amount_minor <= 0 && quote.price.amount.is_zero() => Pays::NotHere,
        (_, Some(card)) => Pays::Card(card),
        (ChangeWay::Swap(_), None) => Pays::AsBefore,
        (ChangeWay::Buy, None) => Pays::AtStripe,
    }
}

/// What it costs today and then. Where Stripe does not say why, it is a first period.
fn cost_in_words(quote: &ChangeQuote) -> Cost {
    let choice = PlanChoice::swap_now(quote.product.clone(), quote.price.clone());
    let (due, preview) = (quote.due, quote.preview.clone());
    let cost =
        cost_of(&quote.current, &PlanCost { choice, due, preview, next_at: next_at(quote), next_due: None });
    if !cost.lines.is_empty() || due.is_zero() {
        return cost;
    }
    let label = ProrationLabel::First(quote.product.name.clone());
    Cost { lines: vec![Proration { label, amount: due }], ..cost }
}

/// When it renews first: with the running period, where only a difference is charged for that, or else a period from now.
fn next_at(quote: &ChangeQuote) -> Option<Timestamp> {
    let (price, running) = (&quote.price, quote.current.period);
    let Term::Recurring(every) = price.term else { return None };
    let goes_on = matches!(quote.way, ChangeWay::Swap(SwapCharge::Difference(_)))
        && price.term == quote.current.price.term;
    let next_at =
        if goes_on { running.and_then(|period| period.end) } else { every.after(quote.quoted_at, 1).ok() };
    next_at.filter(|_| !price.amount.is_zero())
}
