//! The last look before a plan is changed.

use super::cost::{Cost, Difference};
use super::parts::{CurrentPlan, PaymentNotice, SavedCard};
use super::samples;
use crate::i18n::Translator;
use crate::pages::notice::PaymentFailure;
use crate::pages::page;

/// Says what changes, what that costs and why, and asks for a yes.
#[derive(Debug, Clone)]
pub struct ChangeReviewPage {
    /// What the customer has.
    pub current: CurrentPlan,
    /// The new plan's id: the hidden field `plan`.
    pub plan_id: String,
    /// The new plan's name.
    pub plan: String,
    /// What it costs, and when.
    pub cost: Cost,
    /// The hidden field `from`: from when on the cost was counted, in seconds since the epoch.
    pub counted_from: i64,
    /// The hidden field `way`: how it comes true, in the core's word.
    pub way: &'static str,
    /// What is different from the present plan.
    pub differences: Vec<Difference>,
    /// What pays for it.
    pub card: Option<SavedCard>,
    /// Why the customer is here again.
    pub notice: Option<PaymentNotice>,
}

impl ChangeReviewPage {
    fn heading(&self, t: &Translator<'_>) -> String {
        t.one("manage-review-heading", "plan", &self.plan)
    }

    /// The hidden field `due`: the sum that was shown, in minor units.
    fn due(&self) -> i64 {
        self.cost.due_today.amount_minor
    }

    /// The hidden field `next`: the later price that was shown, in minor units.
    fn next(&self) -> i64 {
        self.cost.next.map_or(0, |next| next.amount.amount_minor)
    }

    /// The hidden field `renewal`: what the renewal was said to be charged, in minor units; there is none where that was not known.
    fn renewal(&self) -> Option<i64> {
        self.cost.next_due.map(|due| due.amount_minor)
    }

    /// The hidden field `starts`: the day that was shown, or `now`.
    fn starts(&self) -> String {
        self.cost.starts_on.map_or_else(|| "now".to_owned(), |date| date.to_string())
    }

    /// What the one primary button says: exactly what happens.
    fn confirm(&self, t: &Translator<'_>) -> String {
        match (&self.cost.starts_on, self.due() > 0) {
            (Some(date), _) => t.one("manage-review-confirm-later", "date", &t.date(date)),
            (None, true) => t.one("manage-review-confirm-pay", "amount", &t.money(&self.cost.due_today)),
            (None, false) => t.text("manage-review-confirm-now"),
        }
    }

    /// Whether anything is charged, now or later.
    fn is_paid(&self) -> bool {
        self.due() > 0 || self.cost.next.is_some()
    }

    /// Whether another card could mend what went wrong.
    fn suggests_another_card(&self) -> bool {
        matches!(self.notice, Some(PaymentNotice::Failed(failure)) if failure != PaymentFailure::ServiceUnavailable)
    }
}

page!(ChangeReviewPage, "pages/manage/change_review.html", {
    let page = |option: super::PlanOption| Self {
        current: samples::current(),
        plan_id: option.id,
        plan: option.name,
        way: if option.cost.starts_on.is_some() { "swap_later" } else { "swap_now" },
        cost: option.cost,
        counted_from: 1_804_204_800,
        differences: option.differences,
        card: Some(samples::card()),
        notice: None,
    };
    let stale = PaymentNotice::PriceChanged { before: samples::euros(690), now: samples::euros(712) };
    let failed = |failure| Some(PaymentNotice::Failed(failure));
    let mut pages: Vec<_> = samples::options().into_iter().map(page).collect();
    let upgrade = || page(samples::larger());
    pages.extend([
        Self { notice: Some(stale), ..upgrade() },
        Self { notice: Some(PaymentNotice::Outdated), ..upgrade() },
        Self { notice: failed(PaymentFailure::InsufficientFunds), ..upgrade() },
        Self { notice: failed(PaymentFailure::ServiceUnavailable), ..upgrade() },
        Self { notice: Some(PaymentNotice::NotFinished), card: None, ..upgrade() },
    ]);
    pages
});
