//! What Stripe answers of a subscription: asked before anything is written, and held against what is known here.

use jiff::{SignedDuration, Timestamp};
use perennial_domain::{ProjectId, Subscription};
use perennial_store::tables::{BilledHere, KnownBilling};

use super::debts::{Debt, debt_of};
use super::follow::Seen;
use super::invoices::{SeenInvoice, look_into};
use super::sync::SyncError;
use crate::checkout::settle_checkout;
use crate::context::App;
use crate::ports::{BilledInvoice, BilledSubscription, BillingStatus, InvoiceStatus};

/// Stripe's lists may lag behind its objects: an invoice is looked for again for so long after all is settled.
const OVERLAP: SignedDuration = SignedDuration::from_hours(24);

/// What Stripe answered, and what had been decided here before it was asked.
pub(crate) struct Picture {
    pub(super) billed: BilledSubscription,
    pub(super) invoices: Vec<SeenInvoice>,
    /// `None` where Stripe bills nothing that was known here.
    here: Option<BilledHere>,
    pub(super) asked_at: Timestamp,
    /// How many pictures had been written down before this one was asked for.
    pub(super) before: i64,
}

impl Picture {
    pub(super) fn invoices(&self) -> impl Iterator<Item = &BilledInvoice> {
        self.invoices.iter().map(|seen| &seen.invoice)
    }

    /// Whether the running period is paid. Stripe begins one, and with it a plan that was scheduled, before anybody has
    /// paid for it.
    pub(super) fn is_paid_up(&self) -> bool {
        use BillingStatus::{Incomplete, PastDue, Unpaid};
        !matches!(self.billed.status, Incomplete | PastDue | Unpaid)
            && self.invoices().all(|invoice| invoice.is_final() || !self.billed.is_running_at(invoice))
    }

    /// How an invoice of the running period stands that is owed, whatever Stripe calls the subscription.
    pub(super) fn owed_for_running_period(&self) -> Option<InvoiceStatus> {
        let is_owed = |invoice: &&BilledInvoice| {
            self.billed.is_running_at(invoice) && debt_of(&self.billed, invoice, None) == Debt::Owed
        };
        self.invoices().find(is_owed).map(|invoice| invoice.status)
    }

    /// Whether Stripe charges one of its renewals by itself, now or soon.
    pub(super) fn charges_by_itself(&self) -> bool {
        self.invoices().any(|invoice| self.billed.charges_by_itself(invoice))
    }

    /// Since when the oldest of its renewals that fail does so.
    pub(super) fn failing_since(&self) -> Option<Timestamp> {
        let is_behind =
            |seen: &&SeenInvoice| seen.invoice.is_failing() && self.billed.is_renewed_by(&seen.invoice);
        let failing = self.invoices.iter().filter(is_behind);
        failing.map(SeenInvoice::failed_first_at).min()
    }

    /// Up to where the invoices, oldest first, are final: an open one may still be paid, years later, and holds the mark.
    pub(super) fn settled_until(&self) -> Option<Timestamp> {
        let unsettled = self.invoices().find(|invoice| !invoice.is_final());
        unsettled.or(self.invoices().last()).map(|invoice| invoice.created_at)
    }

    /// What there is to follow.
    pub(super) fn seen(&self) -> Seen<'_> {
        Seen {
            billed: &self.billed,
            is_paid_up: self.is_paid_up(),
            asked_at: self.asked_at,
            own_price: self.here.as_ref().and_then(|here| here.stripe_price_id.as_deref()),
        }
    }

    /// Whether it is sold here as it was when Stripe was asked.
    pub(super) fn is_of_same_plan(&self, subscription: &Subscription) -> bool {
        self.here.as_ref().is_none_or(|here| here.price_id == subscription.price_id)
    }

    /// Whether its end was decided here before Stripe was asked, or not at all.
    pub(super) fn is_of_same_end(&self, subscription: &Subscription) -> bool {
        subscription.canceled_at == self.here.as_ref().and_then(|here| here.canceled_at)
    }
}

/// Asks Stripe what is true of a subscription now; nothing when it is none of ours. Of its invoices only those are read
/// of which something may still be news.
pub(crate) async fn take_picture(
    app: &App,
    project: ProjectId,
    stripe_subscription_id: &str,
) -> Result<Option<Picture>, SyncError> {
    let id = stripe_subscription_id.to_owned();
    let known = app.read_once(move |_, tx| tx.billing_marks(project).known(&id)).await?;
    let KnownBilling { settled_until, pictures: before, subscription: here } = known;
    let payments = app.payments(project).await?;
    let asked_at = app.now();
    let billed = payments.subscription(stripe_subscription_id).await?;
    if here.is_none() {
        // Its events may overtake those of the checkout that made it.
        let Some(checkout) = billed.checkout_id else { return Ok(None) };
        settle_checkout(app, project, checkout).await?;
    }
    let since = settled_until.map(|mark| mark - OVERLAP);
    let invoices = payments.invoices(stripe_subscription_id, since).await?;
    let invoices = look_into(payments.as_ref(), invoices).await?;
    Ok(Some(Picture { billed, invoices, here, asked_at, before }))
}
