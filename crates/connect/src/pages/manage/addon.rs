//! Buying something on top of a subscription.

use jiff::civil::Date;
use perennial_domain::{Money, Span, TermUnit};

use super::cost::{Proration, ProrationLabel};
use super::parts::{CurrentPlan, NextPayment, PaymentNotice, SavedCard};
use super::samples;
use crate::i18n::Translator;
use crate::pages::notice::PaymentFailure;
use crate::pages::page;
use crate::pages::summary::Included;

/// The add-ons in the cart, what they cost and how long they last.
#[derive(Debug, Clone)]
pub struct AddonPage {
    /// What they are added to.
    pub current: CurrentPlan,
    /// The add-ons; with `others`, their amounts add up to `due_today`.
    pub addons: Vec<CartAddon>,
    /// What else adds to today's sum, or takes off.
    pub others: Vec<Proration>,
    /// What is charged today; also the hidden field `due`, in minor units.
    pub due_today: Money,
    /// For which second Stripe counted the part of the period that is left, where it did; a hidden field too, so that what
    /// is paid is what was shown.
    pub counted_at: Option<i64>,
    /// What pays for it; without one, the button leads to Stripe first.
    pub card: Option<SavedCard>,
    /// Why the customer is here again.
    pub notice: Option<PaymentNotice>,
    /// Whether there is a page on which another card can be given.
    pub can_change_card: bool,
    /// Whether there is a page to go back to.
    pub has_back: bool,
}

/// An add-on in the cart.
#[derive(Debug, Clone)]
pub struct CartAddon {
    /// Its name.
    pub name: String,
    /// What is in it.
    pub included: Vec<Included>,
    /// What it costs: in the cart today, and where it is chosen for a whole period.
    pub price: Money,
    /// How long it lasts.
    pub lasts: Lasts,
}

/// How long an add-on lasts.
#[derive(Debug, Clone, Copy)]
pub enum Lasts {
    /// Until this day.
    Until(Date),
    /// So long from its first use.
    FromFirstUse(Span),
    /// It is charged with the plan until it is ended.
    Renews(NextPayment),
    /// As long as the plan.
    WithPlan,
}

impl AddonPage {
    fn heading(&self, t: &Translator<'_>) -> String {
        let count = self.addons.len();
        t.with(
            "manage-addon-heading",
            &[("count", count.into()), ("plan", self.current.name.as_str().into())],
        )
    }

    fn pay_label(&self, t: &Translator<'_>) -> String {
        if self.due_today.is_zero() {
            t.with("manage-addon-add", &[("count", self.addons.len().into())])
        } else {
            t.one("review-pay", "amount", &t.money(&self.due_today))
        }
    }

    /// Whether another card could mend what went wrong.
    fn suggests_another_card(&self) -> bool {
        let went_wrong = matches!(self.notice, Some(PaymentNotice::Failed(_) | PaymentNotice::NotFinished));
        self.can_change_card && went_wrong
    }
}

impl CartAddon {
    /// What it contains and how long, in one line.
    pub(super) fn note(&self, t: &Translator<'_>) -> String {
        let parts = self.included.iter().map(|included| included.text(t)).chain([self.lasts.text(t)]);
        parts.collect::<Vec<_>>().join(" · ")
    }
}

impl Lasts {
    fn text(self, t: &Translator<'_>) -> String {
        match self {
            Self::Until(date) => t.one("manage-addon-until", "date", &t.date(&date)),
            Self::WithPlan => t.text("manage-addon-with-plan"),
            Self::FromFirstUse(span) => t.one("manage-addon-from-first-use", "length", &t.length(&span)),
            Self::Renews(next) => t.with(
                "manage-addon-renews",
                &[
                    ("amount", t.money(&next.amount).into()),
                    ("every", t.every(&next.every).into()),
                    ("date", t.date(&next.on).into()),
                ],
            ),
        }
    }
}

page!(AddonPage, "pages/manage/addon.html", {
    let addon = |name: &str, cents, lasts| CartAddon {
        name: name.to_owned(),
        included: vec![Included::DataBytes(Some(5_000_000_000))],
        price: samples::euros(cents),
        lasts,
    };
    let week = Lasts::FromFirstUse(Span { unit: TermUnit::Week, count: 1 });
    let page = |addons: Vec<CartAddon>, cents| Self {
        current: samples::current(),
        addons,
        others: Vec::new(),
        due_today: samples::euros(cents),
        counted_at: None,
        card: Some(samples::card()),
        notice: None,
        can_change_card: true,
        has_back: true,
    };
    let single = page(vec![addon("5 GB <once>", 500, Lasts::Until(samples::TERM_END))], 500);
    let several = vec![
        addon("5 GB once", 500, Lasts::Until(samples::TERM_END)),
        addon("Travel in the Alps", 204, Lasts::Renews(samples::next(300))),
        addon("A week in the United States, Canada and Mexico, unlimited", 1200, week),
    ];
    let credit = Proration { label: ProrationLabel::Balance, amount: samples::euros(-104) };
    let some_paid = Self { others: vec![credit], ..page(several, 1800) };
    let declined = Some(PaymentNotice::Failed(PaymentFailure::Declined));
    let changed = PaymentNotice::PriceChanged { before: samples::euros(400), now: samples::euros(500) };
    vec![
        single.clone(),
        Self { card: None, counted_at: Some(1_900_000_000), has_back: false, ..some_paid },
        Self { notice: declined, ..single.clone() },
        Self { notice: Some(changed), ..single.clone() },
        Self { notice: Some(PaymentNotice::NotFinished), ..single },
        page(vec![addon("A gift", 0, week), addon("Another", 0, Lasts::WithPlan)], 0),
    ]
});
