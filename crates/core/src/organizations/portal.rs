//! The way to Stripe's billing portal (contract §8.5).

use perennial_domain::{Customer, CustomerStatus, Member, OrganizationSettings, ProjectId};

use crate::context::{AccountError, App};
use crate::customers::{StripeCustomerError, replace_lost_customer, stripe_customer_for};
use crate::ports::{OpenPortal, PaymentsError};

/// Why there is no way.
#[derive(Debug, thiserror::Error)]
pub enum PortalError {
    /// The organization was deleted or blocked.
    #[error("there is no such organization any more")]
    OrganizationGone,
    /// Stripe cannot be asked.
    #[error(transparent)]
    Account(#[from] AccountError),
    /// The Stripe Customer could not be made.
    #[error(transparent)]
    Customer(#[from] StripeCustomerError),
    /// Stripe refused, or did not answer.
    #[error(transparent)]
    Payments(#[from] PaymentsError),
}

/// Opens a visit to the portal; answers its URL. An organization that never bought gets its Stripe Customer now.
pub async fn open_portal(
    app: &App,
    project: ProjectId,
    organization: &Customer,
    member: &Member,
    settings: &OrganizationSettings,
) -> Result<String, PortalError> {
    if organization.status != CustomerStatus::Active {
        return Err(PortalError::OrganizationGone);
    }
    let payments = app.payments(project).await?;
    let (payments, id, buyer) = (payments.as_ref(), organization.id, Some(member.id));
    let visit = |stripe_customer_id| OpenPortal {
        stripe_customer_id,
        return_url: settings.frontend_url.to_string(),
        locale: organization.preferred_locale.clone(),
    };
    let known = stripe_customer_for(app, payments, project, id, buyer).await?;
    match payments.open_portal(&visit(known)).await {
        Err(PaymentsError::Refused(refusal)) => {
            if !replace_lost_customer(app, payments, project, id, buyer).await? {
                return Err(PaymentsError::Refused(refusal).into());
            }
            let other = stripe_customer_for(app, payments, project, id, buyer).await?;
            Ok(payments.open_portal(&visit(other)).await?)
        }
        opened => Ok(opened?),
    }
}
