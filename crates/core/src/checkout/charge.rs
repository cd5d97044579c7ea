//! `charge_checkout`: paying an order with the card that Stripe keeps, while its customer is away or does not want to
//! type it again.
//!
//! The same row and the same steps as on Stripe's page: reserve → ask, with keys made from the checkout's id → settle.
//! What was asked for comes from rows that do not change any more, so a crash in between is healed by looking for it.

mod again;
mod describe;
mod settle;
mod waiting;

use jiff::SignedDuration;
use perennial_domain::{
    Checkout, CheckoutId, CheckoutState, CheckoutTerms, ConnectSessionId, CustomerId, Order, ProjectId,
    SubscriptionId,
};
use perennial_store::{StoreError, Tx};

pub use self::again::{charged_before, checkout_of_request};
use self::describe::describe;
pub(super) use self::settle::heal;
pub(super) use self::waiting::settle_waiting;
pub(crate) use self::waiting::wake_waiting_charge;
use super::reserve::{Reserved, reserve};
use super::settle::close_unpaid;
use super::start::{MAX_TURNS, StartCheckout, StartCheckoutError, activate_now};
use super::withdraw::withdraw;
use crate::cards::card_of_customer;
use crate::context::App;
use crate::idempotency::RequestKey;
use crate::ports::{ChargeOutcome, PaymentsError, Refusal};
use crate::reach::OutOfReach;

/// What is to be paid for by a saved card.
#[derive(Clone, Debug)]
pub struct ChargeCheckout {
    /// Whose catalogue.
    pub project: ProjectId,
    /// Who pays.
    pub customer: CustomerId,
    /// Which visit it belongs to: then its customer is there, and can answer a bank that asks.
    pub connect_session: Option<ConnectSessionId>,
    /// What is bought.
    pub order: Order,
    /// The request that asks for it, if it may be asked again: see [`charged_before`].
    pub request: Option<RequestKey>,
}

/// What came of it. Unless it is paid or waits, nothing was changed and nothing is left at Stripe.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ChargedCheckout {
    /// Paid, or free: what was bought exists.
    Paid {
        /// The checkout.
        checkout: CheckoutId,
        /// The subscription that it became, or that it added to.
        subscription: SubscriptionId,
    },
    /// The bank said no.
    Declined(Refusal),
    /// The bank wants to hear its customer, and nobody waits for that.
    NeedsConfirmation(Refusal),
    /// It is made as soon as the bank has said yes. Only within a visit, and only of add-ons that renew.
    Waiting {
        /// The checkout.
        checkout: CheckoutId,
        /// What the customer, who is there, has to confirm to the bank; `None` if the bank has not decided yet.
        payment_intent_id: Option<String>,
    },
    /// No card is saved that could pay.
    NoCard,
    /// It was paid when something else had come first: it is being refunded.
    TooLate,
}

/// After so long a charge without an answer is looked for: longer than all its calls can take together.
const LIFETIME: SignedDuration = SignedDuration::from_mins(5);

/// Charges an order to the customer's saved card. Asked again for the same order, while it is not known what became of
/// it, it is the same charge.
pub async fn charge_checkout(
    app: &App,
    command: ChargeCheckout,
) -> Result<ChargedCheckout, StartCheckoutError> {
    let asked = command.clone();
    let card = match app.read(move |_, tx| payer(tx, &asked)).await? {
        Payer::Nobody => None,
        Payer::Card(card) => Some(card),
        Payer::Missing => return Ok(ChargedCheckout::NoCard),
    };
    let request = command.request;
    let command = on_no_page(command);
    for _ in 0..MAX_TURNS {
        let (reservation, card) = (command.clone(), card.clone());
        let reserved = app.write(move |cx, tx| {
            let reserved = reserve(cx, tx, &reservation, card.as_deref(), cx.now() + LIFETIME)?;
            again::remember(cx, tx, reservation.project, request, reserved)
        });
        match reserved.await? {
            Reserved::Done { checkout, subscription } => {
                activate_now(app, command.project, subscription).await;
                return Ok(ChargedCheckout::Paid { checkout, subscription });
            }
            Reserved::Creating(checkout) => return Box::pin(ask(app, &checkout)).await,
            Reserved::Waiting(checkout) => return Box::pin(waiting::resume(app, &checkout)).await,
            Reserved::Open(checkout) | Reserved::Other(checkout) => {
                Box::pin(withdraw(app, checkout)).await?;
            }
        }
    }
    Err(StartCheckoutError::Contended)
}

/// What pays for an order, by Stripe's name.
enum Payer {
    /// It is free.
    Nobody,
    /// A card, or the Stripe Subscription whose card it is.
    Card(String),
    /// There is no card.
    Missing,
}

fn payer(tx: &mut Tx<'_>, command: &ChargeCheckout) -> Result<Payer, StoreError> {
    if command.order.is_free() {
        return Ok(Payer::Nobody);
    }
    // What renews with a subscription is charged to whatever pays for that.
    if let Some(id) = command.order.goods.charged_with() {
        let subscription = tx.subscriptions(command.project).find(id)?;
        let billed = subscription.and_then(|subscription| subscription.stripe_subscription_id);
        return Ok(billed.map_or(Payer::Missing, Payer::Card));
    }
    let card = card_of_customer(tx, command.project, command.customer)?;
    Ok(card.map_or(Payer::Missing, |card| Payer::Card(card.card.stripe_payment_method_id)))
}

/// Nobody is sent to Stripe's page, so there is no way back from it either.
fn on_no_page(command: ChargeCheckout) -> StartCheckout {
    StartCheckout {
        project: command.project,
        customer: command.customer,
        connect_session: command.connect_session,
        order: command.order,
        terms: CheckoutTerms::default(),
        locale: String::new(),
        return_url: String::new(),
        cancel_url: String::new(),
    }
}

async fn ask(app: &App, checkout: &Checkout) -> Result<ChargedCheckout, StartCheckoutError> {
    let charge = match describe(app, checkout).await {
        Ok(charge) => charge,
        Err(error) => return Err(give_up(app, checkout, error.into()).await),
    };
    let payments = app.payments(checkout.project_id).await?;
    match payments.charge(&charge).await {
        Ok(ChargeOutcome::Paid(charged)) => {
            let settled = settle::apply_charge(app, checkout.project_id, checkout.id, *charged).await;
            let settled = settled.map_err(|error| StartCheckoutError::Settle(Box::new(error)))?;
            Ok(again::paid(checkout.id, settled))
        }
        Ok(ChargeOutcome::Declined(refusal)) => {
            close_unpaid(app, checkout.project_id, checkout.id, CheckoutState::Abandoned).await?;
            Ok(ChargedCheckout::Declined(refusal))
        }
        Ok(ChargeOutcome::NeedsConfirmation(refusal)) => {
            close_unpaid(app, checkout.project_id, checkout.id, CheckoutState::Abandoned).await?;
            Ok(ChargedCheckout::NeedsConfirmation(refusal))
        }
        Ok(ChargeOutcome::Waiting { stripe_invoice_id }) => {
            waiting::begin(app, checkout, stripe_invoice_id).await
        }
        Ok(ChargeOutcome::Differs(charged)) => {
            close_unpaid(app, checkout.project_id, checkout.id, CheckoutState::Abandoned).await?;
            let (shown, charged) = (checkout.order.due_now.amount_minor, charged.amount_minor);
            Err(StartCheckoutError::PriceChanged { shown, charged })
        }
        Err(error) => Err(give_up(app, checkout, error.into()).await),
    }
}

/// A refusal is final, and frees the customer for another attempt. Without an answer the row stays: the money may be
/// there, and the same question or the sweep finds it. It stays, too, where the account cannot be reached.
async fn give_up(app: &App, checkout: &Checkout, error: StartCheckoutError) -> StartCheckoutError {
    let is_unreadable = matches!(error, StartCheckoutError::Payments(PaymentsError::Nonsense(_)));
    if is_unreadable || error.is_out_of_reach() {
        return error;
    }
    match close_unpaid(app, checkout.project_id, checkout.id, CheckoutState::Abandoned).await {
        Ok(()) => error,
        Err(store) => store.into(),
    }
}
