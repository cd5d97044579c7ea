//! Attempts to pay.

use jiff::Timestamp;
use perennial_domain::{Checkout, CheckoutId, CheckoutTerms, CustomerId, ProjectId};

use super::Checkouts;
use super::table::{Table, expect_one};
use super::values::{Json, json};
use crate::{Columns, FromRow, StoreError, Tx, params};

pub(super) const CHECKOUTS: Table = Table::new(
    "checkouts",
    "id, project_id, customer_id, connect_session_id, order_lines, state, locale, return_url, cancel_url, \
     stripe_session_id, stripe_url, expires_at, subscription_id, created_at, closed_at, saved_card, stripe_charge_id, \
     ui, payment_methods, member_id, has_stripes_lifetime",
);

impl Tx<'_> {
    /// The projects with checkouts that can still be paid on Stripe's page, are older than a moment and are not to be left
    /// alone by now (all projects), each with the time of its oldest.
    pub fn oldest_open_checkouts(
        &mut self,
        created_before: Timestamp,
        now: Timestamp,
    ) -> Result<Vec<(ProjectId, Timestamp)>, StoreError> {
        self.list(
            "SELECT project_id, MIN(created_at) FROM checkouts \
             WHERE state IN ('creating', 'open') AND saved_card IS NULL AND created_at < $1 \
             AND (look_at IS NULL OR look_at <= $2) GROUP BY project_id",
            params![created_before, now],
        )
    }

    /// Undecided checkouts on Stripe's page whose time was over by our books before then, and that are not to be left alone
    /// by now (all projects), the longest first.
    pub fn overdue_checkouts(
        &mut self,
        expired_before: Timestamp,
        now: Timestamp,
        limit: u32,
    ) -> Result<Vec<Checkout>, StoreError> {
        let sql = format!(
            "{} WHERE state IN ('creating', 'open', 'confirming') AND saved_card IS NULL AND expires_at <= $1 \
             AND (look_at IS NULL OR look_at <= $2) ORDER BY expires_at LIMIT $3",
            CHECKOUTS.select_all()
        );
        self.list(&sql, params![expired_before, now, limit])
    }

    /// Charges of saved cards whose answer, Stripe's or the bank's, has been missing for too long (all projects), the longest first.
    pub fn stranded_charges(&mut self, now: Timestamp, limit: u32) -> Result<Vec<Checkout>, StoreError> {
        let sql = format!(
            "{} WHERE state IN ('creating', 'open') AND saved_card IS NOT NULL AND expires_at <= $1 \
             ORDER BY expires_at LIMIT $2",
            CHECKOUTS.select_all()
        );
        self.list(&sql, params![now, limit])
    }
}

impl Checkouts<'_> {
    /// Leaves one alone until then, unless somebody tells of it.
    pub fn leave_alone(&mut self, id: CheckoutId, until: Timestamp) -> Result<(), StoreError> {
        let sql = "UPDATE checkouts SET look_at = $3 WHERE project_id = $1 AND id = $2";
        expect_one(self.tx.execute(sql, params![self.project, id, until])?)
    }

    /// The same for all that are open on Stripe's page, older than a moment, and not left alone by now.
    pub fn leave_older_alone(
        &mut self,
        created_before: Timestamp,
        now: Timestamp,
        until: Timestamp,
    ) -> Result<(), StoreError> {
        self.tx.execute(
            "UPDATE checkouts SET look_at = $4 \
             WHERE project_id = $1 AND state IN ('creating', 'open') AND saved_card IS NULL AND created_at < $2 \
             AND (look_at IS NULL OR look_at <= $3)",
            params![self.project, created_before, now, until],
        )?;
        Ok(())
    }

    /// Adds a checkout. While its customer has another undecided one it answers a conflict of
    /// `checkouts_open_key`.
    pub fn insert(&mut self, checkout: &Checkout) -> Result<(), StoreError> {
        let order = json(&checkout.order)?;
        let values = params![
            checkout.id,
            self.project,
            checkout.customer_id,
            checkout.connect_session_id,
            order,
            checkout.state,
            checkout.locale,
            checkout.return_url,
            checkout.cancel_url,
            checkout.stripe_session_id,
            checkout.stripe_url,
            checkout.expires_at,
            checkout.subscription_id,
            checkout.created_at,
            checkout.closed_at,
            checkout.saved_card,
            checkout.stripe_charge_id,
            checkout.terms.ui,
            checkout.terms.payment_methods,
            checkout.terms.member_id,
            checkout.terms.has_stripes_lifetime,
        ];
        self.tx.execute(&CHECKOUTS.insert(), values)?;
        Ok(())
    }

    /// Writes how far it has come: the state, what Stripe knows it by, what it became, and its times. What
    /// was ordered, and where the customer goes from Stripe's page, never change.
    pub fn update(&mut self, checkout: &Checkout) -> Result<(), StoreError> {
        let touched = self.tx.execute(
            "UPDATE checkouts SET state = $3, stripe_session_id = $4, stripe_url = $5, expires_at = $6, \
             subscription_id = $7, closed_at = $8, stripe_charge_id = $9 WHERE project_id = $1 AND id = $2",
            params![
                self.project,
                checkout.id,
                checkout.state,
                checkout.stripe_session_id,
                checkout.stripe_url,
                checkout.expires_at,
                checkout.subscription_id,
                checkout.closed_at,
                checkout.stripe_charge_id,
            ],
        )?;
        expect_one(touched)
    }

    /// The checkout with this id.
    pub fn find(&mut self, id: CheckoutId) -> Result<Option<Checkout>, StoreError> {
        self.tx.optional(&CHECKOUTS.select("id = $2"), params![self.project, id])
    }

    /// The checkout with this id, which nobody else changes until the transaction ends. Who needs its customer as well
    /// locks them before.
    pub fn lock(&mut self, id: CheckoutId) -> Result<Option<Checkout>, StoreError> {
        self.tx.optional(&CHECKOUTS.select("id = $2 FOR UPDATE"), params![self.project, id])
    }

    /// The customer's one undecided checkout, which nobody else changes until the transaction ends.
    pub fn lock_undecided_of(&mut self, customer: CustomerId) -> Result<Option<Checkout>, StoreError> {
        let sql =
            CHECKOUTS.select("customer_id = $2 AND state IN ('creating', 'open', 'confirming') FOR UPDATE");
        self.tx.optional(&sql, params![self.project, customer])
    }

    /// The checkout that a request made, unless that is longer ago than `since`.
    pub fn find_by_request(
        &mut self,
        request: &[u8],
        since: Timestamp,
    ) -> Result<Option<Checkout>, StoreError> {
        let sql = CHECKOUTS.select("request_key = $2 AND created_at >= $3");
        self.tx.optional(&sql, params![self.project, request, since])
    }

    /// Remembers which request made a checkout; answers whether it did, because another one may have. What came to
    /// nothing, or was made before `since`, gives the request up; while any other has it, the answer is a conflict of
    /// `checkouts_request_key`.
    pub fn keep_request(
        &mut self,
        id: CheckoutId,
        request: &[u8],
        since: Timestamp,
    ) -> Result<bool, StoreError> {
        self.tx.execute(
            "UPDATE checkouts SET request_key = NULL WHERE project_id = $1 AND request_key = $2 AND id <> $3 \
             AND (state IN ('expired', 'abandoned') OR created_at < $4)",
            params![self.project, request, id, since],
        )?;
        let touched = self.tx.execute(
            "UPDATE checkouts SET request_key = $3 WHERE project_id = $1 AND id = $2 \
             AND (request_key IS NULL OR request_key = $3)",
            params![self.project, id, request],
        )?;
        Ok(touched == 1)
    }

    /// The checkout that belongs to this Stripe Checkout Session.
    pub fn find_by_stripe_session(
        &mut self,
        stripe_session_id: &str,
    ) -> Result<Option<Checkout>, StoreError> {
        let sql = CHECKOUTS.select("stripe_session_id = $2");
        self.tx.optional(&sql, params![self.project, stripe_session_id])
    }

    /// The customer's one undecided checkout, as it is.
    pub fn undecided_of(&mut self, customer: CustomerId) -> Result<Option<Checkout>, StoreError> {
        let sql = CHECKOUTS.select("customer_id = $2 AND state IN ('creating', 'open', 'confirming')");
        self.tx.optional(&sql, params![self.project, customer])
    }

    /// All checkouts of the customer, newest first.
    pub fn all_of_customer(&mut self, customer: CustomerId) -> Result<Vec<Checkout>, StoreError> {
        let sql = CHECKOUTS.select("customer_id = $2 ORDER BY created_at DESC, id DESC");
        self.tx.list(&sql, params![self.project, customer])
    }
}

impl FromRow for Checkout {
    fn from_row(row: &mut Columns<'_>) -> Result<Self, StoreError> {
        Ok(Self {
            id: row.take()?,
            project_id: row.take()?,
            customer_id: row.take()?,
            connect_session_id: row.take()?,
            order: row.take::<Json<_>>()?.0,
            state: row.take()?,
            locale: row.take()?,
            return_url: row.take()?,
            cancel_url: row.take()?,
            stripe_session_id: row.take()?,
            stripe_url: row.take()?,
            expires_at: row.take()?,
            subscription_id: row.take()?,
            created_at: row.take()?,
            closed_at: row.take()?,
            saved_card: row.take()?,
            stripe_charge_id: row.take()?,
            terms: CheckoutTerms {
                ui: row.take()?,
                payment_methods: row.take()?,
                member_id: row.take()?,
                has_stripes_lifetime: row.take()?,
            },
        })
    }
}
