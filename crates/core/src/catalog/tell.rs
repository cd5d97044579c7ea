//! What others hear of a catalogue that was applied: once of each product, whatever of it changed.

use std::collections::BTreeSet;

use perennial_domain::{Product, ProductId, ProductKind, ProductStatus, ProjectId};
use perennial_store::{StoreError, Tx};

use super::plan::Change;
use crate::context::Cx;
use crate::events::{Happening, record_of};

/// Notes what was changed here. What only Stripe is to hear of is no news.
pub(super) fn tell(
    cx: &Cx,
    tx: &mut Tx<'_>,
    project: ProjectId,
    changes: &[Change],
) -> Result<(), StoreError> {
    let mut told = BTreeSet::<ProductId>::new();
    for change in changes {
        let Change::Product { before, after } = change else { continue };
        told.insert(after.id);
        let before = before.as_ref().map(|before| before.status);
        for what in news(after.kind, before, after.status) {
            note(cx, tx, project, after, what)?;
        }
    }
    for change in changes {
        let (Change::CreatePrice { price, .. } | Change::ArchivePrice { price, .. }) = change else {
            continue;
        };
        if told.insert(price.product_id)
            && let Some(product) = tx.products(project).find(price.product_id)?
        {
            let updated = if product.kind == ProductKind::Plan {
                Happening::PlanUpdated
            } else {
                Happening::AddonUpdated
            };
            note(cx, tx, project, &product, updated)?;
        }
    }
    Ok(())
}

fn news(kind: ProductKind, before: Option<ProductStatus>, after: ProductStatus) -> Vec<Happening> {
    let [created, updated, published, archived] = match kind {
        ProductKind::Plan => [
            Happening::PlanCreated,
            Happening::PlanUpdated,
            Happening::PlanPublished,
            Happening::PlanArchived,
        ],
        ProductKind::Addon => [
            Happening::AddonCreated,
            Happening::AddonUpdated,
            Happening::AddonPublished,
            Happening::AddonArchived,
        ],
    };
    let now = match after {
        ProductStatus::Available => Some(published),
        ProductStatus::Archived => Some(archived),
        ProductStatus::Draft | ProductStatus::Pending => None,
    };
    match before {
        None => [Some(created), now].into_iter().flatten().collect(),
        Some(before) if before != after => now.into_iter().collect(),
        Some(_) => vec![updated],
    }
}

fn note(
    cx: &Cx,
    tx: &mut Tx<'_>,
    project: ProjectId,
    product: &Product,
    what: Happening,
) -> Result<(), StoreError> {
    let name = match product.kind {
        ProductKind::Plan => product.id.to_string(),
        ProductKind::Addon => product.id.as_addon(),
    };
    record_of(cx, tx, project, what, product.id, &name)
}
