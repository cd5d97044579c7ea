//! Looking at subscriptions and their add-ons, and what an operator may note on them: strings and an address, and
//! nothing that money or access depends on.

use perennial_domain::{
    AddressId, MetadataError, MetadataPatch, ProjectId, SubscriptionAddonId, SubscriptionChangeId,
    SubscriptionId, SubscriptionState,
};
use perennial_store::tables::{
    HeldSubscription, PageError, PageRequest, Slice, SubscriptionAddonFilter, SubscriptionAddonView,
    SubscriptionChangeFilter, SubscriptionChangeView, SubscriptionFilter, SubscriptionView,
};
use perennial_store::{StoreError, Tx};

use crate::context::{App, Cx};
use crate::events::{Happening, record};

/// The subscription with this id, and what belongs to it.
pub fn find(
    tx: &mut Tx<'_>,
    project: ProjectId,
    id: SubscriptionId,
) -> Result<Option<SubscriptionView>, StoreError> {
    tx.subscriptions(project).view(id)
}

/// A page of the subscriptions that match, and what is their own. The catalogue that they are of is known to whoever asks.
pub async fn page(
    app: &App,
    project: ProjectId,
    filter: SubscriptionFilter,
    request: PageRequest,
) -> Result<Slice<HeldSubscription>, PageError> {
    app.read_page(move |tx| tx.subscriptions(project).held_page(&filter, request)).await
}

/// The add-on with this id that was bought, and what it is.
pub fn find_addon(
    tx: &mut Tx<'_>,
    project: ProjectId,
    id: SubscriptionAddonId,
) -> Result<Option<SubscriptionAddonView>, StoreError> {
    tx.subscription_addons(project).view(id)
}

/// A page of the add-ons that were bought and match, and what they are.
pub fn page_addons(
    tx: &mut Tx<'_>,
    project: ProjectId,
    filter: &SubscriptionAddonFilter,
    request: PageRequest,
) -> Result<Slice<SubscriptionAddonView>, PageError> {
    tx.subscription_addons(project).view_page(filter, request)
}

/// The change of plan with this id, and the plan that it leads to.
pub fn find_change(
    tx: &mut Tx<'_>,
    project: ProjectId,
    id: SubscriptionChangeId,
) -> Result<Option<SubscriptionChangeView>, StoreError> {
    tx.subscription_changes(project).view(id)
}

/// A page of the changes of plan that match, and the plans that they lead to.
pub fn page_changes(
    tx: &mut Tx<'_>,
    project: ProjectId,
    filter: &SubscriptionChangeFilter,
    request: PageRequest,
) -> Result<Slice<SubscriptionChangeView>, PageError> {
    tx.subscription_changes(project).view_page(filter, request)
}

/// A change to a subscription. What is absent stays as it is.
#[derive(Clone, Debug, Default)]
pub struct SubscriptionPatch {
    /// Another address of its customer. It can be changed and not cleared.
    pub address: Option<AddressId>,
    /// A change to the operator's strings.
    pub metadata: MetadataPatch,
}

/// Why a subscription is not changed.
#[derive(Debug, thiserror::Error)]
pub enum UpdateSubscriptionError {
    /// No such subscription.
    #[error("there is no subscription {0}")]
    Unknown(SubscriptionId),
    /// The address is not there, or not this customer's.
    #[error("the customer has no address {0}")]
    UnknownAddress(AddressId),
    /// The address can be changed while the subscription is active.
    #[error("the address of a subscription can be changed while it is active")]
    NotActive,
    /// The operator's strings are too many or too long.
    #[error(transparent)]
    Metadata(#[from] MetadataError),
    /// The database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Changes what may be changed, and answers the subscription as it is now.
pub fn update(
    cx: &Cx,
    tx: &mut Tx<'_>,
    project: ProjectId,
    id: SubscriptionId,
    patch: &SubscriptionPatch,
) -> Result<SubscriptionView, UpdateSubscriptionError> {
    let mut subscription = tx.subscriptions(project).lock(id)?.ok_or(UpdateSubscriptionError::Unknown(id))?;
    if let Some(address) = patch.address {
        // Who keeps it while a renewal is not paid has it like anybody else.
        if !matches!(subscription.state, SubscriptionState::Active | SubscriptionState::PastDue) {
            return Err(UpdateSubscriptionError::NotActive);
        }
        let known = crate::addresses::find(tx, project, subscription.customer_id, address)?;
        let known = known.ok_or(UpdateSubscriptionError::UnknownAddress(address))?;
        subscription.address_id = Some(known.id);
    }
    subscription.metadata = subscription.metadata.merge(&patch.metadata)?;
    tx.subscriptions(project).update(&subscription)?;
    record(cx, tx, project, Happening::SubscriptionUpdated, id)?;
    let view = tx.subscriptions(project).view(id)?;
    view.ok_or(UpdateSubscriptionError::Unknown(id))
}
