//! Changes that wait for the renewal of a free plan. Stripe knows nothing of that plan, so our clock makes them come true.

use perennial_domain::{
    DeclineReason, Order, Price, Product, ProjectId, SubscriptionChange, SubscriptionChangeId,
};
use perennial_store::{StoreError, Tx};

use super::buy::order_of_price;
use super::choice::{ChoiceError, find_current};
use super::unpaid::{UNANSWERED, fail_in};
use crate::checkout::{ChargeCheckout, ChargedCheckout, StartCheckoutError, charge_checkout};
use crate::context::{App, Cx};
use crate::ports::PaymentsError;
use crate::reach::{OutOfReach, Reach};
use crate::subscriptions::failed_payment::tell_of_first_payment;
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
    let mut reach = Reach::default();
    for (project, id) in app.read(move |_, tx| tx.due_subscription_changes(now, BATCH)).await? {
        if !reach.may_ask(project) && has_to_be_paid(app, project, id).await? {
            continue;
        }
        match reach.learn(project, turn_due(app, project, id).await) {
            Ok(()) => turned += 1,
            Err(error) => {
                tracing::warn!(project.id = %project, %error, "the change {id} is due and could not be made, the next sweep tries again");
            }
        }
    }
    Ok(turned)
}

async fn has_to_be_paid(app: &App, project: ProjectId, id: SubscriptionChangeId) -> Result<bool, StoreError> {
    Ok(matches!(app.read(move |cx, tx| load(cx, tx, project, id)).await?, Due::Buy(_)))
}

async fn turn_due(app: &App, project: ProjectId, id: SubscriptionChangeId) -> Result<(), StartCheckoutError> {
    let failure = match app.read(move |cx, tx| load(cx, tx, project, id)).await? {
        Due::TakenBack => return Ok(()),
        Due::Free(product, price) => {
            return Ok(app.write(move |cx, tx| become_free(cx, tx, project, id, &product, &price)).await?);
        }
        Due::Buy(charge) => Box::pin(buy(app, *charge, id)).await?,
        Due::Impossible => Some(Failure::Changed),
    };
    match failure {
        Some(failure) => Ok(app.write(move |cx, tx| note_failure(cx, tx, project, id, &failure)).await?),
        None => Ok(()),
    }
}

/// Why nothing comes of a change.
enum Failure {
    /// The subscription is not what it was when the change was asked for.
    Changed,
    /// Nobody could be charged: the card was declined for this reason, or, without one, there was none that could pay.
    Unpaid { code: String, reason: Option<DeclineReason> },
}

impl Failure {
    fn declined(code: &str) -> Self {
        Self::Unpaid { code: code.to_owned(), reason: Some(DeclineReason::of_code(code)) }
    }

    fn without_card(code: &str) -> Self {
        Self::Unpaid { code: code.to_owned(), reason: None }
    }
}

/// The plan stays what it was, and its customer is told where a payment is why.
fn note_failure(
    cx: &Cx,
    tx: &mut Tx<'_>,
    project: ProjectId,
    id: SubscriptionChangeId,
    failure: &Failure,
) -> Result<(), StoreError> {
    let Some(change) = tx.subscription_changes(project).lock(id)? else { return Ok(()) };
    match failure {
        Failure::Changed => fail_in(cx, tx, change, CHANGED).map(drop),
        Failure::Unpaid { code, reason } => {
            if fail_in(cx, tx, change.clone(), code)? {
                tell_of_first_payment(cx, tx, &change, *reason)?;
            }
            Ok(())
        }
    }
}

/// Charges the first period; answers why nothing will come of it, if nothing will.
async fn buy(
    app: &App,
    charge: ChargeCheckout,
    id: SubscriptionChangeId,
) -> Result<Option<Failure>, StartCheckoutError> {
    match charge_checkout(app, charge).await {
        Ok(ChargedCheckout::Paid { .. }) => Ok(None),
        Ok(ChargedCheckout::TooLate) => Ok(Some(Failure::Changed)),
        // Add-ons alone wait for a bank.
        Ok(ChargedCheckout::Waiting { checkout, .. }) => Err(StartCheckoutError::Confirming(checkout)),
        Ok(ChargedCheckout::Declined(refusal)) => Ok(Some(Failure::declined(refusal.word()))),
        Ok(ChargedCheckout::NeedsConfirmation(_)) => Ok(Some(Failure::declined(UNANSWERED))),
        Ok(ChargedCheckout::NoCard) => Ok(Some(Failure::without_card("payment_method_required"))),
        Err(error) => match final_failure(&error) {
            Some(failure) => {
                tracing::error!(%error, "nothing comes of the change {id}, whose day has come");
                Ok(Some(failure))
            }
            None => Err(error),
        },
    }
}

/// Why no later sweep would have more luck; `None` where one may.
fn final_failure(error: &StartCheckoutError) -> Option<Failure> {
    match error {
        error if error.is_out_of_reach() => None,
        StartCheckoutError::SubscriptionEnded(_) | StartCheckoutError::SubscriptionChanged(_) => {
            Some(Failure::Changed)
        }
        StartCheckoutError::Payments(PaymentsError::Refused(refusal)) => {
            Some(Failure::without_card(refusal.word()))
        }
        // The money may be there already, or another purchase of the same customer goes first.
        StartCheckoutError::Payments(_)
        | StartCheckoutError::Settle(_)
        | StartCheckoutError::Confirming(_)
        | StartCheckoutError::Contended
        | StartCheckoutError::Account(_)
        | StartCheckoutError::Store(_) => None,
        StartCheckoutError::UnknownCustomer(_)
        | StartCheckoutError::Sim(_)
        | StartCheckoutError::Porting(_)
        | StartCheckoutError::AlreadySubscribed(_)
        | StartCheckoutError::RenewingAddon
        | StartCheckoutError::AddonAlreadyThere(_)
        | StartCheckoutError::AddonDoesNotFit(_)
        | StartCheckoutError::PriceNotAtStripe(_)
        | StartCheckoutError::PriceDiffers { .. }
        | StartCheckoutError::PriceChanged { .. }
        | StartCheckoutError::Deliver(_) => Some(Failure::without_card(SubscriptionChange::REFUSED)),
    }
}

/// What is to be done for a change whose day has come.
enum Due {
    /// Nothing: it is not open any more.
    TakenBack,
    /// Nothing can be done: the subscription is not what it was.
    Impossible,
    /// It becomes this plan, for nothing.
    Free(Box<Product>, Box<Price>),
    /// This has to be paid first.
    Buy(Box<ChargeCheckout>),
}

/// What was promised, whatever is on sale by now.
fn load(cx: &Cx, tx: &mut Tx<'_>, project: ProjectId, id: SubscriptionChangeId) -> Result<Due, StoreError> {
    let found = tx.subscription_changes(project).find(id)?;
    let Some(change) = found.filter(SubscriptionChange::is_open) else { return Ok(Due::TakenBack) };
    let current = match find_current(cx, tx, project, change.subscription_id) {
        Ok(current) => current,
        Err(ChoiceError::Store(error)) => return Err(error),
        Err(_) => return Ok(Due::Impossible),
    };
    let product = tx.products(project).find(change.product_id)?;
    let price = tx.prices(project).find(change.price_id)?;
    Ok(match product.zip(price) {
        None => Due::Impossible,
        Some((product, price)) if price.amount.is_zero() => Due::Free(product.into(), price.into()),
        Some((_, price)) => {
            let order = order_of_price(&current, &price, Some(id));
            Due::Buy(charge_of(project, &change, order).into())
        }
    })
}

/// Its customer is away, and nobody has asked for it just now.
fn charge_of(project: ProjectId, change: &SubscriptionChange, order: Order) -> ChargeCheckout {
    ChargeCheckout { project, customer: change.customer_id, connect_session: None, order, request: None }
}

fn become_free(
    cx: &Cx,
    tx: &mut Tx<'_>,
    project: ProjectId,
    id: SubscriptionChangeId,
    product: &Product,
    price: &Price,
) -> Result<(), StoreError> {
    let Some(change) = tx.subscription_changes(project).find(id)? else { return Ok(()) };
    let Some(mut subscription) = tx.subscriptions(project).lock(change.subscription_id)? else {
        return Ok(());
    };
    // Somebody may have taken it back, or cancelled, since the list was read.
    let change = tx.subscription_changes(project).find(id)?;
    let due_at = change.filter(SubscriptionChange::is_open).and_then(|change| change.scheduled_at);
    let Some(due_at) = due_at.filter(|_| subscription.can_change_plan()) else { return Ok(()) };
    become_plan(cx, tx, &mut subscription, product, price, due_at)?;
    tx.subscriptions(project).update(&subscription)
}
