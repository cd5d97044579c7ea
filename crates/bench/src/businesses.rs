//! The third door: a partner whose fifty thousand businesses have a million subscriptions, and what the partner asks.

mod seed;

use crate::load::Requests;

pub(crate) use seed::{Partner, fill};

/// How many businesses there are.
pub(crate) const BUSINESSES: u64 = 50_000;
/// How many subscriptions each has.
pub(crate) const EACH: u64 = 20;
/// One in so many is over.
const OVER: u64 = 10;
/// How many different requests there are before the first is sent again.
const DISTINCT: u64 = 1_024;
/// How many rows a page has unless asked otherwise (contracts/business-api.md §7.1).
const PER_PAGE: u64 = 25;

impl Partner {
    /// What each of many businesses has.
    pub(crate) fn of_businesses(&self) -> Requests {
        let numbers = (0..DISTINCT).map(|number| number * (BUSINESSES / DISTINCT));
        self.asking(numbers.map(|number| format!("filter[business_uid]={}", uid(number))))
    }

    /// The newest of what is in use of one product.
    pub(crate) fn newest(&self) -> Requests {
        self.asking([format!("filter[sku]={}&filter[is_active]=true", self.sku)].into_iter())
    }

    /// The same, anywhere in that list.
    pub(crate) fn anywhere(&self) -> Requests {
        let pages = BUSINESSES * EACH / 3 / PER_PAGE;
        // Far apart, one after the other: no page is beside the one before.
        let page = |number: u64| 1 + number * 7_919 % pages;
        let query = |number| format!("filter[sku]={}&filter[is_active]=true&page={}", self.sku, page(number));
        self.asking((0..DISTINCT).map(query))
    }

    fn asking(&self, queries: impl Iterator<Item = String>) -> Requests {
        let text = |query: String| {
            format!(
                "GET /business/subscriptionsmng/v1/subscriptions?{query} HTTP/1.1\r\nhost: bench\r\n\
                 authorization: Bearer {}\r\n\r\n",
                self.token
            )
            .into_bytes()
        };
        Requests { texts: queries.map(text).collect(), again: true }
    }
}

/// What the API calls a business.
fn uid(number: u64) -> String {
    format!("biz{number}")
}
