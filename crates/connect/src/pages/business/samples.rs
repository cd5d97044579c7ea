//! What the samples of the forms share.

use jiff::civil::date;
use perennial_domain::{Currency, Money, Span, TermUnit};

use super::{CancelFormPage, ChangeFormPage, Pays, PurchaseFormPage, PurchaseItem};
pub(super) use crate::pages::manage::samples::LONG_NAME;
use crate::pages::manage::samples::{TERM_END, card};
use crate::pages::manage::{
    Cost, CurrentPlan, Difference, Ending, NextPayment, PaymentNotice, Proration, ProrationLabel,
};
use crate::pages::notice::PaymentFailure;
use crate::pages::summary::{Billing, Cadence, Included, Line, LineLabel};

const MONTH: Span = Span { unit: TermUnit::Month, count: 1 };

pub(super) fn dollars(cents: i64) -> Money {
    Money::new(cents, Currency::from_code("USD").expect("the dollar exists"))
}

fn next(cents: i64) -> NextPayment {
    NextPayment { amount: dollars(cents), every: MONTH, on: TERM_END }
}

fn seats(count: u32) -> Included {
    Included::Other(format!("{count} people & their calendars"))
}

pub(super) fn declined() -> PaymentNotice {
    PaymentNotice::Failed(PaymentFailure::Declined)
}

pub(super) fn change() -> ChangeFormPage {
    let first = Proration { label: ProrationLabel::First("Crew Plus".to_owned()), amount: dollars(2_400) };
    ChangeFormPage {
        asked: vec![
            ("business_uid", "k3r9t0vv21mmq8ba".to_owned()),
            ("selected_plan", "crew<plus".to_owned()),
        ],
        current: CurrentPlan {
            name: "Crew Basic".to_owned(),
            included: vec![seats(3)],
            next: Some(next(1_200)),
        },
        plan: "Crew Plus".to_owned(),
        cost: Cost {
            starts_on: None,
            lines: vec![first],
            due_today: dollars(2_400),
            next: Some(next(2_400)),
            next_due: None,
        },
        loses_the_rest: true,
        differences: vec![Difference::Lost(seats(3)), Difference::Gained(seats(10))],
        pays: Pays::Card(card()),
        offers_another_card: false,
        notice: None,
    }
}

/// Half a month is over.
pub(super) fn prorated() -> Cost {
    let line = |label, cents| Proration { label, amount: dollars(cents) };
    let (plan, until) = ("Crew Plus".to_owned(), TERM_END);
    let unused = ProrationLabel::Unused { plan: "Crew Basic".to_owned(), until };
    let lines = vec![line(ProrationLabel::Rest { plan, until }, 1_200), line(unused, -600)];
    Cost { starts_on: None, lines, due_today: dollars(600), next: Some(next(2_400)), next_due: None }
}

pub(super) fn free() -> Cost {
    Cost { starts_on: None, lines: Vec::new(), due_today: dollars(0), next: None, next_due: None }
}

pub(super) fn purchase() -> PurchaseFormPage {
    PurchaseFormPage {
        asked: vec![("business_uid", "k3r9t0vv21mmq8ba".to_owned())],
        items: vec![plan()],
        due_today: dollars(2_400),
        replaces: None,
        pays: Pays::Card(card()),
        offers_another_card: false,
        notice: None,
    }
}

fn plan() -> PurchaseItem {
    let name = "Crew Plus".to_owned();
    PurchaseItem {
        description: Some("For teams that share a desk.".to_owned()),
        included: vec![seats(10)],
        line: Line {
            label: LineLabel::Named(name.clone()),
            amount: dollars(2_400),
            cadence: Some(Cadence::Every(MONTH)),
        },
        billing: Billing::Recurring {
            every: MONTH,
            next_amount: dollars(2_400),
            next_on: TERM_END,
            afterwards: None,
            bound_until: None,
        },
        name,
    }
}

/// The same with something that is paid once.
pub(super) fn cart(page: &PurchaseFormPage) -> PurchaseFormPage {
    let name = LONG_NAME.to_owned();
    let setup = PurchaseItem {
        description: None,
        included: Vec::new(),
        line: Line {
            label: LineLabel::Named(name.clone()),
            amount: dollars(9_900),
            cadence: Some(Cadence::ForLife),
        },
        billing: Billing::Lifetime,
        name,
    };
    let items = page.items.iter().cloned().chain([setup]).collect();
    PurchaseFormPage { items, due_today: dollars(12_300), ..page.clone() }
}

pub(super) fn cancel() -> CancelFormPage {
    CancelFormPage {
        asked: vec![("smng_external_id", "0197e0f4-0000-7000-8000-000000000001".to_owned())],
        plan: "Crew Plus".to_owned(),
        ending: Ending::On(date(2027, 4, 5)),
        bundled: vec!["Signatures".to_owned()],
    }
}
