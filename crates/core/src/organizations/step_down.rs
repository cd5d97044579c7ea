//! From a plan that is paid to a free one: it begins when what is paid is used up (contract §9.2). The subscription stays
//! the same, and Stripe's part in it ends with the period.

use perennial_domain::{
    ChangeTime, Customer, Price, Product, Subscription, SubscriptionChange, SubscriptionChangeState,
    SubscriptionState,
};
use perennial_store::Tx;

use super::buy::{Bought, Buy, BuyError, Replaced};
use crate::context::{App, Cx};
use crate::subscriptions::{
    ChangePlan, ChangePlanError, ChoiceError, CurrentPlan, PlanChoice, PlannedChange, choose_free_later,
    find_current_resumed, make_change,
};

/// Whether a free plan can wait for the end of what is paid. What was paid for good never ends, and what is owed has to be
/// paid first.
pub(super) fn can_wait(subscription: &Subscription) -> bool {
    subscription.term.renews()
        && subscription.stripe_subscription_id.is_some()
        && subscription.state == SubscriptionState::Active
}

/// A free plan that can be had after what is paid.
pub(super) struct StepDown {
    /// What is paid.
    current: CurrentPlan,
    /// What comes after it.
    choice: PlanChoice,
}

/// Finds out whether the free plan can be had after the paid one. Who had cancelled, and takes it, does not leave.
pub(super) fn choose_step_down(
    cx: &Cx,
    tx: &mut Tx<'_>,
    paid: &Subscription,
    product: &Product,
    price: &Price,
) -> Result<StepDown, ChoiceError> {
    let current = find_current_resumed(cx, tx, paid.project_id, paid.id)?;
    let choice = choose_free_later(&current, product.clone(), price.clone())?;
    Ok(StepDown { current, choice })
}

/// Has the free plan begin with the next period. Asked again, it is the same activation.
pub(super) async fn step_down(
    app: &App,
    command: &Buy,
    StepDown { current, choice }: StepDown,
    replaces: Option<Replaced>,
) -> Result<Bought, BuyError> {
    let planned = PlannedChange {
        command: ChangePlan {
            project: command.project,
            subscription: current.subscription.id,
            plan: choice.product.id,
            requested: Some(ChangeTime::Renewal),
            agreed: None,
            request: None,
        },
        choice,
        current,
        prorated_from: app.now(),
        takes_cancellation_back: true,
    };
    let change = Box::pin(make_change(app, planned)).await?;
    if change.state == SubscriptionChangeState::Failed {
        return Err(ChangePlanError::Contended.into());
    }
    let session_id = name_of_change(&command.organization, &change);
    Ok(Bought { session_id, pay: None, replaces, is_kept: false })
}

/// What the contract calls the activation of a free plan that waits: as of one that began at once.
pub(super) fn name_of_change(organization: &Customer, change: &SubscriptionChange) -> String {
    super::buy::free_name(organization, change.created_at)
}

impl From<ChangePlanError> for BuyError {
    fn from(error: ChangePlanError) -> Self {
        match error {
            // Another change, a payment or a cancellation was quicker, or some periods are still to be paid.
            ChangePlanError::Choice(ChoiceError::NotNow | ChoiceError::DoesNotFit(_))
            | ChangePlanError::UnderWay => Self::AlreadyActive,
            ChangePlanError::Choice(ChoiceError::Store(error)) | ChangePlanError::Store(error) => {
                Self::Store(error)
            }
            ChangePlanError::Account(error) => Self::Account(error),
            ChangePlanError::Payments(error) => Self::Payments(error),
            error => Self::Change(Box::new(error)),
        }
    }
}
