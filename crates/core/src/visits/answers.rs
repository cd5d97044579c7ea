//! The customer's answers. Each is checked, kept, and can be given again.

mod address;
mod network;
mod person;

use perennial_domain::{
    CheckoutStep, ConnectSession, ConnectSessionId, Customer, CustomerId, CustomerStatus, ProjectId,
};
use perennial_store::{StoreError, Tx};

use super::visit::CheckoutVisit;
use crate::addresses::AddressLine;

pub(super) use address::keep_address;
pub use address::{AddressAnswer, give_address};
pub use network::{NumberAnswer, SimAnswer, choose_number, choose_sim, give_device};
pub(super) use person::keep_name;
pub use person::{give_birthday, give_name};

/// What is wrong with one field of an answer. Pages say it in their own words.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Mistake {
    /// Which field.
    pub field: AnswerField,
    /// What is wrong with it.
    pub kind: MistakeKind,
}

/// A field of an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AnswerField {
    /// The customer's name.
    FullName,
    /// Their date of birth.
    Birthday,
    /// The country of their address.
    Country,
    /// A line of it.
    Address(AddressLine),
    /// The number of their device.
    Imei,
    /// Which kind of SIM.
    SimChoice,
    /// The number of the SIM that they have.
    Iccid,
    /// The number that they bring along.
    PhoneNumber,
    /// Their account at the network that they leave.
    AccountNumber,
}

/// What is wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MistakeKind {
    /// Nothing was given.
    Missing,
    /// What was given cannot be.
    Invalid,
    /// It belongs to someone else already.
    InUse,
}

/// Why an answer is not kept.
#[derive(Debug, thiserror::Error)]
pub enum AnswerError {
    /// The customer has to mend something: all of it at once, in the order of the form.
    #[error("the answer has mistakes")]
    Mistakes(Vec<Mistake>),
    /// The visit is gone.
    #[error("the visit is over")]
    Gone,
    /// The database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl AnswerError {
    fn one(field: AnswerField, kind: MistakeKind) -> Self {
        Self::Mistakes(vec![Mistake { field, kind }])
    }

    fn invalid(field: AnswerField) -> Self {
        Self::one(field, MistakeKind::Invalid)
    }

    fn in_use(field: AnswerField) -> Self {
        Self::one(field, MistakeKind::InUse)
    }
}

/// Keeps the language of the pages for this visit.
pub fn choose_language(
    tx: &mut Tx<'_>,
    project: ProjectId,
    id: ConnectSessionId,
    locale: &str,
) -> Result<(), AnswerError> {
    let mut session = tx.connect_sessions(project).lock(id)?.ok_or(AnswerError::Gone)?;
    session.progress.locale = Some(locale.to_owned());
    Ok(tx.connect_sessions(project).update(&session)?)
}

/// The customer, whom nobody else changes until the transaction ends. Who was deleted or blocked while a page was
/// open answers nothing any more.
fn lock_customer(tx: &mut Tx<'_>, project: ProjectId, id: CustomerId) -> Result<Customer, AnswerError> {
    let customer = tx.customers(project).lock(id)?;
    customer.filter(|customer| customer.status == CustomerStatus::Active).ok_or(AnswerError::Gone)
}

/// Notes that a question was answered, so that one can come back to it.
fn note(
    tx: &mut Tx<'_>,
    visit: &CheckoutVisit,
    step: CheckoutStep,
    change: impl Fn(&mut ConnectSession),
) -> Result<(), AnswerError> {
    let project = visit.visit.project.id;
    let mut session = tx.connect_sessions(project).lock(visit.visit.session.id)?.ok_or(AnswerError::Gone)?;
    change(&mut session);
    if !session.progress.answered.contains(&step) {
        session.progress.answered.push(step);
    }
    Ok(tx.connect_sessions(project).update(&session)?)
}
