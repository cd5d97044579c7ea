//! The algorithm of the contract's §9.4, from the ledger and from what Stripe's invoices say they are for. The
//! subscription's own row is asked for nothing but when a recorded cancellation takes effect.

use std::cmp::Reverse;

use jiff::{SignedDuration, Timestamp, ToSpan, tz::TimeZone};
use perennial_core::organizations::{LedgerEntry, LedgerState, ledger};
use perennial_domain::{
    Checkout, Goods, Id, Payment, Price, PriceId, Subscription, SubscriptionChange, SubscriptionId, Term,
    TermUnit,
};
use serde_json::{Value, json};

use crate::house::{House, Tenant};

const GRACE: SignedDuration = SignedDuration::from_hours(24);

/// All that an organization did and paid.
struct Books {
    ledger: Vec<LedgerEntry>,
    checkouts: Vec<Checkout>,
    payments: Vec<Payment>,
    subscriptions: Vec<Subscription>,
    changes: Vec<SubscriptionChange>,
    prices: Vec<Price>,
}

/// What a completed payment is for.
struct Paid {
    subscription: SubscriptionId,
    price: Price,
    from: Timestamp,
    to: Option<Timestamp>,
}

/// What `my` tells, without the words of the catalogue.
pub(super) fn without_words(told: &Value) -> Value {
    if told.is_null() {
        return Value::Null;
    }
    let names = ["id", "periodId", "price", "dateFrom", "dateTo", "status", "autoRenew"];
    names.into_iter().map(|name| (name.to_owned(), told[name].clone())).collect()
}

/// The organization's payments, as they are kept.
pub(super) async fn payments(house: &House, tenant: &Tenant) -> Vec<Payment> {
    let (project, customer) = (house.merchant.project(), tenant.organization.id);
    house.merchant.test.write(move |_, tx| tx.payments(project).all_of_customer(customer)).await
}

/// What the organization is to be told, by its payments.
pub(super) async fn infer(house: &House, tenant: &Tenant) -> Value {
    let books = read(house, tenant).await;
    let now = house.merchant.app().now();
    // 1. The latest completed payment tied to a period. 2. The term that it covers.
    let completed = books.ledger.iter().filter(|entry| entry.state == LedgerState::Completed);
    let mut completed = completed.collect::<Vec<_>>();
    completed.sort_by_key(|entry| Reverse((books.bought_at(entry), entry.at, entry.id)));
    let mut latest = None;
    for entry in completed {
        if let Some(paid) = what_was_paid(house, &books, entry).await {
            latest = Some((entry, paid));
            break;
        }
    }
    let Some((entry, paid)) = latest else { return Value::Null };
    let (status, to, auto_renew) = judge(&books, entry, &paid, now);
    json!({
        "id": paid.price.product_id.uuid(),
        "periodId": paid.price.id.uuid(),
        "price": paid.price.amount.amount_minor,
        "dateFrom": in_seconds(paid.from),
        "dateTo": to.map(in_seconds),
        "status": status,
        "autoRenew": auto_renew,
    })
}

fn in_seconds(at: Timestamp) -> String {
    Timestamp::from_second(at.as_second()).unwrap().to_string()
}

/// Steps 3 to 5: status, the end, and whether it will be paid again.
fn judge(
    books: &Books,
    entry: &LedgerEntry,
    paid: &Paid,
    now: Timestamp,
) -> (&'static str, Option<Timestamp>, bool) {
    // 3. A record of a cancellation for the same subscription, not older than the payment.
    let id = paid.subscription.uuid();
    let mut records = books.ledger.iter().filter(|record| record.state == LedgerState::Cancelled);
    if records.any(|record| record.id.uuid() == id && entry.at <= record.at) {
        let takes_effect = books.ends_at(paid.subscription).unwrap();
        return match paid.to {
            // At the period's end: what is paid is used up, and what is owed for the next one is not.
            Some(to) if to == takes_effect || (to < takes_effect && now < takes_effect) => {
                (if now < to { "ACTIVE" } else { "CANCELLED" }, Some(to), false)
            }
            // At once, or sooner than what was paid.
            _ => (if now < takes_effect { "ACTIVE" } else { "CANCELLED" }, Some(takes_effect), false),
        };
    }
    // 4. The grace of a renewal that is late.
    if paid.to.is_some_and(|to| to + GRACE <= now) {
        return ("EXPIRED", paid.to, false);
    }
    // 5. What is free next is not paid again (§9.2).
    let is_free_next = books.changes.iter().any(SubscriptionChange::is_open);
    ("ACTIVE", paid.to, paid.price.term.renews() && !is_free_next)
}

impl Books {
    fn price(&self, id: PriceId) -> &Price {
        self.prices.iter().find(|price| price.id == id).unwrap()
    }

    /// When the recorded cancellation of a subscription takes effect.
    fn ends_at(&self, id: SubscriptionId) -> Option<Timestamp> {
        self.subscriptions.iter().find(|subscription| subscription.id == id).unwrap().ended_at
    }

    /// When what a payment is for took the place of what was before: once its purchase was heard of. What that was may have
    /// been renewed until then, later than the purchase was paid.
    fn bought_at(&self, entry: &LedgerEntry) -> Option<Timestamp> {
        let id = entry.id.uuid();
        let renewed = self.payments.iter().find(|payment| payment.id.uuid() == id);
        let changed = self.changes.iter().find(|change| change.id.uuid() == id);
        let subscription = renewed
            .and_then(|payment| payment.subscription_id)
            .or(changed.map(|change| change.subscription_id));
        let purchase = self.checkouts.iter().find(|checkout| match subscription {
            Some(subscription) => checkout.subscription_id == Some(subscription),
            None => checkout.id.uuid() == id,
        });
        purchase.and_then(|purchase| purchase.closed_at)
    }

    /// What costs nothing rolls on until now, or until it was cancelled.
    fn rolls_until(&self, id: SubscriptionId, now: Timestamp) -> Timestamp {
        self.ends_at(id).map_or(now, |ended_at| ended_at.min(now))
    }
}

async fn read(house: &House, tenant: &Tenant) -> Books {
    let (project, customer) = (house.merchant.project(), tenant.organization.id);
    house
        .merchant
        .test
        .write(move |_, tx| {
            Ok(Books {
                ledger: ledger(tx, project, customer)?,
                checkouts: tx.checkouts(project).all_of_customer(customer)?,
                payments: tx.payments(project).all_of_customer(customer)?,
                subscriptions: tx.subscriptions(project).all_of_customer(customer)?,
                changes: tx.subscription_changes(project).all_of_customer(customer)?,
                prices: tx.prices(project).all()?,
            })
        })
        .await
}

/// The period that a payment of the ledger is tied to, and the term that it covers.
async fn what_was_paid(house: &House, books: &Books, entry: &LedgerEntry) -> Option<Paid> {
    let now = house.merchant.app().now();
    let id = entry.id.uuid();
    if let Some(change) = books.changes.iter().find(|change| change.id.uuid() == id) {
        let price = books.price(change.price_id);
        let until = books.rolls_until(change.subscription_id, now);
        return Some(free(change.subscription_id, price, change.scheduled_at.unwrap(), until));
    }
    if let Some(renewal) = books.payments.iter().find(|payment| payment.id.uuid() == id) {
        return invoiced(house, books, renewal.subscription_id?, renewal).await;
    }
    let checkout = books.checkouts.iter().find(|checkout| checkout.id.uuid() == id)?;
    let Goods::Subscription(order) = &checkout.order.goods else { return None };
    let (subscription, price) = (checkout.subscription_id?, books.price(order.plan.price_id));
    let payment = books.payments.iter().find(|payment| payment.checkout_id == Some(checkout.id));
    match payment {
        None => Some(free(subscription, price, entry.at, books.rolls_until(subscription, now))),
        // What is paid once has no invoice, and begins when it is delivered.
        Some(_) if price.term == Term::Lifetime => {
            Some(Paid { subscription, price: price.clone(), from: checkout.closed_at?, to: None })
        }
        Some(payment) => invoiced(house, books, subscription, payment).await,
    }
}

/// What Stripe's invoice says that it is for.
async fn invoiced(
    house: &House,
    books: &Books,
    subscription: SubscriptionId,
    payment: &Payment,
) -> Option<Paid> {
    let path = format!("/v1/invoices/{}", payment.stripe_reference);
    let invoice = house.merchant.stripe().get(&path).await.expect(200);
    let [line] = invoice["lines"]["data"].as_array().unwrap().as_slice() else { panic!("{invoice}") };
    let stripe_price = line["pricing"]["price_details"]["price"].as_str().unwrap();
    let price = books.prices.iter().find(|price| price.stripe_price_id.as_deref() == Some(stripe_price))?;
    let at = |name: &str| Timestamp::from_second(line["period"][name].as_i64().unwrap()).unwrap();
    Some(Paid { subscription, price: price.clone(), from: at("start"), to: Some(at("end")) })
}

/// What costs nothing rolls on by the clock.
fn free(subscription: SubscriptionId, price: &Price, begun: Timestamp, until: Timestamp) -> Paid {
    let Term::Recurring(span) = price.term else { panic!("the free plan renews") };
    assert_eq!((span.unit, span.count), (TermUnit::Month, 1));
    let anchor = begun.to_zoned(TimeZone::UTC);
    let after = |months: i64| anchor.checked_add(months.months()).unwrap().timestamp();
    let months = (1..1_000).find(|months| until < after(*months)).unwrap();
    Paid { subscription, price: price.clone(), from: after(months - 1), to: Some(after(months)) }
}
