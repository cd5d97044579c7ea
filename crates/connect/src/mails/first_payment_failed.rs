//! A plan that did not begin, because its first period was not paid, with the way to choose it again.

use jiff::civil::{Date, date};
use perennial_domain::Money;

use super::{Letter, Letterhead, Mail};
use crate::i18n::Translator;
use crate::pages::PaymentFailure;
use crate::pages::manage::samples;

/// Says that a plan has not begun, why, what is had instead, and leads to where it can be chosen again.
#[derive(Debug, Clone)]
pub struct FirstPaymentFailedMail {
    /// The name of the plan that did not begin.
    pub plan: String,
    /// The name of the plan that its reader still has.
    pub kept: String,
    /// What should have been charged.
    pub amount: Money,
    /// When.
    pub failed_on: Date,
    /// Why the card was not charged; `None` where there was none that could have been.
    pub failure: Option<PaymentFailure>,
    /// The address of a connect session that shows the plans.
    pub url: String,
}

impl Mail for FirstPaymentFailedMail {
    const NAME: &'static str = "first_payment_failed";

    fn samples() -> Vec<Self> {
        let declined = Self {
            plan: "Heron <12>".to_owned(),
            kept: "Heron Free".to_owned(),
            amount: samples::open_payment().amount,
            failed_on: date(2027, 3, 5),
            failure: Some(PaymentFailure::NotAuthenticated),
            url: "https://pages.example/s/abc?a=1&b=2".to_owned(),
        };
        vec![declined.clone(), Self { failure: None, ..declined }]
    }

    fn letter(&self, t: &Translator<'_>, _: &Letterhead) -> Letter {
        let (amount, date) = (t.money(&self.amount), t.date(&self.failed_on));
        let plan = self.plan.as_str();
        let what = [("amount", amount.into()), ("plan", plan.into()), ("date", date.into())];
        let why = match self.failure {
            Some(failure) => t.text(failure.key()),
            None => t.text("mail-first-payment-no-card"),
        };
        Letter {
            subject: t.one("mail-first-payment-subject", "plan", plan),
            heading: t.text("notice-payment-failed-title"),
            paragraphs: vec![
                t.with("mail-first-payment-text", &what),
                why,
                t.one("mail-first-payment-kept", "plan", &self.kept),
            ],
            button: Some((t.one("mail-first-payment-again", "plan", plan), self.url.clone())),
            closing: vec![t.text("mail-renewal-failed-link")],
            ..Letter::default()
        }
    }
}
