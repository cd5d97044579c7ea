//! Ending what a business has, without tricks: what ends, when, and what is kept.

use super::parts::Asked;
use super::samples;
use crate::i18n::Translator;
use crate::pages::manage::Ending;
use crate::pages::page;

/// Says what a cancellation means, and offers both ways with equal dignity.
#[derive(Debug, Clone)]
pub struct CancelFormPage {
    /// The hidden fields.
    pub asked: Asked,
    /// What it is called.
    pub plan: String,
    /// When it ends.
    pub ending: Ending,
    /// What was given along with it and ends with it, by name.
    pub bundled: Vec<String>,
}

impl CancelFormPage {
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
        let bundled = self.bundled.iter().map(|name| t.one("business-cancel-ends-too", "item", name));
        std::iter::once(t.one("manage-cancel-ends-plan", "plan", &self.plan)).chain(bundled).collect()
    }

    fn kept(&self, t: &Translator<'_>) -> Vec<String> {
        let use_until =
            self.ending.date().map(|date| t.one("manage-cancel-kept-use", "date", &t.date(&date)));
        use_until.into_iter().chain([self.ending.money(t)]).collect()
    }

    fn confirm(&self, t: &Translator<'_>) -> String {
        match self.ending.date() {
            Some(date) => t.one("manage-cancel-confirm-on", "date", &t.date(&date)),
            None => t.text("manage-cancel-confirm-at-once"),
        }
    }
}

page!(CancelFormPage, "pages/business/cancel_form.html", {
    let page = samples::cancel();
    let at_once = Self {
        plan: samples::LONG_NAME.to_owned(),
        ending: Ending::AtOnce,
        bundled: Vec::new(),
        ..page.clone()
    };
    vec![page, at_once]
});
