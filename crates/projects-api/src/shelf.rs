//! A project's plans and add-ons in the shape of this door, made once and shown many times.

use std::collections::HashMap;

use perennial_core::offers::Offer;
use perennial_core::store::tables::{PageError, PageRequest, Slice, page_of};
use perennial_domain::{Id, Price, PriceId, Product, ProductId, ProductKind};

use crate::addons::AddonBody;
use crate::plans::PlanBody;

/// What is on offer is newest first, as lists are.
#[derive(Default)]
pub(crate) struct Shelf {
    pub(crate) plans: Vec<PlanBody>,
    pub(crate) addons: Vec<AddonBody>,
    /// Whatever somebody can have subscribed to, by what they pay.
    pub(crate) held: HashMap<PriceId, PlanBody>,
}

impl perennial_core::shelves::Shelf for Shelf {
    /// On offer are mobile plans and their add-ons: this door has no words for others, but for those who subscribed to them
    /// through another.
    fn stock(catalogue: impl Iterator<Item = (Product, Vec<Price>)>) -> Self {
        let mut shelf = Self::default();
        for (product, prices) in catalogue {
            if product.kind == ProductKind::Plan {
                let at = |price: &Price| (price.id, PlanBody::of(product.clone(), price));
                shelf.held.extend(prices.iter().map(at));
            }
            shelf.offer(product, prices);
        }
        shelf
    }

    fn has(&self, price: PriceId) -> bool {
        self.held.contains_key(&price)
    }
}

impl Shelf {
    fn offer(&mut self, product: Product, prices: Vec<Price>) {
        let Some(Offer { product, price }) = Offer::of(product, prices) else { return };
        match product.kind {
            ProductKind::Plan if product.plan_facts.is_some() => {
                self.plans.push(PlanBody::of(product, &price));
            }
            ProductKind::Addon if product.addon_facts.is_some() => {
                self.addons.push(AddonBody::of(product, &price));
            }
            ProductKind::Plan | ProductKind::Addon => {}
        }
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
