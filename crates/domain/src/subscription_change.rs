//! Changes of a subscription's plan: when one takes effect, and how far it has come.
//!
//! `initiated` (the charge is asked for) or `pending` (waits for its renewal) → `applied`, `failed` or `deleted`.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::text_enum::text_enum;
use crate::{
    Allowances, CustomerId, MemberId, Period, PlanFacts, Price, PriceId, Product, ProductId, ProjectId,
    Subscription, SubscriptionChangeId, SubscriptionId,
};

text_enum! {
    /// When a change of plan takes effect.
    pub enum ChangeTime {
        /// As soon as what it costs is paid.
        Now = "now",
        /// When the next period begins.
        Renewal = "renewal",
    }
}

text_enum! {
    /// How far a change of plan has come (contracts/projects-api.md §2.6).
    pub enum SubscriptionChangeState {
        /// Waits for the next period.
        Pending = "pending",
        /// Waits for its money.
        Initiated = "initiated",
        /// The subscription is on the new plan.
        Applied = "applied",
        /// The money did not come; nothing was changed.
        Failed = "failed",
        /// Taken back, or replaced by another change.
        Deleted = "deleted",
    }
}

/// When the changes to a plan take effect, where the operator decides otherwise than the usual rule.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChangePolicy {
    /// A change to this plan that gives more.
    pub upgrade: Option<ChangeTime>,
    /// A change to this plan that gives less.
    pub downgrade: Option<ChangeTime>,
}

/// A plan and the price at which it is had.
#[derive(Clone, Copy, Debug)]
pub struct PricedPlan<'p> {
    /// The plan.
    pub product: &'p Product,
    /// Its price.
    pub price: &'p Price,
}

impl PricedPlan<'_> {
    /// When a change from this plan to another takes effect.
    ///
    /// Another rhythm waits for the renewal, always: the running period is paid in the old one
    /// (contracts/projects-api.md §2.6). Else an upgrade counts now and a downgrade from the renewal on, unless the new
    /// plan's operator decided otherwise. It is an upgrade if nothing shrinks and it costs no less: nobody loses at
    /// once what is paid for (§3.2).
    pub fn change_to(self, other: PricedPlan<'_>) -> ChangeTime {
        let policy = other.product.changes;
        if self.price.term != other.price.term {
            return ChangeTime::Renewal;
        }
        if self.price.amount.amount_minor <= other.price.amount.amount_minor && !self.shrinks_with(other) {
            return policy.upgrade.unwrap_or(ChangeTime::Now);
        }
        policy.downgrade.unwrap_or(ChangeTime::Renewal)
    }

    /// Whether the other plan gives less of anything.
    pub fn shrinks_with(self, other: PricedPlan<'_>) -> bool {
        match (&self.product.plan_facts, &other.product.plan_facts) {
            (Some(before), Some(after)) => gives_less(before, after),
            (Some(_), None) => true,
            (None, _) => self.product.capabilities.iter().any(|before| {
                let after = other.product.capabilities.iter().find(|after| after.code == before.code);
                after.is_none_or(|after| after.value < before.value)
            }),
        }
    }
}

fn gives_less(before: &PlanFacts, after: &PlanFacts) -> bool {
    let parts =
        |allowances: Allowances| [allowances.data_bytes, allowances.voice_seconds, allowances.sms_messages];
    // No limit is more than any number.
    let amount = |part: Option<u64>| part.unwrap_or(u64::MAX);
    let pairs = parts(before.allowances).into_iter().zip(parts(after.allowances));
    pairs.into_iter().any(|(before, after)| amount(after) < amount(before))
}

/// A change of a subscription's plan, asked for once.
#[derive(Clone, Debug)]
pub struct SubscriptionChange {
    /// Our id, and the key to what is asked of Stripe for it.
    pub id: SubscriptionChangeId,
    /// Whose project.
    pub project_id: ProjectId,
    /// What is changed.
    pub subscription_id: SubscriptionId,
    /// Who pays.
    pub customer_id: CustomerId,
    /// The plan that it will be.
    pub product_id: ProductId,
    /// At which price.
    pub price_id: PriceId,
    /// When it was asked to take effect.
    pub requested: ChangeTime,
    /// How far it has come.
    pub state: SubscriptionChangeState,
    /// When it will take effect; `None` if that is as soon as it is paid.
    pub scheduled_at: Option<Timestamp>,
    /// Since when Stripe knows of it, if it waits for a renewal.
    pub arranged_at: Option<Timestamp>,
    /// The subscription that takes the place of the changed one, where a change ends the one and begins the other.
    pub successor_id: Option<SubscriptionId>,
    /// Whose purchase that is, where a member of the customer's asked for it.
    pub buyer_id: Option<MemberId>,
    /// From when on its charge was counted, if it does not wait for a renewal.
    pub prorated_from: Option<Timestamp>,
    /// The Stripe Invoice that waits for the customer, if one does.
    pub stripe_invoice_id: Option<String>,
    /// Why it failed.
    pub failure_code: Option<String>,
    /// The change in whose place it came. Should nobody pay for this one, that one is wanted again.
    pub replaces_id: Option<SubscriptionChangeId>,
    /// When the subscription was on the new plan.
    pub applied_at: Option<Timestamp>,
    /// When it was asked for.
    pub created_at: Timestamp,
}

impl SubscriptionChange {
    /// Why nothing came of it where nobody's card is to blame: what is on sale cannot be had.
    pub const REFUSED: &'static str = "refused";

    /// A change to this price that counts as soon as it is paid, and of which nobody has been told yet.
    pub fn of(
        id: SubscriptionChangeId,
        subscription: &Subscription,
        price: &Price,
        created_at: Timestamp,
    ) -> Self {
        Self {
            id,
            project_id: subscription.project_id,
            subscription_id: subscription.id,
            customer_id: subscription.customer_id,
            product_id: price.product_id,
            price_id: price.id,
            requested: ChangeTime::Now,
            state: SubscriptionChangeState::Initiated,
            scheduled_at: None,
            arranged_at: None,
            successor_id: None,
            buyer_id: None,
            prorated_from: None,
            stripe_invoice_id: None,
            failure_code: None,
            replaces_id: None,
            applied_at: None,
            created_at,
        }
    }

    /// Whether it may still come true.
    pub fn is_open(&self) -> bool {
        matches!(self.state, SubscriptionChangeState::Pending | SubscriptionChangeState::Initiated)
    }

    /// Whether it waits for its renewal, and that has come by this time.
    pub fn is_due_at(&self, time: Timestamp) -> bool {
        self.is_open() && self.scheduled_at.is_some_and(|scheduled_at| scheduled_at <= time)
    }

    /// The subscription is on the new plan. That beats an earlier giving-up, because it is what Stripe bills. Answers
    /// whether it is news.
    pub fn apply(&mut self, now: Timestamp) -> bool {
        if self.state == SubscriptionChangeState::Applied {
            return false;
        }
        self.state = SubscriptionChangeState::Applied;
        self.applied_at = Some(now);
        self.failure_code = None;
        true
    }

    /// The money did not come. Answers whether it is news.
    pub fn fail(&mut self, code: &str) -> bool {
        if !self.is_open() {
            return false;
        }
        self.state = SubscriptionChangeState::Failed;
        self.failure_code = Some(code.to_owned());
        true
    }

    /// It is taken back, or another takes its place. Answers whether it is news.
    pub fn delete(&mut self) -> bool {
        if !self.is_open() {
            return false;
        }
        self.state = SubscriptionChangeState::Deleted;
        true
    }
}

impl Subscription {
    /// Whether another plan can be chosen: it renews, and no end is decided. While a payment is open, that comes first.
    pub fn can_change_plan(&self) -> bool {
        use crate::SubscriptionState::Active;
        self.can_cancel() && self.state == Active && self.current_period.is_some()
    }

    /// It is another plan. Who is bound stays bound. Another rhythm counts its periods anew, from `since` on.
    pub fn change_plan(&mut self, plan: &Product, price: &Price, since: Timestamp) {
        let minimum_periods = plan.minimum_periods();
        let keeps_rhythm = self.term == price.term;
        self.product_id = plan.id;
        self.price_id = price.id;
        self.term = price.term;
        self.exclusive_group.clone_from(&plan.exclusive_group);
        if keeps_rhythm {
            self.minimum_periods = self.minimum_periods.max(minimum_periods);
            return;
        }
        self.minimum_periods = minimum_periods;
        self.anchor_at = Some(since);
        // A term that the calendar cannot count leaves the running period, which somebody paid for.
        if let Ok(period) = price.term.period(since, 1) {
            self.current_period = Some(period);
        }
    }

    /// The first period of a plan is paid that nobody billed before: it begins at once, whatever is left of the running
    /// one, and periods count anew. `end` is Stripe's own.
    pub fn begin_anew(&mut self, plan: &Product, start: Timestamp, end: Timestamp) {
        self.minimum_periods = plan.minimum_periods();
        self.anchor_at = Some(start);
        self.current_period = Some(Period { number: 1, start, end: Some(end) });
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        Capability, CapabilityKind, Currency, Id, Metadata, Money, PriceStatus, ProductKind, ProductStatus,
        Span, Term, TermUnit,
    };
    use jiff::Timestamp;
    use uuid::Uuid;

    /// Software with so many seats.
    fn product(seats: i64) -> Product {
        let seats = Capability {
            code: "seats".into(),
            description: String::new(),
            kind: CapabilityKind::Quota,
            value: seats,
        };
        Product {
            id: ProductId::from_uuid(Uuid::from_u128(1)),
            project_id: ProjectId::from_uuid(Uuid::from_u128(1)),
            reference: "notebook".into(),
            kind: ProductKind::Plan,
            name: "Notebook".into(),
            description: None,
            image: None,
            status: ProductStatus::Available,
            exclusive_group: None,
            changes: ChangePolicy::default(),
            sku: None,
            capabilities: vec![seats],
            plan_facts: None,
            addon_facts: None,
            business_facts: None,
            metadata: Metadata::default(),
            stripe_product_id: None,
            stripe_pending: false,
            created_at: Timestamp::UNIX_EPOCH,
        }
    }

    fn price(cents: i64, unit: TermUnit) -> Price {
        Price {
            id: PriceId::from_uuid(Uuid::from_u128(1)),
            project_id: ProjectId::from_uuid(Uuid::from_u128(1)),
            product_id: ProductId::from_uuid(Uuid::from_u128(1)),
            reference: "standard".into(),
            amount: Money::new(cents, Currency::from_code("EUR").unwrap()),
            term: Term::Recurring(Span { unit, count: 1 }),
            status: PriceStatus::Active,
            stripe_price_id: None,
            stripe_pending: false,
            created_at: Timestamp::UNIX_EPOCH,
        }
    }

    fn when(from: (&Product, &Price), to: (&Product, &Price)) -> ChangeTime {
        PricedPlan { product: from.0, price: from.1 }.change_to(PricedPlan { product: to.0, price: to.1 })
    }

    #[test]
    fn more_counts_now_and_less_from_the_renewal_on() {
        let month = |cents| price(cents, TermUnit::Month);
        let now = |from: (i64, i64), to: (i64, i64)| {
            when((&product(from.0), &month(from.1)), (&product(to.0), &month(to.1)))
        };
        assert_eq!(now((1, 900), (5, 1900)), ChangeTime::Now);
        assert_eq!(now((1, 900), (1, 900)), ChangeTime::Now);
        assert_eq!(now((5, 1900), (1, 900)), ChangeTime::Renewal);
        assert_eq!(now((5, 900), (1, 1900)), ChangeTime::Renewal, "nobody loses what is paid for");
        assert_eq!(now((5, 1900), (5, 900)), ChangeTime::Renewal);
    }

    #[test]
    fn the_operator_may_decide_otherwise_but_not_for_another_rhythm() {
        let policy = ChangePolicy { upgrade: Some(ChangeTime::Renewal), downgrade: Some(ChangeTime::Now) };
        let decided = |seats| Product { changes: policy, ..product(seats) };
        let month = price(900, TermUnit::Month);
        assert_eq!(when((&product(1), &month), (&decided(5), &month)), ChangeTime::Renewal);
        assert_eq!(when((&product(5), &month), (&decided(1), &month)), ChangeTime::Now);
        let year = price(9_000, TermUnit::Year);
        assert_eq!(when((&product(5), &month), (&decided(1), &year)), ChangeTime::Renewal);
        assert_eq!(when((&product(1), &month), (&product(5), &year)), ChangeTime::Renewal);
    }
}
