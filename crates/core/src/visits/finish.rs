//! Ways out that are no success.

use perennial_domain::{ConnectSessionId, Intent, Outcome, ProjectId};
use perennial_store::StoreError;

use super::visit::Visit;
use crate::checkout::withdraw_checkout;
use crate::context::App;

/// The customer leaves on purpose. Who only came to look has seen it (contracts/projects-api.md §5, row 9).
pub async fn leave(app: &App, visit: &Visit) -> Result<Outcome, StoreError> {
    let outcome = match visit.session.intent {
        Intent::ViewSubscription(_) | Intent::ViewSubscriptions => Outcome::Success,
        _ => Outcome::UserAborted,
    };
    go(app, visit, outcome).await
}

/// What the app asked for cannot be done.
pub async fn refuse(app: &App, visit: &Visit) -> Result<Outcome, StoreError> {
    go(app, visit, Outcome::BadConfiguration).await
}

/// What they could still pay is withdrawn; what they paid is theirs, and then the visit was a success after all.
async fn go(app: &App, visit: &Visit, outcome: Outcome) -> Result<Outcome, StoreError> {
    if let Some(checkout) = visit.session.checkout_id
        && let Err(error) = withdraw_checkout(app, visit.project.id, checkout).await
    {
        // Nobody is kept in because Stripe is away. The checkout closes with its hour, and what is paid until then counts.
        tracing::warn!(checkout.id = %checkout, %error, "the checkout {checkout} of a visitor who left is still open");
    }
    close(app, visit.project.id, visit.session.id, outcome).await
}

/// The first outcome stays.
pub(super) async fn close(
    app: &App,
    project: ProjectId,
    id: ConnectSessionId,
    outcome: Outcome,
) -> Result<Outcome, StoreError> {
    app.write(move |_, tx| {
        let Some(mut session) = tx.connect_sessions(project).lock(id)? else { return Ok(outcome) };
        let kept = *session.outcome.get_or_insert(outcome);
        tx.connect_sessions(project).update(&session)?;
        Ok(kept)
    })
    .await
}
