//! Deleting a customer: nothing is charged any more, every subscription ends, and the address is free again.
//!
//! The row stays for the books (contracts/projects-api.md §5, rows 32 and 42).

use perennial_domain::{
    Cancellation, CancellationCause, Customer, CustomerId, CustomerStatus, ProjectId, Subscription,
};
use perennial_store::tables::SubscriptionFilter;
use perennial_store::{StoreError, Tx};

use crate::context::{App, Cx};
use crate::events::{Happening, forget_customer, record};
use crate::subscriptions::{CancelError, end_with};

/// Why a customer is not deleted.
#[derive(Debug, thiserror::Error)]
pub enum DeleteCustomerError {
    /// No such customer.
    #[error("there is no customer {0}")]
    Unknown(CustomerId),
    /// The customer is paying at this moment. Nothing was changed.
    #[error("customer {0} has an open checkout")]
    Paying(CustomerId),
    /// A subscription could not be ended: Stripe would have gone on charging. Until the call is made again, the
    /// customer is blocked.
    #[error("a subscription could not be ended")]
    Ending(#[from] CancelError),
    /// The database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// More live subscriptions than this nobody has.
const MAX_SUBSCRIPTIONS: u32 = 1_000;

/// Deletes a customer. Who is deleted already stays so.
///
/// Who has subscriptions is blocked first, so that nothing is bought while Stripe is told of their ends, one after
/// the other. Should Stripe not answer, the call can be made again and goes on where it stopped.
pub async fn delete(app: &App, project: ProjectId, id: CustomerId) -> Result<Customer, DeleteCustomerError> {
    let live = app.write(move |cx, tx| block(cx, tx, project, id)).await?;
    for subscription in &live {
        end_with(app, subscription, Cancellation::because(CancellationCause::UserDeleted)).await?;
    }
    app.write(move |cx, tx| forget(cx, tx, project, id)).await
}

/// Blocks a customer who has live subscriptions, and answers those.
fn block(
    cx: &Cx,
    tx: &mut Tx<'_>,
    project: ProjectId,
    id: CustomerId,
) -> Result<Vec<Subscription>, DeleteCustomerError> {
    let mut customer = lock_idle(tx, project, id)?;
    let mut live = live_subscriptions(tx, project, id)?;
    for subscription in &mut live {
        // Noted before Stripe is asked: its own event of the end may be quicker than its answer.
        subscription.cancellation.get_or_insert(Cancellation::because(CancellationCause::UserDeleted));
        tx.subscriptions(project).update(subscription)?;
    }
    if !live.is_empty() && customer.status == CustomerStatus::Active {
        customer.status = CustomerStatus::Blocked;
        tx.customers(project).update(&customer)?;
        record(cx, tx, project, Happening::UserBlocked, id)?;
    }
    Ok(live)
}

/// Blanks what is personal, once nothing is charged any more.
fn forget(
    cx: &Cx,
    tx: &mut Tx<'_>,
    project: ProjectId,
    id: CustomerId,
) -> Result<Customer, DeleteCustomerError> {
    let mut customer = lock_idle(tx, project, id)?;
    if customer.status == CustomerStatus::Deleted {
        return Ok(customer);
    }
    // A payment that was under way when all this began may have arrived.
    if !live_subscriptions(tx, project, id)?.is_empty() {
        return Err(DeleteCustomerError::Paying(id));
    }
    customer.status = CustomerStatus::Deleted;
    customer.email = None;
    customer.email_verified = false;
    customer.full_name = None;
    customer.birthday = None;
    tx.customers(project).update(&customer)?;
    forget_customer(cx, tx, project, id)?;
    record(cx, tx, project, Happening::UserDeleted, id)?;
    Ok(customer)
}

/// The customer, whom nobody else changes until the transaction ends, unless they are paying.
fn lock_idle(tx: &mut Tx<'_>, project: ProjectId, id: CustomerId) -> Result<Customer, DeleteCustomerError> {
    let customer = tx.customers(project).lock(id)?.ok_or(DeleteCustomerError::Unknown(id))?;
    match tx.checkouts(project).lock_undecided_of(id)? {
        Some(_) => Err(DeleteCustomerError::Paying(id)),
        None => Ok(customer),
    }
}

fn live_subscriptions(
    tx: &mut Tx<'_>,
    project: ProjectId,
    customer: CustomerId,
) -> Result<Vec<Subscription>, StoreError> {
    let filter = SubscriptionFilter { customer: Some(customer), ..SubscriptionFilter::live() };
    tx.subscriptions(project).newest(&filter, MAX_SUBSCRIPTIONS)
}
