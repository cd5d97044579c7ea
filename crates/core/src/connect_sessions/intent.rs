//! Whether what an intent names exists, and belongs to who comes (contracts/projects-api.md §2.13.4).
//!
//! Whether the intent can be carried out is not asked here: what fits today may be taken when the customer comes, so the
//! pages ask it then. A plan that is off sale and a SIM that does not fit it lead out as `bad_configuration`.

use perennial_domain::{
    CustomerId, Device, Intent, NamedSim, NewSubscription, PaymentId, PaymentState, ProductId, ProductKind,
    ProjectId, SubscriptionId,
};
use perennial_store::tables::SessionGrounds;
use perennial_store::{StoreError, Tx};

/// Something that an intent names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reference {
    /// The plan to buy.
    Plan,
    /// The SIM to use.
    Sim,
    /// The device to use.
    Device,
    /// The device to use, by its number.
    Imei,
    /// The add-ons to buy.
    Addons,
    /// The subscription that it is about.
    Subscription,
    /// The payment to confirm.
    Payment,
}

/// Why an intent is refused.
#[derive(Debug, thiserror::Error)]
pub enum IntentError {
    /// It names something that is not there, or is not the customer's.
    #[error("the intent names something that does not exist")]
    Unknown(Reference),
    /// It names nothing where something is needed, or the same thing twice.
    #[error("the intent names nothing, or the same thing twice")]
    Unusable(Reference),
    /// The database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Who comes, as far as it matters here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Owner {
    /// They log in on the pages, where what they may see is checked again.
    Anyone,
    /// A customer.
    Customer(CustomerId),
    /// Somebody new, who owns nothing yet.
    Nobody,
}

impl Owner {
    fn may_be(self, customer: CustomerId) -> bool {
        match self {
            Self::Anyone => true,
            Self::Customer(id) => id == customer,
            Self::Nobody => false,
        }
    }
}

/// Checks all that an intent names. Its plan was looked for with the grounds.
pub(crate) fn check(
    tx: &mut Tx<'_>,
    project: ProjectId,
    grounds: &SessionGrounds,
    owner: Owner,
    intent: &Intent,
) -> Result<(), IntentError> {
    match intent {
        Intent::CheckoutNewSubscription(wanted) => {
            if grounds.plan != Some(ProductKind::Plan) {
                return Err(IntentError::Unknown(Reference::Plan));
            }
            new_subscription(tx, project, owner, wanted)
        }
        Intent::CheckoutAddon { subscription: id, addons: wanted } => {
            subscription(tx, project, owner, *id)?;
            if wanted.is_empty() {
                return Err(IntentError::Unusable(Reference::Addons));
            }
            addons(tx, project, wanted)
        }
        Intent::ChangeSubscription(id)
        | Intent::CancelSubscription(id)
        | Intent::ResumeSubscription(id)
        | Intent::ViewSubscription(id)
        | Intent::ViewEsimInstallation(id)
        | Intent::CompletePorting { subscription: id, .. } => subscription(tx, project, owner, *id),
        Intent::ConfirmPayment(id) => payment(tx, project, owner, *id),
        Intent::ViewSubscriptions
        | Intent::UpdatePaymentMethod
        | Intent::UpdateUserAddress
        | Intent::UpdateUserFullName => Ok(()),
    }
}

fn new_subscription(
    tx: &mut Tx<'_>,
    project: ProjectId,
    owner: Owner,
    wanted: &NewSubscription,
) -> Result<(), IntentError> {
    if let Some(NamedSim::Recorded(id)) = wanted.sim {
        let sim = tx.sims(project).find(id)?;
        // A SIM that nobody has used yet is anybody's.
        let is_free = sim.is_some_and(|sim| sim.customer_id.is_none_or(|customer| owner.may_be(customer)));
        is_free.then_some(()).ok_or(IntentError::Unknown(Reference::Sim))?;
    }
    if let Some(id) = wanted.device {
        let device = tx.devices(project).find(id)?;
        let is_usable = device.is_some_and(|device| device.may_serve(|customer| owner.may_be(customer)));
        is_usable.then_some(()).ok_or(IntentError::Unknown(Reference::Device))?;
    }
    if wanted.imei.as_deref().is_some_and(|imei| Device::parse_imei(imei).is_none()) {
        return Err(IntentError::Unusable(Reference::Imei));
    }
    addons(tx, project, &wanted.addons)
}

fn addons(tx: &mut Tx<'_>, project: ProjectId, wanted: &[ProductId]) -> Result<(), IntentError> {
    for (position, id) in wanted.iter().enumerate() {
        if wanted[..position].contains(id) {
            return Err(IntentError::Unusable(Reference::Addons));
        }
        let product = tx.products(project).find(*id)?;
        if product.is_none_or(|product| product.kind != ProductKind::Addon) {
            return Err(IntentError::Unknown(Reference::Addons));
        }
    }
    Ok(())
}

fn subscription(
    tx: &mut Tx<'_>,
    project: ProjectId,
    owner: Owner,
    id: SubscriptionId,
) -> Result<(), IntentError> {
    let subscription = tx.subscriptions(project).find(id)?;
    let is_theirs = subscription.is_some_and(|subscription| owner.may_be(subscription.customer_id));
    is_theirs.then_some(()).ok_or(IntentError::Unknown(Reference::Subscription))
}

/// Only a payment whose bank waits for the customer can be confirmed.
fn payment(tx: &mut Tx<'_>, project: ProjectId, owner: Owner, id: PaymentId) -> Result<(), IntentError> {
    match tx.payments(project).find(id)? {
        Some(payment) if owner.may_be(payment.customer_id) => match payment.state {
            PaymentState::RequiresConfirmation => Ok(()),
            _ => Err(IntentError::Unusable(Reference::Payment)),
        },
        _ => Err(IntentError::Unknown(Reference::Payment)),
    }
}
