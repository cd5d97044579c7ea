//! Telling Stripe that a customer has another address or another name: its pages show them, and its receipts go there.

use perennial_domain::{Customer, CustomerId, CustomerStatus, ProjectId};
use perennial_store::{StoreError, Tx};

use crate::context::{AccountError, App, Cx};
use crate::ports::{CustomerContact, PaymentsError};
use crate::tasks::{Task, enqueue};

/// Stripe was not told.
#[derive(Debug, thiserror::Error)]
pub enum TellStripeError {
    /// Stripe cannot be asked.
    #[error(transparent)]
    Account(#[from] AccountError),
    /// Stripe refused, or did not answer.
    #[error(transparent)]
    Payments(#[from] PaymentsError),
    /// The database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Writes a changed customer down and, where Stripe knows them by what they were `before`, has it told.
pub(crate) fn save(
    cx: &Cx,
    tx: &mut Tx<'_>,
    before: &Customer,
    customer: &Customer,
) -> Result<(), StoreError> {
    tx.customers(customer.project_id).update(customer)?;
    if customer.stripe_customer_id.is_none() || contact_of(customer) == contact_of(before) {
        return Ok(());
    }
    let lost_name = before.full_name.is_some() && customer.full_name.is_none();
    let task = Task::TellStripeOfCustomer { project: customer.project_id, customer: customer.id, lost_name };
    enqueue(cx, tx, &task)
}

/// Tells Stripe what is true of a customer by now, so that it may be told late and twice. Who is not known there has nobody
/// to be told to, and of who was deleted here nothing is left to tell. A name that Stripe alone has, as its operator may have
/// written it there, stays unless one that was here was taken away (`lost_name`).
pub async fn tell_stripe_of_customer(
    app: &App,
    project: ProjectId,
    id: CustomerId,
    lost_name: bool,
) -> Result<(), TellStripeError> {
    let customer = app.read(move |_, tx| tx.customers(project).find(id)).await?;
    let customer = customer.filter(|customer| customer.status != CustomerStatus::Deleted);
    let Some((customer, known_as)) = customer.and_then(|it| Some((it.clone(), it.stripe_customer_id?)))
    else {
        return Ok(());
    };
    let mut contact = contact_of(&customer);
    if lost_name {
        contact.name.get_or_insert_default();
    }
    let payments = app.payments(project).await?;
    match payments.update_customer(&known_as, &contact).await {
        // Deleted there: who takes their place is made of what is true then.
        Err(error) if error.is_not_found() => Ok(()),
        told => Ok(told?),
    }
}

fn contact_of(customer: &Customer) -> CustomerContact {
    let email = customer.email.as_ref().map(|email| email.as_str().to_owned());
    CustomerContact { email, name: customer.full_name.clone() }
}
