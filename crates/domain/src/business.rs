//! The words of the third door (contracts/business-api.md): businesses, directories, apps, what is sold to businesses, and
//! how each of their subscriptions stands.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::text_enum::text_enum;
use crate::{
    AppId, BusinessTokenId, CustomerId, DirectoryId, MemberId, Money, ProductId, ProjectId, Span,
    Subscription, SubscriptionState, Term, TermUnit,
};

text_enum! {
    /// What a purchasable is (contract §7.2).
    pub enum ItemType {
        /// The main plan: a business has one at a time.
        Package = "package",
        /// A plan of an app: a business has one live subscription of each.
        App = "app",
        /// Seats for staff, as many as wanted.
        StaffSlot = "staff_slot",
        /// Paid once, kept for good, as often as wanted.
        OneTimePurchase = "one_time_purchase",
    }
}

text_enum! {
    /// What an app is there for.
    pub enum AppKind {
        /// Sold to businesses; sees its own subscriptions.
        Paid = "paid",
        /// Moves the money, and tells what came of it.
        Billing = "billing",
    }
}

text_enum! {
    /// How a subscription of a business stands (contract §5). Doors spell the first one in two ways.
    pub enum PurchaseState {
        /// May be used.
        Live = "purchased",
        /// Temporarily off.
        Suspended = "suspended",
        /// Its end was asked for; may be used until then.
        Canceled = "canceled",
        /// Over.
        Expired = "expired",
    }
}

impl PurchaseState {
    /// How a subscription stands at this time. One whose end has come is expired, even if no job has ended it yet. What is
    /// in arrears is live until dunning has failed (contract §5).
    pub fn of(
        state: SubscriptionState,
        canceled_at: Option<Timestamp>,
        ended_at: Option<Timestamp>,
        now: Timestamp,
    ) -> Self {
        match state {
            _ if state.is_over(ended_at, now) => Self::Expired,
            SubscriptionState::Paused | SubscriptionState::Restricted => Self::Suspended,
            _ if canceled_at.is_some() => Self::Canceled,
            _ => Self::Live,
        }
    }

    /// When the end of what stands so was decided (contract §5): before it came, or else as it came, as with what nobody paid
    /// for. What is sold for a fixed time ends without a decision.
    pub fn decided_at(
        self,
        canceled_at: Option<Timestamp>,
        ended_at: Option<Timestamp>,
        term: Term,
    ) -> Option<Timestamp> {
        let is_undecided = self != Self::Expired || matches!(term, Term::Fixed(_));
        canceled_at.or(ended_at.filter(|_| !is_undecided))
    }

    /// Whether what was bought may be used.
    pub const fn is_active(self) -> bool {
        matches!(self, Self::Live | Self::Canceled)
    }
}

impl Subscription {
    /// How it stands in the words of the third door.
    pub fn purchase_state(&self, now: Timestamp) -> PurchaseState {
        PurchaseState::of(self.state, self.canceled_at, self.ended_at, now)
    }

    /// How it was left to stand: how it stands unless its end has come since.
    pub fn left_standing(&self) -> PurchaseState {
        PurchaseState::of(self.state, self.canceled_at, None, Timestamp::MIN)
    }
}

/// How something is paid (contract §4). Doors spell the annual one in several ways.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum PaymentType {
    /// Again each month.
    Monthly,
    /// Again each year.
    Annual,
    /// Not at all.
    Free,
    /// With what it came with.
    Bundled,
    /// Once.
    SingleCharge,
    /// In a rhythm that the contract has no word for. Such prices are not sold through the third door.
    Other,
}

impl PaymentType {
    /// How a price is paid.
    pub const fn of(amount: Money, term: Term) -> Self {
        match term {
            _ if amount.is_zero() => Self::Free,
            Term::Lifetime | Term::Fixed(_) => Self::SingleCharge,
            Term::Recurring(Span { unit: TermUnit::Month, count: 1 }) => Self::Monthly,
            Term::Recurring(
                Span { unit: TermUnit::Year, count: 1 } | Span { unit: TermUnit::Month, count: 12 },
            ) => Self::Annual,
            Term::Recurring(_) => Self::Other,
        }
    }
}

/// What makes a product a purchasable.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BusinessFacts {
    /// What it is.
    pub item_type: ItemType,
    /// What it is a plan of: one of these can be changed for another, and nothing else (contract §9.3).
    pub offered_as: String,
    /// The code name of the app that it is a plan of.
    pub app: Option<String>,
    /// What is given along with it.
    pub bundles: Vec<ProductId>,
    /// How many of what it sells, such as seats; unlimited when absent.
    pub quantity: Option<u32>,
}

/// A partner's set of businesses.
#[derive(Clone, Debug)]
pub struct Directory {
    /// Our id.
    pub id: DirectoryId,
    /// Whose project.
    pub project_id: ProjectId,
    /// What the API calls it; unique in the project.
    pub number: u32,
    /// What people call it.
    pub name: String,
    /// When it was made.
    pub created_at: Timestamp,
}

/// What makes a customer a business. Its uid is the customer's external id, its staff are members.
#[derive(Clone, Debug)]
pub struct Business {
    /// The customer.
    pub customer_id: CustomerId,
    /// Whose project.
    pub project_id: ProjectId,
    /// The directory that it belongs to.
    pub directory_id: DirectoryId,
    /// Who buys when nobody is named.
    pub owner_id: MemberId,
    /// When it became one.
    pub created_at: Timestamp,
}

/// A program of somebody else's that works for businesses.
#[derive(Clone, Debug)]
pub struct BusinessApp {
    /// Our id; what the token endpoint calls `service_id`.
    pub id: AppId,
    /// Whose project.
    pub project_id: ProjectId,
    /// What the catalogue calls it; unique in the project.
    pub code_name: String,
    /// What people call it.
    pub name: String,
    /// What it is there for.
    pub kind: AppKind,
    /// When it was made.
    pub created_at: Timestamp,
}

/// What a token is for. All that is named narrows what it sees; one that names nothing sees the whole project.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct TokenGrant {
    /// The businesses of this directory.
    pub directory_id: Option<DirectoryId>,
    /// This business.
    pub customer_id: Option<CustomerId>,
    /// What this app sold.
    pub app_id: Option<AppId>,
    /// Who acts.
    pub member_id: Option<MemberId>,
}

/// A token of the third door. The secret itself is never kept.
#[derive(Clone, Debug)]
pub struct BusinessToken {
    /// Our id.
    pub id: BusinessTokenId,
    /// Whose project.
    pub project_id: ProjectId,
    /// What it is for.
    pub grant: TokenGrant,
    /// Its first characters, by which its owner knows it again.
    pub hint: String,
    /// What the operator calls it.
    pub label: String,
    /// The token with which it was made, and with which it ends; none where the operator made it.
    pub made_with_id: Option<BusinessTokenId>,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it stops working by itself.
    pub expires_at: Option<Timestamp>,
    /// When it was taken back.
    pub revoked_at: Option<Timestamp>,
}

impl BusinessToken {
    /// Whether it works at this time.
    pub fn is_valid_at(&self, now: Timestamp) -> bool {
        self.revoked_at.is_none() && self.expires_at.is_none_or(|expires_at| now < expires_at)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Currency;

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    #[test]
    fn an_overdue_end_is_an_end() {
        let (now, before) = (at("2027-03-02T00:00:00Z"), Some(at("2027-03-01T00:00:00Z")));
        let after = Some(at("2027-03-03T00:00:00Z"));
        for (state, canceled_at, ended_at, expected) in [
            (SubscriptionState::Active, None, None, PurchaseState::Live),
            (SubscriptionState::PastDue, None, None, PurchaseState::Live),
            (SubscriptionState::Active, before, after, PurchaseState::Canceled),
            (SubscriptionState::Active, before, Some(now), PurchaseState::Expired),
            (SubscriptionState::Paused, None, before, PurchaseState::Expired),
            (SubscriptionState::Paused, None, None, PurchaseState::Suspended),
            (SubscriptionState::Ended, before, after, PurchaseState::Expired),
        ] {
            assert_eq!(PurchaseState::of(state, canceled_at, ended_at, now), expected);
        }
    }

    #[test]
    fn twelve_months_are_a_year_and_three_are_nothing() {
        let euros = |minor| Money::new(minor, Currency::from_code("EUR").unwrap());
        let every = |unit, count| Term::Recurring(Span { unit, count });
        for (minor, term, expected) in [
            (100, every(TermUnit::Month, 1), PaymentType::Monthly),
            (100, every(TermUnit::Month, 12), PaymentType::Annual),
            (100, every(TermUnit::Year, 1), PaymentType::Annual),
            (100, every(TermUnit::Month, 3), PaymentType::Other),
            (100, Term::Lifetime, PaymentType::SingleCharge),
            (0, every(TermUnit::Month, 3), PaymentType::Free),
        ] {
            assert_eq!(PaymentType::of(euros(minor), term), expected, "{term:?}");
        }
    }
}
