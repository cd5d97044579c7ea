//! What a change of plan costs and brings, from the core's rows into what pages show.

use std::mem::discriminant;

use perennial_core::ports::{InvoicePreview, PreviewLine};
use perennial_core::subscriptions::{CurrentPlan, PlanCost};
use perennial_domain::{Money, Product, Term};

use super::summary::included_in;
use crate::from_core::date_of;
use crate::pages::manage::{Cost, Difference, NextPayment, Proration, ProrationLabel};
use crate::pages::summary::Included;

/// What it costs, and when.
pub(super) fn cost_of(current: &CurrentPlan, cost: &PlanCost) -> Cost {
    let price = &cost.choice.price;
    let next = match (price.term, cost.next_at) {
        (Term::Recurring(every), Some(on)) => {
            Some(NextPayment { amount: price.amount, every, on: date_of(on) })
        }
        _ => None,
    };
    Cost {
        starts_on: cost.choice.starts_at.map(date_of),
        lines: cost.preview.as_ref().map(|preview| lines_of(current, cost, preview)).unwrap_or_default(),
        due_today: cost.due,
        next,
        next_due: cost.next_due,
    }
}

/// Stripe's lines in a customer's words. They add up to what is due.
fn lines_of(current: &CurrentPlan, cost: &PlanCost, preview: &InvoicePreview) -> Vec<Proration> {
    let label = |line: &PreviewLine| {
        let until = date_of(line.until);
        match (line.is_proration, line.amount.amount_minor < 0) {
            (true, true) => ProrationLabel::Unused { plan: current.product.name.clone(), until },
            (true, false) => ProrationLabel::Rest { plan: cost.choice.product.name.clone(), until },
            (false, _) => ProrationLabel::First(cost.choice.product.name.clone()),
        }
    };
    let lines = preview.lines.iter().map(|line| Proration { label: label(line), amount: line.amount });
    lines.chain(besides_lines(preview)).collect()
}

/// What a preview adds to its lines, or takes off.
pub(super) fn besides_lines(preview: &InvoicePreview) -> impl Iterator<Item = Proration> {
    let currency = preview.due.currency;
    let others = [
        (ProrationLabel::Discount, preview.discount_minor),
        (ProrationLabel::Tax, preview.tax_minor),
        (ProrationLabel::Balance, preview.balance_minor),
    ];
    let others = others.into_iter().filter(|(_, amount_minor)| *amount_minor != 0);
    others.map(move |(label, amount)| Proration { label, amount: Money::new(amount, currency) })
}

/// What is different between two plans; what both have alike is left out.
pub(super) fn differences(before: &Product, after: &Product) -> Vec<Difference> {
    let mut gained = included_in(after);
    let mut differences = Vec::new();
    for from in included_in(before) {
        let same_part = |to: &Included| match (&from, to) {
            (Included::Other(from), Included::Other(to)) => from == to,
            _ => discriminant(&from) == discriminant(to),
        };
        match gained.iter().position(same_part) {
            Some(position) => {
                let to = gained.remove(position);
                if from != to {
                    differences.push(Difference::Changed { from, to });
                }
            }
            None => differences.push(Difference::Lost(from)),
        }
    }
    differences.extend(gained.into_iter().map(Difference::Gained));
    differences
}
