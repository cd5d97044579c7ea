//! Visits that change a plan: the yes, a bank that asks about it, and what came of it.

use perennial_domain::{
    Intent, Outcome, ProductId, SubscriptionChange, SubscriptionChangeState, SubscriptionId,
};

use super::buy::VisitUrls;
use super::finish::close;
use super::plan_purchase::{buy_own_plan, settle_own_purchase};
use super::visit::Visit;
use crate::cards::{ConfirmError, Confirmation, confirm_payment};
use crate::context::App;
use crate::subscriptions::{
    AgreedChange, CarryOutError, ChangePlan, ChangePlanError, Way, carry_out_change, make_change, plan_change,
};

/// What a visitor who changed a plan does next.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ChangeStanding {
    /// Nothing: the plan is changed, or will be at the renewal.
    Done,
    /// Their bank asks them here.
    AskAt(String),
    /// They give a card, and pay, on Stripe's page.
    PayAt(String),
    /// Their bank still waits for an answer, or has not decided yet.
    Unanswered,
    /// Stripe refuses the plan, whatever they do. Nothing was charged, and the plan is what it was.
    Refused,
    /// Their card did not pay, for this reason in Stripe's words. The plan is what it was.
    Failed(Option<String>),
    /// Somebody was quicker, and took the change back.
    Gone,
    /// It was paid when the subscription was not the same any more: the money goes back.
    TooLate,
}

/// Changes the plan of the visitor's subscription, as they agreed to it. A bank that asks, and Stripe's page,
/// send them to the return URL afterwards.
pub async fn change_own(
    app: &App,
    visit: &Visit,
    subscription: SubscriptionId,
    plan: ProductId,
    agreed: AgreedChange,
    urls: VisitUrls,
) -> Result<ChangeStanding, ChangePlanError> {
    let command = ChangePlan {
        project: visit.project.id,
        subscription,
        plan,
        requested: None,
        agreed: Some(agreed),
        request: None,
    };
    let planned = plan_change(app, command).await?;
    if planned.choice.way == Way::Buy {
        return Box::pin(buy_own_plan(app, visit, &planned, urls)).await;
    }
    let change = Box::pin(make_change(app, planned)).await?;
    let Some(invoice) = awaited_invoice(&change) else { return conclude(app, visit, &change).await };
    let project = change.project_id;
    let payment = app.read(move |_, tx| tx.payments(project).find_by_reference(&invoice)).await?;
    if let Some(payment) = payment {
        let confirmation = confirm_payment(app, project, payment.id, &urls.return_url).await?;
        if let Confirmation::AskAt(bank_url) = confirmation {
            return Ok(ChangeStanding::AskAt(bank_url));
        }
    }
    let change = carry_out_change(app, project, change.id).await?;
    conclude(app, visit, &change).await
}

/// What came of the visitor's latest change, which was to this plan; `None` where there was no such change.
pub async fn settle_own_change(
    app: &App,
    visit: &Visit,
    subscription: SubscriptionId,
    plan: ProductId,
) -> Result<Option<ChangeStanding>, ChangePlanError> {
    if let Some(standing) = Box::pin(settle_own_purchase(app, visit, subscription, plan)).await? {
        return Ok(Some(standing));
    }
    let project = visit.project.id;
    let latest = app.read(move |_, tx| tx.subscription_changes(project).latest_of(subscription)).await?;
    let Some(mut change) = latest.filter(|change| change.product_id == plan) else { return Ok(None) };
    if change.is_open() {
        change = carry_out_change(app, project, change.id).await?;
    }
    conclude(app, visit, &change).await.map(Some)
}

fn awaited_invoice(change: &SubscriptionChange) -> Option<String> {
    change.stripe_invoice_id.clone().filter(|_| change.state == SubscriptionChangeState::Initiated)
}

/// The visit is a success once the change is, or waits for nothing but its day.
async fn conclude(
    app: &App,
    visit: &Visit,
    change: &SubscriptionChange,
) -> Result<ChangeStanding, ChangePlanError> {
    Ok(match change.state {
        SubscriptionChangeState::Applied | SubscriptionChangeState::Pending => {
            if matches!(visit.session.intent, Intent::ChangeSubscription(_)) {
                close(app, visit.project.id, visit.session.id, Outcome::Success).await?;
            }
            ChangeStanding::Done
        }
        SubscriptionChangeState::Initiated => ChangeStanding::Unanswered,
        SubscriptionChangeState::Failed
            if change.failure_code.as_deref() == Some(SubscriptionChange::REFUSED) =>
        {
            ChangeStanding::Refused
        }
        SubscriptionChangeState::Failed => ChangeStanding::Failed(change.failure_code.clone()),
        SubscriptionChangeState::Deleted => ChangeStanding::Gone,
    })
}

impl From<ConfirmError> for ChangePlanError {
    fn from(error: ConfirmError) -> Self {
        match error {
            ConfirmError::Unknown(_) => Self::Contended,
            ConfirmError::Sync(error) => Self::CarryOut(CarryOutError::Sync(error)),
            ConfirmError::Account(error) => Self::Account(error),
            ConfirmError::Payments(error) => Self::Payments(error),
            ConfirmError::Store(error) => Self::Store(error),
        }
    }
}
