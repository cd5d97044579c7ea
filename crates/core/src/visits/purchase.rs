//! How a visit's purchase stands: what the return page, the waiting page and the last page show.

use perennial_domain::{Checkout, Money, MoneyError, PaymentId, Porting, Price, Product, SimChoice, SimType};
use perennial_store::tables::SubscriptionView;
use perennial_store::{StoreError, Tx};

use super::visit::Visit;
use crate::checkout::{SettleError, Settlement, renewal, settle_checkout};
use crate::context::App;

/// What was bought.
#[derive(Clone, Debug)]
pub struct Purchase {
    /// How it was paid.
    pub checkout: Checkout,
    /// What it became, with its product, price and SIM.
    pub subscription: SubscriptionView,
    /// The payment, where something was due.
    pub payment: Option<PaymentId>,
    /// The add-ons that came with it.
    pub addons: Vec<(Product, Price)>,
}

/// Asks Stripe how the visit's checkout stands, and settles it if it is paid. `None` where nothing was started.
pub async fn settle_visit(app: &App, visit: &Visit) -> Result<Option<Settlement>, SettleError> {
    match visit.session.checkout_id {
        Some(checkout) => settle_checkout(app, visit.project.id, checkout).await.map(Some),
        None => Ok(None),
    }
}

/// What the visit bought, once it is bought.
pub fn find_purchase(tx: &mut Tx<'_>, visit: &Visit) -> Result<Option<Purchase>, StoreError> {
    let project = visit.project.id;
    let Some(checkout) = visit.session.checkout_id else { return Ok(None) };
    let Some(checkout) = tx.checkouts(project).find(checkout)? else { return Ok(None) };
    let Some(subscription) = checkout.subscription_id else { return Ok(None) };
    let Some(subscription) = tx.subscriptions(project).view(subscription)? else { return Ok(None) };
    let mut addons = Vec::new();
    for line in checkout.order.addons() {
        let product = tx.products(project).find(line.product_id)?;
        addons.extend(product.zip(tx.prices(project).find(line.price_id)?));
    }
    let payment = tx.payments(project).of_checkout(checkout.id)?.first().map(|payment| payment.id);
    Ok(Some(Purchase { checkout, subscription, payment, addons }))
}

impl Purchase {
    /// What every later period costs, before any discount.
    pub fn renews_at(&self) -> Result<Money, MoneyError> {
        renewal(&self.subscription.price, &self.addons)
    }

    /// The number that the customer brings along, while it is on its way.
    pub fn kept_number(&self) -> Option<&Porting> {
        self.subscription.porting.as_ref()
    }

    /// Whether the customer uses a SIM of their own.
    pub fn uses_own_sim(&self) -> bool {
        let order = self.checkout.order.goods.subscription();
        order.is_some_and(|order| match order.sim {
            SimChoice::Own(_) | SimChoice::Known(_) => true,
            SimChoice::Test(sim) => sim.sim_type() == SimType::Psim,
            SimChoice::NotNeeded | SimChoice::NewEsim => false,
        })
    }
}
