//! Which apps a business has, whatever plans it has them by.

use jiff::Timestamp;
use perennial_domain::{ProjectId, PurchaseState, SubscriptionId};
use perennial_store::tables::BusinessSubscription;
use perennial_store::{StoreError, Tx};

/// Whether a business has the app of this subscription by another one as well.
pub fn has_app_otherwise(
    tx: &mut Tx<'_>,
    project: ProjectId,
    row: &BusinessSubscription,
    at: Timestamp,
) -> Result<bool, StoreError> {
    is_app_of_another(tx, project, row, at, None)
}

/// Whether a business had the app of this subscription before: by another one, or by that in whose place this came.
pub fn had_app_before(
    tx: &mut Tx<'_>,
    project: ProjectId,
    row: &BusinessSubscription,
    at: Timestamp,
) -> Result<bool, StoreError> {
    let replaced =
        tx.subscriptions(project).find(row.holding.id)?.and_then(|subscription| subscription.replaces_id);
    is_app_of_another(tx, project, row, at, replaced)
}

fn is_app_of_another(
    tx: &mut Tx<'_>,
    project: ProjectId,
    row: &BusinessSubscription,
    at: Timestamp,
    replaced: Option<SubscriptionId>,
) -> Result<bool, StoreError> {
    for other in tx.subscriptions(project).all_of_customer(row.holding.customer_id)? {
        let is_held = other.id != row.holding.id && other.purchase_state(at) != PurchaseState::Expired;
        if !is_held && replaced != Some(other.id) {
            continue;
        }
        let product = tx.products(project).find(other.product_id)?;
        let sold_as = product.and_then(|product| product.business_facts).and_then(|facts| facts.app);
        if sold_as.as_deref() == row.app() {
            return Ok(true);
        }
    }
    Ok(false)
}
