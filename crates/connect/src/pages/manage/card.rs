//! The card that pays.

use perennial_domain::Money;

use super::parts::SavedCard;
use super::samples;
use crate::i18n::Translator;
use crate::pages::page;

/// Shows the card that pays and leads to Stripe for another one.
#[derive(Debug, Clone)]
pub struct CardPage {
    /// The card; `None` if there is none yet.
    pub card: Option<SavedCard>,
    /// What it pays for: names of plans.
    pub pays_for: Vec<String>,
    /// A payment that failed and is charged to the new card at once.
    pub open: Option<Money>,
    /// Why the customer is here again.
    pub notice: Option<CardNotice>,
    /// Whether there is a page to go back to.
    pub has_back: bool,
}

/// Why the customer is here again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CardNotice {
    /// They came back from Stripe without a card.
    NotFinished,
    /// Their bank refused the card.
    Refused,
    /// Stripe could not be reached.
    Unavailable,
    /// What they came for is paid, and more is open.
    Open,
}

impl CardPage {
    fn heading_key(&self) -> &'static str {
        if self.card.is_some() { "manage-card-heading" } else { "manage-card-heading-none" }
    }

    fn why(&self, t: &Translator<'_>) -> String {
        match self.pays_for.as_slice() {
            [] => t.text("manage-card-why-nothing"),
            plans => t.one("manage-card-why", "plans", &plans.join(", ")),
        }
    }

    fn open_text(&self, t: &Translator<'_>) -> Option<String> {
        self.open.map(|open| t.one("manage-card-open", "amount", &t.money(&open)))
    }

    fn button_key(&self) -> &'static str {
        if self.card.is_some() { "manage-card-use-another" } else { "manage-card-add" }
    }
}

impl CardNotice {
    fn title_key(self) -> &'static str {
        match self {
            Self::NotFinished => "manage-card-notice-not-finished-title",
            Self::Refused => "review-notice-card-declined-title",
            Self::Unavailable => "review-notice-payment-unavailable-title",
            Self::Open => "manage-card-notice-open-title",
        }
    }

    fn text_key(self) -> &'static str {
        match self {
            Self::NotFinished => "manage-card-notice-not-finished-text",
            Self::Refused => "manage-card-notice-refused-text",
            Self::Unavailable => "manage-card-notice-unavailable-text",
            Self::Open => "manage-card-notice-open-text",
        }
    }
}

page!(CardPage, "pages/manage/card.html", {
    let page = Self {
        card: Some(samples::card()),
        pays_for: vec!["Heron 12".to_owned(), "Tablet <2>".to_owned()],
        open: None,
        notice: None,
        has_back: true,
    };
    let expired = Some(samples::expired_card());
    vec![
        page.clone(),
        Self { card: expired, open: Some(samples::euros(1450)), ..page.clone() },
        Self { card: None, pays_for: Vec::new(), has_back: false, ..page.clone() },
        Self { notice: Some(CardNotice::NotFinished), ..page.clone() },
        Self { notice: Some(CardNotice::Refused), ..page.clone() },
        Self { notice: Some(CardNotice::Open), open: Some(samples::euros(1450)), ..page.clone() },
        Self { notice: Some(CardNotice::Unavailable), ..page },
    ]
});
