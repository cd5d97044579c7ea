//! The Stripe Customer of one of ours: made when Stripe first needs one.

use perennial_domain::{Customer, CustomerId, Email, MemberId, ProjectId};
use perennial_store::{StoreError, Tx};

use super::save;
use crate::context::App;
use crate::mails;
use crate::ports::{CustomerDraft, Payments, PaymentsError};

/// The Stripe Customer is not known.
#[derive(Debug, thiserror::Error)]
pub enum StripeCustomerError {
    /// There is no such customer in the project.
    #[error("there is no customer {0}")]
    Unknown(CustomerId),
    /// Stripe refused, or did not answer.
    #[error(transparent)]
    Payments(#[from] PaymentsError),
    /// The database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Stripe's name for a customer of ours.
pub(crate) async fn stripe_customer(
    app: &App,
    payments: &dyn Payments,
    project: ProjectId,
    id: CustomerId,
) -> Result<String, StripeCustomerError> {
    stripe_customer_for(app, payments, project, id, None).await
}

/// The same, when a member buys for an organization: one without an address of its own gets its receipts where the member
/// reads who came first.
pub(crate) async fn stripe_customer_for(
    app: &App,
    payments: &dyn Payments,
    project: ProjectId,
    id: CustomerId,
    buyer: Option<MemberId>,
) -> Result<String, StripeCustomerError> {
    let (customer, receipts_to) = find(app, project, id, buyer).await?;
    if let Some(stripe_customer_id) = customer.stripe_customer_id {
        return Ok(stripe_customer_id);
    }
    make(app, payments, customer, receipts_to, None).await
}

/// Makes another Stripe Customer for one of ours whose own was deleted at Stripe; answers whether it was. Callers ask when
/// Stripe refused what named it.
pub(crate) async fn replace_lost_customer(
    app: &App,
    payments: &dyn Payments,
    project: ProjectId,
    id: CustomerId,
    buyer: Option<MemberId>,
) -> Result<bool, StripeCustomerError> {
    let (customer, receipts_to) = find(app, project, id, buyer).await?;
    let Some(lost) = customer.stripe_customer_id.clone() else { return Ok(false) };
    if payments.has_customer(&lost).await? {
        return Ok(false);
    }
    tracing::warn!(customer.id = %id, "Stripe has deleted the customer {id}, who gets another one there");
    make(app, payments, customer, receipts_to, Some(lost)).await?;
    Ok(true)
}

/// The customer, and where their receipts go.
async fn find(
    app: &App,
    project: ProjectId,
    id: CustomerId,
    buyer: Option<MemberId>,
) -> Result<(Customer, Option<Email>), StripeCustomerError> {
    let found = app.read(move |_, tx| {
        let Some(customer) = tx.customers(project).find(id)? else { return Ok::<_, StoreError>(None) };
        let receipts_to = receipts_to(tx, &customer, buyer)?;
        Ok(Some((customer, receipts_to)))
    });
    found.await?.ok_or(StripeCustomerError::Unknown(id))
}

/// Their own address, or the buyer's, or where their mails go: a customer with an address is not asked for one on Stripe's
/// pages.
fn receipts_to(
    tx: &mut Tx<'_>,
    customer: &Customer,
    buyer: Option<MemberId>,
) -> Result<Option<Email>, StoreError> {
    if customer.email.is_some() {
        return Ok(customer.email.clone());
    }
    let buyer = buyer.map_or(Ok(None), |buyer| tx.members(customer.project_id).find(buyer))?;
    match buyer {
        Some(buyer) => Ok(Some(buyer.email)),
        None => mails::address_of(tx, customer.project_id, customer.id),
    }
}

/// Makes one at Stripe, in the place of a lost one or of none, and keeps which it is.
async fn make(
    app: &App,
    payments: &dyn Payments,
    customer: Customer,
    receipts_to: Option<Email>,
    lost: Option<String>,
) -> Result<String, StripeCustomerError> {
    let (project, id) = (customer.project_id, customer.id);
    let draft = CustomerDraft {
        id,
        email: receipts_to.map(|email| email.as_str().to_owned()),
        name: customer.full_name.clone(),
        locale: customer.preferred_locale.clone(),
        organization: customer.external_id.clone(),
        replaces: lost.clone(),
    };
    let made = payments.create_customer(&draft).await?;
    app.write(move |cx, tx| {
        let Some(mut now) = tx.customers(project).lock(id)? else { return Ok(made.clone()) };
        if now.stripe_customer_id == lost {
            now.stripe_customer_id = None;
        }
        // Two first purchases at once: the first to record decides.
        let kept = now.stripe_customer_id.get_or_insert(made.clone()).clone();
        // Who became somebody else while Stripe was asked is known there by what they were.
        save(cx, tx, &customer, &now)?;
        Ok(kept)
    })
    .await
}
