//! Discounts: a code that the customer types, looked up at Stripe.

use perennial_domain::{ConnectSession, Voucher};
use perennial_store::StoreError;

use super::visit::CheckoutVisit;
use crate::checkout::discount_for;
use crate::context::{AccountError, App};
use crate::ports::PaymentsError;

/// Why there is no discount.
#[derive(Debug, thiserror::Error)]
pub enum VoucherError {
    /// Nothing was typed, or far too much.
    #[error("a code is needed")]
    Empty,
    /// No such code, or not in force.
    #[error("there is no such code in force")]
    Unknown,
    /// It is for another currency, or for larger orders.
    #[error("the code does not fit this order")]
    DoesNotFit,
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

const MAX_CODE: usize = 64;

/// Looks a code up and keeps what it takes off this order.
pub async fn apply_voucher(app: &App, visit: &CheckoutVisit, code: &str) -> Result<(), VoucherError> {
    let code = code.trim();
    if code.is_empty() || code.len() > MAX_CODE {
        return Err(VoucherError::Empty);
    }
    let voucher = look_up(app, visit, code).await?;
    keep(app, visit, Some(voucher)).await
}

/// What a code takes off this order now.
pub(super) async fn look_up(app: &App, visit: &CheckoutVisit, code: &str) -> Result<Voucher, VoucherError> {
    let payments = app.payments(visit.visit.project.id).await?;
    let discount = payments.find_discount(code).await?.ok_or(VoucherError::Unknown)?;
    discount_for(&discount, code, &visit.placed).ok_or(VoucherError::DoesNotFit)
}

/// Takes the discount off again.
pub async fn remove_voucher(app: &App, visit: &CheckoutVisit) -> Result<(), VoucherError> {
    keep(app, visit, None).await
}

async fn keep(app: &App, visit: &CheckoutVisit, voucher: Option<Voucher>) -> Result<(), VoucherError> {
    let (project, id) = (visit.visit.project.id, visit.visit.session.id);
    app.write(move |_, tx| {
        let Some(session) = tx.connect_sessions(project).lock(id)? else { return Ok::<_, StoreError>(()) };
        let mut session: ConnectSession = session;
        session.progress.voucher.clone_from(&voucher);
        tx.connect_sessions(project).update(&session)
    })
    .await?;
    Ok(())
}
