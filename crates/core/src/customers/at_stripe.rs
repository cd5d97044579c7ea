//! The Stripe Customer of one of ours: made when Stripe first needs one.

use perennial_domain::{Customer, CustomerId, Member, MemberId, ProjectId};
use perennial_store::StoreError;

use crate::context::App;
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
    let (customer, member) = find(app, project, id, buyer).await?;
    if let Some(stripe_customer_id) = customer.stripe_customer_id {
        return Ok(stripe_customer_id);
    }
    make(app, payments, customer, member, None).await
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
    let (customer, member) = find(app, project, id, buyer).await?;
    let Some(lost) = customer.stripe_customer_id.clone() else { return Ok(false) };
    if payments.has_customer(&lost).await? {
        return Ok(false);
    }
    tracing::warn!(customer.id = %id, "Stripe has deleted the customer {id}, who gets another one there");
    make(app, payments, customer, member, Some(lost)).await?;
    Ok(true)
}

async fn find(
    app: &App,
    project: ProjectId,
    id: CustomerId,
    buyer: Option<MemberId>,
) -> Result<(Customer, Option<Member>), StripeCustomerError> {
    let (customer, member) = app
        .read(move |_, tx| {
            let member = buyer.map_or(Ok(None), |member| tx.members(project).find(member))?;
            Ok::<_, StoreError>((tx.customers(project).find(id)?, member))
        })
        .await?;
    Ok((customer.ok_or(StripeCustomerError::Unknown(id))?, member))
}

/// Makes one at Stripe, in the place of a lost one or of none, and keeps which it is.
async fn make(
    app: &App,
    payments: &dyn Payments,
    customer: Customer,
    member: Option<Member>,
    lost: Option<String>,
) -> Result<String, StripeCustomerError> {
    let (project, id) = (customer.project_id, customer.id);
    let draft = CustomerDraft {
        id,
        email: customer.email.or(member.map(|member| member.email)).map(|email| email.as_str().to_owned()),
        name: customer.full_name,
        locale: customer.preferred_locale,
        organization: customer.external_id,
        replaces: lost.clone(),
    };
    let made = payments.create_customer(&draft).await?;
    app.write(move |_, tx| {
        let Some(mut customer) = tx.customers(project).lock(id)? else { return Ok(made.clone()) };
        if customer.stripe_customer_id == lost {
            customer.stripe_customer_id = None;
        }
        // Two first purchases at once: the first to record decides.
        let kept = customer.stripe_customer_id.get_or_insert(made.clone()).clone();
        tx.customers(project).update(&customer)?;
        Ok(kept)
    })
    .await
}
