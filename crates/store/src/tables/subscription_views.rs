//! Subscriptions with what the API shows of them, in one statement: the most frequent question.

use std::sync::LazyLock;

use perennial_domain::{Customer, Porting, Price, Product, Sim, Subscription, SubscriptionId};

use super::customers::CUSTOMERS;
use super::page::{PageError, PageRequest, Slice, page_joined};
use super::portings::{PORTINGS, is_current};
use super::prices::PRICES;
use super::products::PRODUCTS;
use super::sims::SIMS;
use super::subscriptions::SUBSCRIPTIONS;
use super::table::Joined;
use super::{SubscriptionFilter, Subscriptions};
use crate::{Columns, FromRow, StoreError, params};

/// A subscription and what belongs to it.
#[derive(Clone, Debug)]
pub struct SubscriptionView {
    /// The subscription itself.
    pub subscription: Subscription,
    /// What its customer uses.
    pub product: Product,
    /// What they pay.
    pub price: Price,
    /// Who they are.
    pub customer: Customer,
    /// Its SIM, once it has one.
    pub sim: Option<Sim>,
    /// Its latest porting, unless that has come to its end.
    pub porting: Option<Porting>,
    /// Its latest porting.
    pub last_porting: Option<Porting>,
}

/// A subscription with all that is its own, for those who have the catalogue at hand: its product and its price are shared
/// by many, and half the work of a view.
#[derive(Clone, Debug)]
pub struct HeldSubscription {
    /// The subscription itself.
    pub subscription: Subscription,
    /// Who has it.
    pub customer: Customer,
    /// Its SIM, once it has one.
    pub sim: Option<Sim>,
    /// Its latest porting, unless that has come to its end.
    pub porting: Option<Porting>,
    /// Its latest porting.
    pub last_porting: Option<Porting>,
}

impl SubscriptionView {
    /// What is the subscription's own, what its customer uses, and what they pay.
    pub fn into_parts(self) -> (HeldSubscription, Product, Price) {
        let Self { subscription, product, price, customer, sim, porting, last_porting } = self;
        (HeldSubscription { subscription, customer, sim, porting, last_porting }, product, price)
    }
}

/// Every join begins with the project and goes by a key.
macro_rules! joins_of_its_own {
    () => {
        "JOIN customers ON customers.project_id = subscriptions.project_id \
             AND customers.id = subscriptions.customer_id \
         LEFT JOIN sims ON sims.project_id = subscriptions.project_id AND sims.id = subscriptions.sim_id \
         LEFT JOIN portings ON portings.project_id = subscriptions.project_id AND portings.id = (\
             SELECT latest.id FROM portings AS latest WHERE latest.project_id = subscriptions.project_id \
             AND latest.subscription_id = subscriptions.id \
             ORDER BY latest.created_at DESC, latest.id DESC LIMIT 1)"
    };
}

fn columns_of_its_own() -> String {
    let columns = [SUBSCRIPTIONS.qualified(), CUSTOMERS.qualified(), SIMS.joined(), PORTINGS.joined()];
    columns.join(", ")
}

static HELD: LazyLock<Joined> =
    LazyLock::new(|| Joined { columns: columns_of_its_own(), joins: joins_of_its_own!() });

static VIEW: LazyLock<Joined> = LazyLock::new(|| {
    let joins = concat!(
        joins_of_its_own!(),
        " JOIN products ON products.project_id = subscriptions.project_id \
             AND products.id = subscriptions.product_id \
         JOIN prices ON prices.project_id = subscriptions.project_id AND prices.id = subscriptions.price_id"
    );
    let columns = [columns_of_its_own(), PRODUCTS.qualified(), PRICES.qualified()];
    Joined { columns: columns.join(", "), joins }
});

impl Subscriptions<'_> {
    /// The subscription with this id, and what belongs to it.
    pub fn view(&mut self, id: SubscriptionId) -> Result<Option<SubscriptionView>, StoreError> {
        let select = SUBSCRIPTIONS.select_joined("subscriptions", &VIEW);
        let sql = format!("{select} WHERE subscriptions.project_id = $1 AND subscriptions.id = $2");
        self.tx.optional(&sql, params![self.project, id])
    }

    /// One page of the subscriptions that match, and what belongs to them.
    pub fn view_page(
        &mut self,
        filter: &SubscriptionFilter,
        request: PageRequest,
    ) -> Result<Slice<SubscriptionView>, PageError> {
        let conditions = filter.conditions(&self.project);
        page_joined(&mut self.tx, &VIEW, &conditions, request)
    }

    /// One page of the subscriptions that match, and what is their own.
    pub fn held_page(
        &mut self,
        filter: &SubscriptionFilter,
        request: PageRequest,
    ) -> Result<Slice<HeldSubscription>, PageError> {
        let conditions = filter.conditions(&self.project);
        page_joined(&mut self.tx, &HELD, &conditions, request)
    }
}

impl FromRow for HeldSubscription {
    fn from_row(row: &mut Columns<'_>) -> Result<Self, StoreError> {
        let subscription = Subscription::from_row(row)?;
        let customer = Customer::from_row(row)?;
        let sim = SIMS.take_joined(row)?;
        let last_porting = PORTINGS.take_joined(row)?;
        let porting = last_porting.clone().filter(is_current);
        Ok(Self { subscription, customer, sim, porting, last_porting })
    }
}

impl FromRow for SubscriptionView {
    fn from_row(row: &mut Columns<'_>) -> Result<Self, StoreError> {
        let HeldSubscription { subscription, customer, sim, porting, last_porting } =
            HeldSubscription::from_row(row)?;
        let (product, price) = (Product::from_row(row)?, Price::from_row(row)?);
        Ok(Self { subscription, product, price, customer, sim, porting, last_porting })
    }
}

#[cfg(test)]
mod tests {
    use perennial_domain::{CustomerId, Id, ProductId, ProjectId, SubscriptionState};
    use uuid::Uuid;

    use super::*;
    use crate::tables::page::{Direction, statement};
    use crate::tables::plan::plan_of;

    /// Lists must cost as little with a hundred thousand subscriptions as with one: no scan, and no sorting.
    #[tokio::test]
    async fn lists_are_found_in_order_by_index() {
        let none = SubscriptionFilter::default;
        let customer = Some(CustomerId::from_uuid(Uuid::nil()));
        let states = vec![SubscriptionState::Pending, SubscriptionState::Active];
        let product = Some(ProductId::from_uuid(Uuid::nil()));
        let cases = [
            (none(), "subscriptions_by_age"),
            (SubscriptionFilter { states: states.clone(), ..none() }, "subscriptions_by_age"),
            (SubscriptionFilter { customer, states, ..none() }, "subscriptions_by_customer"),
            (SubscriptionFilter { product, ..none() }, "subscriptions_by_product"),
        ];
        let project = ProjectId::from_uuid(Uuid::nil());
        for (filter, index) in cases {
            let conditions = filter.conditions(&project);
            let values = conditions.values_and(params![Uuid::nil()]).len();
            let plan = plan_of(statement(&conditions, Direction::Older, true, 11), values).await;
            assert!(plan.contains(&format!("SEARCH subscriptions USING INDEX {index} ")), "{plan}");
            assert!(plan.contains("(created_at,id)<(?,?)"), "{plan}");
            assert!(!plan.contains("SCAN") && !plan.contains("TEMP B-TREE"), "{plan}");
        }
    }
}
