//! The code that logs a customer in.

use super::{Letter, Letterhead, Mail};
use crate::i18n::Translator;

/// Sends the code that was asked for.
#[derive(Debug, Clone)]
pub struct LoginCodeMail {
    /// Its six digits.
    pub code: String,
    /// How long it works, in minutes.
    pub valid_minutes: u32,
}

impl LoginCodeMail {
    /// Two groups of three are read and typed with fewer mistakes.
    fn spaced(&self) -> String {
        match self.code.split_at_checked(3) {
            Some((first, second)) if !second.is_empty() => format!("{first} {second}"),
            _ => self.code.clone(),
        }
    }
}

impl Mail for LoginCodeMail {
    const NAME: &'static str = "login_code";

    fn samples() -> Vec<Self> {
        vec![Self { code: "048291".to_owned(), valid_minutes: 10 }]
    }

    fn letter(&self, t: &Translator<'_>, head: &Letterhead) -> Letter {
        let code = self.spaced();
        let merchant = head.merchant.name.as_str();
        Letter {
            subject: t
                .with("mail-login-subject", &[("code", code.as_str().into()), ("merchant", merchant.into())]),
            heading: t.text("mail-login-heading"),
            paragraphs: vec![t.text("mail-login-text")],
            code: Some(code),
            closing: vec![
                t.with("mail-login-valid", &[("count", self.valid_minutes.into())]),
                t.text("mail-login-not-you"),
            ],
            ..Letter::default()
        }
    }
}
