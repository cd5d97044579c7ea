//! Where the customer lives.

use perennial_domain::{AddressId, CheckoutStep, CountryCode, CustomerId, ProjectId};
use perennial_store::Tx;

use super::{AnswerError, AnswerField, Mistake, MistakeKind, lock_customer, note};
use crate::addresses::{AddressLine, CheckedAddress, NewAddress, Wrong, check, find_or_add};
use crate::context::Cx;
use crate::visits::CheckoutVisit;

/// A postal address as it was typed.
#[derive(Clone, Debug, Default)]
pub struct AddressAnswer {
    /// Street and number.
    pub line1: String,
    /// Flat, floor, care of.
    pub line2: String,
    /// City or town.
    pub city: String,
    /// State, province or county.
    pub state: String,
    /// Postal code.
    pub postal_code: String,
    /// The country's two letters.
    pub country: String,
}

/// Keeps an address, or finds the same one again.
pub fn give_address(
    cx: &Cx,
    tx: &mut Tx<'_>,
    visit: &CheckoutVisit,
    answer: &AddressAnswer,
) -> Result<(), AnswerError> {
    let id = keep_address(cx, tx, visit.visit.project.id, visit.customer.id, answer)?;
    note(tx, visit, CheckoutStep::Address, |session| session.progress.address_id = Some(id))
}

/// Writes an address of a customer, wherever it was given.
pub(in crate::visits) fn keep_address(
    cx: &Cx,
    tx: &mut Tx<'_>,
    project: ProjectId,
    customer: CustomerId,
    answer: &AddressAnswer,
) -> Result<AddressId, AnswerError> {
    let address = read(answer)?;
    lock_customer(tx, project, customer)?;
    Ok(find_or_add(cx, tx, project, customer, address)?.id)
}

/// Without a country nothing can be said of the lines: which ones are needed depends on it.
fn read(answer: &AddressAnswer) -> Result<CheckedAddress, AnswerError> {
    let country = CountryCode::parse(answer.country.trim()).map_err(|_| match answer.country.trim() {
        "" => AnswerError::one(AnswerField::Country, MistakeKind::Missing),
        _ => AnswerError::invalid(AnswerField::Country),
    })?;
    let new = NewAddress {
        line1: answer.line1.clone(),
        line2: typed(&answer.line2),
        city: answer.city.clone(),
        state: typed(&answer.state),
        postal_code: typed(&answer.postal_code),
        country,
    };
    check(&new).map_err(|wrong| AnswerError::Mistakes(wrong.into_iter().map(mistake).collect()))
}

/// A form sends a field that was left alone as an empty one.
fn typed(text: &str) -> Option<String> {
    (!text.trim().is_empty()).then(|| text.to_owned())
}

fn mistake((line, wrong): (AddressLine, Wrong)) -> Mistake {
    let kind = match wrong {
        Wrong::Missing => MistakeKind::Missing,
        Wrong::Invalid => MistakeKind::Invalid,
    };
    Mistake { field: AnswerField::Address(line), kind }
}
