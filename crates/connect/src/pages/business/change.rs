//! Another plan in place of the one that a business has.

use super::parts::{Asked, Pays};
use super::samples;
use crate::i18n::Translator;
use crate::pages::manage::{Cost, CurrentPlan, Difference, PaymentNotice};
use crate::pages::page;

/// Shows what changes, what that costs today and then, and asks for a yes.
#[derive(Debug, Clone)]
pub struct ChangeFormPage {
    /// The hidden fields.
    pub asked: Asked,
    /// What the business has.
    pub current: CurrentPlan,
    /// The new plan's name.
    pub plan: String,
    /// What it costs, and when.
    pub cost: Cost,
    /// Whether what is left of the present plan is lost.
    pub loses_the_rest: bool,
    /// What is different from the present plan.
    pub differences: Vec<Difference>,
    /// What pays for it.
    pub pays: Pays,
    /// Whether it can be paid with a card that is entered at Stripe instead.
    pub offers_another_card: bool,
    /// Why the form is here again.
    pub notice: Option<PaymentNotice>,
}

impl ChangeFormPage {
    fn heading(&self, t: &Translator<'_>) -> String {
        t.one("manage-review-heading", "plan", &self.plan)
    }

    /// What becomes of the present plan.
    fn end(&self, t: &Translator<'_>) -> String {
        let key =
            if self.loses_the_rest { "business-change-end-without-credit" } else { "business-change-end" };
        t.one(key, "plan", &self.current.name)
    }

    /// What the one primary button says: exactly what happens.
    fn confirm(&self, t: &Translator<'_>) -> String {
        let due = &self.cost.due_today;
        match (&self.pays, due.amount_minor > 0) {
            (Pays::AtStripe, _) => t.one("business-continue-to-pay", "amount", &t.money(due)),
            (Pays::Card(_) | Pays::AsBefore, true) => {
                t.one("manage-review-confirm-pay", "amount", &t.money(due))
            }
            _ => t.text("manage-review-confirm-now"),
        }
    }
}

page!(ChangeFormPage, "pages/business/change_form.html", {
    let page = samples::change();
    let stale = PaymentNotice::PriceChanged { before: samples::dollars(1_200), now: samples::dollars(2_400) };
    vec![
        page.clone(),
        Self { notice: Some(stale), ..page.clone() },
        Self { offers_another_card: true, notice: Some(samples::declined()), ..page.clone() },
        Self { pays: Pays::AtStripe, ..page.clone() },
        Self { pays: Pays::AsBefore, loses_the_rest: false, cost: samples::prorated(), ..page.clone() },
        Self { pays: Pays::NotHere, cost: samples::free(), plan: samples::LONG_NAME.to_owned(), ..page },
    ]
});
