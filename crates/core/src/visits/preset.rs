//! Answers that the app gave with the intent: a device by its number, a discount by its code.
//!
//! They are conveniences. One that does not work is noted in the log, and the customer is asked instead.

use perennial_domain::{ConnectSession, NewSubscription};

use super::answers::give_device;
use super::visit::{CheckoutVisit, Visit, checkout_visit};
use super::voucher::apply_voucher;
use crate::context::App;

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
