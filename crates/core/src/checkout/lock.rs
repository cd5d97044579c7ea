//! Holding a checkout together with its customer.

use perennial_domain::{Checkout, CheckoutId, ProjectId};
use perennial_store::{StoreError, Tx};

/// The checkout with this id, which nobody else changes until the transaction ends, and neither its customer: whoever
/// delivers what was bought needs both. The customer is locked first, as by everybody who needs both, so that no two
/// transactions wait for each other.
pub(super) fn lock_with_customer(
    tx: &mut Tx<'_>,
    project: ProjectId,
    id: CheckoutId,
) -> Result<Option<Checkout>, StoreError> {
    // Read before anything is locked for what never changes alone: whose it is.
    let Some(Checkout { customer_id, .. }) = tx.checkouts(project).find(id)? else { return Ok(None) };
    tx.customers(project).lock(customer_id)?;
    tx.checkouts(project).lock(id)
}
