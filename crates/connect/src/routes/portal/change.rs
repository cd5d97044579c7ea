//! Changing the plan, or adding to it: the choice. What comes after it is in [`super::change_review`].

use axum::extract::State;
use axum::response::Response;
use perennial_core::context::App;
use perennial_core::subscriptions::{
    ChangePlanError, ChoiceError, CurrentPlan, PlanCost, addons_in_the_way, find_current, list_choices,
    price_choices,
};
use perennial_domain::ProductId;

use super::addons::fitting;
use super::own::{self, Owner};
use super::render;
use crate::pages::form::Form as PageForm;
use crate::pages::manage::{ChangePlanPage, CurrentPlan as CurrentPlanShown, NoOtherPlanPage, PlanOption};
use crate::pages::problem::Problem;
use crate::pages::{Notice, PaymentFailure, WayOut};
use crate::routes::error::{internal, notice, way_back};
use crate::routes::fields::Fields;
use crate::routes::plan_cost::{cost_of, differences};
use crate::routes::response::see_other;
use crate::routes::summary::included_in;

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
        ("buy_addon", _) => see_other(&owner.links().addons_for(owner.id())),
        _ => see_other(&owner.links().subscription(owner.id())),
    }
}

pub(super) async fn show_choices(app: &App, owner: &Owner, form: PageForm) -> Response {
    let (project, id) = (owner.visitor.visit.project.id, owner.id());
    let rows = app.read(move |cx, tx| {
        let current = find_current(cx, tx, project, id)?;
        let choices = list_choices(tx, &current)?;
        let in_the_way = if choices.is_empty() { addons_in_the_way(tx, &current)? } else { Vec::new() };
        Ok::<_, ChoiceError>((current, choices, in_the_way))
    });
    let (current, choices, in_the_way) = match rows.await {
        Ok(rows) => rows,
        Err(error) => return cannot_choose(app, owner, &error),
    };
    let has_addons = match fitting(app, owner).await {
        Ok(addons) => !addons.is_empty(),
        Err(error) => return internal(app, &error),
    };
    match price_choices(app, &current, choices, app.now()).await {
        Ok(costs) if costs.is_empty() => {
            render(app, &owner.visitor, &NoOtherPlanPage { plan: owner.plan(), in_the_way, has_addons })
        }
        Ok(costs) => {
            let options = costs.iter().map(|cost| option_of(&current, cost)).collect();
            let page = ChangePlanPage { current: shown(owner), options, has_addons, form: form.with_back() };
            render(app, &owner.visitor, &page)
        }
        Err(error) => unavailable(app, owner, &error),
    }
}

pub(super) fn cannot_choose(app: &App, owner: &Owner, error: &ChoiceError) -> Response {
    match error {
        ChoiceError::Store(_) => internal(app, error),
        _ => see_other(&owner.links().subscription(owner.id())),
    }
}

/// Without Stripe there are no sums to show. What it refuses is nothing that its customer could try again.
pub(super) fn unavailable(app: &App, owner: &Owner, error: &ChangePlanError) -> Response {
    if error.is_refusal() {
        tracing::error!(%error, "a plan is on sale that Stripe refuses");
        return refused(app, owner);
    }
    tracing::warn!(%error, "the cost of a change of plan could not be looked up");
    let retry = WayOut::TryAgain(owner.links().subscription(owner.id()));
    let failed = Notice::PaymentFailed(PaymentFailure::ServiceUnavailable);
    notice(app, &owner.visitor.visit, &owner.visitor.form_token(), failed, Some(retry))
}

pub(super) fn refused(app: &App, owner: &Owner) -> Response {
    let visitor = &owner.visitor;
    notice(app, &visitor.visit, &visitor.form_token(), Notice::RefusedByStripe, way_back(&visitor.visit))
}

pub(super) fn shown(owner: &Owner) -> CurrentPlanShown {
    CurrentPlanShown {
        name: owner.plan(),
        included: included_in(&owner.own.view.product),
        next: own::next(owner),
    }
}

pub(super) fn option_of(current: &CurrentPlan, cost: &PlanCost) -> PlanOption {
    let product = &cost.choice.product;
    PlanOption {
        id: product.id.to_string(),
        name: product.name.clone(),
        description: product.description.clone(),
        cost: cost_of(current, cost),
        differences: differences(&current.product, product),
    }
}
