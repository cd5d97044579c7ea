//! Changes that wait for the renewal of a free plan. Stripe knows nothing of that plan, so our clock makes them come true.

use std::collections::HashSet;

use perennial_domain::{ProjectId, SubscriptionChange, SubscriptionChangeId};
use perennial_store::{StoreError, Tx};

use super::buy::charge_plan;
use super::choice::{ChoiceError, CurrentPlan, PlanChoice, Way, find_current};
use super::start::ChangePlanError;
use super::unpaid::{UNANSWERED, fail_named};
use crate::checkout::{ChargedCheckout, StartCheckoutError};
use crate::context::{App, Cx};
use crate::subscriptions::follow::become_plan;

/// At the most so many in one sweep; the next one takes the rest. So many that one merchant's broken account, of which
/// only the first is tried, does not fill it.
const BATCH: u32 = 1_000;

/// Why nothing comes of a change whose subscription is not what it was.
const CHANGED: &str = "subscription_changed";

/// Makes every change come true whose day has come; answers how many. One that cannot be made yet holds up no other.
pub(super) async fn turn_due_changes(app: &App) -> Result<usize, StoreError> {
    let now = app.now();
    let mut turned = 0;
    let mut out_of_reach = HashSet::new();
    for (project, id) in app.read(move |_, tx| tx.due_subscription_changes(now, BATCH)).await? {
        if out_of_reach.contains(&project) {
            continue;
        }
        match turn_due(app, project, id).await {
            Ok(()) => turned += 1,
            Err(error) => {
                if matches!(error, ChangePlanError::Payments(_) | ChangePlanError::Account(_)) {
                    out_of_reach.insert(project);
                }
                tracing::warn!(project.id = %project, %error, "the change {id} is due and could not be made, the next sweep tries again");
            }
        }
    }
    Ok(turned)
}

async fn turn_due(app: &App, project: ProjectId, id: SubscriptionChangeId) -> Result<(), ChangePlanError> {
    let Some((current, choice)) = app.read(move |_, tx| load(tx, project, id)).await? else {
        return Ok(fail_named(app, project, id, CHANGED).await?);
    };
    if choice.way == Way::Free {
        return Ok(app.write(move |cx, tx| become_free(cx, tx, project, id, &choice)).await?);
    }
    let code = match Box::pin(charge_plan(app, &current, &choice, None, None)).await {
        Ok(ChargedCheckout::Paid { .. }) => return Ok(()),
        Ok(ChargedCheckout::TooLate) => CHANGED.to_owned(),
        // Add-ons alone wait for a bank.
        Ok(ChargedCheckout::Waiting { .. }) => return Err(ChangePlanError::UnderWay),
        Ok(ChargedCheckout::Declined(refusal)) => refusal.word().to_owned(),
        Ok(ChargedCheckout::NeedsConfirmation(_)) => UNANSWERED.to_owned(),
        Ok(ChargedCheckout::NoCard) => "payment_method_required".to_owned(),
        // Unless it is paid, and could not be delivered yet: then the next sweep asks again.
        Err(ChangePlanError::Start(error)) if !matches!(*error, StartCheckoutError::Settle(_)) => {
            tracing::error!(project.id = %project, %error, "the change {id} leads to a plan that cannot be bought");
            "refused".to_owned()
        }
        Err(error) => return Err(error),
    };
    Ok(fail_named(app, project, id, &code).await?)
}

/// What there is, and what it shall be; `None` where that cannot be any more.
fn load(
    tx: &mut Tx<'_>,
    project: ProjectId,
    id: SubscriptionChangeId,
) -> Result<Option<(CurrentPlan, PlanChoice)>, StoreError> {
    let Some(change) = tx.subscription_changes(project).find(id)? else { return Ok(None) };
    let current = match find_current(tx, project, change.subscription_id) {
        Ok(current) => current,
        Err(ChoiceError::Store(error)) => return Err(error),
        Err(_) => return Ok(None),
    };
    let product = tx.products(project).find(change.product_id)?;
    let price = tx.prices(project).find(change.price_id)?;
    // As it was promised, whatever is on sale by now.
    Ok(product.zip(price).map(|(product, price)| {
        let way = if price.amount.is_zero() { Way::Free } else { Way::Buy };
        (current, PlanChoice { product, price, way, starts_at: None })
    }))
}

fn become_free(
    cx: &Cx,
    tx: &mut Tx<'_>,
    project: ProjectId,
    id: SubscriptionChangeId,
    choice: &PlanChoice,
) -> Result<(), StoreError> {
    let Some(change) = tx.subscription_changes(project).find(id)? else { return Ok(()) };
    let Some(mut subscription) = tx.subscriptions(project).lock(change.subscription_id)? else {
        return Ok(());
    };
    // Somebody may have taken it back, or cancelled, since the list was read.
    let change = tx.subscription_changes(project).find(id)?;
    let due_at = change.filter(SubscriptionChange::is_open).and_then(|change| change.scheduled_at);
    let Some(due_at) = due_at.filter(|_| subscription.can_change_plan()) else { return Ok(()) };
    become_plan(cx, tx, &mut subscription, &choice.product, &choice.price, due_at)?;
    tx.subscriptions(project).update(&subscription)
}
