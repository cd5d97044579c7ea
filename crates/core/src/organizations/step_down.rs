//! From a plan that is paid to a free one: it begins when what is paid is used up (contract §9.2). The subscription stays
//! the same, and Stripe's part in it ends with the period.

use perennial_domain::{
    ChangeTime, Customer, Subscription, SubscriptionChange, SubscriptionChangeState, SubscriptionId,
    SubscriptionState,
};

use super::buy::{Bought, Buy, BuyError, Choice};
use crate::context::App;
use crate::subscriptions::{
    ChangePlan, ChangePlanError, ChoiceError, PlannedChange, choose_free_later, find_current_resumed,
    make_change,
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
    let Choice { product, price, changes, .. } = choice;
    let plan = product.id;
    let chosen = app.read(move |cx, tx| {
        // Who had cancelled, and takes the free plan, does not leave.
        let current = find_current_resumed(cx, tx, project, subscription)?;
        let choice = choose_free_later(&current, product, price)?;
        Ok::<_, ChoiceError>((current, choice))
    });
    let (current, choice) = chosen.await.map_err(ChangePlanError::from)?;
    let planned = PlannedChange {
        command: ChangePlan {
            project,
            subscription,
            plan,
            requested: Some(ChangeTime::Renewal),
            agreed: None,
            request: None,
        },
        choice,
        current,
        prorated_from: app.now(),
        takes_cancellation_back: true,
    };
    let change = match Box::pin(make_change(app, planned.clone())).await {
        // Somebody else of the organization was quicker, most likely with the same plan.
        Err(ChangePlanError::Contended) => Box::pin(make_change(app, planned)).await?,
        made => made?,
    };
    if change.state == SubscriptionChangeState::Failed {
        return Err(ChangePlanError::Contended.into());
    }
    let session_id = name_of_change(&command.organization, &change);
    Ok(Bought { session_id, pay: None, replaces: changes, is_kept: false })
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
