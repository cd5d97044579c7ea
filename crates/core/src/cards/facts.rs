//! Looking at cards, by the names that apps know them by: Stripe's.

use perennial_domain::{PaymentMethod, ProjectId};
use perennial_store::tables::{PageError, PageRequest, PaymentMethodFilter, Slice};
use perennial_store::{StoreError, Tx};
use uuid::Uuid;

/// Which part of a list is wanted, by Stripe's names. At most one of `after` and `before` is given.
#[derive(Clone, Debug)]
pub struct CardPageRequest {
    /// The cards right after this one: older ones.
    pub after: Option<String>,
    /// The cards right before this one: newer ones.
    pub before: Option<String>,
    /// How many at the most.
    pub limit: u32,
}

/// The card that Stripe calls so and still keeps.
pub fn find_card(
    tx: &mut Tx<'_>,
    project: ProjectId,
    stripe_id: &str,
) -> Result<Option<PaymentMethod>, StoreError> {
    let found = tx.payment_methods(project).find_by_stripe_id(stripe_id)?;
    Ok(found.filter(|method| method.detached_at.is_none()))
}

/// A page of the cards that match.
pub fn page_of_cards(
    tx: &mut Tx<'_>,
    project: ProjectId,
    filter: &PaymentMethodFilter,
    request: &CardPageRequest,
) -> Result<Slice<PaymentMethod>, PageError> {
    let after = cursor(tx, project, request.after.as_deref())?;
    let before = cursor(tx, project, request.before.as_deref())?;
    tx.payment_methods(project).page(filter, PageRequest { after, before, limit: request.limit })
}

fn cursor(tx: &mut Tx<'_>, project: ProjectId, stripe_id: Option<&str>) -> Result<Option<Uuid>, PageError> {
    let Some(stripe_id) = stripe_id else { return Ok(None) };
    let found = tx.payment_methods(project).find_by_stripe_id(stripe_id)?;
    let found = found.ok_or(PageError::UnknownCursor)?;
    Ok(Some(perennial_domain::Id::uuid(found.id)))
}
