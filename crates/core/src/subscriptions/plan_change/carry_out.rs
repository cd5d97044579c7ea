//! Carrying a reserved change out: at once, again after a crash, or by the sweep.

use jiff::SignedDuration;
use perennial_domain::{
    Price, ProjectId, Subscription, SubscriptionChange, SubscriptionChangeId, SubscriptionChangeState,
    SubscriptionId,
};
use perennial_store::{StoreError, Tx};

use super::due::turn_due_changes;
use super::unpaid::{PATIENCE, fail, note_invoice, settle_unpaid};
use crate::context::{AccountError, App, Cx};
use crate::ports::{BillingEnd, PaymentsError, PriceSwap, RefusalKind, ScheduledSwap, SwapCharge};
use crate::reach::Reach;
use crate::subscriptions::follow::delete_change;
use crate::subscriptions::sync::{SyncError, sync_subscription};

/// Younger changes are left to who asked for them.
const YOUNG: SignedDuration = SignedDuration::from_mins(1);
/// At the most so many in one sweep; the next one takes the rest. So many that one merchant's broken account, of which
/// only the first is tried, does not fill it.
const BATCH: u32 = 1_000;

/// Why it is not known what has become of a change. Ask again.
#[derive(Debug, thiserror::Error)]
pub enum CarryOutError {
    /// There is no such change, or not what it names.
    #[error("there is no change {0}")]
    Unknown(SubscriptionChangeId),
    /// Stripe cannot be asked.
    #[error(transparent)]
    Account(#[from] AccountError),
    /// Stripe refused, or did not answer.
    #[error(transparent)]
    Payments(#[from] PaymentsError),
    /// The subscription could not be brought up to date.
    #[error(transparent)]
    Sync(#[from] SyncError),
    /// The database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Finishes what a crash or an outage left; answers how many changes. One that cannot be finished holds up no other.
pub async fn sweep_subscription_changes(app: &App) -> Result<usize, StoreError> {
    let asked_before = app.now() - YOUNG;
    let given_up_before = app.now() - PATIENCE;
    let unfinished = app
        .read(move |_, tx| tx.unfinished_subscription_changes(asked_before, given_up_before, BATCH))
        .await?;
    let mut finished = 0;
    let mut reach = Reach::default();
    for (project, id) in unfinished {
        if !reach.may_ask(project) {
            continue;
        }
        match reach.learn(project, carry_out(app, project, id).await) {
            Ok(_) => finished += 1,
            Err(error) => {
                tracing::warn!(project.id = %project, %error, "the change {id} could not be carried out, the next sweep tries again");
            }
        }
    }
    Ok(finished + turn_due_changes(app).await?)
}

/// A change with the rows that it is about.
struct Errand {
    change: SubscriptionChange,
    subscription: Subscription,
    before: Price,
    after: Price,
}

/// Does what is left to do for a change; answers it as it stands then. One that waits for its money is looked after.
pub async fn carry_out(
    app: &App,
    project: ProjectId,
    id: SubscriptionChangeId,
) -> Result<SubscriptionChange, CarryOutError> {
    let errand = app.read(move |_, tx| load(tx, project, id)).await?;
    let errand = errand.ok_or(CarryOutError::Unknown(id))?;
    match errand.change.state {
        SubscriptionChangeState::Initiated => match &errand.change.stripe_invoice_id {
            Some(invoice) => settle_unpaid(app, &errand.change, &errand.subscription, invoice).await?,
            None if errand.after.amount.is_zero() => lapse_now(app, &errand).await?,
            None => swap_now(app, &errand).await?,
        },
        SubscriptionChangeState::Pending if errand.change.arranged_at.is_none() => {
            arrange(app, &errand).await?;
        }
        _ => return Ok(errand.change),
    }
    let change = app.read(move |_, tx| tx.subscription_changes(project).find(id)).await?;
    change.ok_or(CarryOutError::Unknown(id))
}

fn load(tx: &mut Tx<'_>, project: ProjectId, id: SubscriptionChangeId) -> Result<Option<Errand>, StoreError> {
    let Some(change) = tx.subscription_changes(project).find(id)? else { return Ok(None) };
    let subscription = tx.subscriptions(project).find(change.subscription_id)?;
    let after = tx.prices(project).find(change.price_id)?;
    let Some((subscription, after)) = subscription.zip(after) else { return Ok(None) };
    let before = tx.prices(project).find(subscription.price_id)?;
    Ok(before.map(|before| Errand { change, subscription, before, after }))
}

impl Errand {
    /// What Stripe is asked to swap. Once the subscription has followed, both prices are the new one.
    fn swap(&self) -> Option<PriceSwap> {
        Some(PriceSwap {
            stripe_subscription_id: self.subscription.stripe_subscription_id.clone()?,
            from_stripe_price_id: self.before.stripe_price_id.clone()?,
            to_stripe_price_id: self.after.stripe_price_id.clone()?,
        })
    }
}

/// What a change that counts at once is charged. Without a moment to count from, its successor begins anew.
fn charge_of(change: &SubscriptionChange) -> Option<SwapCharge> {
    let difference = change.prorated_from.map(SwapCharge::Difference);
    difference.or(change.successor_id.map(|_| SwapCharge::NewPeriod))
}

/// Stripe swaps the price once it is paid. What it bills then decides what the subscription is.
async fn swap_now(app: &App, errand: &Errand) -> Result<(), CarryOutError> {
    let (change, project) = (&errand.change, errand.change.project_id);
    let Some((swap, charged)) = errand.swap().zip(charge_of(change)) else {
        return fail(app, change, "subscription_ended").await;
    };
    let payments = app.payments(project).await?;
    match payments.swap_price(change.id, &swap, charged).await {
        Ok(billed) => match billed.awaited_invoice_id {
            Some(invoice) => {
                note_invoice(app, change, &invoice).await?;
                settle_unpaid(app, change, &errand.subscription, &invoice).await
            }
            None => Ok(sync_subscription(app, project, &billed.id).await.map(drop)?),
        },
        Err(error) => fail_if_refused(app, change, error).await,
    }
}

/// A refusal is final. Who could not be asked is asked again.
async fn fail_if_refused(
    app: &App,
    change: &SubscriptionChange,
    error: PaymentsError,
) -> Result<(), CarryOutError> {
    match error {
        PaymentsError::Refused(refusal) if refusal.kind == RefusalKind::Card => {
            fail(app, change, refusal.word()).await
        }
        PaymentsError::Refused(refusal) if refusal.kind != RefusalKind::Credentials => {
            tracing::error!(%refusal, "Stripe refuses the change {}, whatever its customer does", change.id);
            fail(app, change, SubscriptionChange::REFUSED).await
        }
        error => Err(error.into()),
    }
}

/// Stripe's part ends at once. That it has ended makes the subscription a free one.
async fn lapse_now(app: &App, errand: &Errand) -> Result<(), CarryOutError> {
    let (change, project) = (&errand.change, errand.change.project_id);
    let Some(stripe_id) = &errand.subscription.stripe_subscription_id else {
        return fail(app, change, "subscription_ended").await;
    };
    if let Err(error) = app.payments(project).await?.cancel_subscription(stripe_id).await {
        return fail_if_refused(app, change, error).await;
    }
    Ok(sync_subscription(app, project, stripe_id).await.map(drop)?)
}

/// Stripe is told what the next period is to be.
async fn arrange(app: &App, errand: &Errand) -> Result<(), CarryOutError> {
    let (change, subscription) = (&errand.change, &errand.subscription);
    let (project, id) = (change.project_id, change.id);
    if errand.before.amount.is_zero() {
        // Stripe bills the add-ons of a free plan alone: our clock makes the change.
        return app.write(move |cx, tx| note_arranged(cx, tx, project, id)).await.map(drop);
    }
    let Some(stripe_id) = subscription.stripe_subscription_id.clone() else {
        return fail(app, change, "subscription_ended").await;
    };
    let payments = app.payments(change.project_id).await?;
    let asked = match (errand.swap(), errand.after.term.span()) {
        (Some(swap), Some(span)) => payments.schedule_swap(&ScheduledSwap { swap, span }).await,
        _ => payments.schedule_end(&stripe_id, BillingEnd::WithPeriod).await,
    };
    if let Err(error) = asked {
        return fail_if_refused(app, change, error).await;
    }
    // Somebody may have cancelled, or taken the change back, while Stripe was told of it.
    if !app.write(move |cx, tx| note_arranged(cx, tx, project, id)).await? {
        unarrange(app, project, subscription.id).await?;
    }
    Ok(())
}

/// Whether a change that Stripe knows now is still wanted.
fn note_arranged(
    cx: &Cx,
    tx: &mut Tx<'_>,
    project: ProjectId,
    id: SubscriptionChangeId,
) -> Result<bool, CarryOutError> {
    let change = tx.subscription_changes(project).find(id)?.ok_or(CarryOutError::Unknown(id))?;
    let subscription = tx.subscriptions(project).lock(change.subscription_id)?;
    let mut change = tx.subscription_changes(project).lock(id)?.ok_or(CarryOutError::Unknown(id))?;
    let is_wanted = subscription.is_some_and(|it| it.is_live() && it.canceled_at.is_none());
    if is_wanted && change.is_open() {
        change.arranged_at = Some(cx.now());
        tx.subscription_changes(project).update(&change)?;
        return Ok(true);
    }
    delete_change(cx, tx, change)?;
    Ok(false)
}

/// Takes back at Stripe what was arranged for a change that nobody wants any more, and has Stripe's part end when it was
/// decided here.
pub async fn unarrange(app: &App, project: ProjectId, id: SubscriptionId) -> Result<(), CarryOutError> {
    let rows = app.read(move |_, tx| {
        let open = tx.subscription_changes(project).open_of(id)?;
        Ok::<_, StoreError>((open, tx.subscriptions(project).find(id)?))
    });
    let (None, Some(subscription)) = rows.await? else { return Ok(()) };
    if let (true, Some(stripe_id)) = (subscription.is_live(), &subscription.stripe_subscription_id) {
        let payments = app.payments(project).await?;
        payments.unschedule_swap(stripe_id).await?;
        let decided = subscription.ended_at.map(|end| BillingEnd::of(&subscription, end, app.now()));
        payments.schedule_end(stripe_id, decided.unwrap_or(BillingEnd::Never)).await?;
    }
    Ok(())
}
