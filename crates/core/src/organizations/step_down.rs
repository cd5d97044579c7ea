//! From a plan that is paid to a free one: it begins when what is paid is used up (contract §9.2). The subscription stays
//! the same, and Stripe's part in it ends with the period.

use perennial_domain::{
    ChangeTime, Customer, ProjectId, Subscription, SubscriptionChange, SubscriptionChangeState,
    SubscriptionId, SubscriptionState,
};
use perennial_store::{StoreError, Tx};

use super::buy::{Bought, Buy, BuyError, Choice};
use crate::context::{App, Cx};
use crate::events::{Happening, record};
use crate::subscriptions::{
    ChangePlan, ChangePlanError, ChoiceError, PlanChoice, PlannedChange, Way, find_current, make_change,
};

/// Whether a free plan can wait for the end of what is paid. What was paid for good never ends, and what is owed has to be
/// paid first.
pub(super) fn can_wait(subscription: &Subscription) -> bool {
    subscription.term.renews()
        && subscription.stripe_subscription_id.is_some()
        && subscription.state == SubscriptionState::Active
}

/// Has the free plan begin with the next period. Asked again, it is the same activation.
pub(super) async fn step_down(
    app: &App,
    command: &Buy,
    choice: Choice,
    subscription: SubscriptionId,
) -> Result<Bought, BuyError> {
    let project = command.project;
    app.write(move |cx, tx| take_cancellation_back(cx, tx, project, subscription)).await?;
    let current = app.read(move |_, tx| find_current(tx, project, subscription)).await;
    let current = current.map_err(|error| BuyError::from(ChangePlanError::from(error)))?;
    let planned = PlannedChange {
        command: ChangePlan {
            project,
            subscription,
            plan: choice.product.id,
            requested: Some(ChangeTime::Renewal),
            agreed: None,
            request: None,
        },
        choice: PlanChoice {
            starts_at: current.subscription.current_period.and_then(|period| period.end),
            product: choice.product,
            price: choice.price,
            way: Way::Lapse,
        },
        current,
        prorated_from: app.now(),
    };
    let change = Box::pin(make_change(app, planned)).await?;
    if change.state == SubscriptionChangeState::Failed {
        return Err(ChangePlanError::Contended.into());
    }
    let session_id = name_of_change(&command.organization, &change);
    Ok(Bought { session_id, pay: None, replaces: choice.replaces.map(|(_, replaced)| replaced) })
}

/// Who had cancelled, and takes the free plan, does not leave. Stripe's part ends with the period all the same, so it is
/// not told: a crash before the change is reserved leaves a cancellation there, which is followed.
fn take_cancellation_back(
    cx: &Cx,
    tx: &mut Tx<'_>,
    project: ProjectId,
    id: SubscriptionId,
) -> Result<(), StoreError> {
    let Some(mut subscription) = tx.subscriptions(project).lock(id)? else { return Ok(()) };
    if !subscription.can_resume(cx.now()) || subscription.resume().is_err() {
        return Ok(());
    }
    tx.subscriptions(project).update(&subscription)?;
    record(cx, tx, project, Happening::SubscriptionResumed, id)
}

/// What the contract calls the activation of a free plan that waits: as of one that began at once.
pub(super) fn name_of_change(organization: &Customer, change: &SubscriptionChange) -> String {
    super::buy::free_name(organization, change.created_at)
}

impl From<ChangePlanError> for BuyError {
    fn from(error: ChangePlanError) -> Self {
        match error {
            // Another change, a payment or a cancellation was quicker.
            ChangePlanError::Choice(ChoiceError::NotNow) | ChangePlanError::UnderWay => Self::AlreadyActive,
            ChangePlanError::Choice(ChoiceError::Store(error)) | ChangePlanError::Store(error) => {
                Self::Store(error)
            }
            ChangePlanError::Account(error) => Self::Account(error),
            ChangePlanError::Payments(error) => Self::Payments(error),
            error => Self::Change(Box::new(error)),
        }
    }
}
