//! What the left side of the payment page says: what is bought, what is due now, and what follows.

use super::money::format_amount;
use crate::checkout::{CheckoutLine, CheckoutMode, CheckoutView, Interval};

/// A Checkout Session in words.
pub(super) struct Summary {
    pub(super) heading: String,
    pub(super) form_heading: &'static str,
    /// What is charged now; nothing when a card is only saved.
    pub(super) due: Option<String>,
    pub(super) due_label: &'static str,
    /// What is charged later.
    pub(super) follows: Option<String>,
    pub(super) lines: Vec<Line>,
    pub(super) totals: Vec<Total>,
    pub(super) button: String,
    /// What the customer agrees to by pressing the button.
    pub(super) terms: Option<String>,
}

/// One thing bought.
pub(super) struct Line {
    pub(super) name: String,
    pub(super) note: Option<String>,
    pub(super) amount: String,
}

/// A row of the sum.
pub(super) struct Total {
    pub(super) label: String,
    pub(super) amount: String,
    pub(super) strong: bool,
}

impl Summary {
    /// Words a session.
    pub(super) fn of(view: &CheckoutView) -> Self {
        let due = format_amount(view.total, &view.currency);
        let summary = Self {
            heading: order_name(view),
            form_heading: "Pay by card",
            due: Some(due.clone()),
            due_label: "due today",
            follows: follows(view),
            lines: view.lines.iter().map(|line| Line::of(line, &view.currency)).collect(),
            totals: totals(view),
            button: format!("Pay {due}"),
            terms: None,
        };
        match view.mode {
            CheckoutMode::Payment => summary,
            CheckoutMode::Subscription => Self {
                heading: format!("Subscribe to {}", summary.heading),
                button: subscribe_button(view, &due),
                terms: Some(format!(
                    "By subscribing you allow {} to charge this card until you cancel.",
                    view.merchant_name
                )),
                ..summary
            },
            CheckoutMode::Setup => Self {
                heading: format!("Save a card with {}", view.merchant_name),
                form_heading: "Your card",
                due: None,
                follows: Some("Nothing is charged now.".to_owned()),
                lines: Vec::new(),
                button: "Save card".to_owned(),
                terms: Some(format!(
                    "By saving it you allow {} to charge this card later.",
                    view.merchant_name
                )),
                ..summary
            },
        }
    }
}

impl Line {
    fn of(line: &CheckoutLine, currency: &str) -> Self {
        let mut notes = Vec::new();
        if line.quantity != 1 {
            notes.push(format!("{} × {}", line.quantity, format_amount(line.unit_amount, currency)));
        }
        notes.extend(line.interval.as_ref().map(every));
        notes.extend(line.description.clone());
        let note = (!notes.is_empty()).then(|| notes.join(" · "));
        Self { name: line.name.clone(), note, amount: format_amount(line.amount, currency) }
    }
}

/// How often, such as `every month` or `every 3 months`.
fn every(interval: &Interval) -> String {
    if interval.count == 1 {
        format!("every {}", interval.unit)
    } else {
        format!("every {} {}s", interval.count, interval.unit)
    }
}

fn order_name(view: &CheckoutView) -> String {
    match &view.lines[..] {
        [line] => line.name.clone(),
        lines => match lines.iter().find(|line| line.interval.is_some()) {
            Some(line) => format!("{} and {} more", line.name, lines.len() - 1),
            None => format!("Your order with {}", view.merchant_name),
        },
    }
}

fn subscribe_button(view: &CheckoutView, due: &str) -> String {
    if view.total > 0 { format!("Subscribe for {due}") } else { "Subscribe".to_owned() }
}

/// What repeats and when it begins, such as `14 days free, then €14.50 every month.`
fn follows(view: &CheckoutView) -> Option<String> {
    let repeating: Vec<&CheckoutLine> = view.lines.iter().filter(|line| line.interval.is_some()).collect();
    let interval = repeating.first()?.interval.as_ref()?;
    let amount = repeating.iter().map(|line| line.amount).sum();
    let then = format!("{} {}", format_amount(amount, &view.currency), every(interval));
    Some(match (view.trial_days, &view.discount) {
        (Some(1), _) => format!("One day free, then {then}."),
        (Some(days), _) => format!("{days} days free, then {then}."),
        (None, Some(_)) => format!("Then {then}, less the discount for as long as it lasts."),
        (None, None) => format!("Then {then}."),
    })
}

fn totals(view: &CheckoutView) -> Vec<Total> {
    let amount = |minor| format_amount(minor, &view.currency);
    let mut totals = Vec::new();
    if view.subtotal != view.total {
        totals.push(Total { label: "Subtotal".to_owned(), amount: amount(view.subtotal), strong: false });
    }
    if let Some(discount) = &view.discount {
        let label = match &discount.percent_off {
            Some(percent) => format!("{} ({percent}% off)", discount.label),
            None => discount.label.clone(),
        };
        totals.push(Total { label, amount: amount(-discount.amount_off), strong: false });
    }
    if let Some(days) = view.trial_days {
        let free = view.subtotal - view.discount_total - view.total;
        let label = if days == 1 { "One day free".to_owned() } else { format!("{days} days free") };
        totals.push(Total { label, amount: amount(-free), strong: false });
    }
    totals.push(Total { label: "Total due today".to_owned(), amount: amount(view.total), strong: true });
    totals
}
