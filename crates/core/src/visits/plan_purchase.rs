//! Visits that make a free plan one that costs something: by the card that is known, or at Stripe's checkout.

use perennial_domain::{
    CheckoutId, CheckoutState, CheckoutTerms, Goods, ProductId, ProjectId, SubscriptionId,
};
use perennial_store::{StoreError, Tx};

use super::buy::VisitUrls;
use super::change::ChangeStanding;
use super::visit::Visit;
use crate::checkout::{
    ChargedCheckout, Settlement, StartCheckout, StartCheckoutError, Started, settle_checkout, start_checkout,
};
use crate::context::App;
use crate::subscriptions::{ChangePlanError, PlannedChange, charge_plan, order_of_plan};

/// Pays the first period. Where no card is saved, or its bank says no or wants to hear its customer, Stripe's page asks
/// for another one.
pub(super) async fn buy_own_plan(
    app: &App,
    visit: &Visit,
    planned: &PlannedChange,
    urls: VisitUrls,
) -> Result<ChangeStanding, ChangePlanError> {
    let session = Some(visit.session.id);
    match charge_plan(app, &planned.current, &planned.choice, session, None).await? {
        ChargedCheckout::Paid { .. } => Ok(ChangeStanding::Done),
        ChargedCheckout::TooLate => Ok(ChangeStanding::TooLate),
        // Add-ons alone wait for a bank.
        ChargedCheckout::Waiting { .. } => Ok(ChangeStanding::Unanswered),
        ChargedCheckout::Declined(_) | ChargedCheckout::NeedsConfirmation(_) | ChargedCheckout::NoCard => {
            pay_on_page(app, visit, planned, urls).await
        }
    }
}

async fn pay_on_page(
    app: &App,
    visit: &Visit,
    planned: &PlannedChange,
    urls: VisitUrls,
) -> Result<ChangeStanding, ChangePlanError> {
    let command = StartCheckout {
        project: visit.project.id,
        customer: planned.current.subscription.customer_id,
        connect_session: Some(visit.session.id),
        order: order_of_plan(&planned.current, &planned.choice),
        terms: CheckoutTerms::default(),
        locale: visit.locale().to_owned(),
        return_url: urls.return_url,
        cancel_url: urls.cancel_url,
    };
    match start_checkout(app, command).await? {
        Started::Pay { page, .. } => Ok(ChangeStanding::PayAt(page)),
        Started::Done { .. } => Ok(ChangeStanding::Done),
    }
}

/// What came of the visit's purchase of this plan; `None` where it has bought none.
pub(super) async fn settle_own_purchase(
    app: &App,
    visit: &Visit,
    subscription: SubscriptionId,
    plan: ProductId,
) -> Result<Option<ChangeStanding>, ChangePlanError> {
    let (project, Some(id)) = (visit.project.id, visit.session.checkout_id) else { return Ok(None) };
    if !app.read(move |_, tx| is_for(tx, project, id, subscription, plan)).await? {
        return Ok(None);
    }
    let settled = settle_checkout(app, project, id).await;
    let settled = settled.map_err(|error| StartCheckoutError::Settle(Box::new(error)))?;
    Ok(Some(match settled {
        Settlement::Settled(_) => ChangeStanding::Done,
        Settlement::Superseded => ChangeStanding::TooLate,
        Settlement::Open | Settlement::Confirming | Settlement::NotPaid | Settlement::NotOurs => {
            ChangeStanding::Unanswered
        }
    }))
}

/// Whether a checkout is for this plan, and the subscription has not become another one again since it was paid.
fn is_for(
    tx: &mut Tx<'_>,
    project: ProjectId,
    checkout: CheckoutId,
    subscription: SubscriptionId,
    plan: ProductId,
) -> Result<bool, StoreError> {
    let Some(checkout) = tx.checkouts(project).find(checkout)? else { return Ok(false) };
    let Goods::PlanChange(order) = &checkout.order.goods else { return Ok(false) };
    if order.subscription_id != subscription || order.to.product_id != plan {
        return Ok(false);
    }
    let current = tx.subscriptions(project).find(subscription)?;
    let is_left = current.is_some_and(|current| current.product_id != plan);
    Ok(checkout.state != CheckoutState::Settled || !is_left)
}
