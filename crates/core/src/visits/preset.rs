//! Answers that the app gave with the intent: a SIM, a device by its number, a discount by its code.
//!
//! The device and the discount are conveniences. One that does not work is noted in the log, and the customer is asked
//! instead. The SIM is what the app wants: where it does not fit, the visit cannot be carried out.

use perennial_domain::{ConnectSession, Intent, NewSubscription};
use perennial_store::{StoreError, Tx};

use super::answers::give_device;
use super::visit::{CheckoutVisit, Visit, checkout_visit};
use super::voucher::apply_voucher;
use crate::context::App;
use crate::fitness::Subscriber;

/// Keeps the SIM that the app named, if it fits the plan now. From here on it is an answer like any other: if another
/// purchase takes it, the customer is asked.
pub(crate) fn keep_named_sim(tx: &mut Tx<'_>, session: &mut ConnectSession) -> Result<(), StoreError> {
    let (Intent::CheckoutNewSubscription(purchase), Some(customer)) = (&session.intent, session.customer_id)
    else {
        return Ok(());
    };
    let Some(named) = purchase.sim.filter(|_| session.progress.sim.is_none()) else { return Ok(()) };
    let (project, choice) = (session.project_id, named.choice());
    let product = tx.products(project).find(purchase.plan)?;
    let facts = product.as_ref().and_then(|product| product.plan_facts.as_ref());
    let subscriber = Subscriber { project, customer, facts, replaces: None };
    if subscriber.sim_problem(tx, &choice)?.is_none() {
        session.progress.sim = Some(choice);
        tx.connect_sessions(project).update(session)?;
    }
    Ok(())
}

/// Whether the SIM that the app named did not fit when the visit began: [`keep_named_sim`] has not kept it then.
pub(super) fn is_named_sim_unfit(session: &ConnectSession) -> bool {
    match &session.intent {
        Intent::CheckoutNewSubscription(purchase) => purchase.sim.is_some() && session.progress.sim.is_none(),
        _ => false,
    }
}

/// Keeps what the app answered for its customer.
pub(crate) async fn apply_presets(app: &App, session: &ConnectSession) {
    let Some(checkout) = open(app, session).await else { return };
    let Some(purchase) = checkout.visit.purchase().cloned() else { return };
    keep_device(app, &checkout, &purchase).await;
    if let Some(code) = &purchase.voucher_code
        && let Err(error) = apply_voucher(app, &checkout, code).await
    {
        tracing::info!(session.id = %session.id, %error, "the voucher of the intent is not applied");
    }
}

/// The purchase, where there is something to keep and the plan can be bought; where it cannot, a page says so later.
async fn open(app: &App, session: &ConnectSession) -> Option<CheckoutVisit> {
    let session = session.clone();
    let opened = app.read(move |_, tx| {
        let Some(project) = tx.projects().find(session.project_id)? else { return Ok(None) };
        let customer = match session.customer_id {
            Some(customer) => tx.customers(project.id).find(customer)?,
            None => None,
        };
        let visit = Visit { session, project, customer };
        let has_presets = visit
            .purchase()
            .is_some_and(|purchase| purchase.imei.is_some() || purchase.voucher_code.is_some());
        if has_presets { checkout_visit(tx, visit).map(Some) } else { Ok(None) }
    });
    opened.await.ok().flatten()
}

async fn keep_device(app: &App, checkout: &CheckoutVisit, purchase: &NewSubscription) {
    let Some(imei) = purchase.imei.clone() else { return };
    let (session, visit) = (checkout.visit.session.id, checkout.clone());
    if let Err(error) = app.write(move |cx, tx| give_device(cx, tx, &visit, &imei)).await {
        tracing::info!(session.id = %session, %error, "the device of the intent is not kept");
    }
}
