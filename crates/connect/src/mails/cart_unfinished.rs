//! A cart of which a part was bought, and the rest was not.

use super::{Letter, Letterhead, Mail};
use crate::i18n::Translator;
use crate::pages::manage::samples;

/// Says what was bought and what was not, and leads to where the rest can be bought.
#[derive(Debug, Clone)]
pub struct CartUnfinishedMail {
    /// The names of what was bought.
    pub bought: Vec<String>,
    /// The names of what was not.
    pub missing: Vec<String>,
    /// The address of the form with what is left.
    pub url: String,
}

impl Mail for CartUnfinishedMail {
    const NAME: &'static str = "cart_unfinished";

    fn samples() -> Vec<Self> {
        let one = Self {
            bought: vec!["Crew <12>".to_owned()],
            missing: vec!["Five seats".to_owned()],
            url: "https://pages.example/checkout/forms/p/f?a=1&b=2".to_owned(),
        };
        let many = vec!["Five seats".to_owned(), samples::LONG_NAME.to_owned()];
        vec![one.clone(), Self { missing: many, ..one }]
    }

    fn letter(&self, t: &Translator<'_>, _: &Letterhead) -> Letter {
        let heading = t.text("mail-cart-unfinished-heading");
        let missing = [("items", self.missing.join(", ").into()), ("count", self.missing.len().into())];
        Letter {
            subject: heading.clone(),
            heading,
            paragraphs: vec![
                t.one("business-done-bought-text", "items", &self.bought.join(", ")),
                t.with("mail-cart-unfinished-missing", &missing),
            ],
            button: Some((t.text("mail-cart-unfinished-buy"), self.url.clone())),
            closing: vec![t.text("mail-renewal-failed-link")],
            ..Letter::default()
        }
    }
}
