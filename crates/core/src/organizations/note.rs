//! What Stripe's objects say of an organization's purchase, for whoever looks at them in Stripe's dashboard
//! (contract §9.9). Everything is computed from rows that do not change any more, because asking Stripe twice must be
//! asking the same.

use perennial_domain::{Checkout, Id, PaymentId, PeriodType};
use perennial_store::{StoreError, Tx};

/// A reference and facts for a Checkout Session; empty where no member of an organization buys.
#[derive(Debug, Default)]
pub(crate) struct BuyerNote {
    /// `client_reference_id`.
    pub(crate) reference: Option<String>,
    /// `metadata`.
    pub(crate) metadata: Vec<(&'static str, String)>,
}

/// The note of a checkout.
pub(crate) fn buyer_note(tx: &mut Tx<'_>, checkout: &Checkout) -> Result<BuyerNote, StoreError> {
    let (Some(member), Some(order)) = (checkout.terms.member_id, checkout.order.goods.subscription()) else {
        return Ok(BuyerNote::default());
    };
    let project = checkout.project_id;
    let organization = tx.customers(project).find(checkout.customer_id)?;
    let organization = organization.and_then(|organization| organization.external_id);
    let member = tx.members(project).find(member)?;
    let price = tx.prices(project).find(order.plan.price_id)?;
    let period = price.and_then(|price| PeriodType::of(price.term));
    let replaced = order.replaces.map_or(Ok(None), |replaced| tx.subscriptions(project).find(replaced))?;
    let facts = [
        ("orgId", organization.clone()),
        ("userId", member.map(|member| member.external_id)),
        ("subscriptionId", Some(order.plan.product_id.uuid().to_string())),
        ("subscriptionPeriodId", Some(order.plan.price_id.uuid().to_string())),
        ("paymentId", Some(PaymentId::from_uuid(checkout.id.uuid()).to_string())),
        ("periodType", period.map(|period| period.as_str().to_owned())),
        ("previousStripeSubscriptionId", replaced.and_then(|replaced| replaced.stripe_subscription_id)),
    ];
    let metadata = facts.into_iter().filter_map(|(name, value)| Some((name, value?))).collect();
    Ok(BuyerNote { reference: organization, metadata })
}
