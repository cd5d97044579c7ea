//! What follows once another card was given on a page of Stripe's that charges nothing. Whoever comes first, the customer
//! on their way back or Stripe's event, makes the card the one that pays; the other finds it done.

use perennial_domain::{
    CardPage, ConnectSession, ConnectSessionId, CustomerId, Outcome, Payment, ProjectId, SubscriptionId,
};
use perennial_store::{StoreError, Tx};

use super::owed::{owed_invoices, pay_open_ones_of};
use super::{CardError, PaidOff, pay_open_invoices, sync_cards};
use crate::context::App;
use crate::ports::{CardSetup, CheckoutSessionStatus, Payments};
use crate::subscriptions::sync_subscription;

/// What came of a page for a card.
#[derive(Clone, Debug)]
pub enum CardSettlement {
    /// No card was given yet.
    Open,
    /// None was given, and none can be any more.
    Expired,
    /// The card pays from now on.
    Kept(KeptCard),
    /// A card was given on a page that another one has replaced since, and pays for nothing.
    Replaced,
    /// The page belongs to no visit of ours.
    NotOurs,
}

/// A card that pays from now on.
#[derive(Clone, Debug)]
pub struct KeptCard {
    /// Stripe's name for it.
    pub payment_method_id: String,
    /// What was owed when it was given, and is paid with it: the same for everybody who settles the page.
    pub paid: Vec<Payment>,
    /// What it was tried for in vain: its bank refused, or asks the customer. What failed on another card is not among it.
    pub owed: Vec<Payment>,
    /// Whether anything is owed, also what it was not tried for yet.
    pub is_more_owed: bool,
}

/// Makes the card that was given the one that pays for everything, and pays with it what is owed. Safe to run again.
pub async fn settle_card_page(
    app: &App,
    project: ProjectId,
    stripe_session_id: &str,
) -> Result<CardSettlement, CardError> {
    let payments = app.payments(project).await?;
    let setup = payments.card_setup(stripe_session_id).await?;
    let Some((session, setup)) = owner_of(app, project, setup).await? else {
        return Ok(CardSettlement::NotOurs);
    };
    let given = match setup.status {
        CheckoutSessionStatus::Open => return Ok(CardSettlement::Open),
        CheckoutSessionStatus::Expired => return Ok(CardSettlement::Expired),
        CheckoutSessionStatus::Complete => setup.payment_method_id.zip(setup.stripe_customer_id),
    };
    let (payment_method_id, stripe_customer_id) = given.ok_or(CardError::Nobody)?;
    let customer = session.customer_id.ok_or(CardError::Nobody)?;
    let page = session.progress.card_page.as_ref();
    // An event that comes late must not bring a card back that was replaced since.
    let Some(page) = page.filter(|page| page.stripe_session_id.as_deref() == Some(stripe_session_id)) else {
        return Ok(CardSettlement::Replaced);
    };
    if !page.is_settled {
        payments.use_card(&stripe_customer_id, &payment_method_id).await?;
        use_for_subscriptions(app, payments.as_ref(), project, customer, &payment_method_id).await?;
        sync_cards(app, project, &stripe_customer_id).await?;
        let owed = owed_invoices(app, project, customer).await?;
        app.write(move |_, tx| keep_what_is_owed(tx, project, session.id, &owed)).await?;
        pay_open_invoices(app, project, customer, &payment_method_id).await?;
    } else if goes_on_paying(app, project, customer, page, &payment_method_id).await? {
        pay_open_ones_of(app, project, customer, &payment_method_id, &page.invoices).await?;
    }
    let is_more_owed = !owed_invoices(app, project, customer).await?.is_empty();
    let closed = app.write(move |_, tx| close(tx, project, session.id, is_more_owed)).await?;
    let PaidOff { paid, mut owed } = closed;
    owed.retain(|payment| was_tried_with(&payment_method_id, payment));
    Ok(CardSettlement::Kept(KeptCard { payment_method_id, paid, owed, is_more_owed }))
}

/// Whether the card was stopped by a question of its bank's, and has the answer by now: it was given for all of it. One that
/// was replaced since, maybe in another visit, is charged no more.
async fn goes_on_paying(
    app: &App,
    project: ProjectId,
    customer: CustomerId,
    page: &CardPage,
    payment_method_id: &str,
) -> Result<bool, StoreError> {
    let invoices = page.invoices.clone();
    let (present, PaidOff { paid, owed }) = app
        .read(move |_, tx| {
            let present = tx.payment_methods(project).default_of(customer)?;
            Ok::<_, StoreError>((present, PaidOff::of_invoices(tx, project, &invoices)?))
        })
        .await?;
    let is_present =
        present.is_some_and(|present| present.card.stripe_payment_method_id == payment_method_id);
    let is_stopped = owed.iter().any(|payment| was_tried_with(payment_method_id, payment));
    Ok(is_present && !is_stopped && paid.len() < page.invoices.len())
}

/// Whether this card was the last that the payment was tried with: it may have a row of ours since it failed on another.
fn was_tried_with(payment_method_id: &str, payment: &Payment) -> bool {
    payment.attempts.payment_method.as_deref() == Some(payment_method_id)
}

/// Before it is paid: the customer and Stripe's event may settle the page at once, or one of them twice, and each is to know
/// what was paid before.
fn keep_what_is_owed(
    tx: &mut Tx<'_>,
    project: ProjectId,
    visit: ConnectSessionId,
    owed: &[String],
) -> Result<(), CardError> {
    change_page(tx, project, visit, |page| {
        for invoice in owed {
            if !page.invoices.contains(invoice) {
                page.invoices.push(invoice.clone());
            }
        }
    })
}

/// The visit that opened the page.
async fn owner_of(
    app: &App,
    project: ProjectId,
    setup: CardSetup,
) -> Result<Option<(ConnectSession, CardSetup)>, StoreError> {
    let Some(visit) = setup.visit else { return Ok(None) };
    let session = app.read(move |_, tx| tx.connect_sessions(project).find(visit)).await?;
    Ok(session.map(|session| (session, setup)))
}

async fn use_for_subscriptions(
    app: &App,
    payments: &dyn Payments,
    project: ProjectId,
    customer: CustomerId,
    payment_method_id: &str,
) -> Result<(), CardError> {
    for subscription in app.read(move |_, tx| tx.subscriptions(project).billed_of(customer)).await? {
        let Some(id) = &subscription.stripe_subscription_id else { continue };
        let used = payments.use_card_for(id, payment_method_id).await;
        // What it owes may not have been heard of here yet, nor that it is over, and no card can pay for it.
        sync_subscription(app, project, id).await?;
        if let Err(error) = used
            && is_live(app, project, subscription.id).await?
        {
            return Err(error.into());
        }
    }
    Ok(())
}

async fn is_live(app: &App, project: ProjectId, id: SubscriptionId) -> Result<bool, StoreError> {
    let found = app.read(move |_, tx| tx.subscriptions(project).find(id)).await?;
    Ok(found.is_some_and(|subscription| subscription.is_live()))
}

/// The page is done with, and so is a visit that came for the card alone, once nothing is owed. Tells what came of it.
fn close(
    tx: &mut Tx<'_>,
    project: ProjectId,
    visit: ConnectSessionId,
    is_more_owed: bool,
) -> Result<PaidOff, CardError> {
    let mut session = tx.connect_sessions(project).lock(visit)?.ok_or(CardError::Nobody)?;
    let Some(page) = &mut session.progress.card_page else { return Ok(PaidOff::default()) };
    page.is_settled = true;
    page.look_at = None;
    let paid_off = PaidOff::of_invoices(tx, project, &page.invoices)?;
    if session.intent.is_to_pay() && !is_more_owed && paid_off.owed.is_empty() {
        session.outcome.get_or_insert(Outcome::Success);
    }
    tx.connect_sessions(project).update(&session)?;
    Ok(paid_off)
}

pub(super) fn change_page(
    tx: &mut Tx<'_>,
    project: ProjectId,
    visit: ConnectSessionId,
    change: impl FnOnce(&mut CardPage),
) -> Result<(), CardError> {
    let mut session = tx.connect_sessions(project).lock(visit)?.ok_or(CardError::Nobody)?;
    if let Some(page) = &mut session.progress.card_page {
        change(page);
        tx.connect_sessions(project).update(&session)?;
    }
    Ok(())
}
