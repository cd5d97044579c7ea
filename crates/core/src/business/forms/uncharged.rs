//! What is bought where somebody else moves the money: the business has it from now on.

use perennial_domain::FormAgreement;
use perennial_store::Tx;

use super::FormError;
use crate::business::{Grant, grant_in};
use crate::context::Cx;

/// Gives all of it in this transaction, or nothing.
pub(super) fn give_uncharged(cx: &Cx, tx: &mut Tx<'_>, grants: &[Grant]) -> Result<FormAgreement, FormError> {
    let mut subscriptions = Vec::with_capacity(grants.len());
    for grant in grants {
        subscriptions.push(grant_in(cx, tx, grant)?.id);
    }
    Ok(FormAgreement::Recorded { subscriptions })
}
