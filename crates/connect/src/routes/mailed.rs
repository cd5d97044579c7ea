//! What pages say of mails: the address, and only where one was really queued.

use perennial_core::context::App;
use perennial_core::mails::mailed_to;
use perennial_domain::{Letter, PaymentId, Subscription};

use super::visitor::Visitor;

/// Where the receipt for a payment goes.
pub(super) async fn receipt_address(app: &App, visitor: &Visitor, payment: PaymentId) -> Option<String> {
    address(app, visitor, Letter::Receipt { payment }).await
}

/// Where the confirmation of a cancellation goes.
pub(super) async fn cancellation_address(
    app: &App,
    visitor: &Visitor,
    subscription: &Subscription,
) -> Option<String> {
    let (subscription, canceled_at) = (subscription.id, subscription.canceled_at?);
    address(app, visitor, Letter::CancellationConfirmed { subscription, canceled_at }).await
}

/// What was done is done: a page that cannot tell of its mail says nothing of it.
async fn address(app: &App, visitor: &Visitor, letter: Letter) -> Option<String> {
    match mailed_to(app, visitor.visit.project.id, letter).await {
        Ok(email) => email.map(|email| email.as_str().to_owned()),
        Err(error) => {
            tracing::warn!(%error, "it is not known where a mail goes");
            None
        }
    }
}
