//! A project's plans and add-ons in the shape of this door, made once and shown many times.

use perennial_core::offers::Offer;
use perennial_core::store::tables::{PageError, PageRequest, Slice, page_of};
use perennial_domain::{Id, ProductId, ProductKind};

use crate::addons::AddonBody;
use crate::plans::PlanBody;

/// Newest first, as lists are.
pub(crate) struct Shelf {
    pub(crate) plans: Vec<PlanBody>,
    pub(crate) addons: Vec<AddonBody>,
}

impl Shelf {
    /// Shapes all offers that are mobile plans or add-ons: this door has no words for others.
    pub(crate) fn stock(offers: Vec<Offer>) -> Self {
        let (mut plans, mut addons) = (Vec::new(), Vec::new());
        for Offer { product, price } in offers {
            match product.kind {
                ProductKind::Plan if product.plan_facts.is_some() => {
                    plans.push(PlanBody::of(product, &price));
                }
                ProductKind::Addon if product.addon_facts.is_some() => {
                    addons.push(AddonBody::of(product, &price));
                }
                ProductKind::Plan | ProductKind::Addon => {}
            }
        }
        Self { plans, addons }
    }
}

/// One page of what matches.
pub(crate) fn page<T>(
    rows: &[T],
    id: impl Fn(&T) -> ProductId,
    matches: impl Fn(&T) -> bool,
    request: PageRequest,
) -> Result<Slice<&T>, PageError> {
    page_of(rows.iter().collect(), |row| id(row).uuid(), |row| matches(row), request)
}
