//! What can be ordered of the merchant, at today's prices.

use perennial_core::checkout::{OrderRequest, place_order};
use perennial_core::subscriptions::ChangePlan;
use perennial_domain::{
    AddonOrder, ChangeTime, Goods, Money, Order, OrderLine, Product, SimChoice, SubscriptionId,
    SubscriptionOrder,
};

use super::Merchant;

impl Merchant {
    /// The product with this key.
    pub async fn product(&self, key: &'static str) -> Product {
        let project = self.project();
        let found = self.test.write(move |_, tx| tx.products(project).find_by_reference(key)).await;
        found.expect("the catalogue has it")
    }

    /// An order of this plan at its price.
    pub async fn order(&self, plan: &'static str) -> Order {
        self.order_with(plan, &[]).await
    }

    /// An order of this plan and these add-ons at their prices.
    pub async fn order_with(&self, plan: &'static str, addons: &[&'static str]) -> Order {
        let (project, product) = (self.project(), self.product(plan).await);
        let mut addon_ids = Vec::new();
        for addon in addons {
            addon_ids.push(self.product(addon).await.id);
        }
        let sim = if product.plan_facts.is_some() { SimChoice::NewEsim } else { SimChoice::NotNeeded };
        let request = OrderRequest { plan: product.id, addons: addon_ids, voucher: None };
        let placed =
            self.app().read(move |_, tx| place_order(tx, project, &request)).await.expect("it is on sale");
        let (plan, addons) = placed.lines();
        let goods = SubscriptionOrder { addons, sim, ..SubscriptionOrder::of(plan) };
        Order { goods: Goods::Subscription(goods), voucher: None, due_now: placed.due_now }
    }

    /// An order of this plan in the place of a live subscription.
    pub async fn order_instead_of(&self, replaced: SubscriptionId, plan: &'static str) -> Order {
        let order = self.order(plan).await;
        let goods = match order.goods {
            Goods::Subscription(goods) => {
                Goods::Subscription(SubscriptionOrder { replaces: Some(replaced), ..goods })
            }
            other @ (Goods::Addons(_) | Goods::PlanChange(_)) => other,
        };
        Order { goods, ..order }
    }

    /// An order of these add-ons on a live subscription, at their full prices.
    pub async fn order_on(&self, subscription: SubscriptionId, addons: &[&'static str]) -> Order {
        let project = self.project();
        let mut lines = Vec::new();
        for addon in addons {
            let product = self.product(addon).await;
            let prices = self.app().read(move |_, tx| tx.prices(project).active_of_product(product.id)).await;
            let price = prices.expect("the list works").into_iter().next().expect("it is on sale");
            lines.push(OrderLine { product_id: price.product_id, price_id: price.id, amount: price.amount });
        }
        let currency = lines.first().expect("an order has a line").amount.currency;
        let sum = lines.iter().map(|line| line.amount.amount_minor).sum();
        let goods = AddonOrder { subscription_id: subscription, addons: lines, prorated_at: None };
        Order { goods: Goods::Addons(goods), voucher: None, due_now: Money::new(sum, currency) }
    }

    /// A change of a subscription to this plan, by somebody who was shown nothing before.
    pub async fn change_to(
        &self,
        subscription: SubscriptionId,
        plan: &'static str,
        requested: Option<ChangeTime>,
    ) -> ChangePlan {
        let (project, plan) = (self.project(), self.product(plan).await.id);
        ChangePlan { project, subscription, plan, requested, agreed: None, request: None }
    }
}
