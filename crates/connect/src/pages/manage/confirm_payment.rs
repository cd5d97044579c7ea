//! A payment that waits for the customer's bank.

use perennial_domain::Money;

use super::parts::{PaymentNotice, SavedCard};
use super::samples;
use crate::i18n::Translator;
use crate::pages::notice::PaymentFailure;
use crate::pages::page;

/// Says what the bank wants to be confirmed, and leads there.
#[derive(Debug, Clone)]
pub struct ConfirmPaymentPage {
    /// What is paid for: the name of a plan or of an add-on.
    pub what: String,
    /// How much is paid.
    pub amount: Money,
    /// What pays for it.
    pub card: Option<SavedCard>,
    /// Why the customer is here again.
    pub notice: Option<PaymentNotice>,
}

impl ConfirmPaymentPage {
    fn why(&self, t: &Translator<'_>) -> String {
        let amount = t.money(&self.amount);
        t.with("manage-confirm-why", &[("what", self.what.as_str().into()), ("amount", amount.into())])
    }
}

page!(ConfirmPaymentPage, "pages/manage/confirm_payment.html", {
    let page = |notice| Self {
        what: "Heron 12".to_owned(),
        amount: samples::euros(1450),
        card: Some(samples::card()),
        notice,
    };
    vec![
        page(None),
        page(Some(PaymentNotice::Failed(PaymentFailure::NotAuthenticated))),
        Self { card: None, ..page(Some(PaymentNotice::NotFinished)) },
    ]
});
