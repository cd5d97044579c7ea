//! What businesses hold, by what is paid for it: of a list's rows, what all that hold the same have in common.

use std::collections::HashMap;
use std::sync::Arc;

use perennial_core::shelves;
use perennial_core::store::tables::{BusinessHolding, BusinessOffer, BusinessSubscription};
use perennial_domain::{Price, PriceId, Product};
use perennial_http::ApiError;

use crate::refusal::Refusal;

pub(crate) struct Shelf {
    offers: HashMap<PriceId, Arc<BusinessOffer>>,
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

impl Shelf {
    /// Adds to what is held what it is.
    pub(crate) fn complete(&self, holding: BusinessHolding) -> Result<BusinessSubscription, Refusal> {
        let missing = || ApiError::internal("a subscription's price is not in the catalogue");
        let offer = self.offers.get(&holding.price_id).ok_or_else(missing)?;
        Ok(BusinessSubscription { offer: Arc::clone(offer), holding })
    }
}
