//! Changing the plan: a last look with what it costs, the yes, and the way back from Stripe's page or from the bank.

use std::collections::HashMap;

use axum::extract::State;
use axum::response::Response;
use jiff::Timestamp;
use perennial_core::cards::card_of_customer;
use perennial_core::context::App;
use perennial_core::subscriptions::{
    Agreed, AgreedChange, ChangePlanError, ChoiceError, CurrentPlan, PlanChoice, Way, find_choice,
    find_current, price_choice_and_renewal,
};
use perennial_core::visits::{ChangeStanding, VisitUrls, change_own, settle_own_change};
use perennial_domain::{Money, PaymentMethod, ProductId};

use super::change::{cannot_choose, option_of, refused, show_choices, shown, unavailable};
use super::own::Owner;
use super::{conclude, render};
use crate::pages::form::Form as PageForm;
use crate::pages::manage::{ChangeReviewPage, PaymentNotice, SavedCard};
use crate::pages::problem::Problem;
use crate::pages::{Notice, PaymentFailure, WayOut};
use crate::routes::cards::failure_of;
use crate::routes::error::{internal, notice};
use crate::routes::fields::Fields;
use crate::routes::input::{Path, Query};
use crate::routes::links::Why;
use crate::routes::response::see_other;

/// Why the customer is back.
#[derive(serde::Deserialize)]
pub(super) struct Back {
    why: Option<Why>,
}

/// `GET …/change/{plan}`: what changes, and what that costs.
pub(super) async fn review(
    State(app): State<App>,
    Path(path): Path<HashMap<String, String>>,
    Query(back): Query<Back>,
    owner: Owner,
) -> Response {
    let turned_back = back.why.map(|_| PaymentNotice::NotFinished);
    show_review(&app, &owner, &path, turned_back).await
}

/// `POST …/change/{plan}`: the yes to what was shown.
pub(super) async fn confirm(
    State(app): State<App>,
    Path(path): Path<HashMap<String, String>>,
    owner: Owner,
    fields: Fields,
) -> Response {
    match fields.text("action") {
        "confirm" => {}
        "change_card" => return see_other(&owner.links().card()),
        _ => return see_other(&owner.links().change(owner.id())),
    }
    let (Some(plan), Some(agreed)) = (plan_in(&path), agreed_in(&fields)) else {
        return show_review(&app, &owner, &path, Some(PaymentNotice::Outdated)).await;
    };
    let urls = VisitUrls {
        return_url: owner.links().absolute_change_return(&app, owner.id(), plan),
        cancel_url: owner.links().absolute_change_because(&app, owner.id(), plan, Why::Canceled),
    };
    let changed = Box::pin(change_own(&app, &owner.visitor.visit, owner.id(), plan, agreed, urls)).await;
    match changed {
        Ok(standing) => lead_on(&app, &owner, &path, &standing).await,
        Err(ChangePlanError::NotAsShown { due }) => {
            let before = Money::new(agreed.cost.due_minor, due.currency);
            show_review(&app, &owner, &path, Some(PaymentNotice::not_as_shown(before, due))).await
        }
        Err(error) => not_done(&app, &owner, &path, &error).await,
    }
}

/// `GET …/change/{plan}/return`: what the bank appended to the address is not believed; Stripe is asked.
pub(super) async fn returned(
    State(app): State<App>,
    Path(path): Path<HashMap<String, String>>,
    owner: Owner,
) -> Response {
    let Some(plan) = plan_in(&path) else { return see_other(&owner.links().change(owner.id())) };
    match settle_own_change(&app, &owner.visitor.visit, owner.id(), plan).await {
        Ok(Some(standing)) => lead_on(&app, &owner, &path, &standing).await,
        Ok(None) => see_other(&owner.links().change(owner.id())),
        Err(error) => not_done(&app, &owner, &path, &error).await,
    }
}

async fn lead_on(
    app: &App,
    owner: &Owner,
    path: &HashMap<String, String>,
    standing: &ChangeStanding,
) -> Response {
    let notice = match standing {
        ChangeStanding::AskAt(url) | ChangeStanding::PayAt(url) => return see_other(url),
        ChangeStanding::Done => {
            return conclude(&owner.visitor.visit, &owner.links().subscription(owner.id()));
        }
        // Somebody was quicker: the page shows what is true now.
        ChangeStanding::Gone => return see_other(&owner.links().subscription(owner.id())),
        ChangeStanding::TooLate => return paid_too_late(app, owner),
        ChangeStanding::Refused => return refused(app, owner),
        ChangeStanding::Unanswered => PaymentNotice::NotFinished,
        ChangeStanding::Failed(code) => PaymentNotice::Failed(failure_of(code.as_deref())),
    };
    show_review(app, owner, path, Some(notice)).await
}

/// What was paid cannot be had any more, and goes back by itself.
fn paid_too_late(app: &App, owner: &Owner) -> Response {
    let visitor = &owner.visitor;
    let way_out = WayOut::TryAgain(owner.links().subscription(owner.id()));
    notice(app, &visitor.visit, &visitor.form_token(), Notice::PaidTooLate, Some(way_out))
}

async fn not_done(
    app: &App,
    owner: &Owner,
    path: &HashMap<String, String>,
    error: &ChangePlanError,
) -> Response {
    match error {
        // The present plan, while another one waits for its day: the page tells of that, and can take it back.
        ChangePlanError::Choice(ChoiceError::SamePlan(_)) if owner.own.change.is_some() => {
            see_other(&owner.links().subscription(owner.id()))
        }
        // A second submit: the first one has done it.
        ChangePlanError::Choice(ChoiceError::SamePlan(_)) => {
            conclude(&owner.visitor.visit, &owner.links().subscription(owner.id()))
        }
        ChangePlanError::Choice(ChoiceError::Store(_)) | ChangePlanError::Store(_) => internal(app, error),
        ChangePlanError::UnderWay => see_other(&owner.links().subscription_changing(owner.id())),
        // Another tab was quicker, or what came of it is not known yet: the page shows what is true now.
        ChangePlanError::Choice(ChoiceError::NotNow)
        | ChangePlanError::Contended
        | ChangePlanError::CarryOut(_)
        | ChangePlanError::NotAsShown { .. } => see_other(&owner.links().subscription(owner.id())),
        ChangePlanError::Choice(_) | ChangePlanError::NeedsCheckout => {
            let form = PageForm::default().with_problem(Problem::PlanGone);
            show_choices(app, owner, form).await
        }
        ChangePlanError::Payments(_) | ChangePlanError::Start(_) if error.is_refusal() => {
            unavailable(app, owner, error)
        }
        ChangePlanError::Account(_) | ChangePlanError::Payments(_) | ChangePlanError::Start(_) => {
            tracing::warn!(%error, "a plan could not be changed");
            let failed = PaymentNotice::Failed(PaymentFailure::ServiceUnavailable);
            show_review(app, owner, path, Some(failed)).await
        }
    }
}

async fn show_review(
    app: &App,
    owner: &Owner,
    path: &HashMap<String, String>,
    notice: Option<PaymentNotice>,
) -> Response {
    let Some(plan) = plan_in(path) else { return see_other(&owner.links().change(owner.id())) };
    let (current, choice, card) = match look_up(app, owner, plan).await {
        Ok(rows) => rows,
        Err(error) => return cannot_choose(app, owner, &error),
    };
    let (from, way) = (app.now(), choice.way.as_str());
    match price_choice_and_renewal(app, &current, choice, from).await {
        Ok(cost) => {
            let option = option_of(&current, &cost);
            let page = ChangeReviewPage {
                current: shown(owner),
                plan_id: option.id,
                plan: option.name,
                cost: option.cost,
                counted_from: from.as_second(),
                way,
                differences: option.differences,
                card: card.as_ref().map(|method| SavedCard::of(&method.card, app.now())),
                notice,
            };
            render(app, &owner.visitor, &page)
        }
        Err(error) => unavailable(app, owner, &error),
    }
}

/// The plan that is had, the one that was chosen, and the card that will pay.
async fn look_up(
    app: &App,
    owner: &Owner,
    plan: ProductId,
) -> Result<(CurrentPlan, PlanChoice, Option<PaymentMethod>), ChoiceError> {
    let (project, id, card) = (owner.visitor.visit.project.id, owner.id(), owner.own.card.clone());
    let rows = app.read(move |cx, tx| {
        let current = find_current(cx, tx, project, id)?;
        let choice = find_choice(tx, &current, plan, None)?;
        // What nobody bills has no card of its own.
        let card = match choice.way {
            Way::Buy => card_of_customer(tx, project, current.subscription.customer_id)?,
            _ => card.clone(),
        };
        Ok((current, choice, card))
    });
    rows.await
}

/// What the page showed, and the yes was for.
fn agreed_in(fields: &Fields) -> Option<AgreedChange> {
    let number = |name: &str| fields.text(name).parse::<i64>().ok();
    let cost = Agreed {
        due_minor: number("due")?,
        next_minor: number("next")?,
        prorated_from: Timestamp::from_second(number("from")?).ok()?,
    };
    let starts_on = match fields.text("starts") {
        "now" => None,
        day => Some(day.parse().ok()?),
    };
    let renewal_minor = match fields.text("renewal") {
        "" => None,
        sum => Some(sum.parse().ok()?),
    };
    Some(AgreedChange { cost, way: Way::parse(fields.text("way"))?, starts_on, renewal_minor })
}

fn plan_in(path: &HashMap<String, String>) -> Option<ProductId> {
    path.get("plan")?.parse().ok()
}
