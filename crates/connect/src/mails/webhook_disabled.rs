//! A receiver of webhooks that was disabled by itself. It goes to the operator, in the project's first language.

use super::{Letter, Letterhead, Mail};
use crate::i18n::Translator;

/// Tells the operator which receiver hears nothing any more, why, and what to do.
#[derive(Debug, Clone)]
pub struct WebhookDisabledMail {
    /// Its id, which the commands take.
    pub id: String,
    /// Where it listens.
    pub url: String,
    /// Whether it says that it is gone for good; else it has failed for days.
    pub is_gone: bool,
}

impl Mail for WebhookDisabledMail {
    const NAME: &'static str = "webhook_disabled";

    fn samples() -> Vec<Self> {
        let failing = Self {
            id: "whe_0000000000000000000001".to_owned(),
            url: "https://receiver.example/hooks?a=1&b=<2>".to_owned(),
            is_gone: false,
        };
        vec![failing.clone(), Self { is_gone: true, ..failing }]
    }

    fn letter(&self, t: &Translator<'_>, _: &Letterhead) -> Letter {
        let why = if self.is_gone { "mail-webhook-gone" } else { "mail-webhook-failing" };
        let heading = t.text("mail-webhook-heading");
        Letter {
            subject: heading.clone(),
            heading,
            paragraphs: vec![t.one(why, "url", &self.url), t.text("mail-webhook-waits")],
            closing: vec![t.one(
                "mail-webhook-enable",
                "command",
                &format!("perennial webhook enable {}", self.id),
            )],
            ..Letter::default()
        }
    }
}
