//! Add-ons that an app buys for its user's subscription, or ends (contracts/projects-api.md §2.8).

use perennial_domain::{
    AddonState, CheckoutId, ProductId, ProjectId, SubscriptionAddon, SubscriptionAddonId, SubscriptionId,
};
use perennial_store::{StoreError, Tx};

use super::plan_change::{arrange_again, arrange_again_later};
use crate::checkout::{
    AddonOrderError, ChargeCheckout, ChargedCheckout, StartCheckoutError, charge_checkout, charged_before,
    place_addons, quote_addons,
};
use crate::context::{AccountError, App, Cx};
use crate::events::{Happening, record};
use crate::idempotency::RequestKey;
use crate::ports::PaymentsError;

/// Why there is no add-on. Nothing was charged.
#[derive(Debug, thiserror::Error)]
pub enum CreateAddonError {
    /// There is no such subscription in the project.
    #[error("there is no subscription {0}")]
    UnknownSubscription(SubscriptionId),
    /// The add-on cannot be bought on it.
    #[error(transparent)]
    Order(#[from] AddonOrderError),
    /// There is no checkout.
    #[error(transparent)]
    Start(#[from] StartCheckoutError),
    /// The database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Buys an add-on on a live subscription, with the customer's saved card where it costs something. The same
/// request made again answers what became of the first.
pub async fn create_addon(
    app: &App,
    project: ProjectId,
    subscription: SubscriptionId,
    addon: ProductId,
    request: Option<RequestKey>,
) -> Result<ChargedCheckout, CreateAddonError> {
    if let Some(charged) = charged_before(app, project, request).await? {
        return Ok(charged);
    }
    let placed = app
        .read(move |_, tx| {
            let found = tx.subscriptions(project).find(subscription)?;
            let found = found.ok_or(CreateAddonError::UnknownSubscription(subscription))?;
            let placed = place_addons(tx, project, found.customer_id, subscription, &[addon]);
            placed.map_err(CreateAddonError::Order)
        })
        .await?;
    let customer = placed.subscription.customer_id;
    let quoted = quote_addons(app, placed, app.now()).await?;
    let command = ChargeCheckout { project, customer, connect_session: None, order: quoted.order(), request };
    Ok(charge_checkout(app, command).await?)
}

/// The add-on that a checkout of a single one became.
pub fn addon_of_checkout(
    tx: &mut Tx<'_>,
    project: ProjectId,
    subscription: SubscriptionId,
    checkout: CheckoutId,
) -> Result<Option<SubscriptionAddonId>, StoreError> {
    let bought = tx.subscription_addons(project).of_subscription(subscription)?;
    Ok(bought.into_iter().find(|addon| addon.checkout_id == Some(checkout)).map(|addon| addon.id))
}

/// Why an add-on does not end. Nothing was changed.
#[derive(Debug, thiserror::Error)]
pub enum EndAddonError {
    /// There is no such add-on in the project.
    #[error("there is no bought add-on {0}")]
    Unknown(SubscriptionAddonId),
    /// It is not active: it waits for its subscription, or is over.
    #[error("the add-on is not active")]
    NotActive,
    /// Stripe cannot be asked.
    #[error(transparent)]
    Account(#[from] AccountError),
    /// Stripe refused, or did not answer.
    #[error(transparent)]
    Payments(#[from] PaymentsError),
    /// The database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Ends an active add-on now; what is paid stays paid. Stripe first, then our row, so that what is over here is never
/// charged again.
pub async fn end_addon(app: &App, project: ProjectId, id: SubscriptionAddonId) -> Result<(), EndAddonError> {
    let (addon, billed) = app.read(move |_, tx| billing_of(tx, project, id)).await?;
    if addon.state != AddonState::Active {
        return Err(EndAddonError::NotActive);
    }
    if let Some((stripe_subscription_id, stripe_price_id)) = billed {
        app.payments(project).await?.drop_price(&stripe_subscription_id, &stripe_price_id).await?;
    }
    app.write(move |cx, tx| end_in(cx, tx, project, id)).await?;
    arrange_again(app, project, addon.subscription_id).await;
    Ok(())
}

/// The add-on, and by what Stripe charges it again, if it does.
fn billing_of(
    tx: &mut Tx<'_>,
    project: ProjectId,
    id: SubscriptionAddonId,
) -> Result<(SubscriptionAddon, Option<(String, String)>), EndAddonError> {
    let addon = tx.subscription_addons(project).find(id)?.ok_or(EndAddonError::Unknown(id))?;
    if !addon.term.renews() {
        return Ok((addon, None));
    }
    let subscription = tx.subscriptions(project).find(addon.subscription_id)?;
    let price = tx.prices(project).find(addon.price_id)?;
    let stripe_subscription_id = subscription.and_then(|subscription| subscription.stripe_subscription_id);
    let stripe_price_id = price.and_then(|price| price.stripe_price_id);
    Ok((addon, stripe_subscription_id.zip(stripe_price_id)))
}

fn end_in(
    cx: &Cx,
    tx: &mut Tx<'_>,
    project: ProjectId,
    id: SubscriptionAddonId,
) -> Result<(), EndAddonError> {
    let found = tx.subscription_addons(project).find(id)?.ok_or(EndAddonError::Unknown(id))?;
    // Whoever changes add-ons holds their subscription.
    tx.subscriptions(project).lock(found.subscription_id)?;
    let mut addon = tx.subscription_addons(project).find(id)?.ok_or(EndAddonError::Unknown(id))?;
    if addon.state != AddonState::Ended {
        addon.canceled_at.get_or_insert(cx.now());
        addon.end(cx.now());
        tx.subscription_addons(project).update(&addon)?;
        record(cx, tx, project, Happening::SubscriptionAddonEnded, id)?;
        if addon.term.renews() {
            arrange_again_later(tx, project, addon.subscription_id)?;
        }
    }
    Ok(())
}
