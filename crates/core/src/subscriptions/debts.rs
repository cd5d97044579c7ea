//! What the customer of a subscription in arrears owes: which of its invoices another card pays, and which nobody has to
//! pay any more. Pages name, and charges take, what is found here.

use jiff::Timestamp;
use perennial_domain::Subscription;

use super::sync::SyncError;
use crate::context::App;
use crate::ports::{BilledInvoice, BilledSubscription, Collection, InvoiceStatus};

/// What an invoice of a subscription asks of its customer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Debt {
    /// It is to be paid, and Stripe does not charge it by itself.
    Owed,
    /// It is for a period that is over and could not be used: nobody has to pay it.
    Forgiven,
    /// Nothing: it is settled, written off, or Stripe's own affair for now.
    Nothing,
}

/// The invoices of a subscription that ask something of its customer, oldest first.
#[derive(Debug)]
pub(crate) struct Debts {
    /// Whether what falls due is charged.
    pub(crate) collection: Collection,
    /// Those that another card pays.
    pub(crate) owed: Vec<BilledInvoice>,
    /// Those that nobody has to pay any more.
    pub(crate) forgiven: Vec<BilledInvoice>,
    /// Renewals that Stripe charges by itself, whatever else is said of them.
    pub(super) advancing: Vec<String>,
}

/// What an invoice asks, if its subscription may not be used since `restricted_at`. Stripe's own calendar decides what is
/// over: where it is late with a renewal, the period before still counts.
pub(super) fn debt_of(
    billed: &BilledSubscription,
    invoice: &BilledInvoice,
    restricted_at: Option<Timestamp>,
) -> Debt {
    let renewed = invoice.period.filter(|_| billed.is_renewed_by(invoice));
    let Some((start, _)) = renewed else { return Debt::Nothing };
    let runs = billed.is_running_at(invoice);
    let was_locked_out = restricted_at.is_some_and(|restricted_at| restricted_at <= start);
    // Of what the merchant has paused, they decide what becomes.
    let is_theirs = billed.collection == Collection::PausedByMerchant;
    let asks = match invoice.status {
        InvoiceStatus::Paid | InvoiceStatus::Void => false,
        InvoiceStatus::Open => true,
        // To be voided a draft has to be finalized, and that takes the balance: one that it would pay is left alone.
        InvoiceStatus::Draft => {
            let takes_no_balance = !invoice.due.is_zero() || invoice.total.is_zero();
            !invoice.advances && !is_theirs && (runs || takes_no_balance)
        }
        // The money is not expected any more. Who wants to go on pays for the running period all the same (law 2).
        InvoiceStatus::Uncollectible => runs && !is_theirs,
    };
    let was_asked_before = invoice.status == InvoiceStatus::Open && !was_locked_out;
    match asks {
        false => Debt::Nothing,
        true if runs || was_asked_before => Debt::Owed,
        true => Debt::Forgiven,
    }
}

/// Asks Stripe what the invoices of a subscription ask of its customer. Those before the mark are settled for good.
pub(crate) async fn look_at_debts(
    app: &App,
    stripe_id: &str,
    subscription: &Subscription,
) -> Result<Debts, SyncError> {
    let (project, owned) = (subscription.project_id, stripe_id.to_owned());
    let payments = app.payments(project).await?;
    let billed = payments.subscription(stripe_id).await?;
    let since = app.read(move |_, tx| tx.billing_marks(project).settled_until(&owned)).await?;
    let restricted_at = subscription.arrears.and_then(|arrears| arrears.restricted_at);
    let collection = billed.collection;
    let mut debts = Debts { collection, owed: Vec::new(), forgiven: Vec::new(), advancing: Vec::new() };
    for invoice in payments.invoices(stripe_id, since).await? {
        if billed.charges_by_itself(&invoice) {
            debts.advancing.push(invoice.id.clone());
        }
        match debt_of(&billed, &invoice, restricted_at) {
            Debt::Owed => debts.owed.push(invoice),
            Debt::Forgiven => debts.forgiven.push(invoice),
            Debt::Nothing => {}
        }
    }
    Ok(debts)
}
