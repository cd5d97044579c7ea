//! Who may use what, and until when.

use jiff::Timestamp;
use perennial_domain::{
    Arrears, CustomerId, ProductId, ProjectId, SimId, Subscription, SubscriptionId, SubscriptionState,
};

use super::Subscriptions;
use super::filter::Filter;
use super::page::{PageError, PageRequest, Slice, page};
use super::table::{FEW_OLDEST_FIRST, Table, expect_one};
use super::values::{Json, json, optional_json, take_period};
use crate::{Columns, FromRow, StoreError, Tx, params};

pub(super) const SUBSCRIPTIONS: Table = Table::new(
    "subscriptions",
    "id, project_id, customer_id, product_id, price_id, term, exclusive_group, checkout_id, \
     stripe_subscription_id, sim_id, phone_number, address_id, state, anchor_at, period_number, \
     period_start, period_end, minimum_periods, activated_at, canceled_at, ended_at, cancellation, \
     arrears_since, arrears_until, restricted_at, metadata, created_at, replaces_id, buyer_id, \
     bundled_from_id",
);

/// What a new row says of itself: when it last changed, how it is left to stand, and the directory of the business that has
/// it.
const COMPUTED: [(&str, &str); 3] = [
    ("updated_at", "$27"),
    ("standing", "$31"),
    ("directory_id", "(SELECT directory_id FROM businesses WHERE project_id = $2 AND customer_id = $3)"),
];

/// Which subscriptions are wanted; a field without a value asks for nothing.
#[derive(Clone, Debug, Default)]
pub struct SubscriptionFilter {
    /// Paid by this customer.
    pub customer: Option<CustomerId>,
    /// Of this product.
    pub product: Option<ProductId>,
    /// With this SIM.
    pub sim: Option<SimId>,
    /// In one of these states; all when empty.
    pub states: Vec<SubscriptionState>,
    /// With this number, in E.164.
    pub phone_number: Option<String>,
}

impl SubscriptionFilter {
    /// Those that are not over by their rows.
    pub fn live() -> Self {
        let states = SubscriptionState::ALL.iter().copied();
        Self {
            states: states.filter(|state| *state != SubscriptionState::Ended).collect(),
            ..Self::default()
        }
    }

    pub(super) fn conditions<'v>(&'v self, project: &'v ProjectId) -> Filter<'v> {
        Filter::of_project(&SUBSCRIPTIONS, project)
            .equals("customer_id", self.customer.as_ref())
            .equals("product_id", self.product.as_ref())
            .equals("sim_id", self.sim.as_ref())
            .equals("phone_number", self.phone_number.as_ref())
            .one_of("state", &self.states)
    }
}

impl Tx<'_> {
    /// Live subscriptions whose end has come (all projects), the longest due first. Ids alone: a row that cannot
    /// be read must not hide the others.
    pub fn due_subscriptions(
        &mut self,
        now: Timestamp,
        limit: u32,
    ) -> Result<Vec<(ProjectId, SubscriptionId)>, StoreError> {
        self.list(
            "SELECT project_id, id FROM subscriptions \
             WHERE state <> 'ended' AND ended_at IS NOT NULL AND ended_at <= $1 ORDER BY ended_at LIMIT $2",
            params![now, limit],
        )
    }

    /// Live subscriptions whose renewal has been unpaid for too long (all projects), the longest first.
    pub fn subscriptions_in_long_arrears(
        &mut self,
        now: Timestamp,
        limit: u32,
    ) -> Result<Vec<(ProjectId, SubscriptionId)>, StoreError> {
        self.list(
            "SELECT project_id, id FROM subscriptions \
             WHERE state <> 'ended' AND arrears_until IS NOT NULL AND arrears_until <= $1 \
             ORDER BY arrears_until LIMIT $2",
            params![now, limit],
        )
    }

    /// Live subscriptions that no one bills, that have no end, and whose period is over (all projects).
    pub fn rolling_subscriptions(
        &mut self,
        now: Timestamp,
        limit: u32,
    ) -> Result<Vec<(ProjectId, SubscriptionId)>, StoreError> {
        self.list(
            "SELECT project_id, id FROM subscriptions \
             WHERE state <> 'ended' AND ended_at IS NULL AND stripe_subscription_id IS NULL \
             AND period_end IS NOT NULL AND period_end <= $1 ORDER BY period_end LIMIT $2",
            params![now, limit],
        )
    }
}

impl Subscriptions<'_> {
    /// Adds a subscription. Conflicts: `subscriptions_exclusive_group_key` (its customer has a live one of
    /// that group), `subscriptions_sim_key`, `subscriptions_checkout_key` (the checkout became one already),
    /// `subscriptions_replaces_key` (another live one came in the same place), `subscriptions_bundled_key` (the same was
    /// given along already), `subscriptions_stripe_subscription_key`.
    pub fn insert(&mut self, subscription: &Subscription) -> Result<(), StoreError> {
        let (period, arrears) = (subscription.current_period, subscription.arrears);
        let values = params![
            subscription.id,
            self.project,
            subscription.customer_id,
            subscription.product_id,
            subscription.price_id,
            json(&subscription.term)?,
            subscription.exclusive_group,
            subscription.checkout_id,
            subscription.stripe_subscription_id,
            subscription.sim_id,
            subscription.phone_number,
            subscription.address_id,
            subscription.state,
            subscription.anchor_at,
            period.map(|period| period.number),
            period.map(|period| period.start),
            period.and_then(|period| period.end),
            subscription.minimum_periods,
            subscription.activated_at,
            subscription.canceled_at,
            subscription.ended_at,
            optional_json(subscription.cancellation.as_ref())?,
            arrears.map(|arrears| arrears.since),
            arrears.and_then(|arrears| arrears.until),
            arrears.and_then(|arrears| arrears.restricted_at),
            json(&subscription.metadata)?,
            subscription.created_at,
            subscription.replaces_id,
            subscription.buyer_id,
            subscription.bundled_from_id,
            subscription.left_standing(),
        ];
        self.tx.execute(&SUBSCRIPTIONS.insert_computed(&COMPUTED), values)?;
        Ok(())
    }

    /// Writes everything but the id, the customer, the checkout and the time of creation. Conflicts as with
    /// [`Subscriptions::insert`].
    pub fn update(&mut self, subscription: &Subscription) -> Result<(), StoreError> {
        let (period, arrears) = (subscription.current_period, subscription.arrears);
        let touched = self.tx.execute(
            "UPDATE subscriptions SET product_id = $3, price_id = $4, term = $5, exclusive_group = $6, \
             stripe_subscription_id = $7, sim_id = $8, phone_number = $9, address_id = $10, state = $11, \
             anchor_at = $12, period_number = $13, period_start = $14, period_end = $15, \
             minimum_periods = $16, activated_at = $17, canceled_at = $18, ended_at = $19, \
             cancellation = $20, arrears_since = $21, arrears_until = $22, restricted_at = $23, \
             metadata = $24, updated_at = COALESCE($25, updated_at), standing = $26 \
             WHERE project_id = $1 AND id = $2",
            params![
                self.project,
                subscription.id,
                subscription.product_id,
                subscription.price_id,
                json(&subscription.term)?,
                subscription.exclusive_group,
                subscription.stripe_subscription_id,
                subscription.sim_id,
                subscription.phone_number,
                subscription.address_id,
                subscription.state,
                subscription.anchor_at,
                period.map(|period| period.number),
                period.map(|period| period.start),
                period.and_then(|period| period.end),
                subscription.minimum_periods,
                subscription.activated_at,
                subscription.canceled_at,
                subscription.ended_at,
                optional_json(subscription.cancellation.as_ref())?,
                arrears.map(|arrears| arrears.since),
                arrears.and_then(|arrears| arrears.until),
                arrears.and_then(|arrears| arrears.restricted_at),
                json(&subscription.metadata)?,
                self.tx.now(),
                subscription.left_standing(),
            ],
        )?;
        expect_one(touched)
    }

    /// The same where `known` is what the row holds. A renewal changes nothing but the period, and is what is written most:
    /// any column that is named costs the indexes it is part of, even if it stays the same.
    pub fn update_from(
        &mut self,
        known: &Subscription,
        subscription: &Subscription,
    ) -> Result<(), StoreError> {
        let period = subscription.current_period;
        if *subscription != (Subscription { current_period: period, ..known.clone() }) {
            return self.update(subscription);
        }
        let touched = self.tx.execute(
            "UPDATE subscriptions SET period_number = $3, period_start = $4, period_end = $5, \
             updated_at = COALESCE($6, updated_at) WHERE project_id = $1 AND id = $2",
            params![
                self.project,
                subscription.id,
                period.map(|period| period.number),
                period.map(|period| period.start),
                period.and_then(|period| period.end),
                self.tx.now(),
            ],
        )?;
        expect_one(touched)
    }

    /// The subscription with this id.
    pub fn find(&mut self, id: SubscriptionId) -> Result<Option<Subscription>, StoreError> {
        self.tx.optional(&SUBSCRIPTIONS.select("id = $2"), params![self.project, id])
    }

    /// The subscription with this id, which nobody else changes until the transaction ends.
    pub fn lock(&mut self, id: SubscriptionId) -> Result<Option<Subscription>, StoreError> {
        self.tx.optional(&SUBSCRIPTIONS.select("id = $2 FOR UPDATE"), params![self.project, id])
    }

    /// The live subscription that came in the place of this one.
    pub fn replacement_of(&mut self, replaced: SubscriptionId) -> Result<Option<Subscription>, StoreError> {
        let sql = SUBSCRIPTIONS.select("replaces_id = $2 AND state <> 'ended'");
        self.tx.optional(&sql, params![self.project, replaced])
    }

    /// The first of those of which each came in the place of the one before, up to this one.
    pub fn first_of_line(&mut self, id: SubscriptionId) -> Result<Option<SubscriptionId>, StoreError> {
        self.tx.optional(
            "WITH RECURSIVE line (id, replaces_id) AS (\
                 SELECT id, replaces_id FROM subscriptions WHERE project_id = $1 AND id = $2 \
                 UNION ALL \
                 SELECT earlier.id, earlier.replaces_id FROM line \
                 JOIN subscriptions AS earlier ON earlier.project_id = $1 AND earlier.id = line.replaces_id) \
             SELECT id FROM line WHERE replaces_id IS NULL",
            params![self.project, id],
        )
    }

    /// The subscription that Stripe calls so.
    pub fn find_by_stripe_id(&mut self, stripe_id: &str) -> Result<Option<Subscription>, StoreError> {
        let sql = SUBSCRIPTIONS.select("stripe_subscription_id = $2");
        self.tx.optional(&sql, params![self.project, stripe_id])
    }

    /// The subscription that Stripe calls so, which nobody else changes until the transaction ends.
    pub fn lock_by_stripe_id(&mut self, stripe_id: &str) -> Result<Option<Subscription>, StoreError> {
        let sql = SUBSCRIPTIONS.select("stripe_subscription_id = $2 FOR UPDATE");
        self.tx.optional(&sql, params![self.project, stripe_id])
    }

    /// The customer's one live subscription of an exclusive group.
    pub fn live_of_group(
        &mut self,
        customer: CustomerId,
        group: &str,
    ) -> Result<Option<Subscription>, StoreError> {
        let sql = SUBSCRIPTIONS.select("customer_id = $2 AND exclusive_group = $3 AND state <> 'ended'");
        self.tx.optional(&sql, params![self.project, customer, group])
    }

    /// The customer's live subscriptions that Stripe bills, oldest first.
    pub fn billed_of(&mut self, customer: CustomerId) -> Result<Vec<Subscription>, StoreError> {
        let sql = SUBSCRIPTIONS.select(
            "customer_id = $2 AND state <> 'ended' AND stripe_subscription_id IS NOT NULL ORDER BY created_at, id",
        );
        self.tx.list(&sql, params![self.project, customer])
    }

    /// All subscriptions of the customer, newest first.
    pub fn all_of_customer(&mut self, customer: CustomerId) -> Result<Vec<Subscription>, StoreError> {
        let sql = SUBSCRIPTIONS.select("customer_id = $2 ORDER BY created_at DESC, id DESC");
        self.tx.list(&sql, params![self.project, customer])
    }

    /// What was given along with a subscription and is not over, oldest first.
    pub fn live_bundled_of(&mut self, parent: SubscriptionId) -> Result<Vec<Subscription>, StoreError> {
        self.tx.list(&live_bundled(), params![self.project, parent])
    }

    /// The subscription that uses a SIM and is not over.
    pub fn live_with_sim(&mut self, sim: SimId) -> Result<Option<Subscription>, StoreError> {
        self.tx.optional(&live_with_sim(), params![self.project, sim])
    }

    /// What was given along with one of these two of a customer's, and ended at this time.
    pub fn bundled_until(
        &mut self,
        customer: CustomerId,
        parents: [SubscriptionId; 2],
        ended_at: Timestamp,
    ) -> Result<Vec<Subscription>, StoreError> {
        let [first, second] = parents;
        let sql = SUBSCRIPTIONS.select(
            "customer_id = $2 AND bundled_from_id IN ($3, $4) AND state = 'ended' AND ended_at = $5 \
             ORDER BY created_at, id",
        );
        self.tx.list(&sql, params![self.project, customer, first, second, ended_at])
    }

    /// One page of the subscriptions that match.
    pub fn page(
        &mut self,
        filter: &SubscriptionFilter,
        request: PageRequest,
    ) -> Result<Slice<Subscription>, PageError> {
        let conditions = filter.conditions(&self.project);
        page(&mut self.tx, &conditions, request)
    }

    /// The newest subscriptions that match, newest first.
    pub fn newest(
        &mut self,
        filter: &SubscriptionFilter,
        limit: u32,
    ) -> Result<Vec<Subscription>, StoreError> {
        match self.page(filter, PageRequest::first(limit)) {
            Ok(slice) => Ok(slice.items),
            Err(PageError::Store(error)) => Err(error),
            // Only a cursor could be unknown.
            Err(PageError::UnknownCursor) => Ok(Vec::new()),
        }
    }
}

fn live_bundled() -> String {
    SUBSCRIPTIONS.select(&format!("bundled_from_id = $2 AND state <> 'ended' {FEW_OLDEST_FIRST} FOR UPDATE"))
}

/// There can be no second one: `subscriptions_sim_key`.
fn live_with_sim() -> String {
    SUBSCRIPTIONS.select("sim_id = $2 AND state <> 'ended'")
}

impl FromRow for Subscription {
    fn from_row(row: &mut Columns<'_>) -> Result<Self, StoreError> {
        Ok(Self {
            id: row.take()?,
            project_id: row.take()?,
            customer_id: row.take()?,
            product_id: row.take()?,
            price_id: row.take()?,
            term: row.take::<Json<_>>()?.0,
            exclusive_group: row.take()?,
            checkout_id: row.take()?,
            stripe_subscription_id: row.take()?,
            sim_id: row.take()?,
            phone_number: row.take()?,
            address_id: row.take()?,
            state: row.take()?,
            anchor_at: row.take()?,
            current_period: take_period(row)?,
            minimum_periods: row.take()?,
            activated_at: row.take()?,
            canceled_at: row.take()?,
            ended_at: row.take()?,
            cancellation: row.take::<Option<Json<_>>>()?.map(|cancellation| cancellation.0),
            arrears: take_arrears(row)?,
            metadata: row.take::<Json<_>>()?.0,
            created_at: row.take()?,
            replaces_id: row.take()?,
            buyer_id: row.take()?,
            bundled_from_id: row.take()?,
        })
    }
}

/// Reads three columns: since when, until when, and since when without access. Without the first there are none.
fn take_arrears(row: &mut Columns<'_>) -> Result<Option<Arrears>, StoreError> {
    let (since, until, restricted_at): (Option<Timestamp>, _, _) = (row.take()?, row.take()?, row.take()?);
    Ok(since.map(|since| Arrears { since, until, restricted_at }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tables::plan::plan_of;

    #[tokio::test]
    async fn what_a_bundle_gave_is_found_without_reading_what_others_have() {
        let plan = plan_of(live_bundled(), 2).await;
        assert!(plan.contains("subscriptions_bundled_key (project_id=? AND bundled_from_id=?)"), "{plan}");
    }

    #[tokio::test]
    async fn who_uses_a_sim_is_found_without_reading_what_others_have() {
        let plan = plan_of(live_with_sim(), 2).await;
        assert!(plan.ends_with("subscriptions_sim_key (project_id=? AND sim_id=?)"), "{plan}");
    }
}
