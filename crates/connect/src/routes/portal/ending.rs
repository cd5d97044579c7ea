//! Cancelling and taking it back: asked once more, then done.

use std::collections::HashMap;

use axum::extract::State;
use axum::response::Response;
use perennial_core::context::App;
use perennial_core::ports;
use perennial_core::subscriptions::{CancelError, ends_at_once, find_up_to_date};
use perennial_core::visits::{cancel_own, resume_own};
use perennial_domain::{Cancellation, SubscriptionState, UserReason};

use super::own::{self, Owner};
use super::{conclude, deed, render};
use crate::from_core::date_of;
use crate::pages::form::Form as PageForm;
use crate::pages::manage::{CancelPage, Ending, Managed, ManagedPage, ResumePage, SavedCard};
use crate::pages::problem::Problem;
use crate::pages::{Notice, PaymentFailure, WayOut};
use crate::routes::error::{internal, notice, stranger, way_back};
use crate::routes::fields::Fields;
use crate::routes::input::Path;
use crate::routes::links::Deed;
use crate::routes::mailed::cancellation_address;
use crate::routes::response::see_other;

/// `GET …/cancel`
pub(super) async fn ask_cancel(State(app): State<App>, owner: Owner) -> Response {
    let owner = match Box::pin(up_to_date(&app, owner)).await {
        Ok(owner) => owner,
        Err(response) => return response,
    };
    if !owner.own.view.subscription.can_cancel() {
        return see_other(&owner.links().subscription(owner.id()));
    }
    render(&app, &owner.visitor, &cancel_page(&app, &owner, PageForm::default()))
}

/// `POST …/cancel`
pub(super) async fn cancel(State(app): State<App>, owner: Owner, fields: Fields) -> Response {
    let owner = match Box::pin(up_to_date(&app, owner)).await {
        Ok(owner) => owner,
        Err(response) => return response,
    };
    let subscription = &owner.own.view.subscription;
    if fields.text("action") != "cancel" || !subscription.can_cancel() {
        return see_other(&owner.links().subscription(owner.id()));
    }
    let typed = PageForm::default()
        .with_value("reason", fields.text("reason"))
        .with_value("comment", fields.text("comment"));
    // The page promised a day. If it is another one by now, the customer decides again.
    if fields.text("ending") != ending_of(&app, &owner).value() {
        return render(&app, &owner.visitor, &cancel_page(&app, &owner, typed));
    }
    let answer = match read_answer(fields.text("reason"), fields.text("comment")) {
        Ok(answer) => answer,
        Err(problem) => {
            return render(&app, &owner.visitor, &cancel_page(&app, &owner, typed.with_problem(problem)));
        }
    };
    match cancel_own(&app, &owner.visitor.visit, subscription, answer).await {
        Ok(()) => conclude(&owner.visitor.visit, &owner.links().done_with(owner.id(), Deed::Canceled)),
        Err(error) => not_done(&app, &owner, &error),
    }
}

/// `GET …/resume`
pub(super) async fn ask_resume(State(app): State<App>, owner: Owner) -> Response {
    let subscription = &owner.own.view.subscription;
    match subscription.ended_at.filter(|_| subscription.can_resume(app.now())) {
        Some(end) => {
            let page = ResumePage {
                plan: owner.plan(),
                ends_on: date_of(end),
                next: own::next(&owner),
                card: owner.own.card.as_ref().map(|method| SavedCard::of(&method.card, app.now())),
            };
            render(&app, &owner.visitor, &page)
        }
        None => see_other(&owner.links().subscription(owner.id())),
    }
}

/// `POST …/resume`
pub(super) async fn resume(State(app): State<App>, owner: Owner, fields: Fields) -> Response {
    if fields.text("action") != "resume" {
        return see_other(&owner.links().subscription(owner.id()));
    }
    match resume_own(&app, &owner.visitor.visit, &owner.own.view.subscription).await {
        Ok(()) => conclude(&owner.visitor.visit, &owner.links().done_with(owner.id(), Deed::Resumed)),
        Err(error) => not_done(&app, &owner, &error),
    }
}

/// `GET …/done/{deed}`: what is true now, for a visit without an app to go back to.
pub(super) async fn done(
    State(app): State<App>,
    Path(path): Path<HashMap<String, String>>,
    owner: Owner,
) -> Response {
    let subscription = &owner.own.view.subscription;
    let done = match (path.get("deed").and_then(|word| deed(word)), subscription.state, subscription.ended_at)
    {
        (Some(Deed::Canceled), SubscriptionState::Ended, _) => Managed::CanceledAtOnce { plan: owner.plan() },
        (Some(Deed::Canceled), _, Some(end)) => Managed::Canceled { plan: owner.plan(), until: date_of(end) },
        (Some(Deed::Resumed), _, None) => Managed::Resumed { plan: owner.plan(), next: own::next(&owner) },
        (Some(_), _, _) => return see_other(&owner.links().subscription(owner.id())),
        (None, _, _) => return stranger(&app, Notice::NotFound),
    };
    let mail_sent_to = match &done {
        Managed::Canceled { .. } | Managed::CanceledAtOnce { .. } => {
            cancellation_address(&app, &owner.visitor, subscription).await
        }
        _ => None,
    };
    render(&app, &owner.visitor, &ManagedPage { done, mail_sent_to, continue_url: None })
}

/// Once the paid period is over Stripe knows better than our row what a cancellation means: whether the renewal is drafted,
/// paid, or owed.
async fn up_to_date(app: &App, owner: Owner) -> Result<Owner, Response> {
    if !owner.own.view.subscription.awaits_renewal(app.now()) {
        return Ok(owner);
    }
    match find_up_to_date(app, owner.visitor.visit.project.id, owner.id()).await {
        Ok(_) => Box::pin(owner.reload(app)).await,
        Err(error) => Err(not_done(app, &owner, &error)),
    }
}

fn cancel_page(app: &App, owner: &Owner, form: PageForm) -> CancelPage {
    let ending = ending_of(app, owner);
    CancelPage {
        plan: owner.plan(),
        ending,
        addons: owner.own.addons.iter().map(|own| own.product.name.clone()).collect(),
        phone_number: owner.own.view.subscription.phone_number.clone(),
        can_resume: ending != Ending::AtOnce,
        form,
    }
}

/// At once, where nothing stands against it; else when the running period is used up, which may not be paid yet.
fn ending_of(app: &App, owner: &Owner) -> Ending {
    let (subscription, now) = (&owner.own.view.subscription, app.now());
    if ends_at_once(&owner.visitor.visit.project, subscription, now) {
        return Ending::AtOnce;
    }
    ports::Ending::of(subscription, subscription.scheduled_end(now), owner.own.next, now).into()
}

/// A reason is asked for and may be left out: then it is none. The field for a comment is sent with any reason, and is meant
/// for one.
fn read_answer(reason: &str, comment: &str) -> Result<Cancellation, Problem> {
    let reason = match reason {
        "" => UserReason::NoDetails,
        word => UserReason::parse(word).ok_or(Problem::CancelReasonUnknown)?,
    };
    let comment = Some(comment).filter(|_| reason.takes_comment());
    Cancellation::requested(Some(reason), comment).map_err(|_| Problem::CancelCommentTooLong)
}

fn not_done(app: &App, owner: &Owner, error: &CancelError) -> Response {
    match error {
        // Another tab, or the clock, was quicker: the page shows what is true now.
        CancelError::Ended
        | CancelError::NotRecurring
        | CancelError::Unknown(_)
        | CancelError::Transition(_) => see_other(&owner.links().subscription(owner.id())),
        // Asked again, Stripe would say the same.
        CancelError::Payments(refused) if refused.is_refusal() => {
            tracing::error!(%error, "Stripe refuses to change the end of a subscription");
            let visit = &owner.visitor.visit;
            notice(app, visit, &owner.visitor.form_token(), Notice::RefusedByStripe, way_back(visit))
        }
        CancelError::ChangeUnderWay(_) => see_other(&owner.links().subscription_changing(owner.id())),
        CancelError::Account(_)
        | CancelError::Payments(_)
        | CancelError::Sync(_)
        | CancelError::Withdraw(_) => {
            tracing::warn!(%error, "Stripe could not change the end of a subscription");
            let retry = WayOut::TryAgain(owner.links().subscription(owner.id()));
            let unavailable = Notice::PaymentFailed(PaymentFailure::ServiceUnavailable);
            notice(app, &owner.visitor.visit, &owner.visitor.form_token(), unavailable, Some(retry))
        }
        CancelError::Store(_) => internal(app, error),
    }
}
