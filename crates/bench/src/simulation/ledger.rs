//! The books of both sides, compared line by line: what Stripe was paid and what we think it was, which subscriptions
//! are live there and here, at which price, and for which period.

use std::collections::HashMap;
use std::sync::Arc;

use jiff::Timestamp;
use perennial_domain::{Payment, PaymentState, Price, Subscription};
use perennial_store::{StoreError, params};
use perennial_testkit::Merchant;
use serde::Deserialize;
use serde_json::Value;
use tokio::task::JoinSet;

use super::stripe::Stripe;
use crate::failure::{Failure, failure};

/// What both sides agree on.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Ledger {
    /// Payments, there and here.
    pub(crate) payments: u64,
    /// What they come to, in cents.
    pub(crate) paid_minor: i64,
    /// What was given back of it, in cents.
    pub(crate) refunded_minor: i64,
    /// Subscriptions that Stripe bills, and that are live here.
    pub(crate) live: u64,
}

/// Compares all there is. The first difference is an error that names it.
pub(super) async fn compare(
    merchant: &Arc<Merchant>,
    stripe: &Arc<Stripe>,
    middle: Timestamp,
) -> Result<Ledger, Failure> {
    let refunds = Arc::new(refunds(stripe).await?);
    // The earlier and the later half beside one another: reading Stripe's pages keeps a core busy.
    let mut halves = JoinSet::new();
    for side in ["lt", "gte"] {
        let list = format!("/v1/invoices?created[{side}]={}&", middle.as_second());
        halves.spawn(compare_bills(Arc::clone(merchant), Arc::clone(stripe), list, Arc::clone(&refunds)));
    }
    let mut ledger = Ledger::default();
    let mut unknown = HashMap::clone(&refunds);
    while let Some(half) = halves.join_next().await.transpose()? {
        let half = half?;
        ledger.payments += half.payments;
        ledger.paid_minor += half.paid_minor;
        for intent in half.refunded {
            let amount = unknown.remove(&intent);
            ledger.refunded_minor +=
                amount.ok_or_else(|| failure(format!("what went back of {intent} is booked twice here")))?;
        }
    }
    if let Some((intent, amount)) = unknown.iter().next() {
        return Err(failure(format!("{amount} of {intent} went back there, and nothing here knows of it")));
    }
    let ours = count(
        merchant,
        "SELECT COUNT(*) FROM payments WHERE project_id = $1 AND state IN ('succeeded', 'refunded')",
    )
    .await?;
    if ours != ledger.payments {
        return Err(failure(format!("{ours} payments here, {} there", ledger.payments)));
    }
    ledger.live = compare_subscriptions(merchant, stripe).await?;
    Ok(ledger)
}

/// An invoice of Stripe's, as far as it matters here.
#[derive(Deserialize)]
struct Bill {
    id: String,
    status: Option<String>,
    amount_paid: i64,
}

/// What the two sides agree on in a part of the invoices.
#[derive(Default)]
struct Agreed {
    payments: u64,
    paid_minor: i64,
    /// The payment intents of which something was given back.
    refunded: Vec<String>,
}

/// Compares all paid invoices of a list.
async fn compare_bills(
    merchant: Arc<Merchant>,
    stripe: Arc<Stripe>,
    list: String,
    refunds: Arc<HashMap<String, i64>>,
) -> Result<Agreed, Failure> {
    let mut agreed = Agreed::default();
    let mut cursor: Option<String> = None;
    loop {
        let (mut bills, more) = stripe.page::<Bill>(&list, cursor.as_deref()).await?;
        cursor = bills.last().map(|bill| bill.id.clone());
        bills.retain(|bill| bill.status.as_deref() == Some("paid") && bill.amount_paid > 0);
        compare_page(&merchant, &bills, &refunds, &mut agreed).await?;
        if !more {
            return Ok(agreed);
        }
    }
}

async fn compare_page(
    merchant: &Merchant,
    bills: &[Bill],
    refunds: &HashMap<String, i64>,
    agreed: &mut Agreed,
) -> Result<(), Failure> {
    let references = bills.iter().map(|bill| bill.id.clone()).collect::<Vec<_>>();
    let project = merchant.project();
    let ours: Vec<Option<Payment>> = merchant
        .app()
        .read(move |_, tx| {
            let found = references.iter().map(|reference| tx.payments(project).find_by_reference(reference));
            found.collect::<Result<_, StoreError>>()
        })
        .await?;
    for (bill, payment) in bills.iter().zip(ours) {
        let Some(payment) = payment else {
            return Err(failure(format!("{} is paid there and unknown here", bill.id)));
        };
        let is_paid = matches!(payment.state, PaymentState::Succeeded | PaymentState::Refunded);
        if !is_paid || payment.amount.amount_minor != bill.amount_paid {
            return Err(failure(format!("{} is {} there and {payment:?} here", bill.id, bill.amount_paid)));
        }
        let intent = payment.stripe_payment_intent_id.as_deref().unwrap_or_default();
        let back = refunds.get(intent).copied().unwrap_or(0);
        if payment.refunded_minor != back {
            return Err(failure(format!("{back} of {} went back there, and here {payment:?}", bill.id)));
        }
        if back != 0 {
            agreed.refunded.push(intent.to_owned());
        }
        agreed.payments += 1;
        agreed.paid_minor += bill.amount_paid;
    }
    Ok(())
}

/// What was given back of each payment intent, in cents.
async fn refunds(stripe: &Stripe) -> Result<HashMap<String, i64>, Failure> {
    let mut refunds = HashMap::new();
    let mut cursor: Option<String> = None;
    loop {
        let (page, more) = stripe.page::<Value>("/v1/refunds?", cursor.as_deref()).await?;
        for refund in &page {
            let intent = refund["payment_intent"].as_str().unwrap_or_default().to_owned();
            *refunds.entry(intent).or_default() += refund["amount"].as_i64().unwrap_or(0);
        }
        cursor = page.last().and_then(|refund| refund["id"].as_str()).map(str::to_owned);
        if !more {
            return Ok(refunds);
        }
    }
}

/// Every subscription that is live there is live here, with the same price and period where it is paid, and no other is.
async fn compare_subscriptions(merchant: &Merchant, stripe: &Stripe) -> Result<u64, Failure> {
    let (project, mut live, mut cursor) = (merchant.project(), 0, None::<String>);
    loop {
        let (page, more) = stripe.page::<Value>("/v1/subscriptions?", cursor.as_deref()).await?;
        for there in &page {
            let id = there["id"].as_str().unwrap_or_default().to_owned();
            let owned = id.clone();
            let here = merchant.app().read(move |_, tx| {
                let Some(here) = tx.subscriptions(project).find_by_stripe_id(&owned)? else {
                    return Ok(None);
                };
                Ok::<_, StoreError>(tx.prices(project).find(here.price_id)?.map(|price| (here, price)))
            });
            let found = here.await?.ok_or_else(|| failure(format!("{id} is live there and unknown here")))?;
            compare_terms(&id, there, &found)?;
            live += 1;
            cursor = Some(id);
        }
        if !more {
            break;
        }
    }
    let ours = count(
        merchant,
        "SELECT COUNT(*) FROM subscriptions \
         WHERE project_id = $1 AND state <> 'ended' AND stripe_subscription_id IS NOT NULL",
    );
    match ours.await? {
        ours if ours == live => Ok(live),
        ours => Err(failure(format!("{ours} billed subscriptions are live here, {live} there"))),
    }
}

fn compare_terms(id: &str, there: &Value, (here, price): &(Subscription, Price)) -> Result<(), Failure> {
    let item = &there["items"]["data"][0];
    let period = here.current_period.map(|period| {
        (period.start.as_second(), period.end.map(jiff::Timestamp::as_second).unwrap_or_default())
    });
    let ours = (period, price.stripe_price_id.as_deref());
    let period = item["current_period_start"].as_i64().zip(item["current_period_end"].as_i64());
    let theirs = (period, item["price"]["id"].as_str());
    // In arrears Stripe is in the new period already, and we are in the one that was paid.
    if !here.is_live() || (there["status"] == "active" && ours != theirs) {
        return Err(failure(format!(
            "{id}: {theirs:?}, {} there, here {ours:?} in {here:?}",
            there["status"]
        )));
    }
    Ok(())
}

async fn count(merchant: &Merchant, sql: &'static str) -> Result<u64, Failure> {
    let project = merchant.project();
    let counted: i64 = merchant.app().read(move |_, tx| tx.one::<i64>(sql, params![project])).await?;
    Ok(u64::try_from(counted)?)
}
