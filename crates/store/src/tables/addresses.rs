//! Postal addresses. Never changed: a new one replaces the old, and the old stays for what refers to it.

use perennial_domain::{Address, AddressId, CustomerId};

use super::Addresses;
use super::filter::Filter;
use super::page::{PageError, PageRequest, Slice, page};
use super::table::{Table, expect_one};
use crate::{Columns, FromRow, StoreError, params};

const ADDRESSES: Table = Table::new(
    "addresses",
    "id, project_id, customer_id, line1, line2, city, state, postal_code, country, created_at, removed_at",
);

impl Addresses<'_> {
    /// Adds an address. One that its customer has already answers a conflict of `addresses_fingerprint_key`.
    pub fn insert(&mut self, address: &Address) -> Result<(), StoreError> {
        let fingerprint = address.fingerprint();
        let values = params![
            address.id,
            self.project,
            address.customer_id,
            address.line1,
            address.line2,
            address.city,
            address.state,
            address.postal_code,
            address.country,
            address.created_at,
            address.removed_at,
            fingerprint,
        ];
        self.tx.execute(&ADDRESSES.insert_with("fingerprint"), values)?;
        Ok(())
    }

    /// Writes when it was removed: all of an address that may change.
    pub fn update(&mut self, address: &Address) -> Result<(), StoreError> {
        let touched = self.tx.execute(
            "UPDATE addresses SET removed_at = $3 WHERE project_id = $1 AND id = $2",
            params![self.project, address.id, address.removed_at],
        )?;
        expect_one(touched)
    }

    /// The address with this id, removed or not.
    pub fn find(&mut self, id: AddressId) -> Result<Option<Address>, StoreError> {
        self.tx.optional(&ADDRESSES.select("id = $2"), params![self.project, id])
    }

    /// The customer's addresses that are not removed, newest first.
    pub fn active_of(&mut self, customer: CustomerId) -> Result<Vec<Address>, StoreError> {
        let sql =
            ADDRESSES.select("customer_id = $2 AND removed_at IS NULL ORDER BY created_at DESC, id DESC");
        self.tx.list(&sql, params![self.project, customer])
    }

    /// One page of the customer's addresses that are not removed.
    pub fn page(&mut self, customer: CustomerId, request: PageRequest) -> Result<Slice<Address>, PageError> {
        let filter = Filter::of_project(&ADDRESSES, &self.project)
            .equals("customer_id", Some(&customer))
            .where_null("removed_at");
        page(&mut self.tx, &filter, request)
    }
}

impl FromRow for Address {
    fn from_row(row: &mut Columns<'_>) -> Result<Self, StoreError> {
        Ok(Self {
            id: row.take()?,
            project_id: row.take()?,
            customer_id: row.take()?,
            line1: row.take()?,
            line2: row.take()?,
            city: row.take()?,
            state: row.take()?,
            postal_code: row.take()?,
            country: row.take()?,
            created_at: row.take()?,
            removed_at: row.take()?,
        })
    }
}
