//! Customers.

use perennial_domain::{Customer, CustomerId, Email};

use super::Customers;
use super::filter::Filter;
use super::page::{PageError, PageRequest, Slice, page};
use super::table::{Table, expect_one};
use super::values::{Json, json};
use crate::{Columns, FromRow, StoreError, params};

pub(super) const CUSTOMERS: Table = Table::new(
    "customers",
    "id, project_id, external_id, email, email_verified, full_name, birthday, preferred_locale, status, \
     metadata, stripe_customer_id, created_at",
);

impl Customers<'_> {
    /// Adds a customer. Conflicts: `customers_email_key`, `customers_external_id_key`,
    /// `customers_stripe_customer_key`.
    pub fn insert(&mut self, customer: &Customer) -> Result<(), StoreError> {
        let email_key = customer.email.as_ref().map(Email::key);
        let metadata = json(&customer.metadata)?;
        let values = params![
            customer.id,
            self.project,
            customer.external_id,
            customer.email,
            customer.email_verified,
            customer.full_name,
            customer.birthday,
            customer.preferred_locale,
            customer.status,
            metadata,
            customer.stripe_customer_id,
            customer.created_at,
            email_key,
        ];
        self.tx.execute(&CUSTOMERS.insert_with("email_key"), values)?;
        Ok(())
    }

    /// Writes everything but the id and the time of creation. Conflicts as with [`Customers::insert`].
    pub fn update(&mut self, customer: &Customer) -> Result<(), StoreError> {
        let email_key = customer.email.as_ref().map(Email::key);
        let metadata = json(&customer.metadata)?;
        let touched = self.tx.execute(
            "UPDATE customers SET external_id = $3, email = $4, email_key = $5, email_verified = $6, \
             full_name = $7, birthday = $8, preferred_locale = $9, status = $10, metadata = $11, \
             stripe_customer_id = $12 WHERE project_id = $1 AND id = $2",
            params![
                self.project,
                customer.id,
                customer.external_id,
                customer.email,
                email_key,
                customer.email_verified,
                customer.full_name,
                customer.birthday,
                customer.preferred_locale,
                customer.status,
                metadata,
                customer.stripe_customer_id,
            ],
        )?;
        expect_one(touched)
    }

    /// The customer with this id.
    pub fn find(&mut self, id: CustomerId) -> Result<Option<Customer>, StoreError> {
        self.tx.optional(&CUSTOMERS.select("id = $2"), params![self.project, id])
    }

    /// The customer with this id, whom nobody else changes until the transaction ends.
    ///
    /// Rows that only name them come and go meanwhile: a stronger lock would have everybody who holds a checkout or a
    /// subscription of theirs, and writes such a row, wait in the wrong order.
    pub fn lock(&mut self, id: CustomerId) -> Result<Option<Customer>, StoreError> {
        self.tx.optional(&CUSTOMERS.select("id = $2 FOR NO KEY UPDATE"), params![self.project, id])
    }

    /// The customer with this [`Email::key`].
    pub fn find_by_email(&mut self, key: &str) -> Result<Option<Customer>, StoreError> {
        self.tx.optional(&CUSTOMERS.select("email_key = $2"), params![self.project, key])
    }

    /// The customer that the operator's own system calls so.
    pub fn find_by_external_id(&mut self, external_id: &str) -> Result<Option<Customer>, StoreError> {
        self.tx.optional(&CUSTOMERS.select("external_id = $2"), params![self.project, external_id])
    }

    /// Customers that the operator's own system knows, the newest first.
    pub fn newest_with_external_id(&mut self, limit: u32) -> Result<Vec<Customer>, StoreError> {
        let sql = CUSTOMERS.select("external_id IS NOT NULL ORDER BY created_at DESC, id DESC LIMIT $2");
        self.tx.list(&sql, params![self.project, limit])
    }

    /// The customer that Stripe calls so.
    pub fn find_by_stripe_id(&mut self, stripe_id: &str) -> Result<Option<Customer>, StoreError> {
        self.tx.optional(&CUSTOMERS.select("stripe_customer_id = $2"), params![self.project, stripe_id])
    }

    /// One page of all customers.
    pub fn page(&mut self, request: PageRequest) -> Result<Slice<Customer>, PageError> {
        let filter = Filter::of_project(&CUSTOMERS, &self.project);
        page(&mut self.tx, &filter, request)
    }
}

impl FromRow for Customer {
    fn from_row(row: &mut Columns<'_>) -> Result<Self, StoreError> {
        Ok(Self {
            id: row.take()?,
            project_id: row.take()?,
            external_id: row.take()?,
            email: row.take()?,
            email_verified: row.take()?,
            full_name: row.take()?,
            birthday: row.take()?,
            preferred_locale: row.take()?,
            status: row.take()?,
            metadata: row.take::<Json<_>>()?.0,
            stripe_customer_id: row.take()?,
            created_at: row.take()?,
        })
    }
}
