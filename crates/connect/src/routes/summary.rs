//! What is bought and what it costs, from the core's rows into what pages show.

use jiff::Timestamp;
use jiff::civil::Date;
use perennial_core::checkout::PlacedOrder;
use perennial_core::visits::Purchase;
use perennial_domain::{FirstPeriodTrigger, Money, Order, OrderLine, Price, Product, Renewals, Term};

use crate::from_core::date_of;
use crate::pages::summary::{Billing, Cadence, Included, Line, LineLabel, Summary};

/// An order that can be placed now.
pub(super) fn summary_of(placed: &PlacedOrder, order: &Order, now: Timestamp) -> Summary {
    let (product, price) = &placed.plan;
    let renewal = placed.renews_at().unwrap_or(price.amount);
    let starts_later = product
        .plan_facts
        .as_ref()
        .is_some_and(|facts| facts.first_period_trigger == FirstPeriodTrigger::Activation);
    let end = price.term.span().and_then(|span| span.after(now, 1).ok()).map(date_of);
    let minimum = product.minimum_periods();
    let bound = price.term.period(now, minimum).ok().filter(|_| minimum > 1);
    let dates = Dates {
        next: end,
        until: end.filter(|_| !starts_later),
        bound_until: bound.and_then(|period| period.end).map(date_of),
    };
    let priced = std::iter::once(&placed.plan).chain(&placed.addons);
    let lines = priced.map(|(product, price)| line_of(&product.name, price.amount, price.term));
    Summary {
        lines: lines.chain(discount_line(order)).collect(),
        ..described(product, billing_of(price, renewals_of(order, price, renewal, now), dates), order.due_now)
    }
}

/// An order as it was bought.
pub(super) fn summary_of_purchase(purchase: &Purchase, now: Timestamp) -> Summary {
    let (view, order) = (&purchase.subscription, &purchase.checkout.order);
    let end = view.subscription.runs_until(now).map(date_of);
    let bound = view.subscription.earliest_end_at().filter(|_| view.subscription.minimum_periods > 1);
    let dates = Dates { next: end, until: end, bound_until: bound.map(date_of) };
    let named = |line: &OrderLine| {
        let name = purchase
            .addons
            .iter()
            .find(|(addon, _)| addon.id == line.product_id)
            .map_or("", |(addon, _)| addon.name.as_str());
        Line { label: LineLabel::Named(name.to_owned()), amount: line.amount, cadence: None }
    };
    let plan = order.goods.plan().map(|line| line_of(&view.product.name, line.amount, view.price.term));
    let lines = plan.into_iter().chain(order.addons().iter().map(named)).chain(discount_line(order));
    let renewal = purchase.renews_at().unwrap_or(view.price.amount);
    let began = view.subscription.anchor_at.unwrap_or(now);
    let renewals = renewals_of(order, &view.price, renewal, began);
    Summary {
        lines: lines.collect(),
        ..described(&view.product, billing_of(&view.price, renewals, dates), order.due_now)
    }
}

/// What the payments after the first come to, which is `renewal` where no voucher counts.
fn renewals_of(order: &Order, price: &Price, renewal: Money, began: Timestamp) -> Renewals {
    let span = price.term.span();
    span.map_or(Renewals::of(renewal), |span| order.renewals(renewal, span, began))
}

fn described(product: &Product, billing: Billing, due_now: Money) -> Summary {
    Summary {
        name: product.name.clone(),
        description: product.description.clone(),
        included: included_in(product),
        lines: Vec::new(),
        due_today: due_now,
        billing,
    }
}

/// What a product contains, in its pages' words.
pub(super) fn included_in(product: &Product) -> Vec<Included> {
    let (allowances, coverage) = match (&product.plan_facts, &product.addon_facts) {
        (Some(facts), _) => (facts.allowances, Some(&facts.coverage)),
        (None, Some(facts)) => (facts.allowances, facts.coverage.as_ref()),
        (None, None) => {
            let capabilities = product.capabilities.iter();
            return capabilities.map(|capability| Included::Other(capability.description.clone())).collect();
        }
    };
    let mut included = Vec::new();
    if allowances.data_bytes != Some(0) {
        included.push(Included::DataBytes(allowances.data_bytes));
    }
    if allowances.voice_seconds != Some(0) {
        included.push(Included::VoiceSeconds(allowances.voice_seconds));
    }
    if allowances.sms_messages != Some(0) {
        included.push(Included::Messages(allowances.sms_messages));
    }
    included.extend(coverage.map(|coverage| Included::Coverage(coverage.name.clone())));
    included
}

pub(super) fn line_of(name: &str, amount: Money, term: Term) -> Line {
    let cadence = match term {
        Term::Recurring(span) => Cadence::Every(span),
        Term::Fixed(span) => Cadence::OnceFor(span),
        Term::Lifetime => Cadence::ForLife,
    };
    Line { label: LineLabel::Named(name.to_owned()), amount, cadence: Some(cadence) }
}

fn discount_line(order: &Order) -> Option<Line> {
    let voucher = order.voucher.as_ref()?;
    let saved = Money::new(-voucher.discount.amount_minor, voucher.discount.currency);
    Some(Line { label: LineLabel::Voucher(voucher.code.clone()), amount: saved, cadence: None })
}

/// The days that matter to a buyer.
#[derive(Clone, Copy)]
struct Dates {
    /// When the next payment is due, or the term is over.
    next: Option<Date>,
    /// The last day of a fixed term that begins now.
    until: Option<Date>,
    /// Until when the customer is bound, if that is longer than one period.
    bound_until: Option<Date>,
}

fn billing_of(price: &Price, renewals: Renewals, dates: Dates) -> Billing {
    let Dates { next, until, bound_until } = dates;
    let next_amount = renewals.next;
    match (price.term, next) {
        _ if price.amount.is_zero() && next_amount.is_zero() => Billing::Free,
        (Term::Recurring(every), Some(next_on)) => {
            let afterwards = renewals.afterwards.map(|(amount, at)| (amount, date_of(at)));
            Billing::Recurring { every, next_amount, next_on, afterwards, bound_until }
        }
        (Term::Fixed(lasts) | Term::Recurring(lasts), _) => Billing::FixedTerm { lasts, until },
        (Term::Lifetime, _) => Billing::Lifetime,
    }
}
