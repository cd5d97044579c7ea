//! Who the customer is: name and date of birth.

use jiff::civil::Date;
use perennial_domain::{CheckoutStep, Customer, CustomerId, ProjectId};
use perennial_store::Tx;

use super::{AnswerError, AnswerField, MistakeKind, lock_customer, note};
use crate::context::Cx;
use crate::customers::{self, check_birthday, check_full_name};
use crate::events::{Happening, record};
use crate::visits::CheckoutVisit;

/// Keeps the customer's name.
pub fn give_name(
    cx: &Cx,
    tx: &mut Tx<'_>,
    visit: &CheckoutVisit,
    full_name: &str,
) -> Result<(), AnswerError> {
    keep_name(cx, tx, visit.visit.project.id, visit.customer.id, full_name)?;
    note(tx, visit, CheckoutStep::Name, |_| {})
}

/// Writes a customer's name, wherever it was given.
pub(in crate::visits) fn keep_name(
    cx: &Cx,
    tx: &mut Tx<'_>,
    project: ProjectId,
    customer: CustomerId,
    full_name: &str,
) -> Result<(), AnswerError> {
    if full_name.trim().is_empty() {
        return Err(AnswerError::one(AnswerField::FullName, MistakeKind::Missing));
    }
    let full_name = check_full_name(full_name).map_err(|_| AnswerError::invalid(AnswerField::FullName))?;
    change(cx, tx, project, customer, |customer| {
        customer.full_name.replace(full_name.clone()).as_ref() != Some(&full_name)
    })
}

/// Keeps the customer's date of birth.
pub fn give_birthday(
    cx: &Cx,
    tx: &mut Tx<'_>,
    visit: &CheckoutVisit,
    birthday: Option<Date>,
) -> Result<(), AnswerError> {
    let birthday = birthday.ok_or(AnswerError::invalid(AnswerField::Birthday))?;
    let birthday = check_birthday(cx, birthday).map_err(|_| AnswerError::invalid(AnswerField::Birthday))?;
    change(cx, tx, visit.visit.project.id, visit.customer.id, |customer| {
        customer.birthday.replace(birthday) != Some(birthday)
    })?;
    note(tx, visit, CheckoutStep::Birthday, |_| {})
}

/// Changes something of the customer; `change` answers whether it is news. What is sent twice is told once.
fn change(
    cx: &Cx,
    tx: &mut Tx<'_>,
    project: ProjectId,
    id: CustomerId,
    change: impl Fn(&mut Customer) -> bool,
) -> Result<(), AnswerError> {
    let before = lock_customer(tx, project, id)?;
    let mut customer = before.clone();
    if !change(&mut customer) {
        return Ok(());
    }
    customers::save(cx, tx, &before, &customer)?;
    Ok(record(cx, tx, project, Happening::UserUpdated, id)?)
}
