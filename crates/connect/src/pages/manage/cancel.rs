//! Ending a subscription, without tricks: what ends, when, and what is kept.

use jiff::civil::{Date, date};
use perennial_domain::UserReason;

use super::parts::NextPayment;
use super::samples;
use crate::i18n::Translator;
use crate::pages::fields::CANCEL_COMMENT;
use crate::pages::form::{Field, Form};
use crate::pages::page;
use crate::pages::problem::Problem;

/// Says what a cancellation means, asks for a reason that may be left out, and offers both ways with equal dignity.
#[derive(Debug, Clone)]
pub struct CancelPage {
    /// The plan's name.
    pub plan: String,
    /// When it ends.
    pub ending: Ending,
    /// Add-ons that end with it, by name.
    pub addons: Vec<String>,
    /// The phone number that is lost unless it was taken elsewhere before.
    pub phone_number: Option<String>,
    /// Whether the cancellation can be undone until the end.
    pub can_resume: bool,
    /// Fields `reason` (the contract's `userReason`, or absent) and `comment`.
    pub form: Form,
}

/// When a cancelled subscription ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ending {
    /// At the end of what was paid.
    On(Date),
    /// Later than that, because the customer is bound.
    Bound {
        /// The last day.
        until: Date,
        /// What goes on being charged up to it.
        payments: NextPayment,
    },
    /// With the period that has just begun and is still to be paid.
    Begun {
        /// The last day.
        until: Date,
        /// What is charged for it.
        payment: NextPayment,
    },
    /// As soon as it is confirmed.
    AtOnce,
}

impl Ending {
    /// The last day; `None` if that is today.
    pub fn date(self) -> Option<Date> {
        match self {
            Self::On(until) | Self::Bound { until, .. } | Self::Begun { until, .. } => Some(until),
            Self::AtOnce => None,
        }
    }

    /// What is still to be paid, in one sentence.
    pub(crate) fn money(self, t: &Translator<'_>) -> String {
        match self {
            Self::Bound { payments, .. } => {
                let (amount, every) = (t.money(&payments.amount), t.every(&payments.every));
                t.with("manage-cancel-kept-bound", &[("amount", amount.into()), ("every", every.into())])
            }
            Self::Begun { payment, .. } => {
                t.one("manage-cancel-kept-begun", "amount", &t.money(&payment.amount))
            }
            Self::On(_) | Self::AtOnce => t.text("manage-cancel-kept-money"),
        }
    }

    /// The hidden field `ending`: what the customer was shown, so that a stale form is noticed.
    pub fn value(self) -> String {
        self.date().map_or_else(|| "now".to_owned(), |date| date.to_string())
    }
}

impl CancelPage {
    fn heading(&self, t: &Translator<'_>) -> String {
        t.one("manage-cancel-heading", "plan", &self.plan)
    }

    fn why(&self, t: &Translator<'_>) -> String {
        match &self.ending {
            Ending::On(date) => t.one("manage-cancel-why-on", "date", &t.date(date)),
            Ending::Bound { until, .. } => t.one("manage-cancel-why-bound", "date", &t.date(until)),
            Ending::Begun { until, .. } => t.one("manage-cancel-why-begun", "date", &t.date(until)),
            Ending::AtOnce => t.text("manage-cancel-why-at-once"),
        }
    }

    fn ends(&self, t: &Translator<'_>) -> Vec<String> {
        let mut ends = vec![t.one("manage-cancel-ends-plan", "plan", &self.plan)];
        ends.extend(self.addons.iter().map(|addon| t.one("manage-cancel-ends-addon", "addon", addon)));
        let number = self.phone_number.as_ref();
        ends.extend(number.map(|number| t.one("manage-cancel-ends-number", "number", number)));
        ends
    }

    fn kept(&self, t: &Translator<'_>) -> Vec<String> {
        let mut kept = Vec::new();
        if let Some(date) = self.ending.date() {
            let date = t.date(&date);
            kept.push(t.one("manage-cancel-kept-use", "date", &date));
            if self.can_resume {
                kept.push(t.one("manage-cancel-kept-resume", "date", &date));
            }
        }
        kept.push(self.ending.money(t));
        kept.push(t.text("manage-cancel-kept-account"));
        kept
    }

    fn confirm(&self, t: &Translator<'_>) -> String {
        match self.ending.date() {
            Some(date) => t.one("manage-cancel-confirm-on", "date", &t.date(&date)),
            None => t.text("manage-cancel-confirm-at-once"),
        }
    }

    /// Value, label, and whether it is chosen. "Other" stands last, with the field that explains it.
    fn reasons(&self, t: &Translator<'_>) -> Vec<(&'static str, String, bool)> {
        const ORDER: [UserReason; 6] = [
            UserReason::TooExpensive,
            UserReason::Unused,
            UserReason::ConnectivityIssues,
            UserReason::CustomerService,
            UserReason::NoDetails,
            UserReason::Other,
        ];
        let chosen = self.form.value("reason");
        let reason =
            |reason: UserReason| (reason.as_str(), t.text(reason_key(reason)), reason.as_str() == chosen);
        ORDER.map(reason).to_vec()
    }

    fn comment(&self) -> Field<'_> {
        self.form.field(&CANCEL_COMMENT)
    }
}

fn reason_key(reason: UserReason) -> &'static str {
    match reason {
        UserReason::ConnectivityIssues => "manage-cancel-reason-connectivity-issues",
        UserReason::CustomerService => "manage-cancel-reason-customer-service",
        UserReason::NoDetails => "manage-cancel-reason-no-details",
        UserReason::Other => "manage-cancel-reason-other",
        UserReason::TooExpensive => "manage-cancel-reason-too-expensive",
        UserReason::Unused => "manage-cancel-reason-unused",
    }
}

page!(CancelPage, "pages/manage/cancel.html", {
    let page = Self {
        plan: "Heron 12".to_owned(),
        ending: Ending::On(samples::TERM_END),
        addons: vec!["Travel in the Alps".to_owned()],
        phone_number: Some("+49 1579 0000123".to_owned()),
        can_resume: true,
        form: Form::default(),
    };
    let long = Form::default()
        .with_value("reason", "other")
        .with_value("comment", "I have <two> phones & need one.")
        .with_problem(Problem::CancelCommentTooLong);
    let unknown = Form::default().with_problem(Problem::CancelReasonUnknown);
    vec![
        page.clone(),
        Self { form: long, ..page.clone() },
        Self {
            plan: samples::LONG_NAME.to_owned(),
            ending: Ending::AtOnce,
            addons: Vec::new(),
            phone_number: None,
            ..page.clone()
        },
        Self { form: unknown, can_resume: false, ..page.clone() },
        Self {
            ending: Ending::Bound { until: date(2027, 9, 5), payments: samples::next(1450) },
            ..page.clone()
        },
        Self { ending: Ending::Begun { until: date(2027, 9, 5), payment: samples::next(1450) }, ..page },
    ]
});
