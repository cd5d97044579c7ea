//! It is done.

use jiff::civil::Date;
use perennial_domain::Money;

use super::parts::{NextPayment, SavedCard};
use super::samples::{self, LONG_NAME};
use crate::i18n::Translator;
use crate::pages::page;

/// Says what was done, in one sentence, then leads back to the merchant.
#[derive(Debug, Clone)]
pub struct ManagedPage {
    /// What was done.
    pub done: Managed,
    /// The address that a mail about it was sent to, and only if it was.
    pub mail_sent_to: Option<String>,
    /// The callback with its outcome; without one, the customer just closes the page.
    pub continue_url: Option<String>,
}

/// What was done.
#[derive(Debug, Clone)]
pub enum Managed {
    /// Cancelled, usable for a while.
    Canceled {
        /// The plan's name.
        plan: String,
        /// Its last day.
        until: Date,
    },
    /// Cancelled, and over.
    CanceledAtOnce {
        /// The plan's name.
        plan: String,
    },
    /// Going on after all.
    Resumed {
        /// The plan's name.
        plan: String,
        /// What is charged next; `None` if it is free.
        next: Option<NextPayment>,
    },
    /// On another plan already.
    Changed {
        /// The new plan's name.
        plan: String,
        /// What was charged; `None` if nothing was.
        paid: Option<Money>,
    },
    /// On another plan later.
    ChangeScheduled {
        /// The new plan's name.
        plan: String,
        /// When it begins.
        on: Date,
    },
    /// The change that was to come will not.
    ChangeUndone {
        /// The name of the plan that stays.
        plan: String,
    },
    /// Add-ons were bought.
    AddonActive {
        /// Their names.
        addons: Vec<String>,
    },
    /// Another card pays from now on.
    CardSaved {
        /// The card.
        card: SavedCard,
        /// What it was charged at once, if a payment had been waiting for it.
        paid: Option<Money>,
    },
    /// A payment was confirmed.
    PaymentConfirmed {
        /// What was paid.
        amount: Money,
    },
    /// Something was bought.
    Bought {
        /// What, by name.
        items: Vec<String>,
    },
    /// Nothing, because the customer left.
    Nothing,
    /// The address is another one.
    AddressSaved,
    /// The name is another one.
    NameSaved,
}

impl Managed {
    fn title(&self, t: &Translator<'_>) -> String {
        match self {
            Self::Canceled { plan, .. } | Self::CanceledAtOnce { plan } => {
                t.one("manage-done-canceled-title", "plan", plan)
            }
            Self::Resumed { plan, .. } => t.one("manage-done-resumed-title", "plan", plan),
            Self::Changed { plan, .. } => t.one("manage-done-changed-title", "plan", plan),
            Self::ChangeScheduled { .. } => t.text("manage-done-scheduled-title"),
            Self::ChangeUndone { plan } => t.one("manage-done-undone-title", "plan", plan),
            Self::AddonActive { addons } => {
                t.with("manage-done-addon-title", &[("count", addons.len().into())])
            }
            Self::CardSaved { .. } => t.text("manage-done-card-title"),
            Self::PaymentConfirmed { .. } => t.text("manage-done-payment-title"),
            Self::Bought { .. } => t.text("business-done-bought-title"),
            Self::Nothing => t.text("business-done-nothing-title"),
            Self::AddressSaved => t.text("manage-done-address-title"),
            Self::NameSaved => t.text("manage-done-name-title"),
        }
    }

    fn sentence(&self, t: &Translator<'_>) -> String {
        match self {
            Self::Canceled { until, .. } => t.one("manage-done-canceled-text", "date", &t.date(until)),
            Self::CanceledAtOnce { .. } => t.text("manage-done-canceled-at-once-text"),
            Self::Resumed { next: Some(next), .. } => {
                let (amount, date) = (t.money(&next.amount), t.date(&next.on));
                t.with("manage-standing-renews", &[("amount", amount.into()), ("date", date.into())])
            }
            Self::Resumed { next: None, .. } => t.text("manage-cost-free"),
            Self::Changed { paid: Some(paid), .. } => {
                t.one("manage-done-changed-paid", "amount", &t.money(paid))
            }
            Self::Changed { paid: None, .. } => t.text("manage-done-changed-unpaid"),
            Self::ChangeScheduled { plan, on } => {
                let date = t.date(on);
                t.with("manage-done-scheduled-text", &[("plan", plan.as_str().into()), ("date", date.into())])
            }
            Self::ChangeUndone { .. } => t.text("manage-done-undone-text"),
            Self::AddonActive { addons } => t.with(
                "manage-done-addon-text",
                &[("count", addons.len().into()), ("addons", addons.join(", ").into())],
            ),
            Self::CardSaved { card, paid: None } => t.one("manage-done-card-text", "card", &card.name(t)),
            Self::CardSaved { card, paid: Some(paid) } => t.with(
                "manage-done-card-paid-text",
                &[("card", card.name(t).into()), ("amount", t.money(paid).into())],
            ),
            Self::PaymentConfirmed { amount } => {
                t.one("manage-done-payment-text", "amount", &t.money(amount))
            }
            Self::Bought { items } => t.one("business-done-bought-text", "items", &items.join(", ")),
            Self::Nothing => t.text("business-done-nothing-text"),
            Self::AddressSaved => t.text("manage-done-address-text"),
            Self::NameSaved => t.text("manage-done-name-text"),
        }
    }
}

page!(ManagedPage, "pages/manage/managed.html", {
    let plan = || "Heron 30".to_owned();
    let card = samples::card;
    let outcomes = [
        Managed::Canceled { plan: plan(), until: samples::TERM_END },
        Managed::CanceledAtOnce { plan: LONG_NAME.to_owned() },
        Managed::Resumed { plan: plan(), next: Some(samples::next(1450)) },
        Managed::Resumed { plan: "أنفا 12".to_owned(), next: None },
        Managed::Changed { plan: plan(), paid: Some(samples::euros(712)) },
        Managed::Changed { plan: plan(), paid: None },
        Managed::ChangeScheduled { plan: plan(), on: samples::TERM_END },
        Managed::ChangeUndone { plan: plan() },
        Managed::AddonActive { addons: vec!["5 GB once".to_owned()] },
        Managed::AddonActive { addons: vec!["5 GB once".to_owned(), "Travel <in> the Alps".to_owned()] },
        Managed::CardSaved { card: card(), paid: None },
        Managed::CardSaved { card: card(), paid: Some(samples::euros(1450)) },
        Managed::PaymentConfirmed { amount: samples::euros(1450) },
        Managed::Bought { items: vec!["Crew Plus".to_owned(), "Seats <&> desks".to_owned()] },
        Managed::Nothing,
        Managed::AddressSaved,
        Managed::NameSaved,
    ];
    let continue_url = || Some("https://shop.example/phone-plans?session_id=csn_1&status=success".to_owned());
    let mut pages: Vec<_> = outcomes
        .into_iter()
        .map(|done| Self { done, mail_sent_to: None, continue_url: continue_url() })
        .collect();
    let first = pages[0].clone();
    pages.push(Self { mail_sent_to: Some("noa@example.org".to_owned()), continue_url: None, ..first });
    pages
});
