//! A renewal that was not paid, with the way to pay it.

use super::{Letter, Letterhead, Mail};
use crate::i18n::Translator;
use crate::pages::PaymentFailure;
use crate::pages::manage::OpenPayment;
use crate::pages::manage::samples;

/// Says that a renewal was not paid, why, what follows, and leads to where it can be mended.
#[derive(Debug, Clone)]
pub struct RenewalFailedMail {
    /// The plan's name.
    pub plan: String,
    /// What is open.
    pub open: OpenPayment,
    /// Why it failed.
    pub failure: PaymentFailure,
    /// What mends it.
    pub remedy: Remedy,
    /// The address of a connect session that does so.
    pub url: String,
}

/// What mends a failed payment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Remedy {
    /// The customer's bank wants to hear from them.
    ConfirmPayment,
    /// Another card.
    AnotherCard,
}

impl Remedy {
    fn key(self) -> &'static str {
        match self {
            Self::ConfirmPayment => "mail-renewal-failed-confirm",
            Self::AnotherCard => "manage-task-change-card",
        }
    }
}

impl Mail for RenewalFailedMail {
    const NAME: &'static str = "renewal_failed";

    fn samples() -> Vec<Self> {
        let card = Self {
            plan: "Heron <12>".to_owned(),
            open: samples::open_payment(),
            failure: PaymentFailure::InsufficientFunds,
            remedy: Remedy::AnotherCard,
            url: "https://pages.example/s/abc?a=1&b=2".to_owned(),
        };
        let open = OpenPayment { next_try: None, is_usable: false, ..samples::open_payment() };
        let (failure, remedy) = (PaymentFailure::NotAuthenticated, Remedy::ConfirmPayment);
        vec![card.clone(), Self { open, failure, remedy, ..card }]
    }

    fn letter(&self, t: &Translator<'_>, _: &Letterhead) -> Letter {
        let (amount, date) = (t.money(&self.open.amount), t.date(&self.open.failed_on));
        let plan = self.plan.as_str();
        let what = [("amount", amount.into()), ("plan", plan.into()), ("date", date.into())];
        let happened = [t.with("mail-renewal-failed-text", &what), t.text(self.failure.key())];
        let follows = [self.open.usability(t)].into_iter().chain(self.open.retry(t));
        Letter {
            subject: t.one("mail-renewal-failed-subject", "plan", plan),
            heading: t.text("notice-payment-failed-title"),
            paragraphs: happened.into_iter().chain(follows).collect(),
            button: Some((t.text(self.remedy.key()), self.url.clone())),
            closing: vec![t.text("mail-renewal-failed-link")],
            ..Letter::default()
        }
    }
}
