//! Letting a cancelled subscription go on.

use jiff::civil::Date;

use super::parts::{NextPayment, SavedCard};
use super::samples;
use crate::i18n::Translator;
use crate::pages::page;

/// Says what going on costs and from when, and asks for a yes.
#[derive(Debug, Clone)]
pub struct ResumePage {
    /// The plan's name.
    pub plan: String,
    /// When it would end otherwise.
    pub ends_on: Date,
    /// What is charged from then; `None` if it is free.
    pub next: Option<NextPayment>,
    /// What pays for it.
    pub card: Option<SavedCard>,
}

impl ResumePage {
    fn heading(&self, t: &Translator<'_>) -> String {
        t.one("manage-resume-heading", "plan", &self.plan)
    }

    fn why(&self, t: &Translator<'_>) -> String {
        t.one("manage-resume-why", "date", &t.date(&self.ends_on))
    }

    fn charge(&self, t: &Translator<'_>) -> String {
        let Some(next) = &self.next else { return t.text("manage-cost-free") };
        t.with(
            "manage-resume-charge",
            &[
                ("amount", t.money(&next.amount).into()),
                ("every", t.every(&next.every).into()),
                ("date", t.date(&next.on).into()),
            ],
        )
    }
}

page!(ResumePage, "pages/manage/resume.html", {
    let page = |next, card| Self { plan: "Heron 12".to_owned(), ends_on: samples::TERM_END, next, card };
    vec![page(Some(samples::next(1450)), Some(samples::card())), page(None, None)]
});
