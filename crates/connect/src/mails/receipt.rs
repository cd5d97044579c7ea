//! What was paid.

use jiff::civil::Date;
use perennial_domain::Money;

use super::{Letter, Letterhead, Mail};
use crate::i18n::Translator;
use crate::pages::manage::samples;
use crate::pages::manage::{NextPayment, SavedCard};
use crate::pages::summary::{Line, LineLabel};

/// Confirms a payment, line by line.
#[derive(Debug, Clone)]
pub struct ReceiptMail {
    /// What was paid for; the amounts add up to `total`.
    pub lines: Vec<Line>,
    /// What was paid.
    pub total: Money,
    /// When.
    pub paid_on: Date,
    /// With which card, if it was one.
    pub card: Option<SavedCard>,
    /// What is charged next, if anything.
    pub next: Option<NextPayment>,
    /// What to name when asking about this payment.
    pub reference: String,
}

impl Mail for ReceiptMail {
    const NAME: &'static str = "receipt";

    fn samples() -> Vec<Self> {
        let line = |label, cents| Line { label, amount: samples::euros(cents), cadence: None };
        let named = |name: &str| LineLabel::Named(name.to_owned());
        let renewal = Self {
            lines: vec![line(named("Heron 12"), 1450)],
            total: samples::euros(1450),
            paid_on: samples::TODAY,
            card: Some(samples::card()),
            next: Some(samples::next(1450)),
            reference: "PAY-7K2M-94QD".to_owned(),
        };
        let voucher = LineLabel::Voucher("SPRING<3".to_owned());
        let once = Self {
            lines: vec![line(named(samples::LONG_NAME), 49_900), line(voucher, -900)],
            total: samples::euros(49_000),
            card: None,
            next: None,
            ..renewal.clone()
        };
        vec![renewal, once]
    }

    fn letter(&self, t: &Translator<'_>, head: &Letterhead) -> Letter {
        let (total, date) = (t.money(&self.total), t.full_date(&self.paid_on));
        let subject = [("merchant", head.merchant.name.as_str().into()), ("amount", total.as_str().into())];
        let paid = [("amount", total.as_str().into()), ("date", date.into())];
        let lines = self.lines.iter().map(|line| (line.text(t), t.money(&line.amount)));
        let card = self.card.iter().map(|card| t.one("mail-receipt-card", "card", &card.name(t)));
        let next = self.next.iter().map(|next| t.one("mail-receipt-next", "payment", &next.due(t)));
        let reference = t.one("outcome-reference", "reference", &self.reference);
        Letter {
            subject: t.with("mail-receipt-subject", &subject),
            heading: t.text("mail-receipt-heading"),
            paragraphs: vec![t.with("mail-receipt-text", &paid)],
            facts: lines.collect(),
            total: Some((t.text("mail-receipt-total"), total)),
            closing: card.chain(next).chain([reference]).collect(),
            ..Letter::default()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_lines_of_every_sample_add_up() {
        for receipt in ReceiptMail::samples() {
            let sum: i64 = receipt.lines.iter().map(|line| line.amount.amount_minor).sum();
            assert_eq!(sum, receipt.total.amount_minor, "{}", receipt.reference);
        }
    }
}
