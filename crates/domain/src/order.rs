//! Orders: what a checkout is for, and what it costs.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use crate::{
    AddressId, DeviceId, DeviceModelId, MemberId, Metadata, Money, PortingId, PriceId, ProductId, Renewals,
    SimId, Span, Subscription, SubscriptionChangeId, SubscriptionId, TestSim, Voucher,
};

/// One thing that is bought.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OrderLine {
    /// What.
    pub product_id: ProductId,
    /// At which price.
    pub price_id: PriceId,
    /// Its amount, as the customer saw it.
    pub amount: Money,
}

/// Which SIM the subscription will use.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", content = "value", rename_all = "camelCase")]
pub enum SimChoice {
    /// The product is not a mobile plan.
    NotNeeded,
    /// A fresh eSIM.
    NewEsim,
    /// One that is recorded.
    Known(SimId),
    /// One that the customer holds, by its printed number.
    Own(String),
    /// One that is made for a test.
    Test(TestSim),
}

impl SimChoice {
    /// How long after the purchase the network activates it, where the app asked for time.
    pub const fn activation_delay(&self) -> SignedDuration {
        match self {
            Self::Test(sim) => sim.activation_delay(),
            Self::NotNeeded | Self::NewEsim | Self::Known(_) | Self::Own(_) => SignedDuration::ZERO,
        }
    }
}

/// What a checkout is for. Two orders that are equal are the same purchase.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Order {
    /// What is bought.
    #[serde(flatten)]
    pub goods: Goods,
    /// The discount.
    pub voucher: Option<Voucher>,
    /// What is charged first, after the discount.
    pub due_now: Money,
}

/// What is bought. Told apart by their fields, so that orders from before there were add-on orders can be read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Goods {
    /// A new subscription.
    Subscription(SubscriptionOrder),
    /// Something on top of a live one.
    Addons(AddonOrder),
    /// Another plan for a live one that was free so far.
    PlanChange(PlanChangeOrder),
}

/// A new subscription.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SubscriptionOrder {
    /// The plan.
    pub plan: OrderLine,
    /// What is bought with it.
    pub addons: Vec<OrderLine>,
    /// The SIM.
    pub sim: SimChoice,
    /// The number to bring along.
    pub porting_id: Option<PortingId>,
    /// Where it is used or billed.
    pub address_id: Option<AddressId>,
    /// In which device.
    pub device_id: Option<DeviceId>,
    /// In a device of which only the model is known.
    #[serde(default)]
    pub device_model_id: Option<DeviceModelId>,
    /// The live subscription of the same customer that ends in the moment in which this one begins.
    #[serde(default)]
    pub replaces: Option<SubscriptionId>,
    /// The member who buys it for the customer, where somebody in particular does.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub buyer_id: Option<MemberId>,
    /// The operator's strings, from the start.
    #[serde(default)]
    pub metadata: Metadata,
}

/// Add-ons on a live subscription.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AddonOrder {
    /// What they are bought on.
    pub subscription_id: SubscriptionId,
    /// What is bought, at least one. The amounts are those of a full period.
    pub addons: Vec<OrderLine>,
    /// For which moment Stripe counted the part of the current period that a renewing add-on still covers; `None`
    /// where nothing is counted, because no add-on renews at a price.
    pub prorated_at: Option<Timestamp>,
}

/// The first payment of a live subscription that nobody has billed so far: it becomes another plan.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlanChangeOrder {
    /// What becomes another plan.
    pub subscription_id: SubscriptionId,
    /// What it paid, which is nothing, when the change was asked for.
    pub from_price_id: PriceId,
    /// The plan that it becomes.
    pub to: OrderLine,
    /// The change that has waited for its day, where one did: who takes that back does not buy.
    #[serde(default)]
    pub change_id: Option<SubscriptionChangeId>,
}

impl PlanChangeOrder {
    /// Whether the subscription is still what it was when the change was asked for.
    pub fn fits(&self, subscription: &Subscription) -> bool {
        subscription.id == self.subscription_id
            && subscription.price_id == self.from_price_id
            && subscription.stripe_subscription_id.is_none()
            && subscription.can_change_plan()
    }
}

impl Order {
    /// Whether nothing is ever charged: then Stripe is not asked.
    pub fn is_free(&self) -> bool {
        self.lines().all(|line| line.amount.is_zero())
    }

    /// What the payments after the first come to, whose full price is `price`, where the first is at `began`.
    pub fn renewals(&self, price: Money, span: Span, began: Timestamp) -> Renewals {
        match &self.voucher {
            Some(voucher) => voucher.renewals(price, span, began),
            None => Renewals::of(price),
        }
    }

    /// What is charged first, before the discount. For add-ons it is what Stripe counted for the rest of the period.
    pub fn subtotal(&self) -> Money {
        match &self.goods {
            Goods::Subscription(_) | Goods::PlanChange(_) => {
                let amount_minor = self.lines().map(|line| line.amount.amount_minor).sum();
                Money::new(amount_minor, self.due_now.currency)
            }
            Goods::Addons(_) => self.due_now,
        }
    }

    /// Everything that is bought, the plan first.
    pub fn lines(&self) -> impl Iterator<Item = &OrderLine> {
        self.goods.plan().into_iter().chain(self.addons())
    }

    /// The add-ons that are bought, with a plan or on top of one.
    pub fn addons(&self) -> &[OrderLine] {
        match &self.goods {
            Goods::Subscription(order) => &order.addons,
            Goods::Addons(order) => &order.addons,
            Goods::PlanChange(_) => &[],
        }
    }
}

impl Goods {
    /// The new subscription, if it is one.
    pub const fn subscription(&self) -> Option<&SubscriptionOrder> {
        match self {
            Self::Subscription(order) => Some(order),
            Self::Addons(_) | Self::PlanChange(_) => None,
        }
    }

    /// The plan that is bought, for a new subscription or for one that there is.
    pub const fn plan(&self) -> Option<&OrderLine> {
        match self {
            Self::Subscription(order) => Some(&order.plan),
            Self::PlanChange(order) => Some(&order.to),
            Self::Addons(_) => None,
        }
    }

    /// The live subscription that it is bought for, if there is one.
    pub const fn bought_for(&self) -> Option<SubscriptionId> {
        match self {
            Self::Subscription(_) => None,
            Self::Addons(order) => Some(order.subscription_id),
            Self::PlanChange(order) => Some(order.subscription_id),
        }
    }

    /// The subscription that it is charged with, by whatever card pays for that; `None` for what is paid by itself.
    pub fn charged_with(&self) -> Option<SubscriptionId> {
        match self {
            Self::Addons(order) => order.prorated_at.map(|_| order.subscription_id),
            Self::Subscription(_) | Self::PlanChange(_) => None,
        }
    }
}

impl SubscriptionOrder {
    /// A plan alone, for whoever needs no SIM, address or device.
    pub fn of(plan: OrderLine) -> Self {
        Self {
            plan,
            addons: Vec::new(),
            sim: SimChoice::NotNeeded,
            porting_id: None,
            address_id: None,
            device_id: None,
            device_model_id: None,
            replaces: None,
            buyer_id: None,
            metadata: Metadata::default(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Currency, Id};
    use uuid::Uuid;

    fn line(minor: i64) -> OrderLine {
        let id = Uuid::from_u128(1);
        let amount = Money::new(minor, Currency::from_code("EUR").unwrap());
        OrderLine { product_id: ProductId::from_uuid(id), price_id: PriceId::from_uuid(id), amount }
    }

    fn order(goods: Goods) -> Order {
        Order { goods, voucher: None, due_now: line(0).amount }
    }

    #[test]
    fn each_kind_of_order_comes_back_as_itself() {
        let bought_on = SubscriptionId::from_uuid(Uuid::from_u128(2));
        let plan = SubscriptionOrder { replaces: Some(bought_on), ..SubscriptionOrder::of(line(1450)) };
        let addons = AddonOrder { subscription_id: bought_on, addons: vec![line(500)], prorated_at: None };
        let change = PlanChangeOrder {
            subscription_id: bought_on,
            from_price_id: PriceId::from_uuid(Uuid::from_u128(3)),
            to: line(1450),
            change_id: None,
        };
        for goods in [Goods::Subscription(plan), Goods::Addons(addons), Goods::PlanChange(change)] {
            let order = order(goods);
            let kept = serde_json::to_value(&order).unwrap();
            assert_eq!(serde_json::from_value::<Order>(kept).unwrap(), order);
        }
    }

    #[test]
    fn an_order_from_before_replacements_can_be_read() {
        let order = order(Goods::Subscription(SubscriptionOrder::of(line(1450))));
        let mut kept = serde_json::to_value(&order).unwrap();
        kept.as_object_mut().unwrap().remove("replaces");
        assert_eq!(serde_json::from_value::<Order>(kept).unwrap(), order);
    }

    #[test]
    fn an_order_is_free_when_no_line_of_it_costs_anything() {
        let mut plan = SubscriptionOrder::of(line(0));
        assert!(order(Goods::Subscription(plan.clone())).is_free());
        plan.addons.push(line(100));
        assert!(!order(Goods::Subscription(plan)).is_free());
    }
}
