//! Plans, cards and sums that the samples of several pages share.

use jiff::civil::{Date, date};
use perennial_domain::{Currency, Money, Span, TermUnit};

use super::{
    Cost, CurrentPlan, Difference, NextPayment, OpenPayment, OwnedAddon, PlanOption, Proration,
    ProrationLabel, SavedCard, ScheduledChange, Standing, SubscriptionPage, Task,
};
use crate::pages::summary::Included;

const MONTH: Span = Span { unit: TermUnit::Month, count: 1 };

/// The day on which the samples are looked at.
pub(crate) const TODAY: Date = date(2027, 3, 5);

/// The end of the running period.
pub(crate) const TERM_END: Date = date(2027, 4, 5);

/// Sixty characters, as long as a plan's name gets.
pub(crate) const LONG_NAME: &str = "Perpetual Licence for Independent Studios and Small Teams XL";

pub(crate) fn euros(cents: i64) -> Money {
    Money::new(cents, Currency::from_code("EUR").expect("the euro exists"))
}

pub(crate) fn next(cents: i64) -> NextPayment {
    NextPayment { amount: euros(cents), every: MONTH, on: TERM_END }
}

pub(crate) fn card() -> SavedCard {
    SavedCard { brand: "Visa".to_owned(), last4: "4242".to_owned(), expires: (8, 2029), is_expired: false }
}

pub(super) fn expired_card() -> SavedCard {
    SavedCard { expires: (11, 2026), is_expired: true, ..card() }
}

pub(crate) fn open_payment() -> OpenPayment {
    let next_try = Some(date(2027, 3, 8));
    OpenPayment { amount: euros(1450), failed_on: TODAY, next_try, is_usable: true }
}

pub(super) fn current() -> CurrentPlan {
    CurrentPlan { name: "Heron 12".to_owned(), included: included(), next: Some(next(1450)) }
}

fn included() -> Vec<Included> {
    vec![
        Included::DataBytes(Some(12_000_000_000)),
        Included::VoiceSeconds(None),
        Included::Messages(Some(1250)),
        Included::Coverage("Benelux".to_owned()),
    ]
}

fn data(from: u64, to: u64) -> Difference {
    let gigabytes = |number| Included::DataBytes(Some(number * 1_000_000_000));
    Difference::Changed { from: gigabytes(from), to: gigabytes(to) }
}

/// An upgrade in the middle of a period.
pub(super) fn larger() -> PlanOption {
    let name = "Heron 30".to_owned();
    let (plan, until) = (name.clone(), TERM_END);
    let unused = ProrationLabel::Unused { plan: "Heron 12".to_owned(), until };
    let lines = vec![
        Proration { label: ProrationLabel::Rest { plan, until }, amount: euros(1424) },
        Proration { label: unused, amount: euros(-712) },
    ];
    PlanOption {
        id: "pln_larger".to_owned(),
        name,
        description: Some("For films & maps on the way.".to_owned()),
        cost: Cost {
            starts_on: None,
            lines,
            due_today: euros(712),
            next: Some(next(2900)),
            next_due: Some(euros(2900)),
        },
        differences: vec![data(12, 30), Difference::Gained(Included::Coverage("Europe".to_owned()))],
    }
}

/// All that a change can cost: something, nothing today, less than nothing, nothing ever, and a single payment.
pub(super) fn options() -> Vec<PlanOption> {
    let smaller = PlanOption {
        id: "pln_smaller".to_owned(),
        name: "Heron 5".to_owned(),
        description: None,
        cost: Cost {
            starts_on: Some(TERM_END),
            lines: Vec::new(),
            due_today: euros(0),
            next: Some(next(900)),
            next_due: Some(euros(450)),
        },
        differences: vec![data(12, 5), Difference::Lost(Included::Messages(Some(1250)))],
    };
    let credit = PlanOption {
        id: "pln_credit".to_owned(),
        name: LONG_NAME.to_owned(),
        cost: Cost { due_today: euros(-320), lines: credit_lines(), ..larger().cost },
        ..larger()
    };
    let free = PlanOption {
        id: "pln_free".to_owned(),
        name: "Sparrow".to_owned(),
        cost: Cost { next: None, ..smaller.cost.clone() },
        ..smaller.clone()
    };
    let yearly = Proration { label: ProrationLabel::First("Swift Year".to_owned()), amount: euros(9900) };
    let once = PlanOption {
        id: "pln_once".to_owned(),
        name: "Swift Year".to_owned(),
        cost: Cost {
            starts_on: None,
            lines: vec![yearly],
            due_today: euros(9900),
            next: None,
            next_due: None,
        },
        differences: Vec::new(),
        ..smaller.clone()
    };
    vec![larger(), smaller, credit, free, once]
}

fn credit_lines() -> Vec<Proration> {
    let line = |label, cents| Proration { label, amount: euros(cents) };
    vec![
        line(ProrationLabel::Rest { plan: LONG_NAME.to_owned(), until: TERM_END }, 442),
        line(ProrationLabel::Unused { plan: "Heron 12".to_owned(), until: TERM_END }, -712),
        line(ProrationLabel::Tax, 50),
        line(ProrationLabel::Voucher("WELCOME3".to_owned()), -30),
        line(ProrationLabel::Discount, -20),
        line(ProrationLabel::Balance, -50),
    ]
}

/// One subscription in every standing.
pub(super) fn subscriptions() -> Vec<SubscriptionPage> {
    let everything = SubscriptionPage {
        plan: "Heron 12".to_owned(),
        included: included(),
        standing: Standing::Renews(next(1850)),
        price: Some(next(1450)),
        phone_number: Some("+49 1579 0000123".to_owned()),
        sim: Some("8949 0200 0012 3456 787".to_owned()),
        addons: addons(),
        card: Some(card()),
        scheduled_change: None,
        waits_for_change: false,
        allowed: vec![Task::ChangePlan, Task::BuyAddon, Task::ChangeCard, Task::Cancel],
        has_back: true,
    };
    let in_state = |standing, allowed: &[Task]| SubscriptionPage {
        standing,
        allowed: allowed.to_vec(),
        addons: Vec::new(),
        ..everything.clone()
    };
    let bare = |standing| SubscriptionPage {
        plan: LONG_NAME.to_owned(),
        included: Vec::new(),
        phone_number: None,
        sim: None,
        card: None,
        has_back: false,
        ..in_state(standing, &[])
    };
    let unusable = OpenPayment { next_try: None, is_usable: false, ..open_payment() };
    let pay = [Task::Pay, Task::ChangeCard, Task::Cancel];
    let changing = |next| SubscriptionPage {
        scheduled_change: Some(ScheduledChange {
            id: "scg_0XtGmHucNAwihhUBa5uapITcSCiF".to_owned(),
            plan: "Heron <5>".to_owned(),
            on: TERM_END,
            next,
        }),
        ..in_state(Standing::Renews(self::next(1450)), &[Task::UndoChange, Task::ChangePlan, Task::Cancel])
    };
    vec![
        everything.clone(),
        changing(Some(next(900))),
        changing(None),
        in_state(Standing::Canceled { until: TERM_END }, &[Task::Resume]),
        in_state(Standing::PastDue(open_payment()), &pay),
        SubscriptionPage {
            card: Some(expired_card()),
            ..in_state(Standing::PastDue(unusable), &[Task::ChangeCard])
        },
        in_state(Standing::Pending, &[]),
        in_state(Standing::Paused, &[Task::Cancel]),
        in_state(Standing::Free, &[Task::ChangePlan, Task::Cancel]),
        bare(Standing::FixedTerm { until: Some(TERM_END) }),
        bare(Standing::FixedTerm { until: None }),
        bare(Standing::Lifetime),
        bare(Standing::Ended { on: TODAY }),
        SubscriptionPage { waits_for_change: true, ..everything },
    ]
}

fn addons() -> Vec<OwnedAddon> {
    let addon = |name: &str, until, next| OwnedAddon { name: name.to_owned(), until, next };
    vec![
        addon("5 GB once", Some(TERM_END), None),
        addon("Travel in the Alps", None, Some(next(300))),
        addon("Voicemail", None, None),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_reasons_of_every_sum_add_up() {
        for option in options() {
            let sum: i64 = option.cost.lines.iter().map(|line| line.amount.amount_minor).sum();
            assert_eq!(sum, option.cost.due_today.amount_minor, "{}", option.name);
        }
    }
}
