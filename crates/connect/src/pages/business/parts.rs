//! What the forms have in common.

use crate::i18n::Translator;
use crate::pages::manage::SavedCard;

/// What the address of a form said, posted back with the answer: names and values of hidden fields.
pub type Asked = Vec<(&'static str, String)>;

/// What pays for what is agreed to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Pays {
    /// A card that is on file.
    Card(SavedCard),
    /// Whatever Stripe has on file for what is changed.
    AsBefore,
    /// A card that is entered at Stripe, on the next page.
    AtStripe,
    /// Nothing on this page: it is free, or billed elsewhere.
    NotHere,
}

impl Pays {
    /// The card that pays, with a second line about it.
    pub(crate) fn lines(&self, t: &Translator<'_>) -> Option<(String, Option<String>)> {
        match self {
            Self::Card(card) => Some((card.name(t), Some(card.expiry(t)))),
            Self::AsBefore => Some((t.text("business-pays-as-before"), None)),
            Self::AtStripe => Some((t.text("manage-pays-at-stripe"), None)),
            Self::NotHere => None,
        }
    }
}
