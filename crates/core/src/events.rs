//! What happened, append-only, written in the transaction that made it happen.

use perennial_domain::{EventId, Id, ProjectId};
use perennial_store::tables::EventRow;
use perennial_store::{StoreError, Tx};
use serde_json::json;

use crate::context::Cx;

/// Something that others may want to hear of. The words are those of contracts/projects-api.md §2.17, without its prefix.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Happening {
    /// A customer was made.
    UserCreated,
    /// A customer was changed.
    UserUpdated,
    /// A customer was deleted.
    UserDeleted,
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
    /// Something else about it changed.
    SubscriptionUpdated,
    /// An add-on was bought.
    SubscriptionAddonCreated,
    /// An add-on can be used.
    SubscriptionAddonActivated,
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
    /// A SIM is in use.
    SimActivated,
    /// A porting was begun.
    PortingCreated,
    /// Money arrived.
    PaymentSucceeded,
    /// Money was given back.
    PaymentRefunded,
}

impl Happening {
    /// The event's type.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::UserCreated => "user.created",
            Self::UserUpdated => "user.updated",
            Self::UserDeleted => "user.deleted",
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
            Self::SubscriptionUpdated => "subscription.updated",
            Self::SubscriptionAddonCreated => "subscriptionAddon.created",
            Self::SubscriptionAddonActivated => "subscriptionAddon.activated",
            Self::SubscriptionAddonEnded => "subscriptionAddon.ended",
            Self::SubscriptionChangeCreated => "subscriptionChange.created",
            Self::SubscriptionChangeApplied => "subscriptionChange.applied",
            Self::SubscriptionChangeFailed => "subscriptionChange.failed",
            Self::SubscriptionChangeDeleted => "subscriptionChange.deleted",
            Self::SimActivated => "sim.activated",
            Self::PortingCreated => "porting.created",
            Self::PaymentSucceeded => "payment.succeeded",
            Self::PaymentRefunded => "payment.refunded",
        }
    }
}

/// Writes that something happened to a row.
pub fn record(
    cx: &Cx,
    tx: &mut Tx<'_>,
    project: ProjectId,
    what: Happening,
    subject: impl Id,
) -> Result<(), StoreError> {
    tx.events(project).append(&EventRow {
        id: cx.id::<EventId>(),
        event_type: what.as_str().to_owned(),
        subject_id: subject.uuid(),
        data: json!({ "id": subject.to_string() }),
        created_at: cx.now(),
    })
}
