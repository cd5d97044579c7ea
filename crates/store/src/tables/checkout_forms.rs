//! Forms that businesses confirmed.

use jiff::Timestamp;
use perennial_domain::{CheckoutForm, CheckoutFormId};

use super::CheckoutForms;
use super::table::{Table, expect_one};
use super::values::{Json, json};
use crate::{Columns, FromRow, StoreError, Tx, params};

const CHECKOUT_FORMS: Table = Table::new(
    "checkout_forms",
    "id, project_id, customer_id, nonce_hash, address, agreed, checkouts, at_stripe, created_at, look_at",
);

/// So many are forgotten by one statement.
const FORGOTTEN_AT_ONCE: u32 = 1000;

impl Tx<'_> {
    /// The forms that are to be looked at by now (all projects), the longest due first.
    pub fn due_checkout_forms(
        &mut self,
        now: Timestamp,
        limit: u32,
    ) -> Result<Vec<CheckoutForm>, StoreError> {
        let sql = format!("{} WHERE look_at <= $1 ORDER BY look_at LIMIT $2", CHECKOUT_FORMS.select_all());
        self.list(&sql, params![now, limit])
    }
}

impl Tx<'_> {
    /// Forgets forms (of all projects) that were confirmed before then and that nobody looks after any more, the oldest first;
    /// answers how many.
    pub fn forget_checkout_forms(&mut self, before: Timestamp) -> Result<u64, StoreError> {
        self.execute(
            "DELETE FROM checkout_forms WHERE (project_id, id) IN (\
                 SELECT project_id, id FROM checkout_forms \
                 WHERE look_at IS NULL AND created_at < $1 ORDER BY created_at LIMIT $2)",
            params![before, FORGOTTEN_AT_ONCE],
        )
    }
}

impl CheckoutForms<'_> {
    /// Adds a form. One that was sent before answers a conflict of `checkout_forms_nonce_key`.
    pub fn insert(&mut self, form: &CheckoutForm) -> Result<(), StoreError> {
        let values = params![
            form.id,
            self.project,
            form.customer_id,
            form.nonce_hash,
            form.address,
            json(&form.agreed)?,
            json(&form.checkouts)?,
            form.at_stripe,
            form.created_at,
            form.look_at,
        ];
        self.tx.execute(&CHECKOUT_FORMS.insert(), values)?;
        Ok(())
    }

    /// Writes which attempts to pay it led to, whether another card is wanted for the next, and when to look at it.
    pub fn update(&mut self, form: &CheckoutForm) -> Result<(), StoreError> {
        let touched = self.tx.execute(
            "UPDATE checkout_forms SET checkouts = $3, at_stripe = $4, look_at = $5 \
             WHERE project_id = $1 AND id = $2",
            params![self.project, form.id, json(&form.checkouts)?, form.at_stripe, form.look_at],
        )?;
        expect_one(touched)
    }

    /// The form with this id.
    pub fn find(&mut self, id: CheckoutFormId) -> Result<Option<CheckoutForm>, StoreError> {
        self.tx.optional(&CHECKOUT_FORMS.select("id = $2"), params![self.project, id])
    }

    /// The form with this id, which nobody else changes until the transaction ends.
    pub fn lock(&mut self, id: CheckoutFormId) -> Result<Option<CheckoutForm>, StoreError> {
        self.tx.optional(&CHECKOUT_FORMS.select("id = $2 FOR UPDATE"), params![self.project, id])
    }

    /// The form that was sent so before.
    pub fn find_by_nonce(&mut self, nonce_hash: &[u8; 32]) -> Result<Option<CheckoutForm>, StoreError> {
        self.tx.optional(&CHECKOUT_FORMS.select("nonce_hash = $2"), params![self.project, nonce_hash])
    }
}

impl FromRow for CheckoutForm {
    fn from_row(row: &mut Columns<'_>) -> Result<Self, StoreError> {
        Ok(Self {
            id: row.take()?,
            project_id: row.take()?,
            customer_id: row.take()?,
            nonce_hash: row.take()?,
            address: row.take()?,
            agreed: row.take::<Json<_>>()?.0,
            checkouts: row.take::<Json<_>>()?.0,
            at_stripe: row.take()?,
            created_at: row.take()?,
            look_at: row.take()?,
        })
    }
}
