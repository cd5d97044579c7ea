//! Back from a free plan that waits for the end of what is paid: whoever buys the present plan again keeps it. It is paid
//! already, so nothing is charged, and it renews as if nobody had chosen the free one.

use perennial_domain::{Customer, Price, Subscription};
use perennial_store::{StoreError, Tx};

use super::buy::{Bought, BuyError, session_id, subscription_name};
use super::standing::{Standing, StandingStatus};
use crate::context::App;
use crate::subscriptions::{keep_plan, will_be_free};

/// What is taken back.
pub(super) struct StepBack {
    /// What is had, and goes on.
    held: Subscription,
    /// The session by which the plan was bought that is kept: asked about, it is complete.
    session_id: String,
}

/// The way back, if the plan that is wanted is the one that is had, and a free one waits for its end.
pub(super) fn way_back(
    tx: &mut Tx<'_>,
    organization: &Customer,
    stands: &Standing,
    wanted: &Price,
) -> Result<Option<StepBack>, StoreError> {
    let held = &stands.subscription;
    if stands.status != StandingStatus::Active
        || stands.price.id != wanted.id
        || !will_be_free(tx, held.project_id, held.id)?
    {
        return Ok(None);
    }
    let Some(open) = tx.subscription_changes(held.project_id).open_of(held.id)? else { return Ok(None) };
    let session_id = match held.checkout_id {
        Some(checkout) => session_id(tx, held.project_id, checkout)?,
        None => subscription_name(tx, organization, held)?,
    };
    Ok(open.scheduled_at.map(|_| StepBack { held: held.clone(), session_id }))
}

/// Takes the free plan back. Asked again, the organization has its plan already (contract §9.3). Where somebody else has
/// opened a page meanwhile, it is looked at anew.
pub(super) async fn step_back(app: &App, back: StepBack) -> Result<Bought, BuyError> {
    keep_plan(app, &back.held).await?;
    Ok(Bought { session_id: back.session_id, pay: None, replaces: None, is_kept: true })
}
