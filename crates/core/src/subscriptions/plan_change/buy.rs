//! From a free plan to one that costs something: the first payment, by the card that Stripe keeps or at Stripe's checkout.
//!
//! It goes the way of every other purchase: reserve → charge → deliver, and what a crash leaves is found by the sweep of
//! the checkouts. The subscription keeps its id.

use perennial_domain::{
    ConnectSessionId, Goods, Order, OrderLine, PlanChangeOrder, Price, ProjectId, SubscriptionChange,
    SubscriptionChangeId, SubscriptionId,
};
use perennial_store::{StoreError, Tx};

use super::choice::{CurrentPlan, PlanChoice};
use super::start::{ChangePlan, ChangePlanError, PlannedChange, fresh_change};
use super::unpaid::UNANSWERED;
use crate::checkout::{ChargeCheckout, ChargedCheckout, StartCheckoutError, charge_checkout, charged_before};
use crate::context::{App, Cx};
use crate::events::{Happening, record};
use crate::idempotency::RequestKey;

/// What is bought when a free subscription becomes a plan that costs something: its first whole period.
pub fn order_of_plan(current: &CurrentPlan, choice: &PlanChoice) -> Order {
    order_of_price(current, &choice.price, None)
}

/// The same at this price; `change_id` is the change that has waited for its day.
pub(super) fn order_of_price(
    current: &CurrentPlan,
    price: &Price,
    change_id: Option<SubscriptionChangeId>,
) -> Order {
    let goods = PlanChangeOrder {
        subscription_id: current.subscription.id,
        from_price_id: current.price.id,
        to: OrderLine { product_id: price.product_id, price_id: price.id, amount: price.amount },
        change_id,
    };
    Order { goods: Goods::PlanChange(goods), voucher: None, due_now: price.amount }
}

/// Charges the first period to the customer's saved card.
pub async fn charge_plan(
    app: &App,
    current: &CurrentPlan,
    choice: &PlanChoice,
    connect_session: Option<ConnectSessionId>,
    request: Option<RequestKey>,
) -> Result<ChargedCheckout, ChangePlanError> {
    let command = ChargeCheckout {
        project: current.subscription.project_id,
        customer: current.subscription.customer_id,
        connect_session,
        order: order_of_plan(current, choice),
        request,
    };
    Ok(charge_checkout(app, command).await?)
}

/// Buys the plan while its customer is away. A card that does not pay is an answer: the change has failed.
pub(super) async fn buy_plan(
    app: &App,
    planned: PlannedChange,
) -> Result<SubscriptionChange, ChangePlanError> {
    let ChangePlan { project, subscription, request, .. } = planned.command;
    let code = match charge_plan(app, &planned.current, &planned.choice, None, request).await? {
        ChargedCheckout::Paid { .. } => return bought(app, project, subscription).await,
        ChargedCheckout::NoCard => return Err(ChangePlanError::NeedsCheckout),
        ChargedCheckout::TooLate => return Err(ChangePlanError::Contended),
        // Add-ons alone wait for a bank.
        ChargedCheckout::Waiting { .. } => return Err(ChangePlanError::UnderWay),
        ChargedCheckout::Declined(refusal) => refusal.word().to_owned(),
        ChargedCheckout::NeedsConfirmation(_) => UNANSWERED.to_owned(),
    };
    let change = app.write(move |cx, tx| note_failure(cx, tx, &planned, &code));
    Ok(change.await?)
}

/// What became of this request the first time, if that is known.
pub(super) async fn bought_before(
    app: &App,
    command: &ChangePlan,
) -> Result<Option<SubscriptionChange>, ChangePlanError> {
    match charged_before(app, command.project, command.request).await? {
        Some(ChargedCheckout::Paid { subscription, .. }) => {
            bought(app, command.project, subscription).await.map(Some)
        }
        Some(ChargedCheckout::TooLate) => Err(ChangePlanError::Contended),
        _ => Ok(None),
    }
}

/// The change that the purchase has written down.
async fn bought(
    app: &App,
    project: ProjectId,
    subscription: SubscriptionId,
) -> Result<SubscriptionChange, ChangePlanError> {
    let latest = app.read(move |_, tx| tx.subscription_changes(project).latest_of(subscription)).await?;
    latest.ok_or(ChangePlanError::Contended)
}

fn note_failure(
    cx: &Cx,
    tx: &mut Tx<'_>,
    planned: &PlannedChange,
    code: &str,
) -> Result<SubscriptionChange, StoreError> {
    let mut change = fresh_change(cx, planned);
    change.fail(code);
    tx.subscription_changes(change.project_id).insert(&change)?;
    for what in [Happening::SubscriptionChangeCreated, Happening::SubscriptionChangeFailed] {
        record(cx, tx, change.project_id, what, change.id)?;
    }
    Ok(change)
}

impl From<StartCheckoutError> for ChangePlanError {
    fn from(error: StartCheckoutError) -> Self {
        match error {
            StartCheckoutError::SubscriptionEnded(_)
            | StartCheckoutError::SubscriptionChanged(_)
            | StartCheckoutError::Contended => Self::Contended,
            StartCheckoutError::Confirming(_) => Self::UnderWay,
            StartCheckoutError::Account(error) => Self::Account(error),
            StartCheckoutError::Payments(error) => Self::Payments(error),
            StartCheckoutError::Store(error) => Self::Store(error),
            error => Self::Start(Box::new(error)),
        }
    }
}
