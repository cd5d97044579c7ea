//! How far Stripe's bills are known here, Stripe Subscription by Stripe Subscription.

use jiff::Timestamp;
use perennial_domain::{PriceId, ProjectId, SubscriptionId};

use super::BillingMarks;
use crate::{Columns, FromRow, StoreError, Tx, params};

/// What is known here of a Stripe Subscription.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KnownBilling {
    /// Every invoice created before then is final and known; `None` as long as nothing is certain.
    pub settled_until: Option<Timestamp>,
    /// How many of Stripe's answers were written down by [`BillingMarks::put`].
    pub pictures: i64,
    /// The subscription of ours that it bills.
    pub subscription: Option<BilledHere>,
}

/// What was decided here about a subscription that Stripe bills.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BilledHere {
    /// At which price it is sold.
    pub price_id: PriceId,
    /// That price at Stripe, `price_…`.
    pub stripe_price_id: Option<String>,
    /// When its end was decided.
    pub canceled_at: Option<Timestamp>,
}

/// What Stripe answered, as far as it is noted.
#[derive(Clone, Copy, Debug)]
pub struct BillingAnswer<'a> {
    /// About what, `sub_…`.
    pub stripe_subscription_id: &'a str,
    /// What that bills here.
    pub subscription: SubscriptionId,
    /// Up to where its invoices are final and known; `None` where it has none.
    pub settled_until: Option<Timestamp>,
    /// The card that was chosen for it, `pm_…`.
    pub payment_method_id: Option<&'a str>,
    /// When Stripe was asked.
    pub asked_at: Timestamp,
}

/// What there is to look at beside an answer that was noted: most subscriptions have none of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NotedAnswer {
    /// How many answers were noted, this one included.
    pub pictures: i64,
    /// Whether a change of the subscription may still come true.
    pub has_open_change: bool,
    /// Whether add-ons were ever bought on it.
    pub has_addons: bool,
    /// Whether the card that was chosen for it has been taken away.
    pub card_is_gone: bool,
}

/// Two selections that share no row, each by an index of its own: for either one of two conditions every live subscription
/// would be read, and to find what both select SQLite would sort all of them.
const OVERDUE: &str = "SELECT late.project_id, late.stripe_subscription_id FROM (\
         SELECT project_id, stripe_subscription_id, period_end FROM subscriptions \
         WHERE state <> 'ended' AND stripe_subscription_id IS NOT NULL \
         AND period_end IS NOT NULL AND period_end <= $1 \
         UNION ALL SELECT project_id, stripe_subscription_id, period_end FROM subscriptions \
         WHERE state <> 'ended' AND stripe_subscription_id IS NOT NULL AND arrears_since IS NOT NULL \
         AND (period_end IS NULL OR period_end > $1)) AS late \
     LEFT JOIN billing_marks ON billing_marks.project_id = late.project_id \
     AND billing_marks.stripe_subscription_id = late.stripe_subscription_id \
     WHERE billing_marks.asked_at IS NULL OR billing_marks.asked_at <= $2 \
     ORDER BY late.period_end LIMIT $3";

impl Tx<'_> {
    /// Live subscriptions whose period was over at `over_by` or whose renewal is not paid, and about which Stripe was not
    /// asked since `asked_before` (all projects), the longest overdue first: by the ids that Stripe knows.
    pub fn overdue_renewals(
        &mut self,
        over_by: Timestamp,
        asked_before: Timestamp,
        limit: u32,
    ) -> Result<Vec<(ProjectId, String)>, StoreError> {
        self.list(OVERDUE, params![over_by, asked_before, limit])
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

    /// All that is known here before Stripe is asked, by one statement.
    pub fn known(&mut self, stripe_subscription_id: &str) -> Result<KnownBilling, StoreError> {
        self.tx.one(
            "SELECT billing_marks.settled_until, COALESCE(billing_marks.pictures, 0), \
                 subscriptions.price_id, prices.stripe_price_id, subscriptions.canceled_at \
             FROM (SELECT CAST($2 AS TEXT) AS stripe_id) AS asked \
             LEFT JOIN billing_marks ON billing_marks.project_id = $1 \
                 AND billing_marks.stripe_subscription_id = asked.stripe_id \
             LEFT JOIN subscriptions ON subscriptions.project_id = $1 \
                 AND subscriptions.stripe_subscription_id = asked.stripe_id \
             LEFT JOIN prices ON prices.project_id = $1 AND prices.id = subscriptions.price_id",
            params![self.project, stripe_subscription_id],
        )
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
    /// mark only moves on: of two answers the older one may be noted last. Until the transaction ends, nobody else notes
    /// one. What else there is to look at is asked in the same breath; the caller holds the subscription.
    pub fn put(&mut self, answer: &BillingAnswer<'_>) -> Result<NotedAnswer, StoreError> {
        let BillingAnswer {
            stripe_subscription_id,
            subscription,
            settled_until,
            payment_method_id,
            asked_at,
        } = *answer;
        self.tx.one(
            "INSERT INTO billing_marks \
             (project_id, stripe_subscription_id, settled_until, payment_method_id, asked_at, pictures) \
             VALUES ($1, $2, $3, $4, $5, 1) ON CONFLICT (project_id, stripe_subscription_id) DO UPDATE SET \
             settled_until = CASE WHEN excluded.settled_until IS NULL \
                 OR billing_marks.settled_until > excluded.settled_until \
                 THEN billing_marks.settled_until ELSE excluded.settled_until END, \
             payment_method_id = excluded.payment_method_id, \
             asked_at = excluded.asked_at, pictures = billing_marks.pictures + 1 \
             RETURNING pictures, \
                 EXISTS (SELECT 1 FROM subscription_changes \
                     WHERE project_id = $1 AND subscription_id = $6 AND state IN ('pending', 'initiated')), \
                 EXISTS (SELECT 1 FROM subscription_addons WHERE project_id = $1 AND subscription_id = $6), \
                 EXISTS (SELECT 1 FROM payment_methods \
                     WHERE project_id = $1 AND stripe_payment_method_id = $4 AND detached_at IS NOT NULL)",
            params![
                self.project,
                stripe_subscription_id,
                settled_until,
                payment_method_id,
                asked_at,
                subscription
            ],
        )
    }
}

impl FromRow for NotedAnswer {
    fn from_row(row: &mut Columns<'_>) -> Result<Self, StoreError> {
        Ok(Self {
            pictures: row.take()?,
            has_open_change: row.take()?,
            has_addons: row.take()?,
            card_is_gone: row.take()?,
        })
    }
}

impl FromRow for KnownBilling {
    fn from_row(row: &mut Columns<'_>) -> Result<Self, StoreError> {
        let (settled_until, pictures) = (row.take()?, row.take()?);
        let (price_id, stripe_price_id, canceled_at): (Option<_>, _, _) =
            (row.take()?, row.take()?, row.take()?);
        let subscription = price_id.map(|price_id| BilledHere { price_id, stripe_price_id, canceled_at });
        Ok(Self { settled_until, pictures, subscription })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tables::plan::plan_of;

    #[tokio::test]
    async fn overdue_renewals_are_found_without_reading_who_is_not() {
        let plan = plan_of(OVERDUE.to_owned(), 3).await;
        assert!(plan.contains("subscriptions_renewing (period_end"), "{plan}");
        assert!(plan.contains("USING INDEX subscriptions_unpaid"), "{plan}");
        assert!(!plan.lines().any(|step| step == "SCAN subscriptions"), "{plan}");
    }
}
