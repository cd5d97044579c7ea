//! How far Stripe's bills are known here, Stripe Subscription by Stripe Subscription.

use jiff::Timestamp;
use perennial_domain::ProjectId;

use super::BillingMarks;
use crate::{StoreError, Tx, params};

impl Tx<'_> {
    /// Live subscriptions whose period was over at `over_by` or whose renewal is not paid, and about which Stripe was not
    /// asked since `asked_before` (all projects), the longest overdue first: by the ids that Stripe knows.
    pub fn overdue_renewals(
        &mut self,
        over_by: Timestamp,
        asked_before: Timestamp,
        limit: u32,
    ) -> Result<Vec<(ProjectId, String)>, StoreError> {
        self.list(
            // Two selections, each by an index of its own: for either one of two conditions every live subscription
            // would be read.
            "SELECT late.project_id, late.stripe_subscription_id FROM (\
                 SELECT project_id, stripe_subscription_id, period_end FROM subscriptions \
                 WHERE state <> 'ended' AND stripe_subscription_id IS NOT NULL \
                 AND period_end IS NOT NULL AND period_end <= $1 \
                 UNION SELECT project_id, stripe_subscription_id, period_end FROM subscriptions \
                 WHERE state <> 'ended' AND stripe_subscription_id IS NOT NULL AND arrears_since IS NOT NULL) AS late \
             LEFT JOIN billing_marks ON billing_marks.project_id = late.project_id \
             AND billing_marks.stripe_subscription_id = late.stripe_subscription_id \
             WHERE billing_marks.asked_at IS NULL OR billing_marks.asked_at <= $2 \
             ORDER BY late.period_end LIMIT $3",
            params![over_by, asked_before, limit],
        )
    }
}

impl BillingMarks<'_> {
    /// Every invoice created before then is final and known; `None` as long as nothing is certain.
    pub fn settled_until(&mut self, stripe_subscription_id: &str) -> Result<Option<Timestamp>, StoreError> {
        let found: Option<Option<Timestamp>> = self.tx.optional(
            "SELECT settled_until FROM billing_marks WHERE project_id = $1 AND stripe_subscription_id = $2",
            params![self.project, stripe_subscription_id],
        )?;
        Ok(found.flatten())
    }

    /// How many of Stripe's answers were written down by [`BillingMarks::put`].
    pub fn pictures(&mut self, stripe_subscription_id: &str) -> Result<i64, StoreError> {
        let found: Option<i64> = self.tx.optional(
            "SELECT pictures FROM billing_marks WHERE project_id = $1 AND stripe_subscription_id = $2",
            params![self.project, stripe_subscription_id],
        )?;
        Ok(found.unwrap_or(0))
    }

    /// The card that was chosen for it at Stripe, `pm_…`, as far as is known.
    pub fn card(&mut self, stripe_subscription_id: &str) -> Result<Option<String>, StoreError> {
        let found: Option<Option<String>> = self.tx.optional(
            "SELECT payment_method_id FROM billing_marks \
             WHERE project_id = $1 AND stripe_subscription_id = $2",
            params![self.project, stripe_subscription_id],
        )?;
        Ok(found.flatten())
    }

    /// Notes that Stripe was asked in vain: others are asked about first.
    pub fn note_attempt(
        &mut self,
        stripe_subscription_id: &str,
        asked_at: Timestamp,
    ) -> Result<(), StoreError> {
        self.tx.execute(
            "INSERT INTO billing_marks (project_id, stripe_subscription_id, asked_at) VALUES ($1, $2, $3) \
             ON CONFLICT (project_id, stripe_subscription_id) DO UPDATE SET asked_at = excluded.asked_at",
            params![self.project, stripe_subscription_id, asked_at],
        )?;
        Ok(())
    }

    /// Notes that Stripe was asked, how far its invoices are final and known, and which card was chosen for it. The
    /// mark only moves on: of two answers the older one may be noted last.
    pub fn put(
        &mut self,
        stripe_subscription_id: &str,
        settled_until: Option<Timestamp>,
        payment_method_id: Option<&str>,
        asked_at: Timestamp,
    ) -> Result<(), StoreError> {
        self.tx.execute(
            "INSERT INTO billing_marks \
             (project_id, stripe_subscription_id, settled_until, payment_method_id, asked_at, pictures) \
             VALUES ($1, $2, $3, $4, $5, 1) ON CONFLICT (project_id, stripe_subscription_id) DO UPDATE SET \
             settled_until = CASE WHEN excluded.settled_until IS NULL \
                 OR billing_marks.settled_until > excluded.settled_until \
                 THEN billing_marks.settled_until ELSE excluded.settled_until END, \
             payment_method_id = excluded.payment_method_id, \
             asked_at = excluded.asked_at, pictures = billing_marks.pictures + 1",
            params![self.project, stripe_subscription_id, settled_until, payment_method_id, asked_at],
        )?;
        Ok(())
    }
}
