//! Asking Stripe for the session of a checkout. Asked again it is the same question, and gets the same session.

use perennial_domain::{Checkout, Order, ProjectId, Term};
use perennial_store::{StoreError, Tx};

use super::start::StartCheckoutError;
use crate::context::App;
use crate::ports::{CheckoutLine, CheckoutMode, CheckoutSession, CustomerDraft, OpenCheckout, Payments};

/// Everything that is asked comes from rows that do not change any more.
pub(super) async fn ask_for_session(
    app: &App,
    checkout: &Checkout,
) -> Result<CheckoutSession, StartCheckoutError> {
    let payments = app.payments(checkout.project_id).await?;
    let stripe_customer_id = stripe_customer(app, payments.as_ref(), checkout).await?;
    let (project, order) = (checkout.project_id, checkout.order.clone());
    let (mode, lines) = app.read(move |_, tx| stripe_lines(tx, project, &order)).await?;
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
        expires_at: checkout.expires_at,
        locale: checkout.locale.clone(),
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
            order.goods.subscription().ok_or(StartCheckoutError::RenewingAddon)?;
            mode = CheckoutMode::Subscription;
        }
        let stripe_price_id =
            price.stripe_price_id.ok_or(StartCheckoutError::PriceNotAtStripe(line.price_id))?;
        lines.push(CheckoutLine { stripe_price_id });
    }
    Ok((mode, lines))
}

/// The Stripe Customer of who pays, made at the first purchase.
pub(super) async fn stripe_customer(
    app: &App,
    payments: &dyn Payments,
    checkout: &Checkout,
) -> Result<String, StartCheckoutError> {
    let (project, id) = (checkout.project_id, checkout.customer_id);
    let customer = app.read(move |_, tx| tx.customers(project).find(id)).await?;
    let customer = customer.ok_or(StartCheckoutError::UnknownCustomer(id))?;
    if let Some(stripe_customer_id) = customer.stripe_customer_id {
        return Ok(stripe_customer_id);
    }
    let draft = CustomerDraft {
        id,
        email: customer.email.map(|email| email.as_str().to_owned()),
        name: customer.full_name,
        locale: customer.preferred_locale,
    };
    let made = payments.create_customer(&draft).await?;
    let kept = app
        .write(move |_, tx| {
            let Some(mut customer) = tx.customers(project).lock(id)? else {
                return Ok::<_, StoreError>(made.clone());
            };
            // Two first purchases at once: the first to record decides.
            let kept = customer.stripe_customer_id.get_or_insert(made.clone()).clone();
            tx.customers(project).update(&customer)?;
            Ok(kept)
        })
        .await?;
    Ok(kept)
}
