//! Summaries and choices that the samples of several pages share.

use jiff::civil::date;
use perennial_domain::{Currency, Money, Span, TermUnit};

use super::{Choice, Chosen};
use crate::pages::summary::{Billing, Cadence, Included, Line, LineLabel, Summary};

const MONTH: Span = Span { unit: TermUnit::Month, count: 1 };
const THIRTY_DAYS: Span = Span { unit: TermUnit::Day, count: 30 };

fn money(amount_minor: i64, code: &str) -> Money {
    Money::new(amount_minor, Currency::from_code(code).expect("samples use currencies that exist"))
}

pub(super) fn euros(cents: i64) -> Money {
    money(cents, "EUR")
}

fn line(name: &str, amount: Money, cadence: Option<Cadence>) -> Line {
    Line { label: LineLabel::Named(name.to_owned()), amount, cadence }
}

/// A plan at one price, paid today.
fn plan(name: &str, price: Money, billing: Billing) -> Summary {
    let cadence = match billing {
        Billing::Free => None,
        Billing::Recurring { every, .. } => Some(Cadence::Every(every)),
        Billing::FixedTerm { lasts, .. } => Some(Cadence::OnceFor(lasts)),
        Billing::Lifetime => Some(Cadence::ForLife),
    };
    Summary {
        name: name.to_owned(),
        description: Some("Twelve gigabytes, all calls in.".to_owned()),
        included: vec![
            Included::DataBytes(Some(12_000_000_000)),
            Included::VoiceSeconds(None),
            Included::Messages(Some(1250)),
            Included::Coverage("Benelux".to_owned()),
        ],
        lines: vec![line(name, price, cadence)],
        due_today: price,
        billing,
    }
}

fn every_month(next_amount: Money) -> Billing {
    let next_on = date(2027, 4, 5);
    Billing::Recurring { every: MONTH, next_amount, next_on, afterwards: None, bound_until: None }
}

pub(super) fn monthly() -> Summary {
    plan("Heron 12", euros(1450), every_month(euros(1450)))
}

pub(super) fn with_add_ons_and_voucher() -> Summary {
    let mut summary = plan("Heron 12", euros(1450), every_month(euros(1750)));
    summary.lines.push(line("Travel in the Alps", euros(300), Some(Cadence::Every(MONTH))));
    summary.lines.push(line("5 GB once", euros(500), Some(Cadence::Once)));
    summary.lines.push(Line {
        label: LineLabel::Voucher("WELCOME3".to_owned()),
        amount: euros(-300),
        cadence: None,
    });
    Summary { due_today: euros(1950), ..summary }
}

pub(super) fn quarterly_in_dollars() -> Summary {
    let price = money(123_456, "USD");
    let every = Span { unit: TermUnit::Month, count: 3 };
    let billing = Billing::Recurring {
        every,
        next_amount: price,
        next_on: date(2028, 1, 31),
        afterwards: None,
        bound_until: Some(date(2029, 10, 31)),
    };
    let mut summary = plan("Business Fleet", price, billing);
    summary.included = vec![
        Included::Other("25 seats".to_owned()),
        Included::DataBytes(None),
        Included::VoiceSeconds(Some(60)),
    ];
    summary
}

pub(super) fn free() -> Summary {
    let mut summary = plan("Sparrow", euros(0), Billing::Free);
    summary.included =
        vec![Included::DataBytes(Some(500_000_000)), Included::Messages(Some(1)), Included::Messages(None)];
    summary
}

pub(super) fn thirty_days_in_yen() -> Summary {
    let price = money(1450, "JPY");
    plan("Crane 30", price, Billing::FixedTerm { lasts: THIRTY_DAYS, until: Some(date(2027, 4, 4)) })
}

pub(super) fn from_first_use() -> Summary {
    let lasts = Span { unit: TermUnit::Week, count: 1 };
    plan("Swift Week", euros(900), Billing::FixedTerm { lasts, until: None })
}

pub(super) fn lifetime_with_a_long_name() -> Summary {
    let name = "Perpetual Licence for Independent Studios and Small Teams XL";
    let mut summary = plan(name, euros(49_900), Billing::Lifetime);
    summary.included = vec![Included::Other("Every version of the next ten years".to_owned())];
    summary
}

pub(super) fn nothing_today() -> Summary {
    let mut summary = plan("Heron 12", euros(1450), every_month(euros(1450)));
    summary.lines.push(Line {
        label: LineLabel::Voucher("FIRSTFREE".to_owned()),
        amount: euros(-1450),
        cadence: None,
    });
    Summary { due_today: euros(0), ..summary }
}

pub(super) fn half_for_a_while() -> Summary {
    let billing = Billing::Recurring {
        every: MONTH,
        next_amount: euros(725),
        next_on: date(2027, 4, 5),
        afterwards: Some((euros(1450), date(2027, 6, 5))),
        bound_until: None,
    };
    let mut summary = plan("Heron 12", euros(1450), billing);
    summary.lines.push(Line {
        label: LineLabel::Voucher("HALF3".to_owned()),
        amount: euros(-725),
        cadence: None,
    });
    Summary { due_today: euros(725), ..summary }
}

pub(super) fn right_to_left() -> Summary {
    let yearly = Span { unit: TermUnit::Year, count: 1 };
    let billing = Billing::Recurring {
        every: yearly,
        next_amount: euros(9900),
        next_on: date(2028, 3, 5),
        afterwards: None,
        bound_until: None,
    };
    plan("أنفا 12", euros(9900), billing)
}

pub(super) fn choices() -> Vec<Choice> {
    let changeable = |chosen, path: &str| Choice { chosen, change_path: Some(path.to_owned()) };
    let lines = ["Lindenallee 8", "10115 Berlin"].map(str::to_owned).to_vec();
    vec![
        changeable(Chosen::Name("Noa Lindqvist".to_owned()), "/checkout/name"),
        changeable(Chosen::Birthday(date(1990, 2, 28)), "/checkout/birthday"),
        changeable(Chosen::Address { lines, country: "DE".to_owned() }, "/checkout/address"),
        changeable(Chosen::NewEsim, "/checkout/sim"),
        changeable(Chosen::KeepNumber("+49 151 23456789".to_owned()), "/checkout/number"),
    ]
}

pub(super) fn right_to_left_choices() -> Vec<Choice> {
    let known = |chosen| Choice { chosen, change_path: None };
    vec![
        known(Chosen::Name("נועה לינדקוויסט".to_owned())),
        known(Chosen::Device("356789012345678".to_owned())),
        known(Chosen::OwnSim("8949 0200 0012 3456 787".to_owned())),
        known(Chosen::NewNumber),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_lines_of_every_sample_add_up() {
        for summary in [
            monthly(),
            with_add_ons_and_voucher(),
            quarterly_in_dollars(),
            free(),
            thirty_days_in_yen(),
            from_first_use(),
            lifetime_with_a_long_name(),
            nothing_today(),
            right_to_left(),
        ] {
            let sum: i64 = summary.lines.iter().map(|line| line.amount.amount_minor).sum();
            assert_eq!(sum, summary.due_today.amount_minor, "{}", summary.name);
        }
    }
}
