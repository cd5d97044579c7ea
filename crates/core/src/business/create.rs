//! `create_subscription`: a caller of the API tells that a business has bought something (contract §7.2).
//!
//! Nothing is charged: whoever calls is the one who moves the money, or has done it. Forms charge (`connect`).

use perennial_domain::Money;
use perennial_store::tables::BusinessSubscription;
use perennial_store::{StoreError, Tx};

use super::callers::{Caller, NarrowError, narrow};
use super::grant::{Grant, GrantError, grant_in};
use super::purchasables::{OfferError, OfferRequest, find_offer, unlisted_price};
use crate::context::Cx;
use crate::idempotency::{KEPT_FOR, RequestKey};

/// The key of prices that were agreed with one business.
const AGREED: &str = "agreed";

/// What was bought.
#[derive(Clone, Debug)]
pub struct Create {
    /// By which business; the caller's own when absent.
    pub business_uid: Option<String>,
    /// What.
    pub offer: OfferRequest,
    /// In major units of the offer's currency, where another price than the listed one was agreed.
    pub agreed_price: Option<String>,
    /// What tells this request from every other, where its caller says so: made again, it records nothing again.
    pub request: Option<RequestKey>,
}

/// Why it is not recorded.
#[derive(Debug, thiserror::Error)]
pub enum CreateError {
    /// The token is not one that makes subscriptions.
    #[error("the token cannot make subscriptions")]
    NotAllowed,
    /// Another business than the caller's.
    #[error("the token does not see this business")]
    OutOfSight,
    /// No business is named, and the token is for several.
    #[error("the business is not named")]
    NoBusiness,
    /// The agreed price cannot be.
    #[error("the agreed price is not an amount")]
    Price,
    /// Nothing on sale is meant, or not one thing.
    #[error(transparent)]
    Offer(#[from] OfferError),
    /// The business cannot have it.
    #[error(transparent)]
    Grant(#[from] GrantError),
    /// The database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl From<NarrowError> for CreateError {
    fn from(error: NarrowError) -> Self {
        match error {
            NarrowError::OutOfSight => Self::OutOfSight,
            NarrowError::Store(error) => Self::Store(error),
        }
    }
}

/// Records the purchase; the buyer is the staff member behind the token, else the business's owner (contract §7.2).
pub fn create_subscription(
    cx: &Cx,
    tx: &mut Tx<'_>,
    caller: &Caller,
    create: &Create,
) -> Result<BusinessSubscription, CreateError> {
    if !caller.may_change() {
        return Err(CreateError::NotAllowed);
    }
    let project = caller.project();
    let caller = match &create.business_uid {
        Some(uid) => narrow(tx, caller.clone(), uid)?,
        None => caller.clone(),
    };
    let business = caller.business.as_ref().ok_or(CreateError::NoBusiness)?;
    // The same request may be under way on another node: the first makes it, and the second finds it then.
    tx.customers(project).lock(business.business.customer_id)?;
    if let Some(request) = create.request
        && let Some(made) =
            tx.subscriptions(project).business_view_by_request(request.bytes(), cx.now() - KEPT_FOR)?
    {
        return Ok(made);
    }
    let (product, mut price) = find_offer(tx, project, &create.offer)?;
    if let Some(agreed) = &create.agreed_price {
        let amount = Money::from_major_units(agreed, price.amount.currency);
        let amount = amount.map_err(|_| CreateError::Price)?;
        price = unlisted_price(cx, tx, &product, AGREED, amount, price.term)?;
    }
    let mut grant = Grant::of(&business.business, product, price);
    if let Some(member) = &caller.member {
        grant.buyer = member.id;
    }
    let made = grant_in(cx, tx, &grant)?;
    if let Some(request) = create.request {
        tx.subscriptions(project).keep_request(made.id, request.bytes())?;
    }
    let made = tx.subscriptions(project).business_view(made.id)?;
    made.ok_or(CreateError::NoBusiness)
}
