//! Buying what is in a cart.

use perennial_domain::Money;

use super::parts::{Asked, Pays};
use super::samples;
use crate::i18n::Translator;
use crate::pages::manage::PaymentNotice;
use crate::pages::page;
use crate::pages::summary::{Billing, Included, Line, Summary};

/// Shows what is bought, what it costs today and then, and asks for a yes.
#[derive(Debug, Clone)]
pub struct PurchaseFormPage {
    /// The hidden fields.
    pub asked: Asked,
    /// What is bought, at least one.
    pub items: Vec<PurchaseItem>,
    /// What is paid today: the sum of all items.
    pub due_today: Money,
    /// The plan that ends because one of the items takes its place.
    pub replaces: Option<String>,
    /// What pays for it.
    pub pays: Pays,
    /// Whether it can be paid with a card that is entered at Stripe instead.
    pub offers_another_card: bool,
    /// Why the customer should look twice.
    pub notice: Option<PurchaseNotice>,
}

/// One thing in the cart.
#[derive(Debug, Clone)]
pub struct PurchaseItem {
    /// What it is called.
    pub name: String,
    /// A sentence about it.
    pub description: Option<String>,
    /// What is in it.
    pub included: Vec<Included>,
    /// Its line of the price.
    pub line: Line,
    /// How it is paid.
    pub billing: Billing,
}

/// Why the customer should look twice.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PurchaseNotice {
    /// The page that led here spoke of other prices.
    OtherPrices,
    /// What happened to an attempt to pay.
    Payment(PaymentNotice),
}

impl PurchaseFormPage {
    fn heading(&self, t: &Translator<'_>) -> String {
        match self.items.as_slice() {
            [item] => t.one("business-purchase-heading", "item", &item.name),
            items => t.with("business-purchase-heading-many", &[("count", items.len().into())]),
        }
    }

    /// What is paid from when on, item by item.
    fn charges(&self, t: &Translator<'_>) -> Vec<String> {
        let is_alone = self.items.len() == 1;
        let charge = |item: &PurchaseItem| {
            let charge = item.as_summary().charge(t);
            if is_alone {
                return charge;
            }
            let (item, charge) = (item.name.as_str().into(), charge.into());
            t.with("business-purchase-charge", &[("item", item), ("charge", charge)])
        };
        self.items.iter().map(charge).collect()
    }

    /// From when on it counts, and what ends then.
    fn why(&self, t: &Translator<'_>) -> String {
        match (&self.replaces, &self.pays) {
            (Some(plan), _) => t.one("business-change-end-without-credit", "plan", plan),
            (None, Pays::NotHere) => format!("{}.", t.text("manage-cost-starts-now")),
            (None, _) => t.text("manage-addon-why"),
        }
    }

    fn notice_title(&self, t: &Translator<'_>) -> Option<String> {
        self.notice.as_ref().map(|notice| match notice {
            PurchaseNotice::OtherPrices => t.text("business-other-prices-title"),
            PurchaseNotice::Payment(notice) => notice.title(t),
        })
    }

    fn notice_text(&self, t: &Translator<'_>) -> Option<String> {
        self.notice.as_ref().map(|notice| match notice {
            PurchaseNotice::OtherPrices => t.text("business-other-prices-text"),
            PurchaseNotice::Payment(notice) => notice.text(t),
        })
    }

    /// What the one primary button says: exactly what happens.
    fn confirm(&self, t: &Translator<'_>) -> String {
        let due = &self.due_today;
        match (&self.pays, due.amount_minor > 0) {
            (Pays::AtStripe, _) => t.one("business-continue-to-pay", "amount", &t.money(due)),
            (Pays::Card(_) | Pays::AsBefore, true) => t.one("review-pay", "amount", &t.money(due)),
            _ => t.text("business-purchase-confirm"),
        }
    }
}

impl PurchaseItem {
    fn as_summary(&self) -> Summary {
        Summary {
            name: self.name.clone(),
            description: None,
            included: Vec::new(),
            lines: Vec::new(),
            due_today: self.line.amount,
            billing: self.billing,
        }
    }
}

page!(PurchaseFormPage, "pages/business/purchase_form.html", {
    let page = samples::purchase();
    let declined = PurchaseNotice::Payment(samples::declined());
    let cart = || samples::cart(&page);
    vec![
        page.clone(),
        Self {
            notice: Some(PurchaseNotice::OtherPrices),
            replaces: Some("Crew Basic".to_owned()),
            ..page.clone()
        },
        Self { notice: Some(declined), offers_another_card: true, ..page.clone() },
        Self { pays: Pays::AtStripe, ..cart() },
        Self { pays: Pays::NotHere, ..cart() },
    ]
});
