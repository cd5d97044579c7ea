//! From a task to its use case.

use perennial_core::business::forms::{forget_forms, sweep_carts};
use perennial_core::business::sweep_business_tokens;
use perennial_core::cards::{CardError, sweep_card_pages, sync_cards_of};
use perennial_core::checkout::{
    RefundError, SettleError, SweepError, let_go, refund_superseded, settle_checkout, sweep_checkouts,
};
use perennial_core::context::App;
use perennial_core::customers::{TellStripeError, tell_stripe_of_customer};
use perennial_core::idempotency::sweep_idempotency_keys;
use perennial_core::logins::sweep_logins;
use perennial_core::mails::{SendMailError, send_mail};
use perennial_core::ports::CarrierError;
use perennial_core::reach::OutOfReach;
use perennial_core::report::chain;
use perennial_core::store::StoreError;
use perennial_core::subscriptions::{
    ActivateError, CancelError, CarryOutError, EndAddonError, RefundSubscriptionError, StopBillingError,
    SyncError, activate_subscription, align_collection, close_billing, end_addon, end_disputed_later,
    refund_payment, refund_subscription, stop_billing, sweep_renewals, sweep_subscription_changes,
    sync_refund, turn_due_subscriptions, unarrange,
};
use perennial_core::tasks::Task;
use perennial_core::webhooks::{
    ApplyEventsError, apply_stripe_events, forget_old_payloads, sweep_stripe_events,
};
use perennial_core::webhooks_out::forget_deliveries;

/// What becomes of a task that failed.
#[derive(Debug, thiserror::Error)]
pub enum TaskError {
    /// The world's fault: try again later.
    #[error("{0}")]
    Retry(String),
    /// Nothing can be tried while somebody else's service is away, however long that lasts.
    #[error("{0}")]
    Wait(String),
    /// No later try would do better: a person has to look.
    #[error("{0}")]
    GiveUp(String),
}

/// Runs one task. Every task is safe to run twice.
pub async fn run(app: &App, task: &Task) -> Result<(), TaskError> {
    match task {
        Task::ApplyStripeEvents { project, subject } => {
            apply_stripe_events(app, *project, subject).await.map(drop)?;
        }
        Task::ActivateSubscription { project, subscription } => {
            activate_subscription(app, *project, *subscription).await?;
        }
        Task::RefundCheckout { project, checkout } => refund_superseded(app, *project, *checkout).await?,
        Task::LetGoCheckout { project, checkout } => let_go(app, *project, *checkout).await?,
        Task::SettleCheckout { project, checkout } => {
            settle_checkout(app, *project, *checkout).await.map(drop)?;
        }
        Task::StopBilling { project, subscription } => stop_billing(app, *project, *subscription).await?,
        Task::AlignCollection { project, subscription } => {
            align_collection(app, *project, *subscription).await?;
        }
        Task::CloseBilling { project, subscription, stripe_subscription } => {
            close_billing(app, *project, *subscription, stripe_subscription).await?;
        }
        Task::RefundSubscription { project, subscription } => {
            refund_subscription(app, *project, *subscription).await?;
        }
        Task::EndDisputed { project, subscription } => {
            end_disputed_later(app, *project, *subscription).await?;
        }
        Task::EndAddon { project, addon } => match end_addon(app, *project, *addon).await {
            // What is over, or ends by itself, is left alone.
            Ok(()) | Err(EndAddonError::NotActive) => {}
            Err(error) => return Err(error.into()),
        },
        Task::RefundPayment { project, payment } => refund_payment(app, *project, *payment).await?,
        Task::SyncCards { project, customer } => sync_cards_of(app, *project, *customer).await?,
        Task::TellStripeOfCustomer { project, customer, lost_name } => {
            tell_stripe_of_customer(app, *project, *customer, *lost_name).await?;
        }
        Task::SyncRefund { project, payment_intent } => {
            sync_refund(app, *project, payment_intent).await.map(drop)?;
        }
        Task::SendMail { project, mail } => send_mail(app, *project, *mail).await?,
        Task::UnarrangeChange { project, subscription } => unarrange(app, *project, *subscription).await?,
        Task::SweepSubscriptionChanges => sweep_subscription_changes(app).await.map(drop)?,
        Task::SweepCardPages => sweep_card_pages(app).await?,
        Task::SweepCheckouts => sweep_checkouts(app).await?,
        Task::SweepCarts => sweep_carts(app).await?,
        Task::SweepStripeEvents => sweep_stripe_events(app).await.map(drop)?,
        Task::ForgetOldPayloads => forget_old_payloads(app).await.map(drop)?,
        Task::ForgetWebhookDeliveries => forget_deliveries(app).await.map(drop)?,
        Task::SweepRenewals => sweep_renewals(app).await.map(drop)?,
        Task::TurnDueSubscriptions => turn_due_subscriptions(app).await.map(drop)?,
        Task::SweepIdempotencyKeys => sweep_idempotency_keys(app).await.map(drop)?,
        Task::SweepLogins => sweep_logins(app).await.map(drop)?,
        Task::SweepBusinessTokens => sweep_business_tokens(app).await.map(drop)?,
        Task::ForgetForms => forget_forms(app).await.map(drop)?,
    }
    Ok(())
}

/// What can be tried again is: an attempt counts only if Stripe, or the mail server, could be asked.
fn try_again(error: &(impl std::error::Error + OutOfReach)) -> TaskError {
    if error.is_out_of_reach() { TaskError::Wait(chain(error)) } else { TaskError::Retry(chain(error)) }
}

impl From<CancelError> for TaskError {
    fn from(error: CancelError) -> Self {
        match &error {
            CancelError::Unknown(_) => Self::GiveUp(chain(&error)),
            CancelError::Ended
            | CancelError::NotRecurring
            | CancelError::ChangeUnderWay(_)
            | CancelError::Withdraw(_)
            | CancelError::Account(_)
            | CancelError::Payments(_)
            | CancelError::Sync(_)
            | CancelError::Transition(_)
            | CancelError::Store(_) => try_again(&error),
        }
    }
}

impl From<EndAddonError> for TaskError {
    fn from(error: EndAddonError) -> Self {
        match &error {
            EndAddonError::Unknown(_) => Self::GiveUp(chain(&error)),
            EndAddonError::NotActive
            | EndAddonError::Account(_)
            | EndAddonError::Payments(_)
            | EndAddonError::Store(_) => try_again(&error),
        }
    }
}

impl From<StoreError> for TaskError {
    fn from(error: StoreError) -> Self {
        Self::Retry(chain(&error))
    }
}

impl From<SettleError> for TaskError {
    fn from(error: SettleError) -> Self {
        try_again(&error)
    }
}

impl From<ApplyEventsError> for TaskError {
    fn from(error: ApplyEventsError) -> Self {
        // Poison is parked event by event; the task itself goes on as long as an event waits.
        Self::Retry(chain(&error))
    }
}

impl From<ActivateError> for TaskError {
    fn from(error: ActivateError) -> Self {
        match &error {
            ActivateError::Carrier(CarrierError::Refused(_))
            | ActivateError::SimTaken(_)
            | ActivateError::UnknownSubscription(_)
            | ActivateError::Transition(_) => Self::GiveUp(chain(&error)),
            // What was paid for is activated when the network is back.
            ActivateError::Carrier(CarrierError::NoAnswer(_)) => Self::Wait(chain(&error)),
            ActivateError::Store(_) => Self::Retry(chain(&error)),
        }
    }
}

impl From<RefundError> for TaskError {
    fn from(error: RefundError) -> Self {
        match &error {
            RefundError::UnknownCheckout(_) => Self::GiveUp(chain(&error)),
            // Even a refusal is tried again: it is the customer's money, and an operator may mend the account meanwhile.
            RefundError::NoPaymentIntent(_)
            | RefundError::Account(_)
            | RefundError::Payments(_)
            | RefundError::Sync(_)
            | RefundError::Store(_) => try_again(&error),
        }
    }
}

impl From<StopBillingError> for TaskError {
    fn from(error: StopBillingError) -> Self {
        match &error {
            StopBillingError::UnknownSubscription(_) => Self::GiveUp(chain(&error)),
            StopBillingError::Sync(_) => try_again(&error),
        }
    }
}

impl From<CarryOutError> for TaskError {
    fn from(error: CarryOutError) -> Self {
        try_again(&error)
    }
}

impl From<RefundSubscriptionError> for TaskError {
    fn from(error: RefundSubscriptionError) -> Self {
        match &error {
            RefundSubscriptionError::Unnamed(_) => Self::GiveUp(chain(&error)),
            RefundSubscriptionError::Sync(_) => try_again(&error),
        }
    }
}

impl From<SendMailError> for TaskError {
    fn from(error: SendMailError) -> Self {
        try_again(&error)
    }
}

impl From<CardError> for TaskError {
    fn from(error: CardError) -> Self {
        try_again(&error)
    }
}

impl From<TellStripeError> for TaskError {
    fn from(error: TellStripeError) -> Self {
        match &error {
            // What Stripe does not take it will not take later; another change queues another task.
            TellStripeError::Payments(refused) if refused.is_refusal() => Self::GiveUp(chain(&error)),
            _ => try_again(&error),
        }
    }
}

impl From<SyncError> for TaskError {
    fn from(error: SyncError) -> Self {
        try_again(&error)
    }
}

impl From<SweepError> for TaskError {
    fn from(error: SweepError) -> Self {
        Self::Retry(chain(&error))
    }
}
