//! The cards that Stripe keeps for customers.

use perennial_domain::{Card, CustomerId, PaymentMethod};

use super::PaymentMethods;
use super::filter::Filter;
use super::page::{PageError, PageRequest, Slice, page};
use super::table::{Table, expect_one};
use crate::{Columns, FromRow, StoreError, params};

pub(super) const PAYMENT_METHODS: Table = Table::new(
    "payment_methods",
    "id, project_id, customer_id, stripe_payment_method_id, kind, brand, last4, exp_month, exp_year, \
     is_default, created_at, detached_at",
);

/// Which cards are wanted; a field without a value asks for nothing. Those that Stripe keeps no more never are.
#[derive(Clone, Debug, Default)]
pub struct PaymentMethodFilter {
    /// Of this customer.
    pub customer: Option<CustomerId>,
}

impl PaymentMethods<'_> {
    /// Adds a card. One that is known already answers a conflict of `payment_methods_stripe_key`.
    pub fn insert(&mut self, method: &PaymentMethod) -> Result<(), StoreError> {
        let card = &method.card;
        let values = params![
            method.id,
            self.project,
            method.customer_id,
            card.stripe_payment_method_id,
            card.kind,
            card.brand,
            card.last4,
            card.exp_month,
            card.exp_year,
            method.is_default,
            method.created_at,
            method.detached_at,
        ];
        self.tx.execute(&PAYMENT_METHODS.insert(), values)?;
        Ok(())
    }

    /// Writes whose card it is, what may change about a card, whether it is the default one, and its end.
    pub fn update(&mut self, method: &PaymentMethod) -> Result<(), StoreError> {
        let card = &method.card;
        let touched = self.tx.execute(
            "UPDATE payment_methods SET customer_id = $3, brand = $4, last4 = $5, exp_month = $6, exp_year = $7, \
             is_default = $8, detached_at = $9 WHERE project_id = $1 AND id = $2",
            params![
                self.project,
                method.id,
                method.customer_id,
                card.brand,
                card.last4,
                card.exp_month,
                card.exp_year,
                method.is_default,
                method.detached_at,
            ],
        )?;
        expect_one(touched)
    }

    /// The card that Stripe calls so, even one that it keeps no more.
    pub fn find_by_stripe_id(&mut self, stripe_id: &str) -> Result<Option<PaymentMethod>, StoreError> {
        let sql = PAYMENT_METHODS.select("stripe_payment_method_id = $2");
        self.tx.optional(&sql, params![self.project, stripe_id])
    }

    /// The customer's cards, those that Stripe keeps no more among them, newest first.
    pub fn of_customer(&mut self, customer: CustomerId) -> Result<Vec<PaymentMethod>, StoreError> {
        let sql = PAYMENT_METHODS.select("customer_id = $2 ORDER BY created_at DESC, id DESC");
        self.tx.list(&sql, params![self.project, customer])
    }

    /// The card that pays what no other card was chosen for.
    pub fn default_of(&mut self, customer: CustomerId) -> Result<Option<PaymentMethod>, StoreError> {
        let sql = PAYMENT_METHODS.select("customer_id = $2 AND is_default AND detached_at IS NULL LIMIT 1");
        self.tx.optional(&sql, params![self.project, customer])
    }

    /// One page of the cards that match.
    pub fn page(
        &mut self,
        filter: &PaymentMethodFilter,
        request: PageRequest,
    ) -> Result<Slice<PaymentMethod>, PageError> {
        let filter = Filter::of_project(&PAYMENT_METHODS, &self.project)
            .equals("customer_id", filter.customer.as_ref())
            .where_null("detached_at");
        page(&mut self.tx, &filter, request)
    }
}

impl FromRow for PaymentMethod {
    fn from_row(row: &mut Columns<'_>) -> Result<Self, StoreError> {
        Ok(Self {
            id: row.take()?,
            project_id: row.take()?,
            customer_id: row.take()?,
            card: Card {
                stripe_payment_method_id: row.take()?,
                kind: row.take()?,
                brand: row.take()?,
                last4: row.take()?,
                exp_month: row.take()?,
                exp_year: row.take()?,
            },
            is_default: row.take()?,
            created_at: row.take()?,
            detached_at: row.take()?,
        })
    }
}
