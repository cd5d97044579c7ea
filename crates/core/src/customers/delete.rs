//! Deleting a customer: nothing is charged any more, every subscription ends, and the address is free again.
//!
//! The row stays for the books (contracts/projects-api.md §5, rows 32 and 42).

use perennial_domain::{CancellationCause, Customer, CustomerId, CustomerStatus, ProjectId, Subscription};
use perennial_store::tables::{PageError, PageRequest, SubscriptionFilter};
use perennial_store::{StoreError, Tx};

use crate::context::{AccountError, App, Cx};
use crate::events::{Happening, record};
use crate::ports::PaymentsError;
use crate::subscriptions::end_in;

/// Why a customer is not deleted.
#[derive(Debug, thiserror::Error)]
pub enum DeleteCustomerError {
    /// No such customer.
    #[error("there is no customer {0}")]
    Unknown(CustomerId),
    /// The customer is paying at this moment, or bought something while being deleted.
    #[error("customer {0} has an open checkout")]
    Paying(CustomerId),
    /// The project's Stripe account cannot be reached.
    #[error(transparent)]
    Account(#[from] AccountError),
    /// Stripe did not end a subscription: it would have gone on charging.
    #[error("a subscription could not be ended at Stripe")]
    Payments(#[from] PaymentsError),
    /// The database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// More live subscriptions than this nobody has.
const MAX_SUBSCRIPTIONS: u32 = 1_000;

/// Deletes a customer. Who is deleted already stays so.
///
/// Stripe comes first: should it not answer, nothing was changed here and the call can be made again, and ending a
/// subscription at Stripe twice is no mistake.
pub async fn delete(app: &App, project: ProjectId, id: CustomerId) -> Result<Customer, DeleteCustomerError> {
    let live = app.read(move |_, tx| live_subscriptions(tx, project, id)).await?;
    let billed =
        live.into_iter().filter_map(|subscription| subscription.stripe_subscription_id).collect::<Vec<_>>();
    if !billed.is_empty() {
        let payments = app.payments(project).await?;
        for stripe_subscription_id in &billed {
            payments.cancel_subscription(stripe_subscription_id).await?;
        }
    }
    app.write(move |cx, tx| delete_here(cx, tx, project, id, &billed)).await
}

/// Ends everything here. `stopped` are the Stripe Subscriptions that charge no more.
fn delete_here(
    cx: &Cx,
    tx: &mut Tx<'_>,
    project: ProjectId,
    id: CustomerId,
    stopped: &[String],
) -> Result<Customer, DeleteCustomerError> {
    let mut customer = tx.customers(project).lock(id)?.ok_or(DeleteCustomerError::Unknown(id))?;
    if customer.status == CustomerStatus::Deleted {
        return Ok(customer);
    }
    if tx.checkouts(project).lock_open_of(id)?.is_some() {
        return Err(DeleteCustomerError::Paying(id));
    }
    for mut subscription in live_subscriptions(tx, project, id)? {
        let still_charges =
            subscription.stripe_subscription_id.as_ref().is_some_and(|id| !stopped.contains(id));
        if still_charges {
            return Err(DeleteCustomerError::Paying(id));
        }
        end_in(cx, tx, &mut subscription, cx.now(), CancellationCause::UserDeleted)?;
    }
    customer.status = CustomerStatus::Deleted;
    customer.email = None;
    customer.email_verified = false;
    customer.full_name = None;
    customer.birthday = None;
    tx.customers(project).update(&customer)?;
    record(cx, tx, project, Happening::UserDeleted, id)?;
    Ok(customer)
}

fn live_subscriptions(
    tx: &mut Tx<'_>,
    project: ProjectId,
    customer: CustomerId,
) -> Result<Vec<Subscription>, StoreError> {
    let filter = SubscriptionFilter { customer: Some(customer), ..SubscriptionFilter::default() };
    let page = tx.subscriptions(project).page(&filter, PageRequest::first(MAX_SUBSCRIPTIONS));
    let all = match page {
        Ok(slice) => slice.items,
        // There is no cursor that could be unknown.
        Err(PageError::UnknownCursor) => Vec::new(),
        Err(PageError::Store(error)) => return Err(error),
    };
    Ok(all.into_iter().filter(Subscription::is_live).collect())
}
