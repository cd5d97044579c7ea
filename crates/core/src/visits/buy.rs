//! The customer confirms the order: to Stripe's page, or straight to the end when it is free.

use perennial_domain::{CheckoutStep, CheckoutTerms, Money};
use perennial_store::StoreError;

use super::visit::CheckoutVisit;
use super::voucher::{VoucherError, look_up, remove_voucher};
use crate::checkout::{StartCheckout, StartCheckoutError, Started, start_checkout};
use crate::context::App;
use crate::ports::PaymentsError;

/// Where Stripe sends the customer. Both are pages of this visit.
#[derive(Clone, Debug)]
pub struct VisitUrls {
    /// After paying.
    pub return_url: String,
    /// After turning back.
    pub cancel_url: String,
}

/// What happens next.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Bought {
    /// To Stripe's page.
    Pay(String),
    /// Nothing is left to pay: it is done.
    Done,
}

/// Why it was not bought. Nothing was charged.
#[derive(Debug, thiserror::Error)]
pub enum BuyError {
    /// A question is open.
    #[error("the question {0} is not answered yet")]
    Unanswered(CheckoutStep),
    /// The page showed another sum than the order comes to now.
    #[error("the price changed since the page was shown")]
    PriceChanged,
    /// Stripe does not take the voucher, or not any more. It is taken off the order.
    #[error("the voucher is not taken: {0}")]
    Voucher(VoucherError),
    /// There is no checkout.
    #[error(transparent)]
    Start(StartCheckoutError),
    /// The database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Starts the checkout of a visit. `shown` is the sum that the customer agreed to, in minor units.
pub async fn buy(app: &App, visit: &CheckoutVisit, shown: i64, urls: VisitUrls) -> Result<Bought, BuyError> {
    if visit.next != CheckoutStep::Review {
        return Err(BuyError::Unanswered(visit.next));
    }
    if shown != visit.placed.due_now.amount_minor {
        return Err(BuyError::PriceChanged);
    }
    let command = StartCheckout {
        project: visit.visit.project.id,
        customer: visit.customer.id,
        connect_session: Some(visit.visit.session.id),
        order: visit.order(),
        terms: CheckoutTerms::default(),
        locale: visit.visit.locale().to_owned(),
        return_url: urls.return_url,
        cancel_url: urls.cancel_url,
    };
    match start_checkout(app, command).await {
        Ok(Started::Pay { page, .. }) => Ok(Bought::Pay(page)),
        Ok(Started::Done { .. }) => Ok(Bought::Done),
        Err(StartCheckoutError::PriceChanged { charged, .. }) => {
            adopt_stripes_sum(app, visit, charged).await?;
            Err(BuyError::PriceChanged)
        }
        Err(StartCheckoutError::Payments(error)) if error.is_refusal() => {
            Err(blame_voucher(app, visit, error).await?)
        }
        Err(error) => Err(BuyError::Start(error)),
    }
}

/// What Stripe refuses where a voucher counts, it may take without: the code may have been used up since it was looked up,
/// or be for larger orders or for new customers only. A voucher that Stripe does not blame, and that still counts, or of
/// which nobody can say now whether it does, is kept: what is wrong with the order would be wrong without it as well.
async fn blame_voucher(
    app: &App,
    visit: &CheckoutVisit,
    refused: PaymentsError,
) -> Result<BuyError, BuyError> {
    let Some(voucher) = &visit.visit.session.progress.voucher else {
        return Ok(BuyError::Start(refused.into()));
    };
    let reason = match look_up(app, visit, &voucher.code).await {
        Err(reason @ (VoucherError::Unknown | VoucherError::DoesNotFit)) => reason,
        // Only Stripe knows who bought before.
        _ if refused.is_about_discount() => VoucherError::DoesNotFit,
        _ => return Ok(BuyError::Start(refused.into())),
    };
    tracing::info!(session.id = %visit.visit.session.id, %refused, "Stripe refuses an order with a voucher");
    remove_voucher(app, visit).await.map_err(BuyError::Voucher)?;
    Ok(BuyError::Voucher(reason))
}

/// Stripe's discount decides: the next look at the page shows what will be charged.
async fn adopt_stripes_sum(app: &App, visit: &CheckoutVisit, charged: i64) -> Result<(), StoreError> {
    let (project, id, subtotal) = (visit.visit.project.id, visit.visit.session.id, visit.placed.subtotal);
    app.write(move |_, tx| {
        let Some(mut session) = tx.connect_sessions(project).lock(id)? else { return Ok(()) };
        if let Some(voucher) = &mut session.progress.voucher {
            voucher.adopt(Money::new((subtotal.amount_minor - charged).max(0), subtotal.currency));
        }
        tx.connect_sessions(project).update(&session)
    })
    .await
}
