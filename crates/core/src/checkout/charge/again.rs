//! Asked again after an answer that was lost: what became of the first charge, in place of a second one.

use perennial_domain::{Checkout, CheckoutId, ProjectId};
use perennial_store::{StoreError, Tx};

use super::settle::heal;
use super::{ChargedCheckout, ask};
use crate::checkout::reserve::Reserved;
use crate::checkout::settle::{Settlement, known};
use crate::checkout::start::StartCheckoutError;
use crate::context::{App, Cx};
use crate::idempotency::{KEPT_FOR, RequestKey};

/// What became of the charge that this request has asked for before; `None` if it never has, or if nothing came of it.
/// Callers ask before anything else, because what was bought meanwhile may forbid to buy it again.
///
/// Without a request's key there is no telling one order from the same order once more.
pub async fn charged_before(
    app: &App,
    project: ProjectId,
    request: Option<RequestKey>,
) -> Result<Option<ChargedCheckout>, StartCheckoutError> {
    let Some(request) = request else { return Ok(None) };
    let Some(checkout) = checkout_of_request(app, project, request).await? else { return Ok(None) };
    match known(&checkout) {
        Some(settlement) => Ok(Some(paid(checkout.id, settlement))),
        None if checkout.is_open() => Box::pin(find_out(app, &checkout)).await,
        None => Ok(None),
    }
}

/// The checkout that was reserved for this request, however it stands.
pub async fn checkout_of_request(
    app: &App,
    project: ProjectId,
    request: RequestKey,
) -> Result<Option<Checkout>, StoreError> {
    app.read(move |cx, tx| tx.checkouts(project).find_by_request(request.bytes(), cx.now() - KEPT_FOR)).await
}

/// Asks on, as long as nobody else looks for the answer.
async fn find_out(app: &App, checkout: &Checkout) -> Result<Option<ChargedCheckout>, StartCheckoutError> {
    if app.now() <= checkout.expires_at {
        return ask(app, checkout).await.map(Some);
    }
    match heal(app, checkout).await.map_err(|error| StartCheckoutError::Settle(Box::new(error)))? {
        Settlement::NotPaid => Ok(None),
        Settlement::Open | Settlement::Confirming => Err(StartCheckoutError::Confirming(checkout.id)),
        settlement => Ok(Some(paid(checkout.id, settlement))),
    }
}

/// What a charge that went through came to.
pub(super) const fn paid(checkout: CheckoutId, settlement: Settlement) -> ChargedCheckout {
    match settlement {
        Settlement::Settled(subscription) => ChargedCheckout::Paid { checkout, subscription },
        _ => ChargedCheckout::TooLate,
    }
}

/// Keeps the request with what was reserved for it. Another request's charge of the same order is not this one's.
pub(super) fn remember(
    cx: &Cx,
    tx: &mut Tx<'_>,
    project: ProjectId,
    request: Option<RequestKey>,
    reserved: Reserved,
) -> Result<Reserved, StartCheckoutError> {
    let (Some(request), Reserved::Creating(Checkout { id, .. }) | Reserved::Done { checkout: id, .. }) =
        (request, &reserved)
    else {
        return Ok(reserved);
    };
    let kept = tx.checkouts(project).keep_request(*id, request.bytes(), cx.now() - KEPT_FOR);
    match (kept, reserved) {
        (Ok(false), Reserved::Creating(checkout)) => Ok(Reserved::Other(checkout)),
        (Ok(_), reserved) => Ok(reserved),
        (Err(StoreError::Conflict(constraint)), _) if constraint == "checkouts_request_key" => {
            Err(StartCheckoutError::Contended)
        }
        (Err(error), _) => Err(error.into()),
    }
}
