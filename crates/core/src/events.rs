//! What happened, append-only, written in the transaction that made it happen.

mod log;
mod publish;
mod subject;

use perennial_domain::{Id, ProjectId};
use perennial_store::{StoreError, Tx};

use crate::context::Cx;
use crate::ports::Happened;

pub use log::{find, page};
pub use subject::Subject;

pub(crate) use log::forget_customer;
pub(crate) use publish::publish;

/// What stands before an event's type where apps see it (contracts/projects-api.md §2.17).
pub const TYPE_PREFIX: &str = "com.gigs.";

/// Something that others may want to hear of. The words are those of contracts/projects-api.md §2.17, without its prefix.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Happening {
    /// A customer was made.
    UserCreated,
    /// A customer was changed.
    UserUpdated,
    /// A customer was deleted.
    UserDeleted,
    /// A customer may not act any more.
    UserBlocked,
    /// A customer's address was proved to be theirs.
    UserVerified,
    /// An address was added.
    AddressCreated,
    /// An address was removed.
    AddressDeleted,
    /// An app asked for a connect session.
    ConnectSessionCreated,
    /// A connect session got its customer, or other settings.
    ConnectSessionUpdated,
    /// A subscription was bought.
    SubscriptionCreated,
    /// The network has it.
    SubscriptionActivated,
    /// The next period is paid.
    SubscriptionRenewed,
    /// Its end was decided.
    SubscriptionCanceled,
    /// Its end was taken back.
    SubscriptionResumed,
    /// It is over.
    SubscriptionEnded,
    /// It may not be used until its renewal is paid.
    SubscriptionRestricted,
    /// It may be used again.
    SubscriptionRestored,
    /// Something else about it changed.
    SubscriptionUpdated,
    /// An add-on was bought.
    SubscriptionAddonCreated,
    /// An add-on can be used.
    SubscriptionAddonActivated,
    /// An add-on goes on for the next period.
    SubscriptionAddonRenewed,
    /// An add-on is over.
    SubscriptionAddonEnded,
    /// Another plan was asked for.
    SubscriptionChangeCreated,
    /// The subscription is on the other plan.
    SubscriptionChangeApplied,
    /// The other plan was not paid.
    SubscriptionChangeFailed,
    /// The other plan was taken back.
    SubscriptionChangeDeleted,
    /// A SIM was given out.
    SimCreated,
    /// A SIM is in use.
    SimActivated,
    /// What is noted on a SIM was changed.
    SimUpdated,
    /// A device was recorded.
    DeviceCreated,
    /// A device was changed.
    DeviceUpdated,
    /// A device was removed.
    DeviceDeleted,
    /// A porting was begun.
    PortingCreated,
    /// Money was asked for and did not come at once.
    PaymentCreated,
    /// Money arrived.
    PaymentSucceeded,
    /// Money did not come; Stripe may try again.
    PaymentFailed,
    /// The customer's bank wants to ask the customer first.
    PaymentRequiresConfirmation,
    /// Money did not come, and will not without another card.
    PaymentMethodRequired,
    /// The customer's bank took the money back.
    PaymentDisputed,
    /// The bank gave it back to the merchant.
    PaymentDisputeWon,
    /// The customer keeps it.
    PaymentDisputeLost,
    /// Stripe keeps a card.
    PaymentMethodCreated,
    /// Stripe keeps a card no more.
    PaymentMethodDeleted,
    /// Money was given back.
    PaymentRefunded,
    /// A plan came into the catalogue.
    PlanCreated,
    /// A plan, or its price, was changed.
    PlanUpdated,
    /// A plan can be bought.
    PlanPublished,
    /// A plan can be bought no more.
    PlanArchived,
    /// An add-on came into the catalogue.
    AddonCreated,
    /// An add-on, or its price, was changed.
    AddonUpdated,
    /// An add-on can be bought.
    AddonPublished,
    /// An add-on can be bought no more.
    AddonArchived,
}

impl Happening {
    /// The event's type.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::UserCreated => "user.created",
            Self::UserUpdated => "user.updated",
            Self::UserDeleted => "user.deleted",
            Self::UserBlocked => "user.blocked",
            Self::UserVerified => "user.verified",
            Self::AddressCreated => "user.address.created",
            Self::AddressDeleted => "user.address.deleted",
            Self::ConnectSessionCreated => "connectSession.created",
            Self::ConnectSessionUpdated => "connectSession.updated",
            Self::SubscriptionCreated => "subscription.created",
            Self::SubscriptionActivated => "subscription.activated",
            Self::SubscriptionRenewed => "subscription.renewed",
            Self::SubscriptionCanceled => "subscription.canceled",
            Self::SubscriptionResumed => "subscription.resumed",
            Self::SubscriptionEnded => "subscription.ended",
            Self::SubscriptionRestricted => "subscription.restricted",
            Self::SubscriptionRestored => "subscription.restored",
            Self::SubscriptionUpdated => "subscription.updated",
            Self::SubscriptionAddonCreated => "subscriptionAddon.created",
            Self::SubscriptionAddonActivated => "subscriptionAddon.activated",
            Self::SubscriptionAddonRenewed => "subscriptionAddon.renewed",
            Self::SubscriptionAddonEnded => "subscriptionAddon.ended",
            Self::SubscriptionChangeCreated => "subscriptionChange.created",
            Self::SubscriptionChangeApplied => "subscriptionChange.applied",
            Self::SubscriptionChangeFailed => "subscriptionChange.failed",
            Self::SubscriptionChangeDeleted => "subscriptionChange.deleted",
            Self::SimCreated => "sim.created",
            Self::SimActivated => "sim.activated",
            Self::SimUpdated => "sim.updated",
            Self::DeviceCreated => "device.created",
            Self::DeviceUpdated => "device.updated",
            Self::DeviceDeleted => "device.deleted",
            Self::PortingCreated => "porting.created",
            Self::PaymentCreated => "payment.created",
            Self::PaymentSucceeded => "payment.succeeded",
            Self::PaymentFailed => "payment.failed",
            Self::PaymentRequiresConfirmation => "payment.requiresConfirmation",
            Self::PaymentMethodRequired => "payment.paymentMethodRequired",
            Self::PaymentDisputed => "payment.disputed",
            Self::PaymentDisputeWon => "payment.disputeWon",
            Self::PaymentDisputeLost => "payment.disputeLost",
            Self::PaymentMethodCreated => "paymentMethod.created",
            Self::PaymentMethodDeleted => "paymentMethod.deleted",
            Self::PaymentRefunded => "payment.refunded",
            Self::PlanCreated => "plan.created",
            Self::PlanUpdated => "plan.updated",
            Self::PlanPublished => "plan.published",
            Self::PlanArchived => "plan.archived",
            Self::AddonCreated => "addon.created",
            Self::AddonUpdated => "addon.updated",
            Self::AddonPublished => "addon.published",
            Self::AddonArchived => "addon.archived",
        }
    }

    /// The kind of its subject: its type without what happened.
    pub fn resource(self) -> &'static str {
        self.as_str().rsplit_once('.').map_or(self.as_str(), |(resource, _)| resource)
    }

    /// Whether it tells what its subject was before.
    pub fn is_update(self) -> bool {
        self.as_str().ends_with(".updated")
    }
}

/// Notes that something happened to a row. It is written with everything else when the transaction ends, so that it tells
/// of the row as it is by then: `tx` stands for that transaction.
pub fn record(
    cx: &Cx,
    tx: &mut Tx<'_>,
    project: ProjectId,
    what: Happening,
    subject: impl Id,
) -> Result<(), StoreError> {
    record_of(cx, tx, project, what, subject, &subject.to_string())
}

/// Notes that something happened to a row that apps know by another name than ours.
pub fn record_of(
    cx: &Cx,
    _: &mut Tx<'_>,
    project: ProjectId,
    what: Happening,
    subject: impl Id,
    name: &str,
) -> Result<(), StoreError> {
    cx.note(happened(cx, project, what, subject, name));
    Ok(())
}

/// Notes that something happened to a row which has nothing beside it and does not change in this transaction any more: it
/// need not be read again.
pub(crate) fn record_known(cx: &Cx, project: ProjectId, what: Happening, id: impl Id, known: Subject) {
    let happened = happened(cx, project, what, id, &id.to_string());
    cx.note(Happened { known: Some(known), ..happened });
}

fn happened(cx: &Cx, project: ProjectId, what: Happening, subject: impl Id, name: &str) -> Happened {
    let (subject, name) = (subject.uuid(), name.to_owned());
    Happened { id: cx.id(), project, what, subject, name, at: cx.now(), known: None }
}
