//! Subscriptions with everything that the API shows of them, in one statement: the most frequent question.

use std::sync::LazyLock;

use perennial_domain::{Customer, Porting, Price, Product, Sim, Subscription, SubscriptionId};

use super::customers::CUSTOMERS;
use super::page::{PageError, PageRequest, Slice, page};
use super::portings::{PORTINGS, is_current};
use super::prices::PRICES;
use super::products::PRODUCTS;
use super::sims::SIMS;
use super::subscriptions::SUBSCRIPTIONS;
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

/// Everything before `WHERE`. Every join begins with the project and goes by a key.
static SELECT: LazyLock<String> = LazyLock::new(|| {
    let columns = [
        SUBSCRIPTIONS.qualified(),
        PRODUCTS.qualified(),
        PRICES.qualified(),
        CUSTOMERS.qualified(),
        SIMS.joined(),
        PORTINGS.joined(),
    ];
    format!(
        "SELECT {} FROM subscriptions \
         JOIN products ON products.project_id = subscriptions.project_id \
             AND products.id = subscriptions.product_id \
         JOIN prices ON prices.project_id = subscriptions.project_id AND prices.id = subscriptions.price_id \
         JOIN customers ON customers.project_id = subscriptions.project_id \
             AND customers.id = subscriptions.customer_id \
         LEFT JOIN sims ON sims.project_id = subscriptions.project_id AND sims.id = subscriptions.sim_id \
         LEFT JOIN portings ON portings.project_id = subscriptions.project_id AND portings.id = (\
             SELECT latest.id FROM portings AS latest WHERE latest.project_id = subscriptions.project_id \
             AND latest.subscription_id = subscriptions.id \
             ORDER BY latest.created_at DESC, latest.id DESC LIMIT 1)",
        columns.join(", ")
    )
});

impl Subscriptions<'_> {
    /// The subscription with this id, and what belongs to it.
    pub fn view(&mut self, id: SubscriptionId) -> Result<Option<SubscriptionView>, StoreError> {
        let sql = format!("{} WHERE subscriptions.project_id = $1 AND subscriptions.id = $2", *SELECT);
        self.tx.optional(&sql, params![self.project, id])
    }

    /// One page of the subscriptions that match, and what belongs to them.
    pub fn view_page(
        &mut self,
        filter: &SubscriptionFilter,
        request: PageRequest,
    ) -> Result<Slice<SubscriptionView>, PageError> {
        let conditions = filter.conditions(&self.project);
        page(&mut self.tx, &SELECT, &conditions, request)
    }
}

impl FromRow for SubscriptionView {
    fn from_row(row: &mut Columns<'_>) -> Result<Self, StoreError> {
        let subscription = Subscription::from_row(row)?;
        let product = Product::from_row(row)?;
        let price = Price::from_row(row)?;
        let customer = Customer::from_row(row)?;
        let sim = SIMS.take_joined(row)?;
        let last_porting = PORTINGS.take_joined(row)?;
        let porting = last_porting.clone().filter(is_current);
        Ok(Self { subscription, product, price, customer, sim, porting, last_porting })
    }
}
