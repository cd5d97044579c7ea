//! What a plan requires to be known of its customer: name, date of birth, address, device.

use axum::response::Response;
use jiff::civil::Date;
use perennial_core::addresses::AddressLine;
use perennial_core::context::App;
use perennial_core::visits::{
    AddressAnswer, AnswerError, AnswerField, Mistake, MistakeKind, give_address, give_birthday, give_device,
    give_name,
};
use perennial_domain::{Address, CheckoutStep};

use super::{Fields, keep, render, summary, with_back};
use crate::from_core::date_of;
use crate::pages::address::NAMED_COUNTRIES;
use crate::pages::checkout::{AddressPage, BirthdayPage, DevicePage, NamePage};
use crate::pages::form::Form;
use crate::pages::problem::Problem;
use crate::routes::error::internal;
use crate::routes::response::see_other;
use crate::routes::visitor::Buyer;

pub(in crate::routes) const ADDRESS_FIELDS: [&str; 6] =
    ["country", "line1", "line2", "postal_code", "city", "state"];
const BIRTHDAY_FIELDS: [&str; 3] = ["birthday_day", "birthday_month", "birthday_year"];

pub(super) fn show(app: &App, buyer: &Buyer, step: CheckoutStep, form: Form) -> Response {
    let summary = summary(app, buyer);
    match step {
        CheckoutStep::Name => render(app, buyer, step, &NamePage { summary, form }),
        CheckoutStep::Birthday => render(app, buyer, step, &BirthdayPage { summary, form }),
        CheckoutStep::Address => {
            let countries = NAMED_COUNTRIES.map(str::to_owned).to_vec();
            render(app, buyer, step, &AddressPage { summary, countries, form })
        }
        _ => render(app, buyer, step, &DevicePage { summary, form }),
    }
}

/// The form as the customer finds it: with what is known already.
pub(super) fn prefilled(buyer: &Buyer, step: CheckoutStep) -> Form {
    let customer = &buyer.checkout.customer;
    match step {
        CheckoutStep::Name => {
            Form::default().with_value("full_name", customer.full_name.clone().unwrap_or_default())
        }
        CheckoutStep::Birthday => customer.birthday.map_or_else(Form::default, |birthday| {
            Form::default()
                .with_value("birthday_day", birthday.day().to_string())
                .with_value("birthday_month", birthday.month().to_string())
                .with_value("birthday_year", birthday.year().to_string())
        }),
        CheckoutStep::Address => prefilled_address(buyer),
        _ => super::network::prefilled(buyer, step),
    }
}

fn prefilled_address(buyer: &Buyer) -> Form {
    if let Some(address) = &buyer.checkout.address {
        return address_form(address);
    }
    let facts = buyer.checkout.placed.plan.0.plan_facts.as_ref();
    let first =
        facts.and_then(|facts| facts.coverage.countries.first()).map_or("", |country| country.as_str());
    Form::default().with_value("country", first)
}

/// The form with a known address in it.
pub(in crate::routes) fn address_form(address: &Address) -> Form {
    Form::default()
        .with_value("country", address.country.as_str())
        .with_value("line1", address.line1.clone())
        .with_value("line2", address.line2.clone().unwrap_or_default())
        .with_value("postal_code", address.postal_code.clone().unwrap_or_default())
        .with_value("city", address.city.clone())
        .with_value("state", address.state.clone().unwrap_or_default())
}

pub(super) async fn answer(app: &App, buyer: Buyer, step: CheckoutStep, fields: &Fields) -> Response {
    if step == CheckoutStep::Address && fields.text("action") == "change_country" {
        let form = with_back(fields.typed(&ADDRESS_FIELDS), &buyer, step);
        return show(app, &buyer, step, form);
    }
    let (form, kept) = keep_answer(app, &buyer, step, fields).await;
    match kept {
        // Gone: the customer was deleted while the page was open, and the way in says what that means.
        Ok(()) | Err(AnswerError::Gone) => see_other(&buyer.links().start()),
        Err(AnswerError::Mistakes(mistakes)) => {
            let problems = mistakes.iter().map(|mistake| problem_of(app, fields, *mistake));
            let form = problems.fold(with_back(form, &buyer, step), Form::with_problem);
            show(app, &buyer, step, form)
        }
        Err(error) => internal(app, &error),
    }
}

/// What was typed, and whether it was kept.
async fn keep_answer(
    app: &App,
    buyer: &Buyer,
    step: CheckoutStep,
    fields: &Fields,
) -> (Form, Result<(), AnswerError>) {
    match step {
        CheckoutStep::Name => {
            let name = fields.text("full_name").to_owned();
            let form = Form::default().with_value("full_name", name.clone());
            (form, keep(app, buyer, move |cx, tx, visit| give_name(cx, tx, visit, &name)).await)
        }
        CheckoutStep::Birthday => {
            let birthday = read_birthday(fields);
            let kept = keep(app, buyer, move |cx, tx, visit| give_birthday(cx, tx, visit, birthday)).await;
            (fields.typed(&BIRTHDAY_FIELDS), kept)
        }
        CheckoutStep::Address => {
            let address = read_address(fields);
            let kept = keep(app, buyer, move |cx, tx, visit| give_address(cx, tx, visit, &address)).await;
            (fields.typed(&ADDRESS_FIELDS), kept)
        }
        _ => {
            let imei = fields.text("imei").to_owned();
            let form = Form::default().with_value("imei", imei.clone());
            (form, keep(app, buyer, move |cx, tx, visit| give_device(cx, tx, visit, &imei)).await)
        }
    }
}

fn read_birthday(fields: &Fields) -> Option<Date> {
    let [day, month, year] = BIRTHDAY_FIELDS.map(|name| fields.text(name).trim().to_owned());
    Date::new(year.parse().ok()?, month.parse().ok()?, day.parse().ok()?).ok()
}

pub(in crate::routes) fn read_address(fields: &Fields) -> AddressAnswer {
    let text = |name: &str| fields.text(name).to_owned();
    AddressAnswer {
        line1: text("line1"),
        line2: text("line2"),
        city: text("city"),
        state: text("state"),
        postal_code: text("postal_code"),
        country: text("country"),
    }
}

pub(in crate::routes) fn problem_of(app: &App, fields: &Fields, mistake: Mistake) -> Problem {
    match (mistake.field, mistake.kind) {
        (AnswerField::FullName, MistakeKind::Missing) => Problem::NameMissing,
        (AnswerField::FullName, _) => Problem::NameTooLong,
        (AnswerField::Birthday, _) => birthday_problem(app, fields),
        (AnswerField::Country, MistakeKind::Missing) => Problem::CountryMissing,
        (AnswerField::Country, _) => Problem::CountryNotServed,
        (AnswerField::Address(line), kind) => address_problem(line, kind),
        (AnswerField::Imei, _) if fields.text("imei").trim().is_empty() => Problem::ImeiMissing,
        (AnswerField::Imei, MistakeKind::InUse) => Problem::ImeiTaken,
        (AnswerField::Imei, _) => Problem::ImeiInvalid,
        (
            AnswerField::SimChoice
            | AnswerField::Iccid
            | AnswerField::PhoneNumber
            | AnswerField::AccountNumber,
            _,
        ) => super::network::problem_of(mistake),
    }
}

fn address_problem(line: AddressLine, kind: MistakeKind) -> Problem {
    match (line, kind) {
        (AddressLine::Line1, MistakeKind::Missing) => Problem::LineMissing,
        (AddressLine::City, MistakeKind::Missing) => Problem::CityMissing,
        (AddressLine::PostalCode, MistakeKind::Missing) => Problem::PostalCodeMissing,
        (AddressLine::PostalCode, _) => Problem::PostalCodeInvalid,
        (AddressLine::State, _) => Problem::StateMissing,
        (AddressLine::Line1 | AddressLine::Line2 | AddressLine::City, _) => Problem::AddressTooLong,
    }
}

/// The core says that it cannot be; the page says why, as far as the customer can see it.
fn birthday_problem(app: &App, fields: &Fields) -> Problem {
    if BIRTHDAY_FIELDS.iter().all(|name| fields.text(name).trim().is_empty()) {
        return Problem::BirthdayMissing;
    }
    match read_birthday(fields) {
        None => Problem::BirthdayNotADate,
        Some(birthday) if birthday > date_of(app.now()) => Problem::BirthdayInTheFuture,
        Some(_) => Problem::BirthdayTooLongAgo,
    }
}
