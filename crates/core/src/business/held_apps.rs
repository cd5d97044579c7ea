//! Which apps a business has, whatever plans it has them by.

use jiff::Timestamp;
use perennial_domain::{CustomerId, ProjectId, PurchaseState, Subscription};
use perennial_store::tables::BusinessSubscription;
use perennial_store::{StoreError, Tx};

/// Whether a business may use the app at this time.
pub(super) fn may_use_app(
    tx: &mut Tx<'_>,
    project: ProjectId,
    customer: CustomerId,
    app: &str,
    at: Timestamp,
) -> Result<bool, StoreError> {
    any_of_app(tx, project, customer, app, |held| held.purchase_state(at).is_active())
}

/// Whether a business has the app of this subscription by another one as well.
pub fn has_app_otherwise(
    tx: &mut Tx<'_>,
    project: ProjectId,
    row: &BusinessSubscription,
    at: Timestamp,
) -> Result<bool, StoreError> {
    let Some(app) = row.app() else { return Ok(false) };
    any_of_app(tx, project, row.holding.customer_id, app, |held| is_another(held, row, at))
}

/// Whether a business had the app of this subscription before: by another one, or by that in whose place this came.
pub fn had_app_before(
    tx: &mut Tx<'_>,
    project: ProjectId,
    row: &BusinessSubscription,
    at: Timestamp,
) -> Result<bool, StoreError> {
    let Some(app) = row.app() else { return Ok(false) };
    let itself = tx.subscriptions(project).find(row.holding.id)?;
    let replaced = itself.and_then(|subscription| subscription.replaces_id);
    let counts = |held: &Subscription| is_another(held, row, at) || replaced == Some(held.id);
    any_of_app(tx, project, row.holding.customer_id, app, counts)
}

fn is_another(held: &Subscription, row: &BusinessSubscription, at: Timestamp) -> bool {
    held.id != row.holding.id && held.purchase_state(at) != PurchaseState::Expired
}

/// Whether one of those that count is a plan of the app.
fn any_of_app(
    tx: &mut Tx<'_>,
    project: ProjectId,
    customer: CustomerId,
    app: &str,
    counts: impl Fn(&Subscription) -> bool,
) -> Result<bool, StoreError> {
    for held in tx.subscriptions(project).all_of_customer(customer)?.iter().filter(|held| counts(held)) {
        let product = tx.products(project).find(held.product_id)?;
        let sold_as = product.and_then(|product| product.business_facts).and_then(|facts| facts.app);
        if sold_as.as_deref() == Some(app) {
            return Ok(true);
        }
    }
    Ok(false)
}
