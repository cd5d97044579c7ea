//! What the left side of the payment page says: what is bought, what is due now, and what follows.

use super::money::format_amount;
use crate::checkout::{CheckoutLine, CheckoutMode, CheckoutView, DiscountDuration, Interval};

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
    let often = every(repeating.first()?.interval.as_ref()?);
    // During a trial the lines themselves cost nothing.
    let undiscounted = repeating.iter().map(|line| line.unit_amount * line.quantity).sum();
    let then = |amount| format!("{} {often}", format_amount(amount, &view.currency));
    let start = match view.trial_days {
        None => "Then".to_owned(),
        Some(1) => "One day free, then".to_owned(),
        Some(days) => format!("{days} days free, then"),
    };
    // The first payment shows what a lasting discount leaves, unless it pays for more, or for nothing.
    let first_is_typical = repeating.len() == view.lines.len() && view.trial_days.is_none();
    Some(match view.discount.as_ref().map(|discount| discount.duration) {
        None | Some(DiscountDuration::Once) => format!("{start} {}.", then(undiscounted)),
        Some(DiscountDuration::Forever) if first_is_typical => format!("{start} {}.", then(view.total)),
        Some(DiscountDuration::Forever) => format!("{start} {}, less the discount.", then(undiscounted)),
        Some(DiscountDuration::Months(1)) => {
            format!("{start} {}, less the discount for one month.", then(undiscounted))
        }
        Some(DiscountDuration::Months(months)) => {
            format!("{start} {}, less the discount for {months} months.", then(undiscounted))
        }
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
    totals.push(Total { label: "Total due today".to_owned(), amount: amount(view.total), strong: true });
    totals
}

#[cfg(test)]
mod tests {
    use super::Summary;
    use crate::checkout::{
        CheckoutLine, CheckoutMode, CheckoutState, CheckoutView, Discount, DiscountDuration, Interval, UiMode,
    };

    fn monthly() -> CheckoutView {
        let line = CheckoutLine {
            name: "Traveller".to_owned(),
            description: None,
            image: None,
            quantity: 1,
            unit_amount: 1450,
            amount: 1450,
            interval: Some(Interval { unit: "month".to_owned(), count: 1 }),
        };
        CheckoutView {
            session_id: "cs_test_1".to_owned(),
            state: CheckoutState::Open,
            mode: CheckoutMode::Subscription,
            ui_mode: UiMode::Hosted,
            return_url: None,
            client_secret: None,
            takes_cards: true,
            takes_debits: false,
            unpaid: true,
            merchant_name: "Phone Shop".to_owned(),
            lines: vec![line],
            currency: "eur".to_owned(),
            subtotal: 1450,
            discount_total: 0,
            total: 1450,
            discount: None,
            allow_promotion_codes: false,
            trial_days: None,
            card_required: true,
            email: None,
            email_editable: true,
            customer_name: None,
            saved_cards: Vec::new(),
            cancel_url: None,
            success_url: None,
        }
    }

    fn discounted(duration: DiscountDuration) -> CheckoutView {
        let discount = Discount {
            label: "HALF".to_owned(),
            percent_off: Some("50".to_owned()),
            amount_off: 725,
            duration,
        };
        CheckoutView { discount: Some(discount), discount_total: 725, total: 725, ..monthly() }
    }

    fn follows(view: &CheckoutView) -> String {
        Summary::of(view).follows.expect("something follows")
    }

    #[test]
    fn what_follows_counts_the_discount_for_as_long_as_it_lasts() {
        assert_eq!(follows(&discounted(DiscountDuration::Once)), "Then €14.50 every month.");
        assert_eq!(follows(&discounted(DiscountDuration::Forever)), "Then €7.25 every month.");
        let months = follows(&discounted(DiscountDuration::Months(3)));
        assert_eq!(months, "Then €14.50 every month, less the discount for 3 months.");
    }

    #[test]
    fn a_trial_is_named_before_what_it_leads_to() {
        let mut trial = CheckoutView { trial_days: Some(14), subtotal: 0, total: 0, ..monthly() };
        trial.lines[0].amount = 0;
        assert_eq!(follows(&trial), "14 days free, then €14.50 every month.");
        assert_eq!(Summary::of(&trial).button, "Subscribe");
    }

    #[test]
    fn the_rows_of_the_sum_add_up_to_its_total() {
        let totals = Summary::of(&discounted(DiscountDuration::Once)).totals;
        let rows: Vec<(&str, &str)> =
            totals.iter().map(|row| (row.label.as_str(), row.amount.as_str())).collect();
        let expected =
            [("Subtotal", "€14.50"), ("HALF (50% off)", "\u{2212}€7.25"), ("Total due today", "€7.25")];
        assert_eq!(rows, expected);
    }

    #[test]
    fn longer_intervals_and_several_things_are_worded() {
        let mut view = monthly();
        view.lines[0].interval = Some(Interval { unit: "month".to_owned(), count: 3 });
        view.lines[0].quantity = 2;
        view.lines[0].amount = 2900;
        assert_eq!(follows(&view), "Then €29.00 every 3 months.");
        view.lines.push(CheckoutLine {
            interval: None,
            name: "Activation".to_owned(),
            ..view.lines[0].clone()
        });
        let summary = Summary::of(&view);
        assert_eq!(summary.heading, "Subscribe to Traveller and 1 more");
        assert_eq!(summary.lines[0].note.as_deref(), Some("2 × €14.50 · every 3 months"));
    }
}
