//! A cancellation, confirmed.

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
        vec![
            Self {
                plan: "Heron <12>".to_owned(),
                ending: Ending::On(samples::TERM_END),
                resume_url: Some("https://shop.example/plans?a=1&b=2".to_owned()),
            },
            Self { plan: samples::LONG_NAME.to_owned(), ending: Ending::AtOnce, resume_url: None },
        ]
    }

    fn letter(&self, t: &Translator<'_>, head: &Letterhead) -> Letter {
        let canceled = t.one("manage-done-canceled-title", "plan", &self.plan);
        let text = match &self.ending {
            Ending::On(date) => t.one("manage-done-canceled-text", "date", &t.date(date)),
            Ending::AtOnce => t.text("manage-done-canceled-at-once-text"),
        };
        let resume = self.resume_url.clone().map(|url| (t.text("manage-task-resume"), url));
        Letter {
            subject: canceled.clone(),
            heading: canceled,
            paragraphs: vec![text],
            button: resume,
            closing: vec![t.one("mail-cancellation-not-you", "merchant", &head.merchant.name)],
            ..Letter::default()
        }
    }
}
