//! Working on what was taken in. Whatever the waiting events of a subject say, there is one answer: what Stripe says
//! is true now.

use std::sync::Arc;

use perennial_domain::ProjectId;
use perennial_store::StoreError;
use perennial_store::tables::ReceivedEvent;

use crate::cards::{CardError, settle_card_page, sync_cards};
use crate::checkout::{DeliverError, SettleError, settle_stripe_session};
use crate::context::App;
use crate::customers::StripeCustomerError;
use crate::organizations::{forget_price, forget_product};
use crate::ports::EventSubject;
use crate::reach::OutOfReach;
use crate::subscriptions::{ROUNDS, SyncError, apply_picture, sync_refund, take_picture};
use crate::tasks::{Task, enqueue};

/// An event that fails so often for reasons of its own is parked, for a person to look at.
const MAX_ATTEMPTS: u32 = 5;

/// Why the subject is not up to date.
#[derive(Debug, thiserror::Error)]
pub enum ApplyEventsError {
    /// A checkout could not be settled.
    #[error(transparent)]
    Settle(#[from] SettleError),
    /// A subscription could not be brought up to date.
    #[error(transparent)]
    Sync(#[from] SyncError),
    /// A card could not be kept, or not used.
    #[error(transparent)]
    Cards(#[from] CardError),
    /// The database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl ApplyEventsError {
    /// Whether it is the world's fault and not the event's: then the event waits as long as it takes.
    fn is_outage(&self) -> bool {
        match self {
            Self::Store(_) => true,
            Self::Settle(error) => cannot_settle_yet(error),
            Self::Sync(error) => cannot_sync_yet(error),
            Self::Cards(error) => cannot_keep_cards_yet(error),
        }
    }
}

fn cannot_sync_yet(error: &SyncError) -> bool {
    match error {
        SyncError::Store(_) | SyncError::Account(_) | SyncError::Overtaken => true,
        SyncError::Settle(error) => cannot_settle_yet(error),
        SyncError::Payments(error) => error.is_out_of_reach(),
        SyncError::Transition(_) => false,
    }
}

fn cannot_keep_cards_yet(error: &CardError) -> bool {
    match error {
        CardError::Store(_) | CardError::Account(_) | CardError::Customer(StripeCustomerError::Store(_)) => {
            true
        }
        CardError::Sync(error) => cannot_sync_yet(error),
        CardError::Payments(error) | CardError::Customer(StripeCustomerError::Payments(error)) => {
            error.is_out_of_reach()
        }
        CardError::Nobody | CardError::Customer(StripeCustomerError::Unknown(_)) => false,
    }
}

fn cannot_settle_yet(error: &SettleError) -> bool {
    match error {
        SettleError::Store(_)
        | SettleError::Account(_)
        | SettleError::Deliver { source: DeliverError::Store(_), .. } => true,
        SettleError::Payments(error) => error.is_out_of_reach(),
        SettleError::UnknownCheckout(_) | SettleError::Deliver { .. } | SettleError::Checkout(_) => false,
    }
}

/// Brings one subject up to date and marks its events done. Answers how many there were.
pub async fn apply_stripe_events(
    app: &App,
    project: ProjectId,
    subject: &str,
) -> Result<usize, ApplyEventsError> {
    let owned = subject.to_owned();
    let waiting = app.read_once(move |_, tx| tx.stripe_events(project).waiting_of(&owned)).await?;
    let Some(latest) = waiting.last() else { return Ok(0) };
    let subject = app.event_reader().subject(&latest.row.event_type, &latest.payload);
    let waiting = Arc::new(waiting);
    match apply_subject(app, project, &subject, &waiting).await {
        Ok(()) => Ok(waiting.len()),
        Err(error) => {
            note_failure(app, project, waiting, &error).await?;
            Err(error)
        }
    }
}

/// Takes a parked event up again.
pub async fn retry_event(app: &App, project: ProjectId, stripe_event_id: &str) -> Result<bool, StoreError> {
    let id = stripe_event_id.to_owned();
    app.write(move |cx, tx| {
        let Some(event) = tx.stripe_events(project).find(&id)? else { return Ok(false) };
        tx.stripe_events(project).release(&id)?;
        enqueue(cx, tx, &Task::ApplyStripeEvents { project, subject: event.subject })?;
        Ok(true)
    })
    .await
}

/// Applies what Stripe says of the subject, and marks its events done. Who is overtaken by a newer answer asks again.
async fn apply_subject(
    app: &App,
    project: ProjectId,
    subject: &EventSubject,
    waiting: &Arc<Vec<ReceivedEvent>>,
) -> Result<(), ApplyEventsError> {
    for _ in 0..ROUNDS {
        match apply_once(app, project, subject, waiting).await {
            Err(ApplyEventsError::Sync(SyncError::Overtaken)) => {}
            applied => return applied,
        }
    }
    Err(SyncError::Overtaken.into())
}

async fn apply_once(
    app: &App,
    project: ProjectId,
    subject: &EventSubject,
    waiting: &Arc<Vec<ReceivedEvent>>,
) -> Result<(), ApplyEventsError> {
    let mut picture = None;
    match subject {
        EventSubject::Checkout(id) => drop(settle_stripe_session(app, project, id).await?),
        EventSubject::Subscription(id) => picture = take_picture(app, project, id).await?,
        EventSubject::CardSetup(id) => drop(settle_card_page(app, project, id).await?),
        EventSubject::Cards(id) => drop(sync_cards(app, project, id).await?),
        EventSubject::PaymentIntent(id) => drop(sync_refund(app, project, id).await?),
        EventSubject::Price(id) => forget_price(app, project, id).await?,
        EventSubject::Product(id) => forget_product(app, project, id).await?,
        EventSubject::Other => {}
    }
    let waiting = Arc::clone(waiting);
    app.write(move |cx, tx| {
        if let Some(picture) = &picture {
            apply_picture(cx, tx, project, picture)?;
        }
        let ids = waiting.iter().map(|event| event.row.stripe_event_id.as_str()).collect::<Vec<_>>();
        Ok(tx.stripe_events(project).settle(&ids, cx.now())?)
    })
    .await
}

async fn note_failure(
    app: &App,
    project: ProjectId,
    events: Arc<Vec<ReceivedEvent>>,
    error: &ApplyEventsError,
) -> Result<(), StoreError> {
    let (message, is_outage) = (error.to_string(), error.is_outage());
    app.write(move |_, tx| {
        events.iter().try_for_each(|ReceivedEvent { row, .. }| {
            let attempts = row.attempts + u32::from(!is_outage);
            let is_poison = attempts >= MAX_ATTEMPTS;
            tx.stripe_events(project).record_failure(&row.stripe_event_id, &message, attempts, is_poison)
        })
    })
    .await
}

#[cfg(test)]
mod tests {
    use perennial_domain::{CheckoutId, Id};
    use uuid::Uuid;

    use super::*;
    use crate::context::AccountError;
    use crate::ports::{PaymentsError, Refusal, RefusalKind};

    fn refused(kind: RefusalKind) -> PaymentsError {
        let message = "no".to_owned();
        PaymentsError::Refused(Refusal { kind, code: None, decline_code: None, message })
    }

    fn undeliverable(source: DeliverError) -> ApplyEventsError {
        SettleError::Deliver { checkout: CheckoutId::from_uuid(Uuid::from_u128(1)), source }.into()
    }

    #[test]
    fn what_an_operator_or_time_mends_is_an_outage() {
        let outages: [ApplyEventsError; 5] = [
            SyncError::Account(AccountError::NotConnected).into(),
            SettleError::Account(AccountError::Store(StoreError::Aborted)).into(),
            SyncError::Payments(refused(RefusalKind::Credentials)).into(),
            SyncError::Settle(SettleError::Payments(PaymentsError::NoAnswer("cut".into()))).into(),
            undeliverable(DeliverError::Store(StoreError::Aborted)),
        ];
        for error in outages {
            assert!(error.is_outage(), "{error:?}");
        }
    }

    #[test]
    fn what_the_event_itself_causes_is_none() {
        let own: [ApplyEventsError; 3] = [
            SyncError::Payments(refused(RefusalKind::NotFound)).into(),
            SettleError::Payments(PaymentsError::Nonsense("html".into())).into(),
            undeliverable(DeliverError::UnknownPrice),
        ];
        for error in own {
            assert!(!error.is_outage(), "{error:?}");
        }
    }
}
