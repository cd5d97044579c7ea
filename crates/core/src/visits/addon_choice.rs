//! Visitors who look for an add-on: which ones fit their subscription, and the visit that buys one.

use perennial_domain::{CustomerId, Intent, Price, Product, ProductId, ProductKind, SubscriptionId};
use perennial_store::{StoreError, Tx};
use secrecy::SecretString;

use super::visit::Visit;
use crate::checkout::{AddonOrderError, OrderError, place_addons};
use crate::connect_sessions::{ConnectSessionError, NewSession, Visitor, create, entry_url};
use crate::context::App;

/// The add-ons that can be bought on a customer's subscription now, in the catalogue's order.
pub fn list_fitting_addons(
    tx: &mut Tx<'_>,
    visit: &Visit,
    subscription: SubscriptionId,
) -> Result<Vec<(Product, Price)>, StoreError> {
    let (project, Some(customer)) = (visit.project.id, visit.session.customer_id) else {
        return Ok(Vec::new());
    };
    let mut fitting = Vec::new();
    for product in tx.products(project).all()? {
        if product.kind == ProductKind::Addon {
            fitting.extend(if_it_fits(tx, visit, customer, subscription, product.id)?);
        }
    }
    Ok(fitting)
}

fn if_it_fits(
    tx: &mut Tx<'_>,
    visit: &Visit,
    customer: CustomerId,
    subscription: SubscriptionId,
    addon: ProductId,
) -> Result<Option<(Product, Price)>, StoreError> {
    match place_addons(tx, visit.project.id, customer, subscription, &[addon]) {
        Ok(placed) => Ok(placed.addons.into_iter().next()),
        Err(AddonOrderError::Store(error) | AddonOrderError::Order(OrderError::Store(error))) => Err(error),
        Err(_) => Ok(None),
    }
}

/// Begins a visit that buys this add-on, and comes back to the same app; answers its one-time address. One visit buys one
/// thing, so this one stays as it is.
pub async fn begin_addon_visit(
    app: &App,
    visit: &Visit,
    subscription: SubscriptionId,
    addon: ProductId,
) -> Result<SecretString, ConnectSessionError> {
    let (project, lifetime) = (visit.project.id, app.settings().link_lifetime);
    let request = NewSession {
        intent: Intent::CheckoutAddon { subscription, addons: vec![addon] },
        callback: visit.session.callback.as_ref().map(|callback| callback.as_str().to_owned()),
        appearance: visit.session.appearance,
        visitor: visit.session.customer_id.map(Visitor::Known),
    };
    let opened = app.write(move |cx, tx| create(cx, tx, lifetime, project, &request)).await?;
    Ok(entry_url(&app.settings().connect_url, &opened.session, opened.token.as_ref()))
}
