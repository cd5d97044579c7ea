//! Asking Stripe for the session of a checkout. Asked again it is the same question, and gets the same session.

use perennial_domain::{Checkout, Order, ProjectId, Term};
use perennial_store::Tx;

use super::start::StartCheckoutError;
use crate::context::App;
use crate::customers::stripe_customer_for;
use crate::organizations::{BuyerNote, buyer_note};
use crate::ports::{CheckoutLine, CheckoutMode, CheckoutSession, OpenCheckout};

/// Everything that is asked comes from rows that do not change any more.
pub(super) async fn ask_for_session(
    app: &App,
    checkout: &Checkout,
) -> Result<CheckoutSession, StartCheckoutError> {
    let payments = app.payments(checkout.project_id).await?;
    let (project, customer) = (checkout.project_id, checkout.customer_id);
    let buyer = checkout.terms.member_id;
    let stripe_customer_id = stripe_customer_for(app, payments.as_ref(), project, customer, buyer).await?;
    let asked = checkout.clone();
    let (mode, lines, note) = app
        .read(move |_, tx| {
            let (mode, lines) = stripe_lines(tx, project, &asked.order)?;
            Ok::<_, StartCheckoutError>((mode, lines, buyer_note(tx, &asked)?))
        })
        .await?;
    let BuyerNote { reference, metadata } = note;
    let request = OpenCheckout {
        id: checkout.id,
        stripe_customer_id,
        mode,
        lines,
        stripe_promotion_code_id: checkout
            .order
            .voucher
            .as_ref()
            .map(|voucher| voucher.stripe_promotion_code_id.clone()),
        return_url: checkout.return_url.clone(),
        cancel_url: checkout.cancel_url.clone(),
        expires_at: (!checkout.terms.has_stripes_lifetime).then_some(checkout.expires_at),
        locale: checkout.locale.clone(),
        ui: checkout.terms.ui,
        payment_methods: checkout.terms.payment_methods,
        reference,
        metadata,
    };
    Ok(payments.open_checkout(&request).await?)
}

fn stripe_lines(
    tx: &mut Tx<'_>,
    project: ProjectId,
    order: &Order,
) -> Result<(CheckoutMode, Vec<CheckoutLine>), StartCheckoutError> {
    let mut mode = CheckoutMode::Once;
    let mut lines = Vec::new();
    for line in order.lines().filter(|line| !line.amount.is_zero()) {
        let price = tx.prices(project).find(line.price_id)?;
        let price = price.ok_or(StartCheckoutError::PriceNotAtStripe(line.price_id))?;
        if matches!(price.term, Term::Recurring(_)) {
            // A second Stripe Subscription would be billed beside the one that it belongs to.
            order.goods.plan().ok_or(StartCheckoutError::RenewingAddon)?;
            mode = CheckoutMode::Subscription;
        }
        let stripe_price_id =
            price.stripe_price_id.ok_or(StartCheckoutError::PriceNotAtStripe(line.price_id))?;
        lines.push(CheckoutLine { stripe_price_id });
    }
    Ok((mode, lines))
}
