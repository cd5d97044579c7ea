//! Changing the plan: a choice, a last look with what it costs, and the yes.

use std::collections::HashMap;

use axum::extract::State;
use axum::response::Response;
use jiff::Timestamp;
use perennial_core::context::App;
use perennial_core::subscriptions::{
    Agreed, ChangePlanError, ChoiceError, CurrentPlan, PlanChoice, PlanCost, Way, find_choice, find_current,
    list_choices, price_choice, price_choices,
};
use perennial_core::visits::{ChangeStanding, change_own, settle_own_change};
use perennial_domain::{Money, ProductId};

use super::own::{self, Owner};
use super::{conclude, render};
use crate::pages::form::Form as PageForm;
use crate::pages::manage::{
    ChangePlanPage, ChangeReviewPage, CurrentPlan as CurrentPlanShown, NoOtherPlanPage, PaymentNotice,
    PlanOption, SavedCard,
};
use crate::pages::problem::Problem;
use crate::pages::{Notice, PaymentFailure, WayOut};
use crate::routes::cards::failure_of;
use crate::routes::error::{internal, notice};
use crate::routes::fields::Fields;
use crate::routes::input::Path;
use crate::routes::offer::included_in;
use crate::routes::plan_cost::{cost_of, differences};
use crate::routes::response::see_other;

/// `GET …/change`: the plans that fit.
pub(super) async fn ask(State(app): State<App>, owner: Owner) -> Response {
    show_choices(&app, &owner, PageForm::default()).await
}

/// `POST …/change`: on to the last look.
pub(super) async fn choose(State(app): State<App>, owner: Owner, fields: Fields) -> Response {
    match (fields.text("action"), fields.text("plan").parse::<ProductId>()) {
        ("continue", Ok(plan)) => see_other(&owner.links().change_to(owner.id(), plan)),
        ("continue", Err(_)) => {
            show_choices(&app, &owner, PageForm::default().with_problem(Problem::PlanMissing)).await
        }
        _ => see_other(&owner.links().subscription(owner.id())),
    }
}

/// `GET …/change/{plan}`: what changes, and what that costs.
pub(super) async fn review(
    State(app): State<App>,
    Path(path): Path<HashMap<String, String>>,
    owner: Owner,
) -> Response {
    show_review(&app, &owner, &path, None).await
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
    let number = |name: &str| fields.text(name).parse::<i64>().ok();
    let from = number("from").and_then(|seconds| Timestamp::from_second(seconds).ok());
    let (Some(plan), Some(due_minor), Some(next_minor), Some(prorated_from)) =
        (plan_in(&path), number("due"), number("next"), from)
    else {
        return show_review(&app, &owner, &path, None).await;
    };
    let agreed = Agreed { due_minor, next_minor, prorated_from };
    let back = owner.links().absolute_change_return(&app, owner.id(), plan);
    let changed = Box::pin(change_own(&app, &owner.visitor.visit, owner.id(), plan, agreed, &back)).await;
    match changed {
        Ok(standing) => lead_on(&app, &owner, &path, &standing).await,
        Err(ChangePlanError::PriceChanged { now }) => {
            let before = Money::new(due_minor, now.currency);
            let stale = (before != now).then_some(PaymentNotice::PriceChanged { before, now });
            show_review(&app, &owner, &path, stale).await
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
        ChangeStanding::AskAt(bank_url) => return see_other(bank_url),
        ChangeStanding::Done => {
            return conclude(&owner.visitor.visit, &owner.links().subscription(owner.id()));
        }
        // Somebody was quicker: the page shows what is true now.
        ChangeStanding::Gone => return see_other(&owner.links().subscription(owner.id())),
        ChangeStanding::Unanswered => PaymentNotice::NotFinished,
        ChangeStanding::Failed(code) => PaymentNotice::Failed(failure_of(code.as_deref())),
    };
    show_review(app, owner, path, Some(notice)).await
}

async fn not_done(
    app: &App,
    owner: &Owner,
    path: &HashMap<String, String>,
    error: &ChangePlanError,
) -> Response {
    match error {
        // A second submit: the first one has done it.
        ChangePlanError::Choice(ChoiceError::SamePlan(_)) => {
            conclude(&owner.visitor.visit, &owner.links().subscription(owner.id()))
        }
        ChangePlanError::Choice(ChoiceError::Store(_)) | ChangePlanError::Store(_) => internal(app, error),
        // Another tab was quicker, or what came of it is not known yet: the page shows what is true now.
        ChangePlanError::Choice(ChoiceError::NotNow)
        | ChangePlanError::UnderWay
        | ChangePlanError::Contended
        | ChangePlanError::CarryOut(_)
        | ChangePlanError::PriceChanged { .. } => see_other(&owner.links().subscription(owner.id())),
        ChangePlanError::Choice(_) | ChangePlanError::NeedsCheckout => {
            let form = PageForm::default().with_problem(Problem::PlanGone);
            show_choices(app, owner, form).await
        }
        ChangePlanError::Account(_) | ChangePlanError::Payments(_) => {
            let failed = PaymentNotice::Failed(PaymentFailure::ServiceUnavailable);
            show_review(app, owner, path, Some(failed)).await
        }
    }
}

async fn show_choices(app: &App, owner: &Owner, form: PageForm) -> Response {
    let (project, id) = (owner.visitor.visit.project.id, owner.id());
    let rows = app.read(move |_, tx| {
        let current = find_current(tx, project, id)?;
        let choices = list_choices(tx, &current)?;
        Ok::<_, ChoiceError>((current, choices))
    });
    let (current, choices) = match rows.await {
        Ok(rows) => rows,
        Err(error) => return cannot_choose(app, owner, &error),
    };
    // A first payment needs a checkout of its own, which these pages do not lead to.
    let choices = choices.into_iter().filter(|choice| choice.way != Way::Buy).collect::<Vec<_>>();
    if choices.is_empty() {
        return render(app, &owner.visitor, &NoOtherPlanPage { plan: owner.plan(), has_addons: false });
    }
    match price_choices(app, &current, choices, app.now()).await {
        Ok(costs) => {
            let options = costs.iter().map(|cost| option_of(&current, cost)).collect();
            let page = ChangePlanPage { current: shown(owner), options, form: form.with_back() };
            render(app, &owner.visitor, &page)
        }
        Err(error) => unavailable(app, owner, &error),
    }
}

async fn show_review(
    app: &App,
    owner: &Owner,
    path: &HashMap<String, String>,
    notice: Option<PaymentNotice>,
) -> Response {
    let Some(plan) = plan_in(path) else { return see_other(&owner.links().change(owner.id())) };
    let (project, id) = (owner.visitor.visit.project.id, owner.id());
    let rows = app.read(move |_, tx| {
        let current = find_current(tx, project, id)?;
        let choice = find_choice(tx, &current, plan, None)?;
        Ok::<_, ChoiceError>((current, choice))
    });
    let (current, choice): (CurrentPlan, PlanChoice) = match rows.await {
        Ok(rows) => rows,
        Err(error) => return cannot_choose(app, owner, &error),
    };
    if choice.way == Way::Buy {
        return see_other(&owner.links().change(owner.id()));
    }
    let from = app.now();
    match price_choice(app, &current, choice, from).await {
        Ok(cost) => {
            let option = option_of(&current, &cost);
            let page = ChangeReviewPage {
                current: shown(owner),
                plan_id: option.id,
                plan: option.name,
                cost: option.cost,
                counted_from: from.as_second(),
                differences: option.differences,
                card: owner.own.card.as_ref().map(|method| SavedCard::of(&method.card, app.now())),
                notice,
            };
            render(app, &owner.visitor, &page)
        }
        Err(error) => unavailable(app, owner, &error),
    }
}

fn cannot_choose(app: &App, owner: &Owner, error: &ChoiceError) -> Response {
    match error {
        ChoiceError::Store(_) => internal(app, error),
        _ => see_other(&owner.links().subscription(owner.id())),
    }
}

/// Without Stripe there are no sums to show.
fn unavailable(app: &App, owner: &Owner, error: &ChangePlanError) -> Response {
    tracing::warn!(%error, "the cost of a change of plan could not be looked up");
    let retry = WayOut::TryAgain(owner.links().subscription(owner.id()));
    let failed = Notice::PaymentFailed(PaymentFailure::ServiceUnavailable);
    notice(app, &owner.visitor.visit, &owner.visitor.form_token(), failed, Some(retry))
}

fn plan_in(path: &HashMap<String, String>) -> Option<ProductId> {
    path.get("plan")?.parse().ok()
}

fn shown(owner: &Owner) -> CurrentPlanShown {
    CurrentPlanShown {
        name: owner.plan(),
        included: included_in(&owner.own.view.product),
        next: own::next(owner),
    }
}

fn option_of(current: &CurrentPlan, cost: &PlanCost) -> PlanOption {
    let product = &cost.choice.product;
    PlanOption {
        id: product.id.to_string(),
        name: product.name.clone(),
        description: product.description.clone(),
        cost: cost_of(current, cost),
        differences: differences(&current.product, product),
    }
}
