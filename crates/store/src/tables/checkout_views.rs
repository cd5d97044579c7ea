//! Checkouts with who ordered, as lists show them.

use std::sync::LazyLock;

use perennial_domain::{Checkout, CheckoutId, Customer, CustomerId};

use super::Checkouts;
use super::checkouts::CHECKOUTS;
use super::customers::CUSTOMERS;
use super::filter::Filter;
use super::page::{PageError, PageRequest, Slice, page_joined};
use super::table::Joined;
use crate::{Columns, FromRow, StoreError, params};

/// Which checkouts are wanted; a field without a value asks for nothing.
#[derive(Clone, Debug, Default)]
pub struct CheckoutFilter {
    /// Of this customer.
    pub customer: Option<CustomerId>,
}

/// A checkout and whose it is.
#[derive(Clone, Debug)]
pub struct CheckoutView {
    /// The checkout.
    pub checkout: Checkout,
    /// Who ordered.
    pub customer: Customer,
}

static VIEW: LazyLock<Joined> = LazyLock::new(|| {
    let columns = [CHECKOUTS.qualified(), CUSTOMERS.qualified()];
    let joins = "JOIN customers ON customers.project_id = checkouts.project_id \
         AND customers.id = checkouts.customer_id";
    Joined { columns: columns.join(", "), joins }
});

impl Checkouts<'_> {
    /// The checkout with this id, and who ordered.
    pub fn view(&mut self, id: CheckoutId) -> Result<Option<CheckoutView>, StoreError> {
        let select = CHECKOUTS.select_joined("checkouts", &VIEW);
        let sql = format!("{select} WHERE checkouts.project_id = $1 AND checkouts.id = $2");
        self.tx.optional(&sql, params![self.project, id])
    }

    /// One page of the checkouts that match, and who ordered.
    pub fn view_page(
        &mut self,
        filter: &CheckoutFilter,
        request: PageRequest,
    ) -> Result<Slice<CheckoutView>, PageError> {
        let conditions =
            Filter::of_project(&CHECKOUTS, &self.project).equals("customer_id", filter.customer.as_ref());
        page_joined(&mut self.tx, &VIEW, &conditions, request)
    }
}

impl FromRow for CheckoutView {
    fn from_row(row: &mut Columns<'_>) -> Result<Self, StoreError> {
        Ok(Self { checkout: Checkout::from_row(row)?, customer: Customer::from_row(row)? })
    }
}
