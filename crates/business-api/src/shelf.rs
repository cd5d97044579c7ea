//! What businesses hold, by what is paid for it: of a list's rows, what all that hold the same have in common.

use std::collections::HashMap;
use std::sync::Arc;

use perennial_core::shelves;
use perennial_core::store::tables::BusinessOffer;
use perennial_domain::{Price, PriceId, Product};

pub(crate) struct Shelf {
    pub(crate) offers: HashMap<PriceId, Arc<BusinessOffer>>,
}

impl shelves::Shelf for Shelf {
    fn stock(catalogue: impl Iterator<Item = (Product, Vec<Price>)>) -> Self {
        let mut offers = HashMap::new();
        for (product, prices) in catalogue {
            let offer = |price: &Price| (price.id, Arc::new(BusinessOffer::of(&product, price)));
            offers.extend(prices.iter().map(offer));
        }
        Self { offers }
    }

    fn has(&self, price: PriceId) -> bool {
        self.offers.contains_key(&price)
    }
}
