//! The last look before paying.

use jiff::civil::Date;
use perennial_domain::Money;

use super::samples;
use crate::i18n::Translator;
use crate::pages::fields::VOUCHER;
use crate::pages::form::{Field, Form};
use crate::pages::problem::Problem;
use crate::pages::summary::Summary;
use crate::pages::{address, page};

/// Shows what was chosen and what it costs, takes a voucher, and leads to payment.
#[derive(Debug, Clone)]
pub struct ReviewPage {
    /// What is being bought.
    pub summary: Summary,
    /// What the customer decided on the way here, each with the way to change it.
    pub choices: Vec<Choice>,
    /// The voucher, if this order takes any.
    pub voucher: Option<Voucher>,
    /// What went differently since the customer last looked.
    pub notice: Option<ReviewNotice>,
    /// Whether there is a step to go back to.
    pub has_back: bool,
}

/// One earlier decision.
#[derive(Debug, Clone)]
pub struct Choice {
    /// What was decided.
    pub chosen: Chosen,
    /// The path of the step that decides it, if it may still be changed.
    pub change_path: Option<String>,
}

/// What was decided in an earlier step, or was known before.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Chosen {
    /// The customer's full name.
    Name(String),
    /// The customer's birthday.
    Birthday(Date),
    /// The customer's address, one line each.
    Address {
        /// Street and town, line by line.
        lines: Vec<String>,
        /// The country's code.
        country: String,
    },
    /// The device, by its IMEI.
    Device(String),
    /// An eSIM made for this purchase.
    NewEsim,
    /// A SIM card of the customer's, by its ICCID.
    OwnSim(String),
    /// A new phone number.
    NewNumber,
    /// The number to bring along.
    KeepNumber(String),
}

/// The state of the voucher field.
#[derive(Debug, Clone)]
pub enum Voucher {
    /// None applied; holds what was typed, and why it does not count.
    Open(Form),
    /// One applied.
    Applied {
        /// Its code.
        code: String,
        /// What it saves today.
        saves: Money,
    },
}

/// Why the customer is here again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ReviewNotice {
    /// The price is not what it was when they last looked.
    PriceChanged {
        /// What was due before.
        before: Money,
    },
    /// They came back from Stripe without paying.
    PaymentCanceled,
    /// Their card was declined.
    CardDeclined,
    /// The bank did not confirm that it was them.
    NotAuthenticated,
    /// Stripe could not be reached.
    PaymentUnavailable,
}

impl ReviewPage {
    fn notice_title(&self, t: &Translator<'_>) -> Option<String> {
        self.notice.map(|notice| t.text(notice.title_key()))
    }

    fn notice_text(&self, t: &Translator<'_>) -> Option<String> {
        self.notice.map(|notice| match notice {
            ReviewNotice::PriceChanged { before } => {
                let (before, now) = (t.money(&before), t.money(&self.summary.due_today));
                t.with("review-notice-price-changed-text", &[("before", before.into()), ("now", now.into())])
            }
            ReviewNotice::PaymentCanceled => t.text("review-notice-payment-canceled-text"),
            ReviewNotice::CardDeclined => t.text("review-notice-card-declined-text"),
            ReviewNotice::NotAuthenticated => t.text("review-notice-not-authenticated-text"),
            ReviewNotice::PaymentUnavailable => t.text("review-notice-payment-unavailable-text"),
        })
    }

    fn heading_key(&self) -> &'static str {
        if self.summary.is_free() { "review-heading-free" } else { "review-heading" }
    }

    fn why_key(&self) -> &'static str {
        if self.summary.is_free() { "review-why-free" } else { "review-why" }
    }

    /// What the one primary button says: exactly what happens.
    fn pay_label(&self, t: &Translator<'_>) -> String {
        if self.summary.is_free() {
            t.text("review-pay-free")
        } else if self.summary.due_today.is_zero() {
            t.text("review-pay-nothing-today")
        } else {
            t.one("review-pay", "amount", &t.money(&self.summary.due_today))
        }
    }

    fn voucher_field(&self) -> Option<Field<'_>> {
        match &self.voucher {
            Some(Voucher::Open(form)) => Some(form.field(&VOUCHER)),
            _ => None,
        }
    }

    fn voucher_applied(&self, t: &Translator<'_>) -> Option<String> {
        match &self.voucher {
            Some(Voucher::Applied { code, saves }) => {
                let saves = t.money(saves);
                Some(t.with(
                    "review-voucher-applied",
                    &[("code", code.as_str().into()), ("amount", saves.into())],
                ))
            }
            _ => None,
        }
    }
}

impl ReviewNotice {
    fn title_key(self) -> &'static str {
        match self {
            Self::PriceChanged { .. } => "review-notice-price-changed-title",
            Self::PaymentCanceled => "review-notice-payment-canceled-title",
            Self::CardDeclined => "review-notice-card-declined-title",
            Self::NotAuthenticated => "review-notice-not-authenticated-title",
            Self::PaymentUnavailable => "review-notice-payment-unavailable-title",
        }
    }
}

impl Chosen {
    pub(crate) fn label_key(&self) -> &'static str {
        match self {
            Self::Name(_) => "review-chosen-name",
            Self::Birthday(_) => "review-chosen-birthday",
            Self::Address { .. } => "review-chosen-address",
            Self::Device(_) => "review-chosen-device",
            Self::NewEsim | Self::OwnSim(_) => "review-chosen-sim",
            Self::NewNumber | Self::KeepNumber(_) => "review-chosen-number",
        }
    }

    pub(crate) fn lines(&self, t: &Translator<'_>) -> Vec<String> {
        match self {
            Self::Name(name) => vec![name.clone()],
            Self::Birthday(date) => vec![t.full_date(date)],
            Self::Address { lines, country } => {
                lines.iter().cloned().chain([address::country_name(t, country)]).collect()
            }
            Self::Device(imei) => vec![imei.clone()],
            Self::NewEsim => vec![t.text("review-chosen-new-esim")],
            Self::OwnSim(iccid) => vec![t.text("review-chosen-own-sim"), iccid.clone()],
            Self::NewNumber => vec![t.text("review-chosen-new-number")],
            Self::KeepNumber(number) => vec![t.one("review-chosen-keep-number", "number", number)],
        }
    }
}

page!(ReviewPage, "pages/checkout/review.html", {
    let page = |summary: Summary| Self {
        choices: samples::choices(),
        voucher: Some(Voucher::Open(Form::default())),
        notice: None,
        has_back: true,
        summary,
    };
    let voucher = |problem| {
        Some(Voucher::Open(Form::default().with_value("voucher", "SPRING<3").with_problem(problem)))
    };
    let applied = Voucher::Applied { code: "WELCOME3".to_owned(), saves: samples::euros(300) };
    let price_changed = ReviewNotice::PriceChanged { before: samples::euros(1250) };
    vec![
        page(samples::monthly()),
        Self { voucher: Some(applied), ..page(samples::with_add_ons_and_voucher()) },
        Self { voucher: voucher(Problem::VoucherUnknown), ..page(samples::monthly()) },
        Self { voucher: voucher(Problem::VoucherExpired), ..page(samples::quarterly_in_dollars()) },
        Self { notice: Some(price_changed), ..page(samples::monthly()) },
        Self { notice: Some(ReviewNotice::CardDeclined), ..page(samples::monthly()) },
        Self { notice: Some(ReviewNotice::PaymentCanceled), ..page(samples::monthly()) },
        Self { notice: Some(ReviewNotice::NotAuthenticated), ..page(samples::monthly()) },
        Self { notice: Some(ReviewNotice::PaymentUnavailable), ..page(samples::monthly()) },
        Self { voucher: None, choices: Vec::new(), has_back: false, ..page(samples::free()) },
        page(samples::thirty_days_in_yen()),
        page(samples::from_first_use()),
        Self { choices: Vec::new(), ..page(samples::lifetime_with_a_long_name()) },
        page(samples::nothing_today()),
        Self { choices: samples::right_to_left_choices(), ..page(samples::right_to_left()) },
    ]
});
