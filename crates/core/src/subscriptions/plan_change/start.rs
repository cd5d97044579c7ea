//! `change_plan`: from a choice to a change that is paid, or waits for its day.

use jiff::Timestamp;
use perennial_domain::{
    ChangeTime, Money, Price, Product, ProductId, ProjectId, SubscriptionChange, SubscriptionChangeId,
    SubscriptionChangeState, SubscriptionId,
};
use perennial_store::{StoreError, Tx};

use super::addons::{addons_beside, is_buying_what_renews};
use super::agreed::AgreedChange;
use super::buy::{bought_before, buy_plan};
use super::carry_out::{CarryOutError, carry_out};
use super::choice::{ChoiceError, CurrentPlan, PlanChoice, find_choice, find_current};
use super::cost::{price_choice, price_choice_and_renewal};
use super::make_way::{is_being_replaced, make_way, replace, turn_back};
use super::way::Way;
use crate::cards::card_of_customer;
use crate::checkout::StartCheckoutError;
use crate::context::{AccountError, App, Cx};
use crate::events::{Happening, record};
use crate::idempotency::RequestKey;
use crate::ports::PaymentsError;
use crate::subscriptions::cancel::resume_in;
use crate::subscriptions::follow::become_plan;

/// What is to be changed.
#[derive(Clone, Copy, Debug)]
pub struct ChangePlan {
    /// Whose project.
    pub project: ProjectId,
    /// Which subscription.
    pub subscription: SubscriptionId,
    /// The plan that it shall be.
    pub plan: ProductId,
    /// When, unless the usual rule decides.
    pub requested: Option<ChangeTime>,
    /// What the customer agreed to, where one was shown what it would be.
    pub agreed: Option<AgreedChange>,
    /// What tells this request from others, so that it can be made again after a lost answer.
    pub request: Option<RequestKey>,
}

/// Why the plan is not changed. Nothing was charged.
#[derive(Debug, thiserror::Error)]
pub enum ChangePlanError {
    /// It cannot be this plan, or not now.
    #[error(transparent)]
    Choice(#[from] ChoiceError),
    /// The first payment has to be made at a checkout: no card is saved that could pay.
    #[error("the plan has to be bought at a checkout")]
    NeedsCheckout,
    /// The plan is on sale and cannot be bought. The operator has to mend the catalogue.
    #[error("the plan could not be bought")]
    Start(#[source] Box<StartCheckoutError>),
    /// It would cost another sum than was agreed to, or come true otherwise or on another day, or it was shown too long
    /// ago: show it again.
    #[error("the change is not what was shown any more, and would be charged with {due} now")]
    NotAsShown {
        /// What would be charged now.
        due: Money,
    },
    /// Another change waits for its payment.
    #[error("another change of the plan is under way")]
    UnderWay,
    /// Somebody else changed it at the same moment. Ask again.
    #[error("the subscription changed meanwhile")]
    Contended,
    /// Stripe cannot be asked.
    #[error(transparent)]
    Account(#[from] AccountError),
    /// Stripe refused, or did not answer.
    #[error(transparent)]
    Payments(#[from] PaymentsError),
    /// It is asked for, and what came of it is not known yet: a sweep finishes it.
    #[error("the change is not finished")]
    CarryOut(#[from] CarryOutError),
    /// The database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl ChangePlanError {
    /// Whether nothing was charged and asking again changes nothing: the operator has to mend what is on sale.
    pub fn is_refusal(&self) -> bool {
        match self {
            Self::Payments(error) => error.is_refusal(),
            Self::Start(error) => {
                !matches!(**error, StartCheckoutError::Settle(_) | StartCheckoutError::Deliver(_))
            }
            _ => false,
        }
    }
}

/// Changes the plan, or arranges that it will be; answers the change as it stands then. A card that is declined is an
/// answer, too: the change has failed, and the subscription is what it was.
pub async fn change_plan(app: &App, command: ChangePlan) -> Result<SubscriptionChange, ChangePlanError> {
    if let Some(change) = Box::pin(bought_before(app, &command)).await? {
        return Ok(change);
    }
    let planned = plan_change(app, command).await?;
    match planned.choice.way {
        Way::Buy => Box::pin(buy_plan(app, planned)).await,
        _ => Box::pin(make_change(app, planned)).await,
    }
}

/// Finds out what a change would be, and whether it is what was agreed to.
pub async fn plan_change(app: &App, command: ChangePlan) -> Result<PlannedChange, ChangePlanError> {
    let (current, choice) = app.read(move |cx, tx| choose(cx, tx, &command)).await?;
    let prorated_from = match command.agreed {
        Some(agreed) => check_agreement(app, &current, &choice, agreed).await?,
        None => app.now(),
    };
    Ok(PlannedChange { command, current, choice, prorated_from, takes_cancellation_back: false })
}

/// Makes a change that nobody has to pay for at a checkout.
pub async fn make_change(app: &App, planned: PlannedChange) -> Result<SubscriptionChange, ChangePlanError> {
    let (command, choice) = (planned.command, &planned.choice);
    if choice.way == Way::BuyLater {
        require_card(app, &planned.current).await?;
    }
    let open = app.read(move |_, tx| tx.subscription_changes(command.project).open_of(command.subscription));
    let now = app.now();
    let is_same = |open: &SubscriptionChange| {
        open.price_id == choice.price.id
            && (open.scheduled_at == choice.starts_at || open.is_due_at(now))
            && is_as_agreed(open, command.agreed)
    };
    if let Some(open) = open.await?.filter(is_same) {
        // A second submit asks the same question again.
        return Ok(carry_out(app, command.project, open.id).await?);
    }
    let held = planned.current.subscription.clone();
    let released = make_way(app, &held).await?;
    let reserved = app.write(move |cx, tx| reserve(cx, tx, &planned, released)).await;
    if reserved.is_err() && released.is_some() {
        turn_back(app, &held).await;
    }
    Ok(carry_out(app, command.project, reserved?).await?)
}

/// Who has no card could not pay at the renewal either.
async fn require_card(app: &App, current: &CurrentPlan) -> Result<(), ChangePlanError> {
    let (project, customer) = (current.subscription.project_id, current.subscription.customer_id);
    let card = app.read(move |_, tx| card_of_customer(tx, project, customer)).await?;
    card.map(drop).ok_or(ChangePlanError::NeedsCheckout)
}

/// Whether a change that waits for its money asks for the sum that was agreed to now.
fn is_as_agreed(open: &SubscriptionChange, agreed: Option<AgreedChange>) -> bool {
    let (Some(_), Some(agreed)) = (&open.stripe_invoice_id, agreed) else { return true };
    open.prorated_from == Some(agreed.cost.prorated_from)
}

fn choose(cx: &Cx, tx: &mut Tx<'_>, command: &ChangePlan) -> Result<(CurrentPlan, PlanChoice), ChoiceError> {
    let current = find_current(cx, tx, command.project, command.subscription)?;
    let choice = find_choice(tx, &current, command.plan, command.requested)?;
    Ok((current, choice))
}

/// The moment from which the agreed sum was counted, if the change still is what was agreed to.
async fn check_agreement(
    app: &App,
    current: &CurrentPlan,
    choice: &PlanChoice,
    agreed: AgreedChange,
) -> Result<Timestamp, ChangePlanError> {
    let now = app.now();
    let from = agreed.cost.counted_from(now);
    let cost = match agreed.renewal_minor {
        Some(_) => price_choice_and_renewal(app, current, choice.clone(), from).await?,
        None => price_choice(app, current, choice.clone(), from).await?,
    };
    if agreed.is_still(&cost, now) {
        return Ok(from);
    }
    Err(ChangePlanError::NotAsShown { due: cost.due })
}

/// A change that can be made, at the cost that was agreed to.
#[derive(Clone, Debug)]
pub struct PlannedChange {
    /// What was asked for.
    pub command: ChangePlan,
    /// What there is.
    pub current: CurrentPlan,
    /// What there shall be, and how it comes true.
    pub choice: PlanChoice,
    /// From when on the cost is counted.
    pub prorated_from: Timestamp,
    /// Whether somebody who had cancelled stays for it.
    pub takes_cancellation_back: bool,
}

impl PlannedChange {
    /// Whether an add-on is nothing for the plan, and nobody knew of it when the change was chosen.
    fn leaves_behind_one_of(&self, addons: &[(Product, Price)]) -> bool {
        let plan = (&self.choice.product, &self.choice.price);
        let is_known = |price: &Price| self.current.addons.iter().any(|(_, known)| known.id == price.id);
        addons.iter().any(|addon| !is_known(&addon.1) && !self.current.takes_along(plan, addon))
    }
}

fn reserve(
    cx: &Cx,
    tx: &mut Tx<'_>,
    planned: &PlannedChange,
    released: Option<SubscriptionChangeId>,
) -> Result<SubscriptionChangeId, ChangePlanError> {
    let (project, id) = (planned.command.project, planned.command.subscription);
    if is_buying_what_renews(tx, project, planned.current.subscription.customer_id)? {
        return Err(ChangePlanError::Contended);
    }
    let subscription = tx.subscriptions(project).lock(id)?;
    let mut subscription = subscription.ok_or(ChoiceError::UnknownSubscription(id))?;
    if planned.takes_cancellation_back && subscription.can_resume(cx.now()) {
        resume_in(cx, tx, &mut subscription)?;
    }
    if !subscription.can_change_plan() {
        return Err(ChoiceError::NotNow.into());
    }
    if planned.choice.way == Way::Lapse && is_being_replaced(tx, &subscription)? {
        return Err(ChangePlanError::Contended);
    }
    let has_moved = subscription.price_id != planned.current.price.id;
    if has_moved || planned.leaves_behind_one_of(&addons_beside(tx, &subscription)?) {
        return Err(ChangePlanError::Contended);
    }
    let change = SubscriptionChange { replaces_id: released, ..fresh_change(cx, planned) };
    if let Some(id) = released {
        replace(cx, tx, &subscription, id)?;
    }
    insert(cx, tx, &change)?;
    if planned.choice.way == Way::Free {
        let (product, price) = (&planned.choice.product, &planned.choice.price);
        become_plan(cx, tx, &mut subscription, product, price, cx.now())?;
        tx.subscriptions(project).update(&subscription)?;
    }
    Ok(change.id)
}

/// One change is open at a time: who comes second looks again.
fn insert(cx: &Cx, tx: &mut Tx<'_>, change: &SubscriptionChange) -> Result<(), ChangePlanError> {
    match tx.subscription_changes(change.project_id).insert(change) {
        Err(error) if error.is_conflict("subscription_changes_open_key") => {
            return Err(ChangePlanError::Contended);
        }
        inserted => inserted?,
    }
    Ok(record(cx, tx, change.project_id, Happening::SubscriptionChangeCreated, change.id)?)
}

pub(super) fn fresh_change(cx: &Cx, planned: &PlannedChange) -> SubscriptionChange {
    let (command, choice) = (&planned.command, &planned.choice);
    let usual = if choice.starts_at.is_none() { ChangeTime::Now } else { ChangeTime::Renewal };
    SubscriptionChange {
        requested: command.requested.unwrap_or(usual),
        state: match choice.starts_at {
            Some(_) => SubscriptionChangeState::Pending,
            None => SubscriptionChangeState::Initiated,
        },
        scheduled_at: choice.starts_at,
        // Nobody but us has to know of it.
        arranged_at: choice.way.waits_here().then_some(cx.now()),
        prorated_from: (choice.way == Way::SwapNow).then_some(planned.prorated_from),
        ..SubscriptionChange::of(cx.id(), &planned.current.subscription, &choice.price, cx.now())
    }
}
