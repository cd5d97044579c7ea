//! A cancellation, confirmed.

use jiff::civil::{Date, date};

use super::{Letter, Letterhead, Mail};
use crate::i18n::Translator;
use crate::pages::manage::Ending;
use crate::pages::manage::samples;

/// Confirms a cancellation: what ends, when, and what can still be done.
#[derive(Debug, Clone)]
pub struct CancellationMail {
    /// The plan's name.
    pub plan: String,
    /// When it ends.
    pub ending: Ending,
    /// The address at which the customer can take it back, if they can.
    pub resume_url: Option<String>,
}

impl Mail for CancellationMail {
    const NAME: &'static str = "cancellation";

    fn samples() -> Vec<Self> {
        let bound = Ending::Bound { until: date(2027, 9, 5), payments: samples::next(1450) };
        vec![
            Self {
                plan: "Heron <12>".to_owned(),
                ending: Ending::On(samples::TERM_END),
                resume_url: Some("https://shop.example/plans?a=1&b=2".to_owned()),
            },
            Self { plan: "Heron 12".to_owned(), ending: bound, resume_url: None },
            Self { plan: samples::LONG_NAME.to_owned(), ending: Ending::AtOnce, resume_url: None },
        ]
    }

    fn letter(&self, t: &Translator<'_>, head: &Letterhead) -> Letter {
        let canceled = t.one("manage-done-canceled-title", "plan", &self.plan);
        let until = |until: &Date| t.one("manage-cancel-kept-use", "date", &t.date(until));
        let paragraphs = match self.ending.date() {
            Some(date) => vec![until(&date), self.ending.money(t)],
            None => vec![t.text("manage-done-canceled-at-once-text")],
        };
        let resume = self.resume_url.clone().map(|url| (t.text("manage-task-resume"), url));
        Letter {
            subject: canceled.clone(),
            heading: canceled,
            paragraphs,
            button: resume,
            closing: vec![t.one("mail-cancellation-not-you", "merchant", &head.merchant.name)],
            ..Letter::default()
        }
    }
}
